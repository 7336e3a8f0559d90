//! The server against a reference: random calls go to both, and after each both say the same.
//!
//! The [`Reference`] is a team in memory, as simple as the rules of the queue allow. Clients that
//! work at the same time are tested in `queue`; here the rules are.

use std::collections::BTreeMap;

use copydesk::dataset::team::{Server, TeamError, TeamRole, WorkOutcome};
use copydesk::model::Rng;
use copydesk::team::ServerSave;

use super::annotator::make_team;
use super::server::{Postgres, Sql, Team};

const NAMES: [&str; 3] = ["ada", "ben", "cleo"];
const ARTICLES: i64 = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Leased,
    Done,
    Skipped,
    Lapsed,
    Returned,
    Extra,
}
use State::{Done, Extra, Lapsed, Leased, Returned, Skipped};

#[derive(Clone, Copy, Debug)]
struct Task {
    overlap: i64,
    priority: i64,
    is_closed: bool,
}

/// A member's share in an article.
#[derive(Clone, Copy, Debug)]
struct Share {
    state: State,
    /// Whether it belongs to the member's pack; it does not between `reassign` and the next take.
    is_packed: bool,
    revision: i64,
}

/// A team in memory.
struct Reference {
    tasks: BTreeMap<i64, Task>,
    /// By article and the place of the member in [`NAMES`].
    shares: BTreeMap<(i64, usize), Share>,
    /// The stream of changes: article, member, revision. The first has the number 1.
    changes: Vec<(i64, usize, i64)>,
}

impl Reference {
    fn new(overlap: i64) -> Self {
        let task = Task {
            overlap,
            priority: 0,
            is_closed: false,
        };
        Self {
            tasks: (1..=ARTICLES).map(|article| (article, task)).collect(),
            shares: BTreeMap::new(),
            changes: Vec::new(),
        }
    }

    fn open_slots(&self, article: i64) -> i64 {
        let of_article = self.shares.iter().filter(|((one, _), _)| *one == article);
        let used = of_article.filter(|(_, share)| matches!(share.state, Leased | Done));
        (self.tasks[&article].overlap - used.count() as i64).max(0)
    }

    fn in_order(&self) -> Vec<i64> {
        let mut articles: Vec<i64> = self.tasks.keys().copied().collect();
        articles.sort_by_key(|article| (-self.tasks[article].priority, *article));
        articles
    }

    fn pack(&self, me: usize) -> Vec<i64> {
        let is_mine = |article: &i64| {
            let share = self.shares.get(&(*article, me));
            share.is_some_and(|share| share.state == Leased && share.is_packed)
        };
        self.in_order().into_iter().filter(is_mine).collect()
    }

    fn take(&mut self, me: usize, wanted: usize) -> Vec<i64> {
        for ((_, who), share) in &mut self.shares {
            if *who == me && share.state == Leased {
                share.is_packed = true;
            }
        }
        let room = wanted.saturating_sub(self.pack(me).len());
        let may_have = |article: &i64| {
            let share = self.shares.get(&(*article, me));
            self.open_slots(*article) > 0
                && !self.tasks[article].is_closed
                && share.is_none_or(|share| matches!(share.state, Lapsed | Returned))
        };
        let new: Vec<i64> = self
            .in_order()
            .into_iter()
            .filter(may_have)
            .take(room)
            .collect();
        for article in new {
            let share = self.shares.entry((article, me)).or_insert(Share {
                state: Leased,
                is_packed: true,
                revision: 0,
            });
            share.state = Leased;
            share.is_packed = true;
        }
        self.pack(me)
    }

    /// What becomes of a save, or `None` if the article was never the member's.
    fn save(&mut self, me: usize, article: i64, status: &str) -> Option<WorkOutcome> {
        let share = *self.shares.get(&(article, me))?;
        let is_closed = self.tasks[&article].is_closed;
        let has_slot =
            matches!(share.state, Leased | Done) || (self.open_slots(article) > 0 && !is_closed);
        let (outcome, state) = if is_closed {
            let state = if share.state == Done { Done } else { Extra };
            (WorkOutcome::Late, state)
        } else if status == "skipped" {
            (WorkOutcome::Skipped, Skipped)
        } else if !has_slot {
            (WorkOutcome::Extra, Extra)
        } else if ["done", "flagged"].contains(&status) {
            (WorkOutcome::Done, Done)
        } else {
            (WorkOutcome::Saved, Leased)
        };
        let share = self.shares.get_mut(&(article, me))?;
        share.state = state;
        share.revision += 1;
        self.changes.push((article, me, share.revision));
        Some(outcome)
    }

    fn count(&self, me: usize, state: State) -> i64 {
        let mine = self.shares.iter().filter(|((_, who), _)| *who == me);
        mine.filter(|(_, share)| share.state == state).count() as i64
    }
}

/// A team on a server, with the connections of its members.
struct Scene {
    team: Team,
    members: Vec<Server>,
    lead: Server,
    owner: Sql,
    saves: u32,
}

impl Scene {
    fn new(server: &std::sync::Arc<Postgres>) -> Self {
        let team = server.database();
        let folder = tempfile::tempdir().unwrap();
        make_team(&team, folder.path(), ARTICLES as usize, 2);
        for name in NAMES {
            team.add(name, &[TeamRole::Annotator]);
        }
        team.add("lead", &[TeamRole::Manager]);
        Self {
            members: NAMES.iter().map(|name| team.open(name)).collect(),
            lead: team.open("lead"),
            owner: team.owner_sql(),
            team,
            saves: 0,
        }
    }

    fn pack(me: usize) -> String {
        format!("00000000-0000-8000-9000-{me:012}")
    }

    fn save(&mut self, me: usize, article: i64, expected: i64, status: &str) -> ServerSave {
        self.saves += 1;
        ServerSave {
            op: format!("00000000-0000-8000-8000-{me:04}{:08}", self.saves),
            article,
            expected,
            status: status.to_owned(),
            doc: "{\"v\":1}".to_owned(),
            lines: "[{\"v\":1}]".to_owned(),
            active_ms: 0,
            lease_seconds: 3_600,
            schema_version: 1,
        }
    }
}

#[test]
fn the_server_follows_the_rules_of_the_queue() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    for seed in 1..=3 {
        let mut scene = Scene::new(&server);
        let mut reference = Reference::new(2);
        let mut random = Rng::new(seed);
        for _ in 0..60 {
            call(&mut scene, &mut reference, &mut random);
            assert_same(&mut scene, &reference);
        }
    }
}

fn call(scene: &mut Scene, reference: &mut Reference, random: &mut Rng) {
    let me = random.below(NAMES.len());
    let article = random.below(ARTICLES as usize) as i64 + 1;
    match random.below(12) {
        0..=2 => {
            let wanted = random.below(4) + 1;
            let taken = scene.members[me]
                .take(&Scene::pack(me), wanted as i64, 3_600)
                .unwrap();
            let taken: Vec<i64> = taken.into_iter().map(|lease| lease.article).collect();
            assert_eq!(taken, reference.take(me, wanted));
        }
        3..=6 => save(scene, reference, random, (me, article)),
        7 => {
            let returned = scene.members[me]
                .give_back(&Scene::pack(me), vec![article])
                .unwrap();
            let is_held = reference.pack(me).contains(&article);
            assert_eq!(returned, i64::from(is_held));
            if let Some(share) = reference.shares.get_mut(&(article, me)).filter(|_| is_held) {
                share.state = Returned;
            }
        }
        8 => {
            // A lease runs out.
            let login = scene.team.login(NAMES[me]);
            scene
                .owner
                .run(&format!(
                    "UPDATE copydesk.assignment SET leased_until = clock_timestamp() - interval '1 s' \
                     WHERE article = {article} AND annotator = '{login}'; SELECT copydesk.end_leases(500)"
                ))
                .unwrap();
            if let Some(share) = reference.shares.get_mut(&(article, me))
                && share.state == Leased
            {
                share.state = Lapsed;
            }
        }
        9 => steer(scene, reference, random, article),
        10 => reassign(scene, reference, random, (me, article)),
        _ => {
            let overlap = random.below(3) as i64 + 1;
            scene.lead.set_overlap(overlap).unwrap();
            for task in reference.tasks.values_mut() {
                task.overlap = overlap;
            }
        }
    }
}

fn save(
    scene: &mut Scene,
    reference: &mut Reference,
    random: &mut Rng,
    (me, article): (usize, i64),
) {
    let status = ["started", "done", "done", "skipped", "flagged", "todo"][random.below(6)];
    let share = reference.shares.get(&(article, me));
    let expected = share.map_or(0, |share| share.revision);
    if random.percent(20) {
        let late = scene.save(me, article, expected + 1, status);
        let error = scene.members[me].save(&late).unwrap_err();
        assert!(matches!(error, TeamError::Conflict { .. }), "{error}");
    }
    let save = scene.save(me, article, expected, status);
    match reference.save(me, article, status) {
        Some(outcome) => {
            // Sent twice, it is there once.
            for _ in 0..=random.below(2) {
                let saved = scene.members[me].save(&save).unwrap();
                assert_eq!((saved.revision, saved.outcome), (expected + 1, outcome));
            }
        }
        None => {
            let error = scene.members[me].save(&save).unwrap_err();
            assert!(matches!(error, TeamError::NotAssigned { .. }), "{error}");
        }
    }
}

fn steer(scene: &Scene, reference: &mut Reference, random: &mut Rng, article: i64) {
    let task = reference.tasks.get_mut(&article).unwrap();
    if random.percent(50) {
        task.is_closed = !task.is_closed;
        let changed = scene.lead.close_articles(&[article], task.is_closed);
        assert_eq!(changed.unwrap(), 1);
    } else {
        task.priority = random.below(5) as i64 - 2;
        let changed = scene.lead.set_priorities(&[article], task.priority);
        assert_eq!(changed.unwrap(), 1);
    }
}

fn reassign(
    scene: &Scene,
    reference: &mut Reference,
    random: &mut Rng,
    (from, article): (usize, i64),
) {
    let to = random.below(NAMES.len());
    let state = |who| {
        reference
            .shares
            .get(&(article, who))
            .map(|share| share.state)
    };
    let fits = state(from) == Some(Leased) && !matches!(state(to), Some(Leased | Done));
    let (from_login, to_login) = (scene.team.login(NAMES[from]), scene.team.login(NAMES[to]));
    let done = scene.lead.reassign(article, &from_login, &to_login, 3_600);
    assert_eq!(done.is_ok(), fits, "{done:?}");
    if fits {
        reference.shares.get_mut(&(article, from)).unwrap().state = Returned;
        let share = reference.shares.entry((article, to)).or_insert(Share {
            state: Leased,
            is_packed: false,
            revision: 0,
        });
        share.state = Leased;
        share.is_packed = false;
    }
}

fn assert_same(scene: &mut Scene, reference: &Reference) {
    let progress = scene.lead.progress().unwrap();
    let of_all = |of: &dyn Fn(i64) -> bool| {
        let articles = reference.tasks.keys();
        articles.filter(|article| of(**article)).count() as i64
    };
    let with = |article: i64, states: &[State]| {
        let shares = reference.shares.iter();
        let found =
            shares.filter(|((one, _), share)| *one == article && states.contains(&share.state));
        found.count() as i64
    };
    let is_complete = |article: i64| with(article, &[Done]) >= reference.tasks[&article].overlap;
    assert_eq!(progress.articles, ARTICLES);
    assert_eq!(progress.complete, of_all(&is_complete));
    let is_begun = |article: i64| !is_complete(article) && with(article, &[Leased, Done]) > 0;
    assert_eq!(progress.begun, of_all(&is_begun));
    let open: i64 = reference
        .tasks
        .keys()
        .map(|one| reference.open_slots(*one))
        .sum();
    assert_eq!(progress.open_slots, open);
    for (me, name) in NAMES.iter().enumerate() {
        let login = scene.team.login(name);
        let member = progress
            .members
            .iter()
            .find(|one| one.login == login)
            .unwrap();
        let found = [
            member.done,
            member.open,
            member.skipped,
            member.extra,
            member.lapsed,
        ];
        let expected =
            [Done, Leased, Skipped, Extra, Lapsed].map(|state| reference.count(me, state));
        assert_eq!(found, expected, "{name}");
    }
    assert_eq!(progress.seq, reference.changes.len() as i64);
    let rows = scene
        .owner
        .run("SELECT seq, article, annotator, rev FROM copydesk.change ORDER BY seq DESC LIMIT 3")
        .unwrap();
    let found: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| row.into_iter().map(Option::unwrap).collect())
        .collect();
    let newest = (1..).zip(&reference.changes).collect::<Vec<_>>();
    let expected: Vec<Vec<String>> = newest
        .into_iter()
        .rev()
        .take(3)
        .map(|(seq, (article, who, revision)): (usize, _)| {
            let login = scene.team.login(NAMES[*who]);
            vec![
                seq.to_string(),
                article.to_string(),
                login,
                revision.to_string(),
            ]
        })
        .collect();
    assert_eq!(
        found, expected,
        "numbered in the order of commits, without gaps"
    );
}
