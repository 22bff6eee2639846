//! Cases over HTTP, from a run to a decided grade: by the fast lane, by two people, by the committee; and what nobody may.

use std::sync::{Mutex, OnceLock, PoisonError};

use pinji_domain::{Lang, Secrecy};
use serde_json::{Value, json};

use crate::runs::run;
use crate::site::{Person, Site, sites};

pub const POLICY: &str = "office";
/// The same for what a run opens, and with a secret ballot.
const LANE: &str = "lane";
const SECRET: &str = "secret";
pub const TEXT: &str = include_str!("office.toml");

/// An office with a run of the policy over customers of whom nothing is known: all are graded `low`.
pub struct Desk {
    pub site: Site,
    pub rater: Person,
    /// Both security administrators.
    pub security: [Person; 2],
    second: Person,
    pub risk: Person,
    chair: Person,
    members: [Person; 2],
    experts: [Person; 3],
    supervisor: Person,
    system: Person,
    pub run: i64,
}

impl Desk {
    /// Asks the same on each database. The desks are made once for all tests, each of which has customers of its own and takes
    /// its turn.
    pub fn each(ask: impl Fn(&Desk)) {
        static DESKS: OnceLock<Mutex<Vec<Desk>>> = OnceLock::new();
        let desks = DESKS.get_or_init(|| Mutex::new(sites().into_iter().map(Desk::of).collect()));
        let desks = desks.lock().unwrap_or_else(PoisonError::into_inner);
        desks.iter().for_each(ask);
    }

    fn of(site: Site) -> Desk {
        let (first, deputy, system) = site.set_up();
        let employ = |login: &str, role: &str| site.employ(&first, &deputy, login, &[role]);
        let rater = employ("rater", "rating_administrator");
        let second = employ("rater.two", "rating_administrator");
        let risk = employ("risk", "risk_officer");
        let chair = employ("chair", "committee_chair");
        let members = ["member.one", "member.two"].map(|login| employ(login, "committee_member"));
        let experts = ["expert.one", "expert.two", "expert.three"].map(|login| employ(login, "expert"));
        let supervisor = employ("supervisor", "supervisor");
        // The same policy three times: for the run that opens cases, and with a secret ballot.
        for (id, ballot) in [(POLICY, "open"), (LANE, "open"), (SECRET, "secret")] {
            let text = TEXT.replace("policy = \"office\"", &format!("policy = \"{id}\""));
            let text = text.replace(
                "casting_vote = true",
                &format!("casting_vote = true, ballot = \"{ballot}\""),
            );
            site.plant_rules("policy", &format!("{id}.toml"), &text);
        }
        // The second rater looks after C-5.
        let all = ["C-1", "C-2", "C-3", "C-4", "C-5", "C-6", "C-7", "C-8", "C-9"];
        let customers = all.map(|code| {
            let manager = (code == "C-5").then_some(second.id);
            (code, code, Secrecy::Internal, manager)
        });
        site.plant_customers(&customers);
        let done = run(
            &site,
            &rater,
            &json!({ "policies": [POLICY, LANE, SECRET], "as_of": "2025-12-31" }),
        );
        assert_eq!(done["state"], "done", "{done}");
        let desk = Desk {
            run: done["id"].as_i64().unwrap(),
            security: [first.clone(), deputy.clone()],
            site,
            rater,
            second,
            risk,
            chair,
            members,
            experts,
            supervisor,
            system,
        };
        let seats = [
            ("executive", &desk.chair),
            ("finance", &desk.members[0]),
            ("risk", &desk.members[1]),
        ];
        for ((seat, member), policy) in seats
            .iter()
            .flat_map(|one| [POLICY, SECRET].map(|policy| (*one, policy)))
        {
            let body = json!({ "policy": policy, "seat": seat, "member": member.id, "is_chair": seat == "executive" });
            desk.site
                .post(&desk.supervisor, "/api/v1/committee-seats", &body)
                .expect(201);
        }
        desk
    }

    /// Opens a case by hand.
    pub fn opened(&self, customer: &str) -> String {
        self.opened_by(POLICY, customer)
    }

    fn opened_by(&self, policy: &str, customer: &str) -> String {
        let body = json!({ "customer": customer, "policy": policy, "reason": "实际控制人变更" });
        let made = self.site.post(&self.rater, "/api/v1/cases", &body).expect(201);
        made.header("location").unwrap().to_owned()
    }

    /// One step that is done, with exactly one entry in the ledger; gives the case.
    pub fn does(&self, by: &Person, case: &str, step: &str, body: Value) -> Value {
        let before = self.site.ledger_size(&self.system);
        let done = self.site.post(by, &format!("{case}/{step}"), &body).expect(200);
        assert_eq!(self.site.ledger_size(&self.system), before + 1, "{step}");
        done.json()
    }

    /// One step that is refused in this sentence; nothing is kept.
    fn refuses(&self, by: &Person, case: &str, step: &str, body: Value, code: &'static str) {
        let before = self.site.ledger_size(&self.system);
        let answer = self.site.post(by, &format!("{case}/{step}"), &body);
        let says = answer.json();
        assert_eq!(answer.status, 409, "{step} by {}: {says}", by.login);
        let detail = says["detail"].as_str().unwrap_or_default();
        let is_said = [Lang::Zh, Lang::En].into_iter().any(|lang| {
            // The sentence without what is filled in.
            let word = pinji_locale::word(lang, code);
            word.split(['{', '}']).step_by(2).all(|piece| detail.contains(piece))
        });
        assert!(is_said, "{step} by {}: not {code}: {says}", by.login);
        assert_eq!(self.site.ledger_size(&self.system), before, "{step}");
    }

    fn read(&self, by: &Person, case: &str) -> Value {
        self.site.get(by, case).expect(200).json()
    }

    /// A case before the committee, with the model grade proposed, and the number of the ballot that is open on it.
    fn voting(&self, customer: &str) -> String {
        let case = self.opened(customer);
        self.does(
            &self.rater,
            &case,
            "screenings",
            json!({ "step": "send_on", "reason": "请评审" }),
        );
        let proposal = json!({ "grade": "low", "way": "committee" });
        self.does(&self.rater, &case, "proposals", proposal);
        case
    }

    fn until(&self) -> Value {
        json!({ "until": self.site.clock.now().day().unwrap().to_string() })
    }
}

/// The grade by the policy of the run that opens cases.
fn of_lane(grades: &Value) -> &Value {
    let items = grades["items"].as_array().unwrap();
    items.iter().find(|one| one["policy"] == LANE).unwrap()
}

fn vote(word: &str) -> Value {
    match word {
        "against" => json!({ "vote": word, "reason": "担保不足" }),
        _ => json!({ "vote": word }),
    }
}

#[test]
fn a_run_opens_cases_and_the_fast_lane_decides_one() {
    Desk::each(|desk| {
        let cases = format!("/api/v1/runs/{}/cases", desk.run);
        let opened = desk
            .site
            .post(&desk.rater, &cases, &json!({ "policy": LANE }))
            .expect(200);
        assert_eq!(opened.json()["cases"].as_array().unwrap().len(), 9);
        let again = desk
            .site
            .post(&desk.rater, &cases, &json!({ "policy": LANE }))
            .expect(200);
        assert_eq!(
            (&again.json()["under_way"], &again.json()["cases"]),
            (&json!(9), &json!([]))
        );
        let list = desk
            .site
            .get(&desk.rater, "/api/v1/cases?stage=screening&customer=C-8")
            .expect(200);
        let case = &list.json()["items"][0];
        assert_eq!(
            (&case["occasion"], &case["model_grade"]),
            (&json!("new"), &json!("low"))
        );
        let case = format!("/api/v1/cases/{}", case["id"]);
        // Data is asked for and comes.
        desk.does(
            &desk.rater,
            &case,
            "screenings",
            json!({ "step": "ask", "reason": "请补充审计报告" }),
        );
        assert_eq!(desk.read(&desk.rater, &case)["asked"], "请补充审计报告");
        desk.refuses(
            &desk.rater,
            &case,
            "screenings",
            json!({ "step": "accept" }),
            "case-wrong-stage",
        );
        desk.does(
            &desk.rater,
            &case,
            "screenings",
            json!({ "step": "resume", "reason": "已收到" }),
        );
        let none = desk
            .site
            .get(&desk.rater, "/api/v1/customers/C-8/grade")
            .expect(200)
            .json();
        assert_eq!(of_lane(&none)["given"], Value::Null);
        // Who has read an older version is told so, and what it is now.
        let stale = desk.site.by(&desk.rater, "POST", &format!("{case}/screenings"));
        let stale = desk
            .site
            .send(&stale.header("If-Match", "\"1\"").json(&json!({ "step": "accept" })));
        assert_eq!(stale.status, 412, "{stale:?}");
        let decided = desk.does(&desk.rater, &case, "screenings", json!({ "step": "accept" }));
        assert_eq!(decided["decision"]["basis"], "fast_lane");
        let grade = desk
            .site
            .get(&desk.rater, "/api/v1/customers/C-8/grade")
            .expect(200)
            .json();
        let grade = of_lane(&grade);
        assert_eq!(
            (
                &grade["policy"],
                &grade["given"]["grade"],
                &grade["model_grade"],
                &grade["run"]
            ),
            (&json!(LANE), &json!("low"), &json!("low"), &json!(desk.run))
        );
        // Nothing more happens in it, and its run gives no reason for another.
        desk.refuses(
            &desk.rater,
            &case,
            "screenings",
            json!({ "step": "accept" }),
            "case-wrong-stage",
        );
        let again = desk
            .site
            .post(&desk.rater, &cases, &json!({ "policy": LANE }))
            .expect(200);
        assert_eq!(
            (&again.json()["under_way"], &again.json()["cases"]),
            (&json!(8), &json!([]))
        );
    });
}

#[test]
fn two_people_decide_and_nobody_seconds_his_own() {
    Desk::each(|desk| {
        let case = desk.opened("C-1");
        let body = json!({ "customer": "C-1", "policy": POLICY, "reason": "再来" });
        let twice = desk.site.post(&desk.rater, "/api/v1/cases", &body);
        assert_eq!(twice.status, 409);
        let mut wanted = json!({ "grade": "middle", "way": "two_people", "code": "none", "reason": "获得大额订单" });
        desk.refuses(&desk.risk, &case, "proposals", wanted.clone(), "case-no-such-reason");
        wanted["code"] = json!("event");
        let far = json!({ "grade": "high", "way": "two_people", "code": "event", "reason": "获得大额订单" });
        desk.refuses(&desk.risk, &case, "proposals", far, "case-too-many-notches");
        desk.does(&desk.risk, &case, "proposals", wanted);
        desk.refuses(&desk.risk, &case, "secondings", json!({}), "case-own-proposal");
        let decided = desk.does(&desk.rater, &case, "secondings", json!({}));
        assert_eq!(
            (&decided["decision"]["grade"], &decided["decision"]["basis"]),
            (&json!("middle"), &json!("two_people"))
        );
        let day = |on: &str| {
            let path = format!("/api/v1/customers/C-1/grade?on={on}");
            let found = desk.site.get(&desk.rater, &path).expect(200).json();
            let items = found["items"].as_array().unwrap();
            let given = &items.iter().find(|one| one["policy"] == POLICY).unwrap()["given"];
            (given["grade"].clone(), given["is_returned"].clone())
        };
        // After its last day the model grade returns by itself; before it was decided there is none.
        let until = decided["decision"]["until"].as_str().unwrap().to_owned();
        assert_eq!(day(&until), (json!("middle"), json!(false)));
        assert_eq!(day("2099-01-01"), (json!("low"), json!(true)));
        assert_eq!(day("2020-01-01").0, Value::Null);
        // In an emergency two do it at once, for a short time, and a case is opened to look at it again, which is not for one alone.
        let case = desk.opened("C-1");
        let mut wanted = json!({ "grade": "middle", "way": "emergency", "code": "event", "reason": "突发" });
        desk.refuses(&desk.risk, &case, "proposals", wanted.clone(), "case-expiry-missing");
        wanted["until"] = json!(desk.site.clock.now().day().unwrap().to_string());
        desk.does(&desk.risk, &case, "proposals", wanted);
        desk.does(&desk.rater, &case, "secondings", json!({}));
        let list = desk.site.get(&desk.rater, "/api/v1/cases?stage=screening&customer=C-1");
        let review = list.expect(200).json()["items"][0].clone();
        assert_eq!(review["occasion"], "after_emergency");
        let review = format!("/api/v1/cases/{}", review["id"]);
        desk.refuses(
            &desk.rater,
            &review,
            "screenings",
            json!({ "step": "accept" }),
            "case-needs-people",
        );
        // Who opened a case by hand takes it back, before others have worked on it.
        let other = desk.opened("C-2");
        desk.refuses(
            &desk.second,
            &other,
            "withdrawals",
            json!({ "reason": "误开" }),
            "case-not-to-withdraw",
        );
        let back = desk.does(&desk.rater, &other, "withdrawals", json!({ "reason": "误开" }));
        assert_eq!(back["stage"], "withdrawn");
    });
}

#[test]
fn the_committee_votes_ties_and_the_chair_decides() {
    Desk::each(|desk| {
        let [one, two] = &desk.members;
        let case = desk.voting("C-7");
        // Who stands aside is out of it from then on, and out of the quorum.
        let aside = desk.does(two, &case, "recusals", json!({ "reason": "配偶在该公司任职" }));
        assert_eq!(aside["apart"]["code"], "case-recused");
        let ballot = desk.does(&desk.chair, &case, "ballots", desk.until());
        assert_eq!(ballot["ballots"][0]["electors"].as_array().unwrap().len(), 2);
        desk.refuses(two, &case, "ballots/0/votes", vote("for"), "case-recused");
        desk.refuses(one, &case, "ballots/1/votes", vote("for"), "case-no-such-ballot");
        desk.refuses(
            one,
            &case,
            "ballots/0/votes",
            json!({ "vote": "against" }),
            "case-reason-missing",
        );
        desk.does(one, &case, "ballots/0/votes", vote("against"));
        desk.refuses(one, &case, "ballots/0/votes", vote("for"), "case-already-voted");
        desk.refuses(&desk.chair, &case, "ballots/0/closings", json!({}), "case-still-voting");
        // While it is open one sees one's own vote and no other, and who stands apart sees nothing.
        let seen = desk.read(&desk.chair, &case);
        let open = &seen["ballots"][0];
        assert_eq!(
            (&open["voted"], &open["votes"], &open["tally"], &open["own"]),
            (&json!(1), &Value::Null, &Value::Null, &Value::Null)
        );
        assert_eq!(desk.read(one, &case)["ballots"][0]["own"], "against");
        assert_eq!(desk.read(two, &case)["ballots"], json!([]));
        desk.does(&desk.chair, &case, "ballots/0/votes", vote("for"));
        let tied = desk.does(&desk.rater, &case, "ballots/0/closings", json!({}));
        assert_eq!(
            (&tied["stage"], &tied["ballots"][0]["outcome"]),
            (&json!("tied"), &json!("tied"))
        );
        desk.refuses(
            one,
            &case,
            "casting-votes",
            json!({ "vote": "for" }),
            "case-not-the-chair",
        );
        let decided = desk.does(&desk.chair, &case, "casting-votes", json!({ "vote": "for" }));
        let closed = &decided["ballots"][0];
        assert_eq!(
            (&decided["decision"]["basis"], &closed["casting"], &closed["outcome"]),
            (&json!("committee"), &json!("for"), &json!("adopted"))
        );
        assert_eq!(closed["tally"], json!({ "for": 1, "against": 1, "abstain": 0 }));
        assert_eq!(closed["votes"].as_array().unwrap().len(), 2);
        let noted = desk.does(one, &case, "ballots/0/dissents", json!({ "reason": "担保不足" }));
        assert_eq!(noted["ballots"][0]["dissent"][0]["user"], one.id);
        desk.refuses(
            &desk.chair,
            &case,
            "ballots/0/dissents",
            json!({ "reason": "不" }),
            "case-agreed",
        );
    });
}

#[test]
fn a_maker_does_not_vote_and_a_secret_ballot_tells_nothing() {
    Desk::each(|desk| {
        let [one, two] = &desk.members;
        let case = desk.opened_by(SECRET, "C-2");
        desk.does(
            &desk.rater,
            &case,
            "screenings",
            json!({ "step": "send_on", "reason": "请评审" }),
        );
        let wanted = json!({ "grade": "middle", "way": "committee", "code": "event", "reason": "获得大额订单" });
        desk.does(one, &case, "proposals", wanted);
        desk.refuses(&desk.chair, &case, "ballots", desk.until(), "case-not-seconded");
        desk.does(&desk.rater, &case, "secondings", json!({}));
        desk.does(&desk.chair, &case, "ballots", desk.until());
        desk.refuses(one, &case, "ballots/0/votes", vote("for"), "case-own-proposal");
        desk.refuses(two, &case, "ballots/0/votes", vote("against"), "case-reason-in-secret");
        desk.does(two, &case, "ballots/0/votes", vote("for"));
        // While it is open nothing that is kept tells what was said, but the tally.
        let store = desk.site.second_store();
        let id = pinji_domain::CaseId(case.rsplit('/').next().unwrap().parse().unwrap());
        let counted = |store: &pinji_store::Store| {
            let events = desk.site.runtime.block_on(store.case_events(id)).unwrap();
            events.iter().filter(|event| event.name == "counted").count()
        };
        assert_eq!(counted(&store), 0);
        assert_eq!(desk.read(two, &case)["ballots"][0]["own"], Value::Null);
        desk.does(&desk.chair, &case, "ballots/0/votes", vote("for"));
        let decided = desk.does(&desk.chair, &case, "ballots/0/closings", json!({}));
        assert_eq!(counted(&store), 2);
        let closed = &decided["ballots"][0];
        assert_eq!(
            (&closed["tally"], &closed["votes"], &decided["decision"]["grade"]),
            (
                &json!({ "for": 2, "against": 0, "abstain": 0 }),
                &Value::Null,
                &json!("middle")
            )
        );
        desk.site.runtime.block_on(store.close()).unwrap();
    });
}

#[test]
fn experts_are_blind_to_each_other_until_all_are_in() {
    Desk::each(|desk| {
        let [one, two, three] = &desk.experts;
        let case = desk.opened("C-3");
        let say =
            |level: &str| json!({ "scores": [{ "indicator": "reputation", "level": level, "reason": "同业评价" }] });
        desk.refuses(
            &desk.rater,
            &case,
            "panels",
            json!({ "draw": 9 }),
            "case-too-few-experts",
        );
        desk.does(&desk.rater, &case, "panels", json!({ "experts": [one.id, two.id] }));
        desk.refuses(three, &case, "opinions", say("good"), "case-not-called");
        desk.does(one, &case, "opinions", say("good"));
        desk.refuses(one, &case, "opinions", say("poor"), "case-already-opined");
        let own = |by: &Person| desk.read(by, &case)["opinions"].as_array().unwrap().len();
        assert_eq!((own(one), own(two), own(&desk.rater)), (1, 0, 0));
        // Too far apart: back once, with the first views to see; then on to the committee with both.
        let back = desk.does(two, &case, "opinions", say("poor"));
        assert_eq!(back["stage"], "judging");
        assert_eq!((own(one), own(two), own(&desk.rater)), (2, 2, 0));
        desk.does(one, &case, "opinions", say("good"));
        let on = desk.does(two, &case, "opinions", say("poor"));
        assert_eq!(
            (&on["stage"], &on["reconciled"][0]["most"]),
            (&json!("committee"), &json!(1_000_000))
        );
        assert_eq!(own(&desk.rater), 4);
    });
}

#[test]
fn who_has_a_conflict_has_no_part_in_it() {
    Desk::each(|desk| {
        let [one, two] = &desk.members;
        // An account manager sees the case of his customer, and does nothing in it.
        let own = desk.opened("C-5");
        let seen = desk.read(&desk.second, &own);
        assert_eq!(seen["apart"]["code"], "case-conflict");
        let answer = desk
            .site
            .post(&desk.second, &format!("{own}/screenings"), &json!({ "step": "accept" }));
        assert_eq!((answer.status, answer.problem().as_str()), (403, "forbidden"));
        // Who has declared a conflict does not find it.
        let case = desk.voting("C-4");
        let declared = json!({ "customer": "C-4", "reason": "持股" });
        desk.site.post(two, "/api/v1/session/conflicts", &declared).expect(201);
        assert_eq!(desk.site.get(two, &case).status, 404);
        assert_eq!(
            desk.site
                .post(two, &format!("{case}/recusals"), &json!({ "reason": "持股" }))
                .status,
            404
        );
        let ballot = desk.does(&desk.chair, &case, "ballots", desk.until());
        assert_eq!(ballot["ballots"][0]["electors"].as_array().unwrap().len(), 2);
        // A conflict that comes to light while the ballot is open annuls it.
        desk.does(one, &case, "ballots/0/votes", vote("for"));
        desk.site.post(one, "/api/v1/session/conflicts", &declared).expect(201);
        let closed = desk.does(&desk.chair, &case, "ballots/0/closings", json!({}));
        assert_eq!(
            (&closed["ballots"][0]["outcome"], &closed["stage"]),
            (&json!("annulled"), &json!("committee"))
        );
        desk.refuses(&desk.chair, &case, "ballots", desk.until(), "case-no-quorum");
        desk.does(&desk.rater, &case, "declinals", json!({ "reason": "人数不足" }));
    });
}

#[test]
fn seats_are_given_by_another_and_end() {
    Desk::each(|desk| {
        let seats = "/api/v1/committee-seats";
        let list = format!("{seats}?policy={SECRET}");
        let held = desk.site.get(&desk.rater, &list).expect(200).json();
        assert_eq!(held["items"].as_array().unwrap().len(), 3);
        let [one, _] = &desk.members;
        let check = |by: &Person, body: Value, status: u16| {
            let answer = desk.site.post(by, seats, &body);
            assert_eq!(answer.status, status, "{body}: {answer:?}");
        };
        let seat = |seat: &str, member: i64| json!({ "policy": SECRET, "seat": seat, "member": member });
        check(&desk.supervisor, seat("risk", desk.rater.id), 422);
        check(&desk.supervisor, seat("legal", one.id), 422);
        check(&desk.supervisor, seat("risk", one.id), 409);
        check(&desk.supervisor, seat("risk", desk.supervisor.id), 403);
        check(&desk.rater, seat("risk", one.id), 403);
        let end = |seat: &str| desk.site.send(&desk.site.by(&desk.supervisor, "DELETE", seat));
        let first = format!("{seats}/{}", held["items"][1]["id"]);
        let ended = end(&first);
        assert!(!ended.expect(200).json()["ended_at"].is_null());
        assert_eq!(end(&first).status, 409);
        let left = desk.site.get(&desk.rater, &list).expect(200).json();
        assert_eq!(left["items"].as_array().unwrap().len(), 2);
        // Others find the committee as it was.
        check(&desk.supervisor, seat("finance", one.id), 201);
    });
}

/// Many cast one member's vote at once: it is counted once.
#[test]
fn a_vote_is_counted_once_however_often_it_is_sent() {
    Desk::each(|desk| {
        let [one, two] = &desk.members;
        let case = desk.voting("C-6");
        desk.does(&desk.chair, &case, "ballots", desk.until());
        let path = format!("{case}/ballots/0/votes");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let sent = (0..8).map(|_| scope.spawn(|| desk.site.post(one, &path, &vote("for")).status));
            let sent: Vec<_> = sent.collect();
            sent.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            1,
            "{statuses:?}"
        );
        assert!(
            statuses.iter().all(|status| [200, 409].contains(status)),
            "{statuses:?}"
        );
        desk.does(two, &case, "ballots/0/votes", vote("abstain"));
        desk.does(&desk.chair, &case, "ballots/0/votes", vote("against"));
        let tied = desk.does(&desk.rater, &case, "ballots/0/closings", json!({}));
        assert_eq!(
            tied["ballots"][0]["tally"],
            json!({ "for": 1, "against": 1, "abstain": 1 })
        );
    });
}
