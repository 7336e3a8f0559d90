//! Features of a block: its own surface first, then its surroundings, as numbers for a sequence
//! labeller.
//!
//! The numbers mean the same for every text and script: words are counted as spaces cut them, or as
//! two characters each where a script has no spaces, and what needs capitals says nothing in
//! scripts without. Work per block is bounded by the block's size.

pub(crate) mod buttons;
pub(crate) mod char_kind;
pub(crate) mod comment_form;
pub(crate) mod count;
pub(crate) mod line_cache;
pub(crate) mod positions;
pub(crate) mod repetition;
pub(crate) mod surface;
mod surfaces;
pub(crate) mod surroundings;
pub(crate) mod templates;
pub(crate) mod title;
pub(crate) mod topic;
pub(crate) mod words;

use crate::learn::{Features, Sink};
use crate::model::{Block, Text};

use self::surface::SurfaceFeatures;
use self::surroundings::Surroundings;
use self::topic::Topic;
use super::model::voice::{VoiceModel, Voices};

/// The markup around a block; all empty for bare text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The block came from a page.
    pub html: bool,
    /// The element that it is in.
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
    /// What a DOM path such as `html/body/main/p[1]` says; nothing beyond the elements' names. An
    /// empty one is no page's.
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

/// The kind of element that a block is in.
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

/// Declares the rules' features once: the enum, their order, and the topic that explains each.
macro_rules! features {
    ($($(#[$doc:meta])* $name:ident => $topic:ident,)*) => {
        /// The number of a feature.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Feature { $($(#[$doc])* $name,)* }

        impl Feature {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            const TOPICS: &[Topic] = &[$(Topic::$topic,)*];
        }
    };
}

features! {
    /// Always there.
    Bias => Unexplained,
    // -- the block itself
    /// Words, up to 50, in tens.
    Words => Size,
    /// At most two words.
    Words2 => Size,
    /// Three to five words.
    Words5 => Size,
    /// At least 8 words.
    Words8 => Size,
    /// At least 15 words.
    Words15 => Size,
    /// At least 30 words.
    Words30 => Size,
    /// At least 80 words.
    Words80 => Size,
    /// Ends as a sentence does.
    Ends => Sentences,
    /// At least 8 words, and ends as a sentence does.
    LongEnds => Sentences,
    /// At least two sentences.
    Sentences2 => Sentences,
    /// At least four sentences.
    Sentences4 => Sentences,
    /// Has commas.
    Commas => Sentences,
    /// Three or more words, most of them capitalised.
    TitleCase => Capitals,
    /// All in capitals.
    AllCaps => Capitals,
    /// Many digits.
    Digits => Digits,
    /// Says only what menus, bars and boxes say.
    Ui => Furniture,
    /// Begins as what belongs to the site begins.
    SiteLead => Furniture,
    /// Cut by bars or bullets.
    Separators => Furniture,
    /// Begins with a lower-case letter.
    StartsLower => Sentences,
    /// Begins with a quotation mark.
    StartsQuote => Sentences,
    /// Ends in a colon.
    EndsColon => Sentences,
    /// Ends in dots: a teaser.
    EndsDots => Sentences,
    /// Ends in a question mark.
    EndsQuestion => Sentences,
    /// Has an address of the web or of mail in it.
    Address => Furniture,
    /// A short line with a date or a time.
    DateLine => Dates,
    /// Begins as a byline does, and is short.
    Byline => Byline,
    /// Heads comments.
    CommentsHeading => Comments,
    /// Asks for a comment.
    AsksForComment => Comments,
    /// Stands under a comment.
    Reply => Dates,
    /// Heads links to other stories.
    RelatedHeading => Related,
    /// `Somebody says:`.
    Says => Dates,
    /// Shouts, stammers or writes `i`.
    Informal => Person,
    /// Speaks of itself or to somebody.
    Personal => Person,
    /// Stood in the text before.
    Duplicate => Copies,
    /// Is the title, or most of it.
    Title => Title,
    // -- its surroundings
    /// The block before is prose.
    ProseBefore => Neighbours,
    /// The block after is prose.
    ProseAfter => Neighbours,
    /// Short, between two blocks of prose.
    BetweenProse => Neighbours,
    /// Share of prose among the words of the five blocks before and after.
    Density => ProseAround,
    /// Share of prose among the words of the twenty blocks before and after.
    WideDensity => ProseAround,
    /// Share of blocks of at most five words among the three before and after.
    ShortAround => Neighbours,
    /// In the densest run of prose.
    InRun => Run,
    /// In it, and prose.
    ProseInRun => Run,
    /// Before the run, within three blocks.
    JustBeforeRun => Run,
    /// Before the run.
    BeforeRun => Run,
    /// After the run, within three blocks.
    JustAfterRun => Run,
    /// After the run.
    AfterRun => Run,
    /// Prose after the run, or before.
    ProseOutsideRun => Run,
    /// How far from the run: blocks, up to 20, in tens.
    FromRun => Run,
    /// At least 15 words outside the run.
    LongOutsideRun => Run,
    /// Right below a heading of comments.
    BelowComments => Comments,
    /// Somewhere below a heading of comments that is after the run, with no other heading
    /// since.
    InComments => Comments,
    /// As before, and prose.
    ProseInComments => Comments,
    /// The block before is the first line of a comment: a date, a name.
    AfterDateLine => Dates,
    /// The block after is.
    BeforeDateLine => Dates,
    /// Lines with dates, `says:` and replies among the four blocks before and after, up to 4.
    CommentLines => Dates,
    /// Prose with at least two such lines around, outside the run.
    ProseAmongCommentLines => Dates,
    /// A reply is within two blocks after.
    BeforeReply => Dates,
    /// After a comment form was introduced.
    AfterForm => Comments,
    /// Right below a heading of other stories.
    BelowRelated => Related,
    /// Within eight blocks below a heading of other stories.
    NearRelated => Related,
    /// Prose behind the story and a list of other stories, set off by empty lines: what readers
    /// wrote, where a scraper dropped their names.
    ProseInTail => Run,
    // -- the markup
    /// Came from a page at all.
    Html => Unexplained,
    /// Share of link text.
    Link => Links,
    /// Mostly link text.
    Linked => Links,
    /// Without any link, at least 8 words, on a page.
    LongUnlinked => Links,
    /// A paragraph element.
    Paragraph => Element,
    /// A heading of the first kind.
    Heading1 => Element,
    /// Another heading.
    Heading => Element,
    /// A list item.
    Item => Element,
    /// A table cell.
    Cell => Element,
    /// A quotation.
    Quote => Element,
    /// A caption, or in a figure.
    Caption => Element,
    /// In a menu, a header, a footer, an aside.
    Nav => Markup,
    /// Named as something around the story.
    NavName => Markup,
    /// In `<article>` or `<main>`.
    Article => Markup,
    /// On a page that has such an element, and outside.
    OutsideArticle => Markup,
    /// Marked as the story.
    ArticleBody => Markup,
    /// On a page that marks the story, and outside.
    OutsideArticleBody => Markup,
    /// Named as the story.
    BodyName => Markup,
    /// In the element that holds most prose.
    SameParent => Tree,
    /// In the element around that one, but not in it.
    SameGrandparent => Tree,
    /// In neither.
    OtherParent => Tree,
    /// Named as comments.
    CommentName => Markup,
    /// Named as comments, and prose.
    ProseCommentName => Markup,
    /// One comment of several.
    CommentItem => Markup,
    /// In a form.
    Form => Markup,
}

/// The features of all blocks of an article.
pub struct DocumentFeatures {
    /// Each block by itself.
    pub surfaces: Vec<SurfaceFeatures>,
    /// What is around each.
    pub around: Surroundings,
    /// How each sounds.
    pub voices: Voices,
    /// Line feeds before each, up to four.
    pub gaps: Vec<usize>,
}

/// Computes the features of all blocks; `hints` has one entry for each.
pub fn document_features(
    text: &Text,
    blocks: &[Block],
    hints: &[Hints],
    title: &str,
) -> DocumentFeatures {
    let surfaces = SurfaceFeatures::at_all(text, blocks, hints, title);
    let around = Surroundings::new(text, blocks, hints, &surfaces);
    let voices = Voices::new(VoiceModel::shipped(), text, blocks, &surfaces, around.run());
    DocumentFeatures {
        surfaces,
        around,
        voices,
        gaps: gaps(text, blocks),
    }
}

/// Counts the line feeds before each block, up to four.
pub fn gaps(text: &Text, blocks: &[Block]) -> Vec<usize> {
    let mut end = 0;
    let gap = |block: &Block| {
        let start = block.span.start().index();
        let between = text.as_str().get(end..start).unwrap_or_default();
        end = block.span.end().index();
        let feeds = between.bytes().filter(|byte| *byte == b'\n');
        feeds.take(4).count()
    };
    blocks.iter().map(gap).collect()
}

impl DocumentFeatures {
    /// The densest run of prose, as a range of blocks.
    pub fn run(&self) -> std::ops::Range<usize> {
        self.around.run()
    }

    /// Recomputes the voices of all blocks with another model.
    pub fn recompute_voices(&mut self, model: &VoiceModel, text: &Text, blocks: &[Block]) {
        self.voices = Voices::new(model, text, blocks, &self.surfaces, self.run());
    }

    /// Writes the rules' features of a block.
    #[inline]
    pub fn describe(&self, at: usize, block: &Block, hints: &Hints, sink: &mut impl Sink) {
        if let Some(surface) = self.surfaces.get(at) {
            own(sink, surface);
            self.around.describe(at, &self.surfaces, hints, sink);
            markup(sink, surface, block, hints);
        }
    }

    /// Returns the rules' features of all blocks.
    pub fn features(&self, blocks: &[Block], hints: &[Hints]) -> Vec<Features> {
        let all = blocks.iter().zip(hints).enumerate();
        all.map(|(at, (block, hints))| {
            let mut features = Features::with_capacity(Feature::ALL.len());
            self.describe(at, block, hints, &mut features);
            features
        })
        .collect()
    }
}

/// Adds a feature that holds or does not.
#[inline]
pub(super) fn flag(sink: &mut impl Sink, feature: Feature, holds: bool) {
    if holds {
        sink.push(feature as u32, 1.0);
    }
}

fn own(sink: &mut impl Sink, surface: &SurfaceFeatures) {
    sink.push(Feature::Bias as u32, 1.0);
    sink.push(Feature::Words as u32, surface.words.min(50) as f32 / 10.0);
    flag(sink, Feature::Words2, surface.words <= 2);
    flag(sink, Feature::Words5, (3..=5).contains(&surface.words));
    flag(sink, Feature::Words8, surface.words >= 8);
    flag(sink, Feature::Words15, surface.words >= 15);
    flag(sink, Feature::Words30, surface.words >= 30);
    flag(sink, Feature::Words80, surface.words >= 80);
    flag(sink, Feature::Ends, surface.ends);
    flag(sink, Feature::LongEnds, surface.ends && surface.words >= 8);
    flag(sink, Feature::Sentences2, surface.sentences >= 2);
    flag(sink, Feature::Sentences4, surface.sentences >= 4);
    flag(sink, Feature::Commas, surface.commas >= 1);
    flag(sink, Feature::TitleCase, surface.title_case);
    flag(sink, Feature::AllCaps, surface.all_caps);
    flag(sink, Feature::Digits, surface.digits);
    flag(sink, Feature::Ui, surface.ui);
    flag(sink, Feature::SiteLead, surface.site_lead);
    flag(sink, Feature::Separators, surface.separators >= 2);
    flag(sink, Feature::StartsLower, surface.starts_lower);
    flag(sink, Feature::StartsQuote, surface.starts_quote);
    flag(sink, Feature::EndsColon, surface.ends_colon);
    flag(sink, Feature::EndsDots, surface.ends_dots);
    flag(sink, Feature::EndsQuestion, surface.ends_question);
    flag(sink, Feature::Address, surface.address);
    flag(sink, Feature::DateLine, surface.date_line);
    flag(sink, Feature::Byline, surface.byline);
    flag(sink, Feature::CommentsHeading, surface.comments_heading);
    flag(sink, Feature::AsksForComment, surface.asks_for_comment);
    flag(sink, Feature::Reply, surface.reply);
    flag(sink, Feature::RelatedHeading, surface.related_heading);
    flag(sink, Feature::Says, surface.says);
    flag(sink, Feature::Informal, surface.informal);
    flag(sink, Feature::Personal, surface.personal);
    flag(sink, Feature::Duplicate, surface.duplicate);
    flag(sink, Feature::Title, surface.title);
}

fn markup(sink: &mut impl Sink, surface: &SurfaceFeatures, block: &Block, hints: &Hints) {
    if !hints.html {
        return;
    }
    sink.push(Feature::Html as u32, 1.0);
    sink.push(
        Feature::Link as u32,
        f32::from(block.link_permille) / 1000.0,
    );
    flag(sink, Feature::Linked, block.link_permille > 500);
    flag(
        sink,
        Feature::LongUnlinked,
        block.link_permille == 0 && surface.words >= 8,
    );
    flag(sink, Feature::Paragraph, hints.tag == Tag::Paragraph);
    flag(sink, Feature::Heading1, hints.tag == Tag::Heading(1));
    flag(
        sink,
        Feature::Heading,
        matches!(hints.tag, Tag::Heading(2..)),
    );
    flag(sink, Feature::Item, hints.tag == Tag::Item);
    flag(sink, Feature::Cell, hints.tag == Tag::Cell);
    flag(sink, Feature::Quote, hints.tag == Tag::Quote);
    flag(
        sink,
        Feature::Caption,
        hints.tag == Tag::Caption || hints.figure,
    );
    flag(sink, Feature::Nav, hints.nav);
    flag(sink, Feature::NavName, hints.nav_name);
    flag(sink, Feature::Article, hints.article);
    flag(sink, Feature::ArticleBody, hints.article_body);
    flag(sink, Feature::BodyName, hints.body_name);
    flag(sink, Feature::CommentName, hints.comments);
    flag(
        sink,
        Feature::ProseCommentName,
        hints.comments && surface.prose,
    );
    flag(sink, Feature::CommentItem, hints.comment.is_some());
    flag(sink, Feature::Form, hints.form);
}
