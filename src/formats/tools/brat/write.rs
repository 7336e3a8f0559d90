//! Writing: a `.txt` and an `.ann` file for each article.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use super::{METADATA_NOTE, REGION, UNIT};
use crate::formats::writing::file_names::file_stem;
use crate::formats::{ExportTarget, RecordView, RecordWriter, metadata};
use crate::model::{BytePos, Label, Span, Text};

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

pub(super) fn is_in_fragments(text: &Text, span: Span) -> bool {
    text.slice(span).contains(is_line_break)
}

/// Splits a span into fragments without line breaks and without white space at their edges.
pub(super) fn fragments(text: &Text, span: Span) -> Vec<Span> {
    if !is_in_fragments(text, span) {
        return vec![span];
    }
    let words = text.slice(span);
    let mut out = Vec::new();
    for line in words.split(is_line_break) {
        let start = span.start().index() + (line.as_ptr() as usize - words.as_ptr() as usize);
        let found = text.span(
            BytePos::from_index(start),
            BytePos::from_index(start + line.len()),
        );
        out.extend(found.ok().and_then(|line| text.trim(line)));
    }
    out
}

/// Returns a label that brat's parser accepts: letters, digits, `-` and `_`.
pub(super) fn type_name(label: &Label) -> String {
    label.as_str().replace(
        |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'),
        "_",
    )
}

/// Writes the folder.
#[derive(Default)]
pub(super) struct BratFolder {
    pub(super) taken: BTreeSet<String>,
    pub(super) names: BTreeSet<String>,
    pub(super) configured: BTreeSet<String>,
}

impl RecordWriter for BratFolder {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        self.configured.insert(part.to_owned());
        let stem = file_stem(record.article.id.as_str(), part, &mut self.taken);
        let text = &record.article.text;
        target
            .create(&format!("{stem}.txt"))?
            .write_all(text.as_str().as_bytes())?;
        let mut notes = String::new();
        let mut marks = 0_u32;
        let mut mark = |span: Span, label: &Label, notes: &mut String| {
            marks += 1;
            let fragments = fragments(text, span);
            let offsets: Vec<String> = fragments
                .iter()
                .map(|fragment| {
                    format!(
                        "{} {}",
                        UNIT.of(text, fragment.start()),
                        UNIT.of(text, fragment.end())
                    )
                })
                .collect();
            let words: Vec<&str> = fragments.iter().map(|part| text.slice(*part)).collect();
            let name = type_name(label);
            notes.push_str(&format!(
                "T{marks}\t{name} {}\t{}\n",
                offsets.join(";"),
                words.join(" ")
            ));
            self.names.insert(name);
            marks
        };
        for (index, region) in record.annotation.regions().iter().enumerate() {
            let id = mark(region.span, &region.label, &mut notes);
            notes.push_str(&format!("A{}\t{REGION} T{id}\n", index + 1));
        }
        for entity in record.annotation.entities() {
            mark(entity.span, &entity.label, &mut notes);
        }
        let about = if marks > 0 { "T1" } else { "T0" };
        let metadata = serde_json::to_string(&metadata::to_map(record)).unwrap_or_default();
        notes.push_str(&format!("#1\t{METADATA_NOTE} {about}\t{metadata}\n"));
        target
            .create(&format!("{stem}.ann"))?
            .write_all(notes.as_bytes())?;
        Ok(true)
    }

    fn finish(self: Box<Self>, target: &mut dyn ExportTarget) -> io::Result<()> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let config = format!(
            "[entities]\n{}\n\n[relations]\n\n[events]\n\n[attributes]\n{REGION}\tArg:<ENTITY>\n",
            names.join("\n")
        );
        for part in &self.configured {
            let folder = if part.is_empty() {
                String::new()
            } else {
                format!("{part}/")
            };
            target
                .create(&format!("{folder}annotation.conf"))?
                .write_all(config.as_bytes())?;
        }
        Ok(())
    }
}
