//! The models that the program ships: one for all languages, and for each language a pack that
//! holds the differences of its weights. A pack is decoded when its language is first needed.
//!
//! `scripts/train-tagger` makes the files.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::labels::Mapping;
use super::language_by_block::{PiecesIn, by_language, by_main_language};
use super::model::TagModel;
use super::suggest_in;
use crate::model::{Entity, Schema, Text};

/// The bytes of a file in `assets/models/entities/`.
macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/assets/models/entities/",
            $name,
            ".tag"
        ))
    };
}

/// The model for texts in other languages, from which the packs differ.
static WORLD: LazyLock<TagModel> = LazyLock::new(|| {
    let model = TagModel::read(file!("world"));
    model.unwrap_or_else(|_damaged| TagModel::new(Vec::new(), 1))
});

/// Declares the languages, in order.
macro_rules! packs {
    ($($tag:literal)*) => {
        /// The languages that have a pack, by their BCP 47 tags, in order.
        pub const LANGUAGES: &[&str] = &[$($tag),*];

        /// The bytes of each pack.
        const BYTES: &[&[u8]] = &[$(file!($tag)),*];

        /// Each model when it is decoded.
        static DECODED: [LazyLock<TagModel>; LANGUAGES.len()] = [$(LazyLock::new(|| decode(file!($tag)))),*];
    };
}

packs! {
    "ar" "cs" "da" "de" "el" "en" "es" "et" "fi" "fr" "hi" "hr" "hu" "id" "it" "ja" "kk" "ko" "nb"
    "nl" "pl" "pt" "ro" "ru" "sk" "sl" "sr" "sv" "th" "tr" "uk" "vi" "zh"
}

fn decode(bytes: &[u8]) -> TagModel {
    TagModel::read_pack(&WORLD, bytes).unwrap_or_else(|_damaged| WORLD.clone())
}

impl TagModel {
    /// The shipped model for English.
    #[must_use]
    pub fn shipped() -> &'static Self {
        Self::of("en")
    }

    /// The shipped model for a language, by its primary BCP 47 tag; for other languages the one
    /// that has no language.
    #[must_use]
    pub fn of(language: &str) -> &'static Self {
        match LANGUAGES.binary_search(&language) {
            Ok(nth) => &DECODED[nth],
            Err(_) => &WORLD,
        }
    }

    /// The size of the pack of a language in bytes. `None` if it has none.
    #[must_use]
    pub fn pack_size(language: &str) -> Option<usize> {
        let nth = LANGUAGES.binary_search(&language).ok()?;
        Some(BYTES[nth].len())
    }
}

/// What suggests entities in texts of any language.
#[derive(Clone, Debug)]
pub enum Models {
    /// The shipped model of each text's language.
    Shipped,
    /// One model for all texts.
    One(Arc<TagModel>),
}

impl Models {
    /// Suggests entities in these pieces of a text, whose page declares a language or "". Each block
    /// is read by the model of its language.
    #[must_use]
    pub fn suggest_in(
        &self,
        schema: &Schema,
        text: &Text,
        declared: &str,
        pieces: &[Range<usize>],
    ) -> Vec<Entity> {
        match self {
            Self::Shipped => of_languages(schema, text, &by_language(text, declared, pieces)),
            Self::One(model) => {
                suggest_in(model, &Mapping::new(&model.types, schema), text, pieces)
            }
        }
    }

    /// Suggests entities in these pieces of a text, whose main language is known.
    #[must_use]
    pub fn suggest_in_language(
        &self,
        schema: &Schema,
        text: &Text,
        main: &str,
        pieces: &[Range<usize>],
    ) -> Vec<Entity> {
        match self {
            Self::Shipped => of_languages(schema, text, &by_main_language(text, main, pieces)),
            Self::One(_) => self.suggest_in(schema, text, main, pieces),
        }
    }

    /// The model for a language, by its primary BCP 47 tag.
    #[must_use]
    pub fn for_language(&self, language: &str) -> &TagModel {
        match self {
            Self::Shipped => TagModel::of(language),
            Self::One(model) => model,
        }
    }

    /// The types of names that it finds.
    #[must_use]
    pub fn types(&self) -> &[String] {
        match self {
            Self::Shipped => &WORLD.types,
            Self::One(model) => &model.types,
        }
    }
}

/// Suggests entities in pieces of several languages, by the shipped model of each.
fn of_languages(schema: &Schema, text: &Text, all: &[PiecesIn]) -> Vec<Entity> {
    let mut entities: Vec<Entity> = all
        .iter()
        .flat_map(|one| {
            let model = TagModel::of(one.language);
            suggest_in(
                model,
                &Mapping::new(&model.types, schema),
                text,
                &one.pieces,
            )
        })
        .collect();
    entities.sort_by_key(|entity| entity.span);
    entities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_is_whole_and_knows_its_language() {
        assert!(LANGUAGES.is_sorted());
        for language in LANGUAGES {
            let model = TagModel::of(language);
            assert_eq!(model.language, *language);
            assert_eq!(model.types, ["PER", "ORG", "LOC"], "{language}");
        }
        assert_eq!(TagModel::of("xx").language, "");
    }
}
