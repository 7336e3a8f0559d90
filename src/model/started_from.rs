//! What an annotation started from. One person's work never passes for another's.

/// What the annotator saw before the first change.
///
/// It is stored in the first line of an annotation's history and never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum StartedFrom {
    /// An empty article.
    Nothing,
    /// What the models suggested, or an import that names nobody.
    Suggestions {
        /// Which revision of the suggestions.
        revision: i64,
    },
    /// A colleague's work, which the annotator reviews.
    Person {
        /// Whose work.
        annotator: String,
        /// Which revision of it.
        revision: i64,
    },
    /// Several colleagues' work, between which the annotator decides: adjudication.
    People {
        /// Whose work and which revision of it, in the order of the names. Revision 0 means that
        /// nobody noted it.
        inputs: Vec<(String, i64)>,
    },
    /// The work came whole, in a file that names its annotator and does not say what it started
    /// from.
    Import,
    /// Nobody noted it: an older Copydesk wrote the annotation.
    #[default]
    Unknown,
}

/// Between the names of several people; no name has it.
const BETWEEN: char = '\u{1f}';

impl StartedFrom {
    /// Whether the annotator worked without seeing a colleague's labels, as far as anybody can
    /// know.
    ///
    /// An import counts: the file names who did the work, and a record of reviewed work says so.
    #[must_use]
    pub fn is_independent(&self) -> bool {
        match self {
            Self::Nothing | Self::Suggestions { .. } | Self::Import => true,
            Self::Person { .. } | Self::People { .. } | Self::Unknown => false,
        }
    }

    /// Whether it decides between colleagues' annotations.
    #[must_use]
    pub fn is_adjudication(&self) -> bool {
        matches!(self, Self::People { .. })
    }

    /// Whose work it started from, if it was one colleague's.
    #[must_use]
    pub fn person(&self) -> Option<&str> {
        match self {
            Self::Person { annotator, .. } => Some(annotator),
            _ => None,
        }
    }

    /// The colleagues between whose work it decides, in the order of their names.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        let inputs = match self {
            Self::People { inputs } => inputs.as_slice(),
            _ => &[],
        };
        inputs.iter().map(|(name, _)| name.as_str())
    }

    /// The words under which it is stored; never changed. Empty for [`StartedFrom::Unknown`].
    #[must_use]
    pub fn to_words(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Suggestions { revision } => format!("suggestions {revision}"),
            Self::Person {
                annotator,
                revision,
            } => format!("person {revision} {annotator}"),
            Self::People { inputs } => {
                let inputs = inputs.iter();
                let inputs: Vec<String> = inputs
                    .map(|(name, revision)| format!("{revision} {name}"))
                    .collect();
                format!("inputs {}", inputs.join(&BETWEEN.to_string()))
            }
            Self::Import => "import".to_owned(),
            Self::Unknown => String::new(),
        }
    }

    /// From the stored words; `None` if they are none.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        let (kind, rest) = words.split_once(' ').unwrap_or((words, ""));
        let name = |name: &str| (!name.trim().is_empty()).then(|| name.to_owned());
        match (kind, rest) {
            ("", "") => Some(Self::Unknown),
            ("nothing", "") => Some(Self::Nothing),
            ("import", "") => Some(Self::Import),
            ("suggestions", revision) => Some(Self::Suggestions {
                revision: revision.parse().ok()?,
            }),
            ("person", rest) => {
                let (revision, annotator) = rest.split_once(' ')?;
                Some(Self::Person {
                    annotator: name(annotator)?,
                    revision: revision.parse().ok()?,
                })
            }
            ("inputs", inputs) => {
                let input = |words: &str| {
                    let (revision, annotator) = words.split_once(' ')?;
                    Some((name(annotator)?, revision.parse().ok()?))
                };
                let inputs = inputs.split(BETWEEN).map(input).collect::<Option<_>>()?;
                Some(Self::People { inputs })
            }
            // Without revisions, as earlier versions wrote it.
            ("people", names) => {
                let names = names.split(BETWEEN).map(|words| Some((name(words)?, 0)));
                let inputs = names.collect::<Option<_>>()?;
                Some(Self::People { inputs })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<StartedFrom> {
        vec![
            StartedFrom::Nothing,
            StartedFrom::Suggestions { revision: 3 },
            StartedFrom::Person {
                annotator: "Ana María 2".to_owned(),
                revision: 17,
            },
            StartedFrom::People {
                inputs: vec![("maria".to_owned(), 3), ("paul b".to_owned(), 12)],
            },
            StartedFrom::Import,
            StartedFrom::Unknown,
        ]
    }

    #[test]
    fn what_is_stored_comes_back() {
        for from in all() {
            assert_eq!(StartedFrom::parse(&from.to_words()), Some(from));
        }
        for words in [
            "person",
            "person 3",
            "person x ada",
            "people ",
            "inputs ",
            "inputs maria",
            "own",
            "nothing else",
        ] {
            assert_eq!(StartedFrom::parse(words), None, "{words:?}");
        }
    }

    #[test]
    fn people_without_revisions_are_read_as_before() {
        let people = StartedFrom::parse("people maria\u{1f}paul b").unwrap();
        assert_eq!(people.people().collect::<Vec<_>>(), ["maria", "paul b"]);
        let inputs = vec![("maria".to_owned(), 0), ("paul b".to_owned(), 0)];
        assert_eq!(people, StartedFrom::People { inputs });
    }

    #[test]
    fn who_saw_a_colleagues_labels_is_not_independent() {
        let independent: Vec<bool> = all().iter().map(StartedFrom::is_independent).collect();
        assert_eq!(independent, [true, true, false, false, true, false]);
    }
}
