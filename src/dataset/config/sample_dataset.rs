//! The sample dataset: articles written for the project and built into the program.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::dataset::EXTENSION;
use crate::store::write_atomically;

/// The name of the folder of articles, and of the dataset that is made of it.
const NAME: &str = "news-sample";

macro_rules! articles {
    ($($name:literal)*) => {
        [$(($name, include_bytes!(concat!("../../../datasets/news-sample/", $name)).as_slice())),*]
    };
}

/// The articles, by their names.
static ARTICLES: [(&str, &[u8]); 19] = articles![
    "01-scraped-dump.txt"
    "02-clean-story.txt"
    "03-live-blog.html"
    "04-opinion-comments.html"
    "05-wire-copy.txt"
    "06-wire-copy-second-site.html"
    "07-full-page.html"
    "08-german.html"
    "09-arabic.txt"
    "10-japanese.txt"
    "11-french-windows-1252.html"
    "12-emoji-crlf.txt"
    "13-parliament-transcript.txt"
    "14-glued-minified.txt"
    "15-records.jsonl"
    "16-sports-table.html"
    "17-russian-windows-1251.txt"
    "18-interview.html"
    "19-section-front.html"
];

/// Returns the default place of the sample: where the system keeps a program's data.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    Some(
        directories::ProjectDirs::from("", "", "copydesk")?
            .data_dir()
            .to_path_buf(),
    )
}

/// Writes the sample into a folder if it is not there.
///
/// Returns the path to open: the dataset if it was made before, or else the articles.
///
/// # Errors
/// If it cannot be written.
pub fn place(folder: &Path) -> Result<PathBuf> {
    let dataset = folder.join(NAME).with_extension(EXTENSION);
    if dataset.is_file() {
        return Ok(dataset);
    }
    let articles = folder.join(NAME);
    fs::create_dir_all(&articles)
        .with_context(|| format!("cannot make the folder {}", articles.display()))?;
    for (name, bytes) in ARTICLES {
        let path = articles.join(name);
        if !path.is_file() {
            write_atomically(&path, |file| file.write_all(bytes))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(articles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_has_every_article_of_the_sample() {
        let there = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/news-sample");
        let mut names: Vec<String> = fs::read_dir(there)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let known: Vec<&str> = ARTICLES.iter().map(|(name, _)| *name).collect();
        assert_eq!(known, names);
    }

    #[test]
    fn it_is_placed_once_and_work_on_it_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let articles = place(folder.path()).unwrap();
        assert_eq!(articles, folder.path().join("news-sample"));
        assert_eq!(fs::read_dir(&articles).unwrap().count(), ARTICLES.len());
        let dataset = folder.path().join("news-sample.copydesk");
        fs::write(&dataset, "").unwrap();
        assert_eq!(place(folder.path()).unwrap(), dataset);
    }
}
