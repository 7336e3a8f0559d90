//! Suggesters that hang, lie, flood, die, print nonsense, and how each is answered.

use super::*;
use crate::dataset::config::built_in_schemas;
use crate::model::{ArticleId, Metadata, Score, Text};

fn article() -> Article {
    Article {
        id: ArticleId::new("a").unwrap(),
        text: Text::new("Zoë met Ada."),
        blocks: Vec::new(),
        meta: Metadata::default(),
    }
}

fn suggester(script: &str) -> SupervisedSuggester {
    let config = SuggesterConfig {
        name: "hostile".to_owned(),
        task: SuggestedTask::Entities,
        command: script.to_owned(),
        time_limit_s: 1,
    };
    let schema = built_in_schemas::news().unwrap();
    let mut made = SupervisedSuggester::new(config, None, &schema);
    made.limits.start = Duration::from_secs(1);
    made.limits.answer_bytes = 1 << 16;
    made.first_pause = Duration::from_millis(1);
    made
}

fn ask(suggester: &mut SupervisedSuggester) -> Result<SuggestedSpans, SuggestError> {
    let schema = built_in_schemas::news().unwrap();
    suggester.suggest(&article(), &Annotation::default(), &schema, &|| false)
}

fn why(suggester: &mut SupervisedSuggester) -> String {
    match ask(suggester) {
        Err(SuggestError::Article(why)) => why,
        other => panic!("{other:?}"),
    }
}

const GOOD: &str = r#"{"id":"a","entities":[{"start":8,"end":11,"label":"PERSON","score":0.5}]}"#;

/// A loop that prints this for each line that it reads.
fn answering(line: &str) -> String {
    format!("while read record; do printf '%s\\n' '{line}'; done")
}

#[test]
fn a_good_one_is_started_once_and_says_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let hello = r#"{"copydesk":"hello","name":"spaCy en","version":"3.8"}"#;
    let script = format!(
        "echo $$ >>{}; echo \"$COPYDESK_TASK $COPYDESK_LABELS\" >&2; printf '%s\\n' '{hello}'; {}",
        starts.display(),
        answering(GOOD)
    );
    let mut suggester = suggester(&script);
    for _ in 0..3 {
        let spans = ask(&mut suggester).unwrap();
        let model = suggester.model().clone();
        assert_eq!(model.in_words(), "spaCy en 3.8");
        let expected = Provenance::Suggester(model.id(), Score::new(0.5));
        assert_eq!(spans.entities[0].provenance, expected);
    }
    let starts = std::fs::read_to_string(starts).unwrap();
    assert_eq!(starts.lines().count(), 1);
    assert_eq!(suggester.status().last_error, "");
}

#[test]
fn one_that_hangs_is_killed_and_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let been = folder.path().join("been");
    let script = format!(
        "if [ -e {been} ]; then {}; else touch {been}; sleep 100; fi",
        answering(GOOD),
        been = been.display()
    );
    let mut suggester = suggester(&script);
    let begin = Instant::now();
    assert!(why(&mut suggester).contains("gave no answer for a in 1 seconds"));
    assert!(begin.elapsed() < Duration::from_secs(20));
    assert!(suggester.status().last_error.contains("no answer"));
    assert_eq!(ask(&mut suggester).unwrap().entities.len(), 1);
}

#[test]
fn one_that_dies_is_started_again_for_the_same_article() {
    let folder = tempfile::tempdir().unwrap();
    let been = folder.path().join("been");
    let script = format!(
        "read record; if [ -e {been} ]; then printf '%s\\n' '{GOOD}'; else touch {been}; fi",
        been = been.display()
    );
    let mut suggester = suggester(&script);
    assert_eq!(ask(&mut suggester).unwrap().entities.len(), 1);
}

#[test]
fn one_that_ends_at_once_is_not_started_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let script = format!(
        "echo $$ >>{}; printf 'Traceback\\n\\033[31mModuleNotFoundError: no spacy\\033[0m\\n' >&2; exit 3",
        starts.display()
    );
    let mut suggester = suggester(&script);
    let first = why(&mut suggester);
    assert!(first.contains("ended before it answered for a"), "{first}");
    assert!(first.contains("3"), "{first}");
    let words = "its last words: Traceback / ModuleNotFoundError: no spacy";
    assert!(first.contains(words), "{first}");
    let mut last = None;
    for _ in 0..6 {
        last = Some(ask(&mut suggester));
    }
    assert!(
        matches!(last, Some(Err(SuggestError::Stopped(_)))),
        "{last:?}"
    );
    assert!(suggester.status().is_stopped);
    let count = || std::fs::read_to_string(&starts).unwrap().lines().count();
    assert_eq!(count(), MOST_FAILURES as usize);
    // Somebody starts it again.
    suggester.start_again();
    assert!(matches!(ask(&mut suggester), Err(SuggestError::Article(_))));
    assert!(count() > MOST_FAILURES as usize);
}

#[test]
fn one_that_lies_about_the_article_is_out_of_step() {
    let mut suggester = suggester(&answering(r#"{"id":"b","entities":[]}"#));
    assert!(why(&mut suggester).contains("it is about \"b\", not \"a\""));
}

#[test]
fn spans_that_do_not_fit_are_refused_and_the_others_stay() {
    let line = r#"{"id":"a","entities":[{"start":8,"end":11,"label":"PERSON"},{"start":4,"end":90,"label":"PERSON"}]}"#;
    let mut suggester = suggester(&answering(line));
    let spans = ask(&mut suggester).unwrap();
    assert_eq!(spans.entities.len(), 1);
    let said = suggester.status().last_error;
    assert!(
        said.starts_with("refused a span of a: entity 4 to 90"),
        "{said}"
    );
}

#[test]
fn one_that_floods_is_ended() {
    let mut suggester = suggester("read record; head -c 100000000 /dev/zero | tr '\\0' x");
    let begin = Instant::now();
    assert!(why(&mut suggester).contains("printed a line of more than 65536 bytes"));
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[test]
fn one_that_floods_its_standard_error_goes_on() {
    let script = format!(
        "head -c 3000000 /dev/zero | tr '\\0' y >&2; {}",
        answering(GOOD)
    );
    let mut suggester = suggester(&script);
    suggester.limits.start = Duration::from_secs(20);
    assert_eq!(ask(&mut suggester).unwrap().entities.len(), 1);
}

#[test]
fn garbage_and_colours_are_shown_without_effect() {
    let mut suggester =
        suggester("read record; printf '\\033[2J\\033[31mLoading model\\033[0m\\n'");
    let said = why(&mut suggester);
    assert!(said.contains("the command's answer is no record"), "{said}");
    assert!(
        said.contains("hint: only answers may go to standard output"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn bytes_that_are_no_text_are_no_answer() {
    let mut suggester = suggester("read record; printf '\\377\\376{\\n'");
    assert!(why(&mut suggester).contains("is no record"));
    let mut in_string = self::suggester("read record; printf '{\"id\":\"a\\377\"}\\n'");
    assert!(why(&mut in_string).contains("is no record"));
}

#[test]
fn an_error_about_one_article_is_no_failure_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let line = r#"{"id":"a","error":"the text is too long"}"#;
    let script = format!("echo $$ >>{}; {}", starts.display(), answering(line));
    let mut suggester = suggester(&script);
    for _ in 0..8 {
        assert!(why(&mut suggester).contains("the text is too long"));
    }
    assert_eq!(std::fs::read_to_string(starts).unwrap().lines().count(), 1);
}

#[test]
fn a_wait_can_be_cancelled() {
    let mut suggester = suggester("sleep 100");
    suggester.limits.start = Duration::from_secs(90);
    let begin = Instant::now();
    let schema = built_in_schemas::news().unwrap();
    let is_cancelled = || begin.elapsed() > Duration::from_millis(200);
    let none = Annotation::default();
    let asked = suggester.suggest(&article(), &none, &schema, &is_cancelled);
    assert_eq!(asked, Err(SuggestError::Cancelled));
    assert!(begin.elapsed() < Duration::from_secs(20));
}
