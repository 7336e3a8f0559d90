//! Bounds the attributes of a tag, because html5ever compares each with all before it.
//!
//! The tokenizer cannot be told, so the page is looked through before it is parsed. Where a tag
//! begins is only known for certain to a tokenizer (scripts hold `a<b`), hence three readings are
//! followed side by side from each `<` and letter: in the tag, in a value in double quotes, in one
//! in single quotes. A reading that reaches the bound puts a `>` there. In a page that is no attack
//! this hits scripts at most, and those are not seen anyway.

use std::borrow::Cow;

/// How many attributes one tag may have; the rest of the tag is read as text.
pub const MAX_TAG_ATTRIBUTES: usize = 4096;

/// The page with the tags that have too many attributes closed early, and whether there were any.
pub fn limit(html: &str) -> (Cow<'_, str>, bool) {
    let cuts = cuts(html.as_bytes());
    if cuts.is_empty() {
        return (Cow::Borrowed(html), false);
    }
    let mut out = String::with_capacity(html.len() + cuts.len());
    let mut from = 0;
    for cut in cuts {
        out.push_str(html.get(from..cut).unwrap_or_default());
        out.push('>');
        from = cut;
    }
    out.push_str(html.get(from..).unwrap_or_default());
    (Cow::Owned(out), true)
}

/// Where a tag should end early: always before an ASCII character.
fn cuts(bytes: &[u8]) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', bytes.get(at..).unwrap_or_default()) {
        at += found + 1;
        if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            at = follow(bytes, at, &mut cuts);
        }
    }
    cuts
}

/// Follows the readings of a tag from `at` until none is left, and returns where that was.
fn follow(bytes: &[u8], mut at: usize, cuts: &mut Vec<usize>) -> usize {
    // For each reading the most attributes on any way to it; `None` if no way leads there.
    let (mut tag, mut double, mut single): (Option<usize>, Option<usize>, Option<usize>) =
        (Some(0), None, None);
    let mut after_equals = false;
    let mut after_gap = false;
    while let Some(&byte) = bytes.get(at) {
        let gap = matches!(byte, b'/' | b' ' | b'\t' | b'\n' | 0x0c | b'\r');
        match byte {
            b'>' => tag = None,
            b'"' => {
                let (leaves, enters) = (double, tag.filter(|_| after_equals));
                tag = tag.filter(|_| !after_equals).max(leaves.map(|n| n + 1));
                double = enters;
            }
            b'\'' => {
                let (leaves, enters) = (single, tag.filter(|_| after_equals));
                tag = tag.filter(|_| !after_equals).max(leaves.map(|n| n + 1));
                single = enters;
            }
            b'<' if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => tag = tag.or(Some(0)),
            _ if gap && !after_gap => tag = tag.map(|n| n + 1),
            _ => {}
        }
        if tag.is_none() && double.is_none() && single.is_none() {
            break;
        }
        if tag.is_some_and(|n| n >= MAX_TAG_ATTRIBUTES) {
            cuts.push(at);
            return at + 1;
        }
        after_equals = byte == b'=' || (after_equals && gap);
        after_gap = gap;
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_is_left_alone() {
        let page =
            "<p class=\"a b\" title='x > y'>a < b</p><script>if (a<b) { c = \"</p>\" }</script>";
        assert!(matches!(limit(page), (Cow::Borrowed(_), false)));
        let image = format!(
            "<img src=\"data:image/png;base64,{}\">",
            "abc/def+".repeat(100_000)
        );
        assert!(matches!(limit(&image), (Cow::Borrowed(_), false)));
    }

    #[test]
    fn a_tag_with_endless_attributes_is_closed_early() {
        let slashes: String = (0..10_000).map(|n| format!("/a{n}")).collect();
        let quoted: String = (0..10_000).map(|n| format!("a{n}=\">\"")).collect();
        let spaced: String = (0..10_000).map(|n| format!("a{n}='<b \"' ")).collect();
        for attributes in [slashes, quoted, spaced] {
            for before in ["", "<script>if (a<b \"</script>", "<p title='"] {
                let page = format!("{before}<div {attributes}>text");
                let (limited, cut) = limit(&page);
                assert!(cut, "{before}");
                assert!(limited.len() > page.len());
            }
        }
    }
}
