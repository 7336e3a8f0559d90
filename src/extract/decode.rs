//! Bytes to characters: which encoding, and one kind of line end.
//!
//! The order: a byte order mark, UTF-16 betrayed by its NULs, valid UTF-8, what the page declares, UTF-8 with a few
//! broken places, and only then a statistical guess, on a prefix, because guessing is slower than parsing.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use super::{SourceKind, Warning};
use crate::model::Text;

/// How many bytes the signs of UTF-16 are looked for in.
const UTF16_PREFIX: usize = 4096;
/// How many bytes of a page may stand before the declared charset; the standard says 1024, pages say otherwise.
const DECLARED_PREFIX: usize = 8192;
/// How many bytes, from the first that is not ASCII, the statistical guess sees.
const GUESS_BYTES: usize = 64 * 1024;

/// The characters of a file.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Lines end in a line feed; no byte order mark, no NUL.
    pub text: String,
    /// The encoding's name as the WHATWG spells it, such as `UTF-8` or `windows-1252`.
    pub encoding: &'static str,
    /// What was lost, counted.
    pub warnings: Vec<Warning>,
}

/// Decodes a file. What is no character in its encoding becomes U+FFFD and is counted in a warning;
/// so does NUL. At most [`Text::MAX_LEN`] bytes of text come out.
#[must_use]
pub fn decode(bytes: &[u8], kind: SourceKind) -> Decoded {
    let mut warnings = Vec::new();
    let (encoding, bytes) = find_encoding(bytes, kind);
    let bytes = &bytes[..bytes.len().min(Text::MAX_LEN)];
    let (decoded, broken) = encoding.decode_without_bom_handling(bytes);
    if broken {
        // A file may hold U+FFFD by right, so what was there before does not count as lost.
        let own = if encoding == UTF_8 {
            memchr::memmem::find_iter(bytes, "\u{fffd}").count()
        } else {
            0
        };
        let lost = memchr::memmem::find_iter(decoded.as_bytes(), "\u{fffd}")
            .count()
            .saturating_sub(own);
        warnings.push(Warning::new(
            "invalid-bytes",
            format!(
                "{lost} {} no text in {}; each was replaced by U+FFFD.",
                if lost == 1 { "place is" } else { "places are" },
                encoding.name()
            ),
        ));
    }
    let (mut text, nuls) = tidy(decoded);
    if nuls > 0 {
        warnings.push(Warning::new(
            "nul",
            format!("{nuls} NUL characters were replaced by U+FFFD."),
        ));
    }
    if bytes.len() == Text::MAX_LEN || text.len() > Text::MAX_LEN {
        let mut end = text.len().min(Text::MAX_LEN);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        warnings.push(Warning::new(
            "too-long",
            format!(
                "The file is too long: only its first {} MiB were read.",
                Text::MAX_LEN >> 20
            ),
        ));
    }
    Decoded {
        text,
        encoding: encoding.name(),
        warnings,
    }
}

/// The encoding, and the bytes without the byte order mark.
pub(super) fn find_encoding(bytes: &[u8], kind: SourceKind) -> (&'static Encoding, &[u8]) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding, &bytes[length..]);
    }
    if let Some(encoding) = utf16_by_nuls(bytes) {
        return (encoding, bytes);
    }
    let declared = match kind {
        SourceKind::Html => declared_charset(&bytes[..bytes.len().min(DECLARED_PREFIX)]),
        SourceKind::Text => None,
    };
    let Err(first) = std::str::from_utf8(bytes) else {
        // ISO-2022-JP is ASCII with escapes, hence valid UTF-8.
        let japanese = declared == Some(ISO_2022_JP) && memchr::memchr(0x1b, bytes).is_some();
        return (if japanese { ISO_2022_JP } else { UTF_8 }, bytes);
    };
    if is_mostly_utf8(&bytes[first.valid_up_to()..]) || is_mostly_utf8(bytes) {
        return (UTF_8, bytes);
    }
    if let Some(encoding) = declared
        && encoding != UTF_8
    {
        return (encoding, bytes);
    }
    let from = first.valid_up_to();
    let sample = &bytes[from..bytes.len().min(from + GUESS_BYTES)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    (detector.guess(None, Utf8Detection::Deny), bytes)
}

/// UTF-16 without a byte order mark, known by the NULs that every second byte of western text has.
fn utf16_by_nuls(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(UTF16_PREFIX)];
    let pairs = head.len() / 2;
    if pairs < 2 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let nuls = |at: usize| {
        head.iter()
            .skip(at)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (high, low) = (nuls(0), nuls(1));
    // A tenth, because most of a Japanese page's text is not ASCII, but its tags and spaces are.
    if low * 10 >= pairs && high * 20 <= low {
        Some(UTF_16LE)
    } else if high * 10 >= pairs && low * 20 <= high {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether a few broken places are the exception in what is else UTF-8; other encodings hardly ever look like it.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(GUESS_BYTES)];
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 4 * bad.max(1)
}

/// The charset that a page's `<meta>` or XML declaration names. UTF-16 cannot be declared in ASCII, so it means UTF-8.
fn declared_charset(head: &[u8]) -> Option<&'static Encoding> {
    let lower: Vec<u8> = head.to_ascii_lowercase();
    for key in [&b"charset"[..], b"encoding"] {
        for at in memchr::memmem::find_iter(&lower, key) {
            let rest = lower[at + key.len()..].trim_ascii_start();
            let Some(rest) = rest.strip_prefix(b"=") else {
                continue;
            };
            let rest = rest.trim_ascii_start();
            let rest = rest
                .strip_prefix(b"\"")
                .or(rest.strip_prefix(b"'"))
                .unwrap_or(rest);
            let end = rest
                .iter()
                .position(|b| {
                    matches!(b, b'"' | b'\'' | b';' | b'>' | b'/' | b'?') || b.is_ascii_whitespace()
                })
                .unwrap_or(rest.len());
            if let Some(encoding) = Encoding::for_label(&rest[..end]) {
                let utf16 = encoding == UTF_16BE || encoding == UTF_16LE;
                return Some(if utf16 { UTF_8 } else { encoding });
            }
        }
    }
    None
}

/// CR LF and CR to LF, NUL to U+FFFD (counted).
fn tidy(text: Cow<'_, str>) -> (String, usize) {
    if memchr::memchr2(b'\r', 0, text.as_bytes()).is_none() {
        return (text.into_owned(), 0);
    }
    let mut out = String::with_capacity(text.len());
    let mut nuls = 0;
    let mut rest: &str = &text;
    while let Some(at) = memchr::memchr2(b'\r', 0, rest.as_bytes()) {
        let (before, after) = rest.split_at(at); // both are ASCII, so this is a boundary
        out.push_str(before);
        if let Some(tail) = after.strip_prefix("\r\n").or(after.strip_prefix('\r')) {
            out.push('\n');
            rest = tail;
        } else {
            out.push('\u{fffd}');
            nuls += 1;
            rest = after.strip_prefix('\0').unwrap_or_default();
        }
    }
    out.push_str(rest);
    (out, nuls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn byte_order_marks_are_obeyed_and_dropped() {
        for (bytes, name) in [
            (b"\xef\xbb\xbfna\xc3\xafve".to_vec(), "UTF-8"),
            (
                [&b"\xff\xfe"[..], &utf16("naïve", true)].concat(),
                "UTF-16LE",
            ),
            (
                [&b"\xfe\xff"[..], &utf16("naïve", false)].concat(),
                "UTF-16BE",
            ),
        ] {
            let decoded = decode(&bytes, SourceKind::Text);
            assert_eq!((decoded.text.as_str(), decoded.encoding), ("naïve", name));
            assert_eq!(decoded.warnings, []);
        }
    }

    #[test]
    fn utf16_without_a_mark_is_known_by_its_nuls() {
        let text = "The ferry sails at noon.\nПаром отходит в полдень.";
        assert_eq!(decode(&utf16(text, true), SourceKind::Text).text, text);
        assert_eq!(decode(&utf16(text, false), SourceKind::Html).text, text);
    }

    #[test]
    fn a_page_says_what_it_is_written_in_and_is_believed_unless_it_is_plainly_utf8() {
        let page = b"<html><head><meta charset=\"windows-1251\"></head>\xcf\xe0\xf0\xee\xec";
        let decoded = decode(page, SourceKind::Html);
        assert_eq!(decoded.encoding, "windows-1251");
        assert!(decoded.text.ends_with("Паром"));

        let lie = "<meta charset=iso-8859-1><p>Paróm ütés".as_bytes();
        assert_eq!(decode(lie, SourceKind::Html).encoding, "UTF-8");

        let old = b"<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'>\xf5";
        assert!(decode(old, SourceKind::Html).text.ends_with('ő'));
    }

    #[test]
    fn undeclared_text_is_guessed() {
        let cyrillic = encoding_rs::WINDOWS_1251
            .encode("Паром отходит в полдень, сказал капитан порта.")
            .0;
        let decoded = decode(&cyrillic, SourceKind::Text);
        assert_eq!(
            decoded.text,
            "Паром отходит в полдень, сказал капитан порта."
        );
        let western = decode(b"Le caf\xe9 est ferm\xe9 cet \xe9t\xe9.", SourceKind::Text);
        assert_eq!(western.text, "Le café est fermé cet été.");
    }

    #[test]
    fn a_few_broken_bytes_do_not_make_utf8_something_else() {
        let mut bytes = "Ő ütött-kopott űrhajója: árvíztűrő tükörfúrógép."
            .as_bytes()
            .to_vec();
        bytes.extend(b"\xff \xc3");
        let decoded = decode(&bytes, SourceKind::Text);
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.text.ends_with("gép.\u{fffd} \u{fffd}"));
        assert_eq!(decoded.warnings.len(), 1);
        assert_eq!(decoded.warnings[0].code, "invalid-bytes");
        assert!(
            decoded.warnings[0].message.starts_with("2 places"),
            "{}",
            decoded.warnings[0].message
        );
    }

    #[test]
    fn line_ends_and_nuls_are_made_one_kind() {
        let decoded = decode(b"a\r\nb\rc\n\r\n\rd\0e", SourceKind::Text);
        assert_eq!(decoded.text, "a\nb\nc\n\n\nd\u{fffd}e");
        assert_eq!(decoded.warnings[0].code, "nul");
    }

    #[test]
    fn nothing_is_nothing() {
        let decoded = decode(b"", SourceKind::Html);
        assert_eq!((decoded.text.as_str(), decoded.encoding), ("", "UTF-8"));
    }
}
