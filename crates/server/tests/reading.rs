//! S2 and Z2: reading changes nothing, and what is another's cannot be told from what is not there, by word or by clock.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::http::Method;

use crate::client::Answer;
use crate::house::{House, ROLES, name_of, table};
use crate::site::{Person, Site};

/// What nobody here gets an answer to: a directory is not set up in this office.
const UNANSWERED: [&str; 2] = ["/api/v1/session/oidc", "/api/v1/session/oidc/callback"];

/// Where confidential customers are told of.
const CONFIDENTIAL: [&str; 3] = ["/api/v1/customers", "/api/v1/runs/{id}/", "/api/v1/cases"];

/// Readings that are themselves written down: a whole book leaves the house, or all that is about a person.
const WRITTEN_DOWN: [&str; 4] = [
    "/api/v1/customers/export.csv",
    "/api/v1/customers/export.xlsx",
    "/api/v1/customers/{code}/personal-data",
    "/api/v1/users/{id}/personal-data",
];

impl Site {
    /// A hash over all rows of each table of the database.
    fn rows_hashed(&self, store: &pinji_store::Store) -> BTreeMap<String, String> {
        let tables = match self.name {
            "sqlite" => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            _ => "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
        };
        let look = |sql: &str| self.runtime.block_on(store.looked_up(sql)).unwrap();
        let mut hashes = BTreeMap::new();
        for table in look(tables) {
            let whole = match self.name {
                "sqlite" => {
                    let columns = look(&format!("SELECT name FROM pragma_table_info('{table}')"));
                    let columns: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                    columns.join(" || ',' || ")
                }
                _ => "CAST(t AS TEXT)".to_owned(),
            };
            let rows = look(&format!("SELECT {whole} FROM \"{table}\" AS t ORDER BY 1"));
            let parts: Vec<&[u8]> = rows.iter().map(|row| row.as_bytes()).collect();
            hashes.insert(table, self.office.digest(&parts));
        }
        hashes
    }
}

#[test]
fn reading_changes_no_row() {
    House::each(|house| {
        let people: Vec<Person> = ROLES.iter().map(|role| house.by(role)).collect();
        let mut before = house.site.rows_hashed(&house.store);
        assert!(before.len() > 30, "{before:?}");
        for row in table().iter().filter(|row| row.method == Method::GET) {
            let path = house.address(&row.path);
            let answers = people.iter().map(|person| read(&house.site, person, &path));
            let statuses: Vec<u16> = answers
                .map(|answer| answer.map_or(200, |answer| answer.status))
                .collect();
            assert!(statuses.iter().all(|status| *status < 500), "GET {path}: {statuses:?}");
            if !UNANSWERED.contains(&row.path.as_str()) {
                assert!(statuses.contains(&200), "nobody could read {path}: {statuses:?}");
            }
            let after = house.site.rows_hashed(&house.store);
            let mut differ: Vec<&String> = after.keys().filter(|table| after[*table] != before[*table]).collect();
            // Who has a permission for confidential data reads it, and that is noted: of customers, and nowhere else.
            if CONFIDENTIAL.iter().any(|part| row.path.starts_with(part)) {
                differ.retain(|table| *table != "reading");
            }
            let may: &[&str] = match WRITTEN_DOWN.contains(&row.path.as_str()) {
                true => &["ledger_entry", "ledger_frontier"],
                false => &[],
            };
            assert_eq!(differ, may, "{} GET {path} changed the database", house.site.name);
            before = after;
        }
    });
}

/// The answer; of a stream of events only that it begins.
fn read(site: &Site, person: &Person, path: &str) -> Option<Answer> {
    if !path.ends_with("/events") {
        return Some(site.get(person, path));
    }
    use std::io::Read;
    let mut head = [0; 12];
    site.by(person, "GET", path)
        .begin(site.at)
        .read_exact(&mut head)
        .unwrap();
    let refused = !head.ends_with(b"200");
    refused.then(|| site.get(person, path))
}

/// What tells two refusals apart: status, length and words, but for the request's own number.
fn shape(answer: &Answer) -> (u16, usize, serde_json::Value) {
    let mut body = answer.json();
    body["instance"] = serde_json::Value::Null;
    (answer.status, answer.body.len(), body)
}

#[test]
fn what_is_not_told_looks_like_what_is_not_there() {
    House::each(|house| {
        let (mut compared, mut hidden) = (0, BTreeMap::new());
        for row in table()
            .iter()
            .filter(|row| row.method == Method::GET && row.path.contains('{'))
        {
            let (there, nowhere) = (house.address(&row.path), House::nowhere(&row.path));
            for role in ROLES {
                let person = house.by(role);
                let Some(found) = read(&house.site, &person, &there) else {
                    continue;
                };
                if ![403, 404].contains(&found.status) || found.problem() == "elevation-needed" {
                    continue;
                }
                // Who may see the thing itself is told why not all of it.
                let thing = house.address(&row.path[..=row.path.find('}').unwrap()]);
                if thing != there && house.site.get(&person, &thing).status == 200 {
                    continue;
                }
                let missing = house.site.get(&person, &nowhere);
                assert_eq!(shape(&found), shape(&missing), "{} {role} {there}", house.site.name);
                compared += 1;
                if found.status == 404 {
                    hidden.insert(name_of(row), (person, there.clone(), nowhere.clone()));
                }
            }
        }
        assert!(compared > 100 && hidden.len() > 8, "{compared} {:?}", hidden.keys());
        for (route, (person, there, nowhere)) in &hidden {
            same_time(&house.site, person, route, [there, nowhere]);
        }
    });
}

/// The medians of both are within 5 ms: asked in turns, so that what else the machine does falls on both alike. A machine
/// that is busy is asked again; what betrays itself does so each time.
fn same_time(site: &Site, person: &Person, route: &str, paths: [&String; 2]) {
    let mut apart = Duration::ZERO;
    for _ in 0..5 {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..15 {
            for (path, times) in paths.iter().zip(&mut times) {
                let began = Instant::now();
                site.get(person, path);
                times.push(began.elapsed());
            }
        }
        let [one, other] = times.map(|mut times| {
            times.sort_unstable();
            times[times.len() / 2]
        });
        apart = one.abs_diff(other);
        if apart <= Duration::from_millis(5) {
            return;
        }
    }
    panic!("{} {route}: {apart:?} between what is there and what is not", site.name);
}
