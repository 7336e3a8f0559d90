//! The connection of the thread.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::dataset::team::link::Link;
use crate::dataset::team::sync::SyncSetup;
use crate::team::Password;

/// The limit of an ordinary call.
const CALL: Duration = Duration::from_secs(15);

/// Returns the link, which is made if there is none.
pub(super) fn link_of<'a>(
    link: &'a mut Option<Link>,
    setup: &SyncSetup,
    typed: Option<&Password>,
) -> Result<&'a mut Link> {
    let made = match link.take() {
        Some(made) => made,
        None => {
            let password = match typed {
                Some(password) => password.clone(),
                None => setup.connector.password(&setup.address)?,
            };
            let connector = Arc::clone(&setup.connector);
            Link::through(connector, setup.address.clone(), password)
                .with_limit(CALL)
                .without_repeats()
        }
    };
    Ok(link.insert(made))
}
