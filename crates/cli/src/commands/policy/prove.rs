//! `pinji policy prove`: guarantees proved from the file, or refuted by a customer. 证明保证

use pinji_app::error::AppError;
use pinji_app::policy::{Proof, ProveRequest, Shown, Verdict, counterexample_csv, prove};
use pinji_domain::Message;
use serde_json::json;

use crate::args::Prove;
use crate::commands::{Answer, origin, write_out};
use crate::screen::Screen;
use crate::table::{Side, lay_out};

/// Proves; the answer is no unless all is proved.
pub fn run(args: Prove, screen: &Screen) -> Result<Answer, AppError> {
    let policy = args.file.clone();
    let request = ProveRequest {
        policy: origin(&args.file)?,
        says: args.says,
        as_of: args.as_of,
        nodes: args.nodes,
        lang: screen.lang,
    };
    let found = prove(&request)?;
    let mut text = String::new();
    for (at, proof) in found.proofs.iter().enumerate() {
        one(&mut text, at + 1, proof, screen);
    }
    if found.proofs.is_empty() {
        text.push_str(&format!("{}\n", screen.word("cli-prove-nothing")));
    }
    if let Some(path) = &args.counterexample {
        write_out(path, &counterexample_csv(&found)?)?;
        let message = Message::new("cli-prove-written")
            .with("path", path.display().to_string())
            .with("policy", policy)
            .with("as-of", found.as_of.clone());
        screen.talk(&screen.say(&message));
    }
    Ok(Answer::either(found.proved, text, json!(found)))
}

fn one(out: &mut String, number: usize, proof: &Proof, screen: &Screen) {
    let paint = screen.paint;
    let verdict = match proof.verdict {
        Verdict::Proved => paint.fine(&screen.word("cli-prove-proved")),
        Verdict::Refuted if proof.confirmed || proof.customer.is_none() => {
            paint.severe(&screen.word("cli-prove-refuted"))
        }
        Verdict::Refuted => paint.severe(&screen.word("cli-prove-unconfirmed")),
        Verdict::Undecided => paint.notice(&screen.word("cli-prove-undecided")),
        Verdict::Unclear => paint.notice(&screen.word("cli-prove-unclear")),
    };
    let nodes = Message::new("cli-prove-nodes").with("n", i64::try_from(proof.nodes).unwrap_or(i64::MAX));
    out.push_str(&format!(
        "{verdict}  {}  {}\n",
        paint.strong(&proof.says),
        paint.faint(&screen.say(&nodes))
    ));
    if !proof.name.is_empty() {
        out.push_str(&format!("    {}\n", proof.name));
    }
    if let Some(why) = &proof.unclear {
        out.push_str(&format!("    {why}\n"));
    }
    if proof.verdict != Verdict::Refuted {
        return;
    }
    match &proof.customer {
        None => out.push_str(&format!("    {}\n", screen.word("cli-prove-nobody"))),
        Some(customer) => {
            out.push_str(&format!(
                "    {} G{number}\n",
                paint.strong(&screen.word("cli-prove-counterexample"))
            ));
            shown(out, customer, screen);
        }
    }
    if let Some(changed) = &proof.changed {
        let head = paint.strong(&screen.word("cli-prove-changed"));
        out.push_str(&format!("    {head} G{number}-changed\n"));
        shown(out, changed, screen);
    }
}

fn shown(out: &mut String, customer: &Shown, screen: &Screen) {
    let measures = customer
        .measures
        .iter()
        .filter_map(|(id, name, value)| Some(vec![name.clone(), screen.paint.faint(id), value.clone()?]));
    let measures: Vec<Vec<String>> = measures.collect();
    out.push_str(&lay_out(&measures, &[Side::Left, Side::Left, Side::Right], 6));
    let head = [
        "cli-column-indicator",
        "cli-column-value",
        "cli-column-band",
        "cli-column-points",
    ];
    let mut rows = vec![
        head.iter()
            .map(|code| screen.paint.faint(&screen.word(code)))
            .collect::<Vec<_>>(),
    ];
    rows.extend(customer.lines.iter().map(|line| {
        vec![
            line.indicator.clone(),
            line.value.clone(),
            line.band.clone(),
            line.points.clone(),
        ]
    }));
    out.push_str(&lay_out(&rows, &[Side::Left, Side::Right, Side::Left, Side::Right], 6));
    let scores: Vec<String> = customer
        .scores
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    out.push_str(&format!("      {}\n", scores.join("  ")));
    for bound in &customer.bounds {
        out.push_str(&format!("      {} {bound}\n", screen.word("cli-prove-bound")));
    }
    out.push_str(&format!(
        "      {} {}\n",
        screen.word("cli-grade"),
        screen.paint.strong(&customer.grade)
    ));
}
