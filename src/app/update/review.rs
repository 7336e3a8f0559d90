//! Deciding between annotators: every decision is a step of the article's history, and saved at
//! once.

use crate::app::command::Command;
use crate::app::state::notices::Severity;
use crate::app::state::{Dialog, Effect, OpenReview, ReasonForm, State, Tab};
use crate::edit::adjudication::{Choice, How, PlaceId, Threshold, decisions_in};
use crate::edit::{Action, Edit, LabelKind, Selection, Transaction};
use crate::model::{Span, Status, figures};

impl State {
    pub(super) fn run_review(&mut self, command: Command) {
        use Command as C;
        match command {
            C::NextPlace => self.step_place(true),
            C::PreviousPlace => self.step_place(false),
            C::TakeNobody => self.decide_here(Choice::Nobody),
            C::DecideAlike => self.decide_alike(),
            C::ConfirmPlace => self.confirm_place(),
            C::Reason => self.ask_reason(),
            C::DecideByMajority => self.decide_by_majority(),
            C::FinishUnanimous => self.ask_to_finish_unanimous(),
            _ => {
                if let Some(version) = command.version() {
                    self.decide_here(Choice::Version(version));
                }
            }
        }
    }

    /// The open article's review, if it is on the screen.
    #[must_use]
    pub fn shown_review(&self) -> Option<&OpenReview> {
        let article = self.article.as_ref().filter(|_| self.tab == Tab::Review)?;
        self.adjudication
            .as_ref()
            .filter(|review| review.key == article.key)
    }

    fn shown_review_mut(&mut self) -> Option<&mut OpenReview> {
        let article = self.article.as_ref().filter(|_| self.tab == Tab::Review)?;
        self.adjudication
            .as_mut()
            .filter(|review| review.key == article.key)
    }

    /// Returns true if a key that decides means the open place, rather than selected words.
    #[must_use]
    pub fn decides_here(&self) -> bool {
        let is_selected = self
            .article
            .as_ref()
            .is_some_and(|article| article.selected().is_some());
        !is_selected && self.shown_review().is_some_and(|one| one.here().is_some())
    }

    /// Counts the places like the open one.
    pub(super) fn refresh_review(&mut self) {
        let Some(review) = self.shown_review_mut() else {
            return;
        };
        if review.alike.0 != review.current {
            let count = review.here().map_or(0, |at| review.work.same_as(at).len());
            review.alike = (review.current, count);
        }
    }

    // -- going from place to place --------------------------------------------------------------

    fn step_place(&mut self, forward: bool) {
        let Some(head) = self.article.as_ref().map(|article| article.selection.head) else {
            return;
        };
        let next = self
            .shown_review()
            .and_then(|review| review.step(head, forward));
        match next {
            Some(at) => self.go_to_disputed(at),
            None => self.notices.notify_of_article(
                Severity::Hint,
                "The annotators agree on this whole article.",
            ),
        }
    }

    /// Opens the lanes of a place and puts the caret there.
    pub(super) fn go_to_disputed(&mut self, at: usize) {
        let Some(review) = self.shown_review_mut() else {
            return;
        };
        let Some(place) = review.work.places().get(at) else {
            return;
        };
        let (id, start) = (place.id(), place.span.start());
        self.select(Selection::caret(start));
        if let Some(review) = self.shown_review_mut() {
            review.current = Some(id);
        }
        self.effects.push(Effect::Jump(start));
    }

    /// Keeps the open lanes with the caret: they close when it leaves their place, and those of an
    /// entity open when it comes into one.
    pub(super) fn follow_caret(&mut self) {
        let Some(selection) = self.article.as_ref().map(|article| article.selection) else {
            return;
        };
        let Some(review) = self.shown_review_mut() else {
            return;
        };
        let touches =
            |span: Span| span.start() <= selection.start() && selection.end() <= span.end();
        if review.current.is_some_and(|id| touches(id.span)) {
            return;
        }
        let places = review.work.places();
        let entered = review.disputed().find(|at| {
            places
                .get(*at)
                .is_some_and(|place| place.kind == LabelKind::Entity && touches(place.span))
        });
        review.current = entered
            .and_then(|at| places.get(at))
            .map(|place| place.id());
    }

    /// Closes the lanes; true if they were open.
    pub(super) fn close_lanes(&mut self) -> bool {
        self.shown_review_mut()
            .and_then(|review| review.current.take())
            .is_some()
    }

    // -- deciding -------------------------------------------------------------------------------

    /// Decides the open place.
    pub(super) fn decide_here(&mut self, choice: Choice) {
        let Some(review) = self.shown_review_mut() else {
            return;
        };
        let Some(at) = review.here() else { return };
        let before = review.work.made(at).cloned();
        if before.as_ref().is_some_and(|made| made.choice == choice) {
            return; // pressing the key of what is chosen is a way of saying "yes"
        }
        let reason = before.as_ref().and_then(|made| made.reason.clone());
        match review.work.decide(at, choice, How::ByHand, reason) {
            Ok(()) => self.decided(),
            Err(why) => {
                let words = format!("That does not fit here: {why}");
                self.notices.notify_of_article(Severity::Hint, words);
            }
        }
    }

    /// Decides all places like the open one in the same way.
    fn decide_alike(&mut self) {
        let Some(review) = self.shown_review_mut() else {
            return;
        };
        let Some(at) = review.here() else { return };
        let words = if review.work.decision(at).is_none() {
            "Decide this place first; then the same goes for all like it.".to_owned()
        } else {
            match review.work.decide_same(at).len() {
                0 => "No other open place is like this one.".to_owned(),
                n => {
                    self.decided();
                    format!("{} decided the same.", figures::count(n, "more place"))
                }
            }
        };
        self.notices.notify_of_article(Severity::News, words);
    }

    /// Decides the open places on which a majority agrees.
    fn decide_by_majority(&mut self) {
        let threshold = self.review_settings().threshold.unwrap_or(Threshold::HALF);
        let Some(review) = self.shown_review_mut() else {
            return;
        };
        let count = review.work.decide_by_majority(threshold).len();
        let open = review.open();
        self.decided();
        let words = format!(
            "{} decided by majority (more than {:.0} %), {} open.",
            figures::count(count, "place"),
            threshold.share() * 100.0,
            figures::count(open, "place"),
        );
        self.notices.notify_of_article(Severity::News, words);
    }

    /// Confirms the open place and goes to the next that is open; in the end, confirms the
    /// article.
    fn confirm_place(&mut self) {
        let Some(review) = self.shown_review() else {
            return;
        };
        let here = review.here();
        if let Some(at) = here.filter(|at| review.work.is_open(*at)) {
            let place = review.work.places().get(at);
            let least = Threshold::new(0.0).unwrap_or(Threshold::HALF);
            let leading = place.and_then(|place| place.majority(least));
            let Some(leading) = leading else {
                let count = place.map_or(0, |place| place.versions.len()).min(9);
                let words = format!("Choose a version first: 1 to {count}, or 0 for nobody.");
                self.notices.notify_of_article(Severity::Hint, words);
                return;
            };
            self.decide_here(Choice::Version(leading));
        }
        let Some(review) = self.shown_review() else {
            return;
        };
        if let Some(next) = review.next_open(here) {
            self.go_to_disputed(next);
            return;
        }
        let was_here = self.close_lanes();
        let is_done = self
            .article
            .as_ref()
            .is_some_and(|article| article.session.annotation().status() == Status::Done);
        if was_here && !is_done {
            let key = self.shown_key(Command::ConfirmPlace);
            let words = format!("Every place is decided. {key} finishes the article.");
            self.notices.notify_of_article(Severity::News, words);
        } else {
            self.finish_review();
        }
    }

    /// Marks the article done, if every place is decided, and opens the next one.
    pub(super) fn finish_review(&mut self) {
        let Some(review) = self.shown_review() else {
            return;
        };
        let open = review.open();
        if open > 0 {
            let words = format!("{} to decide first.", figures::count(open, "place"));
            self.notices.notify_of_article(Severity::Hint, words);
            if let Some(next) = self.shown_review().and_then(|one| one.next_open(None)) {
                self.go_to_disputed(next);
            }
            return;
        }
        self.decided();
        self.edit_quietly(Action::SetStatus, |scope, _| scope.set_status(Status::Done));
        self.next_review();
    }

    /// Puts decisions that were made into the annotation and its history, and sends them to be
    /// saved; with them, what all annotators agree on.
    fn decided(&mut self) {
        let now = (self.now_ms)();
        if self.shown_review().is_none() {
            return;
        }
        let (Some(article), Some(review)) = (&mut self.article, &mut self.adjudication) else {
            return;
        };
        let annotation = article.session.annotation();
        let Ok(mut transaction) = review.work.transaction(annotation, &review.stored) else {
            return; // decisions always fit together
        };
        if transaction.is_empty() {
            return;
        }
        if annotation.status() == Status::Todo {
            transaction.edits.push(Edit::SetStatus {
                from: Status::Todo,
                to: Status::Started,
            });
        }
        let here = article.selection;
        let applied = article
            .session
            .apply(Action::Adjudicate, transaction, here, here, now);
        if let Err(why) = applied {
            let words = format!("That does not fit here: {why}");
            self.notices.notify_of_article(Severity::Failure, words);
            self.reread_decisions();
            return;
        }
        review.stored = review.work.all_made().cloned().collect();
        review.version += 1;
        self.changed();
    }

    /// Adds to an ordinary edit in the review what it decides: the adjudicator's own version.
    pub(super) fn decide_by_edit(&mut self, transaction: &mut Transaction) {
        if self.shown_review().is_none() {
            return;
        }
        let (Some(article), Some(review)) = (&self.article, &mut self.adjudication) else {
            return;
        };
        let mut after = article.session.annotation().clone();
        let text = &article.article().text;
        if transaction.apply(text, &mut after).is_err() {
            return; // it is refused anyway
        }
        match review.work.take_over(&after) {
            Ok(places) => {
                let Ok(decisions) = review.work.transaction(&after, &review.stored) else {
                    return;
                };
                transaction.edits.extend(decisions.edits);
                review.stored = review.work.all_made().cloned().collect();
                review.version += 1;
                if let Some(place) = places.first() {
                    review.current = Some(*place);
                }
            }
            Err(why) => {
                let words = format!("This is not yet a decision: {why}");
                self.notices.notify_of_article(Severity::Failure, words);
            }
        }
    }

    /// Reads the decisions from the history: after undo and redo, they are others.
    pub(super) fn reread_decisions(&mut self) {
        let (Some(dataset), Some(article), Some(review)) =
            (&self.dataset, &self.article, &mut self.adjudication)
        else {
            return;
        };
        if article.key != review.key {
            return;
        }
        let stored = decisions_in(article.session.history().entries());
        let changed = review.first_difference(&stored);
        review.reset(stored, &dataset.schema);
        if changed.is_some() {
            review.current = changed;
        }
    }

    // -- reasons --------------------------------------------------------------------------------

    fn ask_reason(&mut self) {
        let Some(review) = self.shown_review() else {
            return;
        };
        let made = review.here().and_then(|at| review.work.made(at));
        let (Some(place), Some(decision)) = (review.current, made) else {
            let words = "Decide this place first; then say why.";
            self.notices.notify_of_article(Severity::Hint, words);
            return;
        };
        self.dialog = Some(Dialog::Reason(Box::new(ReasonForm {
            place,
            words: decision.reason.clone().unwrap_or_default(),
            decision: Box::new(decision.clone()),
        })));
    }

    pub(super) fn give_reason(&mut self, place: PlaceId, words: &str) {
        self.dialog = None;
        self.effects.push(Effect::FocusArticle);
        let Some(review) = self.shown_review_mut() else {
            return;
        };
        let Some(at) = review.work.find(place) else {
            return;
        };
        let Some(before) = review.work.made(at).cloned() else {
            return;
        };
        let reason = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
        if reason == before.reason {
            return;
        }
        let put = review
            .work
            .decide(at, before.choice.clone(), before.how, reason);
        if put.is_ok() {
            self.decided();
        }
    }
}
