//! Every function of this module in long paragraphs without a space: it arrives, on a border, after
//! bounded work.

use proptest::prelude::*;

use super::*;

#[test]
fn a_family_is_one_grapheme() {
    let text = "👨‍👩‍👧 e\u{301}";
    assert!(!is_grapheme_boundary(text, 4));
    assert_eq!(floor_grapheme(text, 7), 0);
    assert_eq!(next_grapheme(text, 0), "👨‍👩‍👧".len());
    assert_eq!(floor_grapheme(text, text.len() - 2), text.len() - 3);
}

#[test]
fn every_flag_of_the_world_in_a_row_is_one_grapheme() {
    let flags = format!("x{}", "🇭🇺".repeat(260));
    let borders: Vec<usize> = (0..=flags.len())
        .filter(|at| is_grapheme_boundary(&flags, *at))
        .collect();
    assert_eq!(borders.len(), 1 + 261);
    assert!(borders[1..].iter().all(|at| at % 8 == 1));
}

#[test]
fn a_run_of_marks_is_cut_into_pieces_that_can_be_looked_at() {
    let text = format!("a{}", "\u{301}".repeat(50_000));
    let mut at = 0;
    let mut longest = 0;
    while at < text.len() {
        work::take();
        let next = next_grapheme(&text, at);
        assert_eq!(prev_grapheme(&text, next), at);
        assert_eq!(floor_grapheme(&text, next - 1), at);
        assert!(work::take() < 16 * LONGEST_GRAPHEME);
        longest = longest.max(next - at);
        at = next;
    }
    assert!(longest <= 2 * LONGEST_GRAPHEME, "{longest}");
}

/// A paragraph without spaces of more than two pieces of any size that is looked at, off any
/// multiple of it.
pub(in crate::edit) fn paragraphs() -> impl Strategy<Value = String> {
    let units = prop::sample::select(vec![
        "他在北京会见了记者并回答了有关经济和外交政策的问题。",
        "東京都の知事は記者会見で新しい計画について説明した。",
        "カタカナトヒラガナ",
        "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย",
        "ປະເທດລາວເປັນປະເທດ",
        "រាជធានីភ្នំពេញ",
        "မြန်မာနိုင်ငံ",
        "བོད་ཡིག་",
        "क्ष्म्य",
        "\u{301}",
        "\u{200d}",
        "👩\u{200d}",
        "🇭🇺",
        "\u{1100}\u{1161}\u{11a8}",
        "x中.y",
        "A\u{301}Bc。",
        "Mr.Ab'S-",
        "\u{a0}",
        "\n",
        "한",
    ]);
    (0_usize..5, prop::collection::vec((units, 1_usize..3), 1..4)).prop_map(|(lead, runs)| {
        let mut text = "a".repeat(lead);
        let share = 20_000 / runs.len();
        for (unit, nth) in runs {
            text.push_str(&unit.repeat(nth * share / unit.len()));
        }
        text
    })
}

/// What one call may look at, besides what it passes over.
const MOST: usize = 256 << 10;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn steps_arrive_after_bounded_work_in_scripts_without_spaces(
        string in paragraphs(),
        share in 0.0..1.0_f64,
        near in -6_isize..6,
    ) {
        let text = Text::new(&string);
        let string = text.as_str();
        // Anywhere, and where pieces of any size are cut.
        let anywhere = (string.len() as f64 * share) as usize;
        let cut = (anywhere / 2048 * 2048).saturating_add_signed(near).min(string.len());
        for at in [anywhere, cut] {
            let at = string.floor_char_boundary(at);
            let pos = BytePos::from_index(at);
            let (start, end) = (BytePos(0), text.end());
            type Step = fn(&Text, BytePos, BytePos) -> BytePos;
            let forward: [(&str, Step); 4] = [
                ("next_word_start", next_word_start),
                ("next_word_end", next_word_end),
                ("next_sentence_start", next_sentence_start),
                ("next_sentence_end", next_sentence_end),
            ];
            let back: [(&str, Step); 3] = [
                ("prev_word_start", prev_word_start),
                ("prev_word_end", prev_word_end),
                ("prev_sentence_start", prev_sentence_start),
            ];
            work::take();
            for (name, step) in forward {
                let to = step(&text, pos, end);
                let done = work::take();
                prop_assert!(to > pos || pos == end, "{name} at {at}");
                prop_assert!(done <= MOST + 64 * (to.index() - at), "{name} at {at}: {done}");
                prop_assert!(is_grapheme_boundary(string, to.index()), "{name} at {at}");
                work::take();
            }
            for (name, step) in back {
                let to = step(&text, pos, start);
                let done = work::take();
                prop_assert!(to < pos || pos == start, "{name} at {at}");
                prop_assert!(done <= MOST + 64 * (at - to.index()), "{name} at {at}: {done}");
                prop_assert!(is_grapheme_boundary(string, to.index()), "{name} at {at}");
                work::take();
            }
            for (name, find) in [
                ("word_at", word_at as fn(&Text, BytePos) -> Option<Span>),
                ("sentence_at", sentence_at),
            ] {
                let found = find(&text, pos);
                let done = work::take();
                prop_assert!(done <= MOST, "{name} at {at}: {done}");
                if let Some(found) = found {
                    prop_assert!(is_grapheme_boundary(string, found.start().index()));
                    prop_assert!(is_grapheme_boundary(string, found.end().index()));
                    prop_assert_eq!(tidy(&text, found), Some(found));
                }
                work::take();
            }
            let next = next_grapheme(string, at);
            let before = prev_grapheme(string, at);
            prop_assert!((next > at || at == string.len()) && (before < at || at == 0));
            prop_assert!(floor_grapheme(string, at) <= at);
            prop_assert!(work::take() <= MOST);
            if let Ok(span) = text.span(BytePos::from_index(before), BytePos::from_index(next)) {
                let _ = is_whole_word(string, before, next);
                prop_assert!(snap_to_graphemes(&text, span).contains(span));
                prop_assert!(work::take() <= MOST);
            }
        }
        if let Some(whole) = text.whole() {
            let words = words_of(&text, whole);
            let done = work::take();
            prop_assert!(done <= 64 * string.len() + MOST, "words_of: {done}");
            prop_assert!(words.windows(2).all(|pair| pair[0].end() <= pair[1].start()));
        }
    }
}
