//! What changed from one version of a policy to the next, in words, and for whom. 版本差异

mod bands;
mod indicator;
mod rules;
mod sources;

use pinji_domain::{Arg, Decimal, Message, Text};

use crate::document::Document;

/// The differences from `a` to `b`, in the order of the printed document. Empty when the two say the same. 差异
///
/// Comments, order of keys and places in the files are not differences; the order of indicators and caps is none either.
pub fn diff(a: &Document, b: &Document) -> Vec<Message> {
    let mut found = Vec::new();
    head(a, b, &mut found);
    sources::parameters(a, b, &mut found);
    sources::measures(a, b, &mut found);
    sources::uses(a, b, &mut found);
    indicator::dimensions(a, b, &mut found);
    indicator::indicators(a, b, &mut found);
    sources::tables(a, b, &mut found);
    sources::derivations(a, b, &mut found);
    rules::scores(a, b, &mut found);
    rules::grades(a, b, &mut found);
    rules::bounds(&Side::caps(a), &Side::caps(b), &mut found);
    rules::bounds(&Side::floors(a), &Side::floors(b), &mut found);
    rules::guarantees(a, b, &mut found);
    rules::group(a, b, &mut found);
    rules::review(a, b, &mut found);
    sources::rates(a, b, &mut found);
    sources::kinds(a, b, &mut found);
    found
}

/// The caps or the floors of a policy, with its grades' names.
struct Side<'d> {
    document: &'d Document,
    bounds: &'d [crate::document::Bound],
    floors: bool,
}

impl<'d> Side<'d> {
    fn caps(document: &'d Document) -> Side<'d> {
        Side {
            document,
            bounds: &document.caps,
            floors: false,
        }
    }

    fn floors(document: &'d Document) -> Side<'d> {
        Side {
            document,
            bounds: &document.floors,
            floors: true,
        }
    }
}

fn head(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let policy = |what: &'static str| move |old: Arg, new: Arg| changed("policy-diff-policy", what, old, new);
    let date = |document: &Document| Arg::from(document.effective.map_or("–".to_owned(), |date| date.to_string()));
    let share = |document: &Document| Arg::from(percent(i128::from(document.min_coverage), 4));
    let subject = |document: &Document| match document.subject {
        crate::document::Subject::Customer => Arg::from(Message::new("policy-diff-customers")),
        crate::document::Subject::Group => Arg::from(Message::new("policy-diff-groups")),
    };
    let pairs: [(&'static str, Arg, Arg); 7] = [
        ("policy-diff-what-id", a.id.as_str().into(), b.id.as_str().into()),
        (
            "policy-diff-what-version",
            a.version.as_str().into(),
            b.version.as_str().into(),
        ),
        ("policy-diff-what-name", a.name.clone().into(), b.name.clone().into()),
        (
            "policy-diff-what-purpose",
            a.purpose.clone().into(),
            b.purpose.clone().into(),
        ),
        ("policy-diff-what-effective", date(a), date(b)),
        (
            "policy-diff-what-currency",
            a.currency.as_str().into(),
            b.currency.as_str().into(),
        ),
        ("policy-diff-what-coverage", share(a), share(b)),
    ];
    for (what, old, new) in pairs {
        if old != new {
            found.push(policy(what)(old, new));
        }
    }
    if a.subject != b.subject {
        found.push(policy("policy-diff-what-subject")(subject(a), subject(b)));
    }
}

/// `code` says of what, `what` which part of it changed.
fn changed(code: &'static str, what: &'static str, old: impl Into<Arg>, new: impl Into<Arg>) -> Message {
    Message::new(code)
        .with("what", Message::new(what))
        .with("old", old)
        .with("new", new)
}

/// The same about something with a name.
fn changed_of(
    code: &'static str,
    name: &Text,
    what: &'static str,
    old: impl Into<Arg>,
    new: impl Into<Arg>,
) -> Message {
    changed(code, what, old, new).with("name", name.clone())
}

/// A name for people, or the id where there is none, with the clause of the written regulation.
fn titled(name: &Text, id: &str, clause: &str) -> Text {
    let plain = if *name == Text::default() {
        Text::new(id, id)
    } else {
        name.clone()
    };
    match clause {
        "" => plain,
        clause => Text::new(
            format!("{}（{clause}）", plain.get(pinji_domain::Lang::Zh)),
            format!("{} ({clause})", plain.get(pinji_domain::Lang::En)),
        ),
    }
}

/// Pairs of what both have, then what only `b` has, then what only `a` has, by a key.
fn matched<'d, T>(a: &'d [T], b: &'d [T], key: impl Fn(&T) -> &str) -> (Vec<(&'d T, &'d T)>, Vec<&'d T>, Vec<&'d T>) {
    let find = |list: &'d [T], wanted: &T| list.iter().find(|item| key(item) == key(wanted));
    let both = a.iter().filter_map(|old| find(b, old).map(|new| (old, new))).collect();
    let added = b.iter().filter(|new| find(a, new).is_none()).collect();
    let removed = a.iter().filter(|old| find(b, old).is_none()).collect();
    (both, added, removed)
}

/// A text that may be empty.
fn or_none(text: &str) -> Arg {
    if text.is_empty() {
        Arg::from(Message::new("policy-diff-none"))
    } else {
        Arg::from(text)
    }
}

/// A value that may not be there.
fn maybe<T: ToString>(value: Option<&T>) -> Arg {
    value.map_or_else(
        || Arg::from(Message::new("policy-diff-none")),
        |value| Arg::from(value.to_string()),
    )
}

/// Units of 10^-scale of one as per cent, without needless zeros: `percent(6500, 4)` is `65%`.
fn percent(units: i128, scale: u32) -> String {
    format!("{}%", trimmed(units * 100, scale))
}

/// Units of 10^-scale in plain digits, without needless zeros.
fn trimmed(units: i128, scale: u32) -> String {
    let power = 10_u128.pow(scale);
    let (whole, fraction) = (units.unsigned_abs() / power, units.unsigned_abs() % power);
    let sign = if units < 0 { "-" } else { "" };
    if fraction == 0 {
        return format!("{sign}{}", grouped(whole));
    }
    let digits = format!("{fraction:0width$}", width = scale as usize);
    format!("{sign}{}.{}", grouped(whole), digits.trim_end_matches('0'))
}

fn grouped(whole: u128) -> String {
    let digits = whole.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A decimal in plain digits.
fn number(value: Decimal) -> String {
    trimmed(i128::from(value.units), u32::from(value.scale))
}

#[cfg(test)]
mod tests;
