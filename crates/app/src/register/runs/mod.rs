//! Runs: the customers of a day, frozen, graded by one or more policies, and published only when all is right. 评级批次
//!
//! - [`create`] asks for one; a job does it, piece by piece, and goes on where it stood when the program was stopped.
//! - [`work`] is the worker: it freezes (`freeze`), reckons (`reckon`, the same as `pinji rate`), keeps the rows in
//!   chunks, and asks the publish gate (`gate`). Kinds that are linked are not copied but pinned (`by_reference`).
//! - [`list`], [`read`], [`grades`], [`grade`], [`file`] show what came of it, [`group_grades`] and [`group_grade`] what came
//!   of policies that grade groups; [`regrade`] grades one customer alone.

mod ask;
mod by_reference;
mod columns;
mod freeze;
mod gate;
mod lines;
mod of_groups;
mod one;
mod out;
mod reach;
mod reckon;
mod show;
mod stop;
mod work;

pub use ask::{By, Wanted, cancel, create, create_here};
pub use of_groups::{GroupExplained, GroupGradeRow, group_grade, group_grades};
pub(crate) use one::regulation_of;
pub use one::{Alone, Explained, grade, regrade};
pub use out::{copy_out, may_copy_to};
pub use reckon::MOST_IN_BOOKS;
pub(crate) use show::policies_of;
pub use show::{FileOf, GradeRow, GradesAsked, PolicyOf, RunView, file, grades, list, read, wait};
pub use work::{work, work_once};
