//! How long it takes to find the groups of a million companies. 集团识别耗时
//!
//! `cargo bench -p pinji-groups` draws 1,000,000 companies and some 1,650,000 holdings from a fixed seed, in the manner of the
//! peers' generator, and times graph and groups. Without `--bench` (as under `cargo test --benches`) it is 20,000 companies,
//! whose results are held against a fixed checksum.
//!
//! To compute what the peers compute, on their file: `PINJI_GROUP_EDGES=edges.csv` (columns owner, owned, stake_bp, companies
//! from 1 on) and `PINJI_GROUP_OUT=ours.csv`, which `check_tables.py company` compares with a peer's.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    missing_docs
)]

use std::fmt::Write;
use std::time::Instant;

use pinji_domain::Date;
use pinji_domain::ids::RelationId;
use pinji_groups::{Evidence, Graph, Party, PartyKind, Relation, Resolution, Share, Tie, resolve};

const SEED: u64 = 20_260_104;
const COMPANIES: u32 = 1_000_000;
const CHECKED: u32 = 20_000;
const ROUNDS: usize = 5;
/// Groups, controllers and shares of the small book; it changes only when the book or the meaning of control changes.
const CHECKSUM: u64 = 14_172_497_331_500_581_554;

/// Steele, Lea and Flood's SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end.max(1))) as u32
    }

    fn within(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low)
    }

    fn chance(&mut self, per_cent: u32) -> bool {
        self.below(100) < per_cent
    }
}

/// Holdings in basis points, each company's at most the whole.
#[derive(Default)]
struct Book {
    companies: u32,
    used: Vec<u32>,
    stakes: Vec<(u32, u32, u32)>,
}

impl Book {
    fn add(&mut self, owner: u32, owned: u32, stake: u32) {
        let stake = stake.min(10_000 - self.used[owned as usize]);
        if stake > 0 && owner != owned {
            self.used[owned as usize] += stake;
            self.stakes.push((owner, owned, stake));
        }
    }

    /// Groups by a power law: majorities, joint control by sisters, associates, circles, cross-holdings; minorities between groups.
    fn draw(companies: u32) -> Book {
        let mut random = Random(SEED);
        let mut book = Book {
            companies,
            used: vec![0; companies as usize],
            stakes: Vec::new(),
        };
        let mut name: Vec<u32> = (0..companies).collect();
        for at in (1..companies).rev() {
            name.swap(at as usize, random.below(at + 1) as usize);
        }
        let mut start = 0;
        while start < companies {
            let unit = (f64::from(random.below(1 << 30)) + 1.0) / f64::from(1 << 30);
            let size = ((unit.powf(-1.0 / 1.15) - 1.0) * 1.2 + 1.0).min(5000.0) as u32;
            let size = size.clamp(1, companies - start);
            let at = |place: u32| name[(start + place) as usize];
            for place in 1..size {
                let parent = random.below(place).max(random.below(place));
                let other = random.below(place);
                match random.below(10) {
                    0 | 1 if parent != other => {
                        let first = random.within(2600, 4501);
                        let second = 5001 - first + random.below(1500);
                        book.add(at(parent), at(place), first);
                        book.add(at(other), at(place), second);
                    }
                    2 => {
                        let stake = if random.chance(10) {
                            5000
                        } else {
                            random.within(1500, 5001)
                        };
                        book.add(at(parent), at(place), stake);
                    }
                    _ => {
                        let stake = if random.chance(35) {
                            10_000
                        } else {
                            random.within(5001, 10_000)
                        };
                        book.add(at(parent), at(place), stake);
                    }
                }
            }
            if size >= 3 && random.chance(2) {
                book.add(at(random.within(1, size)), at(0), random.within(5100, 7001));
            }
            for place in 0..size.saturating_sub(1) {
                if size > 2 && random.chance(15) {
                    book.add(at(random.within(place + 1, size)), at(place), random.within(50, 1501));
                }
            }
            start += size;
        }
        for place in 0..companies {
            if random.chance(75) {
                book.add(random.below(companies), place, random.within(50, 2001));
            }
        }
        // Two stakes of one pair are one.
        book.stakes.sort_unstable();
        let mut merged: Vec<(u32, u32, u32)> = Vec::with_capacity(book.stakes.len());
        for (owner, owned, stake) in book.stakes {
            match merged.last_mut() {
                Some(last) if (last.0, last.1) == (owner, owned) => last.2 += stake,
                _ => merged.push((owner, owned, stake)),
            }
        }
        for at in (1..merged.len()).rev() {
            merged.swap(at, random.below(at as u32 + 1) as usize);
        }
        Book {
            stakes: merged,
            companies,
            used: Vec::new(),
        }
    }

    /// The peers' file as text.
    fn read(path: &str) -> Book {
        let text = std::fs::read_to_string(path).expect("PINJI_GROUP_EDGES names a file");
        let mut book = Book::default();
        for line in text.lines().skip(1) {
            let mut fields = line
                .split(',')
                .map(|field| field.parse::<u32>().expect("a whole number"));
            let mut next = || fields.next().expect("owner, owned, stake_bp");
            let (owner, owned, stake) = (next(), next(), next());
            book.companies = book.companies.max(owner).max(owned);
            book.stakes.push((owner - 1, owned - 1, stake));
        }
        book
    }

    fn relations(&self) -> Vec<Relation> {
        let relation = |(at, (owner, owned, stake)): (usize, &(u32, u32, u32))| Relation {
            id: RelationId(at as i64),
            holder: Party(*owner),
            target: Party(*owned),
            tie: Tie::Equity(Share::from_units(stake * 100_000)),
            from: Date::from_ymd_opt(2020, 1, 1),
            until: None,
            evidence: Evidence::Register,
        };
        self.stakes.iter().enumerate().map(relation).collect()
    }
}

fn checksum(resolution: &Resolution, companies: u32) -> u64 {
    let mut sum = 0_u64;
    for company in (0..companies).map(Party) {
        let share = resolution.share(company).map_or(u32::MAX, Share::units);
        let group = resolution.control().group(company).map_or(u32::MAX, |party| party.0);
        let controller = resolution.controller(company).map_or(u32::MAX, |party| party.0);
        for part in [share, group, controller] {
            sum = (sum.rotate_left(5) ^ u64::from(part)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
    sum
}

fn write(resolution: &Resolution, companies: u32, path: &str) {
    let mut text = String::from("company,group,controller,group_size,effective\n");
    for company in (0..companies).map(Party) {
        let control = resolution.control();
        let group = control.group(company).map_or(0, |party| party.0 + 1);
        let _ = write!(text, "{},{group},", company.0 + 1);
        let _ = match resolution.controller(company) {
            Some(controller) => write!(text, "{}", controller.0 + 1),
            None => Ok(()),
        };
        let _ = write!(text, ",{},", control.size(company));
        let _ = match resolution.share(company) {
            Some(share) => writeln!(
                text,
                "{}.{:09}",
                share.units() / 1_000_000_000,
                share.units() % 1_000_000_000
            ),
            None => writeln!(text),
        };
    }
    std::fs::write(path, text).expect("PINJI_GROUP_OUT can be written");
}

/// What this thread has had of the processor, which a busy machine does not change much; 0 where the system does not say.
fn processor_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds: f64 = told
        .split(' ')
        .next()
        .and_then(|first| first.parse().ok())
        .unwrap_or(0.0);
    nanoseconds / 1e9
}

fn main() {
    let as_of = Date::from_ymd_opt(2026, 1, 1).expect("a day");
    let small = Book::draw(CHECKED);
    let kinds = vec![PartyKind::Company; CHECKED as usize];
    let graph = Graph::as_of(&kinds, &small.relations(), as_of).expect("sound relations");
    let found = checksum(&resolve(&graph), CHECKED);
    assert_eq!(found, CHECKSUM, "the groups of the first {CHECKED} companies");
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let book = match std::env::var("PINJI_GROUP_EDGES") {
        Ok(path) => Book::read(&path),
        Err(_) => Book::draw(COMPANIES),
    };
    let kinds = vec![PartyKind::Company; book.companies as usize];
    let relations = book.relations();
    let mut seconds = Vec::new();
    let mut last = None;
    for _ in 0..ROUNDS {
        let (start, used) = (Instant::now(), processor_seconds());
        let graph = Graph::as_of(&kinds, &relations, as_of).expect("sound relations");
        let made = start.elapsed();
        let resolution = resolve(&graph);
        let whole = start.elapsed();
        println!(
            "graph {:.3} s, groups {:.3} s, processor {:.3} s",
            made.as_secs_f64(),
            (whole - made).as_secs_f64(),
            processor_seconds() - used
        );
        seconds.push(whole.as_secs_f64());
        last = Some(resolution);
    }
    seconds.sort_by(f64::total_cmp);
    let Some(resolution) = last else { return };
    let groups = resolution.control().groups();
    let circles = (0..book.companies).filter(|company| resolution.controller(Party(*company)).is_none());
    println!(
        "{} companies, {} holdings: median {:.3} s ({:.3} to {:.3}); {} groups of two or more, the largest of {}, {} companies in circles, {} unsettled",
        book.companies,
        relations.len(),
        seconds[ROUNDS / 2],
        seconds[0],
        seconds[ROUNDS - 1],
        groups.count(),
        groups.iter().map(<[Party]>::len).max().unwrap_or(0),
        circles.count(),
        resolution.unsettled().count(),
    );
    if let Ok(path) = std::env::var("PINJI_GROUP_OUT") {
        write(&resolution, book.companies, &path);
    }
}
