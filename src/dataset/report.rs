//! A report on a dataset as one page that stands alone: no script, nothing fetched, every word of a user's escaped.

use std::fmt::Write as _;

use super::dashboard::{Facts, charts};
use super::stats::Counted;
use crate::model::Schema;
use crate::quality::plot;

/// So many examples of a label are shown.
const EXAMPLES: usize = 8;

/// The page: `name` is the dataset's, `tables` are what the command prints.
#[must_use]
pub fn html(name: &str, tables: &str, facts: &Facts, counted: &Counted, schema: &Schema) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>{name}</h1>\n<pre>{}</pre>\n",
        escape(tables),
        name = escape(name),
    );
    for card in charts::cards(facts, schema) {
        let _ = writeln!(
            page,
            "<section>\n<h2>{}</h2>\n<p>{}</p>",
            escape(card.title),
            escape(card.help)
        );
        for drawn in &card.plots {
            let chart = &drawn.chart;
            if chart.is_empty() {
                let _ = writeln!(page, "<p class=\"none\">{}</p>", escape(drawn.empty));
                continue;
            }
            let _ = writeln!(
                page,
                "<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>",
                plot::svg(chart),
                escape(&chart.summary)
            );
        }
        page.push_str("</section>\n");
    }
    page.push_str("<section>\n<h2>Labels</h2>\n<table>\n<tr><th></th><th>label</th><th>what it is</th><th>examples</th><th>most often</th></tr>\n");
    let regions = schema.regions().iter();
    let regions = regions.map(|r| ("region", &r.label, r.color, &r.description, &r.examples));
    let entities = schema.entities().iter();
    let entities = entities.map(|e| ("entity", &e.label, e.color, &e.description, &e.examples));
    for (kind, label, color, description, examples) in regions.chain(entities) {
        let often: Vec<String> = match kind {
            "entity" => counted.examples.of(label, EXAMPLES),
            _ => Vec::new(),
        }
        .into_iter()
        .map(|(words, count)| format!("{words} ({count})"))
        .collect();
        let often = often.join(", ");
        let _ = writeln!(
            page,
            "<tr><td>{kind}</td><td><b style=\"border-bottom: 3px solid {color}\">{}</b></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(label.as_str()),
            escape(description),
            escape(&examples.join("; ")),
            escape(&often)
        );
    }
    page.push_str("</table>\n</section>\n</body>\n</html>\n");
    page
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;\
background:#fff}pre{overflow-x:auto;background:#f6f6f4;padding:1rem}figure{margin:1rem 0}svg{max-width:100%;height:auto}\
figcaption,.none{color:#555}td,th{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0}";

fn escape(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
