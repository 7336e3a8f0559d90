//! The menu of a place in the article: everything that the keys can do there, with the keys. By
//! mouse, or by keys alone.

use egui::{Key, Modifiers, Pos2, Ui};

use crate::app::command::Command;
use crate::app::state::{Addressed, Message, OpenArticle, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::model::figures;

/// Width of a column, in points.
const WIDTH: f32 = 304.0;

/// An open menu.
pub struct PlaceMenu {
    at: Pos2,
    /// The line that Enter would do, once the arrows have been used.
    chosen: Option<usize>,
}

/// What the keys of the menu ask for.
#[derive(Default)]
struct Steps {
    down: isize,
    across: bool,
    enter: bool,
}

impl PlaceMenu {
    /// Opened by mouse.
    #[must_use]
    pub fn at(at: Pos2) -> Self {
        Self { at, chosen: None }
    }

    /// Opened by key: the first line is chosen.
    #[must_use]
    pub fn by_key(at: Pos2) -> Self {
        let chosen = Some(0);
        Self { at, chosen }
    }

    /// Draws it; false once it is to be put away.
    pub fn show(&mut self, ui: &Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) -> bool {
        let columns = columns(state);
        let steps = steps(ui);
        self.step(&columns, &steps);
        let mut run = None;
        let area = egui::Area::new(egui::Id::unique("article menu"))
            .fixed_pos(self.at)
            .order(egui::Order::Foreground)
            .constrain(true)
            .show(ui.ctx(), |ui| {
                egui::Frame::menu(ui.style()).show(ui, |ui| {
                    let height = ui.ctx().content_rect().height() - 40.0;
                    egui::ScrollArea::vertical()
                        .max_height(height)
                        .show(ui, |ui| {
                            ui.horizontal_top(|ui| {
                                let mut nth = 0;
                                for (at, column) in columns.iter().enumerate() {
                                    if at > 0 {
                                        ui.add_space(6.0);
                                    }
                                    ui.vertical(|ui| {
                                        run =
                                            self.column(ui, state, theme, column, &mut nth).or(run);
                                    });
                                }
                            });
                        });
                });
            });
        if steps.enter
            && let Some(command) = self.chosen.and_then(|nth| flat(&columns).nth(nth))
        {
            run = Some(command);
        }
        if let Some(command) = run {
            out.push(Message::Run(command));
            return false;
        }
        let elsewhere = ui.input(|i| {
            i.pointer.any_pressed()
                && i.pointer
                    .interact_pos()
                    .is_some_and(|pos| !area.response.rect.contains(pos))
        });
        !elsewhere
    }

    fn column(
        &self,
        ui: &mut Ui,
        state: &State,
        theme: &Theme,
        column: &[Vec<Command>],
        nth: &mut usize,
    ) -> Option<Command> {
        let mut run = None;
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 1.0;
        for (at, part) in column.iter().enumerate() {
            if at > 0 {
                ui.separator();
            }
            for &command in part {
                let chosen = self.chosen == Some(*nth);
                *nth += 1;
                let label = words(state, command);
                let key = state.shown_key(command);
                let row = widgets::command_row(ui, theme, command, &label, &key, chosen);
                if chosen && self.chosen.is_some() {
                    row.scroll_to_me(None);
                }
                if row.clicked() {
                    run = Some(command);
                }
            }
        }
        run
    }

    fn step(&mut self, columns: &[Vec<Vec<Command>>], steps: &Steps) {
        let count = flat(columns).count();
        if count == 0 || (steps.down == 0 && !steps.across) {
            return;
        }
        let Some(chosen) = self.chosen else {
            self.chosen = Some(if steps.down < 0 { count - 1 } else { 0 });
            return;
        };
        if steps.across {
            // To the same height of the other column.
            let first = columns
                .first()
                .map_or(0, |column| column.iter().flatten().count());
            let to = if chosen < first {
                (first + chosen).min(count - 1)
            } else {
                (chosen - first).min(first.saturating_sub(1))
            };
            self.chosen = Some(to);
            return;
        }
        let to = (chosen as isize + steps.down).rem_euclid(count as isize);
        self.chosen = Some(to as usize);
    }
}

/// What a command would do just here, in few words.
fn words(state: &State, command: Command) -> String {
    let article = state.article.as_ref();
    let addressed = article.and_then(OpenArticle::addressed);
    let suggested = article.and_then(OpenArticle::suggestion).is_some();
    match command {
        Command::LabelToEnd(_) => {
            let whole = command.label(state.schema());
            whole.replacen("Label as", "As", 1)
        }
        Command::MergeRegion => "Merge with the region above".to_owned(),
        Command::ConfirmAndNext if suggested => "Confirm the suggestion".to_owned(),
        Command::ConfirmAndNext => "Next unsure suggestion".to_owned(),
        Command::Remove if suggested => "Reject the suggestion".to_owned(),
        Command::Remove => match addressed {
            Some(Addressed::Entity(_)) => "Remove the entity",
            Some(Addressed::Blocks(_)) => "Remove the label of the block",
            _ => "Remove the region",
        }
        .to_owned(),
        Command::TagEverywhere => match state.occurrences.spans().len() {
            0 => "Tag all later occurrences".to_owned(),
            n => format!("Also tag {}", figures::count(n, "later occurrence")),
        },
        other => other.label(state.schema()),
    }
}

fn steps(ui: &Ui) -> Steps {
    ui.input_mut(|input| {
        let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key);
        Steps {
            down: count(Key::ArrowDown) as isize - count(Key::ArrowUp) as isize,
            across: (count(Key::ArrowLeft) + count(Key::ArrowRight)) % 2 == 1,
            enter: count(Key::Enter) + count(Key::Space) > 0,
        }
    })
}

fn flat(columns: &[Vec<Vec<Command>>]) -> impl Iterator<Item = Command> {
    columns.iter().flatten().flatten().copied()
}

/// What can be done at a place: regions on the left, entities on the right, in parts.
fn columns(state: &State) -> Vec<Vec<Vec<Command>>> {
    use Command as C;
    let all = Command::all(state.schema());
    let of = |wanted: fn(&C) -> bool| -> Vec<C> { all.iter().copied().filter(wanted).collect() };
    let addressed = state.article.as_ref().and_then(OpenArticle::addressed);
    let possible = |commands: &[C]| -> Vec<C> {
        let possible = commands.iter().filter(|command| {
            let has_target = **command != C::Remove || addressed.is_some();
            state.allows(**command) && has_target
        });
        possible.copied().collect()
    };
    let left = vec![
        of(|command| matches!(command, C::LabelRegion(_))),
        of(|command| matches!(command, C::LabelToEnd(_))),
        vec![C::SplitRegion, C::MergeRegion],
        possible(&[C::ConfirmAndNext, C::Remove, C::Why]),
        possible(&[C::Remark, C::Copy, C::Undo, C::Redo]),
    ];
    let right = vec![
        of(|command| matches!(command, C::Tag(_))),
        possible(&[C::TagEverywhere, C::NameEverywhere]),
        vec![C::GrowStart, C::ShrinkStart, C::ShrinkEnd, C::GrowEnd],
    ];
    let filled = |column: Vec<Vec<C>>| -> Vec<Vec<C>> {
        column.into_iter().filter(|part| !part.is_empty()).collect()
    };
    vec![filled(left), filled(right)]
}
