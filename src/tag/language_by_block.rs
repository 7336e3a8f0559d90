//! The languages of the blocks of a text, where an article quotes or collects several.
//!
//! An article has one main language. A block of it, such as a paragraph or a comment, has another
//! one only if that is beyond doubt: it is long enough, hardly any of its words are common in the
//! main language, a detector is sure of the other one, and more words are common in that. So texts
//! in one language, with their names, foreign words and short quotes, stay in one language.

use std::ops::Range;

use super::language_of::{are_alike, detected_in, language_in};
use super::lexicon::{LANGUAGES, Lexicon, WordHash};
use crate::model::Text;

/// The number of letters from which the language of a block can be sure. A letter of a script that
/// writes syllables or words counts as [`WIDE`].
const LETTERS: usize = 120;

/// How many letters a syllable or word of Chinese, Japanese, Korean or Thai counts as.
const WIDE: usize = 3;

/// The largest part of a block that is looked at, in bytes.
const SAMPLE: usize = 1024;

/// The number of words of a block that are looked up.
const WORDS: usize = 80;

/// The highest rarity of words that are common: [`LexiconEntry::rarity`].
///
/// [`LexiconEntry::rarity`]: super::lexicon::LexiconEntry::rarity
const COMMON: u8 = 1;

/// The share of common words from which a block is in the main language.
const OWN: f64 = 0.25;

/// By how much more the share of common words has to be in another language.
const MORE: f64 = 0.15;

/// The largest number of blocks of an article in which other languages are looked for.
const MOST_DETECTED: usize = 100;

/// The pieces of a text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PiecesIn {
    /// The BCP 47 tag of the language; "" if nothing is known.
    pub language: &'static str,
    /// The pieces, as ranges of bytes, in order.
    pub pieces: Vec<Range<usize>>,
}

/// Sorts the pieces of a text by language, the main language of the article first. `declared` is
/// the language that the page declares or "".
///
/// Where all pieces are in one language, they stay as they are. Otherwise they are cut between
/// lines.
#[must_use]
pub fn by_language(text: &Text, declared: &str, pieces: &[Range<usize>]) -> Vec<PiecesIn> {
    by_main_language(text, language_in(text, declared, pieces), pieces)
}

/// Sorts the pieces of a text by language; the main language is known.
pub(super) fn by_main_language(text: &Text, main: &str, pieces: &[Range<usize>]) -> Vec<PiecesIn> {
    let main = with_model(main).unwrap_or_default();
    let lines = lines_with_languages(text.as_str(), main, pieces);
    let mut found = vec![PiecesIn {
        language: main,
        pieces: Vec::new(),
    }];
    if lines.iter().all(|line| line.language == main) {
        found[0].pieces = pieces.to_vec();
        return found;
    }
    for (nth, line) in lines.iter().enumerate() {
        let known = found.iter().position(|one| one.language == line.language);
        let at = known.unwrap_or_else(|| {
            found.push(PiecesIn {
                language: line.language,
                pieces: Vec::new(),
            });
            found.len() - 1
        });
        let before = nth.checked_sub(1).map(|before| &lines[before]);
        let goes_on = before
            .is_some_and(|before| before.piece == line.piece && before.language == line.language);
        match found[at].pieces.last_mut() {
            Some(last) if goes_on => last.end = line.bytes.end,
            _ => found[at].pieces.push(line.bytes.clone()),
        }
    }
    found.retain(|one| !one.pieces.is_empty());
    found
}

/// A language by its tag, if it has a model.
fn with_model(tag: &str) -> Option<&'static str> {
    let mut all = LANGUAGES.iter().copied().chain(["en"]);
    all.find(|known| *known == tag)
}

/// A line of a piece.
struct Line {
    piece: usize,
    /// Its bytes, with the line break.
    bytes: Range<usize>,
    letters: usize,
    language: &'static str,
}

/// Consecutive lines whose language is detected together.
struct Block {
    lines: Range<usize>,
    letters: usize,
}

impl Block {
    fn is_long(&self) -> bool {
        self.letters >= LETTERS
    }
}

fn lines_with_languages(text: &str, main: &'static str, pieces: &[Range<usize>]) -> Vec<Line> {
    let mut lines = lines(text, main, pieces);
    let blocks = blocks(&lines);
    let mut detector = Detector::new(main);
    let mut sample = String::new();
    let languages: Vec<&'static str> = blocks
        .iter()
        .map(|block| {
            if !block.is_long() {
                return main;
            }
            sample.clear();
            for line in &lines[block.lines.clone()] {
                let words = &text[line.bytes.clone()];
                let room = SAMPLE.saturating_sub(sample.len());
                sample.push_str(&words[..words.floor_char_boundary(room)]);
            }
            detector.language(&sample)
        })
        .collect();
    for (nth, block) in blocks.iter().enumerate() {
        // A short block between two in one other language is in it, too.
        let around = [nth.checked_sub(1), Some(nth + 1)];
        let around = around.map(|at| at.and_then(|at| languages.get(at)));
        let language = match around {
            [Some(before), Some(after)] if !block.is_long() && before == after => before,
            _ => languages[nth],
        };
        for line in &mut lines[block.lines.clone()] {
            line.language = language;
        }
    }
    lines
}

fn lines(text: &str, main: &'static str, pieces: &[Range<usize>]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (piece, range) in pieces.iter().enumerate() {
        let mut start = range.start;
        let inside = text.get(range.clone()).unwrap_or_default();
        for words in inside.split_inclusive('\n') {
            let bytes = start..start + words.len();
            start = bytes.end;
            lines.push(Line {
                piece,
                bytes,
                letters: letters(words),
                language: main,
            });
        }
    }
    lines
}

/// Counts letters up to [`LETTERS`].
fn letters(words: &str) -> usize {
    let mut count = 0;
    for c in words.chars() {
        if c.is_alphabetic() {
            count += if is_wide(c) { WIDE } else { 1 };
            if count >= LETTERS {
                break;
            }
        }
    }
    count
}

/// Whether a letter is of a script that is written without spaces or by syllables.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Puts short lines together with those that follow, until they are long enough.
fn blocks(lines: &[Line]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (nth, line) in lines.iter().enumerate() {
        let is_short = line.letters < LETTERS;
        match blocks.last_mut() {
            Some(last) if is_short && !last.is_long() => {
                last.lines.end = nth + 1;
                last.letters += line.letters;
            }
            _ => blocks.push(Block {
                lines: nth..nth + 1,
                letters: line.letters,
            }),
        }
    }
    blocks
}

/// Tells whether blocks are in another language than the article.
struct Detector {
    main: &'static str,
    lexicon: Option<&'static Lexicon>,
    /// How many more blocks may be detected.
    left: usize,
}

impl Detector {
    fn new(main: &'static str) -> Self {
        Self {
            main,
            lexicon: Lexicon::of(main),
            left: MOST_DETECTED,
        }
    }

    /// The language of a long block.
    fn language(&mut self, block: &str) -> &'static str {
        self.other_language(block).unwrap_or(self.main)
    }

    fn other_language(&mut self, block: &str) -> Option<&'static str> {
        let is_wide_text = WITHOUT_SPACES.contains(&self.main);
        let own = match self.lexicon {
            _ if is_wide_text => wide_share(block),
            Some(lexicon) => common_share(block, lexicon),
            None => 0.0,
        };
        if own >= OWN {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let (found, is_reliable) = detected_in(block)?;
        if !is_reliable
            || found == self.main
            || are_alike(found, self.main)
            || with_model(found).is_none()
        {
            return None;
        }
        let other = if WITHOUT_SPACES.contains(&found) {
            wide_share(block)
        } else {
            common_share(block, Lexicon::of(found)?)
        };
        (other >= own + MORE).then_some(found)
    }
}

/// The languages whose words are not parted by spaces, or by syllables.
const WITHOUT_SPACES: [&str; 4] = ["ja", "ko", "th", "zh"];

/// The share of the letters that are of a script without spaces.
fn wide_share(block: &str) -> f64 {
    let letters = block.chars().filter(|c| c.is_alphabetic());
    let (mut wide, mut all) = (0_u32, 0_u32);
    for c in letters {
        wide += u32::from(is_wide(c));
        all += 1;
    }
    f64::from(wide) / f64::from(all.max(1))
}

/// The share of the words that are common in a language. Capitalised ones may be parts of names
/// and never count as common.
fn common_share(block: &str, lexicon: &Lexicon) -> f64 {
    let words = block.split(|c: char| !c.is_alphabetic());
    let (mut common, mut all) = (0_u32, 0_u32);
    for word in words.filter(|word| !word.is_empty()).take(WORDS) {
        let is_common = !word.starts_with(char::is_uppercase)
            && (1..=COMMON).contains(&lexicon.word(WordHash::lower(word)).rarity);
        common += u32::from(is_common);
        all += 1;
    }
    f64::from(common) / f64::from(all.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An article with `{…}` around what is in other languages.
    fn others(declared: &str, marked: &str) -> Vec<(&'static str, String)> {
        let text = Text::new(marked);
        let all = by_language(&text, declared, &[0..text.len()]);
        let words = |one: &PiecesIn| {
            let pieces = one.pieces.iter().map(|piece| &text.as_str()[piece.clone()]);
            pieces.collect::<Vec<_>>().join("|")
        };
        let others = all.iter().skip(1);
        others.map(|one| (one.language, words(one))).collect()
    }

    const GERMAN: &str = "Die Fähre nach Gozo blieb am Dienstag im Hafen, weil der Wind zu stark war, wie die Reederei am Abend mitteilte. Erst am Mittwoch soll sie wieder fahren.\n";
    const ENGLISH: &str = "“We regret that the ferry to Gozo will not sail today, as winds of ninety kilometres an hour were forecast,” the company said in its statement to the press.\n";

    #[test]
    fn a_quoted_statement_is_in_its_own_language() {
        let mixed = format!("{GERMAN}{GERMAN}{ENGLISH}{GERMAN}");
        assert_eq!(others("de", &mixed), [("en", ENGLISH.to_owned())]);
        assert_eq!(others("", &mixed), [("en", ENGLISH.to_owned())]);
        // The main language is the declared one, since none is much longer.
        let half = format!("{ENGLISH}{GERMAN}");
        assert_eq!(others("en", &half), [("de", GERMAN.to_owned())]);
    }

    #[test]
    fn short_lines_count_together_and_go_with_those_around_them() {
        let comments = "Hope they sail again soon.\nMy cousin has been waiting for two days at the port in Valletta.\nSame here, and nobody tells us what is going on, which is not good enough for the people who live there.\n";
        let mixed = format!("{GERMAN}{comments}{GERMAN}");
        assert_eq!(others("de", &mixed), [("en", comments.to_owned())]);
        let statement = format!("{ENGLISH}The harbour master\n{ENGLISH}");
        let mixed = format!("{GERMAN}{statement}{GERMAN}");
        assert_eq!(others("de", &mixed), [("en", statement)]);
    }

    #[test]
    fn what_is_not_beyond_doubt_stays_in_the_main_language() {
        let none: Vec<(&str, String)> = Vec::new();
        let short = format!("{GERMAN}“We will not sail today,” she said.\n{GERMAN}");
        assert_eq!(others("de", &short), none);
        let names = format!(
            "{GERMAN}Maria Borg, Malta Freeport Terminals, Royal Bank of Scotland, New York Times, Wall Street Journal, The Economist, Gozo Channel Line, Air Malta, John Smith, Peter Brown\n"
        );
        assert_eq!(others("de", &names), none);
        // Hard to tell from each other.
        let danish = "Færgen til Gozo blev liggende i havnen tirsdag, fordi vinden var for kraftig, oplyste rederiet om aftenen, og den sejler først igen onsdag morgen klokken otte.\n";
        let norwegian = "Ferja til Gozo ble liggende i havn på tirsdag fordi vinden var for sterk, opplyste rederiet om kvelden, og den går ikke igjen før onsdag morgen klokka åtte.\n";
        assert_eq!(others("da", &format!("{danish}{norwegian}{danish}")), none);
    }

    #[test]
    fn other_scripts_need_fewer_letters() {
        let japanese = "火曜日、ゴゾ島行きのフェリーは風速が時速九十キロに達したため港にとどまった、と港長は述べた。\n";
        let mixed = format!("{GERMAN}{japanese}{GERMAN}");
        assert_eq!(others("de", &mixed), [("ja", japanese.to_owned())]);
        let mixed = format!("{japanese}{japanese}{ENGLISH}{japanese}");
        assert_eq!(others("ja", &mixed), [("en", ENGLISH.to_owned())]);
    }

    #[test]
    fn pieces_in_one_language_stay_as_they_are_and_others_cover_the_same_text() {
        let text = Text::new(&format!("{GERMAN}{GERMAN}"));
        let pieces = [3..20, 25..text.len()];
        let found = by_language(&text, "de", &pieces);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].pieces, pieces);

        let text = Text::new(&format!("{GERMAN}{ENGLISH}{GERMAN}"));
        let pieces = [0..GERMAN.len() + 80, GERMAN.len() + 80..text.len()];
        let found = by_language(&text, "de", &pieces);
        let mut all: Vec<Range<usize>> = found.into_iter().flat_map(|one| one.pieces).collect();
        all.sort_by_key(|piece| piece.start);
        assert_eq!(all.first().unwrap().start, 0);
        assert_eq!(all.last().unwrap().end, text.len());
        assert!(all.windows(2).all(|pair| pair[0].end == pair[1].start));
    }
}
