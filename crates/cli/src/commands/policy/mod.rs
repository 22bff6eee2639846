//! `pinji policy …`: what can be asked of a policy alone. 标准子命令

mod check;
mod diff;
mod explain;
mod new;
mod print;
mod prove;
mod schema;
mod test;
mod weigh;

use pinji_app::error::AppError;

use super::Answer;
use crate::args::Policy;
use crate::screen::Screen;

/// Does what was asked of a policy.
pub fn run(command: Policy, screen: &Screen) -> Result<Answer, AppError> {
    match command {
        Policy::Check(args) => check::run(&args, screen),
        Policy::Test(args) => test::run(&args, screen),
        Policy::Prove(args) => prove::run(args, screen),
        Policy::Explain(args) => explain::run(&args, screen),
        Policy::Print(args) => print::run(&args, screen),
        Policy::Diff(args) => diff::run(&args, screen),
        Policy::Schema => schema::run(),
        Policy::New(args) => new::run(&args, screen),
        Policy::Weigh(args) => weigh::run(args, screen),
    }
}
