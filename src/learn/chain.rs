//! A chain of tags over hashed features: averaged structured perceptron (Collins 2002; averaging as in Daumé 2006), with a
//! margin that grows with what is wrong, and steps that are no larger than they must be (Crammer et al. 2006).
//!
//! For long rows of things with very many features, each there or not: words. A feature is the number of a row of weights, one
//! for each tag; different features may share a row, which costs little (Weinberger et al. 2009).

/// Which tags may follow each other, and which may begin and end a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grammar {
    /// How many tags there are; tag 0 is what most things are.
    pub tags: usize,
    /// For each tag those that may follow it, as bits.
    pub follows: Vec<u64>,
    /// Those that may begin a row, as bits.
    pub begins: u64,
    /// Those that may end a row, as bits.
    pub ends: u64,
}

/// So many weights are added at once.
const LANES: usize = 8;

/// How many tags a model may have.
pub const MAX_TAGS: usize = 64;

/// Weights for tags in a row of things.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// What may follow what.
    pub grammar: Grammar,
    /// Weights a row: the tags, filled up to a multiple of eight.
    pub(super) stride: usize,
    /// The number of rows is two to the power of this.
    pub(super) bits: u32,
    pub(super) rows: Vec<f32>,
    /// From tag to tag.
    pub(super) steps: Vec<f32>,
}

/// A row of things as a model sees it. All features of all things stand in one vector.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Rows of weights, already within the model's number of rows.
    pub features: Vec<u32>,
    /// For each thing where its features end; one without any can only have tag 0.
    pub ends: Vec<u32>,
}

impl Rows {
    /// How many things there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The features of one thing.
    #[must_use]
    pub fn of(&self, nth: usize) -> &[u32] {
        let from = nth
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        &self.features[from..self.ends[nth] as usize]
    }

    /// Forgets everything, and keeps the room.
    pub fn clear(&mut self) {
        self.features.clear();
        self.ends.clear();
    }
}

/// Room for the work on one row, used again.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// For each thing and tag what its features say.
    pub scores: Vec<f32>,
    best: Vec<f32>,
    from: Vec<u8>,
}

impl Chain {
    /// A model that knows nothing, with two to the power of `bits` rows.
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

    /// The number of rows is two to the power of this.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Adds the weights of another model of the same kind: two that were trained alike in another order make a better one.
    pub fn add(&mut self, other: &Self) {
        for (weight, other) in self.rows.iter_mut().zip(&other.rows) {
            *weight += other;
        }
        for (weight, other) in self.steps.iter_mut().zip(&other.steps) {
            *weight += other;
        }
    }

    /// A model for another grammar: each of its tags has the weights of a tag of `base`, `tags` says which.
    #[must_use]
    pub fn spread(base: &Self, grammar: Grammar, tags: &[usize]) -> Self {
        let mut chain = Self::new(grammar, base.bits);
        for (row, from) in chain
            .rows
            .chunks_exact_mut(chain.stride)
            .zip(base.rows.chunks_exact(base.stride))
        {
            for (weight, tag) in row.iter_mut().zip(tags) {
                *weight = from[*tag];
            }
        }
        let (count, others) = (chain.grammar.tags, base.grammar.tags);
        for (from, base_from) in tags.iter().enumerate().take(count) {
            for (to, base_to) in tags.iter().enumerate().take(count) {
                chain.steps[from * count + to] = base.steps[base_from * others + base_to];
            }
        }
        chain
    }

    /// Adds to the weight of one tag in one row.
    pub fn shift(&mut self, row: u32, tag: usize, by: f32) {
        self.rows[row as usize * self.stride + tag] += by;
    }

    /// Makes all weights larger or smaller.
    pub fn scale(&mut self, by: f32) {
        for weight in self.rows.iter_mut().chain(&mut self.steps) {
            *weight *= by;
        }
    }

    /// Adds up what the features of each thing say, into `scratch.scores`.
    pub fn score(&self, rows: &Rows, scratch: &mut Scratch) {
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

    /// The sums of rows that are so many times eight wide: a width known beforehand keeps them in registers.
    fn sum<const WIDE: usize>(&self, rows: &Rows, scores: &mut [f32]) {
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

    /// The best tags by `scratch.scores` (Viterbi), into `tags`; what has no features has tag 0.
    pub fn best(&self, rows: &Rows, scratch: &mut Scratch, tags: &mut Vec<u8>) {
        let (count, len) = (self.grammar.tags, rows.len());
        tags.clear();
        tags.resize(len, 0);
        // What has no features cuts the row: only tag 0 is possible there.
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
        debug_assert!(tags.iter().all(|tag| usize::from(*tag) < count));
    }

    fn best_between(
        &self,
        start: usize,
        end: usize,
        len: usize,
        scratch: &mut Scratch,
        tags: &mut [u8],
    ) {
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
        let last = &best[(end - start - 1) * count..];
        let mut tag = 0;
        let mut most = f32::NEG_INFINITY;
        for (candidate, value) in last.iter().enumerate() {
            let may_end = if end == len {
                self.grammar.ends >> candidate & 1 == 1
            } else {
                self.grammar.follows[candidate] & 1 == 1
            };
            let step = if end == len {
                0.0
            } else {
                self.steps[candidate * count]
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
}

/// How likely each tag is, all labellings taken together by their scores (forward-backward; Rabiner 1989), for the things from
/// `start` on that have features.
#[derive(Clone, Debug, Default)]
pub struct Likely {
    /// The first thing.
    pub start: usize,
    tags: usize,
    /// For each thing and tag the likelihood of what comes before, scaled.
    ahead: Vec<f32>,
    /// For each thing and tag the likelihood of what comes after, scaled.
    behind: Vec<f32>,
    /// For each thing and tag the exponential of its score, scaled.
    own: Vec<f32>,
    /// From tag to tag, exponentials.
    steps: Vec<f32>,
}

impl Likely {
    /// How likely it is that the things from `from` to before `to` (counted from the row's first) have exactly these tags, and that
    /// the next one has none of `not_next` (as bits).
    #[must_use]
    pub fn of(&self, from: usize, tags: &[u8], not_next: u64) -> f64 {
        let count = self.tags;
        let from = from - self.start;
        let to = from + tags.len();
        let length = self.own.len() / count;
        let Some(&first) = tags.first() else {
            return 0.0;
        };
        // Everything is scaled thing by thing by the sum over tags of ahead: see `Chain::likely`.
        let mut value = f64::from(self.ahead[from * count + usize::from(first)]);
        for (nth, pair) in tags.windows(2).enumerate() {
            let (last, tag) = (usize::from(pair[0]), usize::from(pair[1]));
            let at = (from + nth + 1) * count + tag;
            value *= f64::from(self.steps[last * count + tag]) * f64::from(self.own[at]);
        }
        let last = usize::from(tags[tags.len() - 1]);
        if to == length {
            return value * f64::from(self.behind[(to - 1) * count + last]);
        }
        let mut after = 0.0_f64;
        for tag in 0..count {
            if not_next >> tag & 1 == 0 {
                after += f64::from(self.steps[last * count + tag])
                    * f64::from(self.own[to * count + tag])
                    * f64::from(self.behind[to * count + tag]);
            }
        }
        value * after
    }
}

impl Chain {
    /// How likely what is, for the things from `start` to before `end`, all of which have features, by `scratch.scores` times `heat`.
    pub fn likely(
        &self,
        start: usize,
        end: usize,
        len: usize,
        heat: f32,
        scratch: &Scratch,
        out: &mut Likely,
    ) {
        let count = self.grammar.tags;
        let length = end - start;
        out.start = start;
        if out.tags != count || out.steps.is_empty() {
            out.tags = count;
        }
        out.steps.clear();
        for (from, follows) in self.grammar.follows.iter().enumerate() {
            for tag in 0..count {
                let allowed = follows >> tag & 1 == 1;
                let step = self.steps[from * count + tag] * heat;
                out.steps.push(if allowed { exp(step) } else { 0.0 });
            }
        }
        for part in [&mut out.ahead, &mut out.behind, &mut out.own] {
            part.clear();
            part.resize(length * count, 0.0);
        }
        for nth in 0..length {
            let scores = &scratch.scores[(start + nth) * self.stride..][..count];
            let most = scores
                .iter()
                .fold(f32::NEG_INFINITY, |most, score| most.max(*score));
            for (own, score) in out.own[nth * count..][..count].iter_mut().zip(scores) {
                *own = exp((score - most) * heat);
            }
        }
        let before = if start == 0 {
            self.grammar.begins
        } else {
            self.grammar.follows[0]
        };
        for nth in 0..length {
            let (done, now) = out.ahead.split_at_mut(nth * count);
            let now = &mut now[..count];
            if nth == 0 {
                for (tag, now) in now.iter_mut().enumerate() {
                    let step = if start == 0 {
                        f32::from(u8::from(before >> tag & 1 == 1))
                    } else {
                        out.steps[tag]
                    };
                    *now = step;
                }
            } else {
                for (from, so_far) in done[(nth - 1) * count..].iter().enumerate() {
                    for (now, step) in now.iter_mut().zip(&out.steps[from * count..]) {
                        *now += so_far * step;
                    }
                }
            }
            let own = &mut out.own[nth * count..][..count];
            let sum: f32 = now.iter().zip(&*own).map(|(now, own)| now * own).sum();
            let scale = 1.0 / sum.max(f32::MIN_POSITIVE);
            for own in own.iter_mut() {
                *own *= scale;
            }
            for (now, own) in now.iter_mut().zip(own) {
                *now *= *own;
            }
        }
        for nth in (0..length).rev() {
            if nth + 1 == length {
                for tag in 0..count {
                    out.behind[nth * count + tag] = if end == len {
                        f32::from(u8::from(self.grammar.ends >> tag & 1 == 1))
                    } else {
                        out.steps[tag * count]
                    };
                }
                // What comes after the last must make the whole likelihood one.
                let last = nth * count;
                let sum: f32 = (0..count)
                    .map(|tag| out.ahead[last + tag] * out.behind[last + tag])
                    .sum();
                let scale = 1.0 / sum.max(f32::MIN_POSITIVE);
                for behind in &mut out.behind[last..] {
                    *behind *= scale;
                }
                continue;
            }
            let (now, after) = out.behind.split_at_mut((nth + 1) * count);
            let own = &out.own[(nth + 1) * count..][..count];
            for tag in 0..count {
                let steps = &out.steps[tag * count..][..count];
                now[nth * count + tag] = steps
                    .iter()
                    .zip(own)
                    .zip(&*after)
                    .map(|((step, own), after)| step * own * after)
                    .sum();
            }
        }
    }
}

/// The exponential, the same on every machine.
fn exp(x: f32) -> f32 {
    super::math::exp(f64::from(x)) as f32
}

/// Learns weights.
#[derive(Clone, Debug)]
pub struct Trainer {
    /// The weights as they are by now, not averaged.
    pub chain: Chain,
    /// For each weight the sum of its changes times when they came.
    sums: Vec<f32>,
    step_sums: Vec<f32>,
    /// How many examples were gone over.
    seen: f32,
    /// What the model that one goes on from counts in the average, as so many examples.
    pub before: f32,
    /// Tags that it did not know, as bits: what is learnt of them counts alone.
    pub new_tags: u64,
    scratch: Scratch,
    tags: Vec<u8>,
    /// What a thing with the wrong tag adds to the score of a labelling, so that right ones must be better by that.
    pub margin: f32,
    /// Added to the margin where a thing that has a tag is given none.
    pub missed: f32,
    /// How large a change is.
    pub step: Step,
    /// For each row how often it was changed.
    changed: Vec<f32>,
}

/// How large a change of the weights is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// As large as puts the example right, and at most this: passive-aggressive (Crammer et al. 2006).
    Fitting(f32),
    /// This at first, for each row divided by the square root of how often it was changed, so that what is in most examples soon rests and what is
    /// rare learns from one (after AdaGrad; Duchi et al. 2011).
    Fading(f32),
}

impl Trainer {
    /// Goes on from a model.
    #[must_use]
    pub fn new(chain: Chain) -> Self {
        Self {
            sums: vec![0.0; chain.rows.len()],
            step_sums: vec![0.0; chain.steps.len()],
            seen: 1.0,
            before: 0.0,
            new_tags: 0,
            scratch: Scratch::default(),
            tags: Vec::new(),
            margin: 0.0,
            missed: 0.0,
            step: Step::Fading(1.0),
            changed: vec![0.0; chain.rows.len() / chain.stride],
            chain,
        }
    }

    /// Goes over one example.
    pub fn learn(&mut self, rows: &Rows, gold: &[u8]) {
        self.chain.score(rows, &mut self.scratch);
        if self.margin > 0.0 {
            let (tags, stride) = (self.chain.grammar.tags, self.chain.stride);
            for (nth, gold) in gold.iter().enumerate() {
                let scores = &mut self.scratch.scores[nth * stride..][..tags];
                for score in scores.iter_mut() {
                    *score += self.margin;
                }
                if *gold != 0 {
                    scores[0] += self.missed;
                }
                scores[usize::from(*gold)] -= self.margin;
            }
        }
        let mut tags = std::mem::take(&mut self.tags);
        self.chain.best(rows, &mut self.scratch, &mut tags);
        if tags != gold {
            let by = match self.step {
                Step::Fitting(most) => self.fitting(rows, gold, &tags).min(most),
                Step::Fading(first) => first,
            };
            self.change(rows, gold, &tags, by);
        }
        self.tags = tags;
        self.seen += 1.0;
    }

    /// How large a change makes `gold` as good as `guess`, which has its margin on it.
    fn fitting(&self, rows: &Rows, gold: &[u8], guess: &[u8]) -> f32 {
        let (count, stride) = (self.chain.grammar.tags, self.chain.stride);
        let (mut loss, mut norm) = (0.0, 0.0_f32);
        for (nth, (&right, &wrong)) in gold.iter().zip(guess).enumerate() {
            if right != wrong {
                let scores = &self.scratch.scores[nth * stride..][..count];
                loss += scores[usize::from(wrong)] - scores[usize::from(right)];
                norm += 2.0 * rows.of(nth).len() as f32;
            }
            if nth > 0 {
                let step =
                    |tags: &[u8]| usize::from(tags[nth - 1]) * count + usize::from(tags[nth]);
                let (right, wrong) = (step(gold), step(guess));
                if right != wrong {
                    loss += self.chain.steps[wrong] - self.chain.steps[right];
                    norm += 2.0;
                }
            }
        }
        (loss / norm.max(1.0)).max(0.0)
    }

    /// Makes `gold` better and `guess` worse where they differ.
    fn change(&mut self, rows: &Rows, gold: &[u8], guess: &[u8], by: f32) {
        let (count, stride) = (self.chain.grammar.tags, self.chain.stride);
        let fades = matches!(self.step, Step::Fading(_));
        for (nth, (&right, &wrong)) in gold.iter().zip(guess).enumerate() {
            if right != wrong {
                for &row in rows.of(nth) {
                    let mut by = by;
                    if fades {
                        let changed = &mut self.changed[row as usize];
                        *changed += 1.0;
                        by /= changed.sqrt();
                    }
                    let row = row as usize * stride;
                    for (tag, by) in [(right, by), (wrong, -by)] {
                        let at = row + usize::from(tag);
                        self.chain.rows[at] += by;
                        self.sums[at] += by * self.age(1 << tag);
                    }
                }
            }
            if nth > 0 {
                for (tags, by) in [(gold, by), (guess, -by)] {
                    let at = usize::from(tags[nth - 1]) * count + usize::from(tags[nth]);
                    self.chain.steps[at] += by;
                    self.step_sums[at] += by * self.age(1 << tags[nth - 1] | 1 << tags[nth]);
                }
            }
        }
    }

    /// How many examples count by now for weights of these tags.
    fn age(&self, tags: u64) -> f32 {
        if self.new_tags & tags == 0 {
            self.seen + self.before
        } else {
            self.seen
        }
    }

    /// The model with weights averaged over all that was gone over.
    #[must_use]
    pub fn averaged(&self) -> Chain {
        let mut chain = self.chain.clone();
        let (count, stride) = (chain.grammar.tags, chain.stride);
        let mut shares = [0.0; MAX_TAGS];
        for (tag, share) in shares.iter_mut().enumerate() {
            *share = 1.0 / self.age(1 << tag);
        }
        for (row, sums) in chain
            .rows
            .chunks_exact_mut(stride)
            .zip(self.sums.chunks_exact(stride))
        {
            for ((weight, sum), share) in row.iter_mut().zip(sums).zip(&shares) {
                *weight -= sum * share;
            }
        }
        for (at, (weight, sum)) in chain.steps.iter_mut().zip(&self.step_sums).enumerate() {
            *weight -= sum / self.age(1 << (at / count) | 1 << (at % count));
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tags that may follow each other in any order.
    fn two() -> Grammar {
        Grammar {
            tags: 2,
            follows: vec![3, 3],
            begins: 3,
            ends: 3,
        }
    }

    fn rows(things: &[&[u32]]) -> Rows {
        let mut rows = Rows::default();
        for thing in things {
            rows.features.extend_from_slice(thing);
            rows.ends.push(rows.features.len() as u32);
        }
        rows
    }

    fn weight(trainer: &Trainer, row: usize) -> f32 {
        trainer.chain.rows[row * trainer.chain.stride + 1]
    }

    #[test]
    fn a_fitting_step_is_as_large_as_the_margin_asks_and_no_larger_than_it_may_be() {
        let example = rows(&[&[1, 2]]);
        let mut trainer = Trainer::new(Chain::new(two(), 4));
        trainer.margin = 8.0;
        trainer.step = Step::Fitting(100.0);
        trainer.learn(&example, &[1]);
        // Two features, each for the right tag and against the wrong one: 8 / 4.
        assert_eq!(weight(&trainer, 1), 2.0);
        trainer.learn(&example, &[1]);
        assert_eq!(weight(&trainer, 1), 2.0, "it is right by the margin now");
        trainer.step = Step::Fitting(0.5);
        trainer.learn(&rows(&[&[3]]), &[1]);
        assert_eq!(weight(&trainer, 3), 0.5);
    }

    #[test]
    fn a_fading_step_grows_smaller_where_it_was_taken_before() {
        let mut trainer = Trainer::new(Chain::new(two(), 4));
        trainer.margin = 100.0;
        trainer.step = Step::Fading(1.0);
        trainer.learn(&rows(&[&[1]]), &[1]);
        trainer.learn(&rows(&[&[1, 2]]), &[1]);
        assert_eq!(weight(&trainer, 1), 1.0 + 1.0 / 2.0_f32.sqrt());
        assert_eq!(weight(&trainer, 2), 1.0);
    }

    #[test]
    fn what_was_known_counts_in_the_average_as_much_as_was_said() {
        let taught = |before: f32, new_tags: u64| {
            let mut trainer = Trainer::new(Chain::new(two(), 4));
            trainer.margin = 1.0;
            (trainer.before, trainer.new_tags) = (before, new_tags);
            trainer.learn(&rows(&[&[1]]), &[1]);
            let chain = trainer.averaged();
            chain.rows[chain.stride + 1]
        };
        assert_eq!((taught(0.0, 0), taught(2.0, 0)), (0.5, 0.25));
        assert_eq!(taught(2.0, 0b10), 0.5, "a tag that was not known");
    }
}
