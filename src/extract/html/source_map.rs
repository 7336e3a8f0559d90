//! Maps a page's visible text to its source, to insert marks into the page itself.
//!
//! The exact parser reads the page piece by piece while a [`Watch`] notes for each character that
//! goes into the tree where in the source it came from, and for each element where its start tag
//! is. The layout then says which texts of the tree are seen. Reading a page without a source
//! map costs nothing extra.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;

use html5ever::tokenizer::{TagKind, Token};
use html5ever::{Attribute, LocalName, local_name};

use super::layout;
use super::parse::exact;
use super::parse::exact::Watch;
use super::parse::quick::reference;
use super::parse::tree;
use super::parse::tree::{DOCUMENT, Kind, NodeId, Tree};
use crate::extract::FastMap;
use crate::model::Text;

/// Attributes whose names begin so are kept of each element.
const KEPT_PREFIX: &str = "data-copydesk-";

/// The longest page that is mapped, in bytes: it takes some thirty times as much memory.
const MAX_BYTES: usize = 32 << 20;

/// A page with the places of its text.
#[derive(Clone, Debug)]
pub struct MappedPage {
    /// The text that the extractor lays out.
    pub text: Text,
    /// All of it that is not white space, in order.
    pub chars: Vec<MappedChar>,
    /// The elements that hold some of it, or have attributes of this program, in document order.
    pub elements: Vec<MappedElement>,
}

/// A visible character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedChar {
    /// Where it begins in the text, in bytes.
    pub at: u32,
    /// Where it ends in the text.
    pub end: u32,
    /// Its range in the source, in bytes; a character reference counts as one character.
    pub source: Range<u32>,
    /// The chars of a stretch have the same number: there is no markup between them.
    pub stretch: u32,
}

/// An element of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedElement {
    /// Behind the name in its start tag, in bytes of the source; `None` for what the page does not
    /// say, such as a left out `<tbody>`, and for formatting, which a browser opens again wherever
    /// it was not closed.
    pub attributes_at: Option<usize>,
    /// The characters that it holds.
    pub chars: Range<usize>,
    /// Its attributes that begin with `data-copydesk-`: the rest of the name, and the value.
    pub marks: Vec<(String, String)>,
}

/// Maps a page whose lines end in LF alone. Returns `None` if the page is longer than 32 MiB or has
/// to be repaired first.
pub fn parse_with_source_map(html: &str) -> Option<MappedPage> {
    if html.len() > MAX_BYTES || memchr::memchr(b'\r', html.as_bytes()).is_some() {
        return None;
    }
    let watcher = Watcher::new(html);
    let tree = exact::parse_watched(html, &watcher);
    if tree.too_wide {
        return None;
    }
    let (laid_out, seen) = layout::lay_out_with_sources(&tree);
    let watched = watcher.state.into_inner();
    let (chars, of_texts) = chars(&tree, laid_out.text.as_str(), &seen, &watched)?;
    let elements = elements(&tree, &of_texts, watched, html);
    Some(MappedPage {
        text: laid_out.text,
        chars,
        elements,
    })
}

/// The source range of a character of the tree.
#[derive(Clone, Copy)]
struct Origin {
    c: char,
    start: u32,
    end: u32,
    /// Counts the markup before it.
    run: u32,
}

/// What was seen while the tree was built.
struct State {
    /// Where the next token begins.
    at: usize,
    /// Where the piece ends that is being read.
    piece_end: usize,
    run: u32,
    /// The second character of a reference that represents two.
    second: Option<Range<usize>>,
    /// Read, and not yet in the tree.
    waiting: VecDeque<Origin>,
    texts: FastMap<NodeId, Vec<Origin>>,
    /// The start tag that is being read, and the last element that was made of it.
    tag: Option<(usize, LocalName, Option<NodeId>)>,
    tags: FastMap<NodeId, usize>,
    marks: FastMap<NodeId, Vec<(String, String)>>,
}

struct Watcher<'h> {
    html: &'h str,
    state: RefCell<State>,
}

impl<'h> Watcher<'h> {
    fn new(html: &'h str) -> Self {
        let at = if html.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        Self {
            html,
            state: RefCell::new(State {
                at,
                piece_end: 0,
                run: 0,
                second: None,
                waiting: VecDeque::new(),
                texts: FastMap::default(),
                tag: None,
                tags: FastMap::default(),
                marks: FastMap::default(),
            }),
        }
    }

    /// Where a character that was read is. In scripts and the like references are none, and
    /// what is found for them is wrong until the next tag; but nothing of them is seen.
    fn origin(&self, state: &mut State, c: char) -> Origin {
        let run = state.run;
        let place = |range: Range<usize>| Origin {
            c,
            start: u32::try_from(range.start).unwrap_or(u32::MAX),
            end: u32::try_from(range.end).unwrap_or(u32::MAX),
            run,
        };
        if let Some(range) = state.second.take() {
            return place(range);
        }
        loop {
            let rest = self.html.get(state.at..).unwrap_or_default();
            if let Some(after) = rest.strip_prefix('&') {
                let (used, resolved) = reference(after);
                let mut characters = resolved.chars();
                if used > 0 && characters.next() == Some(c) {
                    let range = state.at..state.at + 1 + used;
                    state.at = range.end;
                    state.second = characters.next().map(|_| range.clone());
                    return place(range);
                }
            }
            if rest.starts_with(c) {
                let range = state.at..state.at + c.len_utf8();
                state.at = range.end;
                return place(range);
            }
            // An end tag without a name is nothing at all.
            if !rest.starts_with("</>") {
                return place(usize::MAX..usize::MAX);
            }
            state.at += "</>".len();
            state.run += 1;
        }
    }
}

impl Watch for Watcher<'_> {
    /// Behind the next `>`, where a tag may end.
    fn piece_end(&self, html: &str, from: usize) -> usize {
        let rest = html.as_bytes().get(from..).unwrap_or_default();
        let end = memchr::memchr(b'>', rest).map_or(html.len(), |at| from + at + 1);
        self.state.borrow_mut().piece_end = end;
        end
    }

    fn token(&self, token: &Token) {
        let state = &mut *self.state.borrow_mut();
        match token {
            Token::CharacterTokens(characters) => {
                for c in characters.chars() {
                    let origin = self.origin(state, c);
                    state.waiting.push_back(origin);
                }
            }
            Token::TagToken(tag) => {
                let start = tag_start(self.html, state.at);
                state.tag =
                    (tag.kind == TagKind::StartTag).then(|| (start, tag.name.clone(), None));
            }
            _ => {}
        }
        if let Token::TagToken(_) | Token::CommentToken(_) | Token::DoctypeToken(_) = token {
            state.at = state.piece_end;
            state.run += 1;
            state.second = None;
        }
    }

    fn is_settled(&self) {
        self.state.borrow_mut().waiting.clear();
    }

    fn element(&self, id: NodeId, name: &LocalName, attributes: &[Attribute]) {
        let state = &mut *self.state.borrow_mut();
        if let Some((start, of_tag, last)) = &mut state.tag
            && of_tag == name
        {
            // What was made of it before is formatting that was opened again.
            if let Some(before) = last.replace(id) {
                state.tags.remove(&before);
            }
            state.tags.insert(id, *start);
        }
        let marks: Vec<(String, String)> = attributes
            .iter()
            .filter_map(|attribute| {
                let name = attribute.name.local.strip_prefix(KEPT_PREFIX)?;
                Some((name.to_owned(), attribute.value.to_string()))
            })
            .collect();
        if !marks.is_empty() {
            state.marks.insert(id, marks);
        }
    }

    fn text(&self, id: NodeId, text: &str) {
        let state = &mut *self.state.borrow_mut();
        let origins = state.texts.entry(id).or_default();
        for c in text.chars() {
            // What waits and does not come was dropped: white space where the standard wants none.
            let mut found = Origin {
                c,
                start: u32::MAX,
                end: u32::MAX,
                run: u32::MAX,
            };
            while let Some(origin) = state.waiting.pop_front() {
                if origin.c == c {
                    found = origin;
                    break;
                }
            }
            origins.push(found);
        }
    }
}

/// Where a tag begins: here, or behind end tags without names.
fn tag_start(html: &str, mut at: usize) -> usize {
    while html.get(at..).is_some_and(|rest| rest.starts_with("</>")) {
        at += "</>".len();
    }
    at
}

/// The chars that each text of a tree holds.
type OfTexts = Vec<(NodeId, Range<usize>)>;

/// The chars of the text, and which of them each text of the tree holds; `None` if the tree does
/// not say them.
fn chars(
    tree: &Tree<'_>,
    text: &str,
    seen: &[layout::NodeOffset],
    watched: &State,
) -> Option<(Vec<MappedChar>, OfTexts)> {
    // What was taken back at a node's end belongs to what comes later.
    let mut ends = vec![0; seen.len()];
    let mut end = text.len();
    for (index, (_, start)) in seen.iter().enumerate().rev() {
        ends[index] = end;
        end = end.min(*start);
    }
    let mut chars: Vec<MappedChar> = Vec::with_capacity(text.len());
    let mut of_texts = Vec::with_capacity(seen.len());
    let mut stretch = 0;
    for ((id, start), end) in seen.iter().zip(ends) {
        let Kind::Text(words) = &tree.node(*id).kind else {
            continue;
        };
        let origins = watched.texts.get(id)?;
        let first = chars.len();
        let mut at = (*start).min(end);
        let mut run = None;
        let mut source_end = 0;
        for (c, origin) in words.chars().zip(origins) {
            if c.is_whitespace() || !layout::is_shown(c) {
                continue;
            }
            let rest = text.get(at..end)?;
            let letter = rest.trim_start();
            if !letter.starts_with(c) || origin.c != c || origin.start == u32::MAX {
                return None;
            }
            at += rest.len() - letter.len();
            if run.replace(origin.run) != Some(origin.run) || origin.start < source_end {
                stretch += 1;
            }
            source_end = origin.end;
            chars.push(MappedChar {
                at: u32::try_from(at).ok()?,
                end: u32::try_from(at + c.len_utf8()).ok()?,
                source: origin.start..origin.end,
                stretch,
            });
            at += c.len_utf8();
        }
        if first < chars.len() {
            of_texts.push((*id, first..chars.len()));
        }
    }
    // Nothing may be shown that is not accounted for.
    let shown = text.chars().filter(|c| !c.is_whitespace()).count();
    (chars.len() == shown).then_some((chars, of_texts))
}

/// The elements with chars or marks.
fn elements(
    tree: &Tree<'_>,
    of_texts: &[(NodeId, Range<usize>)],
    mut watched: State,
    html: &str,
) -> Vec<MappedElement> {
    let order: Vec<NodeId> =
        std::iter::successors(Some(DOCUMENT), |id| tree.following(*id, DOCUMENT, true)).collect();
    let mut holds: FastMap<NodeId, Range<usize>> = of_texts.iter().cloned().collect();
    // From the last to the first, so that a node has all of its children's before its parent gets
    // them.
    for id in order.iter().rev() {
        let Some(range) = holds.get(id).cloned() else {
            continue;
        };
        let parent = tree.node(*id).parent;
        if parent == tree::NONE {
            continue;
        }
        let all = holds.entry(parent).or_insert_with(|| range.clone());
        *all = all.start.min(range.start)..all.end.max(range.end);
    }
    order
        .into_iter()
        .filter_map(|id| {
            let element = tree.element(id)?;
            let chars = holds.get(&id).cloned().unwrap_or_default();
            let marks = watched.marks.remove(&id).unwrap_or_default();
            if chars.is_empty() && marks.is_empty() {
                return None;
            }
            let tag = watched
                .tags
                .get(&id)
                .filter(|_| !is_formatting(&element.name));
            let attributes_at = tag.and_then(|start| behind_name(html, *start));
            Some(MappedElement {
                attributes_at,
                chars,
                marks,
            })
        })
        .collect()
}

/// Elements that the standard opens again, attributes and all, in what follows, if they were not
/// closed.
fn is_formatting(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("a")
            | local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u")
    )
}

/// The place behind the name of the start tag at `start`.
fn behind_name(html: &str, start: usize) -> Option<usize> {
    let tag = html.get(start..)?.strip_prefix('<')?;
    if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let length = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))?;
    Some(start + 1 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each stretch of the text, as the source has it.
    fn stretches(html: &str) -> Vec<&str> {
        let traced = parse_with_source_map(html).expect("a page that can be traced");
        let laid_out = crate::extract::lay_out(html);
        assert_eq!(traced.text.as_str(), laid_out.text.as_str());
        traced
            .chars
            .chunk_by(|a, b| a.stretch == b.stretch)
            .map(|chars| {
                let (first, last) = (chars.first().unwrap(), chars.last().unwrap());
                &html[first.source.start as usize..last.source.end as usize]
            })
            .collect()
    }

    #[test]
    fn text_is_found_in_the_source() {
        assert_eq!(
            stretches(
                "<p>The  <b>ferry</b>\nstays.<p>No&nbsp;one&hellip; &amp; &notit; <!-- > -->&#128512;</p>"
            ),
            [
                "The",
                "ferry",
                "stays.",
                "No&nbsp;one&hellip; &amp; &notit;",
                "&#128512;"
            ]
        );
    }

    #[test]
    fn what_is_not_seen_is_not_found() {
        let page = "<head><title>T &amp; T</title><style>p > a { }</style></head><body>
            <script>if (a > 1 && b &lt; c) x('<p>no</p>')</script><p hidden>gone</p><p>NodeOffset<!-- not --> here</p>
            <svg><style>x > y</style><text>drawn</text></svg><textarea>&lt;no></textarea><p>\u{ad}So\u{ad}ft &shy;hyphen";
        assert_eq!(
            stretches(page),
            ["NodeOffset", "here", "So\u{ad}ft &shy;hyphen"]
        );
    }

    #[test]
    fn odd_markup_is_followed() {
        assert_eq!(
            stretches(
                "<pre>\n\n two  lines\n\t&lt;x></pre>a < b </> c <a title='a>b' href=x>d</a><table>moved<tr><td>cell</table>e"
            ),
            [
                "two  lines\n\t&lt;x>",
                "a < b",
                "c",
                "d",
                "moved",
                "cell",
                "e"
            ]
        );
        assert_eq!(
            stretches("<p><b>one<p>two</b>three"),
            ["one", "two", "three"]
        );
        assert_eq!(stretches("\u{feff}text alone"), ["text alone"]);
        assert!(stretches("").is_empty());
        assert!(parse_with_source_map("a\rb").is_none());
    }

    #[test]
    fn elements_know_their_tags_and_letters() {
        let page = "<article class='x'><p>One <em>two</em></p><table><td>three</table></article>";
        let traced = parse_with_source_map(page).unwrap();
        let told: Vec<(String, Option<&str>)> = traced
            .elements
            .iter()
            .map(|element| {
                let chars = &traced.chars[element.chars.clone()];
                let words: String = chars
                    .iter()
                    .map(|letter| &traced.text.as_str()[letter.at as usize..letter.end as usize])
                    .collect();
                (
                    words,
                    element
                        .attributes_at
                        .map(|at| page[..at].rsplit('<').next().unwrap()),
                )
            })
            .collect();
        let row = |words: &str, tag| (words.to_owned(), tag);
        assert_eq!(
            told,
            [
                row("Onetwothree", None),
                row("Onetwothree", None),
                row("Onetwothree", Some("article")),
                row("Onetwo", Some("p")),
                row("two", None), // formatting
                row("three", Some("table")),
                row("three", None),
                row("three", None),
                row("three", Some("td")),
            ]
        );
    }

    #[test]
    fn formatting_that_goes_on_is_not_taken_for_the_tag_that_begins() {
        let page = "<div><p><b data-copydesk-region=body>one<p><span data-copydesk-id=r1>two";
        let traced = parse_with_source_map(page).unwrap();
        let marks: Vec<_> = traced
            .elements
            .iter()
            .filter(|element| !element.marks.is_empty())
            .map(|element| (element.marks.clone(), element.chars.clone()))
            .collect();
        let mark = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        assert_eq!(
            marks,
            [
                (mark("region", "body"), 0..3),
                (mark("region", "body"), 3..6),
                (mark("id", "r1"), 3..6)
            ]
        );
    }
}
