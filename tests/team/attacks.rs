//! What members try by SQL of their own, past every window and command.

use std::sync::Arc;

use copydesk::dataset::team::{Server, TeamRole};

use super::annotator::make_team;
use super::server::{Answer, Postgres, Sql, Team, password};

/// What comes of an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// The server says no.
    Denied,
    /// It is no error, but there is nothing to see or nothing happens.
    Nothing,
    /// It works, and may.
    Works,
}
use Outcome::{Denied, Nothing, Works};

/// A save of an article, in SQL.
fn save(op: u32, article: i64, expected: i64, status: &str) -> String {
    format!(
        "SELECT rev FROM copydesk.save_work('00000000-0000-8000-8000-{op:012}', {article}, {expected}, '{status}', \
         '{{\"v\":1}}', '[{{\"v\":1}}]', 0, 600)"
    )
}

fn pack(number: u32) -> String {
    format!("'00000000-0000-8000-9000-{number:012}'")
}

/// A team in which ben has finished article 1, works on article 2 and holds article 3; eve has left;
/// stranger was never a member.
fn team(server: &Arc<Postgres>) -> Team {
    let team = server.database();
    let folder = tempfile::tempdir().unwrap();
    make_team(&team, folder.path(), 8, 2);
    for (name, role) in [
        ("ada", TeamRole::Annotator),
        ("ben", TeamRole::Annotator),
        ("eve", TeamRole::Annotator),
        ("judge", TeamRole::Adjudicator),
        ("lead", TeamRole::Manager),
    ] {
        team.add(name, &[role]);
    }
    team.owner_sql()
        .run("UPDATE copydesk.suggestion SET withheld = true WHERE article = 4")
        .unwrap();
    let mut ben = team.sql("ben");
    ben.run(&format!(
        "SELECT copydesk.take_articles({}, 3, 600)",
        pack(1)
    ))
    .unwrap();
    ben.run(&save(1, 1, 0, "done")).unwrap();
    ben.run(&save(2, 2, 0, "started")).unwrap();
    let mut ada = team.sql("ada");
    ada.run(&format!(
        "SELECT copydesk.take_articles({}, 2, 600)",
        pack(2)
    ))
    .unwrap();
    let stranger = team.login("stranger");
    team.admin_sql()
        .run(&format!(
            "CREATE ROLE {stranger} LOGIN PASSWORD 'password-of-stranger'"
        ))
        .unwrap();
    team
}

fn judge(answer: &Answer) -> Outcome {
    match answer {
        Err(_) => Denied,
        Ok(rows) => {
            let is_nothing = |value: &Option<String>| {
                value
                    .as_deref()
                    .is_none_or(|value| ["", "0", "f"].contains(&value))
            };
            if rows.iter().flatten().all(is_nothing) {
                Nothing
            } else {
                Works
            }
        }
    }
}

fn attempts(team: &Team) -> Vec<(&'static str, String, Outcome)> {
    let ada = team.login("ada");
    let ben = team.login("ben");
    let lead = team.login("lead");
    let mut all = Vec::new();
    let mut add = |who, sql: String, outcome| all.push((who, sql, outcome));
    // An annotator reads her own things, and nothing of others.
    for table in ["work", "history", "assignment", "change"] {
        add(
            "ada",
            format!("SELECT * FROM copydesk.{table} WHERE annotator <> '{ada}'"),
            Nothing,
        );
        add(
            "ada",
            format!("SET row_security = off; SELECT * FROM copydesk.{table}"),
            Denied,
        );
        add("ada", "SET row_security = on".into(), Nothing);
    }
    add(
        "ada",
        "SELECT count(*) FROM copydesk.assignment".into(),
        Works,
    );
    add("ada", "SELECT count(*) FROM copydesk.article".into(), Works);
    add(
        "ada",
        "SELECT * FROM copydesk.suggestion WHERE withheld".into(),
        Nothing,
    );
    add(
        "ada",
        format!("SELECT * FROM copydesk.work WHERE annotator = '{ben}' OR doc LIKE '%'"),
        Nothing,
    );
    for table in ["task", "audit", "operation", "stream"] {
        add("ada", format!("SELECT * FROM copydesk.{table}"), Denied);
        add("ada", format!("COPY copydesk.{table} TO STDOUT"), Denied);
        add("ada", format!("LOCK TABLE copydesk.{table}"), Denied);
    }
    add("ada", "SELECT query FROM pg_stat_activity WHERE usename <> session_user AND query LIKE '%copydesk%'".into(), Nothing);
    add("ada", "SELECT rolpassword FROM pg_authid".into(), Denied);
    add(
        "ada",
        "SELECT pg_read_file('postgresql.conf')".into(),
        Denied,
    );
    add("ada", "SELECT most_common_vals FROM pg_stats WHERE schemaname = 'copydesk' AND tablename = 'work'".into(), Nothing);
    // Nobody writes past the functions.
    for who in ["ada", "judge", "lead"] {
        for table in [
            "dataset",
            "member",
            "article",
            "article_body",
            "suggestion",
            "task",
            "assignment",
            "work",
            "history",
            "operation",
            "stream",
            "change",
            "audit",
            "migration",
            "schema_change",
            "adjudication",
            "adjudication_input",
            "adjudication_history",
        ] {
            add(who, format!("DELETE FROM copydesk.{table}"), Denied);
            add(
                who,
                format!("INSERT INTO copydesk.{table} DEFAULT VALUES"),
                Denied,
            );
            add(who, format!("TRUNCATE copydesk.{table} CASCADE"), Denied);
            add(who, format!("DROP TABLE copydesk.{table} CASCADE"), Denied);
        }
        add(who, "UPDATE copydesk.work SET doc = '{}'".into(), Denied);
        add(who, "UPDATE copydesk.task SET priority = 9".into(), Denied);
        add(who, "UPDATE copydesk.stream SET seq = 0".into(), Denied);
        add(
            who,
            "UPDATE copydesk.dataset SET epoch = gen_random_uuid()".into(),
            Denied,
        );
        add(who, "DROP SCHEMA copydesk CASCADE".into(), Denied);
        add(who, "DROP FUNCTION copydesk.head".into(), Denied);
        add(
            who,
            "CREATE OR REPLACE FUNCTION copydesk.head() RETURNS int LANGUAGE sql AS 'SELECT 1'"
                .into(),
            Denied,
        );
        add(who, "CREATE TABLE copydesk.mine ()".into(), Denied);
        add(who, "CREATE TABLE public.mine ()".into(), Denied);
        add(
            who,
            "CREATE FUNCTION public.leak(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
                .into(),
            Denied,
        );
        add(who, "CREATE SCHEMA mine".into(), Denied);
        add(
            who,
            "CREATE TEMP TABLE member (login text, roles text[], active boolean)".into(),
            Denied,
        );
        add(who, "CREATE TRIGGER t BEFORE INSERT ON copydesk.work EXECUTE FUNCTION copydesk.refuse_rewriting()".into(), Denied);
        add(
            who,
            "ALTER TABLE copydesk.work DISABLE ROW LEVEL SECURITY".into(),
            Denied,
        );
        add(who, "COPY copydesk.work FROM PROGRAM 'true'".into(), Denied);
        // Nobody becomes somebody else.
        add(who, "SET ROLE postgres".into(), Denied);
        add(who, format!("SET ROLE \"{}\"", team.owner.user), Denied);
        add(who, format!("SET SESSION AUTHORIZATION {ben}"), Denied);
        add(who, "ALTER ROLE CURRENT_USER CREATEROLE".into(), Denied);
        add(who, "ALTER ROLE CURRENT_USER SUPERUSER".into(), Denied);
        add(who, format!("ALTER ROLE {ben} PASSWORD 'mine'"), Denied);
        add(who, "CREATE ROLE helper LOGIN".into(), Denied);
        add(who, format!("GRANT copydesk_manager TO {ada}"), Denied);
        add(who, format!("DROP ROLE {ben}"), Denied);
        // The functions inside are for functions alone.
        for call in [
            "require_annotator()",
            "require_manager()",
            "record_act('a', 'b', 'c', 'd')",
            "recount(1)",
            "lease_end(5)",
            "number_other_change('x')",
            "save_work_of_one_schema('00000000-0000-8000-8000-000000000096', 1, 0, 'done', '{}', '[1]', 0, 600)",
            "number_change()",
            "refuse_rewriting()",
        ] {
            add(who, format!("SELECT copydesk.{call}"), Denied);
        }
    }
    add("ada", "SET ROLE copydesk_manager".into(), Denied);
    add(
        "ada",
        "SET ROLE copydesk_annotator; SELECT count(*) FROM copydesk.task".into(),
        Denied,
    );
    add("ada", "RESET ROLE".into(), Nothing);
    add(
        "ada",
        format!(
            "SET ROLE copydesk_annotator; SELECT * FROM copydesk.work WHERE annotator = '{ben}'"
        ),
        Nothing,
    );
    add("ada", "RESET ROLE".into(), Nothing);
    // An annotator steers nothing and takes nothing that is not hers.
    for call in [
        "set_overlap(9, 0)".to_owned(),
        "set_order('random', 0)".to_owned(),
        "set_priority(1, 9)".to_owned(),
        "set_priorities(ARRAY[1]::bigint[], 9)".to_owned(),
        "close_articles(ARRAY[1]::bigint[], true)".to_owned(),
        "share_decisions(true)".to_owned(),
        "change_schema(1, 'mine', '[]')".to_owned(),
        "close_article(1, true)".to_owned(),
        format!("reassign(3, '{ben}', '{ada}', 600)"),
    ] {
        add("ada", format!("SELECT copydesk.{call}"), Denied);
        add("judge", format!("SELECT copydesk.{call}"), Denied);
    }
    add("ada", save(90, 7, 0, "done"), Denied); // not assigned
    add("ada", save(1, 1, 0, "done"), Denied); // ben's op id
    add("ada", save(91, 1, 5, "done"), Denied); // a revision that is not there
    add("ada", save(92, 1, 0, "gold"), Denied);
    add(
        "ada",
        save(93, 1, 0, "done").replace("[{\"v\":1}]", "[]"),
        Denied,
    );
    add(
        "ada",
        save(94, 1, 0, "done").replace("{\"v\":1}'", "nothing'"),
        Denied,
    );
    add(
        "ada",
        format!(
            "SELECT copydesk.return_articles({}, ARRAY[3]::bigint[])",
            pack(1)
        ),
        Nothing,
    );
    add(
        "ada",
        format!("SELECT copydesk.renew_leases({}, 600)", pack(1)),
        Nothing,
    );
    add(
        "ada",
        format!("SELECT copydesk.take_articles({}, 100000, 600)", pack(3)),
        Denied,
    );
    add(
        "ada",
        format!("SELECT copydesk.take_articles({}, 0, 600)", pack(3)),
        Denied,
    );
    // An adjudicator sees finished work alone, and takes none.
    add(
        "judge",
        format!("SELECT article FROM copydesk.work WHERE annotator = '{ben}' AND article = 1"),
        Works,
    );
    add(
        "judge",
        format!("SELECT article FROM copydesk.work WHERE annotator = '{ben}' AND article = 2"),
        Nothing,
    );
    add(
        "judge",
        format!("SELECT article FROM copydesk.history WHERE annotator = '{ben}' AND article = 2"),
        Nothing,
    );
    add("judge", "SELECT * FROM copydesk.audit".into(), Denied);
    for who in ["judge", "lead"] {
        add(
            who,
            format!("SELECT copydesk.take_articles({}, 1, 600)", pack(4)),
            Denied,
        );
        add(who, save(95, 1, 0, "done"), Denied);
    }
    add(
        "lead",
        format!("SELECT count(*) FROM copydesk.work WHERE annotator = '{ben}'"),
        Works,
    );
    add("lead", "SELECT count(*) FROM copydesk.audit".into(), Works);
    add(
        "lead",
        format!("SELECT copydesk.reassign(3, '{ben}', '{lead}', 600)"),
        Denied,
    ); // no annotator
    add("lead", "SELECT copydesk.set_overlap(0, 0)".into(), Denied);
    all
}

#[test]
fn no_member_gets_past_the_rules_by_sql() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = team(&server);
    let mut members: Vec<(&str, Sql)> = ["ada", "judge", "lead"]
        .map(|name| (name, team.sql(name)))
        .into();
    let attempts = attempts(&team);
    let mut faults = Vec::new();
    for (who, sql, expected) in &attempts {
        let (_, connection) = members.iter_mut().find(|(name, _)| name == who).unwrap();
        let answer = connection.run(sql);
        if judge(&answer) != *expected {
            faults.push(format!("{who}: {sql}: {answer:?} instead of {expected:?}"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(attempts.len() > 150, "{}", attempts.len());
    // Whatever they tried, the work is as it was.
    let mut owner = team.owner_sql();
    assert_eq!(owner.number("SELECT count(*) FROM copydesk.work"), 2);
    assert_eq!(owner.number("SELECT count(*) FROM copydesk.history"), 2);
    assert_eq!(owner.number("SELECT seq FROM copydesk.stream"), 2);
    assert_eq!(
        owner.number("SELECT count(*) FROM copydesk.assignment WHERE state IN ('leased', 'done')"),
        5
    );
    println!("{} attempts", attempts.len());
}

#[test]
fn who_is_not_a_member_of_this_dataset_gets_nothing_from_it() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = team(&server);
    let stranger = Sql::connect(&team.address("stranger"), "password-of-stranger");
    assert_eq!(stranger.err().unwrap().0, "42501");
    // A member of another dataset on the same server has the same roles, and is a stranger here,
    // even where somebody let her in by mistake.
    let other = server.database();
    make_team(&other, tempfile::tempdir().unwrap().path(), 1, 1);
    other.add("zoe", &[TeamRole::Annotator, TeamRole::Manager]);
    let zoe = team.owner.for_user(&other.login("zoe"));
    assert!(Sql::connect(&zoe, "password-of-zoe").is_err());
    let database = &team.owner.database;
    team.admin_sql()
        .run(&format!(
            "GRANT CONNECT ON DATABASE {database} TO {}",
            other.login("zoe")
        ))
        .unwrap();
    let mut zoe = Sql::connect(&zoe, "password-of-zoe").unwrap();
    for table in [
        "dataset",
        "member",
        "article",
        "article_body",
        "suggestion",
        "task",
        "assignment",
        "work",
        "history",
        "change",
        "audit",
    ] {
        let answer = zoe.run(&format!("SELECT count(*) FROM copydesk.{table}"));
        assert_eq!(judge(&answer), Nothing, "{table}: {answer:?}");
    }
    assert_eq!(
        judge(&zoe.run(&format!(
            "SELECT copydesk.take_articles({}, 1, 600)",
            pack(9)
        ))),
        Denied
    );
    assert_eq!(judge(&zoe.run("SELECT copydesk.set_overlap(1, 0)")), Denied);
    // Who has left is not let in; and a connection from before can do nothing more.
    let mut eve = team.sql("eve");
    team.owner_sql()
        .run(&format!(
            "UPDATE copydesk.member SET active = false WHERE login = '{}'",
            team.login("eve")
        ))
        .unwrap();
    assert_eq!(
        judge(&eve.run("SELECT count(*) FROM copydesk.article")),
        Nothing
    );
    assert_eq!(
        judge(&eve.run(&format!(
            "SELECT copydesk.take_articles({}, 1, 600)",
            pack(9)
        ))),
        Denied
    );
}

#[test]
fn a_forged_notification_wakes_and_does_no_more() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let team = team(&server);
    let lead: Server = Server::open(&team.address("lead"), &password("password-of-lead")).unwrap();
    let before = lead.head().unwrap();
    team.sql("ada").run("NOTIFY copydesk, 'lies'").unwrap();
    let most = std::time::Duration::from_millis(300);
    assert_eq!(lead.wait_for_changes(before.seq, most).unwrap(), before);
    team.sql("ben").run(&save(3, 2, 1, "done")).unwrap();
    let most = std::time::Duration::from_secs(20);
    let after = lead.wait_for_changes(before.seq, most).unwrap();
    assert_eq!(after.seq.0, before.seq.0 + 1);
}
