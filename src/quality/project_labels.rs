//! Projects the labels of an article onto a near-duplicate, such as an agency story on another
//! site.
//!
//! The texts are aligned word by word ([`align`]). A span whose words all occur in the copy, next
//! to another shared word, is certain: it becomes an imported label. A span that occurs in part, or
//! alone, is doubtful: it becomes a [`Provenance::Projected`] suggestion with a low score. The rest
//! of the copy keeps the suggestions of the models.

use super::align::{Tokens, align};
use crate::model::{
    Annotation, Article, BytePos, Entity, Provenance, Region, Score, Span, Status, Text,
};

/// The score of doubtful labels: well under [`Score::SURE_OF_NAME`].
const DOUBT: f64 = 0.3;
/// So much of a stretch must have come from a region, for it to be that region's; and so much, for
/// that to be sure.
const SOME: f64 = 0.5;
const MOST: f64 = 0.8;
/// A stretch of fewer tokens inside a block goes with what is before it.
const SHORT: usize = 3;
/// The most tokens that may be inserted into an entity.
const BETWEEN: usize = 2;

/// The projected labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    /// The copy's annotation, status started.
    pub annotation: Annotation,
    /// Certain regions and entities.
    pub sure: u64,
    /// Doubtful regions and entities.
    pub doubtful: u64,
    /// Entities whose words the copy lacks.
    pub left_out: u64,
    /// The share of the labelled article that the copy contains, from 0 to 1.
    pub share: f64,
}

/// Projects the labels of `from` onto `to`, which has these suggestions.
#[must_use]
pub fn project_labels(
    from: &Article,
    labelled: &Annotation,
    to: &Article,
    suggestions: &Annotation,
) -> Projection {
    let (a, b) = (Tokens::of(&from.text), Tokens::of(&to.text));
    let places = align(&a, &b);
    let mut projection = Projection {
        share: places.iter().flatten().count() as f64 / places.len().max(1) as f64,
        ..Projection::default()
    };
    let regions = regions(labelled, to, suggestions, &a, &b, &places, &mut projection);
    let entities = entities(
        labelled,
        &to.text,
        suggestions,
        &a,
        &b,
        &places,
        &mut projection,
    );
    let whole = Annotation::from_parts(&to.text, regions, entities, Status::Started, Vec::new());
    // Regions are parts of the copy's blocks, and entities were added one by one, so that this
    // always fits.
    projection.annotation = whole.unwrap_or_else(|_never| suggestions.clone());
    projection
}

/// Where a token of the copy is from: the number of a region, or `None` for what is in none. Of
/// tokens that are the copy's own nothing is known.
type Origin = Option<usize>;

fn regions(
    labelled: &Annotation,
    to: &Article,
    suggestions: &Annotation,
    a: &Tokens<'_>,
    b: &Tokens<'_>,
    places: &[Option<usize>],
    projection: &mut Projection,
) -> Vec<Region> {
    let mut origins: Vec<Option<Origin>> = vec![None; b.spans.len()];
    let mut region = 0;
    for (token, place) in a.spans.iter().zip(places) {
        let all = labelled.regions();
        while all
            .get(region)
            .is_some_and(|region| region.span.end() <= token.start())
        {
            region += 1;
        }
        let inside = all
            .get(region)
            .is_some_and(|region| region.span.overlaps(*token));
        if let Some(origin) = place.and_then(|place| origins.get_mut(place)) {
            *origin = Some(inside.then_some(region));
        }
    }
    let mut out: Vec<Region> = Vec::new();
    let mut last: Option<usize> = None;
    for block in &to.blocks {
        let tokens = b.within(block.span);
        for (range, origin) in stretches(&origins, tokens.clone()) {
            let known = origins.get(range.clone()).unwrap_or_default();
            let share = known.iter().flatten().count() as f64 / range.len().max(1) as f64;
            let whole = range == tokens;
            let span = if whole {
                Some(block.span)
            } else {
                stretch(&to.text, b, block.span, &range, &tokens)
            };
            let (Some(span), true) = (span, share >= SOME) else {
                last = None;
                let suggested = suggestions.regions_in(block.span);
                keep(suggested, block.span, whole, &mut out);
                continue;
            };
            let Some((index, region)) =
                origin.and_then(|index| Some((index, labelled.regions().get(index)?)))
            else {
                last = None;
                continue;
            };
            let provenance = if share >= MOST {
                Provenance::Import
            } else {
                Provenance::Projected(Score::new(DOUBT))
            };
            // Blocks of one region are one region again, unless one of them is doubtful.
            match out.last_mut() {
                Some(open) if last == Some(index) && open.provenance == provenance => {
                    open.span = open.span.cover(span);
                }
                _ => {
                    projection.sure += u64::from(!provenance.is_suggestion());
                    projection.doubtful += u64::from(provenance.is_suggestion());
                    out.push(Region {
                        span,
                        label: region.label.clone(),
                        provenance,
                    });
                }
            }
            last = Some(index);
        }
    }
    out
}

/// Keeps what the models suggest for a whole block: of a region that goes on in other blocks, the
/// part that lies in this one.
fn keep(suggested: &[Region], block: Span, whole: bool, out: &mut Vec<Region>) {
    for region in suggested.iter().filter(|_| whole) {
        let Some(span) = region.span.intersection(block) else {
            continue;
        };
        match out.last_mut() {
            // The block before this one has the beginning of the same region.
            Some(last)
                if region.span.contains(last.span)
                    && (&last.label, last.provenance) == (&region.label, region.provenance) =>
            {
                last.span = last.span.cover(span);
            }
            _ => out.push(Region {
                span,
                ..region.clone()
            }),
        }
    }
}

/// The tokens of a block cut where another region begins; what is the copy's own goes with what is
/// before it.
fn stretches(
    origins: &[Option<Origin>],
    tokens: std::ops::Range<usize>,
) -> Vec<(std::ops::Range<usize>, Origin)> {
    let mut out: Vec<(std::ops::Range<usize>, Option<Origin>)> = Vec::new();
    for at in tokens {
        let origin = origins.get(at).copied().flatten();
        match (out.last_mut(), origin) {
            (Some((range, _)), None) => range.end = at + 1,
            (Some((range, of)), Some(_)) if of.is_none() || *of == origin => {
                range.end = at + 1;
                *of = origin;
            }
            _ => out.push((at..at + 1, origin)),
        }
    }
    // A full stop that both have says nothing of where it is from.
    let mut joined: Vec<(std::ops::Range<usize>, Origin)> = Vec::with_capacity(out.len());
    for (range, origin) in out {
        match joined.last_mut() {
            Some((last, _)) if range.len() < SHORT => last.end = range.end,
            _ => joined.push((range, origin.flatten())),
        }
    }
    joined
}

/// The span of some tokens of a block, out to its edges at its ends.
fn stretch(
    text: &Text,
    b: &Tokens<'_>,
    block: Span,
    range: &std::ops::Range<usize>,
    tokens: &std::ops::Range<usize>,
) -> Option<Span> {
    let start = if range.start == tokens.start {
        block.start()
    } else {
        b.spans.get(range.start)?.start()
    };
    let end = if range.end == tokens.end {
        block.end()
    } else {
        b.spans.get(range.end - 1)?.end()
    };
    text.span(start, end).ok()
}

fn entities(
    labelled: &Annotation,
    text: &Text,
    suggestions: &Annotation,
    a: &Tokens<'_>,
    b: &Tokens<'_>,
    places: &[Option<usize>],
    projection: &mut Projection,
) -> Vec<Entity> {
    let mut kept = Annotation::default();
    // Where words of the labelled article are, a person has said what is named there.
    let mut known = vec![false; b.spans.len()];
    for place in places.iter().flatten() {
        known[*place] = true;
    }
    for entity in labelled.entities() {
        let Some((span, sure)) = place_of(text, entity.span, a, b, places) else {
            projection.left_out += 1;
            continue;
        };
        let provenance = if sure {
            Provenance::Import
        } else {
            Provenance::Projected(Score::new(DOUBT))
        };
        let moved = Entity {
            span,
            label: entity.label.clone(),
            provenance,
        };
        match kept.add_entity(text, moved) {
            Ok(()) if sure => projection.sure += 1,
            Ok(()) => projection.doubtful += 1,
            Err(_) => projection.left_out += 1,
        }
    }
    for entity in suggestions.entities() {
        let new = b
            .within(entity.span)
            .all(|at| known.get(at) == Some(&false));
        if new && kept.entities_in(entity.span).next().is_none() {
            let _fits = kept.add_entity(text, entity.clone());
        }
    }
    kept.entities().to_vec()
}

/// Where an entity went, and whether that is sure.
fn place_of(
    text: &Text,
    span: Span,
    a: &Tokens<'_>,
    b: &Tokens<'_>,
    places: &[Option<usize>],
) -> Option<(Span, bool)> {
    let tokens = a.within(span);
    let place = |at: usize| places.get(at).copied().flatten();
    let (first, last) = (place(tokens.start)?, place(tokens.end.checked_sub(1)?)?);
    if last < first || last - first > tokens.len() - 1 + BETWEEN {
        return None;
    }
    let whole = last - first == tokens.len() - 1 && tokens.clone().all(|at| place(at).is_some());
    // A word that is alone may be another one's.
    let before = tokens.start.checked_sub(1).and_then(place);
    let beside =
        before.is_some_and(|before| before + 1 == first) || place(tokens.end) == Some(last + 1);
    // An edge inside a token is as far inside the same token.
    let (from, to) = (a.spans.get(tokens.start)?, a.spans.get(tokens.end - 1)?);
    let start = b.spans.get(first)?.start().0 + span.start().0.saturating_sub(from.start().0);
    let end = b.spans.get(last)?.end().0 - to.end().0.saturating_sub(span.end().0);
    let moved = text.span(BytePos(start), BytePos(end)).ok()?;
    Some((moved, whole && beside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArticleId, Block, Metadata, notation};

    /// An article whose lines are blocks, with its labels.
    fn article(notated: &str) -> (Article, Annotation) {
        let notated = notation::parse(notated).unwrap();
        let text = notated.text;
        let mut blocks = Vec::new();
        let mut at = 0;
        for line in text.as_str().split_inclusive('\n') {
            let (start, end) = (
                BytePos::from_index(at),
                BytePos::from_index(at + line.len()),
            );
            at += line.len();
            if let Some(span) = text.span(start, end).ok().and_then(|span| text.trim(span)) {
                blocks.push(Block {
                    span,
                    path: "".into(),
                    link_permille: 0,
                });
            }
        }
        let article = Article {
            id: ArticleId::new("a").unwrap(),
            text,
            blocks,
            meta: Metadata::default(),
        };
        (article, notated.annotation)
    }

    /// The labels of the copy's regions with their words.
    fn regions<'a>(to: &'a Article, projection: &'a Projection) -> Vec<(&'a str, &'a str)> {
        let regions = projection.annotation.regions().iter();
        regions
            .map(|r| (r.label.as_str(), to.text.slice(r.span)))
            .collect()
    }

    const FROM: &str = "nav    | Home\nbody   | Storm closes ferry\n+      | The ferry between {GPE Malta} and {GPE Gozo} was closed on Monday, said {PERSON Ada Borg}.\n\
        +      | {ORG Gozo {GPE Channel} Lines} runs it.\ncomment| I was there and saw the waves.\ncomment| So was I, with my dog.";

    #[test]
    fn labels_go_where_their_words_went() {
        let (from, labelled) = article(FROM);
        let (to, suggestions) = article(
            "nav    | Sport\nnav    | {ORG Reuters} picture\ncomment| The ferry between Malta and Gozo was closed on Monday, said Ada Maria Borg.\n\
             nav    | Gozo Channel Lines runs it. More\nnav    | I was there and saw the waves.\nnav    | So was I, with my dog.\nbody   | Last words of {GPE Rome}.",
        );
        let projection = project_labels(&from, &labelled, &to, &suggestions);
        let regions = projection.annotation.regions().iter();
        let regions: Vec<(&str, bool, &str)> = regions
            .map(|r| {
                (
                    r.label.as_str(),
                    r.provenance.is_suggestion(),
                    to.text.slice(r.span),
                )
            })
            .collect();
        assert_eq!(
            regions,
            [
                ("nav", false, "Sport"),
                ("nav", false, "Reuters picture"),
                (
                    "body",
                    false,
                    "The ferry between Malta and Gozo was closed on Monday, said Ada Maria Borg.\nGozo Channel Lines runs it. More"
                ),
                ("comment", false, "I was there and saw the waves."),
                ("comment", false, "So was I, with my dog."),
                ("body", false, "Last words of Rome."),
            ]
        );
        let entities = projection.annotation.entities().iter();
        let entities: Vec<(&str, bool, &str)> = entities
            .map(|e| {
                (
                    e.label.as_str(),
                    e.provenance.is_unsure(),
                    to.text.slice(e.span),
                )
            })
            .collect();
        assert_eq!(
            entities,
            [
                ("ORG", false, "Reuters"),
                ("GPE", false, "Malta"),
                ("GPE", false, "Gozo"),
                ("PERSON", true, "Ada Maria Borg"),
                ("ORG", false, "Gozo Channel Lines"),
                ("GPE", false, "Channel"),
                ("GPE", false, "Rome"),
            ]
        );
        assert_eq!(
            (projection.left_out, projection.annotation.status()),
            (0, Status::Started)
        );
        assert!(projection.share > 0.7, "{}", projection.share);
    }

    #[test]
    fn a_block_that_two_regions_share_is_cut_between_them() {
        let (from, labelled) = article(FROM);
        let (to, suggestions) = article(
            "body| The ferry between Malta and Gozo was closed on Monday, said Ada Borg. I was there and saw the waves.",
        );
        let projection = project_labels(&from, &labelled, &to, &suggestions);
        assert_eq!(
            regions(&to, &projection),
            [
                (
                    "body",
                    "The ferry between Malta and Gozo was closed on Monday, said Ada Borg."
                ),
                ("comment", "I was there and saw the waves."),
            ]
        );
        assert_eq!(projection.left_out, 2);
    }

    #[test]
    fn a_suggestion_over_several_blocks_stays_where_the_copy_has_its_own_words() {
        let (from, labelled) = article(FROM);
        let (to, suggestions) = article(
            "nav| Sport\n+  | Shut!\n+  | The ferry between Malta and Gozo was closed on Monday, said Ada Borg.\n+  | More news",
        );
        assert_eq!(suggestions.regions().len(), 1);
        let projection = project_labels(&from, &labelled, &to, &suggestions);
        assert_eq!(
            regions(&to, &projection),
            [
                ("nav", "Sport\nShut!"),
                (
                    "body",
                    "The ferry between Malta and Gozo was closed on Monday, said Ada Borg."
                ),
                ("nav", "More news"),
            ]
        );
        assert_eq!(projection.annotation.status(), Status::Started);
    }

    #[test]
    fn half_a_block_is_doubtful_and_another_story_gets_nothing() {
        let (from, labelled) = article(FROM);
        let (to, suggestions) = article(
            "nav| The ferry between Malta and Gozo, which sails each hour of the day, was closed on Monday\n\
             nav| Nothing of this.",
        );
        let projection = project_labels(&from, &labelled, &to, &suggestions);
        let first = &projection.annotation.regions()[0];
        assert_eq!(
            (first.label.as_str(), first.provenance.is_unsure()),
            ("body", true)
        );
        let (other, suggestions) = article("nav| Council votes on schools");
        let projection = project_labels(&from, &labelled, &other, &suggestions);
        assert_eq!(projection.annotation.regions(), suggestions.regions());
        assert_eq!((projection.sure, projection.doubtful), (0, 0));
    }
}
