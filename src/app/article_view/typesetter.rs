//! When text from right to left is typeset: short paragraphs at once, all others on a thread.
//!
//! Typesetting takes about a microsecond a byte, and loading the fonts of a script takes a few
//! hundred milliseconds at its first use. So a frame typesets a bounded number of bytes. A thread
//! does the rest, and what is near the view before it comes into view. Until it is done a
//! paragraph has its place, but no words.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use eframe::egui::epaint::text::FontsView;
use eframe::egui::{Color32, Context, FontDefinitions, Id, Painter, Pos2};
use unicode_segmentation::UnicodeSegmentation as _;

use super::geometry::{Geometry, Line, Run, Stop};
use super::glyphs::Glyphs;
use super::paragraph_layout::{LayoutParams, ParagraphLayout, Readiness, Refreshed};
use super::typeset::{Engine, Typeset};
use super::typeset_job::{TypesetJob, lock};

/// How many bytes a frame may typeset.
const AT_ONCE: usize = 1024;
/// How many typeset paragraphs are kept, in view or not.
const KEPT: usize = 64;
/// How many paragraphs may wait in each queue; the oldest is forgotten, until it is asked for again.
const QUEUED: usize = 32;

/// What typesets; one for each window, shared by all articles.
#[derive(Clone, Default)]
pub(super) struct Typesetter(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// Held by the thread while it works; made by it.
    engine: Mutex<Option<Engine>>,
    queue: Mutex<Queue>,
    glyphs: Arc<Mutex<Glyphs>>,
}

/// What was asked for and what is ready.
#[derive(Default)]
struct Queue {
    /// Stretches of 128 code points whose fonts are loaded.
    ready: BTreeSet<u32>,
    /// What is in view; the newest last.
    wanted: VecDeque<TypesetJob>,
    /// What is near the view; the nearest first.
    ahead: VecDeque<TypesetJob>,
    /// What the thread is typesetting, and whether that is in view.
    current: Option<(TypesetJob, bool)>,
    is_working: bool,
    /// The last paragraphs that were typeset; the newest last.
    done: VecDeque<(TypesetJob, Arc<Typeset>)>,
    /// How many paragraphs the thread has typeset.
    finished: u64,
    /// How many bytes were typeset in this frame.
    at_once: usize,
    /// The fonts that egui has.
    definitions: Option<FontDefinitions>,
}

fn stretches(text: &str) -> BTreeSet<u32> {
    text.chars().map(|c| c as u32 >> 7).collect()
}

fn push(queue: &mut VecDeque<TypesetJob>, job: TypesetJob) {
    if queue.len() >= QUEUED {
        queue.pop_front();
    }
    queue.push_back(job);
}

impl Queue {
    fn done(&self, job: &TypesetJob) -> Option<Arc<Typeset>> {
        let known = self.done.iter().find(|(known, _)| known == job)?;
        Some(Arc::clone(&known.1))
    }

    fn keep(&mut self, job: TypesetJob, typeset: Arc<Typeset>) {
        if self.done.len() >= KEPT {
            self.done.pop_front();
        }
        self.done.push_back((job, typeset));
    }

    /// Asks for a paragraph that is in view.
    fn want(&mut self, job: TypesetJob) {
        match &mut self.current {
            Some((current, in_view)) if *current == job => *in_view = true,
            _ if self.wanted.contains(&job) => {}
            _ => push(&mut self.wanted, job),
        }
    }

    /// Takes the next job, or ends the work.
    fn next(&mut self) -> Option<(TypesetJob, FontDefinitions)> {
        loop {
            let wanted = self.wanted.pop_back().map(|job| (job, true));
            self.current = wanted.or_else(|| self.ahead.pop_front().map(|job| (job, false)));
            let Some((job, _)) = &self.current else {
                self.is_working = false;
                return None;
            };
            if self.done(job).is_none() {
                let definitions = self.definitions.clone().unwrap_or_default();
                return Some((job.clone(), definitions));
            }
        }
    }

    /// Takes what the thread has typeset; returns whether that is in view.
    fn finish(&mut self, job: TypesetJob, typeset: Typeset) -> bool {
        self.ready.append(&mut stretches(&job.text));
        self.finished += 1;
        self.keep(job, Arc::new(typeset));
        self.current.take().is_some_and(|(_, in_view)| in_view)
    }
}

/// Lets another thread go on with the work of one that panicked.
struct Working<'a>(&'a Mutex<Queue>);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = lock(self.0);
            queue.is_working = false;
            queue.current = None;
        }
    }
}

fn work(shared: &Shared, ctx: &Context) {
    let _working = Working(&shared.queue);
    loop {
        let next = lock(&shared.queue).next();
        let Some((job, definitions)) = next else {
            return;
        };
        let typeset = {
            let mut engine = lock(&shared.engine);
            let engine = engine.get_or_insert_with(|| Engine::new(&definitions));
            engine.typeset(&job, &shared.glyphs)
        };
        typeset.paint_glyphs();
        if lock(&shared.queue).finish(job, typeset) {
            ctx.request_repaint();
        }
    }
}

impl Typesetter {
    /// The window's own.
    pub(super) fn of(ctx: &Context) -> Self {
        ctx.data_mut(|data| {
            data.get_temp_mut_or_default::<Self>(Id::unique("typesetter"))
                .clone()
        })
    }

    /// Begins with what was asked for, if anything was. To be called in each frame, outside of
    /// egui's locks.
    pub(super) fn work(&self, ctx: &Context) {
        {
            let mut queue = lock(&self.0.queue);
            queue.at_once = 0;
            if queue.is_working || (queue.wanted.is_empty() && queue.ahead.is_empty()) {
                return;
            }
            queue.is_working = true;
        }
        let (shared, wake) = (Arc::clone(&self.0), ctx.clone());
        let thread = std::thread::Builder::new()
            .name("copydesk-fonts".to_owned())
            .spawn(move || work(&shared, &wake));
        if thread.is_err() {
            // No thread to be had: ask again with the next frame.
            lock(&self.0.queue).is_working = false;
            ctx.request_repaint();
        }
    }

    /// How many paragraphs the thread has typeset.
    fn finished(&self) -> u64 {
        lock(&self.0.queue).finished
    }

    /// Whether a thread is typesetting, or loading fonts.
    pub(super) fn is_working(&self) -> bool {
        let queue = lock(&self.0.queue);
        queue.is_working || !queue.wanted.is_empty()
    }

    /// Lays `text` out, which begins at byte `base` of the article; what has to wait has only a
    /// height.
    pub(super) fn lay_out(
        &self,
        fonts: &mut FontsView<'_>,
        params: &LayoutParams,
        text: &str,
        base: u32,
    ) -> Box<dyn ParagraphLayout> {
        let job = TypesetJob::new(fonts, params, text, base);
        let mut queue = lock(&self.0.queue);
        if let Some(done) = queue.done(&job) {
            return Box::new(done);
        }
        let at_once = queue.at_once + text.len();
        if at_once <= AT_ONCE
            && stretches(text).is_subset(&queue.ready)
            && let Ok(mut engine) = self.0.engine.try_lock()
            && let Some(engine) = engine.as_mut()
        {
            queue.at_once = at_once;
            drop(queue);
            let typeset = Arc::new(engine.typeset(&job, &self.0.glyphs));
            lock(&self.0.queue).keep(job, Arc::clone(&typeset));
            return Box::new(typeset);
        }
        queue
            .definitions
            .get_or_insert_with(|| fonts.definitions().clone());
        queue.want(job);
        Box::new(WaitingLayout {
            geometry: Arc::new(waiting(params, text, base)),
            finished: queue.finished,
            typesetter: self.clone(),
        })
    }

    /// Asks for a paragraph that may come into view.
    pub(super) fn prepare(
        &self,
        fonts: &mut FontsView<'_>,
        params: &LayoutParams,
        text: &str,
        base: u32,
    ) {
        let job = TypesetJob::new(fonts, params, text, base);
        let mut queue = lock(&self.0.queue);
        let is_asked_for = queue.done(&job).is_some()
            || queue.wanted.contains(&job)
            || queue.ahead.contains(&job)
            || queue
                .current
                .as_ref()
                .is_some_and(|(current, _)| *current == job);
        if !is_asked_for {
            queue
                .definitions
                .get_or_insert_with(|| fonts.definitions().clone());
            push(&mut queue.ahead, job);
        }
    }
}

/// A paragraph that is to be typeset: its height, as far as it can be guessed.
struct WaitingLayout {
    geometry: Arc<Geometry>,
    typesetter: Typesetter,
    /// As it was when the paragraph began to wait.
    finished: u64,
}

fn waiting(params: &LayoutParams, text: &str, base: u32) -> Geometry {
    let letters = text.graphemes(true).count() as f32 * params.font.size * 0.5;
    let height = (letters / params.width).ceil().max(1.0) * params.line_height;
    Geometry {
        lines: vec![Line {
            top: 0.0,
            bottom: height,
            ink_top: 0.0,
            ink_bottom: height,
            bytes: base..base + text.len() as u32,
            runs: vec![Run {
                stops: vec![Stop { at: base, x: 0.0 }],
            }],
        }],
        height,
    }
}

impl ParagraphLayout for WaitingLayout {
    fn geometry(&self) -> &Arc<Geometry> {
        &self.geometry
    }

    fn refresh(&mut self, _: &mut FontsView<'_>) -> Refreshed {
        if self.typesetter.finished() == self.finished {
            Refreshed::Same
        } else {
            Refreshed::Unfit
        }
    }

    fn paint(&self, painter: &Painter, _: Pos2, _: Color32) {
        // So that the thread can paint the glyphs for this screen.
        lock(&self.typesetter.0.glyphs).begin(painter.ctx());
    }

    fn lacking(&self, _: &mut FontsView<'_>) -> Option<char> {
        None
    }

    fn readiness(&self) -> Readiness {
        Readiness::Waiting
    }
}
