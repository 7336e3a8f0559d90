//! Metadata of a page: title, language, address, and others by name.
//!
//! Tags in the head come first, then JSON-LD, then microdata (`itemprop`).

use html5ever::{local_name, ns};

use super::json_ld::JsonLd;
use super::one_line::{MAX_CHARS, tidy};
use super::parse::tree::{DOCUMENT, Kind, NodeId, Tree};
use crate::model::Metadata;

/// The longest byline that is read from the page itself, in characters.
const MAX_NAME: usize = 120;

/// Reads the `<head>`, the language of `<html>`, the first heading, and what is said by `itemprop`;
/// `linked` is what JSON-LD says.
pub fn read(tree: &Tree<'_>, linked: JsonLd) -> Metadata {
    let mut meta = Metadata::default();
    let (mut author, mut published) = (String::new(), String::new());
    let (mut og_title, mut heading, mut title, mut og_url) =
        <(String, String, String, String)>::default();
    let mut at = Some(DOCUMENT);
    while let Some(id) = at {
        let mut enter = true;
        if let Some(element) = tree.element(id).filter(|element| element.ns == ns!(html)) {
            let attribute = |name| element.attribute(&name).map(tidy).unwrap_or_default();
            if let Some(property) = element.attribute(&local_name!("itemprop"))
                && element.name != local_name!("meta")
            {
                let inside = element.attribute(&local_name!("itemscope")).is_some();
                match property {
                    "author" | "creator" if author.is_empty() => {
                        author = text_of(tree, id);
                        // A box about the author is not a name.
                        if author.chars().count() > MAX_NAME || is_address(&author) {
                            author.clear();
                        }
                    }
                    "datePublished" if published.is_empty() && !inside => {
                        published = [local_name!("datetime"), local_name!("content")]
                            .into_iter()
                            .map(attribute)
                            .find(|date| !date.is_empty())
                            .unwrap_or_else(|| text_of(tree, id));
                    }
                    _ => {}
                }
            }
            match element.name {
                local_name!("html") => meta.language = language(&attribute(local_name!("lang"))),
                local_name!("title") if title.is_empty() => title = text_of(tree, id),
                local_name!("h1") if heading.is_empty() => heading = text_of(tree, id),
                local_name!("link") if meta.url.is_empty() => {
                    let is_canonical =
                        attribute(local_name!("rel")).eq_ignore_ascii_case("canonical");
                    let href = attribute(local_name!("href"));
                    if is_canonical && is_address(&href) {
                        meta.url = href;
                    }
                }
                local_name!("meta") => {
                    let mut name = attribute(local_name!("property"));
                    for other in [local_name!("name"), local_name!("itemprop")] {
                        if name.is_empty() {
                            name = attribute(other);
                        }
                    }
                    let content = attribute(local_name!("content"));
                    if content.is_empty() {
                        at = tree.following(id, DOCUMENT, true);
                        continue;
                    }
                    match name.to_ascii_lowercase().as_str() {
                        "og:title" if og_title.is_empty() => og_title = content,
                        "og:url" if og_url.is_empty() && is_address(&content) => og_url = content,
                        // The address of an author's page is not a name.
                        "author" | "article:author" | "byl" | "parsely-author" | "dc.creator"
                            if !is_address(&content) =>
                        {
                            meta.other.entry("byline".to_owned()).or_insert(content);
                        }
                        "article:published_time"
                        | "date"
                        | "datepublished"
                        | "pubdate"
                        | "dc.date"
                        | "dc.date.issued"
                        | "parsely-pub-date"
                        | "sailthru.date" => {
                            meta.other.entry("date".to_owned()).or_insert(content);
                        }
                        "description" | "og:description" => {
                            meta.other
                                .entry("description".to_owned())
                                .or_insert(content);
                        }
                        "og:site_name" => {
                            meta.other.entry("site".to_owned()).or_insert(content);
                        }
                        _ => {}
                    }
                }
                local_name!("script") | local_name!("style") | local_name!("template") => {
                    enter = false;
                }
                _ => {}
            }
        }
        at = tree.following(id, DOCUMENT, enter);
    }
    for (name, values) in [
        ("byline", [linked.byline, author]),
        ("date", [linked.date, published]),
    ] {
        if let Some(value) = values.into_iter().find(|value| !value.is_empty()) {
            meta.other.entry(name.to_owned()).or_insert(value);
        }
    }
    if meta.language.is_empty() {
        meta.language = language(&linked.language);
    }
    meta.title = [og_title, linked.headline, heading, title]
        .into_iter()
        .find(|title| !title.is_empty())
        .unwrap_or_default();
    if meta.url.is_empty() {
        meta.url = og_url;
    }
    meta
}

fn is_address(value: &str) -> bool {
    value.starts_with("http://") || value.starts_with("https://") || value.starts_with("//")
}

/// A language as BCP 47 writes it, or nothing if the page wrote something else.
fn language(value: &str) -> String {
    let value = value.replace('_', "-");
    let is_tag = (2..=35).contains(&value.len())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && value
            .split('-')
            .next()
            .is_some_and(|first| (2..=3).contains(&first.len()));
    if is_tag { value } else { String::new() }
}

fn text_of(tree: &Tree<'_>, root: NodeId) -> String {
    let mut words = String::new();
    let mut at = Some(root);
    while let Some(id) = at {
        if let Kind::Text(text) = &tree.node(id).kind {
            words.push_str(text);
            if words.len() > MAX_CHARS * 8 {
                break;
            }
        } else if tree
            .element(id)
            .is_some_and(|element| element.name == local_name!("br"))
        {
            words.push(' ');
        }
        at = tree.following(id, root, true);
    }
    tidy(&words)
}
