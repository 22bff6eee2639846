//! S3: guessing at passwords from many addresses gets nobody in, tells nothing, and locks nobody out.

use std::time::{Duration, Instant};

use pinji_app::register::Opening;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::site::{PASSWORDS, Person, Site, generous};

/// Tries within one day; a nightly run makes 10,000 of them by `PINJI_GUESSES`.
fn guesses() -> i64 {
    let said = std::env::var("PINJI_GUESSES").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(300)
}

/// The addresses from which strangers try.
const ADDRESSES: i64 = 100;

fn guess(site: &Site, login: &str, password: &str, code: Option<&str>, from: u8) -> Answer {
    let body = json!({ "login": login, "password": password, "code": code });
    site.send(&site.ask("POST", "/api/v1/session").json(&body).from([127, 0, 1, from]))
}

#[test]
fn a_day_of_guessing_from_a_hundred_addresses_gets_nobody_in_and_locks_nobody_out() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let mut owner = site.renew(&first);
    let (all, day) = (guesses(), 86_400);
    let (mut looked_at, mut waits, mut told) = (0, 0, 0);
    for number in 0..all {
        site.clock.advance(day / all);
        // Also the right password, with a code that is not: one who has seen it typed.
        let (password, code) = match number % 10 {
            9 => (first.password.as_str(), Some("000000")),
            _ => ("guess-after-guess-11", None),
        };
        let answer = guess(&site, &first.login, password, code, (number % ADDRESSES) as u8 + 1);
        match answer.status {
            401 => looked_at += 1,
            429 => {
                waits += 1;
                told += i64::from(answer.header("retry-after").is_some());
            }
            other => panic!("try {number}: {other} {answer:?}"),
        }
        // The owner works on, and signs in anew when the twelve hours are over.
        if number * 100 / all != (number - 1) * 100 / all {
            let mine = site.get(&owner, "/api/v1/session");
            if mine.status == 401 {
                owner = site.renew(&first);
            }
            site.get(&owner, "/api/v1/session").expect(200);
        }
    }
    eprintln!("{all} tries from {ADDRESSES} addresses in a day: 0 in, {looked_at} looked at, {waits} told to wait");
    assert!(looked_at <= 100, "{looked_at} passwords were looked at in a day");
    assert_eq!(told, waits, "each is told for how long");
    site.get(&owner, "/api/v1/session").expect(200);
    site.renew(&first);
}

#[test]
fn who_is_not_known_is_answered_in_the_same_words_and_time() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let logins = [first.login.as_str(), "chen.on"];
    let shape = |answer: &Answer| {
        let mut body = answer.json();
        body["instance"] = Value::Null;
        (answer.status, answer.body.len(), body)
    };
    let mut apart = Duration::ZERO;
    // Asked in turns, so that what else the machine does falls on both alike; a busy machine is asked again.
    for round in 0..5 {
        let mut times = [Vec::new(), Vec::new()];
        for number in 0..12 {
            // So much later that neither has to wait.
            site.clock.advance(1_000);
            let mut shapes = Vec::new();
            // What the passing of time sets off falls on whoever is asked first: now the one, now the other.
            for at in [number % 2, 1 - number % 2].map(usize::from) {
                let (login, times) = (logins[at], &mut times[at]);
                let began = Instant::now();
                let answer = guess(&site, login, "guess-after-guess-11", None, round * 20 + number + 1);
                times.push(began.elapsed());
                assert_eq!(answer.status, 401, "{answer:?}");
                shapes.push(shape(&answer));
            }
            assert_eq!(shapes[0], shapes[1]);
        }
        let [known, unknown] = times.map(|mut times| {
            times.sort_unstable();
            times[times.len() / 2]
        });
        apart = known.abs_diff(unknown);
        if apart <= Duration::from_millis(5) {
            return;
        }
    }
    panic!("{apart:?} between who is known and who is not");
}

#[test]
fn an_empty_office_has_no_account() {
    let site = Site::sqlite();
    let names = ["admin", "administrator", "root", "pinji", "test", "guest", "chen.an"];
    for (number, login) in names.into_iter().enumerate() {
        for password in ["", "admin", "password", "pinji", "123456", login] {
            let answer = guess(&site, login, password, None, number as u8 + 1);
            assert!([401, 422, 429].contains(&answer.status), "{login}: {answer:?}");
        }
    }
    let store = site.second_store();
    let users = site.runtime.block_on(store.looked_up("SELECT login FROM office_user"));
    assert_eq!(users.unwrap(), Vec::<String>::new());
}

#[test]
fn passwords_that_others_guess_first_are_not_taken() {
    let words = |opening| Opening {
        company_words: vec!["Huaxing Steel".to_owned(), "华兴钢铁".to_owned()],
        ..opening
    };
    let site = Site::opened("sqlite", None, generous(), |_, opening| words(opening));
    let (first, _, _) = site.set_up();
    let mut owner: Person = site.renew(&first);
    let mut change = |password: &str| {
        let body = json!({ "password": owner.password, "new_password": password });
        let answer = site.send(&site.by(&owner, "PUT", "/api/v1/session/password").json(&body));
        if answer.status == 200 {
            owner.cookie = answer.cookie().unwrap();
            owner.password = password.to_owned();
        }
        answer
    };
    for refused in [
        "tk7-vw2-qp9",
        "P@ssw0rd1234",
        "woaini1314520",
        "1qaz2wsx3edc4rfv",
        "HuaxingSteel#2026",
        "华兴钢铁华兴钢铁20268",
        "Pinji-Pinji-77821",
        "chen.an-20260101",
    ] {
        let answer = change(refused);
        assert_eq!(answer.problem(), "invalid", "{refused}");
        assert_eq!(answer.json()["errors"][0]["pointer"], "/new_password", "{refused}");
    }
    let long = "a long sentence that nobody else says about kettles, ferns and the moon above them";
    assert!(long.len() > 64);
    // Neither capitals, figures nor marks are asked for.
    for taken in [
        long,
        "blue kettle sings at noon",
        "床前明月光疑是地上霜举头",
        PASSWORDS[3],
    ] {
        change(taken).expect(200);
    }
}
