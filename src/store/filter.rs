//! Which articles a list shows, and in which order.

use std::sync::Arc;

use super::ArticleKey;
use crate::model::{Label, Status};

/// A filter of the article list; all of its conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those that hold these words (full text; all words; a word of three letters or more
    /// finds what begins with it; quotes make phrases). Blank: all. Case, accents and the vowel
    /// points of Arabic and Hebrew do not count.
    pub words: String,
    /// Only those from this site, or from this host and those below it: `example.org` finds
    /// `news.example.org` too.
    pub site: Option<String>,
    /// Only those in this language: `en` finds `en-GB` too.
    pub language: Option<String>,
    /// Articles that say no language of themselves, and are in the one that `language` asks for all
    /// the same.
    pub in_language: Option<Chosen>,
    /// Only those on which this annotator has worked.
    pub annotator: Option<String>,
    /// Only articles with an open remark.
    pub open_remark: bool,
    /// Only those that have a region or an entity with this label.
    pub label: Option<Label>,
    /// Only those with suggestions that the models are unsure of.
    pub unsure: bool,
    /// Only those that are done and were last marked done before the labels changed: see
    /// [`OUTDATED_SETTING`].
    pub outdated: bool,
    /// Only those with labels that the models doubt. The session knows them; a store ignores it.
    pub doubted: bool,
    /// Only those on which annotators disagree. The session knows them; a store ignores it.
    pub disputed: bool,
    /// Only these.
    pub only: Option<Chosen>,
}

impl Filter {
    /// Whether it searches for words.
    #[must_use]
    pub fn is_search(&self) -> bool {
        !self.words.trim().is_empty()
    }

    /// Whether it has a condition besides words.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        let Self {
            status,
            words: _,
            site,
            language,
            in_language: _,
            annotator,
            open_remark,
            label,
            unsure,
            outdated,
            doubted,
            disputed,
            only,
        } = self;
        status.is_some()
            || site.is_some()
            || language.is_some()
            || annotator.is_some()
            || *open_remark
            || label.is_some()
            || *unsure
            || *outdated
            || *doubted
            || *disputed
            || only.is_some()
    }
}

/// The setting of a dataset that holds the place in the stream of changes at which labels last came
/// to the schema, or regions became such that entities are tagged in them. What was marked done
/// before it may lack them.
pub const OUTDATED_SETTING: &str = "labels_changed_at";

/// Articles chosen by a person, such as those of a bar of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    caption: Arc<str>,
    keys: Arc<Vec<ArticleKey>>,
}

impl Chosen {
    /// These articles, in any order. The caption names them on the screen: "done on 3 May".
    #[must_use]
    pub fn new(caption: &str, mut keys: Vec<ArticleKey>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        Self {
            caption: caption.into(),
            keys: Arc::new(keys),
        }
    }

    /// The caption.
    #[must_use]
    pub fn caption(&self) -> &str {
        &self.caption
    }

    /// The keys, in the order of import.
    #[must_use]
    pub fn keys(&self) -> &[ArticleKey] {
        &self.keys
    }
}

/// The key by which a list is sorted. Equal articles are in the order of import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OrderBy {
    /// When it was imported.
    #[default]
    Import,
    /// The headline, whatever its case.
    Title,
    /// todo, started, done, skipped, flagged.
    Status,
    /// The length of the text in bytes.
    Length,
    /// When somebody last changed an annotation. Those that nobody touched come last, whichever
    /// way.
    Changed,
    /// The number of unsure suggestions.
    Unsure,
    /// The site. Those of which it is not known come last, whichever way.
    Site,
    /// How much the models doubt the labels. The session sorts by it; to a store it is the order of
    /// import.
    Doubt,
    /// How much the annotators differ. The session sorts by it; to a store it is the order of
    /// import.
    Disagreement,
}

impl OrderBy {
    /// All of them, as a menu shows them.
    pub const ALL: [Self; 9] = [
        Self::Import,
        Self::Title,
        Self::Status,
        Self::Length,
        Self::Changed,
        Self::Unsure,
        Self::Site,
        Self::Doubt,
        Self::Disagreement,
    ];
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Order {
    /// The key.
    pub by: OrderBy,
    /// Whether the last comes first.
    pub descending: bool,
}

/// The values to filter by with their numbers of articles: the most frequent first, at most 200 of
/// a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Sites.
    pub sites: Vec<(String, u64)>,
    /// Languages.
    pub languages: Vec<(String, u64)>,
    /// Who has worked on articles.
    pub annotators: Vec<(String, u64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_articles_are_sorted_and_each_there_once() {
        let chosen = Chosen::new("two", [3, 1, 3].map(ArticleKey).to_vec());
        assert_eq!(chosen.keys(), [ArticleKey(1), ArticleKey(3)]);
        assert_eq!(chosen.caption(), "two");
    }
}
