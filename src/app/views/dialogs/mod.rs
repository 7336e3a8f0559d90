//! The dialogs over the frame: palette, help, settings, flag. One at a time; Escape closes it.

mod comparison_table;
mod consent;
mod export_fields;
mod export_page;
mod help_page;
mod keys_page;
mod merge_page;
mod palette;
mod path_page;
mod places_list;
mod places_page;
mod questions;
mod settings_page;
pub(super) mod shared;
mod sign_in_page;
mod split_page;
mod suggesters_page;

use self::settings_page::SettingsTab;
use super::people;
use crate::app::state::{Dialog, Message, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;

/// Draws the dialog that is open.
pub fn show(ctx: &egui::Context, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let Some(dialog) = &state.dialog else { return };
    if *dialog == Dialog::Schema {
        return; // it remembers more between frames than a dialog does
    }
    let modal = egui::Modal::new(egui::Id::unique("dialog"))
        .frame(egui::Frame::popup(&ctx.global_style()).inner_margin(egui::Margin::same(18)))
        .show(ctx, |ui| {
            widgets::outlined(ui, theme);
            match dialog {
                Dialog::Palette { query, chosen } => {
                    palette::show(ui, state, theme, query, *chosen, out);
                }
                Dialog::Export(form) => export_page::show(ui, state, theme, form, out),
                Dialog::Merge(form) => merge_page::show(ui, state, theme, form, out),
                Dialog::SplitWork(form) => split_page::show(ui, state, theme, form, out),
                Dialog::Path(form) => path_page::show(ui, state, theme, form, out),
                Dialog::Places(form) => places_page::show(ui, state, theme, form, out),
                Dialog::Help => help_page::show(ui, state, theme, out),
                Dialog::Settings => settings_page::show(ui, state, theme, out),
                Dialog::Keys(page) => {
                    ui.set_width(keys_page::WIDTH.min(ui.ctx().content_rect().width() - 80.0));
                    settings_page::settings_title(ui, state, SettingsTab::Keys, out);
                    keys_page::show(ui, state, theme, page, out);
                }
                Dialog::Suggesters(page) => {
                    let room = ui.ctx().content_rect().width() - 80.0;
                    ui.set_width(suggesters_page::WIDTH.min(room));
                    settings_page::settings_title(ui, state, SettingsTab::Suggesters, out);
                    suggesters_page::show(ui, state, theme, page, out);
                }
                Dialog::AllowSuggesters => consent::show(ui, state, theme, out),
                Dialog::Name(typed) => people::name_dialog(ui, state, typed, theme, out),
                Dialog::Reason(form) => questions::reason(ui, theme, form, out),
                Dialog::Flag { remark } => questions::flag(ui, theme, remark, out),
                Dialog::Remark(draft) => {
                    super::inspector::write_remark(ui, state, theme, draft, out);
                }
                Dialog::ForgetLearnt => questions::forget_learnt(ui, state, theme, out),
                Dialog::Unsaved => questions::unsaved(ui, state, theme, out),
                Dialog::SignIn(form) => sign_in_page::show(ui, state, theme, form, out),
                Dialog::TeamWaits => questions::team_waits(ui, state, theme, out),
                Dialog::Lost => questions::lost(ui, state, theme, out),
                Dialog::Schema => {}
            }
        });
    if modal.should_close() {
        out.push(Message::Dialog(None));
    }
}
