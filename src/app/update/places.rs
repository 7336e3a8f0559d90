//! One name over the whole dataset: looking it up, going to its places, relabelling them, and
//! taking that back.

use std::path::Path;
use std::sync::Arc;

use crate::app::state::names::{PlacesForm, Wanted};
use crate::app::state::notices::{Offer, Severity};
use crate::app::state::{Dialog, Effect, OpenArticle, PlacesMessage, State, Tab};
use crate::dataset::maintenance::name_view::{NameView, Relabelled, UndoneRelabelling};
use crate::dataset::session::{RowRequest, WriterRequest};
use crate::edit::{Action, Selection};
use crate::model::{Span, figures};
use crate::store::{ArticleKey, ChangeSeq};

impl State {
    pub(super) fn places(&mut self, message: PlacesMessage) {
        match message {
            PlacesMessage::LookUp(name) => self.look_up(&name),
            PlacesMessage::GoTo(key, span) => self.go_to_place(key, span),
            PlacesMessage::Relabel(step) => {
                self.dialog = None;
                self.effects.push(Effect::FocusArticle);
                self.names.wanted = Some(Wanted::Relabel(step));
            }
            PlacesMessage::Undo => self.undo_relabelling(),
        }
    }

    /// Shows the name at the caret over the whole dataset: the entity, or what is selected; else
    /// the last one again.
    pub(super) fn show_name_everywhere(&mut self) {
        let article = self.article.as_ref().filter(|_| self.tab == Tab::Annotate);
        let here = article.and_then(|article| {
            let span = article.entity().map(|entity| entity.span);
            let span = span.or_else(|| article.selected())?;
            let words = article.article().text.slice(span).trim();
            (!words.is_empty() && !words.contains('\n')).then(|| words.to_owned())
        });
        let last = self.names.found.as_ref().map(|found| found.name.clone());
        self.look_up(&here.or(last).unwrap_or_default());
    }

    fn look_up(&mut self, name: &str) {
        let name = name.trim();
        self.dialog = Some(Dialog::Places(Box::new(PlacesForm::of(name))));
        self.names.found = None;
        self.names.wanted = (!name.is_empty()).then(|| Wanted::LookUp(name.to_owned()));
    }

    /// Begins what was waiting for changes to be on disk.
    pub(super) fn refresh_names(&mut self) {
        let Some(dataset) = &self.dataset else {
            self.names = Default::default();
            return;
        };
        if dataset.unsaved > 0 {
            return;
        }
        let path = dataset.path.clone();
        if let Some(wanted) = self.names.wanted.take() {
            self.start_names(path, wanted);
        }
    }

    fn go_to_place(&mut self, key: ArticleKey, span: Span) {
        self.dialog = None;
        self.show_tab(Tab::Annotate);
        let to = Selection::of(span);
        let is_open = self.article.as_ref().is_some_and(|a| a.key == key) && !self.is_loading();
        if is_open {
            self.select(to);
            self.effects.push(Effect::Jump(span.start()));
        } else {
            self.places.insert(key, to);
            self.open_article(key);
        }
        self.effects.push(Effect::FocusArticle);
    }

    // -- taking back ----------------------------------------------------------------------------

    /// Whether an undo takes a whole relabelling back: it was the last thing that was done, or the
    /// last in the open article.
    #[must_use]
    pub(in crate::app) fn undoes_relabelling(&self) -> bool {
        let Some(last) = &self.names.last else {
            return false;
        };
        let next = |article: &OpenArticle| {
            let next = article.session.history().next_undo();
            next.is_some_and(|e| e.action == Action::RelabelName && e.at_ms == last.at_ms)
        };
        self.names.is_newest || self.article.as_ref().is_some_and(next)
    }

    pub(super) fn undo_relabelling(&mut self) {
        if let Some(last) = self.names.last.clone() {
            self.names.is_newest = false;
            self.names.wanted = Some(Wanted::Undo(Box::new(last)));
        }
    }

    // -- answers --------------------------------------------------------------------------------

    fn is_of(&self, dataset: &Path) -> bool {
        let open = self.dataset.as_ref();
        open.is_some_and(|open| open.path == dataset)
    }

    /// A name was looked up.
    pub(super) fn name_found(&mut self, dataset: &Path, found: NameView) {
        let wants = match &self.dialog {
            Some(Dialog::Places(form)) => form.name == found.name,
            _ => false,
        };
        if wants && self.is_of(dataset) {
            self.names.found = Some(Arc::new(found));
        }
    }

    /// A name was relabelled.
    pub(super) fn relabelled(&mut self, dataset: &Path, made: Relabelled) {
        if !self.is_of(dataset) {
            return;
        }
        if made.articles.is_empty() {
            let words = "Nothing was relabelled: these places were changed meanwhile.";
            self.notices.notify(Severity::Hint, words);
            return;
        }
        self.changed_in_many(&made.articles, made.changes);
        let places = figures::number(made.places);
        let articles = figures::count(made.articles.len(), "article");
        let name = &made.name;
        let mut words = match &made.to {
            Some(to) => format!("Relabelled {places} × “{name}” as {to} in {articles}"),
            None => format!("Removed the label of {places} × “{name}” in {articles}"),
        };
        if made.left > 0 {
            let left = figures::counted(made.left, "place was", "places were");
            words += &format!("\n{left} left alone: changed meanwhile");
        }
        self.notices.end_offer(&Offer::UndoRelabelling);
        self.notices
            .offer(Severity::News, words, Offer::UndoRelabelling);
        self.names.last = Some(made);
        self.names.is_newest = true;
    }

    /// A relabelling was taken back.
    pub(super) fn relabelling_undone(
        &mut self,
        dataset: &Path,
        made: &Relabelled,
        taken: &UndoneRelabelling,
    ) {
        if !self.is_of(dataset) {
            return;
        }
        let is_last = |last: &mut Relabelled| last.at_ms == made.at_ms;
        if self.names.last.take_if(is_last).is_some() {
            self.notices.end_offer(&Offer::UndoRelabelling);
        }
        if taken.articles.is_empty() && taken.left == 0 {
            return; // it was undone already
        }
        self.changed_in_many(&taken.articles, taken.changes);
        let articles = figures::count(taken.articles.len(), "article");
        let mut words = format!("“{}” has its former labels in {articles}", made.name);
        let mut severity = Severity::News;
        if taken.left > 0 {
            severity = Severity::Failure;
            let left = figures::counted(taken.left, "article", "articles");
            words += &format!("\nNot undone in {left}: the name was changed there since");
        }
        self.notices.notify(severity, words);
    }

    /// What this window has changed in many articles at once, on disk.
    fn changed_in_many(&mut self, articles: &[ArticleKey], changes: (ChangeSeq, ChangeSeq)) {
        let tab = self.tab;
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let (after, upto) = changes;
        dataset.session.send(WriterRequest::OwnChanges(after, upto));
        dataset.session.send(WriterRequest::Export);
        dataset.session.send(RowRequest::Counts);
        for key in articles {
            dataset.rows.remove(key);
            dataset.asked.remove(key);
        }
        dataset.listing.facets = None;
        if dataset.filter.is_narrow() {
            dataset.reload_list();
        }
        if tab == Tab::Dashboard {
            dataset.ask_for_dashboard();
        }
        self.names.found = None;
        let open = self.article.as_ref().filter(|open| open.is_saved());
        if let Some(key) = open.map(|open| open.key)
            && articles.contains(&key)
        {
            self.open_article(key);
        }
    }
}
