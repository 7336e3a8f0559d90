//! A file and its companion as one stream, such as an `.ann` file and its `.txt` file.

/// Joins two files: the length of the first in decimal digits, a line feed, and both files.
#[must_use]
pub fn paired(first: &[u8], beside: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{}\n", first.len()).into_bytes();
    bytes.extend_from_slice(first);
    bytes.extend_from_slice(beside);
    bytes
}

/// Splits a stream of [`paired`] files.
pub(in crate::formats) fn unpaired(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let length: usize = str::from_utf8(bytes.get(..end)?).ok()?.parse().ok()?;
    bytes.get(end + 1..)?.split_at_checked(length)
}
