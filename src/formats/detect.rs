//! Detection of formats by content.
//!
//! A file such as `train.jsonl` may be a native record, or an export for six other tools. Read in
//! the wrong format its labels would be lost, so the fields of the first record decide.

use serde_json::{Map, Value};

use crate::extract::SourceKind;
use crate::formats::articles::{csv, html, text, warc};
use crate::formats::reading::encoding;
use crate::formats::tools::{
    cas, conll, conllu, doccano, gliner, hugging_face, label_studio, labelbuddy, prodigy,
    span_table, web_annotation, webanno_tsv,
};
use crate::formats::{Format, native};

/// The longest first record that is waited for, in bytes.
const FIRST_RECORD: usize = 4 << 20;

/// How much of other input is looked at, in bytes.
const ENOUGH: usize = 64 << 10;

/// Returns whether the extension of a format is used by several formats.
#[must_use]
pub fn is_open(format: &dyn Format) -> bool {
    let open: [&dyn Format; 4] = [
        &native::Jsonl,
        &csv::Csv,
        &conll::Conll,
        &webanno_tsv::WebAnnoTsv,
    ];
    open.iter()
        .any(|open| open.spec().name == format.spec().name)
}

/// Returns a question to ask of the growing beginning of a stream: whether [`by_content`] can
/// decide. It can if the first record is complete, so that a slow pipe is answered at once, or if
/// enough of other input has been seen.
///
/// All answers together take time in proportion to the longest beginning.
pub fn shows_content() -> impl FnMut(&[u8]) -> bool {
    let mut first = FirstRecord::default();
    move |head| match first_character(head) {
        Some(b'{' | b'[') if !head.contains(&0) => {
            head.len() >= FIRST_RECORD || first.is_whole(head)
        }
        _ => head.len() >= ENOUGH,
    }
}

/// Follows the first record of JSON while more of it arrives.
#[derive(Default)]
struct FirstRecord {
    /// How many bytes were followed.
    at: usize,
    depth: usize,
    is_string: bool,
    is_escaped: bool,
    /// At which length it is next parsed although its end has not come, because it may be broken.
    parse_at: usize,
}

impl FirstRecord {
    fn is_whole(&mut self, head: &[u8]) -> bool {
        if !self.ends(head) && head.len() < self.parse_at {
            return false;
        }
        // A short one is parsed each time; a long one only as often as its length doubles.
        self.parse_at = if head.len() < ENOUGH {
            0
        } else {
            2 * head.len()
        };
        !matches!(first_object(head), FirstObject::NotWhole)
    }

    /// Whether the bytes that came since the last call close an outermost brace.
    fn ends(&mut self, head: &[u8]) -> bool {
        let mut ends = false;
        for byte in head.get(self.at..).unwrap_or_default() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_string => self.is_escaped = true,
                b'"' => self.is_string = !self.is_string,
                b'{' if !self.is_string => self.depth += 1,
                b'}' if !self.is_string => {
                    self.depth = self.depth.saturating_sub(1);
                    ends |= self.depth == 0;
                }
                _ => {}
            }
        }
        self.at = head.len();
        ends
    }
}

/// Returns the format of the beginning of a stream. `named` is the format of its file name, if
/// known.
#[must_use]
pub fn by_content(head: &[u8], named: Option<&'static dyn Format>) -> &'static dyn Format {
    if let Some(named) = named
        && !is_open(named)
    {
        return named;
    }
    if let Some(known) = recognised(head) {
        return known;
    }
    if let Some(named) = named {
        return named;
    }
    if first_character(head) == Some(b'{') {
        return &native::Jsonl;
    }
    match SourceKind::guess(head, None) {
        SourceKind::Html => &html::Html,
        SourceKind::Text => &text::PlainText,
    }
}

/// Returns the format that the beginning of a stream clearly has; `None` for native records and for
/// anything ambiguous.
#[must_use]
pub fn recognised(head: &[u8]) -> Option<&'static dyn Format> {
    if head.starts_with(b"PAR1") {
        return Some(&hugging_face::Parquet);
    }
    if head.starts_with(b"WARC/") {
        return Some(&warc::Warc);
    }
    let (head, _) = encoding::to_utf8(head).ok()?;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    match first_character(head) {
        Some(b'{' | b'[') => match first_object(head) {
            FirstObject::Object(record) => by_fields(&record),
            FirstObject::NotWhole | FirstObject::Broken => None,
        },
        Some(b'<') => is_xmi(head).then_some(&cas::XMI as &dyn Format),
        _ => by_first_lines(head),
    }
}

fn is_xmi(head: &[u8]) -> bool {
    let head = head.get(..head.len().min(4096)).unwrap_or_default();
    memchr::memmem::find(head, b"<xmi:XMI").is_some()
}

/// The first object of a stream of JSON.
enum FirstObject {
    Object(Map<String, Value>),
    /// It is not complete yet.
    NotWhole,
    Broken,
}

/// Parses the first object of a stream of JSON, in a list or not.
fn first_object(head: &[u8]) -> FirstObject {
    let Some((before, _)) = memchr::memchr(b'{', head).and_then(|at| head.split_at_checked(at))
    else {
        return FirstObject::NotWhole;
    };
    let is_list =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'[' | 0xef | 0xbb | 0xbf);
    if !before.iter().all(is_list) {
        return FirstObject::Broken;
    }
    let rest = head.get(before.len()..).unwrap_or_default();
    match serde_json::Deserializer::from_slice(rest)
        .into_iter()
        .next()
    {
        Some(Ok(object)) => FirstObject::Object(object),
        Some(Err(error)) if !error.is_eof() => FirstObject::Broken,
        _ => FirstObject::NotWhole,
    }
}

/// Detects the format by the fields of the first record.
fn by_fields(record: &Map<String, Value>) -> Option<&'static dyn Format> {
    let has = |name: &str| record.contains_key(name);
    let first = |name: &str| {
        record
            .get(name)
            .and_then(Value::as_array)
            .and_then(|list| list.first())
    };
    let is_list = |name: &str| record.get(name).is_some_and(Value::is_array);
    if has("%TYPES") || has("%FEATURE_STRUCTURES") || has("%VIEWS") {
        return Some(&cas::JSON);
    }
    if has("copydesk:text")
        || record
            .get("type")
            .is_some_and(|kind| kind == "AnnotationPage")
    {
        return Some(&web_annotation::WebAnnotation);
    }
    if is_list("tokenized_text") {
        return Some(&gliner::Gliner);
    }
    if record.get("data").is_some_and(Value::is_object)
        && ["annotations", "predictions", "completions"]
            .into_iter()
            .any(is_list)
    {
        return Some(&label_studio::TEXT);
    }
    if !record.get("text").is_some_and(Value::is_string)
        && !record.get("data").is_some_and(Value::is_string)
    {
        return None;
    }
    let is_span = |span: &Value| span["start"].is_number() && span["end"].is_number();
    if first("annotations").is_some_and(|one| one["label_name"].is_string())
        || has("utf8_text_md5_checksum")
        || (is_list("annotations") && record.get("metadata").is_some_and(Value::is_object))
    {
        return Some(&labelbuddy::Labelbuddy);
    }
    let is_triple = |one: &Value| one[0].is_number() && one[1].is_number() && one[2].is_string();
    let offsets = |one: &Value| one["start_offset"].is_number();
    if ["label", "labels"]
        .into_iter()
        .filter_map(first)
        .any(is_triple)
        || ["entities", "annotations"]
            .into_iter()
            .filter_map(first)
            .any(offsets)
        || (has("Comments") && ["label", "labels", "entities"].into_iter().any(is_list))
        || (is_list("label") && record.get("facts").is_some_and(Value::is_string))
    {
        return Some(&doccano::Doccano);
    }
    // JSON_MIN: lists of spans with `labels`, under the names of the controls.
    let is_minimal = |list: &Value| {
        let one = list.as_array().and_then(|list| list.first());
        one.is_some_and(|one| is_span(one) && one["labels"].is_array())
    };
    if record.values().any(is_minimal) {
        return Some(&label_studio::TEXT);
    }
    let asked = ["_input_hash", "_task_hash", "_view_id", "_session_id"];
    // Other datasets have answers too.
    let answer = record.get("answer").and_then(Value::as_str);
    if asked.into_iter().any(has)
        || matches!(answer, Some("accept" | "reject" | "ignore"))
        || (first("spans").is_some_and(is_span) && !is_list("entities"))
        || (is_list("spans") && is_list("tokens"))
    {
        return Some(&prodigy::Prodigy);
    }
    None
}

/// Detects the format by the first lines of a file that is not JSON.
fn by_first_lines(head: &[u8]) -> Option<&'static dyn Format> {
    let head = head.get(..head.len().min(ENOUGH)).unwrap_or_default();
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.find(|line| !line.trim_ascii().is_empty())?;
    if first.starts_with(b"#FORMAT=WebAnno TSV") {
        return Some(&webanno_tsv::WebAnnoTsv);
    }
    if first.starts_with(b"-DOCSTART-") {
        return Some(&conll::Conll);
    }
    // Excel declares the separator before the heading.
    let heading = if first
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"sep="))
    {
        lines.next().unwrap_or_default()
    } else {
        first
    };
    for (separator, format) in [
        (b',', &span_table::CSV),
        (b';', &span_table::CSV),
        (b'\t', &span_table::TSV),
    ] {
        let names: Vec<&[u8]> = heading
            .trim_ascii()
            .split(|byte| *byte == separator)
            .map(|name| name.trim_ascii().trim_ascii_start())
            .map(|name| name.strip_prefix(b"\"").unwrap_or(name))
            .map(|name| name.strip_suffix(b"\"").unwrap_or(name))
            .collect();
        let wanted: [&[u8]; 6] = [b"id", b"kind", b"start", b"end", b"label", b"text"];
        if wanted.iter().all(|name| names.contains(name)) {
            return Some(format);
        }
    }
    // Ten columns, the first a number.
    let is_token = |line: &[u8]| {
        let mut columns = line.split(|byte| *byte == b'\t');
        let number = columns.next().unwrap_or_default();
        number.first().is_some_and(u8::is_ascii_digit) && columns.count() == 9
    };
    let token = std::iter::once(first)
        .chain(lines)
        .find(|line| !line.starts_with(b"#") && !line.trim_ascii().is_empty());
    if token.is_some_and(is_token) {
        return Some(&conllu::Conllu);
    }
    None
}

/// Returns the first byte that is not white space or part of a byte order mark.
fn first_character(head: &[u8]) -> Option<u8> {
    // NULs are skipped, so that UTF-16 shows its first character too.
    head.iter().copied().find(|byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(head: &str) -> &'static str {
        by_content(head.as_bytes(), Some(&native::Jsonl))
            .spec()
            .name
    }

    #[test]
    fn a_record_is_known_by_fields_that_only_one_tool_writes() {
        for (record, format) in [
            (
                r#"{"id":"a","text":"x","regions":[],"entities":[]}"#,
                "jsonl",
            ),
            (r#"{"id":"a","text":"x","label":"sports"}"#, "jsonl"),
            (
                r#"{"text":"x","entities":[{"start":0,"end":1,"label":"PER"}],"spans":[]}"#,
                "jsonl",
            ),
            (r#"{"text":"x","answer":"Paris"}"#, "jsonl"),
            (r#"{"text":"x","Comments":["Good."]}"#, "jsonl"),
            (r#"{"html":"<p>x"}"#, "jsonl"),
            (r#"{"text":"x","spans":[],"answer":"accept"}"#, "prodigy"),
            (
                r#"{"text":"x","spans":[{"start":0,"end":1,"label":"PER"}]}"#,
                "prodigy",
            ),
            (r#"{"text":"x","label":[[0,1,"PER"]]}"#, "doccano"),
            (r#"{"id":1,"text":"x","labels":[[0,1,"PER"]]}"#, "doccano"),
            (r#"{"text":"x","label":[],"Comments":[]}"#, "doccano"),
            (
                r#"{"text":"x","entities":[{"id":0,"start_offset":0,"end_offset":1,"label":"ORG"}]}"#,
                "doccano",
            ),
            (
                r#"{"annotations":[{"label_name":"PER","start_char":0,"end_char":1}],"text":"x"}"#,
                "labelbuddy",
            ),
            (
                r#"{"text":"x","metadata":{},"annotations":[]}"#,
                "labelbuddy",
            ),
            (
                r#"[{"data":{"text":"x"},"annotations":[]}]"#,
                "label-studio",
            ),
            (
                r#"[{"text":"x","label":[{"start":0,"end":1,"labels":["PER"]}]}]"#,
                "label-studio",
            ),
            (r#"[{"tokenized_text":["x"],"ner":[]}]"#, "gliner"),
            (r#"{"%TYPES":{},"%FEATURE_STRUCTURES":[]}"#, "cas-json"),
            (
                r#"{"type":"AnnotationPage","copydesk:text":"x"}"#,
                "web-annotation",
            ),
        ] {
            assert_eq!(name(record), format, "{record}");
            assert!(shows_content()(record.as_bytes()));
        }
        assert!(!shows_content()(br#"{"text":"x","label":[[0,1"#));
        assert!(shows_content()(b"{\"text\": nonsense"));
    }

    #[test]
    fn a_long_first_record_is_whole_once_its_last_brace_has_come() {
        let entities = vec![r#"{"label":"}"}"#; 10_000].join(",");
        let record = format!(r#"{{"text":"}} \" {{","entities":[{entities}]}}"#);
        let mut shows = shows_content();
        for end in (1..record.len()).step_by(1000) {
            assert!(!shows(&record.as_bytes()[..end]), "{end}");
        }
        assert!(shows(record.as_bytes()));
    }

    #[test]
    fn tables_and_lines_are_known_by_their_heads() {
        let of = |head: &str| by_content(head.as_bytes(), None).spec().name;
        assert_eq!(
            of("id,kind,start,end,label,score,text,facts\n"),
            "spans-csv"
        );
        assert_eq!(
            of("\u{feff}id;kind;start;end;label;score;text;facts\r\n"),
            "spans-csv"
        );
        assert_eq!(
            of("id\tkind\tstart\tend\tlabel\tscore\ttext\tfacts\n"),
            "spans-tsv"
        );
        assert_eq!(of("#FORMAT=WebAnno TSV 3.3\n"), "webanno-tsv");
        assert_eq!(of("-DOCSTART- -X- -X- O\n\nA -X- -X- O\n"), "conll");
        assert_eq!(
            of("# sent_id = 1\n1\tA\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n"),
            "conllu"
        );
        assert_eq!(
            of("<?xml version=\"1.0\"?>\n<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\">"),
            "cas-xmi"
        );
        assert_eq!(of("<html><p>One."), "html");
        assert_eq!(of("Storm closes ferry\n"), "text");
        assert_eq!(
            by_content(b"id,text\n1,x\n", Some(&csv::Csv)).spec().name,
            "csv"
        );
        // An extension of only one format is trusted.
        assert_eq!(
            by_content(b"{\"a\":1}", Some(&text::PlainText)).spec().name,
            "text"
        );
    }

    #[test]
    fn the_first_bytes_tell_the_format_of_a_stream() {
        assert_eq!(by_content(b"  \n{\"text\":1}", None).spec().name, "jsonl");
        assert_eq!(by_content(b"\xff\xfe{\0\"\0", None).spec().name, "jsonl");
        assert_eq!(by_content(b"<!DOCTYPE html><p>x", None).spec().name, "html");
        assert_eq!(by_content(b"Storm closes ferry", None).spec().name, "text");
        assert_eq!(by_content(b"", None).spec().name, "text");
    }
}
