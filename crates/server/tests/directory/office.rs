//! An office with a directory, and the way there and back.

use crate::client::{Answer, Ask};
use crate::site::{Person, Site, generous};

use super::provider::{CLIENT, Provider, SECRET};

pub struct Door {
    pub site: Site,
    pub provider: Provider,
}

/// Somebody who was sent away and is about to come back.
pub struct Trip {
    pub path: String,
    pub cookie: String,
    pub cookie_line: String,
}

/// An office whose `oidc.toml` ends with this.
pub fn door(rest: &str) -> Door {
    Door::open("sqlite", None, rest)
}

/// The same on each database that is there.
pub fn door_on(rest: &str) -> Vec<Door> {
    let mut doors = vec![door(rest)];
    match pinji_testkit::Postgres::shared().map(pinji_testkit::Postgres::database) {
        Ok(Ok(address)) => doors.push(Door::open("postgres", Some(address), rest)),
        why => {
            assert!(std::env::var_os("PINJI_NEED_POSTGRES").is_none(), "{why:?}");
            eprintln!("skipped: PostgreSQL half of the test: {why:?}");
        }
    }
    doors
}

impl Door {
    fn open(name: &'static str, database: Option<String>, rest: &str) -> Door {
        let mut provider = None;
        let site = Site::opened(name, database, generous(), |clock, opening| {
            let started = Provider::start(clock.clone());
            let text = format!(
                "issuer = '{}'\nclient_id = '{CLIENT}'\nclient_secret = '{SECRET}'\n{rest}",
                started.issuer()
            );
            provider = Some(started);
            with_file(opening, &text)
        });
        Door {
            site,
            provider: provider.unwrap(),
        }
    }

    /// Goes to the directory, which signs its person in, up to the way back.
    pub fn leave(&self) -> Trip {
        self.leave_by(&self.site.ask("GET", "/api/v1/session/oidc"))
    }

    fn leave_by(&self, ask: &Ask) -> Trip {
        let answer = self.site.send(ask).expect(303);
        let cookie_line = answer.header("set-cookie").unwrap().to_owned();
        let cookie = cookie_line
            .split(';')
            .next()
            .unwrap()
            .split_once('=')
            .unwrap()
            .1
            .to_owned();
        let address = answer.header("location").unwrap();
        let path = address.strip_prefix(&self.provider.issuer()).unwrap();
        let sent = Ask::new("GET", path).send(self.provider.at).expect(303);
        let back = sent.header("location").unwrap();
        Trip {
            path: back.strip_prefix(crate::site::ORIGIN).unwrap().to_owned(),
            cookie,
            cookie_line,
        }
    }

    pub fn back(&self, trip: &Trip) -> Answer {
        let cookie = format!("__Host-pinji-sign-on={}", trip.cookie);
        self.site
            .send(&self.site.ask("GET", &trip.path).header("Cookie", &cookie))
    }

    /// There and back.
    pub fn enter(&self) -> Answer {
        self.back(&self.leave())
    }

    /// There and back with a session, to elevate it.
    pub fn elevate(&self, person: &Person) -> Answer {
        let trip = self.leave_by(&self.site.by(person, "GET", "/api/v1/session/oidc?elevate=true"));
        let cookie = format!("__Host-pinji={}; __Host-pinji-sign-on={}", person.cookie, trip.cookie);
        self.site
            .send(&self.site.ask("GET", &trip.path).header("Cookie", &cookie))
    }

    /// Whoever came in.
    pub fn person(&self, answer: &Answer) -> Person {
        let mut person = Person {
            id: 0,
            login: String::new(),
            password: String::new(),
            factor: None,
            cookie: answer.cookie().unwrap(),
        };
        let mine = self.site.get(&person, "/api/v1/session").expect(200).json();
        person.id = mine["user"].as_i64().unwrap();
        person.login = mine["login"].as_str().unwrap().to_owned();
        person
    }
}

/// The office with the file in its folder, read as the program reads it.
pub fn with_file(mut opening: pinji_app::register::Opening, text: &str) -> pinji_app::register::Opening {
    std::fs::write(opening.folder.join(pinji_oidc::FILE), text).unwrap();
    let config = pinji_oidc::read(&opening.folder, None)
        .map_err(|why| why.message())
        .unwrap()
        .unwrap();
    opening.directory = Some(config.directory(opening.clock.clone()).unwrap());
    opening
}
