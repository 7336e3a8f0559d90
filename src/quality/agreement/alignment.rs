//! The alignment of several annotators' spans that has the least disorder.
//!
//! An alignment puts every span into one group with at most one span of each annotator. A group
//! costs the mean distance of its pairs, where a pair with an absent annotator costs 1. The
//! distance of two spans is `((|start - start'| + |end - end'|) / (length + length'))²`, and 1 more
//! if the labels differ (Y. Mathet, A. Widlöcher and J.-P. Métivier, "The unified and holistic
//! method gamma for inter-annotator agreement measure and alignment", 2015).
//!
//! Spans that can share a group of the best alignment are found first; they fall into clusters that
//! are solved one by one. For two annotators a cluster is an assignment problem. For more it is
//! solved by branch and bound.

/// A span, in any unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) label: usize,
}

impl Unit {
    fn length(self) -> f64 {
        self.end - self.start
    }
}

fn distance(a: Unit, b: Unit) -> f64 {
    let apart = (a.start - b.start).abs() + (a.end - b.end).abs();
    let share = apart / (a.length() + b.length());
    share * share + if a.label == b.label { 0.0 } else { 1.0 }
}

/// How many groups are tried for a cluster of the spans of more than two annotators. Beyond that,
/// the best alignment found so far is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort(pub(super) usize);

/// The disorder of the best alignment: the cost of its groups by the mean number of spans of an
/// annotator. `None` if there are no spans. The spans of each annotator may be in any order.
pub(super) fn disorder(people: &[Vec<Unit>], effort: Effort) -> Option<f64> {
    let spans: usize = people.iter().map(Vec::len).sum();
    if spans == 0 || people.len() < 2 {
        return None;
    }
    let pairs = (people.len() * (people.len() - 1) / 2) as f64;
    let mut cost = 0.0;
    for cluster in clusters(people, 1.0 + pairs) {
        cost += match (people.len(), cluster.as_slice()) {
            (_, [_]) => 1.0,
            (2, cluster) => of_two(cluster),
            (_, cluster) => Search::new(cluster, people.len(), effort).best() / pairs,
        };
    }
    Some(cost * people.len() as f64 / spans as f64)
}

/// A span and whose it is.
type Owned = (usize, Unit);

/// Joins spans of different annotators that are nearer than `limit`. In the best alignment no group
/// reaches over two clusters: a span that is as far as that from all others of its group costs no
/// more alone.
fn clusters(people: &[Vec<Unit>], limit: f64) -> Vec<Vec<Owned>> {
    let mut all: Vec<Owned> = Vec::new();
    for (who, units) in people.iter().enumerate() {
        all.extend(units.iter().map(|unit| (who, *unit)));
    }
    all.sort_by(|a, b| {
        let key = |one: &Owned| (one.1.start, one.1.end);
        let ((a, b), (c, d)) = (key(a), key(b));
        a.total_cmp(&c).then(b.total_cmp(&d))
    });
    let longest = all.iter().map(|(_, unit)| unit.length());
    let longest = longest.fold(0.0, f64::max);
    let reach = limit.sqrt();
    let mut root: Vec<usize> = (0..all.len()).collect();
    for (at, (who, unit)) in all.iter().enumerate() {
        for (beside, (other, further)) in all.iter().enumerate().skip(at + 1) {
            if further.start - unit.start > reach * (unit.length() + longest) {
                break;
            }
            if who != other && distance(*unit, *further) < limit {
                let (a, b) = (find(&mut root, at), find(&mut root, beside));
                root[a.max(b)] = a.min(b);
            }
        }
    }
    let mut found: std::collections::BTreeMap<usize, Vec<Owned>> =
        std::collections::BTreeMap::new();
    for (at, owned) in all.into_iter().enumerate() {
        found.entry(find(&mut root, at)).or_default().push(owned);
    }
    found.into_values().collect()
}

fn find(root: &mut [usize], mut at: usize) -> usize {
    while let Some(up) = root.get(at).copied().filter(|up| *up != at) {
        root[at] = root.get(up).copied().unwrap_or(up);
        at = up;
    }
    at
}

/// The cost of the best groups of two annotators' spans.
fn of_two(cluster: &[Owned]) -> f64 {
    let of = |who: usize| -> Vec<Unit> {
        let own = cluster.iter().filter(|(owner, _)| *owner == who);
        own.map(|(_, unit)| *unit).collect()
    };
    let (mut few, mut many) = (of(0), of(1));
    if few.len() > many.len() {
        std::mem::swap(&mut few, &mut many);
    }
    // Two spans alone cost 2, so a pair saves what it is nearer than that.
    let saved = assign(few.len(), many.len(), |a, b| {
        (distance(few[a], many[b]) - 2.0).min(0.0)
    });
    cluster.len() as f64 + saved
}

/// The least cost of giving each row a column of its own, by shortest augmenting paths (H. Kuhn,
/// 1955; R. Jonker and A. Volgenant, 1987). There are no more rows than columns.
fn assign(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> f64 {
    let (mut of_row, mut of_column) = (vec![0.0; rows + 1], vec![0.0; columns + 1]);
    // Column 0 and row 0 are not real: a search starts there.
    let mut holder = vec![0_usize; columns + 1];
    let mut before = vec![0_usize; columns + 1];
    for row in 1..=rows {
        holder[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut done = vec![false; columns + 1];
        while holder[column] != 0 {
            done[column] = true;
            let from = holder[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for to in (1..=columns).filter(|to| !done[*to]) {
                let reduced = cost(from - 1, to - 1) - of_row[from] - of_column[to];
                if reduced < least[to] {
                    (least[to], before[to]) = (reduced, column);
                }
                if least[to] < step {
                    (step, next) = (least[to], to);
                }
            }
            for to in 0..=columns {
                if done[to] {
                    of_row[holder[to]] += step;
                    of_column[to] -= step;
                } else {
                    least[to] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            holder[column] = holder[before[column]];
            column = before[column];
        }
    }
    let held = holder.iter().enumerate().skip(1);
    held.filter(|(_, row)| **row != 0)
        .map(|(column, row)| cost(row - 1, column - 1))
        .sum()
}

/// The search for the best groups of a cluster. Costs are those of pairs, so that a group of one
/// costs `pairs`.
struct Search {
    people: usize,
    pairs: f64,
    owners: Vec<usize>,
    distances: Vec<Vec<f64>>,
    /// For each span and annotator, the annotator's spans that are near enough, nearest first.
    near: Vec<Vec<Vec<usize>>>,
    /// The least that each span can cost: its share of the best group that one could wish for it.
    least: Vec<f64>,
    taken: Vec<bool>,
    best: f64,
    left: usize,
}

/// A group of spans with its cost, and what that is above the least.
struct Group {
    members: Vec<usize>,
    cost: f64,
    extra: f64,
}

impl Search {
    fn new(cluster: &[Owned], people: usize, effort: Effort) -> Self {
        let pairs = (people * (people - 1) / 2) as f64;
        let owners: Vec<usize> = cluster.iter().map(|(who, _)| *who).collect();
        let distances: Vec<Vec<f64>> = cluster
            .iter()
            .map(|(_, a)| cluster.iter().map(|(_, b)| distance(*a, *b)).collect())
            .collect();
        // With many annotators the groups are too many to try them all.
        let most = match people {
            ..=4 => usize::MAX,
            5..=6 => 2,
            _ => 1,
        };
        let near: Vec<Vec<Vec<usize>>> = (0..cluster.len())
            .map(|at| {
                let of = |who: usize| {
                    let mut near: Vec<usize> = (0..cluster.len())
                        .filter(|other| {
                            owners[*other] == who
                                && who != owners[at]
                                && distances[at][*other] < 1.0 + pairs
                        })
                        .collect();
                    near.sort_by(|a, b| distances[at][*a].total_cmp(&distances[at][*b]));
                    near.truncate(most);
                    near
                };
                (0..people).map(of).collect()
            })
            .collect();
        let least = (0..cluster.len())
            .map(|at| {
                let mut nearest: Vec<f64> = near[at]
                    .iter()
                    .filter_map(|of| of.first().map(|other| distances[at][*other]))
                    .collect();
                nearest.sort_by(f64::total_cmp);
                let mut sum = 0.0;
                let mut least = pairs;
                for (others, nearest) in (1_u32..).zip(nearest) {
                    sum += nearest;
                    let others = f64::from(others);
                    least = f64::min(least, pairs / (others + 1.0) - others / 2.0 + sum / 2.0);
                }
                least
            })
            .collect();
        Self {
            people,
            pairs,
            owners,
            distances,
            near,
            least,
            taken: vec![false; cluster.len()],
            best: f64::INFINITY,
            left: effort.0,
        }
    }

    fn best(mut self) -> f64 {
        let rest = self.least.iter().sum();
        self.walk(0, 0.0, rest);
        self.best
    }

    /// Tries all groups of the first span that is in none, the most promising first. `rest` is the
    /// least that the spans in no group can cost.
    fn walk(&mut self, from: usize, cost: f64, rest: f64) {
        let first = (from..self.taken.len()).find(|at| !self.taken[*at]);
        let Some(first) = first else {
            self.best = self.best.min(cost);
            return;
        };
        let mut groups = Vec::new();
        self.groups(&mut vec![first], 0, 0.0, &mut groups);
        groups.sort_by(|a, b| a.extra.total_cmp(&b.extra));
        for group in groups {
            // The sums have rounding errors, which must not look like a better alignment.
            if cost + rest + group.extra >= self.best - 1e-9 {
                break;
            }
            if self.left == 0 && self.best.is_finite() {
                return;
            }
            self.left = self.left.saturating_sub(1);
            for member in &group.members {
                self.taken[*member] = true;
            }
            let rest = rest + group.extra - group.cost;
            self.walk(first + 1, cost + group.cost, rest);
            for member in &group.members {
                self.taken[*member] = false;
            }
        }
    }

    /// All groups that have the members, and perhaps spans of annotators from `who` on.
    fn groups(&self, members: &mut Vec<usize>, who: usize, inside: f64, found: &mut Vec<Group>) {
        let first = members[0];
        if who == self.people {
            let size = members.len() as f64;
            let cost = self.pairs - size * (size - 1.0) / 2.0 + inside;
            let least: f64 = members.iter().map(|at| self.least[*at]).sum();
            found.push(Group {
                members: members.clone(),
                cost,
                extra: cost - least,
            });
            return;
        }
        self.groups(members, who + 1, inside, found);
        if who == self.owners[first] {
            return;
        }
        for other in &self.near[first][who] {
            if self.taken[*other] {
                continue;
            }
            let more: f64 = members.iter().map(|at| self.distances[*at][*other]).sum();
            members.push(*other);
            self.groups(members, who + 1, inside + more, found);
            members.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(start: f64, end: f64, label: usize) -> Unit {
        Unit { start, end, label }
    }

    fn all(people: &[Vec<Unit>]) -> f64 {
        disorder(people, Effort(1_000_000)).unwrap()
    }

    /// Tries all alignments.
    fn by_hand(people: &[Vec<Unit>]) -> f64 {
        let owned: Vec<Owned> = (0..)
            .zip(people)
            .flat_map(|(who, units)| units.iter().map(move |unit| (who, *unit)))
            .collect();
        let pairs = (people.len() * (people.len() - 1) / 2) as f64;
        let mut best = f64::INFINITY;
        let mut groups: Vec<Vec<Owned>> = Vec::new();
        fn place(owned: &[Owned], groups: &mut Vec<Vec<Owned>>, pairs: f64, best: &mut f64) {
            let Some((first, rest)) = owned.split_first() else {
                let cost = |group: &Vec<Owned>| {
                    let mut sum = pairs - (group.len() * (group.len() - 1) / 2) as f64;
                    for (at, a) in group.iter().enumerate() {
                        sum += group[at + 1..]
                            .iter()
                            .map(|b| distance(a.1, b.1))
                            .sum::<f64>();
                    }
                    sum / pairs
                };
                *best = best.min(groups.iter().map(cost).sum());
                return;
            };
            for at in 0..groups.len() {
                if groups[at].iter().all(|(who, _)| *who != first.0) {
                    groups[at].push(*first);
                    place(rest, groups, pairs, best);
                    groups[at].pop();
                }
            }
            groups.push(vec![*first]);
            place(rest, groups, pairs, best);
            groups.pop();
        }
        place(&owned, &mut groups, pairs, &mut best);
        best * people.len() as f64 / owned.len() as f64
    }

    #[test]
    fn one_label_that_differs_costs_one_and_an_absent_span_one() {
        let a = vec![unit(0.0, 4.0, 0), unit(10.0, 14.0, 0)];
        let b = vec![unit(0.0, 4.0, 1)];
        // One pair of cost 1 and one span alone, by 1.5 spans each.
        assert!((all(&[a.clone(), b]) - 2.0 / 1.5).abs() < 1e-12);
        assert_eq!(all(&[a.clone(), a]), 0.0);
        assert!(disorder(&[vec![], vec![]], Effort(10)).is_none());
    }

    #[test]
    fn an_edge_costs_the_square_of_its_share() {
        let people = [vec![unit(0.0, 10.0, 0)], vec![unit(6.0, 10.0, 0)]];
        assert!((all(&people) - (6.0_f64 / 14.0).powi(2)).abs() < 1e-12);
    }

    #[test]
    fn no_alignment_is_better_than_the_best() {
        let mut rng = super::super::random::Rng::new(3);
        for round in 0..300 {
            let people: Vec<Vec<Unit>> = (0..2 + round % 3)
                .map(|_| {
                    (0..1 + rng.below(3))
                        .map(|_| {
                            let start = rng.below(30) as f64;
                            let length = 1.0 + rng.below(12) as f64;
                            unit(start, start + length, rng.below(2))
                        })
                        .collect()
                })
                .collect();
            let (found, best) = (all(&people), by_hand(&people));
            assert!((found - best).abs() < 1e-9, "{people:?}: {found}, {best}");
        }
    }
}
