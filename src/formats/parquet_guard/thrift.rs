//! Thrift's compact protocol, in which Parquet writes its footer and the headers of its pages: read without recursion
//! beyond a bound, and without making room for what is not there.

use super::{Checked, DEPTH, Refusal, bad};

pub(super) const I32: u8 = 5;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// Values in Thrift's compact protocol.
pub(super) struct Thrift<'a>(pub(super) &'a [u8]);

/// What is done with a field: it must be read.
pub(super) type Field<'f, 'a> = &'f mut dyn FnMut(&mut Thrift<'a>, i64, u8) -> Checked<()>;

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

    /// The number of a list's elements, and their kind.
    pub(super) fn list(&mut self) -> Checked<(u64, u8)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.unsigned()?,
            count => u64::from(count),
        };
        let kind = head & 15;
        // The crate makes room for as many as it is told. A struct of the footer has at least a field.
        let least = if kind == STRUCT { 3 } else { 1 };
        if count.saturating_mul(least) > self.0.len() as u64 {
            return bad("a list is longer than the file");
        }
        Ok((count, kind))
    }

    pub(super) fn fields(&mut self, depth: usize, read: Field<'_, 'a>) -> Checked<()> {
        if depth > DEPTH {
            return bad(format!("a header nests more than {DEPTH} deep"));
        }
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            id = match head >> 4 {
                0 => self.number()?,
                delta => id.saturating_add(i64::from(delta)),
            };
            read(self, id, head & 15)?;
        }
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
            _ => bad("a header has a value of no kind"),
        }
    }

    /// An element of a list: here truth values take a byte.
    fn element(&mut self, kind: u8, depth: usize) -> Checked<()> {
        if depth > DEPTH {
            return bad(format!("a header nests more than {DEPTH} deep"));
        }
        match kind {
            1 | 2 => self.pass(1),
            kind => self.skip(kind, depth + 1),
        }
    }
}

pub(super) fn cut_off() -> Refusal {
    Refusal::Bad("a header or a page is cut off".into())
}

/// A number of seven bits a byte, and what follows it.
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

/// A number whose sign is its last bit.
pub(super) fn signed(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
