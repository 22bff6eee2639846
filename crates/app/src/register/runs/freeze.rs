//! What a run grades, frozen: one Parquet file per record kind, as known at an instant. 快照冻结
//!
//! Pages of the store become row groups of the files one after another; a page is written while the next one is fetched, of
//! two kinds at a time, and no more pages than these are ever held. The folder appears whole, by rename, with `frozen.json` that says what is in it.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::DataType;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use pinji_domain::number::rescale;
use pinji_domain::{CustomerId, Date, GroupId, Kind, Kinds, Message, Timestamp};
use pinji_groups::Share;
use pinji_store::{FrozenRecord, Known, Link, RecordCursor, RosterRow, View};
use serde::{Deserialize, Serialize};

use super::by_reference::{self, Pinned};
use super::columns::{Columns, Total, Totals};
use super::stop::Stop;
use crate::digest;
use crate::error::AppError;
use crate::folder::Draft;
use crate::linked::Linked;
use crate::needs::{CUSTOMER, kind_of, needs};
use crate::register::groups::Memberships;
use crate::register::{Fault, Office, groups};
use crate::regulation::Level;
use crate::wide;

/// Records that are fetched at once.
const PAGE: u32 = 50_000;
/// Kinds that are frozen at once.
const AT_ONCE: usize = 2;
/// The file that says what is in the folder.
pub(super) const FILE: &str = "frozen.json";
/// The form of that file.
const FORM: u32 = 1;

/// What is frozen. 快照内容
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Snapshot {
    /// The form of this file.
    pub(super) pinji_snapshot: u32,
    /// The day that it is about.
    pub(super) as_of: String,
    /// Up to when it was known.
    pub(super) as_known: String,
    /// How many customers there are.
    pub(super) customers: u64,
    /// The files.
    pub(super) kinds: Vec<KindFile>,
    /// The kinds that are read where they lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) linked: Vec<Pinned>,
}

/// A kind's file. 单类快照
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindFile {
    /// The record kind.
    pub(super) kind: String,
    /// The file.
    pub(super) file: String,
    /// How many records.
    pub(super) rows: u64,
    /// SHA-256 of its bytes.
    pub(super) sha256: String,
    /// What its columns add up to, as counted while the store was read.
    pub(super) totals: Vec<Total>,
}

/// Whom a snapshot is of: everybody, or a few: one customer, with the others of its group where these count too.
#[derive(Debug, Clone)]
pub(super) enum Whom {
    Everybody,
    /// Ascending.
    These(Vec<CustomerId>),
}

/// The terms of a snapshot.
pub(super) struct Terms<'a> {
    pub(super) as_of: Date,
    pub(super) as_known: Timestamp,
    pub(super) whom: Whom,
    /// The kinds that the policies read, and their fields; without those that are linked.
    pub(super) kinds: &'a [Kind],
    /// Those that are linked, as they lie now.
    pub(super) linked: &'a [Pinned],
}

/// The customers of a run, ascending by id. 名册
#[derive(Debug, Clone, Default)]
pub(super) struct Roster {
    pub(super) rows: Vec<RosterRow>,
}

/// A subject and what it is called in the frozen files. 评级对象与编号
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed<S> {
    pub(super) subject: S,
    pub(super) code: String,
}

/// All groups that customers of a run belong to, ascending by id.
pub(super) fn groups_of(memberships: &Memberships, roster: &Roster) -> Vec<Listed<GroupId>> {
    let has_member = |group: &&groups::GroupOf| {
        let mut members = group.members.iter();
        members.any(|member| roster.code(member.customer).is_some())
    };
    let listed = |group: &groups::GroupOf| Listed {
        subject: group.id,
        code: group.code.clone(),
    };
    memberships.groups.iter().filter(has_member).map(listed).collect()
}

impl Roster {
    /// Its customers with their numbers.
    pub(super) fn listed(&self) -> Vec<Listed<CustomerId>> {
        let listed = |row: &RosterRow| Listed {
            subject: row.id,
            code: row.code.clone(),
        };
        self.rows.iter().map(listed).collect()
    }

    fn code(&self, customer: CustomerId) -> Option<&str> {
        let at = self.rows.binary_search_by_key(&customer, |row| row.id).ok()?;
        self.rows.get(at).map(|row| row.code.as_str())
    }

    /// The place of the first customer that is not before this one, looked for from a place on: a few steps, since records
    /// come in the customers' order.
    fn place(&self, from: usize, customer: CustomerId) -> usize {
        let left = self.rows.get(from..).unwrap_or_default();
        let near = left.iter().take(8).position(|row| row.id >= customer);
        from + near.unwrap_or_else(|| left.partition_point(|row| row.id < customer))
    }
}

/// The kinds that these levels read, the customers' own among them, with the fields that are read or shown of them and no
/// others: the records stay in the store, as they were known.
pub(super) fn kinds_of(levels: &[Level], office: &Kinds) -> Vec<Kind> {
    let (mut wanted, mut declared) = (BTreeSet::from([CUSTOMER.to_owned()]), Kinds::default());
    for level in levels {
        wanted.extend(level.compiled.measures.iter().filter_map(kind_of).map(str::to_owned));
        for kind in &level.document.kinds.kinds {
            if declared.get(&kind.id).is_none() {
                declared.kinds.push(kind.clone());
            }
        }
    }
    let needs = needs(levels, &wide::kind(levels));
    let found = |id: String| {
        let mut kind = declared.get(&id).or_else(|| office.get(&id)).cloned()?;
        let needed: Vec<bool> = kind
            .fields
            .iter()
            .map(|field| needs.of(&kind, &field.id).is_some())
            .collect();
        let mut needed = needed.into_iter();
        kind.fields.retain(|_| needed.next().unwrap_or(true));
        Some(kind)
    };
    wanted.into_iter().filter_map(found).collect()
}

/// The kinds among these that are linked, each with its link, taken out of them.
pub(super) async fn links_of(view: &View, kinds: &mut Vec<Kind>, terms: (Date, Timestamp)) -> Result<Vec<Link>, Fault> {
    let links = view.links_in_force().await?;
    let mut found = Vec::new();
    for link in links {
        let Some(at) = kinds.iter().position(|kind| kind.id == link.kind) else {
            continue;
        };
        let kind = kinds.remove(at);
        by_reference::allows(&kind, terms.0, terms.1).map_err(Fault::Refused)?;
        found.push(link);
    }
    Ok(found)
}

/// Pins the files of these links, on a thread of its own.
pub(super) async fn pinned(office: &Office, links: Vec<Link>, stop: &Arc<Stop>) -> Result<Vec<Pinned>, Fault> {
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let (roots, stop) = (office.roots.clone(), Arc::clone(stop));
    let pin = move || {
        let all = links.iter().map(|link| by_reference::pin(&roots, link, &stop));
        all.collect::<Result<Vec<_>, Fault>>()
    };
    tokio::task::spawn_blocking(pin).await.map_err(Fault::broken)?
}

/// The files of these links as they lie now, without a look into them.
pub(super) async fn lying(office: &Office, links: Vec<Link>) -> Result<Vec<Linked>, Fault> {
    let roots = office.roots.clone();
    let find = move || {
        let all = links.iter().map(|link| by_reference::lying(&roots, link));
        all.collect::<Result<Vec<_>, Fault>>()
    };
    tokio::task::spawn_blocking(find).await.map_err(Fault::broken)?
}

/// The customers that the register had then.
pub(super) async fn roster(view: &View, terms: &Terms<'_>) -> Result<Roster, Fault> {
    let mut rows: Vec<RosterRow> = Vec::new();
    if let Whom::These(customers) = &terms.whom {
        for customer in customers {
            rows.extend(the_one(view, terms, *customer).await?);
        }
        return Ok(Roster { rows });
    }
    let mut after = CustomerId(i64::MIN);
    loop {
        let page = view.roster(terms.as_known, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        rows.extend(page);
    }
    Ok(Roster { rows })
}

/// Who belonged to which group on that day, as was known then.
pub(super) async fn memberships(view: &View, terms: &Terms<'_>) -> Result<Memberships, Fault> {
    groups::memberships(view, terms.as_of, Known::At(terms.as_known)).await
}

/// Freezes into `folder`, which appears whole. 冻结
pub(super) async fn freeze(
    view: &View,
    terms: &Terms<'_>,
    roster: &Arc<Roster>,
    memberships: &Arc<Memberships>,
    folder: &Path,
    stop: &Stop,
) -> Result<Snapshot, Fault> {
    let draft = Draft::begin(folder, |_| Ok(())).map_err(Fault::broken)?;
    let parents = Arc::new(parents(view, terms, roster, memberships).await?);
    let mut frozen = Vec::new();
    for kind in terms.kinds {
        let path = draft.path().join(format!("{}.parquet", kind.id));
        let parents = Arc::clone(&parents);
        let this = async move {
            let sheet = Sheet {
                file: KindWriter::new(kind, &path)?,
                roster: Arc::clone(roster),
                memberships: Arc::clone(memberships),
                parents,
                next: 0,
            };
            pages(view, terms, sheet, stop).await
        };
        frozen.push(this.boxed());
    }
    let files = stream::iter(frozen).buffered(AT_ONCE).try_collect().await?;
    let snapshot = Snapshot {
        pinji_snapshot: FORM,
        as_of: pinji_locale::date(terms.as_of),
        as_known: terms.as_known.to_string(),
        customers: roster.rows.len() as u64,
        kinds: files,
        linked: terms.linked.to_vec(),
    };
    let text = serde_json::to_string_pretty(&snapshot).map_err(Fault::broken)?;
    crate::write_file(&draft.path().join(FILE), text.as_bytes()).map_err(Fault::broken)?;
    draft.publish().map_err(Fault::broken)?;
    Ok(snapshot)
}

/// What an earlier attempt froze, where it got so far.
pub(super) fn kept(folder: &Path) -> Option<Snapshot> {
    let text = std::fs::read_to_string(folder.join(FILE)).ok()?;
    let snapshot: Snapshot = serde_json::from_str(&text).ok()?;
    (snapshot.pinji_snapshot == FORM).then_some(snapshot)
}

/// The records of one kind, page after page: one is written on a thread of its own while the store looks for the next.
async fn pages(view: &View, terms: &Terms<'_>, mut sheet: Sheet, stop: &Stop) -> Result<KindFile, Fault> {
    let kind = sheet.file.kind.id.clone();
    if let Whom::These(customers) = &terms.whom {
        let kinds = [kind];
        for customer in customers {
            stop.check()?;
            let of = pinji_store::RecordsOf {
                customer: *customer,
                kinds: &kinds,
                known: Known::At(terms.as_known),
                as_of: None,
                each: u32::MAX,
            };
            let mut rows = view.records_of(&of).await?;
            // In the order of a freeze, so that the file is the same but for the others' rows.
            rows.sort_by(|one, two| (&one.key, one.line).cmp(&(&two.key, two.line)));
            sheet.write(rows.iter().map(frozen))?;
        }
        return sheet.close();
    }
    let known = Known::At(terms.as_known);
    let mut page = view.freeze(&kind, known, &RecordCursor::start(), PAGE).await?;
    while let Some(cursor) = page.next().cloned() {
        stop.check()?;
        let writing = tokio::task::spawn_blocking(move || sheet.write(page.records()).map(|()| sheet));
        let next = view.freeze(&kind, known, &cursor, PAGE).await;
        sheet = writing.await.map_err(Fault::broken)??;
        page = next?;
    }
    let closing = tokio::task::spawn_blocking(move || sheet.close());
    closing.await.map_err(Fault::broken)?
}

fn frozen(record: &pinji_store::Record) -> FrozenRecord<'_> {
    FrozenRecord {
        customer: record.customer,
        key: &record.key,
        line: record.line,
        period: record.period,
        content: &record.content,
    }
}

/// A kind's file, and what its rows say beside their records.
struct Sheet {
    file: KindWriter,
    roster: Arc<Roster>,
    memberships: Arc<Memberships>,
    /// What those are called who stand right above customers.
    parents: Arc<HashMap<CustomerId, String>>,
    /// Where the roster's customers are gone through: in the file of the customers, how many are written.
    next: usize,
}

impl Sheet {
    fn write<'p>(&mut self, page: impl Iterator<Item = FrozenRecord<'p>>) -> Result<(), Fault> {
        for record in page {
            if self.file.kind.id == CUSTOMER {
                self.customer(&record)?;
                continue;
            }
            self.next = self.roster.place(self.next, record.customer);
            let row = self.roster.rows.get(self.next);
            let row = row
                .filter(|row| row.id == record.customer)
                .ok_or_else(|| Fault::broken("a record of a customer that the register did not have then"))?;
            self.file.push(&row.code, &record, &[])?;
        }
        self.file.flush()
    }

    /// The customers: each once, with what its own record says, where it has one.
    fn customer(&mut self, record: &FrozenRecord<'_>) -> Result<(), Fault> {
        let left = self.roster.rows.get(self.next..).unwrap_or_default();
        // Those without a record of their own come in between. More than one record of a customer: the first counts, and the
        // reckoning would refuse two.
        for row in left.iter().take_while(|row| row.id <= record.customer) {
            self.next += 1;
            let own = (row.id == record.customer).then_some(record);
            self.file.customer(row, own, &self.memberships, &self.parents)?;
        }
        Ok(())
    }

    fn close(mut self) -> Result<KindFile, Fault> {
        if self.file.kind.id == CUSTOMER {
            for row in self.roster.rows.get(self.next..).unwrap_or_default() {
                self.file.customer(row, None, &self.memberships, &self.parents)?;
                if self.file.columns.rows() >= PAGE as usize {
                    self.file.flush()?;
                }
            }
        }
        self.file.close()
    }
}

/// What those are called who stand right above customers of the roster: of a few customers they need not be among them.
async fn parents(
    view: &View,
    terms: &Terms<'_>,
    roster: &Roster,
    memberships: &Memberships,
) -> Result<HashMap<CustomerId, String>, Fault> {
    let mut found = HashMap::new();
    for row in &roster.rows {
        let Some(parent) = memberships.member(row.id).and_then(|member| member.parent) else {
            continue;
        };
        if found.contains_key(&parent) {
            continue;
        }
        let code = match roster.code(parent) {
            Some(code) => Some(code.to_owned()),
            None => the_one(view, terms, parent).await?.map(|row| row.code),
        };
        if let Some(code) = code {
            found.insert(parent, code);
        }
    }
    Ok(found)
}

/// A customer of the register of that time.
async fn the_one(view: &View, terms: &Terms<'_>, customer: CustomerId) -> Result<Option<RosterRow>, Fault> {
    let page = view.roster(terms.as_known, CustomerId(customer.0 - 1), 1).await?;
    Ok(page.into_iter().find(|row| row.id == customer))
}

/// A kind's file in the making.
struct KindWriter {
    kind: Kind,
    path: PathBuf,
    columns: Columns,
    writer: ArrowWriter<File>,
    totals: Totals,
}

impl KindWriter {
    fn new(kind: &Kind, path: &Path) -> Result<KindWriter, Fault> {
        let columns = Columns::new(kind);
        let level = ZstdLevel::try_new(1).map_err(Fault::broken)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by("pinji".to_owned());
        // Texts repeat and gain by a dictionary; figures do not.
        for column in columns
            .schema()
            .fields()
            .iter()
            .filter(|column| *column.data_type() != DataType::Utf8)
        {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(column.name().as_str()), false);
        }
        let properties = properties.build();
        let file = File::create(path).map_err(Fault::broken)?;
        let writer = ArrowWriter::try_new(file, columns.schema(), Some(properties)).map_err(Fault::broken)?;
        Ok(KindWriter {
            kind: kind.clone(),
            path: path.to_owned(),
            columns,
            writer,
            totals: Totals::default(),
        })
    }

    fn push(
        &mut self,
        code: &str,
        record: &FrozenRecord<'_>,
        more: &[(&str, Option<&str>, bool)],
    ) -> Result<(), Fault> {
        let put = self.columns.push(code, record.content, record.key, record.period, more);
        put.map_err(|unlike| {
            Fault::Refused(
                Message::new("app-run-record-unlike")
                    .with("kind", self.kind.name.clone())
                    .with("customer", code)
                    .with("field", unlike.field),
            )
        })
    }

    /// A share in units of its field's last decimal.
    fn share(&self, share: Share) -> Option<String> {
        let scale = self.kind.field("group_share")?.ty.scale()?;
        let units = rescale(i64::from(share.units()), Share::SCALE, scale)?;
        Some(units.to_string())
    }

    fn customer(
        &mut self,
        row: &RosterRow,
        record: Option<&FrozenRecord<'_>>,
        groups: &Memberships,
        parents: &HashMap<CustomerId, String>,
    ) -> Result<(), Fault> {
        // What the register knows of groups stands, whatever the record says of them.
        let member = groups.member(row.id);
        let share = member.and_then(|member| self.share(member.share?));
        let parent = member.and_then(|member| parents.get(&member.parent?));
        let group = ("group", groups.code(row.id), true);
        let parent = ("parent", parent.map(String::as_str), true);
        let share = ("group_share", share.as_deref(), true);
        match record {
            // The name must be there; all else is as the record of that time says, also where it says nothing.
            Some(record) => {
                let more = [group, parent, share, ("name", Some(row.name.as_str()), false)];
                self.push(&row.code, record, &more)
            }
            None => {
                let more = [
                    group,
                    parent,
                    share,
                    ("name", Some(row.name.as_str()), false),
                    ("uscc", row.uscc.as_deref(), false),
                    ("industry", row.industry.as_deref(), false),
                    ("region", row.region.as_deref(), false),
                    ("size", row.size.as_deref(), false),
                ];
                let put = self.columns.push(&row.code, "", "", None, &more);
                put.map_err(|_| Fault::broken("a customer without a record cannot be written"))
            }
        }
    }

    fn flush(&mut self) -> Result<(), Fault> {
        if self.columns.rows() == 0 {
            return Ok(());
        }
        let batch = self.columns.take().map_err(Fault::broken)?;
        self.totals.add(&batch);
        self.writer.write(&batch).map_err(Fault::broken)?;
        self.writer.flush().map_err(Fault::broken)
    }

    fn close(mut self) -> Result<KindFile, Fault> {
        self.flush()?;
        let schema = self.columns.schema();
        self.writer.close().map_err(Fault::broken)?;
        let (_, sha256) = digest::of_file(&self.path).map_err(Fault::broken)?;
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(KindFile {
            kind: self.kind.id,
            file: name.unwrap_or_default(),
            rows: self.totals.rows(),
            sha256,
            totals: self.totals.of(&schema),
        })
    }
}

/// Reads a snapshot's files again and adds them up: what is wrong with them. 核对控制总数
pub(super) fn check(folder: &Path, snapshot: &Snapshot) -> Result<Vec<Message>, AppError> {
    let mut wrong = Vec::new();
    for kind in &snapshot.kinds {
        let path = folder.join(&kind.file);
        let unreadable = |why: &dyn std::fmt::Display| AppError::io("app-cannot-read", &path, why);
        let (_, sha256) = digest::of_file(&path).map_err(|why| unreadable(&why))?;
        let file = File::open(&path).map_err(|why| unreadable(&why))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|why| unreadable(&why))?;
        let schema = builder.schema().clone();
        let mut totals = Totals::default();
        for batch in builder.build().map_err(|why| unreadable(&why))? {
            totals.add(&batch.map_err(|why| unreadable(&why))?);
        }
        if sha256 != kind.sha256 || totals.rows() != kind.rows || totals.of(&schema) != kind.totals {
            wrong.push(Message::new("app-gate-inputs").with("file", kind.file.as_str()));
        }
    }
    Ok(wrong)
}
