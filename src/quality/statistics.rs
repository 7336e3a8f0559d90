//! Counts over a dataset, gathered article by article.

use std::collections::BTreeMap;

use crate::model::{Annotation, Label, Span, Status, Text};

/// The occurrences of a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabelCount {
    /// Spans with this label.
    pub spans: u64,
    /// Code points in them.
    pub chars: u64,
    /// The number of unconfirmed suggestions among the spans.
    pub suggestions: u64,
}

/// On how many articles an annotator has worked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnnotatorWork {
    /// In all.
    pub articles: u64,
    /// How many of them are done.
    pub done: u64,
    /// How many came whole, in a file.
    pub imported: u64,
}

/// The contents of a dataset in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Articles.
    pub articles: u64,
    /// Code points of text.
    pub chars: u64,
    /// Code points of the longest text.
    pub longest: u64,
    /// Articles by status, in the order of [`Status::ALL`].
    pub statuses: [u64; 5],
    /// Region labels.
    pub regions: BTreeMap<Label, LabelCount>,
    /// Entity labels.
    pub entities: BTreeMap<Label, LabelCount>,
    /// Annotators, with their work.
    pub annotators: BTreeMap<String, AnnotatorWork>,
    /// Remarks.
    pub remarks: u64,
}

impl Statistics {
    /// Counts one article with its text and representative annotation.
    pub fn add_article(&mut self, text: &Text, annotation: &Annotation) {
        let chars = u64::from(text.chars().0);
        self.articles += 1;
        self.chars += chars;
        self.longest = self.longest.max(chars);
        let place = Status::ALL
            .iter()
            .position(|status| *status == annotation.status());
        if let Some(count) = place.and_then(|at| self.statuses.get_mut(at)) {
            *count += 1;
        }
        for region in annotation.regions() {
            count(
                &mut self.regions,
                text,
                &region.label,
                region.span,
                region.provenance.is_suggestion(),
            );
        }
        for entity in annotation.entities() {
            count(
                &mut self.entities,
                text,
                &entity.label,
                entity.span,
                entity.provenance.is_suggestion(),
            );
        }
        self.remarks += annotation.remarks().len() as u64;
    }

    /// Counts one annotator's work on an article; `imported` if it came whole, in a file.
    pub fn add_work(&mut self, annotator: &str, status: Status, imported: bool) {
        let work = self.annotators.entry(annotator.to_owned()).or_default();
        work.articles += 1;
        work.done += u64::from(status == Status::Done);
        work.imported += u64::from(imported);
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.articles += other.articles;
        self.chars += other.chars;
        self.longest = self.longest.max(other.longest);
        for (mine, theirs) in self.statuses.iter_mut().zip(other.statuses) {
            *mine += theirs;
        }
        for (mine, theirs) in [
            (&mut self.regions, other.regions),
            (&mut self.entities, other.entities),
        ] {
            for (label, count) in theirs {
                let sum = mine.entry(label).or_default();
                sum.spans += count.spans;
                sum.chars += count.chars;
                sum.suggestions += count.suggestions;
            }
        }
        for (annotator, work) in other.annotators {
            let sum = self.annotators.entry(annotator).or_default();
            sum.articles += work.articles;
            sum.done += work.done;
            sum.imported += work.imported;
        }
        self.remarks += other.remarks;
    }
}

fn count(
    counts: &mut BTreeMap<Label, LabelCount>,
    text: &Text,
    label: &Label,
    span: Span,
    suggestion: bool,
) {
    let chars = text.char_of_byte(span.end()).0 - text.char_of_byte(span.start()).0;
    let count = counts.entry(label.clone()).or_default();
    count.spans += 1;
    count.chars += u64::from(chars);
    count.suggestions += u64::from(suggestion);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    #[test]
    fn spans_are_counted_in_characters_and_by_who_vouches_for_them() {
        let one =
            notation::parse("nav?0.9| Ménu\nbody| Die {GPE Türkei} und {GPE?0.5 Malta}").unwrap();
        let mut statistics = Statistics::default();
        statistics.add_article(&one.text, &one.annotation);
        statistics.add_work("maria", Status::Done, true);
        let mut twice = statistics.clone();
        twice.merge(statistics.clone());

        let nav = LabelCount {
            spans: 1,
            chars: 4,
            suggestions: 1,
        };
        assert_eq!(statistics.regions.get("nav"), Some(&nav));
        assert_eq!(
            statistics.entities.get("GPE"),
            Some(&LabelCount {
                spans: 2,
                chars: 11,
                suggestions: 1
            })
        );
        assert_eq!(
            (
                statistics.articles,
                statistics.longest,
                statistics.statuses[0]
            ),
            (1, u64::from(one.text.chars().0), 1)
        );
        assert_eq!((twice.articles, twice.longest), (2, statistics.longest));
        assert_eq!(twice.entities.get("GPE").map(|count| count.spans), Some(4));
        let work = AnnotatorWork {
            articles: 2,
            done: 2,
            imported: 2,
        };
        assert_eq!(twice.annotators.get("maria"), Some(&work));
    }
}
