//! Days and times in the local time zone (`TZ` where it is set).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Where days begin and end.
#[derive(Clone, Debug)]
pub struct Calendar(TimeZone);

impl Calendar {
    /// Returns the calendar of the system's time zone.
    #[must_use]
    pub fn of_the_system() -> Self {
        Self(TimeZone::system())
    }

    /// Returns the calendar of a time zone, such as `Europe/Malta`; UTC if the system does not know
    /// it.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }

    /// Returns the name of the time zone; empty if it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or_default()
    }

    /// Formats a time in milliseconds since 1970 UTC: `23 Nov 2026, 16:05`; empty for 0.
    #[must_use]
    pub fn moment(&self, ms: i64) -> String {
        match Timestamp::from_millisecond(ms) {
            Ok(time) if ms != 0 => {
                let there = self.0.to_datetime(time);
                there.strftime("%-d %b %Y, %H:%M").to_string()
            }
            _ => String::new(),
        }
    }

    /// Returns the day of a time in milliseconds since 1970 UTC.
    #[must_use]
    pub fn day(&self, ms: i64) -> Day {
        let Ok(time) = Timestamp::from_millisecond(ms) else {
            return Day::default();
        };
        let date = self.0.to_datetime(time).date();
        let since = date.since(EPOCH).map_or(0, |span| span.get_days());
        Day(since)
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

impl Day {
    /// Returns the date.
    fn date(self) -> Date {
        EPOCH
            .checked_add(Span::new().try_days(self.0).unwrap_or_default())
            .unwrap_or(EPOCH)
    }

    /// `2026-11-23`.
    #[must_use]
    pub fn iso(self) -> String {
        self.date().to_string()
    }

    /// `23 Nov`, as there is room for on an axis.
    #[must_use]
    pub fn short(self) -> String {
        self.date().strftime("%-d %b").to_string()
    }

    /// `23 November 2026`.
    #[must_use]
    pub fn long(self) -> String {
        self.date().strftime("%-d %B %Y").to_string()
    }

    /// Returns the Monday of its week.
    #[must_use]
    pub fn week(self) -> Self {
        Self(self.0 - i32::from(self.date().weekday().to_monday_zero_offset()))
    }

    /// Returns the first day of its month.
    #[must_use]
    pub fn month(self) -> Self {
        Self(self.0 - i32::from(self.date().day()) + 1)
    }

    /// Returns the last day of its month.
    #[must_use]
    pub fn end_of_month(self) -> Self {
        Self(self.0 + i32::from(self.date().days_in_month()) - i32::from(self.date().day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_where_one_lives() {
        // 2026-11-22T23:30:00Z
        let ms = 1_795_390_200_000;
        assert_eq!(Calendar::named("UTC").day(ms).iso(), "2026-11-22");
        assert_eq!(
            Calendar(TimeZone::fixed(jiff::tz::offset(1))).day(ms).iso(),
            "2026-11-23"
        );
        assert_eq!(Calendar::named("UTC").day(-1).iso(), "1969-12-31");
        assert_eq!(Calendar::named("UTC").day(i64::MAX), Day::default());
    }

    #[test]
    fn days_have_names_weeks_and_months() {
        let day = Calendar::named("UTC").day(1_795_390_200_000);
        assert_eq!(
            (day.short().as_str(), day.long().as_str()),
            ("22 Nov", "22 November 2026")
        );
        assert_eq!(day.week().iso(), "2026-11-16");
        assert_eq!(day.month().iso(), "2026-11-01");
        assert_eq!(day.end_of_month().iso(), "2026-11-30");
    }
}
