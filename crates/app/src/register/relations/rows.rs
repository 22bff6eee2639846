//! Rows of the record kind `ownership` as relations: what the audit accepts is in the graph of groups at once, and what an undo
//! takes back is there no longer. 股权记录入关系

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use pinji_domain::{CustomerId, Date, Message, SubmissionId, Timestamp, date};
use pinji_groups::{Evidence, Tie};
use pinji_store::{Change, Customer, Known, NewRelation, Party, PartySort, Relation};
use serde_json::{Map, Value};

use super::parties;
use crate::register::Fault;
use crate::register::groups::network;

/// The kind of records that say who owns and controls whom.
pub(crate) const OWNERSHIP: &str = "ownership";
/// The field with the number of an owner that is a customer too.
pub(crate) const OWNER_CUSTOMER: &str = "owner_customer";
/// The most of its own shares that a company may hold, in millionths: a tenth, as company law has it.
const OWN_SHARES: i64 = 100_000;

/// One accepted row. 股权记录
#[derive(Debug, Clone, PartialEq)]
pub struct OwnershipRow {
    /// Whose record it is: the company that is held or controlled.
    pub customer: CustomerId,
    /// Its number within the submission.
    pub row: u32,
    /// The values by field, as records keep them (`share` an integer at scale 6).
    pub values: Map<String, Value>,
}

/// What became of the rows. 入库结果
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// Relations that are new, or known anew.
    pub added: usize,
    /// Relations that are not held to be so any more.
    pub closed: usize,
    /// Rows that say what was known.
    pub same: usize,
}

/// Turns accepted rows into relations, within the change that accepts them. 转为关系
///
/// A record's key (customer, owner, relation, first day) is the relation's: a row that says something else of the same key
/// closes what was known and adds what is known now. `equity` is a share; `control` and `family` are control by agreement, the
/// latter by a person; `common` and `other` are for a person to judge. An owner with a customer's number is that customer;
/// one without is a person where the name is like one (two to four Chinese characters that do not end like an institution).
///
/// All rows of a submission come at once: of two with one key the later is what holds.
///
/// # Errors
/// A row that can be no relation is refused, and the change with it; [`flaw`] has found those that tell it by themselves before.
pub async fn from_rows(change: &Change, rows: &[OwnershipRow], submission: SubmissionId) -> Result<Brought, Fault> {
    let mut brought = Brought::default();
    let mut known = Met::default();
    let mut new: Vec<NewRelation> = Vec::new();
    let mut place: HashMap<Key, usize> = HashMap::new();
    for row in rows {
        let said = known.read(change, row, submission).await?.map_err(|why| {
            let message = Message::new("app-ownership-row").with("row", i64::from(row.row));
            Fault::Refused(message.with("why", why))
        })?;
        let key = key(&said);
        let mut same = false;
        let before = known.relations(change, said.to).await?;
        let (ours, others): (Vec<Relation>, Vec<Relation>) = std::mem::take(before)
            .into_iter()
            .partition(|old| self::key(&old.said) == key);
        *before = others;
        for old in ours {
            let again = NewRelation {
                submission: old.said.submission,
                ..said.clone()
            };
            if old.said == again {
                same = true;
                before.push(old);
                continue;
            }
            change.close_relation(old.id).await?;
            brought.closed += 1;
        }
        match (same, place.get(&key).and_then(|at| new.get_mut(*at))) {
            (true, _) => brought.same += 1,
            (false, Some(earlier)) => *earlier = said,
            (false, None) => {
                place.insert(key, new.len());
                new.push(said);
            }
        }
    }
    brought.added = new.len();
    change.add_relations(&new).await?;
    Ok(brought)
}

/// Takes back what the rows of a submission made: its relations are held to be so no longer, and those come back that they had
/// replaced. What somebody has ended or said since stays. 撤回关系
pub async fn take_back(change: &Change, submission: SubmissionId) -> Result<Brought, Fault> {
    let mut brought = Brought::default();
    let mut back: Vec<NewRelation> = Vec::new();
    for relation in change.relations_from(submission).await? {
        change.close_relation(relation.id).await?;
        brought.closed += 1;
        let before = Known::At(Timestamp(relation.known_from.0 - 1));
        let replaced = change.relations_of(relation.said.to, before, None).await?.into_iter();
        let replaced =
            replaced.filter(|old| old.known_to == Some(relation.known_from) && key(&old.said) == key(&relation.said));
        back.extend(replaced.map(|old| old.said));
    }
    brought.added = back.len();
    change.add_relations(&back).await?;
    Ok(brought)
}

/// Why a row can be no relation, as far as it tells by itself; whether its owner's number is a customer's is for the register
/// to say. 不能成为关系的原因
pub(crate) fn flaw(values: &Map<String, Value>, customer: &str) -> Option<Message> {
    let share = values.get("share").and_then(Value::as_i64);
    if share.is_some_and(|share| !(0..=1_000_000).contains(&share)) {
        return Some(Message::new("app-ownership-share"));
    }
    if let (Some(from), Some(until)) = (day(values, "valid_from"), day(values, "valid_to"))
        && from >= until
    {
        return Some(Message::new("app-ownership-dates"));
    }
    let owner = text(values, OWNER_CUSTOMER);
    if owner.is_empty() && text(values, "owner").is_empty() {
        return Some(Message::new("app-ownership-owner-missing"));
    }
    let held = share.filter(|_| matches!(tie(values), Tie::Equity(_)));
    (owner == customer && held.is_none_or(|share| share > OWN_SHARES)).then(|| Message::new("app-relation-own-shares"))
}

/// What tells relations of one pair apart.
type Key = (i64, i64, String, Option<Date>);

fn key(said: &NewRelation) -> Key {
    (said.from, said.to, said.sort.clone(), said.valid_from)
}

fn text<'v>(values: &'v Map<String, Value>, field: &str) -> &'v str {
    let text = values.get(field).and_then(Value::as_str);
    text.map(str::trim).unwrap_or_default()
}

fn day(values: &Map<String, Value>, field: &str) -> Option<Date> {
    date::parse(text(values, field))
}

fn tie(values: &Map<String, Value>) -> Tie {
    match text(values, "relation") {
        "equity" | "" => Tie::Equity(None),
        "control" | "family" => Tie::Management,
        _ => Tie::Other,
    }
}

/// Parties, and what is known of them, that were met on the way: the rows of one company speak of few.
#[derive(Default)]
struct Met {
    companies: HashMap<CustomerId, (Customer, Party)>,
    owners: HashMap<String, CustomerId>,
    outside: HashMap<(PartySort, String), Party>,
    relations: HashMap<i64, Vec<Relation>>,
}

impl Met {
    async fn company(&mut self, change: &Change, id: CustomerId) -> Result<(Customer, Party), Fault> {
        if let Some(met) = self.companies.get(&id) {
            return Ok(met.clone());
        }
        let customer = change.customer(id).await?.ok_or(Fault::Absent)?;
        let party = parties::of_customer(change, &customer).await?;
        self.companies.insert(id, (customer.clone(), party.clone()));
        Ok((customer, party))
    }

    /// What is known now of relations to a company; what this change closes is taken out.
    async fn relations(&mut self, change: &Change, to: i64) -> Result<&mut Vec<Relation>, Fault> {
        match self.relations.entry(to) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(change.relations_of(to, Known::Now, None).await?)),
        }
    }

    async fn read(
        &mut self,
        change: &Change,
        row: &OwnershipRow,
        submission: SubmissionId,
    ) -> Result<Result<NewRelation, Message>, Fault> {
        let values = &row.values;
        let (customer, target) = self.company(change, row.customer).await?;
        if let Some(why) = flaw(values, &customer.code) {
            return Ok(Err(why));
        }
        let holder = match self.owner(change, values).await? {
            Ok(holder) => holder,
            Err(why) => return Ok(Err(why)),
        };
        let tie = tie(values);
        let share = values.get("share").and_then(Value::as_i64);
        let evidence = match text(values, "evidence") {
            "" => Evidence::Statement.code().to_owned(),
            words => format!("{} {words}", Evidence::Statement.code()),
        };
        Ok(Ok(NewRelation {
            sort: network::sort(tie),
            from: holder.id,
            to: target.id,
            share_ppm: share.filter(|_| matches!(tie, Tie::Equity(_))),
            valid_from: day(values, "valid_from"),
            valid_to: day(values, "valid_to"),
            evidence,
            file: None,
            submission: Some(submission),
        }))
    }

    async fn owner(&mut self, change: &Change, values: &Map<String, Value>) -> Result<Result<Party, Message>, Fault> {
        let code = text(values, OWNER_CUSTOMER);
        if !code.is_empty() {
            let known = match self.owners.get(code) {
                Some(id) => Some(*id),
                None => change.customer_by_code(code).await?.map(|customer| customer.id),
            };
            let Some(id) = known else {
                return Ok(Err(unknown_owner(code)));
            };
            self.owners.insert(code.to_owned(), id);
            return Ok(Ok(self.company(change, id).await?.1));
        }
        let name = text(values, "owner");
        let sort = match text(values, "relation") == "family" || like_a_person(name) {
            true => PartySort::Person,
            false => PartySort::Company,
        };
        let place = (sort, parties::key_of(name));
        if let Some(met) = self.outside.get(&place) {
            return Ok(Ok(met.clone()));
        }
        let party = parties::outsider(change, sort, name, None).await?;
        self.outside.insert(place, party.clone());
        Ok(Ok(party))
    }
}

/// An owner's number that is no customer's.
pub(crate) fn unknown_owner(code: &str) -> Message {
    Message::new("app-ownership-owner-unknown").with("customer", code)
}

/// Whether a name without a number reads like a Chinese person's.
fn like_a_person(name: &str) -> bool {
    const INSTITUTIONS: [char; 16] = [
        '司', '厂', '店', '社', '院', '所', '心', '团', '局', '会', '行', '部', '校', '府', '委', '金',
    ];
    let count = name.chars().count();
    let han = name.chars().all(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    (2..=4).contains(&count) && han && !name.ends_with(INSTITUTIONS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::{flaw, like_a_person};

    #[test]
    fn names_are_told_apart() {
        let check = |name: &str, person: bool| assert_eq!(like_a_person(name), person, "{name}");
        check("陈安", true);
        check("欧阳修远", true);
        check("国资委", false);
        check("海岸贸易有限公司", false);
        check("某基金", false);
        check("Jane Smith", false);
    }

    #[test]
    fn what_can_be_no_relation_is_told() {
        let check = |values: serde_json::Value, why: Option<&str>| {
            let values = values.as_object().unwrap();
            assert_eq!(flaw(values, "C1").map(|message| message.code), why, "{values:?}");
        };
        check(
            json!({ "owner": "陈安", "share": 510_000, "valid_from": "2020-01-01" }),
            None,
        );
        check(
            json!({ "owner": "陈安", "share": 1_000_001 }),
            Some("app-ownership-share"),
        );
        check(json!({ "owner": "陈安", "share": -1 }), Some("app-ownership-share"));
        check(
            json!({ "owner": "陈安", "valid_from": "2020-01-01", "valid_to": "2020-01-01" }),
            Some("app-ownership-dates"),
        );
        check(json!({ "share": 1 }), Some("app-ownership-owner-missing"));
        check(json!({ "owner": "C1", "owner_customer": "C1", "share": 100_000 }), None);
        check(
            json!({ "owner": "C1", "owner_customer": "C1", "share": 100_001 }),
            Some("app-relation-own-shares"),
        );
        check(
            json!({ "owner": "C1", "owner_customer": "C1", "relation": "control" }),
            Some("app-relation-own-shares"),
        );
    }
}
