//! Where blocks stand in their page's tree: what they share with each other, and what holds most prose.

use super::FastMap;

use super::look::Look;
use crate::model::Block;

/// How many elements up from a block are told apart.
const MAX_STEPS: usize = 24;

/// What is known of an element, or of all elements of a kind, from the blocks in it.
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
    fn add(&mut self, look: &Look, link_permille: u16) {
        let words = u32::try_from(look.words).unwrap_or(u32::MAX).min(10_000);
        self.blocks += 1;
        self.words = self.words.saturating_add(words);
        if look.prose {
            self.prose_words = self.prose_words.saturating_add(words);
        }
        let linked = words * u32::from(link_permille) / 1000;
        self.linked_words = self.linked_words.saturating_add(linked);
        self.date_lines += u32::from(look.date_line);
    }
}

/// The elements around one block, from the outermost in.
struct Chain {
    /// The element itself: which of its siblings it is counts.
    nodes: Vec<u64>,
}

/// Sums over the blocks in each element, and in each kind of element.
#[derive(Default)]
pub struct Masses {
    elements: FastMap<u64, [f64; 3]>,
    kinds: FastMap<u64, [f64; 3]>,
}

/// The places of all blocks of a page.
pub struct Places {
    chains: Vec<Chain>,
    /// What kind of element each block stands in: the names of the elements around it, without numbers.
    kinds: Vec<u64>,
    elements: FastMap<u64, Tally>,
    kind_tallies: FastMap<u64, Tally>,
    all: Tally,
    /// The element that holds most prose, with those around it.
    main: Vec<u64>,
}

impl Places {
    /// Reads the paths of the blocks; those without one stand nowhere.
    pub fn new(blocks: &[Block], looks: &[Look]) -> Self {
        let mut places = Self {
            chains: Vec::with_capacity(blocks.len()),
            kinds: Vec::with_capacity(blocks.len()),
            elements: FastMap::default(),
            kind_tallies: FastMap::default(),
            all: Tally::default(),
            main: Vec::new(),
        };
        for (block, look) in blocks.iter().zip(looks) {
            let (chain, kind) = read(&block.path);
            for node in &chain.nodes {
                places
                    .elements
                    .entry(*node)
                    .or_default()
                    .add(look, block.link_permille);
            }
            places
                .kind_tallies
                .entry(kind)
                .or_default()
                .add(look, block.link_permille);
            places.all.add(look, block.link_permille);
            places.chains.push(chain);
            places.kinds.push(kind);
        }
        places.find_main(looks);
        places
    }

    /// The parent of most prose: of equals the first, so that the answer does not hang on a map's order.
    fn find_main(&mut self, looks: &[Look]) {
        let mut words: FastMap<u64, usize> = FastMap::default();
        let mut best = 0;
        for (chain, look) in self.chains.iter().zip(looks) {
            let Some(above) = chain.nodes.len().checked_sub(2) else {
                continue;
            };
            if !look.prose {
                continue;
            }
            let sum = words.entry(chain.nodes[above]).or_default();
            *sum += look.words;
            if *sum > best {
                best = *sum;
                self.main = chain.nodes[..=above].to_vec();
            }
        }
    }

    /// What the element holds that is so many steps up from a block's own; the block's own is 0.
    pub fn element(&self, at: usize, up: usize) -> Option<Tally> {
        let nodes = &self.chains.get(at)?.nodes;
        let node = nodes.get(nodes.len().checked_sub(up + 1)?)?;
        self.elements.get(node).copied()
    }

    /// What the whole page holds.
    pub fn all(&self) -> Tally {
        self.all
    }

    /// What all blocks hold that stand in the same kind of element.
    pub fn kind(&self, at: usize) -> Option<(u64, Tally)> {
        let kind = *self.kinds.get(at)?;
        Some((kind, self.kind_tallies.get(&kind).copied()?))
    }

    /// Adds up what the blocks were taken for: words of story, of comments, and all, by element and by kind.
    pub fn masses(&self, core: &[[f64; 3]], words: &[f64]) -> Masses {
        let mut masses = Masses::default();
        for (at, (core, words)) in core.iter().zip(words).enumerate() {
            let own = [core[0] * words, core[1] * words, *words];
            let add = |sum: &mut [f64; 3]| {
                for (sum, own) in sum.iter_mut().zip(own) {
                    *sum += own;
                }
            };
            if let Some(chain) = self.chains.get(at) {
                for node in &chain.nodes {
                    add(masses.elements.entry(*node).or_default());
                }
            }
            if let Some(kind) = self.kinds.get(at) {
                add(masses.kinds.entry(*kind).or_default());
            }
        }
        masses
    }

    /// What the element holds that is so many steps up from a block's own.
    pub fn mass_of_element(&self, masses: &Masses, at: usize, up: usize) -> Option<[f64; 3]> {
        let nodes = &self.chains.get(at)?.nodes;
        let node = nodes.get(nodes.len().checked_sub(up + 1)?)?;
        masses.elements.get(node).copied()
    }

    /// What all blocks hold that stand in the same kind of element.
    pub fn mass_of_kind(&self, masses: &Masses, at: usize) -> Option<[f64; 3]> {
        masses.kinds.get(self.kinds.get(at)?).copied()
    }

    /// How many steps up from the element that holds most prose, and down from there, lead to a block.
    pub fn way_from_main(&self, at: usize) -> Option<(usize, usize)> {
        let nodes = &self.chains.get(at)?.nodes;
        (!self.main.is_empty()).then(|| steps(&self.main, nodes))
    }

    /// How many steps up from the block before, and down from there, lead to a block.
    pub fn way_from_before(&self, at: usize) -> Option<(usize, usize)> {
        let before = self.chains.get(at.checked_sub(1)?)?;
        Some(steps(&before.nodes, &self.chains.get(at)?.nodes))
    }

    /// How deep a block stands.
    pub fn depth(&self, at: usize) -> usize {
        self.chains.get(at).map_or(0, |chain| chain.nodes.len())
    }
}

fn steps(from: &[u64], to: &[u64]) -> (usize, usize) {
    let shared = from
        .iter()
        .zip(to)
        .take_while(|(one, other)| one == other)
        .count();
    (from.len() - shared, to.len() - shared)
}

/// The elements of a path such as `html/body/div[2]/p[1]`, and its kind.
fn read(path: &str) -> (Chain, u64) {
    let mut nodes = Vec::with_capacity(12);
    let (mut node, mut kind) = (SEED, SEED);
    if path.is_empty() {
        return (Chain { nodes }, kind);
    }
    for step in path.split('/').take(MAX_STEPS) {
        let name = step.split('[').next().unwrap_or(step);
        node = mixed(node, step.as_bytes());
        kind = mixed(kind, name.as_bytes());
        nodes.push(node);
    }
    (Chain { nodes }, kind)
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, with a mark behind each step.
pub fn mixed(mut hash: u64, bytes: &[u8]) -> u64 {
    for byte in bytes.iter().chain(b"/") {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_block_to_block() {
        let chain = |path| read(path).0.nodes;
        let paragraph = chain("html/body/div[1]/p[1]");
        assert_eq!(steps(&paragraph, &chain("html/body/div[1]/p[2]")), (1, 1));
        assert_eq!(
            steps(&paragraph, &chain("html/body/div[2]/ul[1]/li[1]")),
            (2, 3)
        );
        assert_eq!(steps(&paragraph, &paragraph), (0, 0));
        assert_eq!(
            read("html/body/div[1]/p[1]").1,
            read("html/body/div[7]/p[3]").1
        );
        assert!(chain("").is_empty());
    }
}
