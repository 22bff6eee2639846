//! A policy's `[review]` as the office's rules take it: grades become places on the scale, levels become points. 评审规则

use std::collections::{BTreeMap, BTreeSet};

use pinji_policy::Document;
use pinji_policy::document::{Ballot, MajorityOf as Of, ReconcileBy, Review, Scoring};
use pinji_workflow::case::{
    BallotSecrecy, CommitteeTerms, FastLane, Judged, Majority, MajorityOf, OverrideTerms, Rank, Reconcile, Steady,
    Terms,
};

/// The office's part of a policy. 评审规则
///
/// A part that lacks what it needs is as if it were not declared; `check` has warned of it.
pub fn terms(document: &Document) -> Terms {
    let nothing = Review::default();
    let review = document.review.as_ref().unwrap_or(&nothing);
    Terms {
        grades: u16::try_from(document.grades.len()).unwrap_or(u16::MAX),
        fast_lane: review.fast_lane.as_ref().map(|lane| FastLane {
            notches: small(lane.notches),
            first: lane.first,
            never: lane.never.iter().filter_map(|grade| rank(document, grade)).collect(),
            coverage_ppm: lane.coverage.saturating_mul(100),
        }),
        judged: judged(document),
        committee: committee(review),
        overriding: overriding(review),
        steady: Steady {
            confirmed_by: review.confirmed_by.unwrap_or(1),
            cool_down: review.cool_down,
        },
    }
}

/// A grade's place on the policy's scale; `None` for ungraded, and for what is no grade of it. 等级位次
pub fn rank(document: &Document, grade: &str) -> Option<Rank> {
    let at = document.grades.iter().position(|known| known.id == grade)?;
    u16::try_from(at).ok().map(Rank)
}

fn judged(document: &Document) -> BTreeMap<String, Judged> {
    let indicators = document.indicators.iter().filter_map(|indicator| {
        let Scoring::Judged { levels, reconcile, .. } = &indicator.scoring else {
            return None;
        };
        let points = |points: pinji_domain::Decimal| points.at(4).and_then(|points| i32::try_from(points).ok());
        let levels = levels
            .iter()
            .filter_map(|level| Some((level.id.clone(), points(level.points)?)));
        let judged = Judged {
            levels: levels.collect(),
            by: match reconcile.by {
                ReconcileBy::Mean | ReconcileBy::Consensus => Reconcile::Mean,
                ReconcileBy::Median => Reconcile::Median,
            },
            min: reconcile.min,
            spread: reconcile.spread.and_then(points),
        };
        Some((indicator.id.clone(), judged))
    });
    indicators.collect()
}

fn committee(review: &Review) -> Option<CommitteeTerms> {
    let seats: BTreeSet<String> = review.seats.iter().cloned().collect();
    (!seats.is_empty()).then_some(())?;
    Some(CommitteeTerms {
        seats,
        quorum: review.quorum?,
        majority: majority(&review.majority)?,
        of: match review.majority_of {
            Of::Votes => MajorityOf::Votes,
            Of::Present => MajorityOf::Present,
            Of::Seats => MajorityOf::Seats,
        },
        secrecy: match review.ballot {
            Ballot::Open => BallotSecrecy::Open,
            Ballot::Secret => BallotSecrecy::Secret,
        },
        casting_vote: review.casting_vote,
        circulation: review.circulation,
    })
}

/// `simple`, or a fraction such as `2/3`.
fn majority(text: &str) -> Option<Majority> {
    if text == "simple" {
        return Some(Majority::Simple);
    }
    let (part, whole) = text.split_once('/')?;
    Some(Majority::Share {
        part: part.trim().parse().ok()?,
        whole: whole.trim().parse().ok()?,
    })
}

fn overriding(review: &Review) -> Option<OverrideTerms> {
    let reasons: BTreeSet<String> = review.override_reasons.iter().map(|(code, _)| code.clone()).collect();
    (!reasons.is_empty()).then_some(())?;
    Some(OverrideTerms {
        notches: small(review.override_notches?),
        expires: review.override_expires?,
        second_person: review.override_second_person,
        reasons,
        without_committee: small(review.override_without_committee.unwrap_or(0)),
        emergency: review.override_emergency,
    })
}

fn small(notches: u32) -> u16 {
    u16::try_from(notches).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use pinji_domain::Period;

    use super::*;

    fn document(text: &str) -> Document {
        let loaded = pinji_policy::load("p.toml", &|_| Ok(text.to_owned()));
        loaded.document.unwrap()
    }

    const HEAD: &str = "policy = \"p\"\nversion = \"1\"\nsubject = \"customer\"\nname = \"P\"\neffective = 2026-01-01\n\
                        [[grade]]\nid = \"high\"\nname = \"High\"\nwhen = \"total >= 80\"\n[[grade]]\nid = \"low\"\nname = \"Low\"\n";

    #[test]
    fn what_is_declared_becomes_terms() {
        let all = document(&format!(
            "{HEAD}[review]\nfast_lane = {{ notches = 1, first = true, never = [\"high\"], coverage = 0.825 }}\n\
             committee = {{ seats = [\"a\", \"b\"], quorum = 2, majority = \"2/3\", majority_of = \"votes\", ballot = \"secret\", \
             casting_vote = true, circulation = \"5 days\" }}\n\
             override = {{ notches = 2, expires = \"6 months\", second_person = true, without_committee = 1, \
             emergency = \"30 days\", reasons = {{ event = {{ zh = \"事件\", en = \"Event\" }} }} }}\n\
             steady = {{ confirmed_by = 2, cool_down = \"3 months\" }}\n"
        ));
        let expected = Terms {
            grades: 2,
            fast_lane: Some(FastLane {
                notches: 1,
                first: true,
                never: [Rank(0)].into(),
                coverage_ppm: 825_000,
            }),
            judged: BTreeMap::new(),
            committee: Some(CommitteeTerms {
                seats: ["a".to_owned(), "b".to_owned()].into(),
                quorum: 2,
                majority: Majority::Share { part: 2, whole: 3 },
                of: MajorityOf::Votes,
                secrecy: BallotSecrecy::Secret,
                casting_vote: true,
                circulation: Period::parse("5 days"),
            }),
            overriding: Some(OverrideTerms {
                notches: 2,
                expires: Period::parse("6 months").unwrap(),
                second_person: true,
                reasons: ["event".to_owned()].into(),
                without_committee: 1,
                emergency: Period::parse("30 days"),
            }),
            steady: Steady {
                confirmed_by: 2,
                cool_down: Period::parse("3 months"),
            },
        };
        assert_eq!(terms(&all), expected);
        assert_eq!((rank(&all, "low"), rank(&all, "ungraded")), (Some(Rank(1)), None));
    }

    #[test]
    fn what_lacks_something_is_as_if_it_were_not_there() {
        let check = |review: &str, expected: [bool; 3]| {
            let terms = terms(&document(&format!("{HEAD}{review}\n")));
            let found = [
                terms.fast_lane.is_some(),
                terms.committee.is_some(),
                terms.overriding.is_some(),
            ];
            assert_eq!(found, expected, "{review}");
        };
        check("", [false, false, false]);
        check("[review]\nfast_lane = { notches = 0 }", [true, false, false]);
        check(
            "[review]\ncommittee = { seats = [\"a\"], quorum = 1, majority = \"simple\" }",
            [false, true, false],
        );
        check(
            "[review]\ncommittee = { seats = [\"a\"], quorum = 1 }",
            [false, false, false],
        );
        check(
            "[review]\noverride = { notches = 1, expires = \"6 months\" }",
            [false, false, false],
        );
    }

    #[test]
    fn the_shipped_policies_declare_what_the_office_needs() {
        for (file, has_fast_lane) in [
            ("tob-standard.toml", true),
            ("group-standard.toml", false),
            ("credit-nine-level.toml", false),
        ] {
            let loaded = pinji_policy::load(file, &crate::shipped::read);
            let terms = terms(&loaded.document.unwrap());
            assert_eq!(terms.fast_lane.is_some(), has_fast_lane, "{file}");
            assert!(terms.committee.is_some() && terms.overriding.is_some(), "{file}");
            assert!(
                terms
                    .judged
                    .values()
                    .all(|judged| !judged.levels.is_empty() && judged.min >= 1),
                "{file}"
            );
        }
    }
}
