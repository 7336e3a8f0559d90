//! Each annotator against a reference, as a table of the page on agreement.

use std::fmt::Write as _;

use super::elements::{escape, known};
use crate::dataset::report::quality::Quality;
use crate::model::figures::{counted, number};
use crate::quality::agreement::coefficients;

/// The table; nothing if there is no reference.
pub(super) fn section(page: &mut String, reference: &str, quality: &Quality) {
    if quality.reference == 0 {
        return;
    }
    let _ = write!(
        page,
        "<section>\n<h2>Agreement with {reference}</h2>\n<p class=\"soft\">{} with {reference}, {} of them done independently. Regions are compared by characters, entities by exact spans.</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>annotator</th><th class=\"n\">articles</th><th class=\"n\">same</th><th class=\"n\">kappa</th><th class=\"n\">precision</th><th class=\"n\">recall</th><th class=\"n\">F1</th><th class=\"n\">differences</th></tr></thead>\n<tbody>\n",
        counted(quality.reference, "article", "articles"),
        number(quality.articles),
    );
    for (name, own) in &quality.annotators {
        let sums = &own.sums;
        let (same, all) = sums.same_characters();
        let exact = sums.entities.micro();
        let differences: usize = own.places.iter().map(|(_, places)| places.len()).sum();
        let cell = |value: Option<f64>| format!("<td class=\"n\">{}</td>", known(value));
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td>{}{}{}{}{}<td class=\"n\">{}</td></tr>",
            escape(name),
            number(sums.articles),
            cell((all > 0).then(|| same as f64 / all as f64)),
            cell(coefficients::cohen(&sums.characters).ok()),
            cell(exact.f1().map(|_| exact.precision())),
            cell(exact.f1().map(|_| exact.recall())),
            cell(exact.f1()),
            number(differences as u64),
        );
    }
    page.push_str("</tbody></table></div>\n</section>\n");
}
