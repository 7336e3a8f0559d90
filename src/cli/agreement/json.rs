//! Agreement as JSON: every figure, with `null` and a `why` where there is no value.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::dataset::Calendar;
use crate::dataset::report::agreement::Compared;
use crate::dataset::report::quality::Quality;
use crate::model::Label;
use crate::quality::agreement::{
    ArticleFigures, Coded, Figure, Gamma, Headline, Interval, Layer, Lenience, NoValue,
    PairFigures, PairSums, Report, Value as Coding, coefficients, continuum, headline,
};
use crate::quality::score::Counts;

/// Everything.
pub(super) fn of(compared: &Compared, calendar: &Calendar) -> Value {
    let report = &compared.report;
    let articles: Map<String, Value> = report
        .articles
        .iter()
        .map(|article| {
            let about = json!({
                "done_by": article.annotators,
                "code_points": article.code_points,
                "characters": article.characters,
            });
            (article.id.clone(), about)
        })
        .collect();
    let pairs: Map<String, Value> = report
        .pairs
        .iter()
        .map(|(names, sums)| {
            let (one, other) = names;
            (format!("{one}|{other}"), pair(report, names, sums))
        })
        .collect();
    let by_article: Map<String, Value> = report
        .shared()
        .map(|article| (article.id.clone(), headline_of(&headline([article]))))
        .collect();
    let by_day: Vec<Value> = compared
        .by_day(calendar)
        .iter()
        .map(|on| {
            let mut told = headline_of(&on.figures);
            told["day"] = on.day.iso().into();
            told
        })
        .collect();
    let left_out: Vec<Value> = compared
        .left_out
        .iter()
        .map(|one| json!({"article": one.article, "annotator": one.annotator, "why": one.because.to_string()}))
        .collect();
    let mut head = Figures(headline_of(&report.headline()));
    head.interval("krippendorff_alpha_95", report.alpha_interval());
    head.interval("exact_f1_95", report.f1_interval());
    json!({
        "annotators": report.annotators,
        "articles": articles,
        "headline": head.0,
        "pairs": pairs,
        "all": all(report),
        "confusion": {
            "regions": confusion(report, Layer::Regions),
            "entities": confusion(report, Layer::Entities),
        },
        "by_article": by_article,
        "by_day": by_day,
        "quality": quality(&compared.quality),
        "gold": compared.gold.as_ref().map(quality),
        "time_zone": calendar.name(),
        "left_out": left_out,
        "imported_annotations": compared.imported,
        "refused_records": compared.faults.refused,
    })
}

fn pair(report: &Report, names: &(String, String), sums: &PairSums) -> Value {
    let own: Vec<(&ArticleFigures, &PairFigures)> = report.articles_of(names).collect();
    let ids: Vec<&str> = own.iter().map(|(article, _)| article.id.as_str()).collect();
    let (alpha, f1) = report.pair_intervals(names);
    let mut regions = pair_regions(sums, &own);
    regions.interval("krippendorff_alpha_95", alpha);
    let mut entities = pair_entities(sums, &own);
    entities.interval("exact_f1_95", f1);
    json!({
        "annotators": [names.0, names.1],
        "articles": ids,
        "regions": regions.0,
        "entities": entities.0,
    })
}

/// Each annotator against a reference.
fn quality(quality: &Quality) -> Value {
    let annotators = quality.annotators.iter().map(|(name, own)| {
        let sums = &own.sums;
        let (same, characters) = sums.same_characters();
        let mut regions = Figures::default();
        regions.put("characters", characters);
        regions.put("same", same);
        regions.figure("cohen_kappa", coefficients::cohen(&sums.characters));
        regions.figure(
            "krippendorff_alpha",
            coefficients::krippendorff(&sums.regions),
        );
        regions.put("exact_spans", counts(sums.exact_regions));
        let mut entities = Figures::default();
        let micro = sums.entities.micro();
        let mut exact = counts(micro);
        let is_known = micro.f1().is_some();
        exact["precision"] = is_known.then(|| rounded(micro.precision())).into();
        exact["recall"] = is_known.then(|| rounded(micro.recall())).into();
        entities.put("exact", exact);
        entities.put("per_label", per_label(&sums.entities.0));
        entities.put("characters", counts(sums.entity_characters));
        let relaxed = sums.relaxed_f1().map(rounded);
        entities.put("relaxed", json!({"hits": sums.relaxed_hits, "f1": relaxed}));
        if sums.entities.micro().f1().is_none() {
            for name in ["exact", "characters", "relaxed"] {
                entities.why(name, NoValue::NothingLabelled.to_string());
            }
        }
        let places = own.places.iter().flat_map(|(article, places)| {
            places.iter().map(move |place| {
                let label = |value: &Coding| value.as_ref().map(Label::to_string);
                json!({
                    "of": place.layer.as_str(), "article": article, "start": place.start,
                    "end": place.end, "annotator": label(&place.values.0),
                    "reference": label(&place.values.1), "words": place.words,
                })
            })
        });
        let told = json!({
            "articles": sums.articles,
            "regions": regions.0,
            "entities": entities.0,
            "places": places.collect::<Vec<_>>(),
        });
        (name.clone(), told)
    });
    let annotators: Map<String, Value> = annotators.collect();
    json!({
        "reference_articles": quality.reference,
        "articles": quality.articles,
        "annotators": annotators,
    })
}

fn pair_regions(sums: &PairSums, own: &[(&ArticleFigures, &PairFigures)]) -> Figures {
    let (same, characters) = sums.same_characters();
    let mut regions = Figures::default();
    regions.put("characters", characters);
    regions.put("same", same);
    regions.figure("cohen_kappa", coefficients::cohen(&sums.characters));
    regions.coded(&sums.regions, 2);
    regions.put("exact_spans", counts(sums.exact_regions));
    let alpha_u = own
        .iter()
        .map(|(article, pair)| (article, pair.alpha_u_regions));
    regions.by_article("alpha_u_1995", alpha_u);
    let mut boundary = Map::new();
    let mut why = Map::new();
    for (article, pair) in own {
        let found = &pair.boundaries;
        let b = match found.similarity {
            Ok(b) => rounded(b),
            Err(no_value) => {
                why.insert(article.id.clone(), no_value.to_string().into());
                Value::Null
            }
        };
        boundary.insert(article.id.clone(), json!({"masses": found.masses, "b": b}));
    }
    regions.put("boundary_similarity", boundary);
    regions.why("boundary_similarity", why);
    let mut by_label: BTreeMap<&Label, Counts> = BTreeMap::new();
    for ((one, other), count) in &sums.characters {
        if let Some(label) = one {
            by_label.entry(label).or_default().guessed += count;
        }
        if let Some(label) = other {
            let counts = by_label.entry(label).or_default();
            counts.gold += count;
            counts.hits += if one == other { *count } else { 0 };
        }
    }
    let by_label = by_label.into_iter();
    let by_label: Map<String, Value> = by_label
        .map(|(label, of)| (label.to_string(), counts(of)))
        .collect();
    regions.put("per_label", by_label);
    regions
}

fn pair_entities(sums: &PairSums, own: &[(&ArticleFigures, &PairFigures)]) -> Figures {
    let exact = sums.entities.micro();
    let nothing = match own {
        [] => NoValue::NothingShared,
        _ => NoValue::NothingLabelled,
    };
    let mut entities = Figures::default();
    entities.put("exact", counts(exact));
    entities.put("per_label", per_label(&sums.entities.0));
    let relaxed = sums.relaxed_f1().map(rounded);
    entities.put("relaxed", json!({"hits": sums.relaxed_hits, "f1": relaxed}));
    entities.put("characters", counts(sums.entity_characters));
    if exact.f1().is_none() {
        for name in ["exact", "relaxed", "characters"] {
            entities.why(name, nothing.to_string());
        }
    }
    let lenient: Option<Map<String, Value>> = Lenience::ALL
        .iter()
        .map(|by| {
            let f1 = sums.lenient_f1(*by)?;
            Some((by.as_str().to_owned(), rounded(f1)))
        })
        .collect();
    entities.put("nervaluate_f1", lenient);
    let mut tokens = Figures::default();
    tokens.put("n", sums.words.values().sum::<u64>());
    tokens.figure("cohen_kappa_all", sums.word_kappa());
    tokens.figure("cohen_kappa_annotated_only", sums.labelled_word_kappa());
    entities.put("tokens", tokens.0);
    entities.figure("u_alpha_outermost", sums.outermost_u_alpha());
    let alpha_u = own
        .iter()
        .map(|(article, pair)| (article, pair.alpha_u_entities));
    entities.by_article("alpha_u_1995", alpha_u);
    let gammas = own
        .iter()
        .map(|(article, pair)| (article, pair.gamma.as_ref()));
    entities.gammas(gammas);
    entities
}

fn all(report: &Report) -> Value {
    let raters = report.annotators.len();
    let by_all: Vec<&ArticleFigures> = report.by_all().collect();
    let ids: Vec<&str> = by_all.iter().map(|article| article.id.as_str()).collect();
    let mut regions = Figures::default();
    regions.put("characters", report.regions.units());
    regions.put("observed_is", "share of all pairs of opinions");
    regions.coded(&report.regions, raters);
    let missing = || Err(NoValue::NotByAll(raters));
    let alpha_u = by_all
        .iter()
        .map(|article| (article, article.alpha_u_regions.unwrap_or_else(missing)));
    regions.by_article("alpha_u_1995", alpha_u);
    let mut entities = Figures::default();
    let pooled = report.pooled_entities();
    let no_value = match report.shared().next() {
        None => NoValue::NothingShared,
        Some(_) => NoValue::NothingLabelled,
    };
    entities.figure(
        "pooled_pairwise_exact_f1",
        pooled.micro().f1().ok_or(no_value),
    );
    entities.figure("mean_pairwise_exact_f1", report.mean_f1().ok_or(no_value));
    entities.put("per_label", per_label(&pooled.0));
    entities.figure(
        "u_alpha_outermost",
        continuum::u_alpha(&report.entities, raters),
    );
    let alpha_u = by_all
        .iter()
        .map(|article| (article, article.alpha_u_entities.unwrap_or_else(missing)));
    entities.by_article("alpha_u_1995", alpha_u);
    let gammas = by_all
        .iter()
        .map(|article| (article, article.gamma.as_ref()));
    entities.gammas(gammas);
    json!({"articles": ids, "regions": regions.0, "entities": entities.0})
}

/// The cells of a table of which label goes with which, each with its places.
fn confusion(report: &Report, layer: Layer) -> Vec<Value> {
    let mut places: BTreeMap<_, Vec<Value>> = BTreeMap::new();
    for article in &report.articles {
        for pair in &article.pairs {
            for place in pair.places.iter().filter(|place| place.layer == layer) {
                let told = json!({
                    "article": article.id,
                    "annotators": [pair.annotators.0, pair.annotators.1],
                    "start": place.start,
                    "end": place.end,
                    "words": place.words,
                });
                places.entry(&place.values).or_default().push(told);
            }
        }
    }
    let name = |value: &Option<Label>| value.as_ref().map(Label::to_string);
    let unit = match layer {
        Layer::Regions => "characters",
        Layer::Entities => "entities",
    };
    let cells = report.confusion(layer);
    cells
        .iter()
        .map(|(values, count)| {
            json!({
                "first": name(&values.0),
                "second": name(&values.1),
                unit: count,
                "places": places.remove(values).unwrap_or_default(),
            })
        })
        .collect()
}

fn headline_of(figures: &Headline) -> Value {
    let mut told = Figures::default();
    told.put("articles", figures.articles);
    told.figure("krippendorff_alpha", figures.alpha);
    told.figure("exact_f1", figures.f1);
    told.0
}

fn per_label(tally: &BTreeMap<Label, Counts>) -> Map<String, Value> {
    let labels = tally.iter();
    labels
        .map(|(label, of)| (label.to_string(), counts(*of)))
        .collect()
}

fn counts(of: Counts) -> Value {
    json!({"hits": of.hits, "first": of.guessed, "second": of.gold, "f1": of.f1().map(rounded)})
}

/// To ten digits, so that the same data gives the same bytes.
fn rounded(value: f64) -> Value {
    let value = (value * 1e10).round() / 1e10;
    json!(if value == 0.0 { 0.0 } else { value })
}

/// An object of figures, in which those without a value say why.
struct Figures(Value);

impl Default for Figures {
    fn default() -> Self {
        Self(json!({}))
    }
}

impl Figures {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0[name] = value.into();
    }

    fn why(&mut self, name: &str, why: impl Into<Value>) {
        let why = why.into();
        if why.as_object().is_none_or(|why| !why.is_empty()) {
            self.0["why"][name] = why;
        }
    }

    fn figure(&mut self, name: &str, figure: Figure) {
        match figure {
            Ok(value) => self.put(name, rounded(value)),
            Err(no_value) => {
                self.put(name, Value::Null);
                self.why(name, no_value.to_string());
            }
        }
    }

    fn interval(&mut self, name: &str, interval: Result<Interval, NoValue>) {
        match interval {
            Ok(Interval { low, high, .. }) => self.put(name, json!([rounded(low), rounded(high)])),
            Err(no_value) => {
                self.put(name, Value::Null);
                self.why(name, no_value.to_string());
            }
        }
    }

    /// The coefficients that any number of annotators have.
    fn coded(&mut self, coded: &Coded, raters: usize) {
        self.figure("observed", coefficients::observed(coded));
        self.figure("krippendorff_alpha", coefficients::krippendorff(coded));
        self.figure("fleiss_kappa", coefficients::fleiss(coded, raters));
        self.figure("gwet_ac1", coefficients::gwet(coded));
        self.figure("u_alpha", continuum::u_alpha(coded, raters));
        self.figure("u_alpha_binary", continuum::u_alpha_binary(coded, raters));
    }

    fn by_article<'a>(
        &mut self,
        name: &str,
        figures: impl Iterator<Item = (&'a &'a ArticleFigures, Figure)>,
    ) {
        let mut told = Figures::default();
        for (article, figure) in figures {
            told.figure(&article.id, figure);
        }
        let why = told.0.as_object_mut().and_then(|told| told.remove("why"));
        self.put(name, told.0);
        if let Some(why) = why {
            self.why(name, why);
        }
    }

    fn gammas<'a>(
        &mut self,
        gammas: impl Iterator<Item = (&'a &'a ArticleFigures, Option<&'a Gamma>)>,
    ) {
        let (mut told, mut why) = (Map::new(), Map::new());
        for (article, gamma) in gammas {
            let id = article.id.clone();
            let Some(found) = gamma else {
                told.insert(id.clone(), Value::Null);
                why.insert(id, NoValue::NothingLabelled.to_string().into());
                continue;
            };
            if let Err(no_value) = found.gamma {
                why.insert(id.clone(), no_value.to_string().into());
            }
            let figures = json!({
                "observed_disorder": rounded(found.observed),
                "gamma": found.gamma.ok().map(rounded),
                "expected_disorder": found.expected.map(rounded),
                "se_of_gamma": found.error.map(rounded),
                "samples": found.samples,
            });
            told.insert(id, figures);
        }
        self.put("gamma", told);
        self.why("gamma", why);
    }
}
