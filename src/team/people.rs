//! The members of a team: PostgreSQL logins with roles. Only the owner adds and removes them.

use super::connection::{Server, params};
use super::{Password, Result};

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TeamRole {
    /// Takes articles and labels them; sees nobody else's work.
    Annotator,
    /// Sees finished work.
    Adjudicator,
    /// Sees everything and steers the queue.
    Manager,
}

impl TeamRole {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Annotator, Self::Adjudicator, Self::Manager];

    /// The word in commands and on the server.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Annotator => "annotator",
            Self::Adjudicator => "adjudicator",
            Self::Manager => "manager",
        }
    }
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The PostgreSQL login, which is the name of the annotator too.
    pub login: String,
    /// The roles, by their words.
    pub roles: Vec<String>,
    /// Whether the member may still log in; work of former members stays.
    pub is_active: bool,
}

/// What adding a member did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberAdded {
    /// The login was made, with the password.
    NewLogin,
    /// The server had this login; it got the roles, and the password if one was given.
    KnownLogin,
}

impl Server {
    /// Whether the server has a login of this name.
    ///
    /// # Errors
    /// If it cannot be asked.
    pub fn has_login(&self, login: &str) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";
        let rows = self.query(sql, params![login.to_owned()])?;
        self.get(rows.first(), 0)
    }

    /// Adds a member, or changes the roles of one. A new login gets the password; with one, a known
    /// login gets it too. The server receives it only as a SCRAM verifier, so that its log cannot
    /// hold it.
    ///
    /// # Errors
    /// If the login is not the owner, the name cannot be a login, or the name belongs to a role that
    /// is more than a member.
    pub fn add_member(
        &self,
        login: &str,
        roles: &[TeamRole],
        password: Option<&Password>,
    ) -> Result<MemberAdded> {
        self.check_login(login)?;
        let known = self.has_login(login)?;
        if known {
            self.check_ordinary(login)?;
        }
        let name = quote_name(login);
        let mut sql = String::from("BEGIN;");
        let verifier = password.map(|password| {
            postgres_protocol::password::scram_sha_256(password.reveal().as_bytes())
        });
        match (known, verifier) {
            (false, Some(verifier)) => sql.push_str(&format!(
                "CREATE ROLE {name} LOGIN PASSWORD {};",
                quote_text(&verifier)
            )),
            (true, Some(verifier)) => sql.push_str(&format!(
                "ALTER ROLE {name} LOGIN PASSWORD {};",
                quote_text(&verifier)
            )),
            (true, None) => {}
            (false, None) => return Err(self.refused("a new login needs a password")),
        }
        for role in TeamRole::ALL {
            let role_name = format!("copydesk_{}", role.as_str());
            if roles.contains(&role) {
                sql.push_str(&format!("GRANT {role_name} TO {name};"));
            }
        }
        let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        let list = quote_text(&format!("{{{}}}", words.join(",")));
        sql.push_str(&format!(
            "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), {login}); END $$;
             SELECT copydesk.record_act('add member', {login},
                 (SELECT m.roles::text FROM copydesk.member m WHERE m.login = {login}), {list});
             INSERT INTO copydesk.member (login, roles) VALUES ({login}, {list}::text[])
                 ON CONFLICT (login) DO UPDATE SET roles = excluded.roles, active = true;
             COMMIT;",
            login = quote_text(login),
        ));
        let added = self.execute(sql);
        if added.is_err() {
            // The connection may be inside the transaction that failed.
            let _ = self.execute("ROLLBACK");
        }
        added?;
        Ok(if known {
            MemberAdded::KnownLogin
        } else {
            MemberAdded::NewLogin
        })
    }

    /// Ends a membership. The work stays, open articles go back to the queue, and the member's
    /// connections are closed. The login itself stays, because other datasets may use it.
    ///
    /// # Errors
    /// If the login is not the owner, or there is no such member.
    pub fn remove_member(&self, login: &str) -> Result<()> {
        let rows = self.query(
            "SELECT roles::text FROM copydesk.member WHERE login = $1 AND active",
            params![login.to_owned()],
        )?;
        if rows.is_empty() {
            return Err(self.refused(format!("{login} is not a member")));
        }
        self.execute(format!(
            "BEGIN;
             UPDATE copydesk.member SET active = false WHERE login = {login};
             SELECT copydesk.record_act('remove member', {login}, '', '');
             DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', current_database(), {login}); END $$;
             UPDATE copydesk.assignment SET leased_until = clock_timestamp() - interval '1 second'
                 WHERE annotator = {login} AND state = 'leased';
             COMMIT;",
            login = quote_text(login),
        ))?;
        self.query("SELECT copydesk.end_leases(500)", Vec::new())?;
        // Needs the right to; without it, the functions refuse the member all the same.
        let closed = self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND datname = current_database()",
            params![login.to_owned()],
        );
        if let Err(error) = closed {
            tracing::info!(%error, "the member's connections stay open");
        }
        Ok(())
    }

    /// Grants a member of a restored backup what the server does not know of: entry and roles.
    pub(super) fn let_in(&self, member: &Member) -> Result<()> {
        let name = quote_name(&member.login);
        let mut sql = String::new();
        for role in TeamRole::ALL {
            if member.roles.iter().any(|word| word == role.as_str()) {
                sql.push_str(&format!("GRANT copydesk_{} TO {name};", role.as_str()));
            }
        }
        let login = quote_text(&member.login);
        sql.push_str(&format!(
            "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), {login}); END $$;"
        ));
        self.execute(sql)
    }

    /// Sets the login's own password.
    ///
    /// # Errors
    /// If the server cannot be asked.
    pub fn set_own_password(&self, password: &Password) -> Result<()> {
        let verifier = postgres_protocol::password::scram_sha_256(password.reveal().as_bytes());
        self.execute(format!(
            "ALTER ROLE CURRENT_USER PASSWORD {}",
            quote_text(&verifier)
        ))
    }

    /// Returns all members, former ones too, by name.
    ///
    /// # Errors
    /// If the server cannot be asked.
    pub fn members(&self) -> Result<Vec<Member>> {
        let sql = "SELECT login, roles, active FROM copydesk.member ORDER BY login";
        self.query(sql, Vec::new())?
            .iter()
            .map(|row| {
                Ok(Member {
                    login: self.get(Some(row), 0)?,
                    roles: self.get(Some(row), 1)?,
                    is_active: self.get(Some(row), 2)?,
                })
            })
            .collect()
    }

    /// PostgreSQL cuts longer names without a word.
    fn check_login(&self, login: &str) -> Result<()> {
        let is_plain = |c: char| c.is_alphanumeric() || "._- ".contains(c);
        if login.is_empty()
            || login.len() > 63
            || login.trim() != login
            || !login.chars().all(is_plain)
            || login.starts_with("pg_")
            || login.starts_with("copydesk_")
        {
            return Err(self.refused(format!(
                "{login:?} cannot be the name of a member\nhint: use at most 63 bytes of letters, digits, dots, hyphens and spaces"
            )));
        }
        Ok(())
    }

    /// A member must not get to be one who may do more than members.
    fn check_ordinary(&self, login: &str) -> Result<()> {
        let rows = self.query(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR NOT rolcanlogin
             FROM pg_roles WHERE rolname = $1",
            params![login.to_owned()],
        )?;
        let is_more: bool = self.get(rows.first(), 0)?;
        if is_more {
            return Err(self.refused(format!(
                "{login} is a role of the server with more rights than a member\nhint: choose another name"
            )));
        }
        Ok(())
    }
}

/// A name in SQL; the statements that make roles take no values.
fn quote_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in SQL. [`Server::check_login`] lets no backslash through, and verifiers have none.
fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quote_name("a\"b"), "\"a\"\"b\"");
        assert_eq!(quote_text("a'b"), "'a''b'");
    }
}
