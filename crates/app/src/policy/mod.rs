//! What can be asked of a policy alone, without any data. 分级标准的用例

mod check;
mod diff;
mod outline;
mod print;
mod prove;
mod schema;
mod start;
mod test;
mod weigh;

pub use check::{Checked, check};
pub use diff::{Differences, diff};
pub use outline::{Outline, OutlineIndicator, explain};
pub use print::{Form, Printed, print};
pub use prove::{Proof, Proofs, ProveRequest, Shown, ShownLine, Verdict, counterexample_csv, prove};
pub use schema::schema;
pub use start::{Started, start};
pub use test::{ExampleResult, Tested, test};
pub use weigh::{WeighRequest, Weighed, weigh};
