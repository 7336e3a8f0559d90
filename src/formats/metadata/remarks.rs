//! Remarks as they travel in metadata, in up to three fields.
//!
//! - `remark`: the text of a single remark on the whole article.
//! - `remarks`: a JSON list `[{"start","end","text"}]` for several remarks, or remarks on a place.
//! - `remark_threads`: who wrote them, the answers, and who resolved them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::remark_threads;
use crate::formats::OffsetUnit;
use crate::model::{Remark, Text};

/// The field of a single remark on the article.
pub(super) const REMARK: &str = "remark";
/// The field of several remarks.
pub(super) const REMARKS: &str = "remarks";

/// A remark in the list of several.
#[derive(Serialize, Deserialize)]
struct RawRemark {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
    text: String,
}

/// Returns the metadata fields that hold these remarks of a text.
pub(in crate::formats) fn fields<'r>(
    remarks: &'r [Remark],
    text: &Text,
    unit: OffsetUnit,
) -> Vec<(&'static str, Cow<'r, str>)> {
    let mut fields = Vec::new();
    match remarks {
        [] => {}
        [Remark { at: None, text, .. }] => fields.push((REMARK, text.into())),
        several => fields.push((REMARKS, print(several, text, unit).into())),
    }
    let threads = remark_threads::print(remarks);
    fields.extend(threads.map(|list| (remark_threads::NAME, list.into())));
    fields
}

/// Takes the remarks out of the metadata of a text. A field that makes no sense stays.
pub(in crate::formats) fn take(
    meta: &mut BTreeMap<String, String>,
    text: &Text,
    unit: OffsetUnit,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if meta
        .get(REMARK)
        .is_some_and(|words| !words.trim().is_empty())
    {
        remarks.extend(meta.remove(REMARK).map(|words| Remark::new(None, words)));
    }
    if let Some(several) = meta.get(REMARKS).and_then(|list| parse(list, text, unit)) {
        meta.remove(REMARKS);
        remarks.extend(several);
    }
    if let Some(list) = meta.get(remark_threads::NAME)
        && remark_threads::attach(&mut remarks, list).is_some()
    {
        meta.remove(remark_threads::NAME);
    }
    remarks
}

fn print(remarks: &[Remark], text: &Text, unit: OffsetUnit) -> String {
    let list = remarks.iter().map(|remark| RawRemark {
        start: remark.at.map(|span| unit.of(text, span.start())),
        end: remark.at.map(|span| unit.of(text, span.end())),
        text: remark.text.clone(),
    });
    // Numbers and strings are always JSON.
    serde_json::to_string(&list.collect::<Vec<_>>()).unwrap_or_default()
}

fn parse(list: &str, text: &Text, unit: OffsetUnit) -> Option<Vec<Remark>> {
    let list: Vec<RawRemark> = serde_json::from_str(list).ok()?;
    let remarks = list.into_iter().map(|raw| {
        let at = match (raw.start, raw.end) {
            (Some(start), Some(end)) => Some(unit.span(text, start, end).ok()?),
            _ => None,
        };
        Some(Remark::new(at, raw.text))
    });
    remarks.collect()
}
