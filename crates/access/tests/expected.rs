//! The permission table a second time, written by hand and independently of the rules: Z1. 权限表的独立陈述
//!
//! Columns: collector, updater, auditor, expert, committee member, chair, rating administrator, account manager, risk officer,
//! supervisor, system, security, audit administrator, customer. Reaches: O own, T and the own team's, U and the own unit's, A all;
//! R own, and of others what is in force. Then what binds all roles.

use pinji_access::{Action, Relation, Resource, State, Verdict};
use pinji_domain::{Role, Secrecy};

use crate::cells;

#[rustfmt::skip]
const TABLE: &[(&str, &str, &str)] = &[
    //                     c u a e m h r k f s  s s a  c
    ("customer.list",      "T U U U U U U T U A  - - -  -", "secret"),
    ("customer.read",      "T U U U U U U T U A  - - -  O", "secret"),
    ("customer.write",     "- U - - - - - O - -  - - -  -", "secret"),
    ("customer.assign",    "- - - - - - U - - -  - - -  -", "secret not-own"),
    ("record.read",        "T U U U U U U T U A  - - -  -", "secret"),
    ("submission.create",  "T U - - - - - O - -  - - -  -", "secret draft"),
    ("submission.read",    "T U U - - - U T U A  - - -  -", "secret drafts-of-maker"),
    ("submission.confirm", "T U - - - - - O - -  - - -  -", "secret draft maker"),
    ("submission.withdraw","T U - - - - - O - -  - - -  -", "secret draft in-review maker"),
    ("submission.audit",   "- - U - - - - - - -  - - -  -", "secret in-review not-maker not-own"),
    ("submission.undo",    "- - U - - - - - - -  - - -  -", "secret committed not-maker not-own"),
    ("relation.read",      "T U U U U U U T U A  - - -  -", "secret"),
    ("relation.write",     "- U - - - - - - - -  - - -  -", "secret"),
    ("group.read",         "- U U U U U U T U A  - - -  -", "secret"),
    ("group.decide",       "- - - - - - U - U -  - - -  -", "secret not-own"),
    ("run.create",         "- - - - - - U - - -  - - -  -", "draft"),
    ("run.read",           "- - - - U U U - U A  - - -  -", ""),
    ("run.cancel",         "- - - - - - U - - -  - - -  -", "draft in-review"),
    ("grade.read",         "- - - U U U U T U A  - - -  O", "secret grades"),
    ("grade.regrade",      "- - - - - - U - - -  - - -  -", "secret not-own"),
    //                     c u a e m h r k f s  s s a  c
    ("case.read",          "- - - U U U U T U A  - - -  -", "secret"),
    ("case.open",          "- - - - - - U - - -  - - -  -", "secret not-own"),
    ("case.screen",        "- - - - - - U - - -  - - -  -", "secret not-own"),
    ("case.opine",         "- - - U - - - - - -  - - -  -", "secret not-own"),
    ("case.propose",       "- - - - U U U - U -  - - -  -", "secret not-own"),
    ("case.ballot",        "- - - - - U U - - -  - - -  -", "secret not-own"),
    ("case.vote",          "- - - - U U - - - -  - - -  -", "secret not-own"),
    ("seat.read",          "- - - U U U U - U A  - - -  -", ""),
    ("seat.appoint",       "- - - - - - - - - A  - - -  -", "not-own"),
    ("access.request",     "T U U U U U U T U A  - - -  -", "draft"),
    ("access.approve",     "- - - - - U - - - A  - - -  -", "in-review not-maker not-own"),
    ("personal.export",    "- U U - - - - - - -  - - -  -", "secret step-up"),
    ("erasure.propose",    "- U - - - - - - - -  - - -  -", "secret step-up draft"),
    ("erasure.approve",    "- - U - - - - - - A  - - -  -", "secret step-up in-review not-maker"),
    ("user.read",          "O O O O O O U O O A  O A A  -", ""),
    ("user.write",         "- - - - - - - - - -  - A -  -", "step-up not-own"),
    ("user.erase",         "- - - - - - - - - -  - A -  -", "step-up draft not-own"),
    ("user.erase-approve", "- - - - - - - - - -  - A -  -", "step-up in-review not-maker not-own"),
    ("grant.propose",      "- - - - - - - - - -  - A -  -", "step-up draft not-own"),
    ("grant.approve",      "- - - - - - - - - A  - A -  -", "step-up in-review not-maker not-own"),
    ("team.write",         "- - - - - - - - - -  - A -  -", "not-own"),
    ("token.read",         "O O O O O O O O O O  O A O  -", ""),
    ("token.write",        "O O O O O O O O O O  O R -  -", "step-up"),
    ("kind.read",          "A A A A A A A A A A  A - A  -", "common"),
    ("kind.write",         "- - - - - - A - - -  - - -  -", "common step-up"),
    ("policy.read",        "A A A A A A A A A A  A - A  -", "common"),
    ("policy.write",       "- - - - - - A - - -  - - -  -", "common step-up"),
    ("link.read",          "- - - - - - A - A A  A - A  -", ""),
    ("link.propose",       "- - - - - - U - - -  - - -  -", "step-up draft"),
    ("link.approve",       "- - - - - - U - - A  - - -  -", "step-up in-review not-maker"),
    ("link.end",           "- - - - - - U - - -  - - -  -", "step-up"),
    ("ledger.read",        "- - - - - - - - - A  - - A  -", "common"),
    ("job.read",           "O O O O O O O O O O  A O O  -", ""),
    ("notification.read",  "O O O O O O O O O O  O O O  O", ""),
    ("export.bulk",        "- - - - - - U - U A  - - -  -", "secret step-up"),
    ("system.read",        "- - - - - - - - - -  A - -  -", "common"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    AfterStepUp,
    No,
}

fn expected(role: Option<Role>, action: Action, thing: &Resource) -> Answer {
    let Some(role) = role else { return Answer::No };
    let (_, reaches, bound) = TABLE
        .iter()
        .find(|(code, ..)| *code == action.code())
        .unwrap_or_else(|| panic!("{} is not in the table", action.code()));
    let column = Role::ALL.iter().position(|each| *each == role).unwrap();
    let reach = reaches.split_whitespace().nth(column).unwrap();
    let is = |word: &str| bound.split(' ').any(|each| each == word);

    let far = ["own", "team", "other_team", "other_group"]
        .iter()
        .position(|code| *code == thing.relation.code());
    let reached = match (reach, far) {
        ("-", _) => false,
        _ if is("common") => true,
        (_, None) => false,
        ("O", Some(far)) => far == 0,
        ("T", Some(far)) => far <= 1,
        ("U", Some(far)) => far <= 2,
        ("R", Some(far)) => far == 0 || thing.state == State::Committed,
        (_, Some(_)) => true,
    };
    let state = match thing.state {
        State::Draft => "draft",
        State::InReview => "in-review",
        State::Committed => "committed",
    };
    let any_state = !["draft", "in-review", "committed"].iter().any(|word| is(word));
    let sees_the_grade = match thing.state {
        State::Committed => true,
        State::InReview => "mhrfs".contains(letter(role)),
        State::Draft => role == Role::RatingAdministrator,
    };
    let held = [
        reached,
        any_state || is(state),
        !is("secret") || thing.secrecy == Secrecy::Internal || thing.granted || role == Role::Customer,
        !is("maker") || thing.made_by_actor,
        !is("not-maker") || !thing.made_by_actor,
        !is("not-own") || thing.relation != Relation::Own,
        !is("drafts-of-maker") || thing.state != State::Draft || thing.made_by_actor,
        !is("grades") || sees_the_grade,
    ];
    match held.iter().all(|held| *held) {
        false => Answer::No,
        true if is("step-up") => Answer::AfterStepUp,
        true => Answer::Yes,
    }
}

/// The letters at the head of the table.
fn letter(role: Role) -> char {
    match role {
        Role::CommitteeMember => 'm',
        Role::CommitteeChair => 'h',
        Role::RatingAdministrator => 'r',
        Role::RiskOfficer => 'f',
        Role::Supervisor => 's',
        _ => '-',
    }
}

#[test]
fn every_cell_is_as_expected() {
    let mut wrong = Vec::new();
    let mut places = std::collections::BTreeSet::new();
    for cell in cells::all() {
        let found = match cell.verdict {
            Verdict::Allowed => Answer::Yes,
            Verdict::NeedsElevation => Answer::AfterStepUp,
            Verdict::Refused { .. } => Answer::No,
        };
        let wanted = expected(cell.role, cell.action, &cell.thing);
        if found != wanted {
            wrong.push(format!(
                "{} by {:?} on {:?}: {:?}, not {wanted:?}",
                cell.action.code(),
                cell.role,
                cell.thing,
                cell.verdict
            ));
        }
        let Resource {
            relation,
            secrecy,
            state,
            ..
        } = cell.thing;
        places.insert((cell.role, cell.action, relation, secrecy, state));
    }
    assert!(
        wrong.is_empty(),
        "{} cells differ, first: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(10)]
    );
    assert_eq!(TABLE.len(), Action::ALL.len());
    // Actions × roles and nobody × relations × secrecy × states; and each of them with and without permission and authorship.
    assert_eq!(places.len(), 56 * 15 * 5 * 2 * 3);
    assert_eq!(cells::all().len(), 56 * 15 * 5 * 2 * 3 * 4);
}

#[test]
fn a_step_up_opens_what_waits_for_it_and_nothing_else() {
    for action in Action::ALL {
        for role in cells::columns() {
            let actor = cells::elevated(cells::actor_of(role));
            for thing in cells::things(action)
                .into_iter()
                .step_by(if action.needs_step_up() { 1 } else { 17 })
            {
                let opened = cells::permissions().decide(&actor, action, &thing).is_allowed();
                let wanted = expected(role, action, &thing) != Answer::No;
                assert_eq!(opened, wanted, "{} by {role:?} on {thing:?}", action.code());
            }
        }
    }
}
