//! S4: each user, token and address has its own credits; what is dear costs more; a flood is its maker's own affair.

use std::time::{Duration, Instant};

use pinji_app::register::Action;
use pinji_server::routes::Needs;
use pinji_server::{Rate, Rates};
use serde_json::json;

use crate::client::{Answer, Ask};
use crate::house::{name_of, table};
use crate::site::{Person, Site, generous};

const PATH: &str = "/api/v1/session";

fn slow(burst: f64) -> Rate {
    Rate { per_second: 0.5, burst }
}

/// Asks until it is too much; how often it was answered before.
fn until_slowed(ask: impl Fn() -> Answer) -> u32 {
    for number in 0..200 {
        let answer = ask();
        if answer.status == 429 {
            assert_eq!(answer.problem(), "too-many-requests");
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait), "{answer:?}");
            return number;
        }
        assert!(answer.status < 300, "{answer:?}");
    }
    panic!("200 requests passed");
}

#[test]
fn one_users_flood_leaves_the_others_their_credits() {
    let rates = Rates {
        user: slow(120.0),
        ..generous()
    };
    let site = Site::open("sqlite", None, rates);
    let (first, _, system) = site.set_up();
    let again = site.renew(&first);
    let passed = until_slowed(|| site.get(&first, PATH));
    assert!(passed < 120, "{passed}");
    // One user is one, over all his sessions; his neighbour at the same address is another.
    assert_eq!(site.get(&again, PATH).status, 429);
    site.get(&system, PATH).expect(200);
}

#[test]
fn one_tokens_flood_leaves_the_others_their_credits() {
    let rates = Rates {
        token: slow(20.0),
        ..generous()
    };
    let site = Site::open("sqlite", None, rates);
    let (first, deputy, _) = site.set_up();
    let updater = site.elevate(&site.employ(&first, &deputy, "wang.fang", &["updater"]));
    let token = |name: &str| {
        let until = site.clock.now().plus_seconds(3_600).to_string();
        let body = json!({ "name": name, "scopes": ["customer.list"], "expires_at": until });
        let made = site.post(&updater, "/api/v1/tokens", &body).expect(201).json();
        made["secret"].as_str().unwrap().to_owned()
    };
    let (one, other) = (token("甲"), token("乙"));
    let ask = |secret: &str| {
        let ask = Ask::new("GET", "/api/v1/customers").header("Authorization", &format!("Bearer {secret}"));
        site.send(&ask)
    };
    let passed = until_slowed(|| ask(&one));
    assert!((19..=40).contains(&passed), "{passed}");
    ask(&other).expect(200);
    site.get(&updater, PATH).expect(200);
}

/// What reckons or hands out a whole book costs as much as twenty readings, one customer's reckoning as much as five.
#[test]
fn what_is_dear_costs_more() {
    for row in table() {
        let least = match row.rule.needs {
            Needs::Permission(Action::ExportBulk | Action::RunCreate) => 20,
            Needs::Permission(Action::GradeRegrade | Action::SubmissionCreate) => 5,
            _ => 1,
        };
        assert!(row.rule.cost >= least, "{} costs {}", name_of(&row), row.rule.cost);
    }
    let rates = Rates {
        user: slow(150.0),
        ..generous()
    };
    let site = Site::open("sqlite", None, rates);
    let (first, deputy, _) = site.set_up();
    let rater = site.elevate(&site.employ(&first, &deputy, "wang.fang", &["rating_administrator"]));
    // Joining, signing in and elevating took 80 at most of the credits.
    let passed = until_slowed(|| site.get(&rater, "/api/v1/customers/export.csv"));
    assert!((1..=7).contains(&passed), "{passed} exports for 150 credits");
    site.get(&rater, PATH).expect(200);
}

/// How long a neighbour waits while somebody floods: `PINJI_TIMES=1` measures it, on both sides of this machine's cores.
#[test]
fn a_flood_hardly_moves_a_neighbours_times() {
    if std::env::var_os("PINJI_TIMES").is_none() {
        eprintln!("skipped: a measurement, by PINJI_TIMES=1");
        return;
    }
    let site = Site::open("sqlite", None, Rates::default());
    let (first, _, system) = site.set_up();
    let alone = p99(&site, &system);
    let (flooding, answered) = (
        std::sync::atomic::AtomicBool::new(true),
        std::sync::atomic::AtomicU32::new(0),
    );
    let beside = std::thread::scope(|scope| {
        for _ in 0..4 {
            let (site, first, flooding, answered) = (&site, &first, &flooding, &answered);
            scope.spawn(move || {
                while flooding.load(std::sync::atomic::Ordering::SeqCst) {
                    site.send(&site.by(first, "GET", "/api/v1/users").from([127, 0, 0, 9]));
                    answered.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    // As fast as a page that has gone wild asks, not as fast as the machine can: that would measure the machine.
                    std::thread::sleep(Duration::from_millis(10));
                }
            });
        }
        let beside = p99(&site, &system);
        flooding.store(false, std::sync::atomic::Ordering::SeqCst);
        beside
    });
    let more = (beside.as_secs_f64() / alone.as_secs_f64() - 1.0) * 100.0;
    eprintln!(
        "p99 alone {alone:?}, beside a flood of {} requests {beside:?}: {more:+.0} %",
        answered.into_inner()
    );
}

/// The slowest of a hundred: of 600 readings, as many a second as the user's own credits allow.
fn p99(site: &Site, person: &Person) -> Duration {
    let mut times: Vec<Duration> = (0..600)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(60));
            let began = Instant::now();
            site.get(person, PATH).expect(200);
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() * 99 / 100]
}
