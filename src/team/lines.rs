//! History lines as the server keeps them.

use serde::{Deserialize, Serialize};

use crate::edit::{Action, Entry, EntryKind, Selection};
use crate::model::{BytePos, StartedFrom, Text};
use crate::store::codec::{self, CodecError};

/// The version of a line that this program writes, and the newest that it reads.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct LineDto {
    v: u32,
    kind: String,
    action: String,
    /// The transaction, as a dataset file has it.
    change: String,
    /// The selection before and after: anchor and head.
    selection: [u32; 4],
    at_ms: i64,
    started_from: String,
}

/// Writes history entries as the JSON list that a save takes.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_lines(entries: &[Entry]) -> Result<String, CodecError> {
    let lines: Vec<LineDto> = entries
        .iter()
        .map(|entry| {
            Ok(LineDto {
                v: VERSION,
                kind: entry.kind.as_str().to_owned(),
                action: entry.action.as_str().to_owned(),
                change: codec::write_transaction(&entry.transaction)?,
                selection: [
                    entry.before.anchor.0,
                    entry.before.head.0,
                    entry.after.anchor.0,
                    entry.after.head.0,
                ],
                at_ms: entry.at_ms,
                started_from: entry.started_from.to_words(),
            })
        })
        .collect::<Result<_, CodecError>>()?;
    serde_json::to_string(&lines).map_err(CodecError::new)
}

/// Reads a history entry of an annotation of `text`.
///
/// # Errors
/// If it is not what [`write_lines`] writes, or does not fit the text.
pub fn read_line(json: &str, text: &Text) -> Result<Entry, CodecError> {
    let line: LineDto = serde_json::from_str(json).map_err(CodecError::new)?;
    if line.v != VERSION {
        return Err(CodecError::new(format_args!(
            "version {} of a history line is not known: update Copydesk",
            line.v
        )));
    }
    let unknown = |what: &str, word: &str| CodecError::new(format_args!("unknown {what} {word:?}"));
    let [a, b, c, d] = line.selection.map(BytePos);
    Ok(Entry {
        kind: EntryKind::parse(&line.kind).ok_or_else(|| unknown("kind", &line.kind))?,
        action: Action::parse(&line.action).ok_or_else(|| unknown("action", &line.action))?,
        transaction: codec::read_transaction(&line.change, text)?,
        before: Selection::new(a, b),
        after: Selection::new(c, d),
        at_ms: line.at_ms,
        started_from: StartedFrom::parse(&line.started_from)
            .ok_or_else(|| unknown("start", &line.started_from))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::plan;
    use crate::model::notation;

    #[test]
    fn a_line_is_read_back() {
        let notated = notation::parse("nav?.25| Menu\nbody| {PERSON Ada} \"said\" so.").unwrap();
        let entry = Entry {
            kind: EntryKind::Edit,
            action: Action::Start,
            transaction: plan::start_from(&notated.annotation),
            before: Selection::default(),
            after: Selection::new(BytePos(1), BytePos(3)),
            at_ms: 17,
            started_from: StartedFrom::Suggestions { revision: 3 },
        };
        let list = write_lines(std::slice::from_ref(&entry)).unwrap();
        let line = list.trim_start_matches('[').trim_end_matches(']');
        assert_eq!(read_line(line, &notated.text).unwrap(), entry);
        let later = line.replacen("\"v\":1", "\"v\":2", 1);
        assert!(read_line(&later, &notated.text).is_err());
    }
}
