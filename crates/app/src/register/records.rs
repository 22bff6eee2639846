//! A customer's records as they were known at an instant, about days until a date, with where they come from. 客户记录

use std::collections::{BTreeSet, HashMap};

use pinji_access::FieldClass;
use pinji_domain::{Date, FieldType, Kind, Kinds, Message, RecordId, SubmissionId, Timestamp, UserId, number};
use pinji_store::{Customer, Known, Link, Record, RecordPlace, RecordsOf, Submission, View};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::customers::MASK;
use super::reach::{note, shows, there};
use super::{Action, Caller, Fault, Office, Slice};

/// Which records, as of when, as known when. 查询条件
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only this kind.
    pub kind: Option<String>,
    /// Nothing about a day after this one.
    pub as_of: Option<Date>,
    /// What was known then; now, if not said.
    pub known_at: Option<Timestamp>,
}

/// Where a page goes on. 游标
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    kind: String,
    period: i64,
    key: String,
    line: i64,
}

/// One version of a record. 记录版本
#[derive(Debug, Clone)]
pub struct RecordView {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// The day that it is about.
    pub period: Option<Date>,
    /// Its values by field; money and decimals as texts with their decimals, what is not for the reader masked.
    pub values: Map<String, Value>,
    /// The fields that are not for the reader, ascending.
    pub masked: Vec<String>,
    /// Whether this version says that the record does not hold any more.
    pub withdrawn: bool,
    /// From when it was known.
    pub known_from: Timestamp,
    /// Until when it was held to be so.
    pub known_to: Option<Timestamp>,
    /// When personal fields were taken out of it.
    pub erased_at: Option<Timestamp>,
    /// The version that it brings back after an undo.
    pub restores: Option<RecordId>,
    /// Where it comes from.
    pub from: Provenance,
}

/// Where a record comes from. 来源
#[derive(Debug, Clone)]
pub struct Provenance {
    /// The submission.
    pub submission: SubmissionId,
    /// The row there, from 1.
    pub row: i64,
    /// The channel.
    pub channel: &'static str,
    /// Who or what it was had from.
    pub source: String,
    /// How.
    pub method: String,
    /// The period that the submission names.
    pub period: Option<Date>,
    /// Who collected it.
    pub collected_by: UserId,
    /// When.
    pub collected_at: Timestamp,
    /// Who audited it; `None` where a rule did.
    pub audited_by: Option<UserId>,
    /// When.
    pub audited_at: Option<Timestamp>,
    /// The rule that accepted it.
    pub audit_rule: Option<String>,
    /// The file that is the evidence, by its SHA-256.
    pub file: Option<String>,
    /// What that file was called.
    pub file_name: Option<String>,
    /// The submission that closed it.
    pub closed_by: Option<SubmissionId>,
}

/// A customer's records: kind by kind, the latest period first. 客户记录列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    code: &str,
    wanted: &Wanted,
    after: Option<Place>,
    limit: u32,
) -> Result<Slice<RecordView, Place>, Fault> {
    let view = office.store.snapshot().await?;
    let customer = there(office, caller, &view, code, Action::RecordRead).await?;
    let kinds = office.kinds(&view).await?;
    if let Some(kind) = &wanted.kind
        && kinds.get(kind).is_none()
    {
        let known: Vec<&str> = kinds.kinds.iter().map(|kind| kind.id.as_str()).collect();
        let says = Message::new("app-kind-unknown")
            .with("kind", kind.as_str())
            .with("known", known.join(", "));
        return Err(Fault::field("/kind", says));
    }
    if let Some(link) = linked(&view, wanted.kind.as_deref()).await? {
        let says = Message::new("app-records-linked").with("kind", link.kind.as_str());
        return Err(Fault::Refused(says));
    }
    let chosen = kinds
        .kinds
        .iter()
        .filter(|kind| wanted.kind.as_ref().is_none_or(|id| *id == kind.id));
    let from = after.as_ref().map(|place| place.kind.clone());
    let mut records: Vec<Record> = Vec::new();
    let most = limit as usize + 1;
    for kind in chosen.skip_while(|kind| from.as_ref().is_some_and(|from| *from != kind.id)) {
        let place = after.as_ref().filter(|place| place.kind == kind.id);
        let place = place.map(|place| RecordPlace {
            period: place.period,
            key: place.key.clone(),
            line: place.line,
        });
        let ids = [kind.id.clone()];
        let of = RecordsOf {
            customer: customer.id,
            kinds: &ids,
            known: wanted.known_at.map_or(Known::Now, Known::At),
            as_of: wanted.as_of,
            each: u32::try_from(most - records.len()).unwrap_or(u32::MAX),
        };
        records.extend(view.records_page(&kind.id, &of, place.as_ref()).await?);
        if records.len() >= most {
            break;
        }
    }
    let page = Slice::cut(records, limit, |record| {
        let place = RecordPlace::at(record);
        Place {
            kind: record.kind.clone(),
            period: place.period,
            key: place.key,
            line: place.line,
        }
    });
    let items = seen(office, caller, &view, &kinds, &customer, page.items).await?;
    drop(view);
    note(office, caller, [&customer], "records").await?;
    Ok(Slice { items, next: page.next })
}

/// The link by which the records of a kind lie elsewhere: an empty list would say that there are none.
async fn linked(view: &View, kind: Option<&str>) -> Result<Option<Link>, Fault> {
    let Some(kind) = kind else { return Ok(None) };
    let links = view.links_in_force().await?;
    Ok(links.into_iter().find(|link| link.kind == kind))
}

/// All versions of the record that this is one of, the oldest first. 记录沿革
pub async fn versions(office: &Office, caller: &Caller, code: &str, id: RecordId) -> Result<Vec<RecordView>, Fault> {
    let view = office.store.snapshot().await?;
    let customer = there(office, caller, &view, code, Action::RecordRead).await?;
    let record = view.record(id).await?.ok_or(Fault::Absent)?;
    if record.customer != customer.id {
        return Err(Fault::Absent);
    }
    let kinds = office.kinds(&view).await?;
    let all = view
        .record_versions(&record.kind, customer.id, &record.key, record.line)
        .await?;
    let items = seen(office, caller, &view, &kinds, &customer, all).await?;
    drop(view);
    note(office, caller, [&customer], "record").await?;
    Ok(items)
}

/// Records as the caller may see them, with their provenance.
pub(crate) async fn seen(
    office: &Office,
    caller: &Caller,
    view: &View,
    kinds: &Kinds,
    customer: &Customer,
    records: Vec<Record>,
) -> Result<Vec<RecordView>, Fault> {
    let wanted: BTreeSet<SubmissionId> = records.iter().map(|record| record.submission).collect();
    let wanted: Vec<SubmissionId> = wanted.into_iter().collect();
    let mut sent: HashMap<SubmissionId, Submission> = HashMap::new();
    for piece in wanted.chunks(200) {
        sent.extend(view.submissions(piece).await?.into_iter().map(|one| (one.id, one)));
    }
    let mut asked: HashMap<FieldClass, bool> = HashMap::new();
    let mut open = |class: FieldClass| {
        *asked
            .entry(class)
            .or_insert_with(|| shows(office, caller, class, customer))
    };
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        let from = sent.get(&record.submission).ok_or(Fault::Absent)?;
        let kind = kinds.get(&record.kind);
        let (values, masked) = values(&record, kind, &mut open);
        views.push(RecordView {
            id: record.id,
            period: record.period,
            values,
            masked,
            withdrawn: record.content.is_empty(),
            known_from: record.known_from,
            known_to: record.known_to,
            erased_at: record.erased_at,
            restores: record.restores,
            from: provenance(&record, from),
            kind: record.kind,
        });
    }
    Ok(views)
}

fn values(
    record: &Record,
    kind: Option<&Kind>,
    open: &mut impl FnMut(FieldClass) -> bool,
) -> (Map<String, Value>, Vec<String>) {
    let mut kept: Map<String, Value> = serde_json::from_str(&record.content).unwrap_or_default();
    let mut masked = Vec::new();
    for (name, value) in &mut kept {
        let field = kind.and_then(|kind| kind.field(name));
        let class = field.map_or(FieldClass::Figure, |field| FieldClass::of(&record.kind, field));
        if !open(class) {
            *value = MASK.into();
            masked.push(name.clone());
            continue;
        }
        // Decimals leave the house as texts: no reader's doubles can spoil them.
        if let Some(FieldType::Money(scale) | FieldType::Decimal(scale)) = field.map(|field| &field.ty)
            && let Some(units) = value.as_i64()
        {
            *value = number::plain(units, *scale).into();
        }
    }
    masked.sort();
    (kept, masked)
}

fn provenance(record: &Record, from: &Submission) -> Provenance {
    Provenance {
        submission: record.submission,
        row: record.row,
        channel: from.channel.code(),
        source: from.source.clone(),
        method: from.method.clone(),
        period: from.period,
        collected_by: from.collected_by,
        collected_at: from.collected_at,
        audited_by: from.audited_by,
        audited_at: from.audited_at,
        audit_rule: from.audit_rule.clone(),
        file: from.file.clone(),
        file_name: from.file_name.clone(),
        closed_by: record.closed_by,
    }
}
