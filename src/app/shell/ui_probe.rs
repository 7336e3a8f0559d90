//! Tells scripts that drive the real window what is where on the screen: a JSON file, written
//! whole after each frame.
//!
//! For tests in a real window, where hands are a script's and only pixels are seen. Never written
//! unless asked for.

use std::path::Path;

use serde_json::json;

use crate::app::state::{Dialog, State};
use crate::app::views::article_pane::ArticlePane;

/// The dialog that is open, as far as scripts use it.
fn dialog(state: &State) -> serde_json::Value {
    match &state.dialog {
        None => serde_json::Value::Null,
        Some(Dialog::Export(form)) => {
            let planner = &state.export_planner;
            json!({
                "name": "export", "format": form.choice.format, "to": form.choice.to, "no_dialog": form.no_dialog,
                "counted": planner.is_fresh() && !planner.is_counting() && planner.place().is_some(),
                "records": planner.plan().map(|plan| plan.records),
                "lost": planner.plan().map(|plan| plan.losses.summary()),
            })
        }
        Some(Dialog::Path(form)) => json!({
            "name": "path", "path": form.path, "no_dialog": form.no_dialog, "fault": form.fault,
        }),
        Some(other) => json!({ "name": name(other) }),
    }
}

/// What scripts call a dialog.
fn name(dialog: &Dialog) -> &'static str {
    match dialog {
        Dialog::Help => "keys",
        Dialog::Palette { .. } => "palette",
        Dialog::Settings => "settings",
        Dialog::Keys(_) => "rebind",
        Dialog::Schema => "labels",
        Dialog::Remark(_) => "remark",
        Dialog::Suggesters(_) => "suggesters",
        Dialog::SignIn(_) => "sign-in",
        _ => "other",
    }
}

/// Writes the file. What cannot be written is not worth a word: the script will say that it waits.
pub fn write(file: &Path, ctx: &egui::Context, state: &State, pane: &ArticlePane) {
    let scale = ctx.pixels_per_point();
    let article = state.article.as_ref();
    let words = article.map_or_else(Vec::new, |a| pane.words_in_view(a.article()));
    let mut edges = Vec::new();
    for (article, region) in article
        .iter()
        .flat_map(|a| a.session.annotation().regions().iter().map(move |r| (a, r)))
    {
        let places = pane.edges_in_view(article.article(), region);
        for (name, place) in ["start", "end"].into_iter().zip(places) {
            if let Some(at) = place {
                edges.push(json!({
                    "label": region.label.as_str(), "edge": name, "text": article.article().text.slice(region.span),
                    "x": at.x * scale, "y": at.y * scale,
                }));
            }
        }
    }
    let told = json!({
        "article": article.map(|a| a.article().id.as_str()),
        "key": article.map(|a| a.key.0),
        "block": article.map(|a| a.block),
        "block_text": article.and_then(|a| a.article().blocks.get(a.block).map(|b| a.article().text.slice(b.span))),
        "saved": article.is_none_or(crate::app::state::OpenArticle::is_saved),
        "edits": article.map(|a| a.effort.edits),
        "tab": format!("{:?}", state.tab),
        "dashboard": state.dataset.as_ref().is_some_and(|d| d.board.made.is_some() && !d.board.asked),
        "regions": article.map(|a| a.session.annotation().regions().len()),
        "entities": article.map(|a| a.session.annotation().entities().len()),
        "status": article.map(|a| a.session.annotation().status().as_str()),
        "selected": article.and_then(|a| a.selected().map(|span| a.article().text.slice(span))).unwrap_or_default(),
        "exported": state.dataset.as_ref().and_then(|d| d.exported.as_deref()),
        "dialog": dialog(state),
        "menu": pane.is_menu_open(),
        "check": state.shows_check(),
        "list": state.dataset.as_ref().map(|d| json!({
            "articles": d.keys.len(), "rows": d.rows.len(), "words": d.filter.words, "listed": d.listed && !d.listing.is_awaited,
            "whole": d.listed && !d.listing.is_awaited && !d.listing.begun, "unindexed": d.listing.unindexed,
            "found": d.listing.found.len(), "order": format!("{:?}", d.order.by),
        })),
        "notices": state.notices.list().iter().map(|n| n.words.as_str()).collect::<Vec<_>>(),
        "words": words.iter().map(|(word, at)| json!({
            "text": word, "x": at.x * scale, "y": at.y * scale,
        })).collect::<Vec<_>>(),
        "edges": edges,
    });
    let beside = file.with_extension("tmp");
    if std::fs::write(&beside, told.to_string()).is_ok() {
        let _unseen = std::fs::rename(&beside, file);
    }
}
