//! The policy's own examples, run. 示例测试

use pinji_domain::{Lang, Message};
use pinji_policy::example;
use serde::Serialize;

use crate::error::AppError;
use crate::regulation::{Origin, Regulation};

/// What came of a policy's examples. 测试结果
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tested {
    /// The policy's id and version.
    pub policy: (String, String),
    /// How many came out as expected.
    pub passed: usize,
    /// How many did not.
    pub failed: usize,
    /// One for each, in the order of the file.
    pub examples: Vec<ExampleResult>,
}

/// What came of one example.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExampleResult {
    /// What it shows.
    pub name: String,
    /// The file and the line where it stands.
    pub place: (String, usize),
    /// Whether all is as expected.
    pub passed: bool,
    /// Why it could not be run, where that is so.
    pub problem: Option<String>,
    /// What was expected and what came out: what, expected, actual, whether they agree.
    pub checks: Vec<(String, String, String, bool)>,
}

/// Runs the examples of a policy. 运行示例
///
/// # Errors
/// When the policy cannot be read or used.
pub fn test(origin: &Origin, lang: Lang) -> Result<Tested, AppError> {
    let regulation = Regulation::read(origin)?;
    let document = regulation.usable()?;
    let result = |ran: example::Ran| {
        let (file, span) = &ran.place;
        let text = regulation.files.get(file).map(String::as_str).unwrap_or_default();
        let line = text
            .get(..span.start)
            .map_or(0, |before| before.matches('\n').count() + 1);
        let name = ran.name.get(lang).to_owned();
        let number = Message::new("app-example-number").with("n", ran.number);
        ExampleResult {
            name: if name.is_empty() {
                pinji_locale::say(lang, &number)
            } else {
                name
            },
            place: (file.clone(), line),
            passed: ran.passed(),
            problem: ran.problem.as_ref().map(|problem| pinji_locale::say(lang, problem)),
            checks: ran
                .checks
                .iter()
                .map(|check| {
                    let what = pinji_locale::say(lang, &check.what);
                    (what, check.expected.clone(), check.actual.clone(), check.passed())
                })
                .collect(),
        }
    };
    let examples: Vec<ExampleResult> = example::run(document).into_iter().map(result).collect();
    let passed = examples.iter().filter(|example| example.passed).count();
    Ok(Tested {
        policy: (document.id.clone(), document.version.clone()),
        passed,
        failed: examples.len() - passed,
        examples,
    })
}
