//! The dialog that splits the work among annotators: who they are, how many get each article, and
//! where their datasets are made.

use egui::{Key, Modifiers, RichText, Ui};

use super::shared::{path_row, title};
use crate::app::state::{Dialog, Message, SplitForm, SplitProblem, SplitWorkMessage, State};
use crate::app::ui::theme::Theme;
use crate::app::ui::widgets;
use crate::model::figures::counted;

/// Width of the dialog, in points.
const WIDTH: f32 = 560.0;

pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    theme: &Theme,
    form: &SplitForm,
    out: &mut Vec<Message>,
) {
    ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 80.0));
    widgets::outlined(ui, theme);
    // Before a button that has the keyboard takes it for a click.
    let mut begins = ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Enter));
    title(ui, "Split the work among annotators", out);
    let about = "Each annotator gets a dataset with these labels, guidelines and suggestions, and nobody else's work. \
                 Merge the datasets when they come back (Ctrl+T).";
    ui.add(egui::Label::new(RichText::new(about).color(theme.faint)).wrap());
    ui.add_space(8.0);
    let mut new = form.clone();
    annotators(ui, theme, &mut new);
    ui.add_space(8.0);
    overlap(ui, &mut new);
    ui.add_space(8.0);
    folder(ui, theme, &mut new, out);
    ui.add_space(8.0);
    let split = new.split();
    match &split {
        Ok(_) => {
            ui.label(outcome(&new, state));
        }
        Err(problem) => {
            ui.label(RichText::new(words_of(problem)).color(theme.warn));
        }
    }
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        let button = egui::Button::new("Make the datasets").fill(theme.accent_ground);
        begins |= ui.add_enabled(split.is_ok(), button).clicked();
        if ui.button("Cancel").clicked() {
            out.push(Message::Dialog(None));
        }
    });
    if new != *form {
        out.push(Message::Dialog(Some(Dialog::SplitWork(Box::new(new)))));
    } else if begins && split.is_ok() {
        out.push(Message::SplitWork(SplitWorkMessage::Begin));
    }
}

fn annotators(ui: &mut Ui, theme: &Theme, form: &mut SplitForm) {
    ui.label(RichText::new("Annotators").strong());
    let field = egui::TextEdit::singleline(&mut form.annotators)
        .hint_text("ada, ben, cleo")
        .desired_width(f32::INFINITY);
    let field = ui.add(field);
    field.widget_info(|| {
        let words = "Names of the annotators";
        egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, words)
    });
    if ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    let words = "Their names, with commas between them. Who has work on an article keeps both.";
    ui.label(RichText::new(words).small().color(theme.faint));
}

fn overlap(ui: &mut Ui, form: &mut SplitForm) {
    let most = form.names().len().max(form.overlap).max(1);
    ui.horizontal(|ui| {
        let label = ui.label(RichText::new("Annotators for each article").strong());
        let value = egui::DragValue::new(&mut form.overlap).range(1..=most);
        ui.add(value).labelled_by(label.id);
    });
}

fn folder(ui: &mut Ui, theme: &Theme, form: &mut SplitForm, out: &mut Vec<Message>) {
    ui.label(RichText::new("Folder").strong());
    let name = "Folder of the datasets";
    if path_row(ui, theme, &mut form.folder, name, form.no_dialog) {
        out.push(Message::SplitWork(SplitWorkMessage::Browse));
    }
}

/// Says what would come of it.
fn outcome(form: &SplitForm, state: &State) -> String {
    let names = form.names().len() as u64;
    let overlap = form.overlap() as u64;
    let datasets = counted(names, "dataset", "datasets");
    let articles = state.dataset.as_ref().map_or(0, |open| open.counts.total());
    let places = articles * overlap;
    let (least, rest) = (places / names.max(1), places % names.max(1));
    let each = counted(least, "article", "articles");
    if rest == 0 {
        format!("This makes {datasets} with {each} each.")
    } else {
        format!("This makes {datasets} with {each} each, or one more.")
    }
}

fn words_of(problem: &SplitProblem) -> String {
    match problem {
        SplitProblem::TooFewAnnotators => "Name two annotators or more.".to_owned(),
        SplitProblem::SameName(name) => format!("{name} is named twice."),
        SplitProblem::NoFolder => "Name a folder for the datasets.".to_owned(),
    }
}
