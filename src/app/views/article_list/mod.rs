//! The article list: progress, search, filter, order, and the rows in view.

mod narrow;
mod rows;
mod scroll;
mod team_line;

use egui::{Align, Key, Layout, Modifiers, RichText, Sense, Ui, Widget as _};
use egui_material_icons::icons;

use crate::app::state::{Message, OpenDataset, State, Walk};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::model::Status;
use crate::model::figures;
use crate::store::{ArticleKey, Filter};

use scroll::Scroll;

/// What the list remembers between frames.
#[derive(Default)]
pub struct ListPane {
    /// What is being typed into the search field.
    words: String,
    /// The words that the filter had when the field was last looked at.
    seen: String,
    /// Put the keyboard into the search field.
    pub focus_search: bool,
    /// The article that was scrolled to last, and the row that the keys were at.
    shown: (Option<ArticleKey>, Option<usize>, u64),
    scroll: Scroll,
}

impl ListPane {
    /// Draws the list.
    pub fn show(&mut self, ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
        let Some(dataset) = &state.dataset else {
            return;
        };
        ui.spacing_mut().item_spacing.y = 0.0;
        progress(ui, dataset, theme);
        team_line::show(ui, state, theme, out);
        ui.add_space(10.0);
        let mut filter = dataset.filter.clone();
        let typing = self.search(ui, dataset, &mut filter, theme, out);
        narrow::chips(ui, &mut filter, theme);
        ui.add_space(6.0);
        narrow::caption(ui, dataset, theme, out);
        ui.add_space(4.0);
        if dataset.listed && dataset.keys.is_empty() {
            self.nothing(ui, dataset, &mut filter, theme);
        } else {
            rows::show(
                ui,
                state,
                dataset,
                &mut self.scroll,
                &mut self.shown,
                typing,
                theme,
                out,
            );
        }
        if filter != dataset.filter {
            out.push(Message::SetFilter(filter));
        }
    }

    /// The search field, from which the keys walk the list; true while it has the keyboard.
    fn search(
        &mut self,
        ui: &mut Ui,
        dataset: &OpenDataset,
        filter: &mut Filter,
        theme: &Theme,
        out: &mut Vec<Message>,
    ) -> bool {
        if self.seen != filter.words {
            // Changed from elsewhere: by a chart, or by what the list says when nothing matches.
            self.words.clone_from(&filter.words);
            self.seen.clone_from(&filter.words);
        }
        let id = ui.make_persistent_id("find in the dataset");
        let typing = ui.memory(|memory| memory.has_focus(id));
        if typing {
            walk(ui, self.words.is_empty(), out);
        }
        let entered = typing && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
        // Placed by hand: a field that measures itself would push the panel wider and wider.
        let (bar, _) =
            ui.allocate_exact_size(egui::vec2(ui.available_width(), 30.0), Sense::empty());
        let mut frame = bar;
        frame.max.x -= 32.0;
        let edge = if typing { theme.accent } else { theme.line };
        ui.painter().rect(
            frame,
            6.0,
            theme.paper,
            egui::Stroke::new(1.0, edge),
            egui::StrokeKind::Inside,
        );
        ui.painter().text(
            frame.left_center() + egui::vec2(8.0, 0.0),
            egui::Align2::LEFT_CENTER,
            icons::ICON_SEARCH.codepoint,
            widgets::icon_font(icons::ICON_SEARCH, 16.0),
            theme.faint,
        );
        let mut inside = frame.shrink2(egui::vec2(1.0, 1.0));
        inside.min.x += 28.0;
        inside.max.x -= 28.0;
        let field = egui::TextEdit::singleline(&mut self.words)
            .id(id)
            .frame(egui::Frame::NONE)
            .hint_text("find in all articles")
            .desired_width(inside.width())
            .align(egui::Align2::LEFT_CENTER)
            .min_size(inside.size());
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(inside));
        let field = field.ui(&mut child);
        field.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::accesskit::Role::SearchInput,
                true,
                "Find in the dataset",
            )
        });
        if !self.words.is_empty() {
            let mut corner = frame;
            corner.min.x = frame.max.x - 29.0;
            let mut child = ui.new_child(
                egui::UiBuilder::new()
                    .max_rect(corner)
                    .layout(Layout::centered_and_justified(egui::Direction::LeftToRight)),
            );
            if widgets::icon_button(&mut child, icons::ICON_CLOSE, "Clear the search").clicked() {
                self.words.clear();
                field.request_focus();
            }
        }
        let hint = "Words, \"a phrase\", site:example.org, lang:en, by:maria, is:flagged, label:ORG\nis:unsure, has:remark, is:outdated\n↓ ↑ walk the list, Enter opens";
        let field = field.on_hover_text(hint);
        if std::mem::take(&mut self.focus_search) {
            field.request_focus();
            select_all(ui, id, &self.words);
        }
        let mut corner = bar;
        corner.min.x = bar.max.x - 28.0;
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(corner));
        narrow::menu(&mut child, dataset, filter, theme, out);
        narrow::take_typed(&mut self.words, entered, filter);
        filter.words = narrow::words_of(&self.words);
        self.seen.clone_from(&filter.words);
        if entered {
            out.push(Message::OpenChosen);
        }
        typing
    }

    /// What to do when no article is left.
    fn nothing(&mut self, ui: &mut Ui, dataset: &OpenDataset, filter: &mut Filter, theme: &Theme) {
        ui.add_space(28.0);
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            if dataset.filter == Filter::default() {
                ui.label(
                    icons::ICON_ARTICLE
                        .rich_text()
                        .size(36.0)
                        .color(theme.faint),
                );
                ui.label("No articles yet");
                let words = "Drop files or a folder here.";
                ui.label(RichText::new(words).color(theme.faint));
                return;
            }
            ui.label(
                icons::ICON_SEARCH_OFF
                    .rich_text()
                    .size(36.0)
                    .color(theme.faint),
            );
            ui.label(
                RichText::new("No article matches").family(crate::app::ui::theme::strong_family()),
            );
            let (searched, narrow) = (dataset.filter.is_search(), dataset.filter.is_narrow());
            let hint = match (searched, narrow, dataset.listing.unindexed) {
                (true, _, 1..) => "The newest articles are still being indexed.",
                (true, true, _) => "Search all articles, or use fewer words.",
                (true, false, _) => "Try fewer words, or the beginning of a word.",
                (false, ..) => "Remove a filter.",
            };
            ui.label(RichText::new(hint).color(theme.faint));
            ui.add_space(6.0);
            if searched && narrow && ui.button("Search all articles").clicked() {
                *filter = Filter {
                    words: filter.words.clone(),
                    ..Filter::default()
                };
            }
            if ui.button("Show all articles").clicked() {
                *filter = Filter::default();
                self.words.clear();
                self.seen.clear();
            }
        });
    }
}

/// The keys that walk the list while the search field has the keyboard. Home and End are the
/// field's, if it holds words.
fn walk(ui: &Ui, empty: bool, out: &mut Vec<Message>) {
    let plain = Modifiers::NONE;
    let ctrl = Modifiers::COMMAND;
    ui.input_mut(|input| {
        for (modifiers, key, walk) in [
            (plain, Key::ArrowDown, Walk::Rows(1)),
            (plain, Key::ArrowUp, Walk::Rows(-1)),
            (plain, Key::PageDown, Walk::Pages(1)),
            (plain, Key::PageUp, Walk::Pages(-1)),
            (ctrl, Key::Home, Walk::First),
            (ctrl, Key::End, Walk::Last),
        ] {
            while input.consume_key(modifiers, key) {
                out.push(Message::WalkList(walk));
            }
        }
        if empty && input.consume_key(plain, Key::Home) {
            out.push(Message::WalkList(Walk::First));
        }
        if empty && input.consume_key(plain, Key::End) {
            out.push(Message::WalkList(Walk::Last));
        }
    });
}

/// Selects what is in a text field, so that what is typed takes its place.
fn select_all(ui: &Ui, id: egui::Id, words: &str) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let end = CCursor::new(words.chars().count());
    state
        .cursor
        .set_char_range(Some(CCursorRange::two(CCursor::default(), end)));
    state.store(ui.ctx(), id);
}

fn progress(ui: &mut Ui, dataset: &OpenDataset, theme: &Theme) {
    let total = dataset.counts.total();
    let done = dataset.counts.of(Status::Done);
    ui.horizontal(|ui| {
        let words = format!(
            "{} of {} done",
            figures::number(done),
            figures::number(total)
        );
        ui.label(RichText::new(words).family(crate::app::ui::theme::strong_family()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let flagged = dataset.counts.of(Status::Flagged);
            if flagged > 0 {
                let words = format!("{} flagged", figures::number(flagged));
                ui.label(RichText::new(words).color(theme.warn));
            }
        });
    });
    ui.add_space(5.0);
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 4.0), Sense::empty());
    ui.painter().rect_filled(rect, 2.0, theme.line);
    if total > 0 {
        let mut part = rect;
        part.set_width(rect.width() * (done as f64 / total as f64) as f32);
        ui.painter().rect_filled(part, 2.0, theme.good);
    }
}
