//! `pinji policy weigh`: entropy weights from a real book, to be frozen into the policy. 熵权

use pinji_app::error::AppError;
use pinji_app::policy::{WeighRequest, weigh};
use pinji_domain::Message;
use serde_json::json;

use crate::args::Weigh;
use crate::commands::{Answer, origin, reading};
use crate::meter::Meter;
use crate::screen::Screen;
use crate::table::{Side, lay_out};

/// Computes the weights and prints the block for the policy file.
pub fn run(args: Weigh, screen: &Screen) -> Result<Answer, AppError> {
    let request = WeighRequest {
        policy: origin(&args.file)?,
        data: args.data,
        as_of: args.as_of,
        of: args.of,
        reading: reading(args.reading),
        lang: screen.lang,
    };
    let meter = Meter::new(screen);
    let found = weigh(&request, &meter);
    meter.clear();
    let found = found?;
    let rows: Vec<Vec<String>> = found
        .weights
        .iter()
        .map(|(id, name, weight)| {
            vec![
                name.clone(),
                id.clone(),
                format!("{:.2}%", weight * 100.0),
                screen.bar(*weight, 30),
            ]
        })
        .collect();
    let head = Message::new("cli-weigh-head").with("n", i64::try_from(found.rows).unwrap_or(i64::MAX));
    screen.talk(&screen.say(&head));
    screen.talk(lay_out(&rows, &[Side::Left, Side::Left, Side::Right, Side::Left], 2).trim_end());
    // The block alone is the data: it may be appended to the file as it comes.
    Ok(Answer::yes(found.block.clone(), json!(found)))
}
