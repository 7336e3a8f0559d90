//! Changes of an annotation: what its history is made of.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::annotation::{RemarkDto, remark, remark_dto};
use super::decision::{DecisionChangeDto, decision_change, decision_change_dto};
use super::{
    CodecError, Result, VERSION, label, len, origin, provenance, read, span, status, write,
};
use crate::edit::{Edit, LabelKind, Transaction};
use crate::model::{Entity, Label, Provenance, Region, Span, Text};

/// `[start, length, label, origin, score]`.
type SpanDto<'a> = (u32, u32, Cow<'a, str>, u64, u16);

#[derive(Serialize, Deserialize)]
enum EditDto<'a> {
    #[serde(rename = "+region")]
    AddRegion(#[serde(borrow)] SpanDto<'a>),
    #[serde(rename = "-region")]
    RemoveRegion(#[serde(borrow)] SpanDto<'a>),
    #[serde(rename = "+entity")]
    AddEntity(#[serde(borrow)] SpanDto<'a>),
    #[serde(rename = "-entity")]
    RemoveEntity(#[serde(borrow)] SpanDto<'a>),
    /// From, to.
    #[serde(rename = "status")]
    SetStatus(Cow<'a, str>, Cow<'a, str>),
    /// Place in the list, remark.
    #[serde(rename = "+remark")]
    AddRemark(usize, #[serde(borrow)] RemarkDto<'a>),
    #[serde(rename = "-remark")]
    RemoveRemark(usize, #[serde(borrow)] RemarkDto<'a>),
    /// Whose label, from, to.
    #[serde(rename = "renamed")]
    Renamed(Cow<'a, str>, Cow<'a, str>, Cow<'a, str>),
    #[serde(rename = "decide")]
    Decide(#[serde(borrow)] Box<DecisionChangeDto<'a>>),
}

#[derive(Serialize, Deserialize)]
struct TransactionDto<'a> {
    v: u32,
    #[serde(borrow)]
    edits: Vec<EditDto<'a>>,
}

/// A transaction as JSON.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_transaction(transaction: &Transaction) -> Result<String> {
    write(&TransactionDto {
        v: VERSION,
        edits: transaction.edits.iter().map(edit_dto).collect(),
    })
}

/// A transaction on an annotation of `text` from JSON.
///
/// # Errors
/// If it is not what [`write_transaction`] writes, or does not fit the text.
pub fn read_transaction(json: &str, text: &Text) -> Result<Transaction> {
    let dto: TransactionDto<'_> = read(json)?;
    Ok(Transaction {
        edits: dto
            .edits
            .into_iter()
            .map(|dto| edit(dto, text))
            .collect::<Result<_>>()?,
    })
}

fn edit_dto(edit: &Edit) -> EditDto<'_> {
    fn dto(span: Span, label: &Label, provenance: Provenance) -> SpanDto<'_> {
        let (kind, score) = origin(provenance);
        (
            span.start().0,
            len(span),
            label.as_str().into(),
            kind,
            score,
        )
    }
    match edit {
        Edit::AddRegion(r) => EditDto::AddRegion(dto(r.span, &r.label, r.provenance)),
        Edit::RemoveRegion(r) => EditDto::RemoveRegion(dto(r.span, &r.label, r.provenance)),
        Edit::AddEntity(e) => EditDto::AddEntity(dto(e.span, &e.label, e.provenance)),
        Edit::RemoveEntity(e) => EditDto::RemoveEntity(dto(e.span, &e.label, e.provenance)),
        Edit::SetStatus { from, to } => {
            EditDto::SetStatus(from.as_str().into(), to.as_str().into())
        }
        Edit::AddRemark { index, remark } => EditDto::AddRemark(*index, remark_dto(remark)),
        Edit::RemoveRemark { index, remark } => EditDto::RemoveRemark(*index, remark_dto(remark)),
        Edit::Renamed { kind, from, to } => EditDto::Renamed(
            kind.as_str().into(),
            from.as_str().into(),
            to.as_str().into(),
        ),
        Edit::Decide(change) => EditDto::Decide(Box::new(decision_change_dto(change))),
    }
}

fn edit(dto: EditDto<'_>, text: &Text) -> Result<Edit> {
    let region = |(start, len, name, kind, score): SpanDto<'_>| {
        Ok(Region {
            span: span(text, start, len)?,
            label: label(&name)?,
            provenance: provenance((kind, score))?,
        })
    };
    let entity = |dto: SpanDto<'_>| {
        region(dto).map(|r| Entity {
            span: r.span,
            label: r.label,
            provenance: r.provenance,
        })
    };
    Ok(match dto {
        EditDto::AddRegion(dto) => Edit::AddRegion(region(dto)?),
        EditDto::RemoveRegion(dto) => Edit::RemoveRegion(region(dto)?),
        EditDto::AddEntity(dto) => Edit::AddEntity(entity(dto)?),
        EditDto::RemoveEntity(dto) => Edit::RemoveEntity(entity(dto)?),
        EditDto::SetStatus(from, to) => Edit::SetStatus {
            from: status(&from)?,
            to: status(&to)?,
        },
        EditDto::AddRemark(index, dto) => Edit::AddRemark {
            index,
            remark: remark(dto, text)?,
        },
        EditDto::RemoveRemark(index, dto) => Edit::RemoveRemark {
            index,
            remark: remark(dto, text)?,
        },
        EditDto::Renamed(kind, from, to) => Edit::Renamed {
            kind: LabelKind::parse(&kind)
                .ok_or_else(|| CodecError::new(format_args!("unknown kind of label {kind:?}")))?,
            from: label(&from)?,
            to: label(&to)?,
        },
        EditDto::Decide(dto) => Edit::Decide(Box::new(decision_change(*dto, text)?)),
    })
}

/// Returns a label as it is written in an annotation or change, to search for it without parsing.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_label(label: &Label) -> Result<String> {
    write(&label.as_str())
}
