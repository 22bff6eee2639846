//! Why each member belongs to its group: tests, reasons, shares and the path of control, from the relations of the day. 成员理由

use std::cell::Cell;
use std::collections::HashMap;

use pinji_domain::ids::{CustomerId, RelationId};
use pinji_domain::{Arg, Date, Message};
use pinji_groups::{Graph, Party, PartyKind, Reason, Share, Step, Steps, proposals, resolve, words};
use pinji_store::{Known, View};

use super::network::Network;
use crate::register::Fault;

/// Why a customer is a member. 成员理由
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Why {
    /// Numbers of the tests that it meets.
    pub(crate) tests: Vec<u8>,
    /// The reasons.
    pub(crate) reasons: Vec<Message>,
    /// What the controller has of it.
    pub(crate) share: Option<Share>,
    /// The steps from the controller to it.
    pub(crate) path: Vec<Message>,
    /// The relations that those steps stand on.
    pub(crate) evidence: Vec<RelationId>,
}

/// The reasons for these members, and who controls the group by the rules, in words that the reader may hear.
///
/// `sees` tells of a party whether the reader may know of it, and whether he may know a person's name. What would tell of
/// others is left out; `whole` says that nobody of the group is hidden, so that counts may be told.
pub(crate) async fn explain(
    view: &View,
    known: Known,
    on: Date,
    members: &[(CustomerId, i64)],
    sees: impl Fn(Option<CustomerId>) -> bool,
    persons: bool,
    whole: bool,
) -> Result<HashMap<CustomerId, Why>, Fault> {
    let seeds: Vec<i64> = members.iter().map(|(_, party)| *party).collect();
    let network = Network::around(view, known, Some(on), &seeds).await?;
    let graph = Graph::as_of(&network.kinds, &network.relations, on).map_err(Fault::broken)?;
    let resolution = resolve(&graph);
    let partition = resolution.proposed();
    let hidden = Cell::new(false);
    let name = |party: Party| -> Arg {
        if !sees(network.customer(party)) {
            hidden.set(true);
        }
        match (network.party(party), graph.kind(party)) {
            (Some(known), Some(PartyKind::Company)) => known.name.as_str().into(),
            (Some(known), Some(PartyKind::Person)) if persons => known.name.as_str().into(),
            _ => Message::new("app-party-person").into(),
        }
    };
    let names = words::Names {
        party: &name,
        relations: &network.relations,
    };
    // A sentence that would name somebody hidden is not said.
    let said = |message: &dyn Fn() -> Message| {
        hidden.set(false);
        let message = message();
        (!hidden.get()).then_some(message)
    };
    let mut found: HashMap<CustomerId, Why> = HashMap::new();
    for proposal in proposals(&graph, &resolution) {
        let Some(group) = partition
            .groups()
            .iter()
            .find(|all| all.first() == Some(&proposal.group))
            .map(<[_]>::to_vec)
        else {
            continue;
        };
        let steps = Steps::of(&graph, partition, &group);
        for member in &proposal.members {
            let Some(customer) = network.customer(member.company) else {
                continue;
            };
            if !members.iter().any(|(id, _)| *id == customer) {
                continue;
            }
            let told = |reason: &&Reason| whole || matches!(reason, Reason::Controlled(_));
            let reasons = member.reasons.iter().filter(told);
            let reasons = reasons.filter_map(|reason| said(&|| words::reason(reason, &names)));
            let path: Vec<&Step> = steps.path(member.company);
            let mut why = Why {
                tests: member.tests.iter().map(|test| test.number()).collect(),
                reasons: reasons.collect(),
                share: member.share,
                path: Vec::new(),
                evidence: Vec::new(),
            };
            for step in path {
                let Some(message) = said(&|| words::step(step, &names)) else {
                    continue;
                };
                why.path.push(message);
                let edges = step
                    .by
                    .iter()
                    .filter_map(|holding| network.relations.get(holding.edge.0 as usize));
                why.evidence.extend(edges.map(|relation| relation.id));
            }
            found.insert(customer, why);
        }
    }
    Ok(found)
}
