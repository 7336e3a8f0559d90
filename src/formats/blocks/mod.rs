//! Tables with a row for each block of an article, to train classifiers of text or of parts of
//! pages.
//!
//! A row has the text of the block, the label of its region and its place in the article. If the
//! article was a page, it also has the path, name and depth of the element and the share of link
//! text. A block that crosses the edge of a region becomes several rows. Text outside regions has
//! no label.
//!
//! The tables are written as JSONL, CSV, Parquet and, for text classification, spaCy's DocBin. They
//! are not read back.

pub(super) mod rows;
mod tables;

use super::Format;

pub use tables::{CSV, JSONL, PARQUET};

pub use crate::formats::tools::spacy::TEXTCAT;

/// Returns the format of a name for blocks.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    match name {
        "jsonl" => Some(&JSONL),
        "csv" => Some(&CSV),
        "parquet" => Some(&PARQUET),
        "spacy" => Some(&TEXTCAT),
        _ => None,
    }
}

/// The names of the formats for blocks.
pub const NAMES: [&str; 4] = ["jsonl", "csv", "parquet", "spacy"];

#[cfg(test)]
mod tests {
    use super::rows::each;
    use super::*;
    use crate::formats::tests::Owned;
    use crate::formats::{Loss, Losses, WriteOptions};
    use crate::model::{Article, ArticleId, Block, BytePos, Label, Metadata, notation};

    fn article(notated: &str) -> Owned {
        let notated = notation::parse(notated).unwrap();
        Owned {
            article: Article {
                id: ArticleId::new("a").unwrap(),
                text: notated.text,
                blocks: Vec::new(),
                meta: Metadata::default(),
            },
            annotation: notated.annotation,
            annotator: "maria".into(),
            updated_at_ms: 0,
        }
    }

    fn rows(record: &Owned) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        each(&record.view(), &WriteOptions::default(), |row| {
            let label = row.label.map_or("-", Label::as_str).to_owned();
            rows.push((label, record.article.text.slice(row.span).to_owned()));
        });
        rows
    }

    #[test]
    fn a_text_is_cut_into_blocks_and_at_the_edges_of_regions() {
        let record = article("nav| Home\nbody| Storm closes ferry.\nbody| Two hurt.\ncomment| No!");
        let all = rows(&record);
        let wanted = [
            ("nav", "Home"),
            ("body", "Storm closes ferry."),
            ("body", "Two hurt."),
            ("comment", "No!"),
        ];
        assert_eq!(
            all,
            wanted.map(|(label, words)| (label.to_owned(), words.to_owned()))
        );

        // A block of a page that is split in two, with one part unlabelled.
        let mut record = article("nav| 8Previous\nbody| Storm");
        let text = record.article.text.clone();
        let span = |start, end| text.span(BytePos(start), BytePos(end)).unwrap();
        record.article.blocks = vec![Block {
            span: text.whole().unwrap(),
            path: "html/body/div[2]/p[1]".into(),
            link_permille: 250,
        }];
        let region = record.annotation.regions()[1].clone();
        record.annotation.remove_region(&region).unwrap();
        assert_eq!(record.annotation.regions()[0].span, span(0, 9));
        let mut seen = Vec::new();
        each(&record.view(), &WriteOptions::default(), |row| {
            seen.push((
                row.label.cloned(),
                row.tag().to_owned(),
                row.depth(),
                row.link_share,
            ));
        });
        let nav = Some(Label::new("nav").unwrap());
        assert_eq!(
            seen,
            [
                (nav, "p".to_owned(), 4, 0.25),
                (None, "p".to_owned(), 4, 0.25)
            ]
        );
    }

    #[test]
    fn tables_have_every_column_in_every_row_and_entities_are_counted_as_lost() {
        let record = article("nav| Home\nbody| {PERSON Borg} \"left\",\nbody| she said.");
        let options = WriteOptions::default();
        let mut lines = Vec::new();
        JSONL.write(&record.view(), &options, &mut lines);
        let lines = String::from_utf8(lines).unwrap();
        let rows: Vec<serde_json::Value> = lines
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1]["text"], "Borg \"left\",");
        assert_eq!(
            (&rows[1]["label"], &rows[1]["article"]),
            (&"body".into(), &"a".into())
        );
        assert_eq!(
            (&rows[1]["start"], &rows[1]["end"]),
            (&5.into(), &17.into())
        );
        assert_eq!(
            (&rows[1]["block"], &rows[1]["blocks"]),
            (&2.into(), &3.into())
        );
        let mut table = CSV.spec().frame.head.as_bytes().to_vec();
        CSV.write(&record.view(), &options, &mut table);
        let mut read = csv::Reader::from_reader(table.as_slice());
        let names: Vec<String> = read.headers().unwrap().iter().map(str::to_owned).collect();
        let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort();
        assert_eq!(sorted, keys, "both tables have the same columns");
        let texts: Vec<String> = read
            .records()
            .map(|row| row.unwrap()[8].to_owned())
            .collect();
        assert_eq!(texts, ["Home", "Borg \"left\",", "she said."]);
        let mut losses = Losses::default();
        losses.count_record(&CSV, &record.view(), &options);
        assert_eq!(
            (losses.count(Loss::Entity), losses.count(Loss::Region)),
            (1, 0)
        );
        assert_eq!(losses.count(Loss::Blocks), 0);
    }
}
