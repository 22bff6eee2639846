//! `pinji policy test`: the policy's own examples. 示例测试

use pinji_app::error::AppError;
use pinji_app::policy::{Tested, test};
use pinji_domain::Message;
use serde_json::{Value, json};

use crate::args::PolicyFiles;
use crate::commands::{Answer, origin};
use crate::screen::Screen;

/// Runs examples; the answer is no when one of them does not come out as expected.
pub fn run(args: &PolicyFiles, screen: &Screen) -> Result<Answer, AppError> {
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    let mut passed = true;
    for file in &args.files {
        let tested = test(&origin(file)?, screen.lang)?;
        passed &= tested.failed == 0;
        one(&mut text, &tested, screen);
        values.push(json!(tested));
    }
    Ok(Answer::either(passed, text, Value::Array(values)))
}

fn one(out: &mut String, tested: &Tested, screen: &Screen) {
    let paint = screen.paint;
    for example in &tested.examples {
        let verdict = match example.passed {
            true => paint.fine(&screen.word("cli-test-pass")),
            false => paint.severe(&screen.word("cli-test-fail")),
        };
        let place = format!("{}:{}", example.place.0, example.place.1);
        out.push_str(&format!("{verdict}  {}  {}\n", example.name, paint.faint(&place)));
        if let Some(problem) = &example.problem {
            out.push_str(&format!("    {problem}\n"));
        }
        for (what, expected, actual, agrees) in &example.checks {
            if !agrees {
                let message = Message::new("cli-test-differs")
                    .with("what", what.clone())
                    .with("expected", expected.clone())
                    .with("actual", actual.clone());
                out.push_str(&format!("    {}\n", screen.say(&message)));
            }
        }
    }
    let message = Message::new("cli-test-count")
        .with("policy", format!("{} {}", tested.policy.0, tested.policy.1))
        .with("passed", tested.passed)
        .with("failed", tested.failed);
    let line = screen.say(&message);
    out.push_str(&if tested.failed == 0 {
        paint.fine(&line)
    } else {
        paint.severe(&line)
    });
    out.push('\n');
}
