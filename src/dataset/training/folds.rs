//! Deals articles out to folds by their sites.

use std::collections::BTreeMap;

/// Assigns sites to parts of about equal size; returns the part of each article, given by its site.
pub(crate) fn deal_out<'a>(
    of: impl Iterator<Item = &'a str> + Clone,
    folds: usize,
    seed: u64,
) -> Vec<usize> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for site in of.clone() {
        *sizes.entry(site).or_default() += 1;
    }
    let mut sites: Vec<(&str, usize)> = sizes.into_iter().collect();
    // Large sites first, and otherwise in an order that the seed makes.
    sites.sort_by_key(|(site, size)| {
        let key = format!("{seed} {site}");
        (
            std::cmp::Reverse(*size),
            *blake3::hash(key.as_bytes()).as_bytes(),
        )
    });
    let mut parts = vec![0_usize; folds.max(1)];
    let mut part_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (site, size) in sites {
        let least = (0..parts.len())
            .min_by_key(|part| parts[*part])
            .unwrap_or(0);
        parts[least] += size;
        part_of.insert(site, least);
    }
    of.map(|site| part_of[site]).collect()
}
