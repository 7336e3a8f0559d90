//! The extractor cannot fail: any bytes give blocks in order, whose spans fit the text, and suggestions that fit, too.
//!
//! The first byte chooses between text and page.

#![no_main]

use copydesk::extract::{self, SourceKind};
use copydesk::model::{Annotation, Schema, Status};
use copydesk_fuzz::samples;

fn schema() -> Schema {
    copydesk::dataset::config::built_in_schemas::by_name("news").expect("the shipped schema")
}

fn seeds() -> Vec<Vec<u8>> {
    let with = |first: u8, many: Vec<Vec<u8>>| many.into_iter().map(move |bytes| [vec![first], bytes].concat());
    with(0, samples::texts()).chain(with(1, samples::pages())).collect()
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let kind = if first % 2 == 0 { SourceKind::Text } else { SourceKind::Html };
    let extraction = extract::extract(bytes, kind, &schema());
    let text = &extraction.text;
    let mut end = 0;
    for block in &extraction.blocks {
        assert!(text.holds(block.span));
        assert!(block.span.start().index() >= end, "blocks overlap");
        end = block.span.end().index();
    }
    Annotation::from_parts(text, extraction.regions, Vec::new(), Status::Todo, Vec::new()).expect("suggestions fit the text");
});
