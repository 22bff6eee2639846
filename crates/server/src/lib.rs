//! The office over HTTP: REST, OpenAPI, and later the pages. 服务
//!
//! A request walks through [`frame`] (its id, language, problems in words, counts, one line of log), then the [`guard`]
//! of its route (credits, origin, who asks, key and version), then the handler in [`resources`], which makes one call into
//! the office. What a route needs stands in the table of [`routes`]; nothing gets into the router by another way.

pub mod body;
pub mod frame;
pub mod guard;
pub mod health;
pub mod language;
pub mod limits;
pub mod logging;
pub mod metrics;
pub mod openapi;
pub mod origin;
pub mod pages;
pub mod problem;
pub mod reply;
pub mod resources;
pub mod routes;
pub mod serve;
pub mod shared;
pub mod versions;

pub use limits::{Rate, Rates};
pub use serve::{router, serve, told_to_end};
pub use shared::{Config, Shared};
