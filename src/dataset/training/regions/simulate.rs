//! Simulate: an annotator who corrects gold articles one by one, while the models learn from each.
//!
//! An edit is one change to a stretch of neighbouring blocks: all that need the same other label are selected and get it
//! with one key. A place where the gold changes its label inside a block costs one more, for the cut. From scratch, each
//! region costs one.

use anyhow::{Result, bail};

use super::gold::Gold;
use super::labels::labels_of;
use super::training_set::{ExampleMetadata, TrainingSet, open_unused, with};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::extract::sites::{PageFingerprints, SiteMemory};
use crate::extract::{FeaturizedArticle, RegionModel};
use crate::learn::{Example, Model, Sequence};
use crate::model::Label;
use crate::store::ArticleKey;

/// The model is trained anew after each article while it knows so many; then the more rarely, the more it knows.
const EVERY: usize = 50;

/// What one article took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionSimulationStep {
    /// The article.
    pub id: String,
    /// Where it is from.
    pub site: String,
    /// Regions that it has: what it takes from scratch.
    pub regions: usize,
    /// Edits from the suggestions of a model that never learns.
    pub cold: usize,
    /// Edits from the suggestions of a model that has learnt from the articles before, and is reminded of what was said about
    /// others of the site.
    pub learning: usize,
}

/// Plays the annotator through the articles, in their order.
///
/// # Errors
/// If there is no gold, or the model knows no pages or texts as the gold has them.
pub fn simulate(
    gold: &[Gold],
    model: &RegionModel,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<RegionSimulationStep>> {
    if gold.iter().all(|gold| !gold.is_whole()) {
        bail!("there is nothing to play with: no record has regions");
    }
    let mut learning = RegionModel::clone(model);
    let mut sets: [TrainingSet; 3] = Default::default();
    let mut trained = [0; 3];
    let mut sites = SiteMemory::default();
    let core_only: Vec<String> = labels_of(gold);
    let mut steps = Vec::new();
    progress.expect(gold.len() as u64);
    for (done, gold) in gold.iter().enumerate() {
        if cancel.is_cancelled() {
            break;
        }
        let Some(mut reading) = gold.read_page().or_else(|| gold.read_text()) else {
            continue;
        };
        if !gold.is_whole() {
            continue;
        }
        let kind = reading.kind();
        let (Some(now), Some(base)) = (learning.of(kind), model.of(kind)) else {
            bail!(
                "the model has learnt from no {}",
                if kind.is_page() { "pages" } else { "bare text" }
            );
        };
        let cold = found(base.last(), &reading.deciding_sequence(base));
        let mut example = gold.example(&reading, base.labels());
        example.sequence = reading.deciding_sequence(base).into_owned();
        let priors = sites.priors(&gold.site, &reading);
        reading.add_site_priors(&priors, base.labels());
        let warm = found(now.last(), &reading.deciding_sequence(base));
        let cuts = cuts(&example);
        let fold = Fold::new(base.labels(), &core_only);
        steps.push(RegionSimulationStep {
            id: gold.id.clone(),
            site: gold.site.clone(),
            regions: fold.regions(&example) + cuts,
            cold: fold.edits(&reading, &cold, &example) + cuts,
            learning: fold.edits(&reading, &warm, &example) + cuts,
        });
        let said: Vec<Option<Label>> = example
            .allowed
            .iter()
            .map(|allowed| {
                let label = base.labels().get(allowed.trailing_zeros() as usize)?;
                let is_known = allowed.count_ones() == 1;
                is_known.then(|| Label::new(label).ok()).flatten()
            })
            .collect();
        let signs = PageFingerprints::of(&reading);
        let key = ArticleKey(done as i64);
        sites.learn_blocks(&gold.site, &key.to_string(), &signs, &said);
        let facts = ExampleMetadata::new(&gold.site, signs, said, &example);
        let used = |label: &str| gold.labels().contains(label);
        open_unused(&mut example, base.labels(), used);
        let (set, trained) = (&mut sets[kind as usize], &mut trained[kind as usize]);
        set.put(key, example, facts, true);
        // As in a dataset, where training takes the longer the more articles there are.
        if (set.keys.len() - *trained) * EVERY >= set.keys.len()
            && let Some(mut run) = set.begin(model, kind)
        {
            *trained = set.keys.len();
            let new = loop {
                if let Some(new) = run.advance(set, base, &sites) {
                    break with(base, new);
                }
            };
            learning.set(kind, Some(new));
        }
        progress.advance(done as u64 + 1, 0);
    }
    Ok(steps)
}

/// The label that a model gives each item.
fn found(model: &Model, sequence: &Sequence) -> Vec<usize> {
    let labelling = model.label(sequence);
    labelling
        .predictions
        .iter()
        .map(|verdict| verdict.label)
        .collect()
}

/// Blocks in which the gold has two labels.
fn cuts(example: &Example) -> usize {
    example
        .allowed
        .iter()
        .filter(|allowed| allowed.count_ones() == 2)
        .count()
}

/// Which of a model's labels are one for the gold.
struct Fold {
    fates: Vec<usize>,
}

impl Fold {
    fn new(labels: &[String], known: &[String]) -> Self {
        let nav = labels.iter().position(|label| label == "nav").unwrap_or(0);
        let fates = labels
            .iter()
            .enumerate()
            .map(|(at, label)| if known.contains(label) { at } else { nav })
            .collect();
        Self { fates }
    }

    fn gold(&self, allowed: u16) -> Option<usize> {
        (allowed.count_ones() <= 2).then(|| self.fates[allowed.trailing_zeros() as usize])
    }

    fn regions(&self, example: &Example) -> usize {
        let mut before = None;
        let mut regions = 0;
        for label in example
            .allowed
            .iter()
            .filter_map(|allowed| self.gold(*allowed))
        {
            regions += usize::from(before != Some(label));
            before = Some(label);
        }
        regions
    }

    fn edits(&self, reading: &FeaturizedArticle, found: &[usize], example: &Example) -> usize {
        let mut edits = 0;
        let mut open = None;
        for at in 0..reading.blocks.len() {
            let allowed = example.allowed[at];
            let Some(gold) = self.gold(allowed) else {
                continue; // nobody knows, and nobody minds
            };
            let found = self.fates[found[at]];
            let is_right = found == gold || allowed >> found & 1 == 1;
            let needs = (!is_right).then_some(gold);
            // A block that has the label already may lie in the selection.
            if needs.is_some() && needs != open {
                edits += 1;
            }
            if needs.is_some() || open != Some(gold) {
                open = needs;
            }
        }
        edits
    }
}

/// The curve as a picture: edits per article, as means over a window of articles.
#[must_use]
pub fn svg(steps: &[RegionSimulationStep], window: usize) -> String {
    let curve = |value: &dyn Fn(&RegionSimulationStep) -> usize| -> Vec<f64> {
        steps
            .iter()
            .enumerate()
            .map(|(at, _)| {
                let from = (at + 1).saturating_sub(window.max(1));
                let stretch = &steps[from..=at];
                stretch.iter().map(value).sum::<usize>() as f64 / stretch.len() as f64
            })
            .collect()
    };
    let curves = [
        ("one per region", "#999999", curve(&|step| step.regions)),
        ("suggestions, cold", "#e69f00", curve(&|step| step.cold)),
        (
            "suggestions, learning",
            "#0072b2",
            curve(&|step| step.learning),
        ),
    ];
    draw(
        &format!("Region edits per article, mean of the last {window}"),
        &curves,
    )
}

/// Curves over articles, each with a name, a colour and a value for each article, as a picture.
pub(crate) fn draw(title: &str, curves: &[(&str, &str, Vec<f64>)]) -> String {
    use std::fmt::Write as _;

    const WIDTH: f64 = 720.0;
    const HEIGHT: f64 = 360.0;
    const LEFT: f64 = 56.0;
    const BOTTOM: f64 = 48.0;
    const TOP: f64 = 28.0;
    const RIGHT: f64 = 150.0;
    let count = curves
        .iter()
        .map(|(_, _, values)| values.len())
        .max()
        .unwrap_or(0);
    let most = curves
        .iter()
        .flat_map(|(_, _, values)| values)
        .fold(1.0_f64, |most, value| most.max(*value))
        .ceil();
    let x = |at: usize| LEFT + (WIDTH - LEFT - RIGHT) * (at as f64 + 1.0) / count.max(1) as f64;
    let y = |value: f64| HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"17\" font-size=\"13\">{title}</text>"
    );
    for line in 0..=4 {
        let value = most * f64::from(line) / 4.0;
        let _ = writeln!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#dddddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.1}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y(value) + 4.0,
            at = y(value),
        );
    }
    for (label, at) in [(1, 0), (count, count.saturating_sub(1))] {
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
            x(at),
            HEIGHT - BOTTOM + 18.0
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">article</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 10.0
    );
    // Names stand beside the ends of their curves, apart enough to be read.
    let mut ends: Vec<(f64, usize)> = curves
        .iter()
        .enumerate()
        .map(|(at, (_, _, values))| (y(values.last().copied().unwrap_or(0.0)), at))
        .collect();
    ends.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut lowest = f64::NEG_INFINITY;
    for (end, _) in &mut ends {
        *end = end.max(lowest + 16.0);
        lowest = *end;
    }
    for (end, at) in ends {
        let (name, colour, values) = &curves[at];
        let points: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(at, value)| format!("{:.1},{:.1}", x(at), y(*value)))
            .collect();
        let _ = writeln!(
            out,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/><text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
            points.join(" "),
            WIDTH - RIGHT + 8.0,
            end + 4.0
        );
    }
    out.push_str("</svg>\n");
    out
}
