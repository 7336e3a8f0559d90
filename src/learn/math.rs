//! Exponentials and logarithms that are the same on every machine.
//!
//! The mathematics libraries of two systems may round them differently. These use additions and
//! multiplications alone, whose results IEEE 754 fixes. Their relative error is under 1e-14.

use std::f64::consts::LOG2_E;

/// The natural logarithm of 2 in two parts. The first one ends in zeros, so that its multiples are
/// exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The inverse factorials.
const SERIES: [f64; 14] = {
    let mut series = [1.0; 14];
    let mut at = 1;
    while at < series.len() {
        series[at] = series[at - 1] / at as f64;
        at += 1;
    }
    series
};

/// A number of this size has no bits left for fractions: adding it rounds, and the lowest bits of
/// the sum are the whole number.
const ROUNDING: f64 = 6_755_399_441_055_744.0; // 2^52 + 2^51

/// `e` to the power of `x`. Results are clamped to normal numbers.
#[inline] // so that several are computed at once
#[must_use]
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let power = x * LOG2_E + 0.5;
    // The whole number below, without a call of the system's `floor`.
    let rounded = (power + ROUNDING) - ROUNDING;
    let times = if rounded > power {
        rounded - 1.0
    } else {
        rounded
    };
    let rest = x - times * LN_2_HIGH - times * LN_2_LOW;
    // The series of the exponential, from its last term; `rest` is at most 0.35.
    let sum = SERIES.iter().rev().fold(0.0, |sum, term| sum * rest + term);
    let exponent = (times + ROUNDING).to_bits().wrapping_add(1023);
    sum * f64::from_bits(exponent << 52)
}

/// The natural logarithm of `x`. Smaller numbers count as the smallest normal number.
#[must_use]
pub fn ln(x: f64) -> f64 {
    let bits = x.max(f64::MIN_POSITIVE).to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut fraction = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if fraction > std::f64::consts::SQRT_2 {
        fraction *= 0.5;
        exponent += 1;
    }
    // Twice the series of the inverse hyperbolic tangent; `place` is at most 0.172.
    let place = (fraction - 1.0) / (fraction + 1.0);
    let square = place * place;
    let mut sum = 0.0;
    for odd in (0..11).rev() {
        sum = 1.0 / f64::from(2 * odd + 1) + sum * square;
    }
    2.0 * place * sum + exponent as f64 * LN_2_LOW + exponent as f64 * LN_2_HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same with the system's `floor`, number by number.
    fn plain_exp(x: f64) -> f64 {
        let x = x.clamp(-700.0, 700.0);
        let times = (x * LOG2_E + 0.5).floor();
        let rest = x - times * LN_2_HIGH - times * LN_2_LOW;
        let sum = SERIES.iter().rev().fold(0.0, |sum, term| sum * rest + term);
        sum * f64::from_bits(((times as i64 + 1023) as u64) << 52)
    }

    proptest::proptest! {
        #[test]
        fn exponentials_have_the_same_bits_with_and_without_floor(x in proptest::num::f64::NORMAL | proptest::num::f64::ZERO, near in -30.0..30.0_f64) {
            for x in [x, near, near.round(), near.round() / LOG2_E] {
                proptest::prop_assert_eq!(exp(x).to_bits(), plain_exp(x).to_bits());
            }
        }
    }

    #[test]
    fn they_agree_with_the_standard_library() {
        for step in -6900..=6900 {
            let x = f64::from(step) / 10.0 + 0.017;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-13, "{x}");
            let y = x.exp();
            assert!((ln(y) - y.ln()).abs() < 1e-12 * x.abs().max(1.0), "{y}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(ln(1.0), 0.0);
        assert!(exp(-1e9) > 0.0 && exp(1e9).is_finite() && ln(0.0).is_finite());
    }
}
