//! Tables from the hashes of words to values of a few bytes.

/// A table from hashes to values. One unknown word in some 5,000 is taken for a known one.
#[derive(Clone, Debug, Default)]
pub(super) struct Table<const BYTES: usize> {
    /// Keys plus one with their values; 0 is free. The length is a power of two, and collisions are
    /// probed one after another.
    slots: Vec<(u32, [u8; BYTES])>,
    /// The number of bits by which a hash is shifted to be a key.
    shift: u32,
}

impl<const BYTES: usize> Table<BYTES> {
    /// Reads the bytes of a part. `None` if they are no table.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (bits, rest) = bytes.split_first_chunk::<4>()?;
        let (count, mut rest) = rest.split_first_chunk::<4>()?;
        let bits = u32::from_le_bytes(*bits);
        let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
        // A key takes at least one byte, which bounds the memory that a damaged file can ask for.
        if !(1..=31).contains(&bits) || count > rest.len() {
            return None;
        }
        let mut keys = Vec::with_capacity(count);
        let mut key = 0_u32;
        for _ in 0..count {
            let (mut step, mut at) = (0_u32, 0);
            loop {
                let (&byte, after) = rest.split_first()?;
                rest = after;
                step |= u32::from(byte & 127).checked_shl(at)?;
                at += 7;
                if byte < 128 {
                    break;
                }
            }
            key = key.checked_add(step).filter(|key| key >> bits == 0)?;
            keys.push(key);
        }
        let (values, []) = rest.as_chunks::<BYTES>() else {
            return None;
        };
        if values.len() != count {
            return None;
        }
        let mut slots = vec![(0, [0; BYTES]); (count * 4 / 3 + 1).next_power_of_two()];
        let mask = slots.len() - 1;
        for (key, value) in keys.into_iter().zip(values) {
            let mut at = key as usize & mask;
            while slots[at].0 != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = (key + 1, *value);
        }
        Some(Self {
            slots,
            shift: 64 - bits,
        })
    }

    /// The value of a hash.
    pub(super) fn get(&self, hash: u64) -> Option<[u8; BYTES]> {
        let mask = self.slots.len().checked_sub(1)?;
        let key = (hash >> self.shift) as u32;
        let mut at = key as usize & mask;
        loop {
            match self.slots[at] {
                (0, _) => return None,
                (found, value) if found == key + 1 => return Some(value),
                _ => at = (at + 1) & mask,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_returns_its_values_and_damage_is_refused() {
        // Keys of 16 bits: 3, 3 + 300 and the last one there is; steps of 3, 300 and 65,232 in
        // groups of seven bits.
        let mut bytes = vec![16, 0, 0, 0, 3, 0, 0, 0];
        bytes.extend([3, 0xac, 0x02, 0xd0, 0xfd, 0x03, 7, 8, 9]);
        let table = Table::<1>::read(&bytes).unwrap();
        let get = |key: u64| table.get(key << 48 | 12_345);
        assert_eq!(
            [get(3), get(303), get(65_535), get(4)],
            [Some([7]), Some([8]), Some([9]), None]
        );
        for end in 0..bytes.len() {
            assert!(Table::<1>::read(&bytes[..end]).is_none(), "{end}");
        }
        bytes[11] += 1;
        assert!(Table::<1>::read(&bytes).is_none(), "a key of 17 bits");
    }
}
