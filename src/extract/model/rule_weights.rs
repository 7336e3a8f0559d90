//! The weights of the rules.
//!
//! Fitted once, as a whole, to human body labels of public pages whose labels may be used freely
//! (scrapinghub's article extraction benchmark, MIT; fundus, MIT; WCXB 1.0, CC BY 4.0) and to
//! comment containers named in those pages' markup; rounded; [`Feature::ProseInTail`], which such
//! pages do not show, was set by hand. A weight means little alone: features overlap, and what one
//! says too much the next takes back.

use crate::extract::features::Feature;

/// For each feature, by number: what it says for body and for comment; nav is what the rest is, at
/// zero.
#[rustfmt::skip]
pub const WEIGHTS: &[(Feature, f32, f32)] = &[
    (Feature::Bias, 0.19, -0.47),
    (Feature::Words, 0.38, 0.03),
    (Feature::Words2, -0.68, -0.54),
    (Feature::Words5, -0.30, -0.35),
    (Feature::Words8, -0.33, -0.50),
    (Feature::Words15, 0.40, -0.09),
    (Feature::Words30, 0.24, 0.42),
    (Feature::Words80, 0.66, 0.50),
    (Feature::Ends, 0.41, 0.17),
    (Feature::LongEnds, 0.83, 0.37),
    (Feature::Sentences2, -0.31, 0.20),
    (Feature::Sentences4, 0.06, 0.17),
    (Feature::Commas, 0.23, 0.41),
    (Feature::TitleCase, -0.14, -0.87),
    (Feature::AllCaps, -0.52, -0.41),
    (Feature::Digits, 0.54, -0.12),
    (Feature::Ui, -0.72, -0.22),
    (Feature::SiteLead, -2.84, -1.05),
    (Feature::Separators, -0.56, -1.06),
    (Feature::StartsLower, 0.22, 0.96),
    (Feature::StartsQuote, 0.24, -0.66),
    (Feature::EndsColon, 1.46, 0.71),
    (Feature::EndsDots, 0.15, 0.50),
    (Feature::EndsQuestion, -0.49, 0.17),
    (Feature::Address, -0.58, 0.45),
    (Feature::DateLine, -0.86, 0.39),
    (Feature::Byline, -1.67, -0.60),
    (Feature::CommentsHeading, -0.49, 0.23),
    (Feature::AsksForComment, -0.52, 0.89),
    (Feature::Reply, -0.10, -0.35),
    (Feature::RelatedHeading, -0.71, -0.30),
    (Feature::Says, -0.25, 1.25),
    (Feature::Informal, -0.39, -0.16),
    (Feature::Personal, -0.18, 0.76),
    (Feature::Duplicate, -0.34, -1.21),
    (Feature::Title, -0.61, -0.55),
    (Feature::ProseBefore, -1.42, -0.14),
    (Feature::ProseAfter, -0.83, -0.44),
    (Feature::BetweenProse, 0.04, -1.22),
    (Feature::Density, -0.19, 0.26),
    (Feature::WideDensity, 0.18, 0.02),
    (Feature::ShortAround, 0.28, 0.16),
    (Feature::InRun, -0.11, -0.33),
    (Feature::ProseInRun, 0.86, -0.06),
    (Feature::JustBeforeRun, -0.54, -0.22),
    (Feature::BeforeRun, -0.10, -1.25),
    (Feature::JustAfterRun, -0.26, -0.77),
    (Feature::AfterRun, -0.20, -0.39),
    (Feature::ProseOutsideRun, 0.65, 0.55),
    (Feature::FromRun, -0.09, -0.35),
    (Feature::LongOutsideRun, -0.27, -0.30),
    (Feature::BelowComments, 0.22, 1.41),
    (Feature::InComments, -1.21, 0.16),
    (Feature::ProseInComments, -0.18, 0.23),
    (Feature::AfterDateLine, 0.45, -0.53),
    (Feature::BeforeDateLine, 0.51, -0.06),
    (Feature::CommentLines, -0.15, 0.39),
    (Feature::ProseAmongCommentLines, 0.12, 0.23),
    (Feature::BeforeReply, -0.13, 0.78),
    (Feature::AfterForm, -1.19, -0.37),
    (Feature::BelowRelated, -1.02, -0.23),
    (Feature::NearRelated, -0.42, -0.50),
    (Feature::ProseInTail, -2.0, 4.5),
    (Feature::Html, -0.37, -0.38),
    (Feature::Link, -0.38, -0.44),
    (Feature::Linked, -0.17, -0.58),
    (Feature::LongUnlinked, 0.39, 0.05),
    (Feature::Paragraph, 0.94, 0.01),
    (Feature::Heading1, 1.22, -0.03),
    (Feature::Heading, 1.06, -0.43),
    (Feature::Item, 0.71, -0.10),
    (Feature::Cell, 0.88, -0.06),
    (Feature::Quote, -0.09, -0.01),
    (Feature::Caption, -2.42, -0.27),
    (Feature::Nav, -0.20, -0.39),
    (Feature::NavName, -0.40, -0.29),
    (Feature::Article, -0.06, -0.12),
    (Feature::OutsideArticle, -0.48, -0.53),
    (Feature::ArticleBody, 0.25, -0.07),
    (Feature::OutsideArticleBody, -0.42, 0.04),
    (Feature::BodyName, 0.11, -0.22),
    (Feature::SameParent, -0.08, -1.20),
    (Feature::SameGrandparent, -0.24, -0.34),
    (Feature::OtherParent, -0.37, -0.25),
    (Feature::CommentName, 0.15, 2.23),
    (Feature::ProseCommentName, 0.45, 1.95),
    (Feature::CommentItem, 0.43, 0.42),
    (Feature::Form, -0.99, 0.71),
];

/// What speaks for a label at the start: body, comment, nav.
pub const START: [f32; 3] = [-0.99, -0.06, 1.05];

/// What speaks for a label (column) after another (row): body, comment, nav.
pub const TRANSITIONS: [[f32; 3]; 3] = [
    [0.73, -2.93, -1.60],
    [-2.91, 1.02, -1.54],
    [-1.94, -1.71, 0.83],
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
