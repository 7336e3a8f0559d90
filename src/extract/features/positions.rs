//! Positions of blocks in the DOM: distances between them, and the element that holds most prose.

use crate::extract::FastMap;

use crate::extract::features::surface::SurfaceFeatures;
use crate::model::Block;
use crate::model::hash::StableHash;

/// How many ancestors of a block are distinguished.
const MAX_STEPS: usize = 24;

/// Sums over the blocks in an element, or in all elements of a kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub blocks: u32,
    pub words: u32,
    pub prose_words: u32,
    /// Words in links.
    pub linked_words: u32,
    pub date_lines: u32,
}

impl Tally {
    fn add(&mut self, surface: &SurfaceFeatures, link_permille: u16) {
        let words = u32::try_from(surface.words).unwrap_or(u32::MAX).min(10_000);
        self.blocks += 1;
        self.words = self.words.saturating_add(words);
        if surface.prose {
            self.prose_words = self.prose_words.saturating_add(words);
        }
        let linked = words * u32::from(link_permille) / 1000;
        self.linked_words = self.linked_words.saturating_add(linked);
        self.date_lines += u32::from(surface.date_line);
    }
}

/// The elements around one block, from the outermost in, by number.
type Chain = Vec<u32>;

/// Sums over the blocks in each element, and in each kind of element.
#[derive(Default)]
pub struct LabelMass {
    /// By number of the element.
    elements: Vec<[f64; 3]>,
    kinds: FastMap<u64, [f64; 3]>,
}

/// The DOM positions of all blocks of a page.
pub struct DomPositions {
    chains: Vec<Chain>,
    /// The kind of each block's element: a hash of its path without numbers.
    kinds: Vec<u64>,
    /// The sums of each element, by its number.
    elements: Vec<Tally>,
    kind_tallies: FastMap<u64, Tally>,
    all: Tally,
    /// The element that holds most prose, with those around it.
    main: Chain,
}

impl DomPositions {
    /// Reads the paths of the blocks, in the order of the page.
    pub fn new(blocks: &[Block], surfaces: &[SurfaceFeatures]) -> Self {
        let mut places = Self {
            chains: Vec::with_capacity(blocks.len()),
            kinds: Vec::with_capacity(blocks.len()),
            elements: Vec::new(),
            kind_tallies: FastMap::default(),
            all: Tally::default(),
            main: Chain::new(),
        };
        let mut open = Open::default();
        for (block, surface) in blocks.iter().zip(surfaces) {
            open.go_to(&block.path, &mut places.elements);
            let (chain, kind) = (open.chain(), open.kind());
            for node in &chain {
                if let Some(element) = places.elements.get_mut(*node as usize) {
                    element.add(surface, block.link_permille);
                }
            }
            places
                .kind_tallies
                .entry(kind)
                .or_default()
                .add(surface, block.link_permille);
            places.all.add(surface, block.link_permille);
            places.chains.push(chain);
            places.kinds.push(kind);
        }
        places.find_main(surfaces);
        places
    }

    /// Finds the element that is the parent of most prose; the first one if several are equal.
    fn find_main(&mut self, surfaces: &[SurfaceFeatures]) {
        let mut words: FastMap<u32, usize> = FastMap::default();
        let mut best = 0;
        for (chain, surface) in self.chains.iter().zip(surfaces) {
            let Some(above) = chain.len().checked_sub(2) else {
                continue;
            };
            if !surface.prose {
                continue;
            }
            let sum = words.entry(chain[above]).or_default();
            *sum += surface.words;
            if *sum > best {
                best = *sum;
                self.main = chain[..=above].to_vec();
            }
        }
    }

    /// Returns the sums of the ancestor `up` steps above a block's own element.
    pub fn element(&self, at: usize, up: usize) -> Option<Tally> {
        let nodes = self.chains.get(at)?;
        let node = nodes.get(nodes.len().checked_sub(up + 1)?)?;
        self.elements.get(*node as usize).copied()
    }

    /// Returns the sums of the whole page.
    pub fn all(&self) -> Tally {
        self.all
    }

    /// Returns the kind of a block's element, and the sums over all elements of that kind.
    pub fn kind(&self, at: usize) -> Option<(u64, Tally)> {
        let kind = *self.kinds.get(at)?;
        Some((kind, self.kind_tallies.get(&kind).copied()?))
    }

    /// Sums the words of story, of comments, and of all, by element and by kind.
    pub fn masses(&self, core: &[[f64; 3]], words: &[f64]) -> LabelMass {
        let mut masses = LabelMass {
            elements: vec![[0.0; 3]; self.elements.len()],
            kinds: FastMap::default(),
        };
        for (at, (core, words)) in core.iter().zip(words).enumerate() {
            let own = [core[0] * words, core[1] * words, *words];
            let add = |sum: &mut [f64; 3]| {
                for (sum, own) in sum.iter_mut().zip(own) {
                    *sum += own;
                }
            };
            if let Some(chain) = self.chains.get(at) {
                for node in chain {
                    if let Some(element) = masses.elements.get_mut(*node as usize) {
                        add(element);
                    }
                }
            }
            if let Some(kind) = self.kinds.get(at) {
                add(masses.kinds.entry(*kind).or_default());
            }
        }
        masses
    }

    /// Returns the label mass of the ancestor `up` steps above a block's own element.
    pub fn mass_of_element(&self, masses: &LabelMass, at: usize, up: usize) -> Option<[f64; 3]> {
        let nodes = self.chains.get(at)?;
        let node = nodes.get(nodes.len().checked_sub(up + 1)?)?;
        masses.elements.get(*node as usize).copied()
    }

    /// Returns the label mass of all elements of the kind of a block's element.
    pub fn mass_of_kind(&self, masses: &LabelMass, at: usize) -> Option<[f64; 3]> {
        masses.kinds.get(self.kinds.get(at)?).copied()
    }

    /// Returns the steps up and down the tree from the element that holds most prose to a block.
    pub fn way_from_main(&self, at: usize) -> Option<(usize, usize)> {
        let nodes = self.chains.get(at)?;
        (!self.main.is_empty()).then(|| steps(&self.main, nodes))
    }

    /// Returns the steps up and down the tree from the block before to a block.
    pub fn way_from_before(&self, at: usize) -> Option<(usize, usize)> {
        let before = self.chains.get(at.checked_sub(1)?)?;
        Some(steps(before, self.chains.get(at)?))
    }

    /// Returns the depth of a block.
    pub fn depth(&self, at: usize) -> usize {
        self.chains.get(at).map_or(0, |chain| chain.len())
    }
}

fn steps(from: &[u32], to: &[u32]) -> (usize, usize) {
    let shared = from
        .iter()
        .zip(to)
        .take_while(|(one, other)| one == other)
        .count();
    (from.len() - shared, to.len() - shared)
}

/// The open elements of a path such as `html/body/div[2]/p[1]`. Consecutive blocks share most of
/// their paths, so only the rest is looked up.
#[derive(Default)]
struct Open<'a> {
    /// For each element its step in the path, its number, and its kind.
    steps: Vec<(&'a str, u32, u64)>,
    /// The number of each element, by that of the one around it, from 1, and its step.
    numbers: FastMap<(u32, &'a str), u32>,
}

impl<'a> Open<'a> {
    fn go_to(&mut self, path: &'a str, elements: &mut Vec<Tally>) {
        let mut depth = 0;
        for step in path.split('/').take(MAX_STEPS) {
            if path.is_empty() {
                break;
            }
            if self.steps.get(depth).is_none_or(|(open, ..)| *open != step) {
                self.steps.truncate(depth);
                let kind = self.kind();
                let name = step.split('[').next().unwrap_or(step);
                let around = self.steps.last().map_or(0, |(_, number, _)| number + 1);
                let number = *self.numbers.entry((around, step)).or_insert_with(|| {
                    elements.push(Tally::default());
                    elements.len() as u32 - 1
                });
                self.steps
                    .push((step, number, mixed(kind, name.as_bytes())));
            }
            depth += 1;
        }
        self.steps.truncate(depth);
    }

    fn chain(&self) -> Chain {
        self.steps.iter().map(|(_, number, _)| *number).collect()
    }

    /// The names of the elements, without numbers, as a hash.
    fn kind(&self) -> u64 {
        self.steps.last().map_or(SEED, |(.., kind)| *kind)
    }
}

const SEED: u64 = StableHash::new().finish();

/// FNV-1a, with a mark behind each step.
pub fn mixed(hash: u64, bytes: &[u8]) -> u64 {
    let hash = StableHash::resume(hash).bytes(bytes);
    hash.unit(u64::from(b'/')).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_block_to_block() {
        let (mut open, mut elements) = (Open::default(), Vec::new());
        let mut at = |path| {
            open.go_to(path, &mut elements);
            (open.chain(), open.kind())
        };
        let (first, kind) = at("html/body/div[1]/p[1]");
        assert_eq!(steps(&first, &at("html/body/div[1]/p[2]").0), (1, 1));
        // Behind the paragraph the division goes on, and so may one that was left.
        let (around, _) = at("html/body/div[1]");
        assert_eq!(steps(&first, &around), (1, 0));
        let (list, _) = at("html/body/div[2]/ul[1]/li[1]");
        assert_eq!(steps(&first, &list), (2, 3));
        assert_eq!(steps(&list, &list), (0, 0));
        assert_eq!(at("html/body/div[7]/p[3]").1, kind);
        assert_eq!(at("html/body/div[1]/p[1]").0, first);
        assert!(at("").0.is_empty());
        assert_eq!(elements.len(), 10);
    }
}
