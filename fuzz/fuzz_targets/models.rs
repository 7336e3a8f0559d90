//! No model file makes its reader panic, or take memory for what it only claims to hold.

#![no_main]

use copydesk::extract::RegionModel;
use copydesk::tag::TagModel;
use copydesk_fuzz::samples;

fn seeds() -> Vec<Vec<u8>> {
    // The beginning of a model holds its structure; the rest is weights.
    let mut seeds = samples::files("assets/models", "crf");
    seeds.push(RegionModel::shipped().write());
    seeds.extend(samples::files("assets/models/entities", "crf"));
    seeds
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let _ = RegionModel::read(bytes);
    let _ = TagModel::read(bytes);
});
