//! One script of what an office does, step by step, run unchanged on both databases.
//!
//! What each step answers stands in `behaviour.txt`; `PINJI_BLESS=1` writes it anew, and the difference is then read.

use std::fmt::{Debug, Write};
use std::path::Path;

use pinji_domain::ids::{AccessId, CustomerId, GrantId, GroupId, RecordId, RelationId, RunId, SubmissionId, UserId};
use pinji_domain::{Date, Role, Secrecy};
use pinji_store::{
    AccessState, Answer, Audit, Error, Graded, GrantState, JobState, Known, NewAccess, NewCheckpoint, NewGrant,
    NewGroup, NewGroupDecision, NewJob, NewLoginAttempt, NewNotification, NewOutgoing, NewParty, NewReading,
    NewRelation, NewRuleFile, NewRun, NewSession, NewSetupLink, NewTeam, NewToken, PartySort, RecordCursor, RecordsOf,
    RunChunk, RunEnd, RunState, Store, SubmissionList, SubmissionPart, SubmissionState, TeamMember, UserState,
};
use pinji_testkit::Clock;

use crate::support::{company, entry, on_each, person, row, sent};

/// What the steps answered so far.
struct Script {
    text: String,
    clock: Clock,
}

impl Script {
    fn step(&mut self, what: &str, answer: impl Debug) {
        writeln!(self.text, "{what}\n    {answer:?}").unwrap();
    }

    fn heading(&mut self, words: &str) {
        writeln!(self.text, "\n== {words}").unwrap();
    }
}

#[test]
fn an_office_does_the_same_on_both_databases() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour.txt");
    on_each(|place, store| {
        let file = file.clone();
        async move {
            let mut script = Script {
                text: String::from("What the steps of behaviour.rs answer, on each database.\n"),
                clock: Clock::default(),
            };
            people(&store, &mut script).await;
            signing_in(&store, &mut script).await;
            customers(&store, &mut script).await;
            submissions(&store, &mut script).await;
            groups(&store, &mut script).await;
            runs(&store, &mut script).await;
            passing(&store, &mut script).await;
            ledger(&store, &mut script).await;
            if std::env::var_os("PINJI_BLESS").is_some() && place == "sqlite" {
                std::fs::write(&file, &script.text).unwrap();
            }
            let wanted = std::fs::read_to_string(&file).unwrap();
            for (number, (found, wanted)) in (1..).zip(script.text.lines().zip(wanted.lines())) {
                assert_eq!(found, wanted, "{}: line {number}", place);
            }
            assert_eq!(script.text.lines().count(), wanted.lines().count(), "{}", place);
        }
    });
}

async fn people(store: &Store, script: &mut Script) {
    script.heading("people, teams and roles");
    let change = store.change(script.clock.now()).await.unwrap();
    script.step("nobody is there", change.count_users().await);
    let ann = change.add(person("ann")).await.unwrap();
    let bob = change.add(person("bob")).await.unwrap();
    let eve = change.add(person("eve")).await.unwrap();
    script.step("three users", (ann, bob, eve));
    change.set_credential(ann, "password", "hash one").await.unwrap();
    change.set_credential(ann, "totp", "sealed").await.unwrap();
    let first = NewGrant {
        user_id: ann,
        role: Role::SecurityAdministrator,
        proposed_by: Some(eve),
        proposed_at: change.at(),
        reason: "set-up".to_owned(),
        until: None,
        certified_until: None,
    };
    script.step(
        "the first grant has no proposer",
        change.add_first_grant(first.clone()).await,
    );
    let team = NewTeam {
        code: "east".to_owned(),
        name: "华东组".to_owned(),
    };
    let team = change.add(team).await.unwrap();
    for (user, lead) in [(ann, true), (bob, false)] {
        change.set_team_member(TeamMember { team, user, lead }).await.unwrap();
    }
    script.step(
        "the change's entry",
        change.commit(entry).await.map(|slot| (slot.seq, slot.at.to_string())),
    );
    script.step("by login", store.user_by_login("bob").await);
    script.step("nobody", store.user_by_login("nobody").await);
    script.step("secrets", store.credentials(ann).await);
    script.step("roles of ann", store.roles_of(ann, script.clock.now()).await);

    let now = script.clock.advance(60);
    let change = store.change(now).await.unwrap();
    let until = now.plus_seconds(3_600);
    let proposal = NewGrant {
        user_id: bob,
        role: Role::Auditor,
        proposed_by: Some(ann),
        proposed_at: now,
        reason: "audits".to_owned(),
        until: Some(until),
        certified_until: None,
    };
    let id = change.add(proposal).await.unwrap();
    script.step("proposed", change.grants(GrantState::Proposed, GrantId(0), 10).await);
    script.step("not yet a role", change.roles_of(bob, now).await);
    script.step(
        "approved by another",
        change.decide_grant(id, 1, GrantState::Active, eve).await,
    );
    script.step(
        "not twice",
        change
            .decide_grant(id, 2, GrantState::Active, eve)
            .await
            .unwrap_err()
            .to_string(),
    );
    script.step("now a role", change.roles_of(bob, now).await);
    script.step("until it ends", change.roles_of(bob, until).await);
    script.step("certified", change.certify_grant(id, 2, Some(until)).await);
    change.set_credential(ann, "password", "hash two").await.unwrap();
    change.remove_credential(ann, "totp").await.unwrap();
    let mut user = change.user(bob).await.unwrap().unwrap();
    user.email = Some("bob@example.org".to_owned());
    user.state = UserState::Locked;
    script.step("bob is locked", change.update_user(&user).await);
    script.step(
        "from an old copy",
        change.update_user(&user).await.unwrap_err().to_string(),
    );
    change.remove_team_member(team, bob).await.unwrap();
    let mut east = change.team(team).await.unwrap().unwrap();
    east.name = "华东一组".to_owned();
    change.update_team(&east).await.unwrap();
    change.commit(entry).await.unwrap();
    script.step("grants of bob", store.grants_of(bob).await);
    script.step("the password is another", store.credentials(ann).await);
    script.step("users", store.users(UserId(1), 10).await);
    script.step(
        "the team",
        (
            store.teams().await,
            store.team_members(team).await,
            store.teams_of(ann).await,
        ),
    );
    let change = store.change(script.clock.advance(1)).await.unwrap();
    script.step("the role is taken away", change.end_grant(id, 3, ann).await);
    change.commit(entry).await.unwrap();
    script.step("and held no more", store.roles_of(bob, now).await);
}

async fn signing_in(store: &Store, script: &mut Script) {
    script.heading("sessions, tokens, links, attempts");
    let (ann, now) = (UserId(1), script.clock.advance(60));
    let upkeep = store.upkeep().await.unwrap();
    let session = |hash: &str| NewSession {
        hash: hash.to_owned(),
        user_id: ann,
        created_at: now,
        expires_at: now.plus_seconds(43_200),
        address: "127.0.0.1".to_owned(),
        agent: "curl".to_owned(),
        seen_at: now,
    };
    let one = upkeep.put(session("h1")).await.unwrap();
    let two = upkeep.put(session("h2")).await.unwrap();
    upkeep.touch_session(one, now.plus_seconds(5)).await.unwrap();
    upkeep.elevate_session(one, now.plus_seconds(600)).await.unwrap();
    upkeep.rename_session(one, "h1b").await.unwrap();
    let link = NewSetupLink {
        hash: "link".to_owned(),
        sort: "first".to_owned(),
        user_id: None,
        created_at: now,
        expires_at: now.plus_seconds(60),
    };
    upkeep.put(link).await.unwrap();
    for (login, ok) in [("ann", false), ("ann", true), ("nobody", false)] {
        let attempt = NewLoginAttempt {
            login: login.to_owned(),
            address: "127.0.0.1".to_owned(),
            at: now,
            ok,
        };
        upkeep.put(attempt).await.unwrap();
    }
    upkeep.commit().await.unwrap();
    script.step("by its old hash", store.session("h1").await);
    script.step("by its new one", store.session("h1b").await);
    script.step("sessions", store.sessions_of(ann, now).await.map(|all| all.len()));
    let upkeep = store.upkeep().await.unwrap();
    script.step(
        "all others end",
        upkeep.end_sessions_of(ann, Some(one), now, "password").await,
    );
    script.step(
        "an ended one ends no more",
        upkeep.end_session(two, now, "sign_out").await,
    );
    script.step(
        "and is not elevated",
        upkeep.elevate_session(two, now).await.unwrap_err().to_string(),
    );
    script.step(
        "the link works once",
        (
            upkeep.use_setup_link("link", now).await,
            upkeep.use_setup_link("link", now).await,
        ),
    );
    script.step(
        "a counter goes up only",
        (
            upkeep.use_counter(ann, "password", 5).await,
            upkeep.use_counter(ann, "password", 5).await,
            upkeep.use_counter(ann, "password", 6).await,
        ),
    );
    upkeep.commit().await.unwrap();
    script.step("the link", store.setup_link("link").await);
    script.step("attempts", store.attempts_of("ann", now, 10).await);
    script.step("failures from the address", store.failures_from("127.0.0.1", now).await);
    script.step(
        "failures since later",
        store.failures_from("127.0.0.1", now.plus_seconds(1)).await,
    );

    let change = store.change(now).await.unwrap();
    let token = NewToken {
        hash: "t".to_owned(),
        name: "feed".to_owned(),
        user_id: ann,
        scopes: "[\"record.read\"]".to_owned(),
        created_by: ann,
        created_at: now,
        expires_at: now.plus_seconds(1_000),
    };
    let token = change.add(token).await.unwrap();
    change.touch_token(token, now).await.unwrap();
    script.step("a token", change.token("t").await);
    change.revoke_token(token, ann).await.unwrap();
    script.step(
        "revoked once",
        change.revoke_token(token, ann).await.unwrap_err().to_string(),
    );
    change.commit(entry).await.unwrap();
    script.step(
        "tokens",
        store
            .tokens_of(ann)
            .await
            .map(|all| all.iter().filter(|one| one.revoked_at.is_some()).count()),
    );
    let upkeep = store.upkeep().await.unwrap();
    script.step(
        "old things are forgotten",
        upkeep.forget_before(now.plus_seconds(61)).await,
    );
    upkeep.commit().await.unwrap();
}

async fn customers(store: &Store, script: &mut Script) {
    script.heading("customers");
    let now = script.clock.advance(60);
    let change = store.change(now).await.unwrap();
    let mut one = company("C1");
    one.uscc = Some("91310000MA1".to_owned());
    one.region = Some("east".to_owned());
    one.manager = Some(UserId(1));
    let mut two = company("C2");
    two.uscc.clone_from(&one.uscc);
    two.secrecy = Secrecy::Confidential;
    script.step(
        "ids in the order given",
        change.add_customers(&[two, one, company("C3")]).await,
    );
    script.step("its instant is its own", change.at().to_string());
    change.commit(entry).await.unwrap();
    let change = store.change(now).await.unwrap();
    let mut customer = change.customer_by_code("C1").await.unwrap().unwrap();
    customer.name = "新名称".to_owned();
    customer.custom = "{\"note\":\"值得\"}".to_owned();
    script.step("renamed", change.update_customer(&customer).await);
    customer.version = 2;
    customer.region = None;
    script.step("moved", change.update_customer(&customer).await);
    script.step("a later instant, though the clock stood", change.at().to_string());
    change.commit(entry).await.unwrap();
    script.step("now", store.customer(customer.id).await);
    script.step("its names", store.customer_names(customer.id).await);
    script.step("former names", store.former_names().await);
    script.step(
        "the same company twice",
        store.customers_by_uscc("91310000MA1").await.map(|all| all.len()),
    );
    let codes = ["C3", "C1", "C9"].map(str::to_owned);
    let mut ids: Vec<_> = store.customer_ids(&codes).await.unwrap().into_iter().collect();
    ids.sort();
    script.step("ids by number", ids);
    script.step("keys", store.customer_keys(CustomerId(1), 10).await);

    let change = store.change(now).await.unwrap();
    let asked = NewAccess {
        user_id: UserId(1),
        customer: CustomerId(1),
        purpose: "annual review".to_owned(),
        asked_at: now,
        wanted_until: now.plus_seconds(100),
    };
    let id = change.add(asked).await.unwrap();
    script.step("asked", change.accesses(AccessState::Asked, AccessId(0), 5).await);
    script.step(
        "given by another",
        change.give_access(id, 1, UserId(2), now.plus_seconds(50), "ok").await,
    );
    let reading = NewReading {
        user_id: UserId(1),
        customer: CustomerId(1),
        what: "records".to_owned(),
        permission: Some(id),
        at: now,
        request: "r-1".to_owned(),
    };
    change.put(reading).await.unwrap();
    change.commit(entry).await.unwrap();
    script.step("permitted", store.permitted(UserId(1), now).await);
    script.step(
        "until it expires",
        store.permitted(UserId(1), now.plus_seconds(50)).await,
    );
    script.step("who read", store.readings_of(CustomerId(1), None, 5).await);
    script.step("what was read", store.readings_by(UserId(1), Some(1), 5).await);
    let change = store.change(now).await.unwrap();
    script.step("ended", change.end_access(id, 2).await);
    script.step(
        "not refused after that",
        change
            .refuse_access(id, 3, UserId(2), "late")
            .await
            .unwrap_err()
            .to_string(),
    );
    change.commit(entry).await.unwrap();
    script.step("all of ann's", store.accesses_of(UserId(1)).await);
}

async fn submissions(store: &Store, script: &mut Script) {
    script.heading("submissions and records");
    let (ann, bob) = (UserId(1), UserId(2));
    let now = script.clock.advance(60);
    let change = store.change(now).await.unwrap();
    let bytes = vec![7_u8; 2_500_000];
    change
        .keep_file("aa11", "book.xlsx", "application/xlsx", Some(ann), &bytes)
        .await
        .unwrap();
    change
        .keep_file("aa11", "again.xlsx", "application/xlsx", Some(bob), &bytes)
        .await
        .unwrap();
    let mut new = sent("statement", ann);
    new.file = Some("aa11".to_owned());
    new.file_name = Some("book.xlsx".to_owned());
    new.period = Date::from_ymd_opt(2025, 12, 31);
    let one = change.add(new).await.unwrap();
    for part in 0..2 {
        let part = SubmissionPart {
            part,
            kind: "statement".to_owned(),
            first_row: part * 2 + 1,
            row_count: 2,
            content: format!("[{{\"part\":{part}}}]"),
            verdicts: "[]".to_owned(),
            outcome: None,
        };
        change.add_submission_part(one, part).await.unwrap();
    }
    change.compare_part_again(one, 1, "[\"new\"]").await.unwrap();
    change.commit(entry).await.unwrap();
    script.step("a draft", store.submission(one).await);
    script.step("the file", store.file("aa11").await);
    script.step(
        "its bytes",
        store.file_bytes("aa11").await.map(|found| found == Some(bytes)),
    );
    script.step("the part with row 3", store.submission_part_of(one, 3).await);
    let change = store.change(now).await.unwrap();
    script.step("confirmed", change.submit(one, 1).await);
    script.step("not twice", change.submit(one, 2).await.unwrap_err().to_string());
    script.step("from an old copy", change.submit(one, 1).await.unwrap_err().to_string());
    change.commit(entry).await.unwrap();
    let waiting = SubmissionList {
        states: vec![SubmissionState::Submitted],
        not_by: Some(bob),
        limit: 10,
        ..SubmissionList::default()
    };
    script.step(
        "waits for bob",
        store.list_submissions(&waiting).await.map(|all| all.len()),
    );
    let own = SubmissionList {
        not_by: Some(ann),
        kind: Some("statement".to_owned()),
        limit: 10,
        ..SubmissionList::default()
    };
    script.step("not for ann", store.list_submissions(&own).await.map(|all| all.len()));

    let accept = |n: i64| Audit {
        state: SubmissionState::Audited,
        by: Some(bob),
        rule: None,
        note: Some("fine".to_owned()),
        accepted: n,
        refused: 1,
        returned: 0,
    };
    let change = store.change(script.clock.advance(60)).await.unwrap();
    let batch = change.batch(one, "statement").await.unwrap();
    let mut rows = vec![
        row(CustomerId(2), "2025", 2, Some("{\"revenue\":9007199254740993}")),
        row(CustomerId(1), "2025", 1, Some("{\"revenue\":100,\"name\":\"张三\"}")),
        row(CustomerId(1), "2024", 3, Some("{\"revenue\":90}")),
    ];
    for (one, year) in rows.iter_mut().zip([2025, 2025, 2024]) {
        one.period = Date::from_ymd_opt(year, 12, 31);
    }
    script.step("accepted", change.accept(&batch, rows).await);
    change.decide_part(one, 0, "[\"accepted\"]").await.unwrap();
    script.step(
        "a part is decided once",
        change.decide_part(one, 0, "[]").await.unwrap_err().to_string(),
    );
    script.step("audited", change.audit(one, 2, &accept(3)).await);
    change.commit(entry).await.unwrap();
    let first = store.known_until().await.unwrap();
    let of = |known| RecordsOf {
        customer: CustomerId(1),
        kinds: &[],
        known,
        as_of: None,
        each: 10,
    };
    script.step("the records of customer 1", store.records_of(&of(Known::Now)).await);
    let keys = [(CustomerId(2), "2025".to_owned()), (CustomerId(2), "2031".to_owned())];
    script.step(
        "what a new submission is compared with",
        store.current("statement", &keys).await,
    );

    let change = store.change(script.clock.advance(60)).await.unwrap();
    let two = change.add(sent("statement", ann)).await.unwrap();
    change.submit(two, 1).await.unwrap();
    let batch = change.batch(two, "statement").await.unwrap();
    let rows = vec![
        row(CustomerId(1), "2025", 1, Some("{\"revenue\":101}")),
        row(CustomerId(1), "2024", 2, None),
        row(CustomerId(3), "2025", 3, Some("{\"revenue\":5}")),
    ];
    script.step("a correction", change.accept(&batch, rows).await);
    let ledger = change.batch(two, "transaction").await.unwrap();
    let rows = (1..=3)
        .map(|number| row(CustomerId(1), "", number, Some("{\"amount\":1}")))
        .collect();
    script.step("rows of a ledger", change.accept(&ledger, rows).await);
    change.audit(two, 2, &accept(6)).await.unwrap();
    change.commit(entry).await.unwrap();
    script.step(
        "counted",
        (
            store.count_records("statement", Known::Now).await,
            store.count_records("statement", Known::At(first)).await,
            store.count_records("transaction", Known::Now).await,
            store.count_records("nothing", Known::Now).await,
        ),
    );
    let brief = |all: Result<Vec<pinji_store::Record>, Error>| {
        let all = all.unwrap();
        all.into_iter()
            .map(|one| (one.kind, one.key, one.line, one.content))
            .collect::<Vec<_>>()
    };
    script.step("customer 1 now", brief(store.records_of(&of(Known::Now)).await));
    script.step(
        "and as known before",
        brief(store.records_of(&of(Known::At(first))).await),
    );
    let as_of = RecordsOf {
        as_of: Date::from_ymd_opt(2025, 6, 30),
        kinds: &["statement".to_owned()],
        ..of(Known::At(first))
    };
    script.step(
        "as of a day before the period's end",
        brief(store.records_of(&as_of).await),
    );
    script.step(
        "all versions of one",
        store.record_versions("statement", CustomerId(1), "2024", 0).await,
    );
    script.step(
        "histories",
        store
            .histories("statement", &[CustomerId(1), CustomerId(3)])
            .await
            .map(|all| all.len()),
    );
    script.step(
        "the latest periods",
        store.latest_periods("statement", CustomerId(0), 10).await,
    );
    let mut cursor = RecordCursor::start();
    let mut frozen = Vec::new();
    loop {
        let page = store.freeze("statement", Known::At(first), &cursor, 2).await.unwrap();
        let Some(next) = page.next() else { break };
        cursor = next.clone();
        let row = |one: pinji_store::FrozenRecord<'_>| (one.customer, one.key.to_owned(), one.content.to_owned());
        frozen.extend(page.records().map(row));
    }
    script.step("frozen as known before", frozen);

    script.step("used by a run", store.used_by_run(two).await);
    let change = store.change(script.clock.advance(60)).await.unwrap();
    script.step("undone", change.undo_records(two).await);
    script.step("and so marked", change.undo(two, 3, bob).await);
    change.commit(entry).await.unwrap();
    script.step("as it was before", brief(store.records_of(&of(Known::Now)).await));
    script.step("the version that came back", store.record(RecordId(10)).await);
    let change = store.change(script.clock.advance(60)).await.unwrap();
    let erased = [(RecordId(1), "{\"revenue\":100}".to_owned())];
    script.step("a name is erased", change.erase_content(&erased).await);
    script.step(
        "in all versions of it",
        change.versions_of(CustomerId(1)).await.map(|all| all.len()),
    );
    let parts = change.submission_parts(one, 1, 1).await.unwrap();
    let emptied = SubmissionPart {
        content: "[{}]".to_owned(),
        ..parts[0].clone()
    };
    change.erase_part(one, &emptied).await.unwrap();
    change.erase_file("aa11").await.unwrap();
    script.step("erased once", change.erase_file("aa11").await.unwrap_err().to_string());
    let three = change.add(sent("statement", ann)).await.unwrap();
    script.step("withdrawn", change.withdraw(three, 1).await);
    script.step(
        "withdrawn for good",
        change.withdraw(three, 2).await.unwrap_err().to_string(),
    );
    change.commit(entry).await.unwrap();
    script.step("the erased record", store.record(RecordId(1)).await);
    script.step(
        "the file's bytes are gone",
        (store.file_bytes("aa11").await, store.file_part("aa11", 0).await),
    );
    let parts = store.submission_parts(one, 0, 10).await.unwrap();
    script.step(
        "the parts",
        parts
            .into_iter()
            .map(|part| (part.part, part.verdicts, part.outcome))
            .collect::<Vec<_>>(),
    );
    script.step(
        "by the first",
        store
            .records_from(one, RecordId(1), 1)
            .await
            .map(|all| all[0].key.clone()),
    );
    script.step(
        "states",
        store.submissions(&[one, two, three]).await.map(|all| {
            all.iter()
                .map(|one| (one.id, one.state, one.version))
                .collect::<Vec<_>>()
        }),
    );
}

async fn groups(store: &Store, script: &mut Script) {
    script.heading("relations and groups");
    let now = script.clock.advance(60);
    let day = |text: &str| pinji_domain::date::parse(text).unwrap();
    let change = store.change(now).await.unwrap();
    let party = |customer, name: &str, sort| NewParty {
        sort,
        customer,
        name: name.to_owned(),
        name_key: name.to_owned(),
        code: Some(format!("code {name}")),
    };
    let boss = change.add(party(None, "boss", PartySort::Person)).await.unwrap();
    let one = change
        .add(party(Some(CustomerId(1)), "one", PartySort::Company))
        .await
        .unwrap();
    let edge = |from, to, share| NewRelation {
        sort: "equity".to_owned(),
        from,
        to,
        share_ppm: Some(share),
        valid_from: Some(day("2020-01-01")),
        valid_to: None,
        evidence: "register of companies".to_owned(),
        file: None,
        submission: Some(SubmissionId(1)),
    };
    let mut ended = edge(boss, one, 300_000);
    ended.valid_to = Some(day("2024-01-01"));
    let ids = change
        .add_relations(&[edge(boss, one, 510_000), edge(one, boss, 20_000), ended])
        .await
        .unwrap();
    script.step("relations", &ids);
    change.commit(entry).await.unwrap();
    let before = store.known_until().await.unwrap();
    let change = store.change(now).await.unwrap();
    change.close_relation(ids[1]).await.unwrap();
    script.step(
        "closed once",
        change.close_relation(ids[1]).await.unwrap_err().to_string(),
    );
    let mut moved = change.party(boss).await.unwrap().unwrap();
    moved.name = "chief".to_owned();
    script.step("a party renamed", change.update_party(&moved).await);
    change.commit(entry).await.unwrap();
    let brief = |all: Vec<pinji_store::Relation>| {
        all.into_iter()
            .map(|one| (one.id, one.said.share_ppm))
            .collect::<Vec<_>>()
    };
    script.step(
        "all now",
        brief(store.relations(Known::Now, None, RelationId(0), 10).await.unwrap()),
    );
    script.step(
        "on a day",
        brief(
            store
                .relations(Known::Now, Some(day("2024-01-01")), RelationId(0), 10)
                .await
                .unwrap(),
        ),
    );
    script.step(
        "on a day, as known before",
        brief(
            store
                .relations(Known::At(before), Some(day("2023-12-31")), RelationId(0), 10)
                .await
                .unwrap(),
        ),
    );
    script.step(
        "of the boss",
        store.relations_of(boss, Known::Now, Some(day("2026-01-01"))).await,
    );
    script.step(
        "parties",
        (
            store.party_of(CustomerId(1)).await,
            store.parties(1, 5).await.map(|all| all.len()),
        ),
    );
    script.step("by code", store.parties_by_code("code boss").await.map(|all| all.len()));
    script.step("the closed one", store.relation(ids[1]).await);

    let change = store.change(now).await.unwrap();
    let group = NewGroup {
        code: "G1".to_owned(),
        name: "集团".to_owned(),
        name_key: "ji tuan".to_owned(),
        controller: Some(boss),
        created_at: change.at(),
        note: String::new(),
    };
    let group = change.add(group).await.unwrap();
    let decision = NewGroupDecision {
        group_id: group,
        customer: CustomerId(2),
        verdict: "member".to_owned(),
        test: "other".to_owned(),
        reason: "the same people decide".to_owned(),
        proposed_by: Some(UserId(1)),
        decided_by: UserId(2),
        decided_at: change.at(),
    };
    let decision = change.add(decision).await.unwrap();
    let first = change
        .add_group_member(group, CustomerId(1), day("2020-01-01"), None, "rule", None)
        .await
        .unwrap();
    change
        .add_group_member(
            group,
            CustomerId(2),
            day("2022-01-01"),
            None,
            "decision",
            Some(decision),
        )
        .await
        .unwrap();
    script.step("touched", change.touch_group(group, 1).await);
    change.commit(entry).await.unwrap();
    let before = store.known_until().await.unwrap();
    let change = store.change(now).await.unwrap();
    change.end_group_member(first, day("2025-01-01"), None).await.unwrap();
    let mut found = change.group(group).await.unwrap().unwrap();
    found.note = "smaller".to_owned();
    script.step("changed", change.update_group(&found).await);
    change.commit(entry).await.unwrap();
    let brief = |all: Vec<pinji_store::GroupMember>| {
        all.into_iter()
            .map(|one| (one.customer, one.valid_from, one.valid_to, one.basis))
            .collect::<Vec<_>>()
    };
    script.step(
        "members of all days",
        brief(store.group_members(group, Known::Now, None).await.unwrap()),
    );
    script.step(
        "on a day",
        brief(
            store
                .group_members(group, Known::Now, Some(day("2025-01-01")))
                .await
                .unwrap(),
        ),
    );
    script.step(
        "on that day, as known before",
        brief(
            store
                .group_members(group, Known::At(before), Some(day("2025-01-01")))
                .await
                .unwrap(),
        ),
    );
    script.step(
        "everybody's",
        brief(store.all_group_members(Known::Now, None, 0, 10).await.unwrap()),
    );
    script.step(
        "of one",
        brief(
            store
                .memberships(CustomerId(1), Known::Now, Some(day("2024-12-31")))
                .await
                .unwrap(),
        ),
    );
    script.step("decisions", store.group_decisions(group).await);
    script.step(
        "the group",
        (
            store.group_by_code("G1").await,
            store.groups(GroupId(0), 5).await.map(|all| all.len()),
        ),
    );
}

async fn runs(store: &Store, script: &mut Script) {
    script.heading("rules, runs and results");
    let now = script.clock.advance(60);
    let change = store.change(now).await.unwrap();
    let file = |content: &str| NewRuleFile {
        sort: "policy".to_owned(),
        name: "standard.toml".to_owned(),
        hash: format!("hash of {content}"),
        content: content.to_owned(),
        loaded_at: now,
        loaded_by: None,
    };
    let one = change.load_rule_file(file("one")).await.unwrap();
    let two = change.load_rule_file(file("two")).await.unwrap();
    script.step("the second is in force", change.rule_files("policy").await);
    script.step("the first again", (change.load_rule_file(file("one")).await, one, two));
    script.step(
        "is in force again",
        change.rule_files("policy").await.map(|all| all[0].content.clone()),
    );
    script.step(
        "the other is still known",
        change
            .rule_file("hash of two")
            .await
            .map(|one| one.unwrap().retired_at.is_some()),
    );
    change.set_setting("base", "standard").await.unwrap();
    change.set_setting("base", "other").await.unwrap();
    let run = NewRun {
        name: "2026 H1".to_owned(),
        policies: "[]".to_owned(),
        as_of: Date::from_ymd_opt(2026, 6, 30).unwrap(),
        as_known: change.at(),
        engine: "0.1.0".to_owned(),
        previous: None,
        created_by: UserId(1),
        created_at: now,
        job: None,
    };
    let run = change.add(run).await.unwrap();
    change.commit(entry).await.unwrap();
    script.step("a setting", (store.setting("base").await, store.setting("none").await));
    script.step("now it is used by a run", store.used_by_run(SubmissionId(1)).await);
    let graded = |customer: i64, rank: i64| Graded {
        subject: CustomerId(customer),
        grade: (rank < 4).then(|| format!("g{rank}")),
        rank,
        total: (rank < 4).then_some(9_000 - rank),
        scores: "{}".to_owned(),
        reasons: "{}".to_owned(),
        line: vec![0, 255, 10],
    };
    let chunk = |number: i64| RunChunk {
        chunk: number,
        first: number + 1,
        last: number + 2,
        row_count: 1,
        checksum: "c".to_owned(),
    };
    let upkeep = store.upkeep().await.unwrap();
    upkeep.begin_run(run).await.unwrap();
    upkeep
        .keep_chunk(run, &chunk(0), vec![(0, graded(1, 1))], now)
        .await
        .unwrap();
    upkeep.commit().await.unwrap();
    let upkeep = store.upkeep().await.unwrap();
    let again = upkeep
        .keep_chunk::<CustomerId>(run, &chunk(0), Vec::new(), now)
        .await
        .unwrap_err();
    script.step("a chunk is kept once", again.to_string());
    drop(upkeep);
    let upkeep = store.upkeep().await.unwrap();
    upkeep
        .keep_chunk(run, &chunk(1), vec![(0, graded(2, 4)), (0, graded(3, 1))], now)
        .await
        .unwrap();
    upkeep.commit().await.unwrap();
    let of_group = |rank: i64| Graded {
        subject: GroupId(1),
        grade: Some("g1".to_owned()),
        rank,
        total: Some(8_000),
        scores: "{}".to_owned(),
        reasons: "{}".to_owned(),
        line: vec![71],
    };
    let upkeep = store.upkeep().await.unwrap();
    upkeep
        .keep_chunk(run, &chunk(2), vec![(1, of_group(1))], now)
        .await
        .unwrap();
    upkeep.commit().await.unwrap();
    script.step("goes on after its chunks", store.run_chunks(run).await);
    let end = RunEnd {
        state: RunState::Done,
        snapshot_hash: Some("s".to_owned()),
        policy_hash: Some("p".to_owned()),
        folder: Some("runs/1".to_owned()),
        subjects: 3,
        counts: Some("{}".to_owned()),
        error: None,
    };
    let change = store.change(now).await.unwrap();
    script.step("done", change.end_run(run, 1, &end).await);
    script.step("once", change.end_run(run, 2, &end).await.unwrap_err().to_string());
    change.commit(entry).await.unwrap();
    let upkeep = store.upkeep().await.unwrap();
    upkeep.forget_results(run).await.unwrap();
    script.step(
        "what is done is not begun again",
        upkeep.begin_run(run).await.unwrap_err().to_string(),
    );
    upkeep.commit().await.unwrap();
    script.step(
        "the run",
        (
            store.run_by_id(run).await,
            store.last_run().await.map(|run| run.map(|run| run.id)),
        ),
    );
    script.step("one result", store.graded(run, 0, CustomerId(2)).await);
    script.step(
        "all after 1",
        store.results(run, 0, CustomerId(1), 10).await.map(|all| all.len()),
    );
    script.step("by rank", store.count_ranks(run, 0).await);
    script.step("a group's result", store.graded(run, 1, GroupId(1)).await);
    script.step(
        "groups by rank, and all",
        (
            store
                .groups_ranked(run, 1, 1, GroupId(0), 10)
                .await
                .map(|all| all.len()),
            store
                .groups_ranked(run, 1, 2, GroupId(0), 10)
                .await
                .map(|all| all.len()),
            store.results(run, 1, GroupId(0), 10).await.map(|all| all.len()),
            store.results(run, 0, GroupId(0), 10).await.map(|all| all.len()),
        ),
    );
    script.step(
        "a customer's grades",
        store
            .grades_of(CustomerId(1), 5)
            .await
            .map(|all| (all.len(), all[0].0, all[0].1)),
    );
    script.step("runs", store.runs(Some(RunId(1)), 5).await.map(|all| all.len()));
}

async fn passing(store: &Store, script: &mut Script) {
    script.heading("jobs, messages, answers");
    let now = script.clock.advance(60);
    let job = |due| NewJob {
        kind: "run".to_owned(),
        payload: "{}".to_owned(),
        created_by: Some(UserId(1)),
        created_at: now,
        due_at: due,
    };
    let upkeep = store.upkeep().await.unwrap();
    let later = upkeep.put(job(now.plus_seconds(100))).await.unwrap();
    let one = upkeep.put(job(now)).await.unwrap();
    script.step("not of this kind", upkeep.claim_job(&["import"], "w1", now, now).await);
    let lease = now.plus_seconds(10);
    let claimed = upkeep.claim_job(&[], "w1", now, lease).await.unwrap();
    script.step(
        "the one that is due",
        claimed.map(|job| (job.id == one, job.state, job.attempts)),
    );
    script.step(
        "nothing for a second worker",
        upkeep.claim_job(&[], "w2", now, lease).await,
    );
    script.step("goes on", upkeep.report_job(one, "w1", 3, 10, Some("{}"), lease).await);
    script.step("asked to stop", upkeep.cancel_job(one, now).await);
    script.step("hears it", upkeep.report_job(one, "w1", 4, 10, None, lease).await);
    let after = lease.plus_seconds(1);
    let claimed = upkeep
        .claim_job(&["run", "x"], "w2", after, after.plus_seconds(10))
        .await
        .unwrap();
    script.step(
        "the lease ran out",
        claimed.map(|job| (job.id == one, job.attempts, job.steps_done)),
    );
    script.step(
        "the first worker has lost it",
        upkeep.report_job(one, "w1", 5, 10, None, lease).await,
    );
    script.step(
        "and cannot end it",
        upkeep.end_job(one, "w1", JobState::Done, None, None, now).await,
    );
    script.step(
        "the second can",
        upkeep
            .end_job(one, "w2", JobState::Cancelled, Some("{}"), None, now)
            .await,
    );
    script.step(
        "one that waits is cancelled at once",
        upkeep.cancel_job(later, now).await,
    );
    script.step("one that has ended is not", upkeep.cancel_job(later, now).await);
    upkeep.commit().await.unwrap();
    script.step("jobs of ann", store.jobs(Some(UserId(1)), None, 5).await);
    script.step(
        "of bob",
        store.jobs(Some(UserId(2)), None, 5).await.map(|all| all.len()),
    );

    let upkeep = store.upkeep().await.unwrap();
    let message = NewNotification {
        user_id: UserId(1),
        code: "workflow-returned".to_owned(),
        args: "{}".to_owned(),
        object: "/submissions/1".to_owned(),
        at: now,
    };
    let message = upkeep.put(message).await.unwrap();
    script.step("unread", upkeep.unread(UserId(1)).await);
    script.step(
        "another's is not there",
        upkeep
            .read_notification(UserId(2), message, now)
            .await
            .unwrap_err()
            .to_string(),
    );
    upkeep.read_notification(UserId(1), message, now).await.unwrap();
    script.step(
        "read",
        (
            upkeep.unread(UserId(1)).await,
            upkeep.notifications(UserId(1), None, 5).await,
        ),
    );
    let mail = NewOutgoing {
        topic: "mail".to_owned(),
        target: "a@example.org".to_owned(),
        payload: "{}".to_owned(),
        created_at: now,
        due_at: now,
    };
    let mail = upkeep.put(mail).await.unwrap();
    script.step(
        "taken",
        upkeep.claim_outgoing("w1", now, lease, 5).await.map(|all| all.len()),
    );
    script.step(
        "by one",
        upkeep.claim_outgoing("w2", now, lease, 5).await.map(|all| all.len()),
    );
    upkeep.not_delivered(mail, "refused", Some(after), now).await.unwrap();
    script.step(
        "again, but later",
        upkeep.claim_outgoing("w2", now, lease, 5).await.map(|all| all.len()),
    );
    script.step("then", upkeep.claim_outgoing("w2", after, after, 5).await);
    upkeep.delivered(mail, after).await.unwrap();
    script.step(
        "delivered once",
        upkeep.delivered(mail, after).await.unwrap_err().to_string(),
    );
    let answer = Answer {
        caller: "ann".to_owned(),
        key: "k".to_owned(),
        route: "POST /x".to_owned(),
        request_hash: "h".to_owned(),
        status: 201,
        headers: "{}".to_owned(),
        body: vec![123, 125],
        at: now,
    };
    upkeep.keep_answer(answer).await.unwrap();
    upkeep.commit().await.unwrap();
    script.step("the answer", store.answer("ann", "k").await);
    script.step("not of another", store.answer("bob", "k").await);
    let upkeep = store.upkeep().await.unwrap();
    script.step(
        "forgotten",
        (upkeep.forget_answers(now).await, upkeep.forget_answers(after).await),
    );
    upkeep.commit().await.unwrap();
}

async fn ledger(store: &Store, script: &mut Script) {
    script.heading("ledger");
    let head = store.ledger_head().await.unwrap();
    script.step("its head", (head.size, head.last_at.to_string()));
    let entries = store.ledger_entries(0, 1_000).await.unwrap();
    script.step(
        "its entries",
        entries
            .iter()
            .map(|one| String::from_utf8_lossy(&one.bytes))
            .collect::<Vec<_>>(),
    );
    script.step("a page of leaves", store.ledger_leaves(2, 3).await.map(|all| all.len()));
    let upkeep = store.upkeep().await.unwrap();
    let checkpoint = NewCheckpoint {
        size: head.size,
        root: vec![1; 32],
        note: "signed".to_owned(),
        made_at: script.clock.now(),
        sent_to: "file".to_owned(),
    };
    upkeep.put(checkpoint).await.unwrap();
    upkeep.commit().await.unwrap();
    script.step(
        "the last checkpoint",
        store
            .last_checkpoint()
            .await
            .map(|one| one.map(|one| (one.id, one.size, one.note))),
    );
    script.step("checkpoints", store.checkpoints(0, 5).await.map(|all| all.len()));
    script.step("statistics", store.tend().await);
}
