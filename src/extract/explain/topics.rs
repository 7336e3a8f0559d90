//! What each feature of the models is about.

use crate::extract::features::templates;

/// What features are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Size,
    Sentences,
    Capitals,
    SmallWords,
    Digits,
    Voice,
    /// What the voice model hears.
    Sound,
    /// The words that it shares with the story.
    Subject,
    /// What lies between it and the story.
    Breaks,
    Furniture,
    Byline,
    Copies,
    Repeats,
    Signed,
    Table,
    Cites,
    Credit,
    Declared,
    Title,
    Neighbours,
    ProseAround,
    Run,
    Place,
    Comments,
    Dates,
    Related,
    Links,
    Element,
    Marks,
    Tree,
    SameKindHere,
    SameWordsHere,
    /// On other pages of the site, by the label that was given there.
    Said(usize),
    Around,
    FirstLook,
    Step,
}

/// What a feature is about, by the name of its clue; `None` for what says nothing in words.
pub(super) fn topic(name: &str) -> Option<Topic> {
    use Topic as T;
    let (clue, value) = name.split_once(' ').unwrap_or((name, "0"));
    let begins = |with: &[&str]| with.iter().any(|with| clue.starts_with(with));
    Some(match clue {
        "Bias" => return None,
        "SitePath" => T::SameKindHere,
        "SiteWords" => T::SameWordsHere,
        "Words" | "Words2" | "Words5" | "Words8" | "Words15" | "Words30" | "Words80" | "Size" => {
            T::Size
        }
        "Title" | "SinceTitle" | "ToTitle" => T::Title,
        "TitleCase" | "AllCaps" => T::Capitals,
        "Address" => T::Furniture,
        "Copies" | "NearestCopy" | "Duplicate" => T::Copies,
        "FramedByWords" | "FramedByLeads" | "FramedByShapes" | "Pattern" => T::Repeats,
        "Signed" | "SignedAround" => T::Signed,
        "Tabs" | "TabsAround" => T::Table,
        "Cites" => T::Cites,
        "Credit" => T::Credit,
        "Declared" | "Description" => T::Declared,
        "Author" => T::Byline,
        "Kind" | "Sentences" | "Commas" | "First" | "Last" | "LastBySize" => T::Sentences,
        "Link" | "JsonLd" | "LongUnlinked" => T::Links,
        "Run" | "RunByKind" | "RunWords" | "RunShare" => T::Run,
        "Nav" | "NavName" | "Article" | "BodyName" | "Form" | "CommentName" | "CommentItem"
        | "ProseCommentName" => T::Marks,
        "Html" | "Depth" => return None,
        _ if clue.starts_with("SaidOf") => {
            T::Said(templates::label_of_prior(value.parse().unwrap_or(0)))
        }
        _ if begins(&["Mine"]) => T::FirstLook,
        _ if begins(&["Digit"]) => T::Digits,
        _ if begins(&["Capitals"]) => T::Capitals,
        _ if begins(&["SmallWords", "WordLength"]) => T::SmallWords,
        _ if begins(&["Self", "Personal", "Informal"]) => T::Voice,
        _ if begins(&["Voice"]) => T::Sound,
        _ if begins(&["Overlap"]) => T::Subject,
        "Breaks" | "SinceBreak" => T::Breaks,
        _ if begins(&["Ui", "SiteLead", "Separators"]) => T::Furniture,
        _ if begins(&["Byline"]) => T::Byline,
        _ if begins(&[
            "KindMany",
            "KindWords",
            "KindLinked",
            "KindProse",
            "KindShare",
            "KindDates",
        ]) =>
        {
            T::Tree
        }
        _ if begins(&[
            "KindBody",
            "KindComment",
            "BodyNear",
            "BodyWide",
            "CommentNear",
            "CommentWide",
        ]) || begins(&["BodyBefore", "BodyAfter", "CommentBefore", "CommentAfter"])
            || begins(&["BodyAbove", "BodyBelow", "CommentAbove", "CommentBelow"])
            || begins(&["SinceBody", "ToBody", "BodyMass", "CommentMass", "Element"])
            || matches!(clue, "SinceComment" | "ToComment") =>
        {
            T::Around
        }
        _ if begins(&[
            "Comments",
            "BelowComments",
            "InComments",
            "SinceComments",
            "ToComments",
        ]) || begins(&["AsksFor", "AfterForm", "SinceForm", "ProseInComments"]) =>
        {
            T::Comments
        }
        _ if begins(&[
            "Date",
            "SinceDate",
            "ToDate",
            "SinceReply",
            "ToReply",
            "Replies",
            "Reply",
        ]) || begins(&[
            "Says",
            "AfterDate",
            "BeforeDate",
            "BeforeReply",
            "CommentLines",
        ]) || begins(&["ProseAmongComment"]) =>
        {
            T::Dates
        }
        _ if begins(&["Related", "BelowRelated", "NearRelated", "SinceRelated"]) => T::Related,
        _ if begins(&[
            "InRun",
            "ProseInRun",
            "JustBefore",
            "BeforeRun",
            "JustAfter",
            "AfterRun",
        ]) || begins(&["ProseOutside", "FromRun", "LongOutside", "ProseInTail"]) =>
        {
            T::Run
        }
        _ if begins(&[
            "Density",
            "WideDensity",
            "ProseAround",
            "ProseAbove",
            "ProseBelow",
        ]) || begins(&["ProseFar", "WordsAround"]) =>
        {
            T::ProseAround
        }
        _ if begins(&["FromStart", "FromEnd", "Tenth"]) => T::Place,
        _ if begins(&[
            "FromMain",
            "SameParent",
            "SameGrand",
            "OtherParent",
            "Shares",
            "Prose1",
        ]) || begins(&["Prose2", "Prose3", "Linked1", "Linked2", "Linked3", "Many"]) =>
        {
            T::Tree
        }
        _ if begins(&["Marks", "OutsideArticle", "ArticleBody"]) => T::Marks,
        _ if begins(&[
            "LinksBefore",
            "LinksAfter",
            "TagBefore",
            "TagAfter",
            "KindPair",
            "KindTriple",
        ]) || begins(&[
            "KindBefore",
            "KindAfter",
            "SizeBefore",
            "SizeAfter",
            "LastBefore",
        ]) || begins(&[
            "LastAfter",
            "FirstAfter",
            "Gap",
            "ProseBefore",
            "ProseAfter",
        ]) || begins(&["BetweenProse", "ShortAround", "FromBefore", "ToAfter"]) =>
        {
            T::Neighbours
        }
        _ if begins(&["Links"]) => T::Links,
        _ if begins(&[
            "Paragraph",
            "Heading",
            "Item",
            "Cell",
            "Quote",
            "Caption",
            "Tag",
            "Steps",
        ]) =>
        {
            T::Element
        }
        _ if begins(&["Ends", "LongEnds", "Starts", "Sentences"]) => T::Sentences,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_is_about_something() {
        let silent: Vec<String> = (0..templates::FEATURES as u32)
            .map(templates::name)
            .filter(|name| topic(name).is_none())
            .map(|name| name.split(' ').next().unwrap_or_default().to_owned())
            .collect();
        let mut silent: Vec<&str> = silent.iter().map(String::as_str).collect();
        silent.dedup();
        assert_eq!(silent, ["Bias", "Html", "Depth"]);
    }
}
