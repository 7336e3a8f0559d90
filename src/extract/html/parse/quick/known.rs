//! The elements that the standard has rules for, and the sets of the standard that they belong to.

use html5ever::{LocalName, local_name};

/// Sets of elements, as bits.
pub mod set {
    /// "Special" in the standard: an end tag of another name does not reach beyond.
    pub const SPECIAL: u32 = 1;
    /// Ends where the next thing begins.
    pub const IMPLIED: u32 = 1 << 1;
    /// Ends at the end of a template, too.
    pub const THOROUGH: u32 = 1 << 2;
    /// A scope's edge.
    pub const SCOPE: u32 = 1 << 3;
    /// An edge for list items.
    pub const LIST_SCOPE: u32 = 1 << 4;
    /// An edge for paragraphs.
    pub const BUTTON_SCOPE: u32 = 1 << 5;
    /// An edge for parts of tables.
    pub const TABLE_SCOPE: u32 = 1 << 6;
    /// Closes a paragraph, and is closed by an end tag of its own.
    pub const BLOCK: u32 = 1 << 7;
    /// Opened again in what follows if it was not closed.
    pub const FORMATTING: u32 = 1 << 8;
    /// A heading.
    pub const HEADING: u32 = 1 << 9;
    /// Has no end tag, and is set among the words.
    pub const VOID: u32 = 1 << 10;
    /// Belongs into the head.
    pub const HEAD: u32 = 1 << 11;
    /// A part of a table.
    pub const TABLE_PART: u32 = 1 << 12;
    /// Ends a drawing that was not closed.
    pub const BREAKS_OUT: u32 = 1 << 13;
}

use set::{
    BLOCK, BREAKS_OUT, BUTTON_SCOPE, FORMATTING, HEAD, HEADING, IMPLIED, LIST_SCOPE, SCOPE,
    SPECIAL, TABLE_PART, TABLE_SCOPE, THOROUGH, VOID,
};

macro_rules! known {
    ($($name:ident $text:tt $bytes:literal: $sets:expr,)*) => {
        /// An element's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Known {
            /// None of those below: see the node.
            Other,
            $(#[allow(missing_docs, reason = "the name says it")] $name,)*
        }

        const SETS: &[u32] = &[0, $($sets,)*];
        const NAMES: &[LocalName] = &[local_name!(""), $(local_name!($text),)*];

        impl Known {
            /// The element of that name in lower case.
            pub fn of(name: &[u8]) -> Self {
                match name {
                    $($bytes => Self::$name,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

known! {
    A "a" b"a": FORMATTING,
    Address "address" b"address": SPECIAL | BLOCK,
    Applet "applet" b"applet": SPECIAL | SCOPE,
    Area "area" b"area": SPECIAL | VOID,
    Article "article" b"article": SPECIAL | BLOCK,
    Aside "aside" b"aside": SPECIAL | BLOCK,
    B "b" b"b": FORMATTING | BREAKS_OUT,
    Base "base" b"base": SPECIAL | HEAD,
    Basefont "basefont" b"basefont": SPECIAL | HEAD,
    Bgsound "bgsound" b"bgsound": SPECIAL | HEAD,
    Big "big" b"big": FORMATTING | BREAKS_OUT,
    Blockquote "blockquote" b"blockquote": SPECIAL | BLOCK | BREAKS_OUT,
    Body "body" b"body": SPECIAL | BREAKS_OUT,
    Br "br" b"br": SPECIAL | VOID | BREAKS_OUT,
    Button "button" b"button": SPECIAL | BUTTON_SCOPE,
    Caption "caption" b"caption": SPECIAL | SCOPE | THOROUGH | TABLE_PART,
    Center "center" b"center": SPECIAL | BLOCK | BREAKS_OUT,
    Code "code" b"code": FORMATTING | BREAKS_OUT,
    Col "col" b"col": SPECIAL | TABLE_PART,
    Colgroup "colgroup" b"colgroup": SPECIAL | THOROUGH | TABLE_PART,
    Dd "dd" b"dd": SPECIAL | IMPLIED | BREAKS_OUT,
    Details "details" b"details": SPECIAL | BLOCK,
    Dialog "dialog" b"dialog": BLOCK,
    Dir "dir" b"dir": SPECIAL | BLOCK,
    Div "div" b"div": SPECIAL | BLOCK | BREAKS_OUT,
    Dl "dl" b"dl": SPECIAL | BLOCK | BREAKS_OUT,
    Dt "dt" b"dt": SPECIAL | IMPLIED | BREAKS_OUT,
    Em "em" b"em": FORMATTING | BREAKS_OUT,
    Embed "embed" b"embed": SPECIAL | VOID | BREAKS_OUT,
    Fieldset "fieldset" b"fieldset": SPECIAL | BLOCK,
    Figcaption "figcaption" b"figcaption": SPECIAL | BLOCK,
    Figure "figure" b"figure": SPECIAL | BLOCK,
    Font "font" b"font": FORMATTING | BREAKS_OUT,
    Footer "footer" b"footer": SPECIAL | BLOCK,
    Form "form" b"form": SPECIAL,
    Frame "frame" b"frame": SPECIAL,
    Frameset "frameset" b"frameset": SPECIAL,
    H1 "h1" b"h1": SPECIAL | HEADING | BREAKS_OUT,
    H2 "h2" b"h2": SPECIAL | HEADING | BREAKS_OUT,
    H3 "h3" b"h3": SPECIAL | HEADING | BREAKS_OUT,
    H4 "h4" b"h4": SPECIAL | HEADING | BREAKS_OUT,
    H5 "h5" b"h5": SPECIAL | HEADING | BREAKS_OUT,
    H6 "h6" b"h6": SPECIAL | HEADING | BREAKS_OUT,
    Head "head" b"head": SPECIAL | BREAKS_OUT,
    Header "header" b"header": SPECIAL | BLOCK,
    Hgroup "hgroup" b"hgroup": SPECIAL | BLOCK,
    Hr "hr" b"hr": SPECIAL | BREAKS_OUT,
    Html "html" b"html": SPECIAL | SCOPE | TABLE_SCOPE,
    I "i" b"i": FORMATTING | BREAKS_OUT,
    Iframe "iframe" b"iframe": SPECIAL,
    Image "image" b"image": 0,
    Img "img" b"img": SPECIAL | VOID | BREAKS_OUT,
    Input "input" b"input": SPECIAL,
    Isindex "isindex" b"isindex": SPECIAL,
    Keygen "keygen" b"keygen": VOID,
    Li "li" b"li": SPECIAL | IMPLIED | BREAKS_OUT,
    Link "link" b"link": SPECIAL | HEAD,
    Listing "listing" b"listing": SPECIAL | BREAKS_OUT,
    Main "main" b"main": SPECIAL | BLOCK,
    Marquee "marquee" b"marquee": SPECIAL | SCOPE,
    Math "math" b"math": 0,
    Menu "menu" b"menu": SPECIAL | BLOCK | BREAKS_OUT,
    Meta "meta" b"meta": SPECIAL | HEAD | BREAKS_OUT,
    Nav "nav" b"nav": SPECIAL | BLOCK,
    Nobr "nobr" b"nobr": FORMATTING | BREAKS_OUT,
    Noembed "noembed" b"noembed": SPECIAL,
    Noframes "noframes" b"noframes": SPECIAL,
    Noscript "noscript" b"noscript": SPECIAL,
    Object "object" b"object": SPECIAL | SCOPE,
    Ol "ol" b"ol": SPECIAL | BLOCK | LIST_SCOPE | BREAKS_OUT,
    Optgroup "optgroup" b"optgroup": IMPLIED,
    Option "option" b"option": IMPLIED,
    P "p" b"p": SPECIAL | IMPLIED | BREAKS_OUT,
    Param "param" b"param": SPECIAL,
    Plaintext "plaintext" b"plaintext": SPECIAL,
    Pre "pre" b"pre": SPECIAL | BREAKS_OUT,
    Rb "rb" b"rb": IMPLIED,
    Rp "rp" b"rp": IMPLIED,
    Rt "rt" b"rt": IMPLIED,
    Rtc "rtc" b"rtc": IMPLIED,
    Ruby "ruby" b"ruby": BREAKS_OUT,
    S "s" b"s": FORMATTING | BREAKS_OUT,
    Script "script" b"script": SPECIAL,
    Search "search" b"search": BLOCK,
    Section "section" b"section": SPECIAL | BLOCK,
    Select "select" b"select": SPECIAL | SCOPE,
    Small "small" b"small": FORMATTING | BREAKS_OUT,
    Source "source" b"source": SPECIAL,
    Span "span" b"span": BREAKS_OUT,
    Strike "strike" b"strike": FORMATTING | BREAKS_OUT,
    Strong "strong" b"strong": FORMATTING | BREAKS_OUT,
    Style "style" b"style": SPECIAL,
    Sub "sub" b"sub": BREAKS_OUT,
    Summary "summary" b"summary": SPECIAL | BLOCK,
    Sup "sup" b"sup": BREAKS_OUT,
    Svg "svg" b"svg": 0,
    Table "table" b"table": SPECIAL | SCOPE | TABLE_SCOPE | BREAKS_OUT,
    Tbody "tbody" b"tbody": SPECIAL | THOROUGH | TABLE_PART,
    Td "td" b"td": SPECIAL | SCOPE | THOROUGH | TABLE_PART,
    Template "template" b"template": SPECIAL | SCOPE | TABLE_SCOPE,
    Textarea "textarea" b"textarea": SPECIAL,
    Tfoot "tfoot" b"tfoot": SPECIAL | THOROUGH | TABLE_PART,
    Th "th" b"th": SPECIAL | SCOPE | THOROUGH | TABLE_PART,
    Thead "thead" b"thead": SPECIAL | THOROUGH | TABLE_PART,
    Title "title" b"title": SPECIAL,
    Tr "tr" b"tr": SPECIAL | THOROUGH | TABLE_PART,
    Track "track" b"track": SPECIAL,
    Tt "tt" b"tt": FORMATTING | BREAKS_OUT,
    U "u" b"u": FORMATTING | BREAKS_OUT,
    Ul "ul" b"ul": SPECIAL | BLOCK | LIST_SCOPE | BREAKS_OUT,
    Var "var" b"var": BREAKS_OUT,
    Wbr "wbr" b"wbr": SPECIAL | VOID,
    Xmp "xmp" b"xmp": SPECIAL,
}

impl Known {
    /// Whether it is in one of these sets.
    pub fn is(self, sets: u32) -> bool {
        SETS[self as usize] & sets != 0
    }

    /// Its name.
    pub fn name(self) -> LocalName {
        NAMES[self as usize].clone()
    }
}
