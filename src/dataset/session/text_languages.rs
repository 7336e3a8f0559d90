//! Detected languages of articles whose metadata name none.
//!
//! They are kept as long as the dataset is open; detection takes about ten microseconds an article.

use std::collections::BTreeMap;

use crate::store::{ArticleKey, Chosen, Facets, Filter, Store, StoreError};
use crate::tag::languages;

/// How many articles are read at once.
const AT_ONCE: usize = 1000;

/// What is known by now.
#[derive(Default)]
pub(super) struct TextLanguages {
    by_language: BTreeMap<&'static str, Vec<ArticleKey>>,
    upto: Option<ArticleKey>,
}

impl TextLanguages {
    /// Detects the languages of articles added since the last call. Results are kept, also when it
    /// is stopped.
    fn look(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        loop {
            let starts =
                store.without_language(self.upto.unwrap_or(ArticleKey(i64::MIN)), AT_ONCE)?;
            let Some((last, _)) = starts.last() else {
                return Ok(());
            };
            self.upto = Some(*last);
            for (key, text) in starts {
                if let Some(language) = languages::detected(&text) {
                    self.by_language.entry(language).or_default().push(key);
                }
            }
        }
    }

    /// Adds to a filter by language the articles whose texts are in it.
    pub(super) fn complete(
        &mut self,
        store: &dyn Store,
        filter: &Filter,
    ) -> Result<Filter, StoreError> {
        let mut filter = filter.clone();
        if let Some(language) = &filter.language {
            self.look(store)?;
            let primary = language.to_lowercase();
            let keys = self.by_language.get(primary.as_str());
            filter.in_language = keys.map(|keys| Chosen::new(language, keys.clone()));
        }
        Ok(filter)
    }

    /// Adds these articles to the counts by language.
    pub(super) fn add_to(
        &mut self,
        store: &dyn Store,
        facets: &mut Facets,
    ) -> Result<(), StoreError> {
        self.look(store)?;
        for (language, keys) in &self.by_language {
            let count = keys.len() as u64;
            let known = facets
                .languages
                .iter_mut()
                .find(|(name, _)| name == language);
            match known {
                Some((_, known)) => *known += count,
                None => facets.languages.push(((*language).to_owned(), count)),
            }
        }
        let order =
            |a: &(String, u64), b: &(String, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
        facets.languages.sort_by(order);
        Ok(())
    }
}
