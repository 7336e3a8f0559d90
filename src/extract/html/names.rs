//! Reads hints from an element's class and id.

use std::sync::LazyLock;

use crate::extract::FastMap;

/// Hints of a class and an id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// It is around the story: a menu, a side bar, a share bar, a list of other stories, a box.
    pub nav: bool,
    /// It holds the story.
    pub body: bool,
    /// It holds comments.
    pub comments: bool,
    /// It is one comment.
    pub comment_item: bool,
}

/// Reads an element's class and id. Only whole words count: split at spaces, hyphens, underscores
/// and humps.
pub fn names(class: &str, id: &str) -> Names {
    const LONGEST: usize = 512;
    let mut names = Names::default();
    let mut lower = Vec::new();
    for token in class.split_ascii_whitespace().chain(std::iter::once(id)) {
        if token.is_empty() || token.len() > LONGEST {
            continue;
        }
        let says = read(token, &mut lower);
        let ends_in_number = lower.last().is_some_and(u8::is_ascii_digit);
        if says & (COMMENTS | COMMENT_PART) != 0 || ends_in_number {
            names.comment_item |= is_comment_item(&String::from_utf8_lossy(&lower));
        }
        if says & REFUSAL != 0 {
            continue; // says what there is on the page, not what this element is
        }
        if says & COMMENTS != 0 && says & COUNT == 0 {
            names.comments = true;
            continue;
        }
        names.nav |= says & NAV != 0;
        names.body |= says & BODY != 0 && says & NO_BODY == 0;
    }
    names
}

/// What a word may say, as bits.
const REFUSAL: u8 = 1;
const COUNT: u8 = 2;
const COMMENTS: u8 = 4;
const NAV: u8 = 8;
const BODY: u8 = 16;
const NO_BODY: u8 = 32;
/// Stands in the names of single comments.
const COMMENT_PART: u8 = 64;

/// Before what is not there.
const REFUSALS: &[&str] = &["has", "no", "with", "without", "not"];

/// What is about comments and holds none.
const COUNTS: &[&str] = &[
    "count",
    "counter",
    "counts",
    "number",
    "num",
    "link",
    "links",
    "icon",
    "button",
    "btn",
    "toggle",
    "most",
    "commented",
    "open",
    "closed",
    "status",
];

/// What holds comments.
const COMMENTS_WORDS: &[&str] = &[
    "comment",
    "comments",
    "disqus",
    "reply",
    "replies",
    "respond",
    "responses",
    "discussion",
    "talkback",
    "talkbacks",
    "livefyre",
    "guestbook",
    "kommentar",
    "kommentare",
    "leserkommentar",
    "leserkommentare",
    "commentaire",
    "commentaires",
    "comentario",
    "comentarios",
    "comentarios2",
    "comentarios1",
    "commenti",
    "commento",
    "komment",
    "kommentek",
    "hozzaszolas",
    "hozzaszolasok",
    "reacties",
    "komentarze",
    "kommentarer",
    "commentlist",
    "commentslist",
    "commentbody",
    "commenttext",
    "commentcontent",
    "usercomment",
    "usercomments",
    "readercomments",
    "allcomments",
    "fbcomments",
    "commentwrapper",
    "commentsection",
    "commentarea",
    "commentsarea",
    "commentblock",
    "commentbox",
];

/// What is around the story.
const NAVS: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "submenu",
    "footer",
    "sidebar",
    "breadcrumb",
    "breadcrumbs",
    "related",
    "share",
    "sharing",
    "social",
    "sharebar",
    "promo",
    "newsletter",
    "cookie",
    "cookies",
    "consent",
    "gdpr",
    "advert",
    "advertisement",
    "ad",
    "ads",
    "adbox",
    "sponsor",
    "sponsored",
    "outbrain",
    "taboola",
    "recommended",
    "recommendations",
    "popular",
    "trending",
    "tags",
    "taglist",
    "toolbar",
    "tools",
    "widget",
    "rail",
    "teaser",
    "teasers",
    "subscribe",
    "subscription",
    "paywall",
    "login",
    "signup",
    "masthead",
    "pagination",
    "pager",
    "banner",
    "modal",
    "popup",
    "carousel",
    "mostread",
    "more",
    "also",
    "copyright",
    "skip",
    "search",
    "author",
    "bio",
    "meta",
    "byline",
    "dateline",
    "timestamp",
    "caption",
    "credit",
    "disclaimer",
    "print",
];

/// What holds the story.
const BODIES: &[&str] = &[
    "story",
    "body",
    "articlebody",
    "storybody",
    "entry",
    "text",
    "articletext",
    "content",
    "artikel",
    "cikk",
    "article",
];

/// Beside those, holds more than the story, or less.
const NO_BODIES: &[&str] = &[
    "header",
    "headline",
    "title",
    "meta",
    "footer",
    "list",
    "sidebar",
    "related",
    "nav",
    "wrapper",
    "container",
    "page",
    "main",
    "teaser",
    "card",
];

/// What single comments are called, as far as it is none of the others.
const COMMENT_PARTS: &[&str] = &["commentitem", "commententry", "cmt"];

/// What each word says: a lookup for each of them costs a tenth of going through the lists.
static WORDS: LazyLock<FastMap<&'static [u8], u8>> = LazyLock::new(|| {
    let mut words = FastMap::default();
    for (list, bit) in [
        (REFUSALS, REFUSAL),
        (COUNTS, COUNT),
        (COMMENTS_WORDS, COMMENTS),
        (NAVS, NAV),
        (BODIES, BODY),
        (NO_BODIES, NO_BODY),
        (COMMENT_PARTS, COMMENT_PART),
    ] {
        for word in list {
            *words.entry(word.as_bytes()).or_insert(0) |= bit;
        }
    }
    words
});

/// What the words of a class or an id say; `lower` becomes the whole in lower case.
fn read(token: &str, lower: &mut Vec<u8>) -> u8 {
    let words = &*WORDS;
    lower.clear();
    let (mut says, mut start, mut was_lower) = (0, 0, false);
    let mut look_up = |word: &[u8]| {
        if !word.is_empty() {
            says |= words.get(word).copied().unwrap_or(0);
        }
    };
    for byte in token.bytes() {
        let is_hump = was_lower && byte.is_ascii_uppercase();
        let is_part = byte.is_ascii_alphanumeric();
        if is_hump || !is_part {
            look_up(&lower[start..]);
            start = lower.len() + usize::from(!is_part);
        }
        lower.push(byte.to_ascii_lowercase());
        was_lower = byte.is_ascii_lowercase();
    }
    look_up(&lower[start..]);
    says
}

/// Whether a whole class or id says: one comment. `comment-body` and the like are parts of one.
fn is_comment_item(lower: &str) -> bool {
    if matches!(
        lower,
        "comment"
            | "commentitem"
            | "comment-item"
            | "comment_item"
            | "single-comment"
            | "comment-wrap"
            | "comment-entry"
            | "commententry"
            | "comment-container"
            | "kommentar"
            | "commentaire"
            | "comentario"
            | "commento"
            | "komment"
            | "hozzaszolas"
            | "talkback"
            | "usercomment"
            | "user-comment"
            | "fos_comment_comment_show"
    ) {
        return true;
    }
    // comment-1234, li_comment_77
    let number = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    number.len() < lower.len()
        && [
            "comment",
            "comment-",
            "comment_",
            "li-comment-",
            "div-comment-",
            "cmt-",
            "kommentar-",
            "commentaire-",
        ]
        .contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_ids_are_read_word_by_word() {
        assert!(names("story-body", "").body);
        assert!(names("mainNav", "").nav);
        assert!(names("", "comments").comments);
        assert!(names("leserKommentare", "").comments);
        assert!(names("comment even depth-1", "li-comment-33").comment_item);
        assert!(!names("commentary recommended-by", "").comments);
        assert!(!names("comment-count", "").comments);
        assert!(!names("has-sidebar no-comments", "").nav);
        assert!(!names("comment-body", "").comment_item);
        assert!(names("comment77", "").comment_item);
        assert!(names("", "fos_comment_comment_show").comment_item);
        assert!(names("cmt-12", "").comment_item);
        assert!(names("", "Größe-comments").comments);
        assert!(names("story-wrapper story", "").body && !names("story-wrapper", "").body);
    }
}
