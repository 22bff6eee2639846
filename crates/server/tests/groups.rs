//! Corporate groups: found by rule, decided by two people, kept through time.

use std::collections::BTreeMap;
use std::path::Path;

use pinji_domain::Secrecy;
use serde_json::{Value, json};

use crate::site::{Person, Site, sites};

/// An office with who keeps relations, and two who decide on groups.
struct Desk {
    updater: Person,
    risk: Person,
    admin: Person,
    manager: Person,
    system: Person,
}

fn desk(site: &Site) -> Desk {
    let (first, deputy, system) = site.set_up();
    Desk {
        updater: site.employ(&first, &deputy, "wang.fang", &["updater"]),
        risk: site.employ(&first, &deputy, "sun.li", &["risk_officer"]),
        admin: site.employ(&first, &deputy, "zhou.kai", &["rating_administrator"]),
        manager: site.employ(&first, &deputy, "li.lei", &["account_manager"]),
        system,
    }
}

impl Desk {
    /// Records shares, written as `holder share target`; names in lower case are persons, the others customers.
    fn hold(&self, site: &Site, lines: &[String], from: &str) -> Value {
        let relations: Vec<Value> = lines
            .iter()
            .map(|line| {
                let words: Vec<&str> = line.split(' ').collect();
                let holder = match words[0].starts_with(char::is_lowercase) {
                    true => json!({ "person": words[0] }),
                    false => json!({ "customer": words[0] }),
                };
                let mut relation = json!({ "holder": holder, "target": { "customer": words[2] }, "from": from });
                match words[1] {
                    "other" => relation["sort"] = "other".into(),
                    "manages" => relation["sort"] = "management".into(),
                    share => {
                        relation["sort"] = "equity".into();
                        relation["share"] = share.into();
                    }
                }
                relation
            })
            .collect();
        let made = site.post(&self.updater, "/api/v1/relations", &json!({ "relations": relations }));
        made.expect(201).json()
    }

    fn resolve(&self, site: &Site, on: &str) -> Value {
        let done = site.post(&self.risk, "/api/v1/groups/proposals", &json!({ "on": on }));
        done.expect(200).json()
    }

    /// The groups of a day as number → members.
    fn groups(&self, site: &Site, query: &str) -> BTreeMap<String, Vec<String>> {
        let mut found = BTreeMap::new();
        let all = site
            .get(&self.risk, &format!("/api/v1/groups?limit=500&{query}"))
            .expect(200)
            .json();
        for group in all["items"].as_array().unwrap() {
            let members = group["members"].as_array().unwrap().iter();
            let members: Vec<String> = members
                .map(|member| member["customer"].as_str().unwrap().to_owned())
                .collect();
            if !members.is_empty() {
                found.insert(group["code"].as_str().unwrap().to_owned(), members);
            }
        }
        found
    }

    fn decide(&self, site: &Site, group: i64, body: &Value) -> Value {
        let made = site
            .post(&self.admin, &format!("/api/v1/groups/{group}/decisions"), body)
            .expect(201);
        let place = made.header("location").unwrap().to_owned();
        site.post(&self.risk, &format!("{place}/approval"), &json!({ "reason": "已核对" }))
            .expect(200)
            .json()
    }
}

fn plant(site: &Site, codes: &[&str]) {
    let customers: Vec<(&str, &str, Secrecy, Option<i64>)> = codes
        .iter()
        .map(|code| (*code, *code, Secrecy::Internal, None))
        .collect();
    site.plant_customers(&customers);
}

fn lines(text: &str) -> Vec<String> {
    text.split(';').map(|line| line.trim().to_owned()).collect()
}

fn known(members: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    members
        .iter()
        .map(|(code, list)| ((*code).to_owned(), owned(list)))
        .collect()
}

#[test]
fn groups_are_found_explained_and_kept_through_time() {
    for site in sites() {
        let desk = desk(&site);
        plant(&site, &["A", "B", "C", "D", "E", "F"]);
        // A controls B, and with B controls C; a person controls D and E; F is held by nobody who controls it.
        let made = desk.hold(
            &site,
            &lines("A 60 B; A 30 C; B 25 C; chen 51 D; chen 80 E; A 20 F; F other A"),
            "2020-01-01",
        );
        let before = site.ledger_size(&desk.system);
        let found = desk.resolve(&site, "2024-01-01");
        assert_eq!(site.ledger_size(&desk.system), before + 1, "{}", site.name);
        assert_eq!(found["groups"].as_array().unwrap().len(), 2, "{found}");
        assert_eq!(found["undecided"].as_array().unwrap().len(), 1, "{found}");
        let expected = known(&[("G-000001", &["A", "B", "C"]), ("G-000002", &["D", "E"])]);
        assert_eq!(desk.groups(&site, "on=2024-01-01"), expected);
        assert_eq!(
            desk.groups(&site, "on=2023-12-31"),
            known(&[]),
            "what holds from a day on does not hold before"
        );
        let group = site
            .get(&desk.risk, "/api/v1/customers/C/group?on=2024-01-01")
            .expect(200)
            .json();
        assert_eq!(group["controller"]["customer"], "A");
        let c = &group["members"][2];
        assert_eq!((&c["tests"], &c["share"]), (&json!([1, 2]), &json!("45")), "{group}");
        assert_eq!(c["path"].as_array().unwrap().len(), 2, "{group}");
        let evidence: Vec<&Value> = [0, 1, 2].iter().map(|at| &made["items"][at]["id"]).collect();
        let mut stood: Vec<&Value> = c["evidence"].as_array().unwrap().iter().collect();
        stood.sort_by_key(|id| id.as_i64());
        assert_eq!(stood, evidence);
        // By the third test, without the person's name for whom it is not.
        let family = site
            .get(&desk.risk, "/api/v1/customers/E/group?on=2024-01-01")
            .expect(200);
        assert!(!family.body.contains("chen"), "{}", family.body);
        assert_eq!(family.json()["members"][0]["tests"], json!([3]));
        let updater = site
            .get(&desk.updater, "/api/v1/customers/E/group?on=2024-01-01")
            .expect(200);
        assert!(updater.body.contains("chen"), "{}", updater.body);
        assert_eq!(
            site.get(&desk.risk, "/api/v1/customers/F/group?on=2024-01-01")
                .problem(),
            "not-found"
        );

        // A sells B in 2025: the group goes on under its number, and yesterday's knowledge stays.
        site.clock.advance(1);
        let then = site.clock.now().to_string();
        site.clock.advance(60);
        let sold = made["items"][0]["id"].as_i64().unwrap();
        let closing = json!({ "until": "2025-01-01", "reason": "出售" });
        site.post(&desk.updater, &format!("/api/v1/relations/{sold}/closing"), &closing)
            .expect(200);
        desk.hold(&site, &lines("A 55 C"), "2025-01-01");
        desk.resolve(&site, "2025-01-01");
        let later = known(&[("G-000001", &["A", "C"]), ("G-000002", &["D", "E"])]);
        assert_eq!(desk.groups(&site, "on=2025-01-01"), later);
        assert_eq!(desk.groups(&site, "on=2024-12-31"), expected, "as of the day before");
        assert_eq!(
            desk.groups(&site, &format!("on=2025-01-01&known_at={then}")),
            expected,
            "as was known then"
        );
        let all = site.get(&desk.risk, "/api/v1/groups/1/members").expect(200).json();
        let b = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|member| member["customer"] == "B")
            .unwrap();
        assert_eq!((&b["from"], &b["until"]), (&json!("2024-01-01"), &json!("2025-01-01")));
        // Nothing new: nothing changes but the entry.
        let again = desk.resolve(&site, "2025-01-01");
        assert_eq!(again["groups"], json!([]), "{again}");
    }
}

#[test]
fn one_proposes_another_decides_and_it_survives_the_rules() {
    for site in sites() {
        let desk = desk(&site);
        plant(&site, &["A", "B", "C", "D", "E", "F", "G"]);
        desk.hold(&site, &lines("A 60 B; A 60 C; D 60 E; D 60 F; G other A"), "2020-01-01");
        desk.resolve(&site, "2024-01-01");
        let decisions = "/api/v1/groups/1/decisions";
        let include = json!({ "sort": "include", "customers": ["G"], "reason": "资金统一调度", "from": "2024-01-01" });
        let bad = |body: Value| assert_eq!(site.post(&desk.admin, decisions, &body).problem(), "invalid", "{body}");
        bad(json!({ "sort": "include", "customers": ["G"], "reason": "" }));
        bad(json!({ "sort": "include", "customers": ["B"], "reason": "x" }));
        bad(json!({ "sort": "exclude", "customers": ["G"], "reason": "x" }));
        bad(json!({ "sort": "include", "customers": ["C-404"], "reason": "x" }));
        bad(json!({ "sort": "include", "customers": [], "reason": "x" }));
        bad(json!({ "sort": "adopt", "customers": ["G"], "reason": "x" }));
        bad(json!({ "sort": "include", "customers": ["G"], "test": 5, "reason": "x" }));
        bad(json!({ "sort": "split", "customers": ["B"], "reason": "x" }));
        bad(json!({ "sort": "merge", "other": 1, "reason": "x" }));
        assert_eq!(site.post(&desk.updater, decisions, &include).problem(), "forbidden");
        let before = site.ledger_size(&desk.system);
        let made = site.post(&desk.admin, decisions, &include).expect(201);
        let place = made.header("location").unwrap().to_owned();
        let approve = |by: &Person| site.post(by, &format!("{place}/approval"), &json!({ "reason": "已核对" }));
        assert_eq!(
            approve(&desk.admin).problem(),
            "forbidden",
            "who proposed it does not decide it"
        );
        assert_eq!(
            desk.groups(&site, "on=2024-01-01")["G-000001"],
            ["A", "B", "C"],
            "not before it is decided"
        );
        let decided = approve(&desk.risk).expect(200).json();
        assert_eq!(decided["state"], "approved");
        assert_ne!(decided["decided_by"], decided["proposed_by"]);
        assert_eq!(approve(&desk.risk).problem(), "conflict");
        assert_eq!(
            site.ledger_size(&desk.system),
            before + 2,
            "one entry for each of the two, {}",
            site.name
        );
        // Refused, it changes nothing.
        let other = json!({ "sort": "exclude", "customers": ["B"], "reason": "误列", "from": "2024-01-01" });
        let place = site
            .post(&desk.admin, decisions, &other)
            .expect(201)
            .header("location")
            .unwrap()
            .to_owned();
        assert_eq!(
            site.post(&desk.risk, &format!("{place}/refusal"), &json!({ "reason": "" }))
                .problem(),
            "invalid"
        );
        site.post(
            &desk.risk,
            &format!("{place}/refusal"),
            &json!({ "reason": "证据不足" }),
        )
        .expect(200);
        let kept = site.get(&desk.risk, decisions).expect(200).json();
        let states: Vec<&Value> = kept["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["state"])
            .collect();
        assert_eq!(states, ["approved", "refused"]);
        assert_eq!(kept["items"][1]["decision_reason"], "证据不足");

        // Each holds at once, and after the rules were asked again.
        let check = |expected: &[(&str, &[&str])]| {
            assert_eq!(
                desk.groups(&site, "on=2024-06-01"),
                known(expected),
                "{}: at once",
                site.name
            );
            desk.resolve(&site, "2024-06-01");
            assert_eq!(
                desk.groups(&site, "on=2024-06-01"),
                known(expected),
                "{}: by the rules",
                site.name
            );
        };
        check(&[("G-000001", &["A", "B", "C", "G"]), ("G-000002", &["D", "E", "F"])]);
        let from = |body: Value| {
            let mut body = body;
            body["from"] = "2024-06-01".into();
            body["reason"] = "认定".into();
            body
        };
        desk.decide(&site, 1, &from(json!({ "sort": "exclude", "customers": ["B"] })));
        check(&[("G-000001", &["A", "C", "G"]), ("G-000002", &["D", "E", "F"])]);
        desk.decide(&site, 1, &from(json!({ "sort": "merge", "other": 2 })));
        check(&[("G-000001", &["A", "C", "D", "E", "F", "G"])]);
        // What the rules later put with a merged company comes along.
        desk.hold(&site, &lines("F 90 B"), "2020-01-01");
        let split = desk.decide(&site, 1, &from(json!({ "sort": "split", "customers": ["E", "F"] })));
        assert_eq!(split["outcome"], 3, "{split}");
        check(&[("G-000001", &["A", "C", "D", "G"]), ("G-000003", &["E", "F"])]);
        let a = site
            .get(&desk.risk, "/api/v1/groups/1?on=2024-06-01")
            .expect(200)
            .json();
        let g = a["members"]
            .as_array()
            .unwrap()
            .iter()
            .find(|member| member["customer"] == "G")
            .unwrap();
        assert_eq!(g["basis"], "decision", "{a}");
    }
}

#[test]
fn a_group_is_seen_through_ones_own_member_only() {
    for site in sites() {
        let desk = desk(&site);
        let open = Secrecy::Internal;
        site.plant_customers(&[
            ("A", "甲集团有限公司", open, None),
            ("B", "乙贸易有限公司", open, Some(desk.manager.id)),
            ("S", "丙机密有限公司", Secrecy::Confidential, None),
            ("X", "丁", open, None),
            ("Y", "戊", open, None),
        ]);
        desk.hold(&site, &lines("A 60 B; X 60 Y"), "2020-01-01");
        // The confidential one is recorded by who holds a permission; here the store is told directly by nobody: unknown to all.
        desk.resolve(&site, "2024-01-01");
        let own = site
            .get(&desk.manager, "/api/v1/customers/B/group?on=2024-01-01")
            .expect(200);
        assert!(!own.body.contains("甲集团"), "the controller is not his: {}", own.body);
        assert_eq!(own.json()["members"].as_array().unwrap().len(), 1);
        assert_eq!(own.json()["name"], "乙贸易有限公司");
        let listed = site
            .get(&desk.manager, "/api/v1/groups?on=2024-01-01")
            .expect(200)
            .json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
        for path in [
            "/api/v1/groups/2",
            "/api/v1/customers/X/group",
            "/api/v1/groups/2/members",
            "/api/v1/groups/2/decisions",
        ] {
            assert_eq!(site.get(&desk.manager, path).problem(), "not-found", "{path}");
        }
        assert_eq!(site.get(&desk.risk, "/api/v1/customers/S/group").problem(), "not-found");
        let include = json!({ "sort": "include", "customers": ["S"], "reason": "x" });
        let hidden = site.post(&desk.admin, "/api/v1/groups/1/decisions", &include);
        assert!(hidden.body.contains("no party `S`"), "{}", hidden.body);
        assert_eq!(
            site.post(
                &desk.manager,
                "/api/v1/groups/proposals",
                &json!({ "on": "2024-01-01" })
            )
            .problem(),
            "forbidden"
        );
        assert_eq!(
            site.post(&desk.risk, "/api/v1/groups/proposals", &json!({ "on": "2024-02-30" }))
                .problem(),
            "invalid"
        );
    }
}

/// Groups by a few lines that share nothing with ours: a set takes in what it holds more than half of, until nothing changes.
fn slow(companies: &[String], held: &[(String, f64, String)]) -> Vec<Vec<String>> {
    let mut sets: Vec<Vec<String>> = Vec::new();
    let mut all: Vec<String> = companies.to_vec();
    all.extend(held.iter().map(|(holder, _, _)| holder.clone()));
    all.sort();
    all.dedup();
    for one in &all {
        sets.push(vec![one.clone()]);
    }
    'again: loop {
        for at in 0..sets.len() {
            for other in 0..sets.len() {
                let takes = other != at
                    && sets[other].iter().any(|company| {
                        let of = held
                            .iter()
                            .filter(|(holder, _, target)| target == company && sets[at].contains(holder));
                        of.map(|(_, share, _)| share).sum::<f64>() > 50.0
                    });
                if takes {
                    let more = sets.remove(other);
                    let at = if other < at { at - 1 } else { at };
                    sets[at].extend(more);
                    continue 'again;
                }
            }
        }
        break;
    }
    let mut groups: Vec<Vec<String>> = Vec::new();
    for set in sets {
        let mut members: Vec<String> = set.into_iter().filter(|name| companies.contains(name)).collect();
        members.sort();
        if members.len() > 1 {
            groups.push(members);
        }
    }
    groups.sort();
    groups
}

#[test]
fn deep_chains_circles_and_cross_holdings_agree_with_a_slow_solver() {
    for site in sites() {
        let desk = desk(&site);
        let mut companies: Vec<String> = (0..51).map(|at| format!("K{at:02}")).collect();
        companies.extend((0..12).map(|at| format!("M{at:02}")));
        let mut held: Vec<(String, f64, String)> = (0..50)
            .map(|at| (companies[at].clone(), 51.0, companies[at + 1].clone()))
            .collect();
        // A circle of three, a cross-holding of two, a control through three thin hands, and a near miss.
        for (holder, share, target) in [
            ("M00", 60.0, "M01"),
            ("M01", 60.0, "M02"),
            ("M02", 60.0, "M00"),
            ("M03", 30.0, "M04"),
            ("M04", 40.0, "M03"),
            ("wang", 30.0, "M03"),
            ("wang", 30.0, "M04"),
            ("M05", 60.0, "M06"),
            ("M05", 60.0, "M07"),
            ("M06", 26.0, "M08"),
            ("M07", 25.0, "M08"),
            ("M09", 50.0, "M10"),
            ("M11", 50.0, "M10"),
        ] {
            held.push((holder.to_owned(), share, target.to_owned()));
        }
        plant(&site, &companies.iter().map(String::as_str).collect::<Vec<_>>());
        let written: Vec<String> = held
            .iter()
            .map(|(holder, share, target)| format!("{holder} {share} {target}"))
            .collect();
        desk.hold(&site, &written, "2020-01-01");
        desk.resolve(&site, "2024-01-01");
        let mut found: Vec<Vec<String>> = desk.groups(&site, "on=2024-01-01").into_values().collect();
        found.sort();
        assert_eq!(found, slow(&companies, &held), "{}", site.name);
        assert_eq!(found[0].len(), 51, "the chain is one group");
        let end = site
            .get(&desk.risk, "/api/v1/customers/K50/group?on=2024-01-01")
            .expect(200)
            .json();
        let last = end["members"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(end["controller"]["customer"], "K00");
        assert_eq!(last["path"].as_array().unwrap().len(), 50, "step by step");
        let circle = site
            .get(&desk.risk, "/api/v1/customers/M01/group?on=2024-01-01")
            .expect(200)
            .json();
        assert_eq!(
            (&circle["controller"], &circle["members"][0]["share"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[test]
fn ownership_that_others_wrote_down() {
    let folder = std::env::var_os("PINJI_OPEN_DATA").map(|data| Path::new(&data).join("bods-fixtures"));
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        println!("skipped: PINJI_OPEN_DATA does not name a folder with `bods-fixtures`");
        return;
    };
    for site in sites() {
        let desk = desk(&site);
        let mut planted: BTreeMap<String, String> = BTreeMap::new();
        for file in ["01-direct-ownership", "10-circular-ownership", "11-anonymous-person"] {
            let text = std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
            let statements: Value = serde_json::from_str(&text).unwrap();
            let mut named: BTreeMap<String, Value> = BTreeMap::new();
            for statement in statements.as_array().unwrap() {
                let (id, details) = (statement["recordId"].as_str().unwrap(), &statement["recordDetails"]);
                let party = match statement["recordType"].as_str().unwrap() {
                    "entity" => {
                        let name = details["name"].as_str().unwrap();
                        let code = format!("B-{}", planted.len() + 1);
                        site.plant_customers(&[(&code, name, Secrecy::Internal, None)]);
                        planted.insert(name.to_owned(), code.clone());
                        json!({ "customer": code })
                    }
                    "person" => json!({ "person": details["names"][0]["fullName"] }),
                    _ => continue,
                };
                named.insert(id.to_owned(), party);
            }
            for statement in statements.as_array().unwrap() {
                let details = &statement["recordDetails"];
                let Some(subject) = details["subject"].as_str() else {
                    continue;
                };
                let holder = match details["interestedParty"].as_str() {
                    Some(known) => named[known].clone(),
                    None => json!({ "unnamed": true }),
                };
                let mut interests = details["interests"].as_array().cloned().unwrap_or_default();
                if interests.is_empty() {
                    interests.push(json!({ "type": "shareholding" }));
                }
                for interest in interests {
                    let sort = if interest["type"] == "votingRights" {
                        "voting"
                    } else {
                        "equity"
                    };
                    let share = interest["share"]["exact"].as_number().map(ToString::to_string);
                    let body = json!({ "relations": [{ "holder": holder, "target": named[subject], "sort": sort,
                        "share": share, "evidence": "disclosure" }] });
                    site.post(&desk.updater, "/api/v1/relations", &body).expect(201);
                }
            }
        }
        let found = desk.resolve(&site, "2024-01-01");
        let codes: Vec<&Value> = found["doubts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|doubt| &doubt["code"])
            .collect();
        assert_eq!(
            codes,
            ["groups-doubt-unknown-share", "groups-doubt-anonymous"],
            "{found}"
        );
        let mut circle = vec![planted["Alpha Corp Ltd"].clone(), planted["Beta Corp Ltd"].clone()];
        circle.sort();
        let groups: Vec<Vec<String>> = desk.groups(&site, "on=2024-01-01").into_values().collect();
        assert_eq!(groups, [circle], "only the circle has two customers, {}", site.name);
    }
}
