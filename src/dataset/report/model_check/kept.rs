//! What a check found, kept in the dataset until the labels change; and what a person dismissed.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use serde_json::{Value, json};

use super::{Doubt, DoubtKind, Elsewhere, ModelCheck, span_of};
use crate::edit::LabelKind;
use crate::model::Label;
use crate::store::{ArticleKey, Revision, Store};

/// The setting that holds the last check of an annotator's work; the name follows.
const KEPT: &str = "model_check ";
/// The setting that holds the marks of dismissed doubts.
const DISMISSED: &str = "model_check_dismissed";
/// The largest number of dismissed doubts that are remembered: the last ones.
const MOST_DISMISSED: usize = 20_000;
/// The version of what is kept.
const VERSION: u64 = 1;

/// A check that was kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptCheck {
    /// The doubts that still hold, the most doubtful first.
    pub doubts: Vec<Doubt>,
    /// When the check ended, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The number of finished articles that were checked.
    pub articles: usize,
}

/// Keeps a check of an annotator's work in the dataset.
///
/// # Errors
/// If the dataset cannot be written.
pub fn keep(store: &mut dyn Store, annotator: &str, check: &ModelCheck, at_ms: i64) -> Result<()> {
    let doubts: Vec<Value> = check.doubts.iter().map(to_json).collect();
    let value = json!({
        "version": VERSION, "at_ms": at_ms, "articles": check.articles, "doubts": doubts,
    });
    store.set_setting(&format!("{KEPT}{annotator}"), Some(&value.to_string()))?;
    Ok(())
}

/// Returns the last check of an annotator's work, without doubts about labels that have changed
/// since and without dismissed ones; `None` if there was no check.
///
/// # Errors
/// If the dataset cannot be read. What is damaged counts as no check.
pub fn kept(store: &dyn Store, annotator: &str) -> Result<Option<KeptCheck>> {
    let Some(words) = store.setting(&format!("{KEPT}{annotator}"))? else {
        return Ok(None);
    };
    let Ok(value) = serde_json::from_str::<Value>(&words) else {
        return Ok(None);
    };
    if value["version"] != VERSION {
        return Ok(None);
    }
    let dismissed = dismissed(store)?;
    let finished = store.finished_annotations(i64::MIN, usize::MAX)?;
    let revisions: HashMap<ArticleKey, Revision> = finished
        .into_iter()
        .filter(|one| one.annotator == annotator)
        .map(|one| (one.key, one.revision))
        .collect();
    let mut kept = KeptCheck {
        at_ms: value["at_ms"].as_i64().unwrap_or_default(),
        articles: value["articles"].as_u64().unwrap_or_default() as usize,
        ..KeptCheck::default()
    };
    let mut stored: Vec<&Value> = value["doubts"].as_array().into_iter().flatten().collect();
    stored.sort_by_key(|doubt| doubt["key"].as_i64());
    for of_article in stored.chunk_by(|one, other| one["key"] == other["key"]) {
        let Some(key) = of_article[0]["key"].as_i64().map(ArticleKey) else {
            continue;
        };
        let mut article = None;
        for value in of_article {
            let revision = value["revision"].as_i64().map(Revision);
            let is_same = revision.is_some() && revisions.get(&key).copied() == revision;
            if article.is_none() {
                article = Some(store.article(key)?);
            }
            let Some(article) = &article else { continue };
            let Some(doubt) = from_json(value, key, annotator, &article.text) else {
                continue;
            };
            let holds = is_same || {
                let own = store.annotations(article, key)?.into_iter();
                let mut own = own.filter(|stored| stored.owner.as_str() == annotator);
                own.any(|stored| doubt.holds(&stored.annotation))
            };
            if holds && !dismissed.contains(&doubt.mark) {
                kept.doubts.push(doubt);
            }
        }
    }
    kept.doubts
        .sort_by(|one, other| other.score.total_cmp(&one.score));
    Ok(Some(kept))
}

/// Dismisses a doubt: the label is right. It does not return, as long as text and label stay.
///
/// # Errors
/// If the dataset cannot be written.
pub fn dismiss(store: &mut dyn Store, mark: u64) -> Result<()> {
    let mut marks = marks(store)?;
    if marks.contains(&mark) {
        return Ok(());
    }
    marks.push(mark);
    let from = marks.len().saturating_sub(MOST_DISMISSED);
    let words: Vec<String> = marks[from..]
        .iter()
        .map(|mark| format!("{mark:016x}"))
        .collect();
    store.set_setting(DISMISSED, Some(&words.join(" ")))?;
    Ok(())
}

/// The marks of the doubts that were dismissed.
pub(super) fn dismissed(store: &dyn Store) -> Result<BTreeSet<u64>> {
    Ok(marks(store)?.into_iter().collect())
}

fn marks(store: &dyn Store) -> Result<Vec<u64>> {
    let words = store.setting(DISMISSED)?.unwrap_or_default();
    let marks = words.split_ascii_whitespace();
    Ok(marks
        .filter_map(|mark| u64::from_str_radix(mark, 16).ok())
        .collect())
}

fn to_json(doubt: &Doubt) -> Value {
    let span = |span: crate::model::Span| json!([span.start().index(), span.end().index()]);
    json!({
        "key": doubt.key.0,
        "id": doubt.article,
        "revision": doubt.revision.0,
        "task": doubt.task.as_str(),
        "kind": doubt.kind.as_str(),
        "span": span(doubt.span),
        "words": doubt.words,
        "given": doubt.given.as_ref().map(Label::as_str),
        "thought": doubt.thought.as_ref().map(Label::as_str),
        "thought_span": doubt.thought_span.map(span),
        "score": doubt.score,
        "given_probability": doubt.given_probability,
        "thought_probability": doubt.thought_probability,
        "why": doubt.why,
        "mark": format!("{:016x}", doubt.mark),
    })
}

fn from_json(
    value: &Value,
    key: ArticleKey,
    annotator: &str,
    text: &crate::model::Text,
) -> Option<Doubt> {
    let span = |value: &Value| {
        let (start, end) = (value[0].as_u64()?, value[1].as_u64()?);
        span_of(text, &(start as usize..end as usize))
    };
    let label = |value: &Value| value.as_str().and_then(|label| Label::new(label).ok());
    let task = [LabelKind::Region, LabelKind::Entity];
    let task = task.into_iter().find(|task| value["task"] == task.as_str());
    Some(Doubt {
        key,
        article: value["id"].as_str()?.to_owned(),
        annotator: annotator.to_owned(),
        revision: Revision(value["revision"].as_i64()?),
        task: task?,
        kind: DoubtKind::parse(value["kind"].as_str()?)?,
        span: span(&value["span"])?,
        words: value["words"].as_str()?.to_owned(),
        given: label(&value["given"]),
        thought: label(&value["thought"]),
        thought_span: span(&value["thought_span"]),
        score: value["score"].as_f64()?,
        given_probability: value["given_probability"].as_f64()?,
        thought_probability: value["thought_probability"].as_f64()?,
        elsewhere: Elsewhere::default(),
        why: value["why"]
            .as_array()?
            .iter()
            .filter_map(|words| words.as_str().map(str::to_owned))
            .collect(),
        mark: u64::from_str_radix(value["mark"].as_str()?, 16).ok()?,
    })
}
