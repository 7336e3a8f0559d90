//! CoNLL-U with entities in MISC, from which the exact text can be restored.
//!
//! White space is in `# text`, `SpaceAfter`, `SpacesBefore` and `SpacesAfter`, as Universal
//! Dependencies' tools write it. Metadata is in comments. `NER=B-PER` in MISC is IOB2. A nested
//! entity or a second label uses a further level: `NER=B-ORG|NER2=B-GPE`, up to `NER64`. Deeper
//! entities, and entities with white space at their edges, are in a comment, `# entities =
//! [[0,5,"ORG"]]`, and so are regions, `# regions = [[0,92,"nav"]]`. Tokens are split where an
//! entity begins or ends.
//!
//! Tags are also read under names that treebanks use (`name=`, `NE=`), or without a name. Tags
//! under other names are reported as not kept.

mod escapes;
mod read;

use std::io;
use std::ops::Range;

use serde_json::{Value, json};

use self::escapes::{escape, spaces, unescape};
use self::read::ConlluDocument;
use crate::formats::reading::documents::{DocumentReader, first_line};
use crate::formats::reading::iob_tags::decode;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::tokens::{cut_at, sentences};
use crate::formats::{
    Bounds, Capabilities, Code, Fault, Format, FormatSpec, Input, OffsetUnit, Parsed,
    RawRecordStream, ReadOptions, RecordSplit, RecordView, Unlabelled, WriteOptions, metadata,
};
use crate::model::{Entity, Label, Span, Text};

/// CoNLL-U with entities in MISC.
#[derive(Clone, Copy, Debug)]
pub struct Conllu;

const NEWDOC: &str = "# newdoc";
const UNIT: OffsetUnit = OffsetUnit::Codepoint;
/// The most levels of tags. Deeper entities are in the comment `# entities`.
pub(super) const LEVELS: usize = 64;

const SPEC: FormatSpec = FormatSpec {
    name: "conllu",
    summary: "CoNLL-U with entities in MISC (NER=B-PER), reversible",
    extensions: &["conllu"],
    capabilities: Capabilities {
        scores: false,
        ..Capabilities::EVERYTHING
    },
    records: RecordSplit::Custom,
    has_tokens: true,
    unlabelled: Unlabelled::NotMarked,
    ..FormatSpec::DEFAULT
};

impl Format for Conllu {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        Ok(Box::new(DocumentReader::new(input, bounds, |line| {
            line.starts_with(NEWDOC)
        })))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let words = String::from_utf8_lossy(&bytes);
        let (first, words) = first_line(&words);
        let mut reading = ConlluDocument::default();
        for (number, line) in (first..).zip(words.lines()) {
            if !reading.line(line.trim_start_matches('\u{feff}')) {
                reading.short.push(number);
            }
        }
        if let Some(number) = reading.short.first()
            && reading.tokens.is_empty()
        {
            return Err(Fault::new(
                Code::BadRecord,
                format!("line {number} does not have ten columns separated by tabs"),
            ));
        }
        let mut builder = RecordBuilder::new(std::mem::take(&mut reading.text), options)?;
        let mut metadata = std::collections::BTreeMap::new();
        if let Some(given) = &reading.metadata
            && let Ok(given) = serde_json::from_str(given)
        {
            metadata = given;
        } else if let Some(id) = &reading.id {
            metadata.insert("id".to_owned(), id.clone());
        }
        builder.set_metadata(metadata);
        for (start, end, label) in &reading.regions {
            builder.add(SpanKind::Region, *start, *end, label, UNIT, None);
        }
        for level in &reading.levels {
            let tags = level.iter().map(|tag| match tag.as_str() {
                "" => "O",
                tag => tag,
            });
            for (range, label) in decode(tags) {
                let (Some(first), Some(last)) = (
                    reading.tokens.get(range.start),
                    reading.tokens.get(range.end - 1),
                ) else {
                    continue;
                };
                let label = unescape(label);
                builder.add_bytes(SpanKind::Entity, first.start..last.end, &label, None);
            }
        }
        for (start, end, label) in &reading.entities {
            builder.add(SpanKind::Entity, *start, *end, label, UNIT, None);
        }
        for number in &reading.short {
            builder.leave_out(
                &format!("of line {number}"),
                "the line has fewer than ten columns",
            );
        }
        for name in &reading.other {
            builder.not_kept(name);
        }
        Ok(builder.finish())
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        let (text, annotation) = (&record.article.text, record.annotation);
        let edges = annotation
            .entities()
            .iter()
            .filter(|entity| text.trim(entity.span) == Some(entity.span))
            .flat_map(|entity| [entity.span.start(), entity.span.end()])
            .collect();
        let tokens = cut_at(text, &options.tokenizer.tokens(text), edges);
        let mut doc = format!("{NEWDOC} id = {}\n", record.article.id);
        let metadata = serde_json::to_string(&metadata::to_map(record)).unwrap_or_default();
        doc.push_str(&format!("# copydesk = {metadata}\n"));
        let triple = |span: Span, label: &Label| {
            json!([
                UNIT.of(text, span.start()),
                UNIT.of(text, span.end()),
                label.as_str()
            ])
        };
        let regions = annotation.regions().iter();
        let regions: Vec<Value> = regions.map(|r| triple(r.span, &r.label)).collect();
        // Entities that tags cannot represent are also written by their offsets.
        let (levels, beyond) = levels(record, &tokens);
        let edged: Vec<Value> = beyond.iter().map(|e| triple(e.span, &e.label)).collect();
        // Each on one line, because readers keep one comment of a name.
        for (name, list) in [("regions", regions), ("entities", edged)] {
            if !list.is_empty() {
                doc.push_str(&format!("# {name} = {}\n", Value::from(list)));
            }
        }
        let mut open: Vec<usize> = vec![0; levels.len()];
        if tokens.is_empty() {
            doc.push_str(&format!(
                "# text = \n1\t_\t_\t_\t_\t_\t_\t_\t_\tEmpty=Yes|SpacesBefore={}|SpaceAfter=No\n\n",
                spaces(text.as_str())
            ));
        }
        let all = sentences(text, &tokens);
        for (nth, sentence) in all.iter().enumerate() {
            let (first, last) = (tokens[sentence.start], tokens[sentence.end - 1]);
            let whole = text
                .as_str()
                .get(first.start().index()..last.end().index())
                .unwrap_or_default();
            let line: Vec<&str> = whole.split_whitespace().collect();
            doc.push_str(&format!(
                "# sent_id = {}\n# text = {}\n",
                nth + 1,
                line.join(" ")
            ));
            for (number, at) in sentence.clone().enumerate() {
                let mut misc = tags_at(&levels, &mut open, at);
                misc.extend(spaces_at(text, &tokens, at));
                let misc = if misc.is_empty() {
                    "_".to_owned()
                } else {
                    misc.join("|")
                };
                doc.push_str(&format!(
                    "{}\t{}\t_\t_\t_\t_\t_\t_\t_\t{misc}\n",
                    number + 1,
                    text.slice(tokens[at])
                ));
            }
            doc.push('\n');
        }
        out.extend_from_slice(doc.as_bytes());
    }
}

/// Returns the tags of a token; `open` is the next entity of each level.
fn tags_at(levels: &[Level], open: &mut [usize], at: usize) -> Vec<String> {
    let mut tags = Vec::new();
    for (level, (entities, next)) in levels.iter().zip(open).enumerate() {
        while entities
            .get(*next)
            .is_some_and(|(range, _)| range.end <= at)
        {
            *next += 1;
        }
        if let Some((range, label)) = entities.get(*next)
            && range.start <= at
        {
            let prefix = if range.start == at { "B" } else { "I" };
            let level = if level == 0 {
                String::new()
            } else {
                (level + 1).to_string()
            };
            tags.push(format!("NER{level}={prefix}-{label}"));
        }
    }
    tags
}

/// Returns the fields for the white space around a token.
fn spaces_at(text: &Text, tokens: &[Span], at: usize) -> Vec<String> {
    let mut fields = Vec::new();
    let start = tokens[at].start().index();
    if at == 0 && start > 0 {
        let before = text.as_str().get(..start).unwrap_or_default();
        fields.push(format!("SpacesBefore={}", spaces(before)));
    }
    let next = tokens.get(at + 1).map_or(text.end(), |next| next.start());
    let end = tokens[at].end().index();
    match text.as_str().get(end..next.index()).unwrap_or_default() {
        " " => {}
        "" => fields.push("SpaceAfter=No".into()),
        gap => fields.push(format!("SpacesAfter={}", spaces(gap))),
    }
    fields
}

/// The entities of a level: their tokens and escaped labels.
type Level = Vec<(Range<usize>, String)>;

/// Returns the entities by level, and those that tags cannot represent: with white space at their
/// edges, or too deep.
pub(super) fn levels<'a>(
    record: &RecordView<'a>,
    tokens: &[Span],
) -> (Vec<Level>, Vec<&'a Entity>) {
    let mut levels: Vec<Level> = Vec::new();
    let mut beyond = Vec::new();
    let text: &Text = &record.article.text;
    for entity in record.annotation.entities() {
        let first = tokens.partition_point(|token| token.start() < entity.span.start());
        let end = tokens.partition_point(|token| token.start() < entity.span.end());
        let free = levels
            .iter()
            .position(|level| level.last().is_none_or(|(range, _)| range.end <= first));
        let level = free.unwrap_or(levels.len());
        if text.trim(entity.span) != Some(entity.span) || level >= LEVELS {
            beyond.push(entity);
            continue;
        }
        if level == levels.len() {
            levels.push(Level::new());
        }
        levels[level].push((first..end, escape(entity.label.as_str())));
    }
    (levels, beyond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::text_of;

    #[test]
    fn words_written_as_one_stand_there_once() {
        let words = "# newdoc id = d\n# sent_id = 1\n1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n1\tde\t_\t_\t_\t_\t_\t_\t_\t_\n\
                     2\tle\t_\t_\t_\t_\t_\t_\t_\t_\n3\tParis\t_\t_\t_\t_\t_\t_\t_\tNER=B-LOC|SpaceAfter=No\n3.1\tx\t_\n\n";
        let parsed = Conllu
            .parse(words.as_bytes().to_vec(), &ReadOptions::default())
            .unwrap();
        let text = text_of(&parsed.record);
        assert_eq!(text.as_str(), "du Paris");
        let entity = &parsed.record.annotation.entities()[0];
        assert_eq!(
            (text.slice(entity.span), entity.label.as_str()),
            ("Paris", "LOC")
        );
        assert_eq!(parsed.record.id.unwrap().as_str(), "d");
    }

    #[test]
    fn tags_have_several_names_and_what_is_not_taken_is_reported() {
        let read = |mark: &dyn Fn(&str) -> String| {
            let (one, two, last) = (mark("B-PER"), mark("I-PER"), mark("O"));
            let words = format!(
                "1\tAda\t_\t_\t_\t_\t_\t_\t_\t{one}\n2\tWeel\t_\t_\t_\t_\t_\t_\t_\t{two}\n\
                 3\tcame\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No|{last}\n"
            );
            let parsed = Conllu
                .parse(words.into_bytes(), &ReadOptions::default())
                .unwrap();
            let text = text_of(&parsed.record);
            let spans = parsed.record.annotation.entities().iter();
            let spans: Vec<_> = spans
                .map(|e| format!("{} {}", e.label, text.slice(e.span)))
                .collect();
            let warnings = parsed.warnings.iter().map(|fault| fault.message.clone());
            (spans, warnings.collect::<Vec<_>>())
        };
        for name in ["NER", "name", "NE"] {
            let found = read(&|tag| format!("Gloss=x|{name}={tag}"));
            assert_eq!(found, (vec!["PER Ada Weel".to_owned()], vec![]), "{name}");
        }
        let both = read(&|tag| format!("name={tag}|NE={tag}"));
        assert_eq!(both, (vec!["PER Ada Weel".to_owned()], vec![]));
        let bare = read(&|tag| tag.to_owned());
        assert_eq!(bare, (vec!["PER Ada Weel".to_owned()], vec![]));
        let other = read(&|tag| format!("Chunk={tag}"));
        assert_eq!(other, (vec![], vec!["not kept: Chunk in MISC".to_owned()]));
        let plain = read(&|tag| format!("NER={}", tag.trim_start_matches(['B', 'I', '-'])));
        assert_eq!(
            plain,
            (
                vec![],
                vec!["not kept: labels of NER without B- or I-".to_owned()]
            )
        );
    }

    #[test]
    fn a_short_line_is_named_and_the_rest_is_read() {
        let file = "# newdoc id = a\n1\tYes\t_\t_\t_\t_\t_\t_\t_\t_\n\n# newdoc id = b\n\
                    1\tOslo\t_\t_\t_\t_\t_\t_\t_\tNER=B-LOC\njunk\n2\twon\t_\n";
        let mut pieces = Conllu
            .raw_records(Box::new(file.as_bytes()), Bounds::default())
            .unwrap();
        pieces.next().unwrap();
        let bytes = pieces.next().unwrap().unwrap().bytes.unwrap();
        let parsed = Conllu.parse(bytes, &ReadOptions::default()).unwrap();
        assert_eq!(parsed.record.annotation.entities().len(), 1);
        let lines: Vec<_> = parsed.warnings.iter().map(|w| w.message.as_str()).collect();
        assert!(
            lines.len() == 2 && lines[0].contains("line 6 ") && lines[1].contains("line 7 "),
            "{lines:?}"
        );
    }
}
