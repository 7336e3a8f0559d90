//! Looking a name up in all articles, and relabelling it there.

use std::path::PathBuf;

use super::{Gravity, Job, Outcome, start_in_session};
use crate::app::state::State;
use crate::app::state::names::Wanted;
use crate::dataset::Cancelled;
use crate::dataset::maintenance::name_view::{look_up, relabel_name, undo_relabelling};

/// What the job is called that looks a name up.
const LOOKING_UP: &str = "Looking the name up";

/// The job that looks a name up, with its place among the jobs.
#[must_use]
pub fn look_up_job(state: &State) -> Option<(usize, &Job)> {
    let mut jobs = state.jobs.iter().enumerate();
    jobs.find(|(_, job)| job.title == LOOKING_UP)
}

/// Does what was waiting.
pub fn start_names(state: &mut State, path: PathBuf, wanted: Wanted) {
    let annotator = state.settings.annotator.clone();
    // The step is known by its time: no two may have the same.
    let last = state.names.last.as_ref().map_or(0, |last| last.at_ms + 1);
    let now = (state.now_ms)().max(last);
    match wanted {
        Wanted::LookUp(name) => {
            let others = state.jobs.iter().filter(|job| job.title == LOOKING_UP);
            others.for_each(Job::cancel);
            let Some(mode) = state.dataset.as_ref().map(|dataset| dataset.mode.clone()) else {
                return;
            };
            let failed = failed("Could not look the name up", None);
            start_in_session(state, LOOKING_UP, failed, move |store, meter, cancel| {
                let view = look_up(store, &name, &annotator, &mode, meter, cancel)?;
                Ok(Outcome::NameFound(path, Box::new(view)))
            });
        }
        Wanted::Relabel(step) => {
            let stopped = "Relabelling stopped; nothing was changed";
            let failed = failed("Not relabelled", Some(stopped));
            start_in_session(state, "Relabelling", failed, move |store, meter, cancel| {
                let made = relabel_name(store, &step, &annotator, now, meter, cancel)?;
                Ok(Outcome::Relabelled(path, Box::new(made)))
            });
        }
        Wanted::Undo(made) => {
            let stopped = "Undo stopped; nothing was changed";
            let failed = failed("Relabelling not undone", Some(stopped));
            start_in_session(
                state,
                "Undoing the relabelling",
                failed,
                move |store, meter, cancel| {
                    let taken = undo_relabelling(store, &made, &annotator, now, meter, cancel)?;
                    Ok(Outcome::RelabellingUndone(path, made, Box::new(taken)))
                },
            );
        }
    }
}

/// What is shown if a job fails, or is stopped.
fn failed(
    what: &'static str,
    stopped: Option<&'static str>,
) -> impl FnOnce(anyhow::Error) -> Outcome + Send + 'static {
    move |error| match stopped {
        _ if !error.is::<Cancelled>() => Outcome::Failed(format!("{what}: {error:#}")),
        Some(words) => Outcome::Told(words.to_owned(), Gravity::News),
        None => Outcome::Nothing,
    }
}
