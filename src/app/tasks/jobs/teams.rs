//! Opening the file of a team's member, which is made with the first articles if it is not there.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::job::{JobKind, Meter, ThreadTask};
use super::opening::{OpenOptions, open_now};
use super::outcome::JobOutcome;
use crate::dataset::CancelFlag;
use crate::dataset::team::{
    Connector, Link, Password, ServerAddress, TeamError, join, local_file, update_due_labels,
};

/// How long the file waits for newer labels before it is opened.
const LABELS_LIMIT: Duration = Duration::from_secs(5);

/// Whose file is opened, and how.
pub struct OpenTeam {
    /// The address.
    pub address: ServerAddress,
    /// The password, if it was typed.
    pub password: Option<Password>,
    /// The folder of members' files.
    pub folder: PathBuf,
    /// Makes the connection.
    pub connector: Arc<dyn Connector>,
    /// How many articles are taken at first.
    pub articles: u32,
}

/// Opens the file of a member. If it is there, no connection is needed.
#[must_use]
pub fn open_team(team: OpenTeam, options: OpenOptions) -> ThreadTask {
    ThreadTask::new(JobKind::OpenTeam, move |meter, cancel| {
        let file = local_file(&team.folder, &team.address);
        if !file.exists()
            && let Err(error) = make(&team, &file, meter, cancel)
        {
            let why = match error.downcast_ref() {
                Some(TeamError::NoPassword { .. }) => None,
                _ => Some(format!("{error:#}")),
            };
            return Ok(JobOutcome::TeamNotOpened(Box::new(team.address), why));
        }
        if let Err(error) = update(&team, &file, cancel) {
            tracing::info!(%error, "the file keeps the labels that it has");
        }
        // The export beside it would be one more copy in a folder that nobody looks into.
        let options = OpenOptions {
            keep_export: false,
            ..options
        };
        let mut opened = open_now(&[file], options, meter, cancel)?;
        if let Some(opened) = &mut opened.team {
            // The host may have a new certificate, or the way to it may be another one.
            opened.address = team.address;
            opened.password = team.password;
            opened.by_address = true;
        }
        Ok(JobOutcome::Opened(Box::new(opened)))
    })
}

/// Gives the file the newer labels of the team, if there are some and the server can be reached.
fn update(team: &OpenTeam, file: &std::path::Path, cancel: &CancelFlag) -> anyhow::Result<bool> {
    let password = match &team.password {
        Some(password) => password.clone(),
        None => team.connector.password(&team.address)?,
    };
    let connector = Arc::clone(&team.connector);
    let link = Link::through(connector, team.address.clone(), password);
    let mut link = link.without_repeats().with_limit(LABELS_LIMIT);
    update_due_labels(&mut link, file, cancel)
}

fn make(
    team: &OpenTeam,
    file: &std::path::Path,
    meter: &mut Meter,
    cancel: &CancelFlag,
) -> anyhow::Result<()> {
    let password = match &team.password {
        Some(password) => password.clone(),
        None => team.connector.password(&team.address)?,
    };
    std::fs::create_dir_all(&team.folder).map_err(|error| {
        anyhow::anyhow!("cannot make the folder {}: {error}", team.folder.display())
    })?;
    let connector = Arc::clone(&team.connector);
    let mut link = Link::through(connector, team.address.clone(), password).without_repeats();
    join(&mut link, file, team.articles, meter, cancel)
}
