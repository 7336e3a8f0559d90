//! Tags of tokens in IOB1, IOB2, BIOES and BILUO.

use std::ops::Range;

/// Decodes tags into entities: ranges of tokens with labels.
///
/// Understands IOB1, IOB2, BIOES and BILUO. `B`, `S` and `U` begin an entity, and so does `I`
/// unless it continues one with the same label. `E`, `L`, `S` and `U` end one.
pub(in crate::formats) fn decode<'a>(
    tags: impl Iterator<Item = &'a str>,
) -> Vec<(Range<usize>, &'a str)> {
    let mut out: Vec<(Range<usize>, &str)> = Vec::new();
    let mut open = false;
    for (index, tag) in tags.enumerate() {
        let (prefix, label) = match tag.split_once('-') {
            Some((prefix, label)) if !label.is_empty() => (prefix, label),
            _ => {
                open = false;
                continue;
            }
        };
        let continues = open
            && matches!(prefix, "I" | "E" | "L" | "M")
            && out.last().is_some_and(|(_, last)| *last == label);
        match out.last_mut() {
            Some((range, _)) if continues => range.end = index + 1,
            _ => out.push((index..index + 1, label)),
        }
        open = !matches!(prefix, "E" | "L" | "S" | "U" | "W");
    }
    out
}

/// Returns whether a word is a tag that [`decode`] understands: `O`, or a label with a prefix.
pub(in crate::formats) fn is_tag(word: &str) -> bool {
    word == "O"
        || word.split_once('-').is_some_and(|(prefix, label)| {
            !label.is_empty() && prefix.len() == 1 && "BIOESLUMW".contains(prefix)
        })
}

/// Returns whether a word means that there is no label, like `O`.
pub(in crate::formats) fn is_outside(word: &str) -> bool {
    ["", "O", "o", "0", "_", "-", "*"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(tags: &str) -> Vec<(Range<usize>, &str)> {
        decode(tags.split(' '))
    }

    #[test]
    fn all_ways_to_write_tags_say_the_same() {
        let two = vec![(0..2, "PER"), (3..4, "LOC"), (4..5, "LOC")];
        assert_eq!(spans("B-PER I-PER O B-LOC B-LOC"), two, "IOB2");
        assert_eq!(spans("I-PER I-PER O I-LOC B-LOC"), two, "IOB1");
        assert_eq!(spans("B-PER E-PER O S-LOC S-LOC"), two, "BIOES");
        assert_eq!(spans("B-PER L-PER O U-LOC U-LOC"), two, "BILUO");
        assert_eq!(spans("I-PER I-LOC O"), [(0..1, "PER"), (1..2, "LOC")]);
        assert_eq!(spans("O B- -"), []);
        assert_eq!(spans("B-A-B I-A-B"), [(0..2, "A-B")]);
    }
}
