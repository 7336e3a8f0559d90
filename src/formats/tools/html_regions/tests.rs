//! Pages that are marked say, read back, what was marked, and nothing else of them changes.

use proptest::prelude::*;

use std::io;

use super::write::without_marks;
use super::*;
use crate::extract;
use crate::formats::{Content, FindPage, Pages};
use crate::model::{Annotation, Provenance, Text};
use crate::model::{
    Article, ArticleId, BytePos, Entity, Label, Metadata, Region, Remark, Score, Status,
};

/// One page, whoever asks.
struct One(Vec<u8>);

impl FindPage for One {
    fn find(&self, _: &Article) -> Option<Vec<u8>> {
        Some(self.0.clone())
    }
}

fn options(page: &[u8]) -> WriteOptions {
    WriteOptions {
        scores: true,
        pages: Some(Pages::new(One(page.to_vec()))),
        ..WriteOptions::default()
    }
}

/// An article as it is read from a page.
fn article(page: &[u8]) -> Article {
    let laid_out = extract::lay_out(&extract::decode(page, SourceKind::Html).text);
    Article {
        id: ArticleId::new("ferry").unwrap(),
        text: laid_out.text,
        blocks: laid_out.blocks,
        meta: Metadata::default(),
    }
}

/// Regions and entities by their words, the first that are found.
fn annotation(text: &Text, regions: &[(&str, &str)], entities: &[(&str, &str)]) -> Annotation {
    let span = |words: &str| {
        let at = text
            .as_str()
            .find(words)
            .unwrap_or_else(|| panic!("no {words:?} in {text:?}"));
        let (start, end) = (
            BytePos::from_index(at),
            BytePos::from_index(at + words.len()),
        );
        text.span(start, end).unwrap()
    };
    let mut annotation = Annotation::default();
    for (words, label) in regions {
        let region = Region {
            span: span(words),
            label: Label::new(label).unwrap(),
            provenance: Provenance::Import,
        };
        annotation.add_region(text, region).unwrap();
    }
    for (words, label) in entities {
        let entity = Entity {
            span: span(words),
            label: Label::new(label).unwrap(),
            provenance: Provenance::Import,
        };
        annotation.add_entity(text, entity).unwrap();
    }
    annotation.set_status(Status::Todo, Status::Done).unwrap();
    annotation
}

fn view<'a>(article: &'a Article, annotation: &'a Annotation) -> RecordView<'a> {
    RecordView {
        article,
        annotation,
        annotator: "maria",
        updated_at_ms: 1_000,
    }
}

/// The marked page without the comment at its end.
fn marked_page(page: &[u8], regions: &[(&str, &str)], entities: &[(&str, &str)]) -> Vec<u8> {
    let article = article(page);
    let annotation = annotation(&article.text, regions, entities);
    let marked = marked(&view(&article, &annotation), &options(page)).unwrap();
    let end = memchr::memmem::rfind(&marked, METADATA.as_bytes()).unwrap();
    marked[..end].to_vec()
}

fn marked_text(page: &str, regions: &[(&str, &str)], entities: &[(&str, &str)]) -> String {
    String::from_utf8(marked_page(page.as_bytes(), regions, entities)).unwrap()
}

#[test]
fn elements_that_lie_wholly_in_a_region_are_marked_and_text_that_does_not_is_wrapped() {
    let page = "<!DOCTYPE html>\r\n<body class=x><nav>Home</nav>\n<div><p>One <b>two</b>.</p><p>Three<br>four</p></div>\n\
                <div>Five six</div></body>";
    let marked = marked_text(
        page,
        &[
            ("Home", "nav"),
            ("One two.\n\nThree\nfour\n\nFive", "body"),
            ("six", "comment"),
        ],
        &[("One two", "ORG"), ("two", "GPE"), ("four", "GPE")],
    );
    assert_eq!(
        marked,
        "<!DOCTYPE html>\r\n<body class=x><nav data-copydesk-region=\"nav\" data-copydesk-id=\"r1\">Home</nav>\n\
         <div data-copydesk-region=\"body\" data-copydesk-id=\"r2\"><p>\
         <mark data-copydesk-entity=\"ORG\" data-copydesk-id=\"e1\">One</mark> \
         <b><mark data-copydesk-entity=\"ORG\" data-copydesk-id=\"e1\"><mark data-copydesk-entity=\"GPE\" data-copydesk-id=\"e2\">two</mark></mark></b>\
         .</p><p>Three<br><mark data-copydesk-entity=\"GPE\" data-copydesk-id=\"e3\">four</mark></p></div>\n\
         <div><span data-copydesk-region=\"body\" data-copydesk-id=\"r2\">Five</span> \
         <span data-copydesk-region=\"comment\" data-copydesk-id=\"r3\">six</span></div></body>"
    );
}

#[test]
fn all_that_breaks_offsets_is_marked() {
    let page = "<head><title>T</title></head><p>\u{a0}😀 A&nbsp;B &amp; C&hellip; <p hidden>gone</p><p>שלום e\u{301} 👩\u{200d}👧</p>\
                <pre>\n  two\n  lines\n</pre><table><tr><td>x<td>y</table><ul><li>last &lt;b&gt;</ul>";
    let marked = marked_text(
        page,
        &[
            ("😀 A\u{a0}B & C…\n\nשלום e\u{301}", "body"),
            ("x\ty", "nav"),
        ],
        &[
            ("B & C", "ORG"),
            ("שלום", "PERSON"),
            ("two\n  lines", "GPE"),
            ("👩\u{200d}👧", "PERSON"),
            ("<b>", "é \"&"),
        ],
    );
    for part in [
        "<p data-copydesk-region=\"body\" data-copydesk-id=\"r1\">\u{a0}😀 A&nbsp;<mark data-copydesk-entity=\"ORG\" data-copydesk-id=\"e1\">B &amp; C</mark>&hellip; <p hidden>",
        "<p><span data-copydesk-region=\"body\" data-copydesk-id=\"r1\"><mark data-copydesk-entity=\"PERSON\" data-copydesk-id=\"e2\">שלום</mark> e\u{301}</span> <mark data-copydesk-entity=\"PERSON\" data-copydesk-id=\"e3\">👩\u{200d}👧</mark></p>",
        "<pre>\n  <mark data-copydesk-entity=\"GPE\" data-copydesk-id=\"e4\">two\n  lines</mark>\n</pre>",
        "<table data-copydesk-region=\"nav\" data-copydesk-id=\"r2\"><tr><td>x",
        "last <mark data-copydesk-entity=\"&#233; &#34;&#38;\" data-copydesk-id=\"e5\">&lt;b&gt;</mark></ul>",
    ] {
        assert!(marked.contains(part), "{part}\nis not in\n{marked}");
    }
}

#[test]
fn a_page_stays_in_its_encoding() {
    let page = b"<meta charset=windows-1252><p>Caf\xe9 Fran\xe7ois</p>\r\n";
    assert_eq!(
        marked_page(page, &[], &[("François", "PERSON")]),
        b"<meta charset=windows-1252><p>Caf\xe9 <mark data-copydesk-entity=\"PERSON\" data-copydesk-id=\"e1\">Fran\xe7ois</mark></p>\r\n"
    );
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain("<p>Zoë\r\nhere</p>".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let article = article(&wide);
    let annotation = annotation(&article.text, &[], &[("Zoë", "PERSON")]);
    let marked = marked(&view(&article, &annotation), &options(&wide)).unwrap();
    let text = extract::decode(&marked, SourceKind::Html).text;
    assert!(text.starts_with(
        "<p><mark data-copydesk-entity=\"PERSON\" data-copydesk-id=\"e1\">Zoë</mark>\nhere</p><!--copydesk {"
    ), "{text}");
}

#[test]
fn everything_else_travels_in_a_comment() {
    let page = b"<title>Storm</title><p>The ferry stays.</p>";
    let mut article = article(page);
    article.meta.title = "A --> title <!-- é".to_owned();
    let mut wanted = annotation(&article.text, &[("The ferry stays.", "body")], &[]);
    let remark = Remark::new(None, "-- check -->");
    wanted.add_remark(&article.text, 0, remark.clone()).unwrap();
    let suggested = Entity {
        span: article.text.span(BytePos(4), BytePos(9)).unwrap(),
        label: Label::new("SHIP").unwrap(),
        provenance: Provenance::Tagger(Score::new(0.375)),
    };
    wanted.add_entity(&article.text, suggested.clone()).unwrap();
    let marked = marked(&view(&article, &wanted), &options(page)).unwrap();
    let parsed = HtmlRegions.parse(marked, &ReadOptions::default()).unwrap();
    assert_eq!(parsed.warnings, []);
    let record = parsed.record;
    assert_eq!(record.id, Some(article.id));
    assert_eq!(record.meta, article.meta);
    assert_eq!(
        (record.annotator.as_str(), record.updated_at_ms),
        ("maria", 1000)
    );
    assert_eq!(record.annotation.status(), Status::Done);
    assert_eq!(record.annotation.remarks(), [remark]);
    assert_eq!(record.annotation.entities(), [suggested]);
    assert_eq!(record.annotation.regions(), wanted.regions());
}

#[test]
fn the_marks_of_an_earlier_export_are_replaced() {
    let page = "<div><span>The</span> <span class=x>ferry</span> <a href=y>stays</a>.</div><p>Two hurt.</p>";
    let article = article(page.as_bytes());
    let first = annotation(
        &article.text,
        &[("The ferry", "body")],
        &[("ferry stays", "ORG")],
    );
    let once = marked(&view(&article, &first), &options(page.as_bytes())).unwrap();
    assert_eq!(*without_marks(&once), *page.as_bytes());
    let second = annotation(
        &article.text,
        &[("stays.\n\nTwo hurt.", "nav")],
        &[("The", "ORG")],
    );
    let from_marked = marked(&view(&article, &second), &options(&once)).unwrap();
    let from_bare = marked(&view(&article, &second), &options(page.as_bytes())).unwrap();
    assert_eq!(from_marked, from_bare);
}

#[test]
fn what_cannot_be_written_is_counted() {
    let page = b"<p>The ferry stays.</p>";
    let article = article(page);
    let annotation = annotation(&article.text, &[("The ferry stays.", "body")], &[]);
    let record = view(&article, &annotation);
    let count = |options: &WriteOptions, loss: Loss| {
        let mut losses = Losses::default();
        losses.count_record(&HtmlRegions, &record, options);
        losses.count(loss)
    };
    assert_eq!(count(&WriteOptions::default(), Loss::NoPage), 1);
    assert_eq!(
        count(&options(b"<p>The ferry sails.</p>"), Loss::OtherPage),
        1
    );
    let mut losses = Losses::default();
    losses.count_record(&HtmlRegions, &record, &options(page));
    assert!(losses.is_empty(), "{losses}");

    // One reference represents two characters: there is no place between them.
    let page = b"<p>a &NotEqualTilde; b</p>";
    let article = self::article(page);
    let annotation = self::annotation(&article.text, &[("a \u{2242}", "body")], &[]);
    let mut losses = Losses::default();
    losses.count_record(&HtmlRegions, &view(&article, &annotation), &options(page));
    assert_eq!(losses.count(Loss::Unmarkable), 1);
}

#[test]
fn pages_that_others_marked_are_read() {
    let page = "<div data-copydesk-region=body>One <em data-copydesk-entity=ORG>two</em></div><p data-copydesk-region='body'>three\
                <p data-copydesk-region=nav hidden>four<p>five";
    let parsed = HtmlRegions
        .parse(page.into(), &ReadOptions::default())
        .unwrap();
    let Content::Text(text, blocks) = &parsed.record.content else {
        panic!("a text is expected");
    };
    assert_eq!(blocks.len(), 3);
    let words = |span| text.slice(span).to_owned();
    let annotation = &parsed.record.annotation;
    let regions: Vec<_> = annotation.regions().iter().map(|r| words(r.span)).collect();
    assert_eq!(regions, ["One two", "three"]);
    let entities: Vec<_> = annotation
        .entities()
        .iter()
        .map(|e| words(e.span))
        .collect();
    assert_eq!(entities, ["two"]);
    assert_eq!(parsed.warnings.len(), 1, "{:?}", parsed.warnings);
    assert_eq!(parsed.record.annotation.status(), Status::Todo);

    let bare = HtmlRegions.parse(b"<p>Nobody was here.".to_vec(), &ReadOptions::default());
    assert!(matches!(bare.unwrap().record.content, Content::File(..)));
}

/// Pages made of what breaks them.
fn page() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<b>",
        "</b>",
        "<span>",
        "</span>",
        "<mark>",
        "</mark>",
        "<a href=x>",
        "</a>",
        "<ul><li>",
        "</ul>",
        "<table><tr><td>",
        "<td>",
        "</table>",
        "<br>",
        "<pre>",
        "</pre>",
        "<p hidden>",
        "<!-- no -->",
        "<script>a>b</script>",
        "<i class='sr-only'>",
        "</i>",
        "Paris",
        "😀",
        "e\u{301}",
        "👩\u{200d}👧",
        "&nbsp;",
        "&amp;",
        "&hellip;",
        "&#x1F600;",
        "&lt;p&gt;",
        "שלום",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\u{a0}",
        "\u{ad}",
        "a < b",
        "</>",
        "The ferry stays.",
        "&amp",
        "&notit;",
        "日本",
        "<td>cell",
        "<h2>Comments</h2>",
        "<form>",
        "<button>no</button>",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_marked_comes_back_and_the_page_is_what_it_was(
        page in page(),
        spans in prop::collection::vec((0_usize..80, 0_usize..80, any::<bool>()), 0..8),
        scores: bool,
    ) {
        let page = page.into_bytes();
        let article = article(&page);
        let text = &article.text;
        let edges: Vec<BytePos> = text
            .as_str()
            .char_indices()
            .map(|(at, _)| BytePos::from_index(at))
            .chain([text.end()])
            .collect();
        let mut annotation = Annotation::default();
        for (nth, (a, b, region)) in spans.into_iter().enumerate() {
            let (a, b) = (edges[a % edges.len()], edges[b % edges.len()]);
            let Ok(span) = text.span(a.min(b), a.max(b)) else { continue };
            let label = Label::new(["body", "comment", "PERSON"][nth % 3]).unwrap();
            let provenance = [Provenance::Import, Provenance::Person][nth % 2];
            if region {
                let _overlaps = annotation.add_region(text, Region { span, label, provenance });
            } else {
                let provenance = if nth % 3 == 0 { Provenance::Tagger(Score::new(0.5)) } else { provenance };
                let _crosses = annotation.add_entity(text, Entity { span, label, provenance });
            }
        }
        let record = view(&article, &annotation);
        let options = WriteOptions { scores, ..options(&page) };
        let mut losses = Losses::default();
        losses.count_record(&HtmlRegions, &record, &options);
        match marked(&record, &options) {
            Ok(marked) => {
                prop_assert_eq!(losses.count(Loss::Unmarkable), 0);
                prop_assert_eq!(&*without_marks(&marked), &*without_marks(&page));
                let parsed = HtmlRegions.parse(marked, &ReadOptions::default()).unwrap();
                let back = &parsed.record.annotation;
                prop_assert_eq!(back.regions().len(), annotation.regions().len());
                if losses.is_empty() {
                    let spans = |a: &Annotation| super::spans(a).collect::<Vec<_>>();
                    prop_assert_eq!(spans(back), spans(&annotation));
                }
                prop_assert_eq!(&parsed.record.id, &Some(article.id.clone()));
            }
            Err(why) => {
                prop_assert_eq!(why, Unmarked::Refused);
                prop_assert_eq!(losses.count(Loss::Unmarkable), 1);
            }
        }
    }

    #[test]
    fn no_page_breaks_the_reader(noise in "([<>/!=a-c&#;'\" -]|<mark data-copydesk-|entity=\"A\">|</mark>|<span data-copydesk-region=b>|é){0,60}") {
        let bytes = noise.clone().into_bytes();
        let _refused_or_not = HtmlRegions.parse(bytes.clone(), &ReadOptions::default());
        let _same_or_not = without_marks(&bytes);
    }
}

/// How many of the labelled pages that the extractor learns from, where they are, can be marked:
/// with every block a region and every fifth word an entity.
#[test]
fn pages_of_the_open_sets_can_be_marked() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/regions/html");
    let Ok(sets) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    };
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
    let (mut all, mut refused) = (0, Vec::new());
    for path in pages.iter().step_by(97) {
        let mut page = Vec::new();
        let Ok(file) = std::fs::File::open(path) else {
            continue;
        };
        if io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut page).is_err() {
            continue;
        }
        let article = article(&page);
        let mut annotation = Annotation::default();
        for (nth, block) in article.blocks.iter().enumerate() {
            let label = Label::new(["body", "comment", "nav"][nth % 3]).unwrap();
            let region = Region {
                span: block.span,
                label,
                provenance: Provenance::Import,
            };
            annotation.add_region(&article.text, region).unwrap();
        }
        let mut at = 0;
        for (nth, word) in article.text.as_str().split_whitespace().enumerate() {
            at += article.text.as_str()[at..].find(word).unwrap();
            let span = article.text.span(
                BytePos::from_index(at),
                BytePos::from_index(at + word.len()),
            );
            at += word.len();
            if nth % 5 == 0 {
                let entity = Entity {
                    span: span.unwrap(),
                    label: Label::new("ORG").unwrap(),
                    provenance: Provenance::Import,
                };
                annotation.add_entity(&article.text, entity).unwrap();
            }
        }
        all += 1;
        if let Err(why) = marked(&view(&article, &annotation), &options(&page)) {
            assert_eq!(why, Unmarked::Refused);
            refused.push(path.display().to_string());
        }
    }
    eprintln!("{all} pages, refused: {refused:?}");
    assert!(
        refused.len() * 20 <= all,
        "{} of {all} pages are refused: {refused:?}",
        refused.len()
    );
}
