//! Surface features: what the text of one block shows, without its neighbours.

use super::buttons;
use super::char_kind::CharKind;
use super::comment_form;
use super::count::{CharClass, CountedWords};
use super::title::SHORT;
use super::words;

/// The surface features of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurfaceFeatures {
    /// Words as spaces cut them; in scripts without spaces two characters count as one.
    pub words: usize,
    /// Ends of sentences.
    pub sentences: usize,
    pub commas: usize,
    /// Bars, bullets and the like.
    pub separators: usize,
    /// Ends as a sentence does, quotation marks and brackets aside.
    pub ends: bool,
    pub ends_colon: bool,
    pub ends_dots: bool,
    pub ends_question: bool,
    pub starts_lower: bool,
    pub starts_quote: bool,
    /// Three or more words, most of them capitalised.
    pub title_case: bool,
    pub all_caps: bool,
    /// At least three in ten characters are digits.
    pub digits: bool,
    pub address: bool,
    pub ui: bool,
    pub site_lead: bool,
    pub date_line: bool,
    pub byline: bool,
    pub says: bool,
    pub comments_heading: bool,
    pub asks_for_comment: bool,
    pub reply: bool,
    pub related_heading: bool,
    pub informal: bool,
    pub personal: bool,
    pub duplicate: bool,
    pub title: bool,
    /// Announces an advertisement.
    pub ad: bool,
    /// Says whose picture something is.
    pub credit: bool,
    /// Longer than a line of its own, and begins with a date, or with who says it.
    pub lead_date: bool,
    pub lead_name: bool,
    /// Longer than a line of its own, and ends with a date.
    pub tail_date: bool,
    /// Cites a work as a list of references does.
    pub cites: bool,
    /// Tabs: a row of a table has them between its cells.
    pub tabs: usize,
    /// Characters that are not white space.
    pub characters: usize,
    /// Words that begin with a letter that has a case.
    pub cased: usize,
    /// Those of them that begin with a capital.
    pub capitalised: usize,
    /// Digits in a hundred characters.
    pub digit_percent: usize,
    /// Short words in lower case, of which running text in most languages is full.
    pub small_words: usize,
    /// Words that speak of their writer or to their reader.
    pub self_words: usize,
    /// How it begins and ends, as [`Edge`] numbers.
    pub first: Edge,
    pub last: Edge,
    /// Reads as running text: long enough, with sentences, not linked.
    pub prose: bool,
}

/// The kind of a block's first or last character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Edge {
    Upper,
    Lower,
    /// A letter of a script without case.
    Letter,
    Digit,
    Stop,
    Question,
    Dots,
    Colon,
    Comma,
    Quote,
    Bracket,
    /// Bars, bullets, arrows and whatever else.
    #[default]
    Other,
}

impl Edge {
    /// How many there are.
    pub const COUNT: usize = 12;

    fn of(c: char) -> Self {
        match c {
            '.' | '!' | '。' | '！' | '।' | '۔' => Self::Stop,
            '?' | '？' | '؟' => Self::Question,
            '…' => Self::Dots,
            ':' | '：' => Self::Colon,
            ',' | ';' | '،' | '、' | '，' | '-' | '–' | '—' => Self::Comma,
            '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\'' | '「' | '」' | '『' | '』' => {
                Self::Quote
            }
            '(' | ')' | '[' | ']' | '（' | '）' => Self::Bracket,
            c if c.is_numeric() => Self::Digit,
            c if c.is_uppercase() => Self::Upper,
            c if c.is_lowercase() => Self::Lower,
            c if c.is_alphabetic() => Self::Letter,
            _ => Self::Other,
        }
    }
}

impl SurfaceFeatures {
    /// Computes the surface features of one block.
    pub(crate) fn of(block: &str, link_permille: u16) -> Self {
        Self::read(block, link_permille, &mut String::new())
    }

    /// As [`SurfaceFeatures::of`], with room for the block in lower case.
    pub(super) fn read(block: &str, link_permille: u16, lower: &mut String) -> Self {
        let mut surface = Self::default();
        surface.count(block);
        let ends = block.trim_end_matches(is_closing);
        surface.ends_dots = ends.ends_with("...") || ends.ends_with('…');
        surface.ends_colon = ends.ends_with([':', '：']);
        surface.ends_question = ends.ends_with(['?', '？', '؟']);
        surface.ends = ends.ends_with(is_end_mark) && !surface.ends_dots;
        let first = block.chars().next().unwrap_or_default();
        surface.starts_lower = first.is_lowercase();
        surface.first = Edge::of(first);
        surface.last = Edge::of(block.chars().next_back().unwrap_or_default());
        if surface.ends_dots {
            surface.last = Edge::Dots;
        }
        surface.starts_quote = matches!(first, '"' | '“' | '„' | '«' | '‘' | '「');
        if block.len() <= SHORT {
            lower_case(block, lower);
            surface.look_up(lower);
        }
        surface.read_ends(block, lower);
        surface.prose = surface.words >= 10
            && (surface.ends || surface.sentences >= 1 || surface.words >= 25)
            && !surface.title_case
            && !surface.date_line
            && link_permille <= 400
            && surface.separators < 3;
        surface
    }

    /// Counts characters and words.
    fn count(&mut self, block: &str) {
        let (mut letters, mut upper, mut lower, mut digits, mut unspaced, mut characters) =
            (0_usize, 0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
        let (mut words, mut capitalised, mut cased) = (0_usize, 0_usize, 0_usize);
        let (mut shouts, mut lone_i, mut self_words) = (0_usize, 0_usize, 0_usize);
        for (word, counts) in CountedWords::of(block) {
            words += 1;
            let mut first_letter = None;
            let mut before = ' ';
            let (mut signs, mut own_letters) = (0_usize, 0_usize);
            let mut has_address_sign = false;
            if let Some(counts) = counts {
                // The same counts as below, for ASCII.
                own_letters = counts.of_kind(CharClass::Letter);
                signs = word.len() - own_letters;
                let capitals = counts.of_kind(CharClass::Capital);
                upper += capitals;
                lower += own_letters - capitals;
                if own_letters > 0 {
                    let mut bytes = word.bytes();
                    first_letter = bytes.find(u8::is_ascii_alphabetic).map(char::from);
                }
                if signs > 0 {
                    has_address_sign = counts.of_kind(CharClass::Address) > 0;
                    digits += counts.of_kind(CharClass::Digit);
                    self.commas += counts.of_kind(CharClass::Comma);
                    self.separators += counts.of_kind(CharClass::Separator);
                    if counts.of_kind(CharClass::Shout) > 1 {
                        let shout = |byte: u8| matches!(byte, b'!' | b'?');
                        let pairs = word.as_bytes().windows(2);
                        shouts += pairs
                            .filter(|pair| shout(pair[0]) && shout(pair[1]))
                            .count();
                    }
                }
            } else {
                for c in word.chars() {
                    let kind = CharKind::of(c);
                    if kind.is_alphabetic() {
                        own_letters += 1;
                        first_letter = first_letter.or(Some(c));
                        upper += usize::from(kind.is_uppercase());
                        lower += usize::from(kind.is_lowercase());
                        unspaced += usize::from(kind.is_unspaced());
                    } else {
                        signs += 1;
                        has_address_sign |= matches!(c, ':' | '@' | '.');
                        digits += usize::from(kind.is_numeric());
                        self.commas += usize::from(matches!(c, ',' | '،' | '、' | '，' | ';'));
                        self.separators += usize::from(matches!(
                            c,
                            '|' | '·' | '•' | '»' | '›' | '>' | '←' | '→' | '▸' | '■' | '●'
                        ));
                        self.sentences += usize::from(matches!(c, '。' | '！' | '？'));
                        shouts += usize::from(matches!(
                            (before, c),
                            ('!', '!') | ('?', '?') | ('!', '?') | ('?', '!')
                        ));
                    }
                    before = c;
                }
            }
            letters += own_letters;
            characters += own_letters + signs;
            if signs > 0 {
                self.sentences += usize::from(ends_a_sentence(word));
                self.address |= has_address_sign
                    && (word.contains("://")
                        || word.starts_with("www.")
                        || word.find('@').is_some_and(|at| at > 0));
            }
            if let Some(first) = first_letter {
                let (is_lower, is_upper) = (first.is_lowercase(), first.is_uppercase());
                cased += usize::from(is_lower || is_upper);
                capitalised += usize::from(is_upper);
                self.small_words +=
                    usize::from(is_lower && word.len() <= 6 && own_letters + signs <= 3);
                self_words += usize::from(words::is_personal(word, signs == 0));
            }
            let is_chat = word.len() <= 4
                && matches!(
                    word,
                    "i" | "im" | "dont" | "u" | "ur" | "lol" | "LOL" | "b4"
                );
            lone_i += usize::from(is_chat);
        }
        self.characters = characters;
        self.cased = cased;
        self.capitalised = capitalised;
        self.digit_percent = digits * 100 / characters.max(1);
        self.self_words = self_words;
        self.words = words + unspaced / 2;
        self.title_case = cased >= 3 && capitalised * 10 >= cased * 7;
        self.all_caps = letters >= 3 && lower == 0 && upper > 0;
        self.digits = characters > 0 && digits * 10 >= characters * 3;
        self.informal = shouts > 0 || lone_i > 0;
        self.personal = self_words > 0;
    }

    /// Finds an author or a date at the block's edges.
    fn read_ends(&mut self, block: &str, lower: &mut String) {
        self.tabs = block.bytes().filter(|byte| *byte == b'\t').count();
        self.lead_name = self.words >= 4 && names_its_speaker(block);
        if self.words > 8 && !self.date_line {
            let mut has_date =
                |edge: &str| words::may_have_date(edge) && words::has_date(lower_case(edge, lower));
            self.lead_date = has_date(head(block, REACH));
            self.tail_date = has_date(tail(block, REACH));
            self.cites = words::cites(lower_case(tail(block, 2 * REACH), lower));
        }
    }

    /// Matches a short block, in lower case, against the word lists.
    fn look_up(&mut self, lower: &str) {
        let bare = lower.trim_matches(|c: char| !c.is_alphabetic());
        self.ui = bare.is_empty() || (self.words <= 6 && words::is_ui(bare));
        self.ad = self.words <= 3 && words::is_ad(bare);
        self.credit = words::is_credited(lower);
        self.site_lead = words::has_site_lead(
            lower.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©'),
        );
        let short = self.words <= 16;
        self.date_line = short && words::has_date(lower) && !(self.ends && self.words > 10);
        self.byline = self.words <= 20 && words::has_byline_lead(lower);
        self.says = self.words <= 12 && words::ends_in_says(bare);
        self.comments_heading = (self.words <= 8 && is_heading_of_comments(lower, bare))
            || (self.words <= 40 && !self.ends && counts_comments(lower));
        self.asks_for_comment = comment_form::asks_for_comment(lower);
        self.reply = self.words <= 5 && (words::is_reply(bare) || words::is_reply(lower))
            || self.words <= 16 && !self.ends && buttons::is_row(lower);
        self.related_heading = self.words <= 6 && words::is_related_heading(bare);
    }
}

/// The bytes at a block's edges that are searched for an author or a date.
const REACH: usize = 72;

/// Returns a text in lower case, written into `room`.
fn lower_case<'a>(text: &str, room: &'a mut String) -> &'a str {
    room.clear();
    if text.is_ascii() {
        room.push_str(text);
        room.make_ascii_lowercase();
    } else if text.contains('Σ') {
        room.push_str(&text.to_lowercase()); // its lower case depends on what is around it
    } else {
        for c in text.chars() {
            match c {
                'A'..='Z' => room.push(c.to_ascii_lowercase()),
                // Most of the rest of a line: punctuation and characters without case.
                '\0'..='\x7f' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{9fff}' => room.push(c),
                _ => room.extend(c.to_lowercase()),
            }
        }
    }
    room
}

/// The first bytes of a text, cut at a character.
fn head(text: &str, reach: usize) -> &str {
    let mut end = text.len().min(reach);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The last bytes of a text, cut at a character.
fn tail(text: &str, reach: usize) -> &str {
    let mut start = text.len().saturating_sub(reach);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

/// Returns true if a text begins with its author: `Ada Lovelace: It was`, `tomcat77: no`.
fn names_its_speaker(text: &str) -> bool {
    let head = head(text, REACH);
    if head.is_ascii() && memchr::memchr(b':', head.as_bytes()).is_none() {
        return false; // by far most
    }
    let Some((who, what)) = head.split_once([':', '：']) else {
        return false;
    };
    let ends_a_sentence = |word: &str| word.len() > 3 && word.ends_with(['.', '!', '?', ',']);
    let parts = who.split_whitespace().count();
    (1..=5).contains(&parts)
        && !what.starts_with('/')
        && !what.trim_start().is_empty()
        && !who.split_whitespace().any(ends_a_sentence)
        && who.contains(char::is_alphabetic)
}

/// `15 replies to “The ferry”`, `3 Gedanken zu „Die Fähre“`: a number, a word for comments, and
/// what they are on.
fn counts_comments(lower: &str) -> bool {
    let mut words = lower.split_whitespace();
    let number = words.next().is_some_and(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_numeric() || matches!(c, ',' | '.'))
    });
    number && words.next().is_some_and(words::is_counted)
}

/// `Comments`, `12 comments`, `Comments (12) Post a comment`, but not a sentence with the word.
fn is_heading_of_comments(lower: &str, bare: &str) -> bool {
    if words::is_comments_heading(bare) {
        return true;
    }
    if !lower.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    lower
        .split(|c: char| !c.is_alphabetic() && c != ' ' && c != '\'')
        .any(|part| words::is_comments_heading(part.trim()))
}

/// Whether a word ends as the last one of a sentence does.
fn ends_a_sentence(word: &str) -> bool {
    if word.is_ascii() {
        let mut bytes = word.bytes().rev();
        let last = bytes.find(|byte| !matches!(byte, b'"' | b'\'' | b')' | b']'));
        return matches!(last, Some(b'.' | b'!' | b'?'));
    }
    word.trim_end_matches(is_closing)
        .ends_with(['.', '!', '?', '…', '؟', '।', '۔'])
}

fn is_end_mark(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '।' | '۔'
    )
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '”' | '’' | '\'' | ')' | ']' | '»' | '“' | '」' | '』' | '）'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn lower_case_is_that_of_the_standard_library(text in "([ -~“”ÄÖÜİΣσΑАЯДžẞ日\u{307}]|[\u{2000}-\u{206f}]|[\u{3000}-\u{9fff}]|\\PC){0,40}") {
            let mut room = "left over".to_owned();
            proptest::prop_assert_eq!(lower_case(&text, &mut room), text.to_lowercase());
        }
    }

    #[test]
    fn headings_count_comments_on_something() {
        for heading in [
            "30 thoughts on “Close the bridge, and keep it open to us, all of us”",
            "15 Replies to “The ferry stays in the harbour until Thursday morning”",
            "1,204 comments",
            "3 Gedanken zu „Die Fähre bleibt im Hafen, und niemand weiß, bis wann“",
        ] {
            assert!(
                SurfaceFeatures::of(heading, 0).comments_heading,
                "{heading}"
            );
        }
        for other in [
            "15 replies to the letter had come by noon, and more were on their way.",
            "Thoughts on bridges, and on what they do to the people who live below them",
            "2026 was a year of storms",
        ] {
            assert!(!SurfaceFeatures::of(other, 0).comments_heading, "{other}");
        }
    }

    #[test]
    fn who_says_something_and_when() {
        let of = |block: &str| {
            let surface = SurfaceFeatures::of(block, 0);
            (surface.lead_name, surface.lead_date, surface.tail_date)
        };
        assert_eq!(
            of("tomcat77: nobody asked us before they closed the bridge, as always"),
            (true, false, false)
        );
        assert_eq!(
            of(
                "Ada Holm, 22.05.2026, 11:03. And when will the ferry come to our side of the lake, which nobody has seen since May?"
            ),
            (false, true, false)
        );
        assert_eq!(
            of(
                "Nobody asked us before they closed the bridge, and nobody will. Posted by Ben on 4 May 2020"
            ),
            (false, false, true)
        );
        assert_eq!(
            of("The council said on Monday that it had no money for a bridge: none at all."),
            (false, false, false)
        );
        assert_eq!(of("10:45 The ferry sails again"), (false, false, false));
        assert_eq!(
            of("島の子：あのエンジンの匂いがなくなるのは少しさびしい"),
            (true, false, false)
        );
    }

    #[test]
    fn works_are_cited() {
        for work in [
            "12. Holm A, Carter B, et al. Bridges and their users. J Bridges. 2017;29:459–465.",
            "Holm, A. and Carter, B. (2019). Bridges of the northern isles, and what their users think of them today. doi: 10.1000/182",
        ] {
            assert!(SurfaceFeatures::of(work, 0).cites, "{work}");
        }
        assert!(
            !SurfaceFeatures::of(
                "The bridge was built in 1894; it has served the island ever since.",
                0
            )
            .cites
        );
    }
}
