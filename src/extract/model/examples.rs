//! Training examples of the region model, made from labelled articles.

use super::{FeaturizedArticle, rules};
use crate::extract::align;
use crate::learn::{Example, SequenceLabeller as _};
use crate::model::{Block, Region, Text};

impl FeaturizedArticle {
    /// What a model would learn from this article: for each block the labels that it may have, as
    /// [`Example`] wants them. `regions` are those of `gold`, another text of the same article, or
    /// of this one.
    #[must_use]
    pub fn example(&self, gold: &Text, regions: &[Region], labels: &[String]) -> Example {
        let every = every(labels.len());
        let index_of = |label: &str| labels.iter().position(|known| known == label);
        let nav = index_of("nav");
        // Text outside all regions is nav.
        let label_at = |at: usize, from: &mut usize| {
            while regions
                .get(*from)
                .is_some_and(|region| region.span.end().index() <= at)
            {
                *from += 1;
            }
            regions
                .get(*from)
                .filter(|region| region.span.start().index() <= at)
                .map_or(nav, |region| index_of(region.label.as_str()))
        };
        let mut votes = vec![vec![0_usize; labels.len()]; self.blocks.len()];
        let mut block_of = BlockOf::new(&self.blocks);
        let mut from = 0;
        if gold.as_str() == self.text.as_str() {
            for (at, c) in gold
                .as_str()
                .char_indices()
                .filter(|(_, c)| !c.is_whitespace())
            {
                if let (Some(block), Some(label)) = (block_of.at(at), label_at(at, &mut from)) {
                    votes[block][label] += c.len_utf8();
                }
            }
        } else {
            let (gold_words, words) = (
                align::words(gold.as_str()),
                align::words(self.text.as_str()),
            );
            for (word, matched) in words.iter().zip(align::align(&gold_words, &words)) {
                let Some(matched) = matched else { continue };
                let place = gold_words[matched].start;
                if let (Some(block), Some(label)) =
                    (block_of.at(word.start), label_at(place, &mut from))
                {
                    votes[block][label] += word.word.len();
                }
            }
        }
        let allowed = votes
            .iter()
            .map(|votes| {
                let total: usize = votes.iter().sum();
                let Some((best, most)) = votes
                    .iter()
                    .enumerate()
                    .max_by_key(|(at, n)| (**n, usize::MAX - at))
                else {
                    return every;
                };
                if total == 0 {
                    return every;
                }
                if most * 10 >= total * 7 {
                    return 1 << best;
                }
                // A block with two kinds of text: either label is right.
                votes
                    .iter()
                    .enumerate()
                    .filter(|(_, votes)| **votes * 4 >= total)
                    .map(|(label, _)| 1 << label)
                    .sum()
            })
            .collect();
        Example {
            sequence: self.sequence().clone(),
            allowed,
            costs: self.costs(),
        }
    }

    /// Allows further labels where the gold says nav but the rules suggest one of the `missed`
    /// labels.
    ///
    /// Gold of some sets lacks labels that others have.
    pub fn doubt(&self, example: &mut Example, missed: &[String], labels: &[String]) {
        let Some(nav) = labels.iter().position(|label| label == "nav") else {
            return;
        };
        let verdicts = rules::Rules.label(&self.document.features(&self.blocks, &self.hints));
        for ((allowed, verdict), surface) in example
            .allowed
            .iter_mut()
            .zip(verdicts)
            .zip(&self.document.surfaces)
        {
            let name = rules::LABELS[verdict.label];
            // Buttons and headings around a thread are not part of it.
            let is_furniture =
                surface.ui || surface.site_lead || surface.separators >= 2 || surface.reply;
            if *allowed == 1 << nav
                && !is_furniture
                && missed.iter().any(|missed| missed == name)
                && let Some(label) = labels.iter().position(|label| label == name)
            {
                *allowed |= 1 << label;
            }
        }
    }

    /// Makes a training example from phrases that belong to a label (`holds`) and phrases that do
    /// not (`lacks`).
    #[must_use]
    pub fn example_of_phrases(
        &self,
        holds: &[(String, Vec<String>)],
        lacks: &[(String, Vec<String>)],
        labels: &[String],
    ) -> Example {
        let every = every(labels.len());
        let bit = |label: &str| {
            labels
                .iter()
                .position(|known| known == label)
                .map_or(0, |at| 1_u16 << at)
        };
        let flat = |text: &str| {
            align::words(text)
                .iter()
                .map(|word| format!(" {}", word.word))
                .collect::<String>()
        };
        let blocks: Vec<String> = self
            .blocks
            .iter()
            .map(|block| flat(self.text.slice(block.span)) + " ")
            .collect();
        let mut allowed = vec![every; blocks.len()];
        for (phrases, is_held) in holds
            .iter()
            .map(|h| (h, true))
            .chain(lacks.iter().map(|l| (l, false)))
        {
            let (label, phrases) = phrases;
            let mut mask = if is_held {
                bit(label)
            } else {
                every & !bit(label)
            };
            if is_held && label == "body" {
                mask |= bit("title"); // a headline counts as the story's to some
            }
            for phrase in phrases {
                let words = flat(phrase) + " ";
                if words.len() < 8 {
                    continue;
                }
                // A phrase that occurs more than once is ambiguous.
                let mut places = (0..blocks.len()).filter(|at| blocks[*at].contains(&words));
                if let (Some(at), None) = (places.next(), places.next())
                    && allowed[at] & mask != 0
                {
                    allowed[at] &= mask;
                }
            }
        }
        Example {
            sequence: self.sequence().clone(),
            allowed,
            costs: self.costs(),
        }
    }

    /// Weights blocks by length: an error in a long block costs more.
    fn costs(&self) -> Vec<f32> {
        self.document
            .surfaces
            .iter()
            .map(|surface| surface.words.min(60) as f32 / 60.0)
            .collect()
    }
}

fn every(labels: usize) -> u16 {
    u16::MAX >> (16 - labels.clamp(1, 16))
}

/// Finds the block at ascending byte offsets.
struct BlockOf<'a> {
    blocks: &'a [Block],
    at: usize,
}

impl<'a> BlockOf<'a> {
    fn new(blocks: &'a [Block]) -> Self {
        Self { blocks, at: 0 }
    }

    fn at(&mut self, place: usize) -> Option<usize> {
        while self.blocks.get(self.at)?.span.end().index() <= place {
            self.at += 1;
        }
        (self.blocks[self.at].span.start().index() <= place).then_some(self.at)
    }
}
