//! Many people at once: W1, 200 of them who think between requests; W2, programs that look grades up; W3, the first while a
//! run and an import go on.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use super::client::{Client, encoded};
use super::figures::{Dice, Found, Watch};
use super::served::Served;
use super::{Bench, OWN, code, import, runs};

/// People who are signed in; four in five are account managers, the others rating administrators.
const PEOPLE: usize = 200;
const MANAGERS: usize = 160;
/// Between two requests somebody thinks for half this time to one and a half of it.
const THINK: Duration = Duration::from_secs(5);
/// Connections that look grades up, one request after the other on each.
const PROGRAMS: usize = 16;

/// What people did: a sort of request, its time, and whether it was answered as it should.
type Done = Mutex<Vec<(&'static str, Duration, bool)>>;

/// W1 and W2.
pub fn measure(bench: &Bench) -> Result<Found> {
    let mut found = Found::default();
    let served = Served::start(bench)?;
    let people = crowd(bench, &served)?;
    warm(&served, bench)?;
    let watch = Watch::begin(served.process());
    let (done, over) = (Done::default(), AtomicBool::new(false));
    work(bench, people, &done, &over, || {
        std::thread::sleep(Duration::from_secs(bench.options.seconds));
        Ok(())
    })?;
    told(&mut found, "W1", "p50 30 ms, p99 250 ms", done);
    found.with_others(&watch);
    look_up(bench, &served, &mut found)?;
    found.fact("memory of the server at most", format!("{} MiB", served.memory().1));
    Ok(found)
}

/// W3.
pub fn busy(bench: &Bench) -> Result<Found> {
    let mut found = Found::default();
    let served = Served::start(bench)?;
    let people = crowd(bench, &served)?;
    let mut others = served.people(bench, 900, ["r00", "c0", "a0"].map(str::to_owned).into_iter())?;
    let (Some(mut auditor), Some(mut collector), Some(mut one)) = (others.pop(), others.pop(), others.pop()) else {
        anyhow::bail!("nobody is signed in");
    };
    warm(&served, bench)?;
    let watch = Watch::begin(served.process());
    let (done, over) = (Done::default(), AtomicBool::new(false));
    let rows = 100_000.min(bench.count("customers") * 19 / 20);
    let mut took = (0.0, 0.0);
    work(bench, people, &done, &over, || {
        let began = Instant::now();
        let run = runs::begin(&mut one, None)?;
        import::bring(&mut collector, &mut auditor, rows, "2025-07-31")?;
        took.0 = began.elapsed().as_secs_f64();
        runs::until(&mut one, &run, |_| false)?;
        took.1 = began.elapsed().as_secs_f64();
        Ok(())
    })?;
    found.fact(
        &format!("an import of {rows} rows meanwhile"),
        format!("{:.1} s", took.0),
    );
    found.fact("a run over everybody meanwhile", format!("{:.1} s", took.1));
    told(&mut found, "W3", "p99 500 ms", done);
    found.with_others(&watch);
    found.fact("memory of the server at most", format!("{} MiB", served.memory().1));
    Ok(found)
}

fn crowd(bench: &Bench, served: &Served) -> Result<Vec<Client>> {
    let managers = (0..MANAGERS).map(|number| format!("m{number:04}"));
    let administrators = (0..PEOPLE - MANAGERS).map(|number| format!("r{number:02}"));
    served.people(bench, 1, managers.chain(administrators))
}

/// The first search reads all customers; it is a figure of its own and none of these.
fn warm(served: &Served, bench: &Bench) -> Result<()> {
    let mut one = served.people(bench, 800, std::iter::once("s0".to_owned()))?;
    let one = one.first_mut().context("nobody is signed in")?;
    one.get("/api/v1/customers?q=huaxinda")?.json().map(|_| ())
}

/// All work until `meanwhile` has ended.
fn work(
    bench: &Bench,
    people: Vec<Client>,
    done: &Done,
    over: &AtomicBool,
    meanwhile: impl FnOnce() -> Result<()>,
) -> Result<()> {
    std::thread::scope(|scope| {
        for (number, mut client) in people.into_iter().enumerate() {
            scope.spawn(move || {
                let mut dice = Dice(number as u64 + 100);
                // Nobody begins at the same moment.
                let mut pause = THINK.mul_f64(dice.below(1_000) as f64 / 1_000.0);
                while !rests(over, pause) {
                    one_request(bench, &mut client, number, &mut dice, done);
                    pause = THINK.mul_f64(0.5 + dice.below(1_000) as f64 / 1_000.0);
                }
            });
        }
        let ended = meanwhile();
        over.store(true, Ordering::SeqCst);
        ended
    })
}

/// Thinks for so long; true when it is over meanwhile.
fn rests(over: &AtomicBool, pause: Duration) -> bool {
    let until = Instant::now() + pause;
    while Instant::now() < until && !over.load(Ordering::SeqCst) {
        let left = until.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(Duration::from_millis(200)));
    }
    over.load(Ordering::SeqCst)
}

/// 80 of 100 times something is read, 15 times changed, 5 times a report of grades is drawn up.
fn one_request(bench: &Bench, client: &mut Client, number: usize, dice: &mut Dice, done: &Done) {
    let manages = number < MANAGERS;
    let own = number * OWN + dice.below(OWN);
    let code = match manages {
        // The confidential ones are his own too, but need a permission.
        true => code(if own % 20 == 19 { own - 1 } else { own }),
        false => bench.code(dice),
    };
    let chance = dice.below(100);
    let note = |sort, began: Instant, right: bool| {
        if let Ok(mut done) = done.lock() {
            done.push((sort, began.elapsed(), right));
        }
    };
    let mut read = |sort, path: &str| {
        let began = Instant::now();
        let answer = client.get(path);
        note(sort, began, answer.as_ref().is_ok_and(|answer| answer.status == 200));
        answer.ok()
    };
    let path = format!("/api/v1/customers/{code}");
    match chance {
        0..40 => drop(read("page", &format!("{path}/page"))),
        40..60 => {
            let sort = ["name", "-code", "grade", "-score"];
            let sort = dice.pick(&sort).copied().unwrap_or_default();
            drop(read(
                "list",
                &format!("/api/v1/customers?sort={sort}&region={}", encoded("华东")),
            ));
        }
        60..80 => {
            let queries = bench.plan["queries"].as_array().map(Vec::as_slice).unwrap_or_default();
            let query = dice
                .pick(queries)
                .and_then(|query| query["query"].as_str())
                .unwrap_or("hua");
            drop(read("search", &format!("/api/v1/customers?q={}", encoded(query))));
        }
        80..95 => {
            let Some(answer) = read("page", &path) else { return };
            let Ok(version) = answer.version() else { return };
            let manager = 1 + dice.below(bench.count("managers"));
            let began = Instant::now();
            let changed = match manages {
                true => client.change("PATCH", &path, version, &json!({ "region": "华东" })),
                false => {
                    let given = json!({ "manager": manager, "team": null });
                    client.change("PUT", &format!("{path}/assignment"), version, &given)
                }
            };
            // Somebody else was quicker: that is an answer, not an error.
            note(
                "edit",
                began,
                changed.is_ok_and(|answer| [200, 412].contains(&answer.status)),
            );
        }
        _ => drop(read("report", "/api/v1/customers?sort=-score&limit=500&count=true")),
    }
}

fn told(found: &mut Found, name: &str, aim: &str, done: Done) {
    let done = done.into_inner().unwrap_or_default();
    let of = |sort: Option<&str>| -> Vec<Duration> {
        let these = done.iter().filter(|(one, ..)| sort.is_none_or(|sort| *one == sort));
        these.map(|(_, time, _)| *time).collect()
    };
    found.times(&format!("{name}, all requests"), aim, &mut of(None));
    for sort in ["page", "list", "search", "edit", "report"] {
        found.times(&format!("{name}, {sort}"), "", &mut of(Some(sort)));
    }
    let errors = done.iter().filter(|(_, _, right)| !right).count();
    found.fact(&format!("{name}: errors"), errors.to_string());
}

/// W2: grades looked up by the customer's number.
fn look_up(bench: &Bench, served: &Served, found: &mut Found) -> Result<()> {
    let mut one = served.people(bench, 700, std::iter::once("r00".to_owned()))?;
    let run = runs::last(one.first_mut().context("nobody is signed in")?)?["id"].to_string();
    let tokens = bench.plan["tokens"].as_array().cloned().unwrap_or_default();
    let time = Duration::from_secs(15);
    let watch = Watch::begin(served.process());
    let began = Instant::now();
    let done: Vec<(Vec<Duration>, usize)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..PROGRAMS)
            .map(|worker| {
                // Credits are counted for each token and address: the work of many programs comes over few connections.
                let mine = tokens.iter().enumerate().skip(worker).step_by(PROGRAMS);
                let mut programs: Vec<Client> = mine
                    .filter_map(|(number, token)| {
                        Some(Client::with_token(served.port, 2_000 + number, token.as_str()?))
                    })
                    .collect();
                let run = run.as_str();
                scope.spawn(move || {
                    let (mut dice, mut times, mut errors) = (Dice(worker as u64), Vec::new(), 0);
                    while began.elapsed() < time {
                        let count = programs.len();
                        let Some(program) = programs.get_mut(times.len() % count.max(1)) else {
                            break;
                        };
                        let path = format!("/api/v1/runs/{run}/grades/{}?explain=false", bench.code(&mut dice));
                        let asked = Instant::now();
                        let answer = program.get(&path);
                        times.push(asked.elapsed());
                        errors += usize::from(!answer.is_ok_and(|answer| answer.status == 200));
                    }
                    (times, errors)
                })
            })
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    found.with_others(&watch);
    let errors: usize = done.iter().map(|(_, errors)| errors).sum();
    let mut times: Vec<Duration> = done.into_iter().flat_map(|(times, _)| times).collect();
    found.fact(
        &format!("W2: grades looked up a second, over {PROGRAMS} connections"),
        format!("{:.0} (aim 5,000), {errors} errors", times.len() as f64 / seconds),
    );
    found.times("W2, a grade by the customer's number", "p99 20 ms", &mut times);
    Ok(())
}
