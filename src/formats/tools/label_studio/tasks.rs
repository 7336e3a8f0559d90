//! Reads the tasks of a file. A task that this program wrote for several annotators becomes one
//! record for each.

use std::collections::VecDeque;
use std::io;

use serde_json::{Value, json};

use super::write::OWN;
use crate::formats::reading::json_objects::JsonObjectReader;
use crate::formats::{Bounds, Input, RawRecord, RawRecords};

/// The tasks of a stream.
pub(super) struct Tasks<'a> {
    objects: JsonObjectReader<'a>,
    waiting: VecDeque<RawRecord>,
}

impl<'a> Tasks<'a> {
    /// Begins to read.
    pub(super) fn new(input: Input<'a>, bounds: Bounds) -> io::Result<Self> {
        Ok(Self {
            objects: JsonObjectReader::new(input, bounds)?,
            waiting: VecDeque::new(),
        })
    }
}

impl RawRecords for Tasks<'_> {
    fn next(&mut self) -> io::Result<Option<RawRecord>> {
        if let Some(piece) = self.waiting.pop_front() {
            return Ok(Some(piece));
        }
        let Some(piece) = self.objects.next()? else {
            return Ok(None);
        };
        let tasks = piece.bytes.as_deref().ok().and_then(apart);
        let Some(tasks) = tasks else {
            return Ok(Some(piece));
        };
        let line = piece.line;
        self.waiting.extend(tasks.into_iter().map(|task| RawRecord {
            line,
            bytes: Ok(task.to_string().into_bytes()),
        }));
        Ok(self.waiting.pop_front())
    }

    fn is_ready(&self) -> bool {
        !self.waiting.is_empty() || self.objects.is_ready()
    }
}

/// Splits a task into one for each annotator; `None` if it has one annotator or was written by
/// another program.
fn apart(bytes: &[u8]) -> Option<Vec<Value>> {
    // Other tasks are not read twice.
    let mut names = memchr::memmem::find_iter(bytes, b"\"copydesk\"");
    let is_field = |at: usize| {
        let after = bytes.get(at + OWN.len() + 2..).unwrap_or_default();
        after.trim_ascii_start().first() == Some(&b':')
    };
    if !names.any(is_field) {
        return None;
    }
    let task: Value = serde_json::from_slice(bytes).ok()?;
    let annotations = task["annotations"].as_array()?;
    if annotations.len() < 2 || !annotations.iter().all(|one| one[OWN].is_object()) {
        return None;
    }
    let of = |annotation: &Value| {
        let mut task = task.clone();
        task["annotations"] = json!([annotation]);
        if let Some(predictions) = task["predictions"].as_array_mut() {
            predictions.retain(|one| one[OWN]["annotator"] == annotation[OWN]["annotator"]);
        }
        task
    };
    Some(annotations.iter().map(of).collect())
}
