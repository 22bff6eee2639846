//! Plants an office of any size from a fixed seed, for measuring the server over HTTP: `cargo xtask bench office` calls it. 造数
//!
//! `PINJI_OFFICE=DIR PINJI_OFFICE_CUSTOMERS=1000000 PINJI_OFFICE_RECORDS=20000000 cargo bench -p pinji-cli --bench office`
//!
//! Customers, submissions, records and entries go the store's own way, a million rows to a change. People are planted as the
//! set-up would leave them: account managers `m0000` with some 500 customers each, rating administrators `r00` to `r39`, a
//! collector `c0`, an auditor `a0` and a supervisor `s0`, all with one password. `plan.json` in the folder says what may be
//! asked of this office, and what must be found.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a program for measuring stops at the first surprise"
)]

#[path = "../../server/tests/book.rs"]
#[allow(dead_code, reason = "only what keeps a change is used here")]
mod book;
#[path = "../../search/tests/book.rs"]
#[allow(dead_code, reason = "the tests of the search use all of it")]
mod names;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use pinji_access::Action;
use pinji_access::identity::{ApiToken, StoredPassword};
use pinji_app::register::{Clock, Office, Opening};
use pinji_domain::{Channel, CustomerId, Date, FieldType, Kind, Role, Secrecy, Timestamp, UserId, date};
use pinji_store::{
    AcceptedRow, Audit, Change, NewCustomer, NewGrant, NewSubmission, NewToken, NewUser, Place, Store, SubmissionState,
};
use serde_json::{Value, json};

const SEED: u64 = 20_260_105;
const PASSWORD: &str = "copper-lantern-fjord-92";
/// Rows of a submission, and of a piece of it.
const SUBMISSION: usize = 1_000_000;
const PIECE: usize = 50_000;
/// Customers of one account manager.
const OWN: usize = 500;
const ADMINISTRATORS: usize = 40;
const TOKENS: u8 = 96;
/// How many of 20 records of a customer are of each kind; what `tob-standard` reads.
const MIX: [(&str, usize); 10] = [
    ("customer", 1),
    ("financial_statement", 3),
    ("transaction", 6),
    ("receivable", 3),
    ("market_standing", 1),
    ("credit_report", 1),
    ("market_signal", 1),
    ("contract", 1),
    ("service_record", 2),
    ("assessment", 1),
];
const REGIONS: [&str; 7] = ["华东", "华南", "华北", "华中", "西南", "西北", "东北"];
const INDUSTRIES: [&str; 12] = [
    "通用设备制造",
    "专用设备制造",
    "汽车零部件",
    "电子元器件",
    "电气机械",
    "化工材料",
    "食品饮料",
    "医药制造",
    "建筑施工",
    "建材家居",
    "批发贸易",
    "能源环保",
];
const SIZES: [&str; 4] = ["large", "medium", "small", "micro"];
/// Simplified characters of the made-up names, and how they are written traditionally.
const TRADITIONAL: &str = "华華 达達 丰豐 远遠 联聯 创創 东東 诚誠 宝寶 纪紀 亿億 国國 润潤 万萬 众眾 凯凱 尔爾 维維 云雲 腾騰 飞飛 鸿鴻 辉輝 \
    蓝藍 绿綠 翔翔 鹏鵬 骏駿 寿壽 庆慶 悦悅 慧慧 锐銳 长長 乐樂 阳陽 贝貝 丽麗 莱萊 欧歐 亚亞 兴興 龙龍 顺順 广廣 浙浙 苏蘇 术術 网網 络絡 软軟 电電 \
    机機 贸貿 进進 实實 业業 资資 链鏈 装裝 饰飾 医醫 药藥 疗療 农農 发發 饮飲 传傳 环環 汽汽 车車 纺紡 织織 厂廠 责責 任任 团團 际際 识識 询詢";

fn main() {
    let set = |name: &str| std::env::var(format!("PINJI_OFFICE{name}")).ok();
    let Some(folder) = set("") else {
        return println!("skipped: PINJI_OFFICE is not set");
    };
    let number = |name: &str, or: usize| set(name).map_or(or, |text| text.parse().unwrap());
    let customers = number("_CUSTOMERS", 1_000);
    let records = number("_RECORDS", customers * 20);
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(plant(Path::new(&folder), customers, records));
}

async fn plant(folder: &Path, customers: usize, records: usize) {
    // The office makes its keys and the ledger's first entry itself.
    Office::open(Opening::of(folder)).await.unwrap().close().await.unwrap();
    let store = Store::open(&Place::Folder(folder.to_owned()), now()).await.unwrap();
    assert_eq!(
        store.count_users().await.unwrap(),
        0,
        "the folder holds an office already"
    );
    let (managers, collector, tokens) = people(&store, customers.div_ceil(OWN)).await;
    let began = Instant::now();
    let (ids, queries) = register(&store, customers, &managers).await;
    told("customers", customers, began.elapsed());
    let time = fill(&store, &ids, records, collector).await;
    store.tend().await.unwrap();
    store.close().await.unwrap();
    let bytes = std::fs::metadata(folder.join("pinji.db")).unwrap().len();
    let rate = records as f64 / time.as_secs_f64();
    let plan = json!({
        "customers": customers, "records": records, "managers": managers.len(), "administrators": ADMINISTRATORS,
        "password": PASSWORD, "tokens": tokens, "queries": queries, "bytes": bytes, "accepted_per_second": rate as u64,
    });
    std::fs::write(folder.join("plan.json"), plan.to_string()).unwrap();
}

fn now() -> Timestamp {
    Clock::system().now()
}

/// Account managers, the collector, and the tokens of the rating administrators.
async fn people(store: &Store, managers: usize) -> (Vec<UserId>, UserId, Vec<String>) {
    // One hash for all: a look at it costs as much as at any other.
    let hash = StoredPassword::hash(PASSWORD, &[7; 16]).unwrap();
    let change = store.change(now()).await.unwrap();
    let mut ids = Vec::new();
    for number in 0..managers {
        ids.push(person(&change, format!("m{number:04}"), Role::AccountManager, hash.phc()).await);
    }
    let mut administrators = Vec::new();
    for number in 0..ADMINISTRATORS {
        administrators.push(person(&change, format!("r{number:02}"), Role::RatingAdministrator, hash.phc()).await);
    }
    let collector = person(&change, "c0".to_owned(), Role::Updater, hash.phc()).await;
    person(&change, "a0".to_owned(), Role::Auditor, hash.phc()).await;
    person(&change, "s0".to_owned(), Role::Supervisor, hash.phc()).await;
    let mut tokens = Vec::new();
    for number in 0..TOKENS {
        let user = administrators[usize::from(number) % administrators.len()];
        tokens.push(token(&change, user, number).await);
    }
    book::commit(change).await;
    (ids, collector, tokens)
}

async fn person(change: &Change, login: String, role: Role, hash: &str) -> UserId {
    let new = NewUser {
        name: format!("{} {login}", role.code()),
        login,
        email: None,
        created_at: change.at(),
        customer: None,
    };
    let id: UserId = change.add(new).await.unwrap();
    change.set_credential(id, "password", hash).await.unwrap();
    change
        .set_credential(id, "ledger", &format!("{:064x}", id.0))
        .await
        .unwrap();
    let grant = NewGrant {
        user_id: id,
        role,
        proposed_by: None,
        proposed_at: change.at(),
        reason: "set-up".to_owned(),
        until: None,
        certified_until: None,
    };
    change.add_first_grant(grant).await.unwrap();
    id
}

async fn token(change: &Change, user: UserId, number: u8) -> String {
    let scopes = BTreeSet::from([Action::RunRead, Action::GradeRead]);
    let codes: Vec<&str> = scopes.iter().map(|scope| scope.code()).collect();
    let until = change.at().plus_seconds(30 * 24 * 3_600);
    let issued = ApiToken::issue(&[number; 32], scopes.clone(), until, change.at()).unwrap();
    let new = NewToken {
        hash: issued.token.hash.0.iter().map(|byte| format!("{byte:02x}")).collect(),
        name: format!("program {number}"),
        user_id: user,
        scopes: json!(codes).to_string(),
        created_by: user,
        created_at: change.at(),
        expires_at: until,
    };
    change.add(new).await.unwrap();
    issued.text.reveal().to_owned()
}

/// All customers in one change, and what to search for. The customer at place 19, 39, … is confidential.
async fn register(store: &Store, customers: usize, managers: &[UserId]) -> (Vec<CustomerId>, Vec<Value>) {
    let mut die = names::Dice(SEED);
    let every = (customers / 1_400).max(1);
    let change = store.change(now()).await.unwrap();
    let (mut ids, mut queries, mut piece) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (_, terms)) in names::customers(SEED, customers).enumerate() {
        let confidential = at % 20 == 19;
        if !confidential && (at % every == 0 || (!terms.aliases.is_empty() && at % (every / 32 + 1) == 0)) {
            queries.extend(asked(&terms));
        }
        piece.push(NewCustomer {
            code: terms.code.to_string(),
            uscc: Some(terms.uscc.to_string()),
            name_key: hex(&pinji_search::pinyin_key(&terms.name)),
            name: terms.name.to_string(),
            industry: Some((*die.pick(&INDUSTRIES)).to_owned()),
            region: Some((*die.pick(&REGIONS)).to_owned()),
            size: Some((*die.pick(&SIZES)).to_owned()),
            manager: Some(managers[at / OWN]),
            team: None,
            secrecy: if confidential {
                Secrecy::Confidential
            } else {
                Secrecy::Internal
            },
            custom: match terms.aliases.is_empty() {
                true => "{}".to_owned(),
                false => json!({ "aliases": terms.aliases }).to_string(),
            },
        });
        if piece.len() == PIECE || at + 1 == customers {
            ids.extend(change.add_customers(&piece).await.unwrap());
            piece.clear();
        }
    }
    book::commit(change).await;
    (ids, queries)
}

/// The ways in which somebody would look for this customer.
fn asked(terms: &pinji_search::Terms<'_>) -> Vec<Value> {
    let name: Vec<char> = terms.name.chars().collect();
    let core = pinji_search::name_core(&terms.name);
    let sound = pinji_search::spell(&core);
    let initials: String = sound.split(' ').filter_map(|one| one.chars().next()).collect();
    let traditional: String = name.iter().map(|one| traditional(*one)).collect();
    let one = |how: &str, query: String| json!({ "how": how, "query": query, "code": terms.code });
    let mut all = vec![
        one("name", terms.name.to_string()),
        one("part of a name", name.iter().take(name.len() / 2 + 2).collect()),
        one("pinyin", sound.replace(' ', "")),
        one("initials", initials),
        one("code", terms.code.to_string()),
        one("credit code", terms.uscc.to_string()),
    ];
    if traditional != terms.name {
        all.push(one("traditional form", traditional));
    }
    all.extend(terms.aliases.iter().map(|alias| one("alias", alias.to_string())));
    all
}

fn traditional(simplified: char) -> char {
    let pairs = TRADITIONAL.split_whitespace();
    let mut found = pairs.filter_map(|pair| {
        let mut both = pair.chars();
        (both.next() == Some(simplified)).then(|| both.next()).flatten()
    });
    found.next().unwrap_or(simplified)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The records, kind by kind; ledgers in the order of days, where one customer stands far from the next. Gives the time that
/// the store took, without that of making them up.
async fn fill(store: &Store, ids: &[CustomerId], records: usize, by: UserId) -> Duration {
    let kinds = pinji_policy::kinds::shipped();
    let mut die = names::Dice(SEED + 1);
    let (mut whole, mut kept) = (Duration::ZERO, 0);
    let share: usize = MIX.iter().map(|(_, part)| part).sum();
    for (kind, part) in MIX {
        let kind = kinds.get(kind).unwrap();
        let rows = records * part / share;
        let maker = Maker::of(kind);
        let (mut first, mut time) = (0, Duration::ZERO);
        while first < rows {
            let last = rows.min(first + SUBMISSION);
            time += submit(store, &maker, ids, first..last, by, &mut die).await;
            first = last;
        }
        told(&kind.id, rows, time);
        whole += time;
        kept += rows;
    }
    told("records", kept, whole);
    whole
}

async fn submit(
    store: &Store,
    maker: &Maker<'_>,
    ids: &[CustomerId],
    rows: std::ops::Range<usize>,
    by: UserId,
    die: &mut names::Dice,
) -> Duration {
    let count = rows.len() as i64;
    let mut time = Duration::ZERO;
    let mut began = Instant::now();
    let change = store.change(now()).await.unwrap();
    let id = change.add(sent(&maker.kind.id, by, count)).await.unwrap();
    change.submit(id, 1).await.unwrap();
    let batch = change.batch(id, &maker.kind.id).await.unwrap();
    let mut row = 0;
    let mut numbers = rows;
    while !numbers.is_empty() {
        time += began.elapsed();
        let piece: Vec<AcceptedRow> = numbers
            .by_ref()
            .take(PIECE)
            .map(|number| {
                row += 1;
                let (round, place) = (number / ids.len(), number % ids.len());
                let customer = match maker.kind.is_ledger() {
                    true => (place * 7_919 + round * 104_729) % ids.len(),
                    false => place,
                };
                maker.row(ids[customer], customer, round, row, die)
            })
            .collect();
        began = Instant::now();
        change.accept(&batch, piece).await.unwrap();
    }
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
    book::commit(change).await;
    time + began.elapsed()
}

fn sent(kind: &str, by: UserId, rows: i64) -> NewSubmission {
    NewSubmission {
        kind: kind.to_owned(),
        channel: Channel::Workbook,
        source: "annual report".to_owned(),
        method: "typed".to_owned(),
        period: None,
        collected_by: by,
        collected_at: now(),
        entered_by: by,
        entered_at: now(),
        file: None,
        file_name: None,
        answers: None,
        note: String::new(),
        summary: "{}".to_owned(),
        rows_total: rows,
        rows_new: rows,
        rows_changed: 0,
        rows_same: 0,
        rows_bad: 0,
    }
}

/// Makes records of a kind up.
struct Maker<'k> {
    kind: &'k Kind,
}

impl Maker<'_> {
    fn of(kind: &Kind) -> Maker<'_> {
        Maker { kind }
    }

    /// The record number `round` of a customer: within two and a half years before 2026, each a period before the last.
    fn row(&self, id: CustomerId, customer: usize, round: usize, row: i64, die: &mut names::Dice) -> AcceptedRow {
        let back = match self.kind.id.as_str() {
            "financial_statement" => 365 * round as i32,
            "service_record" => 180 * round as i32,
            _ => 60 * round as i32 + die.below(50) as i32,
        };
        let day = date::from_days(date::to_days(Date::from_ymd_opt(2025, 12, 31).unwrap()) - back).unwrap();
        let (mut content, mut key) = (String::from("{"), Vec::new());
        for field in &self.kind.fields {
            let is_key = self.kind.key.contains(&field.id);
            let is_day = self.kind.date.as_deref() == Some(field.id.as_str());
            let skipped = field.id == self.kind.subject
                || field.personal
                || ["group", "uscc", "name"].contains(&field.id.as_str());
            if skipped || !(field.required || is_key || is_day || die.below(20) > 0) {
                continue;
            }
            let value = match is_day {
                true => format!("\"{day}\""),
                false => value(&field.ty, &field.id, is_key, (customer, round), day, die),
            };
            if is_key {
                key.push(value.trim_matches('"').to_owned());
            }
            let comma = if content.len() > 1 { "," } else { "" };
            let _ = write!(content, "{comma}\"{}\":{value}", field.id);
        }
        content.push('}');
        AcceptedRow {
            customer: id,
            key: key.join("\u{1f}"),
            period: self.kind.date.is_some().then_some(day),
            row,
            content: Some(content),
        }
    }
}

/// A value as the record's JSON has it.
fn value(ty: &FieldType, id: &str, is_key: bool, of: (usize, usize), day: Date, die: &mut names::Dice) -> String {
    match ty {
        FieldType::Text if id == "currency" => "\"CNY\"".to_owned(),
        FieldType::Text if is_key => format!("\"N{}-{}\"", of.0, of.1),
        FieldType::Text if id == "industry" => format!("\"{}\"", die.pick(&INDUSTRIES)),
        FieldType::Text => format!("\"{}\"", die.pick(&REGIONS)),
        FieldType::Choice(choices) => {
            // The first is the usual one: annual statements, good standing.
            let at = if die.below(3) > 0 { 0 } else { die.below(choices.len()) };
            format!("\"{}\"", choices[at].0)
        }
        FieldType::Integer => die.below(30).to_string(),
        FieldType::Decimal(scale) => die.below(10_usize.pow(u32::from(*scale))).to_string(),
        FieldType::Money(scale) => die.below(10_usize.pow(u32::from(*scale) + 6)).to_string(),
        FieldType::Number => format!("{}.5", die.below(100)),
        FieldType::Date => {
            let day = date::from_days(date::to_days(day) + die.below(120) as i32).unwrap();
            format!("\"{day}\"")
        }
        FieldType::Flag => (die.below(50) == 0).to_string(),
    }
}

fn told(what: &str, count: usize, time: Duration) {
    let seconds = time.as_secs_f64();
    println!("{what}: {count} in {seconds:.1} s, {:.0}/s", count as f64 / seconds);
}
