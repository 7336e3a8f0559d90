//! JSON values, one per line.

use serde::Serialize;
use serde_json::Value;

/// Appends a value as a line.
pub(in crate::formats) fn write_line(value: &impl Serialize, out: &mut Vec<u8>) {
    let before = out.len();
    // Writing to memory only fails for maps with keys that are not strings.
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(before);
        return;
    }
    out.push(b'\n');
}

/// Appends a value as a line of ASCII, for programs that guess the encoding.
pub(in crate::formats) fn write_ascii_line(value: &Value, out: &mut Vec<u8>) {
    let mut units = [0; 2];
    for c in value.to_string().chars() {
        if c.is_ascii() {
            out.push(c as u8);
        } else {
            for unit in c.encode_utf16(&mut units) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
    out.push(b'\n');
}
