//! Everything that a person can do, as a closed list that describes itself.
//!
//! Menus, palette, keys, help sheet and tests all come from here, so none of them can know a
//! command that the others don't. `table` declares each command once; icons, keys and fields are in
//! the files beside it, and the compiler asks for each.

mod bindings;
mod chord;
mod defaults;
mod group;
mod icons;
mod keymap;
mod table;
mod when;
mod words;

pub use bindings::Bindings;
pub use chord::{Chord, NoChord};
pub use group::Group;
pub use keymap::Keymap;
pub use table::Command;

use crate::model::Schema;

impl Command {
    /// Returns all commands, with one `LabelRegion`, `LabelToEnd` and `Tag` for each label that is
    /// switched on.
    #[must_use]
    pub fn all(schema: Option<&Schema>) -> Vec<Self> {
        let on = |(at, on): (usize, bool)| on.then_some(at);
        let regions = schema.map_or(&[][..], Schema::regions).iter();
        let entities = schema.map_or(&[][..], Schema::entities).iter();
        let regions: Vec<usize> = regions
            .map(|r| r.enabled)
            .enumerate()
            .filter_map(on)
            .collect();
        let entities = entities.map(|e| e.enabled).enumerate().filter_map(on);
        let mut tags = entities.map(Self::Tag);
        let mut all = Vec::new();
        for &command in Self::FIXED {
            match command {
                Self::SplitRegion => {
                    all.extend(regions.iter().copied().map(Self::LabelRegion));
                    all.extend(regions.iter().copied().map(Self::LabelToEnd));
                }
                // These come after the labels: a schema that has a label on their key keeps it.
                Self::NextName => all.extend(tags.by_ref()),
                _ => {}
            }
            all.push(command);
        }
        all
    }

    /// Whether it decides between annotators. Its key is another command's where nothing is to be
    /// decided.
    #[must_use]
    pub fn is_of_review(self) -> bool {
        self.group() == Group::Adjudication
    }

    /// Returns the number of the version that it takes at a place, from 0.
    #[must_use]
    pub fn version(self) -> Option<usize> {
        Self::VERSIONS.iter().position(|one| *one == self)
    }

    /// The commands that take a version, in order.
    pub const VERSIONS: [Self; 9] = [
        Self::TakeFirst,
        Self::TakeSecond,
        Self::TakeThird,
        Self::TakeFourth,
        Self::TakeFifth,
        Self::TakeSixth,
        Self::TakeSeventh,
        Self::TakeEighth,
        Self::TakeNinth,
    ];

    /// Whether it sets a label: then its key is the schema's, not the person's.
    #[must_use]
    pub fn is_of_schema(self) -> bool {
        matches!(
            self,
            Self::LabelRegion(_) | Self::LabelToEnd(_) | Self::Tag(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_settings_files_stay_as_they_are() {
        let all = Command::all(None).into_iter();
        let names: Vec<&str> = all.filter_map(Command::name).collect();
        for name in [
            "next-block",
            "extend-to-next-block",
            "split-region",
            "merge-region",
            "next-word",
            "extend-by-sentence",
            "tag-everywhere",
            "remove",
            "confirm-and-next",
            "done",
            "find-in-dataset",
            "palette",
            "zoom-in",
            "escape",
        ] {
            assert!(names.contains(&name), "{name}");
        }
        let mut once = names.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), names.len());
    }
}
