//! Where one comment ends and the next begins.

use std::collections::BTreeSet;

use super::features::Hints;
use super::look::Look;
use super::rules::{COMMENT, NAV};
use crate::learn::Verdict;

/// Takes out of the comments what only stands around them, and numbers what is left: for each block that is part of a
/// comment, the comment's number; blocks with one number follow each other.
///
/// Where the markup says which element is one comment, that decides. Else the lines with a date or `says:` do: above
/// what they belong to, if a run of comments begins with one, else below. Where there are none, each block is a comment.
/// Headings over comments, forms that ask for one, and the buttons under one are not what somebody wrote.
pub fn group(looks: &[Look], hints: &[Hints], verdicts: &mut [Verdict]) -> Vec<Option<u32>> {
    for (verdict, look) in verdicts.iter_mut().zip(looks) {
        if verdict.label == COMMENT
            && (look.comments_heading || (look.asks_for_comment && look.words <= 20))
        {
            verdict.label = NAV;
        }
    }
    let mut groups = vec![None; looks.len()];
    let mut next = 0;
    let mut at = 0;
    while at < looks.len() {
        if !is_comment(verdicts, at) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < looks.len() && is_comment(verdicts, end) {
            end += 1;
        }
        let starts = starts_in(looks, hints, at..end);
        for (index, group) in groups.iter_mut().enumerate().take(end).skip(at) {
            if starts.contains(&index) || index == at {
                next += 1;
            }
            *group = Some(next);
        }
        at = end;
    }
    let mut behind = None;
    for ((group, verdict), look) in groups.iter_mut().zip(verdicts).zip(looks).rev() {
        let is_last = group.is_some() && *group != behind;
        if is_last && look.reply {
            verdict.label = NAV;
            *group = None;
        } else {
            behind = *group;
        }
    }
    groups
}

fn is_comment(verdicts: &[Verdict], at: usize) -> bool {
    verdicts
        .get(at)
        .is_some_and(|verdict| verdict.label == COMMENT)
}

/// The blocks of a run with which a comment begins.
fn starts_in(looks: &[Look], hints: &[Hints], run: std::ops::Range<usize>) -> BTreeSet<usize> {
    let number = |at: usize| hints.get(at).and_then(|hints| hints.comment);
    let is_line = |at: usize| {
        looks
            .get(at)
            .is_some_and(|look| look.date_line || look.says)
    };
    let is_prose = |at: usize| {
        looks
            .get(at)
            .is_some_and(|look| !look.date_line && !look.says && !look.reply && look.words >= 4)
    };
    let first = run.start;
    let pairs = || run.clone().skip(1).map(|at| (at - 1, at));
    let marked = run.clone().any(|at| number(at).is_some());
    if marked {
        return pairs()
            .filter(|(before, at)| number(*before) != number(*at))
            .map(|(_, at)| at)
            .collect();
    }
    if !run.clone().any(is_line) {
        return run.filter(|at| is_prose(*at)).collect();
    }
    // The first of several such lines in a row: a name's date may stand on the next line.
    let heads_first = (first..run.end).take(3).any(is_line);
    if heads_first {
        let mut starts: BTreeSet<usize> = pairs()
            .filter(|(before, at)| is_line(*at) && !is_line(*before))
            .map(|(_, at)| at)
            .collect();
        // A name on a line of its own, right above the date.
        for at in starts.clone() {
            let above = at.saturating_sub(1);
            let is_name = looks.get(above).is_some_and(|look| {
                look.words <= 4 && !look.ends && !look.reply && !look.comments_heading && !look.ui
            });
            if above > first && is_name {
                starts.remove(&at);
                starts.insert(above);
            }
        }
        return starts;
    }
    pairs()
        .filter(|(before, at)| is_line(*before) && !is_line(*at))
        .map(|(_, at)| at)
        .collect()
}
