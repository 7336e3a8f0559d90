//! What the quick parser reads is what html5ever reads.

use proptest::prelude::*;

use super::super::compare::difference;
use super::super::tree::with_line_feeds;
use super::parse;

/// Whether both read a page the same; `None` if the quick one gives up.
fn same(page: &str) -> Option<bool> {
    parse(&with_line_feeds(page)).ok()?;
    let difference = difference(page);
    if let Some(difference) = &difference {
        eprintln!("{page:.2000}\n{difference}");
    }
    Some(difference.is_none())
}

#[test]
fn pages_as_people_write_them() {
    for page in [
        "",
        "just text",
        "<!doctype html><title>A &amp; B</title><p>one<p>two<ul><li>a<li>b</ul>",
        "<p>one <b>two<p>three</b> four <i>five</p>six</i>",
        "<a href=1>x<a href=2>y</a></a><a href=3><div>z</a>w</div>",
        "<table><tr><td>1<td>2<tr><th>3</table><table><caption>c<tbody><tr><td><table><tr><td>in</table></table>",
        "<select><option>1<option>2<optgroup><option>3</select>x",
        "<script><!-- a </script>b<script>if (a<b) c</script>d<style></stylex></style>",
        "<script><!-- <script>a</script> --> b</script>c<script><!--><script></script>d<script><!--x<SCRIPT </script></script>e",
        "<table></div><tr></form></span><td>x</table>y",
        "<svg><title>t</title><path d='M0'/><g><a>x</a></g></svg>y<svg/>z",
        "<form><div></form>x</div><form>y</form>",
        "<dl><dt>a<dd>b<dt>c</dl><h1>x<h2>y</h1>z",
        "<template><tr><td>x</template><p>y<template><div>z",
        "</p></br></div><!-- c --><!--><!---><![x]><?x?></ x></>t<",
        "<pre>\n\nx</pre><textarea>\n\ny</textarea>",
        "<head><meta content='x'></head> <link> \n<body class=a><body class=b id=c>t</body> </html> u",
        "<b class=a><p>x</b>y</p>z",
        "<button>a<button>b</button></button><object><p>x</object>y",
        "<ruby>a<rt>b<rp>c</ruby><noscript><p>x</noscript><iframe><p></iframe>",
        "<font><font><font><p>x</font></font></font>",
        "<div class=\"a\" class='b' ID=c hidden data-x=\"&quot;>\">x</div><p title=a>b",
    ] {
        assert_ne!(same(page), Some(false), "{page}");
    }
}

const NAMES: [&str; 46] = [
    "a", "b", "i", "p", "div", "span", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "td",
    "th", "tbody", "thead", "caption", "colgroup", "col", "form", "input", "select", "option",
    "optgroup", "button", "h1", "h2", "pre", "br", "hr", "img", "head", "body", "html", "template",
    "svg", "title", "script", "object", "nobr", "section", "x-y", "noscript", "font",
];

proptest! {
    #[test]
    fn soup_of_tags_is_read_as_the_standard_says(
        parts in prop::collection::vec((0..NAMES.len(), 0_u8..9), 0..40),
        has_doctype: bool,
    ) {
        let mut page = String::from(if has_doctype { "<!DOCTYPE html>" } else { "" });
        for (name, what) in parts {
            let name = NAMES[name];
            match what {
                0..=3 => page.push_str(&format!("<{name}>")),
                4 | 5 => page.push_str(&format!("</{name}>")),
                6 => page.push_str(&format!("<{name} class=c id='{name}'/>")),
                7 => page.push_str(" \n"),
                _ => page.push_str("x&amp;y"),
            }
        }
        prop_assert_ne!(same(&page), Some(false));
    }

    #[test]
    fn scripts_end_where_the_standard_says(parts in prop::collection::vec(0_usize..9, 0..12)) {
        let script: String = parts
            .into_iter()
            .map(|part| ["<!--", "-->", "<script>", "</script>", "</script", "<script ", "-", "x", "--!>"][part])
            .collect();
        prop_assert_ne!(same(&format!("<script>{script}</script>end<p>")), Some(false));
    }

    #[test]
    fn soup_of_characters_is_read_as_the_standard_says(page in "([<>/!=a-c&#;'\" -]|<[ab]|</[ab]|<!--|-->|é|&amp|\n){0,60}") {
        prop_assert_ne!(same(&page), Some(false));
    }
}

/// Names of elements that hold text alone, and of some that hold them.
const DEEP: [&str; 22] = [
    "script",
    "style",
    "title",
    "textarea",
    "xmp",
    "iframe",
    "noscript",
    "noframes",
    "noembed",
    "plaintext",
    "div",
    "b",
    "p",
    "table",
    "td",
    "svg",
    "math",
    "template",
    "select",
    "button",
    "li",
    "font",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// As deep as the parsers go, and deeper: nothing panics, and where both read the page they
    /// agree.
    #[test]
    fn pages_of_any_depth_are_read(
        parts in prop::collection::vec((0..DEEP.len(), 0_u8..6, prop_oneof![1_usize..3, 250_usize..700]), 1..12),
    ) {
        let mut page = String::new();
        for (name, what, times) in parts {
            let name = DEEP[name];
            let part = match what {
                0 | 1 => format!("<{name}>"),
                2 => format!("</{name}>"),
                3 => format!("<{name}>x</{name}>"),
                4 => format!("<{name}/>y"),
                _ => "</div></b></p>z".to_owned(),
            };
            page.push_str(&part.repeat(times));
        }
        prop_assert_ne!(same(&page), Some(false));
        // Where the quick one gives up, the exact one still has to get through.
        let _ = super::super::exact::parse(&page);
    }
}

#[test]
fn an_element_that_holds_text_alone_is_closed_at_any_depth() {
    for name in [
        "script", "style", "title", "textarea", "xmp", "iframe", "noscript",
    ] {
        for open in 500..530 {
            for outer in ["div", "b", "td", "span"] {
                // One is let in, one is dropped, the outer one is closed, and one is let in again.
                let page = format!(
                    "{}<{name}>x</{name}><{name}></{outer}><{name}>y</{name}><p>z",
                    format!("<{outer}>").repeat(open)
                );
                let _ = super::super::exact::parse(&page);
            }
        }
    }
}

/// One in ten of the labelled pages that the extractor learns from, where they are: how many are
/// given up is printed.
#[test]
fn pages_of_the_open_sets_are_read_the_same() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/regions/html");
    let Ok(sets) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    };
    let (mut all, mut given_up) = (0, std::collections::BTreeMap::<&str, usize>::new());
    let mut pages: Vec<_> = sets
        .flatten()
        .flat_map(|set| {
            std::fs::read_dir(set.path())
                .into_iter()
                .flatten()
                .flatten()
        })
        .map(|page| page.path())
        .collect();
    pages.sort();
    for page in pages.iter().step_by(10) {
        let mut html = Vec::new();
        let Ok(file) = std::fs::File::open(page) else {
            continue;
        };
        if std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut html).is_err() {
            continue;
        }
        let html = String::from_utf8_lossy(&html);
        all += 1;
        match parse(&with_line_feeds(&html)) {
            Err(why) => *given_up.entry(why.0).or_default() += 1,
            Ok(_) => assert_eq!(same(&html), Some(true), "{}", page.display()),
        }
    }
    eprintln!("{all} pages, given up: {given_up:?}");
}
