//! Making and changing customers. 新增与修改客户

use pinji_access::{Relation, What};
use pinji_domain::{CustomerId, Message, Role, Secrecy, TeamId, UserId};
use pinji_store::{Customer, NewCustomer as Row};
use serde_json::{Map, Value};

use super::super::deed::Deed;
use super::super::reach::{resource, there};
use super::super::users::line;
use super::super::{Action, Answer, Caller, Fault, Office, Wrong};
use super::{CustomerView, entry_of, given, name_key, own_fields, whole};

/// A new customer. 新客户
pub struct NewCustomer {
    /// The company's own number.
    pub code: String,
    /// The unified social credit code.
    pub uscc: Option<String>,
    /// The name.
    pub name: String,
    /// The industry.
    pub industry: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The size.
    pub size: Option<String>,
    /// `internal` if not said, or `confidential`.
    pub secrecy: Option<String>,
    /// The company's own fields.
    pub custom: Map<String, Value>,
}

/// What is to change; an inner `None` takes a value away. 客户变更
#[derive(Default)]
pub struct Change {
    /// The unified social credit code.
    pub uscc: Option<Option<String>>,
    /// The name; the one before stays in the history.
    pub name: Option<String>,
    /// The industry.
    pub industry: Option<Option<String>>,
    /// The region.
    pub region: Option<Option<String>>,
    /// The size.
    pub size: Option<Option<String>>,
    /// `internal` or `confidential`.
    pub secrecy: Option<String>,
    /// The company's own fields that change; a null takes one away.
    pub custom: Map<String, Value>,
}

/// Who looks after a customer from now on. 客户分配
pub struct Assignment {
    /// The account manager.
    pub manager: Option<UserId>,
    /// The team.
    pub team: Option<TeamId>,
}

/// Another customer that may be the same. 疑似重复
#[derive(Debug, Clone)]
pub struct Alike {
    /// Its number.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `uscc`: the same credit code; `name`: a name that is alike.
    pub by: &'static str,
    /// How alike the names are, in thousandths.
    pub likeness: u32,
}

/// A customer that was made, and those that may be the same. 新增结果
pub struct Made {
    /// The customer.
    pub customer: CustomerView,
    /// Others that the caller may see and that may be the same.
    pub alike: Vec<Alike>,
}

/// Makes a customer. An account manager's is his own; another's waits to be assigned. 新增客户
pub async fn create(
    office: &Office,
    caller: &Caller,
    given: NewCustomer,
    words: impl Fn(&Made) -> Answer + Send,
) -> Result<Answer, Fault> {
    let kinds = office.kinds(&office.store).await?;
    let own = caller.has(Role::AccountManager);
    let mut wrong = Vec::new();
    let optional = |field: &'static str, text: Option<String>, wrong: &mut Vec<Wrong>| {
        text.map(|text| given::class(&kinds, field, &text, wrong))
    };
    let name = line("/name", &given.name, 200, &mut wrong);
    let row = Row {
        code: given::code(&given.code, &mut wrong),
        uscc: given.uscc.and_then(|code| given::uscc(&code, &mut wrong)),
        name_key: name_key(&name),
        name,
        industry: optional("industry", given.industry, &mut wrong),
        region: optional("region", given.region, &mut wrong),
        size: optional("size", given.size, &mut wrong),
        manager: own.then_some(caller.user),
        team: caller.actor.team.filter(|_| own),
        secrecy: given
            .secrecy
            .map_or(Secrecy::Internal, |code| secrecy(&code, &mut wrong)),
        custom: Value::Object(given::custom(Map::new(), given.custom, &mut wrong)).to_string(),
    };
    // What is being made has nothing to hide from its maker yet; a conflict cannot be known of it either.
    let relation = if own { Relation::Own } else { Relation::OtherTeam };
    let thing = pinji_access::Resource::new(What::Customer).related(relation);
    office.authorize(caller, Action::CustomerWrite, &thing)?;
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let likely = office.alike(&row.name).await?;
    let change = office.store.change(caller.asked.at).await?;
    let same = match &row.uscc {
        Some(uscc) => change.customers_by_uscc(uscc).await?,
        None => Vec::new(),
    };
    let code = row.code.clone();
    let added = change.add_customers(std::slice::from_ref(&row)).await;
    let ids = added.map_err(|error| match error {
        pinji_store::Error::Taken { .. } => {
            Fault::field("/code", Message::new("app-customer-code-taken").with("code", code))
        }
        other => other.into(),
    })?;
    let id = ids.first().copied().ok_or(Fault::Absent)?;
    let customer = change.customer(id).await?.ok_or(Fault::Absent)?;
    let others: Vec<CustomerId> = likely.iter().map(|(id, _)| *id).collect();
    let named = change.customers(&others).await?;
    let mut alike: Vec<(&Customer, &'static str, u32)> = same
        .iter()
        .map(|other| (other, "uscc", pinji_search::similarity(&other.name, &row.name)))
        .collect();
    for (id, likeness) in &likely {
        let fresh = !alike.iter().any(|(known, ..)| known.id == *id);
        alike.extend(
            named
                .iter()
                .filter(|other| other.id == *id && fresh)
                .map(|other| (other, "name", *likeness)),
        );
    }
    let told = alike
        .iter()
        .filter(|(other, ..)| office.may(caller, Action::CustomerList, &resource(What::Customer, other, caller)));
    let made = Made {
        alike: told
            .map(|(other, by, likeness)| Alike {
                code: other.code.clone(),
                name: other.name.clone(),
                by,
                likeness: *likeness,
            })
            .collect(),
        customer: whole(office, caller, &change, &kinds, &customer).await?,
    };
    let answer = words(&made);
    let mut deed = Deed::new(Action::CustomerWrite.code(), format!("customer:{id}")).after(entry_of(&customer));
    if !alike.is_empty() {
        // Also those that the maker may not see: who reads the ledger can follow each of them up.
        let ids: Vec<Value> = alike.iter().map(|(other, ..)| other.id.0.into()).collect();
        deed = deed.fact("alike", ids);
    }
    office.keep(change, caller, deed, answer).await
}

/// Changes what the office keeps about a customer besides its records. 修改客户
pub async fn change(
    office: &Office,
    caller: &Caller,
    code: &str,
    version: i64,
    given: Change,
    words: impl Fn(&CustomerView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let kinds = office.kinds(&office.store).await?;
    let change = office.store.change(caller.asked.at).await?;
    let old = there(office, caller, &change, code, Action::CustomerRead).await?;
    office.authorize(caller, Action::CustomerWrite, &resource(What::Customer, &old, caller))?;
    if old.version != version {
        let now = whole(office, caller, &change, &kinds, &old).await?;
        return Err(Fault::Stale(Box::new(words(&now))));
    }
    let mut wrong = Vec::new();
    let class = |field: &'static str, given: Option<Option<String>>, old: &Option<String>, wrong: &mut Vec<Wrong>| {
        match given {
            None => old.clone(),
            Some(text) => text.map(|text| given::class(&kinds, field, &text, wrong)),
        }
    };
    let name = match &given.name {
        None => old.name.clone(),
        Some(name) => line("/name", name, 200, &mut wrong),
    };
    // What is masked for the caller is not his to overwrite unseen.
    let masked = super::seen(office, caller, &kinds, &old).masked;
    for field in given
        .custom
        .keys()
        .filter(|field| masked.contains(&format!("custom.{field}")))
    {
        let says = Message::new("app-custom-masked").with("name", field.as_str());
        wrong.push(Wrong::at(format!("/custom/{field}"), says));
    }
    let new = Customer {
        uscc: match given.uscc {
            None => old.uscc.clone(),
            Some(code) => code.and_then(|code| given::uscc(&code, &mut wrong)),
        },
        name_key: name_key(&name),
        name,
        industry: class("industry", given.industry, &old.industry, &mut wrong),
        region: class("region", given.region, &old.region, &mut wrong),
        size: class("size", given.size, &old.size, &mut wrong),
        secrecy: given.secrecy.map_or(old.secrecy, |code| secrecy(&code, &mut wrong)),
        custom: Value::Object(given::custom(own_fields(&old), given.custom, &mut wrong)).to_string(),
        ..old.clone()
    };
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    write(office, caller, change, &kinds, old, new, Action::CustomerWrite, words).await
}

/// Gives a customer to an account manager and a team. 分配客户
pub async fn assign(
    office: &Office,
    caller: &Caller,
    code: &str,
    version: i64,
    given: Assignment,
    words: impl Fn(&CustomerView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let kinds = office.kinds(&office.store).await?;
    let change = office.store.change(caller.asked.at).await?;
    let old = there(office, caller, &change, code, Action::CustomerRead).await?;
    office.authorize(caller, Action::CustomerAssign, &resource(What::Customer, &old, caller))?;
    if old.version != version {
        let now = whole(office, caller, &change, &kinds, &old).await?;
        return Err(Fault::Stale(Box::new(words(&now))));
    }
    let mut wrong = Vec::new();
    if let Some(manager) = given.manager
        && !change
            .roles_of(manager, change.at())
            .await?
            .contains(&Role::AccountManager)
    {
        let says = Message::new("app-manager-unknown").with("user", manager.to_string());
        wrong.push(Wrong::at("/manager", says));
    }
    if let Some(team) = given.team
        && change.team(team).await?.is_none_or(|team| team.closed_at.is_some())
    {
        let says = Message::new("app-team-unknown").with("team", team.to_string());
        wrong.push(Wrong::at("/team", says));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let new = Customer {
        manager: given.manager,
        team: given.team,
        ..old.clone()
    };
    write(office, caller, change, &kinds, old, new, Action::CustomerAssign, words).await
}

#[expect(
    clippy::too_many_arguments,
    reason = "the end that two use cases share, told all that they know"
)]
async fn write(
    office: &Office,
    caller: &Caller,
    change: pinji_store::Change,
    kinds: &pinji_domain::Kinds,
    old: Customer,
    new: Customer,
    action: Action,
    words: impl Fn(&CustomerView) -> Answer + Send,
) -> Result<Answer, Fault> {
    change.update_customer(&new).await?;
    let now = change.customer(old.id).await?.ok_or(Fault::Absent)?;
    let view = whole(office, caller, &change, kinds, &now).await?;
    let deed = Deed::new(action.code(), format!("customer:{}", old.id))
        .before(entry_of(&old))
        .after(entry_of(&now));
    let answer = words(&view);
    office.keep(change, caller, deed, answer).await
}

fn secrecy(code: &str, wrong: &mut Vec<Wrong>) -> Secrecy {
    Secrecy::parse(code).unwrap_or_else(|| {
        let says = Message::new("app-secrecy-unknown").with("value", code);
        wrong.push(Wrong::at("/secrecy", says));
        Secrecy::Internal
    })
}
