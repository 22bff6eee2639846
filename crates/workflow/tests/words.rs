//! Every refusal and every suspicion has a sentence in both languages, with all the values that it mentions.

use pinji_domain::ids::{RunId, SubmissionId, UserId};
use pinji_domain::{Arg, Channel, Lang, Message, Period};
use pinji_workflow::due::{Due, Overdue};
use pinji_workflow::suspect::Way;
use pinji_workflow::{Doubt, Flaw, Refusal, State};

use crate::book::{day, kind};

pub fn said(message: &Message) {
    for lang in Lang::ALL {
        assert!(pinji_locale::exists(lang, message.code), "{} in {lang:?}", message.code);
        for variable in pinji_locale::variables(lang, message.code) {
            assert!(
                message.args.iter().any(|(name, _)| *name == variable),
                "{} lacks {variable}",
                message.code
            );
        }
        let text = pinji_locale::say(lang, message);
        assert!(!text.contains("workflow-") && !text.contains('{'), "{text}");
    }
    for (_, value) in &message.args {
        if let Arg::Say(inner) = value {
            said(inner);
        }
    }
}

#[test]
fn refusals_have_words() {
    let field = || "revenue".to_owned();
    let mut all = vec![
        Refusal::BadRows { bad: 3, leaving_out: 0 },
        Refusal::NothingToSubmit,
        Refusal::NotTheMaker { collector: UserId(1) },
        Refusal::OwnWork { maker: UserId(1) },
        Refusal::ReasonMissing { row: None, field: None },
        Refusal::ReasonMissing {
            row: Some(1),
            field: None,
        },
        Refusal::ReasonMissing {
            row: Some(1),
            field: Some(field()),
        },
        Refusal::NoSuchRow { row: 9 },
        Refusal::NotWaiting { row: 9 },
        Refusal::FieldNotChanged { row: 9, field: field() },
        Refusal::BadRowAccepted { row: 9 },
        Refusal::RequiredFieldAlone { row: 9, field: field() },
        Refusal::Unjudged { rows: 2, first: 9 },
        Refusal::NotTrusted { channel: Channel::Form },
        Refusal::AlreadyRuled,
        Refusal::PartlyAccepted,
        Refusal::UsedByRun { run: RunId(5) },
        Refusal::Overtaken { by: SubmissionId(6) },
    ];
    for state in State::NAMES {
        for command in ["confirm", "withdraw", "accept-by-rule", "audit", "undo"] {
            all.push(Refusal::WrongState { state, command });
        }
    }
    for refusal in &all {
        said(&refusal.message());
        assert_eq!(refusal.to_string(), refusal.message().code);
    }
    let wrong = Refusal::WrongState {
        state: "draft",
        command: "audit",
    };
    assert_eq!(
        pinji_locale::say(Lang::Zh, &wrong.message()),
        "该报送还是草稿，不能审核，请刷新页面查看最新状态。"
    );
}

#[test]
fn suspicions_have_words() {
    let revenue = || "revenue".to_owned();
    let slip = |way: Way| Doubt::UnitSlip {
        field: revenue(),
        value: 123_456_700,
        median: 12_345,
        factor: 10_000,
        way,
    };
    let all = [
        Doubt::Jump {
            field: revenue(),
            value: 123_456_700,
            median: 100,
            spread: 5,
            past: 8,
        },
        slip(Way::TooLarge),
        slip(Way::TooSmall),
        Doubt::Sign {
            field: revenue(),
            value: -5,
            median: 5,
        },
        Doubt::Identity {
            identity: "balance".to_owned(),
            left: 300,
            right: 500,
            allowed: 1,
            scale: 2,
        },
        Doubt::Gap {
            before: day("2025-01-31"),
            missing: day("2025-02-28"),
            step: Period::parse("1 month").unwrap(),
        },
        Doubt::Overlap {
            other: day("2025-01-31"),
        },
        Doubt::Reversed {
            from: day("2025-01-31"),
            to: day("2024-01-31"),
        },
        Doubt::Future {
            field: "period_end".to_owned(),
            date: day("2030-01-31"),
        },
        Doubt::SameCode {
            field: "uscc".to_owned(),
            code: "91350100M000100Y43".to_owned(),
            other: "C7".to_owned(),
        },
        Doubt::SimilarName {
            field: "name".to_owned(),
            name: "甲公司".to_owned(),
            other: "C7".to_owned(),
            likeness: 957,
        },
    ];
    let statement = kind("financial_statement");
    for doubt in &all {
        said(&doubt.message(statement));
    }
    let text = |at: usize| pinji_locale::say(Lang::En, &all[at].message(statement));
    assert!(
        text(0).contains("`Revenue`") && text(0).contains("1,234,567.00"),
        "{}",
        text(0)
    );
    assert!(text(1).contains("10,000"), "{}", text(1));
    assert!(
        text(4).contains("Assets = liabilities + equity") && text(4).contains("3.00"),
        "{}",
        text(4)
    );
    assert!(text(10).contains("95.7%"), "{}", text(10));
    said(&pinji_workflow::compare::resent_message(SubmissionId(4)));
    for flaw in [Flaw::Cells, Flaw::NoCustomer, Flaw::Contradicts { row: 4 }] {
        said(&flaw.message());
    }
    for what in [Due::Fresh, Due::Every] {
        let late = Overdue {
            customer: "C1".to_owned(),
            what,
            due: day("2026-01-31"),
            days: 12,
        };
        said(&late.message(statement));
    }
}
