//! What a team's server sends, what a file notes of its team, and addresses: nothing makes a reader panic, and what is
//! read is written as it was.
//!
//! The first byte chooses what is read.

#![no_main]

use copydesk::dataset::team::TeamPack;
use copydesk::edit::{Action, Entry, EntryKind, Selection, plan};
use copydesk::model::{StartedFrom, Text};
use copydesk::team::{ServerAddress, read_line, write_lines};
use copydesk_fuzz::samples;

fn entry(sample: &copydesk::model::notation::Notated) -> Entry {
    Entry {
        kind: EntryKind::Edit,
        action: Action::Start,
        transaction: plan::start_from(&sample.annotation),
        before: Selection::default(),
        after: Selection::default(),
        at_ms: 17,
        started_from: StartedFrom::Suggestions { revision: 3 },
    }
}

/// The text to which history lines belong: that of the first sample.
fn text() -> Text {
    samples::annotated().remove(0).text
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for sample in samples::annotated().iter().take(4) {
        let lines = write_lines(&[entry(sample)]).expect("can be written");
        seeds.push([b"\0", lines.trim_matches(['[', ']']).as_bytes()].concat());
    }
    let pack = "{\"v\":1,\"id\":\"p\",\"dataset\":\"d\",\"epoch\":\"e\",\"member\":\"ada\",\"address\":\"postgres://ada@h/x\",\
        \"schema_version\":2,\"articles\":{\"7\":{\"id\":\"a\",\"revision\":1,\"sent\":2,\"pending\":3,\"saves\":[{\"expected\":0,\"from\":0,\
        \"to\":2}],\"outcome\":\"saved\",\"schemas\":[[1,0],[2,5]]}}}";
    seeds.push([b"\x01", pack.as_bytes()].concat());
    for address in [
        "postgres://ada@db.example:5432/news?sslmode=verify-full&sslrootcert=/a/b",
        "postgresql://a%40b@[::1]:1/%C3%A9?sslmode=require",
    ] {
        seeds.push([b"\x02", address.as_bytes()].concat());
    }
    seeds
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(words) = std::str::from_utf8(rest) else {
        return;
    };
    match first % 3 {
        0 => {
            let text = text();
            if let Ok(read) = read_line(words, &text) {
                let list = write_lines(std::slice::from_ref(&read)).expect("what was read can be written");
                let line = list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).expect("a list");
                assert_eq!(read_line(line, &text).expect("and read again"), read);
            }
        }
        1 => {
            if let Ok(pack) = serde_json::from_str::<TeamPack>(words) {
                let _ = pack.server_address();
                let written = serde_json::to_string(&pack).expect("what was read can be written");
                assert_eq!(serde_json::from_str::<TeamPack>(&written).expect("and read again"), pack);
            }
        }
        _ => {
            if let Ok(address) = ServerAddress::parse(words) {
                assert_eq!(ServerAddress::parse(&address.to_string()).expect("what is shown can be read"), address);
            }
        }
    }
});
