//! The schema as people write it: TOML, with the guidelines beside it as Markdown.
//!
//! ```toml
//! name = "news"
//! nesting = "flat"            # or "nested"
//!
//! [[regions]]
//! label = "body"
//! key = "b"
//! color = "#62a0ca"
//! description = "The story itself."
//! examples = ["The ferry sails at noon."]
//!
//! [[entities]]
//! label = "PERSON"
//! key = "1"
//! color = "#0072b2"
//! ```
//!
//! Parsing checks everything and reports the line. Printing the same schema gives the same bytes.

use std::fmt::{self, Write as _};

use serde::Deserialize;

use crate::model::{EntityLabel, Label, Nesting, RegionLabel, Rgb, Schema};

/// The longest schema that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Why a text is not a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaTomlError {
    /// The line, from 1, if known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for SchemaTomlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for SchemaTomlError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaDto {
    name: toml::Spanned<String>,
    #[serde(default)]
    nesting: NestingDto,
    /// The share of articles shown without suggestions.
    #[serde(default)]
    blind_share: Option<toml::Spanned<f64>>,
    /// Whether an article can only be marked done if the check finds nothing.
    #[serde(default)]
    require_check: bool,
    #[serde(default)]
    regions: Vec<toml::Spanned<RegionDto>>,
    #[serde(default)]
    entities: Vec<toml::Spanned<EntityDto>>,
    /// Guidelines in the file itself. A separate file wins.
    #[serde(default)]
    guidelines: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NestingDto {
    #[default]
    Flat,
    Nested,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionDto {
    label: String,
    key: Option<String>,
    color: String,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default = "yes")]
    tag_entities: bool,
    #[serde(default)]
    separate: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityDto {
    label: String,
    key: Option<String>,
    color: String,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    tagger_types: Vec<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    examples: Vec<String>,
}

fn yes() -> bool {
    true
}

/// Parses a schema. `guidelines` is the Markdown beside it; `None` uses the guidelines in the TOML.
///
/// # Errors
/// If the text is not TOML, a field is missing, unknown or invalid, or the labels do not form a
/// schema.
pub fn parse(toml: &str, guidelines: Option<&str>) -> Result<Schema, SchemaTomlError> {
    if toml.len() > MAX_BYTES {
        return Err(SchemaTomlError {
            line: None,
            message: format!("a schema has at most {} KiB", MAX_BYTES >> 10),
        });
    }
    let dto: SchemaDto = toml::from_str(toml).map_err(|error| SchemaTomlError {
        line: error.span().map(|span| line_of(toml, span.start)),
        message: error.message().to_owned(),
    })?;
    let fault = |at: usize, message: String| SchemaTomlError {
        line: Some(line_of(toml, at)),
        message,
    };
    if dto.name.get_ref().trim().is_empty() {
        return Err(fault(
            dto.name.span().start,
            "the schema needs a name".into(),
        ));
    }
    let mut regions = Vec::with_capacity(dto.regions.len());
    for spanned in &dto.regions {
        let (at, region) = (spanned.span().start, spanned.get_ref());
        regions.push(RegionLabel {
            label: label(&region.label).map_err(|message| fault(at, message))?,
            color: color(&region.label, &region.color).map_err(|message| fault(at, message))?,
            key: key(&region.label, region.key.as_deref()).map_err(|message| fault(at, message))?,
            enabled: region.enabled,
            tag_entities: region.tag_entities,
            separate: region.separate,
            description: region.description.clone(),
            examples: region.examples.clone(),
        });
    }
    let mut entities = Vec::with_capacity(dto.entities.len());
    for spanned in &dto.entities {
        let (at, entity) = (spanned.span().start, spanned.get_ref());
        entities.push(EntityLabel {
            label: label(&entity.label).map_err(|message| fault(at, message))?,
            color: color(&entity.label, &entity.color).map_err(|message| fault(at, message))?,
            key: key(&entity.label, entity.key.as_deref()).map_err(|message| fault(at, message))?,
            enabled: entity.enabled,
            tagger_types: entity.tagger_types.clone(),
            description: entity.description.clone(),
            examples: entity.examples.clone(),
        });
    }
    let mut blind_share = 0.0;
    if let Some(share) = &dto.blind_share {
        blind_share = *share.get_ref();
        if !(0.0..=1.0).contains(&blind_share) {
            let message = format!("blind_share is {blind_share}: a share is from 0 to 1");
            return Err(fault(share.span().start, message));
        }
    }
    let guidelines = guidelines.map_or_else(|| dto.guidelines.clone(), str::to_owned);
    let nesting = match dto.nesting {
        NestingDto::Flat => Nesting::Flat,
        NestingDto::Nested => Nesting::Nested,
    };
    Schema::new(
        dto.name.get_ref().trim().to_owned(),
        nesting,
        regions,
        entities,
        guidelines,
    )
    .map(|schema| {
        schema
            .with_blind_share(blind_share)
            .with_required_check(dto.require_check)
    })
    .map_err(|error| SchemaTomlError {
        line: None,
        message: error.to_string(),
    })
}

fn label(name: &str) -> Result<Label, String> {
    Label::new(name).map_err(|error| format!("{name:?}: {error}"))
}

fn color(label: &str, hex: &str) -> Result<Rgb, String> {
    Rgb::parse(hex)
        .ok_or_else(|| format!("{label}: the colour {hex:?} is not written like \"#56b4e9\""))
}

fn key(label: &str, key: Option<&str>) -> Result<Option<char>, String> {
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    let mut chars = key.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => Ok(Some(only)),
        _ => Err(format!(
            "{label}: the key {key:?} is more than one character"
        )),
    }
}

/// Returns the line, from 1, of a byte offset.
fn line_of(toml: &str, at: usize) -> usize {
    1 + toml.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// Prints a schema without its guidelines, which are a Markdown file beside it.
#[must_use]
pub fn print(schema: &Schema) -> String {
    print_parts(schema, false)
}

/// Prints a schema with its guidelines in the same file.
#[must_use]
pub fn print_with_guidelines(schema: &Schema) -> String {
    print_parts(schema, true)
}

fn print_parts(schema: &Schema, guidelines: bool) -> String {
    let mut out = String::new();
    let nesting = match schema.nesting() {
        Nesting::Flat => "flat",
        Nesting::Nested => "nested",
    };
    let _ = writeln!(
        out,
        "name = {}\nnesting = {}",
        quoted(schema.name()),
        quoted(nesting)
    );
    if schema.blind_share() > 0.0 {
        let _ = writeln!(out, "blind_share = {}", schema.blind_share());
    }
    if schema.requires_check() {
        out.push_str("require_check = true\n");
    }
    if guidelines && !schema.guidelines().is_empty() {
        let _ = writeln!(out, "guidelines = {}", multi_line(schema.guidelines()));
    }
    for region in schema.regions() {
        let _ = writeln!(
            out,
            "\n[[regions]]\nlabel = {}",
            quoted(region.label.as_str())
        );
        print_common(&mut out, region.key, region.color, region.enabled);
        if !region.tag_entities {
            out.push_str("tag_entities = false\n");
        }
        if region.separate {
            out.push_str("separate = true\n");
        }
        print_words(&mut out, &region.description, &region.examples);
    }
    for entity in schema.entities() {
        let _ = writeln!(
            out,
            "\n[[entities]]\nlabel = {}",
            quoted(entity.label.as_str())
        );
        print_common(&mut out, entity.key, entity.color, entity.enabled);
        print_list(&mut out, "tagger_types", &entity.tagger_types);
        print_words(&mut out, &entity.description, &entity.examples);
    }
    out
}

fn print_common(out: &mut String, key: Option<char>, color: Rgb, enabled: bool) {
    if let Some(key) = key {
        let _ = writeln!(out, "key = {}", quoted(&key.to_string()));
    }
    let _ = writeln!(out, "color = {}", quoted(&color.to_string()));
    if !enabled {
        out.push_str("enabled = false\n");
    }
}

fn print_words(out: &mut String, description: &str, examples: &[String]) {
    if !description.is_empty() {
        let _ = writeln!(out, "description = {}", quoted(description));
    }
    print_list(out, "examples", examples);
}

fn print_list(out: &mut String, name: &str, words: &[String]) {
    if !words.is_empty() {
        let words: Vec<String> = words.iter().map(|words| quoted(words)).collect();
        let _ = writeln!(out, "{name} = [{}]", words.join(", "));
    }
}

/// A basic string of TOML on one line.
fn quoted(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 2);
    out.push('"');
    for c in words.chars() {
        escaped(&mut out, c);
    }
    out.push('"');
    out
}

/// A basic string of TOML over several lines, so that the guidelines can be read in the file.
fn multi_line(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    out.push_str("\"\"\"\n"); // the line feed after the opening quotes does not count
    for c in words.chars() {
        match c {
            '\n' => out.push('\n'),
            c => escaped(&mut out, c),
        }
    }
    out.push_str("\"\"\"");
    out
}

fn escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c.is_control() => {
            let _ = write!(out, "\\u{:04X}", u32::from(c));
        }
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r##"name = "small"
nesting = "nested"

[[regions]]
label = "body"
key = "b"
color = "#56b4e9"
description = "The \"story\"."
examples = ["One.", "Two\nlines."]

[[regions]]
label = "comment"
color = "#e69f00"
enabled = false
tag_entities = false
separate = true

[[entities]]
label = "PERSON"
key = "1"
color = "#0072b2"
tagger_types = ["PER"]
"##;

    #[test]
    fn what_is_printed_is_what_was_read() {
        let schema = parse(SMALL, None).unwrap();
        assert_eq!(print(&schema), SMALL);
        assert_eq!(schema.nesting(), Nesting::Nested);
        assert!(
            schema
                .region("comment")
                .is_some_and(|region| region.separate && !region.tag_entities && !region.enabled)
        );
        assert_eq!(
            schema
                .entity("PERSON")
                .map(|entity| (entity.key, &entity.tagger_types[..])),
            Some((Some('1'), &["PER".to_owned()][..]))
        );
    }

    #[test]
    fn guidelines_stand_in_the_file_or_beside_it() {
        let beside = parse(SMALL, Some("# Beside\n")).unwrap();
        assert_eq!(beside.guidelines(), "# Beside\n");
        let hard = "# How\r\n\n\"\"\"quotes\"\"\" and \\ and \u{1}\n\tend";
        let schema = parse(SMALL, Some(hard)).unwrap();
        let again = parse(&print_with_guidelines(&schema), None).unwrap();
        assert_eq!(again, schema);
        assert_eq!(again.guidelines(), hard);
    }

    fn refused(toml: &str) -> String {
        parse(toml, None).unwrap_err().to_string()
    }

    #[test]
    fn faults_say_the_line_and_what_to_do() {
        assert!(refused("name = \"x\"\nregions = 5").starts_with("line 2: "));
        assert_eq!(
            refused("name = \"x\"\n[[regions]]\nlabel = \"body\"\ncolor = \"blue\"\n"),
            "line 2: body: the colour \"blue\" is not written like \"#56b4e9\""
        );
        assert_eq!(
            refused(
                "name = \"x\"\n\n[[regions]]\nlabel = \"body\"\nkey = \"bo\"\ncolor = \"#000000\"\n"
            ),
            "line 3: body: the key \"bo\" is more than one character"
        );
        assert!(
            refused("name = \"x\"\n[[regions]]\nlabel = \"body\"\ncolour = \"#000000\"\n")
                .contains("colour")
        );
        assert_eq!(
            refused("name = \"x\""),
            "a schema needs at least one enabled region label"
        );
        assert!(refused("[[regions]]\nlabel = \"body\"\ncolor = \"#000000\"\n").contains("name"));
        assert_eq!(
            refused(&"#".repeat(MAX_BYTES + 1)),
            "a schema has at most 1024 KiB"
        );
    }

    #[test]
    fn a_key_that_a_command_needs_is_refused() {
        let message = refused(
            "name = \"x\"\n[[regions]]\nlabel = \"ad\"\nkey = \"a\"\ncolor = \"#000000\"\n",
        );
        assert!(
            message.contains("'a'") && message.contains("ad"),
            "{message}"
        );
    }

    #[test]
    fn a_required_check_is_read_and_printed() {
        let toml = "name = \"a\"\nrequire_check = true\n[[regions]]\nlabel = \"body\"\ncolor = \"#000000\"\n";
        let schema = parse(toml, None).unwrap();
        assert!(schema.requires_check());
        assert!(print(&schema).contains("\nrequire_check = true\n"));
        assert_eq!(parse(&print(&schema), None).unwrap(), schema);
        let without = parse(&toml.replace("require_check = true\n", ""), None).unwrap();
        assert!(!without.requires_check() && !print(&without).contains("require_check"));
    }

    #[test]
    fn a_share_without_suggestions_is_read_and_printed_and_has_its_bounds() {
        let toml = "name = \"a\"\nblind_share = 0.125\n[[regions]]\nlabel = \"body\"\ncolor = \"#000000\"\n";
        let schema = parse(toml, None).unwrap();
        assert!((schema.blind_share() - 0.125).abs() < 1e-9);
        assert_eq!(parse(&print(&schema), None).unwrap(), schema);
        let fault = parse(&toml.replace("0.125", "12.5"), None).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "line 2: blind_share is 12.5: a share is from 0 to 1"
        );
    }
}
