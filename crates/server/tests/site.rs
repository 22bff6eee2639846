//! An office being served on a free port, and the people in it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use pinji_app::register::{Clock, Office, Opening, setup};
use pinji_server::{Config, Rate, Rates, serve};
use pinji_testkit::Clock as FakeClock;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::client::{Answer, Ask};

/// The address that the office believes to have; tests send it as `Origin`.
pub const ORIGIN: &str = "https://pinji.example";

/// A served office.
pub struct Site {
    pub name: &'static str,
    pub at: SocketAddr,
    pub clock: Arc<FakeClock>,
    pub office: Arc<Office>,
    pub folder: TempDir,
    pub runtime: Runtime,
    database: Option<String>,
    end: Option<oneshot::Sender<()>>,
    keys: AtomicU64,
}

/// Somebody with a session.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: i64,
    pub login: String,
    pub password: String,
    pub factor: Option<Vec<u8>>,
    pub cookie: String,
}

/// Rates that no test meets by accident.
pub fn generous() -> Rates {
    let rate = Rate {
        per_second: 1e6,
        burst: 1e6,
    };
    Rates {
        address: rate,
        user: rate,
        token: rate,
    }
}

/// An office on each database that is there.
pub fn sites() -> Vec<Site> {
    let mut sites = vec![Site::sqlite()];
    let made = pinji_testkit::Postgres::shared().map(pinji_testkit::Postgres::database);
    match made {
        Ok(Ok(address)) => sites.push(Site::open("postgres", Some(address), generous())),
        why => {
            assert!(std::env::var_os("PINJI_NEED_POSTGRES").is_none(), "{why:?}");
            eprintln!("skipped: PostgreSQL half of the test: {why:?}");
        }
    }
    sites
}

impl Site {
    /// How often two race here: so often as `PINJI_RACES` says, a thousand times in a nightly run; on PostgreSQL a fifth.
    pub fn races(&self, few: usize) -> usize {
        let said = std::env::var("PINJI_RACES").ok();
        let all = said.and_then(|said| said.parse().ok()).unwrap_or(few);
        if self.name == "sqlite" { all } else { all.div_ceil(5) }
    }

    pub fn sqlite() -> Site {
        Site::open("sqlite", None, generous())
    }

    pub fn open(name: &'static str, database: Option<String>, rates: Rates) -> Site {
        let folder = TempDir::with_prefix("pinji-server-").unwrap();
        Site::opened_in(folder, name, database, rates, |_, opening| opening)
    }

    /// On SQLite, in a folder of its own below this one.
    pub fn in_folder(parent: &std::path::Path) -> Site {
        let folder = TempDir::with_prefix_in("pinji-server-", parent).unwrap();
        Site::opened_in(folder, "sqlite", None, generous(), |_, opening| opening)
    }

    /// An office that is opened as `change` says.
    pub fn opened(
        name: &'static str,
        database: Option<String>,
        rates: Rates,
        change: impl FnOnce(&Arc<FakeClock>, Opening) -> Opening,
    ) -> Site {
        let folder = TempDir::with_prefix("pinji-server-").unwrap();
        Site::opened_in(folder, name, database, rates, change)
    }

    fn opened_in(
        folder: TempDir,
        name: &'static str,
        database: Option<String>,
        rates: Rates,
        change: impl FnOnce(&Arc<FakeClock>, Opening) -> Opening,
    ) -> Site {
        let runtime = Runtime::new().unwrap();
        let clock = Arc::new(FakeClock::default());
        let told = clock.clone();
        let opening = Opening {
            database: database.clone(),
            origin: ORIGIN.to_owned(),
            clock: Clock::new(move || told.now()),
            ..Opening::of(folder.path())
        };
        let opening = change(&clock, opening);
        let office = Arc::new(runtime.block_on(Office::open(opening)).unwrap());
        let (end, ended) = oneshot::channel();
        let (ready, listening) = std::sync::mpsc::channel();
        let config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            rates,
            tend_every: std::time::Duration::from_secs(86_400),
            ..Config::default()
        };
        let serving = serve(office.clone(), config, move |at| ready.send(at).unwrap(), async {
            let _ = ended.await;
        });
        runtime.spawn(async { serving.await.unwrap() });
        let at = listening.recv().unwrap();
        Site {
            name,
            at,
            clock,
            office,
            folder,
            runtime,
            database,
            end: Some(end),
            keys: AtomicU64::new(0),
        }
    }

    /// A request as a browser on our own page sends it, with a key of its own where it is a POST.
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        let ask = Ask::new(method, path)
            .header("Origin", ORIGIN)
            .header("Accept-Language", "en");
        match method {
            "POST" => ask.header(
                "Idempotency-Key",
                &format!("key-{}", self.keys.fetch_add(1, Ordering::SeqCst)),
            ),
            _ => ask,
        }
    }

    pub fn send(&self, ask: &Ask) -> Answer {
        ask.send(self.at)
    }

    pub fn by(&self, person: &Person, method: &str, path: &str) -> Ask {
        self.ask(method, path)
            .header("Cookie", &format!("__Host-pinji={}", person.cookie))
    }

    pub fn get(&self, person: &Person, path: &str) -> Answer {
        self.send(&self.by(person, "GET", path))
    }

    pub fn post(&self, person: &Person, path: &str, body: &Value) -> Answer {
        self.send(&self.by(person, "POST", path).json(body))
    }

    /// Changes a thing at the version that it has now.
    pub fn patch(&self, person: &Person, path: &str, body: &Value) -> Answer {
        let tag = self.get(person, path).expect(200).header("etag").unwrap().to_owned();
        self.send(&self.by(person, "PATCH", path).header("If-Match", &tag).json(body))
    }

    pub fn delete(&self, person: &Person, path: &str) -> Answer {
        let tag = self.get(person, path).expect(200).header("etag").unwrap().to_owned();
        self.send(&self.by(person, "DELETE", path).header("If-Match", &tag))
    }

    /// A code of the app that was not used yet: half a minute goes by.
    pub fn code(&self, factor: &[u8]) -> String {
        let seconds = self.clock.advance(31).0 / 1_000_000;
        let totp = totp_rs::Builder::new()
            .with_algorithm(totp_rs::Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_secret(<[u8; 20]>::try_from(factor).unwrap())
            .build()
            .unwrap();
        totp.generate(u64::try_from(seconds).unwrap()).to_string()
    }

    pub fn sign_in(&self, login: &str, password: &str, code: Option<&str>) -> Answer {
        self.send(
            &self
                .ask("POST", "/api/v1/session")
                .json(&json!({ "login": login, "password": password, "code": code })),
        )
    }

    /// Signs in anew with everything that is needed.
    pub fn renew(&self, person: &Person) -> Person {
        let code = person.factor.as_deref().map(|factor| self.code(factor));
        let answer = self
            .sign_in(&person.login, &person.password, code.as_deref())
            .expect(201);
        Person {
            cookie: answer.cookie().unwrap(),
            ..person.clone()
        }
    }

    /// Shows password and code again.
    pub fn elevate(&self, person: &Person) -> Person {
        let code = person.factor.as_deref().map(|factor| self.code(factor));
        let body = json!({ "password": person.password, "code": code });
        let answer = self.post(person, "/api/v1/session/elevation", &body).expect(201);
        Person {
            cookie: answer.cookie().unwrap(),
            ..person.clone()
        }
    }

    /// Uses a one-time link, signs in and sets up the second factor.
    pub fn join(&self, login: &str, link: &str, password: &str) -> Person {
        let body = json!({ "link": link, "password": password });
        self.send(&self.ask("POST", "/api/v1/passwords").json(&body))
            .expect(201);
        self.arrive(login, password)
    }

    pub fn arrive(&self, login: &str, password: &str) -> Person {
        let answer = self.sign_in(login, password, None).expect(201);
        let id = answer.json()["user"].as_i64().unwrap();
        let mut person = Person {
            id,
            login: login.to_owned(),
            password: password.to_owned(),
            factor: None,
            cookie: answer.cookie().unwrap(),
        };
        let new = self
            .post(
                &person,
                "/api/v1/session/second-factor",
                &json!({ "password": password }),
            )
            .expect(201);
        let factor = base32(new.json()["secret"].as_str().unwrap());
        let code = self.code(&factor);
        self.post(
            &person,
            "/api/v1/session/second-factor/confirmation",
            &json!({ "code": code }),
        )
        .expect(201);
        person.factor = Some(factor);
        person
    }

    /// Sets the office up: two security administrators with elevated sessions, and a system administrator.
    pub fn set_up(&self) -> (Person, Person, Person) {
        let link = self.runtime.block_on(setup::first_link(&self.office)).unwrap().unwrap();
        let body = json!({
            "link": link, "login": "chen.an", "name": "陈安", "password": "六月的雨下在码头上边",
            "deputy": { "login": "liu.ning", "name": "刘宁" },
            "system_administrator": { "login": "he.jun", "name": "何军" },
        });
        let body = with_password(body, PASSWORDS[0]);
        let done = self
            .send(&self.ask("POST", "/api/v1/setup").json(&body))
            .expect(201)
            .json();
        let first = self.arrive("chen.an", PASSWORDS[0]);
        let deputy = self.join("liu.ning", done["deputy_link"].as_str().unwrap(), PASSWORDS[1]);
        let system = self.join(
            "he.jun",
            done["system_administrator_link"].as_str().unwrap(),
            PASSWORDS[2],
        );
        (self.elevate(&first), self.elevate(&deputy), system)
    }

    /// A new user with these roles, proposed by one and approved by the other.
    pub fn employ(&self, first: &Person, deputy: &Person, login: &str, roles: &[&str]) -> Person {
        let body = json!({ "login": login, "name": format!("{login} 的名字") });
        let made = self.post(first, "/api/v1/users", &body).expect(201).json();
        for role in roles {
            self.grant(first, deputy, made["id"].as_i64().unwrap(), role);
        }
        self.join(login, made["link"].as_str().unwrap(), PASSWORDS[3])
    }

    /// Somebody who speaks for a customer in the portal.
    pub fn employ_for(&self, first: &Person, deputy: &Person, login: &str, customer: &str) -> Person {
        let body = json!({ "login": login, "name": format!("{login} 的名字"), "customer": customer });
        let made = self.post(first, "/api/v1/users", &body).expect(201).json();
        self.grant(first, deputy, made["id"].as_i64().unwrap(), "customer");
        self.join(login, made["link"].as_str().unwrap(), PASSWORDS[3])
    }

    pub fn grant(&self, first: &Person, deputy: &Person, user: i64, role: &str) -> String {
        let body = json!({ "user": user, "role": role, "reason": "工作需要" });
        let made = self.post(first, "/api/v1/role-grants", &body).expect(201);
        let place = made.header("location").unwrap().to_owned();
        self.send(&self.by(deputy, "POST", &format!("{place}/approval")))
            .expect(200);
        place
    }

    /// How many entries the ledger has.
    pub fn ledger_size(&self, system: &Person) -> i64 {
        self.get(system, "/api/v1/system").expect(200).json()["ledger_size"]
            .as_i64()
            .unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
    }
}

/// Passwords that the rules take.
pub const PASSWORDS: [&str; 4] = [
    "copper-lantern-fjord-92",
    "walnut-harbour-quilt-37",
    "meadow-tangent-orbit-58",
    "velvet-granite-spoon-64",
];

fn with_password(mut body: Value, password: &str) -> Value {
    body["password"] = password.into();
    body
}

pub fn base32(text: &str) -> Vec<u8> {
    let (mut held, mut bits, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

/// What another part of the office would have put into the store.
impl Site {
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    pub fn second_store(&self) -> pinji_store::Store {
        let place = match &self.database {
            Some(url) => pinji_store::Place::Postgres(url.clone()),
            None => pinji_store::Place::Folder(self.folder.path().to_owned()),
        };
        self.runtime
            .block_on(pinji_store::Store::open(&place, self.clock.now()))
            .unwrap()
    }

    /// A file by which the office works, as somebody would have loaded it.
    pub fn plant_rules(&self, sort: &str, name: &str, text: &str) {
        let store = self.second_store();
        self.runtime.block_on(async {
            let change = store.change(self.clock.now()).await.unwrap();
            let file = pinji_store::NewRuleFile {
                sort: sort.to_owned(),
                name: name.to_owned(),
                hash: name.to_owned(),
                content: text.to_owned(),
                loaded_at: self.clock.now(),
                loaded_by: None,
            };
            change.load_rule_file(file).await.unwrap();
            let committed = change.commit(|slot| {
                let mut frontier = pinji_ledger::Frontier::from_bytes(slot.frontier.as_deref().unwrap_or_default())?;
                let act = pinji_ledger::Act::new(slot.at, "system", "rules.load", "rules:planted");
                let appended = frontier.append(act)?;
                Ok::<_, pinji_ledger::Error>(pinji_store::LedgerLine {
                    bytes: appended.bytes,
                    leaf: appended.leaf.0,
                    frontier: frontier.to_bytes(),
                })
            });
            committed.await.unwrap();
            store.close().await.unwrap();
        });
    }

    /// A customer of this class.
    pub fn plant_customer(&self, code: &str, secrecy: pinji_domain::Secrecy) {
        self.plant_customers(&[(code, "海岸贸易有限公司", secrecy, None)]);
    }

    /// Customers: number, name, class, and who looks after each.
    pub fn plant_customers(&self, customers: &[(&str, &str, pinji_domain::Secrecy, Option<i64>)]) {
        let store = self.second_store();
        self.runtime.block_on(async {
            let change = store.change(self.clock.now()).await.unwrap();
            let new = customers
                .iter()
                .map(|(code, name, secrecy, manager)| pinji_store::NewCustomer {
                    code: (*code).to_owned(),
                    uscc: None,
                    name: (*name).to_owned(),
                    name_key: (*name).to_owned(),
                    industry: None,
                    region: None,
                    size: None,
                    manager: manager.map(pinji_domain::UserId),
                    team: None,
                    secrecy: *secrecy,
                    custom: "{}".to_owned(),
                });
            let new: Vec<pinji_store::NewCustomer> = new.collect();
            change.add_customers(&new).await.unwrap();
            let committed = change.commit(|slot| {
                let mut frontier = pinji_ledger::Frontier::from_bytes(slot.frontier.as_deref().unwrap_or_default())?;
                let act = pinji_ledger::Act::new(slot.at, "system", "customer.write", "customer:planted");
                let appended = frontier.append(act)?;
                let line = pinji_store::LedgerLine {
                    bytes: appended.bytes,
                    leaf: appended.leaf.0,
                    frontier: frontier.to_bytes(),
                };
                Ok::<_, pinji_ledger::Error>(line)
            });
            committed.await.unwrap();
            store.close().await.unwrap();
        });
    }

    /// A book of customers with their records.
    pub fn keep_book(&self, book: &crate::book::Book, by: pinji_domain::UserId) -> Vec<pinji_domain::CustomerId> {
        let store = self.second_store();
        self.runtime.block_on(async {
            let ids = book.keep(&store, by, self.clock.now()).await;
            store.close().await.unwrap();
            ids
        })
    }

    /// Records of one kind.
    pub fn keep_rows(&self, kind: &str, by: pinji_domain::UserId, rows: Vec<pinji_store::AcceptedRow>) {
        let store = self.second_store();
        self.runtime.block_on(async {
            crate::book::accept(&store, kind, by, self.clock.now(), rows).await;
            store.close().await.unwrap();
        });
    }

    /// A job of somebody's, which a worker has taken.
    pub fn plant_job(&self, by: &Person) -> pinji_domain::JobId {
        let store = self.second_store();
        self.runtime.block_on(async {
            let now = self.clock.now();
            let up = store.upkeep().await.unwrap();
            let new = pinji_store::NewJob {
                kind: "import".to_owned(),
                payload: "{}".to_owned(),
                created_by: Some(pinji_domain::UserId(by.id)),
                created_at: now,
                due_at: now,
            };
            let id = up.put(new).await.unwrap();
            up.claim_job(&[], "worker", now, now.plus_seconds(600))
                .await
                .unwrap()
                .unwrap();
            up.commit().await.unwrap();
            store.close().await.unwrap();
            id
        })
    }

    /// What the worker of that job tells: so many steps done, and whether that was the last.
    pub fn work_on(&self, id: pinji_domain::JobId, done: i64, last: bool) {
        let store = self.second_store();
        self.runtime.block_on(async {
            let now = self.clock.now();
            let up = store.upkeep().await.unwrap();
            up.report_job(id, "worker", done, 10, Some("grading"), now.plus_seconds(600))
                .await
                .unwrap();
            if last {
                let state = pinji_store::JobState::Done;
                up.end_job(id, "worker", state, Some("/api/v1/runs/1"), None, now)
                    .await
                    .unwrap();
            }
            up.commit().await.unwrap();
            store.close().await.unwrap();
        });
    }
}
