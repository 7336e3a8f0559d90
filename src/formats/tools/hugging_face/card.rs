//! The dataset card and the features that `datasets` reads.

use serde_json::Value;

/// The text of every card.
pub(super) const CARD: &str = "Exported by Copydesk. Each row is an article: its `text`; `regions` (which text is story, comment or \
navigation) and `entities` as `{start, end, label, score}`, counted in Unicode code points with the end excluded, so that \
`text[start:end]` is the span; and `tokens` with `ner_tags` in IOB2. Of nested entities `ner_tags` hold the outermost. \
`score` is null for what a person did.\n\nA licence and where the articles are from have to be added here before this is \
shared.\n\n";

/// Quotes a string for YAML: JSON is YAML.
pub(super) fn yaml(words: &str) -> String {
    Value::from(words).to_string()
}
