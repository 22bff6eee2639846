//! The documented forms, known answers of others, and tampering: found here and by the verifier in Python. 测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]
// The tests write files and start Python; the crate itself may not.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod canonical;
mod commitments;
mod entries;
mod house;
mod large;
mod notes;
mod outsider;
mod proofs;
mod pymerkle;
mod tampering;
mod tree;
mod words;
