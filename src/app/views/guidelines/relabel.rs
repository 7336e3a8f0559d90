//! Guidelines follow the labels: a renamed label's heading gets the new name, and a deleted label's
//! section goes.

use super::{Fence, heading_about, heading_depth, heading_words, is_of_label};

/// The guidelines after a change of labels, and what that changes in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relabelled {
    /// The Markdown.
    pub markdown: String,
    /// Headings that get another name: the old heading and the new one.
    pub renamed: Vec<(String, String)>,
    /// The headings of the sections that go.
    pub removed: Vec<String>,
}

/// A heading in Markdown, by the number of its line.
struct Heading {
    line: usize,
    depth: usize,
    words: String,
}

/// The guidelines with the headings of `renamed` labels (from, to) renamed and the sections of
/// `removed` labels taken away. A section goes only if its heading is the label and nothing else,
/// with the headings under it.
#[must_use]
pub fn relabelled(markdown: &str, renamed: &[(String, String)], removed: &[String]) -> Relabelled {
    let mut lines: Vec<String> = markdown.split_inclusive('\n').map(str::to_owned).collect();
    let headings = headings(&lines);
    let known = || {
        headings
            .iter()
            .enumerate()
            .map(|(at, heading)| (at, heading.words.as_str()))
    };
    let mut told = Relabelled::default();
    for (from, to) in renamed {
        let Some(heading) = heading_about(known(), from).and_then(|at| headings.get(at)) else {
            continue;
        };
        if let Some(line) = lines.get_mut(heading.line) {
            *line = with_word(line, from, to);
            told.renamed
                .push((heading.words.clone(), with_word(&heading.words, from, to)));
        }
    }
    for label in removed {
        let is = |heading: &Heading| heading.words.to_lowercase() == label.to_lowercase();
        let Some(at) = headings.iter().position(is) else {
            continue;
        };
        let Some(heading) = headings.get(at) else {
            continue;
        };
        let next = headings
            .iter()
            .skip(at + 1)
            .find(|next| next.depth <= heading.depth);
        let end = next.map_or(lines.len(), |next| next.line);
        for line in lines.get_mut(heading.line..end).unwrap_or_default() {
            line.clear();
        }
        told.removed.push(heading.words.clone());
    }
    told.markdown = lines.concat();
    told
}

fn headings(lines: &[String]) -> Vec<Heading> {
    let mut fence = Fence::default();
    let mut headings = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim_end_matches(['\n', '\r']);
        let in_code = fence.pass(line);
        if let Some(depth) = heading_depth(line).filter(|_| !in_code) {
            let plain = line.trim_start();
            headings.push(Heading {
                line: at,
                depth,
                words: heading_words(plain.get(depth..).unwrap_or_default()),
            });
        }
    }
    headings
}

/// A line with another word in place of a label, whatever its case.
fn with_word(line: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !is_of_label(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(if word.to_lowercase() == from.to_lowercase() {
            to
        } else {
            word
        });
        let mark = after.chars().next().map_or(0, char::len_utf8);
        let (mark, left) = after.split_at(mark);
        out.push_str(mark);
        rest = left;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = "# Entities\n\n## `GPE`\nTowns and GPE.\n```\n## NORP\n```\n\n## NORP\nPeoples.\n### Doubt\nAsk.\n\n## ORG\nFirms.\n";

    #[test]
    fn a_renamed_label_renames_its_heading_and_a_deleted_one_takes_its_section_along() {
        let owned = |words: &str| words.to_owned();
        let told = relabelled(
            GUIDE,
            &[(owned("GPE"), owned("PLACE"))],
            &[owned("norp"), owned("LAW")],
        );
        assert_eq!(
            told.markdown,
            "# Entities\n\n## `PLACE`\nTowns and GPE.\n```\n## NORP\n```\n\n## ORG\nFirms.\n"
        );
        assert_eq!(told.renamed, [(owned("GPE"), owned("PLACE"))]);
        assert_eq!(told.removed, ["NORP"]);
        assert_eq!(relabelled(GUIDE, &[], &[]).markdown, GUIDE);
    }

    #[test]
    fn two_labels_can_swap_their_names() {
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let told = relabelled(GUIDE, &[pair("GPE", "ORG"), pair("ORG", "GPE")], &[]);
        assert!(
            told.markdown.contains("## `ORG`\nTowns"),
            "{}",
            told.markdown
        );
        assert!(told.markdown.contains("## GPE\nFirms"), "{}", told.markdown);
    }
}
