//! Plain text, one article per file.

use crate::extract::SourceKind;
use crate::formats::{Code, Content, Fault, Format, FormatSpec, Parsed, ReadOptions, Record};
use crate::model::{Annotation, Metadata};

/// Plain text.
#[derive(Clone, Copy, Debug)]
pub struct PlainText;

const SPEC: FormatSpec = FormatSpec {
    name: "text",
    summary: "plain text, one article per file",
    extensions: &["txt", "text", "md", "markdown"],
    reads_bytes: true,
    ..FormatSpec::DEFAULT
};

impl Format for PlainText {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, _options: &ReadOptions) -> Result<Parsed, Fault> {
        whole_file(bytes, SourceKind::Text)
    }
}

/// Returns the record of a file that is one article.
pub(in crate::formats) fn whole_file(bytes: Vec<u8>, kind: SourceKind) -> Result<Parsed, Fault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::new(Code::EmptyFile, "the file is empty"));
    }
    if let Some(what) = not_text(&bytes) {
        return Err(Fault::new(
            Code::NotText,
            format!("the file is {what}, not text"),
        ));
    }
    Ok(Parsed {
        record: Record {
            id: None,
            content: Content::File(bytes, kind),
            annotation: Annotation::default(),
            annotator: String::new(),
            updated_at_ms: 0,
            meta: Metadata::default(),
        },
        warnings: Vec::new(),
    })
}

/// Returns the kind of a well-known binary file, by its first bytes.
pub(in crate::formats) fn not_text(bytes: &[u8]) -> Option<&'static str> {
    const SIGNS: [(&[u8], &str); 14] = [
        (b"%PDF-", "a PDF document"),
        (b"PK\x03\x04", "an archive or office document (ZIP)"),
        (b"\x89PNG\r\n", "a picture (PNG)"),
        (b"\xff\xd8\xff", "a picture (JPEG)"),
        (b"GIF8", "a picture (GIF)"),
        (b"\x7fELF", "a program"),
        (b"MZ\x90", "a program"),
        (b"SQLite format 3\0", "a database (SQLite)"),
        (b"\xd0\xcf\x11\xe0", "an old office document"),
        (b"{\\rtf", "a rich text document (RTF)"),
        (b"7z\xbc\xaf", "an archive (7-Zip)"),
        (b"Rar!\x1a", "an archive (RAR)"),
        (b"BZh9", "compressed (bzip2)"),
        (b"\x28\xb5\x2f\xfd", "compressed (Zstandard)"),
    ];
    SIGNS
        .iter()
        .find(|(sign, _)| bytes.starts_with(sign))
        .map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> Option<Code> {
        PlainText
            .parse(bytes.to_vec(), &ReadOptions::default())
            .err()
            .map(|fault| fault.code)
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(code(b"%PDF-1.7\n..."), Some(Code::NotText));
        assert_eq!(code(b" \r\n\t"), Some(Code::EmptyFile));
        assert_eq!(code(b""), Some(Code::EmptyFile));
        assert_eq!(code(b"Storm closes ferry"), None);
    }
}
