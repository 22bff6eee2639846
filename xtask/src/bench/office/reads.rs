//! A customer's page, lists and searches, one request after the other; and how long it takes from the start to the first.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::client::{Client, encoded};
use super::figures::{Dice, Found, Watch};
use super::served::Served;
use super::{Bench, runs};

/// Requests of each sort.
const REQUESTS: usize = 1_200;
const REGIONS: [&str; 7] = ["华东", "华南", "华北", "华中", "西南", "西北", "东北"];
const INDUSTRIES: [&str; 6] = [
    "通用设备制造",
    "汽车零部件",
    "化工材料",
    "医药制造",
    "批发贸易",
    "能源环保",
];
const SIZES: [&str; 4] = ["large", "medium", "small", "micro"];
const SORTS: [&str; 8] = ["name", "-name", "code", "-code", "grade", "-grade", "score", "-score"];

/// Measures them.
pub fn measure(bench: &Bench) -> Result<Found> {
    let mut found = Found::default();
    let served = Served::start(bench)?;
    found.fact("from start to ready", format!("{:.2} s", served.began_in.as_secs_f64()));
    let mut people = served.administrators(bench)?;
    let (first, _) = timed(&mut people, 0, "/api/v1/customers?q=huaxinda")?;
    found.fact(
        "the first search after the start",
        format!("{:.2} s", first.as_secs_f64()),
    );
    let (rss, peak) = served.memory();
    found.fact(
        "memory with all customers searchable",
        format!("{rss} MiB, {peak} at most so far"),
    );
    let watch = Watch::begin(served.process());
    let mut dice = Dice(1);

    let mut times = Vec::new();
    for turn in 0..REQUESTS {
        let path = format!("/api/v1/customers/{}/page", bench.code(&mut dice));
        times.push(timed(&mut people, turn, &path)?.0);
    }
    found.times("a customer's page of data", "30 ms", &mut times);
    lists(bench, &served, &mut people, &mut dice, &mut found)?;
    searches(bench, &mut people, &mut found)?;
    found.with_others(&watch);
    let (rss, peak) = served.memory();
    found.fact("memory after all that", format!("{rss} MiB, {peak} at most"));
    Ok(found)
}

/// Asks as one of these people, and gives the time and the body.
fn timed(people: &mut [Client], turn: usize, path: &str) -> Result<(Duration, Value)> {
    let at = turn % people.len().max(1);
    let one = people.get_mut(at).context("nobody is signed in")?;
    let began = Instant::now();
    let answer = one.get(path)?;
    let time = began.elapsed();
    Ok((time, answer.json().with_context(|| path.to_owned())?))
}

fn lists(bench: &Bench, served: &Served, all: &mut [Client], dice: &mut Dice, found: &mut Found) -> Result<()> {
    let grades = match all.first_mut() {
        Some(one) => runs::grades_of_last(one)?,
        None => Vec::new(),
    };
    ensure!(
        !grades.is_empty(),
        "lists by grade need a run: the part `runs` comes first"
    );
    let managers = (0..40.min(bench.count("managers"))).map(|number| format!("m{number:04}"));
    let mut own = served.people(bench, 1_000, managers)?;
    let (mut times, mut slow) = (Vec::new(), Vec::new());
    let mut next: Option<String> = None;
    for turn in 0..REQUESTS {
        // Every other list is leafed through by a page.
        let path = match next.take() {
            Some(next) => next,
            None => format!("/api/v1/customers?limit=50{}", filters(bench, dice, &grades)),
        };
        let whose = if turn % 4 == 3 { &mut own } else { &mut *all };
        // A cursor is good for its reader: who began goes on.
        let (time, body) = timed(whose, turn / 8, &path)?;
        times.push(time);
        slow.push((time, path.clone()));
        if turn % 4 == 0 && !path.contains("cursor=") {
            next = body["next"]
                .as_str()
                .map(|cursor| format!("{path}&cursor={}", encoded(cursor)));
        }
    }
    slow.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    for (time, path) in slow.iter().take(5) {
        println!("  {:.1} ms {path}", time.as_secs_f64() * 1e3);
    }
    found.times("a list, filtered and sorted", "100 ms", &mut times);
    Ok(())
}

fn filters(bench: &Bench, dice: &mut Dice, grades: &[String]) -> String {
    let mut text = String::new();
    let mut with = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            text.push_str(&format!("&{name}={}", encoded(value)));
        }
    };
    let which = dice.below(9);
    with("sort", dice.pick(&SORTS).copied());
    if [1, 4, 5].contains(&which) {
        with("region", dice.pick(&REGIONS).copied());
    }
    if [2, 4].contains(&which) {
        with("industry", dice.pick(&INDUSTRIES).copied());
    }
    if [3, 4].contains(&which) {
        with("size", dice.pick(&SIZES).copied());
    }
    if [5, 6].contains(&which) {
        with("grade", dice.pick(grades).map(String::as_str));
    }
    if which == 7 {
        let manager = 1 + dice.below(bench.count("managers"));
        with("manager", Some(&manager.to_string()));
    }
    if dice.below(4) == 0 {
        with("count", Some("true"));
    }
    text
}

fn searches(bench: &Bench, people: &mut [Client], found: &mut Found) -> Result<()> {
    let queries = bench.plan["queries"].as_array().context("plan.json has no queries")?;
    let mut hows: Vec<&str> = queries.iter().filter_map(|query| query["how"].as_str()).collect();
    hows.sort_unstable();
    hows.dedup();
    let mut turn = 0;
    for how in hows {
        let of_this = queries.iter().filter(|query| query["how"] == how);
        let (mut times, mut slow, mut hits) = (Vec::new(), Vec::new(), 0);
        for query in of_this.take(REQUESTS) {
            let text = query["query"].as_str().unwrap_or_default();
            let (time, body) = timed(people, turn, &format!("/api/v1/customers?q={}", encoded(text)))?;
            let items = body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            hits += usize::from(items.iter().any(|item| item["code"] == query["code"]));
            times.push(time);
            slow.push((time, text));
            turn += 1;
        }
        slow.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        for (time, text) in slow.iter().take(3) {
            println!("  {:.1} ms {how}: {text}", time.as_secs_f64() * 1e3);
        }
        let share = 100.0 * hits as f64 / times.len().max(1) as f64;
        found.times(&format!("search by {how}"), "50 ms", &mut times);
        found.fact(
            &format!("search by {how}: who was meant is on the first page"),
            format!("{share:.1} %"),
        );
    }
    Ok(())
}
