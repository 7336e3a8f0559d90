//! The starting point of an annotator who has not touched an article.

use crate::dataset::config::work_mode::WorkMode;
use crate::edit::{Action, Entry, EntryKind, Selection, plan};
use crate::model::{Annotation, Article, Entity, Provenance, Region, Remark, StartedFrom, Status};
use crate::store::StoredAnnotation;

/// The labels of an article before an annotator's first change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartingPoint {
    /// The labels.
    pub annotation: Annotation,
    /// Whose they are.
    pub from: StartedFrom,
    /// Whose imported labels are in the dataset and not shown here.
    pub imported_by: Vec<String>,
}

/// Chooses what an annotator starts from who has not touched the article.
///
/// Independent annotators start from the suggestions, whatever others did. A reviewer starts from
/// the colleague's work once the colleague is through with the article.
#[must_use]
pub fn starting_point(
    article: &Article,
    stored: &[StoredAnnotation],
    annotator: &str,
    mode: &WorkMode,
) -> StartingPoint {
    let colleague = mode.colleague_of(annotator).and_then(|name| {
        stored.iter().find(|stored| {
            stored.owner.is(name)
                && matches!(
                    stored.annotation.status(),
                    Status::Done | Status::Skipped | Status::Flagged
                )
        })
    });
    if let Some(work) = colleague {
        return StartingPoint {
            annotation: taken_over(article, work),
            from: StartedFrom::Person {
                annotator: work.owner.as_str().to_owned(),
                revision: work.revision.0,
            },
            imported_by: Vec::new(),
        };
    }
    let imported_by = stored
        .iter()
        .filter(|stored| stored.started_from == StartedFrom::Import)
        .filter(|stored| !stored.owner.is(annotator))
        .map(|stored| stored.owner.as_str().to_owned())
        .collect();
    let suggestions = stored.iter().find(|stored| stored.owner.is_nobody());
    let (annotation, from) = match suggestions {
        Some(stored) if stored.annotation != Annotation::default() => (
            stored.annotation.clone(),
            StartedFrom::Suggestions {
                revision: stored.revision.0,
            },
        ),
        _ => (Annotation::default(), StartedFrom::Nothing),
    };
    StartingPoint {
        annotation,
        from,
        imported_by,
    }
}

/// Returns the provenance of a colleague's label; suggestions stay suggestions.
pub(crate) fn of_colleague(provenance: Provenance) -> Provenance {
    if provenance.is_suggestion() {
        provenance
    } else {
        Provenance::Colleague
    }
}

/// Returns a colleague's work as a reviewer starts from it: labels and remarks keep their owner,
/// and the status is the reviewer's.
fn taken_over(article: &Article, work: &StoredAnnotation) -> Annotation {
    let annotation = &work.annotation;
    let regions = annotation.regions().iter().map(|region| Region {
        provenance: of_colleague(region.provenance),
        ..region.clone()
    });
    let entities = annotation.entities().iter().map(|entity| Entity {
        provenance: of_colleague(entity.provenance),
        ..entity.clone()
    });
    let remarks = annotation.remarks().iter().map(|remark| Remark {
        // Whoever signed needs no other sign.
        text: match &remark.written {
            Some(_) => remark.text.clone(),
            None => format!("{}: {}", work.owner, remark.text),
        },
        ..remark.clone()
    });
    let taken = Annotation::from_parts(
        &article.text,
        regions.collect(),
        entities.collect(),
        Status::Todo,
        remarks.collect(),
    );
    taken.unwrap_or_default() // the same spans fit the same text
}

/// Makes the first entry of a history: the labels that the annotator began with, and whose they
/// were.
#[must_use]
pub fn start_entry(
    article: &Article,
    annotation: &Annotation,
    started_from: StartedFrom,
    at_ms: i64,
) -> Entry {
    let transaction = plan::start_from(annotation);
    debug_assert_eq!(
        transaction.apply(&article.text, &mut Annotation::default()),
        Ok(()),
        "an annotation fits its own article"
    );
    Entry {
        kind: EntryKind::Edit,
        action: Action::Start,
        transaction,
        before: Selection::default(),
        after: Selection::default(),
        at_ms,
        started_from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArticleId, Metadata, Owner, notation};
    use crate::store::{ChangeSeq, Revision};

    const SUGGESTED: &str = "body?0.9| Ada spoke.\nnav?0.4| More";
    const MARIAS: &str = "body| {PERSON Ada} spoke.\nnav?0.4| More";

    fn article() -> Article {
        Article {
            id: ArticleId::new("a").unwrap(),
            blocks: Vec::new(),
            text: notation::parse(SUGGESTED).unwrap().text,
            meta: Metadata::default(),
        }
    }

    fn stored(
        annotator: &str,
        marked: &str,
        status: Status,
        from: StartedFrom,
    ) -> StoredAnnotation {
        let mut annotation = notation::parse(marked).unwrap().annotation;
        annotation.set_status(Status::Todo, status).unwrap();
        StoredAnnotation {
            owner: Owner::named(annotator),
            revision: Revision(7),
            updated_at_ms: 0,
            seq: ChangeSeq(1),
            started_from: from,
            annotation,
        }
    }

    fn dataset(status: Status, from: StartedFrom) -> [StoredAnnotation; 2] {
        [
            stored("", SUGGESTED, Status::Todo, StartedFrom::Unknown),
            stored("maria", MARIAS, status, from),
        ]
    }

    fn print(annotation: &Annotation) -> String {
        notation::print(&article().text, annotation, None)
    }

    #[test]
    fn independent_annotators_see_nothing_of_each_other() {
        let from = StartedFrom::Suggestions { revision: 7 };
        let stored = dataset(Status::Done, from.clone());
        let point = starting_point(&article(), &stored, "paul", &WorkMode::Independent);
        assert_eq!(point.annotation, stored[0].annotation);
        assert_eq!(point.from, from);
        assert_eq!(point.imported_by, [""; 0]);
    }

    #[test]
    fn a_reviewer_starts_from_finished_work_and_it_stays_the_colleagues() {
        let stored = dataset(Status::Done, StartedFrom::Nothing);
        let mode = WorkMode::Review("maria".to_owned());
        let point = starting_point(&article(), &stored, "paul", &mode);
        assert_eq!(print(&point.annotation), print(&stored[1].annotation));
        assert_eq!(point.annotation.status(), Status::Todo);
        let entity = &point.annotation.entities()[0];
        assert_eq!(entity.provenance, Provenance::Colleague);
        let doubted = &point.annotation.regions()[1];
        assert!(doubted.provenance.is_suggestion(), "nobody vouched for it");
        assert_eq!(point.from.person(), Some("maria"));
        // She does not review her own work, and unfinished work is not shown.
        let own = starting_point(&article(), &stored[..1], "maria", &mode);
        assert_eq!(own.annotation, stored[0].annotation);
        let stored = dataset(Status::Started, StartedFrom::Nothing);
        let point = starting_point(&article(), &stored, "paul", &mode);
        assert_eq!(point.annotation, stored[0].annotation);
    }

    #[test]
    fn imported_labels_are_not_shown_but_named() {
        let mut stored = dataset(Status::Done, StartedFrom::Import);
        stored[0].annotation = Annotation::default();
        let point = starting_point(&article(), &stored, "paul", &WorkMode::Independent);
        assert_eq!(point.annotation, Annotation::default());
        assert_eq!(point.from, StartedFrom::Nothing);
        assert_eq!(point.imported_by, ["maria"]);
    }
}
