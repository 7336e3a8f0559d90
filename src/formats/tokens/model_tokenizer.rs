//! Tokens of a model, from its `tokenizer.json` (the `tokenizers` crate), for training that model.
//!
//! Truncation, padding and special tokens of the file are ignored. The model's pieces become tokens
//! of the text: without the white space that many pieces begin with, with the parts of one
//! character joined, and with characters that the model drops, such as accents, added to a
//! neighbouring token. Tokens contain everything but white space. A span may begin or end inside a
//! token; such spans are counted.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde_json::Value;

use crate::formats::reading::catch_panic::catch_panic;
use crate::formats::tokens::chunks;
use crate::model::stable_hash;

/// The largest file that is read, in bytes. The largest vocabularies take about 40 MB.
pub const MAX_BYTES: usize = 256 << 20;

/// Characters of many kinds. A tokenizer that cannot handle them would fail somewhere in a dataset.
const PROBE: &str = "The “ferry”, 5.40 € – naïve 日本語 שלום 😀 𝄞 ⍼ ꙮ";

/// A tokenizer from a file.
pub struct TokenizerFile {
    name: String,
    /// A hash of the file, to compare tokenizers.
    hash: u64,
    tokenizer: tokenizers::Tokenizer,
}

impl TokenizerFile {
    /// Parses a `tokenizer.json`. Messages call it `name`.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, String> {
        if let Some(why) = grows(bytes) {
            return Err(format!("{name} cannot be used: {why}"));
        }
        // The library panics on some damaged files.
        catch_panic(|| Self::read(name, bytes)).unwrap_or_else(|| {
            Err(format!(
                "{name} is not a readable tokenizer.json: it is damaged"
            ))
        })
    }

    fn read(name: &str, bytes: &[u8]) -> Result<Self, String> {
        let mut tokenizer = tokenizers::Tokenizer::from_bytes(bytes)
            .map_err(|why| format!("{name} is not a readable tokenizer.json: {why}"))?;
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|why| format!("{name}: {why}"))?;
        let probe = tokenizer
            .encode(PROBE, false)
            .map_err(|why| format!("{name} cannot tokenize every text: {why}"))?;
        // Byte pair encoding without an unknown token drops characters, and its offsets are wrong
        // afterwards.
        let covered = |at: usize| {
            probe
                .get_offsets()
                .iter()
                .any(|(from, to)| (*from..*to).contains(&at))
        };
        let mut signs = PROBE.char_indices().filter(|(_, c)| !c.is_whitespace());
        if let Some((_, missed)) = signs.find(|(at, _)| !covered(*at)) {
            return Err(format!(
                "{name} drops characters that its vocabulary lacks, such as {missed:?}, so that its offsets cannot be trusted; \
                 it needs a token for unknown characters"
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            hash: stable_hash(bytes),
            tokenizer,
        })
    }

    /// Returns the name of the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the tokens of a text as byte ranges: in order, not empty, and without white space at
    /// their edges. Together they contain all but white space.
    pub(in crate::formats) fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        // It handled the probe, so a failure is unlikely. If it fails, each word is a token.
        let cut = catch_panic(|| self.tokenizer.encode(text, false).ok()).flatten();
        let pieces = match cut {
            Some(encoding) => encoding.get_offsets().to_vec(),
            None => Vec::new(),
        };
        let mut out: Vec<Range<usize>> = Vec::with_capacity(pieces.len());
        let mut end = 0;
        for (from, to) in pieces {
            let Some(piece) = text.get(from..to) else {
                continue;
            };
            let start = from + piece.len() - piece.trim_start().len();
            let to = start + piece.trim().len();
            if start >= to {
                continue;
            }
            if start < end {
                // Parts of one character are one token.
                if let Some(last) = out.last_mut() {
                    last.end = last.end.max(to);
                    end = last.end;
                }
                continue;
            }
            let start = fill(text, end..start, true, &mut out);
            out.push(start..to);
            end = to;
        }
        fill(text, end..text.len(), false, &mut out);
        out
    }
}

/// Returns why a tokenizer would make a text grow too much: its replacements multiply.
fn grows(bytes: &[u8]) -> Option<String> {
    const MOST: u64 = 4096;

    #[derive(Deserialize)]
    struct Head {
        #[serde(default)]
        normalizer: Value,
        #[serde(default)]
        pre_tokenizer: Value,
    }
    fn factor(value: &Value) -> u64 {
        match value {
            Value::Object(map) => map.iter().fold(1, |all, (key, value)| {
                let own = match (key.as_str(), value) {
                    ("content" | "prepend" | "replacement", Value::String(words)) => {
                        words.len().max(1) as u64
                    }
                    _ => factor(value),
                };
                all.saturating_mul(own)
            }),
            Value::Array(list) => list
                .iter()
                .fold(1, |all, value| all.saturating_mul(factor(value))),
            _ => 1,
        }
    }
    // An invalid file is reported later.
    let head: Head = serde_json::from_slice(bytes).ok()?;
    let grown = factor(&head.normalizer).saturating_mul(factor(&head.pre_tokenizer));
    (grown > MOST).then(|| "its replacements make a text thousands of times longer".to_owned())
}

/// Adds the text in a gap to the token before it or after it, or makes it separate tokens. Returns
/// the start of the token after it.
fn fill(text: &str, gap: Range<usize>, followed: bool, out: &mut Vec<Range<usize>>) -> usize {
    let words = text.get(gap.clone()).unwrap_or_default();
    for chunk in chunks(words) {
        let chunk = gap.start + chunk.start..gap.start + chunk.end;
        match out.last_mut() {
            Some(before) if before.end == chunk.start => before.end = chunk.end,
            _ if followed && chunk.end == gap.end => return chunk.start,
            _ => out.push(chunk),
        }
    }
    gap.end
}

impl fmt::Debug for TokenizerFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenizerFile").field(&self.name).finish()
    }
}

impl PartialEq for TokenizerFile {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.hash) == (&other.name, other.hash)
    }
}

impl Eq for TokenizerFile {}

#[cfg(test)]
pub(in crate::formats) mod tests {
    use super::*;

    /// Byte pairs, as GPT-2 has them: pieces begin with the space before them, a character may be
    /// several pieces.
    pub(in crate::formats) fn of_bytes() -> TokenizerFile {
        // The alphabet of bytes: those that print represent themselves, the others for what comes
        // after Latin-1.
        let mut beyond = 0x100..;
        let alphabet: Vec<char> = (0..=255_u32)
            .map(|byte| match byte {
                0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => byte,
                _ => beyond.next().unwrap(),
            })
            .map(|code| char::from_u32(code).unwrap())
            .collect();
        let mut vocabulary: Vec<String> = alphabet.iter().map(ToString::to_string).collect();
        let merges = [
            ("P", "a"),
            ("r", "i"),
            ("ri", "s"),
            ("Pa", "ris"),
            ("Ġ", "Paris"),
        ];
        vocabulary.extend(merges.iter().map(|(a, b)| format!("{a}{b}")));
        let vocabulary: serde_json::Map<String, Value> = (0..)
            .zip(vocabulary)
            .map(|(id, piece)| (piece, Value::from(id)))
            .collect();
        let bytes = serde_json::json!({"add_prefix_space": false, "trim_offsets": true, "use_regex": true, "type": "ByteLevel"});
        let file = serde_json::json!({
            "version": "1.0", "truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0},
            "padding": null, "added_tokens": [], "normalizer": null,
            "pre_tokenizer": bytes, "post_processor": null, "decoder": bytes,
            "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                "vocab": vocabulary, "merges": merges.iter().map(|(a, b)| format!("{a} {b}")).collect::<Vec<_>>()},
        });
        TokenizerFile::parse("bytes.json", file.to_string().as_bytes()).unwrap()
    }

    fn words<'t>(file: &TokenizerFile, text: &'t str) -> Vec<&'t str> {
        let ranges = file.ranges(text);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn pieces_lose_their_spaces_and_bytes_of_one_character_are_one_token() {
        let file = of_bytes();
        assert_eq!(
            words(&file, "In Paris😀,\n é"),
            ["I", "n", "Paris", "😀", ",", "é"]
        );
        assert_eq!(words(&file, " \n"), Vec::<&str>::new());
        // The file says that two pieces are enough; an article is cut whole.
        assert_eq!(words(&file, "abcdef").len(), 6);
    }

    fn pairs(unknown: Option<&str>) -> Value {
        serde_json::json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
            "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": true, "lowercase": true},
            "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
            "model": {"type": "BPE", "dropout": null, "unk_token": unknown, "continuing_subword_prefix": null,
                "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": false, "ignore_merges": false,
                "vocab": {"a": 0, "b": 1, "ab": 2, "?": 3}, "merges": ["a b"]},
        })
    }

    #[test]
    fn what_no_piece_covers_goes_with_its_neighbour() {
        let file = pairs(Some("?")).to_string();
        let file = TokenizerFile::parse("small.json", file.as_bytes()).unwrap();
        assert_eq!(
            words(&file, "ABxab 😀y \u{7f}"),
            ["AB", "x", "ab", "😀y", "\u{7f}"]
        );
    }

    #[test]
    fn a_file_that_makes_its_library_panic_is_refused_by_name() {
        for map in [
            serde_json::json!(""),
            serde_json::json!(null),
            serde_json::json!("AAAA"),
            serde_json::json!("/////w=="),
        ] {
            let mut file = pairs(Some("?"));
            file["normalizer"] =
                serde_json::json!({"type": "Precompiled", "precompiled_charsmap": map});
            if let Err(why) = TokenizerFile::parse("unlucky.json", file.to_string().as_bytes()) {
                assert!(why.starts_with("unlucky.json "), "{why}");
            }
        }
        // Cut off anywhere, and with any byte damaged.
        let whole = pairs(Some("?")).to_string().into_bytes();
        for at in 0..whole.len() {
            let _ = TokenizerFile::parse("cut.json", &whole[..at]);
            let mut damaged = whole.clone();
            damaged[at] ^= 0x11;
            let _ = TokenizerFile::parse("damaged.json", &damaged);
        }
    }

    #[test]
    fn one_that_makes_a_text_grow_is_refused() {
        let replace = |content: &str| serde_json::json!({"type": "Replace", "pattern": {"String": "a"}, "content": content});
        let mut file = pairs(Some("?"));
        for (normalizer, is_refused) in [
            (replace("é"), false),
            (replace(&"a".repeat(1 << 20)), true),
            (
                serde_json::json!({"type": "Sequence", "normalizers": vec![replace("aaaaaaaa"); 20]}),
                true,
            ),
            (
                serde_json::json!({"type": "Sequence", "normalizers": vec![replace("b"); 20]}),
                false,
            ),
        ] {
            file["normalizer"] = normalizer;
            let read = TokenizerFile::parse("a.json", file.to_string().as_bytes());
            assert_eq!(
                read.is_err_and(|why| why.contains("replacements")),
                is_refused
            );
        }
    }

    #[test]
    fn one_that_drops_characters_is_refused() {
        let why =
            TokenizerFile::parse("small.json", pairs(None).to_string().as_bytes()).unwrap_err();
        assert!(
            why.contains("it needs a token for unknown characters"),
            "{why}"
        );
    }

    #[test]
    fn what_is_no_tokenizer_is_refused_by_name() {
        let refused = |bytes: &[u8]| TokenizerFile::parse("a.json", bytes).unwrap_err();
        assert!(refused(b"{}").starts_with("a.json is not a readable tokenizer.json"));
        assert!(refused(b"\xff").starts_with("a.json is not a readable tokenizer.json"));
        let strict = serde_json::json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
            "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
            "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "[UNK]"},
        });
        let why = refused(strict.to_string().as_bytes());
        assert!(
            why.starts_with("a.json cannot tokenize every text"),
            "{why}"
        );
    }
}
