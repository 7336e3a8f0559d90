//! What the threads behind the window answer, taken into the state.

use crate::app::state::folds::{Folds, story_start};
use crate::app::state::notices::Severity;
use crate::app::state::{Effect, Focus, OpenArticle, Past, State, Tab};
use crate::dataset::config::window_state::LastPlace;
use crate::dataset::session::{EXPORTED_SEQ, Loaded, Reply, RowRequest, WriterRequest};
use crate::dataset::{ViewTop, other_languages, supported_language, unsupported_language};
use crate::edit::{Action, Edit, Entry, Selection};
use crate::model::{BytePos, Entity, Schema, Status};
use crate::store::ArticleKey;

impl State {
    /// Takes in what the threads say.
    pub(super) fn take_reply(&mut self, reply: Reply) {
        match reply {
            Reply::Loaded(loaded) => {
                self.show_article(*loaded);
                self.reload_after_opening();
            }
            Reply::AdjudicationLoaded(loaded) => self.show_review(*loaded),
            Reply::NoAdjudication { key, why } => self.no_review(key, &why),
            Reply::NotLoaded { key, why } => {
                if let Some(dataset) = &mut self.dataset
                    && dataset.loading == Some(key)
                {
                    dataset.loading = None;
                }
                let first = self.dataset.as_ref().and_then(|d| d.keys.first().copied());
                if let Some(first) = first.filter(|_| self.article.is_none() && first != Some(key))
                {
                    // Where somebody was last time is no longer there: that is no fault.
                    self.open_article(first);
                    return;
                }
                let words = format!("Could not open the article: {why}");
                self.notices.notify(Severity::Failure, words);
            }
            Reply::Saved { key, revision } => {
                if let Some(article) = self.article.as_mut().filter(|article| article.key == key) {
                    article.saved = revision;
                }
                if let Some(dataset) = &mut self.dataset {
                    dataset.unsaved = dataset.unsaved.saturating_sub(1);
                    dataset.save_waits.clear();
                    dataset.agreement.is_stale = true;
                    if let Some(team) = &dataset.team {
                        team.sync.note_save();
                    }
                    if dataset.filter.outdated {
                        dataset.reload_list();
                    }
                }
                self.recount();
            }
            Reply::Conflict { key, refused } => self.conflict(key, refused),
            Reply::SaveWaits { why, waiting } => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.save_waits = why.clone();
                }
                let changes = if waiting == 1 {
                    "1 change waiting".to_owned()
                } else {
                    format!("{waiting} changes waiting")
                };
                self.notices.notify(
                    Severity::Failure,
                    format!("Not saved yet, {changes}: {why}"),
                );
            }
            Reply::Lost { why, .. } => self.lost(why),
            Reply::BackInPlace => self.back_in_place(),
            Reply::Copied(copied) => self.copied(copied),
            Reply::NotCopied { to, why } => {
                let words = format!("Could not save a copy as {}: {why}", to.display());
                self.notices.notify(Severity::Failure, words);
            }
            Reply::AtHome => self.at_home(),
            Reply::ListBegins(ticket, rows) => self.list_begins(ticket, rows),
            Reply::List(ticket, keys) => self.take_list(ticket, keys),
            Reply::Rows(rows) => self.take_rows(rows),
            Reply::Facets(facets) => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.listing.facets = Some(facets);
                    dataset.listing.facets_asked = false;
                }
            }
            Reply::Found(words, found) => self.take_found(&words, found),
            Reply::Hits(key, words, hits) => self.take_hits(key, words, hits),
            Reply::History(key, steps) => {
                if let Some(article) = self.article.as_mut().filter(|article| article.key == key) {
                    article.past.steps = Some(steps);
                }
            }
            Reply::AdjudicatedChanges(key, changes) => {
                if let Some(article) = self.article.as_mut().filter(|article| article.key == key) {
                    article.past.adjudicated = Some(changes);
                }
            }
            Reply::NextRemark(next, count) => self.take_next_remark(next, count),
            Reply::Unindexed(left) => self.take_unindexed(left),
            Reply::Counts(counts) => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.counts = counts;
                }
            }
            Reply::ChangedElsewhere { keys, own } => self.changed_elsewhere(&keys, &own),
            Reply::SchemaChanged(schema) => self.schema_changed_elsewhere(*schema),
            Reply::Exported { message, seq } => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.exported = Some(message);
                    let (name, value) = (EXPORTED_SEQ.to_owned(), seq.0.to_string());
                    dataset
                        .session
                        .send(WriterRequest::SetSetting(name, Some(value)));
                }
            }
            Reply::Gathering(part) => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.board.part = Some(part);
                }
            }
            Reply::Doubts(check) => self.take_doubts(check.map(|check| *check)),
            Reply::Dashboard(made) => self.dashboard_made(made),
            Reply::DrillDown(found) => self.behind_found(found),
            Reply::OutcomesChanged => {
                if self.tab == Tab::Dashboard
                    && let Some(dataset) = &mut self.dataset
                {
                    dataset.ask_for_dashboard();
                }
            }
            Reply::Why(reasons) => {
                if let Some(why) = &mut self.why
                    && (why.key, why.of.span()) == (reasons.key, reasons.span)
                {
                    why.reasons = Some(*reasons);
                }
            }
            Reply::Unfinished { next, count, go } => self.take_unfinished(next, count, go),
            Reply::Tagged(key, entities) => self.take_entities(key, entities),
            Reply::ModelsTrained(articles) => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.learnt = articles;
                }
            }
            Reply::Suggested(keys) => {
                if let Some(dataset) = &mut self.dataset {
                    for key in keys {
                        dataset.rows.remove(&key);
                        dataset.asked.remove(&key);
                    }
                }
            }
            Reply::SuggestedByPrograms(keys) => {
                if let Some(dataset) = &mut self.dataset {
                    for key in &keys {
                        dataset.rows.remove(key);
                        dataset.asked.remove(key);
                    }
                }
                self.reload_untouched(&keys);
            }
            Reply::ModelsKnown(known) => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.suggesters.known = *known;
                }
            }
            Reply::SuggesterStatus(status) => {
                if let Some(dataset) = &mut self.dataset {
                    let name = status.name.clone();
                    dataset.suggesters.status.insert(name, *status);
                }
            }
            Reply::SuggesterTested(test) => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.suggesters.testing = None;
                    dataset.suggesters.test = Some(*test);
                }
            }
            Reply::Failed { what, why } => {
                self.notices
                    .notify(Severity::Failure, format!("{what}: {why}"));
            }
        }
    }

    /// Counts again if a status changed; not after every edit, since counting a million articles
    /// takes a while.
    pub(super) fn recount(&mut self) {
        if let Some(dataset) = &mut self.dataset
            && std::mem::take(&mut dataset.count_again)
        {
            dataset.session.send(RowRequest::Counts);
        }
    }

    pub(super) fn show_article(&mut self, loaded: Loaded) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.loading != Some(loaded.key) {
            return; // the person has gone elsewhere meanwhile
        }
        dataset.loading = None;
        let types_elsewhere = dataset.types_elsewhere;
        let schema = dataset.schema.clone();
        if let Some(place) = dataset.place_of(loaded.key) {
            dataset.listing.place = place;
        }
        dataset.announce_next(loaded.key);
        let remembered = self.memory.place(&dataset.path).cloned();
        self.send_time_spent();
        self.drop_changed_doubts();
        if let Some(left) = &self.article {
            self.places.insert(left.key, left.selection);
        }
        let remembered = remembered.filter(|_| self.article.is_none());
        let text = &loaded.session.article().text;
        let top = remembered.as_ref().map(LastPlace::top);
        let remembered = remembered.and_then(|place| place.selection(loaded.key, text));
        let top = top.filter(|_| remembered.is_some());
        let known = self.places.get(&loaded.key).copied();
        let place = known.or(remembered).or_else(|| last_edited(&loaded));
        let is_other = self
            .article
            .as_ref()
            .is_none_or(|left| left.key != loaded.key);
        // Loaded again it is another version: views look at it anew.
        let same = self.article.as_ref().filter(|_| !is_other);
        let version = same.map_or(0, |left| left.version + 1);
        let now = (self.now_ms)();
        self.article = Some(OpenArticle::new(loaded, &schema, version, now));
        self.adjudication = None;
        self.effects.push(Effect::NewArticle);
        if is_other {
            self.notices.leave_article();
        }
        self.offers_unfinished = false;
        self.fold();
        self.count_unsure();
        self.go_to_start(place, top);
        if !types_elsewhere {
            self.effects.push(Effect::FocusArticle);
        }
        self.show_hits();
        self.reapply_refused();
        if std::mem::take(&mut self.seeks_remark) {
            self.step_remark_here();
        }
        self.seek_doubt();
    }

    /// Goes to a place in an article that was just opened, or else to the beginning of its story.
    fn go_to_start(&mut self, place: Option<Selection>, top: Option<ViewTop>) {
        let story = self
            .article
            .as_ref()
            .and_then(|article| story_start(article.article(), article.session.annotation()));
        match (place, story) {
            (Some(place), _) => {
                self.select(place);
                match top {
                    Some(top) => {
                        self.effects.push(Effect::SetTop(top));
                        self.effects.push(Effect::Reveal(place.head));
                    }
                    None => self.effects.push(Effect::Jump(place.head)),
                }
            }
            (None, Some(story)) => {
                self.select_block(story, false);
                self.jump_instead();
            }
            (None, None) => {}
        }
    }

    /// The list counts what is unsure in the open article as the article does: its suggestions may
    /// be newer than the store's.
    pub(super) fn count_unsure(&mut self) {
        if let (Some(dataset), Some(article)) = (&mut self.dataset, &self.article)
            && let Some(row) = dataset.rows.get_mut(&article.key)
        {
            row.unsure = article.unsure() as u64;
            row.open_remarks = article.session.annotation().open_remarks() as u64;
        }
    }

    pub(super) fn changed_elsewhere(&mut self, keys: &[ArticleKey], own: &[ArticleKey]) {
        let mut unknown = false;
        if let Some(dataset) = &mut self.dataset {
            dataset.agreement.is_stale = true;
            for key in keys {
                unknown |= dataset.place_of(*key).is_none();
                dataset.rows.remove(key);
                dataset.asked.remove(key);
            }
            dataset.listing.facets = None;
            dataset.session.send(RowRequest::Counts);
            if self.tab == Tab::Dashboard {
                dataset.ask_for_dashboard();
            }
            if unknown {
                dataset.reload_list();
            }
        }
        self.reviews_changed_elsewhere(keys);
        let Some(article) = &self.article else { return };
        // What this window's own change of the labels did to it is no news; it is loaded again for
        // that anyway.
        let loading = self.dataset.as_ref().and_then(|dataset| dataset.loading);
        if self.is_changing_schema() || loading == Some(article.key) {
            return;
        }
        let inputs = self.shown_review().is_some() && keys.contains(&article.key);
        if inputs && article.is_saved() {
            let key = article.key;
            self.open_article(key);
            return;
        }
        if own.contains(&article.key) && article.is_saved() {
            let key = article.key;
            if !self.was_merged(key) {
                self.notices
                    .notify(Severity::Hint, "Updated from another window.");
            }
            self.open_article(key);
        }
    }

    /// Another program was first. Theirs is loaded; ours, which was refused, is put on top of it
    /// where it fits.
    pub(super) fn conflict(&mut self, key: ArticleKey, refused: Vec<Entry>) {
        if let Some(dataset) = &mut self.dataset {
            dataset.unsaved = dataset.unsaved.saturating_sub(1);
        }
        self.rebase.entry(key).or_default().extend(refused);
        self.notices.notify(
            Severity::Hint,
            "Another program changed this article too. Your last changes were added to theirs.",
        );
        self.open_article(key);
    }

    /// Puts changes that were refused on top of what was loaded.
    pub(super) fn reapply_refused(&mut self) {
        let Some(article) = &mut self.article else {
            return;
        };
        let Some(refused) = self.rebase.remove(&article.key) else {
            return;
        };
        let mut lost = 0;
        for entry in refused {
            if matches!(
                entry.action,
                Action::Start | Action::RenameLabels | Action::Suggest
            ) {
                continue;
            }
            let now = (self.now_ms)();
            let Some(article) = &mut self.article else {
                return;
            };
            // A label that got another name meanwhile goes by that.
            let history = article.session.history();
            let (transaction, _) = history.translated(entry.transaction, entry.at_ms);
            match article
                .session
                .apply(entry.action, transaction, entry.before, entry.after, now)
            {
                Ok(_) => self.changed(),
                Err(_does_not_fit) => lost += 1,
            }
        }
        if lost > 0 {
            self.notices.notify(
                Severity::Failure,
                format!(
                    "{} could not be added to what the other program changed. Please check the article.",
                    crate::model::figures::count(lost, "change")
                ),
            );
        }
    }
}

/// Returns where the annotator was last; the schema's own lines are nobody's place.
fn last_edited(loaded: &Loaded) -> Option<Selection> {
    let mut entries = loaded.session.history().entries().iter().rev();
    let last = entries.find(|entry| {
        !matches!(
            entry.action,
            Action::Start | Action::RenameLabels | Action::RemoveLabels | Action::RelabelName
        )
    });
    last.map(|last| last.after)
}

impl OpenArticle {
    /// An article that was loaded, with the caret at its beginning.
    fn new(loaded: Loaded, schema: &Schema, version: u64, now_ms: i64) -> Self {
        let entries = loaded.session.history().entries().len();
        let first = loaded
            .session
            .article()
            .blocks
            .first()
            .map_or(BytePos(0), |block| block.span.start());
        let (text, annotation) = (loaded.session.article(), loaded.session.annotation());
        let unsupported = unsupported_language(text, annotation.regions(), schema);
        let language = supported_language(text, annotation.regions(), schema);
        let is_tagged = |entity: &Entity| entity.provenance.is_of_model();
        let start = loaded.session.history().entries().first();
        let has_suggested = annotation.entities().iter().any(is_tagged)
            || start.is_some_and(|start| {
                let mut edits = start.transaction.edits.iter();
                edits.any(|edit| matches!(edit, Edit::AddEntity(entity) if is_tagged(entity)))
            });
        Self {
            unsupported,
            language,
            other_languages: other_languages(text, annotation.regions(), schema),
            has_suggested,
            key: loaded.key,
            // A history that was only just begun goes to the store with the first change.
            checked: (loaded.session.annotation().status() == Status::Done && !loaded.is_outdated)
                .then_some(version),
            is_outdated: loaded.is_outdated,
            sent: if loaded.begun_from.is_some() {
                0
            } else {
                entries
            },
            session: loaded.session,
            revision: loaded.revision,
            saved: loaded.on_disk,
            is_blind: loaded.is_blind,
            imported_by: loaded.imported_by,
            version,
            selection: Selection::caret(first),
            focus: Focus::blocks(),
            block_anchor: 0,
            block: 0,
            folds: Folds::default(),
            find: None,
            remark: None,
            past: Past::default(),
            earlier_edits: loaded.effort.edits,
            earlier_ms: loaded.active_ms,
            effort: loaded.effort,
            counted: entries,
            active_ms: 0,
            unsent_ms: 0,
            last_active_ms: now_ms,
        }
    }
}
