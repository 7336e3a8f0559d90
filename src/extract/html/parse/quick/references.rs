//! Character references, as the standard reads them.

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// The text with its character references resolved; borrowed if it has none.
pub fn resolve(raw: &str, in_attribute: bool) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let used = one(after, in_attribute, &mut out);
        if used == 0 {
            out.push('&');
        }
        rest = &after[used..];
        let until = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..until]);
        rest = &rest[until..];
    }
    Cow::Owned(out)
}

/// Reads one reference behind its `&`, and returns how many bytes it took; 0 if it is none.
pub(in crate::extract::html) fn one(after: &str, in_attribute: bool, out: &mut String) -> usize {
    let bytes = after.as_bytes();
    match bytes.first() {
        Some(b'#') => number(bytes, out),
        Some(byte) if byte.is_ascii_alphanumeric() => name(after, in_attribute, out),
        _ => 0,
    }
}

fn number(bytes: &[u8], out: &mut String) -> usize {
    let (radix, from) = match bytes.get(1) {
        Some(b'x' | b'X') => (16, 2),
        _ => (10, 1),
    };
    let mut value: u32 = 0;
    let mut at = from;
    while let Some(digit) = bytes
        .get(at)
        .and_then(|byte| char::from(*byte).to_digit(radix))
    {
        value = value
            .saturating_mul(radix)
            .saturating_add(digit)
            .min(0x0011_0000);
        at += 1;
    }
    if at == from {
        return 0;
    }
    let replaced = match value {
        0x80..=0x9f => C1_REPLACEMENTS[value as usize - 0x80],
        _ => None,
    };
    let c = replaced.or_else(|| char::from_u32(value).filter(|c| *c != '\0'));
    out.push(c.unwrap_or('\u{fffd}'));
    at + usize::from(bytes.get(at) == Some(&b';'))
}

fn name(after: &str, in_attribute: bool, out: &mut String) -> usize {
    // Nearly all that are met.
    for (common, c) in [
        ("nbsp;", '\u{a0}'),
        ("amp;", '&'),
        ("quot;", '"'),
        ("lt;", '<'),
        ("gt;", '>'),
        ("raquo;", '»'),
        ("rsquo;", '’'),
    ] {
        if after.starts_with(common) {
            out.push(c);
            return common.len();
        }
    }
    // The table holds the beginnings of names, too, so that the longest name is found step by step.
    let mut found: Option<(usize, (u32, u32))> = None;
    for (at, byte) in after.bytes().enumerate() {
        if !byte.is_ascii() {
            break;
        }
        match NAMED_ENTITIES.get(&after[..=at]) {
            Some(&(0, _)) => {}
            Some(&characters) => found = Some((at + 1, characters)),
            None => break,
        }
    }
    let Some((used, (first, second))) = found else {
        return 0;
    };
    let next = after.as_bytes().get(used);
    let is_closed = after[..used].ends_with(';');
    // For historical reasons `?a=1&copy=2` is left alone.
    if in_attribute
        && !is_closed
        && next.is_some_and(|next| *next == b'=' || next.is_ascii_alphanumeric())
    {
        return 0;
    }
    out.extend(char::from_u32(first));
    out.extend(char::from_u32(second).filter(|c| *c != '\0'));
    used
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn references_by_number_and_by_name() {
        for (raw, text) in [
            ("Smith &amp; Sons", "Smith & Sons"),
            ("&#8220;x&#x201D;", "“x”"),
            (
                "&#147;x&#0;&#x110000;&#xD800;",
                "“x\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("AT&T &; &#; &#x; &", "AT&T &; &#; &#x; &"),
            ("&notit; &notin; &noti", "¬it; ∉ ¬i"),
            ("&copy2026 &Uuml;ber", "©2026 Über"),
            ("&nGt;", "≫\u{20d2}"),
            ("&é", "&é"),
        ] {
            assert_eq!(resolve(raw, false), text, "{raw}");
        }
    }

    #[test]
    fn an_address_keeps_its_parameters() {
        assert_eq!(resolve("?a=1&copy=2&amp;b", true), "?a=1&copy=2&b");
        assert_eq!(resolve("&copy", true), "©");
    }
}
