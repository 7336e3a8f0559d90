//! Counts characters by class in ASCII words, eight bits a class, and cuts texts into words.

/// What is counted in a word.
#[derive(Clone, Copy)]
pub(crate) enum CharClass {
    Letter,
    Capital,
    Digit,
    Comma,
    Separator,
    Address,
    Shout,
}

/// The number of characters of each class in a word, eight bits a class.
pub(crate) struct Counts(u64);

/// In [`Counts::KINDS`]: ends a word, or begins a character that may.
const SPACE: u64 = 1 << 63;

/// In [`Counts::KINDS`]: is not ASCII. In sums its field is zero for ASCII alone.
const NOT_ASCII: u64 = 1 << 56;

impl Counts {
    /// For each byte, a one in the field of each of its classes; or [`SPACE`], or [`NOT_ASCII`].
    const KINDS: [u64; 256] = {
        let mut kinds = [NOT_ASCII; 256];
        let mut byte = 0;
        while byte < 128 {
            let sign = byte as u8;
            let mut kind = 0_u64;
            if sign.is_ascii_alphabetic() {
                kind |= 1 << (8 * CharClass::Letter as u32);
            }
            if sign.is_ascii_uppercase() {
                kind |= 1 << (8 * CharClass::Capital as u32);
            }
            if sign.is_ascii_digit() {
                kind |= 1 << (8 * CharClass::Digit as u32);
            }
            if matches!(sign, b',' | b';') {
                kind |= 1 << (8 * CharClass::Comma as u32);
            }
            if matches!(sign, b'|' | b'>') {
                kind |= 1 << (8 * CharClass::Separator as u32);
            }
            if matches!(sign, b':' | b'@' | b'.') {
                kind |= 1 << (8 * CharClass::Address as u32);
            }
            if matches!(sign, b'!' | b'?') {
                kind |= 1 << (8 * CharClass::Shout as u32);
            }
            if sign.is_ascii_whitespace() || sign == 0x0b {
                kind = SPACE;
            }
            kinds[byte] = kind;
            byte += 1;
        }
        // All white space beyond ASCII begins with one of these.
        kinds[0xc2] = SPACE;
        kinds[0xe1] = SPACE;
        kinds[0xe2] = SPACE;
        kinds[0xe3] = SPACE;
        kinds
    };

    /// The length from which a count may not fit into its field.
    const TOO_LONG: usize = 256;

    /// Returns the counts of a word, unless it is not ASCII or too long.
    #[inline]
    fn of_ascii(self, word: &str) -> Option<Self> {
        (self.0 < NOT_ASCII && word.len() < Self::TOO_LONG).then_some(self)
    }

    #[inline]
    pub(crate) fn of_kind(&self, sign: CharClass) -> usize {
        (self.0 >> (8 * sign as u32) & 0xff) as usize
    }
}

/// The words of a text as spaces cut them, each with its counts if it is ASCII and not too long.
///
/// One pass over the bytes finds both; characters are looked at only where white space may begin.
pub(crate) struct CountedWords<'a>(&'a str);

impl<'a> CountedWords<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self(text)
    }
}

impl<'a> Iterator for CountedWords<'a> {
    type Item = (&'a str, Option<Counts>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.trim_start();
        let bytes = text.as_bytes();
        let (mut end, mut sum) = (0, 0_u64);
        while let Some(byte) = bytes.get(end) {
            let kind = Counts::KINDS[usize::from(*byte)];
            if kind == SPACE {
                let c = text[end..].chars().next().unwrap_or(' ');
                if c.is_whitespace() {
                    break;
                }
                sum |= NOT_ASCII;
                end += c.len_utf8();
            } else {
                sum = sum.wrapping_add(kind);
                end += 1;
            }
        }
        let (word, rest) = text.split_at(end);
        self.0 = rest;
        let counts = Counts(sum).of_ascii(word);
        (end > 0).then_some((word, counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_counted_by_kind() {
        let counts_of = |word: &'static str| CountedWords::of(word).next().unwrap().1;
        let counts = counts_of("Well,no!?A1:b").unwrap();
        let of = |sign| counts.of_kind(sign);
        assert_eq!((of(CharClass::Letter), of(CharClass::Capital)), (8, 2));
        assert_eq!((of(CharClass::Digit), of(CharClass::Comma)), (1, 1));
        assert_eq!((of(CharClass::Address), of(CharClass::Shout)), (1, 2));
        assert_eq!(of(CharClass::Separator), 0);
        assert!(counts_of("naïve").is_none());
    }

    #[test]
    fn words_that_are_too_long_are_not_counted() {
        let letters = |word: &str| {
            let (_, counts) = CountedWords::of(word).next().unwrap();
            counts.map(|counts| counts.of_kind(CharClass::Letter))
        };
        assert_eq!(letters(&"a".repeat(255)), Some(255));
        assert_eq!(letters(&"a".repeat(256)), None);
    }

    proptest::proptest! {
        #[test]
        fn words_are_cut_as_the_standard_library_cuts_them(
            text in "[a-zA-Z0-9.,!?|:@ \t\n\u{b}\u{1c}é“”\u{85}\u{a0}\u{1680}\u{2003}\u{2028}\u{205f}\u{3000}日\u{fffd}]{0,60}( [a-zé.]{250,260})?",
        ) {
            let words: Vec<_> = CountedWords::of(&text).map(|(word, counts)| (word, counts.is_some())).collect();
            let known = text.split_whitespace().map(|word| (word, word.is_ascii() && word.len() < 256));
            proptest::prop_assert_eq!(words, known.collect::<Vec<_>>());
        }

        #[test]
        fn counts_are_those_of_each_character(word in "[a-zA-Z0-9.,;!?|>:@-]{1,255}") {
            let (_, counts) = CountedWords::of(&word).next().unwrap();
            let counts = counts.unwrap();
            for (class, is) in [
                (CharClass::Letter, (|c: char| c.is_alphabetic()) as fn(char) -> bool),
                (CharClass::Capital, char::is_uppercase),
                (CharClass::Digit, char::is_numeric),
                (CharClass::Comma, |c| matches!(c, ',' | ';')),
                (CharClass::Separator, |c| matches!(c, '|' | '>')),
                (CharClass::Address, |c| matches!(c, ':' | '@' | '.')),
                (CharClass::Shout, |c| matches!(c, '!' | '?')),
            ] {
                proptest::prop_assert_eq!(counts.of_kind(class), word.chars().filter(|c| is(*c)).count());
            }
        }
    }
}
