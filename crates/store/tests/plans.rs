//! The reads that must stay quick walk the indices that were made for them; with statistics and without.

use pinji_domain::Secrecy;
use pinji_domain::ids::{CustomerId, RunId, UserId};
use pinji_store::{CustomerList, Known, Reach, Scope, SortBy, Store};
use pinji_testkit::Clock;

use crate::support::{brought, entry, on_each, populated, row};

/// What each read does first, as SQLite says it.
async fn check(store: &Store, statements: &[(&str, String, &[&str])]) {
    for (what, sql, wanted) in statements {
        let plan = store.explained(sql).await.unwrap().join("\n");
        for line in *wanted {
            assert!(
                plan.contains(line),
                "{what} should say\n  {line}\nand says\n{plan}\nfor {sql}"
            );
        }
        assert!(
            !plan.contains("TEMP B-TREE FOR ORDER BY") || ["page", "list of few"].contains(what),
            "{what} sorts:\n{plan}"
        );
        assert!(
            !plan.contains("SCAN record") && !plan.contains("SCAN r\n"),
            "{what} reads the whole table:\n{plan}"
        );
    }
}

#[test]
fn hot_reads_walk_their_indices() {
    on_each(|place, store| async move {
        if place != "sqlite" {
            return;
        }
        let (ann, _, ids) = populated(&store, 300).await;
        let change = store.change(Clock::default().now()).await.unwrap();
        for kind in ["statement", "credit"] {
            let rows = ids
                .iter()
                .zip(1..)
                .map(|(id, number)| row(*id, "2025", number, Some("{}")))
                .collect();
            brought(&change, kind, ann, rows).await;
        }
        let closing = change.closing_statement();
        change.commit(entry).await.unwrap();

        let mut list = CustomerList::new(Scope::all());
        list.regions = vec!["nowhere".to_owned()];
        let few = store.list_statement(&list).await.unwrap();
        list.regions.clear();
        list.secrecy = Some(Secrecy::Internal);
        let by_name = store.list_statement(&list).await.unwrap();
        list.sort = SortBy::Code;
        let by_code = store.list_statement(&list).await.unwrap();
        list.secrecy = None;
        list.grades_of = Some((RunId(1), 0));
        list.sort = SortBy::Grade;
        let by_grade = store.list_statement(&list).await.unwrap();
        list.sort = SortBy::Total;
        list.direction = pinji_store::Direction::Descending;
        let by_total = store.list_statement(&list).await.unwrap();
        let own = Reach::Of {
            managers: vec![UserId(1)],
            teams: Vec::new(),
        };
        let scope = Scope {
            internal: own.clone(),
            confidential: own,
            permitted: vec![CustomerId(5)],
            withheld: Vec::new(),
        };
        let own = store.own_statement(&scope).unwrap();

        let statements: Vec<(&str, String, &[&str])> = vec![
            (
                "freeze",
                store.freeze_statement(1, Known::Now),
                &["SEARCH r USING INDEX record_version (kind=? AND (customer,key,line)>(?,?,?))"],
            ),
            (
                "freeze as known",
                store.freeze_statement(1, Known::At(Clock::default().now())),
                &["SEARCH r USING INDEX record_version (kind=? AND (customer,key,line)>(?,?,?))"],
            ),
            (
                "page",
                store.page_statement(1, CustomerId(7), Known::Now),
                &["SEARCH r USING INDEX record_version (kind=? AND customer=?)"],
            ),
            (
                "closing",
                closing,
                &[
                    "SEARCH r USING INDEX record_version (kind=? AND customer=? AND key=? AND line=? AND known_to=?)",
                    "SEARCH record USING INTEGER PRIMARY KEY",
                ],
            ),
            ("list of few", few, &["SEARCH c USING INTEGER PRIMARY KEY"]),
            ("list by name", by_name, &["USING COVERING INDEX customer_by_name"]),
            ("list by code", by_code, &["USING COVERING INDEX customer_by_code"]),
            (
                "list by grade",
                by_grade,
                &["INDEX result_by_rank (run=? AND policy=? AND rank=?", "SEARCH c USING"],
            ),
            (
                "list by total",
                by_total,
                &["INDEX result_by_rank (run=? AND policy=? AND rank=?", "SEARCH c USING"],
            ),
            (
                "own customers",
                own,
                &["COVERING INDEX customer_by_manager (manager=?)"],
            ),
        ];
        check(&store, &statements).await;
        store.told("ANALYZE").await.unwrap();
        check(&store, &statements).await;
    });
}
