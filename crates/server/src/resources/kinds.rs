//! Record kinds and policies, their templates, and the company's own files of them. 记录种类与分级标准

use axum::Json;
use pinji_app::register::kinds::{self as app, PolicyView};
use pinji_app::register::loading::{self, LoadedKinds, Text as File};
use pinji_app::register::{Answer, rules};
use pinji_domain::{Channel, FieldType, Kind as Declared, Text as Both};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::files::{Download, XLSX};
use super::when;
use crate::body::{Body, Id};
use crate::guard::By;
use crate::pages::Page;
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;

/// A name in both languages. 双语名称
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "zh": "客户", "en": "Customer" }))]
pub struct Name {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Both> for Name {
    fn from(text: &Both) -> Name {
        Name {
            zh: text.zh.clone(),
            en: text.en.clone(),
        }
    }
}

/// A choice of a field. 选项
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": "large", "name": { "zh": "大型", "en": "Large" } }))]
pub struct Choice {
    /// Its code, as values bring it.
    pub id: String,
    /// Its name.
    pub name: Name,
}

/// A field of a record kind. 字段
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "revenue", "type": "money", "decimals": 2, "unit": { "zh": "元", "en": "CNY" },
    "label": { "zh": "营业收入", "en": "Revenue" }, "choices": [], "required": false, "personal": false, "key": false, "told": true,
}))]
pub struct Field {
    /// Its id.
    pub id: String,
    /// `text`, `choice`, `integer`, `decimal`, `money`, `number`, `date`, `flag`.
    #[serde(rename = "type")]
    pub ty: &'static str,
    /// The decimals of exact numbers.
    pub decimals: Option<u8>,
    /// The unit; empty where there is none.
    pub unit: Name,
    /// The label.
    pub label: Name,
    /// The choices of a closed list.
    pub choices: Vec<Choice>,
    /// Whether a row without it is bad.
    pub required: bool,
    /// Whether it is about a person.
    pub personal: bool,
    /// Whether it is part of the key.
    pub key: bool,
    /// Whether its change is told to departments.
    pub told: bool,
}

/// How fresh and how often, in general or on one channel. 时效与频率
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "channel": null, "fresh": "18 months", "every": "1 year", "sample": null }))]
pub struct Target {
    /// The channel; absent for what holds in general.
    pub channel: Option<&'static str>,
    /// How old the newest record may be.
    pub fresh: Option<String>,
    /// How often something must come in.
    pub every: Option<String>,
    /// The share of a trusted feed's rows that is drawn for the auditor.
    pub sample: Option<String>,
}

/// A record kind. 记录种类
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "customer", "name": { "zh": "客户", "en": "Customer" }, "subject": "id", "key": ["id"], "date": null,
    "currency": null, "ledger": false, "fields": [], "notify": ["risk"],
    "targets": [{ "channel": null, "fresh": "18 months", "every": null, "sample": null }],
}))]
pub struct Kind {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// The field that names the customer.
    pub subject: String,
    /// The fields that make a row unique; none of a ledger.
    pub key: Vec<String>,
    /// The field that dates a row: its period's end.
    pub date: Option<String>,
    /// The field with the currency.
    pub currency: Option<String>,
    /// Whether each row is a record of its own.
    pub ledger: bool,
    /// Its fields, in the order of templates.
    pub fields: Vec<Field>,
    /// The departments that are told when key fields change.
    pub notify: Vec<String>,
    /// What must be held: in general first, then by channel.
    pub targets: Vec<Target>,
}

impl From<&Declared> for Kind {
    fn from(kind: &Declared) -> Kind {
        let target = |channel: Option<Channel>, terms: &pinji_domain::office::ChannelTerms| Target {
            channel: channel.map(Channel::code),
            fresh: terms.fresh.map(|period| period.to_string()),
            every: terms.every.map(|period| period.to_string()),
            sample: terms
                .sample
                .map(|share| pinji_domain::number::plain(share.units, share.scale)),
        };
        let own = kind.office.channels.iter();
        let own = own.map(|(channel, _)| target(Some(*channel), &kind.office.of(*channel)));
        Kind {
            id: kind.id.clone(),
            name: Name::from(&kind.name),
            subject: kind.subject.clone(),
            key: kind.key.clone(),
            date: kind.date.clone(),
            currency: kind.currency.clone(),
            ledger: kind.is_ledger(),
            fields: kind.fields.iter().map(|one| field(kind, one)).collect(),
            notify: kind.office.notify.clone(),
            targets: std::iter::once(target(None, &kind.office.general)).chain(own).collect(),
        }
    }
}

fn field(kind: &Declared, field: &pinji_domain::Field) -> Field {
    let (ty, choices) = match &field.ty {
        FieldType::Text => ("text", &[][..]),
        FieldType::Choice(choices) => ("choice", choices.as_slice()),
        FieldType::Integer => ("integer", &[][..]),
        FieldType::Decimal(_) => ("decimal", &[][..]),
        FieldType::Money(_) => ("money", &[][..]),
        FieldType::Number => ("number", &[][..]),
        FieldType::Date => ("date", &[][..]),
        FieldType::Flag => ("flag", &[][..]),
    };
    Field {
        id: field.id.clone(),
        ty,
        decimals: field.ty.scale(),
        unit: Name::from(&field.unit),
        label: Name::from(&field.label),
        choices: choices
            .iter()
            .map(|(id, name)| Choice {
                id: id.clone(),
                name: Name::from(name),
            })
            .collect(),
        required: field.required,
        personal: field.personal,
        key: kind.key.contains(&field.id),
        told: kind.office.key_field(&field.id).is_some(),
    }
}

/// A policy that holds now. 分级标准
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "tob-standard", "name": { "zh": "企业客户分级标准", "en": "Business customers" }, "version": "2026.1",
    "effective": "2026-01-01", "of_groups": false, "kinds": ["customer", "financial_statement"], "usable": true,
    "file": "tob-standard.toml", "sha256": "9f86d081884c7d65", "loaded_at": null,
}))]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Its version.
    pub version: String,
    /// From when it holds.
    #[schema(format = Date)]
    pub effective: Option<String>,
    /// Whether it rates corporate groups.
    pub of_groups: bool,
    /// The record kinds that it reads.
    pub kinds: Vec<String>,
    /// Whether it can be used as it stands.
    pub usable: bool,
    /// Its file.
    pub file: String,
    /// The SHA-256 of the file's text.
    pub sha256: String,
    /// When it was loaded; null where it ships with Pinji.
    #[schema(format = DateTime)]
    pub loaded_at: Option<String>,
}

impl From<&PolicyView> for Policy {
    fn from(view: &PolicyView) -> Policy {
        let rules::Origin { file, hash, loaded_at } = view.origin.clone();
        Policy {
            id: view.id.clone(),
            name: Name::from(&view.name),
            version: view.version.clone(),
            effective: view.effective.map(|day| day.to_string()),
            of_groups: view.of_groups,
            kinds: view.kinds.clone(),
            usable: view.usable,
            file,
            sha256: hash,
            loaded_at: loaded_at.map(when),
        }
    }
}

/// A file of the company's own record kinds. 记录种类文件
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "own.toml",
    "text": "[kind.transaction]\n[[kind.transaction.field]]\nid = \"shop\"\ntype = \"text\"\nlabel = { zh = \"门店\", en = \"Shop\" }\n",
}))]
pub struct NewKinds {
    /// Its name; one of the same name is replaced.
    #[schema(max_length = 100)]
    pub name: String,
    /// The TOML text.
    pub text: String,
}

/// What was loaded. 已载入
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "file": "own.toml", "sha256": "9f86d081884c7d65", "kinds": ["transaction"] }))]
pub struct KindFile {
    /// The file.
    pub file: String,
    /// The SHA-256 of its text.
    pub sha256: String,
    /// The kinds that it made or changed.
    pub kinds: Vec<String>,
}

/// A file that a policy lists. 标准附表
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "tables/industry.toml", "text": "…" }))]
pub struct Listed {
    /// Its name, as the policy lists it.
    #[schema(max_length = 100)]
    pub name: String,
    /// The TOML text.
    pub text: String,
}

/// A policy of the company's own. 分级标准文件
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "id = \"own\"\nversion = \"1\"\n…", "files": [] }))]
pub struct NewPolicy {
    /// The TOML text; the policy of the same id is replaced.
    pub text: String,
    /// The files that it lists, beside those that the office has.
    #[serde(default)]
    pub files: Vec<Listed>,
}

/// Lists the record kinds that hold now. 记录种类列表
#[utoipa::path(get, path = "/kinds", tag = "Rules",
    responses((status = 200, description = "All record kinds", body = Page<Kind>)))]
pub async fn list_kinds(shared: Shared, By(caller): By) -> Result<Json<Page<Kind>>, Problem> {
    let kinds = app::list(&shared.office, &caller).await?;
    Ok(Json(Page::whole(kinds.iter().map(Kind::from).collect())))
}

/// Reads a record kind: fields, units, choices, key, targets. 查看记录种类
#[utoipa::path(get, path = "/kinds/{id}", tag = "Rules",
    params(("id" = String, Path, description = "The kind", example = "customer")),
    responses((status = 200, description = "The kind", body = Kind)))]
pub async fn read_kind(shared: Shared, By(caller): By, Id(id): Id<String>) -> Result<Json<Kind>, Problem> {
    Ok(Json(Kind::from(&app::read(&shared.office, &caller, &id).await?)))
}

/// Makes the workbook in which records of a kind are sent in. 下载模板
#[utoipa::path(get, path = "/kinds/{id}/template.xlsx", tag = "Rules",
    params(("id" = String, Path, description = "The kind", example = "customer")),
    responses((status = 200, description = "The workbook", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body = String, example = "PK…")))]
pub async fn kind_template(shared: Shared, By(caller): By, Id(id): Id<String>) -> Result<Download, Problem> {
    Ok(download(app::template(&shared.office, &caller, &id).await?))
}

/// Loads a file of the company's own record kinds, after it is checked with all that holds. 载入记录种类
#[utoipa::path(post, path = "/kinds", tag = "Rules", request_body = NewKinds,
    responses((status = 201, description = "What was loaded", body = KindFile)))]
pub async fn load_kinds(shared: Shared, By(caller): By, Body(given): Body<NewKinds>) -> Result<Reply, Problem> {
    let file = File {
        name: given.name,
        text: given.text,
    };
    let words = |loaded: &LoadedKinds| {
        let body = KindFile {
            file: loaded.file.clone(),
            sha256: loaded.hash.clone(),
            kinds: loaded.kinds.clone(),
        };
        Answer::made("/api/v1/kinds", None, value(&body))
    };
    Ok(Reply(loading::load_kinds(&shared.office, &caller, file, words).await?))
}

/// Lists the policies that hold now. 分级标准列表
#[utoipa::path(get, path = "/policies", tag = "Rules",
    responses((status = 200, description = "All policies", body = Page<Policy>)))]
pub async fn list_policies(shared: Shared, By(caller): By) -> Result<Json<Page<Policy>>, Problem> {
    let policies = app::policies(&shared.office, &caller).await?;
    Ok(Json(Page::whole(policies.iter().map(Policy::from).collect())))
}

/// Reads what a policy is and which kinds it reads. 查看分级标准
#[utoipa::path(get, path = "/policies/{id}", tag = "Rules",
    params(("id" = String, Path, description = "The policy", example = "tob-standard")),
    responses((status = 200, description = "The policy", body = Policy)))]
pub async fn read_policy(shared: Shared, By(caller): By, Id(id): Id<String>) -> Result<Json<Policy>, Problem> {
    Ok(Json(Policy::from(&app::policy(&shared.office, &caller, &id).await?)))
}

/// Makes the workbook with all that a policy reads, a sheet for each kind. 下载标准模板
#[utoipa::path(get, path = "/policies/{id}/template.xlsx", tag = "Rules",
    params(("id" = String, Path, description = "The policy", example = "tob-standard")),
    responses((status = 200, description = "The workbook", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body = String, example = "PK…")))]
pub async fn policy_template(shared: Shared, By(caller): By, Id(id): Id<String>) -> Result<Download, Problem> {
    Ok(download(app::policy_template(&shared.office, &caller, &id).await?))
}

/// Loads a policy of the company's own with the tables that it lists, after it is checked. 载入分级标准
#[utoipa::path(post, path = "/policies", tag = "Rules", request_body = NewPolicy,
    responses((status = 201, description = "The policy", body = Policy)))]
pub async fn load_policy(shared: Shared, By(caller): By, Body(given): Body<NewPolicy>) -> Result<Reply, Problem> {
    let files = given.files.into_iter().map(|file| File {
        name: file.name,
        text: file.text,
    });
    let words = |policy: &PolicyView| {
        Answer::made(
            format!("/api/v1/policies/{}", policy.id),
            None,
            value(&Policy::from(policy)),
        )
    };
    let loaded = loading::load_policy(&shared.office, &caller, given.text, files.collect(), words).await?;
    Ok(Reply(loaded))
}

fn download(sheet: app::Sheet) -> Download {
    Download {
        name: sheet.name,
        media: XLSX,
        bytes: sheet.bytes,
    }
}
