//! No reader may panic, whatever it reads; and what it reads is the same after it was written as a native record.
//!
//! The first byte chooses the format, by its place in the list of formats.

#![no_main]

use copydesk::formats::windows::join::{self, WindowJoiner};
use copydesk::formats::{ALL, Bounds, Content, Parsed, RawRecords as _, ReadOptions, RecordView, WriteOptions, by_name};
use copydesk::model::{Article, ArticleId};
use copydesk_fuzz::{records, samples};

const BOUNDS: Bounds = Bounds { article_bytes: 1 << 16, line_bytes: 1 << 18, file_bytes: 1 << 20 };

/// Writes a record of text as a native record and reads it again.
fn check_round_trip(parsed: Parsed, options: &ReadOptions) {
    let record = parsed.record;
    let Content::Text(text, blocks) = record.content else {
        return;
    };
    let id = record.id.or_else(|| ArticleId::new("fuzz")).expect("a valid id");
    let article = Article { id, text, blocks, meta: record.meta };
    let view = RecordView {
        article: &article,
        annotation: &record.annotation,
        annotator: &record.annotator,
        updated_at_ms: record.updated_at_ms,
    };
    let native = by_name("jsonl").expect("the native format");
    let mut line = Vec::new();
    native.write(&view, &WriteOptions { scores: true, ..WriteOptions::default() }, &mut line);
    let again = native.parse(line, options).expect("a native record is read").record;
    assert_eq!(again.annotation.regions().len(), record.annotation.regions().len());
    assert_eq!(again.annotation.entities().len(), record.annotation.entities().len());
    let same = |(a, b): (&copydesk::model::Entity, &copydesk::model::Entity)| (a.span, &a.label) == (b.span, &b.label);
    assert!(again.annotation.entities().iter().zip(record.annotation.entities()).all(same));
    let Content::Text(read, _) = again.content else {
        panic!("the text is gone");
    };
    assert_eq!(read.as_str(), article.text.as_str());
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, format) in ALL.iter().enumerate() {
        let mut streams = records::streams(*format);
        match format.spec().name {
            "text" => streams.extend(samples::texts()),
            "html" => streams.extend(samples::pages()),
            "csv" => streams.push(b"id,title,text,url\n1,\"A \"\"b\"\"\",\"Ada said\nso.\",https://a.example\n2;x;y\n".to_vec()),
            "warc" => streams.push(
                b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n\
                  Content-Type: application/http; msgtype=response\r\nContent-Length: 94\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\
                  Transfer-Encoding: chunked\r\n\r\n5\r\n<p>Hi\r\n0\r\n\r\n\r\n\r\n"
                    .to_vec(),
            ),
            _ => {}
        }
        for mut stream in streams {
            stream.insert(0, number as u8);
            seeds.push(stream);
        }
    }
    seeds
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let Some((first, stream)) = bytes.split_first() else {
        return;
    };
    let Some(format) = ALL.get(usize::from(*first) % ALL.len()) else {
        return;
    };
    // `parquet` reads these, because their library panics.
    if format.spec().name.contains("parquet") {
        return;
    }
    let options = ReadOptions { bounds: BOUNDS, ..ReadOptions::default() };
    let Ok(records) = format.raw_records(Box::new(stream), BOUNDS) else {
        return;
    };
    let mut records = WindowJoiner::new(records, BOUNDS);
    while let Ok(Some(record)) = records.next() {
        let Ok(bytes) = record.bytes else {
            continue;
        };
        if let Ok(parsed) = join::parse(*format, bytes, &options) {
            check_round_trip(parsed, &options);
        }
    }
});
