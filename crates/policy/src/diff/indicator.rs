//! Dimensions and indicators: weights, formulas, scoring, missing values. 指标差异

use pinji_domain::{Arg, Decimal, Message, Text};

use super::bands::{Banded, bands, fine};
use super::{changed_of, matched, maybe, number, or_none, percent, titled, trimmed};
use crate::document::{Better, Document, Indicator, Level, MissingRule, Reconcile, ReconcileBy, Scoring, Unit};

pub(super) fn dimensions(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.dimensions, &b.dimensions, |dimension| &dimension.id);
    for (old, new) in both {
        let name = titled(&new.name, &new.id, "");
        if old.name != new.name {
            let (old, new) = (old.name.clone(), new.name.clone());
            found.push(changed_of(
                "policy-diff-dimension",
                &name,
                "policy-diff-what-name",
                old,
                new,
            ));
        }
        let (old, new) = (old.weight.as_ref(), new.weight.as_ref());
        if old.map(|weight| fine(*weight)) != new.map(|weight| fine(*weight)) {
            found.push(changed_of(
                "policy-diff-dimension",
                &name,
                "policy-diff-what-weight",
                maybe(old),
                maybe(new),
            ));
        }
    }
    for (code, list) in [
        ("policy-diff-dimension-added", added),
        ("policy-diff-dimension-removed", removed),
    ] {
        found.extend(
            list.into_iter()
                .map(|it| Message::new(code).with("name", titled(&it.name, &it.id, ""))),
        );
    }
}

pub(super) fn indicators(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.indicators, &b.indicators, |indicator| &indicator.id);
    for (old, new) in both {
        let name = titled(&new.name, &new.id, &new.clause);
        words(&name, old, new, found);
        weight(&name, (a, old), (b, new), found);
        scoring(&name, (a, old), (b, new), found);
        missing(&name, old, new, found);
    }
    for indicator in added {
        let name = titled(&indicator.name, &indicator.id, &indicator.clause);
        let share = share(b, indicator);
        found.push(
            Message::new("policy-diff-indicator-added")
                .with("name", name)
                .with("share", share),
        );
    }
    for indicator in removed {
        let name = titled(&indicator.name, &indicator.id, &indicator.clause);
        let share = share(a, indicator);
        found.push(
            Message::new("policy-diff-indicator-removed")
                .with("name", name)
                .with("share", share),
        );
    }
}

fn words(name: &Text, old: &Indicator, new: &Indicator, found: &mut Vec<Message>) {
    let pairs: [(&'static str, Arg, Arg); 8] = [
        (
            "policy-diff-what-name",
            old.name.clone().into(),
            new.name.clone().into(),
        ),
        (
            "policy-diff-what-means",
            old.means.clone().into(),
            new.means.clone().into(),
        ),
        ("policy-diff-what-clause", or_none(&old.clause), or_none(&new.clause)),
        (
            "policy-diff-what-dimension",
            old.dimension.as_str().into(),
            new.dimension.as_str().into(),
        ),
        (
            "policy-diff-what-formula",
            old.formula.as_str().into(),
            new.formula.as_str().into(),
        ),
        ("policy-diff-what-unit", unit(&old.unit).into(), unit(&new.unit).into()),
        (
            "policy-diff-what-decimals",
            i64::from(old.decimals).into(),
            i64::from(new.decimals).into(),
        ),
        (
            "policy-diff-what-better",
            better(old.better).into(),
            better(new.better).into(),
        ),
    ];
    for (what, old, new) in pairs {
        if old != new {
            found.push(changed_of("policy-diff-indicator", name, what, old, new));
        }
    }
}

fn better(better: Better) -> Message {
    Message::new(match better {
        Better::Higher => "policy-diff-better-higher",
        Better::Lower => "policy-diff-better-lower",
        Better::Neither => "policy-diff-better-neither",
    })
}

fn unit(unit: &Unit) -> String {
    match unit {
        Unit::Other(name) => name.zh.clone(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// An indicator's part of its dimension.
fn share(document: &Document, indicator: &Indicator) -> String {
    let family = document
        .indicators
        .iter()
        .filter(|other| other.dimension == indicator.dimension);
    let sum: i128 = family.map(|other| fine(other.weight)).sum();
    if sum == 0 {
        return percent(0, 0);
    }
    // Rounded to a tenth of a per cent: it is there to be read.
    percent(
        pinji_domain::number::div_half_even(fine(indicator.weight) * 1_000, sum),
        3,
    )
}

fn weight(name: &Text, old: (&Document, &Indicator), new: (&Document, &Indicator), found: &mut Vec<Message>) {
    let (before, after) = (share(old.0, old.1), share(new.0, new.1));
    let same_weight = fine(old.1.weight) == fine(new.1.weight);
    if same_weight && before == after {
        return;
    }
    let code = if same_weight {
        "policy-diff-share"
    } else {
        "policy-diff-weight"
    };
    let message = Message::new(code).with("name", name.clone());
    let weights = message
        .with("old", number(old.1.weight))
        .with("new", number(new.1.weight));
    found.push(weights.with("before", before).with("after", after));
}

fn scoring(name: &Text, old: (&Document, &Indicator), new: (&Document, &Indicator), found: &mut Vec<Message>) {
    let code = "policy-diff-indicator";
    match (&old.1.scoring, &new.1.scoring) {
        (
            Scoring::Bands {
                bands: before,
                interpolate,
            },
            Scoring::Bands {
                bands: after,
                interpolate: interpolate_after,
            },
        ) => {
            let a = Banded {
                document: old.0,
                bands: before,
                interpolate: *interpolate,
            };
            let b = Banded {
                document: new.0,
                bands: after,
                interpolate: *interpolate_after,
            };
            let changes = bands(name, &new.1.unit, &a, &b);
            let names = |bands: &[crate::document::BandRow]| {
                let named = bands
                    .iter()
                    .map(|band| band.name.clone())
                    .filter(|name| *name != Text::default());
                named.collect::<Vec<_>>()
            };
            if changes.is_empty() && interpolate != interpolate_after {
                found.push(interpolated(name, *interpolate, *interpolate_after));
            }
            if changes.is_empty() && names(before) != names(after) {
                found.push(Message::new("policy-diff-band-names").with("name", name.clone()));
            }
            found.extend(changes);
        }
        (
            Scoring::Table {
                table,
                key,
                otherwise,
                interpolate,
            },
            Scoring::Table {
                table: table_after,
                key: key_after,
                otherwise: otherwise_after,
                interpolate: interpolate_after,
            },
        ) => {
            if table != table_after {
                found.push(changed_of(
                    code,
                    name,
                    "policy-diff-what-table",
                    table.as_str(),
                    table_after.as_str(),
                ));
            }
            if key != key_after {
                found.push(changed_of(
                    code,
                    name,
                    "policy-diff-what-key",
                    key.join(", "),
                    key_after.join(", "),
                ));
            }
            if otherwise != otherwise_after {
                let (old, new) = (otherwise.as_str(), otherwise_after.as_str());
                found.push(changed_of(code, name, "policy-diff-what-otherwise", old, new));
            }
            if interpolate != interpolate_after {
                found.push(interpolated(name, *interpolate, *interpolate_after));
            }
        }
        (
            Scoring::Map { entries, otherwise },
            Scoring::Map {
                entries: entries_after,
                otherwise: otherwise_after,
            },
        ) => {
            map(name, (entries, *otherwise), (entries_after, *otherwise_after), found);
        }
        (
            Scoring::Judged {
                by,
                levels,
                reconcile,
                fresh,
            },
            Scoring::Judged {
                by: by_after,
                levels: levels_after,
                reconcile: reconcile_after,
                fresh: fresh_after,
            },
        ) => {
            if by != by_after {
                found.push(changed_of(
                    code,
                    name,
                    "policy-diff-what-judges",
                    by.as_str(),
                    by_after.as_str(),
                ));
            }
            if fresh != fresh_after {
                found.push(changed_of(
                    code,
                    name,
                    "policy-diff-what-fresh",
                    maybe(fresh.as_ref()),
                    maybe(fresh_after.as_ref()),
                ));
            }
            reconciled(name, reconcile, reconcile_after, found);
            judged(name, levels, levels_after, found);
        }
        (before, after) => {
            found.push(changed_of(
                code,
                name,
                "policy-diff-what-scoring",
                kind(before),
                kind(after),
            ));
        }
    }
}

fn kind(scoring: &Scoring) -> Message {
    Message::new(match scoring {
        Scoring::Bands { .. } => "policy-diff-by-bands",
        Scoring::Table { .. } => "policy-diff-by-table",
        Scoring::Map { .. } => "policy-diff-by-map",
        Scoring::Judged { .. } => "policy-diff-by-judges",
    })
}

fn interpolated(name: &Text, before: bool, after: bool) -> Message {
    let said = |yes: bool| {
        Message::new(if yes {
            "policy-diff-interpolated"
        } else {
            "policy-diff-stepped"
        })
    };
    changed_of(
        "policy-diff-indicator",
        name,
        "policy-diff-what-interpolate",
        said(before),
        said(after),
    )
}

/// More or fewer points for customers with a text.
fn points(name: &Text, text: &str, old: Option<Decimal>, new: Option<Decimal>) -> Option<Message> {
    let message = |code: &'static str| Message::new(code).with("name", name.clone()).with("text", text);
    let points = |value: Decimal| number(value);
    match (old, new) {
        (Some(old), Some(new)) if fine(old) == fine(new) => None,
        (Some(old), Some(new)) => {
            let change = fine(new) - fine(old);
            let code = if change < 0 {
                "policy-diff-text-fewer"
            } else {
                "policy-diff-text-more"
            };
            let shown = trimmed(change.abs(), 9);
            Some(
                message(code)
                    .with("points", shown)
                    .with("old", points(old))
                    .with("new", points(new)),
            )
        }
        (None, Some(new)) => Some(message("policy-diff-text-added").with("new", points(new))),
        (Some(old), None) => Some(message("policy-diff-text-removed").with("old", points(old))),
        (None, None) => None,
    }
}

type Entries<'d> = (&'d [(String, Decimal)], Option<Decimal>);

fn map(name: &Text, old: Entries<'_>, new: Entries<'_>, found: &mut Vec<Message>) {
    let of = |entries: Entries<'_>, text: &str| {
        entries
            .0
            .iter()
            .find(|(known, _)| known == text)
            .map(|(_, points)| *points)
    };
    let added = new.0.iter().filter(|(text, _)| of(old, text).is_none());
    for (text, _) in old.0.iter().chain(added) {
        found.extend(points(name, text, of(old, text), of(new, text)));
    }
    let shown = |points: Option<Decimal>| match points {
        Some(points) => Arg::from(number(points)),
        None => Arg::from(Message::new("policy-diff-missing")),
    };
    if old.1.map(fine) != new.1.map(fine) {
        let what = "policy-diff-what-unlisted";
        found.push(changed_of(
            "policy-diff-indicator",
            name,
            what,
            shown(old.1),
            shown(new.1),
        ));
    }
}

fn reconciled(name: &Text, old: &Reconcile, new: &Reconcile, found: &mut Vec<Message>) {
    let by = |by: ReconcileBy| {
        Message::new(match by {
            ReconcileBy::Mean => "policy-diff-mean",
            ReconcileBy::Median => "policy-diff-median",
            ReconcileBy::Consensus => "policy-diff-consensus",
        })
    };
    let pairs: [(&'static str, Arg, Arg); 3] = [
        ("policy-diff-what-reconcile", by(old.by).into(), by(new.by).into()),
        (
            "policy-diff-what-experts",
            i64::from(old.min).into(),
            i64::from(new.min).into(),
        ),
        (
            "policy-diff-what-spread",
            maybe(old.spread.as_ref()),
            maybe(new.spread.as_ref()),
        ),
    ];
    for (what, old, new) in pairs {
        if old != new {
            found.push(changed_of("policy-diff-indicator", name, what, old, new));
        }
    }
}

fn judged(name: &Text, old: &[Level], new: &[Level], found: &mut Vec<Message>) {
    let (both, added, removed) = matched(old, new, |level| &level.id);
    for (before, after) in both {
        found.extend(points(name, &after.id, Some(before.points), Some(after.points)));
        if before.means != after.means || before.name != after.name {
            found.push(
                Message::new("policy-diff-level-words")
                    .with("name", name.clone())
                    .with("text", after.id.as_str()),
            );
        }
    }
    found.extend(
        added
            .into_iter()
            .filter_map(|level| points(name, &level.id, None, Some(level.points))),
    );
    found.extend(
        removed
            .into_iter()
            .filter_map(|level| points(name, &level.id, Some(level.points), None)),
    );
}

fn missing(name: &Text, old: &Indicator, new: &Indicator, found: &mut Vec<Message>) {
    let rule = |rule: MissingRule| match rule {
        MissingRule::Refuse => Message::new("policy-diff-missing-refuse"),
        MissingRule::Worst => Message::new("policy-diff-missing-worst"),
        MissingRule::Reweight => Message::new("policy-diff-missing-reweight"),
        MissingRule::Points(points) => Message::new("policy-diff-missing-points").with("points", number(points)),
    };
    if rule(old.missing) != rule(new.missing) {
        let message = Message::new("policy-diff-missing-rule").with("name", name.clone());
        found.push(message.with("old", rule(old.missing)).with("new", rule(new.missing)));
    }
}
