//! Remarks: on the article, or on a place in it.

use super::{Plan, PlanError, Scope};
use crate::edit::{Edit, Transaction};
use crate::model::{Remark, Span};

impl Scope<'_> {
    /// Writes a remark; it stands after those that are there.
    ///
    /// # Errors
    /// If it says nothing.
    pub fn add_remark(&self, at: Option<Span>, words: &str) -> Plan {
        let words = words.trim();
        if words.is_empty() {
            return Err(PlanError::NothingToDo);
        }
        let add = Edit::AddRemark {
            index: self.annotation.remarks().len(),
            remark: Remark {
                at,
                text: words.to_owned(),
            },
        };
        Ok(Transaction { edits: vec![add] })
    }

    /// Says something else in the place of a remark, or about another place; saying nothing removes it.
    ///
    /// # Errors
    /// If it is not there, or says that already.
    pub fn change_remark(&self, index: usize, at: Option<Span>, words: &str) -> Plan {
        let old = self
            .annotation
            .remarks()
            .get(index)
            .ok_or(PlanError::NoRemark)?;
        let new = Remark {
            at,
            text: words.trim().to_owned(),
        };
        if *old == new {
            return Err(PlanError::NothingToDo);
        }
        let mut edits = vec![Edit::RemoveRemark {
            index,
            remark: old.clone(),
        }];
        if !new.text.is_empty() {
            edits.push(Edit::AddRemark { index, remark: new });
        }
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
