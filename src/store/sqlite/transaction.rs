//! Write transactions.

use rusqlite::{Connection, TransactionBehavior};

use super::fault::Fault;
use super::log;

/// Does `work` under the write lock, in one transaction: all of it, or nothing. Synced when it
/// returns.
pub(super) fn transaction<T>(
    conn: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    unstamped(conn, |conn| {
        let value = work(conn)?;
        log::count_up(conn)?;
        Ok(value)
    })
}

/// The same without a stamp, for what makes the table of the stamp.
pub(super) fn unstamped<T>(
    conn: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?; // dropped on an error, and so rolled back
    transaction.commit()?;
    Ok(value)
}
