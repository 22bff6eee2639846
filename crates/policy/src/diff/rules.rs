//! Scores, grades, caps, floors, guarantees, and the office's part. 规则差异

use pinji_domain::{Arg, Message, Text};

use super::bands::fine;
use super::{Side, changed, changed_of, matched, maybe, number, or_none, percent, titled};
use crate::document::{Ballot, Document, FastLane, Grade, MajorityOf, Review};

pub(super) fn scores(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.scores, &b.scores, |score| &score.id);
    for (old, new) in both {
        let name = titled(&new.name, &new.id, "");
        if old.name != new.name {
            let (old, new) = (old.name.clone(), new.name.clone());
            found.push(changed_of(
                "policy-diff-score",
                &name,
                "policy-diff-what-name",
                old,
                new,
            ));
        }
        if old.decimals != new.decimals {
            let (old, new) = (i64::from(old.decimals), i64::from(new.decimals));
            found.push(changed_of(
                "policy-diff-score",
                &name,
                "policy-diff-what-decimals",
                old,
                new,
            ));
        }
        let (same, more, fewer) = matched(&old.weights, &new.weights, |(dimension, _)| dimension);
        let weight = |dimension: &str, old: Arg, new: Arg| {
            let message = Message::new("policy-diff-score-weight").with("name", name.clone());
            message
                .with("dimension", dimension_name(b, a, dimension))
                .with("old", old)
                .with("new", new)
        };
        let none = || Arg::from(Message::new("policy-diff-none"));
        for ((dimension, old), (_, new)) in same {
            if fine(*old) != fine(*new) {
                found.push(weight(dimension, number(*old).into(), number(*new).into()));
            }
        }
        found.extend(
            more.into_iter()
                .map(|(dimension, new)| weight(dimension, none(), number(*new).into())),
        );
        found.extend(
            fewer
                .into_iter()
                .map(|(dimension, old)| weight(dimension, number(*old).into(), none())),
        );
    }
    for (code, list) in [
        ("policy-diff-score-added", added),
        ("policy-diff-score-removed", removed),
    ] {
        found.extend(
            list.into_iter()
                .map(|it| Message::new(code).with("name", titled(&it.name, &it.id, ""))),
        );
    }
}

fn dimension_name(first: &Document, then: &Document, id: &str) -> Text {
    let of = |document: &Document| document.dimensions.iter().find(|dimension| dimension.id == id).cloned();
    of(first)
        .or_else(|| of(then))
        .map_or_else(|| Text::new(id, id), |found| titled(&found.name, id, ""))
}

pub(super) fn grades(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (both, added, removed) = matched(&a.grades, &b.grades, |grade| &grade.id);
    let order = |document: &Document| document.grades.iter().map(|grade| grade.id.clone()).collect::<Vec<_>>();
    let kept = |document: &Document, other: &Document| {
        let other = order(other);
        order(document)
            .into_iter()
            .filter(|id| other.contains(id))
            .collect::<Vec<_>>()
    };
    if kept(a, b) != kept(b, a) {
        let (old, new) = (order(a).join(" > "), order(b).join(" > "));
        found.push(changed("policy-diff-policy", "policy-diff-what-order", old, new));
    }
    for (old, new) in both {
        grade(old, new, found);
    }
    for (code, list) in [
        ("policy-diff-grade-added", added),
        ("policy-diff-grade-removed", removed),
    ] {
        let said = |it: &Grade| {
            Message::new(code)
                .with("name", titled(&it.name, &it.id, ""))
                .with("when", or_none(&it.when))
        };
        found.extend(list.into_iter().map(said));
    }
}

fn grade(old: &Grade, new: &Grade, found: &mut Vec<Message>) {
    let name = titled(&new.name, &new.id, "");
    if old.when != new.when {
        let message = Message::new("policy-diff-grade-when").with("name", name.clone());
        found.push(message.with("old", or_none(&old.when)).with("new", or_none(&new.when)));
    }
    let pairs: [(&'static str, Arg, Arg); 4] = [
        (
            "policy-diff-what-name",
            old.name.clone().into(),
            new.name.clone().into(),
        ),
        ("policy-diff-what-class", or_none(&old.class), or_none(&new.class)),
        (
            "policy-diff-what-means",
            old.means.clone().into(),
            new.means.clone().into(),
        ),
        (
            "policy-diff-what-review",
            maybe(old.review_every.as_ref()),
            maybe(new.review_every.as_ref()),
        ),
    ];
    for (what, old, new) in pairs {
        if old != new {
            found.push(changed_of("policy-diff-grade", &name, what, old, new));
        }
    }
    let (both, added, removed) = matched(&old.entitlements, &new.entitlements, |(name, _)| name);
    let gives = |entitlement: &str, old: Arg, new: Arg| {
        let message = Message::new("policy-diff-entitlement").with("name", name.clone());
        message
            .with("entitlement", entitlement)
            .with("old", old)
            .with("new", new)
    };
    let none = || Arg::from(Message::new("policy-diff-none"));
    for ((id, old), (_, new)) in both {
        if old != new {
            found.push(gives(id, old.as_str().into(), new.as_str().into()));
        }
    }
    found.extend(
        added
            .into_iter()
            .map(|(id, new)| gives(id, none(), new.as_str().into())),
    );
    found.extend(
        removed
            .into_iter()
            .map(|(id, old)| gives(id, old.as_str().into(), none())),
    );
}

/// Caps or floors, whose codes differ in one word.
pub(super) fn bounds(a: &Side<'_>, b: &Side<'_>, found: &mut Vec<Message>) {
    let code = |cap: &'static str, floor: &'static str| if a.floors { floor } else { cap };
    let (both, added, removed) = matched(a.bounds, b.bounds, |bound| &bound.id);
    for (old, new) in both {
        let of = |side: &Side<'_>, id: &str| grade_name(side.document, id);
        if old.when != new.when || old.grade != new.grade {
            let message = Message::new(code("policy-diff-cap", "policy-diff-floor")).with("id", new.id.as_str());
            let message = message
                .with("old_when", old.when.as_str())
                .with("new_when", new.when.as_str());
            found.push(message.with("old", of(a, &old.grade)).with("new", of(b, &new.grade)));
        }
        let id = Text::new(new.id.as_str(), new.id.as_str());
        let pairs: [(&'static str, Arg, Arg); 2] = [
            (
                "policy-diff-what-reason",
                old.reason.clone().into(),
                new.reason.clone().into(),
            ),
            ("policy-diff-what-clause", or_none(&old.clause), or_none(&new.clause)),
        ];
        for (what, old, new) in pairs {
            if old != new {
                found.push(changed_of("policy-diff-bound", &id, what, old, new));
            }
        }
    }
    for bound in added {
        let message = Message::new(code("policy-diff-cap-added", "policy-diff-floor-added"));
        let message = message.with("id", bound.id.as_str()).with("when", bound.when.as_str());
        found.push(
            message
                .with("grade", grade_name(b.document, &bound.grade))
                .with("reason", bound.reason.clone()),
        );
    }
    for bound in removed {
        let message = Message::new(code("policy-diff-cap-removed", "policy-diff-floor-removed"));
        let message = message.with("id", bound.id.as_str()).with("when", bound.when.as_str());
        found.push(
            message
                .with("grade", grade_name(a.document, &bound.grade))
                .with("reason", bound.reason.clone()),
        );
    }
}

fn grade_name(document: &Document, id: &str) -> Text {
    let grade = document.grades.iter().find(|grade| grade.id == id);
    grade.map_or_else(|| Text::new(id, id), |grade| titled(&grade.name, id, ""))
}

pub(super) fn guarantees(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let (_, added, removed) = matched(&a.guarantees, &b.guarantees, |guarantee| &guarantee.says);
    for (code, list) in [
        ("policy-diff-guarantee-added", added),
        ("policy-diff-guarantee-removed", removed),
    ] {
        found.extend(
            list.into_iter()
                .map(|it| Message::new(code).with("says", it.says.as_str())),
        );
    }
}

pub(super) fn group(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let said = |document: &Document| match &document.group {
        Some(group) => {
            let message = Message::new("policy-diff-group-rule").with("policy", group.policy.as_str());
            Arg::from(message.with("notches", i64::from(group.notches)))
        }
        None => Arg::from(Message::new("policy-diff-none")),
    };
    if said(a) != said(b) {
        found.push(changed(
            "policy-diff-policy",
            "policy-diff-what-group",
            said(a),
            said(b),
        ));
    }
}

pub(super) fn review(a: &Document, b: &Document, found: &mut Vec<Message>) {
    let nothing = Review::default();
    let (old, new) = (
        a.review.as_ref().unwrap_or(&nothing),
        b.review.as_ref().unwrap_or(&nothing),
    );
    let seats = |review: &Review| or_none(&review.seats.join(", "));
    let reasons = |review: &Review| {
        let codes: Vec<&str> = review.override_reasons.iter().map(|(code, _)| code.as_str()).collect();
        or_none(&codes.join(", "))
    };
    let pairs: [(&'static str, Arg, Arg); 17] = [
        ("policy-diff-what-seats", seats(old), seats(new)),
        (
            "policy-diff-what-quorum",
            maybe(old.quorum.as_ref()),
            maybe(new.quorum.as_ref()),
        ),
        (
            "policy-diff-what-majority",
            or_none(&old.majority),
            or_none(&new.majority),
        ),
        (
            "policy-diff-what-majority-of",
            of(old.majority_of).into(),
            of(new.majority_of).into(),
        ),
        (
            "policy-diff-what-secret",
            yes(old.ballot == Ballot::Secret).into(),
            yes(new.ballot == Ballot::Secret).into(),
        ),
        (
            "policy-diff-what-casting",
            yes(old.casting_vote).into(),
            yes(new.casting_vote).into(),
        ),
        (
            "policy-diff-what-circulation",
            maybe(old.circulation.as_ref()),
            maybe(new.circulation.as_ref()),
        ),
        (
            "policy-diff-what-notches",
            maybe(old.override_notches.as_ref()),
            maybe(new.override_notches.as_ref()),
        ),
        (
            "policy-diff-what-expires",
            maybe(old.override_expires.as_ref()),
            maybe(new.override_expires.as_ref()),
        ),
        (
            "policy-diff-what-second",
            yes(old.override_second_person).into(),
            yes(new.override_second_person).into(),
        ),
        ("policy-diff-what-reasons", reasons(old), reasons(new)),
        (
            "policy-diff-what-alone",
            maybe(old.override_without_committee.as_ref()),
            maybe(new.override_without_committee.as_ref()),
        ),
        (
            "policy-diff-what-emergency",
            maybe(old.override_emergency.as_ref()),
            maybe(new.override_emergency.as_ref()),
        ),
        (
            "policy-diff-what-confirmed",
            maybe(old.confirmed_by.as_ref()),
            maybe(new.confirmed_by.as_ref()),
        ),
        (
            "policy-diff-what-cool-down",
            maybe(old.cool_down.as_ref()),
            maybe(new.cool_down.as_ref()),
        ),
        (
            "policy-diff-what-appeal",
            maybe(old.appeal_within.as_ref()),
            maybe(new.appeal_within.as_ref()),
        ),
        (
            "policy-diff-what-answer",
            maybe(old.appeal_answer_within.as_ref()),
            maybe(new.appeal_answer_within.as_ref()),
        ),
    ];
    let lanes = fast_lane(old.fast_lane.as_ref(), new.fast_lane.as_ref());
    for (what, old, new) in lanes.into_iter().chain(pairs) {
        if old != new {
            found.push(changed("policy-diff-policy", what, old, new));
        }
    }
}

fn fast_lane(old: Option<&FastLane>, new: Option<&FastLane>) -> [(&'static str, Arg, Arg); 4] {
    let line = |what: &'static str, say: fn(&FastLane) -> Arg| {
        let said = |lane: Option<&FastLane>| lane.map_or_else(|| or_none(""), say);
        (what, said(old), said(new))
    };
    [
        line("policy-diff-what-lane-notches", |lane| lane.notches.to_string().into()),
        line("policy-diff-what-lane-first", |lane| yes(lane.first).into()),
        line("policy-diff-what-lane-never", |lane| or_none(&lane.never.join(", "))),
        line("policy-diff-what-lane-coverage", |lane| {
            percent(i128::from(lane.coverage), 4).into()
        }),
    ]
}

fn yes(yes: bool) -> Message {
    Message::new(if yes { "policy-diff-yes" } else { "policy-diff-no" })
}

fn of(of: MajorityOf) -> Message {
    Message::new(match of {
        MajorityOf::Votes => "policy-diff-of-votes",
        MajorityOf::Present => "policy-diff-of-present",
        MajorityOf::Seats => "policy-diff-of-seats",
    })
}
