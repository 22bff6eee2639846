//! `[group]` and `[review]`: parts that are acted on by the office. 集团规则与评审

use std::ops::Range;

use pinji_domain::{Message, Text};

use crate::document::{Ballot, Document, FastLane, GroupRule, MajorityOf, Review};
use crate::finding::Severity;
use crate::parse::fields::Fields;

/// Reads `[group]`; gives the group policy's name and where it stands.
pub(crate) fn group(top: &Fields<'_>, document: &mut Document) -> Option<(String, Range<usize>)> {
    let fields = top.fields("group")?;
    let named = fields
        .need("policy")
        .and_then(|value| Some((value.string()?, value.span())));
    let notches = fields.get("member_at_most").and_then(|value| {
        let text = value.string()?;
        let notches = text.strip_prefix("group").and_then(|rest| {
            let rest = rest.trim();
            if rest.is_empty() {
                Some(0)
            } else {
                rest.strip_prefix('+')?.trim().parse().ok()
            }
        });
        if notches.is_none() {
            value.error(Message::new("policy-group-bound").with("text", text));
        }
        notches
    });
    fields.done();
    let (policy, span) = named?;
    document.group = Some(GroupRule {
        policy: policy.clone(),
        name: Text::new("集团等级", "The group's grade"),
        notches: notches.unwrap_or(0),
        document: None,
    });
    Some((policy, span))
}

pub(crate) fn review(top: &Fields<'_>, document: &mut Document) {
    let Some(fields) = top.fields("review") else { return };
    let mut review = Review::default();
    if let Some(lane) = fields.fields("fast_lane") {
        review.fast_lane = fast_lane(lane, document);
    }
    if let Some(committee) = fields.fields("committee") {
        self::committee(committee, &mut review);
    }
    if let Some(rule) = fields.fields("override") {
        overriding(rule, &mut review);
    }
    if let Some(steady) = fields.fields("steady") {
        let confirmed_by = steady.get("confirmed_by");
        review.confirmed_by = confirmed_by.as_ref().and_then(|value| value.whole());
        if let (Some(value), Some(0)) = (confirmed_by, review.confirmed_by) {
            value.error(Message::new("policy-confirmed-by"));
        }
        review.cool_down = steady.period("cool_down");
        steady.done();
    }
    if let Some(appeal) = fields.fields("appeal") {
        review.appeal_within = appeal.period("within");
        review.appeal_answer_within = appeal.period("answer_within");
        appeal.done();
    }
    fields.done();
    document.review = Some(review);
}

fn fast_lane(fields: Fields<'_>, document: &Document) -> Option<FastLane> {
    let notches = fields.need("notches").and_then(|value| value.whole());
    let first = fields.flag("first").unwrap_or(false);
    let mut never = Vec::new();
    for value in fields.get("never").and_then(|value| value.list()).unwrap_or_default() {
        let Some(grade) = value.string() else { continue };
        if document.grades.iter().any(|known| known.id == grade) {
            never.push(grade);
        } else {
            value.error(Message::new("policy-grade-unknown").with("grade", grade));
        }
    }
    let coverage = fields.get("coverage").and_then(|value| {
        let written = value.decimal()?;
        let share = written.at(4).filter(|share| (0..=10_000).contains(share));
        if share.is_none() {
            value.error(Message::new("policy-coverage-range").with("value", written.to_string()));
        }
        u32::try_from(share?).ok()
    });
    fields.done();
    Some(FastLane {
        notches: notches?,
        first,
        never,
        coverage: coverage.unwrap_or(0),
    })
}

fn committee(committee: Fields<'_>, review: &mut Review) {
    review.seats = committee.strings("seats").unwrap_or_default();
    let quorum = committee.get("quorum");
    review.quorum = quorum.as_ref().and_then(|value| value.whole());
    let seats = u32::try_from(review.seats.len()).unwrap_or(u32::MAX);
    if let (Some(value), Some(quorum)) = (quorum, review.quorum)
        && (quorum == 0 || quorum > seats)
    {
        let message = Message::new("policy-quorum-range").with("quorum", i64::from(quorum));
        value.error(message.with("seats", i64::from(seats)));
    }
    if let Some(value) = committee.get("majority") {
        review.majority = value.string().unwrap_or_default();
        if !is_majority(&review.majority) {
            value.error(Message::new("policy-majority-form").with("majority", review.majority.as_str()));
        }
    }
    let of = [
        ("votes", MajorityOf::Votes),
        ("present", MajorityOf::Present),
        ("seats", MajorityOf::Seats),
    ];
    let of = committee.get("majority_of").and_then(|value| value.word(&of));
    review.majority_of = of.unwrap_or_default();
    let ballot = [("open", Ballot::Open), ("secret", Ballot::Secret)];
    let ballot = committee.get("ballot").and_then(|value| value.word(&ballot));
    review.ballot = ballot.unwrap_or_default();
    review.casting_vote = committee.flag("casting_vote").unwrap_or(false);
    review.circulation = committee.period("circulation");
    incomplete(
        &committee,
        &[
            ("seats", review.seats.is_empty()),
            ("quorum", review.quorum.is_none()),
            ("majority", review.majority.is_empty()),
        ],
    );
    committee.done();
}

fn overriding(rule: Fields<'_>, review: &mut Review) {
    review.override_notches = rule.whole("notches");
    review.override_expires = rule.period("expires");
    review.override_second_person = rule.flag("second_person").unwrap_or(false);
    for (code, _, value) in rule
        .fields("reasons")
        .map(|fields| fields.entries())
        .unwrap_or_default()
    {
        review
            .override_reasons
            .extend(value.text().map(|name| (code.to_owned(), name)));
    }
    let alone = rule.get("without_committee");
    review.override_without_committee = alone.as_ref().and_then(|value| value.whole());
    if let (Some(value), Some(alone)) = (alone, review.override_without_committee)
        && alone > review.override_notches.unwrap_or(0)
    {
        let notches = i64::from(review.override_notches.unwrap_or(0));
        let message = Message::new("policy-without-committee").with("alone", i64::from(alone));
        value.error(message.with("notches", notches));
    }
    review.override_emergency = rule.period("emergency");
    incomplete(
        &rule,
        &[
            ("notches", review.override_notches.is_none()),
            ("expires", review.override_expires.is_none()),
            ("reasons", review.override_reasons.is_empty()),
        ],
    );
    rule.done();
}

/// Says what is missing for the office to act on a part: nothing that people can use follows from it without.
fn incomplete(part: &Fields<'_>, keys: &[(&str, bool)]) {
    let missing: Vec<&str> = keys
        .iter()
        .filter(|(_, missing)| *missing)
        .map(|(key, _)| *key)
        .collect();
    if missing.is_empty() {
        return;
    }
    let message = Message::new("policy-review-incomplete").with("keys", missing.join(", "));
    part.source.report(Severity::Warning, part.span.clone(), message, None);
}

/// A fraction above or equal to one half and at most one, such as `2/3`, or `simple`.
fn is_majority(text: &str) -> bool {
    let fraction = text
        .split_once('/')
        .and_then(|(part, whole)| Some((part.trim().parse::<u32>().ok()?, whole.trim().parse::<u32>().ok()?)));
    text == "simple"
        || fraction.is_some_and(|(part, whole)| part > 0 && part <= whole && part.saturating_mul(2) >= whole)
}
