//! The queue from a member's side: taking articles, keeping them and giving them back; and from the
//! manager's.

use super::Result;
use super::connection::{LONG_CALL, Server, params};

/// How long a lease lasts that nobody renews while the article is open: half an hour.
pub const LEASE_SECONDS: i64 = 30 * 60;

/// An article that a member may work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The number of the article on the server.
    pub article: i64,
    /// Until when, in milliseconds since 1970 by the server's clock.
    pub until_ms: i64,
    /// Whether this call took it.
    pub is_new: bool,
}

/// Which articles come first, after the priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueOrder {
    /// As they were added.
    Import,
    /// At random; the same on every server.
    Random,
    /// Those with the most suggestions that the models doubt.
    Unsure,
    /// One of each site by turns.
    Site,
}

impl QueueOrder {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Import, Self::Random, Self::Unsure, Self::Site];

    /// The word in commands and on the server.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Random => "random",
            Self::Unsure => "unsure",
            Self::Site => "site",
        }
    }
}

impl Server {
    /// Takes articles until the pack holds `wanted`, and returns all that it holds. Calling it again
    /// returns the same ones.
    ///
    /// # Errors
    /// If the login is not an annotator, or the server cannot be asked.
    pub fn take(&self, pack: &str, wanted: i64, lease_seconds: i64) -> Result<Vec<Lease>> {
        // In transactions by themselves, so that no locks of ended leases are held while waiting.
        while self.end_leases(100)? == 100 {}
        self.query(
            "SELECT copydesk.adopt_articles($1::text::uuid)",
            params![pack.to_owned()],
        )?;
        let rows = self.query(
            "SELECT article, leased_until_ms, is_new FROM copydesk.take_articles($1::text::uuid, $2, $3)",
            params![pack.to_owned(), wanted, lease_seconds],
        )?;
        rows.iter()
            .map(|row| {
                Ok(Lease {
                    article: self.get(Some(row), 0)?,
                    until_ms: self.get(Some(row), 1)?,
                    is_new: self.get(Some(row), 2)?,
                })
            })
            .collect()
    }

    fn end_leases(&self, most: i64) -> Result<i64> {
        let rows = self.query("SELECT copydesk.end_leases($1)", params![most])?;
        self.get(rows.first(), 0)
    }

    /// Extends the leases of a pack and returns how many it has.
    ///
    /// # Errors
    /// As [`Server::take`].
    pub fn renew(&self, pack: &str, lease_seconds: i64) -> Result<i64> {
        let rows = self.query(
            "SELECT copydesk.renew_leases($1::text::uuid, $2)",
            params![pack.to_owned(), lease_seconds],
        )?;
        self.get(rows.first(), 0)
    }

    /// Gives articles of a pack back that are not finished, and returns how many there were.
    ///
    /// # Errors
    /// As [`Server::take`].
    pub fn give_back(&self, pack: &str, articles: Vec<i64>) -> Result<i64> {
        let rows = self.query(
            "SELECT copydesk.return_articles($1::text::uuid, $2)",
            params![pack.to_owned(), articles],
        )?;
        self.get(rows.first(), 0)
    }

    /// Changes how many annotators each article gets.
    ///
    /// # Errors
    /// If the login is not a manager, or the server cannot be asked. Articles up to some number may
    /// have changed then; calling it again changes the rest.
    pub fn set_overlap(&self, overlap: i64) -> Result<()> {
        let mut after = 0_i64;
        loop {
            let rows = self.query(
                "SELECT copydesk.set_overlap($1, $2)",
                params![overlap, after],
            )?;
            match self.get(rows.first(), 0)? {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// Orders the queue, some thousand articles at a time.
    ///
    /// # Errors
    /// If the login is not a manager, somebody else orders the queue meanwhile, or the server cannot
    /// be asked. Articles up to some number may be ordered then; calling it again orders the rest.
    pub fn set_order(&self, order: QueueOrder) -> Result<()> {
        let mut after = 0_i64;
        loop {
            let rows = self.query_within(
                LONG_CALL,
                "SELECT copydesk.set_order($1, $2)",
                params![order.as_str(), after],
            )?;
            match self.get(rows.first(), 0)? {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// Sets the priority of articles: those with a higher one come first. Returns how many there are.
    ///
    /// # Errors
    /// If the login is not a manager, or the server cannot be asked; then none was changed.
    pub fn set_priorities(&self, articles: &[i64], priority: i64) -> Result<i64> {
        let rows = self.query(
            "SELECT copydesk.set_priorities($1, $2)",
            params![articles.to_vec(), priority],
        )?;
        self.get(rows.first(), 0)
    }

    /// Closes articles, so that nobody gets them any more and work that still comes is kept as
    /// late; or opens them again. Returns how many there are.
    ///
    /// # Errors
    /// As [`Server::set_priorities`].
    pub fn close_articles(&self, articles: &[i64], closed: bool) -> Result<i64> {
        let rows = self.query(
            "SELECT copydesk.close_articles($1, $2)",
            params![articles.to_vec(), closed],
        )?;
        self.get(rows.first(), 0)
    }

    /// Gives an article that one member holds to another one, who gets it with the next take.
    ///
    /// # Errors
    /// If the login is not a manager, the first one does not hold it, or the second one has it.
    pub fn reassign(&self, article: i64, from: &str, to: &str, lease_seconds: i64) -> Result<()> {
        self.query(
            "SELECT copydesk.reassign($1, $2, $3, $4)",
            params![article, from.to_owned(), to.to_owned(), lease_seconds],
        )?;
        Ok(())
    }
}
