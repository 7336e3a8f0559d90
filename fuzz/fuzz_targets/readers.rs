//! No reader may panic, whatever it reads.

#![no_main]

use copydesk::formats::{ALL, Bounds, ReadOptions};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, stream)) = bytes.split_first() else {
        return;
    };
    let Some(format) = ALL.get(usize::from(*first) % ALL.len()) else {
        return;
    };
    // Their library panics at damaged files, which is caught by whoever reads inputs.
    if format.spec().name.contains("parquet") {
        return;
    }
    let bounds = Bounds {
        article_bytes: 1 << 16,
        line_bytes: 1 << 18,
        file_bytes: 1 << 20,
    };
    let options = ReadOptions {
        bounds,
        ..ReadOptions::default()
    };
    let Ok(mut pieces) = format.raw_records(Box::new(stream), bounds) else {
        return;
    };
    while let Ok(Some(piece)) = pieces.next() {
        if let Ok(bytes) = piece.bytes {
            let _ = format.parse(bytes, &options);
        }
    }
});
