use proptest::prelude::*;

use super::*;
use crate::edit::segment::{is_grapheme_boundary, words_of};
use crate::model::Text;

fn tokens(text: &str) -> Vec<&str> {
    tokenize(text)
        .into_iter()
        .map(|token| &text[token])
        .collect()
}

#[test]
fn names_stay_together_without_endings() {
    for (text, wanted) in [
        ("the U.S.-led force", "the U.S. - led force"),
        ("O'Brien's hat", "O'Brien 's hat"),
        ("Mr O’Brien’s hat.", "Mr O’Brien ’s hat ."),
        ("Jean-Luc, of AT&T", "Jean-Luc , of AT&T"),
        ("Aix-en-Provence-based", "Aix-en-Provence - based"),
        ("UK-based pro-Russian", "UK - based pro - Russian"),
        ("Bashar al-Assad fled", "Bashar al-Assad fled"),
        ("à l'Élysée, L'Oréal", "à l' Élysée , L'Oréal"),
        ("Giscard d’Estaing", "Giscard d’ Estaing"),
        ("he said.The end", "he said . The end"),
        ("a Ph.D. from x.com.", "a Ph.D. from x.com ."),
        ("Apple Inc. said", "Apple Inc. said"),
        ("at 5 p.m. on", "at 5 p.m. on"),
        ("lost €5m, US$5bn, 5€.", "lost €5m , US$5bn , 5€ ."),
        ("by 3.5%, 1,200 men", "by 3.5% , 1,200 men"),
        ("#MeToo @user: a#b", "#MeToo @user : a # b"),
        ("e-mail@x.org (Paris)", "e-mail@x.org ( Paris )"),
        ("Canal+ 2+2 C++.", "Canal+ 2 + 2 C++ ."),
        ("Wait... -- what?!", "Wait ... -- what ? !"),
        ("don't; Kings' 1990's", "don't ; Kings ' 1990 's"),
        ("AC/DC 12:30", "AC / DC 12 : 30"),
        ("ו-BBC תל-אביב", "ו - BBC תל-אביב"),
        ("e\u{301}a 👩‍👩‍👧!", "e\u{301}a 👩‍👩‍👧 !"),
        ("Covid-19, F-16", "Covid-19 , F-16"),
    ] {
        assert_eq!(tokens(text).join(" "), wanted, "{text}");
    }
}

#[test]
fn scripts_without_spaces_are_cut_into_words() {
    assert_eq!(
        tokens("习近平在北京会见了记者。"),
        ["习", "近平", "在", "北京", "会见", "了", "记者", "。"]
    );
    assert_eq!(tokens("バラク・オバマ大統領"), ["バラク・オバマ", "大統領"]);
    assert_eq!(tokens("BBC中文报道"), ["BBC", "中文", "报道"]);
    let thai = tokens("กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย");
    assert!(thai.len() > 4, "{thai:?}");
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("U.S.-led".to_owned()),
        Just("O'Brien's".to_owned()),
        Just("l’Élysée".to_owned()),
        Just("北京会见了".to_owned()),
        Just("กรุงเทพ".to_owned()),
        Just("バラク・オバマ".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("👩‍👩‍👧".to_owned()),
        Just("ו-BBC".to_owned()),
        Just("US$5m+".to_owned()),
        Just("\r\n".to_owned()),
        "[a-zA-Z'.&@#%+-]{1,6}",
        "[a-zA-Z0-9éßñ_,;:’€$-]{1,6}",
        "\\PC{1,4}",
        "[ \n]{1,2}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// A text is tokens and white space between them, and no token cuts a grapheme cluster.
    #[test]
    fn nothing_is_lost(text in texts()) {
        let mut last = 0;
        for token in tokenize(&text) {
            prop_assert!(token.start >= last && token.end > token.start);
            prop_assert!(text[last..token.start].chars().all(char::is_whitespace));
            prop_assert!(!text[token.clone()].chars().all(char::is_whitespace));
            // A mark on white space is a token all the same.
            let clings = text[..token.start].ends_with(char::is_whitespace);
            prop_assert!(clings || is_grapheme_boundary(&text, token.start), "{:?} in {:?}", &text[token.clone()], text);
            prop_assert!(is_grapheme_boundary(&text, token.end), "{:?} in {:?}", &text[token.clone()], text);
            last = token.end;
        }
        prop_assert!(text[last..].chars().all(char::is_whitespace));
    }

    /// Where a word of the window begins or ends, so does a token, except for the apostrophe of an
    /// elided article.
    #[test]
    fn words_are_made_of_tokens(text in "([A-RT-Za-rt-z]{1,3}['’.&-]?|[A-RT-Z]\\.|[0-9]{1,2}[.,%]?|[€$#(]|é|ß|'s |C\\+|中文| ){0,12}") {
        let tokens = tokenize(&text);
        let whole = Text::new(&text);
        let Some(all) = whole.whole() else { return Ok(()) };
        for word in words_of(&whole, all) {
            let range = word.range();
            let begins = tokens.iter().any(|token| token.start == range.start);
            let ends = tokens.iter().any(|token| {
                token.end == range.end || (token.end > range.end && matches!(&text[range.end..token.end], "'" | "’"))
            });
            prop_assert!(begins && ends, "{:?} of {:?}", whole.slice(word), tokens.iter().map(|t| &text[t.clone()]).collect::<Vec<_>>());
        }
    }
}
