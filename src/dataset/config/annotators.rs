//! Whose annotations an export takes, where an article has several.

use std::fmt;
use std::str::FromStr;

use crate::model::Status;
use crate::store::StoredAnnotation;

/// Whose annotations are taken of each article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Annotators {
    /// The adjudicated annotation where there is one, else the newest.
    #[default]
    AdjudicatedOrNewest,
    /// The newest by a person.
    Newest,
    /// The adjudicated annotation; articles without one are left out.
    Adjudicated,
    /// Each person's: a record for each.
    All,
    /// This annotator's; articles without it are left out.
    Named(String),
}

impl Annotators {
    /// The choices that have a name, in the order of a menu.
    pub const WORDS: [Self; 4] = [
        Self::AdjudicatedOrNewest,
        Self::Newest,
        Self::Adjudicated,
        Self::All,
    ];

    /// Chooses among the annotations with one of `statuses` (all, if there are none), in the order
    /// of names.
    ///
    /// Where no person has touched the article, the suggestions are taken if their status fits.
    #[must_use]
    pub fn choose<'a>(
        &self,
        stored: &'a [StoredAnnotation],
        statuses: &[Status],
    ) -> Vec<&'a StoredAnnotation> {
        let fits = |stored: &&StoredAnnotation| {
            statuses.is_empty() || statuses.contains(&stored.annotation.status())
        };
        let persons = stored.iter().filter(|stored| stored.owner.is_person());
        let untouched = persons.clone().next().is_none();
        let fitting = persons.filter(fits);
        let newest = |found: &mut dyn Iterator<Item = &'a StoredAnnotation>| {
            found.max_by_key(|stored| (stored.seq, &stored.owner))
        };
        let adjudicated = || {
            let mut found = fitting
                .clone()
                .filter(|stored| stored.started_from.is_adjudication());
            newest(&mut found)
        };
        let suggestions = || {
            let nobodys = stored.iter().filter(|stored| stored.owner.is_nobody());
            nobodys.filter(fits).filter(|_| untouched).collect()
        };
        match self {
            Self::Named(name) => {
                let named = stored.iter().filter(|stored| stored.owner.is(name));
                named.filter(fits).collect()
            }
            Self::Adjudicated => adjudicated().into_iter().collect(),
            Self::All => {
                let all: Vec<_> = fitting.collect();
                if all.is_empty() { suggestions() } else { all }
            }
            Self::AdjudicatedOrNewest | Self::Newest => {
                let first = match self {
                    Self::AdjudicatedOrNewest => adjudicated(),
                    _ => None,
                };
                match first.or_else(|| newest(&mut fitting.clone())) {
                    Some(one) => vec![one],
                    None => suggestions(),
                }
            }
        }
    }

    /// Returns whether it leaves out fitting work of somebody, though nobody adjudicated.
    #[must_use]
    pub(crate) fn passes_over(&self, stored: &[StoredAnnotation], statuses: &[Status]) -> bool {
        let taken = self.choose(stored, statuses);
        matches!(self, Self::AdjudicatedOrNewest | Self::Newest)
            && taken.iter().all(|one| !one.started_from.is_adjudication())
            && Self::All.choose(stored, statuses).len() > 1
    }
}

impl fmt::Display for Annotators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AdjudicatedOrNewest => "adjudicated-or-newest",
            Self::Newest => "newest",
            Self::Adjudicated => "adjudicated",
            Self::All => "all",
            Self::Named(name) => name,
        })
    }
}

impl FromStr for Annotators {
    type Err = String;

    /// Parses a choice: one of the names, or else the name of an annotator.
    fn from_str(words: &str) -> Result<Self, String> {
        let words = words.trim();
        if words.is_empty() {
            return Err("a name is expected, or newest, all, adjudicated".to_owned());
        }
        let known = Self::WORDS
            .into_iter()
            .find(|known| known.to_string() == words);
        Ok(known.unwrap_or_else(|| Self::Named(words.to_owned())))
    }
}

/// Returns the annotation that counts for an article: the adjudicated one, else the newest by a
/// person, else the suggestions.
pub(crate) fn chosen_annotation(stored: &[StoredAnnotation]) -> Option<&StoredAnnotation> {
    let chosen = Annotators::default().choose(stored, &[]);
    chosen.first().copied().or_else(|| stored.first())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Annotation, Owner, StartedFrom, Text};
    use crate::store::{ChangeSeq, Revision};

    /// Orders annotations by the time of their last change.
    fn stored(work: &[(&str, Status, StartedFrom)]) -> Vec<StoredAnnotation> {
        let of = |(seq, (annotator, status, from)): (i64, &(&str, Status, StartedFrom))| {
            let text = Text::new("a");
            StoredAnnotation {
                owner: Owner::named(*annotator),
                revision: Revision(1),
                updated_at_ms: 0,
                seq: ChangeSeq(seq),
                started_from: from.clone(),
                annotation: Annotation::from_parts(&text, vec![], vec![], *status, vec![]).unwrap(),
            }
        };
        let mut all: Vec<_> = (0..).zip(work).map(of).collect();
        all.sort_by(|a, b| a.owner.cmp(&b.owner));
        all
    }

    fn names(of: &Annotators, stored: &[StoredAnnotation], statuses: &[Status]) -> Vec<String> {
        let chosen = of.choose(stored, statuses).into_iter();
        chosen.map(|one| one.owner.as_str().to_owned()).collect()
    }

    const SUGGESTED: StartedFrom = StartedFrom::Suggestions { revision: 0 };

    #[test]
    fn what_is_begun_does_not_hide_what_is_done() {
        let stored = stored(&[
            ("", Status::Todo, StartedFrom::Unknown),
            ("maria", Status::Done, SUGGESTED),
            ("paul", Status::Started, SUGGESTED),
        ]);
        let done = [Status::Done];
        assert_eq!(names(&Annotators::default(), &stored, &done), ["maria"]);
        assert_eq!(names(&Annotators::default(), &stored, &[]), ["paul"]);
        assert_eq!(names(&Annotators::All, &stored, &[]), ["maria", "paul"]);
        assert!(!Annotators::default().passes_over(&stored, &done));
        assert!(Annotators::default().passes_over(&stored, &[]));
        let named = Annotators::Named("paul".to_owned());
        assert_eq!(names(&named, &stored, &done), [""; 0]);
    }

    #[test]
    fn who_decided_between_the_others_comes_first() {
        let adjudication = StartedFrom::People {
            inputs: vec![("maria".to_owned(), 1), ("paul".to_owned(), 1)],
        };
        let stored = stored(&[
            ("maria", Status::Done, SUGGESTED),
            ("jo", Status::Done, adjudication),
            ("paul", Status::Done, SUGGESTED),
        ]);
        assert_eq!(names(&Annotators::default(), &stored, &[]), ["jo"]);
        assert_eq!(names(&Annotators::Adjudicated, &stored, &[]), ["jo"]);
        assert_eq!(names(&Annotators::Newest, &stored, &[]), ["paul"]);
        assert!(!Annotators::default().passes_over(&stored, &[]));
        assert!(Annotators::Newest.passes_over(&stored, &[]));
    }

    #[test]
    fn suggestions_are_taken_only_where_nobody_was() {
        let nobodys = ("", Status::Todo, StartedFrom::Unknown);
        let one = stored(std::slice::from_ref(&nobodys));
        let two = stored(&[nobodys, ("maria", Status::Done, SUGGESTED)]);
        for all in [Annotators::default(), Annotators::Newest, Annotators::All] {
            assert_eq!(names(&all, &one, &[]), [""]);
            assert_eq!(names(&all, &one, &[Status::Done]), [""; 0]);
            assert_eq!(names(&all, &two, &[Status::Todo]), [""; 0]);
        }
    }

    #[test]
    fn a_choice_is_a_word_or_a_name() {
        for known in Annotators::WORDS {
            assert_eq!(known.to_string().parse(), Ok(known));
        }
        let maria = Annotators::Named("maria".to_owned());
        assert_eq!(" maria ".parse(), Ok(maria));
        assert!(Annotators::from_str(" ").is_err());
    }
}
