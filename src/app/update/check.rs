//! Done, after a check: the strip over the article names what looks wrong, its keys go there, and
//! Done again accepts it.

use crate::app::command::Command;
use crate::app::state::notices::Severity;
use crate::app::state::{Effect, State};
use crate::edit::{Action, Selection};
use crate::model::{Span, Status};
use crate::quality::lint::{Finding, Lint};

impl State {
    /// Marks the article done and goes on to the next, unless the check finds something: then that
    /// is shown first.
    pub(super) fn done(&mut self) {
        let (Some(dataset), Some(article)) = (&self.dataset, &self.article) else {
            return;
        };
        // What was accepted once, and has not changed, is not asked about again.
        let is_done = article.session.annotation().status() == Status::Done;
        if is_done && article.checked == Some(article.version) {
            self.mark_done();
            return;
        }
        let is_shown = self.check.is_shown(article);
        let Some(found) = self.check.findings(article, &dataset.schema, &self.wake) else {
            self.check.wait(article);
            return;
        };
        if found.is_empty() {
            self.mark_done();
        } else if !is_shown {
            self.check.show(article);
        } else if dataset.schema.requires_check() {
            let words = format!(
                "Not marked done: this dataset needs a clean check first. {} skips the article, {} flags it.",
                self.shown_key(Command::Skip),
                self.shown_key(Command::Flag)
            );
            self.notices.notify_of_article(Severity::Hint, words);
        } else {
            self.mark_done();
        }
    }

    /// Marks the article done as it is, and goes on to the next.
    fn mark_done(&mut self) {
        self.check.close();
        // An article that is done already stays so; the way goes on all the same.
        let is_outdated = self.article.as_ref().is_some_and(|a| a.is_outdated);
        self.edit_quietly(Action::SetStatus, |scope, _| match is_outdated {
            true => scope.done_again(),
            false => scope.done(),
        });
        if let Some(article) = &mut self.article {
            article.is_outdated = false;
            article.checked = Some(article.version);
        }
        self.go_on();
    }

    /// Returns true if the strip of the check is shown over the article.
    pub(in crate::app) fn shows_check(&self) -> bool {
        let article = self.article.as_ref();
        article.is_some_and(|article| self.check.is_shown(article))
    }

    /// Takes in what the check of a long article has found, and goes on with Done if that waits for
    /// it. True if the article stays after all: what was typed since was meant for the next.
    pub(super) fn refresh_check(&mut self) -> bool {
        let was_awaited = self.check.take_answers(self.article.as_ref());
        if was_awaited {
            self.done();
        }
        let Some(article) = &self.article else {
            return false;
        };
        let stays = was_awaited && self.check.is_shown(article);
        if let Some(dataset) = &self.dataset
            && self.check.is_stale(article)
        {
            self.check.findings(article, &dataset.schema, &self.wake);
        }
        stays
    }

    /// Goes to the next or previous finding of the check, if its strip is shown; with `only`, of
    /// one lint.
    pub(super) fn step_check(&mut self, forward: bool, only: Option<Lint>) -> bool {
        let (Some(dataset), Some(article)) = (&self.dataset, &self.article) else {
            return false;
        };
        if !self.check.is_shown(article) {
            return false;
        }
        if let Some(found) = self.check.findings(article, &dataset.schema, &self.wake)
            && let Some(next) = self.check.step(&found, forward, only)
        {
            self.go_to_finding(&next);
        }
        true
    }

    fn go_to_finding(&mut self, finding: &Finding) {
        let Some(article) = &self.article else { return };
        let span = finding.span;
        let annotation = article.session.annotation();
        let region = annotation.region_at(span.start());
        if finding.lint != Lint::Missed
            && let Some(region) = region.filter(|region| is_of(finding, region.span, &region.label))
            && annotation
                .entities_in(span)
                .all(|entity| entity.span != span)
        {
            let region = region.clone();
            self.go_to(&crate::app::state::SpanRef::Region(region));
            self.focus_on(finding);
            return;
        }
        // A name without a tag, or text without a region, is selected, so that the key of a label
        // labels just that.
        let entity = annotation.entity_at(span.start());
        let selection = if entity.is_some_and(|entity| is_of(finding, entity.span, &entity.label)) {
            Selection::caret(span.start())
        } else {
            Selection::of(span)
        };
        self.select(selection);
        self.focus_on(finding);
        self.effects.push(Effect::Jump(span.start()));
    }

    /// A label takes the words of a finding exactly as they are, and Enter confirms what is unsure.
    fn focus_on(&mut self, finding: &Finding) {
        if let Some(article) = &mut self.article {
            article.focus.exact = true;
            article.focus.from_unsure = finding.lint == Lint::Unsure;
        }
    }
}

/// Whether a finding is about what has this span and label.
fn is_of(finding: &Finding, span: Span, label: &crate::model::Label) -> bool {
    finding.span == span && finding.label.as_ref() == Some(label)
}
