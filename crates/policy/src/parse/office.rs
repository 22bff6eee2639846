//! `[group]` and `[review]`: parts that are acted on by the office. 集团规则与评审

use std::ops::Range;

use pinji_domain::{Message, Text};

use crate::document::{Document, GroupRule, Review};
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
    if let Some(committee) = fields.fields("committee") {
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
        committee.done();
    }
    if let Some(rule) = fields.fields("override") {
        review.override_notches = rule.whole("notches");
        review.override_expires = rule.period("expires");
        review.override_second_person = rule.flag("second_person").unwrap_or(false);
        rule.done();
    }
    if let Some(appeal) = fields.fields("appeal") {
        review.appeal_within = appeal.period("within");
        review.appeal_answer_within = appeal.period("answer_within");
        appeal.done();
    }
    fields.done();
    document.review = Some(review);
}

/// A fraction above or equal to one half and at most one, such as `2/3`, or `simple`.
fn is_majority(text: &str) -> bool {
    let fraction = text
        .split_once('/')
        .and_then(|(part, whole)| Some((part.trim().parse::<u32>().ok()?, whole.trim().parse::<u32>().ok()?)));
    text == "simple"
        || fraction.is_some_and(|(part, whole)| part > 0 && part <= whole && part.saturating_mul(2) >= whole)
}
