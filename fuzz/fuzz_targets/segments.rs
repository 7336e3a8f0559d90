//! Steps by word, sentence, grapheme and name arrive. The first two bytes say from where.

#![no_main]

use copydesk::edit::names::{Hop, NoKnowledge, next_name, previous_name};
use copydesk::edit::segment;
use copydesk::model::{BytePos, Text};

fn seeds() -> Vec<Vec<u8>> {
    copydesk_fuzz::samples::texts().into_iter().map(|text| [vec![40, 0], text].concat()).collect()
}

libfuzzer_sys::fuzz_target!(init: copydesk_fuzz::seeds(seeds), |bytes: &[u8]| {
    let Some((at, words)) = bytes.split_first_chunk() else {
        return;
    };
    let Ok(words) = std::str::from_utf8(words) else {
        return;
    };
    let text = Text::new(words);
    let at = text.as_str().floor_char_boundary(usize::from(u16::from_le_bytes(*at)).min(text.len()));
    let (pos, start, end) = (BytePos::from_index(at), BytePos(0), text.end());
    for step in [
        segment::next_word_start,
        segment::next_word_end,
        segment::next_sentence_start,
        segment::next_sentence_end,
    ] {
        assert!(pos == end || step(&text, pos, end) > pos);
    }
    for step in [
        segment::prev_word_start,
        segment::prev_word_end,
        segment::prev_sentence_start,
    ] {
        assert!(pos == start || step(&text, pos, start) < pos);
    }
    for found in [segment::word_at(&text, pos), segment::sentence_at(&text, pos)]
        .into_iter()
        .flatten()
    {
        assert_eq!(segment::tidy(&text, found), Some(found));
    }
    if let Hop::Name(name) = next_name(&text, pos, &NoKnowledge, |_| false) {
        assert!(name.start() >= pos);
    }
    if let Hop::Name(name) = previous_name(&text, pos, &NoKnowledge, |_| false) {
        assert!(name.start() < pos);
    }
});
