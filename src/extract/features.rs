//! What can be seen of a block.

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
    /// In something whose class or id says: comments.
    pub comments: bool,
    /// The comment that it belongs to, by number.
    pub comment: Option<u32>,
    /// In a form.
    pub form: bool,
    /// In a figure.
    pub figure: bool,
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
