//! A parsed CAS: a text, and structures with features.

use std::borrow::Cow;

use super::METADATA;

/// Returns the last part of a type name.
pub(super) fn layer(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or_default()
}

/// Returns whether a layer has no labels: linguistic layers, syntax and coreference.
pub(in crate::formats) fn no_label(kind: &str) -> bool {
    is_linguistic(layer(kind))
        || kind.contains(".syntax.type.")
        || kind.contains(".coref.type.")
        || ["Chunk", "CoreferenceLink", "CoreferenceChain"].contains(&layer(kind))
}

/// Returns whether a layer is linguistic, without names or regions.
fn is_linguistic(layer: &str) -> bool {
    const LAYERS: [&str; 20] = [
        "Token",
        "Sentence",
        "Sofa",
        "DocumentAnnotation",
        "DocumentMetaData",
        "Lemma",
        "Stem",
        "POS",
        "MorphologicalFeatures",
        "Dependency",
        "Paragraph",
        "Heading",
        "Div",
        "TagsetDescription",
        "TagDescription",
        "SurfaceForm",
        "FeatureDefinition",
        "LayerDefinition",
        "CASMetadata",
        "NULL",
    ];
    LAYERS.contains(&layer) || layer.starts_with("POS_")
}

/// A CAS: a text, and structures with features. Tokens and similar structures, which are most of
/// it, are left out.
#[derive(Default)]
pub(super) struct CasDocument<'a> {
    /// The first text.
    pub(super) text: Option<String>,
    /// The number of the `Sofa` with the text.
    pub(super) sofa: Option<String>,
    pub(super) structures: Vec<Structure<'a>>,
}

impl CasDocument<'_> {
    /// Returns whether a structure belongs to the text. A structure without a `Sofa` does.
    pub(super) fn is_of_text(&self, structure: &Structure<'_>) -> bool {
        let named = structure.text("sofa").or_else(|| structure.text("@sofa"));
        match (named, &self.sofa) {
            (Some(named), Some(sofa)) => named == sofa.as_str(),
            _ => true,
        }
    }
}

/// The features that are read.
pub(super) const FEATURES: [&str; 26] = [
    "next",
    "@next",
    "referenceType",
    "referenceRelation",
    "sofa",
    "@sofa",
    "Governor",
    "@Governor",
    "Dependent",
    "@Dependent",
    "governor",
    "@governor",
    "dependent",
    "@dependent",
    "begin",
    "end",
    "value",
    "score",
    "identifier",
    "label",
    "category",
    "entityType",
    "name",
    "documentId",
    "documentTitle",
    "language",
];

/// A feature structure.
pub(super) struct Structure<'a> {
    pub(super) kind: Cow<'a, str>,
    pub(super) features: Vec<(&'static str, Scalar<'a>)>,
}

impl Structure<'_> {
    /// Returns whether structures of a type are read.
    pub(super) fn is_wanted(kind: &str) -> bool {
        kind == METADATA || !is_linguistic(layer(kind))
    }

    /// Returns whether it is a link of a coreference chain.
    pub(super) fn is_link(&self) -> bool {
        let features = ["next", "@next", "referenceType", "referenceRelation"];
        features.iter().any(|name| self.feature(name).is_some())
    }

    /// Returns whether it is a relation between two annotations, in INCEpTION's or DKPro's form.
    pub(super) fn is_relation(&self) -> bool {
        let has = |ends: [&str; 4]| ends.iter().any(|end| self.feature(end).is_some());
        has(["Governor", "@Governor", "governor", "@governor"])
            || has(["Dependent", "@Dependent", "dependent", "@dependent"])
    }

    pub(super) fn feature(&self, name: &str) -> Option<&Scalar<'_>> {
        let found = self.features.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }

    /// Returns a feature as a string, whatever its type.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.feature(name)? {
            Scalar::Text(words) => Some(Cow::Borrowed(words)),
            Scalar::Integer(number) => Some(number.to_string().into()),
            Scalar::Float(number) => Some(number.to_string().into()),
            Scalar::Other => None,
        }
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        match self.feature(name)? {
            Scalar::Text(words) => words.parse().ok(),
            Scalar::Integer(number) => Some(*number),
            Scalar::Float(_) | Scalar::Other => None,
        }
    }
}

/// A feature's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    Float(f64),
    /// A list, a reference, or null.
    Other,
}
