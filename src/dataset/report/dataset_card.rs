//! The dataset card: Markdown with the YAML header that the Hugging Face hub reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::dataset::report::part_count::PartCount;
use crate::model::{Label, Schema};
use crate::quality::Agreement;

/// What a card is made of.
#[derive(Debug)]
pub struct CardFacts<'a> {
    /// The dataset's labels.
    pub schema: &'a Schema,
    /// Its parts; one without a name if it is not split.
    pub parts: &'a [PartCount],
    /// How the records are called and told: the name of the format and the ending of its files.
    pub format: (&'a str, &'a str),
    /// The languages of its articles.
    pub languages: &'a BTreeSet<String>,
    /// How many people annotated it, where that was counted.
    pub annotators: Option<u64>,
    /// How far they agree, where more than one has done an article.
    pub agreement: Option<&'a Agreement>,
}

/// Quotes a string for YAML: JSON is YAML.
fn yaml(words: &str) -> String {
    serde_json::Value::from(words).to_string()
}

/// Escapes a cell of a Markdown table.
fn cell(words: &str) -> String {
    words
        .replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\n', '\r'], " ")
        .replace('<', "&lt;")
}

/// Returns languages as the hub names them: by ISO 639 codes without countries and scripts.
fn hub_languages(tags: &BTreeSet<String>) -> BTreeSet<String> {
    tags.iter()
        .filter_map(|tag| tag.split(['-', '_']).next())
        .filter(|code| matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_alphabetic()))
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Writes the card.
#[must_use]
pub fn card(facts: &CardFacts<'_>) -> String {
    let mut card = String::from("---\n");
    let name = facts.schema.name();
    let _ = writeln!(
        card,
        "pretty_name: {}",
        yaml(&format!("Labelled news articles ({name})"))
    );
    let languages = hub_languages(facts.languages);
    if !languages.is_empty() {
        card.push_str("language:\n");
        for language in &languages {
            let _ = writeln!(card, "- {}", yaml(language));
        }
    }
    card.push_str(
        "task_categories:\n- token-classification\ntask_ids:\n- named-entity-recognition\n",
    );
    let articles: u64 = facts.parts.iter().map(|part| part.articles).sum();
    let size = match articles {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        _ => "1M<n<10M",
    };
    let _ = writeln!(card, "size_categories:\n- {size}");
    // What load_dataset reads by itself.
    if matches!(facts.format.0, "jsonl") {
        card.push_str("configs:\n- config_name: default\n  data_files:\n");
        for part in facts.parts {
            let _ = writeln!(
                card,
                "  - split: {}\n    path: {}",
                split(&part.name),
                yaml(&file(part, facts.format.1))
            );
        }
    }
    let _ = write!(card, "---\n\n# Labelled news articles ({})\n\n", cell(name));
    let _ = writeln!(
        card,
        "Exported by Copydesk as `{}`. Each article is labelled with regions (such as story, comment and navigation) and with named \
         entities.\n\nBefore you share this dataset, add its licence and the source of its articles here.\n",
        facts.format.0
    );
    parts_table(&mut card, facts.parts);
    card.push_str("\n## Labels\n\n| label | meaning | examples |\n| --- | --- | --- |\n");
    let regions = facts.schema.regions().iter();
    let regions = regions.map(|r| (r.label.as_str(), &r.description, &r.examples));
    let entities = facts.schema.entities().iter();
    let entities = entities.map(|e| (e.label.as_str(), &e.description, &e.examples));
    for (label, description, examples) in regions.chain(entities) {
        let _ = writeln!(
            card,
            "| `{}` | {} | {} |",
            cell(label),
            cell(description),
            cell(&examples.join("; "))
        );
    }
    people(&mut card, facts);
    card
}

/// Returns the hub's name of a part.
fn split(name: &str) -> &str {
    match name {
        "" => "train",
        "dev" => "validation",
        other => other,
    }
}

fn file(part: &PartCount, ending: &str) -> String {
    if part.name.is_empty() {
        format!("*.{ending}")
    } else {
        format!("{}.{ending}", part.name)
    }
}

fn parts_table(card: &mut String, parts: &[PartCount]) {
    card.push_str("## Contents\n\n| |");
    for part in parts {
        let _ = write!(
            card,
            " {} |",
            if part.name.is_empty() {
                "all"
            } else {
                &part.name
            }
        );
    }
    card.push_str("\n| --- |");
    for _ in parts {
        card.push_str(" ---: |");
    }
    let mut line = |name: &str, of: &dyn Fn(&PartCount) -> u64| {
        let _ = write!(card, "\n| {name} |");
        for part in parts {
            let _ = write!(card, " {} |", of(part));
        }
    };
    line("articles", &|part| part.articles);
    type Counts = fn(&PartCount) -> &BTreeMap<Label, u64>;
    let kinds: [(&str, Counts); 2] = [
        ("regions", |part| &part.regions),
        ("entities", |part| &part.entities),
    ];
    for (kind, counts) in kinds {
        line(kind, &|part| counts(part).values().sum());
        let labels: BTreeSet<&Label> = parts.iter().flat_map(|part| counts(part).keys()).collect();
        for label in labels {
            line(&format!("`{}`", cell(label.as_str())), &|part| {
                counts(part).get(label).copied().unwrap_or_default()
            });
        }
    }
    card.push('\n');
}

fn people(card: &mut String, facts: &CardFacts<'_>) {
    let Some(annotators) = facts.annotators else {
        return;
    };
    let _ = writeln!(card, "\n## Annotation\n\nAnnotators: {annotators}.");
    let Some(agreement) = facts.agreement else {
        return;
    };
    let left_out = agreement.left_out.to_string();
    if agreement.articles == 0 {
        if !left_out.is_empty() {
            let _ = writeln!(
                card,
                "\nNo article was annotated by two of them independently. Left out of agreement: {left_out}."
            );
        }
        return;
    }
    let _ = write!(
        card,
        "\nArticles annotated by several of them independently: {}.",
        agreement.articles
    );
    if let Some(alpha) = agreement.alpha() {
        let _ = write!(
            card,
            " Agreement on regions, by characters: Krippendorff's alpha {alpha:.3}."
        );
    }
    let mut entities = crate::quality::score::Counts::default();
    for pair in agreement.pairs.values() {
        entities += pair.entities.micro();
    }
    if let Some(f1) = entities.f1() {
        let _ = write!(card, " Agreement on entities, by exact spans: F1 {f1:.3}.");
    }
    if !left_out.is_empty() {
        let _ = write!(card, " Left out: {left_out}.");
    }
    card.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hub_takes_languages_without_their_countries() {
        let tags = ["de-AT", "en", "en-GB", "pt_BR", "English", "x", "ZH-Hant"].map(str::to_owned);
        let hub = hub_languages(&tags.into_iter().collect());
        assert_eq!(Vec::from_iter(hub), ["de", "en", "pt", "zh"]);
    }
}
