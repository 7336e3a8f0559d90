//! What the export that is being chosen would do: counted on a thread, again with each change, and
//! dropped when it is no longer asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use crate::dataset::session::Wake;
use crate::dataset::{CancelFlag, Cancelled, Existing, ExportChoice, ExportPlan, Progress, plan};

/// How long a choice has to stay the same before it is counted: while a number is typed, each digit
/// changes it.
const SETTLE: Duration = Duration::from_millis(120);
/// How long counting goes on before its progress is shown.
const QUIET: Duration = Duration::from_secs(1);

/// What is known of the export that is being chosen.
pub struct ExportPlanner {
    /// What is counted, and of which dataset.
    asked: Option<(PathBuf, ExportChoice)>,
    /// The last plan that was made for this dataset, and whether it is of what is asked now.
    plan: Option<Arc<ExportPlan>>,
    is_fresh: bool,
    fault: Option<String>,
    counting: Option<Counting>,
    plans: (Sender<Planned>, Receiver<Planned>),
    /// The destination that was looked at, with what is there.
    place: Option<(PlaceOf, Option<Result<Existing, String>>)>,
    places: (Sender<Placed>, Receiver<Placed>),
}

type Planned = (ExportChoice, anyhow::Result<ExportPlan>);
/// The dataset, the choice, and the file that the dataset keeps.
type PlaceOf = (PathBuf, ExportChoice, Option<String>);
type Placed = (PlaceOf, Result<Existing, String>);

/// Counting that is under way.
struct Counting {
    cancel: CancelFlag,
    gauge: Arc<Gauge>,
    since: Instant,
}

#[derive(Default)]
struct Gauge {
    done: AtomicU64,
    total: AtomicU64,
}

/// Keeps the gauge.
struct Meter {
    gauge: Arc<Gauge>,
    wake: Wake,
}

impl Progress for Meter {
    fn expect(&mut self, articles: u64) {
        self.gauge.total.store(articles, Ordering::Relaxed);
    }

    fn advance(&mut self, articles: u64, _bytes: u64) {
        self.gauge.done.store(articles, Ordering::Relaxed);
        (self.wake)();
    }
}

impl Default for ExportPlanner {
    fn default() -> Self {
        Self {
            asked: None,
            plan: None,
            is_fresh: false,
            fault: None,
            counting: None,
            plans: mpsc::channel(),
            place: None,
            places: mpsc::channel(),
        }
    }
}

impl ExportPlanner {
    /// The last plan that was made.
    #[must_use]
    pub fn plan(&self) -> Option<&Arc<ExportPlan>> {
        self.plan.as_ref()
    }

    /// Whether the plan is of what is chosen now.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// Why what is chosen cannot be exported, for people.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// What is at the destination, or why nothing can be written there; `None` until it was looked
    /// at.
    #[must_use]
    pub fn place(&self) -> Option<&Result<Existing, String>> {
        self.place.as_ref()?.1.as_ref()
    }

    /// How many articles were counted and of how many, once that takes over a second.
    #[must_use]
    pub fn progress(&self) -> Option<(u64, u64)> {
        let counting = self.counting.as_ref()?;
        let told = |n: &AtomicU64| n.load(Ordering::Relaxed);
        (counting.since.elapsed() > QUIET)
            .then(|| (told(&counting.gauge.done), told(&counting.gauge.total)))
    }

    /// Whether counting is under way.
    #[must_use]
    pub fn is_counting(&self) -> bool {
        self.counting.is_some()
    }

    /// Stops counting. What is chosen can be exported all the same.
    pub fn stop(&mut self) {
        if let Some(counting) = self.counting.take() {
            counting.cancel.cancel();
        }
    }

    /// Looks again if something else is chosen; `None` for nothing: then what is under way stops.
    pub fn refresh(&mut self, chosen: Option<(&Path, &ExportChoice)>, wake: &Wake) {
        let Some((dataset, choice)) = chosen else {
            if self.asked.is_some() {
                self.stop();
                *self = Self::default();
            }
            return;
        };
        // Where it goes changes nothing of what is in it.
        let content = ExportChoice {
            to: String::new(),
            card: false,
            ..choice.clone()
        };
        let asked = Some((dataset.to_path_buf(), content.clone()));
        if self.asked != asked {
            self.stop();
            self.asked = asked;
            self.is_fresh = false;
            self.fault = None;
            self.count(dataset, content, wake);
        }
        self.take_plans();
        self.look(dataset, choice, wake);
    }

    fn take_plans(&mut self) {
        while let Ok((of, made)) = self.plans.1.try_recv() {
            if self.asked.as_ref().is_none_or(|(_, asked)| *asked != of) {
                continue;
            }
            match made {
                Ok(made) => {
                    self.plan = Some(Arc::new(made));
                    self.is_fresh = true;
                }
                Err(error) if error.is::<Cancelled>() => continue,
                Err(error) => self.fault = Some(format!("{error:#}")),
            }
            self.counting = None;
        }
    }

    fn count(&mut self, dataset: &Path, choice: ExportChoice, wake: &Wake) {
        let (cancel, gauge) = (CancelFlag::default(), Arc::new(Gauge::default()));
        let mut meter = Meter {
            gauge: Arc::clone(&gauge),
            wake: wake.clone(),
        };
        let (flag, send) = (cancel.clone(), self.plans.0.clone());
        let (dataset, wake) = (dataset.to_path_buf(), wake.clone());
        let started = std::thread::Builder::new()
            .name("copydesk-plan".to_owned())
            .spawn(move || {
                std::thread::sleep(SETTLE);
                if flag.is_cancelled() {
                    return;
                }
                let made = plan(&dataset, &choice, &mut meter, &flag);
                let _closed = send.send((choice, made));
                wake();
            });
        match started {
            Ok(_detached) => {
                self.counting = Some(Counting {
                    cancel,
                    gauge,
                    since: Instant::now(),
                });
            }
            Err(error) => self.fault = Some(format!("Could not count the records: {error}")),
        }
    }

    /// Looks what is at the destination.
    fn look(&mut self, dataset: &Path, choice: &ExportChoice, wake: &Wake) {
        let kept = self.plan.as_ref().and_then(|plan| plan.kept.clone());
        let of: PlaceOf = (dataset.to_path_buf(), choice.clone(), kept);
        if self.place.as_ref().is_none_or(|(known, _)| *known != of) {
            let (send, wake, asked) = (self.places.0.clone(), wake.clone(), of.clone());
            let started = std::thread::Builder::new()
                .name("copydesk-place".to_owned())
                .spawn(move || {
                    let (dataset, choice, kept) = &asked;
                    let found = choice.existing(dataset, kept.as_deref());
                    let found = found.map_err(|error| format!("{error:#}"));
                    let _closed = send.send((asked, found));
                    wake();
                });
            let failed = started.err().map(|error| Err(error.to_string()));
            self.place = Some((of, failed));
        }
        while let Ok((of, found)) = self.places.1.try_recv() {
            if let Some((known, place)) = &mut self.place
                && *known == of
            {
                *place = Some(found);
            }
        }
    }
}

impl Drop for ExportPlanner {
    fn drop(&mut self) {
        self.stop();
    }
}
