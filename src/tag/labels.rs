//! The mapping of a model's types to a dataset's labels: by name, by usual names, or as the schema
//! says.

use super::lexicon::{Lexicon, WordHash, part};
use super::rules::RuleKind;
use crate::model::{Label, Schema};

/// The usual names of labels for each type.
const ALIASES: [(&str, &[&str]); 3] = [
    ("PER", &["PER", "PERSON", "PERS", "PEOPLE", "NAME", "I-PER"]),
    (
        "ORG",
        &[
            "ORG",
            "ORGANIZATION",
            "ORGANISATION",
            "COMPANY",
            "GROUP",
            "CORPORATION",
            "INSTITUTION",
        ],
    ),
    (
        "LOC",
        &[
            "LOC", "LOCATION", "PLACE", "GPE", "GEO", "GEO-LOC", "TOPONYM",
        ],
    ),
];

/// Maps the types of a model to the labels of a schema.
#[derive(Clone, Debug)]
pub struct Mapping {
    types: Vec<TypeLabels>,
    ruled: Vec<(RuleKind, Label)>,
}

#[derive(Clone, Debug, Default)]
struct TypeLabels {
    label: Option<Label>,
    /// The label of places with a government, if the schema has one for them.
    governed: Option<Label>,
}

impl Mapping {
    /// Maps types to the labels of a schema that are switched on. The types that a label names
    /// itself precede those that its name suggests.
    #[must_use]
    pub fn new(types: &[String], schema: &Schema) -> Self {
        let declared = |kind: &str| {
            let wants = |want: &String| want.trim().eq_ignore_ascii_case(kind);
            let mut labels = schema.entities().iter();
            let label = labels.find(|label| label.tagger_types.iter().any(wants))?;
            Some(label.enabled.then(|| label.label.clone()))
        };
        let enabled = |name: &str| {
            schema
                .entities()
                .iter()
                .find(|label| label.enabled && label.label.as_str().eq_ignore_ascii_case(name))
                .map(|label| label.label.clone())
        };
        let mapped = types
            .iter()
            .map(|kind| {
                if let Some(label) = declared(kind) {
                    return TypeLabels {
                        label,
                        governed: None,
                    };
                }
                if let Some(label) = enabled(kind)
                    && kind != "LOC"
                {
                    return TypeLabels {
                        label: Some(label),
                        governed: None,
                    };
                }
                let aliases = ALIASES
                    .iter()
                    .find(|(name, _)| name == kind)
                    .map_or(&[][..], |(_, aliases)| aliases);
                let label = aliases.iter().find_map(|alias| enabled(alias));
                let governed = if kind == "LOC" {
                    enabled("GPE").filter(|gpe| Some(gpe) != label.as_ref())
                } else {
                    None
                };
                TypeLabels { label, governed }
            })
            .collect();
        let ruled = RuleKind::ALL
            .into_iter()
            .filter(|(_, name)| !types.iter().any(|kind| kind == name))
            .filter_map(|(kind, name)| {
                let label = declared(name).unwrap_or_else(|| enabled(name));
                Some((kind, label?))
            })
            .collect();
        Self {
            types: mapped,
            ruled,
        }
    }

    /// The labels of the entities that rules find.
    pub(super) fn ruled(&self) -> &[(RuleKind, Label)] {
        &self.ruled
    }

    /// The type that is mapped to a label, as an index.
    pub(super) fn kind(&self, label: &Label) -> Option<usize> {
        self.types
            .iter()
            .position(|to| to.label.as_ref() == Some(label) || to.governed.as_ref() == Some(label))
    }

    /// The indices of the label for places with a government and of that for other places, if the
    /// schema has both.
    pub(super) fn governed(&self, labels: &[Label]) -> Option<(usize, usize)> {
        let to = self.types.iter().find(|to| to.governed.is_some())?;
        let number = |label: &Option<Label>| {
            labels
                .iter()
                .position(|other| Some(other) == label.as_ref())
        };
        Some((number(&to.governed)?, number(&to.label)?))
    }

    /// The label of a name of this type. `None` if the schema has none for it.
    #[must_use]
    pub fn label(&self, kind: usize, name: &str) -> Option<&Label> {
        let to = self.types.get(kind)?;
        match &to.governed {
            Some(governed) if is_governed(name) => Some(governed),
            _ => to.label.as_ref(),
        }
    }
}

/// Words in the names of places without a government. In order.
const UNGOVERNED: [&str; 62] = [
    "africa",
    "airport",
    "america",
    "antarctica",
    "arctic",
    "asia",
    "atlantic",
    "avenue",
    "balkans",
    "bay",
    "beach",
    "border",
    "bridge",
    "canal",
    "caribbean",
    "caucasus",
    "channel",
    "coast",
    "creek",
    "delta",
    "desert",
    "district",
    "earth",
    "east",
    "europe",
    "falls",
    "forest",
    "gulf",
    "harbor",
    "harbour",
    "hemisphere",
    "hill",
    "hills",
    "island",
    "islands",
    "lake",
    "mars",
    "mediterranean",
    "moon",
    "mount",
    "mountain",
    "mountains",
    "ocean",
    "pacific",
    "park",
    "peninsula",
    "plain",
    "plaza",
    "river",
    "road",
    "sahara",
    "sea",
    "shore",
    "south",
    "square",
    "strait",
    "street",
    "valley",
    "volcano",
    "west",
    "woods",
    "zone",
];

/// The words in the names of places without a government, in lower case.
pub(super) fn words_of_natural_places() -> impl Iterator<Item = &'static str> {
    UNGOVERNED.into_iter()
}

/// Whether a place has a government: a country, a state or a town.
fn is_governed(name: &str) -> bool {
    let hash = WordHash::lower(name);
    let lexicon = Lexicon::shipped();
    let is = lexicon.name(hash) | lexicon.phrase(hash);
    let lower = name.to_lowercase();
    let mut words = lower.split([' ', '-']);
    if is & (part::COUNTRY | part::CITY) != 0
        && !["africa", "asia", "europe"].contains(&lower.as_str())
    {
        return true;
    }
    !words.any(|word| UNGOVERNED.binary_search(&word).is_ok())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{EntityLabel, Nesting, RegionLabel, Rgb};

    /// A schema with these labels: `-ORG` is switched off, `HERO<PER` declares the type PER.
    pub(in crate::tag) fn schema(labels: &[&str]) -> Schema {
        let entities = labels
            .iter()
            .map(|label| {
                let (name, types) = label.split_once('<').unwrap_or((label, ""));
                EntityLabel {
                    label: Label::new(name.trim_start_matches('-')).unwrap(),
                    color: Rgb(0, 0, 0),
                    key: None,
                    enabled: !name.starts_with('-'),
                    tagger_types: types.split_terminator(',').map(str::to_owned).collect(),
                    description: String::new(),
                    examples: Vec::new(),
                }
            })
            .collect();
        let body = RegionLabel {
            label: Label::new("body").unwrap(),
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tag_entities: true,
            separate: false,
            description: String::new(),
            examples: Vec::new(),
        };
        Schema::new(
            "s".into(),
            Nesting::Flat,
            vec![body],
            entities,
            String::new(),
        )
        .unwrap()
    }

    fn mapped(labels: &[&str]) -> Vec<String> {
        let types = ["PER", "ORG", "LOC"].map(str::to_owned);
        let mapping = Mapping::new(&types, &schema(labels));
        [
            (0, "Ada Lovelace"),
            (1, "FC Barcelona"),
            (2, "Malta"),
            (2, "Red Sea"),
        ]
        .iter()
        .map(|(kind, name)| {
            mapping
                .label(*kind, name)
                .map_or("-".to_owned(), |label| label.as_str().to_owned())
        })
        .collect()
    }

    #[test]
    fn types_are_mapped_by_the_names_of_labels() {
        assert_eq!(mapped(&["PER", "ORG", "LOC"]), ["PER", "ORG", "LOC", "LOC"]);
        assert_eq!(
            mapped(&["PERSON", "ORG", "GPE", "LOC"]),
            ["PERSON", "ORG", "GPE", "LOC"]
        );
        assert_eq!(
            mapped(&["Person", "Company", "Place"]),
            ["Person", "Company", "Place", "Place"]
        );
        assert_eq!(mapped(&["PERSON", "GPE"]), ["PERSON", "-", "GPE", "GPE"]);
        assert_eq!(mapped(&["PERSON", "-ORG"]), ["PERSON", "-", "-", "-"]);
        assert_eq!(mapped(&["HERO<per", "ORG"]), ["HERO", "ORG", "-", "-"]);
        // Declared types precede names, and a label that is switched off keeps its types.
        assert_eq!(
            mapped(&["PLACE", "ORG", "SITE<LOC,ORG"]),
            ["-", "SITE", "SITE", "SITE"]
        );
        assert_eq!(mapped(&["GPE", "LOC", "-OTHER<LOC"]), ["-", "-", "-", "-"]);
    }

    #[test]
    fn the_words_are_in_order() {
        assert!(UNGOVERNED.is_sorted());
    }
}
