//! Pages without a story in their source, because a script loads it.
//!
//! Some of them declare the story in their metadata. If that is nearly absent from the text and
//! longer than it, it becomes the text, and the article's metadata says so under [`TEXT_FROM`].

use super::declared::{self, Overlap};
use super::layout::LaidOut;
use crate::extract::Warning;
use crate::model::Block;

/// The name of the metadata that says where a text comes from that the page does not show.
pub(super) const TEXT_FROM: &str = "text_from";

/// A block of so many bytes that is mostly no link may be a part of a story.
const PARAGRAPH: usize = 80;

/// A declared story of less than this, in bytes, may be a teaser.
const LEAST_DECLARED: usize = 200;

/// Why a page has no story.
pub(super) enum ScriptShell {
    /// It declares a story that it does not show.
    Declares(String),
    /// It shows none, or another one than it declares.
    Empty,
}

/// Checks whether a page shows its story.
pub(super) fn warning(html: &str, laid_out: &LaidOut) -> Option<(ScriptShell, Warning)> {
    let shown = laid_out.text.as_str();
    let mut stories = declared::stories(html);
    stories.retain(|story| declared::plain(story).len() >= LEAST_DECLARED);
    stories.dedup();
    let longest = stories.iter().max_by_key(|story| story.len());
    if let Some(story) = longest
        && declared::overlap(story, shown) == Overlap::NearlyNone
    {
        let is_longer = declared::plain(story).len() > 2 * shown.len();
        if is_longer && stories.len() == 1 {
            let warning = Warning::new(
                "declared-story",
                "The page does not show its story; the text is the story that it declares for machines (articleBody).",
            );
            return Some((ScriptShell::Declares(story.clone()), warning));
        }
        let warning = Warning::new(
            "other-story",
            "The page declares a story for machines (articleBody) that its text does not hold. Is the story loaded by a script?",
        );
        return Some((ScriptShell::Empty, warning));
    }
    let is_made_by_script = memchr::memmem::find(html.as_bytes(), b"<script").is_some();
    let is_paragraph = |block: &Block| block.span.len() >= PARAGRAPH && block.link_permille < 500;
    if is_made_by_script && !laid_out.blocks.iter().any(is_paragraph) {
        let warning = Warning::new(
            "no-story",
            "The page shows no paragraph of text, and has scripts: they may load the story. Save the page from a browser once it is there.",
        );
        return Some((ScriptShell::Empty, warning));
    }
    None
}

/// A page that shows a declared story. A story may be written with tags, or with line feeds between
/// its paragraphs.
pub(super) fn page_of(story: &str, title: &str) -> String {
    let escaped = title
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let mut page = format!("<!DOCTYPE html><html><body><article><h1>{escaped}</h1>");
    for paragraph in story.split('\n').filter(|part| !part.trim().is_empty()) {
        page.push_str("<p>");
        page.push_str(paragraph);
        page.push_str("</p>");
    }
    page.push_str("</article></body></html>");
    page
}

#[cfg(test)]
mod tests {
    use super::super::read;

    const STORY: &str = "The harbour office in Kelmsby said on Tuesday that the night ferry will stop at the end of the month.\\nMayor Ilse Brandow told the council that the subsidy of two million pounds had run out in spring. The operator employs forty people &amp; has offered them work.";

    fn page(story: &str, shown: &str) -> String {
        format!(
            "<html><head><title>Night ferry stops</title><script type=application/ld+json>{{\"@type\": \"NewsArticle\", \"articleBody\": \"{story}\"}}</script></head><body><nav><a href=/>Home</a></nav>{shown}</body></html>"
        )
    }

    #[test]
    fn a_story_that_is_only_declared_is_the_text_and_marked_so() {
        let page = read(&page(STORY, ""));
        let text = page.text.as_str();
        assert!(
            text.starts_with("Night ferry stops\n\nThe harbour office"),
            "{text}"
        );
        assert!(text.contains("month.\n\nMayor Ilse Brandow"), "{text}");
        assert!(
            text.ends_with("forty people & has offered them work."),
            "{text}"
        );
        assert_eq!(
            page.meta.other.get("text_from").map(String::as_str),
            Some("articleBody")
        );
        assert_eq!(page.warnings[0].code, "declared-story");
        assert!(page.blocks.iter().all(|block| block.path.is_empty()));
    }

    #[test]
    fn a_story_that_is_shown_stays_as_it_is() {
        let shown = STORY.replace("\\n", "</p><p>");
        let page = read(&page(STORY, &format!("<p>{shown}</p>")));
        assert!(
            page.text.as_str().starts_with("Home"),
            "{}",
            page.text.as_str()
        );
        assert!(page.warnings.is_empty(), "{:?}", page.warnings);
    }

    #[test]
    fn another_story_than_the_declared_one_is_told_and_kept() {
        let other = "<p>Nobody had expected so much snow in the valley, and the trains stood still all night long.</p>".repeat(4);
        let page = read(&page(STORY, &other));
        assert!(page.text.as_str().contains("so much snow"));
        assert_eq!(page.warnings[0].code, "other-story");
    }

    #[test]
    fn a_page_that_a_script_fills_is_told() {
        let page = read(
            "<html><body><div id=app><nav>Home Sport</nav></div><script src=app.js></script></body></html>",
        );
        assert_eq!(page.warnings[0].code, "no-story");
        assert!(read("<p>One.</p>").warnings.is_empty());
    }

    #[test]
    fn what_hides_the_story_is_not_believed_and_what_hides_a_menu_is() {
        let story = "<p>The harbour office in Kelmsby said on Tuesday that the night ferry will stop at the end of the month.</p><p>Mayor Ilse Brandow told the council that the subsidy had run out.</p>";
        for hiding in [
            "div style='visibility: hidden; opacity: 0;'",
            "div hidden",
            "article style='display:none'",
        ] {
            let name = hiding.split(' ').next().unwrap();
            let page = read(&format!(
                "<body><h1>Ferry</h1><{hiding}>{story}</{name}><p>Terms</p></body>"
            ));
            assert!(
                page.text.as_str().contains("Mayor Ilse Brandow"),
                "{hiding}"
            );
        }
        for hiding in ["div style='display:none'", "div role=dialog hidden"] {
            let page = read(&format!(
                "<body><h1>Ferry</h1><{hiding}>{story}</div></body>"
            ));
            assert_eq!(page.text.as_str(), "Ferry", "{hiding}");
        }
        let page = read(&format!(
            "<body>{story}<div hidden><p>Accept our cookies, all of them.</p></div></body>"
        ));
        assert!(!page.text.as_str().contains("cookies"));
    }

    #[test]
    fn a_declared_shadow_is_content_and_a_template_is_not() {
        let page = read(
            "<body><news-story><template shadowrootmode=open><h1>Ferry</h1><p>It <b>stays</b> in the harbour.</p><inner-part><template shadowrootmode=closed><p>All week.</p></template></inner-part></template></news-story><template><p>Never seen.</p></template><p>Terms</p></body>",
        );
        assert_eq!(
            page.text.as_str(),
            "Ferry\n\nIt stays in the harbour.\n\nAll week.\n\nTerms"
        );
    }
}
