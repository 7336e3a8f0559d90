//! The status of an annotation.

/// The progress of the work on an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Not started.
    #[default]
    Todo,
    /// Started.
    Started,
    /// Finished; all its labels are confirmed.
    Done,
    /// Skipped on purpose.
    Skipped,
    /// Flagged for somebody else; a remark gives the reason.
    Flagged,
}

impl Status {
    /// All statuses, in display order.
    pub const ALL: [Self; 5] = [
        Self::Todo,
        Self::Started,
        Self::Done,
        Self::Skipped,
        Self::Flagged,
    ];

    /// Whether no work is left.
    #[must_use]
    pub fn is_finished(self) -> bool {
        !matches!(self, Self::Todo | Self::Started)
    }

    /// The word in records, commands and on the screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Started => "started",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Flagged => "flagged",
        }
    }

    /// Parses the word; `None` for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_read_back_from_its_word() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
        assert_eq!(Status::parse("Done"), None);
        assert_eq!(Status::default(), Status::Todo);
        let finished: Vec<bool> = Status::ALL
            .iter()
            .map(|status| status.is_finished())
            .collect();
        assert_eq!(finished, [false, false, true, true, true]);
    }
}
