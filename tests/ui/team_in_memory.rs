//! A team without a server: one member, a queue of articles, and a line that can be cut.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use copydesk::dataset::config::built_in_schemas;
use copydesk::dataset::team::{
    Connector, Head, Lease, MemberProgress, MemberWork, Password, Saved, SavedAdjudication,
    ServerAddress, ServerAdjudication, ServerArticle, ServerSave, TeamError, TeamProgress,
    TeamSchemaChange, TeamServer, WorkOutcome,
};
use copydesk::edit::{LabelKind, Relabel};
use copydesk::model::{Annotation, Label, Schema};
use copydesk::store::{ChangeSeq, NewArticle, codec};

type Result<T> = std::result::Result<T, TeamError>;

/// The password of the member.
pub const PASSWORD: &str = "correct horse";

/// What the team has. An article has the number of its place, from 1.
#[derive(Default)]
pub struct Content {
    articles: Vec<NewArticle>,
    leased: BTreeSet<i64>,
    closed: BTreeSet<i64>,
    /// The revision and the lines of each article's work.
    works: BTreeMap<i64, (i64, Vec<String>)>,
    /// The answers to saves, by their ids.
    answers: BTreeMap<String, (i64, WorkOutcome)>,
    /// Saves that came a second time.
    pub repeated: usize,
    pub is_cut: bool,
    /// Whether answers to saves are lost on the way.
    pub loses_answers: bool,
    pub password_is_kept: bool,
    /// Whether nothing is answered until the limit of a call is over.
    pub is_frozen: bool,
    /// Whether the password is no longer that of the login.
    pub is_locked_out: bool,
    /// Who is connected.
    pub here: Vec<String>,
    /// What the member did on another computer.
    elsewhere: BTreeMap<i64, Annotation>,
    changes: Vec<TeamSchemaChange>,
}

impl Content {
    /// The lines that the server has of an article.
    pub fn lines(&self, article: i64) -> usize {
        self.works.get(&article).map_or(0, |(_, lines)| lines.len())
    }

    pub fn is_done(&self, article: i64) -> bool {
        self.closed.contains(&article)
    }

    /// Gives an entity label another name.
    pub fn rename(&mut self, from: &str, to: &str) {
        let toml = codec::write_schema(&self.schema().0).unwrap();
        let toml = toml.replace(&format!("\"{from}\""), &format!("\"{to}\""));
        let mut relabel = Relabel::default();
        let [from, to] = [from, to].map(|name| Label::new(name).unwrap());
        relabel.moved.insert((LabelKind::Entity, from), to);
        let version = self.schema().1 + 1;
        self.changes.push(TeamSchemaChange {
            version,
            schema: codec::read_schema(&toml).unwrap(),
            relabel,
            at_ms: 0,
        });
    }

    fn schema(&self) -> (Schema, i64) {
        match self.changes.last() {
            Some(change) => (change.schema.clone(), change.version),
            None => (built_in_schemas::news().unwrap(), 1),
        }
    }

    /// Has the member change an article on another computer.
    pub fn change_elsewhere(&mut self, article: i64, annotation: Annotation) {
        self.works.entry(article).or_default().0 += 1;
        self.elsewhere.insert(article, annotation);
    }

    pub fn leased(&self) -> usize {
        self.leased.len()
    }
}

#[derive(Clone)]
pub struct TeamInMemory(Arc<Mutex<Content>>);

impl TeamInMemory {
    pub fn of(articles: Vec<NewArticle>) -> Self {
        Self(Arc::new(Mutex::new(Content {
            articles,
            password_is_kept: true,
            ..Content::default()
        })))
    }

    pub fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap()
    }
}

impl Connector for TeamInMemory {
    fn connect(
        &self,
        address: &ServerAddress,
        password: &Password,
        _limit: Option<Duration>,
    ) -> Result<Box<dyn TeamServer>> {
        let location = address.location();
        if self.content().is_cut {
            let reason = "no route to host".to_owned();
            return Err(TeamError::Unreachable { location, reason });
        }
        if self.content().is_frozen {
            return Err(TeamError::TimedOut {
                location,
                seconds: 10,
            });
        }
        if password.reveal() != PASSWORD || self.content().is_locked_out {
            return Err(TeamError::Login {
                location,
                user: address.user.clone(),
                reason: "password authentication failed".to_owned(),
            });
        }
        Ok(Box::new(Connection {
            team: self.clone(),
            address: address.clone(),
        }))
    }

    fn password(&self, address: &ServerAddress) -> Result<Password> {
        if self.content().password_is_kept {
            return Ok(Password::new(PASSWORD.to_owned()));
        }
        Err(TeamError::NoPassword {
            user: address.user.clone(),
            location: address.location(),
        })
    }
}

struct Connection {
    team: TeamInMemory,
    address: ServerAddress,
}

impl Connection {
    fn content(&self) -> Result<MutexGuard<'_, Content>> {
        let content = self.team.content();
        if content.is_cut || content.is_locked_out {
            return Err(self.lost());
        }
        if content.is_frozen {
            return Err(TeamError::TimedOut {
                location: self.address.location(),
                seconds: 15,
            });
        }
        Ok(content)
    }

    fn lost(&self) -> TeamError {
        TeamError::Lost {
            location: self.address.location(),
            reason: "the line was cut".to_owned(),
        }
    }
}

impl TeamServer for Connection {
    fn head(&self) -> Result<Head> {
        let content = self.content()?;
        Ok(Head {
            seq: ChangeSeq(content.answers.len() as i64),
            epoch: "epoch".to_owned(),
            dataset: "dataset".to_owned(),
            roles: vec!["annotator".to_owned(), "manager".to_owned()],
            schema_version: content.schema().1,
            here: content.here.clone(),
        })
    }

    fn schema_with_version(&self) -> Result<Option<(Schema, i64)>> {
        Ok(Some(self.content()?.schema()))
    }

    fn schema_changes_after(&self, version: i64) -> Result<Vec<TeamSchemaChange>> {
        let content = self.content()?;
        let later = content.changes.iter().filter(|one| one.version > version);
        Ok(later.cloned().collect())
    }

    fn article_keys_after(&self, after: i64) -> Result<Vec<i64>> {
        let content = self.content()?;
        Ok((after + 1..=content.articles.len() as i64).collect())
    }

    fn articles(&self, keys: &[i64]) -> Result<Vec<ServerArticle>> {
        let content = self.content()?;
        let articles = keys.iter().map(|key| ServerArticle {
            key: *key,
            article: content.articles[*key as usize - 1].clone(),
            schema_version: 1,
        });
        Ok(articles.collect())
    }

    fn works(&self, articles: &[i64], _only_own: bool) -> Result<Vec<MemberWork>> {
        let content = self.content()?;
        let found = articles.iter().filter_map(|article| {
            let annotation = content.elsewhere.get(article)?;
            Some(MemberWork {
                article: *article,
                annotator: "ada".to_owned(),
                revision: content.works.get(article)?.0,
                doc: codec::write_annotation(annotation).unwrap(),
                lines: Vec::new(),
                active_ms: 0,
                saved_at_ms: 0,
                schema_version: 1,
            })
        });
        Ok(found.collect())
    }

    fn take(&self, _pack: &str, wanted: i64, lease_seconds: i64) -> Result<Vec<Lease>> {
        let mut content = self.content()?;
        let before = content.leased.clone();
        for article in 1..=content.articles.len() as i64 {
            if (content.leased.len() as i64) < wanted && !content.closed.contains(&article) {
                content.leased.insert(article);
            }
        }
        let leases = content.leased.iter().map(|article| Lease {
            article: *article,
            until_ms: lease_seconds * 1_000,
            is_new: !before.contains(article),
        });
        Ok(leases.collect())
    }

    fn renew(&self, _pack: &str, _lease_seconds: i64) -> Result<i64> {
        Ok(self.content()?.leased.len() as i64)
    }

    fn give_back(&self, _pack: &str, articles: Vec<i64>) -> Result<i64> {
        let mut content = self.content()?;
        let given = articles
            .iter()
            .filter(|article| content.leased.remove(article));
        Ok(given.count() as i64)
    }

    fn save(&self, save: &ServerSave) -> Result<Saved> {
        let mut content = self.content()?;
        let saved = match content.answers.get(&save.op).copied() {
            Some((revision, outcome)) => {
                content.repeated += 1;
                Saved { revision, outcome }
            }
            None => {
                let work = content.works.entry(save.article).or_default();
                if work.0 != save.expected {
                    return Err(TeamError::Conflict {
                        location: self.address.location(),
                        expected: save.expected,
                        found: work.0,
                    });
                }
                work.0 += 1;
                work.1.extend(save.lines.lines().map(str::to_owned));
                let revision = work.0;
                let outcome = match save.status.as_str() {
                    "done" => WorkOutcome::Done,
                    "skipped" => WorkOutcome::Skipped,
                    _ => WorkOutcome::Saved,
                };
                if outcome != WorkOutcome::Saved {
                    content.leased.remove(&save.article);
                    content.closed.insert(save.article);
                }
                content.answers.insert(save.op.clone(), (revision, outcome));
                Saved { revision, outcome }
            }
        };
        if content.loses_answers {
            return Err(self.lost());
        }
        Ok(saved)
    }

    fn adjudications(&self, _articles: &[i64]) -> Result<Vec<MemberWork>> {
        Ok(Vec::new())
    }

    fn save_adjudication(&self, _save: &ServerAdjudication) -> Result<SavedAdjudication> {
        Err(TeamError::Refused {
            location: self.address.location(),
            reason: "nobody adjudicates here".to_owned(),
        })
    }

    fn progress(&self) -> Result<TeamProgress> {
        let content = self.content()?;
        let done = content.closed.len() as i64;
        Ok(TeamProgress {
            seq: 0,
            articles: content.articles.len() as i64,
            complete: done,
            begun: content.works.len() as i64,
            overlap: 1,
            open_slots: content.articles.len() as i64 - done,
            without_annotator: 0,
            order: "import".to_owned(),
            members: vec![MemberProgress {
                login: "ada".to_owned(),
                roles: vec!["annotator".to_owned()],
                is_active: true,
                done,
                open: content.leased.len() as i64,
                skipped: 0,
                extra: 0,
                lapsed: 0,
                active_ms: 60_000,
                last_saved_ms: 0,
            }],
        })
    }
}
