//! Explanation a model takes a stretch for what it says: what spoke for the label and against the one that came next, in words.
//!
//! In a linear model each feature adds its weight for each label. What is told is the difference between the two labels,
//! added up by **topic**: a hundred features about size are one sentence, which says what is seen rather than how it is
//! counted. The first surface's verdict, which the second surface sees, is told by what the first surface saw.

mod topics;

use std::collections::BTreeMap;

use self::topics::{Topic, topic};
use super::features::Tag;
use super::features::templates;
use super::html::DESCRIPTION;
use super::model::{FeaturizedArticle, StackedModel};
use crate::learn::{Model, Sequence};
use crate::model::Span;

/// Explanation a stretch has its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The label that was asked about.
    pub label: String,
    /// How sure the model is of it now, from 0 to 1.
    pub score: f64,
    /// The label that comes next, or, if the model now says something else, first; and how sure it is of that.
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
    /// How much it says for the label, or, if negative, for the rival: its part of all that was said, from -1 to 1.
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
struct Sums(BTreeMap<Topic, Said>);

impl Sums {
    fn add(&mut self, topic: Topic, block: usize, weight: f64) {
        let said = self.0.entry(topic).or_default();
        said.sum += weight;
        if weight.abs() > said.most {
            said.most = weight.abs();
            said.block = block;
        }
    }

    /// What the features of some blocks say for one label and against another, as a mean over the blocks.
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
            let mut by_topic: BTreeMap<Topic, f64> = BTreeMap::new();
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
                if says != 0.0
                    && let Some(topic) = topic(&templates::name(feature))
                {
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

impl FeaturizedArticle {
    /// Explanation the model takes a stretch for this label, and not for the one that comes next; if it now takes it for another,
    /// why not for that. `None` if it does not know the label, or no block is there.
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
        // What the second surface takes over from the first one, by what that saw.
        if let (Some(taken_over), Some(_)) = (sums.0.remove(&Topic::FirstLook), &stacked.second) {
            let first = Sums::of(&stacked.first, self.sequence(), &blocks, index, rival);
            let all: f64 = first.0.values().map(|said| said.sum.abs()).sum();
            for (topic, said) in first.0 {
                let part = taken_over.sum.abs() * said.sum / all.max(f64::MIN_POSITIVE);
                sums.add(topic, said.block, part);
            }
        }
        let verdicts: Vec<usize> = labelling
            .verdicts
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
                sums.add(Topic::Step, before, f64::from(one - other));
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

    /// What is seen of a block.
    fn in_words(
        &self,
        topic: Topic,
        at: usize,
        names: &[String],
        verdicts: &[usize],
    ) -> Option<String> {
        use Topic as T;
        let (surface, hints, block) = (
            self.document.surfaces.get(at)?,
            self.hints.get(at)?,
            self.blocks.get(at)?,
        );
        let stacked = &self.document.surfaces;
        let near = |by: usize| at.saturating_sub(by)..(at + by + 1).min(stacked.len());
        let either = |holds: bool, yes: &str, no: &str| if holds { yes } else { no }.to_owned();
        let heading = |is: &dyn Fn(&super::features::surface::SurfaceFeatures) -> bool,
                       none: &str| {
            let above = (0..at)
                .rev()
                .take(40)
                .find(|at| stacked.get(*at).is_some_and(is));
            above.map_or_else(
                || none.to_owned(),
                |above| format!("It is under {}", self.quoted(above)),
            )
        };
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
            T::Voice => either(
                surface.self_words > 0 || surface.informal || surface.personal,
                "It speaks of its writer or to its reader",
                "It does not speak of its writer or to its reader",
            ),
            T::Sound => format!("It sounds like {}", self.document.voices.name(at)),
            T::Subject => match self.document.voices.overlaps.get(at)?.shared {
                0 => "It uses none of the story's less common words".to_owned(),
                1 => "It uses one of the story's less common words".to_owned(),
                shared => format!("It uses {shared} of the story's less common words"),
            },
            T::Breaks => either(
                at >= self.document.run().end,
                "Headings or links separate it from the story",
                "Nothing separates it from the story",
            ),
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
            T::Repeats => either(
                surface.date_line || surface.says || surface.reply || surface.words <= 8,
                "Similar lines repeat around it",
                "The lines around it repeat",
            ),
            T::Signed => either(
                surface.lead_name || surface.lead_date || surface.tail_date,
                "It begins or ends with an author or a date",
                "Lines near it begin or end with an author or a date",
            ),
            T::Table => either(
                surface.tabs > 0,
                "It is a row of a table",
                "It is near a table",
            ),
            T::Cites => "It reads like a list of references".to_owned(),
            T::Credit => "It is a picture credit".to_owned(),
            T::Declared => match hints.declared {
                declared if declared & DESCRIPTION != 0 => {
                    "It repeats the page's description".to_owned()
                }
                declared if declared.saturating_sub(1) & 3 >= 2 => {
                    "The page's metadata includes it in the story".to_owned()
                }
                _ => "The page's metadata does not include it in the story".to_owned(),
            },
            T::Title if surface.title => "It repeats the title".to_owned(),
            T::Title => either(
                (0..at).any(|at| stacked[at].title),
                "It is below the headline",
                "No headline above it",
            ),
            T::Neighbours => {
                let before = at.checked_sub(1).map(|before| self.quoted(before));
                let after = (at + 1 < stacked.len()).then(|| self.quoted(at + 1));
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
                let prose = stacked[around]
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
            T::Place => match at * 10 / stacked.len().max(1) {
                0 => "It is at the top".to_owned(),
                9 => "It is near the end".to_owned(),
                tenth @ 1..=3 => format!("It is near the top ({} %)", tenth * 10),
                tenth => format!("{} % of the blocks are above it", tenth * 10),
            },
            T::Comments => heading(
                &|surface| surface.comments_heading || surface.asks_for_comment,
                "No comments heading above it",
            ),
            T::Related => heading(
                &|surface| surface.related_heading,
                "No heading of other stories above it",
            ),
            T::Dates => either(
                stacked[near(3)]
                    .iter()
                    .any(|surface| surface.date_line || surface.says || surface.reply),
                "Names, dates or replies near it, as in comments",
                "No names, dates or replies near it, unlike comments",
            ),
            T::Links => match block.link_permille {
                0 => "Nothing in it is a link".to_owned(),
                1000 => "All of it is a link".to_owned(),
                permille => format!("{} % of it is links", (permille / 10).max(1)),
            },
            T::Element => self.element(at)?,
            T::Marks => {
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
                let main = self.document.run().find(|at| stacked[*at].prose)?;
                let parent = |at: usize| self.blocks[at].path.rsplit_once('/').map(|(up, _)| up);
                either(
                    parent(at) == parent(main),
                    "Same element as most of the prose",
                    "Another element than most of the prose",
                )
            }
            T::SameKindHere => "The same kind of element was labelled in this dataset".to_owned(),
            T::SameWordsHere => "The same words were labelled in this dataset".to_owned(),
            T::Said(label) => {
                let label = names.get(label)?;
                format!("On other pages of the site, similar blocks are {label}")
            }
            T::Around => {
                let mut counts = vec![0_usize; names.len()];
                for other in near(4).filter(|other| *other != at) {
                    if let Some(count) =
                        verdicts.get(other).and_then(|label| counts.get_mut(*label))
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
                let label = verdicts.get(at).and_then(|label| names.get(*label))?;
                format!("The block above is {label}")
            }
            T::FirstLook => return None,
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

    #[test]
    fn almost_every_feature_is_about_something() {
        let silent = (0..templates::FEATURES)
            .map(|feature| templates::name(u32::try_from(feature).unwrap()))
            .filter(|name| topic(name).is_none())
            .map(|name| name.split(' ').next().unwrap_or_default().to_owned())
            .collect::<std::collections::BTreeSet<_>>();
        assert!(silent.len() < 12, "give these a topic: {silent:?}");
    }
}
