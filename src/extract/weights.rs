//! The weights of the rules.
//!
//! Fitted once, as a whole, to human body labels of public pages whose labels may be used freely (scrapinghub's article
//! extraction benchmark, MIT; fundus, MIT; WCXB 1.0, CC BY 4.0) and to comment containers named in those pages' markup;
//! rounded; [`Feature::ProseInTail`], which such pages do not show, was set by hand. A weight means little alone:
//! features overlap, and what one says too much the next takes back.

use super::features::Feature;

/// For each feature, by number: what it says for body and for comment; nav is what the rest is, at zero.
#[rustfmt::skip]
pub const WEIGHTS: &[(Feature, f32, f32)] = &[
    (Feature::Bias, 0.19, -0.47),
    (Feature::Words, 0.41, 0.03),
    (Feature::Words2, -0.67, -0.54),
    (Feature::Words5, -0.30, -0.34),
    (Feature::Words8, -0.34, -0.50),
    (Feature::Words15, 0.37, -0.09),
    (Feature::Words30, 0.23, 0.44),
    (Feature::Ends, 0.42, 0.16),
    (Feature::LongEnds, 0.86, 0.36),
    (Feature::Sentences2, -0.34, 0.21),
    (Feature::Sentences4, 0.19, 0.21),
    (Feature::Commas, 0.23, 0.41),
    (Feature::TitleCase, -0.14, -0.87),
    (Feature::AllCaps, -0.49, -0.41),
    (Feature::Digits, 0.53, -0.12),
    (Feature::Ui, -0.72, -0.22),
    (Feature::SiteLead, -2.84, -1.05),
    (Feature::Separators, -0.53, -1.06),
    (Feature::StartsLower, 0.22, 0.96),
    (Feature::StartsQuote, 0.24, -0.66),
    (Feature::EndsColon, 1.47, 0.71),
    (Feature::EndsDots, 0.16, 0.49),
    (Feature::EndsQuestion, -0.50, 0.16),
    (Feature::Address, -0.60, 0.45),
    (Feature::DateLine, -0.85, 0.39),
    (Feature::Byline, -1.66, -0.59),
    (Feature::CommentsHeading, -0.48, 0.23),
    (Feature::AsksForComment, -0.53, 0.86),
    (Feature::Reply, -0.10, -0.35),
    (Feature::RelatedHeading, -0.71, -0.30),
    (Feature::Says, -0.24, 1.24),
    (Feature::Informal, -0.38, -0.15),
    (Feature::Personal, -0.17, 0.77),
    (Feature::Duplicate, -0.35, -1.20),
    (Feature::Title, -0.64, -0.55),
    (Feature::ProseBefore, -1.45, -0.14),
    (Feature::ProseAfter, -0.86, -0.45),
    (Feature::BetweenProse, 0.06, -1.22),
    (Feature::Density, -0.18, 0.26),
    (Feature::WideDensity, 0.18, 0.02),
    (Feature::ShortAround, 0.29, 0.16),
    (Feature::InRun, -0.11, -0.33),
    (Feature::ProseInRun, 0.84, -0.05),
    (Feature::JustBeforeRun, -0.53, -0.21),
    (Feature::BeforeRun, -0.11, -1.26),
    (Feature::JustAfterRun, -0.24, -0.81),
    (Feature::AfterRun, -0.20, -0.39),
    (Feature::ProseOutsideRun, 0.64, 0.56),
    (Feature::FromRun, -0.09, -0.34),
    (Feature::LongOutsideRun, -0.26, -0.31),
    (Feature::BelowComments, 0.23, 1.41),
    (Feature::InComments, -1.21, 0.16),
    (Feature::ProseInComments, -0.19, 0.24),
    (Feature::AfterDateLine, 0.44, -0.52),
    (Feature::BeforeDateLine, 0.50, -0.05),
    (Feature::CommentLines, -0.15, 0.38),
    (Feature::ProseAmongCommentLines, 0.13, 0.23),
    (Feature::BeforeReply, -0.14, 0.78),
    (Feature::AfterForm, -1.19, -0.37),
    (Feature::BelowRelated, -1.04, -0.23),
    (Feature::NearRelated, -0.42, -0.50),
    (Feature::ProseInTail, -2.0, 4.5),
    (Feature::Html, -0.37, -0.39),
    (Feature::Link, -0.39, -0.44),
    (Feature::Linked, -0.18, -0.58),
    (Feature::LongUnlinked, 0.39, 0.05),
    (Feature::Paragraph, 0.94, 0.00),
    (Feature::Heading1, 1.18, -0.03),
    (Feature::Heading, 1.09, -0.42),
    (Feature::Item, 0.69, -0.11),
    (Feature::Cell, 0.88, -0.06),
    (Feature::Quote, -0.06, -0.01),
    (Feature::Caption, -2.42, -0.28),
    (Feature::Nav, -0.26, -0.38),
    (Feature::NavName, -0.40, -0.27),
    (Feature::Article, -0.07, -0.11),
    (Feature::OutsideArticle, -0.48, -0.52),
    (Feature::ArticleBody, 0.26, -0.07),
    (Feature::OutsideArticleBody, -0.40, 0.03),
    (Feature::BodyName, 0.14, -0.23),
    (Feature::SameParent, -0.08, -1.21),
    (Feature::SameGrandparent, -0.26, -0.34),
    (Feature::OtherParent, -0.38, -0.25),
    (Feature::CommentName, 0.04, 2.22),
    (Feature::ProseCommentName, 0.52, 1.94),
    (Feature::CommentItem, 0.48, 0.42),
    (Feature::Form, -0.35, 0.73),
];

/// What speaks for a label at the start: body, comment, nav.
pub const START: [f32; 3] = [-1.00, -0.08, 1.08];

/// What speaks for a label (column) after another (row): body, comment, nav.
pub const TRANSITIONS: [[f32; 3]; 3] = [
    [0.72, -2.94, -1.60],
    [-2.92, 1.03, -1.53],
    [-1.95, -1.71, 0.84],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_has_its_weight_at_its_place() {
        let named: Vec<Feature> = WEIGHTS.iter().map(|(feature, ..)| *feature).collect();
        assert_eq!(named, Feature::ALL);
    }
}
