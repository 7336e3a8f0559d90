//! A model's `tokenizer.json` is refused, or its tokens are in order, on characters, and cover the text. Panics of the
//! library are caught by the reader.

#![no_main]

use std::sync::Arc;

use copydesk::formats::{Tokenizer, TokenizerFile};
use copydesk::model::Text;
use serde_json::{Value, json};

const WORDS: &str = "The “ferry”  to Għawdex,\n€12 — 👩‍🚀 נמל ab\u{301}c 日本語";

fn file(model: &Value, normalizer: &Value, pre_tokenizer: &Value) -> Vec<u8> {
    json!({"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer, "post_processor": null, "decoder": null, "model": model})
    .to_string()
    .into_bytes()
}

fn seeds() -> Vec<Vec<u8>> {
    let pairs = json!({"type": "BPE", "dropout": null, "unk_token": "?", "continuing_subword_prefix": null, "end_of_word_suffix": null,
        "fuse_unk": true, "byte_fallback": false, "ignore_merges": false, "vocab": {"a": 0, "b": 1, "ab": 2, "?": 3}, "merges": ["a b"]});
    let pieces = json!({"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
        "vocab": {"[UNK]": 0, "the": 1, "##rry": 2, "fe": 3}});
    let unigrams = json!({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁", -1.0], ["fer", -2.0]], "byte_fallback": false});
    let bert = json!({"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": true, "lowercase": true});
    let replaced = json!({"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]});
    let bytes = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    let metaspace = json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true});
    let mut seeds = Vec::new();
    for model in [&pairs, &pieces, &unigrams] {
        for normalizer in [&Value::Null, &bert, &replaced] {
            for pre_tokenizer in [&Value::Null, &bytes, &metaspace, &json!({"type": "Whitespace"}), &json!({"type": "BertPreTokenizer"})] {
                seeds.push(file(model, normalizer, pre_tokenizer));
            }
        }
    }
    seeds
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let Ok(file) = TokenizerFile::parse("fuzz.json", bytes) else {
        return;
    };
    let text = Text::new(WORDS);
    let tokens = Tokenizer::File(Arc::new(file)).tokens(&text);
    let mut end = 0;
    for token in &tokens {
        assert!(text.holds(*token));
        let gap = text.as_str().get(end..token.start().index()).expect("tokens are in order and do not overlap");
        assert!(gap.trim().is_empty(), "{gap:?} is in no token");
        end = token.end().index();
    }
    assert!(text.as_str()[end..].trim().is_empty(), "the end is in no token");
});
