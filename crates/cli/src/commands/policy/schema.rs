//! `pinji policy schema`: the JSON Schema of policy files, for editors. 模式

use pinji_app::error::AppError;
use pinji_app::policy::schema;

use crate::commands::Answer;

/// Prints the schema; it is JSON either way.
pub fn run() -> Result<Answer, AppError> {
    let value = schema();
    Ok(Answer::yes(format!("{value:#}\n"), value))
}
