//! What the notation reads is printed, and read again as the same text with the same labels.

#![no_main]

use copydesk::model::notation;
use copydesk_fuzz::samples;

fn seeds() -> Vec<Vec<u8>> {
    samples::notated().into_iter().map(String::into_bytes).collect()
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |notated: &str| {
    let Ok(read) = notation::parse(notated) else {
        return;
    };
    let printed = notation::print(&read.text, &read.annotation, read.selection);
    match notation::parse(&printed) {
        Ok(again) => {
            assert_eq!(again.text.as_str(), read.text.as_str());
            assert_eq!(again.annotation, read.annotation);
        }
        Err(why) => panic!("{why:?}\n{printed}"),
    }
});
