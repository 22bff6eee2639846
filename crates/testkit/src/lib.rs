//! What tests of the office need: a private PostgreSQL, temporary stores, a fake clock. 测试工具

mod clock;
mod postgres;
mod stores;

pub use clock::Clock;
pub use postgres::{Absent, Durability, Postgres};
pub use stores::{TestStore, stores};
