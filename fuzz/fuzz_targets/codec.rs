//! No reader of stored values may panic, and what one reads is written so that it is read as the same.

#![no_main]

use copydesk::model::Text;
use copydesk::store::codec;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(stored) = std::str::from_utf8(rest) else {
        return;
    };
    // A text with characters of one to four bytes, so that offsets can fall inside of one.
    let Ok(text) = Text::try_new("The ferry to Għawdex — €12 — left.\n\nAda 👩‍🚀 said: нет.".repeat(4)) else {
        return;
    };
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
