//! Articles whose regions people labelled, for training and evaluation.
//!
//! A gold record is a native record (`id`, `text`, `regions`) with, beyond that, `html`: the page
//! that the text is of, in any layout, so that the labels can be carried over to the page's own
//! blocks; `site`: where it is from (else the host of `url`, else the id); and, where nobody
//! labelled the whole page, `holds` and `lacks`: for a label the phrases that belong to it, and
//! those that do not. `missed` names labels that the record may have left out: where the rules see
//! one of them on a page in what is otherwise nav, either is right. `fold` says in which part a
//! record is measured, and `composed` that it was made of parts of several articles.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Deserialize;

use crate::dataset::io::inputs::{Input, Inputs, Item};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::extract::FeaturizedArticle;
use crate::formats::{Bounds, Code, Fault, OffsetUnit, Problem, native};
use crate::learn::Example;
use crate::model::{Label, Provenance, Region, Site, Text};

/// An article and the regions that people labelled in it.
pub struct Gold {
    /// Its id.
    pub id: String,
    /// Where it is from: articles of one site are never learnt from and measured with at once.
    pub site: String,
    /// The text that was labelled, if one was.
    pub labelled: Option<(Text, Vec<Region>)>,
    /// Its page, if it came with one.
    pub page: Option<String>,
    holds: Vec<(String, Vec<String>)>,
    lacks: Vec<(String, Vec<String>)>,
    missed: Vec<String>,
    /// The part in which it is measured, if the record says so: see
    /// [`super::train::RegionTrainingOptions::folds`].
    pub fold: Option<usize>,
    /// Composed of parts of several articles: its comments speak of another story than its own, and
    /// nothing is measured with it.
    pub is_composed: bool,
}

/// Reads the records of the inputs with `parse`, which returns `None` for records to skip. Also
/// returns the number of bad records, which are reported and left out.
pub(crate) fn read_records<T>(
    inputs: &[Input],
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
    parse: impl Fn(&[u8]) -> Result<Option<T>, Fault>,
) -> (Vec<T>, u64) {
    let mut inputs = Inputs::new(inputs, Some(&native::Jsonl), Bounds::default());
    let (mut all, mut bad) = (Vec::new(), 0);
    while let Some(item) = inputs.next() {
        let batch = match item {
            Item::Problem(problem) => {
                bad += u64::from(problem.fault.code.is_fault());
                progress.problem(&problem);
                continue;
            }
            Item::Batch(batch) => batch,
        };
        for piece in batch.pieces {
            if cancel.is_cancelled() {
                return (all, bad);
            }
            match piece.bytes.and_then(|bytes| parse(&bytes)) {
                Ok(Some(gold)) => all.push(gold),
                Ok(None) => {}
                Err(fault) => {
                    bad += 1;
                    progress.problem(&Problem {
                        source: batch.origin.name.clone(),
                        line: piece.line,
                        fault,
                    });
                }
            }
            progress.advance(all.len() as u64, batch.bytes_read);
        }
    }
    (all, bad)
}

#[derive(Deserialize)]
struct Line {
    id: String,
    text: Option<String>,
    html: Option<String>,
    #[serde(default)]
    regions: Vec<RawRegion>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    holds: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    lacks: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    missed: Vec<String>,
    fold: Option<usize>,
    #[serde(default)]
    composed: bool,
}

#[derive(Deserialize)]
struct RawRegion {
    start: u32,
    end: u32,
    label: String,
}

impl Gold {
    /// Reads all gold records of the inputs. Bad ones, and inputs that cannot be read, are reported
    /// and left out; their number is returned, too.
    pub fn read_all(
        inputs: &[Input],
        unit: OffsetUnit,
        progress: &mut dyn Progress,
        cancel: &CancelFlag,
    ) -> (Vec<Self>, u64) {
        read_records(inputs, progress, cancel, |bytes| Self::parse(bytes, unit))
    }

    /// Reads one record; `None` if nobody has finished it.
    fn parse(bytes: &[u8], unit: OffsetUnit) -> Result<Option<Self>, Fault> {
        let line: Line = serde_json::from_slice(bytes).map_err(|error| {
            Fault::new(Code::NotJson, format!("this is no gold record: {error}"))
        })?;
        if ["todo", "started", "skipped"].contains(&line.status.as_str()) {
            return Ok(None);
        }
        let site = if line.site.is_empty() {
            Site::of_url(&line.url).map_or(line.id.clone(), |site| site.name().to_owned())
        } else {
            line.site
        };
        let labelled = match line.text {
            Some(text) if !line.regions.is_empty() => {
                let text = Text::new(&text);
                let mut regions = Vec::with_capacity(line.regions.len());
                for raw in line.regions {
                    let bad = |why: String| Fault::new(Code::OutOfRange, why);
                    let span = unit.span(&text, raw.start, raw.end).map_err(|error| {
                        bad(format!("region {} to {}: {error}", raw.start, raw.end))
                    })?;
                    let label = Label::new(&raw.label).map_err(|error| bad(error.to_string()))?;
                    regions.push(Region {
                        span,
                        label,
                        provenance: Provenance::Import,
                    });
                }
                regions.sort_by_key(|region| region.span.start().index());
                if regions
                    .windows(2)
                    .any(|pair| pair[0].span.overlaps(pair[1].span))
                {
                    return Err(Fault::new(Code::Overlap, "two regions overlap"));
                }
                Some((text, regions))
            }
            _ => None,
        };
        let gold = Self {
            id: line.id,
            site,
            labelled,
            page: line.html,
            holds: line.holds.into_iter().collect(),
            lacks: line.lacks.into_iter().collect(),
            missed: line.missed,
            fold: line.fold,
            is_composed: line.composed,
        };
        let tells = gold.labelled.is_some()
            || (gold.page.is_some() && !(gold.holds.is_empty() && gold.lacks.is_empty()));
        if tells {
            Ok(Some(gold))
        } else {
            Err(Fault::new(
                Code::NoText,
                "no regions: nothing can be learnt from this record",
            ))
        }
    }

    /// Returns whether all of it is labelled.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.labelled.is_some()
    }

    /// Returns the labels of its regions.
    #[must_use]
    pub fn labels(&self) -> BTreeSet<&str> {
        let regions = self.labelled.iter().flat_map(|(_, regions)| regions);
        regions.map(|region| region.label.as_str()).collect()
    }

    /// Returns the features of the text.
    #[must_use]
    pub fn read_text(&self) -> Option<FeaturizedArticle> {
        let (text, _) = self.labelled.as_ref()?;
        Some(FeaturizedArticle::of_text(text.clone()))
    }

    /// Returns the features of the page.
    #[must_use]
    pub fn read_page(&self) -> Option<FeaturizedArticle> {
        Some(FeaturizedArticle::of_page(self.page.as_ref()?))
    }

    /// Returns the features of the page without its declared article body; `None` if it declares
    /// none.
    #[must_use]
    pub fn read_silent_page(&self) -> Option<FeaturizedArticle> {
        let page = self.page.as_ref()?;
        page.contains("\"articleBody\"")
            .then(|| FeaturizedArticle::of_silent_page(page))
    }

    /// Returns the features of the page's text as a scraper without layout extracts it.
    #[must_use]
    pub fn read_glued(&self) -> Option<FeaturizedArticle> {
        Some(FeaturizedArticle::of_glued_page(self.page.as_ref()?))
    }

    /// Returns the training example of one reading of this article.
    #[must_use]
    pub fn example(&self, reading: &FeaturizedArticle, labels: &[String]) -> Example {
        match &self.labelled {
            Some((text, regions)) => {
                let mut example = reading.example(text, regions, labels);
                // In bare text too little is left of a thread for the rules to see one where there
                // is none.
                if reading.is_page {
                    reading.doubt(&mut example, &self.missed, labels);
                }
                example
            }
            None => reading.example_of_phrases(&self.holds, &self.lacks, labels),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_say_what_is_wrong_with_them() {
        let parse = |line: &str| Gold::parse(line.as_bytes(), OffsetUnit::Codepoint);
        let gold = parse(
            r#"{"id":"a","text":"One.","regions":[{"start":0,"end":4,"label":"body"}],"url":"https://x.example/1"}"#,
        );
        let gold = gold.unwrap().unwrap();
        assert_eq!((gold.site.as_str(), gold.is_whole()), ("x.example", true));
        assert!(
            parse(r#"{"id":"a","text":"One.","regions":[{"start":0,"end":9,"label":"body"}]}"#)
                .is_err()
        );
        assert!(parse(r#"{"id":"a","text":"One."}"#).is_err());
        assert!(parse("[]").is_err());
        assert!(
            parse(r#"{"id":"a","text":"One.","status":"todo"}"#)
                .unwrap()
                .is_none()
        );
        let phrases = parse(r#"{"id":"a","html":"<p>One.","holds":{"body":["One."]}}"#)
            .unwrap()
            .unwrap();
        assert!(!phrases.is_whole());
    }
}
