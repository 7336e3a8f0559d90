//! Remarks: on the article, or on a place in it.

use super::{Plan, PlanError, Scope};
use crate::edit::{Edit, Transaction};
use crate::model::{Answer, Remark, Signature, Span};

impl Scope<'_> {
    /// Adds a remark after the existing ones.
    ///
    /// # Errors
    /// If it says nothing.
    pub fn add_remark(&self, at: Option<Span>, words: &str) -> Plan {
        self.write_remark(at, words, None)
    }

    /// The same, with who writes it, and when.
    ///
    /// # Errors
    /// If it says nothing.
    pub fn write_remark(&self, at: Option<Span>, words: &str, written: Option<Signature>) -> Plan {
        let words = words.trim();
        if words.is_empty() {
            return Err(PlanError::NothingToDo);
        }
        let add = Edit::AddRemark {
            index: self.annotation.remarks().len(),
            remark: Remark {
                written,
                ..Remark::new(at, words)
            },
        };
        Ok(Transaction { edits: vec![add] })
    }

    /// Replaces the text or the span of a remark; an empty text removes it.
    ///
    /// # Errors
    /// If it is not there, or says that already.
    pub fn change_remark(&self, index: usize, at: Option<Span>, words: &str) -> Plan {
        let old = self.remark(index)?;
        let new = Remark {
            at,
            text: words.trim().to_owned(),
            ..old.clone()
        };
        if new.text.is_empty() {
            let remark = old.clone();
            let remove = Edit::RemoveRemark { index, remark };
            return Ok(Transaction {
                edits: vec![remove],
            });
        }
        self.replace_remark(index, new)
    }

    /// Answers a remark, as the last in its thread. One that was settled is open again: there is
    /// more to say.
    ///
    /// # Errors
    /// If it is not there, or the answer says nothing.
    pub fn answer_remark(&self, index: usize, words: &str, written: Signature) -> Plan {
        let words = words.trim();
        if words.is_empty() {
            return Err(PlanError::NothingToDo);
        }
        let mut new = self.remark(index)?.clone();
        new.answers.push(Answer {
            text: words.to_owned(),
            written,
        });
        new.resolved = None;
        self.replace_remark(index, new)
    }

    /// Settles a remark; with `None`, opens it again.
    ///
    /// # Errors
    /// If it is not there, or is so already.
    pub fn resolve_remark(&self, index: usize, resolved: Option<Signature>) -> Plan {
        let old = self.remark(index)?;
        if old.is_open() == resolved.is_none() {
            return Err(PlanError::NothingToDo);
        }
        let new = Remark {
            resolved,
            ..old.clone()
        };
        self.replace_remark(index, new)
    }

    fn remark(&self, index: usize) -> Result<&Remark, PlanError> {
        self.annotation
            .remarks()
            .get(index)
            .ok_or(PlanError::NoRemark)
    }

    fn replace_remark(&self, index: usize, new: Remark) -> Plan {
        let old = self.remark(index)?.clone();
        if old == new {
            return Err(PlanError::NothingToDo);
        }
        let edits = vec![
            Edit::RemoveRemark { index, remark: old },
            Edit::AddRemark { index, remark: new },
        ];
        Ok(Transaction { edits })
    }

    /// Removes a remark.
    ///
    /// # Errors
    /// If it is not there.
    pub fn remove_remark(&self, index: usize) -> Plan {
        self.change_remark(index, None, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Annotation, Article, ArticleId, Label, Metadata, Nesting, RegionLabel, Rgb, Schema, Text,
    };

    fn signed(by: &str) -> Signature {
        Signature {
            by: by.to_owned(),
            at_ms: 7,
        }
    }

    #[test]
    fn a_remark_is_answered_resolved_and_opened_again_and_each_step_has_its_inverse() {
        let article = Article {
            id: ArticleId::new("one").unwrap(),
            text: Text::new("Ada spoke."),
            blocks: Vec::new(),
            meta: Metadata::default(),
        };
        let body = RegionLabel {
            label: Label::new("body").unwrap(),
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tag_entities: true,
            separate: false,
            description: String::new(),
            examples: Vec::new(),
        };
        let nesting = Nesting::default();
        let schema = Schema::new(
            "t".to_owned(),
            nesting,
            vec![body],
            Vec::new(),
            String::new(),
        )
        .unwrap();
        let mut annotation = Annotation::default();
        let mut past = vec![annotation.clone()];
        let mut apply = |plan: &dyn Fn(&Scope<'_>) -> Plan| {
            let scope = Scope {
                article: &article,
                annotation: &annotation,
                schema: &schema,
            };
            let transaction = plan(&scope)?;
            transaction.apply(&article.text, &mut annotation).unwrap();
            let mut back = annotation.clone();
            let inverse = transaction.inverse();
            inverse.apply(&article.text, &mut back).unwrap();
            assert_eq!(Some(&back), past.last());
            past.push(annotation.clone());
            Ok(annotation.remarks().to_vec())
        };
        let written = |scope: &Scope<'_>| scope.write_remark(None, " Who? ", Some(signed("maria")));
        let remarks = apply(&written).unwrap();
        assert_eq!(remarks[0].text, "Who?");
        assert!(remarks[0].is_open());
        let answered = apply(&|scope| scope.answer_remark(0, "Ada.", signed("paul"))).unwrap();
        assert_eq!(answered[0].answers[0].written, signed("paul"));
        let resolved = apply(&|scope| scope.resolve_remark(0, Some(signed("paul")))).unwrap();
        assert!(!resolved[0].is_open());
        let twice = apply(&|scope| scope.resolve_remark(0, Some(signed("maria"))));
        assert_eq!(twice, Err(PlanError::NothingToDo), "who settled it stays");
        // Rewording it keeps its thread; an answer opens it again.
        let reworded = apply(&|scope| scope.change_remark(0, None, "Who is it?")).unwrap();
        assert_eq!(reworded[0].answers, answered[0].answers);
        assert_eq!(reworded[0].written, Some(signed("maria")));
        assert!(!reworded[0].is_open());
        let again = apply(&|scope| scope.answer_remark(0, "Which Ada?", signed("maria"))).unwrap();
        assert!(again[0].is_open());
        assert_eq!(again[0].answers.len(), 2);
        assert_eq!(
            apply(&|scope| scope.answer_remark(0, "  ", signed("maria"))),
            Err(PlanError::NothingToDo)
        );
        assert_eq!(
            apply(&|scope| scope.resolve_remark(3, None)),
            Err(PlanError::NoRemark)
        );
    }
}
