//! Decodes bytes: finds the encoding and normalises line ends.
//!
//! The encoding is, in this order: that of a byte order mark, UTF-16 if every second byte is NUL,
//! UTF-8 if valid, the one that the page declares, UTF-8 with a few invalid sequences, and last a
//! statistical guess on a prefix, because guessing is slower than parsing.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use super::{SourceKind, Warning};
use crate::model::Text;

/// The length of the prefix that is searched for NULs, in bytes.
const UTF16_PREFIX: usize = 4096;
/// How many bytes may precede the declared charset. The HTML standard says 1024; real pages exceed
/// it.
const DECLARED_PREFIX: usize = 8192;
/// How many bytes the statistical guess reads, from the first that is not ASCII.
const GUESS_BYTES: usize = 64 * 1024;

/// The characters of a file.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Lines end in a line feed; no byte order mark, no NUL.
    pub text: String,
    /// The encoding's name as the WHATWG spells it, such as `UTF-8` or `windows-1252`.
    pub encoding: &'static str,
    /// Warnings about characters that were replaced.
    pub warnings: Vec<Warning>,
}

/// Decodes a file. Invalid sequences and NULs become U+FFFD and are counted in a warning. At most
/// [`Text::MAX_LEN`] bytes of text come out.
#[must_use]
pub fn decode(bytes: &[u8], kind: SourceKind) -> Decoded {
    decode_as(bytes, kind, None)
}

/// Decodes a file whose sender named its encoding, as HTTP does. The name overrides the page's own
/// declaration, but not a byte order mark or valid UTF-8.
#[must_use]
pub fn decode_as(bytes: &[u8], kind: SourceKind, sent_as: Option<&'static Encoding>) -> Decoded {
    let mut warnings = Vec::new();
    let (encoding, bytes) = encoding_of(bytes, kind, sent_as);
    let bytes = &bytes[..bytes.len().min(Text::MAX_LEN)];
    let (decoded, broken) = encoding.decode_without_bom_handling(bytes);
    if broken {
        // U+FFFD that was in the file already does not count as lost.
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
    encoding_of(bytes, kind, None)
}

fn encoding_of<'a>(
    bytes: &'a [u8],
    kind: SourceKind,
    sent_as: Option<&'static Encoding>,
) -> (&'static Encoding, &'a [u8]) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding, &bytes[length..]);
    }
    if let Some(encoding) = utf16_by_nuls(bytes) {
        return (encoding, bytes);
    }
    let declared = sent_as.or_else(|| match kind {
        SourceKind::Html => declared_encoding(&bytes[..bytes.len().min(DECLARED_PREFIX)]),
        SourceKind::Text => None,
    });
    if let Some(encoding) = declared
        && !encoding.is_ascii_compatible()
        && encoding != ISO_2022_JP
    {
        return (encoding, bytes); // UTF-16, as only a sender can say
    }
    let Err(first) = std::str::from_utf8(bytes) else {
        // ISO-2022-JP is ASCII with escapes, hence valid UTF-8.
        let japanese = declared == Some(ISO_2022_JP) && memchr::memchr(0x1b, bytes).is_some();
        return (if japanese { ISO_2022_JP } else { UTF_8 }, bytes);
    };
    let from_first = &bytes[first.valid_up_to()..];
    let encoding = match declared {
        // As the HTML standard requires, invalid sequences are replaced and nothing is guessed.
        Some(encoding) if encoding == UTF_8 => UTF_8,
        Some(_) if is_utf8_beyond_doubt(from_first) || is_utf8_beyond_doubt(bytes) => UTF_8,
        Some(encoding) => encoding,
        None if is_mostly_utf8(from_first) || is_mostly_utf8(bytes) => UTF_8,
        None => guess_encoding(from_first),
    };
    (encoding, bytes)
}

/// A statistical guess at bytes that are not UTF-8, on a prefix.
#[must_use]
pub fn guess_encoding(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(GUESS_BYTES)], true);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 without a byte order mark, recognised by a NUL in every second byte of western text.
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

/// Returns true if the bytes are UTF-8 with few invalid sequences.
///
/// Multi-byte sequences are rarely valid by chance, so one outweighs an invalid sequence, and a
/// longer one several. A character cut off by the end does not count as invalid.
#[must_use]
pub fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (good, bad) = utf8_signs(bytes, |c| c.len_utf8() - 1);
    good > 0 && good >= bad
}

/// Returns true if the bytes are UTF-8 so clearly that a page's other declaration is ignored.
fn is_utf8_beyond_doubt(bytes: &[u8]) -> bool {
    let (good, bad) = utf8_signs(bytes, |c| usize::from(!c.is_ascii()));
    good > 4 * bad.max(1)
}

/// The weight of valid sequences in a prefix, and the number of invalid ones.
fn utf8_signs(bytes: &[u8], weight: impl Fn(char) -> usize) -> (usize, usize) {
    let sample = &bytes[..bytes.len().min(GUESS_BYTES)];
    let (mut good, mut bad) = (0_usize, 0_usize);
    let mut left = sample.len();
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().map(&weight).sum::<usize>();
        left -= chunk.valid().len() + chunk.invalid().len();
        let is_cut = left == 0
            && str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        bad += usize::from(!chunk.invalid().is_empty() && !is_cut);
        // A lead byte with what must follow it is a sign, too; alone it is a letter of many other
        // encodings.
        good += usize::from(is_cut && chunk.invalid().len() >= 2);
    }
    (good, bad)
}

/// The encoding that a page's `<meta>` or XML declaration names. UTF-16 cannot be declared in
/// ASCII, so it means UTF-8.
#[must_use]
pub fn declared_encoding(head: &[u8]) -> Option<&'static Encoding> {
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
    fn a_page_that_declares_utf8_is_utf8_whatever_is_broken() {
        let page = b"<meta charset=utf-8><p>Caf\xe9 Nord";
        let decoded = decode(page, SourceKind::Html);
        assert!(
            decoded.text.ends_with("Caf\u{fffd} Nord"),
            "{}",
            decoded.text
        );
        assert_eq!(decoded.warnings[0].code, "invalid-bytes");
    }

    #[test]
    fn one_bad_byte_makes_no_mojibake() {
        for (good, bad) in [
            ("“We asked twice,” she said. ", &b"Caf\xe9"[..]),
            ("The Zürich office. ", b"Caf\xe9 Nord"),
            ("The operator’s answer ", b"\xe2\x80"),
            ("Паром отходит. ", b"\xff"),
        ] {
            for bytes in [
                [good.as_bytes(), bad].concat(),
                [bad, b" ", good.as_bytes()].concat(),
            ] {
                let decoded = decode(&bytes, SourceKind::Text);
                assert_eq!(decoded.encoding, "UTF-8", "{good}");
                assert!(decoded.text.contains(good.trim()), "{}", decoded.text);
                assert_eq!(decoded.warnings.len(), 1, "{good}");
            }
        }
    }

    #[test]
    fn encodings_of_a_byte_or_two_are_not_taken_for_utf8() {
        use encoding_rs::{EUC_KR, GBK, IBM866, ISO_8859_7, KOI8_R, SHIFT_JIS, WINDOWS_874};

        let russian =
            "Паром отходит в полдень, сказал капитан порта. Раньше старый паром стоял у причала.";
        for (encoding, words) in [
            (IBM866, russian),
            (KOI8_R, russian),
            (
                GBK,
                "港口办公室星期二表示，夜班渡轮将在月底停航。市长林海对议会说，补贴在春天已经用完。",
            ),
            (
                SHIFT_JIS,
                "港湾局は火曜日、夜間フェリーを月末に停止すると発表した。市長は議会で説明した。",
            ),
            (
                EUC_KR,
                "항만 사무소는 화요일 야간 여객선이 월말에 중단된다고 밝혔다. 시장은 의회에서 설명했다.",
            ),
            (
                WINDOWS_874,
                "สำนักงานท่าเรือกล่าวเมื่อวันอังคารว่าเรือข้ามฟากกลางคืนจะหยุดให้บริการสิ้นเดือนนี้",
            ),
            (
                ISO_8859_7,
                "Το λιμεναρχείο ανακοίνωσε την Τρίτη ότι το νυχτερινό πλοίο σταματά.",
            ),
        ] {
            let (bytes, _, _) = encoding.encode(words);
            assert!(!is_mostly_utf8(&bytes), "{}", encoding.name());
        }
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
