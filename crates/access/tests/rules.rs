//! The rule files by themselves: they fit the schema, are named and explained, and the invariants stand among them. 规则文件

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::{Duration, Instant};

use cedar_policy::{Effect, PolicySet, Schema, ValidationMode, Validator};
use pinji_access::{Action, POLICIES, Permissions, Relation, Resource, SCHEMA, State, TokenUse, Verdict, What, Why};
use pinji_domain::{Lang, Role, Secrecy};

use crate::cells::{self, NOW, can_be_had, elevated, permissions, somebody};

#[test]
fn rules_fit_the_schema() {
    let (schema, warnings) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    assert_eq!(
        warnings.map(|warning| warning.to_string()).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    let validator = Validator::new(schema);
    let found = validator.validate(permissions().policies(), ValidationMode::Strict);
    let said: Vec<String> = found.validation_errors().map(ToString::to_string).collect();
    assert!(
        found.validation_passed_without_warnings(),
        "{said:#?} {:#?}",
        found.validation_warnings().collect::<Vec<_>>()
    );
    // The check can fail: a role misspelt is found.
    let wrong = PolicySet::from_str("permit(principal in Role::\"auditer\", action, resource);").unwrap();
    assert!(!validator.validate(&wrong, ValidationMode::Strict).validation_passed());
}

#[test]
fn the_schema_names_what_the_code_names() {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    let declared: BTreeSet<String> = schema
        .actions()
        .map(|action| action.id().unescaped().to_owned())
        .collect();
    let mut known: BTreeSet<String> = Action::ALL.iter().map(|action| action.code().to_owned()).collect();
    known.insert("field.see".to_owned());
    assert_eq!(declared, known);
    let types: BTreeSet<String> = schema.entity_types().map(ToString::to_string).collect();
    for what in What::ALL {
        assert!(types.contains(what.code()), "{}", what.code());
    }
    for role in Role::ALL {
        assert!(SCHEMA.contains(&format!("\"{}\"", role.code())), "{}", role.code());
    }
    for action in Action::ALL {
        assert_eq!(Action::parse(action.code()), Some(action));
    }
}

#[test]
fn rules_are_named_and_explained() {
    for (file, text) in POLICIES {
        let mut explained = false;
        let mut lines = text.lines().peekable();
        let (mut chinese, mut english) = (false, false);
        while let Some(line) = lines.next() {
            if let Some(comment) = line.strip_prefix("//") {
                chinese |= comment.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                english |= comment.chars().filter(char::is_ascii_alphabetic).count() > 10;
                explained = chinese && english;
            } else if line.starts_with("@id(") {
                assert!(explained, "{file}: {line} has no comment in both languages before it");
            } else if line.is_empty() && !lines.peek().is_some_and(|next| next.starts_with("@id(")) {
                // A rule right after another without a comment of its own shares that one's.
                (chinese, english) = (false, false);
            }
        }
    }
    let forbids = permissions()
        .policies()
        .policies()
        .filter(|policy| policy.effect() == Effect::Forbid);
    let unsaid: Vec<String> = forbids
        .filter(|policy| policy.annotation("why").is_none())
        .map(|policy| policy.id().to_string())
        .collect();
    assert!(unsaid.is_empty(), "{unsaid:?}");
}

#[test]
fn every_refusal_has_its_sentence() {
    for lang in [Lang::Zh, Lang::En] {
        for why in Why::ALL {
            assert!(pinji_locale::exists(lang, why.code()), "{}", why.code());
        }
    }
    let refused = Verdict::Refused {
        why: Why::OwnWork,
        policy: "maker-is-not-checker",
    };
    let said = refused.message(Action::SubmissionAudit).unwrap();
    assert!(pinji_locale::say(Lang::En, &said).contains("audit a submission"));
    assert!(pinji_locale::say(Lang::Zh, &said).contains("「审核报送」"));
    assert_eq!(Verdict::Allowed.message(Action::SubmissionAudit), None);
}

/// The invariants of separation: who, what, to which thing; the rule that must say no.
#[test]
fn invariants_are_forbids() {
    let base = |action: Action| Resource::new(action.on()).related(Relation::Team);
    let check = |roles: &[Role], action: Action, thing: Resource, rule: &str| {
        let actor = elevated(somebody(roles));
        match permissions().decide(&actor, action, &thing) {
            Verdict::Refused { policy, .. } => assert_eq!(policy, rule, "{action:?} by {roles:?}"),
            other => panic!("{action:?} by {roles:?}: {other:?}"),
        }
    };
    let made = |thing: Resource| Resource {
        made_by_actor: true,
        ..thing
    };
    let review = |action: Action| base(action).at(State::InReview);
    use Action::*;
    check(
        &[Role::Auditor],
        SubmissionAudit,
        made(review(SubmissionAudit)),
        "maker-is-not-checker",
    );
    check(
        &[Role::Collector, Role::Auditor],
        SubmissionAudit,
        made(review(SubmissionAudit)),
        "maker-is-not-checker",
    );
    check(
        &[Role::Auditor],
        SubmissionUndo,
        made(base(SubmissionUndo)),
        "maker-is-not-checker",
    );
    check(
        &[Role::SecurityAdministrator],
        GrantApprove,
        made(review(GrantApprove)),
        "maker-is-not-checker",
    );
    check(
        &[Role::Supervisor],
        AccessApprove,
        made(review(AccessApprove)),
        "maker-is-not-checker",
    );
    let own = |action: Action, state| base(action).related(Relation::Own).at(state);
    check(
        &[Role::SecurityAdministrator],
        GrantPropose,
        own(GrantPropose, State::Draft),
        "nobody-gives-himself-a-role",
    );
    check(
        &[Role::Supervisor],
        GrantApprove,
        own(GrantApprove, State::InReview),
        "nobody-gives-himself-a-role",
    );
    check(
        &[Role::SecurityAdministrator],
        UserWrite,
        own(UserWrite, State::Committed),
        "nobody-administers-himself",
    );
    check(
        &[Role::Supervisor],
        AccessApprove,
        own(AccessApprove, State::InReview),
        "nobody-approves-his-own-permission",
    );
    check(
        &[Role::RatingAdministrator],
        GradeRegrade,
        own(GradeRegrade, State::Committed),
        "nobody-judges-his-own-account",
    );
    check(
        &[Role::Auditor],
        SubmissionAudit,
        own(SubmissionAudit, State::InReview),
        "nobody-judges-his-own-account",
    );
    for role in Role::ALL.into_iter().take(10) {
        let thing = base(CustomerRead).related(Relation::Conflict);
        let verdict = permissions().decide(&somebody(&[role]), CustomerRead, &thing);
        // No rule reaches a conflict either; the forbid is what stays when a rule is widened.
        assert!(!can_be_had(verdict), "{role:?}");
    }
    let secret = base(GradeRead).secret(Secrecy::Confidential);
    check(
        &[Role::RiskOfficer],
        GradeRead,
        secret,
        "confidential-needs-a-permission",
    );
    // Even with the roles that would allow it, and with a permission.
    let granted = Resource {
        granted: true,
        ..secret
    };
    let both = |administrator| [administrator, Role::RiskOfficer];
    check(
        &both(Role::SystemAdministrator),
        GradeRead,
        granted,
        "system-administrator-reads-no-ratings",
    );
    check(
        &both(Role::SecurityAdministrator),
        GradeRead,
        granted,
        "security-administrator-has-no-business-rights",
    );
    check(
        &[Role::AuditAdministrator, Role::Updater],
        CustomerWrite,
        base(CustomerWrite),
        "audit-administrator-writes-nothing",
    );
    check(
        &[Role::Customer, Role::Supervisor],
        CustomerRead,
        base(CustomerRead),
        "customer-sees-only-its-own",
    );
}

/// As if somebody had permitted everybody everything: what the forbids hold must still hold.
#[test]
fn invariants_stand_though_all_is_permitted() {
    let mut files = POLICIES.to_vec();
    files.push(("all.cedar", "@id(\"all\") permit (principal, action, resource);"));
    let rules = Permissions::compile(&files).unwrap();
    let business = |action: Action| {
        let heads = [
            "customer",
            "record",
            "submission",
            "relation",
            "group",
            "run",
            "grade",
            "access",
            "export",
            "personal",
            "erasure",
        ];
        heads.contains(&action.code().split('.').next().unwrap())
    };
    let reads = |action: Action| action.code().ends_with(".read") || action.code().ends_with(".list");
    let (mut open, mut shut) = (0, 0);
    for action in Action::ALL {
        for role in cells::columns() {
            let actor = elevated(cells::actor_of(role));
            for thing in cells::things(action) {
                let common = thing.what.is_common();
                let own = thing.relation == Relation::Own && !common;
                let checks = [
                    Action::SubmissionAudit,
                    Action::SubmissionUndo,
                    Action::GrantApprove,
                    Action::AccessApprove,
                    Action::ErasureApprove,
                    Action::UserEraseApprove,
                ];
                let judges = [
                    Action::SubmissionAudit,
                    Action::SubmissionUndo,
                    Action::GradeRegrade,
                    Action::GroupDecide,
                    Action::CustomerAssign,
                ];
                let to_himself = [
                    Action::GrantPropose,
                    Action::GrantApprove,
                    Action::UserWrite,
                    Action::UserErase,
                    Action::UserEraseApprove,
                    Action::TeamWrite,
                    Action::AccessApprove,
                ];
                let portal = [Action::CustomerRead, Action::GradeRead, Action::NotificationRead];
                let breaks = [
                    role.is_none(),
                    !common && thing.relation == Relation::Conflict,
                    checks.contains(&action) && thing.made_by_actor,
                    judges.contains(&action) && own,
                    to_himself.contains(&action) && own,
                    role == Some(Role::SystemAdministrator) && business(action),
                    role == Some(Role::SecurityAdministrator) && business(action),
                    role == Some(Role::AuditAdministrator)
                        && !reads(action)
                        && ![Action::ExportBulk, Action::PersonalExport].contains(&action),
                    role == Some(Role::Customer) && !(own && portal.contains(&action)),
                    action == Action::GradeRead
                        && thing.secrecy == Secrecy::Confidential
                        && !thing.granted
                        && role != Some(Role::Customer),
                ];
                let had = can_be_had(rules.decide(&actor, action, &thing));
                if breaks.contains(&true) {
                    assert!(!had, "{action:?} by {role:?} on {thing:?}");
                    shut += 1;
                } else {
                    open += usize::from(had);
                }
            }
        }
    }
    assert!(open > 1_000 && shut > 1_000, "{open} open, {shut} shut");
}

#[test]
fn files_that_do_not_hold_together_are_refused() {
    let check = |text: &'static str, part: &str| {
        let error = Permissions::compile(&[("x.cedar", text)]).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    };
    check("permit (principal", "cannot be read");
    check("permit (principal, action, resource);", "no id");
    check("@id(\"a\") forbid (principal, action, resource);", "no known reason");
    check(
        "@id(\"a\") @why(\"whim\") forbid (principal, action, resource);",
        "no known reason",
    );
    check(
        "@id(\"a\") permit (principal, action, resource); @id(\"a\") permit (principal, action, resource);",
        "id of another",
    );
    // A rule that cannot be evaluated makes every answer that it concerns a no.
    let broken = "@id(\"a\") permit (principal, action, resource); @id(\"b\") @why(\"conflict\")
        forbid (principal, action, resource) when { resource.nothing };";
    let rules = Permissions::compile(&[("x.cedar", broken)]).unwrap();
    let verdict = rules.decide(
        &somebody(&[Role::Supervisor]),
        Action::LedgerRead,
        &Resource::new(What::Ledger),
    );
    assert!(
        matches!(
            verdict,
            Verdict::Refused {
                why: Why::Undecidable,
                ..
            }
        ),
        "{verdict:?}"
    );
}

#[test]
fn second_factors_and_wrong_kinds() {
    let check = |second_factor: bool, role: Role, action: Action, thing: Resource, why: Option<Why>| {
        let actor = pinji_access::Actor {
            second_factor,
            ..elevated(somebody(&[role]))
        };
        let found = match permissions().decide(&actor, action, &thing) {
            Verdict::Refused { why, .. } => Some(why),
            _ => None,
        };
        assert_eq!(found, why, "{role:?} {action:?}");
    };
    let customer = Resource::new(What::Customer);
    let secret = Resource {
        granted: true,
        ..customer.secret(Secrecy::Confidential)
    };
    check(true, Role::AccountManager, Action::CustomerRead, secret, None);
    check(
        false,
        Role::AccountManager,
        Action::CustomerRead,
        secret,
        Some(Why::SecondFactor),
    );
    check(false, Role::AccountManager, Action::CustomerRead, customer, None);
    check(
        false,
        Role::Customer,
        Action::CustomerRead,
        customer.secret(Secrecy::Confidential),
        None,
    );
    let user = Resource::new(What::User).related(Relation::Team);
    check(true, Role::SecurityAdministrator, Action::UserWrite, user, None);
    check(
        false,
        Role::SecurityAdministrator,
        Action::UserWrite,
        user,
        Some(Why::SecondFactor),
    );
    check(
        true,
        Role::AccountManager,
        Action::CustomerRead,
        user,
        Some(Why::WrongKind),
    );
    check(
        true,
        Role::AccountManager,
        Action::CustomerRead,
        customer.related(Relation::OtherTeam),
        Some(Why::NotYours),
    );
    check(
        true,
        Role::Expert,
        Action::SubmissionAudit,
        Resource::new(What::Submission),
        Some(Why::NotYourRole),
    );
}

#[test]
fn an_expired_token_opens_nothing() {
    let all: BTreeSet<Action> = Action::ALL.into_iter().collect();
    for role in Role::ALL {
        for action in Action::ALL {
            let mut actor = somebody(&[role]);
            let own = Resource::new(action.on());
            let ask = |actor: &pinji_access::Actor| permissions().decide(actor, action, &own);
            let before = ask(&actor);
            actor.token = Some(TokenUse {
                scopes: all.clone(),
                expires: NOW.plus_seconds(1),
            });
            // A token with all scopes gives what a session gives, but for what needs a step-up.
            match before {
                Verdict::Allowed => assert_eq!(ask(&actor), Verdict::Allowed),
                _ => assert!(!ask(&actor).is_allowed()),
            }
            actor.token.as_mut().unwrap().expires = NOW;
            assert!(
                matches!(
                    ask(&actor),
                    Verdict::Refused {
                        why: Why::TokenExpired,
                        ..
                    }
                ),
                "{action:?}"
            );
        }
    }
}

/// The seven files are read once, and a question takes well under a millisecond. Measured here without optimisation of our own
/// code, so the bound is generous; `PINJI_TIMES=1` prints the figures.
#[test]
fn a_decision_is_quick() {
    let started = Instant::now();
    let rules = Permissions::new().unwrap();
    let read = started.elapsed();
    let actor = somebody(&[Role::Collector, Role::Auditor]);
    let thing = Resource::new(What::Submission)
        .related(Relation::Team)
        .at(State::InReview);
    let mut times: Vec<Duration> = (0..2000)
        .map(|_| {
            let started = Instant::now();
            assert!(rules.decide(&actor, Action::SubmissionAudit, &thing).is_allowed());
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    if std::env::var_os("PINJI_TIMES").is_some() {
        println!(
            "rules read in {read:?}; a decision: median {:?}, p99 {:?}",
            times[1000], times[1980]
        );
    }
    assert!(times[1000] < Duration::from_millis(5), "{:?}", times[1000]);
    assert!(!cells::all().is_empty());
}
