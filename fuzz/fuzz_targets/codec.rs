//! No reader of stored values may panic, and what one reads is written so that it is read as the same.
//!
//! The first byte chooses what is read.

#![no_main]

use copydesk::edit::plan;
use copydesk::model::{Text, notation};
use copydesk::store::codec;
use copydesk_fuzz::samples;

/// A text with characters of one to four bytes, so that offsets can fall inside of one.
const SENTENCES: &str = "The ferry to Għawdex — €12 — left.\n\nAda 👩‍🚀 said: нет.";

fn text() -> Text {
    Text::new(&SENTENCES.repeat(4))
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut add = |kind: u8, words: String| seeds.push([vec![kind], words.into_bytes()].concat());
    let own = format!("nav?.25| {{ORG The {{PERSON ferry}}}} to\nbody| {}", SENTENCES.repeat(3).replace('\n', " "));
    let own = notation::parse(&own).into_iter();
    for (number, sample) in samples::annotated().into_iter().chain(own).enumerate() {
        let article = samples::article(&sample, number);
        add(0, codec::write_annotation(&sample.annotation).expect("can be written"));
        let transaction = plan::start_from(&sample.annotation);
        add(1, codec::write_transaction(&transaction).expect("can be written"));
        add(1, codec::write_transaction(&transaction.inverse()).expect("can be written"));
        add(2, codec::write_blocks(&article.blocks).expect("can be written"));
        add(3, codec::write_other(&article.meta.other).expect("can be written"));
    }
    add(4, "{\"v\":1,\"annotators\":[\"ada\"],\"lessons\":[[1,2,0,3]]}".to_owned());
    seeds
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(stored) = std::str::from_utf8(rest) else {
        return;
    };
    let text = text();
    match first % 5 {
        0 => {
            if let Ok(read) = codec::read_annotation(stored, &text) {
                let written = codec::write_annotation(&read).expect("what was read can be written");
                assert_eq!(codec::read_annotation(&written, &text).expect("and read again"), read);
            }
        }
        1 => {
            if let Ok(read) = codec::read_transaction(stored, &text) {
                let written = codec::write_transaction(&read).expect("what was read can be written");
                assert_eq!(codec::read_transaction(&written, &text).expect("and read again"), read);
            }
        }
        2 => {
            if let Ok(read) = codec::read_blocks(stored, &text) {
                let written = codec::write_blocks(&read).expect("what was read can be written");
                assert_eq!(codec::read_blocks(&written, &text).expect("and read again"), read);
            }
        }
        3 => {
            if let Ok(read) = codec::read_other(stored) {
                let written = codec::write_other(&read).expect("what was read can be written");
                assert_eq!(codec::read_other(&written).expect("and read again"), read);
            }
        }
        _ => drop(codec::read_finished(stored)),
    }
});
