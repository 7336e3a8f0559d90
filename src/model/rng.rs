//! Pseudo-random numbers that are the same on every machine.

use super::hash::GOLDEN;

/// A seeded generator of numbers (xorshift; Marsaglia 2003).
///
/// The order in which models see their training examples comes from it, so its numbers never
/// change. It is not fit for secrets.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator whose numbers depend on `seed` alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = Self(GOLDEN ^ seed.wrapping_mul(0xd6e8_feb8_6659_fd93));
        // Zero would stay zero; no small seed gives it.
        rng.0 |= u64::from(rng.0 == 0);
        for _ in 0..8 {
            rng.next_u64();
        }
        rng
    }

    /// The next number, from the whole range.
    pub fn next_u64(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 to before `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next_u64() % (end as u64).max(1)) as usize
    }

    /// True in `percent` of 100 cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Puts items in a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_never_change() {
        let mut rng = Rng::new(1);
        let numbers: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
        assert_eq!(
            numbers,
            [
                0x340b_ddd3_c7c1_30fc,
                0xc3ed_aa5b_ad27_0d9d,
                0x52ca_f65b_bb81_84c6
            ]
        );
    }

    #[test]
    fn each_number_below_the_end_comes_about_as_often() {
        let mut rng = Rng::new(7);
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[rng.below(10)] += 1;
        }
        assert!(
            counts.iter().all(|count| (900..1100).contains(count)),
            "{counts:?}"
        );
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn a_shuffled_list_holds_the_same_items() {
        let mut items: Vec<usize> = (0..50).collect();
        Rng::new(3).shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
