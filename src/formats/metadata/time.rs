//! Times in records: RFC 3339 in UTC; empty if nobody has changed the article.

use jiff::Timestamp;

/// Formats milliseconds since 1970 as RFC 3339. Returns an empty string for 0 and for times outside
/// the calendar.
#[must_use]
pub fn print(ms: i64) -> String {
    if ms == 0 {
        return String::new();
    }
    Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |time| time.to_string())
}

/// Parses RFC 3339 with any offset to milliseconds since 1970. An empty string is 0.
#[must_use]
pub fn parse(words: &str) -> Option<i64> {
    let words = words.trim();
    if words.is_empty() {
        return Some(0);
    }
    words
        .parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_millisecond)
}

/// Converts seconds since 1970 to milliseconds within the calendar.
#[must_use]
pub fn from_seconds(seconds: i64) -> i64 {
    const LAST: i64 = 253_402_207_200_000; // the end of the year 9999, less a day
    seconds.saturating_mul(1000).clamp(0, LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_to_the_millisecond() {
        assert_eq!(print(0), "");
        assert_eq!(print(1_795_371_845_000), "2026-11-22T18:24:05Z");
        assert_eq!(print(1_795_371_845_120), "2026-11-22T18:24:05.12Z");
        assert_eq!(print(i64::MAX), "");
        for ms in [0, 1, -1, 1_795_371_845_123] {
            assert_eq!(parse(&print(ms)), Some(ms));
        }
        assert_eq!(parse("2026-11-22T20:24:05+02:00"), Some(1_795_371_845_000));
        assert_eq!(parse(" "), Some(0));
        assert_eq!(parse("yesterday"), None);
    }
}
