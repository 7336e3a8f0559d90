//! Counts what a format cannot hold, by its capabilities and its own rules.

use super::contract::{Loss, Losses, excerpt, nested};
use super::{Capabilities, Format, RecordUnit, RecordView, WriteOptions};
use crate::formats::metadata::span_attributes::Attributes;
use crate::model::Status;

impl Losses {
    /// Counts everything of a record that a format cannot hold.
    pub fn count_record(
        &mut self,
        format: &dyn Format,
        record: &RecordView<'_>,
        options: &WriteOptions,
    ) {
        self.count_by_capabilities(format, record, options);
        format.losses(record, options, self);
    }

    /// Counts the losses that follow from the [`Capabilities`] of a format.
    pub(super) fn count_by_capabilities(
        &mut self,
        format: &dyn Format,
        record: &RecordView<'_>,
        options: &WriteOptions,
    ) {
        let can = format.spec().capabilities;
        if can == Capabilities::EVERYTHING {
            return;
        }
        let RecordView {
            article,
            annotation,
            annotator,
            updated_at_ms,
        } = *record;
        let id = || article.id.to_string();
        if !can.regions {
            for region in annotation.regions() {
                self.add_span(Loss::Region, article, region.span);
            }
        }
        if !can.entities {
            for entity in annotation.entities() {
                self.add_span(Loss::Entity, article, entity.span);
            }
        } else if !can.nesting {
            for entity in nested(record) {
                self.add_span(Loss::Nested, article, entity);
            }
        }
        let touched =
            annotation.status() != Status::Todo || !annotator.is_empty() || updated_at_ms != 0;
        if !can.status && touched {
            self.add(Loss::Status, id);
        }
        if !can.remarks {
            for remark in annotation.remarks() {
                self.add(Loss::Remark, || {
                    format!("{}: {}", article.id, excerpt(&remark.text))
                });
            }
        }
        if !can.scores && options.scores {
            let regions = annotation.regions().iter().map(|r| (r.span, r.provenance));
            let entities = annotation.entities().iter().map(|e| (e.span, e.provenance));
            for (span, provenance) in regions.chain(entities) {
                if provenance.is_suggestion() {
                    self.add_span(Loss::Score, article, span);
                }
            }
        }
        let meta = &article.meta;
        let known = [&meta.title, &meta.language, &meta.url, &meta.source];
        let unknown = known.iter().all(|fact| fact.is_empty()) && meta.other.is_empty();
        if !(can.metadata || unknown) {
            self.add(Loss::Metadata, id);
        }
        // They need the exact text.
        if !(can.metadata && can.text) {
            for span in Attributes::of(record).spans() {
                self.add_span(Loss::Attribute, article, span);
            }
        }
        let has_paths = article.blocks.iter().any(|block| !block.path.is_empty());
        if has_paths && format.spec().unit == RecordUnit::Article {
            self.add(Loss::Blocks, id);
        }
    }
}
