//! What an element's class and id say about it.

/// What was read from an element's class and id.
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

/// Reads an element's class and id. Only whole words count: split at spaces, hyphens, underscores and humps.
pub fn names(class: &str, id: &str) -> Names {
    const LONGEST: usize = 512;
    let mut names = Names::default();
    let mut parts: Vec<String> = Vec::new();
    for token in class.split_ascii_whitespace().chain(std::iter::once(id)) {
        if token.is_empty() || token.len() > LONGEST {
            continue;
        }
        let lower = token.to_ascii_lowercase();
        names.comment_item |= is_comment_item(&lower);
        parts.clear();
        split_words(token, &mut parts);
        let any = |words: &[&str]| parts.iter().any(|part| words.contains(&part.as_str()));
        if any(&["has", "no", "with", "without", "not"]) {
            continue; // says what there is on the page, not what this element is
        }
        let is_count = any(&[
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
        ]);
        let comments = parts.iter().any(|part| is_comments_word(part)) && !is_count;
        names.comments |= comments;
        if comments {
            continue;
        }
        names.nav |= any(&[
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
        ]);
        names.body |= any(&[
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
        ]) && !any(&[
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
        ]);
    }
    names
}

fn is_comments_word(part: &str) -> bool {
    matches!(
        part,
        "comment"
            | "comments"
            | "disqus"
            | "reply"
            | "replies"
            | "respond"
            | "responses"
            | "discussion"
            | "talkback"
            | "talkbacks"
            | "livefyre"
            | "guestbook"
            | "kommentar"
            | "kommentare"
            | "leserkommentar"
            | "leserkommentare"
            | "commentaire"
            | "commentaires"
            | "comentario"
            | "comentarios"
            | "comentarios2"
            | "comentarios1"
            | "commenti"
            | "commento"
            | "komment"
            | "kommentek"
            | "hozzaszolas"
            | "hozzaszolasok"
            | "reacties"
            | "komentarze"
            | "kommentarer"
            | "commentlist"
            | "commentslist"
            | "commentbody"
            | "commenttext"
            | "commentcontent"
            | "usercomment"
            | "usercomments"
            | "readercomments"
            | "allcomments"
            | "fbcomments"
            | "commentwrapper"
            | "commentsection"
            | "commentarea"
            | "commentsarea"
            | "commentblock"
            | "commentbox"
    )
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

/// Splits a class or an id into lower-case words.
fn split_words(token: &str, parts: &mut Vec<String>) {
    let mut word = String::new();
    let mut was_lower = false;
    for c in token.chars() {
        let is_hump = c.is_ascii_uppercase() && was_lower;
        if (is_hump || !c.is_ascii_alphanumeric()) && !word.is_empty() {
            parts.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase();
    }
    if !word.is_empty() {
        parts.push(word);
    }
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
    }
}
