//! The article view in the frame: what it shows, and what its events mean.

use std::sync::Arc;

use egui::Ui;

use crate::app::article_view::style::DIMMED_IN_HIGH_CONTRAST;
use crate::app::article_view::{ArticleView, Ring, Scene, ViewEvent, ViewStyle};
use crate::app::state::{Addressed, Message, OpenArticle, State};
use crate::app::ui::theme::Theme;
use crate::app::views::context_menu::PlaceMenu;
use crate::app::views::review;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::dataset::ViewTop;
use crate::edit::{Selection, segment};
use crate::model::{Article, BytePos, Region, Schema, Span};

/// How many words the probe for scripts lists.
const WORDS_AT_MOST: usize = 1200;

/// The view with what it remembers between frames.
#[derive(Default)]
pub struct ArticlePane {
    view: Option<ArticleView>,
    /// A place to bring into view, and whether to jump there.
    reveal: Option<(BytePos, bool)>,
    /// What is to be at the top of the view, at the next frame.
    top: Option<ViewTop>,
    focus: bool,
    style: Option<(StyleKey, ViewStyle)>,
    menu: Option<PlaceMenu>,
    /// Open the menu of the caret's place, at the next frame.
    menu_wanted: bool,
}

/// What a style is made from; made anew when one of these changes.
#[derive(Clone)]
struct StyleKey {
    dark: bool,
    high_contrast: bool,
    size: u32,
    /// Kept, so that no other schema can have its address.
    schema: Arc<Schema>,
}

impl PartialEq for StyleKey {
    fn eq(&self, other: &Self) -> bool {
        (self.dark, self.high_contrast, self.size) == (other.dark, other.high_contrast, other.size)
            && Arc::ptr_eq(&self.schema, &other.schema)
    }
}

impl ArticlePane {
    /// Brings a place of the article into view, at the next frame.
    pub fn reveal(&mut self, pos: BytePos) {
        self.reveal = Some((pos, false));
    }

    /// Brings a place of the article into the upper third of the view, at the next frame, unless it
    /// is well in view.
    pub fn jump(&mut self, pos: BytePos) {
        self.reveal = Some((pos, true));
    }

    /// Puts this at the top of the view, at the next frame; what is revealed is then as near to it
    /// as it can be.
    pub fn set_top(&mut self, top: ViewTop) {
        self.top = Some(top);
    }

    /// What is at the top of the view, as of the last frame; `None` before the first.
    #[must_use]
    pub fn top(&self) -> Option<ViewTop> {
        let (paragraph, above) = self.view.as_ref()?.top();
        Some(ViewTop {
            paragraph,
            above: above.round() as i32,
        })
    }

    /// Gives the keyboard to the article, at the next frame.
    pub fn focus(&mut self) {
        self.focus = true;
    }

    /// Another article comes: its view starts from the top.
    pub fn forget(&mut self) {
        self.view = None;
        self.reveal = None;
        self.top = None;
        self.menu = None;
    }

    /// Opens the menu of the caret's place, at the next frame.
    pub fn open_menu(&mut self) {
        self.menu_wanted = true;
    }

    /// Whether the menu is open.
    #[must_use]
    pub fn has_menu(&self) -> bool {
        self.menu.is_some()
    }

    /// Puts the menu away; true if it was open.
    pub fn close_menu(&mut self) -> bool {
        self.menu.take().is_some()
    }

    /// Whether the menu of a place is open.
    #[must_use]
    pub fn is_menu_open(&self) -> bool {
        self.menu.is_some()
    }

    /// The bytes that are to be seen; `None` while the article is about to scroll.
    #[must_use]
    pub fn in_view(&self) -> Option<std::ops::Range<BytePos>> {
        let settled = self.reveal.is_none() && self.top.is_none();
        let view = self.view.as_ref().filter(|_| settled)?;
        view.in_view()
    }

    /// Where the first row of a span is on the screen.
    pub fn rect_of(&self, span: Span) -> Option<egui::Rect> {
        self.view.as_ref()?.rect_of(span)
    }

    /// The words on the screen with their middles, at most so many; for scripts that drive the
    /// window.
    pub fn words_in_view(&self, article: &Article) -> Vec<(String, egui::Pos2)> {
        let Some(view) = &self.view else {
            return Vec::new();
        };
        let visible = view.visible();
        let Ok(span) = article.text.span(visible.start, visible.end) else {
            return Vec::new();
        };
        article
            .text
            .slice(span)
            .unicode_word_indices()
            .take(WORDS_AT_MOST)
            .filter_map(|(at, word)| {
                let start = BytePos::from_index(span.start().index() + at);
                let end = BytePos::from_index(start.index() + word.len());
                let rect = view.rect_of(article.text.span(start, end).ok()?)?;
                Some((word.to_owned(), rect.center()))
            })
            .collect()
    }

    /// Where the ends of a region's bar can be taken hold of, if they are on the screen; for
    /// scripts that drive the window.
    pub fn edges_in_view(&self, article: &Article, region: &Region) -> [Option<egui::Pos2>; 2] {
        let text = &article.text;
        let Some((view, x)) = self
            .view
            .as_ref()
            .and_then(|view| Some((view, view.bars_at()?)))
        else {
            return [None, None];
        };
        let (start, end) = (region.span.start(), region.span.end());
        let after = BytePos::from_index(segment::next_grapheme(text.as_str(), start.index()));
        let before = BytePos::from_index(segment::prev_grapheme(text.as_str(), end.index()));
        let rect = |from, to| text.span(from, to).ok().and_then(|span| view.rect_of(span));
        [
            rect(start, after).map(|rect| egui::pos2(x, rect.top())),
            rect(before, end).map(|rect| egui::pos2(x, rect.bottom())),
        ]
    }

    /// Draws the article.
    pub fn show(&mut self, ui: &mut Ui, state: &State, theme: &Theme, out: &mut Vec<Message>) {
        let (Some(dataset), Some(article)) = (&state.dataset, &state.article) else {
            return;
        };
        let key = StyleKey {
            dark: theme.dark,
            high_contrast: theme.high_contrast,
            size: (state.settings.text_size * 4.0) as u32,
            schema: dataset.schema.clone(),
        };
        if self
            .style
            .as_ref()
            .is_none_or(|(made_from, _)| *made_from != key)
        {
            self.style = Some((key, style(&dataset.schema, theme, state.settings.text_size)));
        }
        let Some((_, style)) = &self.style else {
            return;
        };
        let view = self
            .view
            .get_or_insert_with(|| ArticleView::new(article.article()));
        if let Some(top) = self.top.take() {
            view.set_top((top.paragraph, f64::from(top.above)));
        }
        match self.reveal.take() {
            Some((pos, true)) => view.jump_to_pos(pos),
            Some((pos, false)) => view.scroll_to_pos(pos),
            None => {}
        }
        if std::mem::take(&mut self.focus) {
            view.request_focus(ui.ctx());
        }
        if let Some(words) = lacking(view) {
            egui::Frame::new()
                .fill(theme.panel)
                .inner_margin(egui::Margin::symmetric(12, 6))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.label(egui::RichText::new(words).color(theme.warn));
                });
            ui.add_space(-ui.spacing().item_spacing.y);
        }
        view.set_opening(review::opening(state));
        let addressed = article.addressed();
        let scene = scene(state, article, addressed.as_ref(), style);
        for event in view.show(ui, &scene) {
            if let Some(menu) = send(event, article, out) {
                self.menu = Some(menu);
            }
        }
        remark_signs(ui, view, article, theme, out);
        crate::app::views::doubt_strip::signs(ui, view, state, article, theme, out);
        review::show_marks(ui, state, view, theme, out);
        review::show_lanes(ui, state, view, theme, out);
        if let Some(why) = state.shown_why() {
            crate::app::views::explanation::show(ui, state, theme, view.rect_of(why.of.span()));
        }
        if std::mem::take(&mut self.menu_wanted) {
            let rect = view.caret_rect(article.selection.head);
            let at = rect.map_or(ui.max_rect().center(), |rect| rect.left_bottom());
            self.menu = Some(PlaceMenu::by_key(at));
        }
        if let Some(menu) = &mut self.menu
            && !menu.show(ui, state, theme, out)
        {
            self.menu = None;
        }
    }
}

/// Returns what the view shows of the open article.
fn scene<'a>(
    state: &'a State,
    article: &'a OpenArticle,
    addressed: Option<&'a Addressed>,
    style: &'a ViewStyle,
) -> Scene<'a> {
    let highlights: &[Span] = article.find.as_ref().map_or(&[], |find| &find.hits);
    let blocks = article.blocks();
    Scene {
        article: article.article(),
        regions: article.session.annotation().regions(),
        entities: article.session.annotation().entities(),
        revision: article.version,
        selection: article.selection,
        current_block: Some(article.block),
        block_selection: if blocks.len() > 1 || article.has_blocks() {
            blocks
        } else {
            0..0
        },
        ring: match addressed {
            None => Ring::Nothing,
            Some(Addressed::Entity(entity)) => Ring::Entity(entity),
            Some(Addressed::Region(region)) => Ring::Region(region),
            Some(Addressed::Blocks(blocks)) => Ring::Blocks(blocks.clone()),
        },
        highlights,
        folded: article.folds.hidden(),
        occurrences: state
            .occurrences
            .entity()
            .map(|entity| (&entity.label, state.occurrences.spans())),
        misaligned: state.token_alignment.spans(),
        style,
        editable: true,
    }
}

/// Sends what the annotator did in the view. Returns the menu that was asked for.
fn send(event: ViewEvent, article: &OpenArticle, out: &mut Vec<Message>) -> Option<PlaceMenu> {
    match event {
        ViewEvent::Select {
            anchor,
            head,
            exact,
        } => {
            let selection = Selection::new(anchor, head);
            out.push(if exact {
                Message::SelectExactly(selection)
            } else {
                Message::Select(selection)
            });
        }
        ViewEvent::CaretAt(pos) => out.push(Message::Select(Selection::caret(pos))),
        ViewEvent::BlockClicked { index, extend } => {
            out.push(Message::SelectBlock { index, extend });
        }
        ViewEvent::RegionEdgeMoved { region, edge, to } => {
            out.push(Message::MoveRegionEdge(region, edge, to));
        }
        ViewEvent::RegionEdgeClicked { region } => {
            out.push(Message::ChooseRegion(region));
        }
        ViewEvent::EntityEdgeMoved {
            entity,
            edge,
            to,
            exact,
        } => {
            out.push(Message::MoveEntityEdge(entity, edge, to, exact));
        }
        ViewEvent::EntityClicked { entity } => {
            // At the caret the keys act on the innermost; one around it has to be selected.
            let annotation = article.session.annotation();
            let start = entity.span.start();
            out.push(Message::Select(
                if annotation.entity_at(start) == Some(&entity) {
                    Selection::caret(start)
                } else {
                    Selection::new(start, entity.span.end())
                },
            ));
        }
        ViewEvent::Unfold(block) => out.push(Message::Unfold(block)),
        ViewEvent::ContextMenu { at, pos, gutter } => {
            let selected = article.selected().is_some_and(|span| span.contains_pos(at));
            let block = article.article().block_at(at);
            let blocks = article.blocks();
            let in_blocks = blocks.len() > 1 && block.is_some_and(|b| blocks.contains(&b));
            if !selected && !in_blocks && !gutter {
                out.push(Message::Select(Selection::caret(at)));
            }
            return Some(PlaceMenu::at(pos));
        }
        ViewEvent::EntityHovered { .. } | ViewEvent::Focused => {}
    }
    None
}

/// What to say of letters that no font has.
fn lacking(view: &ArticleView) -> Option<String> {
    let scripts = view.lacking_scripts();
    if scripts.is_empty() {
        return None;
    }
    let names: Vec<&str> = scripts.iter().map(|script| script.name).collect();
    let names = names.join(", ");
    let mut words = format!("No font on this system has these letters: {names}.");
    if cfg!(target_os = "linux") {
        let mut packages: Vec<&str> = scripts.iter().map(|script| script.package).collect();
        packages.sort_unstable();
        packages.dedup();
        words.push_str(&format!(
            " On Debian and Ubuntu, install {}, and start Copydesk again.",
            packages.join(" and ")
        ));
    } else {
        words.push_str(" Install one, and start Copydesk again.");
    }
    Some(words)
}

fn style(schema: &Schema, theme: &Theme, size: f32) -> ViewStyle {
    let mut style = ViewStyle::of_schema(schema, theme.dark);
    style.font = egui::FontId::new(size, crate::app::ui::theme::reading_family());
    style.heading_family = crate::app::ui::theme::strong_family();
    if theme.high_contrast {
        style.dimmed = DIMMED_IN_HIGH_CONTRAST;
    }
    // The window's grounds and inks, and colours that keep their contrast on them.
    style.palette.paper = theme.paper;
    style.palette.ink = theme.ink;
    style.palette.faint = theme.faint;
    style.palette.accent = theme.accent;
    style.palette.unsure = theme.warn;
    style.palette.wrong = theme.bad;
    style.palette.on_color = theme.paper;
    style.palette.selection = theme.selection;
    style.palette.highlight = theme.highlight;
    for shown in &mut style.regions {
        if let Some(label) = schema.region(shown.label.as_str()) {
            shown.color = theme.mark(label.color);
            shown.tint = theme.tint(label.color);
        }
    }
    for shown in &mut style.entities {
        if let Some(label) = schema.entity(shown.label.as_str()) {
            shown.color = theme.mark(label.color);
        }
    }
    style
}

/// A sign in the margin for each remark that is about a place in view; its words on hover, the
/// remark on click.
fn remark_signs(
    ui: &mut Ui,
    view: &ArticleView,
    article: &OpenArticle,
    theme: &Theme,
    out: &mut Vec<Message>,
) {
    let remarks = article.session.annotation().remarks();
    let Some(x) = view.right_margin().filter(|_| !remarks.is_empty()) else {
        return;
    };
    let text = &article.article().text;
    let mut taken: Vec<f32> = Vec::new();
    for (at, remark) in remarks.iter().enumerate() {
        let Some(span) = remark.at else { continue };
        let first = segment::next_grapheme(text.as_str(), span.start().index());
        let first = text.span(span.start(), BytePos::from_index(first));
        let Some(rect) = first.ok().and_then(|span| view.rect_of(span)) else {
            continue;
        };
        let same_row = taken.iter().filter(|y| (**y - rect.top()).abs() < 4.0);
        let shift = same_row.count() as f32 * 22.0;
        taken.push(rect.top());
        let sign = egui::Rect::from_center_size(
            egui::pos2(x + 14.0 + shift, rect.center().y),
            egui::vec2(20.0, 20.0),
        );
        let response = ui.interact(
            sign,
            ui.scope_id().with(("remark", at)),
            egui::Sense::click(),
        );
        response.widget_info(|| {
            let words = format!("Remark: {}", remark.text);
            egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, words)
        });
        let color = if response.hovered() {
            theme.accent
        } else if remark.is_open() {
            theme.warn
        } else {
            theme.faint
        };
        let icon = egui_material_icons::icons::ICON_COMMENT;
        ui.put(
            sign,
            egui::Label::new(icon.rich_text().size(16.0).color(color)).selectable(false),
        );
        if response.clicked() {
            out.push(Message::EditRemark(at));
        }
        response.on_hover_text(if remark.is_open() {
            remark.text.clone()
        } else {
            format!("Resolved: {}", remark.text)
        });
    }
}
