//! The team: how far it is, and who did what.

use egui::{RichText, Ui};

use super::panel;
use crate::app::state::{Message, OpenDataset, State, TeamFile, TeamMessage};
use crate::app::ui::theme::{Theme, strong_family};
use crate::app::views::status_bar::duration;
use crate::dataset::team::sync::Line;
use crate::dataset::team::{MemberProgress, TeamProgress};
use crate::model::figures;

/// The panel; nothing where the dataset is of no team.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    dataset: &OpenDataset,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let Some(team) = &dataset.team else { return };
    panel(theme).show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 6.0);
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new("Team").family(strong_family()).size(15.0));
            let location = team.address.location().to_string();
            ui.label(RichText::new(location).color(theme.faint));
            if team.is_progress_asked {
                ui.spinner();
            } else if team.status.has_role("manager") && ui.small_button("Refresh").clicked() {
                out.push(Message::Team(TeamMessage::WantProgress));
            }
        });
        mine(ui, team);
        match &team.progress {
            Some(Ok(progress)) => {
                let now = (state.now_ms)();
                overall(ui, progress, theme);
                members(ui, progress, team, now, theme);
            }
            Some(Err(why)) => {
                let words = format!("The numbers of the team are not known now. {why}");
                ui.label(RichText::new(words).color(theme.warn));
            }
            None if !team.status.has_role("manager") => {
                let words = "Managers of the team see the numbers of all members here.";
                ui.label(RichText::new(words).color(theme.faint));
            }
            None => {}
        }
    });
}

fn mine(ui: &mut Ui, team: &TeamFile) {
    let status = &team.status;
    ui.label(format!(
        "You ({}): {} done, {} open, {} waiting to be sent",
        team.member,
        figures::number(status.finished as u64),
        figures::number(status.open as u64),
        figures::number(team.waiting() as u64)
    ));
}

fn overall(ui: &mut Ui, progress: &TeamProgress, theme: &Theme) {
    let natural = |n: i64| figures::number(n.unsigned_abs());
    ui.label(format!(
        "{} of {} articles complete, with {} each; {} begun, {} slots open",
        natural(progress.complete),
        natural(progress.articles),
        figures::counted(progress.overlap.unsigned_abs(), "annotator", "annotators"),
        natural(progress.begun),
        natural(progress.open_slots)
    ));
    let part = progress.complete as f32 / progress.articles.max(1) as f32;
    ui.add(
        egui::ProgressBar::new(part)
            .desired_height(6.0)
            .fill(theme.good),
    );
    if progress.without_annotator > 0 {
        let words = format!(
            "{} for an annotator who has not had them: add annotators, or lower the overlap.",
            figures::counted(
                progress.without_annotator.unsigned_abs(),
                "article waits",
                "articles wait"
            )
        );
        ui.label(RichText::new(words).color(theme.warn));
    }
}

fn members(ui: &mut Ui, progress: &TeamProgress, team: &TeamFile, now: i64, theme: &Theme) {
    ui.add_space(4.0);
    egui::Grid::new("members of the team")
        .spacing([22.0, 4.0])
        .show(ui, |ui| {
            for head in [
                "member",
                "roles",
                "done",
                "open",
                "skipped",
                "extra",
                "time",
                "last saved",
                "now",
            ] {
                ui.label(RichText::new(head).small().color(theme.faint));
            }
            ui.end_row();
            for member in &progress.members {
                row(ui, member, team, now, theme);
                ui.end_row();
            }
        });
}

fn row(ui: &mut Ui, member: &MemberProgress, team: &TeamFile, now: i64, theme: &Theme) {
    let natural = |n: i64| figures::number(n.unsigned_abs());
    let name = match (member.is_active, member.login == team.member) {
        (false, _) => format!("{} (former)", member.login),
        (true, true) => format!("{} (you)", member.login),
        (true, false) => member.login.clone(),
    };
    let ink = if member.is_active {
        theme.ink
    } else {
        theme.faint
    };
    ui.label(RichText::new(name).color(ink));
    ui.label(RichText::new(member.roles.join(", ")).color(theme.faint));
    for number in [member.done, member.open, member.skipped, member.extra] {
        ui.label(natural(number));
    }
    ui.label(duration(member.active_ms));
    ui.label(RichText::new(saved(member.last_saved_ms, now)).color(theme.faint));
    let is_me = member.login == team.member && team.status.line == Line::Connected;
    if is_me || team.status.here.contains(&member.login) {
        ui.label(RichText::new("connected").color(theme.good));
    } else {
        ui.label("");
    }
}

/// When a member last saved, in words.
fn saved(at_ms: i64, now: i64) -> String {
    if at_ms == 0 {
        return "never".to_owned();
    }
    let ago = (now - at_ms).max(0);
    let many = |n: i64, one: &str| figures::count(usize::try_from(n).unwrap_or(0), one);
    match ago / 60_000 {
        0 => "now".to_owned(),
        minutes @ 1..=59 => format!("{} ago", many(minutes, "minute")),
        minutes @ 60..=2879 => format!("{} ago", many(minutes / 60, "hour")),
        minutes => format!("{} ago", many(minutes / 1440, "day")),
    }
}

#[cfg(test)]
mod tests {
    use super::saved;

    #[test]
    fn when_a_member_saved_is_said_in_words() {
        let now = 100 * 86_400_000;
        let said = |ago: i64| saved(now - ago, now);
        assert_eq!(said(20_000), "now");
        assert_eq!(said(4 * 60_000), "4 minutes ago");
        assert_eq!(said(61 * 60_000), "1 hour ago");
        assert_eq!(said(3 * 86_400_000), "3 days ago");
        assert_eq!(saved(0, now), "never");
    }
}
