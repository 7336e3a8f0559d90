//! No model file makes its reader panic, or take memory for what it only claims to hold.

#![no_main]

use copydesk::extract::RegionModel;
use copydesk::tag::TagModel;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = RegionModel::read(bytes);
    let _ = TagModel::read(bytes);
});
