//! The parts of tokens that the tagger reads as words: names begin and end inside tokens in some
//! languages.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::characters::{CharKind, kind_of};

/// Articles and prepositions that lose their vowel before a name, as in "l'Institut" and
/// "dell'ospedale". In order.
const ELIDED: [&str; 24] = [
    "agl", "all", "c", "coll", "d", "dagl", "dall", "degl", "dell", "gl", "j", "jusqu", "l",
    "lorsqu", "m", "n", "nell", "negl", "puisqu", "qu", "quell", "s", "sull", "un",
];

/// Puts the parts of a token into a vector, which is cleared first. Most tokens are one part.
///
/// - Chinese, Japanese, Thai and similar scripts, and Korean, are cut into characters: particles
///   and titles are written together with names.
/// - Arabic conjunctions and prepositions of one letter are cut off before an article, before a
///   name, and before a word that is more common without them.
/// - Elided articles are cut off, such as "L'" of "L'Institut".
///
/// `is_name` says whether the lexicon has a word as a name, `rarity` how rare the word is: 0 if it is
/// unknown, else from 1 (very common) to 8.
pub(in crate::tag) fn parts(
    text: &str,
    token: &Range<usize>,
    is_name: impl Fn(&str) -> bool,
    rarity: impl Fn(&str) -> u8,
    parts: &mut Vec<Range<usize>>,
) {
    parts.clear();
    let form = &text[token.clone()];
    if form.is_ascii() && !form.contains('\'') {
        parts.push(token.clone());
        return;
    }
    if is_cut_into_characters(form) {
        let mut last_is_cut = true;
        for (at, cluster) in form.grapheme_indices(true) {
            let range = token.start + at..token.start + at + cluster.len();
            let is_cut = is_cut_into_characters(cluster);
            match parts.last_mut() {
                Some(last) if !is_cut && !last_is_cut => last.end = range.end,
                _ => parts.push(range),
            }
            last_is_cut = is_cut;
        }
        return;
    }
    if let Some((before, after)) = form.split_once(['\'', '’'])
        && after.chars().take(3).filter(|c| c.is_alphabetic()).count() == 3
        && is_elided(before)
    {
        let cut = token.end - after.len();
        parts.push(token.start..cut);
        parts.push(cut..token.end);
        return;
    }
    if form.starts_with(['و', 'ب', 'ل', 'ف', 'ك']) {
        let rest = &form['و'.len_utf8()..];
        let letters = rest.chars().count();
        let is_definite = rest.starts_with("ال") && letters > 4;
        let is_commoner = || {
            let (own, whole) = (rarity(rest), rarity(form));
            own != 0 && (whole == 0 || own < whole)
        };
        if is_definite
            || (letters > 2 && !is_name(form) && (is_name(rest) || letters > 3 && is_commoner()))
        {
            let cut = token.end - rest.len();
            parts.push(token.start..cut);
            parts.push(cut..token.end);
            return;
        }
    }
    parts.push(token.clone());
}

fn is_elided(word: &str) -> bool {
    word.len() <= 6 && {
        let lower = word.to_lowercase();
        ELIDED.iter().any(|elided| *elided == lower)
    }
}

/// Whether the tagger reads a character of this string by itself.
pub(in crate::tag) fn is_cut_into_characters(form: &str) -> bool {
    form.chars()
        .any(|c| c > '\u{e00}' && (is_hangul(c) || kind_of(c) == CharKind::Unspaced))
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::super::tokenize;
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let mut all = Vec::new();
        let mut own = Vec::new();
        for token in tokenize(text) {
            let rarity = |word: &str| match word {
                "هيئة" => 3,
                "لبنان" => 4,
                _ => 0,
            };
            parts(text, &token, |word| word == "بغداد", rarity, &mut own);
            all.extend(own.iter().map(|part| &text[part.clone()]));
        }
        all
    }

    #[test]
    fn names_are_cut_from_what_is_written_together_with_them() {
        for (text, wanted) in [
            ("서울에서 BBC는", &["서", "울", "에", "서", "BBC", "는"][..]),
            ("在中国", &["在", "中", "国"]),
            (
                "L'Institut et l’Élysée",
                &["L'", "Institut", "et", "l’", "Élysée"],
            ),
            ("all'ospedale", &["all'", "ospedale"]),
            ("O'Brien's don't", &["O'Brien", "'s", "don't"]),
            ("Владимир", &["Владимир"]),
            ("وبغداد والأردن وزير", &["و", "بغداد", "و", "الأردن", "وزير"]),
            ("لهيئة لبنان", &["ل", "هيئة", "لبنان"]),
        ] {
            assert_eq!(cut(text), wanted);
        }
    }
}
