//! Tokenizers, by name or from a model's file.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use crate::formats::tokens::model_tokenizer;
use crate::formats::{Tokenizer, TokenizerFile};

/// Returns the tokenizer of that name, or the one in a file: a model's `tokenizer.json`.
///
/// # Errors
/// Why it is neither, for people.
pub fn tokenizer(word: &str) -> Result<Tokenizer, String> {
    let mut named = Tokenizer::NAMED.into_iter();
    if let Some(named) = named.find(|named| named.as_str() == word) {
        return Ok(named);
    }
    let path = Path::new(word);
    if !path.exists() {
        let known = Tokenizer::NAMED.map(|named| named.to_string()).join(", ");
        return Err(format!("it is none of {known}, and there is no such file"));
    }
    let cannot = |why: std::io::Error| format!("cannot read {word}: {why}");
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(model_tokenizer::MAX_BYTES as u64)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    let file = TokenizerFile::parse(word, &bytes)?;
    Ok(Tokenizer::File(Arc::new(file)))
}
