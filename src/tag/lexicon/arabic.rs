//! Arabic letters without the marks that writers add or leave out.

/// A character without such marks: alef without hamza, ya for alef maqsura, ha for ta marbuta.
/// `None` for vowel signs and lengthened lines. Other characters stay as they are.
///
/// `scripts/tagger-lexicons` does the same.
#[inline]
#[must_use]
pub fn plain(c: char) -> Option<char> {
    match c {
        '\u{640}' | '\u{64b}'..='\u{652}' | '\u{670}' => None,
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' => Some('ي'),
        'ة' => Some('ه'),
        _ => Some(c),
    }
}

/// Whether a character is an Arabic letter.
#[must_use]
pub fn is_letter(c: char) -> bool {
    matches!(c, '\u{621}'..='\u{64a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_word_become_the_same() {
        let plain = |word: &str| word.chars().filter_map(plain).collect::<String>();
        assert_eq!(plain("أحمد"), plain("احمد"));
        assert_eq!(plain("حُفِرَ"), "حفر");
        assert_eq!(plain("هيئة"), plain("هيئه"));
        assert_eq!(plain("Łódź"), "Łódź");
    }
}
