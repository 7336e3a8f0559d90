//! Random numbers that are the same on every machine.
//!
//! The generator is SplitMix64 (G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom
//! number generators", 2014). Normal variates come from the polar method (G. Marsaglia and T. Bray,
//! "A convenient method for generating normal variables", 1964). The logarithm that it needs is
//! computed here with basic arithmetic, because the last bits of `f64::ln` differ between systems.

/// A seeded generator of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Rng {
    state: u64,
    spare: Option<f64>,
}

impl Rng {
    /// A generator that always gives the same numbers for the same seed.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            state: seed,
            spare: None,
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number from 0 up to, but not including, `limit`; 0 if the limit is 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        // The high half of the product: the bias is below one in 2^40 for any list that fits into
        // memory.
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// A number from the normal distribution.
    pub(super) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let standard = self.spare.take().unwrap_or_else(|| {
            loop {
                let (x, y) = (self.unit() * 2.0 - 1.0, self.unit() * 2.0 - 1.0);
                let square = x * x + y * y;
                if square > 0.0 && square < 1.0 {
                    let factor = (-2.0 * ln(square) / square).sqrt();
                    self.spare = Some(y * factor);
                    return x * factor;
                }
            }
        });
        mean + deviation * standard
    }
}

/// The natural logarithm of a positive, normal number, the same to the last bit everywhere.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as f64 - 1023.0;
    // The number is `mantissa * 2^exponent`, with the mantissa from 1 up to 2.
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | (1023_u64 << 52));
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let square = t * t;
    let mut sum = 0.0;
    let mut power = t;
    for odd in (1..40).step_by(2) {
        sum += power / f64::from(odd);
        power *= square;
    }
    exponent * std::f64::consts::LN_2 + 2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_right_and_normal_numbers_are_normal() {
        for x in [1e-9, 0.1, 0.5, 0.999, 1.0, 1.5, 12345.678] {
            assert!((ln(x) - f64::ln(x)).abs() < 1e-12, "{x}");
        }
        let mut rng = Rng::new(7);
        let drawn: Vec<f64> = (0..20_000).map(|_| rng.normal(3.0, 2.0)).collect();
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        let square = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        let variance = square / drawn.len() as f64;
        assert!((mean - 3.0).abs() < 0.05 && (variance - 4.0).abs() < 0.15);
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = |seed| {
            let mut rng = Rng::new(seed);
            (rng.below(1_000_000), rng.unit(), rng.normal(0.0, 1.0))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        // Golden values: a change of the generator changes every interval that was ever reported.
        assert_eq!(draw(1).0, 566_561);
    }
}
