//! Sizes and times, in release only: `PINJI_MEASURE=1000000 cargo test --release -p pinji-store measured -- --nocapture`.
//!
//! The number is that of records; there are a twentieth as many customers. With `PINJI_MEASURE_FOLDER` the database stays.

use std::time::{Duration, Instant};

use pinji_domain::ids::{CustomerId, RunId, UserId};
use pinji_domain::{Date, Secrecy, Timestamp};
use pinji_store::{
    AcceptedRow, CustomerList, Graded, Known, NewCustomer, NewRun, Place, Reach, RecordCursor, RecordsOf, RunChunk,
    Scope, SortBy, Store,
};
use pinji_testkit::Clock;

use crate::support::{Die, accepted_by_rule, block, entry, person, sent};

const A_SUBMISSION: usize = 1_000_000;
const A_PIECE: usize = 50_000;

#[test]
fn measured() {
    let Ok(records) = std::env::var("PINJI_MEASURE") else {
        return println!("skipped: PINJI_MEASURE is not set");
    };
    let records: usize = records.parse().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let address = std::env::var("PINJI_MEASURE_FOLDER").unwrap_or(temporary.path().display().to_string());
    block(async {
        let now = Clock::default().now();
        let store = Store::open(&Place::parse(&address), now).await.unwrap();
        let customers = (records / 20).max(1_000);
        let ids = match store.count_users().await.unwrap() {
            0 => fill(&store, customers, records).await,
            // Measured before, and kept: only the reads.
            _ => {
                let keys = store.customer_keys(CustomerId(0), customers as u32).await.unwrap();
                keys.into_iter().map(|one| one.id).collect()
            }
        };
        reads(&store, &ids).await;
        if let Some(file) = store.place().file() {
            let size = std::fs::metadata(file).unwrap().len();
            println!(
                "database {:.2} GB, {:.0} bytes a record",
                size as f64 / 1e9,
                size as f64 / records as f64
            );
        }
    });
}

async fn fill(store: &Store, customers: usize, records: usize) -> Vec<CustomerId> {
    let now = Clock::default().now();
    let mut die = Die::new(5);
    let began = Instant::now();
    let change = store.change(now).await.unwrap();
    let mut users = Vec::new();
    for number in 0..2_000 {
        users.push(change.add(person(&format!("u{number}"))).await.unwrap());
    }
    let mut ids = Vec::with_capacity(customers);
    for first in (0..customers).step_by(A_PIECE) {
        let new: Vec<NewCustomer> = (first..customers.min(first + A_PIECE))
            .map(|number| NewCustomer {
                code: format!("C{number:08}"),
                uscc: Some(format!("91310000MA{number:08}")),
                name: format!("测试第{number}有限责任公司"),
                name_key: format!("{:06} ce shi gong si", die.throw(1_000_000)),
                industry: Some(format!("C{:02}", die.throw(96))),
                region: Some(format!("R{:02}", die.throw(31))),
                size: Some(["L", "M", "S", "XS"][die.throw(4)].to_owned()),
                manager: Some(users[die.throw(users.len())]),
                team: None,
                secrecy: if die.throw(20) == 0 {
                    Secrecy::Confidential
                } else {
                    Secrecy::Internal
                },
                custom: "{}".to_owned(),
            })
            .collect();
        ids.extend(change.add_customers(&new).await.unwrap());
    }
    change.commit(entry).await.unwrap();
    told("customers added", customers, began.elapsed());

    let years = records / customers;
    let mut whole = Duration::ZERO;
    let mut numbers = 0..records;
    while !numbers.is_empty() {
        let began = Instant::now();
        let change = store.change(now).await.unwrap();
        let id = change.add(sent("statement", users[0])).await.unwrap();
        change.submit(id, 1).await.unwrap();
        let batch = change.batch(id, "statement").await.unwrap();
        let mut row = 0;
        while row < A_SUBMISSION as i64 && !numbers.is_empty() {
            let mut piece = Vec::with_capacity(A_PIECE);
            for number in numbers.by_ref().take(A_PIECE) {
                row += 1;
                // Customer by customer within a year, as a company exports them; each in another order each year.
                let (year, place) = (number / customers, number % customers);
                let customer = ids[(place * 7_919 + year * 104_729) % customers];
                let day = Date::from_ymd_opt(2006 + (year % years.max(1)) as i32, 12, 31);
                piece.push(AcceptedRow {
                    customer,
                    key: format!("{}-12-31\u{1f}annual", 2006 + year),
                    period: day,
                    row,
                    content: Some(statement(&mut die)),
                });
            }
            change.accept(&batch, piece).await.unwrap();
        }
        change.audit(id, 2, &accepted_by_rule(row)).await.unwrap();
        change.commit(entry).await.unwrap();
        whole += began.elapsed();
        told("  a submission", row as usize, began.elapsed());
    }
    told("records accepted", records, whole);
    let began = Instant::now();
    let change = store.change(now).await.unwrap();
    let id = change.add(sent("statement", users[0])).await.unwrap();
    change.submit(id, 1).await.unwrap();
    let batch = change.batch(id, "statement").await.unwrap();
    let some = customers.min(100_000);
    let mut closed = 0;
    for first in (0..some).step_by(A_PIECE) {
        let piece = (first..some.min(first + A_PIECE))
            .map(|place| AcceptedRow {
                customer: ids[(place * 7_919) % customers],
                key: "2006-12-31\u{1f}annual".to_owned(),
                period: Date::from_ymd_opt(2006, 12, 31),
                row: place as i64 + 1,
                content: Some(statement(&mut die)),
            })
            .collect();
        closed += change.accept(&batch, piece).await.unwrap().closed;
    }
    change.audit(id, 2, &accepted_by_rule(some as i64)).await.unwrap();
    change.commit(entry).await.unwrap();
    told(&format!("records corrected ({closed} closed)"), some, began.elapsed());
    let began = Instant::now();
    let change = store.change(now).await.unwrap();
    let undone = change.undo_records(id).await.unwrap();
    change.undo(id, 3, users[0]).await.unwrap();
    change.commit(entry).await.unwrap();
    told(&format!("undone ({} restored)", undone.restored), some, began.elapsed());
    results(store, &ids, users[0], &mut die).await;
    let began = Instant::now();
    store.tend().await.unwrap();
    println!("tended in {:?}", began.elapsed());
    ids
}

fn statement(die: &mut Die) -> String {
    let n = |die: &mut Die| die.throw(1_000_000_000);
    format!(
        "{{\"revenue\":{},\"net_profit\":{},\"total_assets\":{},\"total_liabilities\":{},\"operating_cash_flow\":{},\
         \"currency\":\"CNY\",\"audited\":true}}",
        n(die),
        n(die),
        n(die),
        n(die),
        n(die)
    )
}

async fn results(store: &Store, ids: &[CustomerId], by: UserId, die: &mut Die) {
    let began = Instant::now();
    let change = store.change(Clock::default().now()).await.unwrap();
    let run = NewRun {
        name: "run".to_owned(),
        policies: "[]".to_owned(),
        as_of: Date::from_ymd_opt(2026, 6, 30).unwrap(),
        as_known: change.at(),
        engine: "1".to_owned(),
        previous: None,
        created_by: by,
        created_at: change.at(),
        job: None,
    };
    let run = change.add(run).await.unwrap();
    change.commit(entry).await.unwrap();
    for (number, piece) in (0..).zip(ids.chunks(50_000)) {
        let graded = piece
            .iter()
            .map(|customer| {
                let rank = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3][die.throw(12)];
                let graded = Graded {
                    subject: *customer,
                    grade: Some(["vip", "key", "potential", "ordinary"][rank as usize].to_owned()),
                    rank,
                    total: Some(2_500 * (3 - rank) + die.throw(2_400) as i64),
                    scores: "{\"contribution\":7712,\"promise\":6630,\"safety\":9000}".to_owned(),
                    reasons: "{\"caps\":[],\"missing\":[],\"losses\":[\"net_margin\",\"debt_ratio\",\"growth\"]}"
                        .to_owned(),
                    line: vec![b'x'; 60],
                };
                (0, graded)
            })
            .collect();
        let chunk = RunChunk {
            chunk: number,
            first: piece[0].0,
            last: piece[piece.len() - 1].0,
            row_count: piece.len() as i64,
            checksum: String::new(),
        };
        let upkeep = store.upkeep().await.unwrap();
        upkeep.keep_chunk(run, &chunk, graded, Timestamp(0)).await.unwrap();
        upkeep.commit().await.unwrap();
    }
    told("results kept", ids.len(), began.elapsed());
}

async fn reads(store: &Store, ids: &[CustomerId]) {
    let mut die = Die::new(9);
    let known = Known::At(store.known_until().await.unwrap());
    let began = Instant::now();
    let (mut count, mut cursor) = (0, RecordCursor::start());
    loop {
        let page = store.freeze("statement", known, &cursor, 50_000).await.unwrap();
        let Some(next) = page.next() else { break };
        count += page.records().count();
        cursor = next.clone();
    }
    told("records frozen", count, began.elapsed());
    let mut times = Vec::new();
    for _ in 0..2_000 {
        let began = Instant::now();
        let customer = ids[die.throw(ids.len())];
        store.customer(customer).await.unwrap().unwrap();
        let of = RecordsOf {
            customer,
            kinds: &[],
            known: Known::Now,
            as_of: None,
            each: 50,
        };
        let records = store.records_of(&of).await.unwrap();
        let submissions: Vec<_> = records.iter().map(|one| one.submission).collect();
        store.submissions(&submissions).await.unwrap();
        store.grades_of(customer, 20).await.unwrap();
        times.push(began.elapsed());
    }
    spread("a customer's page", times);
    let own = Reach::Of {
        managers: vec![UserId(17)],
        teams: Vec::new(),
    };
    let own = Scope {
        internal: own.clone(),
        confidential: own,
        permitted: Vec::new(),
        withheld: Vec::new(),
    };
    for (what, scope, regions, industries, sizes, ranks, grades) in [
        ("all", Scope::all(), "", "", "", vec![], false),
        ("all, with grades", Scope::all(), "", "", "", vec![], true),
        ("one region", Scope::all(), "R07", "", "", vec![], true),
        ("region, industry, size", Scope::all(), "R07", "C42", "S", vec![], true),
        ("nobody", Scope::all(), "R99", "", "", vec![], true),
        ("a grade", Scope::all(), "", "", "", vec![1], true),
        (
            "two grades, a region, an industry",
            Scope::all(),
            "R07",
            "C42",
            "",
            vec![0, 3],
            true,
        ),
        ("own customers", own, "", "", "", vec![], true),
    ] {
        for sort in [SortBy::Name, SortBy::Code, SortBy::Grade, SortBy::Total] {
            let mut list = CustomerList::new(scope.clone());
            let text = |text: &str| {
                if text.is_empty() {
                    Vec::new()
                } else {
                    vec![text.to_owned()]
                }
            };
            (list.regions, list.industries, list.sizes) = (text(regions), text(industries), text(sizes));
            list.ranks = ranks.clone();
            list.grades_of = grades.then_some((RunId(1), 0));
            list.sort = sort;
            if !grades && matches!(sort, SortBy::Grade | SortBy::Total) {
                continue;
            }
            let mut times = Vec::new();
            for _ in 0..20 {
                let began = Instant::now();
                let page = store.list_customers(&list).await.unwrap();
                times.push(began.elapsed());
                list.after = page.next;
            }
            spread(&format!("list {what}, by {sort:?}"), times);
            list.after = None;
            let began = Instant::now();
            let counted = store.count_customers(&list, 10_000).await.unwrap();
            println!(
                "    counted {}{} in {:?}",
                counted.rows,
                if counted.exact { "" } else { "+" },
                began.elapsed()
            );
        }
    }
}

fn told(what: &str, count: usize, time: Duration) {
    println!(
        "{what}: {count} in {:.1} s, {:.0}/s",
        time.as_secs_f64(),
        count as f64 / time.as_secs_f64()
    );
}

fn spread(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!(
        "{what}: median {:.2} ms, 99% {:.2} ms, worst {:.2} ms",
        at(50),
        at(99),
        at(100)
    );
}
