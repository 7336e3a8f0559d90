//! Looking a name up in all articles, and relabelling it there.

use std::path::PathBuf;

use super::{Job, Outcome, start};
use crate::app::state::State;
use crate::app::state::names::Wanted;
use crate::dataset::maintenance::name_view::{look_up, relabel_name, undo_relabelling};
use crate::dataset::{Cancelled, Dataset};

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
            start(state, LOOKING_UP, move |meter, cancel| {
                let found = Dataset::open_to_read(&path).and_then(|dataset| {
                    look_up(dataset.store(), &name, &annotator, &mode, meter, cancel)
                });
                match found {
                    Ok(view) => Outcome::NameFound(path, Box::new(view)),
                    Err(error) if error.is::<Cancelled>() => Outcome::Nothing,
                    Err(error) => Outcome::Failed(format!("Could not look the name up: {error:#}")),
                }
            });
        }
        Wanted::Relabel(step) => start(state, "Relabelling", move |meter, cancel| {
            let made = Dataset::open(&path).and_then(|mut dataset| {
                relabel_name(dataset.store_mut(), &step, &annotator, now, meter, cancel)
            });
            match made {
                Ok(made) => Outcome::Relabelled(path, Box::new(made)),
                Err(error) if error.is::<Cancelled>() => {
                    let words = "Relabelling stopped; nothing was changed".to_owned();
                    Outcome::Told(words, super::Gravity::News)
                }
                Err(error) => Outcome::Failed(format!("Not relabelled: {error:#}")),
            }
        }),
        Wanted::Undo(made) => start(state, "Undoing the relabelling", move |meter, cancel| {
            let taken = Dataset::open(&path).and_then(|mut dataset| {
                undo_relabelling(dataset.store_mut(), &made, &annotator, now, meter, cancel)
            });
            match taken {
                Ok(taken) => Outcome::RelabellingUndone(path, made, Box::new(taken)),
                Err(error) if error.is::<Cancelled>() => {
                    let words = "Undo stopped; nothing was changed".to_owned();
                    Outcome::Told(words, super::Gravity::News)
                }
                Err(error) => Outcome::Failed(format!("Relabelling not undone: {error:#}")),
            }
        }),
    }
}
