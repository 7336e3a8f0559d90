//! Counts characters by class in ASCII words, eight bits a class.

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

impl Counts {
    /// For each byte, a one in the field of each of its classes.
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
            kinds[byte] = kind;
            byte += 1;
        }
        kinds
    };

    /// Counts a word. Returns `None` for words that are not ASCII or too long.
    #[inline]
    pub(crate) fn of(word: &str) -> Option<Self> {
        let fits = word.len() < 256 && word.is_ascii();
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

/// The words of a text as spaces cut them.
pub(crate) enum Words<'a> {
    /// The text is ASCII and can be split by bytes.
    Ascii(std::str::SplitAsciiWhitespace<'a>),
    Any(std::str::SplitWhitespace<'a>),
}

impl<'a> Words<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        // A vertical tab is white space to one of the two alone.
        if text.is_ascii() && memchr::memchr(0x0b, text.as_bytes()).is_none() {
            Self::Ascii(text.split_ascii_whitespace())
        } else {
            Self::Any(text.split_whitespace())
        }
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        match self {
            Self::Ascii(words) => words.next(),
            Self::Any(words) => words.next(),
        }
    }
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
        fn words_are_cut_alike_both_ways(text in "[a-z \t\n\u{b}\u{c}é]{0,40}") {
            let words: Vec<&str> = Words::of(&text).collect();
            let known: Vec<&str> = text.split_whitespace().collect();
            proptest::prop_assert_eq!(words, known);
        }
    }
}
