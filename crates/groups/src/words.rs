//! Codes and edges as messages: why a company is a member, how it is controlled, what is in doubt. 措辞
//!
//! Nothing here is worded; `locales/*/office.ftl` holds the sentences. Names of parties come from the caller.

use pinji_domain::number::plain;
use pinji_domain::{Arg, Message};

use crate::{
    Basis, Bounded, Cause, Controller, Doubt, Edge, Evidence, Holding, Party, Reason, Refusal, Relation, Share, Step,
    Test,
};

/// What the caller knows of parties and relations. 名称
pub struct Names<'a> {
    /// The name of a party.
    pub party: &'a dyn Fn(Party) -> Arg,
    /// The relations that the graph was made of.
    pub relations: &'a [Relation],
}

impl Names<'_> {
    fn party(&self, party: Party) -> Arg {
        (self.party)(party)
    }

    /// Parties one after the other: `A, B and so on`.
    fn parties(&self, parties: &[Party]) -> Arg {
        let mut listed: Option<Arg> = None;
        for party in parties {
            let name = self.party(*party);
            listed = Some(match listed {
                None => name,
                Some(before) => Message::new("groups-list")
                    .with("before", before)
                    .with("next", name)
                    .into(),
            });
        }
        listed.unwrap_or_else(|| "".into())
    }

    /// A relation's id in the register.
    fn relation(&self, edge: Edge) -> Arg {
        let relation = self.relations.get(edge.0 as usize);
        relation.map_or_else(|| "?".into(), |relation| relation.id.to_string().into())
    }
}

/// A test of the guideline. 认定标准
pub fn test(test: Test) -> Message {
    Message::new(match test {
        Test::Control => "groups-test-control",
        Test::SameCompany => "groups-test-same-company",
        Test::SamePersons => "groups-test-same-persons",
        Test::Judgement => "groups-test-judgement",
    })
}

/// What a relation stands on. 佐证
pub fn evidence(evidence: Evidence) -> Message {
    Message::new(match evidence {
        Evidence::Register => "groups-evidence-register",
        Evidence::Disclosure => "groups-evidence-disclosure",
        Evidence::Contract => "groups-evidence-contract",
        Evidence::Statement => "groups-evidence-statement",
        Evidence::Nothing => "groups-evidence-nothing",
    })
}

/// Who controls a group. 集团控制人
pub fn controller(controller: &Controller, names: &Names<'_>) -> Message {
    match controller {
        Controller::Company(company) => Message::new("groups-controller-company").with("name", names.party(*company)),
        Controller::Person(person) => Message::new("groups-controller-person").with("name", names.party(*person)),
        Controller::Family(persons) => Message::new("groups-controller-family").with("names", names.parties(persons)),
        Controller::Circle => Message::new("groups-controller-circle"),
    }
}

/// Why a company is a member. 成员理由
pub fn reason(reason: &Reason, names: &Names<'_>) -> Message {
    match reason {
        Reason::Leads { companies } => Message::new("groups-reason-leads").with("companies", *companies),
        Reason::Controlled(of) => step(of, names),
        Reason::SameCompany { controller, companies } => Message::new("groups-reason-same-company")
            .with("controller", names.party(*controller))
            .with("companies", *companies),
        Reason::SamePerson { person, companies } => Message::new("groups-reason-same-person")
            .with("person", names.party(*person))
            .with("companies", *companies),
        Reason::SameFamily { persons, companies, .. } => Message::new("groups-reason-same-family")
            .with("persons", names.parties(persons))
            .with("companies", *companies),
        Reason::Circle { companies } => Message::new("groups-reason-circle").with("companies", *companies),
    }
}

/// One step of a control path. 控制步骤
pub fn step(step: &Step, names: &Names<'_>) -> Message {
    let by: Vec<Party> = step.by.iter().map(|holding| holding.holder).collect();
    let said = match (step.basis, by.len()) {
        (Basis::Votes, 1) => Message::new("groups-step-votes-one").with("held", per_cent(step.held)),
        (Basis::Votes, _) => Message::new("groups-step-votes-several").with("held", per_cent(step.held)),
        (Basis::Agreement | Basis::Unclear, 1) => Message::new("groups-step-agreement-one"),
        (Basis::Agreement | Basis::Unclear, _) => Message::new("groups-step-agreement-several"),
    };
    said.with("company", names.party(step.company))
        .with("holders", names.parties(&by))
}

/// One holder's part in a step, with the relation that says so. 持有明细
pub fn holding(holding: &Holding, basis: Basis, names: &Names<'_>) -> Message {
    let said = match basis {
        Basis::Votes => Message::new("groups-holding-votes").with("share", per_cent(u64::from(holding.power))),
        Basis::Agreement | Basis::Unclear => Message::new("groups-holding-agreement"),
    };
    said.with("holder", names.party(holding.holder))
        .with("relation", names.relation(holding.edge))
}

/// A relation of the fourth kind that a person must judge. 待人工认定
pub fn undecided(undecided: &crate::Undecided, names: &Names<'_>) -> Message {
    Message::new("groups-undecided")
        .with("one", names.party(undecided.ends.0))
        .with("other", names.party(undecided.ends.1))
        .with("relation", names.relation(undecided.edge))
}

/// A doubt about the records. 存疑
pub fn doubt(doubt: &Doubt, names: &Names<'_>) -> Message {
    match doubt {
        Doubt::Overlap { kept, dropped } => Message::new("groups-doubt-overlap")
            .with("kept", names.relation(*kept))
            .with("dropped", names.relation(*dropped)),
        Doubt::UnknownShare { edge } => {
            Message::new("groups-doubt-unknown-share").with("relation", names.relation(*edge))
        }
        Doubt::EquityBeyondWhole { company, sum } => Message::new("groups-doubt-equity-beyond")
            .with("company", names.party(*company))
            .with("sum", per_cent(*sum)),
        Doubt::VotesBeyondWhole { company, sum } => Message::new("groups-doubt-votes-beyond")
            .with("company", names.party(*company))
            .with("sum", per_cent(*sum)),
        Doubt::AgreementsClash { company } => {
            Message::new("groups-doubt-agreements-clash").with("company", names.party(*company))
        }
        Doubt::JointAlone { edge } => Message::new("groups-doubt-joint-alone").with("relation", names.relation(*edge)),
        Doubt::AnonymousHolder { edge } => {
            Message::new("groups-doubt-anonymous").with("relation", names.relation(*edge))
        }
        Doubt::DistantKin { edge } => Message::new("groups-doubt-distant-kin").with("relation", names.relation(*edge)),
    }
}

/// Why a relation was refused. 不予受理
pub fn refusal(refusal: Refusal) -> Message {
    match refusal {
        Refusal::UnknownParty(_) => Message::new("groups-refused-unknown-party"),
        Refusal::EndsBeforeItBegins { from, last } => Message::new("groups-refused-ends-before")
            .with("from", from.to_string())
            .with("last", last.to_string()),
        Refusal::KinOfACompany => Message::new("groups-refused-kin-of-company"),
        Refusal::TooFewGenerations(generations) => {
            Message::new("groups-refused-generations").with("generations", i64::from(generations))
        }
        Refusal::TargetIsNoCompany => Message::new("groups-refused-target"),
        Refusal::ToItself => Message::new("groups-refused-itself"),
    }
}

/// How a member's grade came out under its group's; `grades` names ranks. 等级约束
pub fn bounded(bounded: &Bounded, grades: &dyn Fn(usize) -> Arg) -> Message {
    let at_most = bounded.at_most.map_or_else(|| "".into(), grades);
    match bounded.cause {
        Cause::Lowered => Message::new("groups-bound-lowered")
            .with("notches", bounded.notches.len())
            .with("at_most", at_most),
        Cause::Within => Message::new("groups-bound-within").with("at_most", at_most),
        Cause::GroupUngraded => Message::new("groups-bound-group-ungraded"),
        Cause::OnlyMember => Message::new("groups-bound-only-member"),
        Cause::Ungraded => Message::new("groups-bound-ungraded"),
    }
}

/// Each notch that a member was lowered. 逐级下调
pub fn notches(bounded: &Bounded, grades: &dyn Fn(usize) -> Arg) -> Vec<Message> {
    let notches = bounded.notches.iter();
    notches
        .map(|notch| {
            Message::new("groups-bound-notch")
                .with("from", grades(notch.from))
                .with("to", grades(notch.to))
        })
        .collect()
}

/// Parts per billion as per cent; sums may lie beyond the whole.
fn per_cent(units: u64) -> String {
    match u32::try_from(units).ok().and_then(Share::from_units) {
        Some(share) => share.to_string(),
        None => format!("{}%", plain(i64::try_from(units / 10_000).unwrap_or(i64::MAX), 3)),
    }
}
