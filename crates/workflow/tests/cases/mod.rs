//! The rules of cases: scripts of steps with what must come of each, and what holds of all of them.

mod book;
mod committee;
mod decisions;
mod experts;
mod lots;
mod meetings;
mod overrides;
mod random;
mod screening;
mod stages;
mod tallies;
mod words;
