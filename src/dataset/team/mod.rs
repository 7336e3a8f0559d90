//! Team datasets: making one from a dataset, taking articles from its queue into a file, sending
//! the work, and fetching everybody's.
//!
//! A member works in an ordinary dataset file, the pack, which needs no connection: what is saved
//! there is safe there. [`send`] brings the work to the team, each edit exactly once, whatever
//! breaks in between; [`sync`] does so in the background while the file is open in a window.

mod conflict;
mod fetch;
mod init;
mod labels;
mod link;
mod local_file;
mod lock;
mod outbox;
mod pack;
mod port;
mod report;
mod review;
mod review_notes;
mod send;
pub mod sync;
mod take;
mod works;

pub use crate::team::{
    AskPassword, FIRST_SCHEMA, Head, LEASE_SECONDS, Lease, MemberAdded, MemberProgress, MemberWork,
    Password, QueueOrder, Saved, SavedAdjudication, Server, ServerAddress, ServerAdjudication,
    ServerArticle, ServerSave, TeamError, TeamProgress, TeamRole, TeamSchemaChange, WorkOutcome,
    dump, find_password, restore_dump,
};
pub use conflict::Merged;
pub use fetch::{FetchReport, fetch};
pub use init::{InitOptions, InitReport, init};
pub use link::Link;
pub use local_file::{local_file, local_folder};
pub use pack::{PackArticle, SentSave, TeamPack};
pub use port::{Connector, PostgresConnector, TeamServer};
pub use report::SendReport;
pub use review_notes::ReviewNotes;
pub use send::send;
pub use take::{TakeReport, give_back, join, take, update_due_labels};

use crate::store::Store;
use crate::team::random_password;

/// Returns the address of the team that a file was taken or fetched from, without a password;
/// `None` if it notes none.
///
/// # Errors
/// If the notes of the file cannot be read.
pub fn address_in(store: &dyn Store) -> anyhow::Result<Option<ServerAddress>> {
    if let Some(pack) = TeamPack::load(store)? {
        return pack.server_address().map(Some);
    }
    let notes = ReviewNotes::load(store)?;
    notes.map(|notes| notes.server_address()).transpose()
}

/// Makes a password from the random numbers of the system.
///
/// # Errors
/// If the system has none.
pub fn new_password() -> anyhow::Result<Password> {
    Ok(random_password(&random()?))
}

fn random() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
    Ok(bytes)
}

/// Writes the first 16 bytes as a UUID of version 8, which leaves the meaning to us.
fn uuid(bytes: &[u8; 32]) -> String {
    let mut number = [0_u8; 16];
    number.copy_from_slice(&bytes[..16]);
    number[6] = number[6] & 0x0f | 0x80;
    number[8] = number[8] & 0x3f | 0x80;
    let mut words = String::with_capacity(36);
    for (at, byte) in number.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            words.push('-');
        }
        words.push_str(&format!("{byte:02x}"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_shape_of_a_uuid() {
        assert_eq!(uuid(&[0xff; 32]), "ffffffff-ffff-8fff-bfff-ffffffffffff");
        assert_ne!(uuid(&random().unwrap()), uuid(&random().unwrap()));
        assert_eq!(new_password().unwrap().reveal().len(), 20);
    }
}
