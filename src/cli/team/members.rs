//! `copydesk team add`, `remove` and `password`.

use anyhow::{Context as _, Result, ensure};

use super::{Ended, Place, RoleOption, ask, password_of};
use crate::cli::console::Console;
use crate::dataset::team::{self, MemberAdded, Server, TeamRole};

/// Add a member, or change the roles of one, as the owner
///
/// A new login gets a password, which is printed once, with the member's address: hand both over on
/// a safe way. The server receives the password only as a SCRAM verifier. NAME is the annotator in
/// exports, too.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team add postgres://owner@db.example.org/gold ada --role annotator\n  copydesk team add postgres://owner@db.example.org/gold lead --role manager,adjudicator"
)]
pub(super) struct AddArgs {
    #[command(flatten)]
    place: Place,
    /// The login of the member
    #[arg(value_name = "NAME")]
    name: String,
    /// What the member may do
    #[arg(long, value_enum, required = true, value_delimiter = ',')]
    role: Vec<RoleOption>,
    /// Give a known login a new password, too
    #[arg(long)]
    new_password: bool,
}

pub(super) fn add(args: &AddArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    let roles: Vec<TeamRole> = args.role.iter().map(|role| (*role).into()).collect();
    let needs_password = args.new_password || !server.has_login(&args.name)?;
    let password = needs_password.then(team::new_password).transpose()?;
    let added = server.add_member(&args.name, &roles, password.as_ref())?;
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let mut line = format!("{}\t{}", args.name, address.for_user(&args.name));
    if let Some(password) = &password {
        line.push_str(&format!("\t{}", password.reveal()));
    }
    console.data(&format!("{line}\n"))?;
    console.message(&format!(
        "{} is {} of {}{}",
        args.name,
        words.join(", "),
        address.location(),
        match (added, password) {
            (_, Some(_)) =>
                "; the password is not stored anywhere\nhint: the member changes it with `copydesk team password`",
            (MemberAdded::KnownLogin, None) => ", with the password that the login has",
            (MemberAdded::NewLogin, None) => "",
        }
    ));
    Ok(Ended::Well)
}

/// End a membership, as the owner; the work stays
///
/// Open articles go back to the queue. The login itself stays on the server, because other datasets
/// may use it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk team remove postgres://owner@db.example.org/gold ada")]
pub(super) struct RemoveArgs {
    #[command(flatten)]
    place: Place,
    /// The login of the member
    #[arg(value_name = "NAME")]
    name: String,
}

pub(super) fn remove(args: &RemoveArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    server.remove_member(&args.name)?;
    console.message(&format!(
        "{} no longer belongs to {}; the work stays",
        args.name,
        address.location()
    ));
    Ok(Ended::Well)
}

/// Change your own password
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk team password postgres://ada@db.example.org/gold")]
pub(super) struct PasswordArgs {
    #[command(flatten)]
    place: Place,
}

pub(super) fn password(args: &PasswordArgs, console: &mut Console) -> Result<Ended> {
    let address = args.place.address()?;
    let server = Server::open(&address, &password_of(&address)?)?;
    let no_terminal = "a new password is asked for on a terminal, and there is none";
    let new = ask("New password: ").context(no_terminal)?;
    let again = ask("The same again: ").context(no_terminal)?;
    ensure!(
        new.reveal() == again.reveal(),
        "the two differ; nothing was changed"
    );
    ensure!(
        new.reveal().chars().count() >= 12,
        "a password has at least 12 characters; nothing was changed"
    );
    server.set_own_password(&new)?;
    console.message(&format!("changed the password at {}", address.location()));
    Ok(Ended::Well)
}
