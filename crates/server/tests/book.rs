//! A book of customers with records of every kind that a policy reads: the same rows in a store and as CSV files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use pinji_domain::{Channel, CustomerId, Date, FieldType, Kind, Secrecy, Timestamp, UserId, date};
use pinji_store::{AcceptedRow, Audit, Change, LedgerLine, NewCustomer, NewSubmission, Store, SubmissionState};

/// The same numbers each time.
pub struct Die(u64);

impl Die {
    pub fn new(seed: u64) -> Die {
        Die(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// One record: its values as JSON, and the same as cells of a CSV file.
struct Record {
    customer: usize,
    key: String,
    period: Option<Date>,
    json: serde_json::Map<String, serde_json::Value>,
    cells: BTreeMap<String, String>,
}

/// The book.
pub struct Book {
    pub codes: Vec<String>,
    names: Vec<String>,
    /// The group of each customer that is in one, by its place, as files name it.
    pub groups: BTreeMap<usize, String>,
    /// Who stands right above each, likewise.
    pub parents: BTreeMap<usize, String>,
    records: Vec<(Kind, Vec<Record>)>,
}

/// The kinds that `tob-standard` reads, and those that it uses.
const KINDS: [&str; 11] = [
    "customer",
    "financial_statement",
    "transaction",
    "market_standing",
    "receivable",
    "credit_report",
    "market_signal",
    "contract",
    "service_record",
    "inspection",
    "assessment",
];

impl Book {
    pub fn new(customers: usize, seed: u64) -> Book {
        let mut die = Die::new(seed);
        let kinds = pinji_policy::kinds::shipped();
        let codes: Vec<String> = (0..customers).map(|number| format!("C{number:05}")).collect();
        let names = (0..customers).map(|number| format!("第{number}测试有限公司")).collect();
        let mut records = Vec::new();
        for kind in &kinds.kinds {
            if !KINDS.contains(&kind.id.as_str()) {
                continue;
            }
            let mut rows = Vec::new();
            for customer in 0..customers {
                // A few customers have no record of their own kind, and some lack others.
                let most = match kind.id.as_str() {
                    "customer" => 1,
                    _ if die.throw(12) == 0 => 0,
                    _ => 1 + die.throw(4),
                };
                for number in 0..most {
                    rows.push(record(kind, customer, number, &mut die));
                }
            }
            // What is kept of one customer has one record for each key.
            let mut seen = std::collections::BTreeSet::new();
            rows.retain(|row| kind.is_ledger() || seen.insert((row.customer, row.key.clone())));
            records.push((kind.clone(), rows));
        }
        Book {
            codes,
            names,
            groups: BTreeMap::new(),
            parents: BTreeMap::new(),
            records,
        }
    }

    /// Says the same whole number in every record of a kind that a customer has.
    pub fn set(&mut self, kind: &str, customer: usize, field: &str, value: u64) {
        let of_kind = self.records.iter_mut().filter(|(known, _)| known.id == kind);
        for record in of_kind
            .flat_map(|(_, rows)| rows)
            .filter(|row| row.customer == customer)
        {
            record.json.insert(field.to_owned(), value.into());
            record.cells.insert(field.to_owned(), value.to_string());
        }
    }

    /// As CSV files, one for each kind.
    pub fn write_files(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for (kind, rows) in &self.records {
            let fields: Vec<&str> = kind
                .fields
                .iter()
                .filter(|field| !field.personal)
                .map(|field| field.id.as_str())
                .collect();
            let mut text = format!("{}\n", fields.join(","));
            for row in rows {
                let cells: Vec<&str> = fields
                    .iter()
                    .map(|field| match *field == kind.subject {
                        true => self.codes[row.customer].as_str(),
                        false if kind.id == "customer" && *field == "name" => self.names[row.customer].as_str(),
                        false if kind.id == "customer" && *field == "group" => {
                            self.groups.get(&row.customer).map_or("", String::as_str)
                        }
                        false if kind.id == "customer" && *field == "parent" => {
                            self.parents.get(&row.customer).map_or("", String::as_str)
                        }
                        // What the register knows of shares is not in files; what records say of them does not count.
                        false if kind.id == "customer" && *field == "group_share" => "",
                        false => row.cells.get(*field).map_or("", String::as_str),
                    })
                    .collect();
                writeln!(text, "{}", cells.join(",")).unwrap();
            }
            std::fs::write(folder.join(format!("{}.csv", kind.id)), text).unwrap();
        }
    }

    /// The same without the records of a kind.
    pub fn without(mut self, kind: &str) -> Book {
        self.records.retain(|(known, _)| known.id != kind);
        self
    }

    /// The records of a kind as headings and rows of cells, under the Chinese labels of the fields.
    pub fn rows_of(&self, kind: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let (kind, rows) = self.records.iter().find(|(known, _)| known.id == kind).unwrap();
        let headings = kind.fields.iter().map(|field| field.label.zh.clone()).collect();
        let cells = |row: &Record| {
            let cell = |field: &pinji_domain::Field| match field.id == kind.subject {
                true => self.codes[row.customer].clone(),
                false => row.cells.get(&field.id).cloned().unwrap_or_default(),
            };
            kind.fields.iter().map(cell).collect()
        };
        (headings, rows.iter().map(cells).collect())
    }

    /// Into a store: customers, then a submission for each kind.
    pub async fn keep(&self, store: &Store, by: UserId, now: Timestamp) -> Vec<CustomerId> {
        let change = store.change(now).await.unwrap();
        let new: Vec<NewCustomer> = (0..self.codes.len())
            .map(|at| NewCustomer {
                code: self.codes[at].clone(),
                uscc: None,
                name: self.names[at].clone(),
                name_key: format!("{at:06}"),
                industry: None,
                region: None,
                size: None,
                manager: None,
                team: None,
                secrecy: Secrecy::Internal,
                custom: "{}".to_owned(),
            })
            .collect();
        let ids = change.add_customers(&new).await.unwrap();
        commit(change).await;
        for (kind, rows) in &self.records {
            let rows = rows.iter().enumerate().map(|(at, row)| AcceptedRow {
                customer: ids[row.customer],
                key: row.key.clone(),
                period: row.period,
                row: at as i64 + 1,
                content: Some(serde_json::Value::Object(row.json.clone()).to_string()),
            });
            accept(store, &kind.id, by, now, rows.collect()).await;
        }
        ids
    }
}

/// A submission whose rows are all accepted by rule.
pub async fn accept(store: &Store, kind: &str, by: UserId, now: Timestamp, rows: Vec<AcceptedRow>) {
    let change = store.change(now).await.unwrap();
    let count = rows.len() as i64;
    let new = NewSubmission {
        kind: kind.to_owned(),
        channel: Channel::Workbook,
        source: "annual report".to_owned(),
        method: "typed".to_owned(),
        period: None,
        collected_by: by,
        collected_at: now,
        entered_by: by,
        entered_at: now,
        file: None,
        file_name: None,
        answers: None,
        note: String::new(),
        summary: "{}".to_owned(),
        rows_total: count,
        rows_new: count,
        rows_changed: 0,
        rows_same: 0,
        rows_bad: 0,
    };
    let id = change.add(new).await.unwrap();
    change.submit(id, 1).await.unwrap();
    let batch = change.batch(id, kind).await.unwrap();
    change.accept(&batch, rows).await.unwrap();
    let audit = Audit {
        state: SubmissionState::Audited,
        by: None,
        rule: Some("trusted feed".to_owned()),
        note: None,
        accepted: count,
        refused: 0,
        returned: 0,
    };
    change.audit(id, 2, &audit).await.unwrap();
    commit(change).await;
}

/// Keeps a change with a true entry of the ledger.
pub async fn commit(change: Change) {
    let committed = change.commit(|slot| {
        let mut frontier = pinji_ledger::Frontier::from_bytes(slot.frontier.as_deref().unwrap_or_default())?;
        let act = pinji_ledger::Act::new(slot.at, "system", "customer.write", "customer:planted");
        let appended = frontier.append(act)?;
        let line = LedgerLine {
            bytes: appended.bytes,
            leaf: appended.leaf.0,
            frontier: frontier.to_bytes(),
        };
        Ok::<_, pinji_ledger::Error>(line)
    });
    committed.await.unwrap();
}

fn record(kind: &Kind, customer: usize, number: u64, die: &mut Die) -> Record {
    let mut json = serde_json::Map::new();
    let mut cells = BTreeMap::new();
    let dated = Date::from_ymd_opt(2025 - number as i32, 6, 30).unwrap();
    let in_key = |id: &str| kind.key.iter().any(|key| key == id);
    let mut period = None;
    for field in &kind.fields {
        if field.id == kind.subject || field.personal || ["group", "uscc"].contains(&field.id.as_str()) {
            continue;
        }
        let is_date = kind.date.as_deref() == Some(field.id.as_str());
        let present = field.required || is_date || in_key(&field.id) || die.throw(20) > 0;
        let (value, cell): (serde_json::Value, String) = match &field.ty {
            FieldType::Text if field.id == "currency" => ("CNY".into(), "CNY".to_owned()),
            FieldType::Text if kind.id == "customer" && field.id == "name" => {
                let name = format!("第{customer}测试有限公司");
                (name.clone().into(), name)
            }
            FieldType::Text if in_key(&field.id) => {
                let text = format!("N{customer}-{number}");
                (text.clone().into(), text)
            }
            FieldType::Text => {
                let text = ["制造业", "批发和零售业", "建筑业", "other"][die.throw(4) as usize].to_owned();
                (text.clone().into(), text)
            }
            FieldType::Choice(choices) => {
                // The first is the usual one: annual statements, good standing.
                let at = if die.throw(3) > 0 {
                    0
                } else {
                    die.throw(choices.len() as u64)
                };
                let code = &choices[at as usize].0;
                (code.clone().into(), code.clone())
            }
            FieldType::Integer => {
                let whole = die.throw(500);
                (whole.into(), whole.to_string())
            }
            FieldType::Decimal(scale) | FieldType::Money(scale) => {
                let units = die.throw(10_u64.pow(u32::from(*scale) + 6));
                let power = 10_u64.pow(u32::from(*scale));
                let width = usize::from(*scale);
                (units.into(), format!("{}.{:0width$}", units / power, units % power))
            }
            FieldType::Number => {
                let value = die.throw(10_000) as f64 / 100.0;
                (value.into(), value.to_string())
            }
            FieldType::Date => {
                let day = match is_date {
                    true => dated,
                    false => date::from_days(date::to_days(dated) - 200 + die.throw(300) as i32).unwrap(),
                };
                (day.to_string().into(), day.to_string())
            }
            FieldType::Flag => {
                let flag = die.throw(2) == 1;
                (flag.into(), flag.to_string())
            }
        };
        if !present {
            continue;
        }
        if is_date {
            period = Some(dated);
        }
        json.insert(field.id.clone(), value);
        cells.insert(field.id.clone(), cell);
    }
    let keys = kind.key.iter().filter(|id| **id != kind.subject);
    let key: Vec<&str> = keys.map(|id| cells.get(id).map_or("", String::as_str)).collect();
    Record {
        customer,
        key: key.join("\u{1f}"),
        period,
        json,
        cells,
    }
}
