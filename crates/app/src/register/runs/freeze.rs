//! What a run grades, frozen: one Parquet file per record kind, as known at an instant. 快照冻结
//!
//! Pages of the store become row groups of the files one after another; a page is written while the next one is fetched, and
//! no more than these two are ever held. The folder appears whole, by rename, with `frozen.json` that says what is in it.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use pinji_domain::{CustomerId, Date, Kind, Kinds, Message, Timestamp};
use pinji_store::{Frozen, Known, RecordCursor, RosterRow, View};
use serde::{Deserialize, Serialize};

use super::columns::{Columns, Total, Totals};
use super::stop::Stop;
use crate::digest;
use crate::error::AppError;
use crate::folder::Draft;
use crate::needs::{CUSTOMER, kind_of};
use crate::register::groups::Memberships;
use crate::register::{Fault, groups};
use crate::regulation::Level;

/// Records that are fetched at once.
const PAGE: u32 = 50_000;
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

/// Whom a snapshot is of: everybody, or one customer alone.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whom {
    Everybody,
    One(CustomerId),
}

/// The terms of a snapshot.
pub(super) struct Terms<'a> {
    pub(super) as_of: Date,
    pub(super) as_known: Timestamp,
    pub(super) whom: Whom,
    /// The kinds that the policies read, and their fields.
    pub(super) kinds: &'a [Kind],
}

/// The customers of a run, ascending by id. 名册
#[derive(Debug, Clone, Default)]
pub(super) struct Roster {
    pub(super) rows: Vec<RosterRow>,
}

impl Roster {
    fn code(&self, customer: CustomerId) -> Option<&str> {
        let at = self.rows.binary_search_by_key(&customer, |row| row.id).ok()?;
        self.rows.get(at).map(|row| row.code.as_str())
    }
}

/// The kinds that these levels read, the customers' own among them.
pub(super) fn kinds_of<'l>(levels: impl IntoIterator<Item = &'l Level>, office: &Kinds) -> Vec<Kind> {
    let (mut wanted, mut declared) = (BTreeSet::from([CUSTOMER.to_owned()]), Kinds::default());
    for level in levels {
        wanted.extend(level.compiled.measures.iter().filter_map(kind_of).map(str::to_owned));
        for kind in &level.document.kinds.kinds {
            if declared.get(&kind.id).is_none() {
                declared.kinds.push(kind.clone());
            }
        }
    }
    let found = |id: String| declared.get(&id).or_else(|| office.get(&id)).cloned();
    wanted.into_iter().filter_map(found).collect()
}

/// The customers that the register had then.
pub(super) async fn roster(view: &View, terms: &Terms<'_>) -> Result<Roster, Fault> {
    let mut rows: Vec<RosterRow> = Vec::new();
    let (mut after, limit) = match terms.whom {
        Whom::Everybody => (CustomerId(i64::MIN), PAGE),
        Whom::One(customer) => (CustomerId(customer.0 - 1), 1),
    };
    loop {
        let page = view.roster(terms.as_known, after, limit).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        rows.extend(page);
        if let Whom::One(customer) = terms.whom {
            rows.retain(|row| row.id == customer);
            break;
        }
    }
    Ok(Roster { rows })
}

/// Freezes into `folder`, which appears whole. 冻结
pub(super) async fn freeze(
    view: &View,
    terms: &Terms<'_>,
    roster: &Arc<Roster>,
    folder: &Path,
    stop: &Stop,
) -> Result<Snapshot, Fault> {
    let known = Known::At(terms.as_known);
    let memberships = Arc::new(groups::memberships(view, terms.as_of, known).await?);
    let draft = Draft::begin(folder, |_| Ok(())).map_err(Fault::broken)?;
    let mut files = Vec::new();
    for kind in terms.kinds {
        stop.check()?;
        let path = draft.path().join(format!("{}.parquet", kind.id));
        let sheet = Sheet {
            file: KindWriter::new(kind, &path)?,
            roster: Arc::clone(roster),
            memberships: Arc::clone(&memberships),
            next: 0,
        };
        files.push(pages(view, terms, sheet, stop).await?);
    }
    let snapshot = Snapshot {
        pinji_snapshot: FORM,
        as_of: pinji_locale::date(terms.as_of),
        as_known: terms.as_known.to_string(),
        customers: roster.rows.len() as u64,
        kinds: files,
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
    if let Whom::One(customer) = terms.whom {
        let kinds = [kind];
        let of = pinji_store::RecordsOf {
            customer,
            kinds: &kinds,
            known: Known::At(terms.as_known),
            as_of: None,
            each: u32::MAX,
        };
        let mut rows: Vec<Frozen> = view.records_of(&of).await?.into_iter().map(frozen).collect();
        // In the order of a freeze, so that the file is the same but for the others' rows.
        rows.sort_by(|one, two| (&one.key, one.line).cmp(&(&two.key, two.line)));
        sheet.write(&rows)?;
        return sheet.close();
    }
    let mut cursor = RecordCursor::start();
    let mut page = view.freeze(&kind, Known::At(terms.as_known), &cursor, PAGE).await?;
    while let Some(last) = page.last() {
        stop.check()?;
        cursor = RecordCursor::at(last);
        let writing = tokio::task::spawn_blocking(move || sheet.write(&page).map(|()| sheet));
        let next = view.freeze(&kind, Known::At(terms.as_known), &cursor, PAGE).await;
        sheet = writing.await.map_err(Fault::broken)??;
        page = next?;
    }
    let closing = tokio::task::spawn_blocking(move || sheet.close());
    closing.await.map_err(Fault::broken)?
}

fn frozen(record: pinji_store::Record) -> Frozen {
    Frozen {
        id: record.id,
        customer: record.customer,
        key: record.key,
        line: record.line,
        period: record.period,
        content: record.content,
        known_from: record.known_from,
        submission: record.submission,
        row: record.row,
    }
}

/// A kind's file, and what its rows say beside their records.
struct Sheet {
    file: KindWriter,
    roster: Arc<Roster>,
    memberships: Arc<Memberships>,
    /// How many of the roster's customers are written, in the file of the customers.
    next: usize,
}

impl Sheet {
    fn write(&mut self, page: &[Frozen]) -> Result<(), Fault> {
        for record in page {
            if self.file.kind.id == CUSTOMER {
                self.customer(record)?;
                continue;
            }
            let code = self.roster.code(record.customer);
            let code =
                code.ok_or_else(|| Fault::broken("a record of a customer that the register did not have then"))?;
            self.file.push(code, record, &[])?;
        }
        self.file.flush()
    }

    /// The customers: each once, with what its own record says, where it has one.
    fn customer(&mut self, record: &Frozen) -> Result<(), Fault> {
        let roster = Arc::clone(&self.roster);
        let mut left = roster.rows.get(self.next..).unwrap_or_default().iter();
        // Those without a record of their own come in between. More than one record of a customer: the first counts, and the
        // reckoning would refuse two.
        while let Some(row) = left.next().filter(|row| row.id <= record.customer) {
            self.next += 1;
            let own = (row.id == record.customer).then_some(record);
            self.file.customer(row, own, &self.memberships)?;
        }
        Ok(())
    }

    fn close(mut self) -> Result<KindFile, Fault> {
        if self.file.kind.id == CUSTOMER {
            let roster = Arc::clone(&self.roster);
            for row in roster.rows.get(self.next..).unwrap_or_default() {
                self.file.customer(row, None, &self.memberships)?;
                if self.file.columns.rows() >= PAGE as usize {
                    self.file.flush()?;
                }
            }
        }
        self.file.close()
    }
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
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by("pinji".to_owned())
            .build();
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

    fn push(&mut self, code: &str, record: &Frozen, more: &[(&str, Option<&str>, bool)]) -> Result<(), Fault> {
        let put = self
            .columns
            .push(code, &record.content, &record.key, record.period, more);
        put.map_err(|unlike| {
            Fault::Refused(
                Message::new("app-run-record-unlike")
                    .with("kind", self.kind.name.clone())
                    .with("customer", code)
                    .with("field", unlike.field),
            )
        })
    }

    fn customer(&mut self, row: &RosterRow, record: Option<&Frozen>, groups: &Memberships) -> Result<(), Fault> {
        let group = ("group", groups.code(row.id), true);
        match record {
            // The name must be there; all else is as the record of that time says, also where it says nothing.
            Some(record) => {
                let more = [group, ("name", Some(row.name.as_str()), false)];
                self.push(&row.code, record, &more)
            }
            None => {
                let more = [
                    group,
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
