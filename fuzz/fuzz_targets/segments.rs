//! Steps by word, sentence, grapheme and name arrive.

#![no_main]

use copydesk::edit::names::{Hop, NoKnowledge, next_name, previous_name};
use copydesk::edit::segment;
use copydesk::model::{BytePos, Text};

libfuzzer_sys::fuzz_target!(|words: (&str, u16)| {
    let (words, at) = words;
    let text = Text::new(words);
    let at = text.as_str().floor_char_boundary(usize::from(at).min(text.len()));
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
