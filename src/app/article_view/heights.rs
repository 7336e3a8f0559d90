//! How tall every paragraph is, and where it therefore is: sums over a Fenwick tree.
//!
//! A height is an estimate until the paragraph has been on the screen once; replacing it costs
//! O(log n), so an article of any length opens without being laid out.

/// Heights of all paragraphs, in points.
#[derive(Clone, Debug, Default)]
pub(super) struct Heights {
    heights: Vec<f32>,
    /// Partial sums in f64: a million lines of 27 points are beyond the precision of f32.
    tree: Vec<f64>,
}

impl Heights {
    /// All heights as estimates, in O(n).
    pub(super) fn estimated(heights: Vec<f32>) -> Self {
        let mut tree: Vec<f64> = heights.iter().map(|&height| f64::from(height)).collect();
        for at in 0..tree.len() {
            let parent = at | (at + 1);
            if parent < tree.len() {
                tree[parent] += tree[at];
            }
        }
        Self { heights, tree }
    }

    pub(super) fn len(&self) -> usize {
        self.heights.len()
    }

    pub(super) fn height(&self, index: usize) -> f32 {
        self.heights.get(index).copied().unwrap_or_default()
    }

    /// Notes what a paragraph really measures; returns whether that is news.
    pub(super) fn measure(&mut self, index: usize, height: f32) -> bool {
        let Some(old) = self.heights.get_mut(index) else {
            return false;
        };
        let change = f64::from(height) - f64::from(*old);
        *old = height;
        if change == 0.0 {
            return false;
        }
        let mut at = index;
        while at < self.tree.len() {
            self.tree[at] += change;
            at |= at + 1;
        }
        true
    }

    /// The height of everything before paragraph `index`.
    pub(super) fn top(&self, index: usize) -> f64 {
        let mut end = index.min(self.tree.len());
        let mut sum = 0.0;
        while end > 0 {
            sum += self.tree[end - 1];
            end &= end - 1;
        }
        sum
    }

    pub(super) fn total(&self) -> f64 {
        self.top(self.len())
    }

    /// The paragraph that holds height `y`: the last whose top is not below it, and 0 where all
    /// are.
    pub(super) fn find(&self, y: f64) -> usize {
        let len = self.tree.len();
        let (mut found, mut rest) = (0, y);
        let mut step = len.checked_next_power_of_two().unwrap_or(0);
        while step > 0 {
            let next = found + step;
            // `<=`, so that a paragraph begins at its own top; one without height is never stopped
            // at.
            if next <= len && self.tree[next - 1] <= rest {
                found = next;
                rest -= self.tree[next - 1];
            }
            step /= 2;
        }
        found.min(len.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_article_has_no_height() {
        let heights = Heights::estimated(Vec::new());
        assert_eq!(heights.total(), 0.0);
        assert_eq!(heights.find(10.0), 0);
    }

    #[test]
    fn beyond_the_end_the_last_paragraph_is_found() {
        let heights = Heights::estimated(vec![10.0, 20.0, 30.0]);
        assert_eq!(heights.find(-5.0), 0);
        assert_eq!(heights.find(9.9), 0);
        assert_eq!(heights.find(10.0), 1);
        assert_eq!(heights.find(1e9), 2);
    }

    proptest! {
        #[test]
        fn sums_and_searches_agree_with_plain_addition(
            estimates in prop::collection::vec(1u16..400, 1..60),
            measured in prop::collection::vec((0usize..60, 1u16..400), 0..40),
            y in 0u16..20_000,
        ) {
            let mut plain: Vec<f64> = estimates.iter().map(|&h| f64::from(h)).collect();
            let mut heights = Heights::estimated(estimates.iter().map(|&h| f32::from(h)).collect());
            for (index, height) in measured {
                if index < plain.len() {
                    plain[index] = f64::from(height);
                }
                heights.measure(index, f32::from(height));
            }
            let mut top = 0.0;
            let mut expected = 0;
            for (index, height) in plain.iter().enumerate() {
                prop_assert_eq!(heights.top(index), top);
                if top <= f64::from(y) {
                    expected = index;
                }
                top += height;
            }
            prop_assert_eq!(heights.total(), top);
            prop_assert_eq!(heights.find(f64::from(y)), expected);
        }
    }
}
