//! Events of cases as the JSON that the store keeps, and back. 事件存储格式
//!
//! What was once written must be read for ever: a field may be added, none renamed or taken away. Instants are microseconds, days
//! are ISO days, people and things are their numbers, a grade is its place on the scale of the case's policy (0 is the best).

mod read;
#[cfg(test)]
mod tests;
mod write;

pub(super) use read::read;
pub(super) use write::write;
