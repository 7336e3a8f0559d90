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

/// Marks white space in [`Counts::KINDS`]; above all classes.
const SPACE: u64 = 1 << 63;

impl Counts {
    /// For each byte, a one in the field of each of its classes; [`SPACE`] for white space.
    const KINDS: [u64; 256] = {
        let mut kinds = [0; 256];
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
            if sign.is_ascii_whitespace() {
                kind = SPACE;
            }
            kinds[byte] = kind;
            byte += 1;
        }
        kinds
    };

    /// The length from which a count may not fit into its field.
    const TOO_LONG: usize = 256;

    /// Counts a word. Returns `None` for words that are not ASCII or too long.
    #[inline]
    pub(crate) fn of(word: &str) -> Option<Self> {
        let fits = word.len() < Self::TOO_LONG && word.is_ascii();
        fits.then(|| {
            let kinds = word.bytes().map(|byte| Self::KINDS[usize::from(byte)]);
            Self(kinds.sum())
        })
    }

    #[inline]
    pub(crate) fn of_kind(&self, sign: CharClass) -> usize {
        (self.0 >> (8 * sign as u32) & 0xff) as usize
    }
}

/// The words of a text as spaces cut them, each with its counts.
pub(crate) enum CountedWords<'a> {
    /// The text is ASCII, and one pass over its bytes finds words and counts.
    Ascii(AsciiWords<'a>),
    Any(std::str::SplitWhitespace<'a>),
}

/// The rest of a text of ASCII.
pub(crate) struct AsciiWords<'a>(&'a str);

impl<'a> CountedWords<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        if is_plain_ascii(text) {
            Self::Ascii(AsciiWords(text))
        } else {
            Self::Any(text.split_whitespace())
        }
    }
}

impl<'a> Iterator for CountedWords<'a> {
    type Item = (&'a str, Option<Counts>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Ascii(words) => words.next(),
            Self::Any(words) => words.next().map(|word| (word, Counts::of(word))),
        }
    }
}

impl<'a> Iterator for AsciiWords<'a> {
    type Item = (&'a str, Option<Counts>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.0.as_bytes();
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let (mut end, mut sum) = (start, 0_u64);
        while let Some(byte) = bytes.get(end) {
            let kind = Counts::KINDS[usize::from(*byte)];
            if kind == SPACE {
                break;
            }
            sum = sum.wrapping_add(kind);
            end += 1;
        }
        let word = self.0.get(start..end)?;
        self.0 = self.0.get(end..).unwrap_or_default();
        let counts = (word.len() < Counts::TOO_LONG).then_some(Counts(sum));
        Some((word, counts))
    }
}

/// Whether white space in a text is ASCII white space. A vertical tab is white space to Unicode
/// alone.
pub(crate) fn is_plain_ascii(text: &str) -> bool {
    text.is_ascii() && memchr::memchr(0x0b, text.as_bytes()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_counted_by_kind() {
        let counts = Counts::of("Well,no!?A1:b").unwrap();
        let of = |sign| counts.of_kind(sign);
        assert_eq!((of(CharClass::Letter), of(CharClass::Capital)), (8, 2));
        assert_eq!((of(CharClass::Digit), of(CharClass::Comma)), (1, 1));
        assert_eq!((of(CharClass::Address), of(CharClass::Shout)), (1, 2));
        assert_eq!(of(CharClass::Separator), 0);
        assert!(Counts::of("naïve").is_none());
        assert!(Counts::of(&"a".repeat(256)).is_none());
        assert_eq!(
            Counts::of(&"a".repeat(255))
                .unwrap()
                .of_kind(CharClass::Letter),
            255
        );
    }

    proptest::proptest! {
        #[test]
        fn one_pass_counts_words_as_two_do(text in "[a-zA-Z0-9.,!?|:@ \t\n\u{b}é]{0,60}( [a-z.]{250,260})?") {
            let sums = |(word, counts): (&str, Option<Counts>)| (word.to_owned(), counts.map(|counts| counts.0));
            let words: Vec<_> = CountedWords::of(&text).map(sums).collect();
            let known: Vec<_> = text.split_whitespace().map(|word| sums((word, Counts::of(word)))).collect();
            proptest::prop_assert_eq!(words, known);
        }
    }
}
