//! Articles that are split, written and read back: no label is lost or split, and every loss is
//! counted.

use proptest::prelude::*;

use super::*;
use crate::formats::tests::records::record;
use crate::formats::tests::{Owned, both_ways, cases, read, text_of, written};
use crate::formats::tools::{conll, gliner};
use crate::model::{Annotation, Article, ArticleId, Label, Metadata, Span, Text, notation};

/// An article in the tests' notation.
fn owned(id: &str, notated: &str) -> Owned {
    let notated = notation::parse(notated).unwrap();
    Owned {
        article: Article {
            id: ArticleId::new(id).unwrap(),
            text: notated.text,
            blocks: Vec::new(),
            meta: Metadata::default(),
        },
        annotation: notated.annotation,
        annotator: "maria".into(),
        updated_at_ms: 1000,
    }
}

fn options(outside: Option<Outside>, windows: Option<Windows>, stride: usize) -> WriteOptions {
    WriteOptions {
        outside,
        windows,
        stride,
        scores: true,
        ..WriteOptions::default()
    }
}

fn parts(record: &Owned, options: &WriteOptions) -> Vec<String> {
    let cut = windows::cut(&native::Jsonl, &record.view(), options);
    let parts = cut.unwrap_or_default().parts.into_iter();
    parts
        .map(|part| format!("{} {}", part.article.id, part.article.text.as_str()))
        .collect()
}

const THREE: &str =
    "body| Storm closes ferry. {PERSON Ada Borg} of {ORG the U.S. Navy} spoke. Two were hurt.";

#[test]
fn windows_are_whole_sentences_with_ids_that_lead_back() {
    let article = owned("a", THREE);
    let of = |windows, stride| parts(&article, &options(None, Some(windows), stride));
    assert_eq!(
        of(Windows::Sentences, 0),
        [
            "a#1 Storm closes ferry. ",
            "a#2 Ada Borg of the U.S. Navy spoke. ",
            "a#3 Two were hurt."
        ]
    );
    assert_eq!(
        of(Windows::Tokens(12), 0),
        [
            "a#1 Storm closes ferry. Ada Borg of the U.S. Navy spoke. ",
            "a#2 Two were hurt."
        ]
    );
    assert_eq!(
        of(Windows::Tokens(100), 0),
        [""; 0],
        "it fits: the article itself is written"
    );
    assert_eq!(
        of(Windows::Tokens(2), 0),
        [
            "a#1 Storm closes ",
            "a#2 ferry. ",
            "a#3 Ada Borg ",
            "a#4 of ",
            "a#5 the U.S. Navy ",
            "a#6 spoke. ",
            "a#7 Two were ",
            "a#8 hurt."
        ],
        "a sentence that is too long is cut, but no name"
    );
    assert_eq!(
        of(Windows::Tokens(14), 8),
        [
            "a#1 Storm closes ferry. Ada Borg of the U.S. Navy spoke. ",
            "a#2 Ada Borg of the U.S. Navy spoke. Two were hurt."
        ],
        "what is repeated is a whole sentence"
    );
}

#[test]
fn sentences_of_other_scripts_end_where_they_end() {
    let of = |text: &str| {
        parts(
            &owned("a", &format!("body| {text}")),
            &options(None, Some(Windows::Sentences), 0),
        )
        .len()
    };
    for (language, text) in [
        (
            "Japanese",
            "首相は東京で演説した。人々は拍手した。雨が降った。",
        ),
        ("Chinese", "他来了。她走了！为什么？"),
        ("Arabic", "وصل الوزير. هل تكلم؟ نعم تكلم."),
        ("Hindi", "वह आया। वह गया। क्यों?"),
        ("German", "Er kam am 3. Oktober. Dr. Weel ging. Warum?"),
        ("Russian", "Он пришёл. Она ушла! Почему?"),
        ("Greek", "Ήρθε χθες. Έφυγε σήμερα. Γιατί όχι."),
        ("Amharic", "መጣ ዛሬ። ሄደ ነገ። ለምን አሁን።"),
    ] {
        assert_eq!(of(text), 3, "{language}");
    }
}

const MIXED: &str = "nav| Home\nbody| {PERSON Ada Borg} left Gozo.\nnav| Read more by {PERSON Weel} here\ncomment| I met {PERSON Borg}.\nnav| Next page";

#[test]
fn formats_of_tokens_leave_out_what_nobody_looked_at_and_say_how_much() {
    let article = owned("a", MIXED);
    let usual = options(None, None, 0);
    let reported = |name: &str| {
        let mut losses = Losses::default();
        let format = by_name(name).unwrap();
        windows::count_losses(format, &article.view(), &usual, &mut losses);
        losses
    };
    for name in [
        "conll",
        "conllu",
        "gliner",
        "prodigy",
        "hf-parquet",
        "webanno-tsv",
    ] {
        assert_eq!(
            reported(name).count(Loss::Outside),
            7,
            "{name}: {}",
            reported(name)
        );
    }
    for name in ["prodigy", "conllu"] {
        // The nav that has a name is there as far as the name goes.
        assert_eq!(
            reported(name).count(Loss::Region),
            2,
            "{name}: {}",
            reported(name)
        );
    }
    for name in ["jsonl", "spacy", "brat", "label-studio"] {
        assert_eq!(reported(name).count(Loss::Outside), 0, "{name}");
        assert!(windows::cut(by_name(name).unwrap(), &article.view(), &usual).is_none());
    }
    let files = written(&conll::Conll, std::slice::from_ref(&article), &usual);
    let conll = String::from_utf8(files[""].clone()).unwrap();
    let tags: Vec<(&str, &str)> = conll
        .lines()
        .filter(|line| !line.starts_with('-'))
        .filter_map(|line| Some((line.split(' ').next()?, line.rsplit(' ').next()?)))
        .filter(|(word, _)| !word.is_empty())
        .collect();
    assert_eq!(
        conll.matches("-DOCSTART-").count(),
        1,
        "one article: {conll}"
    );
    assert_eq!(
        tags,
        [
            ("Ada", "B-PERSON"),
            ("Borg", "I-PERSON"),
            ("left", "O"),
            ("Gozo", "O"),
            (".", "O"),
            ("Weel", "B-PERSON"),
            ("I", "O"),
            ("met", "O"),
            ("Borg", "B-PERSON"),
            (".", "O"),
        ],
        "the name in the navigation is kept, and no text around it"
    );
    let all = options(Some(Outside::Negative), None, 0);
    let files = written(&conll::Conll, std::slice::from_ref(&article), &all);
    assert!(String::from_utf8_lossy(&files[""]).contains("Home -X- -X- O"));
}

#[test]
fn an_article_of_which_nobody_looked_at_anything_is_left_out_and_told() {
    let article = owned("menu", "nav| Home\nnav| Next page");
    let mut losses = Losses::default();
    let usual = options(None, None, 0);
    windows::count_losses(&gliner::Gliner, &article.view(), &usual, &mut losses);
    assert_eq!(losses.count(Loss::NothingAnnotated), 1, "{losses}");
    let files = written(&gliner::Gliner, &[article], &usual);
    assert!(read(&gliner::Gliner, &files, &ReadOptions::default()).is_empty());
}

#[test]
fn a_comment_that_was_cut_is_one_again_and_two_stay_two() {
    let article = owned(
        "a",
        "comment| One. Two. Three.\ncomment| I was there. So was I.",
    );
    for stride in [0, 3] {
        let how = options(Some(Outside::Negative), Some(Windows::Tokens(5)), stride);
        let files = written(&native::Jsonl, std::slice::from_ref(&article), &how);
        let back = read(&native::Jsonl, &files, &ReadOptions::default());
        assert_eq!(back.len(), 1);
        let regions = back[0].record.annotation.regions().len();
        assert_eq!(regions, 2, "{stride}");
        assert_eq!(text_of(&back[0].record), &article.article.text);
        assert_eq!(back[0].record.id.as_ref(), Some(&article.article.id));
        assert!(
            back[0].record.meta.other.is_empty(),
            "no trace is left of the windows"
        );
    }
}

#[test]
fn windows_that_were_shuffled_or_are_not_all_there_keep_their_own_ids() {
    let article = owned("a", THREE);
    let how = options(None, Some(Windows::Sentences), 0);
    let files = written(&native::Jsonl, &[article], &how);
    let lines = String::from_utf8(files[""].clone()).unwrap();
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.remove(0);
    let files = [(String::new(), (lines.join("\n") + "\n").into_bytes())].into();
    let back = read(&native::Jsonl, &files, &ReadOptions::default());
    assert_eq!(back.len(), 1);
    assert_eq!(back[0].record.id.as_ref().unwrap().as_str(), "a#2");
    assert_eq!(back[0].record.meta.other["window_of"], "a");
}

#[test]
fn windows_of_others_that_do_not_fit_are_refused_and_not_guessed() {
    let line = |start: u32, text: &str| {
        format!(
            "{{\"id\":\"a#1\",\"text\":\"{text}\",\"meta\":{{\"window_of\":\"a\",\"window\":\"1/2\",\"window_start\":\"{start}\",\"window_end\":\"{}\"}}}}\n",
            start as usize + text.len()
        )
    };
    let lines = format!("{}{}", line(0, "One two"), line(4, "six three"));
    let pieces = native::Jsonl
        .raw_records(
            Box::new(io::Cursor::new(lines.into_bytes())),
            Bounds::default(),
        )
        .unwrap();
    let mut pieces = join::WindowJoiner::new(pieces, Bounds::default());
    let piece = pieces.next().unwrap().unwrap();
    let fault = join::parse(
        &native::Jsonl,
        piece.bytes.unwrap(),
        &ReadOptions::default(),
    );
    let fault = fault.unwrap_err();
    assert!(fault.message.contains("overlap"), "{fault}");
}

/// The words of all entities, with their labels.
fn names(text: &Text, annotation: &Annotation) -> Vec<String> {
    let name = |span: Span, label: &Label| {
        let words: Vec<&str> = text.slice(span).split_whitespace().collect();
        format!("{label} {}", words.concat())
    };
    let entities = annotation.entities().iter();
    let mut names: Vec<String> = entities.map(|e| name(e.span, &e.label)).collect();
    names.sort();
    names.dedup();
    names
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn windows_hold_the_article_and_cut_no_entity(
        record in record(),
        size in prop::option::of(1_usize..12),
        stride in 0_usize..6,
    ) {
        let windows = size.map_or(Windows::Sentences, Windows::Tokens);
        let stride = size.map_or(0, |size| stride.min(size - 1));
        let how = options(Some(Outside::Negative), Some(windows), stride);
        let Some(cut) = windows::cut(&native::Jsonl, &record.view(), &how) else { return Ok(()) };
        prop_assert_eq!(cut.tokens_left_out, 0);
        let whole = names(&record.article.text, &record.annotation);
        let mut found: Vec<String> = cut.parts.iter()
            .flat_map(|part| names(&part.article.text, &part.annotation)).collect();
        found.sort();
        found.dedup();
        prop_assert_eq!(&found, &whole, "no entity is cut or lost");
        if stride == 0 {
            let text: String = cut.parts.iter().map(|part| part.article.text.as_str()).collect();
            prop_assert_eq!(text.as_str(), record.article.text.as_str());
        }
        // Formats that hold everything and many articles bring back the very record.
        for format in both_ways() {
            let can = format.spec().capabilities;
            if !(can == Capabilities::EVERYTHING && format.spec().holds_many()) {
                continue;
            }
            let files = written(format, std::slice::from_ref(&record), &how);
            let back = read(format, &files, &ReadOptions::default());
            prop_assert_eq!(back.len(), 1, "{}", format.spec().name);
            let back = &back[0].record;
            prop_assert_eq!(back.id.as_ref(), Some(&record.article.id), "{}", format.spec().name);
            prop_assert_eq!(text_of(back), &record.article.text, "{}", format.spec().name);
            prop_assert_eq!(&back.meta, &record.article.meta, "{}", format.spec().name);
            // A window that would begin with a region's white space begins with its words.
            let words = |span: Span| record.article.text.trim(span).unwrap_or(span);
            let spans = |annotation: &Annotation| {
                let regions: Vec<_> = annotation.regions().iter().map(|r| (words(r.span), r.label.clone())).collect();
                let entities: Vec<_> = annotation.entities().iter().map(|e| (e.span, e.label.clone())).collect();
                (regions, entities)
            };
            prop_assert_eq!(spans(&back.annotation), spans(&record.annotation), "{}", format.spec().name);
            if cut.places_lost == 0 {
                let sorted = |annotation: &Annotation| {
                    let mut all: Vec<_> = annotation.remarks().iter().map(|remark| format!("{remark:?}")).collect();
                    all.sort();
                    all
                };
                prop_assert_eq!(sorted(&back.annotation), sorted(&record.annotation), "{}", format.spec().name);
            }
        }
    }

    #[test]
    fn what_an_export_leaves_out_was_counted_and_no_entity_is(record in record()) {
        for format in both_ways() {
            let how = options(None, None, 0);
            let mut losses = Losses::default();
            windows::count_losses(format, &record.view(), &how, &mut losses);
            let files = written(format, std::slice::from_ref(&record), &how);
            let back = read(format, &files, &ReadOptions::default());
            let whole = names(&record.article.text, &record.annotation);
            let mut found: Vec<String> = back.iter()
                .flat_map(|parsed| names(text_of(&parsed.record), &parsed.record.annotation)).collect();
            found.sort();
            found.dedup();
            let reported = [Loss::Cut, Loss::Nested, Loss::Renamed, Loss::Moved, Loss::Empty].iter()
                .any(|loss| losses.count(*loss) > 0);
            prop_assert!(reported || found == whole, "{}: {found:?} of {whole:?}; {losses}", format.spec().name);
            let words = |text: &str| text.split_whitespace().collect::<String>();
            let text: String = back.iter().map(|parsed| words(text_of(&parsed.record).as_str())).collect();
            let all = words(record.article.text.as_str()) == text;
            prop_assert!(
                all || losses.count(Loss::Outside) > 0 || losses.count(Loss::Empty) > 0,
                "{} leaves text out unsaid: {text:?} of {:?}", format.spec().name, record.article.text.as_str()
            );
        }
    }
}
