//! Charts of the scores of suggestions, by site.

use super::card::{MOST_LABELS, NO_SITE, Plot, REGIONS};
use crate::dataset::report::dashboard::counts::DatasetCounts;
use crate::dataset::report::dashboard::drill_down::DrillDown;
use crate::model::figures::{count, number};
use crate::quality::plot::{Axis, Chart, Marks, Series, figure};
use crate::store::SiteScore;

pub(super) fn sites(facts: &DatasetCounts, exact: bool) -> Plot {
    let share = |score: &SiteScore| {
        let hits = if exact {
            score.by_spans
        } else {
            score.by_chars
        };
        hits.hits as f64 / hits.gold.max(1) as f64
    };
    let mut shown: Vec<&SiteScore> = facts.sites.iter().collect();
    shown.sort_by(|a, b| (b.articles, &a.site).cmp(&(a.articles, &b.site)));
    shown.truncate(MOST_LABELS);
    let (tab, name, what) = match exact {
        true => ("Regions", "site-regions", "regions"),
        false => ("Characters", "site-characters", "characters"),
    };
    let worst = shown.iter().min_by(|a, b| share(a).total_cmp(&share(b)));
    let summary = match worst {
        None => NO_SITE.to_owned(),
        Some(worst) => format!(
            "{}; the fewest {what} were right on {}: {} in {}.",
            count(facts.sites.len(), "site"),
            worst.site,
            figure(share(worst), true),
            count(
                usize::try_from(worst.articles).unwrap_or(usize::MAX),
                "article"
            ),
        ),
    };
    Plot {
        tab,
        behind: vec![
            shown
                .iter()
                .map(|score| DrillDown::Site(score.site.clone()))
                .collect(),
        ],
        chart: Chart {
            name,
            title: format!("{tab} right, by site"),
            summary,
            x: Axis {
                names: shown
                    .iter()
                    .map(|score| format!("{} ({})", score.site, number(score.articles)))
                    .collect(),
                ..Axis::default()
            },
            y: Axis {
                title: format!("{what} right"),
                percent: true,
                at_least: 1.0,
                ..Axis::default()
            },
            series: vec![Series {
                name: String::new(),
                color: REGIONS,
                style: 0,
                // A site on which nothing was right has a bar, too: it is what one looks for.
                marks: Marks::Rows(
                    shown
                        .iter()
                        .map(|score| (share(score).max(0.001), REGIONS))
                        .collect(),
                ),
            }],
        },
        empty: NO_SITE,
    }
}
