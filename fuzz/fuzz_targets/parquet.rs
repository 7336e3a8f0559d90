//! A Parquet file is read or refused within bounds. Panics of the library are caught, as the program does.

#![no_main]

use copydesk::formats::reading::catch_panic::catch_panic;
use copydesk::formats::{Bounds, ReadOptions, by_name};
use copydesk_fuzz::records;

const BOUNDS: Bounds = Bounds { article_bytes: 1 << 16, line_bytes: 1 << 22, file_bytes: 1 << 22 };
const FORMATS: [&str; 2] = ["hf-parquet", "parquet"];

fn seeds() -> Vec<Vec<u8>> {
    records::streams(by_name("hf-parquet").expect("a format")).into_iter().chain(records::streams(by_name("parquet").expect("a format"))).collect()
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let options = ReadOptions { bounds: BOUNDS, ..ReadOptions::default() };
    for name in FORMATS {
        let format = by_name(name).expect("a format");
        let Some(Ok(mut records)) = catch_panic(|| format.raw_records(Box::new(bytes), BOUNDS)) else {
            continue;
        };
        while let Some(Ok(Some(record))) = catch_panic(|| records.next()) {
            // Records are read by our own code, which does not panic.
            if let Ok(bytes) = record.bytes {
                let _ = format.parse(bytes, &options);
            }
        }
    }
});
