//! WebAnno TSV 3.3, as used by WebAnno and INCEpTION: one token per line, layers as columns.
//! Offsets are **UTF-16**.
//!
//! Entities are DKPro's `NamedEntity`, and regions the span layer `webanno.custom.Region`. Spans
//! that overlap or cover several tokens have a number (`PER[1]`). Tokens are split where a span
//! begins or ends. An export is a folder with one file per article. The format has no metadata and
//! no text between sentences. Sentences are chosen so that only line breaks are between them, which
//! are restored when reading. If that is not possible, the loss is counted.
//!
//! When reading, a span without a value gets the name of its layer as its label, as in CAS.
//! Linguistic layers, relations and chains have no labels. If the tokens show that a file counts in
//! another unit, that unit is used. A span whose tokens are still not in the text is left out.
//!
//! This follows the specification and was not fully tried in INCEpTION. Prefer `cas-json`.

mod read;
mod write;

use std::collections::BTreeSet;

use self::read::TsvDocument;
use self::write::{TsvFolder, rebuilt, stretches, tokens, within_depth};
use crate::formats::reading::offset_convention::OffsetConvention;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::{
    Capabilities, Code, Fault, Format, FormatSpec, Loss, Losses, OffsetUnit, OutputShape, Parsed,
    ReadOptions, RecordSplit, RecordView, RecordWriter, Unlabelled, WriteOptions,
};
use crate::model::Schema;

/// WebAnno TSV 3.3.
#[derive(Clone, Copy, Debug)]
pub struct WebAnnoTsv;

pub(super) const UNIT: OffsetUnit = OffsetUnit::Utf16;

const SPEC: FormatSpec = FormatSpec {
    name: "webanno-tsv",
    summary: "WebAnno TSV 3.3, as INCEpTION reads it: a folder with one file per article",
    extensions: &["tsv"],
    capabilities: Capabilities {
        text: false,
        status: false,
        remarks: false,
        scores: false,
        metadata: false,
        ..Capabilities::EVERYTHING
    },
    records: RecordSplit::LongFile,
    shape: OutputShape::Folder,
    has_tokens: true,
    unlabelled: Unlabelled::NotMarked,
    ..FormatSpec::DEFAULT
};

impl Format for WebAnnoTsv {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let words = String::from_utf8_lossy(&bytes);
        if !words
            .trim_start_matches('\u{feff}')
            .starts_with("#FORMAT=WebAnno TSV 3")
        {
            return Err(Fault::new(
                Code::BadRecord,
                "the first line should be #FORMAT=WebAnno TSV 3.3",
            ));
        }
        let mut reading = TsvDocument::of(&words, OffsetConvention::plain(UNIT))?;
        let mut wrong = reading.misplaced();
        if wrong > 0 {
            for convention in OffsetConvention::all(&reading.text, UNIT, false)
                .into_iter()
                .skip(1)
            {
                let other = TsvDocument::of(&words, convention)?;
                let misplaced = other.misplaced();
                if misplaced < wrong {
                    (reading, wrong) = (other, misplaced);
                }
            }
        }
        let mut builder = RecordBuilder::new(std::mem::take(&mut reading.text), options)?;
        for mark in reading.marks {
            let kind = if mark.region {
                SpanKind::Region
            } else {
                SpanKind::Entity
            };
            let at = |token: usize| reading.tokens.get(token).and_then(|token| token.at.clone());
            match (at(mark.tokens.start), at(mark.tokens.end)) {
                (Some(first), Some(last)) => {
                    builder.add_bytes(kind, first.start..last.end, &mark.label, None);
                }
                _ => builder.leave_out(
                    &format!("{:?}", mark.label),
                    "the text has other words at its offsets",
                ),
            }
        }
        for layer in reading.not_kept {
            builder.not_kept(&layer);
        }
        Ok(builder.finish())
    }

    fn writer(
        &self,
        options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(TsvFolder {
            options: options.clone(),
            taken: BTreeSet::new(),
        }))
    }

    fn losses(&self, record: &RecordView<'_>, options: &WriteOptions, losses: &mut Losses) {
        let text = &record.article.text;
        let tokens = tokens(record, options);
        if tokens.is_empty() {
            losses.add(Loss::Empty, || record.article.id.to_string());
        } else if rebuilt(text, &stretches(text, &tokens)) != text.as_str() {
            losses.add(Loss::Text, || record.article.id.to_string());
        }
        let entities = record.annotation.entities();
        let written = within_depth(entities.iter().map(|e| (e.span, &e.label)).collect());
        let mut written = written.iter().peekable();
        for entity in entities {
            if written
                .next_if(|next| **next == (entity.span, &entity.label))
                .is_none()
            {
                losses.add_span(Loss::Nested, record.article, entity.span);
            }
        }
        let spans = record.annotation.regions().iter().map(|r| r.span);
        for span in spans.chain(record.annotation.entities().iter().map(|e| e.span)) {
            if text.trim(span) != Some(span) {
                losses.add_span(Loss::Moved, record.article, span);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::{entities_and_warnings, text_of};

    #[test]
    fn what_the_specification_shows_is_read() {
        let file = "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n\n\n\
            #Text=A😀 Angela Merkel visited Paris.\n1-1\t0-1\tA\t_\t_\t\n1-2\t1-3\t😀\t_\t_\t\n1-3\t4-10\tAngela\t*[1]\tPER[1]\t\n\
            1-4\t11-17\tMerkel\t*[1]\tPER[1]|LOC\\_X[2]\t\n1-5\t18-25\tvisited\t_\t_\t\n1-6\t26-31\tParis\t*\tLOC\t\n1-7\t31-32\t.\t_\t_\t\n\n\
            #Text=Yes.\n2-1\t33-36\tYes\t_\t_\t\n2-2\t36-37\t.\t_\t_\t\n";
        let parsed = WebAnnoTsv
            .parse(file.as_bytes().to_vec(), &ReadOptions::default())
            .unwrap();
        let text = text_of(&parsed.record);
        assert_eq!(text.as_str(), "A😀 Angela Merkel visited Paris.\nYes.");
        let entities = parsed.record.annotation.entities().iter();
        let reported: Vec<(&str, &str)> = entities
            .map(|e| (text.slice(e.span), e.label.as_str()))
            .collect();
        assert_eq!(
            reported,
            [
                ("Angela Merkel", "PER"),
                ("Merkel", "LOC_X"),
                ("Paris", "LOC")
            ]
        );
    }

    fn reported(file: &str) -> (Vec<(String, String)>, Vec<String>) {
        entities_and_warnings(&WebAnnoTsv, file.as_bytes().to_vec())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = pairs.iter().map(|(a, b)| ((*a).into(), (*b).into()));
        owned.collect()
    }

    #[test]
    fn a_span_without_a_value_is_named_after_its_layer_and_relations_are_no_labels() {
        let file = "#FORMAT=WebAnno TSV 3.3\n#T_SP=my.Ship|\n#T_SP=my.Port|note|value\n\
            #T_SP=de.tudarmstadt.ukp.dkpro.core.api.syntax.type.chunk.Chunk|chunkValue\n\
            #T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation\n\
            #T_RL=my.Sails|kind|BT_my.Ship\n\n\n#Text=Sea Star left Oslo\n\
            1-1\t0-3\tSea\t*[1]\t_\t_\tNP[4]\tnam[5]\t_\t_\t_\t\n1-2\t4-8\tStar\t*[1]\t_\t_\tNP[4]\tnam[5]\t_\t_\t_\t\n\
            1-3\t9-13\tleft\t_\t_\t_\t_\t_\t_\tto\t1-1[1_0]\t\n1-4\t14-18\tOslo\t_\ta|b\t*[2]|QUAY[3]\tNP\t_\t_\t_\t_\t\n";
        let (spans, warnings) = reported(file);
        assert_eq!(
            spans,
            pairs(&[("Sea Star", "Ship"), ("Oslo", "Port"), ("Oslo", "QUAY")])
        );
        let [warning] = &warnings[..] else {
            panic!("one is wanted: {warnings:?}");
        };
        for layer in ["Chunk", "CoreferenceLink", "Sails"] {
            assert!(warning.contains(layer), "{warning}");
        }
    }

    #[test]
    fn tokens_show_how_a_file_counts_and_a_span_that_is_elsewhere_is_left_out() {
        let head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=my.Named|value\n\n\n";
        // Characters and not UTF-16 units, over two sentences.
        let file = format!(
            "{head}#Text=A 😀 Oslo\n1-1\t0-1\tA\t_\t\n1-2\t2-3\t😀\t_\t\n1-3\t4-8\tOslo\tLOC\t\n\n\
             #Text=Weel came\n2-1\t9-13\tWeel\tPER\t\n2-2\t14-18\tcame\t_\t\n"
        );
        assert_eq!(
            reported(&file),
            (pairs(&[("Oslo", "LOC"), ("Weel", "PER")]), vec![])
        );
        let file = format!(
            "{head}#Text=In Oslo came Weel\n1-1\t0-2\tIn\t_\t\n1-2\t2-6\tOslo\tLOC\t\n1-3\t8-12\tcame\t_\t\n1-4\t13-17\tWeel\tPER\t\n"
        );
        let (spans, warnings) = reported(&file);
        assert_eq!(spans, pairs(&[("Weel", "PER")]));
        assert!(
            warnings[0].starts_with("W112") && warnings[0].contains("LOC"),
            "{warnings:?}"
        );
    }
}
