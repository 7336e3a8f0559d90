//! The use cases that the commands and the window share.

pub mod desk;
use crate::store::*; use std::path::*;
pub fn system_user() -> String { "x".into() }
pub fn now_ms() -> i64 { 0 }
#[derive(Clone, Default)] pub struct CancelFlag; impl CancelFlag { pub fn cancel(&self) {} }
pub trait Progress { fn update(&mut self, done: u64, total: Option<u64>, what: &str); }
pub struct ImportReport; pub enum Source { Path(PathBuf) }
pub struct Dataset(SqliteStore);
impl Dataset { pub fn open(_p: &Path) -> anyhow::Result<Self> { todo!() } pub fn open_any(_p: &[PathBuf], _m: &mut dyn Progress, _c: &CancelFlag) -> anyhow::Result<(Self, Option<ImportReport>)> { todo!() }
 pub fn path(&self) -> &Path { todo!() } pub fn schema(&self) -> anyhow::Result<crate::model::Schema> { todo!() } pub fn exporter(&self) -> anyhow::Result<Option<desk::Exporter>> { todo!() } pub fn into_store(self) -> Box<dyn Store> { todo!() }
 pub fn import(&mut self, _s: &[Source], _m: &mut dyn Progress, _c: &CancelFlag) -> anyhow::Result<ImportReport> { todo!() } }
