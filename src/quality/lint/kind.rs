//! The kinds of findings.

use crate::model::figures::counted;

/// A kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lint {
    /// Text with letters or digits lies in no region.
    NoRegion,
    /// An entity lies in no region in which entities are tagged.
    Outside,
    /// An entity reaches over the edge of a region.
    OverEdge,
    /// A span begins or ends inside what a reader sees as one sign.
    CutSign,
    /// A span has white space at its edges.
    EdgeSpace,
    /// An entity has punctuation at its edges that is not part of a name.
    EdgeMark,
    /// A name is tagged here, and not there.
    Missed,
    /// Something has a label that the schema has switched off.
    LabelOff,
    /// A suggestion that the models are unsure of was not confirmed.
    Unsure,
    /// The same words have two labels in one article.
    TwoLabels,
    /// An entity is too long to be one.
    Long,
    /// A name has another label than in most other articles: see `quality::names`.
    OddLabel,
    /// A name that other articles have tagged is not tagged.
    MissedName,
}

impl Lint {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::NoRegion,
        Self::Outside,
        Self::OverEdge,
        Self::CutSign,
        Self::EdgeSpace,
        Self::EdgeMark,
        Self::Missed,
        Self::LabelOff,
        Self::Unsure,
        Self::TwoLabels,
        Self::Long,
        Self::OddLabel,
        Self::MissedName,
    ];

    /// The code under which `copydesk validate` reports it, such as `W117`; never changed.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CutSign => "W113",
            Self::EdgeSpace => "W114",
            Self::TwoLabels => "W115",
            Self::Missed => "W116",
            Self::Outside => "W117",
            Self::Long => "W118",
            Self::OddLabel => "W119",
            Self::MissedName => "W120",
            Self::NoRegion => "W122",
            Self::EdgeMark => "W123",
            Self::OverEdge => "W124",
            Self::LabelOff => "W125",
            Self::Unsure => "W126",
        }
    }

    /// Whether it is checked before an article is marked done. The others are right too often for
    /// that: two labels of one name as a rule on purpose ("Malta" the country and the team).
    #[must_use]
    pub fn is_checked_before_done(self) -> bool {
        !matches!(
            self,
            Self::TwoLabels | Self::Long | Self::OddLabel | Self::MissedName
        )
    }

    /// Describes the finding, after its label and text: "has white space at its edges".
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::NoRegion => "lies in no region",
            Self::Outside => "lies in no region in which entities are tagged",
            Self::OverEdge => "reaches over the edge of a region",
            Self::CutSign => "begins or ends inside one sign",
            Self::EdgeSpace => "has white space at its edges",
            Self::EdgeMark => "has punctuation at its edges that is not part of a name",
            Self::Missed => "is tagged elsewhere in the article, but not here",
            Self::LabelOff => "has a label that the schema has switched off",
            Self::Unsure => "is an unsure suggestion that nobody has confirmed",
            Self::TwoLabels => "has another label elsewhere",
            Self::Long => "is long for an entity",
            Self::OddLabel => "has another label in most other records",
            Self::MissedName => "is tagged in other records, but not here",
        }
    }

    /// Describes a number of findings: "2 entities outside the story".
    #[must_use]
    pub fn summary(self, count: usize) -> String {
        let (one, many) = match self {
            Self::NoRegion => ("passage in no region", "passages in no region"),
            Self::Outside => (
                "entity where none are tagged",
                "entities where none are tagged",
            ),
            Self::OverEdge => ("entity across regions", "entities across regions"),
            Self::CutSign => ("cut character", "cut characters"),
            Self::EdgeSpace => ("space at an edge", "spaces at edges"),
            Self::EdgeMark => ("stray mark at an edge", "stray marks at edges"),
            Self::Missed => (
                "place of a tagged name not tagged",
                "places of tagged names not tagged",
            ),
            Self::LabelOff => ("label switched off", "labels switched off"),
            Self::Unsure => ("unsure suggestion", "unsure suggestions"),
            Self::TwoLabels => ("name with two labels", "names with two labels"),
            Self::Long => ("long entity", "long entities"),
            Self::OddLabel => ("unusual label", "unusual labels"),
            Self::MissedName => ("known name not tagged", "known names not tagged"),
        };
        counted(count as u64, one, many)
    }
}
