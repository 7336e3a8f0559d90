//! An averaged structured perceptron over hashed features (Collins 2002; averaging as in Daumé
//! 2006).
//!
//! It is made for long sequences of items with very many features, each present or not: words. A
//! feature is the number of a row of weights, one weight for each tag. Different features may share
//! a row, which costs little (Weinberger et al. 2009).
//!
//! [`marginals`] has the probabilities of tags, [`train`] learns weights, on a [`subset`] of the rows
//! if there are few examples, and `file` reads and writes them.

mod delta;
mod file;
pub mod marginals;
pub mod subset;
pub mod train;

/// Which tags may follow each other, and which may begin and end a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grammar {
    /// The number of tags. Tag 0 is that of most items.
    pub tags: usize,
    /// For each tag, those that may follow it, as bits.
    pub follows: Vec<u64>,
    /// Those that may begin a sequence, as bits.
    pub begins: u64,
    /// Those that may end a sequence, as bits.
    pub ends: u64,
}

/// The number of weights that are added at once.
const LANES: usize = 8;

/// The largest number of tags.
pub const MAX_TAGS: usize = 64;

/// The weights of a perceptron.
#[derive(Clone, Debug, PartialEq)]
pub struct Perceptron {
    /// Which tags may follow each other.
    pub grammar: Grammar,
    /// The length of a row: the number of tags, rounded up to a multiple of eight.
    stride: usize,
    /// The logarithm to base 2 of the number of rows.
    bits: u32,
    rows: Vec<f32>,
    /// The weights of the transitions from tag to tag.
    steps: Vec<f32>,
}

/// The features of a sequence of items, in one vector.
#[derive(Clone, Debug, Default)]
pub struct FeatureRows {
    /// The features as numbers of rows, which are below the model's number of rows.
    pub features: Vec<u32>,
    /// For each item, the end of its features. An item without features can only have tag 0.
    pub ends: Vec<u32>,
}

impl FeatureRows {
    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The features of an item.
    #[must_use]
    pub fn of(&self, nth: usize) -> &[u32] {
        let from = nth
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        &self.features[from..self.ends[nth] as usize]
    }

    /// Removes all items and keeps the memory.
    pub fn clear(&mut self) {
        self.features.clear();
        self.ends.clear();
    }
}

/// Memory for the work on a sequence, which is used again for the next one.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// For each item, row by row, the score of each tag.
    pub scores: Vec<f32>,
    best: Vec<f32>,
    from: Vec<u8>,
}

impl Perceptron {
    /// A model with 2^`bits` rows of zeros.
    #[must_use]
    pub fn new(grammar: Grammar, bits: u32) -> Self {
        let stride = grammar.tags.next_multiple_of(LANES);
        Self {
            stride,
            bits,
            rows: vec![0.0; stride << bits],
            steps: vec![0.0; grammar.tags * grammar.tags],
            grammar,
        }
    }

    /// The logarithm to base 2 of the number of rows.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Adds the weights of a model of the same shape. The mean of two models that saw the examples
    /// in another order is better than either.
    pub fn add(&mut self, other: &Self) {
        for (weight, other) in self.rows.iter_mut().zip(&other.rows) {
            *weight += other;
        }
        for (weight, other) in self.steps.iter_mut().zip(&other.steps) {
            *weight += other;
        }
    }

    /// A model for another grammar: each of its tags has the weights of that tag of `base` which
    /// `tags` names.
    #[must_use]
    pub fn spread(base: &Self, grammar: Grammar, tags: &[usize]) -> Self {
        let mut model = Self::new(grammar, base.bits);
        for (row, from) in model
            .rows
            .chunks_exact_mut(model.stride)
            .zip(base.rows.chunks_exact(base.stride))
        {
            for (weight, tag) in row.iter_mut().zip(tags) {
                *weight = from[*tag];
            }
        }
        let (count, others) = (model.grammar.tags, base.grammar.tags);
        for (from, base_from) in tags.iter().enumerate().take(count) {
            for (to, base_to) in tags.iter().enumerate().take(count) {
                model.steps[from * count + to] = base.steps[base_from * others + base_to];
            }
        }
        model
    }

    /// Adds to the weight of one tag in one row.
    pub fn shift(&mut self, row: u32, tag: usize, by: f32) {
        self.rows[row as usize * self.stride + tag] += by;
    }

    /// Multiplies all weights.
    pub fn scale(&mut self, by: f32) {
        for weight in self.rows.iter_mut().chain(&mut self.steps) {
            *weight *= by;
        }
    }

    /// Adds up the weights of the features of each item, into `scratch.scores`.
    pub fn score(&self, rows: &FeatureRows, scratch: &mut Scratch) {
        scratch.scores.clear();
        scratch.scores.resize(rows.len() * self.stride, 0.0);
        match self.stride / LANES {
            1 => self.sum::<1>(rows, &mut scratch.scores),
            2 => self.sum::<2>(rows, &mut scratch.scores),
            3 => self.sum::<3>(rows, &mut scratch.scores),
            4 => self.sum::<4>(rows, &mut scratch.scores),
            5 => self.sum::<5>(rows, &mut scratch.scores),
            6 => self.sum::<6>(rows, &mut scratch.scores),
            7 => self.sum::<7>(rows, &mut scratch.scores),
            _ => self.sum::<8>(rows, &mut scratch.scores),
        }
    }

    /// Adds up rows of `WIDE` times eight weights. A width that the compiler knows keeps the sums
    /// in registers.
    fn sum<const WIDE: usize>(&self, rows: &FeatureRows, scores: &mut [f32]) {
        let (weights, _) = self.rows.as_chunks::<LANES>();
        let (scores, _) = scores.as_chunks_mut::<LANES>();
        let mut from = 0;
        for (nth, &end) in rows.ends.iter().enumerate() {
            let end = end as usize;
            if from == end {
                continue;
            }
            let mut sums = [[0.0_f32; LANES]; WIDE];
            for &row in &rows.features[from..end] {
                let at = row as usize * WIDE;
                let row = &weights[at..at + WIDE];
                for wide in 0..WIDE {
                    for lane in 0..LANES {
                        sums[wide][lane] += row[wide][lane];
                    }
                }
            }
            scores[nth * WIDE..][..WIDE].copy_from_slice(&sums);
            from = end;
        }
    }

    /// Finds the tags with the highest sum of scores (Viterbi's algorithm). Items without features
    /// have tag 0.
    pub fn best(&self, rows: &FeatureRows, scratch: &mut Scratch, tags: &mut Vec<u8>) {
        let len = rows.len();
        tags.clear();
        tags.resize(len, 0);
        // Items without features cut the sequence: only tag 0 is possible there.
        let mut start = 0;
        while start < len {
            if rows.of(start).is_empty() {
                start += 1;
                continue;
            }
            let mut end = start + 1;
            while end < len && !rows.of(end).is_empty() {
                end += 1;
            }
            self.best_between(start, end, len, scratch, &mut tags[start..end]);
            start = end;
        }
    }

    /// Finds the best tags of the items from `start` to before `end`, in a sequence of `len` items.
    fn best_between(
        &self,
        start: usize,
        end: usize,
        len: usize,
        scratch: &mut Scratch,
        tags: &mut [u8],
    ) {
        let count = self.grammar.tags;
        self.best_sums(start, end, scratch);
        let Scratch { best, from, .. } = scratch;
        let last = &best[(end - start - 1) * count..];
        let mut tag = 0;
        let mut most = f32::NEG_INFINITY;
        for (candidate, value) in last.iter().enumerate() {
            let (may_end, step) = if end == len {
                (self.grammar.ends >> candidate & 1 == 1, 0.0)
            } else {
                let may_end = self.grammar.follows[candidate] & 1 == 1;
                (may_end, self.steps[candidate * count])
            };
            if may_end && value + step > most {
                most = value + step;
                tag = candidate;
            }
        }
        for nth in (start..end).rev() {
            tags[nth - start] = tag as u8;
            tag = usize::from(from[(nth - start) * count + tag]);
        }
    }

    /// For each item and tag, finds the highest sum of the tags up to it, and the tag before it
    /// that leads there.
    fn best_sums(&self, start: usize, end: usize, scratch: &mut Scratch) {
        let count = self.grammar.tags;
        let Scratch { scores, best, from } = scratch;
        best.clear();
        best.resize((end - start) * count, f32::NEG_INFINITY);
        from.clear();
        from.resize((end - start) * count, 0);
        let before = if start == 0 {
            self.grammar.begins
        } else {
            self.grammar.follows[0]
        };
        for tag in 0..count {
            if before >> tag & 1 == 1 {
                let step = if start == 0 { 0.0 } else { self.steps[tag] };
                best[tag] = scores[start * self.stride + tag] + step;
            }
        }
        for nth in start + 1..end {
            let (done, now) = best.split_at_mut((nth - start) * count);
            let last = &done[(nth - start - 1) * count..];
            let now = &mut now[..count];
            let from = &mut from[(nth - start) * count..][..count];
            for (previous, &so_far) in last.iter().enumerate().take(count) {
                if so_far == f32::NEG_INFINITY {
                    continue;
                }
                let steps = &self.steps[previous * count..][..count];
                let mut allowed = self.grammar.follows[previous];
                while allowed != 0 {
                    let tag = allowed.trailing_zeros() as usize;
                    allowed &= allowed - 1;
                    let value = so_far + steps[tag];
                    if value > now[tag] {
                        now[tag] = value;
                        from[tag] = previous as u8;
                    }
                }
            }
            for (tag, value) in now.iter_mut().enumerate() {
                *value += scores[nth * self.stride + tag];
            }
        }
    }
}
