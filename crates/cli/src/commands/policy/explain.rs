//! `pinji policy explain`: what a policy says, in words. 解释标准

use pinji_app::error::AppError;
use pinji_app::policy::{Outline, explain};
use serde_json::json;

use crate::args::PolicyFile;
use crate::commands::{Answer, origin};
use crate::screen::Screen;
use crate::table::{Side, lay_out};

/// Explains a policy.
pub fn run(args: &PolicyFile, screen: &Screen) -> Result<Answer, AppError> {
    let found = explain(&origin(&args.file)?, screen.lang)?;
    Ok(Answer::yes(text(&found, screen), json!(found)))
}

fn text(found: &Outline, screen: &Screen) -> String {
    let paint = screen.paint;
    let mut out = format!("{}  {} {}\n", paint.strong(&found.name), found.policy.0, found.policy.1);
    if let Some(effective) = &found.effective {
        out.push_str(&format!("{} {effective}\n", screen.word("cli-outline-effective")));
    }
    if !found.purpose.is_empty() {
        out.push_str(&format!("{}\n", found.purpose));
    }
    head(&mut out, screen, "cli-outline-scores");
    for (name, weights) in &found.scores {
        let weights: Vec<String> = weights
            .iter()
            .map(|(dimension, share)| format!("{dimension} {share}"))
            .collect();
        out.push_str(&format!("  {name} = {}\n", weights.join(" + ")));
    }
    head(&mut out, screen, "cli-outline-indicators");
    let mut dimension = "";
    for indicator in &found.indicators {
        if indicator.dimension != dimension {
            dimension = &indicator.dimension;
            out.push_str(&format!("  {}\n", paint.strong(dimension)));
        }
        out.push_str(&format!(
            "    {}  {}  {}\n",
            indicator.name,
            indicator.weight,
            paint.faint(&indicator.formula)
        ));
        if !indicator.source.is_empty() {
            out.push_str(&format!("      {}\n", paint.faint(&indicator.source)));
        }
        let rows: Vec<Vec<String>> = indicator
            .points
            .iter()
            .map(|(band, points)| vec![band.clone(), points.clone()])
            .collect();
        out.push_str(&lay_out(&rows, &[Side::Left, Side::Right], 6));
        out.push_str(&format!(
            "      {} {}\n",
            screen.word("cli-outline-missing"),
            indicator.missing
        ));
    }
    head(&mut out, screen, "cli-outline-grades");
    let rows: Vec<Vec<String>> = found
        .grades
        .iter()
        .map(|(name, class, when, review)| vec![name.clone(), class.clone(), when.clone(), paint.faint(review)])
        .collect();
    out.push_str(&lay_out(&rows, &[Side::Left; 4], 2));
    if !found.bounds.is_empty() {
        head(&mut out, screen, "cli-outline-bounds");
        let rows: Vec<Vec<String>> = found
            .bounds
            .iter()
            .map(|(reason, grade, when)| vec![reason.clone(), grade.clone(), when.clone()])
            .collect();
        out.push_str(&lay_out(&rows, &[Side::Left; 3], 2));
    }
    if !found.guarantees.is_empty() {
        head(&mut out, screen, "cli-outline-guarantees");
        for guarantee in &found.guarantees {
            out.push_str(&format!("  {guarantee}\n"));
        }
    }
    out
}

fn head(out: &mut String, screen: &Screen, code: &'static str) {
    out.push_str(&format!("\n{}\n", screen.paint.strong(&screen.word(code))));
}
