//! Groups through time: the same question as of any day. 集团沿革

use crate::control::Sets;
use crate::{Controller, Graph, Party, PartyKind, Refusal, Relation, Resolution, Tie, controller, resolve};
use pinji_domain::Date;

/// What changed about a company's group between two days. 集团变动
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Parties that came, ascending.
    pub joined: Vec<Party>,
    /// Parties that left, ascending.
    pub left: Vec<Party>,
    /// The ultimate controller before and after, where it changed; `None` inside: a circle.
    pub controller: Option<(Option<Party>, Option<Party>)>,
}

/// A stretch of time in which a company's group stayed the same. 集团存续区间
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// Its first day; `None`: since the beginning.
    pub from: Option<Date>,
    /// The first day after it; `None`: until now.
    pub until: Option<Date>,
    /// The companies of the proposed group, ascending; the company itself among them.
    pub companies: Vec<Party>,
    /// Who controls them.
    pub controller: Controller,
}

/// The days on which a relation begins or ends: between two of them nothing changes. 变动日
pub fn turning_points(relations: &[Relation]) -> Vec<Date> {
    let mut days: Vec<Date> = relations
        .iter()
        .flat_map(|relation| [relation.from, relation.until])
        .flatten()
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// Compares a company's proposed group on two days; the parties are those of one list. 集团变动
pub fn difference(company: Party, before: &Resolution, after: &Resolution) -> Difference {
    let members = |resolution: &Resolution| {
        let partition = resolution.proposed();
        let group = partition.group(company);
        let count = partition.label.len() as u32;
        let all = (0..count).map(Party);
        all.filter(|party| group.is_some() && partition.group(*party) == group)
            .collect::<Vec<_>>()
    };
    let (old, new) = (members(before), members(after));
    let lacking = |here: &[Party], there: &[Party]| {
        let gone = here.iter().filter(|party| there.binary_search(party).is_err());
        gone.copied().collect::<Vec<_>>()
    };
    let controllers = (before.controller(company), after.controller(company));
    Difference {
        joined: lacking(&new, &old),
        left: lacking(&old, &new),
        controller: (controllers.0 != controllers.1).then_some(controllers),
    }
}

/// The group of one company through all time, oldest first. 集团沿革
///
/// Only parties that were ever connected with the company are looked at, so that a long history of others costs nothing.
pub fn history(parties: &[PartyKind], relations: &[Relation], company: Party) -> Result<Vec<Spell>, Refusal> {
    if parties.get(company.0 as usize).is_none() {
        return Err(Refusal::UnknownParty(company));
    }
    let near = Near::of(parties, relations, company)?;
    let days = turning_points(&near.relations);
    let mut starts: Vec<Option<Date>> = vec![None];
    starts.extend(days.iter().copied().map(Some));
    let mut spells: Vec<Spell> = Vec::new();
    for from in starts {
        // Before the first turning point, any earlier day will do.
        let day = from
            .or_else(|| days.first().and_then(Date::pred_opt))
            .unwrap_or(Date::MIN);
        let (companies, controller) = near.group(day)?;
        match spells.last_mut() {
            Some(last) if last.companies == companies && last.controller == controller => {}
            last => {
                if let Some(last) = last {
                    last.until = from;
                }
                spells.push(Spell {
                    from,
                    until: None,
                    companies,
                    controller,
                });
            }
        }
    }
    Ok(spells)
}

/// All that was ever connected with a company, by places of its own in the same order.
struct Near {
    party: Vec<Party>,
    kinds: Vec<PartyKind>,
    relations: Vec<Relation>,
    company: Party,
}

impl Near {
    fn of(parties: &[PartyKind], relations: &[Relation], company: Party) -> Result<Near, Refusal> {
        let mut sets = Sets::of(parties.len());
        for relation in relations {
            relation.check(parties)?;
            if relation.tie != Tie::Other {
                sets.join(relation.holder.0, relation.target.0);
            }
        }
        let set = sets.find(company.0);
        let mut near = Near {
            party: Vec::new(),
            kinds: Vec::new(),
            relations: Vec::new(),
            company,
        };
        for (at, kind) in parties.iter().enumerate() {
            if sets.find(at as u32) == set {
                near.party.push(Party(at as u32));
                near.kinds.push(*kind);
            }
        }
        let place = |party: Party| near.party.binary_search(&party).ok().map(|at| Party(at as u32));
        let mut kept = Vec::new();
        for relation in relations.iter().filter(|relation| relation.tie != Tie::Other) {
            if let (Some(holder), Some(target)) = (place(relation.holder), place(relation.target)) {
                kept.push(Relation {
                    holder,
                    target,
                    ..*relation
                });
            }
        }
        near.company = place(company).unwrap_or(company);
        near.relations = kept;
        Ok(near)
    }

    fn group(&self, day: Date) -> Result<(Vec<Party>, Controller), Refusal> {
        let graph = Graph::as_of(&self.kinds, &self.relations, day)?;
        let resolution = resolve(&graph);
        let partition = resolution.proposed();
        let group = partition.group(self.company);
        let members: Vec<Party> = (0..self.party.len() as u32)
            .map(Party)
            .filter(|party| partition.group(*party) == group)
            .collect();
        let there = |party: Party| self.party.get(party.0 as usize).copied().unwrap_or(party);
        let controller = match controller(&graph, partition, &members) {
            Controller::Company(party) => Controller::Company(there(party)),
            Controller::Person(party) => Controller::Person(there(party)),
            Controller::Family(persons) => Controller::Family(persons.into_iter().map(there).collect()),
            Controller::Circle => Controller::Circle,
        };
        let companies = members.iter().filter(|member| graph.is_company(member.0));
        Ok((companies.copied().map(there).collect(), controller))
    }
}
