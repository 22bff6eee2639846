//! What can be done with Pinji, one function per use case. 用例
//!
//! Each loads what it needs, asks the pure crates, and writes its result in one step; none knows of a terminal. Progress
//! is told to whoever follows, and words are chosen by the language that a request names.

pub mod book;
pub mod compare;
pub mod demo;
pub mod derive;
mod digest;
mod direct;
pub mod error;
pub mod explain;
mod folder;
pub mod intake;
pub mod lacks;
pub mod left_out;
pub mod linked;
pub mod manifest;
mod marked;
pub mod movement;
mod needs;
pub mod policy;
pub mod previous;
pub mod progress;
pub mod rate;
pub mod rated;
mod records;
pub mod register;
pub mod regulation;
pub mod remark;
pub mod review;
mod run_folder;
pub mod shipped;
pub mod simulate;
pub mod verify;
mod view;
mod wide;
pub mod words;

pub use folder::write_file;
