//! Rows of buttons and counters under a comment: `Reply ↑ 12 ↓ 3 Share`, `+88 / -1  antworten
//! melden`.
//!
//! Each word of such a row is part of a button's text, a number, or an age such as `3h`.

use std::sync::LazyLock;

use super::char_kind::CharKind;
use crate::extract::FastSet;

/// The most words that a row has.
const MOST_WORDS: usize = 14;

/// The most words that one button has.
const LONGEST: usize = 5;

/// Texts of buttons and counters under a comment; a row has at least one.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "reply", "share", "flag", "report", "permalink", "recommend", "recommended", "upvote", "downvote", "dislike", "click to rate", "rate this comment",
    "was this helpful", "helpful", "report abuse", "report this", "report this post", "report this comment", "report comment", "quote", "log in to reply",
    "reply to this", "reply to comment", "show replies", "view replies", "hide replies", "flag as inappropriate", "mark as spam", "see translation", "like",
    "likes", "thumbs up", "thumbs down", "vote up", "vote down", "parent",
    "antworten", "melden", "beitrag melden", "gefällt mir", "empfehlen", "zitieren", "positiv", "negativ",
    "répondre", "signaler", "signaler un abus", "j'aime", "je n'aime pas", "recommander", "alerter",
    "responder", "me gusta", "no me gusta", "denunciar", "reportar", "votar", "rispondi", "mi piace", "segnala", "curtir", "gosto", "não gosto",
    "reageer", "reageren", "beantwoorden", "vind ik leuk", "rapporteer", "meld", "svara", "gilla", "anmäl", "svar", "odpowiedz", "zgłoś", "lubię to", "cytuj",
    "odpovědět", "nahlásit", "líbí se mi", "yanıtla", "cevapla", "beğen", "şikayet et", "válasz", "tetszik", "jelentem",
    "ответить", "пожаловаться", "нравится", "цитировать", "відповісти", "поскаржитися", "подобається", "răspunde", "raportează", "îmi place",
    "رد", "أعجبني", "إبلاغ", "返信", "通報", "いいね", "回复", "举报", "点赞", "답글", "신고", "좋아요",
];

/// Further words that a row may have.
#[rustfmt::skip]
const BESIDE: &[&str] = &[
    "save", "edit", "delete", "hide", "next", "prev", "previous", "comment", "comments", "more", "yes", "no", "points", "point", "votes", "vote", "replies", "pinned",
    "link", "link to comment", "copy link", "email", "print", "tweet", "to", "and", "top", "ago", "score", "up", "down", "agree", "disagree", "funny", "useful",
    "teilen", "mehr", "ja", "nein", "stimmen", "partager", "oui", "non", "compartir", "sí", "votos", "condividi", "compartilhar", "partilhar", "delen", "dela",
    "udostępnij", "sdílet", "paylaş", "поделиться", "مشاركة",
];

static TELLING_SET: LazyLock<FastSet<&str>> = LazyLock::new(|| TELLING.iter().copied().collect());
static BESIDE_SET: LazyLock<FastSet<&str>> = LazyLock::new(|| BESIDE.iter().copied().collect());

/// The first words of all of them.
static FIRST_WORDS: LazyLock<FastSet<&str>> = LazyLock::new(|| {
    let all = TELLING.iter().chain(BESIDE);
    all.filter_map(|phrase| phrase.split(' ').next()).collect()
});

/// Whether a line in lower case is a row of buttons.
pub(crate) fn is_row(lower: &str) -> bool {
    let words = || {
        lower
            .split(|c: char| !CharKind::of(c).is_alphanumeric() && c != '\'' && c != '’')
            .filter(|word| !word.is_empty())
    };
    // Most lines are none, and their first word that is no count already shows it.
    match words().find(|word| !is_count(word)) {
        Some(first) if FIRST_WORDS.contains(first) || first.contains('’') => {}
        _ => return false,
    }
    let words: Vec<&str> = words().take(MOST_WORDS + 1).collect();
    if words.is_empty() || words.len() > MOST_WORDS {
        return false;
    }
    let (mut at, mut is_telling) = (0, false);
    while at < words.len() {
        if is_count(words[at]) {
            at += 1;
            continue;
        }
        let longest = (1..=LONGEST.min(words.len() - at)).rev().find(|length| {
            let phrase = words[at..at + length].join(" ").replace('’', "'");
            let tells = TELLING_SET.contains(phrase.as_str());
            is_telling |= tells;
            tells || BESIDE_SET.contains(phrase.as_str())
        });
        match longest {
            Some(length) => at += length,
            None => return false,
        }
    }
    is_telling
}

/// Whether a word is a number, or an age or a count such as `3h` and `1k`.
fn is_count(word: &str) -> bool {
    let digits = word.trim_end_matches(['h', 'd', 'w', 'm', 'y', 'k', 'j']);
    !digits.is_empty() && word.len() - digits.len() <= 1 && digits.chars().all(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::is_row;

    #[test]
    fn rows_of_buttons_are_known() {
        for row in [
            "reply",
            "31 △  1 ▽ • reply • share ›",
            "+88 / -1   antworten   melden",
            "quote » report this post »",
            "permalink  save  parent  report  reply",
            "was this helpful? yes (4) no (1)",
            "like · reply · 5 · 3h",
            "1.2k   dislike   reply",
            "j’aime · répondre · 2",
        ] {
            assert!(is_row(row), "{row}");
        }
    }

    #[test]
    fn what_somebody_wrote_is_none() {
        for line in [
            "no",
            "yes!",
            "i like it",
            "no reply from the council so far",
            "report on the ferry",
            "12",
            "",
            "next",
        ] {
            assert!(!is_row(line), "{line}");
        }
    }
}
