//! Reading: the lines of a document as a text with tags.

use std::collections::BTreeSet;
use std::ops::Range;

use super::LEVELS;
use super::escapes::unspaces;
use crate::formats::reading::iob_tags::{is_outside, is_tag};

/// Other names of the tags, as in NorNE and in spaCy's reader.
const NAMES: [&str; 6] = ["name", "NE", "NER", "NER_TAG", "NERTAG", "NamedEntity"];

/// A document that is being read.
#[derive(Default)]
pub(super) struct ConlluDocument {
    pub(super) text: String,
    pub(super) tokens: Vec<Range<usize>>,
    pub(super) levels: Vec<Vec<String>>,
    pub(super) id: Option<String>,
    pub(super) metadata: Option<String>,
    pub(super) regions: Vec<(i64, i64, String)>,
    pub(super) entities: Vec<(i64, i64, String)>,
    /// Words up to this number are parts of a multiword token.
    pub(super) inside: u64,
    /// The numbers of lines that have too few columns.
    pub(super) short: Vec<u64>,
    /// Fields of MISC that look like labels and are not read.
    pub(super) other: BTreeSet<String>,
}

impl ConlluDocument {
    /// Reads a line. Returns `false` if it has too few columns for a label.
    pub(super) fn line(&mut self, line: &str) -> bool {
        // The line of a word begins with its number.
        if let Some(comment) = line.strip_prefix('#') {
            self.comment(comment.trim_start());
            return true;
        }
        if line.trim().is_empty() {
            self.inside = 0;
            return true;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let (Some(number), Some(form)) = (columns.first(), columns.get(1)) else {
            return false;
        };
        let misc = columns.get(9).copied().unwrap_or("_");
        if number.contains('.') {
            return true; // an empty node: nothing of it is written
        }
        if let Some((_, last)) = number.split_once('-') {
            self.inside = last.parse().unwrap_or_default();
        } else if number
            .parse::<u64>()
            .is_ok_and(|number| number <= self.inside)
        {
            // Of a part of a multiword token, only the tags are read.
            self.tags(misc);
            return columns.len() > 9;
        }
        let get = |name: &str| {
            misc.split('|')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        if let Some(before) = get("SpacesBefore") {
            self.text.push_str(&unspaces(before));
        }
        if get("Empty").is_none() {
            let start = self.text.len();
            self.text.push_str(form);
            self.tokens.push(start..self.text.len());
            self.tags(misc);
        }
        match (get("SpacesAfter"), get("SpaceAfter")) {
            (Some(after), _) => self.text.push_str(&unspaces(after)),
            (None, Some("No")) => {}
            _ => self.text.push(' '),
        }
        columns.len() > 9
    }

    pub(super) fn tags(&mut self, misc: &str) {
        let at = self.tokens.len().saturating_sub(1);
        for pair in misc.split('|') {
            let (name, tag) = match pair.split_once('=') {
                Some(named) => named,
                None if is_tag(pair) => ("NER", pair),
                None => continue,
            };
            let level = match name.strip_prefix("NER").map(str::parse::<usize>) {
                _ if name == "NER" => 0,
                Some(Ok(number)) if (2..=LEVELS).contains(&number) => number - 1,
                _ if is_tag(tag) && NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) => 0,
                _ => {
                    if (is_tag(tag) && tag != "O") || name == "Entity" {
                        self.other.insert(format!("{name} in MISC"));
                    }
                    continue;
                }
            };
            if !is_tag(tag) && !is_outside(tag) {
                self.other
                    .insert(format!("labels of {name} without B- or I-"));
            }
            while self.levels.len() <= level {
                self.levels.push(Vec::new());
            }
            let tags = &mut self.levels[level];
            if tags.len() > at {
                continue; // another part of the word, or another name of the field, has said it
            }
            tags.resize(at, String::new());
            tags.push(tag.to_owned());
        }
    }

    pub(super) fn comment(&mut self, comment: &str) {
        let Some((name, value)) = comment.split_once('=') else {
            return;
        };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name.trim() {
            "newdoc id" => self.id = Some(value.trim().to_owned()),
            "copydesk" => self.metadata = Some(value.to_owned()),
            kind @ ("regions" | "entities") => {
                let list = if kind == "regions" {
                    &mut self.regions
                } else {
                    &mut self.entities
                };
                list.extend(
                    serde_json::from_str::<Vec<(i64, i64, String)>>(value).unwrap_or_default(),
                );
            }
            _ => {}
        }
    }
}
