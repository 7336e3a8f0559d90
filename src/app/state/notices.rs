//! Short messages to the person. News goes by itself; a failure stays until it is dismissed.

use std::path::PathBuf;

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It went well, or is good to know.
    News,
    /// Something cannot be done here.
    Hint,
    /// Something failed.
    Failure,
}

/// What a message offers to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Show this file in its folder.
    Show(PathBuf),
    /// Take the last relabelling of a name back. Stays until it is taken, sent away, or another
    /// step is made.
    UndoRelabelling,
    /// Show the articles whose work the team has not accepted. Stays, too.
    ShowTeamProblems,
    /// Show the finished articles that were marked done before the labels changed. Stays, too.
    ShowOutdated,
}

impl Offer {
    /// What its button says.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Show(_) => "Show",
            Self::UndoRelabelling => "Undo",
            Self::ShowOutdated | Self::ShowTeamProblems => "Show them",
        }
    }

    /// Whether the notice stays until it is sent away.
    fn stays(&self) -> bool {
        matches!(
            self,
            Self::UndoRelabelling | Self::ShowOutdated | Self::ShowTeamProblems
        )
    }
}

/// The number of a notice, by which it is dismissed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeId(u64);

/// One message.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its number.
    pub id: NoticeId,
    /// How grave it is.
    pub severity: Severity,
    /// What happened.
    pub words: String,
    /// Whether it is about the article that was open, and goes with it.
    of_article: bool,
    /// What it offers to do.
    pub offer: Option<Offer>,
    /// When it goes, in seconds of the window's clock; `None`: when it is sent away.
    until: Option<f64>,
}

impl Notice {
    /// Returns true if it stays until it is dismissed.
    #[must_use]
    pub fn stays(&self) -> bool {
        self.severity == Severity::Failure || self.offer.as_ref().is_some_and(Offer::stays)
    }
}

/// The messages that are shown, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    list: Vec<Notice>,
    /// How many there were.
    count: u64,
}

/// How many are shown at most; older ones make room.
const AT_MOST: usize = 4;
/// How long news and hints stay, in seconds.
const STAY: f64 = 4.5;
/// How long what offers something stays, in seconds: it is to be read and reached.
const STAY_WITH_OFFER: f64 = 12.0;

impl Notices {
    /// Says something. The same words again do not pile up.
    pub fn notify(&mut self, severity: Severity, words: impl Into<String>) {
        self.put(severity, words.into(), false, None);
    }

    /// Says something about the open article, which is of no interest once another one is open.
    pub fn notify_of_article(&mut self, severity: Severity, words: impl Into<String>) {
        self.put(severity, words.into(), true, None);
    }

    /// Another article is open: what was said of the one before goes.
    pub fn leave_article(&mut self) {
        self.list.retain(|notice| !notice.of_article);
    }

    /// Says something, and offers to do something about it.
    pub fn offer(&mut self, severity: Severity, words: impl Into<String>, offer: Offer) {
        self.put(severity, words.into(), false, Some(offer));
    }

    /// What was offered is done, or can no longer be done.
    pub fn end_offer(&mut self, offer: &Offer) {
        self.list
            .retain(|notice| notice.offer.as_ref() != Some(offer));
    }

    fn put(&mut self, severity: Severity, words: String, of_article: bool, offer: Option<Offer>) {
        self.list.retain(|notice| notice.words != words);
        while self.list.len() >= AT_MOST {
            let oldest = self.list.iter().position(|notice| !notice.stays());
            self.list.remove(oldest.unwrap_or(0));
        }
        self.count += 1;
        self.list.push(Notice {
            id: NoticeId(self.count),
            severity,
            words,
            of_article,
            offer,
            until: None,
        });
    }

    /// What is shown now.
    #[must_use]
    pub fn list(&self) -> &[Notice] {
        &self.list
    }

    /// Removes the notices whose time is over, by the window's clock in seconds; behind a dialog
    /// they wait. Returns when the next one goes.
    pub fn expire(&mut self, now: f64, behind_dialog: bool) -> Option<f64> {
        if behind_dialog {
            for notice in &mut self.list {
                notice.until = None;
            }
            return None;
        }
        for notice in &mut self.list {
            if notice.until.is_none() && !notice.stays() {
                let stay = match notice.offer {
                    Some(_) => STAY_WITH_OFFER,
                    None => STAY,
                };
                notice.until = Some(now + stay);
            }
        }
        self.list
            .retain(|notice| notice.until.is_none_or(|until| now < until));
        let ends = self.list.iter().filter_map(|notice| notice.until);
        ends.min_by(f64::total_cmp)
    }

    /// Removes a notice.
    pub fn dismiss(&mut self, id: NoticeId) {
        self.list.retain(|notice| notice.id != id);
    }
}
