//! Customers: who the register has. 客户

use axum::extract::OriginalUri;
use axum::http::HeaderMap;
use pinji_app::register::Answer;
use pinji_app::register::customers::{self as app, CustomerView, Form, Made, Wanted};
use pinji_domain::{Message, RunId, TeamId, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::files::{CSV, Download, XLSX};
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Count, Listed, Page, Paging};
use crate::problem::{Problem, Sort};
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::{IfMatch, Versioned};

/// A name and when it was known. 名称沿革
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "name": "海岸贸易有限公司", "known_from": "2026-11-22T08:00:00.000000Z", "known_to": null }))]
pub struct NameSpan {
    /// The name.
    pub name: String,
    /// From when.
    #[schema(format = DateTime)]
    pub known_from: String,
    /// Until when; null for today's.
    #[schema(format = DateTime)]
    pub known_to: Option<String>,
}

/// A customer. 客户
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "C-0042", "uscc": "91350100M000100Y43", "name": "海岸贸易有限公司",
    "names": [{ "name": "海岸贸易有限公司", "known_from": "2026-11-22T08:00:00.000000Z", "known_to": null }],
    "industry": "wholesale", "region": "华东", "size": "medium", "manager": 4, "team": 2, "secrecy": "internal",
    "custom": { "aliases": ["海岸"], "vip": true }, "masked": [], "created_at": "2026-11-22T08:00:00.000000Z",
    "changed_at": "2026-11-22T08:00:00.000000Z", "version": 1,
}))]
pub struct Customer {
    /// The company's own number: the id in addresses.
    pub code: String,
    /// The unified social credit code.
    pub uscc: Option<String>,
    /// Its name today.
    pub name: String,
    /// Its names, the oldest first.
    pub names: Vec<NameSpan>,
    /// Its industry.
    pub industry: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Its size.
    pub size: Option<String>,
    /// The account manager, a user.
    pub manager: Option<i64>,
    /// The team that looks after it.
    pub team: Option<i64>,
    /// `internal` or `confidential`.
    pub secrecy: &'static str,
    /// The company's own fields; `***` where one is not for you.
    #[schema(value_type = Object)]
    pub custom: Map<String, Value>,
    /// The fields that are not for you.
    pub masked: Vec<String>,
    /// Since when the register has it.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    pub changed_at: String,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl From<&CustomerView> for Customer {
    fn from(view: &CustomerView) -> Customer {
        let names = view.names.iter().map(|span| NameSpan {
            name: span.name.clone(),
            known_from: when(span.known_from),
            known_to: span.known_to.map(when),
        });
        Customer {
            code: view.code.clone(),
            uscc: view.uscc.clone(),
            name: view.name.clone(),
            names: names.collect(),
            industry: view.industry.clone(),
            region: view.region.clone(),
            size: view.size.clone(),
            manager: view.manager.map(|id| id.0),
            team: view.team.map(|id| id.0),
            secrecy: view.secrecy,
            custom: view.custom.clone(),
            masked: view.masked.clone(),
            created_at: when(view.created_at),
            changed_at: when(view.changed_at),
            version: view.version,
        }
    }
}

/// A grade as a list shows it. 等级
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "run": 3, "policy": 0, "grade": "A", "total": null }))]
pub struct Grade {
    /// The run.
    pub run: i64,
    /// The policy's place in the run.
    pub policy: i64,
    /// The grade's code; null where the run left the customer without one.
    pub grade: Option<String>,
    /// The total score in units of the policy's last decimal, where you may see scores.
    pub total: Option<i64>,
}

/// A customer as a list shows it. 客户概要
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "C-0042", "uscc": null, "name": "海岸贸易有限公司", "industry": "wholesale", "region": "华东", "size": "medium",
    "manager": 4, "team": 2, "secrecy": "internal", "grade": { "run": 3, "policy": 0, "grade": "A", "total": null },
    "found_by": "pinyin", "version": 1,
}))]
pub struct Listing {
    /// The company's own number.
    pub code: String,
    /// The unified social credit code.
    pub uscc: Option<String>,
    /// Its name.
    pub name: String,
    /// Its industry.
    pub industry: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Its size.
    pub size: Option<String>,
    /// The account manager.
    pub manager: Option<i64>,
    /// The team.
    pub team: Option<i64>,
    /// `internal` or `confidential`.
    pub secrecy: &'static str,
    /// Its grade in the run that the list shows, where you may know it.
    pub grade: Option<Grade>,
    /// How `q` found it: `code`, `uscc`, `name`, `alias`, `pinyin`, `alias_pinyin`, `initials`, `alias_initials`.
    pub found_by: Option<&'static str>,
    /// The version.
    pub version: i64,
}

impl From<&CustomerView> for Listing {
    fn from(view: &CustomerView) -> Listing {
        Listing {
            code: view.code.clone(),
            uscc: view.uscc.clone(),
            name: view.name.clone(),
            industry: view.industry.clone(),
            region: view.region.clone(),
            size: view.size.clone(),
            manager: view.manager.map(|id| id.0),
            team: view.team.map(|id| id.0),
            secrecy: view.secrecy,
            grade: view.grade.as_ref().map(|grade| Grade {
                run: grade.run.0,
                policy: grade.policy,
                grade: grade.grade.clone(),
                total: grade.total,
            }),
            found_by: view.found,
            version: view.version,
        }
    }
}

/// Another customer that may be the same. 疑似重复
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "code": "C-0007", "name": "海岸贸易公司", "by": "name", "likeness": 1000 }))]
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

/// A customer that was made. 新客户
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "C-0042", "uscc": null, "name": "海岸贸易有限公司", "names": [], "industry": null, "region": null, "size": null,
    "manager": null, "team": null, "secrecy": "internal", "custom": {}, "masked": [],
    "created_at": "2026-11-22T08:00:00.000000Z", "changed_at": "2026-11-22T08:00:00.000000Z", "version": 1,
    "alike": [{ "code": "C-0007", "name": "海岸贸易公司", "by": "name", "likeness": 1000 }],
}))]
pub struct CustomerMade {
    /// The customer.
    #[serde(flatten)]
    pub customer: Customer,
    /// Customers that you may see and that may be the same; nothing was merged.
    pub alike: Vec<Alike>,
}

/// A new customer. 新增客户
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "C-0042", "name": "海岸贸易有限公司", "industry": "wholesale", "custom": { "aliases": ["海岸"] } }))]
pub struct NewCustomer {
    /// The company's own number: letters, digits, `-`, `_`, `.`.
    #[schema(min_length = 1, max_length = 64)]
    pub code: String,
    /// The unified social credit code; its check character is verified.
    pub uscc: Option<String>,
    /// The name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The industry.
    pub industry: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The size, by the codes of the kind `customer`.
    pub size: Option<String>,
    /// `internal` if left out.
    #[schema(pattern = r"^(internal|confidential)$")]
    pub secrecy: Option<String>,
    /// The company's own fields: texts, numbers, truth values; `aliases` is a list of texts by which it is found.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub custom: Map<String, Value>,
}

/// What is to change; null takes a value away, what is left out stays. 修改客户
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "海岸国际贸易有限公司", "region": null, "custom": { "vip": true } }))]
pub struct CustomerChange {
    /// The unified social credit code.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub uscc: Option<Option<String>>,
    /// The name; the one before stays in the history.
    pub name: Option<String>,
    /// The industry.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub industry: Option<Option<String>>,
    /// The region.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub region: Option<Option<String>>,
    /// The size.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub size: Option<Option<String>>,
    /// `internal` or `confidential`.
    #[schema(pattern = r"^(internal|confidential)$")]
    pub secrecy: Option<String>,
    /// The company's own fields that change; null takes one away.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub custom: Map<String, Value>,
}

/// Who looks after a customer; null for nobody. 分配客户
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "manager": 4, "team": 2 }))]
pub struct Assignment {
    /// The account manager, a user with that role.
    pub manager: Option<i64>,
    /// The team.
    pub team: Option<i64>,
}

/// A null that was written is not the same as nothing.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(from).map(Some)
}

/// Which customers. Several values of a filter are separated by commas. 客户筛选
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Name, part of it, pinyin, initials, alias, former name, number or credit code; the best hits first, on one page.
    #[param(max_length = 200, example = "haian")]
    pub q: Option<String>,
    /// Grades in the run.
    #[param(example = json!(null))]
    pub grade: Option<String>,
    /// The run whose grades are shown; the last one that is done, if left out.
    #[param(example = json!(null))]
    pub run: Option<i64>,
    /// The policy's place in that run, from 0.
    #[param(minimum = 0, example = json!(null))]
    pub policy: Option<i64>,
    /// `internal` or `confidential`.
    #[param(pattern = r"^(internal|confidential)$", example = json!(null))]
    pub secrecy: Option<String>,
    /// Regions.
    #[param(example = json!(null))]
    pub region: Option<String>,
    /// Industries.
    #[param(example = json!(null))]
    pub industry: Option<String>,
    /// Sizes.
    #[param(example = json!(null))]
    pub size: Option<String>,
    /// Account managers, by number.
    #[param(pattern = r"^[0-9]{1,18}(,[0-9]{1,18})*$", example = json!(null))]
    pub manager: Option<String>,
    /// Teams, by number.
    #[param(pattern = r"^[0-9]{1,18}(,[0-9]{1,18})*$", example = json!(null))]
    pub team: Option<String>,
    /// `name`, `code`, `grade` or `score`; with `-` before it the other way round.
    #[param(example = "name")]
    pub sort: Option<String>,
    /// Whether to count, up to 10,000.
    #[param(example = true)]
    pub count: Option<bool>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before, of this very list.
    pub cursor: Option<String>,
}

impl Which {
    fn wanted(&self) -> Result<Wanted, Problem> {
        Ok(Wanted {
            query: self.q.clone(),
            grades: words(self.grade.as_deref()),
            run: self.run.map(RunId),
            policy: self.policy.unwrap_or(0),
            secrecy: self.secrecy.clone(),
            regions: words(self.region.as_deref()),
            industries: words(self.industry.as_deref()),
            sizes: words(self.size.as_deref()),
            managers: numbers(self.manager.as_deref())?.into_iter().map(UserId).collect(),
            teams: numbers(self.team.as_deref())?.into_iter().map(TeamId).collect(),
            sort: self.sort.clone(),
            count: self.count.unwrap_or(false),
        })
    }

    /// The name of the list for its cursors: of this caller, with these filters, and no other.
    fn list(&self, shared: &Shared, caller: &pinji_app::register::Caller) -> String {
        let filters = format!(
            "{:?}",
            Which {
                limit: None,
                cursor: None,
                count: None,
                ..self.clone()
            }
        );
        let digest = shared.office.digest(&[filters.as_bytes()]);
        format!("customers/{}/{digest}", caller.user)
    }
}

fn words(text: Option<&str>) -> Vec<String> {
    let parts = text.into_iter().flat_map(|text| text.split(','));
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn numbers(text: Option<&str>) -> Result<Vec<i64>, Problem> {
    let unclear = |part: &str| Problem::with(Sort::Malformed, Message::new("server-query-number").with("text", part));
    words(text)
        .iter()
        .map(|part| part.parse().map_err(|_| unclear(part)))
        .collect()
}

/// Lists customers: those that you may see, filtered, sorted or found. 客户列表
#[utoipa::path(get, path = "/customers", tag = "Customers", params(Which),
    responses((status = 200, description = "A page of customers", body = Page<Listing>)))]
pub async fn list_customers(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(which): Query<Which>,
) -> Result<Listed<Listing>, Problem> {
    let name = which.list(&shared, &caller);
    let wanted = which.wanted()?;
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let after: Option<String> = paging.after(&shared, &name)?;
    let page = app::list(&shared.office, &caller, &wanted, after.as_deref(), paging.limit()?).await?;
    let count = page.count.map(|count| Count {
        rows: count.rows,
        exact: count.exact,
    });
    let items = page.items.iter().map(Listing::from).collect();
    Ok(Listed::new(&shared, uri, &name, items, page.next)?.counting(count))
}

/// Makes a customer, and points out those that may be the same. 新增客户
#[utoipa::path(post, path = "/customers", tag = "Customers", request_body = NewCustomer,
    responses((status = 201, description = "The customer", body = CustomerMade)))]
pub async fn create_customer(shared: Shared, By(caller): By, Body(given): Body<NewCustomer>) -> Result<Reply, Problem> {
    let new = app::NewCustomer {
        code: given.code,
        uscc: given.uscc,
        name: given.name,
        industry: given.industry,
        region: given.region,
        size: given.size,
        secrecy: given.secrecy,
        custom: given.custom,
    };
    let words = |made: &Made| {
        let alike = made.alike.iter().map(|other| Alike {
            code: other.code.clone(),
            name: other.name.clone(),
            by: other.by,
            likeness: other.likeness,
        });
        let body = CustomerMade {
            customer: Customer::from(&made.customer),
            alike: alike.collect(),
        };
        Answer::made(place(&made.customer.code), made.customer.version, value(&body))
    };
    Ok(Reply(app::create(&shared.office, &caller, new, words).await?))
}

/// Reads a customer with its names. 查看客户
#[utoipa::path(get, path = "/customers/{code}", tag = "Customers",
    params(("code" = String, Path, description = "The customer's number", example = "C-0042")),
    responses((status = 200, description = "The customer", body = Customer)))]
pub async fn read_customer(
    shared: Shared,
    By(caller): By,
    Id(code): Id<String>,
) -> Result<Versioned<Customer>, Problem> {
    let customer = app::read(&shared.office, &caller, &code).await?;
    Ok(Versioned(customer.version, Customer::from(&customer)))
}

/// Changes a customer. 修改客户
#[utoipa::path(patch, path = "/customers/{code}", tag = "Customers", request_body = CustomerChange,
    params(("code" = String, Path, description = "The customer's number", example = "C-0042")),
    responses((status = 200, description = "The customer as it is now", body = Customer)))]
pub async fn change_customer(
    shared: Shared,
    By(caller): By,
    Id(code): Id<String>,
    IfMatch(version): IfMatch,
    Body(given): Body<CustomerChange>,
) -> Result<Reply, Problem> {
    let change = app::Change {
        uscc: given.uscc,
        name: given.name,
        industry: given.industry,
        region: given.region,
        size: given.size,
        secrecy: given.secrecy,
        custom: given.custom,
    };
    Ok(Reply(
        app::change(&shared.office, &caller, &code, version, change, changed).await?,
    ))
}

/// Gives a customer to an account manager and a team. 分配客户
#[utoipa::path(put, path = "/customers/{code}/assignment", tag = "Customers", request_body = Assignment,
    params(("code" = String, Path, description = "The customer's number", example = "C-0042")),
    responses((status = 200, description = "The customer as it is now", body = Customer)))]
pub async fn assign_customer(
    shared: Shared,
    By(caller): By,
    Id(code): Id<String>,
    IfMatch(version): IfMatch,
    Body(given): Body<Assignment>,
) -> Result<Reply, Problem> {
    let assignment = app::Assignment {
        manager: given.manager.map(UserId),
        team: given.team.map(TeamId),
    };
    Ok(Reply(
        app::assign(&shared.office, &caller, &code, version, assignment, changed).await?,
    ))
}

/// Takes the customers that you may export out as CSV; the ledger tells of it. 导出客户（CSV）
#[utoipa::path(get, path = "/customers/export.csv", tag = "Customers", params(Which),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String, example = "code,name\r\n")))]
pub async fn export_csv(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    Query(which): Query<Which>,
) -> Result<Download, Problem> {
    exported(&shared, &caller, &headers, &which, Form::Csv).await
}

/// Takes the customers that you may export out as a workbook; the ledger tells of it. 导出客户（工作簿）
#[utoipa::path(get, path = "/customers/export.xlsx", tag = "Customers", params(Which),
    responses((status = 200, description = "The file", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body = String, example = "PK…")))]
pub async fn export_xlsx(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    Query(which): Query<Which>,
) -> Result<Download, Problem> {
    exported(&shared, &caller, &headers, &which, Form::Workbook).await
}

async fn exported(
    shared: &Shared,
    caller: &pinji_app::register::Caller,
    headers: &HeaderMap,
    which: &Which,
    form: Form,
) -> Result<Download, Problem> {
    let lang = crate::language::wanted(headers);
    let file = app::export(&shared.office, caller, &which.wanted()?, form, lang).await?;
    let (name, media) = match form {
        Form::Csv => ("customers.csv", CSV),
        Form::Workbook => ("customers.xlsx", XLSX),
    };
    Ok(Download {
        name: name.to_owned(),
        media,
        bytes: file.bytes,
    })
}

fn changed(customer: &CustomerView) -> Answer {
    Answer::changed(customer.version, value(&Customer::from(customer)))
}

/// Where a customer is; what its number has beyond ASCII is escaped.
fn place(code: &str) -> String {
    let mut place = "/api/v1/customers/".to_owned();
    for byte in code.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => place.push(char::from(byte)),
            _ => place.push_str(&format!("%{byte:02X}")),
        }
    }
    place
}
