//! Cells and figures of the report.

use crate::model::{Rgb, printable};

/// A label with its colour.
pub(super) fn label(label: &str, color: Option<Rgb>) -> String {
    let color = color.map_or_else(|| "transparent".to_owned(), |color| color.to_string());
    format!(
        "<span class=\"label\"><i class=\"mark\" style=\"background:{color}\"></i>{}</span>",
        escape(label)
    )
}

/// A cell with a bar; `part` is from 0 to 1.
pub(super) fn bar(part: f64, color: Option<Rgb>) -> String {
    let color = color.map_or_else(String::new, |color| format!(";background:{color}"));
    format!(
        "<td class=\"bar\"><i><b style=\"width:{:.1}%{color}\"></b></i></td>",
        part.clamp(0.0, 1.0) * 100.0
    )
}

pub(super) fn percent(part: f64, of: f64) -> String {
    if of > 0.0 {
        format!("{:.1} %", 100.0 * part / of)
    } else {
        "–".to_owned()
    }
}

/// A share as per cent, if it is known.
pub(super) fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:.1} %", 100.0 * value))
}

pub(super) fn known(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

/// Words as text of a page; what would turn the direction of the words after them is shown, too.
pub(super) fn escape(words: &str) -> String {
    printable::lines(words)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
