//! Cutting scripts that are written without spaces.

use std::ops::Range;
use std::sync::LazyLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use super::Scan;
use super::characters::{CharKind, is_katakana, kind_of};

/// The dictionaries and models for scripts without spaces. They are part of the program.
static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_auto(WordBreakInvariantOptions::default()));

/// The number of bytes that are cut at once. The time of a model grows faster than its text.
const LONGEST_RUN: usize = 2048;

impl Scan<'_> {
    /// Reads letters of scripts without spaces. Returns their end.
    pub(super) fn unspaced(&mut self, from: usize) -> usize {
        let mut end = from;
        while let Some((c, width)) = self.char_at(end) {
            if kind_of(c) != CharKind::Unspaced || end - from > LONGEST_RUN {
                break;
            }
            end += width;
        }
        end = self.whole(end);
        let run = &self.text[from..end];
        let mut start = 0;
        for cut in SEGMENTER.segment_str(run) {
            if cut > start && self.whole(from + cut) == from + cut {
                self.join_katakana(from + start..from + cut);
                start = cut;
            }
        }
        self.push(from + start..end);
        // "バラク・オバマ" is one name.
        if self.text[..end].ends_with(is_katakana)
            && let Some(('・', width)) = self.char_at(end)
            && self
                .char_at(end + width)
                .is_some_and(|(c, _)| is_katakana(c))
        {
            self.push(end..end + width);
            return end + width;
        }
        end
    }

    /// Adds a token, or joins it to "バラク・" before it.
    fn join_katakana(&mut self, token: Range<usize>) {
        let count = self.tokens.len();
        if count >= 2
            && self.tokens[count - 1].end == token.start
            && self.tokens[count - 2].end == self.tokens[count - 1].start
            && &self.text[self.tokens[count - 1].clone()] == "・"
            && self.text[token.clone()].starts_with(is_katakana)
        {
            self.tokens.pop();
            if let Some(last) = self.tokens.last_mut() {
                last.end = token.end;
            }
            return;
        }
        self.push(token);
    }
}
