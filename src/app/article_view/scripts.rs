//! Scripts that no font on this system has: it is better to say so than to show boxes.

/// A script, and where its letters are to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Script {
    /// In English.
    pub name: &'static str,
    /// The Debian package with a font for it.
    pub package: &'static str,
}

const CORE: &str = "fonts-noto-core";
const CJK: &str = "fonts-noto-cjk";
const EMOJI: &str = "fonts-noto-color-emoji";

/// First and last character of a block, with the script.
const BLOCKS: [(u32, u32, &str, &str); 34] = [
    (0x0370, 0x03ff, "Greek", CORE),
    (0x0400, 0x052f, "Cyrillic", CORE),
    (0x0530, 0x058f, "Armenian", CORE),
    (0x0590, 0x05ff, "Hebrew", CORE),
    (0x0600, 0x06ff, "Arabic", CORE),
    (0x0700, 0x074f, "Syriac", CORE),
    (0x0750, 0x077f, "Arabic", CORE),
    (0x0780, 0x07bf, "Thaana", CORE),
    (0x07c0, 0x07ff, "N’Ko", CORE),
    (0x08a0, 0x08ff, "Arabic", CORE),
    (0x0900, 0x097f, "Devanagari", CORE),
    (0x0980, 0x09ff, "Bengali", CORE),
    (0x0a00, 0x0a7f, "Gurmukhi", CORE),
    (0x0a80, 0x0aff, "Gujarati", CORE),
    (0x0b00, 0x0b7f, "Odia", CORE),
    (0x0b80, 0x0bff, "Tamil", CORE),
    (0x0c00, 0x0c7f, "Telugu", CORE),
    (0x0c80, 0x0cff, "Kannada", CORE),
    (0x0d00, 0x0d7f, "Malayalam", CORE),
    (0x0d80, 0x0dff, "Sinhala", CORE),
    (0x0e00, 0x0e7f, "Thai", CORE),
    (0x0e80, 0x0eff, "Lao", CORE),
    (0x0f00, 0x0fff, "Tibetan", CORE),
    (0x1000, 0x109f, "Burmese", CORE),
    (0x10a0, 0x10ff, "Georgian", CORE),
    (0x1100, 0x11ff, "Korean", CJK),
    (0x1200, 0x139f, "Ethiopic", CORE),
    (0x1780, 0x17ff, "Khmer", CORE),
    (0x1800, 0x18af, "Mongolian", CORE),
    (0x2e80, 0x30ff, "Chinese or Japanese", CJK),
    (0x3100, 0x9fff, "Chinese or Japanese", CJK),
    (0xac00, 0xd7ff, "Korean", CJK),
    (0x1f000, 0x1faff, "emoji", EMOJI),
    (0x20000, 0x323af, "rare Chinese", CJK),
];

/// Whether it would be seen that a character cannot be drawn: a letter, a digit or an emoji.
pub(super) fn is_seen(c: char) -> bool {
    !c.is_ascii() && (c.is_alphanumeric() || matches!(c, '\u{1f000}'..='\u{1faff}'))
}

/// The script of a character.
pub(super) fn script_of(c: char) -> Script {
    let code = c as u32;
    let block = BLOCKS
        .iter()
        .find(|(first, last, ..)| (*first..=*last).contains(&code));
    block.map_or(
        Script {
            name: "some",
            package: CORE,
        },
        |&(_, _, name, package)| Script { name, package },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_knows_its_package() {
        for (c, name, package) in [
            ('ש', "Hebrew", CORE),
            ('ก', "Thai", CORE),
            ('東', "Chinese or Japanese", CJK),
            ('か', "Chinese or Japanese", CJK),
            ('서', "Korean", CJK),
            ('😀', "emoji", EMOJI),
            ('ᚠ', "some", CORE),
        ] {
            assert_eq!(script_of(c), Script { name, package });
        }
        assert!(BLOCKS.is_sorted_by(|a, b| a.1 < b.0));
    }
}
