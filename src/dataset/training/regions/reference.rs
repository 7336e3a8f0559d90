//! The reference sample: articles of the project's own sample dataset, labelled by the shipped
//! region model.
//!
//! They represent all the pages that a dataset's own model has not seen yet. Training goes over
//! them beside the finished articles (rehearsal; Robins 1995), so that what a few articles teach
//! does not move the labels of everything else, and a trained model is checked with them before it
//! is used.

use crate::extract::model::StackedModel;
use crate::extract::{ArticleKind, FeaturizedArticle, RegionModel, SourceKind, decode};
use crate::learn::{Example, Model};
use crate::model::{Block, Text};

/// The score from which a label of the shipped model counts.
const SURE: f64 = 0.8;

macro_rules! sample {
    ($($kind:ident $name:literal),* $(,)?) => {
        &[$((
            SourceKind::$kind,
            include_bytes!(concat!("../../../../datasets/news-sample/", $name)) as &[u8],
        )),*]
    };
}

static SAMPLE: &[(SourceKind, &[u8])] = sample![
    Text "01-scraped-dump.txt",
    Text "02-clean-story.txt",
    Html "03-live-blog.html",
    Html "04-opinion-comments.html",
    Text "05-wire-copy.txt",
    Html "06-wire-copy-second-site.html",
    Html "07-full-page.html",
    Html "08-german.html",
    Text "09-arabic.txt",
    Text "10-japanese.txt",
    Html "11-french-windows-1252.html",
    Text "12-emoji-crlf.txt",
    Text "14-glued-minified.txt",
    Html "16-sports-table.html",
    Text "17-russian-windows-1251.txt",
    Html "18-interview.html",
    Html "19-section-front.html",
];

/// Examples of one kind, pages or texts.
pub struct Reference {
    examples: Vec<Example>,
    /// How long the blocks of each example are, up to what counts as long.
    lengths: Vec<Vec<f64>>,
}

impl Reference {
    /// Labels the sample of this kind with `model`.
    #[must_use]
    pub fn of(model: &RegionModel, kind: ArticleKind) -> Self {
        let Some(model) = model.of(kind) else {
            return Self {
                examples: Vec::new(),
                lengths: Vec::new(),
            };
        };
        let mut readings = Vec::new();
        for (source_kind, bytes) in SAMPLE {
            let source = decode(bytes, *source_kind).text;
            match (source_kind, kind.is_page()) {
                (SourceKind::Html, true) => {
                    let page = FeaturizedArticle::of_page(&source);
                    readings.push(page.flattened());
                    readings.push(page);
                    readings.push(FeaturizedArticle::of_silent_page(&source));
                }
                (SourceKind::Html, false) => {
                    texts_of(
                        FeaturizedArticle::of_page(&source).text.as_str(),
                        &mut readings,
                    );
                    readings.push(FeaturizedArticle::of_glued_page(&source));
                }
                (SourceKind::Text, false) => texts_of(&source, &mut readings),
                (SourceKind::Text, true) => {}
            }
        }
        Self {
            examples: readings
                .iter()
                .map(|reading| labelled(reading, model))
                .collect(),
            lengths: readings.iter().map(lengths).collect(),
        }
    }

    /// Returns the examples, to train on.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// Returns the agreement of a model with the shipped one, from 0 to 1, weighted by the length
    /// of the blocks.
    #[must_use]
    pub fn agreement(&self, model: &Model) -> f64 {
        let (mut agreed, mut all) = (0.0, 0.0);
        for (example, lengths) in self.examples.iter().zip(&self.lengths) {
            let verdicts = model.label(&example.sequence).predictions;
            let blocks = verdicts.iter().zip(&example.allowed).zip(lengths);
            for ((verdict, allowed), length) in blocks.filter(|((_, a), _)| a.count_ones() == 1) {
                all += length;
                if allowed >> verdict.label & 1 == 1 {
                    agreed += length;
                }
            }
        }
        if all > 0.0 { agreed / all } else { 1.0 }
    }
}

/// Returns a text in several layouts: as it is, without empty lines, and each half of it.
fn texts_of(text: &str, readings: &mut Vec<FeaturizedArticle>) {
    let lines: Vec<&str> = text.lines().collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    let dense: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| !line.trim().is_empty())
        .collect();
    for lines in [&lines[..], &dense, first, second] {
        readings.push(FeaturizedArticle::of_text(Text::new(&lines.join("\n"))));
    }
}

/// Returns the labels of which the shipped model is sure; other blocks may have any label.
fn labelled(reading: &FeaturizedArticle, model: &StackedModel) -> Example {
    let sequence = reading.deciding_sequence(model).into_owned();
    let every = u16::MAX >> (16 - model.labels().len().clamp(1, 16));
    let allowed = model
        .last()
        .label(&sequence)
        .predictions
        .iter()
        .map(|verdict| {
            if verdict.score >= SURE {
                1 << verdict.label
            } else {
                every
            }
        })
        .collect();
    Example {
        sequence,
        allowed,
        costs: Vec::new(),
    }
}

fn lengths(reading: &FeaturizedArticle) -> Vec<f64> {
    let words = |block: &Block| reading.text.slice(block.span).split_whitespace().count();
    let blocks = reading.blocks.iter();
    blocks
        .map(|block| words(block).clamp(1, 60) as f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_agrees_with_itself_and_a_worse_one_does_not() {
        let shipped = RegionModel::shipped();
        for kind in ArticleKind::ALL {
            let model = shipped.of(kind).unwrap();
            let reference = Reference::of(shipped, kind);
            assert!(reference.examples().len() >= 25);
            assert!(reference.agreement(model.last()) > 0.999);
            let labels: Vec<&str> = model.labels().iter().map(String::as_str).collect();
            let untrained = Model::new(&labels, model.last().features(), model.last().edges());
            assert!(reference.agreement(&untrained) < 0.9);
        }
    }
}
