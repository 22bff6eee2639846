//! Relations between customers, companies and persons. 关联关系

use axum::extract::{OriginalUri, Path};
use axum::{Extension, Json};
use pinji_app::register::relations::{self, Closing as AppClosing, Given, Named, PartyView, RelationView, Which};
use pinji_app::register::{Answer, Fault, Wrong};
use pinji_domain::{Date, Lang, Message, RelationId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::times::{day, maybe_day, maybe_instant};
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;

/// A party of a relation: a customer, or a company or person that is none. 关联主体
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": 17, "sort": "company", "customer": "C-0042", "name": "海岸贸易有限公司", "code": null }))]
pub struct Party {
    /// The id.
    pub id: i64,
    /// `company`, `person` or `unnamed`.
    pub sort: String,
    /// The customer's own number, where it is one.
    pub customer: Option<String>,
    /// The name; empty where nobody was named, or where the reader may not see what is about persons.
    pub name: Option<String>,
    /// The code that tells it apart, under the same rule.
    pub code: Option<String>,
}

impl From<&PartyView> for Party {
    fn from(view: &PartyView) -> Party {
        Party {
            id: view.id,
            sort: view.sort.to_owned(),
            customer: view.customer.clone(),
            name: view.name.clone(),
            code: view.code.clone(),
        }
    }
}

/// A relation. 关联关系
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 31, "holder": { "id": 16, "sort": "person", "customer": null, "name": "陈安", "code": null },
    "target": { "id": 17, "sort": "company", "customer": "C-0042", "name": "海岸贸易有限公司", "code": null },
    "sort": "equity", "share": "51", "kinship": null, "generations": null, "from": "2020-01-01", "until": null,
    "evidence": "register", "words": "国家企业信用信息公示系统", "file": null,
    "known_from": "2026-11-22T08:00:00.000000Z", "known_to": null,
}))]
pub struct Relation {
    /// The id.
    pub id: i64,
    /// Who holds, controls or is related.
    pub holder: Party,
    /// What is held or controlled, or whom it is related to.
    pub target: Party,
    /// `equity`, `voting`, `management`, `joint`, `family` or `other`.
    pub sort: String,
    /// Per cent.
    pub share: Option<String>,
    /// Of kin: `spouse`, `direct` or `collateral`.
    pub kinship: Option<String>,
    /// Of kin: over how many generations, both ends counted.
    pub generations: Option<u8>,
    /// The first day on which it holds.
    #[schema(format = Date)]
    pub from: Option<String>,
    /// The first day on which it holds no longer.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// What it stands on: `register`, `disclosure`, `contract`, `statement` or `nothing`.
    pub evidence: String,
    /// The same in words.
    pub words: String,
    /// The file that proves it, by its hash.
    pub file: Option<String>,
    /// From when it was known.
    #[schema(format = DateTime)]
    pub known_from: String,
    /// Until when; empty while it is held to be so.
    #[schema(format = DateTime)]
    pub known_to: Option<String>,
}

impl From<&RelationView> for Relation {
    fn from(view: &RelationView) -> Relation {
        let kin = view.kinship.map(relations::kin);
        Relation {
            id: view.id.0,
            holder: Party::from(&view.holder),
            target: Party::from(&view.target),
            sort: view.sort.to_owned(),
            share: view.share.map(percent),
            kinship: kin.map(|(kinship, _)| kinship.to_owned()),
            generations: kin.and_then(|(_, generations)| generations),
            from: view.from.map(|day| day.to_string()),
            until: view.until.map(|day| day.to_string()),
            evidence: view.evidence.code().to_owned(),
            words: view.words.clone(),
            file: view.file.clone(),
            known_from: when(view.known_from),
            known_to: view.known_to.map(when),
        }
    }
}

/// Per cent without the sign.
pub(crate) fn percent(share: relations::Share) -> String {
    share.to_string().trim_end_matches('%').to_owned()
}

/// Who is meant: exactly one of the five. 所指主体
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "customer": "C-0042" }))]
pub struct NamedParty {
    /// A customer, by its own number.
    pub customer: Option<String>,
    /// A party that is there, by its id.
    pub party: Option<i64>,
    /// A company that is no customer, by its name.
    #[schema(min_length = 1, max_length = 200)]
    pub company: Option<String>,
    /// A person, by the name.
    #[schema(min_length = 1, max_length = 200)]
    pub person: Option<String>,
    /// `true`: a person who was not named.
    pub unnamed: Option<bool>,
    /// Of a company or person: a code that tells it apart from others of that name.
    #[schema(min_length = 1, max_length = 64)]
    pub code: Option<String>,
}

/// A new relation. 新关系
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "holder": { "person": "陈安" }, "target": { "customer": "C-0042" }, "sort": "equity", "share": "51", "from": "2020-01-01",
    "evidence": "register", "words": "国家企业信用信息公示系统",
}))]
pub struct NewRelation {
    /// Who holds, controls or is related.
    pub holder: NamedParty,
    /// What is held or controlled, or whom it is related to.
    pub target: NamedParty,
    /// `equity`, `voting`, `management`, `joint`, `family` or `other`.
    pub sort: String,
    /// Per cent, with four decimals at most; of shares and votes.
    pub share: Option<String>,
    /// Of kin: `spouse`, `direct` or `collateral`.
    pub kinship: Option<String>,
    /// Of direct and collateral kin: over how many generations, both ends counted.
    pub generations: Option<u8>,
    /// The first day on which it holds; since ever, if left out.
    #[schema(format = Date)]
    pub from: Option<String>,
    /// The first day on which it holds no longer; until further notice, if left out.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// What it stands on: `register`, `disclosure`, `contract`, `statement` or `nothing`.
    pub evidence: Option<String>,
    /// The same in words.
    #[schema(max_length = 500)]
    pub words: Option<String>,
    /// The file that proves it, by its hash.
    pub file: Option<String>,
}

/// New relations: all are taken, or none. 登记关系
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "relations": [{
    "holder": { "person": "陈安" }, "target": { "customer": "C-0042" }, "sort": "equity", "share": "51", "from": "2020-01-01",
    "evidence": "register",
}] }))]
pub struct NewRelations {
    /// The relations.
    #[schema(min_items = 1, max_items = 500)]
    pub relations: Vec<NewRelation>,
}

/// Something in the records that somebody should look at. 存疑
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "code": "groups-doubt-equity-beyond", "text": "Shares of `海岸贸易有限公司` sum to 120%, more than the whole; they were cut in proportion. Check the holders’ shares and dates." }))]
pub struct Remark {
    /// Its code.
    pub code: String,
    /// Its words.
    pub text: String,
}

impl Remark {
    pub(crate) fn of(message: &Message, lang: Lang) -> Remark {
        Remark {
            code: message.code.to_owned(),
            text: pinji_locale::say(lang, message),
        }
    }
}

/// What was recorded. 登记结果
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "items": [], "doubts": [] }))]
pub struct Recorded {
    /// The relations, in the order in which they were sent.
    pub items: Vec<Relation>,
    /// What they leave in doubt, together with what is known of the same companies.
    pub doubts: Vec<Remark>,
}

/// How a relation is closed. 终止
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "until": "2026-06-30", "reason": "股权转让" }))]
pub struct Closing {
    /// The first day on which it holds no longer; left out: it never was so.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Relations of one customer. 客户的关系
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "items": [] }))]
pub struct RelationsOf {
    /// The relations, ascending by id.
    pub items: Vec<Relation>,
}

/// As of which day, as known when. 时点
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// As it holds on this day.
    #[param(format = Date, example = "2026-01-01")]
    pub on: Option<String>,
    /// As it was known at this instant; now, if left out.
    #[param(format = DateTime, example = json!(null))]
    pub known_at: Option<String>,
}

impl AsOf {
    pub(crate) fn read(self) -> Result<(Option<Date>, Option<pinji_domain::Timestamp>), Problem> {
        Ok((
            maybe_day("/on", self.on.as_deref())?,
            maybe_instant("/known_at", self.known_at.as_deref())?,
        ))
    }
}

/// Which relations. 关系筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhichRelations {
    /// Only those from or to this party, by its id.
    pub party: Option<i64>,
    /// Only those that hold on this day.
    #[param(format = Date, example = "2026-01-01")]
    pub on: Option<String>,
    /// As it was known at this instant; now, if left out.
    #[param(format = DateTime, example = json!(null))]
    pub known_at: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    #[param(example = json!(null))]
    pub cursor: Option<String>,
}

/// Lists relations between parties that one may see. 关系列表
#[utoipa::path(get, path = "/relations", tag = "Groups", params(WhichRelations),
    responses((status = 200, description = "A page of relations", body = Page<Relation>)))]
pub async fn list_relations(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(which): Query<WhichRelations>,
) -> Result<Listed<Relation>, Problem> {
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let after = paging.after(&shared, "relations")?.map(RelationId);
    let wanted = Which {
        party: which.party,
        on: maybe_day("/on", which.on.as_deref())?,
        known_at: maybe_instant("/known_at", which.known_at.as_deref())?,
    };
    let page = relations::list(&shared.office, &caller, &wanted, after, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    let items = page.items.iter().map(Relation::from).collect();
    Listed::new(&shared, uri, "relations", items, next)
}

/// Records relations: all of them, or none. 登记关系
#[utoipa::path(post, path = "/relations", tag = "Groups", request_body = NewRelations,
    responses((status = 201, description = "What was recorded", body = Recorded)))]
pub async fn record_relations(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Body(given): Body<NewRelations>,
) -> Result<Reply, Problem> {
    let mut wrong = Vec::new();
    let read = |(at, one)| given_of(one, at, &mut wrong);
    let given: Vec<Option<Given>> = given.relations.into_iter().enumerate().map(read).collect();
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong).into());
    }
    let answered = |views: &[RelationView], doubts: &[Message]| {
        let recorded = Recorded {
            items: views.iter().map(Relation::from).collect(),
            doubts: doubts.iter().map(|doubt| Remark::of(doubt, lang)).collect(),
        };
        Answer::made("/api/v1/relations", None, value(&recorded))
    };
    let given = given.into_iter().flatten().collect();
    Ok(Reply(
        relations::create(&shared.office, &caller, given, answered).await?,
    ))
}

/// Ends a relation on a day, or says that it never was so; what was known stays known as of then. 终止关系
#[utoipa::path(post, path = "/relations/{id}/closing", tag = "Groups", request_body = Closing,
    params(("id" = i64, Path, description = "The relation", example = 31)),
    responses((status = 200, description = "The relation as it is known now", body = Relation)))]
pub async fn close_relation(
    shared: Shared,
    By(caller): By,
    Id(id): Id<RelationId>,
    Body(given): Body<Closing>,
) -> Result<Reply, Problem> {
    let closing = AppClosing {
        until: maybe_day("/until", given.until.as_deref())?,
        reason: given.reason,
    };
    let answered = |view: &RelationView| Answer::changed(None, value(&Relation::from(view)));
    Ok(Reply(
        relations::close(&shared.office, &caller, id, closing, answered).await?,
    ))
}

/// Lists the relations of a customer. 客户的关系
#[utoipa::path(get, path = "/customers/{code}/relations", tag = "Groups", params(("code" = String, Path, description = "The customer's own number", example = "C-0042"), AsOf),
    responses((status = 200, description = "Its relations", body = RelationsOf)))]
pub async fn list_customer_relations(
    shared: Shared,
    By(caller): By,
    Path(code): Path<String>,
    Query(as_of): Query<AsOf>,
) -> Result<Json<RelationsOf>, Problem> {
    let (on, known_at) = as_of.read()?;
    let which = Which {
        party: None,
        on,
        known_at,
    };
    let items = relations::of_customer(&shared.office, &caller, &code, &which).await?;
    Ok(Json(RelationsOf {
        items: items.iter().map(Relation::from).collect(),
    }))
}

fn given_of(one: NewRelation, at: usize, wrong: &mut Vec<Wrong>) -> Option<Given> {
    let holder = named(one.holder, &format!("/relations/{at}/holder"), wrong);
    let target = named(one.target, &format!("/relations/{at}/target"), wrong);
    let mut read = |field: &str, text: Option<String>| match text {
        None => Some(None),
        Some(text) => match day(&format!("/relations/{at}/{field}"), &text) {
            Ok(day) => Some(Some(day)),
            Err(unclear) => {
                wrong.push(unclear);
                None
            }
        },
    };
    let (from, until) = (read("from", one.from), read("until", one.until));
    Some(Given {
        holder: holder?,
        target: target?,
        sort: one.sort,
        share: one.share,
        kinship: one.kinship,
        generations: one.generations,
        from: from?,
        until: until?,
        evidence: one.evidence,
        words: one.words,
        file: one.file,
    })
}

fn named(given: NamedParty, pointer: &str, wrong: &mut Vec<Wrong>) -> Option<Named> {
    let text = |text: String| {
        let text = text.trim().to_owned();
        let fits = (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        fits.then_some(text)
    };
    let coded = given.code.is_some();
    let code = given.code.and_then(text);
    let lost = coded && code.is_none();
    let unnamed = given.unnamed.filter(|unnamed| *unnamed);
    let found = match (given.customer, given.party, given.company, given.person, unnamed) {
        (Some(customer), None, None, None, None) if !coded => Some(Named::Customer(customer)),
        (None, Some(party), None, None, None) if !coded => Some(Named::Party(party)),
        (None, None, Some(name), None, None) => text(name).map(|name| Named::Company { name, code }),
        (None, None, None, Some(name), None) => text(name).map(|name| Named::Person { name, code }),
        (None, None, None, None, Some(_)) if !coded => Some(Named::Unnamed),
        _ => None,
    };
    let found = found.filter(|_| !lost);
    if found.is_none() {
        wrong.push(Wrong::at(pointer, Message::new("server-party-unclear")));
    }
    found
}
