//! Site memory: labels that people gave on finished pages of a site, as priors for its other pages.
//!
//! One template makes the pages of a site, so the same menus and boxes recur around each story.
//! Each block has **fingerprints** by which it is recognised on another page: its words, its place
//! in the DOM, the kind of that place. [`SiteMemory`] counts which labels a fingerprint had on
//! finished pages. For a new page of the site it gives [`SitePrior`]s: which label each fingerprint
//! had, on how many pages, and on what share of them. The model reads them as features; their
//! weights are set by hand at first and are trained on the dataset's finished articles.
//!
//! The memory holds hashes and counts page by page, so that one page can be removed again.

use std::collections::{BTreeMap, HashMap};

use super::features::positions::mixed;
use super::features::templates;
pub use super::features::templates::FingerprintKind;
use super::model::FeaturizedArticle;
use crate::learn::Features;
use crate::model::{Label, Region};

/// What was said about one fingerprint of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct SitePrior {
    /// The fingerprint.
    pub fingerprint: FingerprintKind,
    /// The label that it had most often.
    pub label: Label,
    /// On how many pages the fingerprint was seen.
    pub pages: u32,
    /// The share of these on which it had the label, from 0 to 1.
    pub share: f64,
}

/// What people said about one page: for each fingerprint and label, how much of the page's blocks
/// with that fingerprint had it.
#[derive(Clone, Debug)]
struct Page {
    site: String,
    /// Sorted by fingerprint.
    said: Vec<(u64, u16, u64)>,
    card: Scorecard,
}

/// How right the suggestions on a site's pages were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scorecard {
    /// Pages that people finished.
    pub pages: u64,
    /// Pages on which nothing had to be corrected.
    pub flawless: u64,
    /// Blocks on them.
    pub blocks: u64,
    /// Blocks that had been suggested with the label that they got.
    pub right: u64,
}

impl Scorecard {
    fn add(&mut self, other: Self) {
        self.pages += other.pages;
        self.flawless += other.flawless;
        self.blocks += other.blocks;
        self.right += other.right;
    }
}

/// One whole share. Shares are counted in whole numbers, so that their sums are exact in any order
/// and a page that is forgotten leaves nothing behind.
const WHOLE: u64 = 1 << 20;

impl Page {
    /// How much of a fingerprint's blocks on the page had a label; `None` if none had.
    fn share(&self, fingerprint: u64, label: u16) -> Option<u64> {
        let from = self
            .said
            .partition_point(|(known, ..)| *known < fingerprint);
        self.said[from..]
            .iter()
            .take_while(|(known, ..)| *known == fingerprint)
            .find(|(_, known, _)| *known == label)
            .map(|(.., share)| *share)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Votes {
    share: u64,
    pages: u32,
}

/// The fingerprints of each block of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageFingerprints(Vec<[Option<u64>; 6]>);

impl PageFingerprints {
    /// The fingerprints of a page's blocks.
    #[must_use]
    pub fn of(reading: &FeaturizedArticle) -> Self {
        Self(fingerprints_of(reading))
    }
}

/// What is known of one site.
#[derive(Clone, Debug, Default)]
struct Site {
    /// For each fingerprint, the label's number and what speaks for it.
    fingerprints: HashMap<u64, Vec<(u16, Votes)>>,
    card: Scorecard,
}

/// What people said about the pages of all sites.
#[derive(Clone, Debug, Default)]
pub struct SiteMemory {
    labels: Vec<Label>,
    sites: HashMap<String, Site>,
    /// The pages by their articles' ids.
    pages: BTreeMap<String, Page>,
}

impl SiteMemory {
    /// Takes in what a person said about a page: `said` are its finished regions, `guessed` those
    /// that had been suggested. What no region holds is `nav`. An article that was taken in before
    /// counts once, as it is now. An empty site is no site: nothing is learnt.
    pub fn learn(
        &mut self,
        site: &str,
        article: &str,
        reading: &FeaturizedArticle,
        said: &[Region],
        guessed: &[Region],
    ) {
        self.forget(article);
        let Ok(nav) = Label::new("nav") else { return };
        let said = labels_of_blocks(reading, said, &nav);
        let guessed = labels_of_blocks(reading, guessed, &nav);
        let fingerprints = PageFingerprints::of(reading);
        let known: Vec<_> = said
            .iter()
            .zip(&guessed)
            .filter(|(said, _)| said.is_some())
            .collect();
        let right = known.iter().filter(|(said, guess)| said == guess).count();
        let card = Scorecard {
            pages: 1,
            flawless: u64::from(right == known.len()),
            blocks: known.len() as u64,
            right: right as u64,
        };
        self.keep(site, article, &fingerprints, &said, card);
    }

    /// Takes in a page of which the label of each block is known, or `None` where it is not.
    pub fn learn_blocks(
        &mut self,
        site: &str,
        article: &str,
        fingerprints: &PageFingerprints,
        said: &[Option<Label>],
    ) {
        self.forget(article);
        let card = Scorecard {
            pages: 1,
            ..Scorecard::default()
        };
        self.keep(site, article, fingerprints, said, card);
    }

    fn keep(
        &mut self,
        site: &str,
        article: &str,
        fingerprints: &PageFingerprints,
        said: &[Option<Label>],
        card: Scorecard,
    ) {
        if site.is_empty() {
            return;
        }
        let mut sums: BTreeMap<(u64, u16), u64> = BTreeMap::new();
        let mut totals: HashMap<u64, u64> = HashMap::new();
        for (fingerprints, label) in fingerprints.0.iter().zip(said) {
            let Some(label) = label else { continue };
            let label = self.number(label);
            for fingerprint in fingerprints.iter().flatten() {
                *sums.entry((*fingerprint, label)).or_default() += 1;
                *totals.entry(*fingerprint).or_default() += 1;
            }
        }
        let said: Vec<(u64, u16, u64)> = sums
            .into_iter()
            .map(|((fingerprint, label), sum)| {
                let total = totals.get(&fingerprint).copied().unwrap_or(sum);
                (fingerprint, label, sum * WHOLE / total.max(1))
            })
            .collect();
        let known = self.sites.entry(site.to_owned()).or_default();
        known.card.add(card);
        for (fingerprint, label, share) in &said {
            let votes = known.fingerprints.entry(*fingerprint).or_default();
            match votes.iter_mut().find(|(known, _)| known == label) {
                Some((_, votes)) => {
                    votes.share += *share;
                    votes.pages += 1;
                }
                None => votes.push((
                    *label,
                    Votes {
                        share: *share,
                        pages: 1,
                    },
                )),
            }
        }
        let page = Page {
            site: site.to_owned(),
            said,
            card,
        };
        self.pages.insert(article.to_owned(), page);
    }

    /// Takes back what was learnt from an article, if anything was.
    pub fn forget(&mut self, article: &str) {
        let Some(page) = self.pages.remove(article) else {
            return;
        };
        let Some(site) = self.sites.get_mut(&page.site) else {
            return;
        };
        for (fingerprint, label, share) in page.said {
            if let Some(votes) = site.fingerprints.get_mut(&fingerprint) {
                if let Some((_, votes)) = votes.iter_mut().find(|(known, _)| *known == label) {
                    votes.share -= share;
                    votes.pages -= 1;
                }
                votes.retain(|(_, votes)| votes.pages > 0);
                if votes.is_empty() {
                    site.fingerprints.remove(&fingerprint);
                }
            }
        }
        site.card.pages -= page.card.pages;
        site.card.flawless -= page.card.flawless;
        site.card.blocks -= page.card.blocks;
        site.card.right -= page.card.right;
        if site.card.pages == 0 {
            self.sites.remove(&page.site);
        }
    }

    /// Whether any page of the site was learnt from.
    #[must_use]
    pub fn knows(&self, site: &str) -> bool {
        self.sites.contains_key(site)
    }

    /// How right the suggestions on a site's pages were.
    #[must_use]
    pub fn scorecard(&self, site: &str) -> Scorecard {
        self.sites
            .get(site)
            .map(|site| site.card)
            .unwrap_or_default()
    }

    /// The sites that are known, in the order of their names.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.sites.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// What is site_labels of each block of a page: nothing, if no page of its site was learnt
    /// from.
    #[must_use]
    pub fn priors(&self, site: &str, reading: &FeaturizedArticle) -> Vec<Vec<SitePrior>> {
        if !self.knows(site) {
            return vec![Vec::new(); reading.blocks.len()];
        }
        self.priors_without("", site, &PageFingerprints::of(reading))
    }

    /// The same for a page with these fingerprints, as if the article `without` had not been learnt
    /// from.
    #[must_use]
    pub fn priors_without(
        &self,
        without: &str,
        site: &str,
        fingerprints: &PageFingerprints,
    ) -> Vec<Vec<SitePrior>> {
        let Some(known) = self.sites.get(site) else {
            return vec![Vec::new(); fingerprints.0.len()];
        };
        let own = self.pages.get(without).filter(|page| page.site == site);
        let add_site_priors = |kind: FingerprintKind, fingerprint: u64| -> Option<SitePrior> {
            let mut found: Option<(u64, &Label)> = None;
            let (mut total, mut pages) = (0, 0);
            for (number, votes) in known.fingerprints.get(&fingerprint)? {
                let own = own.and_then(|page| page.share(fingerprint, *number));
                let share = votes.share - own.unwrap_or(0);
                let seen = votes.pages - u32::from(own.is_some());
                if seen == 0 {
                    continue;
                }
                total += share;
                pages = pages.max(seen);
                // Ties go to the label that sorts first, whichever was learnt first.
                let label = self.labels.get(usize::from(*number))?;
                let is_better = found.is_none_or(|(most, best)| {
                    share > most || (share == most && label.as_str() < best.as_str())
                });
                if is_better {
                    found = Some((share, label));
                }
            }
            let (most, label) = found?;
            Some(SitePrior {
                fingerprint: kind,
                label: label.clone(),
                pages,
                share: most as f64 / total.max(1) as f64,
            })
        };
        fingerprints
            .0
            .iter()
            .map(|fingerprints| {
                let fingerprints = FingerprintKind::ALL.into_iter().zip(fingerprints);
                fingerprints
                    .filter_map(|(kind, fingerprint)| add_site_priors(kind, (*fingerprint)?))
                    .collect()
            })
            .collect()
    }

    fn number(&mut self, label: &Label) -> u16 {
        let at = self.labels.iter().position(|known| known == label);
        let at = at.unwrap_or_else(|| {
            self.labels.push(label.clone());
            self.labels.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }
}

impl FeaturizedArticle {
    /// Reminds a page of what was said about others of its site, as [`SiteMemory::priors`] gives
    /// it: its blocks get clues that the model weighs with the others. A label that the model does
    /// not know decides by itself where it was always said.
    pub fn add_site_priors(&mut self, priors: &[Vec<SitePrior>], labels: &[String]) {
        let mut site_labels = vec![None; self.blocks.len()];
        let items = self
            .sequence_mut()
            .map_or(&mut [][..], |sequence| &mut sequence.items);
        add_site_priors(items, priors, labels, |at, prior| {
            // The same words mean the same block, whatever its markup.
            if let Some(own) = site_labels.get_mut(at)
                && prior.share > 0.9
                && own.is_none()
            {
                *own = Some((
                    prior.label.clone(),
                    prior.fingerprint == FingerprintKind::Words,
                ));
            }
        });
        self.site_labels = site_labels;
    }
}

/// Adds the features of priors to the items of a page's blocks. Reminders of labels that the model
/// does not know go to `unknown`, with the number of the block.
pub fn add_site_priors(
    items: &mut [Features],
    priors: &[Vec<SitePrior>],
    labels: &[String],
    mut unknown: impl FnMut(usize, &SitePrior),
) {
    for (at, (features, priors)) in items.iter_mut().zip(priors).enumerate() {
        for prior in priors {
            let known = labels
                .iter()
                .position(|known| known == prior.label.as_str());
            match known {
                Some(label) => templates::add_site_priors(
                    features,
                    prior.fingerprint,
                    label,
                    prior.pages,
                    prior.share,
                ),
                None => unknown(at, prior),
            }
        }
    }
}

/// The label of each block: that of the region that holds at least seven tenths of it; `None` where
/// none does, `rest` where no region touches it.
#[must_use]
pub fn labels_of_blocks(
    reading: &FeaturizedArticle,
    regions: &[Region],
    rest: &Label,
) -> Vec<Option<Label>> {
    let mut from = 0;
    reading
        .blocks
        .iter()
        .map(|block| {
            while regions
                .get(from)
                .is_some_and(|region| region.span.end() <= block.span.start())
            {
                from += 1;
            }
            let (start, end) = (block.span.start().index(), block.span.end().index());
            let mut held = 0;
            for region in regions.get(from..).unwrap_or_default() {
                if region.span.start().index() >= end {
                    break;
                }
                let shared =
                    region.span.end().index().min(end) - region.span.start().index().max(start);
                held += shared;
                if shared * 10 >= (end - start) * 7 {
                    return Some(region.label.clone());
                }
            }
            (held * 10 < (end - start) * 3).then(|| rest.clone())
        })
        .collect()
}

/// The fingerprints of each block, in the order of [`FingerprintKind::ALL`].
fn fingerprints_of(reading: &FeaturizedArticle) -> Vec<[Option<u64>; 6]> {
    /// The longest block whose words are a fingerprint for its neighbours, in bytes.
    const SHORT: usize = 120;

    let words: Vec<u64> = reading
        .blocks
        .iter()
        .map(|block| words_of(reading.text.slice(block.span)))
        .collect();
    let edge = |at: Option<usize>| -> Option<u64> {
        let Some(at) = at else { return Some(0) };
        let Some(block) = reading.blocks.get(at) else {
            return Some(1);
        };
        (reading.text.slice(block.span).len() <= SHORT).then_some(words[at])
    };
    reading
        .blocks
        .iter()
        .enumerate()
        .map(|(at, block)| {
            let fingerprint = |which: FingerprintKind, hash: u64| Some(mixed(hash, &[which as u8]));
            let text = reading.text.slice(block.span);
            let says_something = text.contains(char::is_alphabetic);
            let is_long = text.split_whitespace().nth(3).is_some();
            let path = &*block.path;
            let on_page = !path.is_empty();
            let kind = path.split('/').fold(0, |hash, step| {
                mixed(hash, step.split('[').next().unwrap_or(step).as_bytes())
            });
            let size = (usize::BITS - text.len().leading_zeros()) / 2;
            let links = u8::from(block.link_permille > 100) + u8::from(block.link_permille > 700);
            let between = edge(at.checked_sub(1))
                .zip(edge(Some(at + 1)))
                .map(|(before, after)| mixed(before, &after.to_le_bytes()));
            [
                fingerprint(FingerprintKind::Words, words[at])
                    .filter(|_| says_something && is_long),
                fingerprint(FingerprintKind::FewWords, words[at])
                    .filter(|_| says_something && !is_long),
                fingerprint(FingerprintKind::DomPosition, mixed(0, path.as_bytes()))
                    .filter(|_| on_page),
                fingerprint(FingerprintKind::Kind, kind).filter(|_| on_page),
                fingerprint(
                    FingerprintKind::KindAndSize,
                    mixed(kind, &[size as u8, links]),
                )
                .filter(|_| on_page),
                between.and_then(|hash| fingerprint(FingerprintKind::Between, hash)),
            ]
        })
        .collect()
}

/// A hash of what a block says, all numbers being alike.
fn words_of(text: &str) -> u64 {
    let mut hash = 0;
    let mut buffer = [0; 4];
    let mut in_number = false;
    for c in text.chars() {
        if c.is_numeric() {
            if !in_number {
                hash = mixed(hash, b"0");
            }
            in_number = true;
        } else {
            in_number = false;
            hash = mixed(hash, c.encode_utf8(&mut buffer).as_bytes());
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::model::StackedModel;
    use crate::extract::tests::schema;
    use crate::extract::{ArticleKind, RegionModel};
    use crate::model::Provenance;

    /// A page of a paper that says under each story, as if it were one more paragraph of it, how it
    /// is made.
    fn page(story: &str) -> FeaturizedArticle {
        FeaturizedArticle::of_page(&format!(
            "<title>Port Gazette</title><h1>A {story} at the harbour</h1><div>\
             <p>The {story} came on Monday and stayed for the whole week, said the harbour master.</p>\
             <p>Nobody had seen a {story} of this kind, and nobody wants to see one again soon.</p>\
             <p>The old mill prints this paper every night, and the first ferry carries it to the islands.</p></div>"
        ))
    }

    fn regions(reading: &FeaturizedArticle, labels: &[&str]) -> Vec<Region> {
        assert_eq!(reading.blocks.len(), labels.len());
        reading
            .blocks
            .iter()
            .zip(labels)
            .map(|(block, label)| Region {
                span: block.span,
                label: Label::new(label).unwrap(),
                provenance: Provenance::Person,
            })
            .collect()
    }

    fn found(reading: &FeaturizedArticle) -> Vec<String> {
        let schema = schema(&["body", "comment", "nav", "imprint"]);
        let regions = reading.suggest(RegionModel::shipped(), &schema);
        reading
            .blocks
            .iter()
            .map(|block| {
                regions
                    .iter()
                    .find(|region| region.span.overlaps(block.span))
                    .map_or_else(String::new, |region| region.label.to_string())
            })
            .collect()
    }

    fn labels() -> &'static [String] {
        RegionModel::shipped()
            .of(ArticleKind::Page)
            .map(StackedModel::labels)
            .unwrap()
    }

    #[test]
    fn what_was_corrected_on_one_page_shows_on_the_next_and_goes_with_the_correction() {
        let first = page("storm");
        let said = regions(&first, &["body", "body", "body", "nav"]);
        assert_eq!(found(&first)[3], "body");
        let mut sites = SiteMemory::default();
        sites.learn("gazette.example", "1", &first, &said, &[]);

        let add_site_priors = |sites: &SiteMemory, site: &str| {
            let mut second = page("eclipse");
            let priors = sites.priors(site, &second);
            second.add_site_priors(&priors, labels());
            found(&second)
        };
        assert_eq!(add_site_priors(&sites, "gazette.example")[3], "nav");
        assert_eq!(add_site_priors(&sites, "gazette.example")[1], "body");
        assert_eq!(add_site_priors(&sites, "other.example")[3], "body");
        sites.forget("1");
        assert!(!sites.knows("gazette.example"));
        assert_eq!(add_site_priors(&sites, "gazette.example")[3], "body");
    }

    #[test]
    fn a_label_that_no_model_knows_is_remembered_too() {
        let first = page("storm");
        let mut sites = SiteMemory::default();
        let said = regions(&first, &["body", "body", "body", "imprint"]);
        sites.learn("gazette.example", "1", &first, &said, &said);
        let mut second = page("eclipse");
        let priors = sites.priors("gazette.example", &second);
        second.add_site_priors(&priors, labels());
        assert_eq!(found(&second)[3], "imprint");
        assert_eq!(found(&second)[1], "body");
    }

    #[test]
    fn a_page_is_forgotten_without_a_trace_and_is_not_reminded_of_itself() {
        let stories = ["storm", "eclipse", "flood"].map(page);
        let said = |labels: &[&str; 4], at: usize| regions(&stories[at], labels);
        let mut sites = SiteMemory::default();
        let site = "gazette.example";
        sites.learn(
            site,
            "3",
            &stories[2],
            &said(&["nav", "body", "comment", "nav"], 2),
            &[],
        );
        sites.learn(
            site,
            "2",
            &stories[1],
            &said(&["body", "body", "body", "comment"], 1),
            &[],
        );
        sites.learn(site, "1", &stories[0], &said(&["body"; 4], 0), &[]);
        sites.forget("2");
        let mut plain = SiteMemory::default();
        plain.learn(site, "1", &stories[0], &said(&["body"; 4], 0), &[]);
        let fingerprints = PageFingerprints::of(&stories[2]);
        let without = sites.priors_without("3", site, &fingerprints);
        assert_eq!(without, plain.priors(site, &stories[2]));
        plain.learn(
            site,
            "3",
            &stories[2],
            &said(&["nav", "body", "comment", "nav"], 2),
            &[],
        );
        assert_eq!(
            sites.priors(site, &stories[1]),
            plain.priors(site, &stories[1])
        );
    }

    #[test]
    fn an_article_that_was_done_again_counts_once() {
        let first = page("storm");
        let mut sites = SiteMemory::default();
        let as_body = regions(&first, &["body"; 4]);
        let as_nav = regions(&first, &["body", "body", "body", "nav"]);
        sites.learn("gazette.example", "1", &first, &as_body, &as_body);
        sites.learn("gazette.example", "1", &first, &as_nav, &as_body);
        let card = sites.scorecard("gazette.example");
        assert_eq!(
            (card.pages, card.flawless, card.blocks, card.right),
            (1, 0, 4, 3)
        );
        let recalled = sites.priors("gazette.example", &first);
        let words = &recalled[3][0];
        assert_eq!(
            (words.fingerprint, words.label.as_str()),
            (FingerprintKind::Words, "nav")
        );
        assert_eq!((words.pages, words.share), (1, 1.0));
    }
}
