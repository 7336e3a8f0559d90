use super::super::is_grapheme_boundary;
use super::*;
use proptest::prelude::*;

/// The word at the bar.
fn word(marked: &str) -> String {
    let at = marked.find('|').unwrap_or(0);
    let text = Text::new(&marked.replace('|', ""));
    word_at(&text, BytePos::from_index(at))
        .map_or(String::new(), |span| text.slice(span).to_owned())
}

fn words(string: &str) -> Vec<String> {
    let text = Text::new(string);
    let whole = text.whole().unwrap();
    let words = words_of(&text, whole);
    words.iter().map(|w| text.slice(*w).to_owned()).collect()
}

#[test]
fn parts_of_a_name_stay_together() {
    for (marked, wanted) in [
        ("in Je|an-Luc's house", "Jean-Luc"),
        ("Mr O'Br|ien's hat", "O'Brien"),
        ("Mr O’Br|ien’s hat", "O’Brien"),
        ("AT&|T rose", "AT&T"),
        ("the R&|D of it", "R&D"),
        ("Coca|-Cola", "Coca-Cola"),
        ("by L'O|réal", "L'Oréal"),
        ("Bashar al-A|ssad fled", "al-Assad"),
        ("in Aix-e|n-Provence-based", "Aix-en-Provence"),
        ("a F-|16 crashed", "F-16"),
        ("of Covid-|19 in", "Covid-19"),
        ("Zürich|er See", "Züricher"),
        ("to e-ma|il@x.org now", "e-mail@x.org"),
        ("a rise of 3|.5 points", "3.5"),
        ("some 1,|200 men", "1,200"),
        ("תל-א|ביב", "תל-אביב"),
    ] {
        assert_eq!(word(marked), wanted, "{marked}");
    }
}

#[test]
fn what_leans_on_a_name_stays_outside() {
    for (marked, wanted) in [
        ("O'Brien'|s hat", "'s"),
        ("the U|.S.-led force", "U.S."),
        ("the U.S.-l|ed force", "led"),
        ("UK|-based", "UK"),
        ("Russia|-backed", "Russia"),
        ("pro-Rus|sian", "Russian"),
        ("anti-T|rump", "Trump"),
        ("à l'Él|ysée", "Élysée"),
        ("Giscard d’Es|taing", "Estaing"),
        ("הודעת ו-B|BC", "BBC"),
        ("הודעת ו|-BBC", "ו"),
        ("ב-20|19", "2019"),
        ("he said.T|he end", "The"),
        ("in Paris|.", "Paris"),
        ("(Paris|)", "Paris"),
        ("“Ada|”", "Ada"),
        ("no | word", ""),
    ] {
        assert_eq!(word(marked), wanted, "{marked}");
    }
}

#[test]
fn points_and_signs_belong_to_those_that_need_them() {
    for (marked, wanted) in [
        ("the |U.S. said", "U.S."),
        ("the U.S|., said", "U.S."),
        ("at 5 p|.m. on", "p.m."),
        ("by J|.K. Rowling", "J.K."),
        ("Apple I|nc. said", "Inc."),
        ("a Ph.|D. thesis", "Ph.D."),
        ("lost €5|m in", "€5m"),
        ("lost |€5m in", "€5m"),
        ("some US$5|bn", "US$5bn"),
        ("by 3|.5%,", "3.5%"),
        ("for 5|€.", "5€"),
        ("on #Me|Too", "#MeToo"),
        ("by @us|er:", "@user"),
        ("on Canal|+.", "Canal+"),
        ("2|+2", "2"),
    ] {
        assert_eq!(word(marked), wanted, "{marked}");
    }
}

#[test]
fn scripts_without_spaces_have_words_too() {
    assert_eq!(
        words("习近平在北京会见了记者。"),
        ["习", "近平", "在", "北京", "会见", "了", "记者"]
    );
    assert_eq!(word("東京都|に住む"), "に");
    assert_eq!(word("日本の安|倍晋三首相"), "安倍");
    assert_eq!(word("バラク・オ|バマ大統領"), "バラク・オバマ");
    let thai = words("กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย");
    assert!(
        thai.len() > 4 && thai.concat().ends_with("ประเทศไทย"),
        "{thai:?}"
    );
    assert_eq!(words("BBC中文报道"), ["BBC", "中文", "报道"]);
}

#[test]
fn the_caret_steps_from_word_to_word_in_any_script() {
    for (string, wanted) in [
        ("“Ada” Lovelace, spoke.", &["Ada", "Lovelace", "spoke"][..]),
        (" O'Brien's  hat", &["O'Brien", "hat"]),
        ("北京会见了记者。", &["会见", "了", "记者"]),
    ] {
        let text = Text::new(string);
        let mut at = BytePos(0);
        let mut words = Vec::new();
        while at < text.end() {
            at = next_word_start(&text, at, text.end());
            words.extend(
                word_at(&text, at)
                    .filter(|w| w.start() == at)
                    .map(|w| text.slice(w).to_owned()),
            );
        }
        assert_eq!(words, wanted);
    }
}

#[test]
fn words_step_forward_and_back_within_a_block() {
    let text = Text::new("Ada Lovelace spoke.");
    let at = |n| BytePos(n);
    assert_eq!(next_word_end(&text, at(0), text.end()), at(3));
    assert_eq!(next_word_end(&text, at(3), text.end()), at(12));
    assert_eq!(next_word_end(&text, at(18), text.end()), at(19));
    assert_eq!(prev_word_start(&text, at(19), at(0)), at(13));
    assert_eq!(prev_word_start(&text, at(13), at(0)), at(4));
    assert_eq!(prev_word_start(&text, at(4), at(4)), at(4));
    assert_eq!(prev_word_end(&text, at(19), at(0)), at(18));
    assert_eq!(prev_word_end(&text, at(12), at(0)), at(3));
    assert_eq!(prev_word_end(&text, at(3), at(0)), at(0));
}

#[test]
fn a_line_without_a_space_costs_no_more_than_another() {
    let text = Text::new(&"x中.y".repeat(50_000));
    let mut at = BytePos(0);
    work::take();
    for _ in 0..200 {
        at = next_word_start(&text, at, text.end());
        assert!(word_at(&text, BytePos(text.end().0 / 2 + 1)).is_some());
        let done = work::take();
        assert!(done < 64 << 10, "{done}");
    }
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("U.S.-led".to_owned()),
        Just("O'Brien's".to_owned()),
        Just("北京会见了".to_owned()),
        Just("กรุงเทพ".to_owned()),
        Just("バラク・オバマ".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("👩‍👩‍👧".to_owned()),
        Just("ו-BBC".to_owned()),
        Just("US$5m+".to_owned()),
        "[a-zA-Z'.&@#%+-]{1,6}",
        "\\PC{1,4}",
        "[ \n]{1,2}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Words never overlap, cut no grapheme, hold no white space, and are the same from wherever in
    /// them one looks.
    #[test]
    fn words_are_sound_in_any_text(string in texts()) {
        let text = Text::new(&string);
        let Some(whole) = text.whole() else { return Ok(()) };
        let mut last = 0;
        for word in words_of(&text, whole) {
            let (start, end) = (word.start().index(), word.end().index());
            prop_assert!(start >= last);
            prop_assert!(is_grapheme_boundary(text.as_str(), start), "{:?}", text.slice(word));
            prop_assert!(is_grapheme_boundary(text.as_str(), end), "{:?}", text.slice(word));
            prop_assert!(text.slice(word).chars().any(char::is_alphanumeric));
            for (at, _) in text.slice(word).char_indices() {
                let here = BytePos::from_index(start + at);
                if is_grapheme_boundary(text.as_str(), here.index()) {
                    prop_assert_eq!(word_at(&text, here), Some(word));
                }
            }
            last = end;
        }
    }

    /// Going forward and back always arrives.
    #[test]
    fn steps_always_come_to_an_end(string in texts()) {
        let text = Text::new(&string);
        let mut at = BytePos(0);
        while at < text.end() {
            let next = next_word_start(&text, at, text.end());
            prop_assert!(next > at);
            at = next;
        }
        while at > BytePos(0) {
            let next = prev_word_start(&text, at, BytePos(0));
            prop_assert!(next < at);
            at = next;
        }
        while at < text.end() {
            let next = next_word_end(&text, at, text.end());
            prop_assert!(next > at);
            at = next;
        }
    }
}
