//! What the state asks of the frame.

use std::path::PathBuf;

use super::path_purpose::PathPurpose;
use crate::dataset::ViewTop;
use crate::model::{BytePos, Label};

/// What `dispatch` asks of the frame, because only the frame has the widgets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Bring this place of the article into view, by as little scrolling as needed.
    Reveal(BytePos),
    /// Bring this place of the article to the upper third of the view, unless it is well in view.
    Jump(BytePos),
    /// Put this at the top of the view.
    SetTop(ViewTop),
    /// Put the keyboard into the search field of the article list.
    FocusDatasetSearch,
    /// Put the keyboard into the search field of the article.
    FocusArticleSearch,
    /// Give the keyboard back to the article.
    FocusArticle,
    /// A new article is in the state: its view starts from the top.
    NewArticle,
    /// Show what the guidelines say of this label, or the label under the mouse.
    ShowGuide(Option<Label>),
    /// Put the keyboard into the search field of the entities and regions.
    FocusLists,
    /// Show the remarks in the side panel.
    ShowRemarks,
    /// Show the history of the article in the side panel.
    ShowHistory,
    /// Ask for a path, by the system's dialog if it has one.
    AskPath(PathPurpose),
    /// Read this file of settings.
    ReadSettings(PathBuf),
    /// End the search among the entities and regions, if the keyboard is in it.
    EndListSearch,
    /// Put these words on the clipboard.
    Copy(String),
    /// Open the menu of the caret's place.
    OpenMenu,
    /// Show the next list beside the article, or, if false, the previous one.
    TurnTab(bool),
    /// Close the window.
    CloseWindow,
}
