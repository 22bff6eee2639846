//! What the schema itself forbids, whoever asks: maker is not checker, what is kept is not changed.

use pinji_domain::ids::{SubmissionId, UserId};
use pinji_domain::{Role, Timestamp};
use pinji_store::{
    AccessState, Audit, Change, Error, GrantState, NewAccess, NewCheckpoint, NewGrant, NewGroup, NewGroupDecision,
    NewParty, NewReading, NewRelation, PartySort, Store, SubmissionState,
};
use pinji_testkit::Clock;

use crate::support::{brought, company, entry, on_each, person, populated, row, sent};

/// Each error has a sentence that is not the general one, where people can do something about it.
#[test]
fn refusals_have_sentences() {
    let rule = |rule: &str| Error::Rule { rule: rule.to_owned() }.message().code;
    for (name, code) in [
        ("submission_auditor_did_not_enter", "store-rule-own-submission"),
        ("grant_not_to_oneself", "store-rule-own-grant"),
        ("grant_not_approved_by_proposer", "store-rule-own-proposal"),
        ("access_not_given_by_asker", "store-rule-own-access"),
        ("group_not_decided_by_proposer", "store-rule-own-group"),
        ("ledger_entry_is_not_deleted", "store-rule-kept"),
        ("relation_dates", "store-rule"),
    ] {
        assert_eq!(rule(name), code);
    }
    let taken = Error::Taken {
        what: "customer".to_owned(),
    }
    .message();
    assert_eq!(
        format!("{:?}", taken.args),
        "[(\"what\", Say(Message { code: \"store-what-customer\", args: [] }))]"
    );
}

/// That a change is refused by this rule, and that nothing of it is kept.
fn check<T: std::fmt::Debug>(place: &str, rule: &str, answer: Result<T, Error>) {
    match answer {
        Err(Error::Rule { rule: found }) => assert_eq!(found, rule, "{place}"),
        other => panic!("{place}: {rule} let it pass: {other:?}"),
    }
}

async fn begun(store: &Store) -> Change {
    store.change(Clock::default().now()).await.unwrap()
}

fn grant(user: UserId, by: UserId) -> NewGrant {
    NewGrant {
        user_id: user,
        role: Role::Auditor,
        proposed_by: Some(by),
        proposed_at: Clock::default().now(),
        reason: "needed".to_owned(),
        until: None,
        certified_until: None,
    }
}

#[test]
fn two_people_are_needed_where_two_are_said() {
    on_each(|place, store| async move {
        let name = place;
        let (ann, bob, ids) = populated(&store, 1).await;
        let change = begun(&store).await;
        let eve = change.add(person("eve")).await.unwrap();
        let id = change.add(sent("statement", ann)).await.unwrap();
        let version = change.submit(id, 1).await.unwrap();
        let by_eve = change.add(grant(bob, eve)).await.unwrap();
        let asked = NewAccess {
            user_id: ann,
            customer: ids[0],
            purpose: "review".to_owned(),
            asked_at: change.at(),
            wanted_until: change.at().plus_seconds(3_600),
        };
        let access = change.add(asked.clone()).await.unwrap();
        let group = change
            .add(NewGroup {
                code: "G1".to_owned(),
                name: "group".to_owned(),
                name_key: "group".to_owned(),
                controller: None,
                created_at: change.at(),
                note: String::new(),
            })
            .await
            .unwrap();
        change.commit(entry).await.unwrap();

        let audit = |by| Audit {
            state: SubmissionState::Audited,
            by,
            rule: None,
            note: None,
            accepted: 0,
            refused: 1,
            returned: 0,
        };
        let rule = "submission_auditor_did_not_collect";
        check(
            name,
            rule,
            begun(&store).await.audit(id, version, &audit(Some(ann))).await,
        );
        let rule = "submission_audited_by_somebody";
        check(name, rule, begun(&store).await.audit(id, version, &audit(None)).await);
        let rule = "grant_not_to_oneself";
        check(name, rule, begun(&store).await.add(grant(ann, ann)).await);
        let rule = "grant_not_approved_by_proposer";
        check(
            name,
            rule,
            begun(&store)
                .await
                .decide_grant(by_eve, 1, GrantState::Active, eve)
                .await,
        );
        let rule = "grant_not_approved_by_holder";
        check(
            name,
            rule,
            begun(&store)
                .await
                .decide_grant(by_eve, 1, GrantState::Active, bob)
                .await,
        );
        let rule = "access_not_given_by_asker";
        let until = Timestamp(i64::MAX / 2);
        check(
            name,
            rule,
            begun(&store).await.give_access(access, 1, ann, until, "").await,
        );
        let decision = NewGroupDecision {
            group_id: group,
            customer: ids[0],
            verdict: "member".to_owned(),
            test: "other".to_owned(),
            reason: "same people".to_owned(),
            proposed_by: Some(ann),
            decided_by: ann,
            decided_at: Clock::default().now(),
        };
        check(
            name,
            "group_not_decided_by_proposer",
            begun(&store).await.add(decision).await,
        );
        // And one of each that may pass, so that the rules do not simply forbid everything.
        let change = begun(&store).await;
        change.audit(id, version, &audit(Some(bob))).await.unwrap();
        change.decide_grant(by_eve, 1, GrantState::Active, ann).await.unwrap();
        change.give_access(access, 1, bob, until, "").await.unwrap();
        change.commit(entry).await.unwrap();
        assert_eq!(store.access(access).await.unwrap().unwrap().state, AccessState::Given);
        // The same role, and the same permission, are not asked for twice.
        let taken = |answer: Error| matches!(answer, Error::Taken { .. });
        assert!(taken(begun(&store).await.add(grant(bob, ann)).await.unwrap_err()));
        assert!(taken(begun(&store).await.add(asked).await.unwrap_err()));
    });
}

#[test]
fn what_is_kept_is_not_changed() {
    on_each(|place, store| async move {
        let (ann, _, ids) = populated(&store, 1).await;
        let change = begun(&store).await;
        brought(&change, "statement", ann, vec![row(ids[0], "2025", 1, Some("{}"))]).await;
        brought(&change, "ledger", ann, vec![row(ids[0], "", 1, Some("{}"))]).await;
        let party = NewParty {
            sort: PartySort::Company,
            customer: Some(ids[0]),
            name: "one".to_owned(),
            name_key: "one".to_owned(),
            code: None,
        };
        let one = change.add(party).await.unwrap();
        let relation = NewRelation {
            sort: "equity".to_owned(),
            from: one,
            to: one,
            share_ppm: Some(10_000),
            valid_from: None,
            valid_to: None,
            evidence: "register".to_owned(),
            file: None,
            submission: None,
        };
        change.add_relations(std::slice::from_ref(&relation)).await.unwrap();
        let reading = NewReading {
            user_id: ann,
            customer: ids[0],
            what: "records".to_owned(),
            permission: None,
            at: change.at(),
            request: "r".to_owned(),
        };
        change.put(reading).await.unwrap();
        let checkpoint = NewCheckpoint {
            size: 1,
            root: vec![1],
            note: "note".to_owned(),
            made_at: change.at(),
            sent_to: "file".to_owned(),
        };
        change.put(checkpoint).await.unwrap();
        change.commit(entry).await.unwrap();
        for (rule, statement) in [
            (
                "record_is_closed_once",
                "UPDATE record SET content = '{\"n\":1}' WHERE id = 1",
            ),
            (
                "record_is_closed_once",
                "UPDATE record SET customer = customer, known_from = 5 WHERE id = 1",
            ),
            (
                "record_is_closed_once",
                "UPDATE record SET known_to = known_from, closed_by = 1 WHERE id = 1",
            ),
            (
                "record_is_closed_once",
                "UPDATE record SET known_to = known_from + 1 WHERE id = 1",
            ),
            ("record_is_not_deleted", "DELETE FROM record WHERE id = 1"),
            (
                "relation_is_closed_once",
                "UPDATE relation SET share_ppm = 7 WHERE id = 1",
            ),
            ("relation_is_not_deleted", "DELETE FROM relation"),
            ("reading_is_kept", "UPDATE reading SET what = 'nothing'"),
            ("reading_is_not_deleted", "DELETE FROM reading"),
            ("ledger_entry_is_kept", "UPDATE ledger_entry SET at = 5 WHERE seq = 0"),
            ("ledger_entry_is_not_deleted", "DELETE FROM ledger_entry WHERE seq = 1"),
            (
                "ledger_frontier_only_grows",
                "UPDATE ledger_frontier SET next_seq = next_seq - 1",
            ),
            ("ledger_frontier_is_not_deleted", "DELETE FROM ledger_frontier"),
            ("ledger_checkpoint_is_kept", "UPDATE ledger_checkpoint SET size = 2"),
            ("ledger_checkpoint_is_not_deleted", "DELETE FROM ledger_checkpoint"),
            (
                "relation_share",
                "INSERT INTO relation (sort, from_party, to_party, share_ppm, evidence, known_from, \
              known_to) VALUES ('equity', 1, 1, 1000001, '', 1, 2)",
            ),
            ("submission_state", "UPDATE submission SET state = 'lost'"),
        ] {
            check(place, rule, store.told(statement).await);
        }
        // Closing once is what the guard lets pass, and only once.
        store
            .told("UPDATE record SET known_to = known_from + 1, closed_by = 1 WHERE id = 1")
            .await
            .unwrap();
        let again = "UPDATE record SET known_to = known_from + 2, closed_by = 1 WHERE id = 1";
        check(place, "record_is_closed_once", store.told(again).await);
        let orphan = NewRelation { from: 99, ..relation };
        let orphan = begun(&store).await.add_relations(&[orphan]).await.unwrap_err();
        assert!(matches!(orphan, Error::Missing { .. }), "{orphan:?}");
    });
}

#[test]
fn every_reading_connection_holds_foreign_keys_and_writes_nothing() {
    on_each(|place, store| async move {
        if place != "sqlite" {
            return;
        }
        let snapshots = [
            store.snapshot().await.unwrap(),
            store.snapshot().await.unwrap(),
            store.snapshot().await.unwrap(),
        ];
        for snapshot in &snapshots {
            for (pragma, wanted) in [
                ("foreign_keys", 1),
                ("query_only", 1),
                ("synchronous", 2),
                ("temp_store", 2),
            ] {
                let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
                assert_eq!(
                    snapshot.looked_up(&sql).await.unwrap(),
                    [wanted.to_string()],
                    "{pragma}"
                );
            }
        }
        let journal = store
            .looked_up("SELECT journal_mode FROM pragma_journal_mode")
            .await
            .unwrap();
        assert_eq!(journal, ["wal"]);
        store
            .upkeep()
            .await
            .unwrap()
            .put(pinji_store::NewSession {
                hash: "h".to_owned(),
                user_id: UserId(7),
                created_at: Timestamp(0),
                expires_at: Timestamp(1),
                address: String::new(),
                agent: String::new(),
                seen_at: Timestamp(0),
            })
            .await
            .unwrap_err();
        let change = begun(&store).await;
        for (pragma, wanted) in [("foreign_keys", 1), ("synchronous", 2), ("secure_delete", 1)] {
            let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
            assert_eq!(change.looked_up(&sql).await.unwrap(), [wanted.to_string()], "{pragma}");
        }
    });
}

#[test]
fn a_change_that_is_not_committed_has_not_been() {
    on_each(|place, store| async move {
        let (ann, ..) = populated(&store, 0).await;
        let before = store.ledger_head().await.unwrap();
        let change = begun(&store).await;
        change.add_customers(&[company("C9")]).await.unwrap();
        drop(change);
        let change = begun(&store).await;
        change.add_customers(&[company("C9")]).await.unwrap();
        let refused = change
            .commit(|_| Err::<_, std::io::Error>(std::io::Error::other("no entry")))
            .await
            .unwrap_err();
        assert!(matches!(refused, Error::Entry(_)), "{refused:?}");
        assert_eq!(store.ledger_head().await.unwrap(), before, "{}", place);
        assert_eq!(store.customer_by_code("C9").await.unwrap(), None);
        // A snapshot sees one state, whatever is committed meanwhile.
        let snapshot = store.snapshot().await.unwrap();
        assert_eq!(snapshot.count_users().await.unwrap(), 2);
        let change = begun(&store).await;
        change.add(person("eve")).await.unwrap();
        assert_eq!(
            (change.count_users().await.unwrap(), store.count_users().await.unwrap()),
            (3, 2)
        );
        change.commit(entry).await.unwrap();
        assert_eq!(
            (
                snapshot.count_users().await.unwrap(),
                store.count_users().await.unwrap()
            ),
            (2, 3)
        );
        // The same key twice in one submission is a mistake that is told.
        let change = begun(&store).await;
        let ids = change.add_customers(&[company("C9")]).await.unwrap();
        let id = change.add(sent("statement", ann)).await.unwrap();
        let batch = change.batch(id, "statement").await.unwrap();
        let twice = vec![row(ids[0], "2025", 1, Some("{}")), row(ids[0], "2025", 2, Some("{}"))];
        let taken = change.accept(&batch, twice).await.unwrap_err();
        assert!(matches!(&taken, Error::Taken { what } if what == "record"), "{taken:?}");
        drop(change);
        let nobody = begun(&store).await.submit(SubmissionId(77), 1).await.unwrap_err();
        assert!(matches!(nobody, Error::Missing { .. }), "{nobody:?}");
    });
}
