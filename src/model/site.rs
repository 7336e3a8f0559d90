//! The site of a web address.
//!
//! The list's filter, the split of an export, the dashboard and the memory of sites all ask this
//! one type, so that they agree on which articles belong together.

use std::fmt;

use url::{Host, Url};

/// The site that published an article: the registrable domain of its address.
///
/// `https://News.BBC.co.uk:443/1` and `http://www.bbc.co.uk` are both of the site `bbc.co.uk`.
/// Which suffixes are public (`co.uk`, `github.io`) is looked up in Mozilla's [Public Suffix
/// List](https://publicsuffix.org); each host below one of them is a site by itself. An IP address,
/// and a host without a public suffix such as `localhost`, is its own site.
///
/// Names are lower case and in Unicode: `xn--bcher-kva.example` is `bücher.example`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    host: String,
    /// Where the registrable domain starts in the host.
    name_at: usize,
}

impl Site {
    /// Returns the site of an address such as `https://example.org/a`; `None` if it has no scheme
    /// or no valid host.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        if !url.contains("://") {
            return None;
        }
        match Url::parse(url.trim()).ok()?.host()? {
            Host::Domain(domain) => Self::of_host(domain),
            address => Some(Self::whole(address.to_string())),
        }
    }

    /// Returns the site of a host such as `news.example.org`; `None` if it cannot be a host.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        let ascii = match Host::parse(host.trim().trim_end_matches('.')).ok()? {
            Host::Domain(domain) => domain,
            address => return Some(Self::whole(address.to_string())),
        };
        let (unicode, valid) = idna::domain_to_unicode(&ascii);
        let host = if valid.is_ok() { unicode } else { ascii };
        let host = match host.strip_prefix("www.") {
            Some(rest) if psl::domain_str(rest).is_some() => rest.to_owned(),
            _ => host,
        };
        if host.is_empty() {
            return None;
        }
        let name_at = psl::domain_str(&host).map_or(0, |name| host.len() - name.len());
        Some(Self { host, name_at })
    }

    /// Returns the site that a person typed, as an address or as a host.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        Self::of_url(text).or_else(|| Self::of_host(text))
    }

    fn whole(host: String) -> Self {
        Self { host, name_at: 0 }
    }

    /// The host without `www.` and port, such as `news.bbc.co.uk`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The name of the site, such as `bbc.co.uk`. Articles with the same name are of the same site.
    #[must_use]
    pub fn name(&self) -> &str {
        self.host.get(self.name_at..).unwrap_or(&self.host)
    }

    /// Whether this host is `other`'s or lies below it: `news.bbc.co.uk` is within `bbc.co.uk`, not
    /// the reverse.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.host
            .strip_suffix(other.host())
            .is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.host(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(url: &str) -> Option<String> {
        Site::of_url(url).map(|site| site.to_string())
    }

    #[test]
    fn a_site_is_the_registrable_domain_of_an_address() {
        for (url, name) in [
            ("https://www.Example.org/a/b?c", "example.org"),
            ("https://News.BBC.co.uk:443/1", "bbc.co.uk"),
            ("http://u:p@news.example.org:8080#top", "example.org"),
            ("ftp://jo@example.org/x:y", "example.org"),
            ("https://example.org?u=http://b", "example.org"),
            ("https://edition.cnn.com./x", "cnn.com"),
            ("https://jo.github.io/blog", "jo.github.io"),
            ("https://news.ferry-times.example/a", "ferry-times.example"),
            ("http://localhost:8000/", "localhost"),
            ("http://127.0.0.1/a", "127.0.0.1"),
            ("http://[::1]:80/a", "[::1]"),
        ] {
            assert_eq!(named(url).as_deref(), Some(name), "{url}");
        }
        for url in ["", "no address", "example.org/a", "https://", "file:///a"] {
            assert_eq!(named(url), None, "{url}");
        }
    }

    #[test]
    fn punycode_and_letters_name_the_same_site() {
        for (url, name) in [
            ("https://xn--bcher-kva.example/a", "bücher.example"),
            ("https://www.BÜCHER.example", "bücher.example"),
            ("https://www.xn--55qx5d.cn/", "www.公司.cn"),
            ("https://news.a.xn--55qx5d.cn/", "a.公司.cn"),
            ("https://news.a.公司.cn/", "a.公司.cn"),
        ] {
            assert_eq!(named(url).as_deref(), Some(name), "{url}");
        }
    }

    #[test]
    fn a_host_lies_within_itself_and_what_it_is_below() {
        let site = |host: &str| Site::of_host(host).unwrap();
        let news = site("News.BBC.co.uk");
        assert_eq!((news.host(), news.name()), ("news.bbc.co.uk", "bbc.co.uk"));
        for (wider, expected) in [
            ("news.bbc.co.uk", true),
            ("www.bbc.co.uk", true),
            ("uk", true),
            ("c.co.uk", false),
            ("sport.bbc.co.uk", false),
        ] {
            assert_eq!(news.is_within(&site(wider)), expected, "{wider}");
        }
        assert!(!site("bbc.co.uk").is_within(&news));
        assert_eq!(Site::typed("https://bbc.co.uk/1"), Site::typed("BBC.co.uk"));
    }

    #[test]
    fn a_name_is_the_site_of_itself() {
        for host in [
            "news.bbc.co.uk",
            "jo.github.io",
            "www.co.uk",
            "bücher.example",
            "[::1]",
            "localhost",
        ] {
            let site = Site::of_host(host).unwrap();
            assert_eq!(Site::of_host(site.name()).unwrap().name(), site.name());
            assert_eq!(Site::of_host(site.host()), Some(site));
        }
    }
}
