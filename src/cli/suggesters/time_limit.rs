//! How long a suggester may take, as an option.

/// A time limit in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimit(pub(super) u64);

impl std::fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}s", self.0)
    }
}

impl std::str::FromStr for TimeLimit {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, String> {
        let (digits, unit) = match words.find(|c: char| !c.is_ascii_digit()) {
            Some(at) => words.split_at(at),
            None => (words, "s"),
        };
        let factor = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err("expected a time such as 30s or 2m".to_owned()),
        };
        let count: u64 = digits
            .parse()
            .map_err(|_no_number| "expected a time such as 30s or 2m".to_owned())?;
        Ok(Self(count.saturating_mul(factor)))
    }
}

#[cfg(test)]
mod tests {
    use super::TimeLimit;

    #[test]
    fn a_time_limit_is_written_with_its_unit() {
        let read = |words: &str| words.parse::<TimeLimit>().map(|limit| limit.0);
        assert_eq!(read("30s"), Ok(30));
        assert_eq!(read("30"), Ok(30));
        assert_eq!(read("2m"), Ok(120));
        for words in ["", "s", "2d", "-3s", "1.5s", "99999999999999999999s"] {
            assert!(read(words).is_err(), "{words}");
        }
    }
}
