//! The format of a team dataset: all migrations that make it.

/// The format that this program knows: the number of the last migration.
pub const FORMAT: i64 = MIGRATIONS.len() as i64;

/// All migrations in order. They are only ever added to.
pub(super) const MIGRATIONS: [&str; 3] = [
    include_str!("../../assets/migrations/postgres/0001_team.sql"),
    include_str!("../../assets/migrations/postgres/0002_labels_and_adjudication.sql"),
    include_str!("../../assets/migrations/postgres/0003_order_and_presence.sql"),
];
