//! What goes in comes out checked, whatever the file; what cannot go in is named cell by cell. 集成测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod bad_cells;
mod encodings;
mod fixture;
mod headings;
mod hostile;
mod layout;
mod needs;
mod parquet_files;
mod planted;
mod round_trip;
mod templates;
mod values;
mod workbooks;
