//! Thrift's compact protocol, which Parquet uses for its footer and page headers.
//!
//! It is read with bounded recursion and without allocating for missing data.

use super::{Checked, DEPTH, Refusal, bad};

pub(super) const I32: u8 = 5;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// A field of a struct: its number and its type.
pub(super) type FieldSpec = (i16, FieldType);

/// The type of a field.
pub(super) enum FieldType {
    /// A 32-bit integer.
    Number,
    Truth,
    /// Any other scalar type, by its number.
    Other(u8),
    Struct(&'static [FieldSpec]),
}

const I8: u8 = 3;
const I64: u8 = 6;
const BINARY: u8 = 8;

/// An element of the schema.
pub(super) const ELEMENT: &[FieldSpec] = &[
    (1, FieldType::Number),
    (2, FieldType::Number),
    (3, FieldType::Number),
    (4, FieldType::Other(BINARY)),
    (5, FieldType::Number),
    (6, FieldType::Number),
    (7, FieldType::Number),
    (8, FieldType::Number),
    (9, FieldType::Number),
    (10, FieldType::Struct(LOGICAL_TYPE)),
];

const EMPTY: &[FieldSpec] = &[];
const LOGICAL_TYPE: &[FieldSpec] = &[
    (1, FieldType::Struct(EMPTY)),
    (2, FieldType::Struct(EMPTY)),
    (3, FieldType::Struct(EMPTY)),
    (4, FieldType::Struct(EMPTY)),
    (
        5,
        FieldType::Struct(&[(1, FieldType::Number), (2, FieldType::Number)]),
    ),
    (6, FieldType::Struct(EMPTY)),
    (7, FieldType::Struct(TIME)),
    (8, FieldType::Struct(TIME)),
    (
        10,
        FieldType::Struct(&[(1, FieldType::Other(I8)), (2, FieldType::Truth)]),
    ),
    (11, FieldType::Struct(EMPTY)),
    (12, FieldType::Struct(EMPTY)),
    (13, FieldType::Struct(EMPTY)),
    (14, FieldType::Struct(EMPTY)),
    (15, FieldType::Struct(EMPTY)),
    (16, FieldType::Struct(&[(1, FieldType::Other(I8))])),
    (17, FieldType::Struct(&[(1, FieldType::Other(BINARY))])),
    (
        18,
        FieldType::Struct(&[(1, FieldType::Other(BINARY)), (2, FieldType::Number)]),
    ),
];
const TIME: &[FieldSpec] = &[
    (1, FieldType::Truth),
    (
        2,
        FieldType::Struct(&[
            (1, FieldType::Struct(EMPTY)),
            (2, FieldType::Struct(EMPTY)),
            (3, FieldType::Struct(EMPTY)),
        ]),
    ),
];

/// The header of a page.
pub(super) const PAGE: &[FieldSpec] = &[
    (1, FieldType::Number),
    (2, FieldType::Number),
    (3, FieldType::Number),
    (4, FieldType::Number),
    (
        5,
        FieldType::Struct(&[
            (1, FieldType::Number),
            (2, FieldType::Number),
            (3, FieldType::Number),
            (4, FieldType::Number),
            (5, FieldType::Struct(STATISTICS)),
        ]),
    ),
    (6, FieldType::Struct(EMPTY)),
    (
        7,
        FieldType::Struct(&[
            (1, FieldType::Number),
            (2, FieldType::Number),
            (3, FieldType::Truth),
        ]),
    ),
    (
        8,
        FieldType::Struct(&[
            (1, FieldType::Number),
            (2, FieldType::Number),
            (3, FieldType::Number),
            (4, FieldType::Number),
            (5, FieldType::Number),
            (6, FieldType::Number),
            (7, FieldType::Truth),
            (8, FieldType::Struct(STATISTICS)),
        ]),
    ),
];
const STATISTICS: &[FieldSpec] = &[
    (1, FieldType::Other(BINARY)),
    (2, FieldType::Other(BINARY)),
    (3, FieldType::Other(I64)),
    (4, FieldType::Other(I64)),
    (5, FieldType::Other(BINARY)),
    (6, FieldType::Other(BINARY)),
    (7, FieldType::Truth),
    (8, FieldType::Truth),
];

/// Values in Thrift's compact protocol.
pub(super) struct Thrift<'a>(pub(super) &'a [u8]);

/// Reads a field of a struct.
pub(super) type FieldReader<'f, 'a> = &'f mut dyn FnMut(&mut Thrift<'a>, i16, u8) -> Checked<()>;

impl<'a> Thrift<'a> {
    fn byte(&mut self) -> Checked<u8> {
        let Some((first, rest)) = self.0.split_first() else {
            return bad("a header is cut off");
        };
        self.0 = rest;
        Ok(*first)
    }

    fn unsigned(&mut self) -> Checked<u64> {
        let (number, rest) = varint(self.0).ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(number)
    }

    pub(super) fn number(&mut self) -> Checked<i64> {
        Ok(signed(self.unsigned()?))
    }

    fn pass(&mut self, bytes: u64) -> Checked<()> {
        let rest = usize::try_from(bytes).ok().and_then(|n| self.0.get(n..));
        self.0 = rest.ok_or_else(cut_off)?;
        Ok(())
    }

    /// Returns the length of a list and the type of its elements.
    pub(super) fn list(&mut self) -> Checked<(u64, u8)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.unsigned()?,
            count => u64::from(count),
        };
        let kind = head & 15;
        // The crate allocates as many as declared. A struct of the footer has at least one field.
        let least = if kind == STRUCT { 3 } else { 1 };
        if count.saturating_mul(least) > self.0.len() as u64 {
            return bad("a list is longer than the file");
        }
        Ok((count, kind))
    }

    pub(super) fn fields(&mut self, depth: usize, read: FieldReader<'_, 'a>) -> Checked<()> {
        if depth > DEPTH {
            return bad(format!("a header nests more than {DEPTH} deep"));
        }
        let mut id = 0_i16;
        loop {
            let head = self.byte()?;
            if head & 15 == 0 {
                return Ok(());
            }
            // Like the crate: overflow wraps around.
            id = match head >> 4 {
                0 => self.number()? as i16,
                delta => id
                    .checked_add(i16::from(delta))
                    .ok_or_else(|| Refusal::Bad("a header has too many fields".into()))?,
            };
            read(self, id, head & 15)?;
        }
    }

    /// Reads a struct with known fields, and reports its integers.
    ///
    /// A field of the wrong type is rejected: the crate ignores types and would continue at another
    /// place than this reader. Both skip unknown fields.
    pub(super) fn known(
        &mut self,
        table: &'static [FieldSpec],
        depth: usize,
        number: &mut dyn FnMut(i16, i64),
    ) -> Checked<()> {
        self.fields(depth, &mut |thrift, id, kind| {
            let shape = table.iter().find(|(known, _)| *known == id);
            match (shape.map(|(_, shape)| shape), kind) {
                (None, _) => thrift.skip(kind, depth + 1),
                (Some(FieldType::Number), I32) => {
                    number(id, thrift.number()?);
                    Ok(())
                }
                (Some(FieldType::Truth), 1 | 2) => Ok(()),
                (Some(FieldType::Other(wanted)), _) if kind == *wanted => {
                    thrift.skip(kind, depth + 1)
                }
                (Some(FieldType::Struct(inner)), STRUCT) => {
                    thrift.known(inner, depth + 1, &mut |_, _| {})
                }
                _ => bad("a header has a field of the wrong type"),
            }
        })
    }

    pub(super) fn skip(&mut self, kind: u8, depth: usize) -> Checked<()> {
        match kind {
            1 | 2 => Ok(()),
            3 => self.pass(1),
            4..=6 => self.unsigned().map(|_number| ()),
            7 => self.pass(8),
            8 => {
                let length = self.unsigned()?;
                self.pass(length)
            }
            9 | 10 => {
                let (count, element) = self.list()?;
                for _ in 0..count {
                    self.element(element, depth)?;
                }
                Ok(())
            }
            11 => {
                let count = self.unsigned()?;
                if count == 0 {
                    return Ok(());
                }
                let kinds = self.byte()?;
                for _ in 0..count {
                    self.element(kinds >> 4, depth)?;
                    self.element(kinds & 15, depth)?;
                }
                Ok(())
            }
            STRUCT => self.fields(depth, &mut |thrift, _, kind| thrift.skip(kind, depth + 1)),
            _ => bad("a header has a value of an unknown type"),
        }
    }

    /// Skips a list element. Lists of booleans are rejected, because readers disagree on their
    /// size.
    fn element(&mut self, kind: u8, depth: usize) -> Checked<()> {
        if depth > DEPTH {
            return bad(format!("a header nests more than {DEPTH} deep"));
        }
        match kind {
            1 | 2 => bad("a header has a list of truth values"),
            kind => self.skip(kind, depth + 1),
        }
    }
}

pub(super) fn cut_off() -> Refusal {
    Refusal::Bad("a header or a page is cut off".into())
}

/// Reads a varint, and returns the bytes after it.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (nth, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f) << (7 * nth).min(63);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(nth + 1..)?));
        }
    }
    None
}

/// Decodes a zigzag number.
pub(super) fn signed(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
