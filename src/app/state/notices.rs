//! Short messages in a corner. News goes by itself; what failed stays until it is sent away.

use std::path::PathBuf;

use egui_material_icons::icons;

use crate::app::update::{Message, PlacesMessage};

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    /// It went well, or is good to know.
    News,
    /// Something cannot be done here.
    Hint,
    /// Something failed.
    Failure,
}

/// What a message offers to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Show this file in its folder.
    Show(PathBuf),
    /// Take the last relabelling of a name back. Stays until it is taken, sent away, or another step is made.
    UndoRelabelling,
    /// Show the finished articles that were marked done before the labels changed. Stays, too.
    ShowOutdated,
}

impl Offer {
    /// What its button says.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Show(_) => "Show",
            Self::UndoRelabelling => "Undo",
            Self::ShowOutdated => "Show them",
        }
    }

    /// Whether the notice stays until it is sent away.
    fn stays(&self) -> bool {
        matches!(self, Self::UndoRelabelling | Self::ShowOutdated)
    }

    fn message(&self) -> Message {
        match self {
            Self::Show(path) => Message::ShowFile(path.clone()),
            Self::UndoRelabelling => Message::Places(PlacesMessage::Undo),
            Self::ShowOutdated => Message::ShowOutdated,
        }
    }
}

/// One message.
#[derive(Clone, Debug)]
pub struct Notice {
    /// How grave it is.
    pub gravity: Gravity,
    /// What happened.
    pub words: String,
    /// Whether it is about the article that was open, and goes with it.
    of_article: bool,
    /// What it offers to do.
    pub offer: Option<Offer>,
    /// When it goes, in seconds of the window's clock; `None`: when it is sent away.
    until: Option<f64>,
}

impl Notice {
    /// Whether it stays until it is sent away.
    fn stays(&self) -> bool {
        self.gravity == Gravity::Failure || self.offer.as_ref().is_some_and(Offer::stays)
    }
}

/// The messages that are shown, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    list: Vec<Notice>,
}

/// How many are shown at most; older ones make room.
const AT_MOST: usize = 4;
/// How long news and hints stay, in seconds.
const STAY: f64 = 4.5;
/// How long what offers something stays, in seconds: it is to be read and reached.
const STAY_WITH_OFFER: f64 = 12.0;

impl Notices {
    /// Says something. The same words again do not pile up.
    pub fn say(&mut self, gravity: Gravity, words: impl Into<String>) {
        self.put(gravity, words.into(), false, None);
    }

    /// Says something about the open article, which is of no interest once another one is open.
    pub fn say_of_article(&mut self, gravity: Gravity, words: impl Into<String>) {
        self.put(gravity, words.into(), true, None);
    }

    /// Another article is open: what was said of the one before goes.
    pub fn leave_article(&mut self) {
        self.list.retain(|notice| !notice.of_article);
    }

    /// Says something, and offers to do something about it.
    pub fn offer(&mut self, gravity: Gravity, words: impl Into<String>, offer: Offer) {
        self.put(gravity, words.into(), false, Some(offer));
    }

    /// What was offered is done, or can no longer be done.
    pub fn end_offer(&mut self, offer: &Offer) {
        self.list
            .retain(|notice| notice.offer.as_ref() != Some(offer));
    }

    fn put(&mut self, gravity: Gravity, words: String, of_article: bool, offer: Option<Offer>) {
        self.list.retain(|notice| notice.words != words);
        while self.list.len() >= AT_MOST {
            let oldest = self.list.iter().position(|notice| !notice.stays());
            self.list.remove(oldest.unwrap_or(0));
        }
        self.list.push(Notice {
            gravity,
            words,
            of_article,
            offer,
            until: None,
        });
    }

    /// What is shown now.
    #[must_use]
    pub fn list(&self) -> &[Notice] {
        &self.list
    }

    /// Draws them in the lower right corner. Behind an open dialog, so that no button is covered; then they wait.
    pub fn show(
        &mut self,
        ui: &egui::Ui,
        look: &crate::app::ui::theme::Look,
        behind: bool,
        out: &mut Vec<Message>,
    ) {
        let now = ui.input(|i| i.time);
        if behind {
            for notice in &mut self.list {
                notice.until = None;
            }
            self.draw(ui, look, egui::Order::Middle, out);
            return;
        }
        for notice in &mut self.list {
            if notice.until.is_none() && !notice.stays() {
                let stay = match notice.offer {
                    Some(_) => STAY_WITH_OFFER,
                    None => STAY,
                };
                notice.until = Some(now + stay);
            }
        }
        self.list
            .retain(|notice| notice.until.is_none_or(|until| now < until));
        let Some(next) = self
            .list
            .iter()
            .filter_map(|n| n.until)
            .min_by(f64::total_cmp)
        else {
            self.draw(ui, look, egui::Order::Tooltip, out);
            return;
        };
        ui.ctx()
            .request_repaint_after_secs((next - now).max(0.0) as f32);
        self.draw(ui, look, egui::Order::Tooltip, out);
    }

    fn draw(
        &mut self,
        ui: &egui::Ui,
        look: &crate::app::ui::theme::Look,
        order: egui::Order,
        out: &mut Vec<Message>,
    ) {
        if self.list.is_empty() {
            return;
        }
        let mut away = None;
        egui::Area::new(egui::Id::unique("notices"))
            .anchor(egui::Align2::RIGHT_BOTTOM, [-16.0, -44.0])
            .order(order)
            .show(ui.ctx(), |ui| {
                ui.set_max_width(420.0);
                for (at, notice) in self.list.iter().enumerate() {
                    let (icon, color) = match notice.gravity {
                        Gravity::News => (icons::ICON_CHECK_CIRCLE, look.good),
                        Gravity::Hint => (icons::ICON_INFO, look.accent),
                        Gravity::Failure => (icons::ICON_ERROR, look.bad),
                    };
                    egui::Frame::popup(ui.style())
                        .inner_margin(egui::Margin::symmetric(12, 8))
                        .show(ui, |ui| {
                            ui.horizontal(|ui| {
                                ui.label(icon.rich_text().color(color).size(18.0));
                                ui.add(egui::Label::new(&notice.words).wrap());
                                if let Some(offer) = &notice.offer
                                    && ui.button(offer.words()).clicked()
                                {
                                    out.push(offer.message());
                                }
                                if notice.stays()
                                    && crate::app::ui::widgets::icon_button(
                                        ui,
                                        icons::ICON_CLOSE,
                                        "Dismiss",
                                    )
                                    .clicked()
                                {
                                    away = Some(at);
                                }
                            });
                        });
                    ui.add_space(4.0);
                }
            });
        if let Some(at) = away {
            self.list.remove(at);
        }
    }
}
