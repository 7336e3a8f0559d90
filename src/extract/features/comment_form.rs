//! How forms for comments are introduced.
//!
//! The phrases are in lower case and matched against lower-cased text. They are hints with weights,
//! never verdicts.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// How a form for comments is introduced.
#[rustfmt::skip]
const FORM: &[&str] = &[
    "leave a reply", "leave a comment", "leave a response", "leave your comment", "post a comment",
    "post your comment", "post new comment", "add a comment", "add your comment", "add new comment",
    "add comment", "write a comment", "submit a comment", "submit comment", "make a comment",
    "comment on this", "join the conversation", "join the discussion",
    "your email address will not be published", "you must be logged in to", "log in to comment",
    "login to comment", "sign in to comment", "please log in to comment", "sign on to post",
    "to post a comment", "to leave a comment", "comments are closed", "comments are moderated",
    "comments are subject", "no comments yet", "be the first to comment", "have your say",
    "comments posted here", "currently no comments", "comments closed", "has no comments", "no comments submitted",
    "comments may be reviewed", "comments may be moderated", "comments will be moderated", "comment moderation is", "before your comment",
    "post your own", "place your comment", "write a new comment", "write your own comment", "add your comments",
    "content of this field is kept private", "spam submissions", "welcome your comments", "let readers post comments",
    "notify me of follow", "save my name, email", "uses akismet", "your comment data is processed", "reply cancel reply",
    "deine e-mail-adresse wird nicht", "erforderliche felder sind", "votre adresse e-mail ne sera", "tu dirección de correo electrónico no será",
    "o seu endereço de e-mail não será", "il tuo indirizzo email non sarà", "az e-mail címet nem tesszük", "ваш адрес email не будет",
    "kommentar schreiben", "kommentar verfassen", "schreibe einen kommentar", "ihr kommentar",
    "laisser un commentaire", "ajouter un commentaire", "réagir à cet article", "deja un comentario",
    "deja una respuesta", "escribe un comentario", "deixe um comentário", "deixe uma resposta",
    "lascia un commento", "scrivi un commento", "szólj hozzá", "hozzászólok", "új hozzászólás",
    "оставить комментарий", "добавить комментарий", "написать комментарий", "اترك تعليقا", "أضف تعليق",
    "コメントを書く", "コメントする", "发表评论", "댓글쓰기",
];

/// Each phrase of [`FORM`] holds one of these. They are few enough that the processor looks for all
/// of them at once.
#[rustfmt::skip]
const FORM_PARTS: &[&str] = &[
    "omment", "mail", "reply", "a res", "join the", "have your", "you must", "sign on", "your own", "this field", "spam sub", "notify me", "akismet", "felder",
    "correo", "coment", "réagir", "hozzá", "коммент", "تعليق", "コメント", "评论", "댓글",
];

static FORM_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(FORM).ok());
/// Only with this kind of matches the finder searches with vector instructions.
static FORM_PARTS_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(FORM_PARTS);
    finder.ok()
});

/// Whether lower-cased text asks for a comment.
pub fn asks_for_comment(lower: &str) -> bool {
    let (parts, phrases) = (FORM_PARTS_FINDER.as_ref(), FORM_FINDER.as_ref());
    phrases.zip(parts).is_some_and(|(phrases, parts)| {
        lower.len() >= phrases.min_pattern_len() && parts.is_match(lower) && phrases.is_match(lower)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_phrase_of_a_form_holds_a_part() {
        for phrase in FORM {
            assert_eq!(*phrase, phrase.to_lowercase());
            assert!(
                FORM_PARTS.iter().any(|part| phrase.contains(part)),
                "{phrase}"
            );
        }
    }
}
