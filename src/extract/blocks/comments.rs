//! Separates adjacent comments.

use std::collections::BTreeSet;

use crate::extract::features::Hints;
use crate::extract::features::surface::SurfaceFeatures;
use crate::learn::Prediction;

/// Numbers the comments: returns for each block of a comment the comment's number. Blocks of one
/// comment are adjacent.
///
/// Headings over comments, forms, notices and buttons are relabelled as nav.
///
/// Markup that encloses one comment decides. Otherwise lines with a date or `says:` separate
/// comments: they head comments if a run begins with one, and close them otherwise. Without such
/// lines each block is a comment.
///
/// `comment` and `nav` are the numbers of these labels; `gaps` are the line feeds before each
/// block.
pub fn group(
    surfaces: &[SurfaceFeatures],
    hints: &[Hints],
    gaps: &[usize],
    verdicts: &mut [Prediction],
    comment: usize,
    nav: usize,
) -> Vec<Option<u32>> {
    for (verdict, surface) in verdicts.iter_mut().zip(surfaces) {
        if verdict.label == comment
            && (surface.comments_heading || surface.asks_for_comment || surface.reply)
        {
            verdict.label = nav;
        }
    }
    close_gaps(surfaces, verdicts, comment);
    let is_comment = |verdicts: &[Prediction], at: usize| {
        verdicts
            .get(at)
            .is_some_and(|verdict| verdict.label == comment)
    };
    let mut groups = vec![None; surfaces.len()];
    let mut next = 0;
    let mut at = 0;
    while at < surfaces.len() {
        if !is_comment(verdicts, at) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < surfaces.len() && is_comment(verdicts, end) {
            end += 1;
        }
        let starts = starts_in(surfaces, hints, gaps, at..end);
        for (index, group) in groups.iter_mut().enumerate().take(end).skip(at) {
            if starts.contains(&index) || index == at {
                next += 1;
            }
            *group = Some(next);
        }
        at = end;
    }
    groups
}

/// Labels blocks between two comments of a thread as part of it, except buttons.
/// A few blocks that are no headings are; many only where they hold lines that comments have.
fn close_gaps(surfaces: &[SurfaceFeatures], verdicts: &mut [Prediction], comment: usize) {
    /// At most this many blocks, and this many if such lines are among them.
    const FEW: usize = 3;
    const MANY: usize = 12;

    let mut last: Option<usize> = None;
    for at in 0..verdicts.len() {
        if verdicts[at].label != comment {
            continue;
        }
        if let Some(last) = last
            && (2..=MANY + 1).contains(&(at - last))
        {
            let gap = &surfaces[last + 1..at];
            let heads = |surface: &SurfaceFeatures| {
                surface.comments_heading || surface.related_heading || surface.asks_for_comment
            };
            let has_lines = gap
                .iter()
                .chain([&surfaces[at]])
                .any(|surface| surface.date_line || surface.says || surface.reply);
            if !gap.iter().any(heads) && (gap.len() <= FEW || has_lines) {
                let between = verdicts[last + 1..at].iter_mut().zip(gap);
                for (verdict, _) in between.filter(|(_, surface)| !surface.reply) {
                    verdict.label = comment;
                    verdict.score = verdict.score.min(0.55);
                }
            }
        }
        last = Some(at);
    }
}

/// The blocks of a run that begin a comment.
fn starts_in(
    surfaces: &[SurfaceFeatures],
    hints: &[Hints],
    gaps: &[usize],
    run: std::ops::Range<usize>,
) -> BTreeSet<usize> {
    let number = |at: usize| hints.get(at).and_then(|hints| hints.comment);
    let is_line = |at: usize| {
        surfaces
            .get(at)
            .is_some_and(|surface| surface.date_line || surface.says)
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
        return bare_starts(surfaces, gaps, run);
    }
    // The first of several such lines in a row: a name's date may be on the next line.
    let heads_first = (first..run.end).take(3).any(is_line);
    if heads_first {
        let mut starts: BTreeSet<usize> = pairs()
            .filter(|(before, at)| is_line(*at) && !is_line(*before))
            .map(|(_, at)| at)
            .collect();
        // A name on a line of its own, right above the date.
        for at in starts.clone() {
            let above = at.saturating_sub(1);
            let is_name = surfaces.get(above).is_some_and(|surface| {
                surface.words <= 4
                    && !surface.ends
                    && !surface.reply
                    && !surface.comments_heading
                    && !surface.ui
            });
            if above >= first && is_name {
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

/// The blocks that begin a comment, for comments without names or dates.
///
/// If some gaps are wider than others, wide gaps separate comments and narrow ones paragraphs. If
/// all gaps are equal, each block is a comment, except lines that continue a sentence of the line
/// before.
fn bare_starts(
    surfaces: &[SurfaceFeatures],
    gaps: &[usize],
    run: std::ops::Range<usize>,
) -> BTreeSet<usize> {
    /// The longest line of a text whose lines were cut at a width, and the shortest one that was
    /// cut because it was full, in characters without white space.
    const WIDEST: usize = 80;
    const FULL: usize = 50;

    let gap = |at: usize| gaps.get(at).copied().unwrap_or(1);
    let inside = run.start + 1..run.end;
    let widest = inside.clone().map(gap).max().unwrap_or(1);
    let narrowest = inside.clone().map(gap).min().unwrap_or(1);
    let longest = surfaces
        .iter()
        .map(|surface| surface.characters)
        .max()
        .unwrap_or(0);
    let goes_on = |at: usize| {
        let before = &surfaces[at - 1];
        let is_full = longest <= WIDEST && before.characters >= FULL;
        gap(at) == 0 || gap(at) == 1 && is_full && !before.ends
    };
    let mut starts = BTreeSet::from([run.start]);
    for at in inside.clone() {
        let parts = if widest > narrowest {
            gap(at) == widest
        } else {
            !goes_on(at)
        };
        if parts {
            starts.insert(at);
        }
    }
    // Wider gaps in one place of a long thread say nothing about the rest.
    if starts.len() * 4 < run.len() && narrowest >= 1 && widest > narrowest {
        return std::iter::once(run.start)
            .chain(inside.filter(|at| !goes_on(*at)))
            .collect();
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Block, BytePos, Text};

    /// The comments of lines that are all taken for comments, each as its lines joined by `/`.
    fn comments(lines: &[&str]) -> Vec<String> {
        let text = Text::new(&lines.join("\n"));
        let mut start = 0;
        let blocks: Vec<Block> = lines
            .iter()
            .map(|line| {
                let end = start + line.len();
                let span = text
                    .span(BytePos::from_index(start), BytePos::from_index(end))
                    .unwrap();
                start = end + 1;
                Block {
                    span,
                    path: "".into(),
                    link_permille: 0,
                }
            })
            .collect();
        let hints = vec![Hints::default(); lines.len()];
        // A title that no line has, so that the first line is one like the others.
        let surfaces = SurfaceFeatures::at_all(&text, &blocks, &hints, "zzz");
        let mut verdicts = vec![
            Prediction {
                label: 0,
                score: 0.9
            };
            lines.len()
        ];
        let mut found: Vec<(u32, String)> = Vec::new();
        let gaps = vec![1; lines.len()];
        for (line, group) in lines
            .iter()
            .zip(group(&surfaces, &hints, &gaps, &mut verdicts, 0, 1))
        {
            let Some(group) = group else { continue };
            match found.last_mut() {
                Some((last, words)) if *last == group => {
                    words.push('/');
                    words.push_str(line);
                }
                _ => found.push((group, (*line).to_owned())),
            }
        }
        found.into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn lines_with_dates_head_comments() {
        let lines = [
            "Comments (2)",
            "Posted by Ada on 3 May 2020",
            "What a lovely bridge that is.",
            "I shall cross it every day.",
            "Reply",
            "Posted by Ben on 4 May 2020",
            "It is far too narrow for me.",
        ];
        assert_eq!(
            comments(&lines),
            [
                "Posted by Ada on 3 May 2020/What a lovely bridge that is./I shall cross it every day.",
                "Posted by Ben on 4 May 2020/It is far too narrow for me."
            ]
        );
    }

    #[test]
    fn or_close_them() {
        let lines = [
            "What a lovely bridge that is, says everybody here.",
            "And not only on Sundays when the sun is out.",
            "I shall cross it every day.",
            "Posted by Ada on 3 May 2020",
            "It is far too narrow for me.",
            "Posted by Ben on 4 May 2020",
        ];
        assert_eq!(comments(&lines).len(), 2);
        assert!(comments(&lines)[0].ends_with("3 May 2020"));
    }

    #[test]
    fn a_name_above_its_date_belongs_to_the_comment() {
        let lines = [
            "Ada Byron",
            "2 days ago at 7:52 am",
            "What a lovely bridge that is.",
            "Ben",
            "2 days ago at 8:10 am",
            "It is far too narrow for me.",
        ];
        assert_eq!(
            comments(&lines),
            [
                "Ada Byron/2 days ago at 7:52 am/What a lovely bridge that is.",
                "Ben/2 days ago at 8:10 am/It is far too narrow for me."
            ]
        );
    }

    /// Which lines are comments after gaps in a thread are closed; those that begin with `!` were
    /// taken for something else.
    fn closed(lines: &[&str]) -> Vec<bool> {
        let text = Text::new(&lines.join("\n"));
        let blocks = crate::extract::blocks_of_text(&text);
        let hints = vec![Hints::default(); blocks.len()];
        let surfaces = SurfaceFeatures::at_all(&text, &blocks, &hints, "zzz");
        let mut verdicts: Vec<Prediction> = lines
            .iter()
            .map(|line| Prediction {
                label: usize::from(line.starts_with('!')),
                score: 0.9,
            })
            .collect();
        close_gaps(&surfaces, &mut verdicts, 0);
        verdicts.iter().map(|verdict| verdict.label == 0).collect()
    }

    #[test]
    fn what_stands_between_two_comments_of_a_thread_is_part_of_it() {
        let thread = [
            "Ada on 3 May 2020",
            "!The bridge was built in 1894, and it has served the whole of the island ever since.",
            "Reply",
            "Ben on 4 May 2020",
            "It is far too narrow for me.",
        ];
        assert_eq!(closed(&thread), [true; 5]);
        let with_buttons = [
            "Ada on 3 May 2020",
            "It is far too narrow for me.",
            "!Reply",
            "Ben on 4 May 2020",
        ];
        assert_eq!(closed(&with_buttons), [true, true, false, true]);
        let two_lists = [
            "It is far too narrow for me.",
            "!Related articles",
            "!Storm closes ferry",
            "What a lovely bridge that is.",
        ];
        assert_eq!(closed(&two_lists), [true, false, false, true]);
    }

    /// The number of comments in a text of which all is taken for comments.
    fn count_in(text: &str) -> usize {
        let text = Text::new(text);
        let blocks = crate::extract::blocks_of_text(&text);
        let hints = vec![Hints::default(); blocks.len()];
        let surfaces = SurfaceFeatures::at_all(&text, &blocks, &hints, "zzz");
        let gaps = crate::extract::features::gaps(&text, &blocks);
        bare_starts(&surfaces, &gaps, 0..blocks.len()).len()
    }

    #[test]
    fn wide_gaps_part_comments_and_narrow_ones_paragraphs() {
        let text =
            "It was a lovely bridge.\n\nIt is too narrow now.\n\n\nThen build another.\n\n\nNo.";
        assert_eq!(count_in(text), 3);
        assert_eq!(count_in("It was lovely.\nIt is narrow.\nNo."), 3);
        assert_eq!(count_in("It was lovely.\n\nIt is narrow.\n\nNo."), 3);
    }

    #[test]
    fn a_wrapped_line_is_no_comment_of_its_own() {
        let text = "Nobody asked us before they closed the bridge, which everybody on the island\nneeds every day.\nThen build another one and let the people of the north pay for all\nof it.";
        assert_eq!(count_in(text), 2);
    }

    #[test]
    fn without_such_lines_each_paragraph_is_a_comment() {
        assert_eq!(
            comments(&[
                "What a lovely bridge that is.",
                "It is far too narrow for me."
            ])
            .len(),
            2
        );
    }
}
