//! Properties over all cells: scopes agree with decisions, roles add up, tokens narrow. 性质

use pinji_access::{Action, Actor, Maker, Reach, Relation, Resource, Roles, TokenUse, Verdict, What, apart, may_hold};
use pinji_domain::Role;
use pinji_domain::ids::CustomerId;

use crate::cells::{self, NOW, can_be_had, elevated, permissions, somebody};

/// A small generator of numbers that look random, so that a failure comes again.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn a_scope_is_what_decide_says_of_each_row() {
    let mut compared = 0;
    let mut check = |actor: &Actor, action: Action| {
        let filter = permissions().scope(actor, action);
        for row in cells::things(action) {
            let decided = permissions().decide(actor, action, &row).is_allowed();
            assert_eq!(
                filter.scope.admits(&row),
                decided,
                "{action:?} {:?} {row:?}",
                actor.roles
            );
            compared += 1;
        }
        assert_eq!(filter.scope.is_none(), filter.scope.reach() == Reach::None);
        assert!(
            filter.scope.classes.len() <= 8,
            "{action:?}: {} alternatives",
            filter.scope.classes.len()
        );
    };
    for action in Action::ALL {
        for role in cells::columns() {
            // The answers to one role that is not elevated are known; the scope is compared with them.
            let actor = cells::actor_of(role);
            let filter = permissions().scope(&actor, action);
            let known = cells::all()
                .iter()
                .filter(|cell| cell.role == role && cell.action == action);
            for cell in known {
                assert_eq!(
                    filter.scope.admits(&cell.thing),
                    cell.verdict.is_allowed(),
                    "{action:?} {role:?} {:?}",
                    cell.thing
                );
            }
        }
    }
    let mut draw = Draw(7);
    for _ in 0..40 {
        let roles: Vec<Role> = (0..1 + draw.below(4)).map(|_| Role::ALL[draw.below(14)]).collect();
        let actor = elevated(somebody(&roles));
        check(&actor, Action::ALL[draw.below(Action::ALL.len())]);
    }
    assert_eq!(compared, 40 * 120);
}

#[test]
fn scopes_read_as_filters() {
    let check = |role: Role, action: Action, reach: Reach, classes: usize| {
        let scope = permissions().scope(&somebody(&[role]), action).scope;
        assert_eq!(
            (scope.reach(), scope.classes.len()),
            (reach, classes),
            "{role:?} {action:?} {scope:?}"
        );
    };
    // Internal rows of the reach, and confidential ones with a permission: two alternatives.
    check(Role::Collector, Action::CustomerList, Reach::Team, 2);
    check(Role::Auditor, Action::CustomerList, Reach::Unit, 2);
    check(Role::Supervisor, Action::RecordRead, Reach::All, 2);
    check(Role::SystemAdministrator, Action::CustomerList, Reach::None, 0);
    check(Role::Supervisor, Action::RunRead, Reach::All, 1);
    check(Role::Customer, Action::GradeRead, Reach::Own, 1);
    let audits = permissions()
        .scope(&somebody(&[Role::Auditor]), Action::SubmissionAudit)
        .scope;
    assert!(audits.classes.iter().all(|class| class.maker == Maker::Others));
    assert!(
        audits
            .classes
            .iter()
            .all(|class| !class.relations.contains(&Relation::Own))
    );
    let portal = permissions().scope(&somebody(&[Role::Customer]), Action::GradeRead);
    assert_eq!(portal.portal, Some(CustomerId(1)));
    // Asked again, it is the one that was kept.
    let again = permissions()
        .scope(&somebody(&[Role::Auditor]), Action::SubmissionAudit)
        .scope;
    assert!(std::sync::Arc::ptr_eq(&audits, &again));
}

/// The rules that may take from somebody what a role of his gives: each because of another role that he holds.
const TAKING: [&str; 4] = [
    "system-administrator-reads-no-ratings",
    "security-administrator-has-no-business-rights",
    "audit-administrator-writes-nothing",
    "customer-sees-only-its-own",
];

#[test]
fn a_role_more_takes_nothing_away_but_by_the_listed_forbids() {
    let mut taken = std::collections::BTreeSet::new();
    let (mut asked, mut at) = (0, 0);
    for cell in cells::all().iter().filter(|cell| can_be_had(cell.verdict)) {
        let Some(held) = cell.role else {
            panic!("somebody who has not signed in may {:?}", cell.action)
        };
        for more in Role::ALL.into_iter().filter(|more| *more != held) {
            at += 1;
            // Roles that no one takes away from are asked on every third cell: each pair still on hundreds.
            let takes = ["administrator", "customer"]
                .iter()
                .any(|word| more.code().contains(word));
            if !takes && at % 3 != 0 {
                continue;
            }
            asked += 1;
            let verdict = permissions().decide(&somebody(&[held, more]), cell.action, &cell.thing);
            match verdict {
                Verdict::Refused { policy, .. } => {
                    assert!(
                        TAKING.contains(&policy),
                        "{more:?} takes {:?} on {:?} from {held:?} by {policy}",
                        cell.action,
                        cell.thing
                    );
                    assert!(
                        apart(held, more).is_some(),
                        "{held:?} and {more:?} are not apart, yet {policy} takes"
                    );
                    taken.insert(policy);
                }
                other => assert_eq!(other, cell.verdict),
            }
        }
    }
    assert!(asked > 10_000, "{asked}");
    assert_eq!(taken.len(), TAKING.len(), "a listed rule takes nothing: {taken:?}");
}

#[test]
fn token_scopes_narrow_and_never_widen() {
    let mut draw = Draw(11);
    let (mut narrowed, mut kept) = (0, 0);
    for _ in 0..1500 {
        let roles: Vec<Role> = (0..1 + draw.below(3)).map(|_| Role::ALL[draw.below(14)]).collect();
        let session = elevated(somebody(&roles));
        let chosen: Vec<Action> = (0..draw.below(30))
            .map(|_| Action::ALL[draw.below(Action::ALL.len())])
            .collect();
        let token = Actor {
            token: Some(TokenUse {
                scopes: cells::scopes(&chosen),
                expires: NOW.plus_seconds(60),
            }),
            ..session.clone()
        };
        let action = Action::ALL[draw.below(Action::ALL.len())];
        let things = cells::things(action);
        let thing = things[draw.below(things.len())];
        let with_session = permissions().decide(&session, action, &thing);
        let with_token = permissions().decide(&token, action, &thing);
        let wanted = with_session.is_allowed() && chosen.contains(&action) && !action.needs_step_up();
        assert_eq!(with_token.is_allowed(), wanted, "{action:?} {thing:?} {chosen:?}");
        assert_ne!(with_token, Verdict::NeedsElevation);
        narrowed += usize::from(with_session.is_allowed() && !with_token.is_allowed());
        kept += usize::from(with_token.is_allowed());
        // The lists of a token are not longer either.
        let filter = permissions().scope(&token, action);
        assert_eq!(filter.scope.admits(&thing), wanted);
    }
    assert!(narrowed > 20 && kept > 20, "{narrowed} narrowed, {kept} kept");
}

#[test]
fn the_rules_by_slices_are_the_rules_at_once() {
    for cell in cells::all().iter().step_by(23) {
        let actor = elevated(cells::actor_of(cell.role));
        let plainly = permissions().decide_plainly(&actor, cell.action, &cell.thing);
        assert_eq!(
            plainly,
            can_be_had(cell.verdict),
            "{:?} {:?} {:?}",
            cell.role,
            cell.action,
            cell.thing
        );
    }
}

#[test]
fn roles_kept_apart() {
    let check = |held: &[Role], wanted: Role, code: Option<&str>| {
        let found = may_hold(Roles::of(held), wanted).err().map(|clash| clash.why.code());
        assert_eq!(found, code, "{held:?} and {wanted:?}");
    };
    check(&[], Role::Auditor, None);
    check(&[Role::Collector], Role::Auditor, None);
    check(&[Role::AccountManager, Role::Expert], Role::CommitteeMember, None);
    check(&[Role::RiskOfficer], Role::Supervisor, None);
    check(
        &[Role::SystemAdministrator],
        Role::SecurityAdministrator,
        Some("access-apart-two-administrators"),
    );
    check(
        &[Role::AuditAdministrator],
        Role::SystemAdministrator,
        Some("access-apart-two-administrators"),
    );
    check(
        &[Role::Collector],
        Role::SecurityAdministrator,
        Some("access-apart-administrator-in-business"),
    );
    check(
        &[Role::AuditAdministrator],
        Role::Supervisor,
        Some("access-apart-administrator-in-business"),
    );
    check(
        &[Role::Collector, Role::RatingAdministrator],
        Role::Supervisor,
        Some("access-apart-supervises-itself"),
    );
    check(
        &[Role::Customer],
        Role::Collector,
        Some("access-apart-customer-in-office"),
    );
    for one in Role::ALL {
        assert_eq!(apart(one, one), None);
        for other in Role::ALL {
            assert_eq!(apart(one, other), apart(other, one));
        }
    }
    let clash = may_hold(Roles::of(&[Role::Customer]), Role::Expert).unwrap_err();
    let said = pinji_locale::say(pinji_domain::Lang::En, &clash.message());
    assert!(said.contains("`customer`") && said.contains("`expert`"), "{said}");
    assert_eq!(Resource::new(What::Team).what, What::Team);
}
