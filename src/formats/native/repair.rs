//! Repair of lines that are almost JSON: lone surrogates and invalid UTF-8, as scrapers leave them.

/// Replaces each escape of a lone surrogate by `\ufffd`, and returns how many there were.
///
/// The length and the number of code points, as Python counts them, stay the same.
pub(super) fn lone_surrogates(line: &mut [u8]) -> usize {
    let mut lone = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', line.get(at..).unwrap_or_default()) {
        at += found;
        match surrogate(line, at) {
            None => at += 2, // another escape, such as `\\` or `\n`
            Some(Half::High) if surrogate(line, at + 6) == Some(Half::Low) => at += 12,
            Some(Half::High | Half::Low) => {
                if let Some(escape) = line.get_mut(at..at + 6) {
                    escape.copy_from_slice(b"\\ufffd");
                }
                lone += 1;
                at += 6;
            }
        }
    }
    lone
}

#[derive(PartialEq, Eq)]
enum Half {
    High,
    Low,
}

/// Returns which half of a surrogate pair the escape at `at` is.
fn surrogate(line: &[u8], at: usize) -> Option<Half> {
    let [b'\\', b'u', digits @ ..] = line.get(at..at + 6)? else {
        return None;
    };
    let unit = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    match unit {
        0xd800..=0xdbff => Some(Half::High),
        0xdc00..=0xdfff => Some(Half::Low),
        _ => None,
    }
}

/// Replaces invalid UTF-8 by U+FFFD, and returns in how many places; `None` if it is valid.
pub(super) fn invalid_utf8(line: &[u8]) -> Option<(Vec<u8>, usize)> {
    std::str::from_utf8(line).err()?;
    let mut mended = Vec::with_capacity(line.len() + 16);
    let mut places = 0;
    for chunk in line.utf8_chunks() {
        mended.extend_from_slice(chunk.valid().as_bytes());
        if !chunk.invalid().is_empty() {
            mended.extend_from_slice("\u{fffd}".as_bytes());
            places += 1;
        }
    }
    Some((mended, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(line: &str) -> (String, usize) {
        let mut bytes = line.as_bytes().to_vec();
        let lone = lone_surrogates(&mut bytes);
        (String::from_utf8(bytes).unwrap(), lone)
    }

    #[test]
    fn halves_go_and_pairs_stay() {
        assert_eq!(
            mended(r#""\ud83d\ude00""#),
            (r#""\ud83d\ude00""#.to_owned(), 0)
        );
        assert_eq!(mended(r#""\ud83d""#), (r#""\ufffd""#.to_owned(), 1));
        assert_eq!(
            mended(r#""\uDE00x\ud83d\ud83d\ude00""#),
            (r#""\ufffdx\ufffd\ud83d\ude00""#.to_owned(), 2)
        );
        assert_eq!(
            mended(r#""\\ud83d \n \u00e9""#),
            (r#""\\ud83d \n \u00e9""#.to_owned(), 0)
        );
        assert_eq!(mended(r#""\ud83"#), (r#""\ud83"#.to_owned(), 0));
        assert_eq!(mended("\\"), ("\\".to_owned(), 0));
    }

    #[test]
    fn bytes_that_are_no_text_are_counted() {
        assert_eq!(invalid_utf8("naïve".as_bytes()), None);
        assert_eq!(
            invalid_utf8(b"a\xffb\xc3"),
            Some(("a\u{fffd}b\u{fffd}".as_bytes().to_vec(), 2))
        );
    }
}
