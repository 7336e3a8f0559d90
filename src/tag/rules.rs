//! Rules for entities that the shipped model is not trained on: dates, sums of money, percentages
//! and peoples.
//!
//! They read English as news writes it. They apply if the schema has a label of that name: see
//! [`RuleKind::ALL`].

use std::ops::Range;

use super::lexicon::{Lexicon, WordHash, part};
use super::words::{Word, Words, shape};

/// A kind of entity that rules find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// A date: a day, month, year, decade, weekday or holiday.
    Date,
    /// A sum of money with its currency.
    Money,
    /// A percentage.
    Percent,
    /// A people, religion or political group.
    Norp,
}

impl RuleKind {
    /// All kinds with the names of their labels.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Date, "DATE"),
        (Self::Money, "MONEY"),
        (Self::Percent, "PERCENT"),
        (Self::Norp, "NORP"),
    ];

    /// The rough probability that an entity of this kind is right.
    #[must_use]
    pub fn score(self) -> f64 {
        match self {
            Self::Money | Self::Percent => 0.95,
            Self::Date => 0.9,
            Self::Norp => 0.8,
        }
    }
}

const MONTHS: [&str; 23] = [
    "apr",
    "april",
    "aug",
    "august",
    "dec",
    "december",
    "feb",
    "february",
    "jan",
    "january",
    "jul",
    "july",
    "jun",
    "june",
    "mar",
    "march",
    "may",
    "nov",
    "november",
    "oct",
    "october",
    "sep",
    "september",
];

const WEEKDAYS: [&str; 7] = [
    "friday",
    "monday",
    "saturday",
    "sunday",
    "thursday",
    "tuesday",
    "wednesday",
];

const HOLIDAYS: [&str; 8] = [
    "christmas",
    "easter",
    "halloween",
    "hanukkah",
    "passover",
    "ramadan",
    "thanksgiving",
    "yom",
];

const CURRENCIES: [&str; 28] = [
    "baht", "cent", "cents", "dollar", "dollars", "eur", "euro", "euros", "franc", "francs", "gbp",
    "krona", "kroner", "krone", "lira", "peso", "pesos", "pound", "pounds", "rand", "renminbi",
    "rouble", "roubles", "ruble", "rubles", "rupee", "rupees", "usd",
];

const MULTIPLES: [&str; 9] = [
    "billion", "bn", "hundred", "m", "million", "mn", "thousand", "tn", "trillion",
];

const PEOPLES: [&str; 55] = [
    "african",
    "africans",
    "arab",
    "arabs",
    "asian",
    "asians",
    "buddhist",
    "buddhists",
    "catholic",
    "catholics",
    "christian",
    "christians",
    "communist",
    "communists",
    "conservatives",
    "democrat",
    "democratic",
    "democrats",
    "european",
    "europeans",
    "greens",
    "hindu",
    "hindus",
    "islamic",
    "islamist",
    "islamists",
    "jew",
    "jewish",
    "jews",
    "kurd",
    "kurdish",
    "kurds",
    "liberals",
    "maltese",
    "maoist",
    "muslim",
    "muslims",
    "nazi",
    "nazis",
    "orthodox",
    "palestinian",
    "palestinians",
    "protestant",
    "protestants",
    "republican",
    "republicans",
    "rohingya",
    "serb",
    "serbs",
    "shia",
    "shiite",
    "shiites",
    "sikh",
    "sunni",
    "tutsi",
];

/// Words after which a number of four digits is a year.
const BEFORE_YEARS: [&str; 16] = [
    "after", "around", "before", "between", "by", "during", "early", "for", "from", "in", "late",
    "mid", "of", "since", "to", "until",
];

/// Finds the entities of these kinds, in order and without overlaps.
#[must_use]
pub fn find(text: &str, words: &Words, kinds: &[RuleKind]) -> Vec<(Range<usize>, RuleKind)> {
    let mut found = Vec::new();
    for sentence in &words.sentences {
        let reader = Reader {
            text,
            words: &words.all[sentence.clone()],
        };
        let mut at = 0;
        while at < reader.words.len() {
            let hit = [
                RuleKind::Date,
                RuleKind::Percent,
                RuleKind::Money,
                RuleKind::Norp,
            ]
            .into_iter()
            .filter(|kind| kinds.contains(kind))
            .find_map(|kind| Some((reader.end_of(kind, at)?, kind)));
            match hit {
                Some((end, kind)) => {
                    found.push((
                        reader.words[at].bytes.start..reader.words[end - 1].bytes.end,
                        kind,
                    ));
                    at = end;
                }
                None => at += 1,
            }
        }
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    words: &'a [Word],
}

impl Reader<'_> {
    /// The end of an entity of this kind that begins at a word.
    fn end_of(&self, kind: RuleKind, at: usize) -> Option<usize> {
        match kind {
            RuleKind::Date => self.date(at),
            RuleKind::Percent => self.percent(at),
            RuleKind::Money => self.money(at),
            RuleKind::Norp => self.people(at),
        }
    }

    fn word(&self, at: usize) -> &str {
        self.words
            .get(at)
            .map_or("", |word| &self.text[word.bytes.clone()])
    }

    fn is_one_of(&self, at: usize, list: &[&str]) -> bool {
        let word = self.word(at);
        !word.is_empty() && word.len() <= 16 && list.contains(&word.to_ascii_lowercase().as_str())
    }

    fn number(&self, at: usize) -> Option<u32> {
        let word = self.word(at);
        (word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty() && word.len() <= 4)
            .then(|| word.parse().ok())
            .flatten()
    }

    /// Whether a word is a day of a month, such as "3" and "3rd".
    fn day(&self, at: usize) -> bool {
        let word = self.word(at);
        let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let ending = &word[digits.len()..];
        digits.len() <= 2
            && ["", "st", "nd", "rd", "th"].contains(&ending)
            && digits.parse().is_ok_and(|day: u32| (1..=31).contains(&day))
    }

    fn year(&self, at: usize) -> bool {
        self.word(at).len() == 4
            && self
                .number(at)
                .is_some_and(|year| (1000..2100).contains(&year))
    }

    /// The end of a capitalised month, with the full stop of "Nov.".
    fn month(&self, at: usize) -> Option<usize> {
        if !self.words.get(at)?.is_capitalised() || !self.is_one_of(at, &MONTHS) {
            return None;
        }
        let point = self.word(at + 1) == "."
            && self.word(at).len() <= 4
            && self.words[at].bytes.end == self.words[at + 1].bytes.start;
        Some(at + 1 + usize::from(point && at + 2 < self.words.len()))
    }

    fn date(&self, at: usize) -> Option<usize> {
        if self.words[at].shape & (shape::DIGIT | shape::CAPITALISED) == 0 {
            return None;
        }
        if self.words[at].is_capitalised() && self.is_one_of(at, &WEEKDAYS) {
            return match self.words.get(at + 1) {
                Some(comma) if comma.sign == b',' && at + 2 < self.words.len() => {
                    self.calendar(at + 2).or(Some(at + 1))
                }
                _ => Some(at + 1),
            };
        }
        if self.words[at].is_capitalised() && self.is_one_of(at, &HOLIDAYS) {
            let more = ["Day", "Eve", "Sunday", "Monday"].contains(&self.word(at + 1));
            return Some(at + 1 + usize::from(more));
        }
        let word = self.word(at);
        if word.len() == 5
            && word.ends_with("0s")
            && word[..4].bytes().all(|byte| byte.is_ascii_digit())
        {
            return Some(at + 1);
        }
        self.calendar(at).or_else(|| {
            let after = at
                .checked_sub(1)
                .is_some_and(|before| self.is_one_of(before, &BEFORE_YEARS));
            (after
                && self.year(at)
                && !self.is_one_of(at + 1, &CURRENCIES)
                && self
                    .words
                    .get(at + 1)
                    .is_none_or(|next| next.shape & shape::SIGN != 0 || !next.is_capitalised()))
            .then_some(at + 1)
        })
    }

    /// "14 November 2017", "November 14, 2017", "November 2017", "2017-11-14".
    fn calendar(&self, at: usize) -> Option<usize> {
        if self.day(at) {
            let of = usize::from(self.word(at + 1) == "of");
            if let Some(end) = self.month(at + 1 + of) {
                let comma = usize::from(self.word(end) == ",");
                return Some(if self.year(end + comma) {
                    end + comma + 1
                } else {
                    end
                });
            }
        }
        if let Some(end) = self.month(at) {
            if self.day(end) && !self.year(end) {
                let comma = usize::from(self.word(end + 1) == ",");
                return Some(if self.year(end + 1 + comma) {
                    end + 2 + comma
                } else {
                    end + 1
                });
            }
            if self.year(end) {
                return Some(end + 1);
            }
            let alone = self.word(at).len() > 3 && !["May", "March"].contains(&self.word(at));
            let sure = at.checked_sub(1).is_some_and(|before| {
                self.is_one_of(before, &BEFORE_YEARS) || self.word(before) == "last"
            });
            return (alone || (sure && self.word(at) != "Mar")).then_some(at + 1);
        }
        let word = self.word(at);
        let parts: Vec<&str> = word.split('-').collect();
        (parts.len() == 3
            && parts[0].len() == 4
            && parts
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())))
        .then_some(at + 1)
    }

    fn percent(&self, at: usize) -> Option<usize> {
        if self.words[at].shape & shape::DIGIT == 0 {
            return None;
        }
        if self.word(at).ends_with('%') {
            return Some(at + 1);
        }
        match (self.word(at + 1), self.word(at + 2)) {
            ("%" | "percent" | "pc", _) => Some(at + 2),
            ("per", "cent") => Some(at + 3),
            _ => None,
        }
    }

    fn money(&self, at: usize) -> Option<usize> {
        let word = self.word(at);
        if self.words[at].shape & shape::DIGIT == 0 {
            return None;
        }
        let mut end = at + 1;
        let signed = word.contains(super::tokens::is_currency);
        if self.is_one_of(end, &MULTIPLES) {
            end += 1;
        }
        if self.word(end) == "US" || self.word(end) == "U.S." {
            end += 1;
        }
        if self.is_one_of(end, &CURRENCIES) {
            return Some(end + 1);
        }
        let bare = at + 1 + usize::from(self.is_one_of(at + 1, &MULTIPLES));
        signed.then_some(bare)
    }

    fn people(&self, at: usize) -> Option<usize> {
        let word = &self.words[at];
        if !word.is_capitalised() || word.shape & (shape::SIGN | shape::DIGIT) != 0 {
            return None;
        }
        let lower = self.word(at).to_lowercase();
        let lexicon = Lexicon::shipped();
        let is_demonym = |word: &str| lexicon.name(WordHash::lower(word)) & part::DEMONYM != 0;
        let is = PEOPLES.binary_search(&lower.as_str()).is_ok()
            || is_demonym(&lower)
            || lower.strip_suffix('s').is_some_and(is_demonym);
        // In "English Channel" and "Indian Ocean" the word is part of a name, but not before a
        // person's name.
        let before_name = self.words.get(at + 1).is_some_and(|next| {
            next.is_capitalised()
                && next.names & (part::FIRST | part::LAST) == 0
                && next.known.capital_rate >= 4
        });
        (is && !before_name).then_some(at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let words = Words::read(text, &[0..text.len()], Lexicon::shipped());
        let kinds = RuleKind::ALL.map(|(kind, _)| kind);
        find(text, &words, &kinds)
            .into_iter()
            .map(|(bytes, kind)| format!("{kind:?} {}", &text[bytes]))
            .collect()
    }

    #[test]
    fn dates_as_news_writes_them() {
        for (text, wanted) in [
            (
                "It began on 14 November 2017 in Kyiv.",
                "Date 14 November 2017",
            ),
            (
                "On Tuesday, November 14, 2017 it ended.",
                "Date Tuesday, November 14, 2017",
            ),
            ("He left on Oct. 3 by train.", "Date Oct. 3"),
            ("They met in May last year.", "Date May"),
            ("It was built in 1897.", "Date 1897"),
            ("Music of the 1990s.", "Date 1990s"),
            ("It opens on Christmas Eve again.", "Date Christmas Eve"),
            ("Filed 2017-11-14 at noon.", "Date 2017-11-14"),
        ] {
            assert_eq!(found(text), [wanted], "{text}");
        }
    }

    #[test]
    fn money_percentages_and_peoples() {
        for (text, wanted) in [
            ("It costs $20 million a year.", "Money $20 million"),
            ("They paid €5m for it.", "Money €5m"),
            (
                "He owes 300 million euros today.",
                "Money 300 million euros",
            ),
            ("Prices rose by 3.5% again.", "Percent 3.5%"),
            ("Some 12 per cent voted.", "Percent 12 per cent"),
            ("The Maltese voted.", "Norp Maltese"),
            ("Several Republicans left.", "Norp Republicans"),
        ] {
            assert_eq!(found(text), [wanted], "{text}");
        }
    }

    #[test]
    fn similar_words_are_left_alone() {
        for text in [
            "You may march there.",
            "Room 1897 was full.",
            "He sailed the English Channel.",
            "About 300 people came.",
            "Theresa May spoke.",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_words_are_in_order() {
        assert!(PEOPLES.is_sorted());
    }
}
