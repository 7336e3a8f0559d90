//! Both parsers side by side, for the tests and for fuzzing: they must build the same tree.

use super::exact;
use super::quick;
use super::tree::{DOCUMENT, Kind, NONE, Tree, with_line_feeds};

/// A tree as text. Of elements in drawings, which nobody sees, the names' capitals and the
/// attributes are left out.
fn shown(tree: &Tree<'_>) -> String {
    let mut out = String::new();
    let mut at = Some(DOCUMENT);
    while let Some(id) = at {
        let mut depth = 0;
        let mut up = tree.node(id).parent;
        while up != NONE {
            depth += 1;
            up = tree.node(up).parent;
        }
        let line = match &tree.node(id).kind {
            Kind::Document => "document".to_owned(),
            Kind::Other => "other".to_owned(),
            Kind::Text(text) => format!("{text:?}"),
            Kind::Element(element) => {
                let mut attributes: Vec<_> = element
                    .attributes
                    .iter()
                    .filter(|_| element.ns == html5ever::ns!(html))
                    .map(|(name, value)| format!(" {name}={value:?}"))
                    .collect();
                attributes.sort();
                format!(
                    "<{}{}> {}",
                    element.name.to_ascii_lowercase(),
                    attributes.concat(),
                    &*element.ns
                )
            }
        };
        out.push_str(&format!("{:depth$}{line}\n", ""));
        at = tree.following(id, DOCUMENT, true);
    }
    out
}

/// Where the parsers differ about a page; `None` if they agree, or the quick one gives up.
#[must_use]
pub fn difference(page: &str) -> Option<String> {
    let page = with_line_feeds(page);
    let exact = shown(&exact::parse(&page));
    let quick = shown(&quick::parse(&page).ok()?);
    if quick == exact {
        return None;
    }
    let at = quick
        .lines()
        .zip(exact.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let part = |tree: &str| {
        tree.lines()
            .skip(at.saturating_sub(3))
            .take(8)
            .collect::<Vec<_>>()
            .join("\n")
    };
    Some(format!(
        "-- quick, from line {at}\n{}\n-- exact\n{}",
        part(&quick),
        part(&exact)
    ))
}
