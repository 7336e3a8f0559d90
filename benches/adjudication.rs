//! Measures adjudication of an article of a megabyte with eight annotators: opening it, and one key.
//! `cargo bench --bench adjudication`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first thing that is wrong"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use copydesk::dataset::config::built_in_schemas;
use copydesk::edit::adjudication::{
    Adjudication, AdjudicationInput, Choice, How, Threshold, find_places,
};
use copydesk::model::{Annotation, BytePos, Entity, Label, Provenance, Status, Text};
use criterion::Criterion;

const ANNOTATORS: usize = 8;
const BYTES: usize = 1 << 20;
/// About ten names in a hundred words, as in news.
const SENTENCE: &str = "Ada Lovelace of the Port of Malta met Charles Babbage in Rome on Monday, \
    where it had rained for most of the week and the ferries had stayed in the harbour, \
    which nobody there had seen for years, as the keeper of the lighthouse said. ";
const NAMES: [(&str, &str); 4] = [
    ("Ada Lovelace", "PERSON"),
    ("Port of Malta", "ORG"),
    ("Charles Babbage", "PERSON"),
    ("Rome", "GPE"),
];

/// Annotators who agree on three places of four.
fn inputs(text: &Text) -> Vec<AdjudicationInput> {
    let one = |who: usize| {
        let mut entities = Vec::new();
        for (at, (name, label)) in NAMES.iter().enumerate() {
            for (nth, (start, _)) in text.as_str().match_indices(name).enumerate() {
                if (nth + at) % (4 * ANNOTATORS) == who {
                    continue;
                }
                let end = BytePos::from_index(start + name.len());
                entities.push(Entity {
                    span: text.span(BytePos::from_index(start), end).unwrap(),
                    label: Label::new(label).unwrap(),
                    provenance: Provenance::Person,
                });
            }
        }
        let annotation = Annotation::from_parts(text, vec![], entities, Status::Done, vec![]);
        AdjudicationInput {
            annotator: format!("annotator {who}").into(),
            revision: 1,
            annotation: annotation.unwrap(),
        }
    };
    (0..ANNOTATORS).map(one).collect()
}

fn main() {
    let text = Text::new(&SENTENCE.repeat(BYTES / SENTENCE.len()));
    let inputs = inputs(&text);
    let schema = Arc::new(built_in_schemas::news().unwrap());
    let mut work = Adjudication::new(text.clone(), Arc::clone(&schema), inputs.clone());
    let open: Vec<usize> = work.open().collect();
    println!(
        "{} places, {} open, {ANNOTATORS} annotators, {} bytes",
        work.places().len(),
        open.len(),
        text.len()
    );
    let annotation = work.so_far().unwrap();
    let mut criterion = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(4))
        .warm_up_time(Duration::from_millis(500))
        .configure_from_args();
    criterion.bench_function("open: find the places", |bench| {
        bench.iter(|| black_box(find_places(&text, &inputs).len()));
    });
    let mut keys = open.iter().copied().cycle();
    criterion.bench_function("a key: decide a place and make its change", |bench| {
        bench.iter(|| {
            let at = keys.next().unwrap();
            let taken = work.decide(at, Choice::Version(0), How::ByHand, None);
            taken.unwrap();
            let change = work.transaction(&annotation, &[]).unwrap();
            work.take_back(at).unwrap();
            black_box(change.edits.len())
        });
    });
    criterion.bench_function("a key: the same for all places like it", |bench| {
        bench.iter(|| {
            let mut work = work.clone();
            let taken = work.decide(open[0], Choice::Version(0), How::ByHand, None);
            taken.unwrap();
            black_box(work.decide_same(open[0]).len())
        });
    });
    criterion.bench_function("the majority everywhere", |bench| {
        bench.iter(|| {
            let mut work = work.clone();
            black_box(work.decide_by_majority(Threshold::HALF).len())
        });
    });
    criterion.final_summary();
}
