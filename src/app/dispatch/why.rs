//! Asking why a region has its label.

use crate::app::state::{OpenArticle, State, Why};
use crate::dataset::Calendar;
use crate::dataset::desk::Request;
use crate::edit::{Action, Edit, EntryKind};
use crate::model::{Provenance, Region};

impl State {
    /// Shows why the region at the caret has its label; asked again, puts that away.
    pub(super) fn ask_why(&mut self) {
        let (Some(dataset), Some(article)) = (&self.dataset, &self.article) else {
            return;
        };
        let Some(region) = article.region().cloned() else {
            return;
        };
        let is_shown = |why: &Why| {
            (why.key, why.version, &why.region) == (article.key, article.version, &region)
        };
        if self.why.take().as_ref().is_some_and(is_shown) {
            return;
        }
        dataset
            .desk
            .send(Request::Why(article.key, Box::new(region.clone())));
        self.why = Some(Why {
            key: article.key,
            version: article.version,
            who: who(article, &region),
            region,
            reasons: None,
        });
    }

    /// What is shown of it, while it is about what is on the screen.
    #[must_use]
    pub fn shown_why(&self) -> Option<&Why> {
        let (why, article) = (self.why.as_ref()?, self.article.as_ref()?);
        let is_here = (why.key, why.version) == (article.key, article.version)
            && article.region() == Some(&why.region);
        is_here.then_some(why)
    }
}

/// Who labelled a region, and when.
fn who(article: &OpenArticle, region: &Region) -> String {
    let label = &region.label;
    match region.provenance {
        Provenance::Import => format!("{label} came with the article."),
        Provenance::Extractor(score) | Provenance::Tagger(score) => {
            let percent = u32::from(score.ten_thousandths()) / 100;
            format!("{label} was suggested, {percent} % sure. Nobody has confirmed it.")
        }
        Provenance::Person => {
            let entries = article.session.history().entries();
            let put = entries.iter().rev().find(|entry| {
                let edits = &entry.transaction.edits;
                entry.kind != EntryKind::Undo
                    && edits
                        .iter()
                        .any(|edit| matches!(edit, Edit::AddRegion(new) if new == region))
            });
            match put {
                Some(entry) if entry.action == Action::Start => {
                    format!("{label} was another annotator's work, from which you went on.")
                }
                Some(entry) => {
                    let day = Calendar::of_the_system().day(entry.at_ms);
                    let how = match entry.action {
                        Action::Confirm | Action::SetStatus => "confirmed",
                        _ => "labelled",
                    };
                    format!("You {how} it as {label} on {}.", day.long())
                }
                None => format!("You labelled it as {label}."),
            }
        }
    }
}
