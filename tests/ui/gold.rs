//! The sample articles, brought from what the extractor suggests to their gold labels by keys
//! alone, and counted.
//!
//! An expert who knows the gold labels and the keys works through each article from top to bottom.
//! For each place where the annotation differs from the gold, the expert takes the shortest way
//! there that the keys offer (blocks, words, sentences, search) and the fewest keys to put it
//! right. The counts are in `gold.tsv`; a change to the keys, to what a key selects, or to the
//! extractor shows there. `UPDATE=1 cargo test --features ui-tests --test ui gold` writes it anew.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use copydesk::app::OpenArticle;
use copydesk::edit::names::{self, Hop};
use copydesk::edit::plan::Scope;
use copydesk::edit::{Selection, segment};
use copydesk::model::notation::{self, Notated};
use copydesk::model::{Annotation, Article, BytePos, Entity, Region, Schema, Span, Text};
use copydesk::quality::word_facts::LexiconFacts;

use crate::desk::Window;

/// Not counted: its 4,946 entities would take longer than all other tests together.
const LEFT_OUT: [&str; 1] = ["13-parliament-transcript"];

fn datasets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets")
}

/// The gold labels of each sample article, by its text.
fn gold() -> BTreeMap<String, (String, Notated)> {
    fs::read_dir(datasets().join("gold"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let notated = notation::parse(&fs::read_to_string(&path).unwrap()).unwrap();
            (notated.text.as_str().to_owned(), (name, notated))
        })
        .collect()
}

/// A region as far as it lies in a block: start, end, label, and whether it begins there.
type Piece = (BytePos, BytePos, String, bool);

fn pieces(annotation: &Annotation, block: Span) -> Vec<Piece> {
    annotation
        .regions_in(block)
        .iter()
        .map(|region| {
            (
                region.span.start().max(block.start()),
                region.span.end().min(block.end()),
                region.label.as_str().to_owned(),
                region.span.start() >= block.start(),
            )
        })
        .collect()
}

fn labels_of(pieces: &[Piece]) -> Vec<(BytePos, BytePos, &str)> {
    pieces
        .iter()
        .map(|(start, end, label, _)| (*start, *end, label.as_str()))
        .collect()
}

/// One who knows the gold labels and the keys.
struct Expert<'a> {
    window: &'a mut Window,
    gold: &'a Annotation,
    schema: Schema,
    keys: usize,
}

impl Expert<'_> {
    fn open(&self) -> &OpenArticle {
        self.window.state().article.as_ref().unwrap()
    }

    fn article(&self) -> &Article {
        self.open().article()
    }

    fn text(&self) -> &Text {
        &self.article().text
    }

    /// Presses the same chord several times.
    fn press(&mut self, chord: &str, times: usize) {
        for _ in 0..times {
            self.window.press(chord);
        }
        self.keys += times;
    }

    /// Searches, and leaves the hit selected.
    fn search(&mut self, words: &str) {
        self.press("Ctrl+F", 1);
        self.window.harness.step();
        for c in words.chars() {
            self.window.harness.event(egui::Event::Text(c.to_string()));
            self.window.harness.step();
            self.keys += 1;
        }
        self.press("Esc", 1);
    }

    /// The annotation as it would be if the article were marked done now.
    fn as_done(&self) -> Annotation {
        let mut annotation = self.open().session.annotation().clone();
        let scope = Scope {
            article: self.article(),
            annotation: &annotation.clone(),
            schema: &self.schema,
        };
        if let Ok(done) = scope.done() {
            done.apply(self.text(), &mut annotation).unwrap();
        }
        annotation
    }

    fn region_key(&self, label: &str) -> String {
        let key = self.schema.region(label).unwrap().key.unwrap();
        key.to_string()
    }

    /// Selects a block by the fewest arrow keys.
    fn go_to_block(&mut self, to: usize) {
        let start = self.article().blocks[to].span.start();
        if self.open().block == to && self.open().selection == Selection::caret(start) {
            return;
        }
        let way = self.way_to_block(self.open().block, to);
        if way.is_empty() {
            self.press("Home", 1); // in the block already, but not at its start
        }
        for chord in way {
            self.press(chord, 1);
        }
        assert_eq!(self.open().block, to);
    }

    /// The fewest keys from block to block: one on, one region on, or to an end of the article.
    fn way_to_block(&self, from: usize, to: usize) -> Vec<&'static str> {
        let blocks = &self.article().blocks;
        let last = blocks.len() - 1;
        let starts: Vec<usize> = self
            .open()
            .session
            .annotation()
            .regions()
            .iter()
            .filter_map(|region| self.article().block_at(region.span.start()))
            .collect();
        let step = |at: usize, chord: &str| match chord {
            "↓" => (at + 1).min(last),
            "↑" => at.saturating_sub(1),
            "Ctrl+↓" => starts.iter().copied().find(|&s| s > at).unwrap_or(last),
            "Ctrl+↑" => starts.iter().rev().copied().find(|&s| s < at).unwrap_or(0),
            "Ctrl+Home" => 0,
            _ => last,
        };
        let mut came: Vec<Option<(usize, &'static str)>> = vec![None; blocks.len()];
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front().filter(|at| *at != to) {
            for chord in ["↓", "↑", "Ctrl+↓", "Ctrl+↑", "Ctrl+Home", "Ctrl+End"] {
                let next = step(at, chord);
                if next != from && came[next].is_none() {
                    came[next] = Some((at, chord));
                    queue.push_back(next);
                }
            }
        }
        let mut way = Vec::new();
        let mut at = to;
        while let Some((before, chord)) = came[at].filter(|_| at != from) {
            way.push(chord);
            at = before;
        }
        way.reverse();
        way
    }

    /// Selects a stretch of the block that is selected, by words, and by characters where words do
    /// not fit.
    fn select_in_block(&mut self, start: BytePos, end: BytePos) {
        while self.open().selection.head < start {
            let here = self.open().selection.head;
            let word = segment::next_word_start(self.text(), here, self.text().end());
            self.press(if word <= start { "→" } else { "Alt+→" }, 1);
        }
        self.extend_to(end);
        let selected = self.open().selection;
        assert_eq!((selected.start(), selected.end()), (start, end));
    }

    /// Extends the selection to its end, by words, and by characters where words do not fit.
    fn extend_to(&mut self, end: BytePos) {
        while self.open().selection.head < end {
            let here = self.open().selection.head;
            let word = segment::next_word_end(self.text(), here, self.text().end());
            self.press(
                if word <= end {
                    "Shift+→"
                } else {
                    "Alt+Shift+→"
                },
                1,
            );
        }
    }

    /// Puts the regions right, from top to bottom.
    fn label_regions(&mut self) {
        let limit = self.keys + 4000;
        loop {
            let now = self.as_done();
            let blocks: Vec<Span> = self.article().blocks.iter().map(|b| b.span).collect();
            let differs = |block: &Span| pieces(&now, *block) != pieces(self.gold, *block);
            let Some(at) = blocks.iter().position(differs) else {
                return;
            };
            let (have, want) = (pieces(&now, blocks[at]), pieces(self.gold, blocks[at]));
            assert!(
                self.keys < limit,
                "block {at} cannot be put right: it has {have:?}, and should have {want:?}: {:?}",
                self.text().slice(blocks[at])
            );
            self.go_to_block(at);
            if labels_of(&have) == labels_of(&want) {
                self.cut_or_join(&have, &want);
            } else if let [(start, end, label, _)] = want.as_slice()
                && Some((*start, *end))
                    == self.text().trim(blocks[at]).map(|s| (s.start(), s.end()))
            {
                let label = label.clone();
                self.label_blocks(at, &label, &now, &blocks);
            } else {
                self.carve(&have, &want);
            }
        }
    }

    /// Labels the block, and all that follow if that puts more right than wrong.
    fn label_blocks(&mut self, at: usize, label: &str, now: &Annotation, blocks: &[Span]) {
        let alike = |annotation: &Annotation, block: Span| {
            let pieces = pieces(annotation, block);
            !pieces.is_empty() && pieces.iter().all(|piece| piece.2 == label)
        };
        let key = self.region_key(label);
        let rest = blocks.get(at..).unwrap_or_default();
        let right = |wanted: bool| {
            rest.iter()
                .filter(|block| !alike(now, **block) && alike(self.gold, **block) == wanted)
                .count()
        };
        let spoilt = rest
            .iter()
            .filter(|block| {
                !alike(self.gold, **block) && pieces(now, **block) == pieces(self.gold, **block)
            })
            .count();
        if right(true) > spoilt + 1 {
            self.press(&format!("Shift+{key}"), 1);
        } else {
            self.press(&key, 1);
        }
    }

    /// Labels what is within a block; the longest piece with the whole block at once.
    fn carve(&mut self, have: &[Piece], want: &[Piece]) {
        let longest = want.iter().max_by_key(|(start, end, ..)| end.0 - start.0);
        let Some((_, _, label, _)) = longest.cloned() else {
            self.press("Delete", 1);
            return;
        };
        if have.iter().any(|piece| piece.2 != label) && want.iter().all(|piece| piece.2 == label) {
            let key = self.region_key(&label);
            self.press(&key, 1);
            return;
        }
        // What lies in a piece of its own label needs no key: its neighbours cut it out.
        let is_there = |piece: &Piece| {
            have.iter()
                .any(|have| have.0 <= piece.0 && piece.1 <= have.1 && have.2 == piece.2)
        };
        let wrong = want.iter().find(|piece| !is_there(piece));
        let Some((start, end, label, _)) = wrong.cloned() else {
            self.press("Delete", 1);
            return;
        };
        self.select_in_block(start, end);
        let key = self.region_key(&label);
        self.press(&key, 1);
    }

    /// Cuts a region before the block, or joins it with the one before.
    fn cut_or_join(&mut self, have: &[Piece], want: &[Piece]) {
        let differs = have.iter().zip(want).find(|(have, want)| have.3 != want.3);
        let Some((_, want)) = differs else { return };
        self.press(if want.3 { "s" } else { "m" }, 1);
    }

    /// Tags the entities that are not there, from top to bottom.
    fn tag_entities(&mut self) {
        let gold: Vec<Entity> = self.gold.entities().to_vec();
        for wanted in &gold {
            if self.has(wanted) {
                continue;
            }
            self.select_entity(wanted);
            let key = self
                .schema
                .entity(wanted.label.as_str())
                .unwrap()
                .key
                .unwrap();
            self.press(&key.to_string(), 1);
            assert!(self.has(wanted), "{wanted:?} {}", self.window.notices());
            if self.everywhere_pays(wanted) {
                self.press("a", 1);
            }
        }
        // What "everywhere" tagged too much goes.
        loop {
            let here = self.open().session.annotation().entities();
            let Some(wrong) = here.iter().find(|entity| !holds(&gold, entity)).cloned() else {
                return;
            };
            self.select_entity(&wrong);
            self.press("Delete", 1);
        }
    }

    fn has(&self, wanted: &Entity) -> bool {
        holds(self.open().session.annotation().entities(), wanted)
    }

    fn everywhere_pays(&self, entity: &Entity) -> bool {
        let scope = self.open().scope(&self.schema);
        let (mut right, mut wrong) = (0, 0);
        for span in scope.further_occurrences(entity) {
            let tagged = Entity {
                span,
                ..entity.clone()
            };
            if holds(self.gold.entities(), &tagged) {
                right += usize::from(!self.has(&tagged));
            } else {
                wrong += 1;
            }
        }
        right > 2 * wrong
    }

    /// Puts the caret on the entity, or selects it, by the way with the fewest keys.
    fn select_entity(&mut self, entity: &Entity) {
        let span = entity.span;
        let ways = [
            self.by_names(span),
            self.by_words(span),
            self.by_sentences(span),
            self.by_words_from_the_end(span),
        ];
        let shortest = ways.into_iter().flatten().min_by_key(Vec::len);
        let search = self.by_search(span);
        match (shortest, search) {
            (Some(keys), search) if search.as_ref().is_none_or(|(cost, _)| keys.len() <= *cost) => {
                for chord in keys {
                    self.press(chord, 1);
                }
            }
            (_, Some((_, prefix))) => {
                self.search(&prefix);
                self.extend_to(span.end());
            }
            (_, None) => {
                let block = self.article().block_at(span.start()).unwrap();
                self.go_to_block(block);
                self.select_in_block(span.start(), span.end());
            }
        }
        let here = self.open().selection;
        assert!(
            self.open().selected() == Some(span) || here.head == span.start(),
            "{entity:?} {here:?}"
        );
    }

    /// The keys to the block of a span, and where the caret is then.
    fn to_block_of(&self, span: Span) -> Option<(Vec<&'static str>, BytePos)> {
        let article = self.open();
        let to = self.article().block_at(span.start())?;
        let here = article.selection;
        if article.block == to && here.end() <= span.start() {
            return Some((Vec::new(), here.end()));
        }
        let mut way = self.way_to_block(article.block, to);
        if way.is_empty() {
            way.push("Home");
        }
        Some((way, self.article().blocks[to].span.start()))
    }

    /// By blocks, and then by hops from name to name; or by hops alone.
    fn by_names(&self, span: Span) -> Option<Vec<&'static str>> {
        let skip = |name: Span| {
            let annotation = self.open().session.annotation();
            let region = annotation.region_at(name.start());
            let tags = |region: &Region| {
                let label = self.schema.region(region.label.as_str());
                label.is_none_or(|label| label.tag_entities)
            };
            !region.is_none_or(tags) || annotation.entities_in(name).next().is_some()
        };
        let hops = |mut keys: Vec<&'static str>, mut at: BytePos| {
            for _ in 0..12 {
                let Hop::Name(name) =
                    names::next_name(self.text(), at, &LexiconFacts::shipped(), skip)
                else {
                    return None;
                };
                keys.push("w");
                if name == span {
                    return Some(keys);
                }
                at = name.end();
            }
            None
        };
        let from_here = hops(Vec::new(), self.open().selection.end());
        let (way, start) = self.to_block_of(span)?;
        let from_block = hops(way, start);
        [from_here, from_block]
            .into_iter()
            .flatten()
            .min_by_key(Vec::len)
    }

    /// By blocks, then by sentences, then by words.
    fn by_sentences(&self, span: Span) -> Option<Vec<&'static str>> {
        let (mut keys, mut at) = self.to_block_of(span)?;
        let block = self.article().blocks[self.article().block_at(span.start())?].span;
        loop {
            let next = segment::next_sentence_start(self.text(), at, block.end());
            if next > span.start() || next == at {
                break;
            }
            at = next;
            keys.push("Ctrl+→");
        }
        self.words_on(span, keys, at)
    }

    /// By blocks, and then by words.
    fn by_words(&self, span: Span) -> Option<Vec<&'static str>> {
        let (keys, at) = self.to_block_of(span)?;
        self.words_on(span, keys, at)
    }

    /// On from a place by words, and the span selected.
    fn words_on(
        &self,
        span: Span,
        mut keys: Vec<&'static str>,
        mut at: BytePos,
    ) -> Option<Vec<&'static str>> {
        while at < span.start() {
            let word = segment::next_word_start(self.text(), at, span.end());
            if word > span.start() || word == at {
                return None;
            }
            at = word;
            keys.push("→");
        }
        self.with_selection_of(span, keys)
    }

    /// To the end of the block, and back by words.
    fn by_words_from_the_end(&self, span: Span) -> Option<Vec<&'static str>> {
        let (to, block) = (self.open().block, self.article().block_at(span.start())?);
        let mut keys = self.way_to_block(to, block);
        keys.push("End");
        let mut at = self.article().blocks[block].span.end();
        while at > span.start() {
            let word = segment::prev_word_start(self.text(), at, span.start());
            if word == at {
                return None;
            }
            at = word;
            keys.push("←");
        }
        self.with_selection_of(span, keys)
    }

    /// With the caret at its start, the keys that select the span; none if it is the word there.
    fn with_selection_of(
        &self,
        span: Span,
        mut keys: Vec<&'static str>,
    ) -> Option<Vec<&'static str>> {
        if segment::word_at(self.text(), span.start()) == Some(span) {
            return Some(keys);
        }
        let mut at = span.start();
        while at < span.end() {
            let word = segment::next_word_end(self.text(), at, self.text().end());
            if word > span.end() {
                at = BytePos::from_index(segment::next_grapheme(self.text().as_str(), at.index()));
                keys.push("Alt+Shift+→");
            } else {
                at = word;
                keys.push("Shift+→");
            }
        }
        Some(keys)
    }

    /// The shortest beginning of the span's words that a search from here finds there first, and
    /// how many keys it takes.
    fn by_search(&self, span: Span) -> Option<(usize, String)> {
        let text = self.text().as_str().to_lowercase();
        if text.len() != self.text().len() {
            return None;
        }
        let from = self.open().selection.start().index();
        let words = self.text().slice(span);
        words.char_indices().skip(1).find_map(|(at, c)| {
            let prefix = &words[..at + c.len_utf8()];
            let lower = prefix.to_lowercase();
            let hit = text.get(from..)?.find(&lower).map(|hit| from + hit);
            let found = hit.or_else(|| text.find(&lower))? == span.start().index();
            (found && prefix.trim() == prefix)
                .then(|| (2 + prefix.chars().count(), prefix.to_owned()))
        })
    }
}

fn holds(entities: &[Entity], wanted: &Entity) -> bool {
    entities
        .iter()
        .any(|entity| entity.span == wanted.span && entity.label == wanted.label)
}

/// What is kept of an annotation in the training data.
fn facts(text: &Text, annotation: &Annotation) -> Vec<String> {
    let regions = annotation.regions().iter().map(|r| (r.span, &r.label));
    let entities = annotation.entities().iter().map(|e| (e.span, &e.label));
    regions
        .chain(entities)
        .map(|(span, label)| {
            let words = text.slice(span);
            format!("{label} {}..{} {words}", span.start().0, span.end().0)
        })
        .collect()
}

#[test]
fn an_expert_needs_so_many_keys_from_the_suggestions_to_the_gold_labels() {
    let gold = gold();
    let mut window = Window::on_files(&datasets().join("news-sample"));
    let mut table = String::from("article\tentities\tkeys for regions\tkeys for entities\n");
    let (mut articles, mut sums) = (0, [0; 3]);
    let mut stopped = Vec::new();
    loop {
        let open = window.state().article.as_ref().unwrap();
        let (key, text) = (open.key, open.article().text.as_str().to_owned());
        let (name, notated) = &gold[&text];
        if !LEFT_OUT.contains(&name.as_str()) {
            let schema = window.state().schema().unwrap().clone();
            let mut expert = Expert {
                window: &mut window,
                gold: &notated.annotation,
                schema,
                keys: 0,
            };
            expert.label_regions();
            let regions = expert.keys;
            expert.tag_entities();
            let entities = expert.keys - regions;
            let done = expert.as_done();
            assert_eq!(
                facts(&notated.text, &done),
                facts(&notated.text, &notated.annotation),
                "{name}"
            );
            let count = notated.annotation.entities().len();
            table += &format!("{name}\t{count}\t{regions}\t{entities}\n");
            articles += 1;
            for (sum, figure) in sums.iter_mut().zip([count, regions, entities]) {
                *sum += figure;
            }
        }
        window.press("Ctrl+Enter");
        // The check before Done finds nothing in right work, unless the models doubted what was
        // right.
        window.until(|state| !state.check.is_awaited());
        let open = window.state().article.as_ref().unwrap();
        if window.state().check.is_shown(open) {
            let found = window.state().check.known(open).unwrap();
            let lints: Vec<_> = found.iter().map(|finding| finding.lint).collect();
            if !LEFT_OUT.contains(&name.as_str()) {
                stopped.push((name.clone(), lints));
            }
            window.press("Ctrl+Enter");
        }
        if articles + LEFT_OUT.len() == gold.len() {
            break;
        }
        window.until(|state| state.article.as_ref().is_some_and(|a| a.key != key));
        window.harness.run_steps(2);
    }
    println!("stopped by the check: {stopped:?}");
    table += &format!("all {articles}\t{}\t{}\t{}\n", sums[0], sums[1], sums[2]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/gold.tsv");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        table,
        "see the head of tests/ui/gold.rs"
    );
}
