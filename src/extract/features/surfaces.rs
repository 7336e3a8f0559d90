//! The surface features of all blocks of an article.

use std::cell::RefCell;

use super::line_cache::LineCache;
use super::surface::SurfaceFeatures;
use super::title::Title;
use crate::extract::FastSet;
use crate::extract::features::Hints;
use crate::model::{Block, Text};

thread_local! {
    /// The surface features of short lines.
    static KNOWN: RefCell<LineCache<SurfaceFeatures>> = const { RefCell::new(LineCache::new()) };
}

impl SurfaceFeatures {
    /// Computes the surface features of all blocks, and which words occurred before.
    pub fn at_all(text: &Text, blocks: &[Block], hints: &[Hints], title: &str) -> Vec<Self> {
        let mut seen: FastSet<&str> = FastSet::default();
        // A page's first line is often its title, with the site's name.
        let title = match title {
            "" => blocks
                .first()
                .map(|block| text.slice(block.span))
                .unwrap_or_default(),
            title => title,
        };
        let title = Title::new(title);
        let mut lower = String::new();
        let mut surface_of = |known: &mut LineCache<Self>, at: usize, block: &Block| {
            let words = text.slice(block.span);
            let mut read = || Self::read(words, block.link_permille, &mut lower);
            let surface = known.get(words, block.link_permille, &mut read).cloned();
            let mut surface = surface.unwrap_or_else(read);
            surface.duplicate = surface.words >= 3 && !seen.insert(words);
            surface.title = (at == 0 && hints.first().is_none_or(|hints| !hints.html))
                || title.is_said_by(words);
            surface
        };
        KNOWN.with_borrow_mut(|known| {
            let blocks = blocks.iter().enumerate();
            let surfaces = blocks.map(|(at, block)| surface_of(known, at, block));
            surfaces.collect()
        })
    }
}
