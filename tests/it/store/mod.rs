//! The store: one story for every kind of store, and what can happen to a file.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "clippy knows tests, but not the functions that tests share"
)]

mod conformance;
pub mod files;
mod lists;
mod places;
mod speed;
pub mod story;

use std::path::PathBuf;

use copydesk::model::Schema;
use copydesk::store::{SqliteStore, Store};

/// Where a story takes place: a fresh dataset, and the ways into it.
pub trait Scene {
    /// The dataset, made anew.
    fn create(&self, schema: &Schema) -> Box<dyn Store>;
    /// As another program opens it; `None` if there is no such thing.
    fn open(&self) -> Option<Box<dyn Store>>;
    /// What is wrong with it.
    fn faults(&self) -> Vec<String>;
}

struct OnDisk {
    folder: tempfile::TempDir,
}

impl OnDisk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("news sample.copydesk")
    }
}

impl Scene for OnDisk {
    fn create(&self, schema: &Schema) -> Box<dyn Store> {
        Box::new(SqliteStore::create(&self.path(), schema).unwrap())
    }

    fn open(&self) -> Option<Box<dyn Store>> {
        Some(Box::new(SqliteStore::open(&self.path()).unwrap()))
    }

    fn faults(&self) -> Vec<String> {
        let store = SqliteStore::open_read_only(&self.path()).unwrap();
        store.faults().unwrap()
    }
}

struct InMemory;

impl Scene for InMemory {
    fn create(&self, schema: &Schema) -> Box<dyn Store> {
        Box::new(SqliteStore::in_memory(schema).unwrap())
    }

    fn open(&self) -> Option<Box<dyn Store>> {
        None
    }

    fn faults(&self) -> Vec<String> {
        Vec::new()
    }
}

story::all!(sqlite_on_disk, super::OnDisk::new());
story::all!(sqlite_in_memory, super::InMemory);

/// Each kind of store against the reference.
mod reference {
    super::conformance::all!(sqlite_on_disk, crate::store::OnDisk::new());
    super::conformance::all!(sqlite_in_memory, crate::store::InMemory);
}
