//! The rows of a list of regions or entities: by label, and by the words that several of them
//! share.

use std::collections::{BTreeSet, HashMap};

use crate::model::{Label, Provenance};

/// The order of the rows under a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    Place,
    Words,
    Unsure,
}

/// A region or entity.
pub(super) struct Item {
    pub label: Label,
    pub words: String,
    pub provenance: Provenance,
    /// Who suggested it, if nobody has confirmed it.
    pub suggested_by: Option<String>,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A label, with how many have it.
    Label {
        label: Label,
        count: usize,
        open: bool,
    },
    /// Words that several have: the first of them, how many, how many of these are unsure.
    Words {
        first: usize,
        count: usize,
        unsure: usize,
        open: bool,
    },
    /// One of them.
    Item { at: usize, deep: bool },
}

/// The rows: labels in the schema's order, under each the words, those that several share as one.
pub(super) fn rows(
    items: &[Item],
    order: &[&Label],
    query: &str,
    sorted: Order,
    folded: &BTreeSet<Label>,
    unfolded: &BTreeSet<(Label, String)>,
) -> Vec<Row> {
    let query = query.trim().to_lowercase();
    let searching = !query.is_empty();
    let mut labels: Vec<&Label> = Vec::new();
    // Under each label, the words in the order in which they come first, each with its items.
    let mut groups: Vec<Vec<Vec<usize>>> = Vec::new();
    let mut place_of: HashMap<&Label, usize> = HashMap::new();
    let mut group_of: HashMap<(usize, &str), usize> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        if searching
            && !item.words.to_lowercase().contains(&query)
            && !item.label.as_str().to_lowercase().contains(&query)
        {
            continue;
        }
        let place = *place_of.entry(&item.label).or_insert_with(|| {
            labels.push(&item.label);
            groups.push(Vec::new());
            labels.len() - 1
        });
        let Some(of_label) = groups.get_mut(place) else {
            continue;
        };
        let group = *group_of.entry((place, &item.words)).or_insert_with(|| {
            of_label.push(Vec::new());
            of_label.len() - 1
        });
        if let Some(group) = of_label.get_mut(group) {
            group.push(at);
        }
    }
    let mut places: Vec<usize> = (0..labels.len()).collect();
    let rank = |place: usize| {
        let label = labels.get(place).copied();
        let known = order.iter().position(|other| Some(*other) == label);
        (known.unwrap_or(usize::MAX), label)
    };
    places.sort_by_key(|place| rank(*place));
    let unsure = |at: &usize| {
        items
            .get(*at)
            .is_some_and(|item| item.provenance.is_unsure())
    };
    let mut rows = Vec::new();
    for place in places {
        let (Some(label), Some(of_label)) = (labels.get(place), groups.get_mut(place)) else {
            continue;
        };
        let open = searching || !folded.contains(*label);
        rows.push(Row::Label {
            label: (*label).clone(),
            count: of_label.iter().map(Vec::len).sum(),
            open,
        });
        if !open {
            continue;
        }
        match sorted {
            Order::Place => {}
            Order::Words => of_label.sort_by_cached_key(|group| {
                let first = group.first().and_then(|at| items.get(*at));
                first.map(|item| item.words.to_lowercase())
            }),
            Order::Unsure => of_label.sort_by_key(|group| !group.iter().any(unsure)),
        }
        for group in of_label {
            let Some(&first) = group.first() else {
                continue;
            };
            if group.len() == 1 {
                rows.push(Row::Item {
                    at: first,
                    deep: false,
                });
                continue;
            }
            let words = items.get(first).map_or("", |item| item.words.as_str());
            let open = unfolded.contains(&((*label).clone(), words.to_owned()));
            rows.push(Row::Words {
                first,
                count: group.len(),
                unsure: group.iter().filter(|at| unsure(at)).count(),
                open,
            });
            if open {
                rows.extend(group.iter().map(|&at| Row::Item { at, deep: true }));
            }
        }
    }
    rows
}

/// The first words of a stretch of text, on one line.
pub(super) fn one_line(words: &str) -> String {
    let mut line = String::new();
    for word in words.split_whitespace().take(14) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().take(120));
        if line.len() > 120 {
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Score;

    fn item(label: &str, words: &str, unsure: bool) -> Item {
        Item {
            label: Label::new(label).unwrap(),
            words: words.to_owned(),
            provenance: if unsure {
                Provenance::Tagger(Score::new(0.3))
            } else {
                Provenance::Person
            },
            suggested_by: None,
        }
    }

    fn shown(items: &[Item], query: &str, order: Order, open: &[(&str, &str)]) -> Vec<String> {
        let (org, person) = (Label::new("ORG").unwrap(), Label::new("PERSON").unwrap());
        let unfolded = open
            .iter()
            .map(|(label, words)| (Label::new(label).unwrap(), (*words).to_owned()))
            .collect();
        rows(
            items,
            &[&person, &org],
            query,
            order,
            &BTreeSet::new(),
            &unfolded,
        )
        .iter()
        .map(|row| match row {
            Row::Label { label, count, .. } => format!("{label} {count}"),
            Row::Words { first, count, .. } => format!("- {} x{count}", items[*first].words),
            Row::Item { at, deep } => {
                format!("{} {}", if *deep { "  *" } else { "-" }, items[*at].words)
            }
        })
        .collect()
    }

    #[test]
    fn the_same_name_is_one_line_that_unfolds() {
        let items = [
            item("ORG", "Reuters", false),
            item("PERSON", "Lavrov", false),
            item("PERSON", "Ada", true),
            item("PERSON", "Lavrov", false),
            item("XX", "?", false),
        ];
        assert_eq!(
            shown(&items, "", Order::Place, &[]),
            [
                "PERSON 3",
                "- Lavrov x2",
                "- Ada",
                "ORG 1",
                "- Reuters",
                "XX 1",
                "- ?"
            ]
        );
        assert_eq!(
            shown(&items, "", Order::Words, &[("PERSON", "Lavrov")])[..5],
            [
                "PERSON 3",
                "- Ada",
                "- Lavrov x2",
                "  * Lavrov",
                "  * Lavrov"
            ]
        );
        assert_eq!(shown(&items, "", Order::Unsure, &[])[1], "- Ada");
        assert_eq!(
            shown(&items, "reu", Order::Place, &[]),
            ["ORG 1", "- Reuters"]
        );
        assert_eq!(shown(&items, "person", Order::Place, &[]).len(), 3);
    }
}
