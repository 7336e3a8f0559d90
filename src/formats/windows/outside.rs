//! Text outside the annotated regions, and how formats with a label for each token write it.
//!
//! Entities are annotated in regions whose label has [`tag_entities`](crate::model::RegionLabel),
//! or everywhere in a record without regions. The rest of the text is unknown. Written as "no
//! entity", it would teach a model that its names are not names, so it is written as unknown or
//! left out: see [`Outside`] and [`Unlabelled`].
//!
//! An entity that a person added outside these regions stays; only the text around it is unknown.

pub use super::entity_regions::{EntityRegions, USUAL};
use crate::formats::{Format, Outside, RecordView, Unlabelled, WriteOptions};
use crate::model::{Label, Span, Text};

/// The metadata field with the labels of regions with entities, a JSON list.
pub const ENTITY_REGIONS: &str = "entity_regions";

/// Returns how a format writes text outside, by its abilities and the options.
#[must_use]
pub fn rule(format: &dyn Format, options: &WriteOptions) -> Outside {
    match (options.outside, format.spec().unlabelled) {
        (None | Some(Outside::Missing), Unlabelled::SpansOnly) => Outside::Negative,
        (None, Unlabelled::NotMarked | Unlabelled::MarkedIfAsked)
        | (Some(Outside::Missing), Unlabelled::NotMarked) => Outside::Omit,
        (None | Some(Outside::Missing), Unlabelled::Marked | Unlabelled::MarkedIfAsked) => {
            Outside::Missing
        }
        (Some(asked), _) => asked,
    }
}

/// Returns the stretches where entities are annotated, in order; `None` if that is the whole text.
#[must_use]
pub fn annotated(record: &RecordView<'_>, options: &WriteOptions) -> Option<Vec<Span>> {
    let (text, annotation) = (&record.article.text, record.annotation);
    if annotation.regions().is_empty() && !options.regions_chosen {
        return None;
    }
    let reported: Option<Vec<String>> = record
        .article
        .meta
        .other
        .get(ENTITY_REGIONS)
        .and_then(|list| serde_json::from_str(list).ok());
    let has_entities = |label: &Label| match (&options.entity_regions, &reported) {
        (Some(known), _) => known.contains(label),
        (None, Some(reported)) => reported.iter().any(|name| name == label.as_str()),
        (None, None) => USUAL.contains(&label.as_str()),
    };
    let regions = annotation.regions().iter();
    let regions = regions.filter(|region| has_entities(&region.label));
    let mut spans: Vec<Span> = regions
        .filter_map(|region| text.trim(region.span))
        .chain(annotation.entities().iter().map(|entity| entity.span))
        .collect();
    spans.sort_unstable_by_key(|span| (span.start(), span.end()));
    let mut stretches: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match stretches.last_mut() {
            Some(last) if span.start() <= last.end() || is_blank(text, *last, span) => {
                *last = last.cover(span);
            }
            _ => stretches.push(span),
        }
    }
    let all = text.whole().and_then(|whole| text.trim(whole));
    match (stretches.as_slice(), all) {
        (_, None) => None,
        ([one], Some(all)) if one.contains(all) => None,
        _ => Some(stretches),
    }
}

/// Returns whether only white space is between two spans.
fn is_blank(text: &Text, before: Span, after: Span) -> bool {
    text.as_str()
        .get(before.end().index()..after.start().index())
        .is_some_and(|gap| gap.trim().is_empty())
}

/// Returns for each token whether it overlaps one of these stretches.
#[must_use]
pub fn inside(tokens: &[Span], stretches: &[Span]) -> Vec<bool> {
    let mut next = 0;
    let inside = tokens.iter().map(|token| {
        while stretches
            .get(next)
            .is_some_and(|stretch| stretch.end() <= token.start())
        {
            next += 1;
        }
        stretches
            .get(next)
            .is_some_and(|stretch| stretch.overlaps(*token))
    });
    inside.collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::formats::by_name;
    use crate::model::{Article, ArticleId, Metadata, notation};

    fn stretches(
        notated: &str,
        options: &WriteOptions,
        reported: Option<&str>,
    ) -> Option<Vec<String>> {
        let notated = notation::parse(notated).unwrap();
        let mut meta = Metadata::default();
        if let Some(reported) = reported {
            meta.other
                .insert(ENTITY_REGIONS.to_owned(), reported.to_owned());
        }
        let article = Article {
            id: ArticleId::new("a").unwrap(),
            text: notated.text,
            blocks: Vec::new(),
            meta,
        };
        let record = RecordView {
            article: &article,
            annotation: &notated.annotation,
            annotator: "",
            updated_at_ms: 0,
        };
        let found = annotated(&record, options)?;
        let words = found
            .into_iter()
            .map(|span| article.text.slice(span).to_owned());
        Some(words.collect())
    }

    const MIXED: &str = "nav| Home\nbody| Storm closes ferry\nbody| Two hurt.\nnav| Read more by {PERSON Ada Borg} here\ncomment| I was there.";

    #[test]
    fn text_outside_is_unknown_but_for_an_entity_that_a_person_put_there() {
        let options = WriteOptions::default();
        let found = stretches(MIXED, &options, None).unwrap();
        assert_eq!(
            found,
            ["Storm closes ferry\nTwo hurt.", "Ada Borg", "I was there."]
        );
        assert_eq!(stretches("body| Storm\ncomment| No.", &options, None), None);
        assert_eq!(
            stretches("nav| Home", &options, None),
            Some(vec![]),
            "nobody looked at any of it"
        );
    }

    #[test]
    fn the_schema_wins_over_the_record_and_the_record_over_what_is_usual() {
        let mut options = WriteOptions::default();
        let two = "nav| Home\nbody| Storm";
        assert_eq!(stretches(two, &options, None).unwrap(), ["Storm"]);
        assert_eq!(
            stretches(two, &options, Some("[\"nav\"]")).unwrap(),
            ["Home"]
        );
        options.entity_regions = Some(EntityRegions(Arc::from([Label::new("body").unwrap()])));
        assert_eq!(
            stretches(two, &options, Some("[\"nav\"]")).unwrap(),
            ["Storm"]
        );
    }

    #[test]
    fn each_format_does_what_it_can_unless_it_is_told_otherwise() {
        let of = |name: &str, outside| {
            let options = WriteOptions {
                outside,
                ..WriteOptions::default()
            };
            rule(by_name(name).unwrap(), &options)
        };
        let missing = Some(Outside::Missing);
        assert_eq!(of("spacy", None), Outside::Missing);
        assert_eq!(of("hf-parquet", None), Outside::Omit);
        assert_eq!(of("hf-parquet", missing), Outside::Missing);
        for name in ["conll", "conllu", "gliner", "prodigy", "webanno-tsv"] {
            assert_eq!(of(name, None), Outside::Omit, "{name}");
            assert_eq!(of(name, missing), Outside::Omit, "{name}");
            assert_eq!(of(name, Some(Outside::Negative)), Outside::Negative);
        }
        for name in ["jsonl", "brat", "label-studio", "cas-json", "doccano"] {
            assert_eq!(of(name, None), Outside::Negative, "{name}");
            assert_eq!(of(name, missing), Outside::Negative, "{name}");
            assert_eq!(of(name, Some(Outside::Omit)), Outside::Omit, "{name}");
        }
    }
}
