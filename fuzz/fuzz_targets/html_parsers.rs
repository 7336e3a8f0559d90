//! The two HTML parsers must agree.

#![no_main]

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(copydesk_fuzz::samples::pages), |page: &str| {
    if let Some(difference) = copydesk::extract::difference(page) {
        panic!("{difference}");
    }
});
