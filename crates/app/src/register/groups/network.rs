//! The relations of the register as the rules of groups read them. 关系网

use std::collections::HashMap;

use pinji_domain::Date;
use pinji_domain::ids::{CustomerId, RelationId};
use pinji_groups::{Evidence, Kinship, Party, PartyKind, Relation, Share, Tie};
use pinji_store::{Known, PartySort, View};

use crate::register::Fault;

/// How many rows are fetched at a time.
const ROWS: u32 = 10_000;

/// Parties and relations as flat lists; a party's place is its number among them, ascending by id.
#[derive(Debug, Default)]
pub(crate) struct Network {
    /// The register's parties, by place.
    pub(crate) parties: Vec<pinji_store::Party>,
    /// What each is.
    pub(crate) kinds: Vec<PartyKind>,
    /// The relations.
    pub(crate) relations: Vec<Relation>,
    place: HashMap<i64, Party>,
    customer: HashMap<CustomerId, Party>,
}

impl Network {
    /// All that was known of relations that hold on a day (of all days where none is given).
    pub(crate) async fn whole(view: &View, known: Known, on: Option<Date>) -> Result<Network, Fault> {
        let mut network = Network::default();
        let mut after = 0;
        loop {
            let rows = view.parties(after, ROWS).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            rows.into_iter().for_each(|party| network.put_party(party));
        }
        let mut after = RelationId(0);
        loop {
            let rows = view.relations(known, on, after, ROWS).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            rows.iter().for_each(|row| network.put_relation(row));
        }
        Ok(network)
    }

    /// All that is connected with these parties by relations that bear on control, directly or not: as much as decides about
    /// their groups. Relations that only a person can judge are taken at the edge and not followed.
    pub(crate) async fn around(view: &View, known: Known, on: Option<Date>, seeds: &[i64]) -> Result<Network, Fault> {
        let mut open: Vec<i64> = seeds.to_vec();
        let mut met: HashMap<i64, ()> = open.iter().map(|id| (*id, ())).collect();
        let mut found: HashMap<RelationId, pinji_store::Relation> = HashMap::new();
        while let Some(id) = open.pop() {
            for row in view.relations_of(id, known, on).await? {
                for end in [row.said.from, row.said.to] {
                    if row.said.sort != Tie::Other.code() && met.insert(end, ()).is_none() {
                        open.push(end);
                    }
                }
                found.insert(row.id, row);
            }
        }
        let mut rows: Vec<pinji_store::Relation> = found.into_values().collect();
        rows.sort_by_key(|row| row.id);
        let mut ids: Vec<i64> = met.into_keys().collect();
        ids.extend(rows.iter().flat_map(|row| [row.said.from, row.said.to]));
        ids.sort_unstable();
        ids.dedup();
        let mut network = Network::default();
        for id in ids {
            if let Some(party) = view.party(id).await? {
                network.put_party(party);
            }
        }
        rows.iter().for_each(|row| network.put_relation(row));
        Ok(network)
    }

    /// Puts a party at the end of the list; one that is there stays where it is.
    pub(crate) fn put_party(&mut self, party: pinji_store::Party) {
        if self.place.contains_key(&party.id) {
            return;
        }
        let place = Party(u32::try_from(self.parties.len()).unwrap_or(u32::MAX));
        self.place.insert(party.id, place);
        if let Some(customer) = party.customer {
            self.customer.insert(customer, place);
        }
        self.kinds.push(kind(&party));
        self.parties.push(party);
    }

    /// Puts a relation between parties that are there; others, and what no rule reads, are passed over.
    pub(crate) fn put_relation(&mut self, row: &pinji_store::Relation) {
        let ends = (self.at(row.said.from), self.at(row.said.to));
        let (Some(holder), Some(target)) = ends else { return };
        let Some(tie) = tie(&row.said.sort, row.said.share_ppm) else {
            return;
        };
        let relation = Relation {
            id: row.id,
            holder,
            target,
            tie,
            from: row.said.valid_from,
            until: row.said.valid_to,
            evidence: evidence(&row.said.evidence).0,
        };
        // What intake refuses was never kept; should a later rule refuse what was kept, the others still count.
        if relation.check(&self.kinds).is_ok() {
            self.relations.push(relation);
        }
    }

    /// The place of a party by its id in the register.
    pub(crate) fn at(&self, id: i64) -> Option<Party> {
        self.place.get(&id).copied()
    }

    /// The place of the party that a customer is.
    pub(crate) fn of(&self, customer: CustomerId) -> Option<Party> {
        self.customer.get(&customer).copied()
    }

    /// The register's party at a place.
    pub(crate) fn party(&self, party: Party) -> Option<&pinji_store::Party> {
        self.parties.get(party.0 as usize)
    }

    /// The customer at a place.
    pub(crate) fn customer(&self, party: Party) -> Option<CustomerId> {
        self.party(party)?.customer
    }
}

/// What a party is to the rules; a person without a name is nobody that could be met again.
pub(crate) fn kind(party: &pinji_store::Party) -> PartyKind {
    match party.sort {
        PartySort::Company => PartyKind::Company,
        PartySort::Person if party.name.is_empty() => PartyKind::Anonymous,
        PartySort::Person => PartyKind::Person,
    }
}

/// The tie that a kept type and share mean. Kinship carries its degree: `family-spouse`, `family-direct-3`, `family-collateral-2`.
pub(crate) fn tie(sort: &str, share_ppm: Option<i64>) -> Option<Tie> {
    let share = || {
        let units = u32::try_from(share_ppm?).ok()?.checked_mul(1000)?;
        Share::from_units(units)
    };
    let generations = |text: &str| text.parse().ok();
    Some(match sort {
        "equity" => Tie::Equity(share()),
        "voting" => Tie::Voting(share()?),
        "management" => Tie::Management,
        "joint" => Tie::Joint,
        "other" => Tie::Other,
        "family-spouse" => Tie::Family(Kinship::Spouse),
        kin => match kin.strip_prefix("family-")?.split_once('-')? {
            ("direct", text) => Tie::Family(Kinship::Direct {
                generations: generations(text)?,
            }),
            ("collateral", text) => Tie::Family(Kinship::Collateral {
                generations: generations(text)?,
            }),
            _ => return None,
        },
    })
}

/// The type under which a tie is kept.
pub(crate) fn sort(tie: Tie) -> String {
    match tie {
        Tie::Family(Kinship::Spouse) => "family-spouse".to_owned(),
        Tie::Family(Kinship::Direct { generations }) => format!("family-direct-{generations}"),
        Tie::Family(Kinship::Collateral { generations }) => format!("family-collateral-{generations}"),
        other => other.code().to_owned(),
    }
}

/// Kind and words of kept evidence: the code, a space, the words. What begins with no code was said by somebody.
pub(crate) fn evidence(kept: &str) -> (Evidence, &str) {
    let (code, words) = kept.split_once(' ').unwrap_or((kept, ""));
    match Evidence::parse(code) {
        Some(kind) => (kind, words),
        None if kept.is_empty() => (Evidence::Nothing, ""),
        None => (Evidence::Statement, kept),
    }
}
