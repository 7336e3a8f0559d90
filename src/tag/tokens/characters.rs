//! What characters and short words are to the tokenizer.

/// The kind of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CharKind {
    /// White space.
    Blank,
    /// A letter, a digit or an underscore.
    Word,
    /// A letter of a script without spaces.
    Unspaced,
    /// Any other character.
    Sign,
}

/// The kinds of ASCII characters.
pub(super) const ASCII: [CharKind; 128] = {
    let mut kinds = [CharKind::Sign; 128];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            kinds[at] = CharKind::Word;
        } else if matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r') {
            kinds[at] = CharKind::Blank;
        }
        at += 1;
    }
    kinds
};

/// Returns the kind of a character.
pub(super) fn kind_of(c: char) -> CharKind {
    match c {
        '\0'..='\x7f' => ASCII[c as usize],
        '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' => CharKind::Sign,
        '\u{c0}'..='\u{24f}' if !matches!(c, '×' | '÷') => CharKind::Word,
        '\u{2010}'..='\u{2027}' => CharKind::Sign,
        _ if c.is_whitespace() => CharKind::Blank,
        _ if is_unspaced(c) => CharKind::Unspaced,
        _ if c.is_alphanumeric() => CharKind::Word,
        _ => CharKind::Sign,
    }
}

/// Whether the last character is of a script whose characters may combine with the next one.
pub(super) fn may_combine(before: &str) -> bool {
    before.chars().next_back().is_some_and(|c| c >= '\u{600}')
}

/// Whether a letter is of a script without spaces between words: Han, kana, Thai, Lao, Khmer or
/// Burmese.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0E3A | 0x0E40..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007
        | 0x3041..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

pub(super) fn is_katakana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー')
}

/// Whether a letter is of a script without case.
pub(super) fn is_caseless(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
}

/// Whether a word is an Arabic article or a similar word that belongs to the name after it.
pub(super) fn is_article(word: &str) -> bool {
    const ARTICLES: [&str; 20] = [
        "al", "el", "ad", "an", "ar", "as", "at", "az", "ash", "adh", "ath", "ul", "ur", "us",
        "ud", "ed", "es", "bin", "ibn", "abu",
    ];
    ARTICLES.contains(&word)
}

/// Whether a character is a currency sign.
pub(in crate::tag) fn is_currency(c: char) -> bool {
    matches!(
        c,
        '$' | '¢' | '£' | '¤' | '¥' | '֏' | '؋' | '৲' | '৳' | '฿' | '₠'
            ..='⃀' | '＄' | '￠' | '￡' | '￥'
    )
}

/// Whether a word is single letters with full stops between, such as "U.S" and "a.m", so that the
/// last full stop belongs to it.
pub(super) fn is_initials(word: &str) -> bool {
    let mut letters = word.chars();
    if letters.next().is_none() || letters.next() != Some('.') {
        return false;
    }
    word.split('.').all(|part| {
        let mut letters = part.chars();
        letters.next().is_some() && letters.next().is_none()
    })
}

/// Whether a word is always written with its full stop, which belongs to the name.
pub(super) fn keeps_full_stop(word: &str) -> bool {
    ["Inc", "Corp", "Co", "Ltd", "Bros", "Jr", "Sr", "Ph.D"].contains(&word)
}
