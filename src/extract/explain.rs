//! Explains in words why the model prefers a label over the runner-up.
//!
//! In a linear model each feature adds its weight to each label. The explanation sums the
//! differences between the two labels by **topic**, so that a hundred features about size become
//! one sentence about the text. Features of the second pass that repeat the first pass's prediction
//! are explained by the features of the first pass.

use std::collections::BTreeMap;

use super::features::Tag;
use super::features::surface::SurfaceFeatures;
use super::features::templates;
use super::features::topic::Topic;
use super::html::DESCRIPTION;
use super::model::{FeaturizedArticle, StackedModel};
use crate::learn::{Model, Sequence};
use crate::model::Span;

/// Why a span has its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The label that was asked about.
    pub label: String,
    /// How sure the model is of it now, from 0 to 1.
    pub score: f64,
    /// The label that comes next, or, if the model now says something else, first; and how sure it
    /// is of that.
    pub rival: String,
    /// Of that.
    pub rival_score: f64,
    /// What was seen, the weightiest first.
    pub reasons: Vec<Reason>,
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What, as a sentence without its full stop.
    pub words: String,
    /// How much it says for the label, or, if negative, for the rival: its part of all that was
    /// said, from -1 to 1.
    pub weight: f64,
}

/// No more reasons than these are told, for and against.
const MOST: (usize, usize) = (4, 3);
/// What weighs less than this part of all is not told.
const LEAST: f64 = 0.04;
/// So many characters of a neighbour are quoted.
const QUOTED: usize = 28;

/// What was said by topic: the sum, and the block that says most.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    sum: f64,
    block: usize,
    most: f64,
}

#[derive(Default)]
struct Sums(BTreeMap<Key, Said>);

/// A topic, and the label that a site prior is about.
type Key = (Topic, usize);

impl Sums {
    fn add(&mut self, topic: Key, block: usize, weight: f64) {
        let said = self.0.entry(topic).or_default();
        said.sum += weight;
        if weight.abs() > said.most {
            said.most = weight.abs();
            said.block = block;
        }
    }

    /// What the features of some blocks say for one label and against another, as a mean over the
    /// blocks.
    fn of(
        model: &Model,
        sequence: &Sequence,
        blocks: &[usize],
        label: usize,
        rival: usize,
    ) -> Self {
        let mut sums = Self::default();
        let share = 1.0 / blocks.len().max(1) as f64;
        for block in blocks {
            let mut by_topic: BTreeMap<Key, f64> = BTreeMap::new();
            let features = sequence
                .items
                .get(*block)
                .into_iter()
                .flat_map(|items| items.iter());
            for (feature, value) in features {
                let weights = model.weights_of(feature);
                let (Some(one), Some(other)) = (weights.get(label), weights.get(rival)) else {
                    continue;
                };
                let says = f64::from((one - other) * value);
                let topic = templates::topic(feature);
                if says != 0.0 && topic.0 != Topic::Unexplained {
                    *by_topic.entry(topic).or_default() += says;
                }
            }
            for (topic, says) in by_topic {
                sums.add(topic, *block, says * share);
            }
        }
        sums
    }
}

fn either(holds: bool, yes: &str, no: &str) -> String {
    if holds { yes } else { no }.to_owned()
}

/// The blocks up to `by` before and after the block `at`.
fn near(at: usize, by: usize, blocks: usize) -> std::ops::Range<usize> {
    at.saturating_sub(by)..(at + by + 1).min(blocks)
}

impl FeaturizedArticle {
    /// Explains why the model gives a span this label and not the runner-up, or, if it now prefers
    /// another label, why not that one. Returns `None` if the model lacks the label or no block
    /// overlaps the span.
    #[must_use]
    pub fn why(&self, stacked: &StackedModel, span: Span, label: &str) -> Option<Explanation> {
        let names = stacked.labels();
        let index = names.iter().position(|name| name == label)?;
        let overlaps = |block: &usize| self.blocks[*block].span.overlaps(span);
        let blocks: Vec<usize> = (0..self.blocks.len()).filter(overlaps).collect();
        if blocks.is_empty() {
            return None;
        }
        let sequence = self.deciding_sequence(stacked);
        let labelling = stacked.last().label(&sequence);
        let share_of = |label: usize| {
            let shares = blocks.iter().filter_map(|block| {
                labelling
                    .marginals
                    .get(block * names.len() + label)
                    .copied()
            });
            shares.sum::<f64>() / blocks.len() as f64
        };
        let rival = (0..names.len())
            .filter(|other| *other != index)
            .max_by(|one, other| share_of(*one).total_cmp(&share_of(*other)))?;
        let mut sums = Sums::of(stacked.last(), &sequence, &blocks, index, rival);
        // The first pass's prediction, as a feature of the second, is explained by the features of
        // the first.
        if let (Some(taken_over), Some(_)) =
            (sums.0.remove(&(Topic::FirstPass, 0)), &stacked.second)
        {
            let first = Sums::of(&stacked.first, self.sequence(), &blocks, index, rival);
            let all: f64 = first.0.values().map(|said| said.sum.abs()).sum();
            for (topic, said) in first.0 {
                let part = taken_over.sum.abs() * said.sum / all.max(f64::MIN_POSITIVE);
                sums.add(topic, said.block, part);
            }
        }
        let verdicts: Vec<usize> = labelling
            .predictions
            .iter()
            .map(|verdict| verdict.label)
            .collect();
        let before = blocks.first().and_then(|first| first.checked_sub(1));
        if let Some(before) = before {
            let step = stacked.last().step(
                sequence.edges.get(before + 1).copied().unwrap_or(0),
                verdicts.get(before).copied().unwrap_or(index),
            );
            if let (Some(one), Some(other)) = (step.get(index), step.get(rival)) {
                sums.add((Topic::Step, 0), before, f64::from(one - other));
            }
        }
        let all: f64 = sums.0.values().map(|said| said.sum.abs()).sum();
        let mut reasons: Vec<Reason> = sums
            .0
            .into_iter()
            .filter_map(|(topic, said)| {
                Some(Reason {
                    words: self.in_words(topic, said.block, names, &verdicts)?,
                    weight: said.sum / all.max(f64::MIN_POSITIVE),
                })
            })
            .filter(|reason| reason.weight.abs() >= LEAST)
            .collect();
        reasons.sort_by(|one, other| other.weight.abs().total_cmp(&one.weight.abs()));
        let (mut pros, mut cons) = MOST;
        reasons.retain(|reason| {
            let left = if reason.weight > 0.0 {
                &mut pros
            } else {
                &mut cons
            };
            let told = *left > 0;
            *left = left.saturating_sub(1);
            told
        });
        Some(Explanation {
            label: label.to_owned(),
            score: share_of(index),
            rival: names[rival].clone(),
            rival_score: share_of(rival),
            reasons,
        })
    }

    /// Returns the sentence that explains a topic for a block.
    fn in_words(
        &self,
        key: Key,
        at: usize,
        names: &[String],
        predicted: &[usize],
    ) -> Option<String> {
        let topic = key.0;
        self.text_in_words(topic, at)
            .or_else(|| self.place_in_words(topic, at))
            .or_else(|| self.markup_in_words(topic, at))
            .or_else(|| self.labels_in_words(key, at, names, predicted))
    }

    /// Explains what the text of a block shows.
    fn text_in_words(&self, topic: Topic, at: usize) -> Option<String> {
        use Topic as T;
        let surface = self.document.surfaces.get(at)?;
        let hints = self.hints.get(at)?;
        Some(match topic {
            T::Size => match surface.words {
                0..=1 => "It is one word".to_owned(),
                words @ 2..=5 => format!("It has only {words} words"),
                words => format!("It has {words} words"),
            },
            T::Sentences => either(
                surface.prose || (surface.ends && surface.words >= 5),
                "It reads like prose",
                "It does not read like prose",
            ),
            T::Capitals if surface.all_caps => "It is written in capitals".to_owned(),
            T::Capitals => either(
                surface.title_case,
                "Most words begin with a capital",
                "Capitals as in running text",
            ),
            T::SmallWords => either(
                surface.small_words * 5 >= surface.words,
                "Small words as in running text",
                "Few of the small words of running text",
            ),
            T::Digits => either(
                surface.digit_percent >= 10,
                "Many digits",
                "Hardly any digits",
            ),
            T::Person => either(
                surface.self_words > 0 || surface.informal || surface.personal,
                "It speaks of its writer or to its reader",
                "It does not speak of its writer or to its reader",
            ),
            T::Voice => format!("It sounds like {}", self.document.voices.name(at)),
            T::Subject => match self.document.voices.overlaps.get(at)?.shared {
                0 => "It uses none of the story's less common words".to_owned(),
                1 => "It uses one of the story's less common words".to_owned(),
                shared => format!("It uses {shared} of the story's less common words"),
            },
            T::Furniture => either(
                surface.ui || surface.site_lead || surface.separators >= 2 || surface.address,
                "Wording of menus, bars and boxes",
                "No wording of menus, bars and boxes",
            ),
            T::Byline if hints.byline => "It names the author given by the page".to_owned(),
            T::Byline => either(
                surface.byline,
                "It begins like a byline",
                "It is not a byline",
            ),
            T::Copies => either(
                surface.duplicate,
                "The same words are higher up on the page",
                "Its words are not higher up on the page",
            ),
            T::AuthorOrDate => either(
                surface.lead_name || surface.lead_date || surface.tail_date,
                "It begins or ends with an author or a date",
                "Lines near it begin or end with an author or a date",
            ),
            T::Cites => "It reads like a list of references".to_owned(),
            T::PictureCredit => "It is a picture credit".to_owned(),
            _ => return None,
        })
    }

    /// Quotes the nearest heading of a kind above a block.
    fn heading_above(
        &self,
        at: usize,
        is: impl Fn(&SurfaceFeatures) -> bool,
        none: &str,
    ) -> String {
        let surfaces = &self.document.surfaces;
        let above = (0..at)
            .rev()
            .take(40)
            .find(|at| surfaces.get(*at).is_some_and(&is));
        above.map_or_else(
            || none.to_owned(),
            |above| format!("It is under {}", self.quoted(above)),
        )
    }

    /// Explains the position of a block and the text around it.
    fn place_in_words(&self, topic: Topic, at: usize) -> Option<String> {
        use Topic as T;
        let surfaces = &self.document.surfaces;
        let surface = surfaces.get(at)?;
        let near = |by: usize| near(at, by, surfaces.len());
        Some(match topic {
            T::Breaks => either(
                at >= self.document.run().end,
                "Headings or links separate it from the story",
                "Nothing separates it from the story",
            ),
            T::Repeats => either(
                surface.date_line || surface.says || surface.reply || surface.words <= 8,
                "Similar lines repeat around it",
                "The lines around it repeat",
            ),
            T::Table => either(
                surface.tabs > 0,
                "It is a row of a table",
                "It is near a table",
            ),
            T::Title if surface.title => "It repeats the title".to_owned(),
            T::Title => either(
                (0..at).any(|at| surfaces[at].title),
                "It is below the headline",
                "No headline above it",
            ),
            T::Neighbours => {
                let before = at.checked_sub(1).map(|before| self.quoted(before));
                let after = (at + 1 < surfaces.len()).then(|| self.quoted(at + 1));
                match (before, after) {
                    (Some(before), Some(after)) => {
                        format!("It is between {before} and {after}")
                    }
                    (Some(before), None) => format!("It is last, after {before}"),
                    (None, Some(after)) => format!("It is first, before {after}"),
                    (None, None) => "It is the only block".to_owned(),
                }
            }
            T::ProseAround => {
                let around = near(6);
                let all = around.len();
                let prose = surfaces[around]
                    .iter()
                    .filter(|surface| surface.prose)
                    .count();
                either(
                    prose * 2 >= all,
                    "Much prose around it",
                    "Little prose around it",
                )
            }
            T::Run => {
                let run = self.document.run();
                if run.contains(&at) {
                    "It is in the longest run of prose".to_owned()
                } else if at < run.start {
                    format!(
                        "It is {} before the longest run of prose",
                        blocks(run.start - at)
                    )
                } else {
                    format!(
                        "It is {} after the longest run of prose",
                        blocks(at + 1 - run.end)
                    )
                }
            }
            T::Place => match at * 10 / surfaces.len().max(1) {
                0 => "It is at the top".to_owned(),
                9 => "It is near the end".to_owned(),
                tenth @ 1..=3 => format!("It is near the top ({} %)", tenth * 10),
                tenth => format!("{} % of the blocks are above it", tenth * 10),
            },
            T::Comments => self.heading_above(
                at,
                |surface| surface.comments_heading || surface.asks_for_comment,
                "No comments heading above it",
            ),
            T::Related => self.heading_above(
                at,
                |surface| surface.related_heading,
                "No heading of other stories above it",
            ),
            T::Dates => either(
                surfaces[near(3)]
                    .iter()
                    .any(|surface| surface.date_line || surface.says || surface.reply),
                "Names, dates or replies near it, as in comments",
                "No names, dates or replies near it, unlike comments",
            ),
            _ => return None,
        })
    }

    /// Explains the markup of a block.
    fn markup_in_words(&self, topic: Topic, at: usize) -> Option<String> {
        use Topic as T;
        let surfaces = &self.document.surfaces;
        let hints = self.hints.get(at)?;
        let block = self.blocks.get(at)?;
        Some(match topic {
            T::Declared => match hints.declared {
                declared if declared & DESCRIPTION != 0 => {
                    "It repeats the page's description".to_owned()
                }
                declared if declared.saturating_sub(1) & 3 >= 2 => {
                    "The page's metadata includes it in the story".to_owned()
                }
                _ => "The page's metadata does not include it in the story".to_owned(),
            },
            T::Links => match block.link_permille {
                0 => "Nothing in it is a link".to_owned(),
                1000 => "All of it is a link".to_owned(),
                permille => format!("{} % of it is links", (permille / 10).max(1)),
            },
            T::Element => self.element(at)?,
            T::Markup => {
                let marks = [
                    (
                        hints.comment.is_some(),
                        "The markup makes it one of several comments",
                    ),
                    (hints.comments, "The page calls its container comments"),
                    (hints.nav, "It is in a menu, header, footer or aside"),
                    (
                        hints.nav_name,
                        "The page calls its container something other than the story",
                    ),
                    (hints.form, "It is in a form"),
                    (hints.article_body, "The page marks it as the story"),
                    (hints.body_name, "The page calls its container the story"),
                    (hints.article, "It is in the page's article"),
                ];
                let said = marks.iter().find(|(holds, _)| *holds);
                said.map_or("The markup does not say what it is", |(_, words)| words)
                    .to_owned()
            }
            T::Tree => {
                let main = self.document.run().find(|at| surfaces[*at].prose)?;
                let parent = |at: usize| self.blocks[at].path.rsplit_once('/').map(|(up, _)| up);
                either(
                    parent(at) == parent(main),
                    "Same element as most of the prose",
                    "Another element than most of the prose",
                )
            }
            _ => return None,
        })
    }

    /// Explains labels: those given before, and those of the blocks around.
    fn labels_in_words(
        &self,
        (topic, label): Key,
        at: usize,
        names: &[String],
        predicted: &[usize],
    ) -> Option<String> {
        use Topic as T;
        let near = |by: usize| near(at, by, self.blocks.len());
        Some(match topic {
            T::SameKindHere => "The same kind of element was labelled in this dataset".to_owned(),
            T::SameWordsHere => "The same words were labelled in this dataset".to_owned(),
            T::SitePriors => {
                let label = names.get(label)?;
                format!("On other pages of the site, similar blocks are {label}")
            }
            T::Around => {
                let mut counts = vec![0_usize; names.len()];
                for other in near(4).filter(|other| *other != at) {
                    if let Some(count) = predicted
                        .get(other)
                        .and_then(|label| counts.get_mut(*label))
                    {
                        *count += 1;
                    }
                }
                let most = counts
                    .iter()
                    .enumerate()
                    .max_by_key(|(at, count)| (**count, usize::MAX - at));
                let label = most.and_then(|(label, _)| names.get(label))?;
                format!("Most blocks around it are {label}")
            }
            T::Step => {
                let label = predicted.get(at).and_then(|label| names.get(*label))?;
                format!("The block above is {label}")
            }
            _ => return None,
        })
    }

    /// What kind of element a block is.
    fn element(&self, at: usize) -> Option<String> {
        let hints = self.hints.get(at)?;
        Some(match hints.tag {
            Tag::Paragraph => "It is a paragraph".to_owned(),
            Tag::Heading(_) => "It is a heading".to_owned(),
            Tag::Item => "It is a list item".to_owned(),
            Tag::Cell => "It is a table cell".to_owned(),
            Tag::Quote => "It is a quotation".to_owned(),
            Tag::Caption => "It is a caption".to_owned(),
            Tag::Other => {
                let step = self.blocks.get(at)?.path.rsplit('/').next()?;
                let name = step.split('[').next().filter(|name| !name.is_empty())?;
                format!("It is in <{name}>, which does not say what it is")
            }
        })
    }

    /// The first words of a block, in quotation marks.
    fn quoted(&self, at: usize) -> String {
        let words = self
            .blocks
            .get(at)
            .map_or("", |block| self.text.slice(block.span));
        let mut short = String::new();
        for word in words.split_whitespace() {
            if !short.is_empty() && short.chars().count() + word.chars().count() > QUOTED {
                short.push('…');
                break;
            }
            if !short.is_empty() {
                short.push(' ');
            }
            short.extend(word.chars().take(QUOTED));
        }
        format!("“{short}”")
    }
}

fn blocks(count: usize) -> String {
    match count {
        1 => "one block".to_owned(),
        count => format!("{count} blocks"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{ArticleKind, RegionModel};

    const PAGE: &str = "<html><head><title>Storm closes the ferry</title></head><body>\
        <nav><ul><li><a href=/>Home</a><li><a href=/s>Sport</a><li><a href=/w>Weather</a></ul></nav>\
        <article><h1>Storm closes the ferry</h1>\
        <p>The harbour master closed the port at noon on Monday, and no ferry has left it since, the council said.</p>\
        <p>Some two hundred passengers were waiting in the hall, where the baker gave away what he had left.</p>\
        <p>By the evening the wind had dropped, but the waves were still as high as the pier itself, he said.</p></article>\
        <footer><p><a href=/i>Imprint</a></p></footer></body></html>";

    fn why(words: &str, label: &str) -> Explanation {
        let reading = FeaturizedArticle::of_page(PAGE);
        let block = reading
            .blocks
            .iter()
            .find(|block| reading.text.slice(block.span).contains(words))
            .unwrap();
        let stacked = RegionModel::shipped().of(ArticleKind::Page).unwrap();
        reading.why(stacked, block.span, label).unwrap()
    }

    #[test]
    fn what_speaks_for_the_story_and_for_the_menu_is_told_in_words() {
        let story = why("passengers were waiting", "body");
        assert!(
            story.score > 0.8 && story.score + story.rival_score < 1.0001,
            "{story:?}"
        );
        let pros = |why: &Explanation| -> Vec<String> {
            let pros = why.reasons.iter().filter(|reason| reason.weight > 0.0);
            pros.map(|reason| reason.words.clone()).collect()
        };
        assert!(!pros(&story).is_empty(), "{story:?}");
        let menu = why("Sport", "nav");
        assert!(menu.score > 0.8);
        assert_ne!(pros(&menu), pros(&story));
        let all = pros(&menu).join("\n");
        assert!(
            ["link", "menu", "“Home”", "item of a list"]
                .iter()
                .any(|sign| all.contains(sign)),
            "{all}"
        );
    }

    #[test]
    fn asked_about_a_label_that_it_does_not_give_the_model_says_what_speaks_against_it() {
        let wrong = why("Sport", "body");
        assert!(wrong.score < 0.5 && wrong.rival == "nav", "{wrong:?}");
        let first = wrong.reasons.first().unwrap();
        assert!(first.weight < 0.0, "{wrong:?}");
        let total: f64 = wrong.reasons.iter().map(|reason| reason.weight.abs()).sum();
        assert!(total <= 1.0001);
    }
}
