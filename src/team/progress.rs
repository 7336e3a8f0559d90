//! How far the team is.

use super::Result;
use super::connection::{LONG_CALL, Server, params};

/// How far the team is, over all articles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamProgress {
    /// The newest change in the stream.
    pub seq: i64,
    /// All articles.
    pub articles: i64,
    /// Those with as many finished annotations as wanted.
    pub complete: i64,
    /// Those with a finished or leased annotation that are not complete.
    pub begun: i64,
    /// How many annotators each article gets.
    pub overlap: i64,
    /// Slots that nobody has.
    pub open_slots: i64,
    /// Articles with open slots that no active annotator may take, because each has had them.
    pub without_annotator: i64,
    /// How the queue is ordered.
    pub order: String,
    /// The members, by name.
    pub members: Vec<MemberProgress>,
}

/// How far one member is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberProgress {
    /// The login.
    pub login: String,
    /// The roles.
    pub roles: Vec<String>,
    /// Whether the member still belongs to the team.
    pub is_active: bool,
    /// Finished annotations that count.
    pub done: i64,
    /// Articles that the member holds.
    pub open: i64,
    /// Skipped articles.
    pub skipped: i64,
    /// Annotations beyond those that count.
    pub extra: i64,
    /// Leases that ran out.
    pub lapsed: i64,
    /// The time spent, in milliseconds.
    pub active_ms: i64,
    /// When the member last saved, in milliseconds since 1970; 0 for never.
    pub last_saved_ms: i64,
}

impl Server {
    /// Returns how far the team is, for managers and the owner.
    ///
    /// # Errors
    /// If the login may not see it, or the server cannot be asked.
    pub fn progress(&self) -> Result<TeamProgress> {
        let rows = self.query_within(
            LONG_CALL,
            "WITH counted AS (
                 SELECT t.article, t.overlap, t.open_slots, t.closed,
                     count(a.article) FILTER (WHERE a.state = 'done') AS done,
                     count(a.article) FILTER (WHERE a.state IN ('done', 'leased')) AS used,
                     count(a.article) FILTER (WHERE m.active AND 'annotator' = ANY (m.roles)
                         AND a.state NOT IN ('lapsed', 'returned')) AS had
                 FROM copydesk.task t LEFT JOIN copydesk.assignment a ON a.article = t.article
                 LEFT JOIN copydesk.member m ON m.login = a.annotator
                 GROUP BY t.article
             ), able AS (
                 SELECT count(*) AS annotators FROM copydesk.member m WHERE m.active AND 'annotator' = ANY (m.roles)
             )
             SELECT count(*), count(*) FILTER (WHERE done >= overlap),
                 count(*) FILTER (WHERE done < overlap AND used > 0), coalesce(sum(open_slots)::bigint, 0),
                 count(*) FILTER (WHERE open_slots > 0 AND NOT closed AND had >= (SELECT annotators FROM able))
             FROM counted",
            Vec::new(),
        )?;
        let row = rows.first();
        let set = self.query(
            "SELECT overlap, queue_order, (SELECT h.seq FROM copydesk.head() h) FROM copydesk.dataset",
            params![],
        )?;
        Ok(TeamProgress {
            articles: self.get(row, 0)?,
            complete: self.get(row, 1)?,
            begun: self.get(row, 2)?,
            open_slots: self.get(row, 3)?,
            without_annotator: self.get(row, 4)?,
            overlap: self.get(set.first(), 0)?,
            order: self.get(set.first(), 1)?,
            seq: self.get(set.first(), 2)?,
            members: self.member_progress()?,
        })
    }

    fn member_progress(&self) -> Result<Vec<MemberProgress>> {
        let rows = self.query_within(
            LONG_CALL,
            "SELECT m.login, m.roles, m.active,
                 count(a.article) FILTER (WHERE a.state = 'done'),
                 count(a.article) FILTER (WHERE a.state = 'leased'),
                 count(a.article) FILTER (WHERE a.state = 'skipped'),
                 count(a.article) FILTER (WHERE a.state = 'extra'),
                 count(a.article) FILTER (WHERE a.state = 'lapsed'),
                 coalesce(sum(w.active_ms)::bigint, 0),
                 coalesce((extract(epoch FROM max(w.saved_at)) * 1000)::bigint, 0)
             FROM copydesk.member m LEFT JOIN copydesk.assignment a ON a.annotator = m.login
             LEFT JOIN copydesk.work w ON w.annotator = a.annotator AND w.article = a.article
             GROUP BY m.login ORDER BY m.login",
            Vec::new(),
        )?;
        rows.iter()
            .map(|row| {
                let row = Some(row);
                Ok(MemberProgress {
                    login: self.get(row, 0)?,
                    roles: self.get(row, 1)?,
                    is_active: self.get(row, 2)?,
                    done: self.get(row, 3)?,
                    open: self.get(row, 4)?,
                    skipped: self.get(row, 5)?,
                    extra: self.get(row, 6)?,
                    lapsed: self.get(row, 7)?,
                    active_ms: self.get(row, 8)?,
                    last_saved_ms: self.get(row, 9)?,
                })
            })
            .collect()
    }
}
