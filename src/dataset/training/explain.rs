//! Explains why a region or an entity has its label.

use super::learning::MOST_BYTES;
use super::regions::online_trainer::OnlineRegionTrainer;
use crate::extract::explain::Explanation;
use crate::extract::{FeaturizedArticle, RegionModel};
use crate::model::{Article, Region, Site, Span, figures};
use crate::store::{ArticleKey, Store, StoreError};

/// The reasons why a region or an entity has its label, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
    /// The article.
    pub key: ArticleKey,
    /// Where it is.
    pub span: Span,
    /// The prediction of the model, in a sentence.
    pub verdict: String,
    /// Reasons for the label, the weightiest first; sentences without their full stops.
    pub pros: Vec<String>,
    /// Reasons against it.
    pub cons: Vec<String>,
    /// How training on this dataset changed the prediction.
    pub learnt: Vec<String>,
}

impl OnlineRegionTrainer {
    /// Explains the label of a region, as the models see it now.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn why(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        region: &Region,
    ) -> Result<Reasons, StoreError> {
        let article = store.article(key)?;
        let mut reasons = Reasons {
            key,
            span: region.span,
            verdict: String::new(),
            pros: Vec::new(),
            cons: Vec::new(),
            learnt: Vec::new(),
        };
        if article.text.len() > MOST_BYTES {
            "The article is too long to explain.".clone_into(&mut reasons.verdict);
            return Ok(reasons);
        }
        let reading = self.read(store, key, &article)?;
        let Some(why) = why_by(self.model(), &reading, region) else {
            reasons.verdict = format!(
                "The model does not know {}. A built-in rule suggested it, or labels on other pages of the site.",
                region.label
            );
            return Ok(reasons);
        };
        reasons.verdict = if why.score >= why.rival_score {
            format!(
                "The model is {} % sure of {}; next comes {} with {} %.",
                percent(why.score),
                why.label,
                why.rival,
                percent(why.rival_score)
            )
        } else {
            format!(
                "The model would say {} ({} % sure).",
                why.rival,
                percent(why.rival_score)
            )
        };
        let now = prediction(&why);
        for reason in why.reasons {
            let side = if reason.weight > 0.0 {
                &mut reasons.pros
            } else {
                &mut reasons.cons
            };
            side.push(reason.words);
        }
        if self.known_articles() > 0 {
            // The base model knows neither the finished articles nor this site.
            let kept = store.kept(key)?;
            let without_priors = FeaturizedArticle::of_article(&article, kept.as_deref());
            if let Some(before) = why_by(self.base(), &without_priors, region) {
                reasons.learnt = self.changes(&article, &prediction(&before), &now);
            }
        }
        Ok(reasons)
    }

    /// Describes what training on the dataset has changed about a prediction.
    fn changes(
        &self,
        article: &Article,
        before: &(String, f64),
        now: &(String, f64),
    ) -> Vec<String> {
        let mut changes = Vec::new();
        if before.0 != now.0 {
            changes.push(format!(
                "Finished articles decided it: without them, {}",
                before.0
            ));
        } else if (before.1 - now.1).abs() >= 0.05 {
            changes.push(format!(
                "Finished articles made it {} sure: without them, {} %",
                if now.1 > before.1 { "more" } else { "less" },
                percent(before.1)
            ));
        }
        let all = figures::count(self.known_articles(), "done article");
        let site = Site::of_url(&article.meta.url);
        let site = site.as_ref().map(Site::name);
        let here = site.map_or(0, |site| self.sites().scorecard(site).pages);
        changes.push(match (here, site) {
            (here, Some(site)) if here > 0 && here == self.known_articles() as u64 => {
                format!("Learnt from {all} from {site}")
            }
            (1.., Some(site)) => format!("Learnt from {all}, {here} of them from {site}"),
            _ => format!("Learnt from {all}, none from this site"),
        });
        changes
    }
}

fn why_by(
    model: &RegionModel,
    reading: &FeaturizedArticle,
    region: &Region,
) -> Option<Explanation> {
    let model = model.of(reading.kind())?;
    reading.why(model, region.span, region.label.as_str())
}

/// The label that is more likely, and how sure it is.
fn prediction(why: &Explanation) -> (String, f64) {
    if why.score >= why.rival_score {
        (why.label.clone(), why.score)
    } else {
        (why.rival.clone(), why.rival_score)
    }
}

fn percent(score: f64) -> f64 {
    (score * 100.0).round()
}
