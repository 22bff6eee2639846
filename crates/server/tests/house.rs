//! An office in which everything was done once, over HTTP: what each change left in the ledger, and where each thing is.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use pinji_server::resources;
use pinji_server::routes::Row;
use pinji_store::Store;
use serde_json::{Value, json};

use crate::client::{Answer, Ask};
use crate::links::{empty_ledger, sites_with_ledgers};
use crate::passkeys::Device;
use crate::site::{PASSWORDS, Person, Site, base32};
use crate::submissions::{rows, terms, workbook};

/// All routes, from the table itself.
pub fn table() -> Vec<Row> {
    resources::all().parts().2
}

/// Method and template of a route: `POST /api/v1/users`.
pub fn name_of(row: &Row) -> String {
    format!("{} {}", row.method, row.path)
}

/// Each role, of which somebody is here; the customer's is held by one who speaks for C-2.
pub const ROLES: [&str; 14] = [
    "collector",
    "updater",
    "auditor",
    "expert",
    "committee_member",
    "committee_chair",
    "rating_administrator",
    "account_manager",
    "risk_officer",
    "supervisor",
    "system_administrator",
    "security_administrator",
    "audit_administrator",
    "customer",
];

/// What is run and regraded: a policy with few indicators is reckoned in no time.
const POLICY: &str = "wholesale-rfm";
/// What groups are graded by.
const GROUPS: &str = "group-standard";

/// The office, its people, and what came of each change.
pub struct House {
    pub site: Site,
    pub store: Store,
    people: BTreeMap<&'static str, Person>,
    /// Route → how many entries of the ledger name the request.
    pub left: BTreeMap<String, usize>,
    /// Route → the address and body with which it was done.
    pub asked: BTreeMap<String, (String, Value)>,
    places: Vec<(&'static str, String)>,
}

const OWN_KIND: &str = "[kind.visit]\nname = { zh = \"拜访\", en = \"Visit\" }\nsubject = \"customer\"\ndate = \"day\"\n\
    [[kind.visit.field]]\nid = \"customer\"\ntype = \"text\"\nlabel = { zh = \"客户\", en = \"Customer\" }\n\
    [[kind.visit.field]]\nid = \"day\"\ntype = \"date\"\nlabel = { zh = \"日期\", en = \"Day\" }\n";

impl House {
    /// Asks the same of the house on each database. They are built once for all tests, which take their turns with them.
    pub fn each(ask: impl Fn(&House)) {
        static HOUSES: OnceLock<Mutex<Vec<House>>> = OnceLock::new();
        let houses = HOUSES.get_or_init(|| Mutex::new(House::all()));
        // A test that failed leaves a house in which nothing was done but reading.
        let houses = houses.lock().unwrap_or_else(PoisonError::into_inner);
        houses.iter().for_each(ask);
    }

    fn all() -> Vec<House> {
        // The folder is needed as long as the houses stand: to the end of the program.
        let ledgers = tempfile::tempdir().unwrap().keep();
        empty_ledger(&ledgers.join("tx/a.parquet"));
        sites_with_ledgers(&ledgers).into_iter().map(House::of).collect()
    }

    /// Does everything once.
    fn of(site: Site) -> House {
        let (first, deputy, system) = site.set_up();
        let mut people = BTreeMap::new();
        for role in ROLES {
            if !["system_administrator", "security_administrator", "customer"].contains(&role) {
                people.insert(role, site.employ(&first, &deputy, &role.replace('_', "."), &[role]));
            }
        }
        people.insert("system_administrator", system);
        let second_rater = site.employ(&first, &deputy, "rater.two", &["rating_administrator"]);
        // Who is needed besides: a second member, and experts enough that one may fall away.
        let others = [
            ("member.two", "committee_member"),
            ("expert.two", "expert"),
            ("expert.three", "expert"),
        ]
        .map(|(login, role)| site.employ(&first, &deputy, login, &[role]));
        people.insert("security_administrator", first);
        let store = site.second_store();
        let mut house = House {
            site,
            store,
            people,
            left: BTreeMap::new(),
            asked: BTreeMap::new(),
            places: Vec::new(),
        };
        house.count_the_set_up();
        let deputy = house.people_and_teams(&deputy);
        house.own_session();
        house.passkeys();
        house.customers();
        let first = house.by("security_administrator");
        let portal = house.site.employ_for(&first, &deputy, "portal", "C-2");
        house.people.insert("customer", portal);
        house.rules();
        house.links(&second_rater);
        house.submissions();
        house.relations_and_groups();
        house.runs();
        house.cases(&others);
        house.erasures();
        house.by_token();
        house
    }

    /// Somebody with this role.
    pub fn by(&self, role: &str) -> Person {
        self.people[role].clone()
    }

    /// The thing's own address: a template with what is there in place of its parameters.
    pub fn address(&self, template: &str) -> String {
        let found = self.places.iter().filter(|(part, _)| template.starts_with(part));
        let (part, place) = found
            .max_by_key(|(part, _)| part.len())
            .unwrap_or(&("", String::new()))
            .clone();
        let address = format!("{place}{}", template.strip_prefix(part).unwrap_or(template));
        asked_for(address)
    }

    /// The same with parameters that name nothing, of the same length where it is a text.
    pub fn nowhere(template: &str) -> String {
        let address = template
            .replace("{id}", "424242")
            .replace("{seq}", "424242")
            .replace("{code}", "C-9")
            .replace("{decision}", "424242")
            .replace("{group}", "424242")
            .replace("{ballot}", "424242")
            .replace("{name}", "grades.none");
        asked_for(address)
    }

    fn place(&mut self, template: &'static str, address: impl Into<String>) {
        self.places.push((template, address.into()));
    }

    /// Does one thing, and counts the entries that name its request.
    fn does(&mut self, route: &str, by: Option<&Person>, path: &str, body: Value) -> Answer {
        let method = route.split(' ').next().unwrap();
        let mut ask = match by {
            Some(person) => self.site.by(person, method, path),
            None => self.site.ask(method, path),
        };
        let row = table().into_iter().find(|row| name_of(row) == route).unwrap();
        if let Some(person) = by.filter(|_| row.rule.versioned && method != "POST") {
            let tag = self.site.get(person, path.trim_end_matches("/assignment")).expect(200);
            ask = ask.header("If-Match", tag.header("etag").unwrap());
        }
        let before = self.site.runtime.block_on(self.store.ledger_head()).unwrap().size;
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        let answer = self.site.send(&ask);
        assert!(answer.status < 300, "{route} {path}: {answer:?}");
        let request = answer.header("x-request-id").unwrap();
        let entries = self.entries(before);
        let left = entries.iter().filter(|entry| entry["request_id"] == request).count();
        self.left.insert(route.to_owned(), left);
        self.asked.insert(route.to_owned(), (path.to_owned(), body));
        answer
    }

    /// The entries of the ledger from this number on.
    pub fn entries(&self, from: i64) -> Vec<Value> {
        let entries = self
            .site
            .runtime
            .block_on(self.store.ledger_entries(from, 10_000))
            .unwrap();
        entries
            .iter()
            .map(|entry| serde_json::from_slice(&entry.bytes).unwrap())
            .collect()
    }

    /// The set-up is over when there is somebody to count: its one entry tells its request.
    fn count_the_set_up(&mut self) {
        let entries = self.entries(0);
        let setup = entries.iter().find(|entry| entry["action"] == "office.setup").unwrap();
        let left = entries
            .iter()
            .filter(|entry| entry["request_id"] == setup["request_id"])
            .count();
        self.left.insert("POST /api/v1/setup".to_owned(), left);
    }

    /// Gives the second security administrator as elevated.
    fn people_and_teams(&mut self, deputy: &Person) -> Person {
        let first = self.site.elevate(&self.by("security_administrator"));
        let deputy = self.site.elevate(deputy);
        self.people.insert("security_administrator", first.clone());
        let new = json!({ "login": "wang.fang", "name": "王芳" });
        let made = self.does("POST /api/v1/users", Some(&first), "/api/v1/users", new);
        let user = location(&made);
        let id = made.json()["id"].clone();
        let body = json!({ "email": "wang@pinji.example" });
        self.does("PATCH /api/v1/users/{id}", Some(&first), &user, body);
        let links = format!("{user}/links");
        let link = self.does("POST /api/v1/users/{id}/links", Some(&first), &links, Value::Null);
        let body = json!({ "link": link.json()["link"], "password": PASSWORDS[3] });
        self.does("POST /api/v1/passwords", None, "/api/v1/passwords", body);

        let members = json!([{ "user": self.by("account_manager").id, "lead": true }]);
        let east = json!({ "code": "east", "name": "华东", "members": members });
        let team = location(&self.does("POST /api/v1/teams", Some(&first), "/api/v1/teams", east));
        let body = json!({ "name": "华东一部" });
        self.does("PATCH /api/v1/teams/{id}", Some(&first), &team, body);

        let grants = "/api/v1/role-grants";
        let propose = |role: &str| json!({ "user": id, "role": role, "reason": "工作需要" });
        let grant = location(&self.does("POST /api/v1/role-grants", Some(&first), grants, propose("collector")));
        let yes = format!("{grant}/approval");
        self.does(
            "POST /api/v1/role-grants/{id}/approval",
            Some(&deputy),
            &yes,
            Value::Null,
        );
        self.does("DELETE /api/v1/role-grants/{id}", Some(&deputy), &grant, Value::Null);
        let other = location(&self.site.post(&first, grants, &propose("auditor")).expect(201));
        let no = format!("{other}/refusal");
        self.does("POST /api/v1/role-grants/{id}/refusal", Some(&deputy), &no, Value::Null);
        self.user_erasures(&first, &deputy);
        self.place("/api/v1/users/{id}", user);
        self.place("/api/v1/teams/{id}", team);
        self.place("/api/v1/role-grants/{id}", grant);
        deputy
    }

    /// Two who have left: one is erased, of the other it is refused.
    fn user_erasures(&mut self, first: &Person, deputy: &Person) {
        let all = "/api/v1/user-erasures";
        let route = |name: &str| format!("POST /api/v1/user-erasures/{{id}}/{name}");
        for (login, name) in [("left.one", "approval"), ("left.two", "refusal")] {
            let made = self
                .site
                .post(first, "/api/v1/users", &json!({ "login": login, "name": "已离职" }));
            let made = made.expect(201);
            self.site
                .patch(first, &location(&made), &json!({ "state": "closed" }))
                .expect(200);
            let body = json!({ "user": made.json()["id"], "reason": "离职两年" });
            let asked = location(&self.does("POST /api/v1/user-erasures", Some(first), all, body));
            let body = match name {
                "approval" => json!({}),
                _ => json!({ "reason": "须保留" }),
            };
            self.does(&route(name), Some(deputy), &format!("{asked}/{name}"), body);
            self.place("/api/v1/user-erasures/{id}", asked);
        }
    }

    /// What somebody does about himself, from signing in to signing out.
    fn own_session(&mut self) {
        let body = json!({ "login": "wang.fang", "password": PASSWORDS[3] });
        let opened = self.does("POST /api/v1/session", None, "/api/v1/session", body);
        let mut wang = Person {
            id: opened.json()["user"].as_i64().unwrap(),
            login: "wang.fang".to_owned(),
            password: PASSWORDS[3].to_owned(),
            factor: None,
            cookie: opened.cookie().unwrap(),
        };
        let proof = json!({ "password": wang.password });
        let elevation = "/api/v1/session/elevation";
        let higher = self.does("POST /api/v1/session/elevation", Some(&wang), elevation, proof);
        wang.cookie = higher.cookie().unwrap();
        let until = self.site.clock.now().plus_seconds(60).to_string();
        let token = json!({ "name": "同步", "scopes": ["user.read"], "expires_at": until });
        let token = location(&self.does("POST /api/v1/tokens", Some(&wang), "/api/v1/tokens", token));
        self.does("DELETE /api/v1/tokens/{id}", Some(&wang), &token, Value::Null);
        self.place("/api/v1/tokens/{id}", token);
        let body = json!({ "password": wang.password, "new_password": PASSWORDS[2] });
        let password = "/api/v1/session/password";
        let changed = self.does("PUT /api/v1/session/password", Some(&wang), password, body);
        wang.cookie = changed.cookie().unwrap();
        let proof = json!({ "password": PASSWORDS[2] });
        let factor = "/api/v1/session/second-factor";
        let begun = self.does("POST /api/v1/session/second-factor", Some(&wang), factor, proof);
        let secret = base32(begun.json()["secret"].as_str().unwrap());
        let code = json!({ "code": self.site.code(&secret) });
        let route = "POST /api/v1/session/second-factor/confirmation";
        self.does(route, Some(&wang), &format!("{factor}/confirmation"), code);
        self.does("DELETE /api/v1/session", Some(&wang), "/api/v1/session", Value::Null);
    }

    /// A passkey is added, used for a session of its own and to elevate it, and taken away.
    fn passkeys(&mut self) {
        let mut first = self.site.elevate(&self.by("security_administrator"));
        let (mine, alone, elevation) = (
            "/api/v1/session/passkeys",
            "/api/v1/session/passkey",
            "/api/v1/session/elevation/passkey",
        );
        let mut device = Device::new(9);
        let question = self.site.get(&first, &format!("{mine}/question")).expect(200).json();
        let credential = device.made(&question);
        let body = json!({ "question": question["question"], "name": "办公室电脑", "credential": credential });
        self.does("POST /api/v1/session/passkeys", Some(&first), mine, body);
        let kept = self.site.get(&first, mine).expect(200).json();
        let place = format!("{mine}/{}", kept["items"][0]["id"]);
        let question = self.site.send(&self.site.ask("GET", alone)).expect(200).json();
        let answer = device.answer(&question);
        let opened = self.does("POST /api/v1/session/passkey", None, alone, answer);
        first.cookie = opened.cookie().unwrap();
        let answer = device.answer(&self.site.get(&first, elevation).expect(200).json());
        let higher = self.does(
            "POST /api/v1/session/elevation/passkey",
            Some(&first),
            elevation,
            answer,
        );
        first.cookie = higher.cookie().unwrap();
        self.does(
            "DELETE /api/v1/session/passkeys/{id}",
            Some(&first),
            &place,
            Value::Null,
        );
        // Another stays, so that there is one to elevate by.
        let question = self.site.get(&first, &format!("{mine}/question")).expect(200).json();
        let credential = Device::new(10).made(&question);
        let body = json!({ "question": question["question"], "name": "笔记本", "credential": credential });
        self.site.post(&first, mine, &body).expect(201);
        // Taking one away has ended the other sessions.
        self.people.insert("security_administrator", first);
    }

    /// A ledger that lies elsewhere, linked and let go; and one that is refused.
    fn links(&mut self, other: &Person) {
        let rater = self.by("rating_administrator");
        let other = self.site.elevate(other);
        let links = "/api/v1/links";
        let wanted = json!({ "kind": "transaction", "location": "ledgers/tx", "reason": "交易流水很大" });
        let route = |name: &str| format!("POST /api/v1/links/{{id}}/{name}");
        let link = location(&self.does("POST /api/v1/links", Some(&rater), links, wanted.clone()));
        let yes = format!("{link}/approval");
        self.does(&route("approval"), Some(&other), &yes, json!({}));
        self.does("DELETE /api/v1/links/{id}", Some(&rater), &link, Value::Null);
        let second = location(&self.site.post(&rater, links, &wanted).expect(201));
        let no = format!("{second}/refusal");
        self.does(&route("refusal"), Some(&other), &no, json!({ "reason": "不完整" }));
        self.place("/api/v1/links/{id}", link);
    }

    /// What is about a customer's people: erased of one, refused of another.
    fn erasures(&mut self) {
        let updater = self.site.elevate(&self.by("updater"));
        let auditor = self.site.elevate(&self.by("auditor"));
        self.people.insert("updater", updater.clone());
        self.people.insert("auditor", auditor.clone());
        let all = "/api/v1/erasures";
        let route = |name: &str| format!("POST /api/v1/erasures/{{id}}/{name}");
        for (code, name) in [("C-3", "approval"), ("C-2", "refusal")] {
            let body = json!({ "customer": code, "reason": "联系人要求删除" });
            let asked = location(&self.does("POST /api/v1/erasures", Some(&updater), all, body));
            let body = match name {
                "approval" => json!({}),
                _ => json!({ "reason": "须保留五年" }),
            };
            self.does(&route(name), Some(&auditor), &format!("{asked}/{name}"), body);
            self.place("/api/v1/erasures/{id}", asked);
        }
    }

    /// A program acts for the person whose token it has.
    fn by_token(&mut self) {
        let updater = self.site.elevate(&self.by("updater"));
        self.people.insert("updater", updater.clone());
        let until = self.site.clock.now().plus_seconds(3_600).to_string();
        let body = json!({ "name": "同步", "scopes": ["customer.write"], "expires_at": until });
        let token = self.site.post(&updater, "/api/v1/tokens", &body).expect(201).json();
        let ask = Ask::new("POST", "/api/v1/customers")
            .header(
                "Authorization",
                &format!("Bearer {}", token["secret"].as_str().unwrap()),
            )
            .header("Idempotency-Key", "by-token")
            .from([127, 0, 0, 77])
            .json(&json!({ "code": "C-8", "name": "接口客户有限公司" }));
        self.site.send(&ask).expect(201);
    }

    fn customers(&mut self) {
        let (manager, updater) = (self.by("account_manager"), self.by("updater"));
        let (risk, chair, expert) = (self.by("risk_officer"), self.by("committee_chair"), self.by("expert"));
        let customers = "/api/v1/customers";
        let new = json!({ "code": "C-1", "name": "海岸贸易有限公司" });
        let one = location(&self.does("POST /api/v1/customers", Some(&manager), customers, new));
        let region = json!({ "region": "华东" });
        self.does("PATCH /api/v1/customers/{code}", Some(&manager), &one, region);
        for (code, name) in [("C-2", "远山制造有限公司"), ("C-3", "青禾食品有限公司")] {
            self.site.customer(&updater, code, name, json!({}));
        }
        let secret = json!({ "secrecy": "confidential" });
        self.site.customer(&updater, "C-7", "机密客户有限公司", secret);
        let team = json!({ "manager": manager.id, "team": null });
        let rater = self.by("rating_administrator");
        let assignment = "/api/v1/customers/C-2/assignment";
        self.does(
            "PUT /api/v1/customers/{code}/assignment",
            Some(&rater),
            assignment,
            team,
        );
        let conflict = json!({ "customer": "C-3", "reason": "配偶持股" });
        let conflicts = "/api/v1/session/conflicts";
        self.does("POST /api/v1/session/conflicts", Some(&expert), conflicts, conflict);
        let until = self.site.clock.now().plus_seconds(86_400).to_string();
        let wanted = json!({ "customer": "C-7", "purpose": "年度复审", "until": until });
        let requests = "/api/v1/access-requests";
        let asked = location(&self.does("POST /api/v1/access-requests", Some(&risk), requests, wanted.clone()));
        let yes = format!("{asked}/approval");
        self.does(
            "POST /api/v1/access-requests/{id}/approval",
            Some(&chair),
            &yes,
            json!({}),
        );
        let other = location(&self.site.post(&updater, requests, &wanted).expect(201));
        let no = format!("{other}/refusal");
        let reason = json!({ "reason": "用途不明" });
        self.does("POST /api/v1/access-requests/{id}/refusal", Some(&chair), &no, reason);
        self.place("/api/v1/customers/{code}", one);
        self.place("/api/v1/access-requests/{id}", asked);
    }

    fn rules(&mut self) {
        let rater = self.site.elevate(&self.by("rating_administrator"));
        self.people.insert("rating_administrator", rater.clone());
        let kinds = json!({ "name": "own.toml", "text": OWN_KIND });
        self.does("POST /api/v1/kinds", Some(&rater), "/api/v1/kinds", kinds);
        let policy = json!({ "text": include_str!("../../../policies/small.toml") });
        self.does("POST /api/v1/policies", Some(&rater), "/api/v1/policies", policy);
        self.place("/api/v1/kinds/{id}", "/api/v1/kinds/customer");
        self.place("/api/v1/policies/{id}", "/api/v1/policies/tob-standard");
        self.place("/api/v1/ledger/entries/{seq}", "/api/v1/ledger/entries/1");
    }

    fn submissions(&mut self) {
        let (updater, auditor) = (self.by("updater"), self.by("auditor"));
        let all = "/api/v1/submissions";
        let send = |employees: i64| {
            let row = json!({ "id": "C-1", "employees": employees });
            json!({ "kind": "customer", "source": "来访", "method": "表单", "rows": [row] })
        };
        let sent = location(&self.does("POST /api/v1/submissions", Some(&updater), all, send(1)));
        let part = |place: &str, name: &str| format!("{place}/{name}");
        let route = |name: &str| format!("POST /api/v1/submissions/{{id}}/{name}");
        self.does(
            &route("confirmation"),
            Some(&updater),
            &part(&sent, "confirmation"),
            json!({}),
        );
        let accept = json!({ "verdict": "accept" });
        self.does(&route("audit"), Some(&auditor), &part(&sent, "audit"), accept.clone());
        let reason = json!({ "reason": "来源有误" });
        self.does(&route("undo"), Some(&auditor), &part(&sent, "undo"), reason.clone());
        let other = location(&self.site.post(&updater, all, &send(2)).expect(201));
        self.does(
            &route("withdrawal"),
            Some(&updater),
            &part(&other, "withdrawal"),
            reason,
        );

        // One with a file, accepted; its bad cells were left out.
        let lines = [
            "id|name|size|employees",
            "C-1|海岸贸易有限公司|medium|12",
            "C-2|远山制造有限公司|gigantic|3",
        ];
        let file = workbook(&[("客户", rows(&lines))]);
        let ask = self.site.by(&updater, "POST", all).form(&terms(), "客户.xlsx", &file);
        let kept = location(&self.site.send(&ask).expect(201));
        let body = json!({ "without_bad_rows": true });
        self.site
            .post(&updater, &part(&kept, "confirmation"), &body)
            .expect(200);
        self.site.post(&auditor, &part(&kept, "audit"), &accept).expect(200);
        let records = "/api/v1/customers/C-1/records";
        let records = self.site.get(&updater, records).expect(200).json();
        let record = records["items"][0]["id"].to_string();
        self.place("/api/v1/submissions/{id}", kept);
        self.place(
            "/api/v1/customers/{code}/records/{id}",
            format!("/api/v1/customers/C-1/records/{record}"),
        );
    }

    fn relations_and_groups(&mut self) {
        let (updater, risk) = (self.by("updater"), self.by("risk_officer"));
        let rater = self.by("rating_administrator");
        let relation = |holder: Value, target: &str, share: &str| {
            json!({ "holder": holder, "target": { "customer": target }, "sort": "equity", "share": share,
                "from": "2020-01-01", "evidence": "register", "words": "工商登记" })
        };
        let own = relation(json!({ "customer": "C-1" }), "C-2", "60");
        let small = relation(json!({ "company": "小股东" }), "C-2", "5");
        let other = json!({ "holder": { "customer": "C-3" }, "target": { "customer": "C-1" }, "sort": "other", "from": "2020-01-01" });
        let body = json!({ "relations": [own, small, other] });
        let made = self.does("POST /api/v1/relations", Some(&updater), "/api/v1/relations", body);
        let close = format!("/api/v1/relations/{}/closing", made.json()["items"][1]["id"]);
        let reason = json!({ "reason": "录错" });
        self.does("POST /api/v1/relations/{id}/closing", Some(&updater), &close, reason);
        self.place("/api/v1/relations/{id}", close.trim_end_matches("/closing").to_owned());

        let body = json!({ "on": "2024-01-01" });
        self.does(
            "POST /api/v1/groups/proposals",
            Some(&risk),
            "/api/v1/groups/proposals",
            body,
        );
        let decisions = "/api/v1/groups/1/decisions";
        let include =
            json!({ "sort": "include", "customers": ["C-3"], "reason": "资金统一调度", "from": "2024-01-01" });
        let route = "POST /api/v1/groups/{id}/decisions";
        let decision = location(&self.does(route, Some(&rater), decisions, include));
        let said = json!({ "reason": "已核对" });
        let yes = format!("{decision}/approval");
        self.does(
            &format!("{route}/{{decision}}/approval"),
            Some(&risk),
            &yes,
            said.clone(),
        );
        let exclude = json!({ "sort": "exclude", "customers": ["C-2"], "reason": "误列", "from": "2024-01-01" });
        let other = location(&self.site.post(&rater, decisions, &exclude).expect(201));
        let no = format!("{other}/refusal");
        self.does(&format!("{route}/{{decision}}/refusal"), Some(&risk), &no, said);
        self.place("/api/v1/groups/{id}", "/api/v1/groups/1");
        self.place("/api/v1/groups/{id}/decisions/{decision}", decision);
    }

    /// Cases: one that is tied in the committee, one of two people, one of experts, one taken back.
    fn cases(&mut self, others: &[Person; 3]) {
        let [member_two, expert_two, expert_three] = others;
        let (rater, supervisor, risk) = (
            self.by("rating_administrator"),
            self.by("supervisor"),
            self.by("risk_officer"),
        );
        let (chair, member, expert) = (
            self.by("committee_chair"),
            self.by("committee_member"),
            self.by("expert"),
        );
        self.site.plant_rules("policy", "office.toml", crate::cases::TEXT);
        let policy = crate::cases::POLICY;
        let seats = "/api/v1/committee-seats";
        for (seat, who) in [("executive", &chair), ("finance", &member), ("risk", member_two)] {
            let body = json!({ "policy": policy, "seat": seat, "member": who.id, "is_chair": seat == "executive" });
            self.does("POST /api/v1/committee-seats", Some(&supervisor), seats, body);
        }
        let wanted = json!({ "policies": [policy], "as_of": "2025-12-31" });
        let done = crate::runs::run(&self.site, &rater, &wanted);
        let until = json!({ "until": self.site.clock.now().day().unwrap().to_string() });
        let step = |name: &str| format!("POST /api/v1/cases/{{id}}/{name}");
        let route = |name: &str| format!("POST /api/v1/cases/{{id}}/ballots/{{ballot}}/{name}");
        let new = |code: &str| json!({ "customer": code, "policy": policy, "reason": "重大事项" });
        let opened =
            |house: &House, code: &str| location(&house.site.post(&rater, "/api/v1/cases", &new(code)).expect(201));

        let back = opened(self, "C-1");
        let reason = json!({ "reason": "误开" });
        self.does(
            &step("withdrawals"),
            Some(&rater),
            &format!("{back}/withdrawals"),
            reason,
        );
        let case = location(&self.does("POST /api/v1/cases", Some(&rater), "/api/v1/cases", new("C-1")));
        let at = |name: &str| format!("{case}/{name}");
        let on = json!({ "step": "send_on", "reason": "请评审" });
        self.does(&step("screenings"), Some(&rater), &at("screenings"), on);
        let wanted = json!({ "grade": "low", "way": "committee" });
        self.does(&step("proposals"), Some(&rater), &at("proposals"), wanted.clone());
        let reason = json!({ "reason": "稍后再议" });
        self.does(&step("declinals"), Some(&rater), &at("declinals"), reason);
        self.site.post(&rater, &at("proposals"), &wanted).expect(200);
        let reason = json!({ "reason": "配偶在该公司任职" });
        self.does(&step("recusals"), Some(member_two), &at("recusals"), reason.clone());
        self.does(&step("ballots"), Some(&chair), &at("ballots"), until);
        let yes = json!({ "vote": "for" });
        self.does(&route("votes"), Some(&member), &at("ballots/0/votes"), yes);
        let no = json!({ "vote": "against", "reason": "担保不足" });
        self.site.post(&chair, &at("ballots/0/votes"), &no).expect(200);
        self.does(&route("closings"), Some(&rater), &at("ballots/0/closings"), json!({}));
        let no = json!({ "vote": "against" });
        self.does(&step("casting-votes"), Some(&chair), &at("casting-votes"), no);
        self.does(&route("dissents"), Some(&chair), &at("ballots/0/dissents"), reason);

        let two = opened(self, "C-3");
        let wanted = json!({ "grade": "middle", "way": "two_people", "code": "event", "reason": "获得大额订单" });
        self.site.post(&risk, &format!("{two}/proposals"), &wanted).expect(200);
        self.does(
            &step("secondings"),
            Some(&rater),
            &format!("{two}/secondings"),
            json!({}),
        );

        let judged = opened(self, "C-2");
        let at = |name: &str| format!("{judged}/{name}");
        let panel = json!({ "experts": [expert.id, expert_two.id, expert_three.id] });
        self.does(&step("panels"), Some(&rater), &at("panels"), panel);
        let say = json!({ "scores": [{ "indicator": "reputation", "level": "good", "reason": "同业评价良好" }] });
        self.does(&step("opinions"), Some(&expert), &at("opinions"), say.clone());
        self.site.post(expert_two, &at("opinions"), &say).expect(200);
        let conflict = json!({ "customer": "C-2", "reason": "亲属任职" });
        self.site
            .post(expert_three, "/api/v1/session/conflicts", &conflict)
            .expect(201);
        self.does(
            &step("reconciliations"),
            Some(&rater),
            &at("reconciliations"),
            json!({}),
        );

        let cases = format!("/api/v1/runs/{}/cases", done["id"]);
        self.does(
            "POST /api/v1/runs/{id}/cases",
            Some(&rater),
            &cases,
            json!({ "policy": policy }),
        );
        let held = self
            .site
            .get(&rater, &format!("{seats}?policy={policy}"))
            .expect(200)
            .json();
        let seat = format!("{seats}/{}", held["items"][2]["id"]);
        self.does(
            "DELETE /api/v1/committee-seats/{id}",
            Some(&supervisor),
            &seat,
            Value::Null,
        );
        self.place("/api/v1/committee-seats/{id}", seat);
        self.place("/api/v1/cases/{id}", case.clone());
        self.place("/api/v1/cases/{id}/ballots/{ballot}", format!("{case}/ballots/0"));
        self.place("/api/v1/runs/{id}/cases", cases);
    }

    fn runs(&mut self) {
        let rater = self.by("rating_administrator");
        let runs = "/api/v1/runs";
        let wanted = json!({ "policies": [POLICY, GROUPS], "as_of": "2025-12-31" });
        let made = self.does("POST /api/v1/runs", Some(&rater), runs, wanted.clone());
        let (job, run) = (location(&made), format!("{runs}/{}", made.json()["id"]));
        let began = Instant::now();
        while self.site.get(&rater, &job).expect(200).json()["finished_at"].is_null() {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "{:?}",
                self.site.get(&rater, &job)
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let body = json!({ "policy": POLICY, "as_of": "2025-12-31" });
        let route = "POST /api/v1/customers/{code}/regrade";
        self.does(route, Some(&rater), "/api/v1/customers/C-1/regrade", body);
        // Who is quick cancels a run before it is done; who is not tries again.
        let route = "POST /api/v1/runs/{id}/cancellation";
        for _ in 0..50 {
            let made = self.site.post(&rater, runs, &wanted).expect(202).json();
            let cancel = format!("{runs}/{}/cancellation", made["id"]);
            let before = self.site.runtime.block_on(self.store.ledger_head()).unwrap().size;
            let answer = self.site.post(&rater, &cancel, &json!({}));
            if answer.status == 202 {
                let request = answer.header("x-request-id").unwrap();
                let entries = self.entries(before);
                let left = entries.iter().filter(|entry| entry["request_id"] == request).count();
                self.left.insert(route.to_owned(), left);
                self.asked.insert(route.to_owned(), (cancel, json!({})));
                break;
            }
        }
        self.place("/api/v1/jobs/{id}", job);
        self.place("/api/v1/runs/{id}", run.clone());
        self.place("/api/v1/runs/{id}/files/{name}", format!("{run}/files/grades.parquet"));
        self.place("/api/v1/runs/{id}/grades/{code}", format!("{run}/grades/C-1"));
        self.place("/api/v1/runs/{id}/groups/{group}", format!("{run}/groups/1"));
    }
}

/// An address with the question that some cannot do without.
fn asked_for(address: String) -> String {
    let question = match address.as_str() {
        address if address.ends_with("/consistency") => "?from=1",
        "/api/v1/committee-seats" => "?policy=office",
        _ => "",
    };
    address + question
}

fn location(answer: &Answer) -> String {
    answer
        .header("location")
        .unwrap_or_else(|| panic!("{answer:?}"))
        .to_owned()
}
