//! The folder in which the pages of articles lie, for exports that write pages.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::formats::{FindPage, Pages};
use crate::model::Article;

/// The longest page that is read, in bytes, decompressed.
const MAX_BYTES: u64 = 64 << 20;

/// The longest path that is looked for, in bytes and in parts.
const MAX_PATH: usize = 4096;
const MAX_PARTS: usize = 64;

/// A folder of pages, such as the one that was imported. The page of an article is the file that
/// its `source` names: by the whole path below this folder, or else by as much of its end as there
/// is; or the file that is called like its id, with `.html` or `.htm`. Each may be compressed, with
/// `.gz` at the end of its name.
#[derive(Clone, Debug)]
pub struct PageFolder(PathBuf);

impl PageFolder {
    /// Of a folder.
    #[must_use]
    pub fn pages(folder: &Path) -> Pages {
        Pages::new(Self(folder.to_owned()))
    }

    /// Returns the files that may be an article's page, likeliest first. None lies outside the
    /// folder.
    fn candidates<'a>(&'a self, article: &'a Article) -> impl Iterator<Item = PathBuf> + 'a {
        let source = last_parts(&article.meta.source);
        let ids = ["html", "htm"].map(|ending| format!("{}.{ending}", article.id));
        let within = |name: &String| {
            let mut parts = Path::new(name).components();
            parts.all(|part| matches!(part, Component::Normal(_)))
        };
        (0..source.len())
            .map(move |from| source.get(from..).unwrap_or_default().join("/"))
            .chain(ids)
            .filter(move |name| name.len() <= MAX_PATH && within(name))
            .flat_map(|name| [self.0.join(&name), self.0.join(format!("{name}.gz"))])
    }
}

/// The parts of a path that say something: the last ones, if there are more than any system allows.
fn last_parts(source: &str) -> Vec<&str> {
    let parts = source
        .rsplit(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".");
    let mut parts: Vec<&str> = parts.take(MAX_PARTS).collect();
    parts.reverse();
    parts
}

impl FindPage for PageFolder {
    fn find(&self, article: &Article) -> Option<Vec<u8>> {
        let path = self.candidates(article).find(|path| path.is_file())?;
        let mut bytes = Vec::new();
        let mut file = File::open(&path).ok()?.take(MAX_BYTES + 1);
        file.read_to_end(&mut bytes).ok()?;
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut page = Vec::new();
            let mut unpacked = MultiGzDecoder::new(&*bytes).take(MAX_BYTES + 1);
            unpacked.read_to_end(&mut page).ok()?;
            bytes = page;
        }
        (bytes.len() as u64 <= MAX_BYTES).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArticleId, Metadata, Text};

    fn article(id: &str, source: &str) -> Article {
        Article {
            id: ArticleId::new(id).unwrap(),
            text: Text::new("x"),
            blocks: Vec::new(),
            meta: Metadata {
                source: source.to_owned(),
                ..Metadata::default()
            },
        }
    }

    #[test]
    fn a_page_is_found_by_its_source_or_its_id_and_never_outside_the_folder() {
        use std::io::Write as _;

        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("pages");
        std::fs::create_dir_all(folder.join("a")).unwrap();
        std::fs::write(outer.path().join("secret.html"), "no").unwrap();
        std::fs::write(folder.join("a/one.html"), "one").unwrap();
        let packed = File::create(folder.join("two.html.gz")).unwrap();
        let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::fast());
        packed.write_all(b"two").unwrap();
        packed.finish().unwrap();

        let pages = PageFolder::pages(&folder);
        let found = |id: &str, source: &str| {
            let page = pages.find(&article(id, source));
            page.map(|page| String::from_utf8(page).unwrap())
        };
        let one = Some("one".to_owned());
        assert_eq!(found("x", "a/one.html"), one);
        assert_eq!(found("x", "/home/ada/crawl/a/one.html"), one);
        assert_eq!(found("x", "crawl\\a\\one.html"), one);
        assert_eq!(found("x", "b/two.html"), Some("two".to_owned()));
        assert_eq!(found("a/one", ""), one);
        assert_eq!(found("two", "-"), Some("two".to_owned()));
        for source in ["../secret.html", "a/../../secret.html", "one.html", "a", ""] {
            assert_eq!(found("x", source), None, "{source}");
        }
        let absolute = outer.path().join("secret.html");
        assert_eq!(found("x", absolute.to_str().unwrap()), None);
        assert_eq!(found("../secret", ""), None);
    }

    #[test]
    fn a_source_with_thousands_of_folders_is_looked_for_a_few_times() {
        let folder = PageFolder(PathBuf::from("pages"));
        let source = "a/".repeat(1 << 20);
        let article = article("x", &source);
        let candidates: Vec<PathBuf> = folder.candidates(&article).collect();
        assert_eq!(candidates.len(), 2 * (MAX_PARTS + 2));
        let bytes: usize = candidates.iter().map(|path| path.as_os_str().len()).sum();
        assert!(bytes < 64 << 10, "{bytes}");
        // The end of the path is what counts.
        assert_eq!(last_parts("b/./a//one.html"), ["b", "a", "one.html"]);
    }
}
