//! Little-endian numbers and texts, which the files of models are made of.
//!
//! Readers take from the front of a slice and leave the rest in it.

/// The error of a file that ends before its contents do.
const CUT_SHORT: &str = "the model file is cut short\nhint: copy it again, or train it again";

/// The error of a file with a weight that is infinite or not a number.
const NOT_FINITE: &str = "the model file is damaged: a weight is not a finite number\nhint: copy it again, or train it again";

/// The error of a file of another version.
pub(crate) const OTHER_VERSION: &str =
    "the model was made by another version of Copydesk\nhint: train it again with this one";

/// Appends a number as 32 bits.
pub(crate) fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

/// Appends a text after its length in bytes.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Takes the next `count` bytes.
pub(crate) fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8], String> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or(CUT_SHORT)?;
    *bytes = rest;
    Ok(taken)
}

/// Takes the next `N` bytes.
pub(crate) fn take_array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], String> {
    let (taken, rest) = bytes.split_first_chunk().ok_or(CUT_SHORT)?;
    *bytes = rest;
    Ok(*taken)
}

/// Takes a number of 32 bits.
pub(crate) fn take_number(bytes: &mut &[u8]) -> Result<usize, String> {
    Ok(u32::from_le_bytes(take_array(bytes)?) as usize)
}

/// Takes a number with a fraction, which must be finite.
pub(crate) fn take_finite(bytes: &mut &[u8]) -> Result<f32, String> {
    let number = f32::from_le_bytes(take_array(bytes)?);
    Some(number)
        .filter(|number| number.is_finite())
        .ok_or_else(|| NOT_FINITE.to_owned())
}

/// Takes a text that follows its length in bytes.
pub(crate) fn take_text(bytes: &mut &[u8]) -> Result<String, String> {
    let length = take_number(bytes)?;
    String::from_utf8(take(bytes, length)?.to_vec())
        .map_err(|error| format!("the model file is damaged: {error}"))
}
