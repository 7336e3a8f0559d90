//! Starting the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::anyhow;

use super::frame::{App, LEAST};
use super::system_fonts::SystemFonts;
use crate::app::state::{Message, State, TeamMessage};
use crate::dataset::team::ServerAddress;
use crate::dataset::{Settings, WindowState};

/// How the window is started.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// A dataset, a folder or file of articles, or the address of a team; nothing for the welcome
    /// screen.
    pub path: Option<PathBuf>,
    /// Who works here; from the settings, or else the system's user name, if not given.
    pub annotator: Option<String>,
    /// Whose labels to review, whatever the dataset's mode is.
    pub review: Option<String>,
    /// Whether the window is opened to decide between annotators.
    pub adjudicates: bool,
    /// Where to write, after each frame that changed something, what is where on the screen:
    /// for scripts that drive the window. Nowhere if not given.
    pub probe: Option<PathBuf>,
}

/// Opens the window and comes back when it is closed. Gives how many changes were discarded then.
///
/// # Errors
/// If no window can be opened, say because there is no display.
pub fn run(launch: Launch) -> anyhow::Result<usize> {
    let discarded = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&discarded);
    let memory_file = WindowState::path();
    let memory = memory_file
        .as_deref()
        .map(WindowState::load)
        .unwrap_or_default();
    let place = memory.window;
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Copydesk")
        .with_app_id("copydesk")
        .with_icon(window_icon())
        .with_inner_size(place.size.unwrap_or([1400.0, 900.0]))
        .with_maximized(place.maximized)
        .with_min_inner_size(LEAST)
        .with_drag_and_drop(true);
    if let Some(position) = place.position {
        viewport = viewport.with_position(position);
    }
    let options = eframe::NativeOptions {
        viewport,
        system_font_fallback: false, // `SystemFonts` is in its place
        ..Default::default()
    };
    eframe::run_native(
        "copydesk",
        options,
        Box::new(move |cc| {
            let ctx = cc.egui_ctx.clone();
            ctx.add_font_provider(Arc::new(SystemFonts::new()));
            let file = Settings::path();
            let (mut settings, problems) = match file.as_deref().map(Settings::load) {
                Some(Ok(read)) => read,
                Some(Err(error)) => (Settings::default(), vec![format!("{error:#}")]),
                None => (Settings::default(), Vec::new()),
            };
            let asks_name = launch.annotator.is_none() && !settings.name_asked;
            if let Some(annotator) = launch.annotator {
                settings.annotator = annotator;
            }
            let wake = ctx.clone();
            let state = State {
                discarded: counted,
                asks_name,
                review: launch.review,
                opens_review: launch.adjudicates,
                settings_file: file,
                memory,
                memory_file,
                ..State::new(settings, Arc::new(move || wake.request_repaint()))
            };
            let mut app = App::new(&ctx, state);
            app.report_settings_problems(problems);
            app.probe(launch.probe);
            if let Some(path) = launch.path {
                match path
                    .to_str()
                    .filter(|words| ServerAddress::is_address(words))
                {
                    Some(address) => {
                        app.send(Message::Team(TeamMessage::Open(address.to_owned())));
                    }
                    None => app.send(Message::OpenPaths(vec![path])),
                }
            }
            Ok(Box::new(app))
        }),
    )
    .map_err(|error| anyhow!("the window could not be opened: {}", reason(&error)))?;
    Ok(discarded.load(Ordering::SeqCst))
}

/// Says why there is no window, and what to do if it is for want of a display.
fn reason(error: &eframe::Error) -> String {
    const DISPLAYS: [&str; 3] = ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"];
    let is_unset = |name: &&str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    if cfg!(target_os = "linux") && DISPLAYS.iter().all(is_unset) {
        return "there is no display\nhint: set DISPLAY or WAYLAND_DISPLAY; the commands work without a window: copydesk --help".to_owned();
    }
    if is_about_graphics(error) {
        return "there is no OpenGL 2.1\nhint: install a graphics driver, such as Mesa; the commands work without a window: copydesk --help".to_owned();
    }
    without_source(&error.to_string()).to_owned()
}

/// Whether OpenGL is missing or too old.
fn is_about_graphics(error: &eframe::Error) -> bool {
    use eframe::Error::{Glutin, NoGlutinConfigs, OpenGL};
    matches!(error, Glutin(_) | NoGlutinConfigs(..) | OpenGL(_))
}

/// Cuts off the place in its source with which winit begins a message: `… /mod.rs:788: no server`.
fn without_source(message: &str) -> &str {
    let after = message.split_once(".rs:").map(|(_, after)| after);
    after
        .and_then(|after| after.split_once(": "))
        .map_or(message, |(_, reason)| reason)
}

/// The program's picture, for title bars and task lists.
fn window_icon() -> egui::IconData {
    const SIDE: u32 = 128;
    let drawing = include_str!("../../../assets/desktop/copydesk.svg");
    let tree = resvg::usvg::Tree::from_str(drawing, &resvg::usvg::Options::default());
    let (Ok(tree), Some(mut picture)) = (tree, resvg::tiny_skia::Pixmap::new(SIDE, SIDE)) else {
        return egui::IconData::default(); // then the system shows its own
    };
    let scale = SIDE as f32 / tree.size().width();
    let transform = resvg::tiny_skia::Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut picture.as_mut());
    let pixels = picture.pixels().iter().map(|pixel| pixel.demultiply());
    egui::IconData {
        rgba: pixels
            .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()])
            .collect(),
        width: SIDE,
        height: SIDE,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_reason_is_that_of_the_system_and_names_no_source() {
        let winit =
            "winit EventLoopError: os error at /home/x/winit/src/mod.rs:788: no server: none";
        assert_eq!(super::without_source(winit), "no server: none");
        assert_eq!(
            super::without_source("glutin error: bad"),
            "glutin error: bad"
        );
    }

    #[test]
    fn the_window_has_its_picture() {
        let icon = super::window_icon();
        assert_eq!(icon.rgba.len(), 128 * 128 * 4);
        let middle = (64 * 128 + 64) * 4;
        assert_eq!(icon.rgba[middle + 3], 255, "drawn");
        assert_eq!(icon.rgba[3], 0, "on no ground");
    }
}
