//! What can be seen of a block: its own looks first, then its surroundings, as numbers for a labeller.
//!
//! The numbers mean the same for every text and script: words are counted as spaces cut them, or as two characters each
//! where a script has no spaces, and what needs capitals says nothing in scripts without. Work per block is bounded by the
//! block's size.

use crate::learn::Features;
use crate::model::{Block, Text};

use super::look::Look;

/// What the markup says about a block; all empty for bare text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The block came from a page.
    pub html: bool,
    /// The element that it stands in.
    pub tag: Tag,
    /// In a menu, a header, a footer, an aside, by element or role.
    pub nav: bool,
    /// In something whose class or id says: around the story.
    pub nav_name: bool,
    /// In `<article>` or `<main>`.
    pub article: bool,
    /// In what the page itself marks as the story.
    pub article_body: bool,
    /// In something whose class or id says: the story.
    pub body_name: bool,
    /// Short, with the name of whom the page declares its author.
    pub byline: bool,
    /// In something whose class or id says: comments.
    pub comments: bool,
    /// The comment that it belongs to, by number.
    pub comment: Option<u32>,
    /// In a form.
    pub form: bool,
    /// In a figure.
    pub figure: bool,
    /// What the page declares of it for machines: see `html::declared`.
    pub declared: u8,
}

impl Hints {
    /// What a DOM path such as `html/body/main/p[1]` says; nothing beyond the elements' names. An empty one is no page's.
    pub fn of_path(path: &str) -> Self {
        let mut hints = Self {
            html: !path.is_empty(),
            ..Self::default()
        };
        for step in path.split('/') {
            hints.enter(step.split('[').next().unwrap_or(step));
        }
        hints
    }

    /// Goes into an element of this name.
    fn enter(&mut self, name: &str) {
        match name {
            "p" => self.tag = Tag::Paragraph,
            "h1" => self.tag = Tag::Heading(1),
            "h2" => self.tag = Tag::Heading(2),
            "h3" => self.tag = Tag::Heading(3),
            "h4" | "h5" | "h6" => self.tag = Tag::Heading(4),
            "li" | "dt" | "dd" => self.tag = Tag::Item,
            "td" | "th" => self.tag = Tag::Cell,
            "blockquote" => self.tag = Tag::Quote,
            "figcaption" | "caption" => self.tag = Tag::Caption,
            "figure" => self.figure = true,
            "form" => self.form = true,
            "article" | "main" => self.article = true,
            "nav" | "footer" | "aside" | "menu" => self.nav = true,
            "header" if !self.article => self.nav = true,
            _ => self.tag = Tag::Other,
        }
    }
}

/// The kind of element that a block stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tag {
    /// A division, or none of the others.
    #[default]
    Other,
    /// A paragraph.
    Paragraph,
    /// A heading, 1 to 4.
    Heading(u8),
    /// A list item.
    Item,
    /// A table cell.
    Cell,
    /// A quotation.
    Quote,
    /// A caption of a figure or table.
    Caption,
}

/// Lists the features once: the enum, and how many there are.
macro_rules! features {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The number of a feature.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Feature { $($(#[$doc])* $name,)* }

        impl Feature {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

features! {
    /// Always there.
    Bias,
    // -- the block itself
    /// Words, up to 50, in tens.
    Words,
    /// At most two words.
    Words2,
    /// Three to five words.
    Words5,
    /// At least 8 words.
    Words8,
    /// At least 15 words.
    Words15,
    /// At least 30 words.
    Words30,
    /// At least 80 words.
    Words80,
    /// Ends as a sentence does.
    Ends,
    /// At least 8 words, and ends as a sentence does.
    LongEnds,
    /// At least two sentences.
    Sentences2,
    /// At least four sentences.
    Sentences4,
    /// Has commas.
    Commas,
    /// Three or more words, most of them capitalised.
    TitleCase,
    /// All in capitals.
    AllCaps,
    /// Many digits.
    Digits,
    /// Says only what menus, bars and boxes say.
    Ui,
    /// Begins as what belongs to the site begins.
    SiteLead,
    /// Cut by bars or bullets.
    Separators,
    /// Begins with a lower-case letter.
    StartsLower,
    /// Begins with a quotation mark.
    StartsQuote,
    /// Ends in a colon.
    EndsColon,
    /// Ends in dots: a teaser.
    EndsDots,
    /// Ends in a question mark.
    EndsQuestion,
    /// Has an address of the web or of mail in it.
    Address,
    /// A short line with a date or a time.
    DateLine,
    /// Begins as a byline does, and is short.
    Byline,
    /// Heads comments.
    CommentsHeading,
    /// Asks for a comment.
    AsksForComment,
    /// Stands under a comment.
    Reply,
    /// Heads links to other stories.
    RelatedHeading,
    /// `Somebody says:`.
    Says,
    /// Shouts, stammers or writes `i`.
    Informal,
    /// Speaks of itself or to somebody.
    Personal,
    /// Stood in the text before.
    Duplicate,
    /// Is the title, or most of it.
    Title,
    // -- its surroundings
    /// The block before is prose.
    ProseBefore,
    /// The block after is prose.
    ProseAfter,
    /// Short, between two blocks of prose.
    BetweenProse,
    /// Share of prose among the words of the five blocks before and after.
    Density,
    /// Share of prose among the words of the twenty blocks before and after.
    WideDensity,
    /// Share of blocks of at most five words among the three before and after.
    ShortAround,
    /// In the densest run of prose.
    InRun,
    /// In it, and prose.
    ProseInRun,
    /// Before the run, within three blocks.
    JustBeforeRun,
    /// Before the run.
    BeforeRun,
    /// After the run, within three blocks.
    JustAfterRun,
    /// After the run.
    AfterRun,
    /// Prose after the run, or before.
    ProseOutsideRun,
    /// How far from the run: blocks, up to 20, in tens.
    FromRun,
    /// At least 15 words outside the run.
    LongOutsideRun,
    /// Right below a heading of comments.
    BelowComments,
    /// Somewhere below a heading of comments that stands after the run, with no other heading since.
    InComments,
    /// As before, and prose.
    ProseInComments,
    /// The block before is the first line of a comment: a date, a name.
    AfterDateLine,
    /// The block after is.
    BeforeDateLine,
    /// Lines with dates, `says:` and replies among the four blocks before and after, up to 4.
    CommentLines,
    /// Prose with at least two such lines around, outside the run.
    ProseAmongCommentLines,
    /// A reply stands within two blocks after.
    BeforeReply,
    /// After a comment form was introduced.
    AfterForm,
    /// Right below a heading of other stories.
    BelowRelated,
    /// Within eight blocks below a heading of other stories.
    NearRelated,
    /// Prose behind the story and a list of other stories, set off by empty lines: what readers wrote, where a scraper
    /// dropped their names.
    ProseInTail,
    // -- the markup
    /// Came from a page at all.
    Html,
    /// Share of link text.
    Link,
    /// Mostly link text.
    Linked,
    /// Without any link, at least 8 words, on a page.
    LongUnlinked,
    /// A paragraph element.
    Paragraph,
    /// A heading of the first kind.
    Heading1,
    /// Another heading.
    Heading,
    /// A list item.
    Item,
    /// A table cell.
    Cell,
    /// A quotation.
    Quote,
    /// A caption, or in a figure.
    Caption,
    /// In a menu, a header, a footer, an aside.
    Nav,
    /// Named as something around the story.
    NavName,
    /// In `<article>` or `<main>`.
    Article,
    /// On a page that has such an element, and outside.
    OutsideArticle,
    /// Marked as the story.
    ArticleBody,
    /// On a page that marks the story, and outside.
    OutsideArticleBody,
    /// Named as the story.
    BodyName,
    /// In the element that holds most prose.
    SameParent,
    /// In the element around that one, but not in it.
    SameGrandparent,
    /// In neither.
    OtherParent,
    /// Named as comments.
    CommentName,
    /// Named as comments, and prose.
    ProseCommentName,
    /// One comment of several.
    CommentItem,
    /// In a form.
    Form,
}

/// What was seen of all blocks of a text.
pub struct Seen {
    /// Each block by itself.
    pub looks: Vec<Look>,
    /// Each block as numbers.
    pub features: Vec<Features>,
    /// The densest run of prose, as a range of blocks.
    pub run: std::ops::Range<usize>,
}

/// Room for what nearly all blocks have, here and in `clues`, so that no list is moved while it grows.
const ROOM: usize = 136;
const ROOM_ON_PAGES: usize = 176;

/// Looks at all blocks; `hints` has one entry for each.
pub fn see(text: &Text, blocks: &[Block], hints: &[Hints], title: &str) -> Seen {
    let looks = Look::at_all(text, blocks, hints, title);
    let around = super::around::Surroundings::new(text, blocks, hints, &looks);
    let none = Hints::default();
    let is_page = hints.first().is_some_and(|hints| hints.html);
    let room = if is_page { ROOM_ON_PAGES } else { ROOM };
    let features = (0..looks.len())
        .map(|at| {
            let mut features = Features::with_capacity(room);
            if let (Some(look), Some(block)) = (looks.get(at), blocks.get(at)) {
                own(&mut features, look);
                around.describe(at, &mut features);
                markup(&mut features, look, block, hints.get(at).unwrap_or(&none));
            }
            features
        })
        .collect();
    let run = around.run();
    Seen {
        looks,
        features,
        run,
    }
}

/// Adds a feature that holds or does not.
pub(super) fn flag(features: &mut Features, feature: Feature, holds: bool) {
    features.push(feature as u32, f32::from(u8::from(holds)));
}

fn own(features: &mut Features, look: &Look) {
    features.push(Feature::Bias as u32, 1.0);
    features.push(Feature::Words as u32, look.words.min(50) as f32 / 10.0);
    for (feature, holds) in [
        (Feature::Words2, look.words <= 2),
        (Feature::Words5, (3..=5).contains(&look.words)),
        (Feature::Words8, look.words >= 8),
        (Feature::Words15, look.words >= 15),
        (Feature::Words30, look.words >= 30),
        (Feature::Words80, look.words >= 80),
        (Feature::Ends, look.ends),
        (Feature::LongEnds, look.ends && look.words >= 8),
        (Feature::Sentences2, look.sentences >= 2),
        (Feature::Sentences4, look.sentences >= 4),
        (Feature::Commas, look.commas >= 1),
        (Feature::TitleCase, look.title_case),
        (Feature::AllCaps, look.all_caps),
        (Feature::Digits, look.digits),
        (Feature::Ui, look.ui),
        (Feature::SiteLead, look.site_lead),
        (Feature::Separators, look.separators >= 2),
        (Feature::StartsLower, look.starts_lower),
        (Feature::StartsQuote, look.starts_quote),
        (Feature::EndsColon, look.ends_colon),
        (Feature::EndsDots, look.ends_dots),
        (Feature::EndsQuestion, look.ends_question),
        (Feature::Address, look.address),
        (Feature::DateLine, look.date_line),
        (Feature::Byline, look.byline),
        (Feature::CommentsHeading, look.comments_heading),
        (Feature::AsksForComment, look.asks_for_comment),
        (Feature::Reply, look.reply),
        (Feature::RelatedHeading, look.related_heading),
        (Feature::Says, look.says),
        (Feature::Informal, look.informal),
        (Feature::Personal, look.personal),
        (Feature::Duplicate, look.duplicate),
        (Feature::Title, look.title),
    ] {
        flag(features, feature, holds);
    }
}

fn markup(features: &mut Features, look: &Look, block: &Block, hints: &Hints) {
    if !hints.html {
        return;
    }
    features.push(Feature::Html as u32, 1.0);
    features.push(
        Feature::Link as u32,
        f32::from(block.link_permille) / 1000.0,
    );
    for (feature, holds) in [
        (Feature::Linked, block.link_permille > 500),
        (
            Feature::LongUnlinked,
            block.link_permille == 0 && look.words >= 8,
        ),
        (Feature::Paragraph, hints.tag == Tag::Paragraph),
        (Feature::Heading1, hints.tag == Tag::Heading(1)),
        (Feature::Heading, matches!(hints.tag, Tag::Heading(2..))),
        (Feature::Item, hints.tag == Tag::Item),
        (Feature::Cell, hints.tag == Tag::Cell),
        (Feature::Quote, hints.tag == Tag::Quote),
        (Feature::Caption, hints.tag == Tag::Caption || hints.figure),
        (Feature::Nav, hints.nav),
        (Feature::NavName, hints.nav_name),
        (Feature::Article, hints.article),
        (Feature::ArticleBody, hints.article_body),
        (Feature::BodyName, hints.body_name),
        (Feature::CommentName, hints.comments),
        (Feature::ProseCommentName, hints.comments && look.prose),
        (Feature::CommentItem, hints.comment.is_some()),
        (Feature::Form, hints.form),
    ] {
        flag(features, feature, holds);
    }
}
