//! How somebody stands to a thing, and when a permission or an elevation holds. 关系

use pinji_access::{Actor, Owner, Permit, Relation, Resource, Roles, State, What};
use pinji_domain::ids::{CustomerId, TeamId, UserId};
use pinji_domain::{Role, Secrecy};

use crate::cells::NOW;

fn manager() -> Actor {
    Actor {
        team: Some(TeamId(10)),
        unit: Some(TeamId(1)),
        conflicts: [CustomerId(99)].into(),
        ..Actor::user(UserId(7), Roles::of(&[Role::AccountManager]), NOW)
    }
}

#[test]
fn relations_follow_owner_team_and_unit() {
    let check = |customer: i64, user: Option<i64>, team: Option<i64>, unit: Option<i64>, relation: Relation| {
        let owner = Owner {
            customer: Some(CustomerId(customer)),
            user: user.map(UserId),
            team: team.map(TeamId),
            unit: unit.map(TeamId),
        };
        assert_eq!(manager().relation(&owner), relation, "{owner:?}");
    };
    check(1, Some(7), Some(10), Some(1), Relation::Own);
    check(1, Some(8), Some(10), Some(1), Relation::Team);
    check(1, Some(8), Some(11), Some(1), Relation::OtherTeam);
    check(1, Some(8), Some(20), Some(2), Relation::OtherGroup);
    check(1, None, None, None, Relation::OtherTeam);
    // A conflict comes before all else, also with one's own customer.
    check(99, Some(7), Some(10), Some(1), Relation::Conflict);
}

#[test]
fn the_portal_knows_one_customer() {
    let portal = Actor {
        portal: Some(CustomerId(5)),
        ..Actor::user(UserId(70), Roles::of(&[Role::Customer]), NOW)
    };
    let about = |customer: Option<i64>, user: Option<i64>| Owner {
        customer: customer.map(CustomerId),
        user: user.map(UserId),
        ..Owner::default()
    };
    assert_eq!(portal.relation(&about(Some(5), Some(7))), Relation::Own);
    assert_eq!(portal.relation(&about(Some(6), Some(70))), Relation::OtherGroup);
    assert_eq!(portal.relation(&about(None, Some(70))), Relation::Own);
    assert_eq!(portal.relation(&about(None, None)), Relation::OtherGroup);
}

#[test]
fn permissions_hold_from_until_and_not_by_oneself() {
    let check = |from: i64, until: i64, approver: i64, customer: i64, holds: bool| {
        let permit = Permit {
            customer: CustomerId(5),
            purpose: "annual review".to_owned(),
            approver: UserId(approver),
            from: NOW.plus_seconds(from),
            until: NOW.plus_seconds(until),
        };
        let actor = Actor {
            permits: vec![permit],
            ..manager()
        };
        let owner = Owner {
            customer: Some(CustomerId(customer)),
            ..Owner::default()
        };
        let thing = Resource::of(What::Customer, &owner, Secrecy::Confidential, State::Committed, &actor);
        assert_eq!(thing.granted, holds, "{from} {until} {approver} {customer}");
    };
    check(-60, 60, 8, 5, true);
    check(0, 60, 8, 5, true);
    check(-60, 0, 8, 5, false);
    check(1, 60, 8, 5, false);
    check(-60, 60, 7, 5, false);
    check(-60, 60, 8, 6, false);
}

#[test]
fn elevations_end_and_are_not_for_tokens() {
    let mut actor = manager();
    assert!(!actor.is_elevated());
    actor.elevated = Some(NOW.plus_seconds(1));
    assert!(actor.is_elevated());
    actor.elevated = Some(NOW);
    assert!(!actor.is_elevated());
    let made = Resource::new(What::Submission).made_by(Some(UserId(7)), &actor);
    assert!(made.made_by_actor);
    // Nobody made it, and nobody asks: that is no authorship.
    assert!(
        !Resource::new(What::Submission)
            .made_by(None, &Actor::anonymous(NOW))
            .made_by_actor
    );
}
