//! The bar above (name, tools) and the bar below (saved state, place, effort), and the search bar
//! of the article.

use egui::{Align, Layout, RichText, Ui};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::{Message, OpenDataset, State, Tab};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::model::{Status, figures};

/// A bar that is narrower has its rarer tools in a menu, in points.
const NARROW: f32 = TOOLS + 95.0;
/// What all tools of a bar that is not narrow need besides the name of the dataset, in points.
const TOOLS: f32 = 1185.0;
/// One that is narrower still has fewer tools, and no name of the program, in points.
const NARROWEST: f32 = 900.0;
/// What is in the menu of a narrow bar.
const RARE: [Command; 16] = [
    Command::Skip,
    Command::Flag,
    Command::OpenFiles,
    Command::OpenFolder,
    Command::OpenPath,
    Command::Import,
    Command::SaveCopy,
    Command::Merge,
    Command::SplitWork,
    Command::Export,
    Command::Palette,
    Command::Help,
    Command::Settings,
    Command::ToggleTheme,
    Command::ToggleList,
    Command::ToggleInspector,
];

/// The bar above the panels.
pub fn top(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let room = ui.available_width();
    let narrow = room < NARROW;
    let narrowest = room < NARROWEST;
    ui.horizontal_centered(|ui| {
        if !narrowest || state.dataset.is_none() {
            ui.label(
                RichText::new("Copydesk")
                    .family(crate::app::ui::theme::strong_family())
                    .size(14.5),
            );
        }
        if let Some(dataset) = &state.dataset {
            if !narrowest {
                ui.label(RichText::new("·").color(theme.faint));
            }
            ui.scope(|ui| {
                ui.set_max_width(if narrow {
                    130.0
                } else {
                    (room - TOOLS).min(260.0)
                });
                // The name of a member's file is long, so that it is no other team's.
                let team = state.team().map(|team| &team.address);
                let name = team.map_or(&dataset.name, |address| &address.database);
                ui.add(egui::Label::new(name).truncate()).on_hover_ui(|ui| {
                    let file = dataset.path.display();
                    ui.label(match team.map(|address| address.location()) {
                        Some(team) => format!("The team dataset {team}, in your file {file}"),
                        None => file.to_string(),
                    });
                });
            });
        }
        ui.add_space(8.0);
        if !narrow {
            for command in [
                Command::OpenFiles,
                Command::OpenFolder,
                Command::SaveCopy,
                Command::Export,
            ] {
                tool(ui, state, command, out);
            }
            ui.add_space(8.0);
        }
        for command in [Command::Undo, Command::Redo, Command::FindInArticle] {
            tool(ui, state, command, out);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            tabs(ui, state, theme, out);
            if narrow {
                rare_tools(ui, state, theme, narrowest, out);
            } else {
                for command in [
                    Command::ToggleInspector,
                    Command::ToggleList,
                    Command::ToggleTheme,
                    Command::Settings,
                    Command::Help,
                    Command::Palette,
                ] {
                    tool(ui, state, command, out);
                }
            }
            ui.add_space(8.0);
            let is_shown = match state.tab {
                Tab::Annotate => state.article.is_some(),
                Tab::Review => state.shown_review().is_some(),
                Tab::Dashboard => false,
            };
            if is_shown {
                done_button(ui, state, theme, out);
                let rarer = [Command::Flag, Command::Skip];
                for command in rarer.into_iter().filter(|_| !narrowest) {
                    tool(ui, state, command, out);
                }
                for command in [Command::NextArticle, Command::PreviousArticle] {
                    tool(ui, state, command, out);
                }
            }
        });
    });
}

/// The button that finishes the article; it looks done when the article is.
fn done_button(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    let status = state
        .article
        .as_ref()
        .map(|article| article.session.annotation().status());
    let is_done = status == Some(Status::Done);
    let (icon, ink, ground) = if is_done {
        (icons::ICON_CHECK_CIRCLE, theme.paper, theme.good)
    } else {
        (icons::ICON_CHECK, theme.ink, theme.accent_ground)
    };
    let words = RichText::new(format!("{}  Done", icon.codepoint)).color(ink);
    let hint = if is_done {
        format!("This article is done. {}", state.hint(Command::Done))
    } else {
        state.hint(Command::Done)
    };
    let response = ui
        .add(egui::Button::new(words).fill(ground))
        .on_hover_text(hint);
    // The sign is a letter of a private alphabet, which no screen reader can say.
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, is_done, "Done")
    });
    if response.clicked() {
        out.push(Message::Run(Command::Done));
    }
}

/// The menu of a narrow bar.
fn rare_tools(ui: &mut Ui, state: &State, theme: &Theme, narrowest: bool, out: &mut Vec<Message>) {
    let sign = icons::ICON_MORE_VERT
        .rich_text()
        .size(18.0)
        .color(theme.ink);
    let menu = ui.menu_button(sign, |ui| {
        ui.set_width(300.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        for command in RARE
            .into_iter()
            .filter(|command| narrowest || !matches!(command, Command::Skip | Command::Flag))
            .filter(|command| state.allows(*command))
        {
            let label = command.label(state.schema());
            let key = state.shown_key(command);
            if widgets::command_row(ui, theme, command, &label, &key, false).clicked() {
                out.push(Message::Run(command));
                ui.close();
            }
        }
    });
    let named = || egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, "More");
    menu.response.widget_info(named);
}

/// The screens of the dataset; the one that is shown is conspicuous.
fn tabs(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    if state.dataset.is_none() {
        return;
    }
    egui::Frame::new()
        .fill(theme.panel.lerp_to_gamma(theme.ink, 0.06))
        .corner_radius(8)
        .inner_margin(egui::Margin::same(2))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (tab, command) in [
                (Tab::Dashboard, Command::ShowDashboard),
                (Tab::Review, Command::ShowReview),
                (Tab::Annotate, Command::ShowAnnotate),
            ] {
                let chosen = state.tab == tab;
                let words = command.label(state.schema());
                let ink = if chosen { theme.ink } else { theme.faint };
                let ground = if chosen {
                    theme.paper
                } else {
                    egui::Color32::TRANSPARENT
                };
                let button = egui::Button::new(RichText::new(&words).color(ink))
                    .fill(ground)
                    .corner_radius(6);
                let response = ui.add(button).on_hover_text(state.hint(command));
                response.widget_info(|| {
                    egui::WidgetInfo::selected(egui::accesskit::Role::Tab, true, chosen, &words)
                });
                if response.clicked() {
                    out.push(Message::Run(command));
                }
            }
        });
    ui.add_space(6.0);
}

fn tool(ui: &mut Ui, state: &State, command: Command, out: &mut Vec<Message>) {
    ui.add_enabled_ui(state.allows(command), |ui| {
        if widgets::icon_button(ui, command.icon(), &state.hint(command)).clicked() {
            out.push(Message::Run(command));
        }
    });
}

/// Whether the export of a dataset from elsewhere may be kept beside it.
pub fn ask_export(ui: &mut Ui, dataset: &OpenDataset, theme: &Theme, out: &mut Vec<Message>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(icons::ICON_INFO.rich_text().size(16.0).color(theme.accent));
        ui.label(format!(
            "This dataset comes from elsewhere. Save its finished articles to {}.jsonl next to it?",
            dataset.name
        ));
        if ui.button("Keep it up to date").clicked() {
            out.push(Message::KeepExport(true));
        }
        if ui.button("Do not write").clicked() {
            out.push(Message::KeepExport(false));
        }
    });
}

/// The search bar over the article.
pub fn find(ui: &mut Ui, state: &State, focus: &mut bool, theme: &Theme, out: &mut Vec<Message>) {
    let Some(find) = state
        .article
        .as_ref()
        .and_then(|article| article.find.as_ref())
    else {
        return;
    };
    ui.horizontal(|ui| {
        ui.label(icons::ICON_SEARCH.rich_text().size(16.0).color(theme.faint));
        let mut words = find.words.clone();
        let field = ui.add(
            egui::TextEdit::singleline(&mut words)
                .hint_text("find in the article")
                .desired_width(240.0),
        );
        field.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::accesskit::Role::TextInput,
                true,
                "Find in the article",
            )
        });
        if std::mem::take(focus) {
            field.request_focus();
        }
        if words != find.words {
            out.push(Message::Find(words));
        }
        let (enter, back) = ui.input(|i| (i.key_pressed(egui::Key::Enter), i.modifiers.shift));
        if field.lost_focus() && enter {
            out.push(Message::NextHit(!back));
            field.request_focus();
        }
        let words = match (find.hits.len(), find.words.trim()) {
            (_, "") => String::new(),
            (0, _) => "no matches".to_owned(),
            (n, _) => format!("{} of {}", find.current + 1, figures::number(n as u64)),
        };
        ui.label(RichText::new(words).color(theme.faint));
        if widgets::icon_button(
            ui,
            icons::ICON_KEYBOARD_ARROW_UP,
            "Previous hit (Shift+Enter)",
        )
        .clicked()
        {
            out.push(Message::NextHit(false));
        }
        if widgets::icon_button(ui, icons::ICON_KEYBOARD_ARROW_DOWN, "Next hit (Enter)").clicked() {
            out.push(Message::NextHit(true));
        }
        if widgets::icon_button(ui, icons::ICON_CLOSE, "Close search (Esc)").clicked() {
            out.push(Message::EndFind);
        }
    });
}
