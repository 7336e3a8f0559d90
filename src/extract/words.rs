//! Words that give a block away, in several languages: what menus say, what introduces comments, what begins a byline.
//!
//! All are in lower case and matched against lower-cased text. They are hints with weights, never verdicts.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Phrases that stand alone in menus, bars and boxes. A block that says nothing else is hardly ever part of the story.
#[rustfmt::skip]
const UI: &[&str] = &[
    // English
    "home", "news", "sport", "sports", "business", "opinion", "politics", "world", "technology", "tech",
    "science", "health", "entertainment", "travel", "lifestyle", "culture", "arts", "video", "videos",
    "photos", "gallery", "weather", "search", "menu", "login", "log in", "log out", "sign in", "sign up",
    "sign out", "register", "subscribe", "newsletter", "newsletters", "share", "tweet", "email", "e-mail",
    "print", "save", "like", "follow", "follow us", "facebook", "twitter", "instagram", "youtube", "linkedin",
    "whatsapp", "pinterest", "reddit", "telegram", "rss", "copy link", "share this", "share this article",
    "share this story", "share on facebook", "share on twitter", "advertisement", "advertising", "advertise",
    "sponsored", "promoted", "previous", "next", "previous article", "next article", "previous post",
    "next post", "previous story", "next story", "read more", "read also", "read next", "see also", "more",
    "more news", "more stories", "more from", "show more", "load more", "view all", "see all", "view more",
    "continue reading", "story continues below", "article continues below", "related", "related articles",
    "related stories", "related posts", "related news", "related topics", "related content", "recommended",
    "recommended for you", "you may also like", "you might also like", "most read", "most popular", "popular",
    "trending", "trending now", "latest", "latest news", "latest stories", "top stories", "editor's picks",
    "in this article", "topics", "tags", "categories", "archive", "archives", "contact", "contact us",
    "about", "about us", "about the author", "careers", "jobs", "help", "faq", "sitemap", "site map", "terms",
    "terms of use", "terms of service", "terms and conditions", "privacy", "privacy policy", "cookie policy",
    "cookies", "accept", "accept all", "reject all", "manage cookies", "all rights reserved", "back to top",
    "top", "close", "open", "skip to content", "skip to main content", "skip navigation", "loading", "play",
    "pause", "mute", "watch", "listen", "report", "reply", "edit", "delete", "submit", "send", "cancel",
    "post comment", "article content", "view comments", "add a comment", "sponsored content", "shop", "store",
    "subscribe now", "breaking news", "live", "classifieds", "obituaries", "e-paper", "epaper", "mobile",
    "apps", "podcasts", "events",
    // German
    "startseite", "nachrichten", "politik", "wirtschaft", "kultur", "wissen", "wetter", "suche", "suchen",
    "anmelden", "abmelden", "registrieren", "abo", "abonnieren", "teilen", "drucken", "merken", "anzeige",
    "werbung", "weiterlesen", "mehr lesen", "mehr", "mehr zum thema", "lesen sie auch", "auch interessant",
    "das könnte sie auch interessieren", "meistgelesen", "vorheriger artikel", "nächster artikel", "zurück",
    "weiter", "nach oben", "impressum", "datenschutz", "datenschutzerklärung", "agb", "kontakt", "über uns",
    "hilfe", "schlagworte", "themen", "karriere", "zur startseite", "schließen", "alle akzeptieren",
    "zum inhalt springen",
    // French
    "accueil", "actualités", "actualité", "politique", "économie", "société", "monde", "météo", "recherche",
    "rechercher", "connexion", "se connecter", "s'inscrire", "s'abonner", "abonnez-vous", "partager",
    "imprimer", "publicité", "lire la suite", "lire aussi", "à lire aussi", "voir aussi", "sur le même sujet",
    "les plus lus", "article précédent", "article suivant", "précédent", "suivant", "mentions légales",
    "contact", "à propos", "haut de page", "fermer", "tout accepter", "plus", "voir plus", "étiquettes",
    // Spanish, Portuguese
    "inicio", "portada", "noticias", "política", "economía", "deportes", "sociedad", "mundo", "buscar",
    "iniciar sesión", "regístrate", "suscríbete", "compartir", "imprimir", "publicidad", "leer más",
    "lea también", "lee también", "te puede interesar", "más noticias", "lo más leído", "artículo anterior",
    "artículo siguiente", "anterior", "siguiente", "aviso legal", "política de privacidad", "contacto",
    "etiquetas", "ver más", "aceptar", "cerrar", "início", "notícias", "esportes", "compartilhar",
    "publicidade", "leia mais", "leia também", "mais lidas", "assine", "entrar", "fale conosco",
    // Italian
    "notizie", "cronaca", "economia", "cultura", "cerca", "accedi", "registrati", "abbonati", "condividi",
    "stampa", "pubblicità", "leggi anche", "leggi tutto", "leggi di più", "articoli correlati",
    "potrebbe interessarti", "più letti", "articolo precedente", "articolo successivo", "precedente",
    "successivo", "contatti", "chi siamo",
    // Hungarian
    "címlap", "kezdőlap", "hírek", "belföld", "külföld", "gazdaság", "kultúra", "tudomány", "keresés",
    "bejelentkezés", "belépés", "regisztráció", "megosztás", "nyomtatás", "hirdetés", "tovább", "olvassa el",
    "kapcsolódó cikkek", "kapcsolódó", "legolvasottabb", "legnépszerűbb", "ajánló", "előző cikk",
    "következő cikk", "előző", "következő", "impresszum", "adatvédelem", "médiaajánlat", "kapcsolat",
    "címkék", "elfogadom", "bezár",
    // Russian
    "главная", "новости", "политика", "экономика", "общество", "спорт", "культура", "поиск", "войти", "вход",
    "регистрация", "подписаться", "подписка", "поделиться", "печать", "реклама", "читать далее",
    "читайте также", "читать дальше", "подробнее", "по теме", "популярное", "предыдущая статья",
    "следующая статья", "назад", "вперед", "далее", "контакты", "о нас", "о проекте", "теги", "закрыть",
    "ещё", "еще",
    // Arabic, Persian
    "الرئيسية", "أخبار", "الأخبار", "سياسة", "اقتصاد", "رياضة", "ثقافة", "بحث", "تسجيل الدخول", "مشاركة",
    "طباعة", "إعلان", "اقرأ أيضا", "اقرأ أيضاً", "اقرأ المزيد", "المزيد", "مواضيع ذات صلة", "الأكثر قراءة",
    "السابق", "التالي", "اتصل بنا", "من نحن", "سياسة الخصوصية",
    // Japanese, Chinese, Korean
    "ホーム", "トップ", "ニュース", "政治", "経済", "社会", "国際", "スポーツ", "検索", "ログイン", "会員登録", "シェア", "ツイート", "印刷", "広告",
    "続きを読む", "関連記事", "あわせて読みたい", "おすすめ記事", "人気記事", "ランキング", "前の記事", "次の記事", "前へ", "次へ", "お問い合わせ", "利用規約",
    "プライバシーポリシー", "もっと見る", "閉じる", "首页", "新闻", "登录", "注册", "搜索", "分享", "打印", "广告", "阅读更多", "相关阅读", "相关新闻",
    "热门", "上一篇", "下一篇", "联系我们", "关于我们", "隐私政策", "홈", "뉴스", "로그인", "회원가입", "검색", "공유", "인쇄", "광고", "더보기",
    "관련기사", "이전", "다음",
];

/// Phrases after which something else begins even without a space, since nothing else begins or goes on with them.
#[rustfmt::skip]
const GLUED: &[&str] = &[
    "previous article", "next article", "previous post", "next post", "previous story", "next story",
    "read more", "read also", "see also", "advertisement", "continue reading", "story continues below",
    "article continues below", "show more", "load more", "view all", "share this", "sign up", "log in",
    "related articles", "related stories", "click here", "more information", "post navigation", "anzeige",
    "weiterlesen", "mehr lesen", "lesen sie auch", "vorheriger artikel", "nächster artikel", "publicité",
    "lire la suite", "lire aussi", "article précédent", "article suivant", "publicidad", "leer más",
    "lea también", "artículo anterior", "artículo siguiente", "publicidade", "leia mais", "leia também",
    "pubblicità", "leggi anche", "leggi tutto", "articolo precedente", "articolo successivo", "hirdetés",
    "előző cikk", "következő cikk", "olvassa el", "реклама", "читать далее", "читайте также",
    "предыдущая статья", "следующая статья",
];

/// How blocks begin that belong to the site, not to the story.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "read more", "read also", "read next", "see also", "also read", "more on", "more from", "related:",
    "related article", "related stor", "recommended", "share this", "share on", "follow us", "follow @",
    "sign up", "subscribe", "log in to", "click here", "copyright", "©", "(c) ", "all rights reserved",
    "previous article", "next article", "previous:", "next:", "tags:", "tag:", "topics:", "filed under",
    "categories:", "category:", "posted in", "tagged", "advertisement", "sponsored", "photo:", "photos:",
    "image:", "watch:", "watch more", "download", "get the latest", "get our", "this site uses",
    "we use cookies", "this website uses", "by continuing", "you must be logged", "you must be signed",
    "please enable", "please log", "enable javascript", "your browser", "download our", "join our",
    "want more", "for more", "print this", "email this", "send this", "bookmark", "report a typo", "view all",
    "view more", "see more", "get email", "enter your email", "your email", "leave this field", "newsletter",
    "don't miss", "most read", "most popular", "top stories", "lesen sie", "mehr zum", "mehr über", "anzeige",
    "auch interessant", "folgen sie", "newsletter", "alle rechte", "lire aussi", "à lire", "lire la suite",
    "voir aussi", "abonnez", "inscrivez", "tous droits", "publicité", "lea también", "lee también",
    "leer más", "te puede", "suscr", "todos los derechos", "leia também", "leia mais", "leggi anche",
    "iscriviti", "tutti i diritti", "olvassa", "kapcsolódó", "kövess", "minden jog", "iratkozz", "читайте",
    "подпис", "по теме", "все права", "реклама", "اقرأ", "تابع", "جميع الحقوق", "関連", "あわせて", "続き", "相关",
    "更多",
];

/// Headings that say: here are links to other stories.
#[rustfmt::skip]
const RELATED: &[&str] = &[
    "see also", "related", "related articles", "related stories", "related posts", "related news",
    "related links", "related content", "related topics", "also read", "read also", "read more", "read next",
    "more stories", "more news", "more from", "more on this", "recommended", "recommended for you",
    "recommended stories", "you may also like", "you might also like", "most read", "most popular", "popular",
    "trending", "trending now", "latest", "latest news", "latest stories", "top stories", "editor's picks",
    "up next", "around the web", "from the web", "don't miss", "in case you missed it", "further reading",
    "siehe auch", "lesen sie auch", "mehr zum thema", "auch interessant", "das könnte sie auch interessieren",
    "meistgelesen", "verwandte artikel", "lire aussi", "à lire aussi", "voir aussi", "sur le même sujet",
    "les plus lus", "lea también", "te puede interesar", "noticias relacionadas", "lo más leído",
    "más noticias", "leia também", "leia mais", "veja também", "mais lidas", "leggi anche",
    "articoli correlati", "potrebbe interessarti", "più letti", "kapcsolódó cikkek", "kapcsolódó", "ajánló",
    "olvassa el ezt is", "legolvasottabb", "читайте также", "по теме", "популярное", "материалы по теме",
    "اقرأ أيضا", "اقرأ أيضاً", "مواضيع ذات صلة", "الأكثر قراءة", "関連記事", "あわせて読みたい", "おすすめ記事", "人気記事", "相关阅读",
    "相关新闻", "관련기사",
];

/// Words for comments, as a heading over them has one, with or without a number.
#[rustfmt::skip]
const COMMENTS: &[&str] = &[
    "comments", "comment", "reader comments", "readers' comments", "user comments", "responses", "response",
    "replies", "reactions", "discussion", "talkback", "talkbacks", "join the conversation",
    "join the discussion", "conversation", "your comments", "your views", "have your say",
    "top rated comments", "latest comments", "all comments", "viewing comments", "what others are saying",
    "thoughts on", "feedback", "sort comments by", "kommentare", "kommentar", "leserkommentare", "diskussion",
    "beiträge", "lesermeinungen", "commentaires", "commentaire", "réactions", "vos réactions", "comentarios",
    "comentario", "opiniones", "comentários", "comentário", "commenti", "commento", "hozzászólások",
    "hozzászólás", "kommentek", "vélemények", "комментарии", "комментариев", "комментария", "комментарий",
    "обсуждение", "отзывы", "تعليقات", "التعليقات", "تعليق", "コメント", "みんなのコメント", "评论", "网友评论", "評論", "댓글",
    "reacties", "kommentarer", "komentarze", "komentarzy", "komentáře", "yorumlar",
];

/// What stands under a comment, or asks for one.
#[rustfmt::skip]
const REPLY: &[&str] = &[
    "reply", "reply to", "reply to comment", "reply to this", "quote", "report", "report abuse",
    "report comment", "report this comment", "report as inappropriate", "flag", "flag as inappropriate",
    "inappropriate? alert us", "permalink", "link", "like", "likes", "upvote", "downvote", "vote up",
    "vote down", "up", "down", "recommend", "log in to reply", "respond", "alert us", "post a comment",
    "show replies", "hide replies", "view replies", "suggest removal", "report violation", "antworten",
    "melden", "beitrag melden", "empfehlen", "zitieren", "répondre", "signaler", "signaler un abus",
    "alerter", "responder", "reportar", "denunciar", "citar", "rispondi", "segnala", "válasz",
    "válaszolok erre", "jelentem", "ответить", "пожаловаться", "цитировать", "رد", "返信", "通報", "回复", "举报",
    "답글", "신고",
];

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
    "kommentar schreiben", "kommentar verfassen", "schreibe einen kommentar", "ihr kommentar",
    "laisser un commentaire", "ajouter un commentaire", "réagir à cet article", "deja un comentario",
    "deja una respuesta", "escribe un comentario", "deixe um comentário", "deixe uma resposta",
    "lascia un commento", "scrivi un commento", "szólj hozzá", "hozzászólok", "új hozzászólás",
    "оставить комментарий", "добавить комментарий", "написать комментарий", "اترك تعليقا", "أضف تعليق",
    "コメントを書く", "コメントする", "发表评论", "댓글쓰기",
];

/// Words that only stand in a line that says who wrote something or when.
#[rustfmt::skip]
const BYLINE_LEADS: &[&str] = &[
    "by ", "by: ", "posted by", "written by", "author:", "published", "updated", "posted on", "posted:",
    "posted at", "last updated", "last modified", "created", "submitted by", "reported by", "story by",
    "edited by", "reporting by", "editing by", "von ", "autor:", "veröffentlicht", "aktualisiert", "stand:",
    "par ", "publié", "mis à jour", "por ", "publicado", "actualizado", "atualizado", "di ", "pubblicato",
    "aggiornato", "írta", "szerző", "frissítve", "автор", "опубликовано", "обновлено", "текст:", "كتب",
    "بقلم", "公開", "更新", "来源", "作者", "发布",
];

static UI_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| UI.iter().copied().collect());
static RELATED_SET: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| RELATED.iter().copied().collect());
static COMMENTS_SET: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| COMMENTS.iter().copied().collect());
static REPLY_SET: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| REPLY.iter().copied().collect());

/// Whether the words are just what menus, bars and boxes say. Lower-cased, trimmed of digits and punctuation.
pub fn is_ui(words: &str) -> bool {
    UI_SET.contains(words)
}

/// Whether the words head a list of links to other stories.
pub fn is_related_heading(words: &str) -> bool {
    RELATED_SET.contains(words)
}

/// Whether the words head comments.
pub fn is_comments_heading(words: &str) -> bool {
    COMMENTS_SET.contains(words)
}

/// Whether the words stand under a comment.
pub fn is_reply(words: &str) -> bool {
    REPLY_SET.contains(words)
}

/// Whether lower-cased text begins as what belongs to the site begins.
pub fn has_site_lead(lower: &str) -> bool {
    LEADS.iter().any(|lead| lower.starts_with(lead))
}

/// Whether lower-cased text asks for a comment.
pub fn asks_for_comment(lower: &str) -> bool {
    FORM.iter().any(|phrase| lower.contains(phrase))
}

/// Whether lower-cased text begins as a byline or dateline does.
pub fn has_byline_lead(lower: &str) -> bool {
    BYLINE_LEADS.iter().any(|lead| lower.starts_with(lead))
}

/// Whether lower-cased text ends in a phrase that nothing can be glued to, and the phrase begins at a word's edge.
pub fn ends_in_glued_phrase(lower: &str) -> bool {
    GLUED.iter().any(|phrase| {
        lower
            .strip_suffix(phrase)
            .is_some_and(|before| !before.ends_with(char::is_alphabetic))
    })
}

/// What an element's class and id say about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// It is around the story: a menu, a side bar, a share bar, a list of other stories, a box.
    pub nav: bool,
    /// It holds the story.
    pub body: bool,
    /// It holds comments.
    pub comments: bool,
    /// It is one comment.
    pub comment_item: bool,
}

/// Reads an element's class and id. Only whole words count: split at spaces, hyphens, underscores and humps.
pub fn names(class: &str, id: &str) -> Names {
    const LONGEST: usize = 512;
    let mut names = Names::default();
    let mut parts: Vec<String> = Vec::new();
    for token in class.split_ascii_whitespace().chain(std::iter::once(id)) {
        if token.is_empty() || token.len() > LONGEST {
            continue;
        }
        let lower = token.to_ascii_lowercase();
        names.comment_item |= is_comment_item(&lower);
        parts.clear();
        split_words(token, &mut parts);
        let any = |words: &[&str]| parts.iter().any(|part| words.contains(&part.as_str()));
        if any(&["has", "no", "with", "without", "not"]) {
            continue; // says what there is on the page, not what this element is
        }
        let is_count = any(&[
            "count",
            "counter",
            "counts",
            "number",
            "num",
            "link",
            "links",
            "icon",
            "button",
            "btn",
            "toggle",
            "most",
            "commented",
            "open",
            "closed",
            "status",
        ]);
        let comments = parts.iter().any(|part| is_comments_word(part)) && !is_count;
        names.comments |= comments;
        if comments {
            continue;
        }
        names.nav |= any(&[
            "nav",
            "navbar",
            "navigation",
            "menu",
            "submenu",
            "footer",
            "sidebar",
            "breadcrumb",
            "breadcrumbs",
            "related",
            "share",
            "sharing",
            "social",
            "sharebar",
            "promo",
            "newsletter",
            "cookie",
            "cookies",
            "consent",
            "gdpr",
            "advert",
            "advertisement",
            "ad",
            "ads",
            "adbox",
            "sponsor",
            "sponsored",
            "outbrain",
            "taboola",
            "recommended",
            "recommendations",
            "popular",
            "trending",
            "tags",
            "taglist",
            "toolbar",
            "tools",
            "widget",
            "rail",
            "teaser",
            "teasers",
            "subscribe",
            "subscription",
            "paywall",
            "login",
            "signup",
            "masthead",
            "pagination",
            "pager",
            "banner",
            "modal",
            "popup",
            "carousel",
            "mostread",
            "more",
            "also",
            "copyright",
            "skip",
            "search",
            "author",
            "bio",
            "meta",
            "byline",
            "dateline",
            "timestamp",
            "caption",
            "credit",
            "disclaimer",
            "print",
        ]);
        names.body |= any(&[
            "story",
            "body",
            "articlebody",
            "storybody",
            "entry",
            "text",
            "articletext",
            "content",
            "artikel",
            "cikk",
            "article",
        ]) && !any(&[
            "header",
            "headline",
            "title",
            "meta",
            "footer",
            "list",
            "sidebar",
            "related",
            "nav",
            "wrapper",
            "container",
            "page",
            "main",
            "teaser",
            "card",
        ]);
    }
    names
}

fn is_comments_word(part: &str) -> bool {
    matches!(
        part,
        "comment"
            | "comments"
            | "disqus"
            | "reply"
            | "replies"
            | "respond"
            | "responses"
            | "discussion"
            | "talkback"
            | "talkbacks"
            | "livefyre"
            | "guestbook"
            | "kommentar"
            | "kommentare"
            | "leserkommentar"
            | "leserkommentare"
            | "commentaire"
            | "commentaires"
            | "comentario"
            | "comentarios"
            | "comentarios2"
            | "comentarios1"
            | "commenti"
            | "commento"
            | "komment"
            | "kommentek"
            | "hozzaszolas"
            | "hozzaszolasok"
            | "reacties"
            | "komentarze"
            | "kommentarer"
            | "commentlist"
            | "commentslist"
            | "commentbody"
            | "commenttext"
            | "commentcontent"
            | "usercomment"
            | "usercomments"
            | "readercomments"
            | "allcomments"
            | "fbcomments"
            | "commentwrapper"
            | "commentsection"
            | "commentarea"
            | "commentsarea"
            | "commentblock"
            | "commentbox"
    )
}

/// Whether a whole class or id says: one comment. `comment-body` and the like are parts of one.
fn is_comment_item(lower: &str) -> bool {
    if matches!(
        lower,
        "comment"
            | "commentitem"
            | "comment-item"
            | "comment_item"
            | "single-comment"
            | "comment-wrap"
            | "comment-entry"
            | "commententry"
            | "comment-container"
            | "kommentar"
            | "commentaire"
            | "comentario"
            | "commento"
            | "komment"
            | "hozzaszolas"
            | "talkback"
            | "usercomment"
            | "user-comment"
            | "fos_comment_comment_show"
    ) {
        return true;
    }
    // comment-1234, li_comment_77
    let number = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    number.len() < lower.len()
        && [
            "comment",
            "comment-",
            "comment_",
            "li-comment-",
            "div-comment-",
            "cmt-",
            "kommentar-",
            "commentaire-",
        ]
        .contains(&number)
}

/// Splits a class or an id into lower-case words.
fn split_words(token: &str, parts: &mut Vec<String>) {
    let mut word = String::new();
    let mut was_lower = false;
    for c in token.chars() {
        let is_hump = c.is_ascii_uppercase() && was_lower;
        if (is_hump || !c.is_ascii_alphanumeric()) && !word.is_empty() {
            parts.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase();
    }
    if !word.is_empty() {
        parts.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_ids_are_read_word_by_word() {
        assert!(names("story-body", "").body);
        assert!(names("mainNav", "").nav);
        assert!(names("", "comments").comments);
        assert!(names("leserKommentare", "").comments);
        assert!(names("comment even depth-1", "li-comment-33").comment_item);
        assert!(!names("commentary recommended-by", "").comments);
        assert!(!names("comment-count", "").comments);
        assert!(!names("has-sidebar no-comments", "").nav);
        assert!(!names("comment-body", "").comment_item);
    }

    #[test]
    fn the_lists_are_in_lower_case() {
        for list in [
            UI,
            GLUED,
            LEADS,
            RELATED,
            COMMENTS,
            REPLY,
            FORM,
            BYLINE_LEADS,
        ] {
            for phrase in list {
                assert_eq!(*phrase, phrase.to_lowercase());
            }
        }
    }
}
