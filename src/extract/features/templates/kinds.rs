//! What kind of block something is, in few numbers.

use crate::extract::features::surface::SurfaceFeatures;
use crate::extract::features::{Hints, Tag};
use crate::model::Block;

pub(super) fn size(surface: &SurfaceFeatures) -> usize {
    match surface.words {
        0..=4 => surface.words,
        5..=6 => 5,
        7..=9 => 6,
        10..=14 => 7,
        15..=22 => 8,
        23..=35 => 9,
        36..=60 => 10,
        61..=120 => 11,
        _ => 12,
    }
}

/// A size in five.
pub(super) fn rough_size(surface: &SurfaceFeatures) -> usize {
    match surface.words {
        0..=2 => 0,
        3..=6 => 1,
        7..=14 => 2,
        15..=40 => 3,
        _ => 4,
    }
}

/// Prose, a line with a date or a number, another short line, the rest.
pub(super) fn sort(surface: &SurfaceFeatures) -> usize {
    if surface.prose {
        0
    } else if surface.words <= 8 && (surface.date_line || surface.digit_percent > 0) {
        1
    } else if surface.words <= 8 {
        2
    } else {
        3
    }
}

/// What kind of block this is: the first that fits.
pub(super) fn kind(surface: &SurfaceFeatures, hints: &Hints, block: &Block) -> usize {
    let tests = [
        surface.comments_heading,
        surface.asks_for_comment,
        surface.reply,
        surface.related_heading,
        surface.says,
        surface.byline && surface.words <= 12,
        surface.date_line,
        surface.ad,
        surface.site_lead,
        surface.ui,
    ];
    if let Some(found) = tests.iter().position(|holds| *holds) {
        return found;
    }
    let linked = block.link_permille > 500;
    let rest = match (surface.prose, surface.words) {
        (true, 40..) => 0,
        (true, _) => 1,
        (false, _) if matches!(hints.tag, Tag::Heading(_)) => 2,
        (false, _) if linked => 3,
        (false, 8..) if surface.ends => 4,
        (false, 8..) => 5,
        (false, 4..) => 6,
        _ => 7,
    };
    tests.len() + rest
}

pub(super) fn tag(hints: &Hints) -> usize {
    match hints.tag {
        Tag::Other => 0,
        Tag::Paragraph => 1,
        Tag::Heading(1) => 2,
        Tag::Heading(2) => 3,
        Tag::Heading(3) => 4,
        Tag::Heading(_) => 5,
        Tag::Item => 6,
        Tag::Cell => 7,
        Tag::Quote => 8,
        Tag::Caption => 9,
    }
}

pub(super) fn links(block: &Block) -> usize {
    match block.link_permille {
        0 => 0,
        1..=100 => 1,
        101..=300 => 2,
        301..=700 => 3,
        701..=990 => 4,
        _ => 5,
    }
}

/// What the markup says, as bits.
pub(super) fn marks(hints: &Hints) -> usize {
    [
        hints.nav,
        hints.nav_name,
        hints.article,
        hints.article_body,
        hints.body_name,
        hints.comments,
        hints.comment.is_some(),
        hints.form,
    ]
    .iter()
    .enumerate()
    .map(|(bit, holds)| usize::from(*holds) << bit)
    .sum()
}
