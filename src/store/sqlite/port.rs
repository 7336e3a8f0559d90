//! The traits of a store, on a file of SQLite.

use std::path::Path;
use std::time::Duration;

use super::super::{
    Added, AnnotationStore, ArticleKey, ArticleRow, ArticleStore, Change, ChangeSeq, ChangeStore,
    Commit, Facets, Filter, FinishedAnnotation, Found, LabelKind, LabelOutcome, LabelUse,
    ListStore, ModelKind, ModelSnapshot, ModelStore, NewArticle, Order, Outcome, OutcomeStore,
    PastEntry, Result, Revision, Rewrite, SchemaStore, SiteScore, StaleOutcome, StatusCounts,
    Store, StoredAnnotation, Suggestions, TimeSpent, context,
};
use super::{
    A_MOMENT, SqliteStore, articles, contents, list_rows, lists, models, open, outcome, relabel,
    search, viewpoint, work,
};
use crate::edit::Entry;
use crate::model::{Article, BytePos, Label, Schema, Span, Status};

impl Store for SqliteStore {
    fn reader(&self) -> Result<Box<dyn Store>> {
        self.check_place()?;
        let conn = self.explain(open::reader(&self.place))?;
        let file = self.file.as_ref();
        let file = file.map(|file| (file.identity.again(), false));
        Ok(Box::new(Self::over(conn, self.place.clone(), file)))
    }

    fn writer(&self) -> Result<Box<dyn Store>> {
        self.check_place()?;
        let conn = self.explain(open::writer(&self.place))?;
        let file = self.file.as_ref();
        let file = file.map(|file| (file.identity.again(), true));
        Ok(Box::new(Self::over(conn, self.place.clone(), file)))
    }

    fn check_place(&self) -> Result<()> {
        self.explain(self.check_identity())
    }

    fn copy_to(&self, to: &Path) -> Result<()> {
        self.back_up(to, false)
    }

    fn is_at_home(&self) -> Result<bool> {
        self.explain(self.at_home())
    }

    fn set_home(&mut self) -> Result<()> {
        let settled = self.check_identity().and_then(|()| Self::set_home(self));
        self.explain(settled)
    }
}

impl ArticleStore for SqliteStore {
    fn add_articles(&mut self, articles: &[NewArticle]) -> Result<Vec<Added>> {
        self.write(|conn| articles::add(conn, articles))
    }

    fn article(&self, key: ArticleKey) -> Result<Article> {
        self.explain(articles::article(&self.conn, key))
    }

    fn find(&self, id: &str) -> Result<Option<ArticleKey>> {
        self.explain(articles::find(&self.conn, id))
    }

    fn without_language(
        &self,
        after: ArticleKey,
        limit: usize,
    ) -> Result<Vec<(ArticleKey, String)>> {
        self.explain(lists::without_language(&self.conn, after, limit))
    }

    fn kept(&self, key: ArticleKey) -> Result<Option<Vec<u8>>> {
        self.explain(models::kept(&self.conn, key))
    }
}

impl ListStore for SqliteStore {
    fn view_as(&mut self, annotator: &str) {
        self.viewer = Some(annotator.to_owned());
    }

    fn page(
        &self,
        filter: &Filter,
        after: Option<ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleRow>> {
        self.prepare_search(filter, Duration::MAX)?;
        let after = after.unwrap_or(ArticleKey(i64::MIN));
        self.explain(list_rows::page(
            &self.conn,
            self.view()?,
            filter,
            after,
            limit,
        ))
    }

    fn keys(&self, filter: &Filter) -> Result<Vec<ArticleKey>> {
        self.prepare_search(filter, Duration::MAX)?;
        self.explain(lists::keys(&self.conn, self.view()?, filter))
    }

    fn with_status(&self, status: Status) -> Result<Vec<ArticleKey>> {
        self.explain(lists::with_status(&self.conn, status))
    }

    fn list(&self, filter: &Filter, order: Order) -> Result<Vec<ArticleKey>> {
        self.prepare_search(filter, A_MOMENT)?;
        self.explain(lists::list(&self.conn, self.view()?, filter, order))
    }

    fn first_rows(
        &self,
        filter: &Filter,
        order: Order,
        limit: usize,
    ) -> Result<Option<Vec<ArticleRow>>> {
        if filter.is_search() && self.explain(search::missing(&self.conn))? > 0 {
            return Ok(None); // filling the index comes first, and takes its time
        }
        self.explain(list_rows::first_rows(
            &self.conn,
            self.view()?,
            filter,
            order,
            limit,
        ))
    }

    fn facets(&self) -> Result<Facets> {
        self.explain(lists::facets(&self.conn))
    }

    fn found(&self, keys: &[ArticleKey], words: &str) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let Some((headline, text)) = self.explain(articles::words(&self.conn, *key))? else {
                continue;
            };
            let places = self.places(words, &headline, &text)?;
            found.push(Found {
                key: *key,
                headline: context::whole(&headline, &places.title),
                context: context::around(&text, &places.text),
                hits: places.text.len(),
            });
        }
        Ok(found)
    }

    fn hits(&self, key: ArticleKey, words: &str) -> Result<Vec<Span>> {
        let article = self.article(key)?;
        let text = &article.text;
        let places = self.places(words, &article.meta.title, text.as_str())?;
        let at = BytePos::from_index;
        Ok(places
            .text
            .into_iter()
            .filter_map(|hit| text.span(at(hit.start), at(hit.end)).ok())
            .collect())
    }

    fn stopper(&self) -> Box<dyn Fn() + Send> {
        let handle = self.conn.get_interrupt_handle();
        Box::new(move || handle.interrupt())
    }

    fn rows(&self, keys: &[ArticleKey]) -> Result<Vec<ArticleRow>> {
        self.explain(list_rows::rows(&self.conn, self.view()?, keys))
    }

    fn counts(&self) -> Result<StatusCounts> {
        match self.view()? {
            Some(annotator) => self.explain(viewpoint::counts(&self.conn, annotator)),
            None => self.explain(articles::counts(&self.conn)),
        }
    }

    fn with_label(&self, kind: LabelKind, label: &Label) -> Result<Vec<ArticleKey>> {
        self.explain(outcome::with_label(&self.conn, kind, label))
    }

    fn index_some(&mut self) -> Result<u64> {
        if self.explain(search::missing(&self.conn))? == 0 {
            return Ok(0);
        }
        self.write(search::fill_step)
    }

    fn unindexed(&self) -> Result<u64> {
        self.explain(search::missing(&self.conn))
    }
}

impl AnnotationStore for SqliteStore {
    fn annotations(&self, article: &Article, key: ArticleKey) -> Result<Vec<StoredAnnotation>> {
        self.explain(work::annotations(&self.conn, article, key))
    }

    fn history(&self, article: &Article, key: ArticleKey, annotator: &str) -> Result<Vec<Entry>> {
        self.explain(work::history(&self.conn, article, key, annotator))
    }

    fn timeline(&self, article: &Article, key: ArticleKey) -> Result<Vec<PastEntry>> {
        self.explain(work::timeline(&self.conn, article, key))
    }

    fn commit(&mut self, commit: &Commit<'_>, at_ms: i64) -> Result<Revision> {
        let (key, entries) = (commit.key.0, commit.entries.len());
        let _span = tracing::debug_span!("commit", article = key, entries).entered();
        self.check_commit(commit)?;
        self.write(|conn| work::commit(conn, commit, at_ms))
    }

    fn commit_all(&mut self, commits: &[Commit<'_>], at_ms: i64) -> Result<(ChangeSeq, ChangeSeq)> {
        let _span = tracing::debug_span!("commit all", articles = commits.len()).entered();
        for commit in commits {
            self.check_commit(commit)?;
        }
        self.write(|conn| {
            let before = work::change_seq(conn)?;
            for commit in commits {
                work::commit(conn, commit, at_ms)?;
            }
            Ok((before, work::change_seq(conn)?))
        })
    }

    fn is_outdated(&self, key: ArticleKey, annotator: &str) -> Result<bool> {
        self.explain(contents::is_outdated(&self.conn, key, annotator))
    }

    fn finished_annotations(&self, after_ms: i64, most: usize) -> Result<Vec<FinishedAnnotation>> {
        self.explain(models::finished_annotations(&self.conn, after_ms, most))
    }

    fn suggest(&mut self, suggestions: &[Suggestions]) -> Result<Vec<ArticleKey>> {
        self.write(|conn| models::suggest(conn, suggestions))
    }
}

impl ChangeStore for SqliteStore {
    fn change_seq(&self) -> Result<ChangeSeq> {
        self.explain(work::change_seq(&self.conn))
    }

    fn changes_since(&self, since: ChangeSeq) -> Result<Vec<Change>> {
        self.explain(work::changes_since(&self.conn, since))
    }

    fn data_version(&self) -> Result<i64> {
        self.explain(work::data_version(&self.conn))
    }
}

impl SchemaStore for SqliteStore {
    fn schema(&self) -> Result<Schema> {
        self.explain(work::schema(&self.conn))
    }

    fn set_schema(&mut self, schema: &Schema) -> Result<()> {
        self.write(|conn| work::set_schema(conn, schema))
    }

    fn users_of(&self, labels: &[Label]) -> Result<Vec<(ArticleKey, String)>> {
        self.explain(relabel::users_of(&self.conn, labels))
    }

    fn change_schema(
        &mut self,
        schema: &Schema,
        labels: &[Label],
        rewrite: &mut dyn FnMut(LabelUse<'_>) -> Rewrite,
    ) -> Result<(ChangeSeq, ChangeSeq)> {
        self.write(|conn| relabel::change_schema(conn, schema, labels, rewrite))
    }

    fn setting(&self, name: &str) -> Result<Option<String>> {
        self.explain(work::setting(&self.conn, name))
    }

    fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        self.write(|conn| work::set_setting(conn, name, value))
    }
}

impl OutcomeStore for SqliteStore {
    fn add_time(&mut self, times: &[TimeSpent]) -> Result<()> {
        self.write(|conn| outcome::add_time(conn, times))
    }

    fn time_on(&self, key: ArticleKey, annotator: &str) -> Result<i64> {
        self.explain(outcome::time_on(&self.conn, key, annotator))
    }

    fn time_by_slot(&self) -> Result<Vec<(String, i64, i64)>> {
        self.explain(outcome::time_by_slot(&self.conn))
    }

    fn write_outcomes(&mut self, outcomes: &[Outcome]) -> Result<()> {
        self.write(|conn| outcome::write_outcomes(conn, outcomes))
    }

    fn stale_outcomes(
        &self,
        after: Option<(ArticleKey, &str)>,
        limit: usize,
    ) -> Result<Vec<StaleOutcome>> {
        self.explain(outcome::stale_outcomes(&self.conn, after, limit))
    }

    fn outcomes(&self, each: &mut dyn FnMut(Outcome)) -> Result<()> {
        self.explain(outcome::outcomes(&self.conn, each))
    }

    fn label_sums(&self) -> Result<Vec<LabelOutcome>> {
        self.explain(outcome::label_sums(&self.conn))
    }

    fn site_scores(&self) -> Result<Vec<SiteScore>> {
        self.explain(outcome::site_scores(&self.conn))
    }
}

impl ModelStore for SqliteStore {
    fn load_model(&self, kind: ModelKind) -> Result<Option<ModelSnapshot>> {
        self.explain(models::load_model(&self.conn, kind))
    }

    fn save_model(&mut self, model: &ModelSnapshot) -> Result<()> {
        self.write(|conn| models::save_model(conn, model))
    }

    fn forget_models(&mut self) -> Result<()> {
        self.write(models::forget_models)
    }
}
