//! The office's part of a kind on the page of record kinds.

use std::fmt::Write;

use pinji_domain::Kind;
use pinji_domain::office::{DuplicateRule, Identity, KeyField, PeriodRule, Relation, Sign, Term};

/// A list of what the office agrees about a kind; nothing where nothing is agreed.
pub fn office(page: &mut String, kind: &Kind) {
    let terms = &kind.office;
    let mut lines: Vec<String> = Vec::new();
    if !terms.key_fields.is_empty() {
        let fields: Vec<String> = terms.key_fields.iter().map(key_field).collect();
        let told = code(terms.notify.iter().map(String::as_str));
        lines.push(format!("关键字段 key fields: {}；通知 told: {told}", fields.join("、")));
    }
    lines.extend(terms.identities.iter().map(identity));
    if let Some(watch) = &terms.watch {
        lines.push(format!(
            "与历史比对 watched: {}",
            code(watch.iter().map(String::as_str))
        ));
    }
    if !terms.not_future.is_empty() {
        let dates = code(terms.not_future.iter().map(String::as_str));
        lines.push(format!("不得晚于当日 not in the future: {dates}"));
    }
    lines.extend(terms.period.as_ref().map(period));
    lines.extend(terms.duplicate.as_ref().map(duplicate));
    if let Some(fresh) = terms.general.fresh {
        lines.push(format!("时效 fresh: {fresh}"));
    }
    if let Some(every) = terms.general.every {
        lines.push(format!("频率 every: {every}"));
    }
    if !lines.is_empty() {
        page.push_str("\n办公约定 · Office:\n\n");
    }
    for line in lines {
        writeln!(page, "- {line}").unwrap();
    }
}

fn code<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join("、")
}

fn key_field(key: &KeyField) -> String {
    match key.change {
        Some(change) => format!("`{}`（变动 from ±{change}）", key.field),
        None => format!("`{}`", key.field),
    }
}

fn identity(identity: &Identity) -> String {
    let relation = match identity.relation {
        Relation::Equal => "=",
        Relation::AtMost => "<=",
    };
    let (left, right) = (sum(&identity.left), sum(&identity.right));
    let Identity {
        name,
        within,
        within_share,
        ..
    } = identity;
    let (zh, en) = (&name.zh, &name.en);
    format!("勾稽 adds up: {zh} · {en}: `{left} {relation} {right}`（允许 within {within}，{within_share}）")
}

fn sum(terms: &[Term]) -> String {
    let mut out = String::new();
    for (at, term) in terms.iter().enumerate() {
        out.push_str(match (at, term.sign) {
            (0, Sign::Plus) => "",
            (0, Sign::Minus) => "-",
            (_, Sign::Plus) => " + ",
            (_, Sign::Minus) => " - ",
        });
        out.push_str(&term.field);
    }
    out
}

fn period(rule: &PeriodRule) -> String {
    match rule {
        PeriodRule::Steps { by: None, steps } => {
            let step = steps.first().map(|(_, step)| step.to_string()).unwrap_or_default();
            format!("期间 periods: {step}")
        }
        PeriodRule::Steps { by: Some(by), steps } => {
            let steps: Vec<String> = steps.iter().map(|(code, step)| format!("`{code}` {step}")).collect();
            format!("期间 periods by `{by}`: {}", steps.join("、"))
        }
        PeriodRule::Span { from, to } => format!("起止不得重叠 do not overlap: `{from}` – `{to}`"),
    }
}

fn duplicate(rule: &DuplicateRule) -> String {
    let fields = code([&rule.code, &rule.name].into_iter().flatten().map(String::as_str));
    format!(
        "重复客户 likely one customer by: {fields}（相似度 likeness {}）",
        rule.likeness
    )
}
