//! Words that give a block away, in several languages: what menus say, what introduces comments,
//! what begins a byline.
//!
//! All are in lower case and matched against lower-cased text. They are hints with weights, never
//! verdicts.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Phrases that make up a whole line in menus, bars and boxes. A block that says nothing else is hardly ever
/// part of the story.
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

/// Phrases after which something else begins even without a space, since nothing else begins or
/// goes on with them.
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
    "beiträge", "lesermeinungen", "lesermeinung", "postings", "posting", "forum", "alle kommentare", "commentaires", "commentaire", "réactions", "vos réactions", "comentarios",
    "comentario", "opiniones", "comentários", "comentário", "commenti", "commento", "hozzászólások",
    "hozzászólás", "kommentek", "vélemények", "комментарии", "комментариев", "комментария", "комментарий",
    "обсуждение", "отзывы", "تعليقات", "التعليقات", "تعليق", "コメント", "みんなのコメント", "评论", "网友评论", "評論", "댓글",
    "reacties", "kommentarer", "komentarze", "komentarzy", "komentáře", "yorumlar",
];

/// What is counted in a heading over comments.
#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "comment", "comments", "thought", "thoughts", "reply", "replies", "response", "responses", "reaction", "reactions", "kommentar", "kommentare",
    "gedanke", "gedanken", "antwort", "antworten", "commentaire", "commentaires", "réponses", "réflexions", "comentario", "comentarios", "respuestas",
    "pensamientos", "comentários", "respostas", "ideias", "commenti", "risposte", "pensieri", "hozzászólás", "komment", "комментарий", "комментария",
    "комментариев", "ответов", "мыслей", "reacties", "gedachten", "kommentarer", "komentarze", "komentarzy", "odpowiedzi", "yorum", "تعليقات", "تعليق",
];

/// What is under a comment, or asks for one.
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

/// Words that occur only in a line that says who wrote something or when.
#[rustfmt::skip]
const BYLINE_LEADS: &[&str] = &[
    "by ", "by: ", "posted by", "written by", "author:", "published", "updated", "posted on", "posted:",
    "posted at", "last updated", "last modified", "created", "submitted by", "reported by", "story by",
    "edited by", "reporting by", "editing by", "von ", "autor:", "veröffentlicht", "aktualisiert", "stand:",
    "par ", "publié", "mis à jour", "por ", "publicado", "actualizado", "atualizado", "di ", "pubblicato",
    "aggiornato", "írta", "szerző", "frissítve", "автор", "опубликовано", "обновлено", "текст:", "كتب",
    "بقلم", "公開", "更新", "来源", "作者", "发布",
];

/// What announces an advertisement.
#[rustfmt::skip]
const AD: &[&str] = &[
    "advertisement", "advertising", "sponsored", "sponsored content", "promoted", "anzeige", "werbung", "publicité", "publicidad", "publicidade",
    "pubblicità", "hirdetés", "реклама", "إعلان", "広告", "广告", "광고",
];

/// Whom pictures are credited to, and how a credit begins.
#[rustfmt::skip]
const CREDITS: &[&str] = &[
    "getty", "reuters", "afp", "(ap", "ap photo", "/ap", "photo:", "photo by", "photos by", "photo courtesy", "photograph:", "image:", "image credit",
    "credit:", "courtesy of", "foto:", "fotó:", "bild:", "©", "imago", "picture alliance", "dpa", "shutterstock", "istock", "wikimedia", "/epa", "epa/",
    "фото:", "연합뉴스", "뉴시스", "뉴스1", "撮影", "写真",
];

/// Words that occur only where works are cited.
const CITING: &[&str] = &[
    "et al",
    "doi:",
    "doi.org",
    "[pubmed]",
    "[google scholar]",
    "isbn",
    "pp. ",
];

/// First and second persons, as comments are full of.
#[rustfmt::skip]
const PERSONAL: &[&str] = &[
    "I", "i", "I'm", "I’m", "I've", "I’ve", "my", "My", "me", "you", "You", "your", "Your", "we", "We", "our", "us", "ich", "Ich",
    "mich", "mir", "mein", "du", "Sie", "wir", "Wir", "je", "Je", "J'ai", "mon", "vous", "Vous", "nous", "yo", "Yo", "mi", "usted", "tu", "io", "Io",
    "én", "Én", "nekem", "te", "я", "Я", "мне", "вы", "Вы", "мы", "Мы", "eu", "Eu", "você", "ik", "Ik",
];

/// How a line over a comment ends.
#[rustfmt::skip]
const SAYS: &[&str] = &[
    "says", "said", "wrote", "writes", "schreibt", "schrieb", "sagt", "meint", "a dit", "a écrit", "dit", "dice", "dijo", "escribió", "disse", "ha scritto", "scrive", "írta", "пишет", "написал", "zegt", "skriver",
];

/// Months, by name and shortened.
#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "janvier", "février", "mars",
    "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
    "septiembre", "octubre", "noviembre", "diciembre", "gennaio", "febbraio", "aprile", "maggio", "giugno", "luglio", "settembre", "ottobre", "dicembre", "janeiro",
    "fevereiro", "março", "maio", "junho", "julho", "setembro", "outubro", "novembro", "dezembro", "január", "február", "március", "április", "május", "június",
    "július", "augusztus", "szeptember", "október", "január", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря", "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
];

/// Words that, with a number, say how long ago something was.
#[rustfmt::skip]
const AGO: &[&str] = &[
    "ago", "vor", "hace", "назад", "fa", "há", "órája", "napja", "perce", "قبل", "منذ", "yesterday", "gestern", "hier", "ayer", "ieri", "tegnap", "вчера", "today",
];

/// Words or phrases that are looked up by their first byte: short lists, asked millions of times.
struct List {
    phrases: [Vec<Phrase>; 256],
    /// For each byte, as bits, how long its phrases are: most words have another length.
    lengths: [u64; 256],
}

struct Phrase {
    words: &'static str,
    /// Its first eight bytes, zero after its end, and a mask of them: one comparison tells most
    /// phrases apart.
    head: u64,
    mask: u64,
    /// Its last eight bytes in the same way.
    tail: u64,
    tail_mask: u64,
}

impl Phrase {
    fn new(words: &'static str) -> Self {
        let used = words.len().min(8) as u32;
        Self {
            words,
            head: first_bytes(words),
            mask: u64::MAX.checked_shr(64 - 8 * used).unwrap_or(0),
            tail: last_bytes(words),
            tail_mask: u64::MAX.checked_shl(64 - 8 * used).unwrap_or(0),
        }
    }
}

/// The first eight bytes of a text; after its end zeros.
fn first_bytes(text: &str) -> u64 {
    let bytes = text.as_bytes();
    if let Some(chunk) = bytes.first_chunk() {
        return u64::from_le_bytes(*chunk);
    }
    let mut padded = [0; 8];
    padded[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(padded)
}

/// The last eight bytes of a text; before its beginning zeros.
fn last_bytes(text: &str) -> u64 {
    let bytes = text.as_bytes();
    if let Some(chunk) = bytes.last_chunk() {
        return u64::from_le_bytes(*chunk);
    }
    let mut padded = [0; 8];
    padded[8 - bytes.len()..].copy_from_slice(bytes);
    u64::from_le_bytes(padded)
}

impl List {
    fn new(phrases: &[&'static str]) -> Self {
        Self::by(phrases, |phrase| phrase.bytes().next())
    }

    /// By the last byte.
    fn of_endings(phrases: &[&'static str]) -> Self {
        Self::by(phrases, |phrase| phrase.bytes().next_back())
    }

    fn by(phrases: &[&'static str], key: impl Fn(&str) -> Option<u8>) -> Self {
        let mut list = Self {
            phrases: [const { Vec::new() }; 256],
            lengths: [0; 256],
        };
        for phrase in phrases {
            if let Some(key) = key(phrase) {
                list.phrases[usize::from(key)].push(Phrase::new(phrase));
                list.lengths[usize::from(key)] |= Self::length(phrase);
            }
        }
        list
    }

    fn of(&self, key: Option<u8>) -> &[Phrase] {
        key.map_or(&[], |key| &self.phrases[usize::from(key)])
    }

    /// How long a phrase is, as a bit.
    fn length(phrase: &str) -> u64 {
        1 << phrase.len().min(63)
    }

    fn holds(&self, words: &str) -> bool {
        words.bytes().next().is_some_and(|first| {
            let first = usize::from(first);
            if self.lengths[first] & Self::length(words) == 0 {
                return false;
            }
            let head = first_bytes(words);
            let mut phrases = self.phrases[first].iter();
            phrases.any(|phrase| phrase.head == head && phrase.words == words)
        })
    }

    /// Whether a text begins with one of them.
    fn begin(&self, text: &str) -> bool {
        let head = first_bytes(text);
        let mut phrases = self.of(text.bytes().next()).iter();
        phrases.any(|phrase| head & phrase.mask == phrase.head && text.starts_with(phrase.words))
    }

    /// What is before the one that a text ends with; of a list [by endings](Self::of_endings).
    fn before_ending<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let tail = last_bytes(text);
        self.of(text.bytes().next_back())
            .iter()
            .filter(move |phrase| tail & phrase.tail_mask == phrase.tail)
            .filter_map(move |phrase| text.strip_suffix(phrase.words))
    }
}

static PERSONAL_LIST: LazyLock<List> = LazyLock::new(|| List::new(PERSONAL));
static MONTHS_LIST: LazyLock<List> = LazyLock::new(|| List::new(MONTHS));
static AGO_LIST: LazyLock<List> = LazyLock::new(|| List::new(AGO));
static UI_LIST: LazyLock<List> = LazyLock::new(|| List::new(UI));
static RELATED_LIST: LazyLock<List> = LazyLock::new(|| List::new(RELATED));
static COMMENTS_LIST: LazyLock<List> = LazyLock::new(|| List::new(COMMENTS));
static REPLY_LIST: LazyLock<List> = LazyLock::new(|| List::new(REPLY));
static LEADS_LIST: LazyLock<List> = LazyLock::new(|| List::new(LEADS));
static BYLINE_LIST: LazyLock<List> = LazyLock::new(|| List::new(BYLINE_LEADS));
static GLUED_LIST: LazyLock<List> = LazyLock::new(|| List::of_endings(GLUED));
static SAYS_LIST: LazyLock<List> = LazyLock::new(|| List::of_endings(SAYS));
static CREDITS_FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(CREDITS).ok());
static CITING_FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(CITING).ok());
static COUNTED_LIST: LazyLock<List> = LazyLock::new(|| List::new(COUNTED));

/// Whether the words are just what menus, bars and boxes say. Lower-cased, trimmed of digits and
/// punctuation.
pub fn is_ui(words: &str) -> bool {
    UI_LIST.holds(words)
}

/// Whether the words announce an advertisement.
pub fn is_ad(words: &str) -> bool {
    AD.contains(&words)
}

/// Whether the words head a list of links to other stories.
pub fn is_related_heading(words: &str) -> bool {
    RELATED_LIST.holds(words)
}

/// Whether the words head comments.
pub fn is_comments_heading(words: &str) -> bool {
    COMMENTS_LIST.holds(words)
}

/// Whether lower-cased text ends as a work is cited: `et al.`, `doi:`, `2017;29:459–465`, `pp.
/// 3–9`.
pub fn cites(lower: &str) -> bool {
    let is_sign = CITING_FINDER
        .as_ref()
        .is_some_and(|finder| finder.is_match(lower));
    // A volume behind a year.
    is_sign
        || lower.match_indices(';').any(|(at, _)| {
            let bytes = lower.as_bytes();
            let year = at.checked_sub(4).and_then(|from| bytes.get(from..at));
            let is_alone = at
                .checked_sub(5)
                .and_then(|before| bytes.get(before))
                .is_none_or(u8::is_ascii_whitespace);
            is_alone
                && year.is_some_and(|year| year.iter().all(u8::is_ascii_digit))
                && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
        })
}

/// Whether a lower-cased word behind a number counts comments.
pub fn is_counted(word: &str) -> bool {
    COUNTED_LIST.holds(word)
}

/// Whether the words are under a comment.
pub fn is_reply(words: &str) -> bool {
    REPLY_LIST.holds(words)
}

/// Whether lower-cased text begins as what belongs to the site begins.
pub fn has_site_lead(lower: &str) -> bool {
    LEADS_LIST.begin(lower)
}

/// Whether lower-cased text begins as a byline or dateline does.
pub fn has_byline_lead(lower: &str) -> bool {
    BYLINE_LIST.begin(lower)
}

/// Whether lower-cased text ends in a phrase that nothing can be glued to, and the phrase begins at
/// a word's edge.
pub fn ends_in_glued_phrase(lower: &str) -> bool {
    GLUED_LIST
        .before_ending(lower)
        .any(|before| !before.ends_with(char::is_alphabetic))
}

/// Whether lower-cased text begins or ends as a picture's credit does.
pub fn is_credited(lower: &str) -> bool {
    /// How far from an end of the text a credit is, in bytes.
    const REACH: usize = 45;

    let mut head = lower.len().min(REACH / 2);
    while !lower.is_char_boundary(head) {
        head -= 1;
    }
    let mut tail = lower.len().saturating_sub(REACH);
    while !lower.is_char_boundary(tail) {
        tail += 1;
    }
    let (head, tail) = (&lower[..head], &lower[tail..]);
    CREDITS_FINDER
        .as_ref()
        // Of a short text, the tail is all.
        .is_some_and(|finder| {
            finder.is_match(tail) || (tail.len() < lower.len() && finder.is_match(head))
        })
}

/// Whether a word speaks of its writer or to its reader. `bare` says that it is letters alone.
pub fn is_personal(word: &str, bare: bool) -> bool {
    PERSONAL_LIST.holds(if bare {
        word
    } else {
        word.trim_matches(|c: char| !c.is_alphabetic())
    })
}

/// Whether words end as the line over a comment does: `Ada says:`.
pub fn ends_in_says(bare: &str) -> bool {
    SAYS_LIST
        .before_ending(bare)
        .any(|before| before.ends_with(char::is_whitespace))
}

/// Whether a short lower-cased line holds a date, a time of day, or says how long ago something
/// was.
pub fn has_date(lower: &str) -> bool {
    if !may_have_date(lower) {
        return false;
    }
    let (mut month, mut digit, mut day, mut ago) = (false, false, false, false);
    for word in lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '|')) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '年');
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        digit |= is_number;
        month |= MONTHS_LIST.holds(word);
        ago |= AGO_LIST.holds(word);
        day |= is_number && is_clock_or_date(word);
    }
    day || (digit && (month || ago)) || (lower.contains('年') && lower.contains('月'))
}

/// Whether a text has what [`has_date`] needs, whatever its case.
pub fn may_have_date(text: &str) -> bool {
    // All bytes at once, many in a step, rather than one by one up to the first.
    let has_digit = text
        .bytes()
        .fold(false, |has, byte| has | byte.is_ascii_digit());
    has_digit || (!text.is_ascii() && text.contains('年'))
}

/// `12:30`, `2017-11-14`, `14.11.2017`, `11/14/17`, `9:05pm`.
fn is_clock_or_date(word: &str) -> bool {
    let mut parts = word.split([':', '-', '/', '.']);
    let first = parts.next().is_some_and(|part| {
        (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    });
    let mut count = 1;
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0
            || digits > 4
            || !matches!(&part[digits..], "" | "am" | "pm" | "h" | "z" | "uhr")
                && !part[digits..].starts_with('t')
        {
            return false;
        }
        count += 1;
    }
    first && (count == 3 || (count == 2 && word.contains(':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_lower_case() {
        for list in [
            UI,
            GLUED,
            LEADS,
            RELATED,
            COMMENTS,
            COUNTED,
            REPLY,
            BYLINE_LEADS,
            CREDITS,
        ] {
            for phrase in list {
                assert_eq!(*phrase, phrase.to_lowercase());
            }
        }
    }
}
