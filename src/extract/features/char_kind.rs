//! What kind of character something is, by a table.
//!
//! The standard library searches compressed tables for each question about a character that is not
//! ASCII, and a text in Japanese or Russian asks several about each. Here, the answers for 256
//! neighbouring characters are kept once one of them is asked about.

use std::sync::OnceLock;

/// The answers about one character, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CharKind(u8);

const ALPHABETIC: u8 = 1;
const NUMERIC: u8 = 1 << 1;
const UPPERCASE: u8 = 1 << 2;
const LOWERCASE: u8 = 1 << 3;
const UNSPACED: u8 = 1 << 4;

/// The answers about the characters up to U+FFFF, in pages of 256.
static PAGES: [OnceLock<[u8; 256]>; 256] = [const { OnceLock::new() }; 256];

impl CharKind {
    /// Looks a character up.
    #[inline]
    pub(crate) fn of(c: char) -> Self {
        let code = u32::from(c);
        match PAGES.get((code >> 8) as usize) {
            Some(page) => Self(page.get_or_init(|| page_of(code >> 8))[(code & 0xff) as usize]),
            None => Self(bits_of(c)),
        }
    }

    /// As [`char::is_alphabetic`].
    pub(crate) fn is_alphabetic(self) -> bool {
        self.0 & ALPHABETIC != 0
    }

    /// As [`char::is_numeric`].
    pub(crate) fn is_numeric(self) -> bool {
        self.0 & NUMERIC != 0
    }

    /// As [`char::is_alphanumeric`].
    pub(crate) fn is_alphanumeric(self) -> bool {
        self.0 & (ALPHABETIC | NUMERIC) != 0
    }

    /// As [`char::is_uppercase`].
    pub(crate) fn is_uppercase(self) -> bool {
        self.0 & UPPERCASE != 0
    }

    /// As [`char::is_lowercase`].
    pub(crate) fn is_lowercase(self) -> bool {
        self.0 & LOWERCASE != 0
    }

    /// As [`is_unspaced`].
    pub(crate) fn is_unspaced(self) -> bool {
        self.0 & UNSPACED != 0
    }
}

fn bits_of(c: char) -> u8 {
    [
        (c.is_alphabetic(), ALPHABETIC),
        (c.is_numeric(), NUMERIC),
        (c.is_uppercase(), UPPERCASE),
        (c.is_lowercase(), LOWERCASE),
        (is_unspaced(c), UNSPACED),
    ]
    .into_iter()
    .map(|(holds, bit)| if holds { bit } else { 0 })
    .sum()
}

/// Whether a letter belongs to a script that puts no spaces between words.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The bits of the 256 characters of a page; surrogates are no characters and have none.
fn page_of(page: u32) -> [u8; 256] {
    std::array::from_fn(|at| char::from_u32(page << 8 | at as u32).map_or(0, bits_of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_characters_are_what_the_standard_library_says() {
        for c in '\0'..=char::MAX {
            let kind = CharKind::of(c);
            assert_eq!(kind.is_alphabetic(), c.is_alphabetic(), "{c:?}");
            assert_eq!(kind.is_numeric(), c.is_numeric(), "{c:?}");
            assert_eq!(kind.is_alphanumeric(), c.is_alphanumeric(), "{c:?}");
            assert_eq!(kind.is_uppercase(), c.is_uppercase(), "{c:?}");
            assert_eq!(kind.is_lowercase(), c.is_lowercase(), "{c:?}");
            assert_eq!(kind.is_unspaced(), is_unspaced(c), "{c:?}");
        }
    }
}
