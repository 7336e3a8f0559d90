//! spaCy's DocBin (`.spacy`), written natively: MessagePack in zlib, as spaCy 3 reads it.
//!
//! | in the `Doc` | is |
//! | --- | --- |
//! | `doc.ents` | the entities; of nested ones the outermost |
//! | `doc.spans["entities"]` | all entities, nested ones too |
//! | `doc.spans["regions"]` | the regions |
//! | `doc.user_data["copydesk"]` | id, status, annotator and metadata |
//!
//! `doc.text` is exactly the article's text. Tokens are split where a span begins or ends, so that
//! no span is lost; spaCy aligns them with its own tokens when it trains. In a finished article,
//! text without entities is outside (`O`) where entities are annotated. Elsewhere, and in other
//! articles, it is unknown (`ent_iob` 0), which is different from "checked and none found". A group
//! has the scores of suggestions in `attrs["scores"]`.
//!
//! A DocBin is one compressed value, which spaCy holds in memory as a whole, and so does this
//! module.

mod guard;
mod hash;
mod read;
mod symbols;
mod textcat;
mod write;

use std::io;

use self::read::unpack;
use self::write::DocBinBuilder;
use crate::formats::reading::json_objects::{object, take_list};
use crate::formats::reading::lines::Parts;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::{
    Bounds, Capabilities, Fault, Format, FormatSpec, Input, Parsed, RawRecordStream, ReadOptions,
    RecordSplit, RecordWriter, Unlabelled, WriteOptions,
};
use crate::model::Schema;

pub use self::textcat::TEXTCAT;

/// spaCy's DocBin.
#[derive(Clone, Copy, Debug)]
pub struct DocBin;

/// spaCy's ids of the attributes that are written.
pub(super) const ORTH: u64 = 65;
pub(super) const ENT_IOB: u64 = 77;
pub(super) const ENT_TYPE: u64 = 78;
const SENT_START: u64 = 80;
pub(super) const ATTRIBUTES: [u64; 4] = [ORTH, ENT_IOB, ENT_TYPE, SENT_START];

pub(super) const REGIONS: &str = "regions";
pub(super) const ENTITIES: &str = "entities";
pub(super) const METADATA: &str = "copydesk";

/// The deepest nesting of values.
const DEPTH: usize = 64;

const SPEC: FormatSpec = FormatSpec {
    name: "spacy",
    summary: "spaCy's DocBin: doc.ents, doc.spans[\"regions\"], doc.spans[\"entities\"]",
    extensions: &["spacy"],
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::Custom,
    reads_bytes: true,
    has_tokens: true,
    unlabelled: Unlabelled::Marked,
    ..FormatSpec::DEFAULT
};

impl Format for DocBin {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        Ok(Box::new(Parts::new(unpack(input, bounds)?)))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut doc = object(&bytes)?;
        let text = doc
            .remove("text")
            .and_then(|text| text.as_str().map(str::to_owned));
        let mut builder = RecordBuilder::new(text.unwrap_or_default(), options)?;
        if let Some(serde_json::Value::Object(metadata)) = doc.remove("facts") {
            builder.set_metadata_json(metadata);
        }
        let ours = builder.metadata.id.is_some();
        for span in take_list(&mut doc, "spans") {
            let kind = match span["group"].as_str() {
                Some(REGIONS) => SpanKind::Region,
                Some(ENTITIES) => SpanKind::Entity,
                _ if ours => continue, // `doc.ents`, which are among the entities
                _ => SpanKind::ByName,
            };
            let range = |name: &str| span[name].as_u64().unwrap_or_default() as usize;
            builder.add_bytes(
                kind,
                range("start")..range("end"),
                span["label"].as_str().unwrap_or_default(),
                span["score"].as_f64(),
            );
        }
        Ok(builder.finish())
    }

    fn writer(
        &self,
        options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(DocBinBuilder {
            options: options.clone(),
            ..DocBinBuilder::default()
        }))
    }
}

/// Returns spaCy's id of a string.
pub(super) fn number_of(string: &str) -> u64 {
    if string.is_empty() {
        return 0;
    }
    match symbols::SYMBOLS.binary_search_by(|(name, _)| (*name).cmp(string)) {
        Ok(at) => symbols::SYMBOLS
            .get(at)
            .map_or(0, |(_, number)| u64::from(*number)),
        Err(_) => hash::murmur64a(string.as_bytes(), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::write::with_space;
    use super::*;
    use crate::model::{BytePos, Span, Text};

    #[test]
    fn white_space_is_a_flag_or_a_token() {
        let text = Text::new(" a b  c\n\nd ");
        let words = crate::formats::Tokenizer::SpacyLike.tokens(&text);
        let tokens = |marked: &[Span]| -> Vec<(String, bool)> {
            let made = with_space(&text, &words, marked);
            made.iter()
                .map(|token| (text.slice(token.span).to_owned(), token.space))
                .collect()
        };
        let shown = |tokens: &[(&str, bool)]| -> Vec<(String, bool)> {
            tokens
                .iter()
                .map(|(word, space)| ((*word).to_owned(), *space))
                .collect()
        };
        assert_eq!(
            tokens(&[]),
            shown(&[
                (" ", false),
                ("a", true),
                ("b", true),
                (" ", false),
                ("c", false),
                ("\n\n", false),
                ("d", true)
            ])
        );
        let edge = text.span(BytePos(2), BytePos(8)).unwrap();
        assert_eq!(
            tokens(&[edge]),
            shown(&[
                (" ", false),
                ("a", false),
                (" ", false),
                ("b", true),
                (" ", false),
                ("c", false),
                ("\n", false),
                ("\n", false),
                ("d", true)
            ])
        );
    }

    #[test]
    fn numbers_are_spacys() {
        // As spacy.strings.get_string_id gives them.
        assert_eq!(number_of(""), 0);
        assert_eq!(number_of("PERSON"), 380);
        assert_eq!(number_of("X"), 101);
        assert_eq!(number_of("Merkel"), 6_513_724_213_879_069_592);
        assert_eq!(number_of("now"), 17_157_488_710_739_566_268);
        assert_eq!(number_of("\n\n"), 908_432_558_851_201_422);
        assert!(symbols::SYMBOLS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
