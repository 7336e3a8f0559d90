//! Measures the pages of a column: the size of each row with dictionaries, runs and prefixes
//! expanded.

use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::schema::types::ColumnDescriptor;

use super::thrift::{cut_off, signed, varint};
use super::{Checked, bad};
use crate::formats::reading::growth::Growth;

/// The memory that a value in a list takes besides its text, roughly.
const VALUE_BYTES: u64 = 48;

/// Counts the output of a file's pages.
pub(super) struct PageMeasure {
    pub(super) growth: Growth,
    pub(super) row_bytes: u64,
}

impl PageMeasure {
    /// Measures the pages of a column, and returns the size of its largest row.
    pub(super) fn column(
        &mut self,
        mut pages: Box<dyn PageReader>,
        column: &ColumnDescriptor,
    ) -> Checked<u64> {
        let mut dictionary = None;
        let mut rows = RowSizes::default();
        while let Some(page) = pages.get_next_page()? {
            if let Page::DictionaryPage { .. } = page {
                dictionary = Some(dictionary_lengths(&page, column)?);
            } else {
                self.page(&page, column, dictionary.as_ref(), &mut rows)?;
            }
        }
        Ok(rows.largest.max(rows.this))
    }

    fn page(
        &mut self,
        page: &Page,
        column: &ColumnDescriptor,
        dictionary: Option<&Lengths>,
        rows: &mut RowSizes,
    ) -> Checked<()> {
        let count = u64::from(page.num_values());
        let (most_repetition, most_definition) = (column.max_rep_level(), column.max_def_level());
        let Some(parts) = PageParts::of(page, most_repetition, most_definition)? else {
            return Ok(());
        };
        let definition = Runs::new(parts.definition, width(most_definition));
        if is_delta(page.encoding()) {
            // Lengths are decoded all at once, and so are values with shared prefixes.
            self.growth.make(count.saturating_mul(8))?;
        }
        let values = Values::new(page.encoding(), parts.values, count, column, dictionary)?;
        if let Values::Each(lengths) = &values
            && lengths
                .as_slice()
                .iter()
                .fold(0, |all: u64, one| all.saturating_add(*one))
                > self.row_bytes
        {
            return bad("a page holds more than can be read at once");
        }
        if most_repetition == 0 {
            return self.flat_values(count, most_definition, definition, values, rows);
        }
        let repetition = Runs::new(parts.repetition, width(most_repetition));
        self.nested_values(
            count,
            (most_definition, repetition, definition),
            values,
            rows,
        )
    }

    /// Measures the values of a column without lists: each is a row.
    ///
    /// Runs of the same value are counted at once, because there may be thousands of millions of
    /// them.
    fn flat_values(
        &mut self,
        count: u64,
        most_definition: i16,
        mut definition: Runs<'_>,
        mut values: Values<'_>,
        rows: &mut RowSizes,
    ) -> Checked<()> {
        let mut left = count;
        let mut present = if most_definition == 0 { count } else { 0 };
        while most_definition > 0 && left > 0 {
            let (level, run) = definition.next().ok_or_else(cut_off)?;
            let run = run.min(left);
            left -= run;
            if level == most_definition as u64 {
                present += run;
            }
        }
        self.growth.make(count)?;
        while present > 0 {
            let (length, run) = values.next()?;
            let run = run.min(present);
            present -= run;
            rows.largest = rows.largest.max(length.saturating_add(VALUE_BYTES));
            self.growth.make(length.saturating_mul(run))?;
        }
        Ok(())
    }

    /// Measures the values of a column of lists, of which several may belong to one row.
    fn nested_values(
        &mut self,
        count: u64,
        (most_definition, mut repetition, mut definition): (i16, Runs<'_>, Runs<'_>),
        mut values: Values<'_>,
        rows: &mut RowSizes,
    ) -> Checked<()> {
        let (mut rep, mut def, mut value) = ((0, 0), (0, 0), (0, 0));
        for _ in 0..count {
            if rep.1 == 0 {
                rep = repetition.next().ok_or_else(cut_off)?;
            }
            if def.1 == 0 {
                def = definition.next().ok_or_else(cut_off)?;
            }
            let (starts_row, is_there) = (rep.0 == 0, def.0 == most_definition as u64);
            rep.1 -= 1;
            def.1 -= 1;
            if starts_row {
                rows.largest = rows.largest.max(rows.this);
                rows.this = 0;
            }
            let mut size = VALUE_BYTES;
            if is_there {
                if value.1 == 0 {
                    value = values.next()?;
                }
                value.1 -= 1;
                size = size.saturating_add(value.0);
            }
            rows.this = rows.this.saturating_add(size);
            self.growth.make(size)?;
            if rows.this > self.row_bytes {
                return Ok(()); // whoever asked for the largest row refuses it
            }
        }
        Ok(())
    }
}

/// The parts of a data page.
struct PageParts<'a> {
    repetition: &'a [u8],
    definition: &'a [u8],
    values: &'a [u8],
}

impl<'a> PageParts<'a> {
    /// Cuts a page into its levels and values; `None` for a dictionary.
    fn of(page: &'a Page, most_repetition: i16, most_definition: i16) -> Checked<Option<Self>> {
        let mut bytes: &[u8] = page.buffer();
        let mut levels = |most: i16, encoding: Encoding| -> Checked<&'a [u8]> {
            if most == 0 {
                return Ok(&[]);
            }
            if encoding != Encoding::RLE {
                return bad("its levels are written in an obsolete encoding");
            }
            let length = bytes.get(..4).and_then(|length| length.try_into().ok());
            let length = u32::from_le_bytes(length.ok_or_else(cut_off)?) as usize;
            let (levels, rest) = bytes
                .get(4..)
                .and_then(|rest| rest.split_at_checked(length))
                .ok_or_else(cut_off)?;
            bytes = rest;
            Ok(levels)
        };
        let (repetition, definition) = match page {
            Page::DataPage {
                def_level_encoding,
                rep_level_encoding,
                ..
            } => {
                let repetition = levels(most_repetition, *rep_level_encoding)?;
                (repetition, levels(most_definition, *def_level_encoding)?)
            }
            Page::DataPageV2 {
                rep_levels_byte_len,
                def_levels_byte_len,
                ..
            } => {
                let (repetition, rest) = bytes
                    .split_at_checked(*rep_levels_byte_len as usize)
                    .ok_or_else(cut_off)?;
                let (definition, rest) = rest
                    .split_at_checked(*def_levels_byte_len as usize)
                    .ok_or_else(cut_off)?;
                bytes = rest;
                (repetition, definition)
            }
            Page::DictionaryPage { .. } => return Ok(None),
        };
        Ok(Some(Self {
            repetition,
            definition,
            values: bytes,
        }))
    }
}

fn is_delta(encoding: Encoding) -> bool {
    matches!(
        encoding,
        Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY
    )
}

/// The rows of a column: the largest so far, and the current one.
#[derive(Default)]
struct RowSizes {
    largest: u64,
    this: u64,
}

/// Returns how many bits a level takes.
fn width(most: i16) -> u32 {
    i16::BITS - most.leading_zeros()
}

/// The lengths of a dictionary's values.
enum Lengths {
    Fixed(u64),
    Each(Vec<u32>),
}

fn fixed(column: &ColumnDescriptor) -> Option<u64> {
    match column.physical_type() {
        Type::BYTE_ARRAY => None,
        Type::FIXED_LEN_BYTE_ARRAY => Some(u64::try_from(column.type_length()).unwrap_or_default()),
        Type::INT96 => Some(12),
        Type::INT64 | Type::DOUBLE => Some(8),
        Type::INT32 | Type::FLOAT => Some(4),
        Type::BOOLEAN => Some(1),
    }
}

/// Returns the lengths of a dictionary's values, if all are present: the crate allocates as many as
/// the header declares.
fn dictionary_lengths(page: &Page, column: &ColumnDescriptor) -> Checked<Lengths> {
    let count = u64::from(page.num_values());
    let bytes = page.buffer();
    if let Some(width) = fixed(column) {
        if count.saturating_mul(width.max(1)) > bytes.len() as u64 {
            return bad("a dictionary has fewer values than it declares");
        }
        return Ok(Lengths::Fixed(width));
    }
    if count * 4 > bytes.len() as u64 {
        return bad("a dictionary has fewer values than it declares");
    }
    let mut plain = Plain(bytes);
    let lengths: Checked<Vec<u32>> = (0..count).map(|_| plain.next()).collect();
    Ok(Lengths::Each(lengths?))
}

/// Strings, each after its length.
struct Plain<'a>(&'a [u8]);

impl Plain<'_> {
    fn next(&mut self) -> Checked<u32> {
        let length = self.0.get(..4).and_then(|length| length.try_into().ok());
        let length = u32::from_le_bytes(length.ok_or_else(cut_off)?);
        self.0 = self.0.get(4 + length as usize..).ok_or_else(cut_off)?;
        Ok(length)
    }
}

/// The lengths of the values of a page, in runs.
enum Values<'a> {
    Fixed(u64),
    Plain(Plain<'a>),
    Indexed(Runs<'a>, &'a Lengths),
    Each(std::vec::IntoIter<u64>),
}

impl<'a> Values<'a> {
    fn new(
        encoding: Encoding,
        bytes: &'a [u8],
        count: u64,
        column: &ColumnDescriptor,
        dictionary: Option<&'a Lengths>,
    ) -> Checked<Self> {
        let is_indexed = matches!(
            encoding,
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
        );
        if is_indexed {
            let Some(dictionary) = dictionary else {
                return bad("a dictionary is missing");
            };
            let (width, bytes) = bytes.split_first().unwrap_or((&0, &[]));
            return Ok(Self::Indexed(
                Runs::new(bytes, u32::from(*width)),
                dictionary,
            ));
        }
        match encoding {
            Encoding::DELTA_LENGTH_BYTE_ARRAY => {
                let (lengths, _) = deltas(bytes, count)?;
                Ok(Self::Each(lengths.into_iter()))
            }
            Encoding::DELTA_BYTE_ARRAY => {
                let (mut lengths, rest) = deltas(bytes, count)?;
                let (suffixes, _) = deltas(rest, count)?;
                for (length, suffix) in lengths.iter_mut().zip(suffixes) {
                    *length = length.saturating_add(suffix);
                }
                Ok(Self::Each(lengths.into_iter()))
            }
            _ => Ok(match fixed(column) {
                Some(width) => Self::Fixed(width),
                None => Self::Plain(Plain(bytes)),
            }),
        }
    }

    fn next(&mut self) -> Checked<(u64, u64)> {
        match self {
            Self::Fixed(width) => Ok((*width, u64::MAX)),
            Self::Plain(plain) => Ok((u64::from(plain.next()?), 1)),
            Self::Each(lengths) => Ok((lengths.next().ok_or_else(cut_off)?, 1)),
            Self::Indexed(indexes, Lengths::Fixed(width)) => {
                Ok((*width, indexes.next().ok_or_else(cut_off)?.1))
            }
            Self::Indexed(indexes, Lengths::Each(lengths)) => {
                let (index, run) = indexes.next().ok_or_else(cut_off)?;
                let length = usize::try_from(index).ok().and_then(|at| lengths.get(at));
                match length {
                    Some(length) => Ok((u64::from(*length), run)),
                    None => bad("a value is not in its dictionary"),
                }
            }
        }
    }
}

/// Small numbers in Parquet's hybrid encoding: runs of one number, and bit-packed groups of eight.
struct Runs<'a> {
    bytes: &'a [u8],
    width: u32,
    /// The rest of a packed group: its bytes, the next bit, and the number of values.
    packed: (&'a [u8], usize, u64),
}

impl<'a> Runs<'a> {
    fn new(bytes: &'a [u8], width: u32) -> Self {
        Self {
            bytes,
            width,
            packed: (&[], 0, 0),
        }
    }

    /// Returns the next number and how often it occurs; `None` at the end.
    fn next(&mut self) -> Option<(u64, u64)> {
        if self.width > 32 {
            return None;
        }
        loop {
            if self.packed.2 > 0 {
                let (bytes, bit, _) = self.packed;
                self.packed.1 += self.width as usize;
                self.packed.2 -= 1;
                return Some((bits(bytes, bit, self.width)?, 1));
            }
            if self.bytes.is_empty() {
                // Numbers of zero bits take no bytes.
                return (self.width == 0).then_some((0, u64::MAX));
            }
            let (head, rest) = varint(self.bytes)?;
            if head & 1 == 0 {
                let length = self.width.div_ceil(8) as usize;
                let (value, rest) = rest.split_at_checked(length)?;
                self.bytes = rest;
                let value = value
                    .iter()
                    .rev()
                    .fold(0, |all, byte| all << 8 | u64::from(*byte));
                if head >> 1 > 0 {
                    return Some((value, head >> 1));
                }
            } else {
                let groups = head >> 1;
                let length = groups.checked_mul(u64::from(self.width))?;
                // The last group may be cut short.
                let length = usize::try_from(length).ok()?.min(rest.len());
                let (packed, rest) = rest.split_at(length);
                self.bytes = rest;
                let there = match self.width {
                    0 => groups.checked_mul(8)?,
                    width => (length as u64 * 8) / u64::from(width),
                };
                self.packed = (packed, 0, there);
            }
        }
    }
}

/// Returns `width` bits from the bit `at`, lowest first.
fn bits(bytes: &[u8], at: usize, width: u32) -> Option<u64> {
    let mut number = 0_u64;
    let last = at + width as usize;
    for (nth, byte) in bytes.iter().enumerate().take(last.div_ceil(8)).skip(at / 8) {
        let shift = (nth * 8) as isize - at as isize;
        number |= if shift >= 64 {
            0
        } else if shift >= 0 {
            u64::from(*byte) << shift
        } else {
            u64::from(*byte) >> -shift
        };
    }
    if last > bytes.len() * 8 {
        return None;
    }
    Some(if width >= 64 {
        number
    } else {
        number & ((1 << width) - 1)
    })
}

/// Decodes DELTA_BINARY_PACKED numbers, at most `most`, and returns the bytes after them.
fn deltas(bytes: &[u8], most: u64) -> Checked<(Vec<u64>, &[u8])> {
    let next = |rest: &mut &[u8]| -> Checked<u64> {
        let (number, after) = varint(rest).ok_or_else(cut_off)?;
        *rest = after;
        Ok(number)
    };
    let mut rest = bytes;
    let (block, minis, total) = (next(&mut rest)?, next(&mut rest)?, next(&mut rest)?);
    let mut value = signed(next(&mut rest)?);
    if total > most {
        return bad("a page has more lengths than values");
    }
    if minis == 0 || block > 1 << 20 || minis > block || block / minis % 8 != 0 {
        return bad("a page has blocks of an invalid size");
    }
    let a_mini = block / minis;
    let mut out = Vec::new();
    let mut left = total;
    let mut push = |value: i64| -> Checked<()> {
        out.push(u64::try_from(value).or_else(|_negative| bad("a length is negative"))?);
        Ok(())
    };
    if left > 0 {
        push(value)?;
        left -= 1;
    }
    while left > 0 {
        let least = signed(next(&mut rest)?);
        let (widths, after) = rest.split_at_checked(minis as usize).ok_or_else(cut_off)?;
        rest = after;
        for width in widths {
            // Unused blocks at the end have no bytes.
            let width = if left == 0 { 0 } else { u32::from(*width) };
            if width > 64 {
                return bad("a length has more than 64 bits");
            }
            let length = (a_mini * u64::from(width) / 8) as usize;
            let (packed, after) = rest.split_at_checked(length).ok_or_else(cut_off)?;
            rest = after;
            for nth in 0..a_mini.min(left) {
                let delta =
                    bits(packed, nth as usize * width as usize, width).ok_or_else(cut_off)?;
                value = value.wrapping_add(least).wrapping_add(delta as i64);
                push(value)?;
            }
            left -= a_mini.min(left);
        }
    }
    Ok((out, rest))
}
