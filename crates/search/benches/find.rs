//! How long a search takes among a million customers, and how much memory the index holds. 检索耗时
//!
//! `cargo bench -p pinji-search` searches 1,000,000 customers; without `--bench` (as under `cargo test --benches`) only
//! 20,000, once each.
#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    missing_docs
)]

use std::hint::black_box;
use std::time::Instant;

use pinji_domain::ids::CustomerId;
use pinji_search::Index;

#[path = "../tests/book.rs"]
mod book;

const SEED: u64 = 20_260_101;
/// Rare and common, short and long, right and wrong: the worst one counts.
const QUERIES: &[&str] = &[
    "招商",
    "华信达",
    "有限公司",
    "司",
    "华",
    "科技有限公司",
    "深圳市华信达科技有限公司",
    "zhaoshang",
    "huaxinda",
    "zsyh",
    "hxd",
    "g",
    "gs",
    "yxgs",
    "gongsi",
    "youxiangongsi",
    "a",
    "s",
    "szshxdkjyxgs",
    "shenzhenhuaxinda",
    "zhangan",
    "changan",
    "xian",
    "91",
    "c0",
    "c00",
    "C0777777",
    "9144",
    "no such name",
    "zzzzzzzz",
    "gggggggggggggggg",
    "ananananananananananan",
    "alpha",
    "nordic steel",
    "société",
    "深圳 科技",
    "公司 有限",
    "有限 公司 科技 z",
    "hua 科技",
    "华xin达",
    "臺灣",
    "（有限合伙）",
    "kjyxgs",
    "shanghaishi",
    "co ltd",
    "投资管理有限公司分公司",
    "𫖯",
    "zhongqing",
    "chongqing",
    "x",
    "zh",
    "e",
    "9",
    "c",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk",
    "有限公司 有限公司 有限公司",
];

fn main() {
    let full = std::env::args().any(|arg| arg == "--bench");
    let (customers, rounds) = if full { (1_000_000, 9) } else { (20_000, 1) };
    let before = resident();
    let making = busy(|| book::customers(SEED, customers).for_each(|one| drop(black_box(one)))).0;
    let (building, mut index) = busy(|| Index::build(book::customers(SEED, customers)));
    println!(
        "{customers} customers; build {:.2} s (making the names, {making:.2} s, taken off)",
        building - making
    );
    println!(
        "index {} MB by its own count, {} MB more resident",
        index.bytes() >> 20,
        resident().saturating_sub(before) >> 10
    );
    println!("{} MB resident at most while building", memory("VmHWM:") >> 10);
    println!("first {:?}", time(&index, "初次", &|_| true).0);
    measure("everybody may be seen", &index, rounds, &|_| true);
    measure("one in 1,000 may be seen", &index, rounds, &|id: CustomerId| {
        id.0 % 1_000 == 0
    });
    measure("nobody may be seen", &index, rounds, &|_| false);
    let changes = customers / 10;
    let changing = busy(|| {
        for (id, terms) in book::customers(SEED + 1, changes) {
            index.upsert(id, &terms);
        }
    });
    println!(
        "upsert: {:.1} µs a customer, over {changes}",
        changing.0 * 1e6 / changes as f64
    );
    measure("a tenth out of order", &index, 1, &|_| true);
    let removing = busy(|| {
        (1..=customers / 2)
            .filter(|id| index.remove(CustomerId(*id as i64)))
            .count()
    });
    println!("remove: {:.2} s for half of the book", removing.0);
    println!("pack: {:.2} s for {} customers", busy(|| index.pack()).0, index.len());
}

fn measure(what: &str, index: &Index, rounds: usize, keep: &dyn Fn(CustomerId) -> bool) {
    let mut all: Vec<(f64, &str)> = Vec::new();
    for query in QUERIES {
        for _ in 0..rounds {
            all.push((time(index, query, keep).0, query));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: usize| all[(all.len() - 1) * share / 100];
    println!(
        "{what}: p50 {:.1} ms, p95 {:.1} ms, max {:.1} ms ({})",
        at(50).0,
        at(95).0,
        at(100).0,
        at(100).1
    );
    let mut slow: Vec<(&str, f64)> = QUERIES
        .iter()
        .map(|query| {
            (
                *query,
                all.iter()
                    .filter(|one| one.1 == *query)
                    .map(|one| one.0)
                    .fold(f64::MAX, f64::min),
            )
        })
        .collect();
    slow.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (query, best) in slow.iter().take(6) {
        println!("    {best:6.1} ms at best, {query}");
    }
}

fn time(index: &Index, query: &str, keep: &dyn Fn(CustomerId) -> bool) -> (f64, usize) {
    let (seconds, hits) = busy(|| black_box(index.find(query, 20, keep)).len());
    (seconds * 1_000.0, hits)
}

/// The seconds of processor time that `what` takes, and what it gives.
fn busy<T>(what: impl FnOnce() -> T) -> (f64, T) {
    let (start, before) = (Instant::now(), processor());
    let given = what();
    let busy = processor()
        .zip(before)
        .map(|(after, before)| (after - before) as f64 / 1e9);
    (busy.unwrap_or_else(|| start.elapsed().as_secs_f64()), given)
}

/// Nanoseconds that this thread had a processor, where the system says; other work on the machine is then left out.
fn processor() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()?
        .split(' ')
        .next()?
        .parse()
        .ok()
}

/// Resident kilobytes, where the system says.
fn resident() -> usize {
    memory("VmRSS:")
}

fn memory(of: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(of))
        .unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
