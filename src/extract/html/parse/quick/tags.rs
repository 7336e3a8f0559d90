//! Tags: their names and attributes.

use std::borrow::Cow;

use html5ever::LocalName;

use super::known::Known;
use super::references::resolve;
use super::{KEPT, Parser, Unsupported, short};

/// More attributes in one tag are left to the exact parser and its guard.
const MAX_ATTRIBUTES: usize = 256;

/// A tag as it is in the page.
#[derive(Debug)]
pub struct Tag<'a> {
    pub known: Known,
    /// Its name, where [`Known`] does not have it.
    pub other: Option<LocalName>,
    /// The attributes that are kept.
    pub attributes: Vec<(LocalName, Cow<'a, str>)>,
    /// `<br/>`.
    pub closes_itself: bool,
    /// `type="hidden"`.
    pub hidden_input: bool,
    /// Has one of the attributes with which a template is more than a template.
    pub shadow: bool,
}

impl Tag<'_> {
    /// Its name in lower case.
    pub fn name(&self) -> LocalName {
        self.other.clone().unwrap_or_else(|| self.known.name())
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | 0x0c)
}

/// A name in lower case, in a buffer if it has capitals.
fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

impl<'a> Parser<'a> {
    /// Reads the tag whose name begins at `from`, and goes behind it; `None` if the page ends
    /// within.
    pub fn tag(&mut self, from: usize) -> Result<Option<Tag<'a>>, Unsupported> {
        let html = self.html;
        let bytes = html.as_bytes();
        let mut at = from;
        while bytes
            .get(at)
            .is_some_and(|byte| !is_space(*byte) && !matches!(byte, b'/' | b'>'))
        {
            at += 1;
        }
        let name = lower(&html[from..at]);
        let known = Known::of(name.as_bytes());
        let mut tag = Tag {
            known,
            other: (known == Known::Other).then(|| LocalName::from(name)),
            attributes: Vec::new(),
            closes_itself: false,
            hidden_input: false,
            shadow: false,
        };
        let mut count = 0;
        loop {
            match bytes.get(at) {
                None => {
                    self.at = bytes.len();
                    return Ok(None);
                }
                Some(b'>') => {
                    self.at = at + 1;
                    return Ok(Some(tag));
                }
                Some(b'/') => {
                    at += 1;
                    if bytes.get(at) == Some(&b'>') {
                        tag.closes_itself = true;
                    }
                }
                Some(byte) if is_space(*byte) => at += 1,
                Some(_) => {
                    count += 1;
                    if count > MAX_ATTRIBUTES {
                        return Err(Unsupported("attributes"));
                    }
                    match self.attribute(at, &mut tag) {
                        Some(behind) => at = behind,
                        None => {
                            self.at = bytes.len();
                            return Ok(None);
                        }
                    }
                }
            }
        }
    }

    /// Reads the attribute at `from`, keeps it if the extractor uses it, and returns the place
    /// behind it; `None` if the page ends within.
    fn attribute(&self, from: usize, tag: &mut Tag<'a>) -> Option<usize> {
        let html = self.html;
        let bytes = html.as_bytes();
        let mut at = from + 1; // a name may begin with `=`
        while !matches!(bytes.get(at)?, b'=' | b'/' | b'>') && !is_space(bytes[at]) {
            at += 1;
        }
        let name = &html[from..at];
        while is_space(*bytes.get(at)?) {
            at += 1;
        }
        let mut value = "";
        if bytes[at] == b'=' {
            at += 1;
            while is_space(*bytes.get(at)?) {
                at += 1;
            }
            match bytes[at] {
                quote @ (b'"' | b'\'') => {
                    at += 1;
                    let length = memchr::memchr(quote, &bytes[at..])?;
                    value = &html[at..at + length];
                    at += length + 1;
                }
                b'>' => {}
                _ => {
                    let begin = at;
                    while *bytes.get(at)? != b'>' && !is_space(bytes[at]) {
                        at += 1;
                    }
                    value = &html[begin..at];
                }
            }
        }
        bytes.get(at)?;
        self.keep(name, value, tag);
        Some(at)
    }

    fn keep(&self, name: &str, value: &'a str, tag: &mut Tag<'a>) {
        // By length first: most attributes are none of those.
        if !(2..=18).contains(&name.len()) {
            return;
        }
        let name = lower(name);
        match &*name {
            "type" if tag.known == Known::Input => {
                tag.hidden_input |= resolve(value, true).eq_ignore_ascii_case("hidden");
            }
            "shadowrootmode" => tag.shadow = true,
            _ => {}
        }
        let Some(kept) = KEPT
            .iter()
            .find(|kept| kept.len() == name.len() && ***kept == *name)
        else {
            return;
        };
        if tag.attributes.iter().any(|(known, _)| known == kept) {
            return; // the first one counts
        }
        tag.attributes
            .push((kept.clone(), short(resolve(value, true))));
    }

    /// The text of an element that holds nothing but text; goes behind its end tag.
    pub fn raw(&mut self, known: Known) -> Result<&'a str, Unsupported> {
        let html = self.html;
        let name = known.name();
        let from = self.at;
        let end = if known == Known::Script {
            end_of_script(html, from)
        } else {
            memchr::memmem::find_iter(&html.as_bytes()[from..], b"</")
                .map(|found| from + found)
                .find(|at| is_tag(html, at + 2, &name))
        };
        let Some(end) = end else {
            self.at = html.len();
            return Ok(&html[from..]);
        };
        // A page that ends within the end tag ends here, too.
        self.tag(end + 2)?;
        Ok(&html[from..end])
    }
}

/// Whether a tag of that name begins at a place behind `<` or `</`.
fn is_tag(html: &str, at: usize, name: &str) -> bool {
    let bytes = html.as_bytes();
    let behind = at + name.len();
    bytes
        .get(at..behind)
        .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && bytes
            .get(behind)
            .is_some_and(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))
}

/// Where a script's end tag begins. In `<!-- <script> </script> -->` the first one is not it: the
/// standard's "script data double escaped state".
fn end_of_script(html: &str, from: usize) -> Option<usize> {
    let bytes = html.as_bytes();
    let (mut escaped, mut twice) = (false, false);
    for at in memchr::memchr2_iter(b'<', b'>', &bytes[from..]).map(|found| from + found) {
        if bytes[at] == b'>' {
            // The dashes may be those of `<!-->`.
            if escaped && bytes[from..at].ends_with(b"--") {
                (escaped, twice) = (false, false);
            }
        } else if is_tag(html, at + 2, "script") && bytes[at + 1] == b'/' {
            if !twice {
                return Some(at);
            }
            twice = false;
        } else if escaped {
            twice |= is_tag(html, at + 1, "script");
        } else {
            escaped = bytes[at..].starts_with(b"<!--");
        }
    }
    None
}
