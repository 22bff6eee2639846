//! Where figures come from: parameters, measures, used policies, tables, derivations, rates, record kinds. 数据来源差异

use pinji_domain::{Arg, Message, Text};

use super::{changed_of, matched, maybe, number, or_none, titled};
use crate::document::{Accounts, Derivation, Document, Measure, MeasureFrom, MembersRule, Parameter, Table};

fn added_removed<'d, T: 'd>(
    found: &mut Vec<Message>,
    what: &'static str,
    added: Vec<&'d T>,
    removed: Vec<&'d T>,
    name: impl Fn(&T) -> Text,
) {
    for (code, list) in [("policy-diff-added", added), ("policy-diff-removed", removed)] {
        let said = |it: &T| {
            Message::new(code)
                .with("what", Message::new(what))
                .with("name", name(it))
        };
        found.extend(list.into_iter().map(said));
    }
}

pub(super) fn parameters(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.parameters, &b.parameters, |parameter| &parameter.id);
    let name = |parameter: &Parameter| titled(&parameter.name, &parameter.id, "");
    let values = |parameter: &Parameter| {
        let one = |(from, value): &(Option<pinji_domain::Date>, pinji_domain::Decimal)| match from {
            Some(from) => format!("{} ({from}…)", number(*value)),
            None => number(*value),
        };
        parameter.values.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    for (old, new) in both {
        if values(old) != values(new) {
            let (before, after) = (values(old), values(new));
            found.push(changed_of(
                "policy-diff-parameter",
                &name(new),
                "policy-diff-what-values",
                before,
                after,
            ));
        }
    }
    added_removed(found, "policy-diff-a-parameter", added, removed, name);
}

pub(super) fn measures(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.measures, &b.measures, |measure| &measure.id);
    let name = |measure: &Measure| titled(&measure.name, &measure.id, "");
    for (old, new) in both {
        let parts = parts(&old.from).into_iter().zip(self::parts(&new.from));
        for ((what, before), (_, after)) in parts {
            if before != after {
                found.push(changed_of("policy-diff-measure", &name(new), what, before, after));
            }
        }
        let parts = members(old).into_iter().zip(members(new));
        for ((what, before), (_, after)) in parts {
            if before != after {
                found.push(changed_of("policy-diff-measure", &name(new), what, before, after));
            }
        }
        if old.name != new.name {
            let (before, after) = (old.name.clone(), new.name.clone());
            found.push(changed_of(
                "policy-diff-measure",
                &name(new),
                "policy-diff-what-name",
                before,
                after,
            ));
        }
        if old.decimals != new.decimals {
            let (before, after) = (maybe(old.decimals.as_ref()), maybe(new.decimals.as_ref()));
            found.push(changed_of(
                "policy-diff-measure",
                &name(new),
                "policy-diff-what-decimals",
                before,
                after,
            ));
        }
    }
    added_removed(found, "policy-diff-a-measure", added, removed, name);
}

/// The parts of a measure's source, always the same ones in the same order.
fn parts(from: &MeasureFrom) -> [(&'static str, Arg); 5] {
    let take = |code: &'static str| Arg::from(Message::new(code));
    let none = || Arg::from(Message::new("policy-diff-none"));
    let (kind, taken, value, filter, period) = match from {
        MeasureFrom::Given(ty) => (
            none(),
            take("policy-diff-take-given"),
            Arg::from(format!("{ty:?}").to_lowercase()),
            none(),
            none(),
        ),
        MeasureFrom::Latest {
            kind,
            value,
            filter,
            fresh,
        } => (
            kind.as_str().into(),
            take("policy-diff-take-latest"),
            value.as_str().into(),
            or_none(filter.as_deref().unwrap_or("")),
            maybe(fresh.as_ref()),
        ),
        MeasureFrom::Aggregate {
            kind,
            value,
            filter,
            over,
        } => (
            kind.as_str().into(),
            take("policy-diff-take-aggregate"),
            value.as_str().into(),
            or_none(filter.as_deref().unwrap_or("")),
            maybe(over.as_ref()),
        ),
    };
    [
        ("policy-diff-what-kind", kind),
        ("policy-diff-what-take", taken),
        ("policy-diff-what-value", value),
        ("policy-diff-what-where", filter),
        ("policy-diff-what-period", period),
    ]
}

/// How the figures of members become their group's, in the order in which it is written.
fn members(measure: &Measure) -> [(&'static str, Arg); 3] {
    let said = |code| Arg::from(Message::new(code));
    let none = || said("policy-diff-none");
    let (rule, accounts, complete) = match &measure.members {
        None => (none(), none(), none()),
        Some(members) => (
            match &members.rule {
                MembersRule::Sum => said("policy-members-sum"),
                MembersRule::Max => said("policy-members-max"),
                MembersRule::Min => said("policy-members-min"),
                MembersRule::Weighted(by) => Message::new("policy-members-weighted").with("by", by.as_str()).into(),
            },
            match members.accounts {
                Accounts::Own => said("policy-accounts-own"),
                Accounts::ConsolidatedFirst => said("policy-accounts-consolidated-first"),
            },
            said(match members.complete {
                true => "policy-complete-yes",
                false => "policy-complete-no",
            }),
        ),
    };
    [
        ("policy-diff-what-members", rule),
        ("policy-diff-what-accounts", accounts),
        ("policy-diff-what-complete", complete),
    ]
}

pub(super) fn uses(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.uses, &b.uses, |used| &used.alias);
    let policy = |document: &Document| format!("{} {}", document.id, document.version);
    for (old, new) in both {
        if policy(&old.policy) != policy(&new.policy) {
            let alias = Text::new(new.alias.as_str(), new.alias.as_str());
            let (old, new) = (policy(&old.policy), policy(&new.policy));
            found.push(changed_of(
                "policy-diff-use",
                &alias,
                "policy-diff-what-policy",
                old,
                new,
            ));
        }
    }
    let name = |used: &crate::document::Use| titled(&used.policy.name, &used.alias, &used.alias);
    added_removed(found, "policy-diff-a-use", added, removed, name);
}

pub(super) fn tables(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.tables, &b.tables, |table| &table.id);
    let name = |table: &Table| titled(&table.name, &table.id, "");
    for (old, new) in both {
        let list = |values: &[pinji_domain::Decimal]| values.iter().map(|v| number(*v)).collect::<Vec<_>>().join(", ");
        let points = |table: &Table| format!("{} / {}", list(&table.points), number(table.beyond));
        if points(old) != points(new) {
            let (old, points) = (points(old), points(new));
            found.push(changed_of(
                "policy-diff-table",
                &name(new),
                "policy-diff-what-points",
                old,
                points,
            ));
        }
        let rows = |table: &Table| {
            let key = |row: &crate::document::TableRow| format!("{}: {}", row.indicator, row.keys.join(" / "));
            table
                .rows
                .iter()
                .map(|row| (key(row), list(&row.edges)))
                .collect::<Vec<_>>()
        };
        let (before, after) = (rows(old), rows(new));
        let (both, added, removed) = matched(&before, &after, |(key, _)| key);
        let row = |key: &str, old: Arg, edges: Arg| {
            let message = Message::new("policy-diff-table-row")
                .with("name", name(new))
                .with("row", key);
            message.with("old", old).with("new", edges)
        };
        let none = || Arg::from(Message::new("policy-diff-none"));
        for ((key, before), (_, after)) in both {
            if before != after {
                found.push(row(key, before.as_str().into(), after.as_str().into()));
            }
        }
        found.extend(
            added
                .into_iter()
                .map(|(key, edges)| row(key, none(), edges.as_str().into())),
        );
        found.extend(
            removed
                .into_iter()
                .map(|(key, edges)| row(key, edges.as_str().into(), none())),
        );
    }
    added_removed(found, "policy-diff-a-table", added, removed, name);
}

/// Only where weights come from: the weights themselves are compared with their indicators.
pub(super) fn derivations(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let list = |document: &Document| {
        let one = |derivation: &Derivation| match derivation {
            Derivation::Ahp { of, judges, .. } => (
                of.clone(),
                format!(
                    "AHP ({})",
                    judges
                        .iter()
                        .map(|(name, _)| name.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
                format!("{judges:?}"),
            ),
            Derivation::Entropy {
                of,
                as_of,
                rows,
                sha256,
                ..
            } => (of.clone(), format!("entropy ({as_of}, {rows})"), sha256.clone()),
        };
        document.derivations.iter().map(one).collect::<Vec<_>>()
    };
    let (before, after) = (list(a), list(b));
    let (both, added, removed) = matched(&before, &after, |(of, ..)| of);
    for (old, new) in both {
        if old != new {
            let of = Text::new(new.0.as_str(), new.0.as_str());
            let (old, new) = (old.1.as_str(), new.1.as_str());
            found.push(changed_of(
                "policy-diff-derivation",
                &of,
                "policy-diff-what-derivation",
                old,
                new,
            ));
        }
    }
    let name = |(of, how, _): &(String, String, String)| Text::new(format!("{of}: {how}"), format!("{of}: {how}"));
    added_removed(found, "policy-diff-a-derivation", added, removed, name);
}

pub(super) fn rates(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let list = |document: &Document| {
        let one = |rate: &crate::document::Rate| (format!("{} {}", rate.from, rate.date), number(rate.value));
        document.rates.iter().map(one).collect::<Vec<_>>()
    };
    let (before, after) = (list(a), list(b));
    let (both, added, removed) = matched(&before, &after, |(key, _)| key);
    for ((key, old), (_, new)) in both {
        if old != new {
            let name = Text::new(key.as_str(), key.as_str());
            found.push(changed_of(
                "policy-diff-rate",
                &name,
                "policy-diff-what-value",
                old.as_str(),
                new.as_str(),
            ));
        }
    }
    let name = |(key, value): &(String, String)| Text::new(format!("{key}: {value}"), format!("{key}: {value}"));
    added_removed(found, "policy-diff-a-rate", added, removed, name);
}

pub(super) fn kinds(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.kinds.kinds, &b.kinds.kinds, |kind| &kind.id);
    for (old, new) in both {
        let (fields, more, fewer) = matched(&old.fields, &new.fields, |field| &field.id);
        let name = |field: &pinji_domain::Field| titled(&field.label, &field.id, &format!("{}.{}", new.id, field.id));
        for (before, after) in fields {
            if before.ty != after.ty {
                let (old, new) = (format!("{:?}", before.ty), format!("{:?}", after.ty));
                found.push(changed_of(
                    "policy-diff-field",
                    &name(after),
                    "policy-diff-what-type",
                    old,
                    new,
                ));
            }
        }
        added_removed(found, "policy-diff-a-field", more, fewer, name);
    }
    added_removed(found, "policy-diff-a-kind", added, removed, |kind| {
        titled(&kind.name, &kind.id, "")
    });
}
