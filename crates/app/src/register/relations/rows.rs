//! Rows of the record kind `ownership` as relations: what the audit accepts is in the graph of groups at once. 股权记录入关系

use pinji_domain::{CustomerId, Date, Message, SubmissionId, date};
use pinji_groups::{Evidence, Tie};
use pinji_store::{Change, Customer, Known, NewRelation, Party, PartySort};
use serde_json::{Map, Value};

use super::parties;
use crate::register::Fault;
use crate::register::groups::network;

/// One accepted row. 股权记录
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OwnershipRow<'a> {
    /// Whose record it is: the company that is held or controlled.
    pub customer: CustomerId,
    /// The values by field, as records keep them (`share` an integer at scale 6).
    pub values: &'a Map<String, Value>,
    /// Whether the row says that the record does not hold any more.
    pub withdrawn: bool,
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
    /// Rows that made no relation, by their place, and why; the record itself is kept all the same.
    pub passed_over: Vec<(usize, Message)>,
}

/// Turns accepted rows into relations, within the change that accepts them; other kinds than `ownership` are left alone. 转为关系
///
/// A record's key (customer, owner, relation, first day) is the relation's: a row that says something else of the same key
/// closes what was known and adds what is known now. `equity` is a share; `control` and `family` are control by agreement, the
/// latter by a person; `common` and `other` are for a person to judge. An owner with a customer's number is that customer;
/// one without is a person where the name is like one (two to four Chinese characters that do not end like an institution).
pub async fn from_rows(
    change: &Change,
    kind: &str,
    rows: &[OwnershipRow<'_>],
    submission: SubmissionId,
) -> Result<Brought, Fault> {
    let mut brought = Brought::default();
    if kind != "ownership" {
        return Ok(brought);
    }
    let mut new = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let Some(customer) = change.customer(row.customer).await? else {
            continue;
        };
        let said = match read(change, row, &customer, submission).await? {
            Ok(said) => said,
            Err(why) => {
                brought.passed_over.push((at, why));
                continue;
            }
        };
        let known = change.relations_of(said.to, Known::Now, None).await?;
        let mut same = false;
        for old in known.iter().filter(|old| one_key(&old.said, &said)) {
            if !row.withdrawn
                && old.said
                    == (NewRelation {
                        submission: old.said.submission,
                        ..said.clone()
                    })
            {
                same = true;
                continue;
            }
            change.close_relation(old.id).await?;
            brought.closed += 1;
        }
        match (row.withdrawn, same) {
            (true, _) => {}
            (false, true) => brought.same += 1,
            (false, false) => {
                // Two rows of one key in one batch: the later is what holds.
                new.retain(|earlier: &NewRelation| !one_key(earlier, &said));
                new.push(said);
            }
        }
    }
    brought.added = new.len();
    change.add_relations(&new).await?;
    Ok(brought)
}

fn one_key(one: &NewRelation, other: &NewRelation) -> bool {
    let key = |said: &NewRelation| (said.from, said.to, said.sort.clone(), said.valid_from);
    key(one) == key(other)
}

async fn read(
    change: &Change,
    row: &OwnershipRow<'_>,
    customer: &Customer,
    submission: SubmissionId,
) -> Result<Result<NewRelation, Message>, Fault> {
    let text = |field: &str| {
        row.values
            .get(field)
            .and_then(Value::as_str)
            .map(str::trim)
            .unwrap_or_default()
    };
    let day = |field: &str| -> Option<Date> { date::parse(text(field)) };
    let share_ppm = row.values.get("share").and_then(Value::as_i64);
    let relation = text("relation");
    let tie = match relation {
        "equity" | "" => Tie::Equity(None),
        "control" | "family" => Tie::Management,
        _ => Tie::Other,
    };
    if share_ppm.is_some_and(|share| !(0..=1_000_000).contains(&share)) {
        return Ok(Err(Message::new("app-ownership-share")));
    }
    let (from, until) = (day("valid_from"), day("valid_to"));
    if let (Some(from), Some(until)) = (from, until)
        && from >= until
    {
        return Ok(Err(Message::new("app-ownership-dates")));
    }
    let target = parties::of_customer(change, customer).await?;
    let holder = match owner(change, text("owner"), text("owner_customer"), relation).await? {
        Ok(holder) => holder,
        Err(why) => return Ok(Err(why)),
    };
    let share_ppm = share_ppm.filter(|_| matches!(tie, Tie::Equity(_)));
    if holder.id == target.id && share_ppm.is_none_or(|share| share > 100_000) {
        return Ok(Err(Message::new("app-relation-own-shares")));
    }
    let evidence = match text("evidence") {
        "" => Evidence::Statement.code().to_owned(),
        words => format!("{} {words}", Evidence::Statement.code()),
    };
    Ok(Ok(NewRelation {
        sort: network::sort(tie),
        from: holder.id,
        to: target.id,
        share_ppm,
        valid_from: from,
        valid_to: until,
        evidence,
        file: None,
        submission: Some(submission),
    }))
}

async fn owner(change: &Change, name: &str, code: &str, relation: &str) -> Result<Result<Party, Message>, Fault> {
    if !code.is_empty() {
        return Ok(match change.customer_by_code(code).await? {
            Some(customer) => Ok(parties::of_customer(change, &customer).await?),
            None => Err(Message::new("app-ownership-owner-unknown").with("customer", code)),
        });
    }
    if name.is_empty() {
        return Ok(Err(Message::new("app-ownership-owner-missing")));
    }
    let sort = match relation == "family" || like_a_person(name) {
        true => PartySort::Person,
        false => PartySort::Company,
    };
    Ok(Ok(parties::outsider(change, sort, name, None).await?))
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
    use super::like_a_person;

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
}
