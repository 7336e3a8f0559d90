//! Limits the memory of a DocBin before it is unpacked: a value of one byte takes forty in memory.

use std::io;

use rmpv::Value;

use super::DEPTH;
use crate::formats::reading::growth::{Growth, TooLarge};

/// The size of a value in memory.
const VALUE_BYTES: u64 = size_of::<Value>() as u64;

/// Unpacks MessagePack; `None` if it is damaged.
///
/// # Errors
/// If it would take more than its input allows.
pub(super) fn unpack(bytes: &[u8], growth: &mut Growth) -> Result<Option<Value>, TooLarge> {
    let values = count(bytes);
    growth.make(
        values
            .saturating_mul(VALUE_BYTES)
            .saturating_add(bytes.len() as u64),
    )?;
    Ok(rmpv::decode::read_value_with_max_depth(&mut &*bytes, DEPTH).ok())
}

/// Counts the values inside the first value, including itself. If it is damaged, counts up to the
/// damage.
fn count(mut bytes: &[u8]) -> u64 {
    let (mut left, mut counted) = (1_u64, 0_u64);
    while left > 0 {
        let Some((&marker, rest)) = bytes.split_first() else {
            break;
        };
        left -= 1;
        counted += 1;
        let number = |width: usize| {
            let digits = rest.get(..width)?;
            Some(
                digits
                    .iter()
                    .fold(0, |all, byte| all << 8 | u64::from(*byte)),
            )
        };
        // The bytes of its length, of its raw data, and the number of inner values.
        let (width, raw, inner) = match marker {
            0x80..=0x8f => (0, 0, 2 * u64::from(marker & 15)),
            0x90..=0x9f => (0, 0, u64::from(marker & 15)),
            0xa0..=0xbf => (0, u64::from(marker & 31), 0),
            0xc4 | 0xd9 => (1, number(1).unwrap_or_default(), 0),
            0xc5 | 0xda => (2, number(2).unwrap_or_default(), 0),
            0xc6 | 0xdb => (4, number(4).unwrap_or_default(), 0),
            0xc7 => (2, number(1).unwrap_or_default(), 0),
            0xc8 => (3, number(2).unwrap_or_default(), 0),
            0xc9 => (5, number(4).unwrap_or_default(), 0),
            0xcc | 0xd0 => (1, 0, 0),
            0xcd | 0xd1 | 0xd4 => (2, 0, 0),
            0xca | 0xce | 0xd2 => (4, 0, 0),
            0xcb | 0xcf | 0xd3 => (8, 0, 0),
            0xd5 => (3, 0, 0),
            0xd6 => (5, 0, 0),
            0xd7 => (9, 0, 0),
            0xd8 => (17, 0, 0),
            0xdc => (2, 0, number(2).unwrap_or_default()),
            0xdd => (4, 0, number(4).unwrap_or_default()),
            0xde => (2, 0, 2 * number(2).unwrap_or_default()),
            0xdf => (4, 0, 2 * number(4).unwrap_or_default()),
            _ => (0, 0, 0),
        };
        left = left.saturating_add(inner);
        let passed = usize::try_from(raw.saturating_add(width)).unwrap_or(usize::MAX);
        bytes = rest.get(passed..).unwrap_or_default();
    }
    counted
}

/// Returns the error of a DocBin that cannot be read.
pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::other(format!("this is not a readable DocBin: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(value: &Value) -> u64 {
        1 + match value {
            Value::Array(values) => values.iter().map(all).sum(),
            Value::Map(pairs) => pairs.iter().map(|(key, value)| all(key) + all(value)).sum(),
            _ => 0,
        }
    }

    #[test]
    fn values_are_counted_as_they_are_read() {
        let value = Value::Map(vec![
            (
                "a".into(),
                Value::Array((0..70_000).map(Value::from).collect()),
            ),
            ("x".repeat(300).into(), Value::Binary(vec![1; 70_000])),
            (
                Value::Nil,
                Value::Array(vec![
                    1.5.into(),
                    (-7).into(),
                    u64::MAX.into(),
                    (-70_000).into(),
                ]),
            ),
            (true.into(), Value::Ext(1, vec![0; 3])),
            (Value::F32(1.0), Value::Ext(1, vec![0; 16])),
        ]);
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, &value).unwrap();
        assert_eq!(count(&bytes), all(&value));
        assert_eq!(unpack(&bytes, &mut Growth::of(1000)).unwrap(), Some(value));
        assert_eq!(unpack(b"\x92\x01", &mut Growth::default()).unwrap(), None);
    }

    #[test]
    fn what_says_that_it_is_large_is_not_believed_and_what_is_large_is_refused() {
        assert_eq!(count(b"\xdd\xff\xff\xff\xff\xc0\xc0"), 3);
        let mut nothing = b"\xdd\x00\x40\x00\x00".to_vec();
        nothing.extend(vec![0xc0; 4 << 20]);
        assert!(unpack(&nothing, &mut Growth::of(100)).is_err());
        assert!(unpack(&nothing, &mut Growth::of(4 << 20)).is_ok());
    }
}
