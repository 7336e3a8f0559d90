//! Parsers for the values of options.

use crate::dataset::SplitBy;
use crate::model::Status;

/// Parses the value of `--split-by`.
pub(super) fn split_by(word: &str) -> Result<SplitBy, String> {
    let known = SplitBy::ALL.map(SplitBy::as_str).join(", ");
    SplitBy::ALL
        .into_iter()
        .find(|by| by.as_str() == word)
        .ok_or_else(|| format!("expected one of {known}"))
}

/// Parses a status; `None` means any.
pub(super) fn status(word: &str) -> Result<Option<Status>, String> {
    if word == "any" {
        return Ok(None);
    }
    let known = Status::ALL.map(Status::as_str).join(", ");
    Status::parse(word)
        .map(Some)
        .ok_or_else(|| format!("expected one of {known}, any"))
}

/// Returns the requested statuses; an empty list means any.
pub(super) fn statuses(asked: &[Option<Status>]) -> Vec<Status> {
    if asked.contains(&None) {
        return Vec::new();
    }
    asked.iter().copied().flatten().collect()
}

/// The most threads, or models trained in parallel.
pub(super) const MOST_JOBS: usize = 1024;

/// Parses an option as a whole number within bounds.
pub(super) fn whole<const LEAST: usize, const MOST: usize>(word: &str) -> Result<usize, String> {
    let number: usize = word
        .trim()
        .parse()
        .map_err(|_no_number| format!("expected a whole number from {LEAST} to {MOST}"))?;
    if (LEAST..=MOST).contains(&number) {
        Ok(number)
    } else {
        Err(format!("expected a number from {LEAST} to {MOST}"))
    }
}

/// Parses a number of threads; 0 means one per core.
pub(super) fn jobs(word: &str) -> Result<usize, String> {
    whole::<0, MOST_JOBS>(word)
}

/// Parses an option as a finite number of at least 0.
pub(super) fn amount(word: &str) -> Result<f64, String> {
    const MOST: f64 = 1e9;
    let number: f64 = word
        .trim()
        .parse()
        .map_err(|_no_number| "expected a number".to_owned())?;
    if (0.0..=MOST).contains(&number) {
        Ok(number)
    } else {
        Err(format!("expected a number from 0 to {MOST}"))
    }
}

/// Parses an option as a finite number above 0.
pub(super) fn amount_above_0(word: &str) -> Result<f64, String> {
    match amount(word)? {
        0.0 => Err("expected a number above 0".to_owned()),
        number => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_are_no_options() {
        for word in ["nan", "NaN", "inf", "-inf", "-1", "1e99", "", "x"] {
            assert!(
                amount(word).is_err() && amount_above_0(word).is_err(),
                "{word}"
            );
        }
        assert_eq!(amount("0"), Ok(0.0));
        assert!(amount_above_0("0").is_err());
        assert_eq!(amount_above_0("0.5"), Ok(0.5));
        for word in ["4000000000", "-1", "1.5", "nan", "99999999999999999999999"] {
            assert!(
                whole::<0, 100>(word).is_err() && jobs(word).is_err(),
                "{word}"
            );
        }
        assert_eq!(whole::<0, 100>("100"), Ok(100));
    }
}
