use super::*;
use crate::dataset::config::built_in_schemas;
use crate::model::notation;
use crate::quality::{Confusion, Examples};

/// Opening and closing tags in order; every one is closed, and no attribute holds a stray quote.
fn check_nesting(page: &str) {
    const VOID: [&str; 3] = ["meta", "br", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').unwrap();
        let tag = &rest[at + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn a_report_of_nothing_says_so() {
    let schema = built_in_schemas::by_name("news").unwrap();
    let page = html(
        "empty",
        &DatasetCounts::default(),
        &DatasetSummary::default(),
        &schema,
    );
    check_nesting(&page);
    for words in [
        "No articles.",
        "No article was done by two annotators independently.",
        "No finished article started from suggestions.",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn whatever_a_user_wrote_is_text() {
    let schema = built_in_schemas::by_name("news").unwrap();
    let gold = notation::parse("body| The {PERSON <script>alert('x')</script>} & \"{GPE Malta}\"")
        .unwrap();
    let guess =
        notation::parse("nav| The {ORG <script>alert('x')</script>} & \"{GPE Malta}\"").unwrap();
    let mut counted = DatasetSummary::default();
    counted.statistics.add_article(&gold.text, &gold.annotation);
    counted.statistics.add_work("<b>maria", Status::Done, false);
    counted.lengths.push(gold.text.chars().0);
    counted.languages.insert("<i>".to_owned());
    counted.examples = Examples::default();
    counted.examples.add(&gold.text, &gold.annotation);
    counted.confusion = Confusion::default();
    counted
        .confusion
        .add(&gold.text, &gold.annotation, &guess.annotation);
    let work = [("<b>maria", &gold.annotation), ("zoe", &guess.annotation)];
    counted.agreement.add(&gold.text, &work);
    let page = html(
        "</title><script>",
        &DatasetCounts::default(),
        &counted,
        &schema,
    );
    check_nesting(&page);
    assert!(!page.contains("<script") && !page.contains("<pre") && !page.contains("<b>maria"));
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)"));
    // What is told of suggestions: the rows of the tables of confusions, and the words.
    for words in [
        "Rows: annotated; columns: suggested",
        "Most frequently corrected entities",
        "<th scope=\"row\">&lt;b&gt;maria and zoe</th>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // It is self-contained.
    for outside in ["http:", "https:", "src=", "@import", "url(http"] {
        let found = page
            .replace("http://www.w3.org/2000/svg", "")
            .contains(outside);
        assert!(!found, "{outside}");
    }
}
