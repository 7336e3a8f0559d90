//! What a reader does not see.

use html5ever::{local_name, ns};

use super::parse::tree::{Element, Kind, NONE, NodeId, Tree};

/// Classes that sites give to text for screen readers alone, which doubles what is seen.
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

/// Whether an element is a template that a browser does not show at once. One with a mode is the content of the element around it.
pub fn is_bare_template(element: &Element<'_>) -> bool {
    element.name == local_name!("template")
        && !element
            .attribute(&local_name!("shadowrootmode"))
            .is_some_and(|mode| {
                mode.eq_ignore_ascii_case("open") || mode.eq_ignore_ascii_case("closed")
            })
}

/// Whether an element hides itself, in a way that a script can take back at any time: by `hidden` or by its own style.
pub fn hides_itself(element: &Element<'_>) -> bool {
    // What a server streams hidden, for a script to show at once, is what the page's reader sees.
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

/// Whether an element that hides itself may hold what a script shows when the page is there: not if it is never shown without
/// somebody asking, as a dialog or a menu.
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

/// Whether an element and all that it holds is left out of the text, whatever scripts do.
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

/// Whether an element says just what the element beside it says: drawn twice, once for screen readers.
fn doubles_a_neighbour(tree: &Tree<'_>, id: NodeId) -> bool {
    let own = short_text(tree, id);
    if own.is_empty() {
        return true; // an icon
    }
    let node = tree.node(id);
    // The neighbour may stand behind white space.
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
