//! What an empty window shows: what to do first, and where one was.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use egui::{RichText, Sense, Ui, vec2};
use egui_material_icons::icons;

use crate::app::command::Command;
use crate::app::state::{Message, State};
use crate::app::ui::text_line;
use crate::app::ui::text_line::Style;
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::formats;

/// Width of the column, in points.
const WIDTH: f32 = 440.0;
/// Height of a recent dataset, in points.
const ROW: f32 = 46.0;
/// How often is looked whether the recent datasets are still there.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// What the welcome screen remembers between frames.
#[derive(Default)]
pub struct Welcome {
    /// Recent datasets that were not there when it was looked last.
    missing: Vec<PathBuf>,
    /// The look that is under way: a disk may be slow, and a network away.
    looking: Option<Receiver<Vec<PathBuf>>>,
    looked: Option<Instant>,
    /// Whether the system can open a file dialog, once that is known.
    has_dialogs: Option<bool>,
    asking: Option<Receiver<bool>>,
}

impl Welcome {
    /// Draws the invitation.
    pub fn show(&mut self, ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
        let recent = self.recent(ui, &state.settings.recent);
        let height = 300.0 + recent.len() as f32 * ROW;
        egui::ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.vertical_centered(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.add_space(((ui.available_height() - height) * 0.42).max(32.0));
                    picture(ui, theme);
                    ui.add_space(14.0);
                    ui.label(
                        RichText::new("Copydesk")
                            .size(28.0)
                            .color(theme.ink)
                            .family(theme::strong_family()),
                    );
                    ui.add_space(6.0);
                    let words =
                        "Label news articles: what is story, what is comment, who is named.";
                    ui.label(RichText::new(words).size(14.5).color(theme.faint));
                    ui.add_space(24.0);
                    buttons(ui, state, recent.is_empty(), theme, out);
                    ui.add_space(12.0);
                    readable(ui, theme);
                    ui.add_space(8.0);
                    links(ui, state, theme, out);
                    if self.has_dialogs(ui, state) == Some(false) {
                        ui.add_space(8.0);
                        let words = "No file dialog can be opened here (no desktop portal, no zenity): \
                                     the buttons ask for a path.";
                        ui.label(RichText::new(words).size(12.5).color(theme.warn));
                    }
                    if recent.is_empty() {
                        return;
                    }
                    ui.add_space(30.0);
                    let left = egui::Layout::top_down(egui::Align::Min);
                    ui.allocate_ui_with_layout(vec2(WIDTH, 0.0), left, |ui| {
                        ui.set_width(WIDTH);
                        widgets::heading(ui, theme, "RECENT DATASETS");
                        ui.add_space(4.0);
                        for (path, there) in &recent {
                            dataset(ui, path, *there, theme, out);
                        }
                    });
                    ui.add_space(32.0);
                });
            });
    }

    /// Whether the system can open a file dialog; asked once, on a thread.
    fn has_dialogs(&mut self, ui: &Ui, state: &State) -> Option<bool> {
        if let Some(answer) = self
            .asking
            .as_ref()
            .and_then(|asking| asking.try_recv().ok())
        {
            self.has_dialogs = Some(answer);
            self.asking = None;
        }
        if self.has_dialogs.is_none() && self.asking.is_none() {
            let (send, answer) = mpsc::channel();
            let (ask, ctx) = (state.has_file_dialogs, ui.ctx().clone());
            let thread = std::thread::Builder::new().name("copydesk-dialogs".to_owned());
            let started = thread.spawn(move || {
                let _closed = send.send(ask());
                ctx.request_repaint();
            });
            // Without a thread, whoever asks for a dialog is told.
            self.asking = started.ok().map(|_| answer);
        }
        self.has_dialogs
    }

    /// The recent datasets, and whether each is there as far as is known.
    fn recent(&mut self, ui: &Ui, recent: &[PathBuf]) -> Vec<(PathBuf, bool)> {
        if let Some(missing) = self
            .looking
            .as_ref()
            .and_then(|theme| theme.try_recv().ok())
        {
            self.missing = missing;
            self.looking = None;
        }
        if self.looking.is_none() && self.looked.is_none_or(|at| at.elapsed() > LOOK_AGAIN) {
            self.looked = Some(Instant::now());
            let (send, missing) = mpsc::channel();
            let (paths, ctx) = (recent.to_vec(), ui.ctx().clone());
            let theme = move || {
                let gone = paths.into_iter().filter(|path| !path.is_file()).collect();
                let _closed = send.send(gone);
                ctx.request_repaint();
            };
            // Without a thread, what is gone says so when it is opened.
            let thread = std::thread::Builder::new().name("copydesk-recent".to_owned());
            self.looking = thread.spawn(theme).ok().map(|_| missing);
        }
        recent
            .iter()
            .map(|path| (path.clone(), !self.missing.contains(path)))
            .collect()
    }
}

/// An article with three regions and a name, as on the program's icon.
fn picture(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(64.0, 72.0), Sense::empty());
    let painter = ui.painter();
    let page = rect.shrink2(vec2(2.0, 0.0));
    painter.rect(
        page,
        6.0,
        theme.paper.lerp_to_gamma(theme.panel, 0.4),
        egui::Stroke::new(1.5, theme.line),
        egui::StrokeKind::Inside,
    );
    let at = |x: f32, y: f32, w: f32, h: f32| {
        egui::Rect::from_min_size(page.min + vec2(x, y), vec2(w, h))
    };
    for (y, h, color) in [
        (9.0, 9.0, theme.faint),
        (22.0, 26.0, theme.good),
        (52.0, 12.0, theme.warn),
    ] {
        painter.rect_filled(at(7.0, y, 4.0, h), 2.0, color);
    }
    let grey = theme.line;
    for (x, y, w) in [
        (17.0, 10.0, 24.0),
        (17.0, 23.0, 36.0),
        (17.0, 33.0, 10.0),
        (17.0, 43.0, 30.0),
        (17.0, 53.0, 34.0),
        (17.0, 60.0, 20.0),
    ] {
        painter.rect_filled(at(x, y, w, 4.0), 2.0, grey);
    }
    painter.rect_filled(at(29.0, 30.5, 24.0, 9.0), 3.0, theme.hit_ground());
    painter.rect_filled(at(32.0, 33.0, 18.0, 4.0), 2.0, theme.warn);
}

fn buttons(ui: &mut Ui, state: &State, first_time: bool, theme: &Theme, out: &mut Vec<Message>) {
    let size = vec2((WIDTH - 12.0) / 2.0, 40.0);
    ui.allocate_ui(vec2(WIDTH, 40.0), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            for (command, words) in [
                (Command::OpenFolder, "Open a folder"),
                (Command::OpenFiles, "Open files or a dataset"),
            ] {
                let shown = format!("{}   {words}", command.icon().codepoint);
                let mut button = egui::Button::new(RichText::new(shown).size(14.0))
                    .min_size(size)
                    .corner_radius(8.0);
                if first_time && command == Command::OpenFolder {
                    button = button.fill(theme.accent_ground);
                }
                let hint = format!("{} ({})", command.label(None), state.shown_key(command));
                if ui.add(button).on_hover_text(hint).clicked() {
                    out.push(Message::Run(command));
                }
            }
        });
    });
}

/// The formats that people come with; all others are in the tooltip.
const USUAL: [(&str, &str); 6] = [
    ("text", "plain text"),
    ("html", "HTML"),
    ("jsonl", "JSONL"),
    ("csv", "CSV"),
    ("parquet", "Parquet"),
    ("warc", "WARC"),
];

/// What can be dropped on the window.
fn readable(ui: &mut Ui, theme: &Theme) {
    let usual: Vec<&str> = USUAL.iter().map(|(_, words)| *words).collect();
    let others = formats::readable().count() - USUAL.len();
    let words = format!(
        "or drop files, a folder or a dataset here: {} and {others} more formats",
        usual.join(", ")
    );
    let label = ui.label(RichText::new(words).size(12.5).color(theme.faint));
    label.on_hover_ui(|ui| {
        ui.set_max_width(560.0);
        egui::Grid::new("readable")
            .spacing([14.0, 2.0])
            .show(ui, |ui| {
                for format in formats::readable() {
                    ui.label(RichText::new(format.spec().name).family(theme::strong_family()));
                    ui.label(RichText::new(format.spec().summary).color(theme.faint));
                    ui.end_row();
                }
            });
    });
}

/// What else there is to begin with.
fn links(ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
    for (command, words) in [
        (Command::OpenSample, "Try it with the sample articles"),
        (Command::OpenPath, "Type a path"),
        (Command::Merge, "Merge the work of several annotators"),
    ] {
        let link = ui.link(RichText::new(words).size(13.0).color(theme.accent));
        if link.on_hover_text(state.hint(command)).clicked() {
            out.push(Message::Run(command));
        }
        ui.add_space(3.0);
    }
}

/// A recent dataset: its name, where it lies, and whether it still does.
fn dataset(ui: &mut Ui, path: &Path, there: bool, theme: &Theme, out: &mut Vec<Message>) {
    let name = path
        .file_stem()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let sense = if there {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, ROW), sense);
    response.widget_info(|| {
        let missing = if there { "" } else { " (not found)" };
        let words = format!("{name}{missing}");
        egui::WidgetInfo::labeled(egui::accesskit::Role::Link, there, words)
    });
    if response.clicked() {
        out.push(Message::OpenPaths(vec![path.to_path_buf()]));
    }
    let card = rect.shrink2(vec2(0.0, 1.0));
    let over = ui.rect_contains_pointer(card);
    if over {
        let ground = theme.paper.lerp_to_gamma(theme.ink, 0.05);
        ui.painter().rect_filled(card, 8.0, ground);
    }
    let (icon, ink) = if there {
        (icons::ICON_ARTICLE, theme.accent)
    } else {
        (icons::ICON_LINK_OFF, theme.faint)
    };
    ui.painter().text(
        card.left_center() + vec2(12.0, 0.0),
        egui::Align2::LEFT_CENTER,
        icon.codepoint,
        widgets::icon_font(icon, 20.0),
        ink,
    );
    let style = |size: f32, ink, strong: bool| Style {
        font: if strong {
            egui::FontId::new(size, theme::strong_family())
        } else {
            egui::FontId::proportional(size)
        },
        ink,
        marked_ink: ink,
        marked_ground: egui::Color32::TRANSPARENT,
    };
    let left = card.min + vec2(44.0, 6.0);
    let room = card.width() - 44.0 - 40.0;
    let title = style(14.0, if there { theme.ink } else { theme.faint }, there);
    text_line::paint(ui.painter(), left, room, 1, &name, &[], &title);
    let folder = path.parent().unwrap_or(Path::new("")).display().to_string();
    let place = if there {
        folder
    } else {
        format!("no longer in {folder}")
    };
    let faint = style(11.5, theme.faint, false);
    text_line::paint(
        ui.painter(),
        left + vec2(0.0, 19.0),
        room,
        1,
        &place,
        &[],
        &faint,
    );
    if over || !there {
        let button =
            egui::Rect::from_center_size(card.right_center() - vec2(22.0, 0.0), vec2(28.0, 28.0));
        let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(button));
        let words = format!("Remove {name} from this list (the file stays)");
        if widgets::icon_button(&mut corner, icons::ICON_CLOSE, &words).clicked() {
            out.push(Message::Forget(path.to_path_buf()));
        }
    }
    if there {
        let _shown = response.on_hover_text(path.display().to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formats_that_are_named_can_be_read() {
        for (name, _) in USUAL {
            assert!(
                formats::readable().any(|format| format.spec().name == name),
                "{name}"
            );
        }
        assert!(formats::readable().count() > USUAL.len());
    }
}
