//! The probabilities of labels that people gave, to check them.

use std::ops::Range;

use super::features::ArticleContext;
use super::find::Sentence;
use super::model::{TagModel, tag_of};
use super::words::Words;

/// What a model thinks of a span: the shares of all labellings in which it is a name.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanShares {
    /// For each type of the model, the share in which the span is exactly a name of this type.
    pub types: Vec<f64>,
    /// The share in which none of its words belongs to a name.
    pub none: f64,
    /// Whether the model can find a name here: all words are such that it looks at them.
    pub is_possible: bool,
}

/// Judges spans of the text, given in bytes; `None` for a span without words or over the end of a
/// sentence. A span that begins or ends within a word is widened to it.
pub(super) fn judge_in(
    model: &TagModel,
    words: &Words,
    spans: &[Range<usize>],
) -> Vec<Option<SpanShares>> {
    let mut by_sentence: Vec<Vec<(usize, Range<usize>)>> = vec![Vec::new(); words.sentences.len()];
    for (nth, span) in spans.iter().enumerate() {
        let from = words
            .all
            .partition_point(|word| word.bytes.end <= span.start);
        let to = words
            .all
            .partition_point(|word| word.bytes.start < span.end);
        let after = words.sentences.partition_point(|range| range.start <= from);
        let sentence = after.checked_sub(1);
        if let Some(sentence) = sentence
            && from < to
            && to <= words.sentences[sentence].end
        {
            let start = words.sentences[sentence].start;
            by_sentence[sentence].push((nth, from - start..to - start));
        }
    }
    let mut judged = vec![None; spans.len()];
    if model.types.is_empty() {
        return judged;
    }
    let context = ArticleContext::new(words);
    let mut sentence = Sentence::default();
    for (nth, wanted) in by_sentence.iter().enumerate() {
        if wanted.is_empty() {
            continue;
        }
        context.features(
            nth,
            &model.candidates,
            model.weights.bits(),
            &mut sentence.rows,
        );
        model.weights.score(&sentence.rows, &mut sentence.scratch);
        sentence.tags.clear();
        sentence.tags.resize(sentence.rows.len(), 0);
        for (at, range) in wanted {
            judged[*at] = Some(sentence.shares(model, range.clone()));
        }
    }
    judged
}

impl Sentence {
    /// Judges these words of the sentence, whose features are scored.
    fn shares(&mut self, model: &TagModel, range: Range<usize>) -> SpanShares {
        let count = model.types.len();
        let is_candidate = |nth: usize| !self.rows.of(nth).is_empty();
        if !range.clone().all(is_candidate) {
            // No name holds a word that is no candidate; whether others do is asked of each run.
            let runs = runs(range.clone().map(is_candidate), range.start);
            let mut none = 1.0;
            for run in runs {
                self.find_marginals(model, run.start, run.end);
                none *= self.marginals.of(run.start, &vec![0; run.len()], 0);
            }
            return SpanShares {
                types: vec![0.0; count],
                none,
                is_possible: false,
            };
        }
        self.find_marginals(model, range.start, range.end);
        let mut types: Vec<f64> = (0..count)
            .map(|kind| {
                let tags: Vec<u8> = range
                    .clone()
                    .map(|nth| tag_of(kind, nth == range.start))
                    .collect();
                let later = 1 << tag_of(kind, false);
                self.marginals.of(range.start, &tags, later)
            })
            .collect();
        // Types of one group cannot be told apart: each has the share of all of them.
        let own = types.clone();
        for (kind, share) in types.iter_mut().enumerate() {
            *share += model
                .siblings_of(kind)
                .filter_map(|sibling| own.get(sibling))
                .sum::<f64>();
        }
        let none = self.marginals.of(range.start, &vec![0; range.len()], 0);
        SpanShares {
            types,
            none,
            is_possible: true,
        }
    }
}

/// The runs of `true`, counted from `start`.
fn runs(flags: impl Iterator<Item = bool>, start: usize) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (nth, flag) in flags.enumerate() {
        let at = start + nth;
        match runs.last_mut() {
            _ if !flag => {}
            Some(last) if last.end == at => last.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}
