//! Finds elements that readers do not see.

use html5ever::{local_name, ns};

use super::parse::tree::{Element, Kind, NONE, NodeId, Tree};

/// Classes of text for screen readers, which repeats visible text.
const UNSEEN_CLASSES: [&str; 6] = [
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "screen-reader-text",
    "screenreader-text",
    "u-hidden-visually",
];

/// The length of the shortest of them: most classes are shorter, or else others.
const SHORTEST_UNSEEN: usize = "sr-only".len();

/// The longest text that is compared with its neighbour's to find a double, in bytes.
const DOUBLE_BYTES: usize = 400;

/// Returns true for a template that browsers do not show. A template with a mode is content of the
/// element around it.
pub fn is_bare_template(element: &Element<'_>) -> bool {
    element.name == local_name!("template")
        && !element
            .attribute(&local_name!("shadowrootmode"))
            .is_some_and(|mode| {
                mode.eq_ignore_ascii_case("open") || mode.eq_ignore_ascii_case("closed")
            })
}

/// Returns true if an element hides itself by `hidden` or by its own style, which a script can
/// undo.
pub fn hides_itself(element: &Element<'_>) -> bool {
    // Content that a server streams hidden, for a script to show at once, is visible to readers.
    let is_streamed = element
        .attribute(&local_name!("id"))
        .is_some_and(|id| id.starts_with("S:"));
    let hidden = element.attribute(&local_name!("hidden"));
    if hidden.is_some_and(|value| value != "until-found") && !is_streamed {
        return true;
    }
    element
        .attribute(&local_name!("style"))
        .is_some_and(style_hides)
}

/// Returns true if a script may show a hidden element when the page loads: not for dialogs and
/// menus, which wait for the user.
pub fn may_be_shown(element: &Element<'_>) -> bool {
    let never = element
        .attribute(&local_name!("role"))
        .is_some_and(|role| matches!(role, "dialog" | "alertdialog" | "menu" | "navigation"));
    let by_display = element
        .attribute(&local_name!("style"))
        .is_some_and(|style| style_has(style, "display", "none"));
    let is_whole = matches!(
        element.name,
        local_name!("html") | local_name!("body") | local_name!("main") | local_name!("article")
    );
    !never && (is_whole || !by_display)
}

/// Returns true for elements that never belong to the text, with all their content.
pub fn is_left_out(tree: &Tree<'_>, id: NodeId, element: &Element<'_>) -> bool {
    if element.ns != ns!(html) {
        // Drawings and formulas: their labels are not running text.
        return element.name != local_name!("math") && element.ns != ns!(mathml);
    }
    let by_name = matches!(
        element.name,
        local_name!("script")
            | local_name!("style")
            | local_name!("noscript")
            | local_name!("head")
            | local_name!("title")
            | local_name!("svg")
            | local_name!("select")
            | local_name!("option")
            | local_name!("optgroup")
            | local_name!("datalist")
            | local_name!("textarea")
            | local_name!("input")
            | local_name!("button")
            | local_name!("iframe")
            | local_name!("object")
            | local_name!("embed")
            | local_name!("audio")
            | local_name!("video")
            | local_name!("canvas")
            | local_name!("map")
            | local_name!("progress")
            | local_name!("meter")
            | local_name!("noframes")
            | local_name!("noembed")
            | local_name!("rp")
    );
    if by_name || is_bare_template(element) {
        return true;
    }
    if element.name == local_name!("dialog") && element.attribute(&local_name!("open")).is_none() {
        return true;
    }
    if let Some(classes) = element.attribute(&local_name!("class"))
        && classes
            .split_ascii_whitespace()
            .any(|class| class.len() >= SHORTEST_UNSEEN && UNSEEN_CLASSES.contains(&class))
    {
        return true;
    }
    element.attribute(&local_name!("aria-hidden")) == Some("true") && doubles_a_neighbour(tree, id)
}

fn style_hides(style: &str) -> bool {
    style_has(style, "display", "none") || style_has(style, "visibility", "hidden")
}

fn style_has(style: &str, wanted: &str, value_wanted: &str) -> bool {
    style.split(';').any(|rule| {
        let Some((property, value)) = rule.split_once(':') else {
            return false;
        };
        let (property, value) = (property.trim(), value.trim());
        let value = value.split_ascii_whitespace().next().unwrap_or_default();
        property.eq_ignore_ascii_case(wanted) && value.eq_ignore_ascii_case(value_wanted)
    })
}

/// Returns true if an element repeats the element beside it, as text for screen readers does.
fn doubles_a_neighbour(tree: &Tree<'_>, id: NodeId) -> bool {
    let own = short_text(tree, id);
    if own.is_empty() {
        return true; // an icon
    }
    let node = tree.node(id);
    // The neighbour may be behind white space.
    let mut beside = node.next;
    for _ in 0..2 {
        if beside == NONE {
            break;
        }
        if short_text(tree, beside) == own {
            return true;
        }
        beside = tree.node(beside).next;
    }
    let mut before = NONE;
    for sibling in tree.children(node.parent).take(16) {
        if sibling == id {
            return before != NONE && short_text(tree, before) == own;
        }
        if !short_text(tree, sibling).is_empty() {
            before = sibling;
        }
    }
    false
}

/// The words of a small subtree, single-spaced; of a large one its beginning.
fn short_text(tree: &Tree<'_>, root: NodeId) -> String {
    let mut words = String::new();
    let mut at = Some(root);
    for _ in 0..64 {
        let Some(id) = at else { break };
        if let Kind::Text(text) = &tree.node(id).kind {
            for word in text.split_whitespace() {
                words.push_str(word);
                words.push(' ');
                if words.len() > DOUBLE_BYTES {
                    return words;
                }
            }
        }
        at = tree.following(id, root, true);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::style_hides;

    #[test]
    fn styles_that_hide() {
        assert!(style_hides("color:red; DISPLAY : none !important"));
        assert!(style_hides("visibility:hidden"));
        assert!(!style_hides("display:block"));
        assert!(!style_hides("overflow: hidden"));
    }
}
