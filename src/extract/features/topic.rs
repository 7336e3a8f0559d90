//! The topics of explanations: one for each group of features that a person would describe alike.

/// What a group of features says about a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Not explained: features that hold for every block or have no plain words.
    Unexplained,
    /// The number of words.
    Size,
    /// Sentences, punctuation, prose or not.
    Sentences,
    /// Capital letters.
    Capitals,
    /// Small words of running text.
    SmallWords,
    /// Digits.
    Digits,
    /// First and second person, informal writing.
    Person,
    /// The voice model's judgement.
    Voice,
    /// Words shared with the story.
    Subject,
    /// Headings and links between the story and the block.
    Breaks,
    /// Wording of menus, bars and boxes.
    Furniture,
    /// A byline.
    Byline,
    /// The same words elsewhere on the page.
    Copies,
    /// Lines of the same shape around it.
    Repeats,
    /// An author or a date at its edges.
    AuthorOrDate,
    /// Rows of tables.
    Table,
    /// References.
    Cites,
    /// Credits of pictures.
    PictureCredit,
    /// The page's own metadata.
    Declared,
    /// The page's title.
    Title,
    /// The blocks before and after.
    Neighbours,
    /// The share of prose around it.
    ProseAround,
    /// The longest run of prose.
    Run,
    /// The position in the text.
    Place,
    /// Headings and forms of comments.
    Comments,
    /// Dates, names and replies, as around comments.
    Dates,
    /// Headings of other stories.
    Related,
    /// The share of link text.
    Links,
    /// The element that holds it.
    Element,
    /// Classes, ids and roles of its elements.
    Markup,
    /// The position in the DOM.
    Tree,
    /// The same kind of element, in this dataset.
    SameKindHere,
    /// The same words, in this dataset.
    SameWordsHere,
    /// Labels on other pages of the site.
    SitePriors,
    /// Labels of the blocks around it, by the first pass.
    Around,
    /// The first pass's own prediction.
    FirstPass,
    /// The label of the block before.
    Step,
}
