//! Asking why a region or an entity has its label.

use crate::app::state::{OpenArticle, SpanRef, State, Why};
use crate::dataset::Calendar;
use crate::dataset::session::LearnerRequest;
use crate::edit::{Action, Edit, EntryKind};
use crate::model::Provenance;

impl State {
    /// Shows why the entity at the caret, or else the region, has its label; asked again, puts that
    /// away.
    pub(super) fn ask_why(&mut self) {
        let (Some(dataset), Some(article)) = (&self.dataset, &self.article) else {
            return;
        };
        let Some(of) = article.here() else {
            return;
        };
        let is_shown =
            |why: &Why| (why.key, why.version, &why.of) == (article.key, article.version, &of);
        if self.why.take().as_ref().is_some_and(is_shown) {
            return;
        }
        dataset.session.send(match &of {
            SpanRef::Region(region) => LearnerRequest::Why(article.key, Box::new(region.clone())),
            SpanRef::Entity(entity) => {
                let words = article.article().text.slice(entity.span).to_owned();
                LearnerRequest::Known(article.key, entity.span, words)
            }
        });
        let suggested_by = self.suggested_by(of.provenance());
        self.why = Some(Why {
            key: article.key,
            version: article.version,
            who: who(article, &of, suggested_by.as_deref()),
            of,
            reasons: None,
        });
    }

    /// What is shown of it, while it is about what is on the screen.
    #[must_use]
    pub fn shown_why(&self) -> Option<&Why> {
        let (why, article) = (self.why.as_ref()?, self.article.as_ref()?);
        let is_here = (why.key, why.version) == (article.key, article.version)
            && article.here().as_ref() == Some(&why.of);
        is_here.then_some(why)
    }
}

/// Who labelled a region or tagged an entity, and when.
fn who(article: &OpenArticle, of: &SpanRef, suggested_by: Option<&str>) -> String {
    let label = of.label();
    match of.provenance() {
        Provenance::Import => format!("{label} was imported with the article."),
        Provenance::Colleague => {
            let from = article.session.history().started_from();
            let whose = from.person().unwrap_or("a colleague");
            format!("{label} is from {whose}, whose work you review. You left it as it was.")
        }
        Provenance::Projected(score) => {
            let percent = u32::from(score.ten_thousandths()) / 100;
            let from = article.session.history().started_from();
            let whose = from.person().unwrap_or("a colleague");
            format!(
                "{label} was projected from a near-duplicate that {whose} labelled ({percent} % sure). Nobody has confirmed it."
            )
        }
        Provenance::Extractor(score) | Provenance::Tagger(score) => {
            let percent = u32::from(score.ten_thousandths()) / 100;
            format!("{label} was suggested ({percent} % sure). Nobody has confirmed it.")
        }
        Provenance::Suggester(..) => {
            let by = suggested_by.unwrap_or("suggested by another program");
            format!("{label} was {by}. Nobody has confirmed it.")
        }
        Provenance::Person => {
            let entries = article.session.history().entries();
            let puts = |edit: &Edit| match (edit, of) {
                (Edit::AddRegion(new), SpanRef::Region(region)) => new == region,
                (Edit::AddEntity(new), SpanRef::Entity(entity)) => new == entity,
                _ => false,
            };
            let put = entries.iter().rev().find(|entry| {
                entry.kind != EntryKind::Undo && entry.transaction.edits.iter().any(puts)
            });
            let did = match of {
                SpanRef::Region(_) => "labelled",
                SpanRef::Entity(_) => "tagged",
            };
            match put {
                Some(entry) if entry.action == Action::Start => {
                    format!("{label} was another annotator's work, from which you went on.")
                }
                Some(entry) => {
                    let day = Calendar::of_the_system().day(entry.at_ms);
                    let how = match entry.action {
                        Action::Confirm | Action::SetStatus => "confirmed",
                        _ => did,
                    };
                    format!("You {how} it as {label} on {}.", day.long())
                }
                None => format!("You {did} it as {label}."),
            }
        }
    }
}
