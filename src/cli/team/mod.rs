//! `copydesk team`: the dataset of a team on a PostgreSQL server.

mod labels;
mod members;
mod owner;
mod progress;
mod queue;
mod work;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use anyhow::Result;
use clap::{Subcommand, ValueEnum};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use crate::dataset::team::{
    Link, Password, QueueOrder, Server, ServerAddress, TeamRole, find_password,
};

/// Work as a team on one dataset, on a PostgreSQL server
///
/// ADDRESS is postgres://NAME@HOST/DATABASE, where NAME is the login; a server on another computer
/// is checked by its certificate (?sslrootcert=FILE, or ~/.postgresql/root.crt). The password comes
/// from PGPASSWORD or ~/.pgpass, or is asked for.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  # a member:\n  copydesk team take postgres://ada@db.example.org/gold --out mine.copydesk --articles 20\n  copydesk mine.copydesk --annotator ada\n  copydesk team send mine.copydesk\n  # the manager:\n  copydesk team status postgres://lead@db.example.org/gold\n  copydesk team fetch postgres://lead@db.example.org/gold --out all.copydesk\n\nSee docs/team.md for how to set up a server."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: TeamCommand,
}

#[derive(Debug, Subcommand)]
enum TeamCommand {
    Init(owner::InitArgs),
    Add(members::AddArgs),
    Remove(members::RemoveArgs),
    Password(members::PasswordArgs),
    Status(progress::StatusArgs),
    Overlap(owner::OverlapArgs),
    Order(owner::OrderArgs),
    Priority(queue::PriorityArgs),
    Reassign(queue::ReassignArgs),
    Close(queue::CloseArgs),
    Reopen(queue::ReopenArgs),
    Schema(labels::SchemaArgs),
    Share(labels::ShareArgs),
    Take(work::TakeArgs),
    Send(work::SendArgs),
    Return(work::ReturnArgs),
    Fetch(work::FetchArgs),
    Backup(owner::BackupArgs),
    Restore(owner::RestoreArgs),
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    match &args.command {
        TeamCommand::Init(args) => owner::init(args, console),
        TeamCommand::Add(args) => members::add(args, console),
        TeamCommand::Remove(args) => members::remove(args, console),
        TeamCommand::Password(args) => members::password(args, console),
        TeamCommand::Status(args) => progress::run(args, console),
        TeamCommand::Overlap(args) => owner::overlap(args, console),
        TeamCommand::Order(args) => owner::order(args, console),
        TeamCommand::Priority(args) => queue::priority(args, console),
        TeamCommand::Reassign(args) => queue::reassign(args, console),
        TeamCommand::Close(args) => queue::close(args, console),
        TeamCommand::Reopen(args) => queue::reopen(args, console),
        TeamCommand::Schema(args) => labels::schema(args, console),
        TeamCommand::Share(args) => labels::share(args, console),
        TeamCommand::Take(args) => work::take(args, console),
        TeamCommand::Send(args) => work::send(args, console),
        TeamCommand::Return(args) => work::give_back(args, console),
        TeamCommand::Fetch(args) => work::fetch(args, console),
        TeamCommand::Backup(args) => owner::backup(args, console),
        TeamCommand::Restore(args) => owner::restore(args, console),
    }
}

/// Where the team dataset is.
#[derive(Debug, clap::Args)]
struct Place {
    /// The team dataset: postgres://NAME@HOST/DATABASE
    #[arg(value_name = "ADDRESS")]
    address: String,
}

impl Place {
    fn address(&self) -> Result<ServerAddress> {
        Ok(ServerAddress::parse(&self.address)?)
    }

    /// Connects to a team dataset.
    fn open(&self) -> Result<(Server, ServerAddress)> {
        let address = self.address()?;
        let password = password_of(&address)?;
        Ok((Server::open(&address, &password)?, address))
    }

    fn link(&self) -> Result<Link> {
        let address = self.address()?;
        let password = password_of(&address)?;
        Ok(Link::new(address, password))
    }
}

/// Finds the password of a login, or asks for it on a terminal.
fn password_of(address: &ServerAddress) -> Result<Password> {
    Ok(find_password(address, &mut ask)?)
}

/// Asks for a password without showing it; `None` without a terminal.
fn ask(prompt: &str) -> Option<Password> {
    if !io::stdin().is_terminal() {
        return None;
    }
    rpassword::prompt_password(prompt).ok().map(Password::new)
}

/// A role in commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleOption {
    /// Takes articles and labels them; sees nobody else's work
    Annotator,
    /// Sees finished work
    Adjudicator,
    /// Sees all work and steers the queue
    Manager,
}

impl From<RoleOption> for TeamRole {
    fn from(role: RoleOption) -> Self {
        match role {
            RoleOption::Annotator => Self::Annotator,
            RoleOption::Adjudicator => Self::Adjudicator,
            RoleOption::Manager => Self::Manager,
        }
    }
}

/// An order of the queue in commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum OrderOption {
    /// As they were added
    #[default]
    Import,
    /// At random
    Random,
    /// Those with the most unsure suggestions
    Unsure,
    /// One of each site by turns
    Site,
}

impl From<OrderOption> for QueueOrder {
    fn from(order: OrderOption) -> Self {
        match order {
            OrderOption::Import => Self::Import,
            OrderOption::Random => Self::Random,
            OrderOption::Unsure => Self::Unsure,
            OrderOption::Site => Self::Site,
        }
    }
}

/// A file that was made by `copydesk team take`, or fetched by an adjudicator.
#[derive(Debug, clap::Args)]
struct PackFile {
    /// A dataset that was made by `copydesk team take`, or by `fetch` for an adjudicator
    #[arg(value_name = "FILE")]
    pack: PathBuf,
    /// The address, if it is not the one that the articles were taken from
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
}

impl PackFile {
    fn open(&self) -> Result<(crate::dataset::Dataset, Link)> {
        let dataset = crate::dataset::Dataset::open(&self.pack)?;
        let address = match &self.address {
            Some(words) => ServerAddress::parse(words)?,
            None => match crate::dataset::team::address_in(dataset.store())? {
                Some(address) => address,
                None => anyhow::bail!(
                    "{} was not taken from a team\nhint: `copydesk team take` makes such a file",
                    self.pack.display()
                ),
            },
        };
        let password = password_of(&address)?;
        Ok((dataset, Link::new(address, password)))
    }
}

/// Returns a time as people read it, or "never".
fn time(ms: i64) -> String {
    if ms == 0 {
        return "never".to_owned();
    }
    crate::formats::metadata::time::print(ms)
}
