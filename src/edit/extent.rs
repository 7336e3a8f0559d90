//! Where a transaction changes something.

use super::{Edit, Transaction};
use crate::model::{BytePos, Label, Span};

/// More edits are not compared with each other: their extent is all that they touch.
const COMPARED: usize = 200;

impl Transaction {
    /// From the first to the last place whose label changes. A region that grows by a word changes
    /// at that word alone. `None` if no region and no entity changes.
    #[must_use]
    pub fn extent(&self) -> Option<Span> {
        let mut regions = Layer::default();
        let mut entities = Layer::default();
        for edit in &self.edits {
            match edit {
                Edit::RemoveRegion(old) => regions.old.push((old.span, &old.label)),
                Edit::AddRegion(new) => regions.new.push((new.span, &new.label)),
                Edit::RemoveEntity(old) => entities.old.push((old.span, &old.label)),
                Edit::AddEntity(new) => entities.new.push((new.span, &new.label)),
                _ => {}
            }
        }
        match (regions.extent(), entities.extent()) {
            (Some(a), Some(b)) => Some(a.cover(b)),
            (one, other) => one.or(other),
        }
    }
}

/// The spans of one kind that go and that come.
#[derive(Default)]
struct Layer<'a> {
    old: Vec<(Span, &'a Label)>,
    new: Vec<(Span, &'a Label)>,
}

impl Layer<'_> {
    fn extent(&self) -> Option<Span> {
        let all = || self.old.iter().chain(&self.new).map(|(span, _)| *span);
        let whole = all().reduce(Span::cover)?;
        if self.old.len() + self.new.len() > COMPARED {
            return Some(whole);
        }
        let mut borders: Vec<BytePos> = all().flat_map(|s| [s.start(), s.end()]).collect();
        borders.sort_unstable();
        borders.dedup();
        let label_in = |spans: &[(Span, &Label)], at: BytePos| {
            let holder = spans.iter().find(|(span, _)| span.contains_pos(at));
            holder.map(|(_, label)| label.as_str().to_owned())
        };
        let differs = |pair: &&[BytePos]| {
            let at = pair[0];
            label_in(&self.old, at) != label_in(&self.new, at)
        };
        let mut changed = borders.windows(2).filter(differs);
        let Some(first) = changed.next() else {
            return Some(whole); // confirmed, or cut in two
        };
        let last = changed.next_back().unwrap_or(first);
        whole.from(first[0])?.before(last[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Provenance, Region, Text};

    fn region(text: &Text, from: u32, to: u32, label: &str) -> Region {
        Region {
            span: text.span(BytePos(from), BytePos(to)).unwrap(),
            label: Label::new(label).unwrap(),
            provenance: Provenance::Person,
        }
    }

    #[test]
    fn a_region_that_grows_changes_only_where_it_grows() {
        let text = Text::new(&"x".repeat(100));
        let extent = |edits: Vec<Edit>| {
            let span = Transaction { edits }.extent()?;
            Some((span.start().0, span.end().0))
        };
        let grown = vec![
            Edit::RemoveRegion(region(&text, 0, 50, "body")),
            Edit::RemoveRegion(region(&text, 51, 90, "nav")),
            Edit::AddRegion(region(&text, 0, 60, "body")),
            Edit::AddRegion(region(&text, 61, 90, "nav")),
        ];
        assert_eq!(extent(grown), Some((50, 61)));
        let removed = vec![Edit::RemoveRegion(region(&text, 5, 50, "body"))];
        assert_eq!(extent(removed), Some((5, 50)));
        assert_eq!(extent(Vec::new()), None);
    }
}
