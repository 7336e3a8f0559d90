//! What holds for any input at all.

use proptest::prelude::*;
use unicode_segmentation::GraphemeCursor;

use super::core;
use crate::extract::{Extraction, SourceKind, extract, extract_html, extract_text};
use crate::model::{Annotation, Status, Text};

/// Checks what must hold for every extraction, and says which promise was broken.
pub(super) fn check(extraction: &Extraction) {
    let text = &extraction.text;
    let string = text.as_str();
    let mut end = 0;
    for block in &extraction.blocks {
        assert!(text.holds(block.span), "a block leaves the text");
        let (from, to) = (block.span.start().index(), block.span.end().index());
        assert!(from >= end, "blocks overlap or are out of order");
        assert!(
            string[end..from].trim().is_empty(),
            "{:?} is in no block",
            &string[end..from]
        );
        let words = text.slice(block.span);
        assert_eq!(words, words.trim(), "white space at a block's edge");
        assert!(!words.is_empty(), "a blank block");
        assert!(block.link_permille <= 1000);
        if end == from && from > 0 {
            assert!(
                GraphemeCursor::new(from, string.len(), true)
                    .is_boundary(string, 0)
                    .unwrap(),
                "a grapheme is cut at {from}"
            );
        }
        end = to;
    }
    assert!(string[end..].trim().is_empty(), "the end is in no block");
    for region in &extraction.regions {
        assert!(
            region.provenance.is_suggestion(),
            "the extractor passes for a person"
        );
        assert!((0.0..=1.0).contains(&region.provenance.score().unwrap().value()));
        assert!(["body", "comment", "nav"].contains(&region.label.as_str()));
    }
    // Sorted, disjoint, not blank.
    Annotation::from_parts(
        text,
        extraction.regions.clone(),
        Vec::new(),
        Status::Todo,
        Vec::new(),
    )
    .unwrap();
    let labelled: usize = extraction
        .regions
        .iter()
        .map(|region| region.span.len())
        .sum();
    assert!(labelled >= extraction.blocks.iter().map(|block| block.span.len()).sum());
}

/// Scraps of which hostile pages are made.
fn scrap() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "<div>",
            "</div>",
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<a href=x>",
            "</a>",
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "</td>",
            "<li>",
            "<br>",
            "<pre>",
            "</pre>",
            "<script>",
            "</script>",
            "<style>",
            "<svg>",
            "</svg>",
            "<math>",
            "<select>",
            "<option>",
            "</select>",
            "<template>",
            "</template>",
            "<noscript>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<html>",
            "</html>",
            "<head>",
            "<title>",
            "</title>",
            "<body>",
            "</body>",
            "<frameset>",
            "<form>",
            "<button>",
            "<div class=comment id=c1>",
            "<p hidden>",
            "<p style='display:none'>",
            "<span aria-hidden=true>",
            "<textarea>",
            "<ruby>",
            "<rt>",
            "<h1>",
            "</h1>",
            "<dialog>",
            "<plaintext>",
            "&amp;",
            "&nbsp;",
            "&#0;",
            "&#x1F468;",
            "&zwj;",
            "&shy;",
            "<",
            ">",
            "\"",
            "'",
            "=",
            "\0",
            "\r",
            "\n",
            "\t",
            " ",
            "\u{feff}",
            "\u{a0}",
            "\u{200d}",
            "\u{301}",
            "Comments (2)",
            "Posted by Ada on 3 May 2020",
            "Reply",
            "See also:",
            "8Previous articleStorm",
            "ShareTweet",
            "The ferry sailed at noon, said the captain, and nobody was hurt.",
            "👨\u{200d}👩\u{200d}👧",
            "🇭🇺🇭🇺",
            "日本語の文。",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_text_is_kept_and_cut_into_blocks(scraps in prop::collection::vec(scrap(), 0..40)) {
        let given = scraps.concat();
        let extraction = extract_text(Text::new(&given), &core());
        prop_assert_eq!(extraction.text.as_str(), &given);
        check(&extraction);
    }

    #[test]
    fn any_page_gives_blocks(scraps in prop::collection::vec(scrap(), 0..60)) {
        check(&extract_html(&scraps.concat(), &core()));
    }

    #[test]
    fn any_bytes_give_blocks(bytes in prop::collection::vec(any::<u8>(), 0..300), as_page in any::<bool>()) {
        let kind = if as_page { SourceKind::Html } else { SourceKind::guess(&bytes, None) };
        let extraction = extract(&bytes, kind, &core());
        prop_assert!(!extraction.text.as_str().contains(['\0', '\r']));
        check(&extraction);
    }

    #[test]
    fn the_same_input_gives_the_same_answer(scraps in prop::collection::vec(scrap(), 0..30)) {
        let page = scraps.concat();
        let (one, two) = (extract_html(&page, &core()), extract_html(&page, &core()));
        prop_assert_eq!(one.text, two.text);
        prop_assert_eq!(one.blocks, two.blocks);
        prop_assert_eq!(one.regions, two.regions);
    }
}
