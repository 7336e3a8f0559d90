//! The sites of articles, as lists filter, sort and count by them.
//!
//! The column `site` holds the host of an article's address. Which site a host belongs to is
//! [`Site`]'s to say when the column is read, so that hosts that an earlier version wrote are found
//! too.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::fault::Fault;
use super::queries::{self, read_keys};
use crate::model::Site;
use crate::store::ArticleKey;

type Result<T> = std::result::Result<T, Fault>;

const HOSTS: &str = "SELECT site, COUNT(*) FROM article GROUP BY site";

/// Returns the name of the site of a stored host; empty if the host is empty or invalid.
pub(super) fn name(host: &str) -> String {
    Site::of_host(host).map_or_else(String::new, |site| site.name().to_owned())
}

/// Returns the articles of one site, or of the hosts at or below one host, in the order of import.
pub(super) fn within(conn: &Connection, wanted: &str) -> Result<Vec<ArticleKey>> {
    let Some(wanted) = Site::typed(wanted) else {
        return Ok(Vec::new());
    };
    let mut keys = Vec::new();
    for (host, _) in queries::counted(conn, HOSTS)? {
        if Site::of_host(&host).is_some_and(|site| site.is_within(&wanted)) {
            keys.extend(of_host(conn, &host)?);
        }
    }
    keys.sort_unstable();
    Ok(keys)
}

/// Returns all articles by the name of their site. Those without a site come last, whichever way.
pub(super) fn sorted(conn: &Connection, descending: bool) -> Result<Vec<ArticleKey>> {
    let mut hosts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (host, _) in queries::counted(conn, HOSTS)? {
        hosts.entry(name(&host)).or_default().push(host);
    }
    let without = hosts.remove("").unwrap_or_default();
    let mut hosts: Vec<Vec<String>> = hosts.into_values().collect();
    if descending {
        hosts.reverse();
    }
    let mut all = Vec::new();
    for site in hosts.into_iter().chain([without]) {
        let from = all.len();
        for host in site {
            all.extend(of_host(conn, &host)?);
        }
        all.get_mut(from..).unwrap_or_default().sort_unstable();
    }
    Ok(all)
}

/// Returns the number of articles of each site by name; the empty name is for articles without a
/// site.
pub(super) fn counted(conn: &Connection) -> Result<Vec<(String, u64)>> {
    let mut sites: BTreeMap<String, u64> = BTreeMap::new();
    for (host, count) in queries::counted(conn, HOSTS)? {
        *sites.entry(name(&host)).or_default() += count;
    }
    Ok(sites.into_iter().collect())
}

fn of_host(conn: &Connection, host: &str) -> Result<Vec<ArticleKey>> {
    read_keys(
        conn.prepare_cached("SELECT key FROM article WHERE site = ?1 ORDER BY key")?,
        [host],
    )
}
