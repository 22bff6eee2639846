//! Proposed groups: who belongs to them, by which test, and why. 拟定集团成员

use std::collections::BTreeMap;

use crate::control::Partition;
use crate::path::{Step, Steps};
use crate::{Edge, Graph, Party, PartyKind, Resolution, Share};

/// The tests of the guideline on group customers, in its order. 集团客户认定标准
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Test {
    /// Controls another member company, or is controlled by one. 控制或被控制
    Control,
    /// Is controlled by the same third company as another member. 共同被第三方法人控制
    SameCompany,
    /// Is controlled by the same person, or by near relatives, as another member. 被同一自然人或其近亲属控制
    SamePersons,
    /// Has other relations; a person decided, never a rule. 其他关联，人工认定
    Judgement,
}

impl Test {
    /// Its number in the guideline.
    pub fn number(self) -> u8 {
        match self {
            Test::Control => 1,
            Test::SameCompany => 2,
            Test::SamePersons => 3,
            Test::Judgement => 4,
        }
    }
}

/// Who controls a group. 集团控制人
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Controller {
    /// A company that nobody controls. 企业
    Company(Party),
    /// A person, named or not. 自然人
    Person(Party),
    /// Near relatives who hold power over members, ascending. 家族
    Family(Vec<Party>),
    /// The group itself: its companies hold each other. 循环控制
    Circle,
}

/// Why a company is a member. 成员理由
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It controls the others, and nobody controls it. 控制其他成员
    Leads {
        /// How many companies it controls.
        companies: usize,
    },
    /// Members, or the person or family behind them, control it. 被控制
    Controlled(Step),
    /// The same company controls others as well. 同受一家企业控制
    SameCompany {
        /// Which.
        controller: Party,
        /// How many companies it controls.
        companies: usize,
    },
    /// The same person controls others as well. 同受一人控制
    SamePerson {
        /// Who.
        person: Party,
        /// How many companies.
        companies: usize,
    },
    /// Near relatives control it and others. 同受近亲属控制
    SameFamily {
        /// Who, ascending.
        persons: Vec<Party>,
        /// The relations that make them near relatives.
        kin: Vec<Edge>,
        /// How many companies.
        companies: usize,
    },
    /// It is one of a circle of companies that control each other. 循环控制
    Circle {
        /// How many companies.
        companies: usize,
    },
}

/// A company's place in a proposed group. 成员资格
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The company.
    pub company: Party,
    /// The tests that it meets, ascending; at least one.
    pub tests: Vec<Test>,
    /// Why, the way of control first.
    pub reasons: Vec<Reason>,
    /// What the controller has of it through the group; `None` in a circle.
    pub share: Option<Share>,
}

/// A group of two or more companies as the rules propose it; its scope is for a person to decide. 拟定集团
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The group, named by its smallest party.
    pub group: Party,
    /// Who controls it.
    pub controller: Controller,
    /// Its companies, ascending.
    pub members: Vec<Membership>,
}

/// A relation of the fourth kind between parties of different groups: a person must say whether they are one. 待人工认定
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided {
    /// The relation.
    pub edge: Edge,
    /// Its two ends, as recorded.
    pub ends: (Party, Party),
}

/// All proposed groups of two or more companies, in the order of their smallest parties. 拟定集团
pub fn proposals(graph: &Graph, resolution: &Resolution) -> Vec<Proposal> {
    let partition = resolution.proposed();
    let mut kin: BTreeMap<Party, Vec<Edge>> = BTreeMap::new();
    for (edge, (one, _)) in graph.kin.iter().zip(&graph.kin_ends) {
        kin.entry(partition.group(Party(*one)).unwrap_or(Party(*one)))
            .or_default()
            .push(*edge);
    }
    let groups = partition.groups();
    groups
        .iter()
        .filter(|members| {
            members
                .iter()
                .filter(|member| graph.is_company(member.0))
                .nth(1)
                .is_some()
        })
        .map(|members| propose(graph, resolution, members, &kin))
        .collect()
}

/// The relations that only a person can judge, in the order recorded. 待人工认定的关联
pub fn undecided(graph: &Graph, resolution: &Resolution) -> Vec<Undecided> {
    let partition = resolution.proposed();
    let apart = |one: Party, other: Party| partition.group(one) != partition.group(other);
    let others = graph.others.iter().filter(|(_, one, other)| apart(*one, *other));
    others
        .map(|(edge, one, other)| Undecided {
            edge: *edge,
            ends: (*one, *other),
        })
        .collect()
}

/// Who controls the group of these members (all parties of one group). 集团控制人
pub fn controller(graph: &Graph, partition: &Partition, members: &[Party]) -> Controller {
    let free: Vec<Party> = members
        .iter()
        .copied()
        .filter(|member| !partition.is_controlled(*member))
        .collect();
    match free.as_slice() {
        [] => Controller::Circle,
        [one] if graph.kind(*one) == Some(PartyKind::Company) => Controller::Company(*one),
        [one] => Controller::Person(*one),
        several => {
            // Of a family, those who hold something.
            let mut holders: Vec<u32> = members
                .iter()
                .flat_map(|member| graph.row(member.0))
                .filter_map(|entry| {
                    graph
                        .power
                        .get(entry)
                        .filter(|power| **power > 0)
                        .and(graph.holder.get(entry))
                })
                .copied()
                .collect();
            holders.sort_unstable();
            let holds = |person: &&Party| holders.binary_search(&person.0).is_ok();
            let active: Vec<Party> = several.iter().filter(holds).copied().collect();
            match active.as_slice() {
                [one] => Controller::Person(*one),
                _ => Controller::Family(active),
            }
        }
    }
}

fn propose(graph: &Graph, resolution: &Resolution, parties: &[Party], kin: &BTreeMap<Party, Vec<Edge>>) -> Proposal {
    let partition = resolution.proposed();
    let group = parties.first().copied().unwrap_or(Party(0));
    let controller = controller(graph, partition, parties);
    let steps = Steps::of(graph, partition, parties);
    let companies: Vec<Party> = parties
        .iter()
        .copied()
        .filter(|party| graph.is_company(party.0))
        .collect();
    let behind = match &controller {
        Controller::Person(person) => Some(Reason::SamePerson {
            person: *person,
            companies: companies.len(),
        }),
        Controller::Family(persons) => Some(Reason::SameFamily {
            persons: persons.clone(),
            kin: kin.get(&group).cloned().unwrap_or_default(),
            companies: companies.len(),
        }),
        Controller::Company(_) | Controller::Circle => None,
    };
    let members = companies.iter().map(|company| {
        let mut membership = Membership {
            company: *company,
            tests: Vec::new(),
            reasons: Vec::new(),
            share: resolution.group_share(*company),
        };
        if let Some(step) = steps.step(*company) {
            membership.reasons.push(Reason::Controlled(step.clone()));
        }
        among_companies(resolution.legal(), &mut membership);
        if let Some(behind) = &behind {
            membership.tests.push(Test::SamePersons);
            membership.reasons.push(behind.clone());
        }
        membership
    });
    Proposal {
        group,
        members: members.collect(),
        controller,
    }
}

/// The first and second test: what companies control among themselves, persons left out.
fn among_companies(legal: &Partition, membership: &mut Membership) {
    let company = membership.company;
    let companies = legal.size(company);
    if companies < 2 {
        return;
    }
    membership.tests.push(Test::Control);
    let controlled = legal.is_controlled(company);
    match legal.controller(company) {
        None => membership.reasons.push(Reason::Circle { companies }),
        Some(_) if !controlled => membership.reasons.push(Reason::Leads {
            companies: companies - 1,
        }),
        Some(controller) if companies > 2 => {
            membership.tests.push(Test::SameCompany);
            membership.reasons.push(Reason::SameCompany {
                controller,
                companies: companies - 1,
            });
        }
        Some(_) => {}
    }
}
