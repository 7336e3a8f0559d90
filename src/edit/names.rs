//! Finds the next possible name, for the key that jumps from name to name.
//!
//! This is no tagger: it knows capital letters, what the text near by shows and what is known of
//! words beforehand, and what it finds is only selected, never tagged. In scripts without capitals
//! it finds nothing. What a word is, [`segment`] says, so that a hop and a double click agree.

mod judge;
mod words;

use self::judge::Judge;
pub use self::judge::{Knowledge, NoKnowledge, WordFacts};
use super::segment::{self, work};
use crate::model::{BytePos, Span, Text};

/// The most bytes that one jump searches.
const REACH: usize = 128 << 10;
/// Longer lines are searched in pieces of this many bytes, cut at the end of a sentence if one is
/// near.
const PIECE: usize = 8 << 10;

/// The target of a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// To this name.
    Name(Span),
    /// Nowhere: up to here there is none, and further was not looked.
    TooFar(BytePos),
    /// Nowhere: there is none.
    Nothing,
}

/// The first name at or after `from` that `skip` does not refuse.
#[must_use]
pub fn next_name(
    text: &Text,
    from: BytePos,
    knowledge: &impl Knowledge,
    skip: impl Fn(Span) -> bool,
) -> Hop {
    let string = text.as_str();
    let from_at = from.index().min(string.len());
    let (mut at, mut end) = piece_at(string, from_at);
    loop {
        let found = names_in(text, at..end, knowledge, |name| name.start() >= from, &skip);
        if let Some(name) = found.first() {
            return Hop::Name(*name);
        }
        if end == string.len() {
            return Hop::Nothing;
        }
        if end - from_at > REACH {
            return Hop::TooFar(BytePos::from_index(end));
        }
        (at, end) = piece_at(string, end);
    }
}

/// The last name that begins before `from` and that `skip` does not refuse.
#[must_use]
pub fn previous_name(
    text: &Text,
    from: BytePos,
    knowledge: &impl Knowledge,
    skip: impl Fn(Span) -> bool,
) -> Hop {
    let string = text.as_str();
    let from_at = from.index().min(string.len());
    let (mut at, mut end) = piece_at(string, from_at);
    loop {
        let found = names_in(text, at..end, knowledge, |name| name.start() < from, &skip);
        if let Some(name) = found.last() {
            return Hop::Name(*name);
        }
        if at == 0 {
            return Hop::Nothing;
        }
        if from_at - at > REACH {
            return Hop::TooFar(BytePos::from_index(at));
        }
        (at, end) = piece_at(string, at - 1);
    }
}

/// The line that holds `at`, or a piece of it: the same piece from wherever in it one looks. With
/// its line break.
fn piece_at(string: &str, at: usize) -> (usize, usize) {
    // Where the n-th piece begins, if no line begins nearer by.
    let cut = |nth: usize| {
        if nth == 0 {
            return 0;
        }
        let at = floor_char(string, nth * PIECE);
        let ahead = floor_char(string, at + PIECE / 4);
        let sentence = string[at..ahead].find(". ").map(|point| point + 1);
        let space = || string[at..ahead].find(char::is_whitespace);
        sentence.or_else(space).map_or(at, |ahead| at + ahead)
    };
    let at = floor_char(string, at);
    // A cut lies up to a quarter of a piece after a multiple of its size, or a character before it.
    let mut nth = at / PIECE;
    if cut(nth) > at {
        nth -= 1;
    } else if at < string.len() && cut(nth + 1) <= at {
        nth += 1;
    }
    let first = cut(nth);
    let last = cut(nth + 1).max(at);
    let start = string[first..at]
        .rfind('\n')
        .map_or(first, |newline| first + newline + 1);
    let end = string[at..last]
        .find('\n')
        .map_or(last, |newline| at + newline + 1);
    (start, end)
}

fn floor_char(string: &str, at: usize) -> usize {
    string.floor_char_boundary(at)
}

/// A word that may be part of a name.
struct Word {
    start: usize,
    end: usize,
    /// Whether something other than white space parts it from the word before it, and from the
    /// next.
    opens: bool,
    closes: bool,
    /// Whether a sentence begins with it, or may begin with it.
    first: bool,
    capital: bool,
}

/// All that looks like a name in a piece of the text, lies where `here` says and is not refused by
/// `skip`, in order. What is refused word by word parts a run: "KPÖ" is found beside a tagged "Elke
/// Kahr".
fn names_in(
    text: &Text,
    piece: std::ops::Range<usize>,
    knowledge: &impl Knowledge,
    here: impl Fn(Span) -> bool,
    skip: &impl Fn(Span) -> bool,
) -> Vec<Span> {
    let string = text.as_str();
    let is_capital = |piece: &str| piece.chars().any(char::is_uppercase);
    work::count(piece.len());
    if !string.get(piece.clone()).is_some_and(is_capital) {
        return Vec::new();
    }
    let words = words_of(text, piece.start, piece.end);
    let mut judge = Judge::around(string, piece.start, piece.end, knowledge);
    let span = |start: usize, end: usize| {
        let span = text.span(BytePos::from_index(start), BytePos::from_index(end));
        span.ok()
    };
    let is_refused = |word: &Word| span(word.start, word.end).is_none_or(skip);
    let mut names = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if !words[at].capital || is_refused(&words[at]) {
            at += 1;
            continue;
        }
        let end = run_end(&words, at, &mut judge, is_refused);
        let run = &words[at..end];
        // Finding out what a name is costs more than being refused.
        let in_reach = run
            .iter()
            .any(|word| span(word.start, word.end).is_some_and(&here));
        let before = at.checked_sub(1).map(|before| &words[before]);
        let before = before.filter(|before| !before.closes && !run[0].opens);
        if in_reach
            && let Some((first, last)) = judge.name(run, before)
            && let Some(name) = span(run[first].start, run[last - 1].end)
            && text.slice(name).chars().nth(1).is_some()
            && here(name)
            && !skip(name)
        {
            names.push(name);
        }
        at = end;
    }
    names
}

/// Where the run of words ends that begins with the capital word at `at`: after its last capital
/// word.
fn run_end<K: Knowledge>(
    words: &[Word],
    at: usize,
    judge: &mut Judge<'_, K>,
    is_refused: impl Fn(&Word) -> bool,
) -> usize {
    let mut last = at;
    let mut next = at + 1;
    while next < words.len() && !words[next - 1].closes && !words[next].opens {
        if words[next].capital {
            // "Apple Inc. The company"
            if is_refused(&words[next]) || judge.may_begin_anew(&words[next]) {
                break;
            }
            last = next;
        } else if !judge.joins(&words[last], &words[next], words.get(next + 1)) {
            break;
        }
        next += 1;
    }
    last + 1
}

fn words_of(text: &Text, from: usize, to: usize) -> Vec<Word> {
    let string = text.as_str();
    let Ok(within) = text.span(BytePos::from_index(from), BytePos::from_index(to)) else {
        return Vec::new();
    };
    let mut words: Vec<Word> = Vec::new();
    let mut end_before = from;
    let mut first = true;
    for span in segment::words_of(text, within) {
        let (start, end) = (span.start().index(), span.end().index());
        let (gap, word) = (&string[end_before..start], &string[start..end]);
        let before = words.last().map(|last| &string[last.start..last.end]);
        let mut opens = !gap.chars().all(char::is_whitespace);
        // "Mr.", "Dr.", "No.": no part of a name, and no end of a sentence. "J. R. Ewing", "St.
        // Louis".
        let point = gap.strip_prefix('.').map(str::trim_start);
        let short =
            |word: &str, most| word.chars().count() <= most && word.starts_with(char::is_uppercase);
        match before {
            Some(before) if point == Some("") && gap.len() > 1 && short(before, 3) => {
                opens = false;
                first = false;
                if let Some(last) = words.last_mut() {
                    last.capital &= before == "St" || short(before, 1);
                }
            }
            Some(before) => {
                // The point that belongs to "U.S." or "Inc." may end a sentence as well.
                first = gap.contains(['.', '!', '?', ':', '…', '“', '„', '"', '«', '»', '‘'])
                    || before.ends_with('.');
                // "All Saints' Day"
                let possessive = before.ends_with('s') && matches!(gap, "' " | "’ ");
                opens &= gap.trim() != "&" && !possessive;
            }
            None => {}
        }
        if opens && let Some(last) = words.last_mut() {
            last.closes = true;
        }
        words.push(Word {
            start,
            end,
            opens,
            closes: false,
            first,
            capital: !word.starts_with(['\'', '’', '@', '#'])
                && word.chars().any(char::is_uppercase),
        });
        end_before = end;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one hop to the next name may look at: all within reach, a few times.
    const MOST: usize = 64 * REACH;

    fn names(words: &str) -> Vec<String> {
        let text = Text::new(words);
        let mut names = Vec::new();
        let mut from = BytePos(0);
        while let Hop::Name(name) = next_name(&text, from, &NoKnowledge, |_| false) {
            names.push(text.slice(name).to_owned());
            from = name.end();
        }
        names
    }

    #[test]
    fn names_are_runs_of_capitals_with_the_small_words_within_them() {
        assert_eq!(
            names(
                "The vote in Addis Ababa surprised the Bank of England, Leonardo da Vinci and Jean-Luc Picard's crew."
            ),
            [
                "Addis Ababa",
                "Bank of England",
                "Leonardo da Vinci",
                "Jean-Luc Picard"
            ]
        );
        assert_eq!(
            names("“Nobody,” said Mr. O'Brien (of i24NEWS)."),
            ["O'Brien", "i24NEWS"]
        );
        assert_eq!(
            names("talks in St. Louis, the U.S. and the U.K. with J. R. Ewing"),
            ["St. Louis", "U.S.", "U.K.", "J. R. Ewing"]
        );
        assert_eq!(names("nothing here"), [""; 0]);
        assert_eq!(names("東京で会談"), [""; 0]);
    }

    #[test]
    fn a_capital_that_is_the_sentences_begins_no_name() {
        assert_eq!(
            names("The dog saw the man. Rain fell. The African Union met. Let it rain, let it."),
            ["African Union"]
        );
        assert_eq!(
            names("Kenya won. Today Kenya rests, not today."),
            ["Kenya", "Kenya"]
        );
    }

    #[test]
    fn function_words_handles_and_german_nouns_are_no_names_and_acronyms_are() {
        assert_eq!(
            names("So it was. My word. There Kenya won. It’s over, said @Mon on All Saints' Day."),
            ["Kenya", "All Saints' Day"]
        );
        assert_eq!(
            names(
                "Die Wohnung und der Park sind für die Menschen da, sagte die KPÖ von Bürgermeisterin Elke Tann zur ÖVP, \
                 und der Zug ist am Donnerstag nach dem Regen auf einem Gleis."
            ),
            ["KPÖ", "Elke Tann", "ÖVP", "Donnerstag"]
        );
    }

    #[test]
    fn what_touches_a_tagged_name_is_found_beside_it() {
        let text = Text::new("at the UNHCR Filippo Grandi spoke");
        let tagged = text.span(BytePos(13), BytePos(27)).unwrap();
        let skip = |name: Span| name.overlaps(tagged);
        let Hop::Name(name) = next_name(&text, BytePos(0), &NoKnowledge, skip) else {
            panic!("nothing found");
        };
        assert_eq!(text.slice(name), "UNHCR");
    }

    #[test]
    fn names_that_are_refused_are_passed_over_both_ways() {
        let text = Text::new("from Rome to Paris\nto Ghent");
        let (rome, paris) = (
            text.span(BytePos(5), BytePos(9)),
            text.span(BytePos(13), BytePos(18)),
        );
        let (rome, next) = (rome.unwrap(), paris.unwrap());
        assert_eq!(
            next_name(&text, BytePos(0), &NoKnowledge, |_| false),
            Hop::Name(rome)
        );
        assert_eq!(
            next_name(&text, BytePos(0), &NoKnowledge, |name| name == rome),
            Hop::Name(next)
        );
        let back = |from, refused| match previous_name(&text, from, &NoKnowledge, |name| {
            Some(name) == refused
        }) {
            Hop::Name(name) => Some(text.slice(name)),
            _ => None,
        };
        assert_eq!(back(text.end(), None), Some("Ghent"));
        assert_eq!(back(next.end(), Some(next)), Some("Rome"));
        assert_eq!(back(rome.start(), None), None);
    }

    #[test]
    fn a_hop_selects_what_a_double_click_selects() {
        assert_eq!(
            names(
                "the UK-based bank, a U.S.-led mission and pro-Russian l'Élysée; Johnson & Johnson’s"
            ),
            ["UK", "U.S.", "Russian", "Élysée", "Johnson & Johnson"]
        );
        assert_eq!(names("buys Apple Inc. The company, the"), ["Apple Inc."]);
    }

    #[test]
    fn a_hop_over_thousands_of_tagged_names_is_bounded() {
        let words = "Then Kenya met Then Chad. ".repeat(40_000);
        let text = Text::new(&words);
        let Hop::TooFar(far) = next_name(&text, BytePos(10), &NoKnowledge, |_| true) else {
            panic!("it looked at all {} bytes", words.len());
        };
        assert!(far.index() > REACH && far.index() < 2 * REACH);
        let Hop::TooFar(back) = previous_name(&text, text.end(), &NoKnowledge, |_| true) else {
            panic!("it looked at all {} bytes", words.len());
        };
        assert!(back.index() < words.len() - REACH);
        assert_eq!(
            next_name(&Text::new("A"), BytePos(0), &NoKnowledge, |_| true),
            Hop::Nothing
        );
    }

    #[test]
    fn a_long_line_has_the_names_of_short_lines() {
        let line = "in Addis Ababa they met. ".repeat(700);
        assert_eq!(names(&line), ["Addis Ababa"; 700]);
    }

    #[test]
    fn a_hop_in_a_paragraph_without_spaces_comes_to_an_end() {
        // A cut would be inside a character: 8192 is no multiple of 3.
        for unit in [
            "他在北京会见了记者。",
            "東京で会談した",
            "กรุงเทพ",
            "\u{301}",
            "👩\u{200d}",
        ] {
            for lead in ["", "A", "AB", "ABC"] {
                let text = Text::new(&format!("{lead}{}", unit.repeat(40_000 / unit.len())));
                for at in [0, 8189, 8190, 8191, 8192, 16_384, 39_000] {
                    let from = BytePos::from_index(text.as_str().floor_char_boundary(at));
                    work::take();
                    let next = next_name(&text, from, &NoKnowledge, |_| true);
                    let before = previous_name(&text, from, &NoKnowledge, |_| true);
                    assert_eq!((next, before), (Hop::Nothing, Hop::Nothing), "{unit} {at}");
                    assert!(work::take() < 64 * text.as_str().len());
                }
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]

        #[test]
        fn hops_arrive_after_bounded_work_in_scripts_without_spaces(
            string in segment::paragraphs(),
            share in 0.0..1.0_f64,
        ) {
            let text = Text::new(&string);
            let at = text.as_str().floor_char_boundary((string.len() as f64 * share) as usize);
            let mut from = BytePos::from_index(at);
            work::take();
            for _ in 0..8 {
                let Hop::Name(name) = next_name(&text, from, &NoKnowledge, |_| false) else { break };
                proptest::prop_assert!(name.start() >= from && name.end() > from);
                from = name.end();
                proptest::prop_assert!(work::take() <= MOST);
            }
            let mut from = BytePos::from_index(at);
            for _ in 0..8 {
                let Hop::Name(name) = previous_name(&text, from, &NoKnowledge, |_| false) else { break };
                proptest::prop_assert!(name.start() < from);
                from = name.start();
                proptest::prop_assert!(work::take() <= MOST);
            }
        }

        #[test]
        fn pieces_meet_end_to_end(string in segment::paragraphs(), near in 0_usize..8) {
            let (mut at, mut pieces) = (0, 0);
            while at < string.len() {
                let (start, end) = piece_at(&string, at);
                proptest::prop_assert!(start == at && end > at, "{start}..{end} at {at}");
                let inside = string.floor_char_boundary((end - 1).min(start + near));
                proptest::prop_assert_eq!(piece_at(&string, inside), (start, end));
                at = end;
                pieces += 1;
            }
            proptest::prop_assert!(pieces > 1 || string.len() < PIECE);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_names_in_order_on_its_characters(words in ".{0,80}", from in 0_usize..90) {
            let text = Text::new(&words);
            let mut last = BytePos::from_index(from);
            while let Hop::Name(name) = next_name(&text, last, &NoKnowledge, |_| false) {
                proptest::prop_assert!(name.start() >= last);
                proptest::prop_assert!(!text.slice(name).trim().is_empty());
                last = name.end();
            }
            let mut last = text.end();
            while let Hop::Name(name) = previous_name(&text, last, &NoKnowledge, |_| false) {
                proptest::prop_assert!(name.start() < last);
                last = name.start();
            }
        }
    }
}
