//! What the models doubt in finished work, as the window knows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::article::OpenArticle;
use crate::dataset::report::model_check::{Doubt, KeptCheck};
use crate::dataset::session::Ranks;
use crate::store::ArticleKey;

/// The last check of the annotator's finished work by the models.
#[derive(Default)]
pub struct Doubts {
    /// The doubts of each article; `None` if there was no check.
    by_article: Option<BTreeMap<ArticleKey, Vec<Doubt>>>,
    /// Whether to go to the first doubt of the article that is being opened.
    pub seeks: bool,
}

impl Doubts {
    /// Takes in a check.
    pub fn take(&mut self, check: Option<KeptCheck>) {
        self.by_article = check.map(|check| {
            let mut by_article: BTreeMap<ArticleKey, Vec<Doubt>> = BTreeMap::new();
            for doubt in check.doubts {
                by_article.entry(doubt.key).or_default().push(doubt);
            }
            for doubts in by_article.values_mut() {
                doubts.sort_by_key(|doubt| doubt.span);
            }
            by_article
        });
    }

    /// Whether the finished work was checked.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        self.by_article.is_some()
    }

    /// The number of doubts in all articles.
    #[must_use]
    pub fn count(&self) -> usize {
        let articles = self.by_article.iter().flatten();
        articles.map(|(_, doubts)| doubts.len()).sum()
    }

    /// The doubts of the open article that still hold, in the order of the text.
    #[must_use]
    pub fn of(&self, article: &OpenArticle) -> Vec<&Doubt> {
        let doubts = self.by_article.as_ref();
        let doubts = doubts.and_then(|doubts| doubts.get(&article.key));
        let annotation = article.session.annotation();
        let doubts = doubts.into_iter().flatten();
        doubts.filter(|doubt| doubt.holds(annotation)).collect()
    }

    /// The place of the doubt at the caret among those of the open article.
    #[must_use]
    pub fn here(&self, article: &OpenArticle) -> Option<usize> {
        let at = article.selection.start();
        let doubts = self.of(article);
        let exact = doubts.iter().position(|doubt| doubt.span.start() == at);
        exact.or_else(|| doubts.iter().position(|doubt| doubt.span.contains_pos(at)))
    }

    /// How doubtful each article is: as its most doubtful label.
    #[must_use]
    pub fn ranks(&self) -> Ranks {
        let articles = self.by_article.iter().flatten();
        let rank = |doubts: &Vec<Doubt>| {
            let scores = doubts.iter().map(|doubt| doubt.score);
            scores.fold(0.0, f64::max)
        };
        Arc::new(articles.map(|(key, doubts)| (*key, rank(doubts))).collect())
    }

    /// The most doubtful article after this one, and then the first again; `None` if no other has a
    /// doubt.
    #[must_use]
    pub fn article_after(&self, key: Option<ArticleKey>) -> Option<ArticleKey> {
        let ranks = self.ranks();
        let mut order: Vec<ArticleKey> = ranks.keys().copied().collect();
        order.sort_by(|one, other| ranks[other].total_cmp(&ranks[one]).then(one.cmp(other)));
        let here = key.and_then(|key| order.iter().position(|other| *other == key));
        let next = here.map_or(0, |here| here + 1);
        let (before, after) = order.split_at(next.min(order.len()));
        let mut others = after.iter().chain(before).copied();
        others.find(|other| Some(*other) != key)
    }

    /// Forgets a doubt that was dismissed.
    pub fn dismiss(&mut self, mark: u64) {
        self.retain(|doubt| doubt.mark != mark);
    }

    /// Forgets the doubts of an article about labels that have changed. Returns whether there were
    /// any.
    pub fn drop_changed(&mut self, article: &OpenArticle) -> bool {
        let before = self.count();
        let annotation = article.session.annotation();
        self.retain(|doubt| doubt.key != article.key || doubt.holds(annotation));
        self.count() != before
    }

    fn retain(&mut self, stays: impl Fn(&Doubt) -> bool) {
        if let Some(by_article) = &mut self.by_article {
            for doubts in by_article.values_mut() {
                doubts.retain(|doubt| stays(doubt));
            }
            by_article.retain(|_, doubts| !doubts.is_empty());
        }
    }
}
