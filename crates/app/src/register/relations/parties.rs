//! Parties of relations: customers, and persons and companies that are none. 关联主体

use std::collections::HashMap;

use pinji_access::{FieldClass, Owner, Resource, State, What};
use pinji_domain::{CustomerId, Message};
use pinji_groups::PartyKind;
use pinji_store::{Change, Customer, NewParty, Party, PartySort, View};

use crate::register::groups::network;
use crate::register::{Action, Caller, Fault, Office, Wrong};

/// Who is meant. 所指主体
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A customer, by the company's own number.
    Customer(String),
    /// A party that is there, by its id.
    Party(i64),
    /// A company that is no customer: by its code, or else by its name; made where there is none.
    Company {
        /// Its name.
        name: String,
        /// Its unified social credit code, or another code that tells it apart.
        code: Option<String>,
    },
    /// A person: by a code, or else by the name; made where there is none. Two people of one name are told apart by codes.
    Person {
        /// The name.
        name: String,
        /// A code that tells this person apart.
        code: Option<String>,
    },
    /// A person who was not named: a party of its own, never met again.
    Unnamed,
}

/// A party as its reader may see it. 关联主体
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyView {
    /// The id.
    pub id: i64,
    /// `company`, `person` or `unnamed`.
    pub sort: &'static str,
    /// The customer's own number, where it is one.
    pub customer: Option<String>,
    /// The name; `None` where nobody was named, or the reader may not see what is about persons.
    pub name: Option<String>,
    /// The code, under the same rule.
    pub code: Option<String>,
}

/// Customers that stand behind parties, by id.
pub(crate) type Customers = HashMap<CustomerId, Customer>;

/// The customers behind these parties.
pub(crate) async fn customers(view: &View, ids: impl Iterator<Item = CustomerId>) -> Result<Customers, Fault> {
    let mut ids: Vec<CustomerId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for piece in ids.chunks(1000) {
        let rows = view.customers(piece).await?;
        found.extend(rows.into_iter().map(|customer| (customer.id, customer)));
    }
    Ok(found)
}

/// How a relation or group of this customer stands to the caller; without a customer it is nobody's in particular.
pub(crate) fn about(what: What, customer: Option<&Customer>, state: State, caller: &Caller) -> Resource {
    let owner = Owner {
        customer: customer.map(|customer| customer.id),
        user: customer.and_then(|customer| customer.manager),
        team: customer.and_then(|customer| customer.team),
        unit: None,
    };
    let secrecy = customer.map_or(pinji_domain::Secrecy::Internal, |customer| customer.secrecy);
    Resource::of(what, &owner, secrecy, state, &caller.actor)
}

/// A party for a reader who sees it beside `beside`: what is about a person is shown to who may see that of a customer's file.
pub(crate) fn shown(
    office: &Office,
    caller: &Caller,
    party: &Party,
    customers: &Customers,
    beside: Option<&Customer>,
) -> PartyView {
    let kind = network::kind(party);
    let file = about(What::Customer, beside, State::Committed, caller);
    let open = kind == PartyKind::Company || office.permissions.visible(&caller.actor, FieldClass::Personal, &file);
    let customer = party.customer.and_then(|id| customers.get(&id));
    let name = customer.map_or(&party.name, |customer| &customer.name);
    PartyView {
        id: party.id,
        sort: match kind {
            PartyKind::Company => "company",
            PartyKind::Person => "person",
            PartyKind::Anonymous => "unnamed",
        },
        customer: customer.map(|customer| customer.code.clone()),
        name: (open && !name.is_empty()).then(|| name.clone()),
        code: party.code.clone().filter(|_| open),
    }
}

/// The key under which names meet: no blanks, one width, one case.
pub(crate) fn key_of(name: &str) -> String {
    let folded = name
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| match letter {
            '（' => '(',
            '）' => ')',
            other => other,
        });
    folded.flat_map(char::to_lowercase).collect()
}

/// Finds or makes the party that is meant. What the caller may not see is not there; what is wrong goes to `wrong`.
pub(crate) async fn meet(
    office: &Office,
    caller: &Caller,
    change: &Change,
    named: &Named,
    pointer: &str,
    wrong: &mut Vec<Wrong>,
) -> Result<Option<(Party, Option<Customer>)>, Fault> {
    let unknown = |what: &str| Wrong::at(pointer, Message::new("app-party-unknown").with("party", what));
    let (party, customer) = match named {
        Named::Customer(code) => match change.customer_by_code(code.trim()).await? {
            Some(customer) => (None, Some(customer)),
            None => {
                wrong.push(unknown(code));
                return Ok(None);
            }
        },
        Named::Party(id) => match change.party(*id).await? {
            None => {
                wrong.push(unknown(&id.to_string()));
                return Ok(None);
            }
            Some(party) => match party.customer {
                Some(customer) => {
                    let customer = change.customer(customer).await?;
                    (Some(party), customer)
                }
                None => (Some(party), None),
            },
        },
        Named::Company { name, code } => match readable(office, caller, change, code.as_deref()).await? {
            Some(customer) => (None, Some(customer)),
            None => (
                Some(outsider(change, PartySort::Company, name, code.as_deref()).await?),
                None,
            ),
        },
        Named::Person { name, code } => (
            Some(outsider(change, PartySort::Person, name, code.as_deref()).await?),
            None,
        ),
        Named::Unnamed => {
            let new = NewParty {
                sort: PartySort::Person,
                customer: None,
                name: String::new(),
                name_key: String::new(),
                code: None,
            };
            let id = change.add(new).await?;
            (change.party(id).await?, None)
        }
    };
    if let Some(customer) = &customer {
        let file = about(What::Edge, Some(customer), State::Committed, caller);
        if !office.may(caller, Action::RelationRead, &file) {
            wrong.push(unknown(match named {
                Named::Customer(code) => code,
                _ => "",
            }));
            return Ok(None);
        }
        office.authorize(caller, Action::RelationWrite, &file.at(State::Draft))?;
    }
    let party = match (party, &customer) {
        (Some(party), _) => party,
        (None, Some(customer)) => of_customer(change, customer).await?,
        (None, None) => return Ok(None),
    };
    Ok(Some((party, customer)))
}

/// The customer with this credit code, if there is one that the caller may see: a company named by its code is that customer.
/// To who may not see it, it is a company like any other.
async fn readable(
    office: &Office,
    caller: &Caller,
    change: &Change,
    code: Option<&str>,
) -> Result<Option<Customer>, Fault> {
    let Some(code) = code else { return Ok(None) };
    let known = change.customers_by_uscc(code).await?;
    Ok(known.into_iter().find(|customer| {
        let file = about(What::Edge, Some(customer), State::Committed, caller);
        office.may(caller, Action::RelationRead, &file)
    }))
}

/// The party that a customer is; made where it is none yet.
pub(crate) async fn of_customer(change: &Change, customer: &Customer) -> Result<Party, Fault> {
    if let Some(party) = change.party_of(customer.id).await? {
        return Ok(party);
    }
    // A company that was known before it became a customer goes on as the same party.
    if let Some(code) = &customer.uscc {
        let known = change.parties_by_code(code).await?;
        let known = known
            .into_iter()
            .find(|party| party.customer.is_none() && party.sort == PartySort::Company);
        if let Some(known) = known {
            let party = Party {
                customer: Some(customer.id),
                ..known
            };
            change.update_party(&party).await?;
            return change.party(party.id).await?.ok_or(Fault::Absent);
        }
    }
    let new = NewParty {
        sort: PartySort::Company,
        customer: Some(customer.id),
        name: customer.name.clone(),
        name_key: key_of(&customer.name),
        code: customer.uscc.clone(),
    };
    let id = change.add(new).await?;
    change.party(id).await?.ok_or(Fault::Absent)
}

/// A company or person that is no customer, as far as the caller knows: by code where one is given, else by name.
pub(crate) async fn outsider(change: &Change, sort: PartySort, name: &str, code: Option<&str>) -> Result<Party, Fault> {
    let name_key = key_of(name);
    let known = match code {
        Some(code) => change.parties_by_code(code).await?,
        None => {
            let named = change.parties_by_name(sort, &name_key).await?;
            named.into_iter().filter(|party| party.code.is_none()).collect()
        }
    };
    let outside = |party: &Party| party.sort == sort && party.customer.is_none();
    if let Some(party) = known.into_iter().find(outside) {
        return Ok(party);
    }
    let new = NewParty {
        sort,
        customer: None,
        name: name.to_owned(),
        name_key,
        code: code.map(str::to_owned),
    };
    let id = change.add(new).await?;
    change.party(id).await?.ok_or(Fault::Absent)
}
