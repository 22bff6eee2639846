//! Relations as they come in: checked one by one, and what looks doubtful together is pointed out. 登记关系

use std::collections::BTreeSet;

use pinji_access::{Resource, State, What};
use pinji_domain::{Arg, Date, Decimal, Message, RelationId};
use pinji_groups::{Doubt, Evidence, Graph, Kinship, Party, Refusal, Relation, Share, Tie, words};
use pinji_store::{Change, Known, NewRelation};
use serde_json::{Value, json};

use super::parties::{self, Named, about};
use super::reading::{RelationView, seen};
use crate::register::deed::Deed;
use crate::register::groups::network::{self, Network};
use crate::register::users::line;
use crate::register::{Action, Answer, Caller, Fault, Office, Wrong};

/// No more in one request.
const MOST: usize = 500;

/// The most of its own shares that a company may hold: a tenth, as company law has it.
const OWN_SHARES: u32 = 100_000_000;

/// What is said of a new relation. 新关系
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Who holds, controls or is related.
    pub holder: Named,
    /// What is held or controlled, or whom it is related to.
    pub target: Named,
    /// `equity`, `voting`, `management`, `joint`, `family` or `other`.
    pub sort: String,
    /// Per cent, as text: `33.3333`.
    pub share: Option<String>,
    /// Of kin: `spouse`, `direct` or `collateral`.
    pub kinship: Option<String>,
    /// Of kin: how many generations, both ends counted.
    pub generations: Option<u8>,
    /// The first day on which it holds.
    pub from: Option<Date>,
    /// The first day on which it holds no longer.
    pub until: Option<Date>,
    /// The code of what it stands on; nothing, if not said.
    pub evidence: Option<String>,
    /// The same in words.
    pub words: Option<String>,
    /// The file that proves it, by its hash.
    pub file: Option<String>,
}

/// How a relation is closed. 终止
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The first day on which it holds no longer; `None`: it never was so.
    pub until: Option<Date>,
    /// Why.
    pub reason: String,
}

/// Records relations: all of them, or none. 登记关系
///
/// The answer shows them, and what they leave in doubt together with what is known of the same companies.
pub async fn create(
    office: &Office,
    caller: &Caller,
    given: Vec<Given>,
    answered: impl Fn(&[RelationView], &[Message]) -> Answer + Send,
) -> Result<Answer, Fault> {
    let draft: Resource = about(What::Edge, None, State::Draft, caller);
    office.authorize(caller, Action::RelationWrite, &draft)?;
    if given.is_empty() || given.len() > MOST {
        return Err(Fault::field(
            "/relations",
            Message::new("app-relations-count").with("most", MOST),
        ));
    }
    let mut wrong = Vec::new();
    let mut ties = Vec::with_capacity(given.len());
    for (at, one) in given.iter().enumerate() {
        ties.push((tie(one, at, &mut wrong), proof(one, at, &mut wrong)));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let change = office.store.change(caller.asked.at).await?;
    let mut new = Vec::with_capacity(given.len());
    let mut customers = BTreeSet::new();
    for (at, (one, (tie, evidence))) in given.iter().zip(ties).enumerate() {
        let (from, to) = (format!("/relations/{at}/holder"), format!("/relations/{at}/target"));
        let holder = parties::meet(office, caller, &change, &one.holder, &from, &mut wrong).await?;
        let target = parties::meet(office, caller, &change, &one.target, &to, &mut wrong).await?;
        if let Some(file) = &one.file
            && change.file(file).await?.is_none()
        {
            wrong.push(Wrong::at(
                format!("/relations/{at}/file"),
                Message::new("app-relation-file-unknown"),
            ));
        }
        let (Some((holder, held_by)), Some((target, held)), Some(tie)) = (holder, target, tie) else {
            continue;
        };
        customers.extend([held_by, held].into_iter().flatten().map(|customer| customer.code));
        let mut pair = Network::default();
        pair.put_party(holder.clone());
        pair.put_party(target.clone());
        let relation = Relation {
            id: RelationId(0),
            holder: pair.at(holder.id).unwrap_or(Party(0)),
            target: pair.at(target.id).unwrap_or(Party(0)),
            tie,
            from: one.from,
            until: one.until,
            evidence: network::evidence(&evidence).0,
        };
        if let Err(refusal) = relation.check(&pair.kinds) {
            let place = match refusal {
                Refusal::EndsBeforeItBegins { .. } => "/until",
                Refusal::TooFewGenerations(_) => "/generations",
                Refusal::TargetIsNoCompany => "/target",
                _ => "",
            };
            wrong.push(Wrong::at(format!("/relations/{at}{place}"), words::refusal(refusal)));
        } else if holder.id == target.id && !own_shares(tie) {
            wrong.push(Wrong::at(
                format!("/relations/{at}/share"),
                Message::new("app-relation-own-shares"),
            ));
        }
        new.push(NewRelation {
            sort: network::sort(tie),
            from: holder.id,
            to: target.id,
            share_ppm: share_of(tie).map(|share| i64::from(share.units() / 1000)),
            valid_from: one.from,
            valid_to: one.until,
            evidence,
            file: one.file.clone(),
            submission: None,
        });
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let ids = change.add_relations(&new).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in &ids {
        rows.extend(change.relation(*id).await?);
    }
    let views: Vec<RelationView> = seen(office, caller, &change, &rows)
        .await?
        .into_iter()
        .map(|seen| seen.relation)
        .collect();
    let doubts = doubts(office, caller, &change, &new).await?;
    let answer = answered(&views, &doubts);
    let entries: Vec<Value> = rows.iter().map(entry_of).collect();
    let object = match ids.as_slice() {
        [one] => format!("relation:{one}"),
        _ => "relation".to_owned(),
    };
    let deed = Deed::new(Action::RelationWrite.code(), object)
        .after(Value::Array(entries))
        .fact("customers", customers.into_iter().collect::<Vec<_>>());
    office.keep(change, caller, deed, answer).await
}

/// Ends a relation on a day, or says that it never was so. What was known stays known as of then. 终止关系
pub async fn close(
    office: &Office,
    caller: &Caller,
    id: RelationId,
    closing: Closing,
    answered: impl Fn(&RelationView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let mut wrong = Vec::new();
    let reason = line("/reason", &closing.reason, 500, &mut wrong);
    let change = office.store.change(caller.asked.at).await?;
    let old = change.relation(id).await?.ok_or(Fault::Absent)?;
    if seen(office, caller, &change, std::slice::from_ref(&old))
        .await?
        .is_empty()
    {
        return Err(Fault::Absent);
    }
    for end in [old.said.from, old.said.to] {
        let customer = change.party(end).await?.and_then(|party| party.customer);
        let customer = match customer {
            Some(customer) => change.customer(customer).await?,
            None => None,
        };
        let file = about(What::Edge, customer.as_ref(), State::Draft, caller);
        office.authorize(caller, Action::RelationWrite, &file)?;
    }
    if old.known_to.is_some() {
        return Err(Fault::refused("app-relation-closed"));
    }
    if let Some(until) = closing.until {
        let late = old.said.valid_to.is_some_and(|end| end <= until);
        if late || old.said.valid_from.is_some_and(|from| from >= until) {
            wrong.push(Wrong::at("/until", Message::new("app-relation-until")));
        }
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    change.close_relation(id).await?;
    let kept = match closing.until {
        None => id,
        Some(until) => {
            let shorter = NewRelation {
                valid_to: Some(until),
                ..old.said.clone()
            };
            let ids = change.add_relations(&[shorter]).await?;
            ids.first().copied().unwrap_or(id)
        }
    };
    let now = change.relation(kept).await?.ok_or(Fault::Absent)?;
    let shown = seen(office, caller, &change, std::slice::from_ref(&now)).await?;
    let shown = shown.into_iter().next().ok_or(Fault::Absent)?;
    let answer = answered(&shown.relation);
    let deed = Deed::new(Action::RelationWrite.code(), format!("relation:{id}"))
        .before(entry_of(&old))
        .after(entry_of(&now))
        .fact("reason", reason);
    office.keep(change, caller, deed, answer).await
}

fn own_shares(tie: Tie) -> bool {
    matches!(tie, Tie::Equity(Some(share)) if share.units() <= OWN_SHARES)
}

fn share_of(tie: Tie) -> Option<Share> {
    match tie {
        Tie::Equity(share) => share,
        Tie::Voting(share) => Some(share),
        _ => None,
    }
}

/// The tie that is meant; what is wrong with it goes to `wrong`.
fn tie(given: &Given, at: usize, wrong: &mut Vec<Wrong>) -> Option<Tie> {
    let mut no = |field: &str, says: Message| {
        wrong.push(Wrong::at(format!("/relations/{at}/{field}"), says));
    };
    let share = match &given.share {
        None => None,
        Some(text) => match Decimal::parse(text.trim()).and_then(Share::from_percent) {
            None => {
                no("share", Message::new("app-relation-share").with("text", text.as_str()));
                return None;
            }
            // The register keeps millionths.
            Some(share) if share.units() % 1000 != 0 => {
                no(
                    "share",
                    Message::new("app-relation-share-fine").with("text", text.as_str()),
                );
                return None;
            }
            Some(share) => Some(share),
        },
    };
    let stray = |is: bool| !is;
    if share.is_some() && stray(matches!(given.sort.as_str(), "equity" | "voting")) {
        no("share", Message::new("app-relation-share-stray"));
        return None;
    }
    if given.sort != "family" && (given.kinship.is_some() || given.generations.is_some()) {
        no("kinship", Message::new("app-relation-kinship-stray"));
        return None;
    }
    match given.sort.as_str() {
        "equity" => Some(Tie::Equity(share)),
        "voting" => {
            if share.is_none() {
                no("share", Message::new("app-relation-votes-missing"));
            }
            share.map(Tie::Voting)
        }
        "management" => Some(Tie::Management),
        "joint" => Some(Tie::Joint),
        "other" => Some(Tie::Other),
        "family" => {
            let kinship = match (given.kinship.as_deref(), given.generations) {
                (Some("spouse"), None) => Some(Kinship::Spouse),
                (Some("direct"), Some(generations)) => Some(Kinship::Direct { generations }),
                (Some("collateral"), Some(generations)) => Some(Kinship::Collateral { generations }),
                _ => None,
            };
            if kinship.is_none() {
                no("kinship", Message::new("app-relation-kinship"));
            }
            kinship.map(Tie::Family)
        }
        other => {
            no("sort", Message::new("app-relation-sort").with("sort", other));
            None
        }
    }
}

/// Evidence as it is kept.
fn proof(given: &Given, at: usize, wrong: &mut Vec<Wrong>) -> String {
    let code = given.evidence.as_deref().unwrap_or(Evidence::Nothing.code());
    let Some(evidence) = Evidence::parse(code) else {
        wrong.push(Wrong::at(
            format!("/relations/{at}/evidence"),
            Message::new("app-relation-evidence").with("text", code),
        ));
        return String::new();
    };
    match given.words.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        Some(words) => {
            let words = line(&format!("/relations/{at}/words"), words, 500, wrong);
            format!("{} {words}", evidence.code())
        }
        None => evidence.code().to_owned(),
    }
}

/// What the companies' relations leave in doubt now, on the days on which something new begins; only what the caller may see.
async fn doubts(office: &Office, caller: &Caller, change: &Change, new: &[NewRelation]) -> Result<Vec<Message>, Fault> {
    let today = caller.asked.at.day();
    let targets: BTreeSet<(Option<Date>, i64)> = new.iter().map(|new| (new.valid_from.or(today), new.to)).collect();
    let mut messages: Vec<Message> = Vec::new();
    for (day, target) in targets {
        let Some(day) = day else { continue };
        let rows = change.relations_of(target, Known::Now, Some(day)).await?;
        let all = rows.len();
        if seen(office, caller, change, &rows).await?.len() < all {
            continue;
        }
        let mut network = Network::default();
        for row in &rows {
            for end in [row.said.from, row.said.to] {
                if network.at(end).is_none() {
                    let party = change.party(end).await?;
                    party.into_iter().for_each(|party| network.put_party(party));
                }
            }
            network.put_relation(row);
        }
        let graph = Graph::as_of(&network.kinds, &network.relations, day).map_err(Fault::broken)?;
        let company = network.at(target);
        let ours = |doubt: &&Doubt| match doubt {
            Doubt::EquityBeyondWhole { company: of, .. }
            | Doubt::VotesBeyondWhole { company: of, .. }
            | Doubt::AgreementsClash { company: of } => Some(*of) == company,
            _ => true,
        };
        let name = |party: Party| -> Arg { network.party(party).map_or("?", |party| party.name.as_str()).into() };
        let names = words::Names {
            party: &name,
            relations: &network.relations,
        };
        for doubt in graph.doubts().iter().filter(ours) {
            let says = words::doubt(doubt, &names);
            if !messages.contains(&says) {
                messages.push(says);
            }
        }
    }
    Ok(messages)
}

/// A relation in the ledger: parties by id, so that no name of a person stands there.
pub(crate) fn entry_of(row: &pinji_store::Relation) -> Value {
    json!({
        "id": row.id.0, "sort": row.said.sort, "from": row.said.from, "to": row.said.to, "share_ppm": row.said.share_ppm,
        "valid_from": row.said.valid_from.map(|day| day.to_string()),
        "valid_to": row.said.valid_to.map(|day| day.to_string()),
        "known_to": row.known_to.map(|at| at.to_string()),
    })
}
