//! `pinji serve`, `pinji run` and `pinji ledger verify`, also when somebody tampers.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pinji_access::Action;
use pinji_access::identity::ApiToken;
use pinji_domain::{Role, Timestamp, UserId};
use pinji_store::{Change, NewGrant, NewToken, NewUser, Place, Store};
use serde_json::{Value, json};

use crate::book::{Book, commit};
use crate::place::{command, copy, pinji};

/// A served office; killed when dropped.
pub struct Served {
    child: Child,
    pub port: u16,
    greeting: Value,
}

impl Served {
    pub fn start(folder: &Path) -> Served {
        Served::on(folder, None)
    }

    /// On this database, or on that of the folder.
    pub fn on(folder: &Path, database: Option<&str>) -> Served {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = command(folder)
            .args(["serve", "--json", "--without-second-factor", "--folder", "office"])
            .args([
                "--origin",
                "https://pinji.example",
                "--listen",
                &format!("127.0.0.1:{port}"),
            ])
            .args(database.map_or(Vec::new(), |url| vec!["--database", url]))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let greeting = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why} in `{line}`"));
        Served { child, port, greeting }
    }

    /// Ends it as a service manager does; its exit code.
    pub fn end(mut self) -> i32 {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A whole answer, or nothing where the server was not there or went away.
pub fn ask(
    port: u16,
    token: &str,
    method: &str,
    path: &str,
    key: Option<&str>,
    body: Option<&Value>,
) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let key = key.map_or(String::new(), |key| format!("Idempotency-Key: {key}\r\n"));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: pinji.example\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{key}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length: ")
            .map(str::to_owned)
    })?;
    (length.parse() == Ok(body.len())).then(|| (status, body.to_owned()))
}

pub fn now() -> Timestamp {
    pinji_app::register::Clock::system().now()
}

pub fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

/// The tokens of those who do the work.
#[derive(Debug, Clone)]
pub struct Staff {
    pub rater: String,
    pub updater: String,
    pub auditor: String,
}

/// An office with those who do the work, a token of each, and a book of customers.
fn office(folder: &Path, customers: usize) -> Book {
    office_on(folder, None, customers).1
}

/// The same on this database.
pub fn office_on(folder: &Path, database: Option<&str>, customers: usize) -> (Staff, Book) {
    let served = Served::on(folder, database);
    assert!(
        served.greeting["setup"].as_str().unwrap().contains("#link="),
        "{}",
        served.greeting
    );
    assert_eq!(served.end(), 0, "it ends cleanly when told to");
    let book = Book::new(customers, 11);
    let staff = block(async {
        let store = Store::open(&place_of(folder, database), now()).await.unwrap();
        let change = store.change(now()).await.unwrap();
        let (rater, id) = employ(
            &change,
            ("wang.fang", "王芳", Role::RatingAdministrator),
            &[
                Action::RunCreate,
                Action::RunRead,
                Action::GradeRead,
                Action::GradeRegrade,
                Action::JobRead,
            ],
        )
        .await;
        let (updater, _) = employ(
            &change,
            ("li.na", "李娜", Role::Updater),
            &[
                Action::CustomerWrite,
                Action::SubmissionCreate,
                Action::SubmissionConfirm,
                Action::SubmissionRead,
            ],
        )
        .await;
        let judges = [Action::SubmissionAudit, Action::SubmissionRead];
        let (auditor, _) = employ(&change, ("zhao.lei", "赵磊", Role::Auditor), &judges).await;
        commit(change).await;
        book.keep(&store, id, now()).await;
        store.close().await.unwrap();
        Staff {
            rater,
            updater,
            auditor,
        }
    });
    (staff, book)
}

/// Where an office in this folder keeps its things.
pub fn place_of(folder: &Path, database: Option<&str>) -> Place {
    match database {
        Some(url) => Place::Postgres(url.to_owned()),
        None => Place::Folder(folder.join("office")),
    }
}

/// Somebody with a role, and the text of a token of his that may do this.
async fn employ(change: &Change, (login, name, role): (&str, &str, Role), scopes: &[Action]) -> (String, UserId) {
    let new = NewUser {
        login: login.to_owned(),
        name: name.to_owned(),
        email: None,
        created_at: change.at(),
        customer: None,
    };
    let id: UserId = change.add(new).await.unwrap();
    let grant = NewGrant {
        user_id: id,
        role,
        proposed_by: None,
        proposed_at: change.at(),
        reason: "set-up".to_owned(),
        until: None,
        certified_until: None,
    };
    change.add_first_grant(grant).await.unwrap();
    let scopes: BTreeSet<Action> = scopes.iter().copied().collect();
    let codes: Vec<&str> = scopes.iter().map(|scope| scope.code()).collect();
    let until = now().plus_seconds(7 * 86_400);
    let issued = ApiToken::issue(&[id.0 as u8; 32], scopes.clone(), until, now()).unwrap();
    let token = NewToken {
        hash: issued.token.hash.0.iter().map(|byte| format!("{byte:02x}")).collect(),
        name: "test".to_owned(),
        user_id: id,
        scopes: json!(codes).to_string(),
        created_by: id,
        created_at: change.at(),
        expires_at: until,
    };
    change.add(token).await.unwrap();
    (issued.text.reveal().to_owned(), id)
}

#[test]
fn a_run_by_the_command_is_that_of_the_interface_and_its_copy_verifies() {
    let place = tempfile::tempdir().unwrap();
    let book = office(place.path(), 50);
    book.write_files(&place.path().join("files"));
    let words = "run --folder office --policy tob-standard --as-of 2025-12-31 --by wang.fang --out graded --json";
    let said = pinji(place.path(), words.split(' ')).ended(0).json();
    assert_eq!(
        (&said["state"], &said["subjects"]),
        (&"done".into(), &50.into()),
        "{said}"
    );
    pinji(place.path(), ["verify", "graded/tob-standard"]).ended(0);
    let words = "rate --policy tob-standard --data files --as-of 2025-12-31 --out rated";
    pinji(place.path(), words.split(' ')).ended(0);
    let read = |path: &str| std::fs::read(place.path().join(path)).unwrap();
    assert_eq!(read("graded/tob-standard/grades.parquet"), read("rated/grades.parquet"));
    assert_eq!(read("graded/tob-standard/lines.parquet"), read("rated/lines.parquet"));

    let check =
        |words: &str, code: i32, says: &[&str]| drop(pinji(place.path(), words.split(' ')).ended(code).says(says));
    let run = "run --folder office --as-of 2025-12-31";
    check(
        &format!("{run} --policy tob --by wang.fang"),
        1,
        &["`tob`", "tob-standard"],
    );
    check(&format!("{run} --policy tob-standard --by nobody"), 1, &["`nobody`"]);
    check(
        &format!("{run} --policy tob-standard --by wang.fang --out graded"),
        2,
        &["--out"],
    );
    check(
        "run --folder nowhere --policy tob-standard --as-of 2025-12-31 --by wang.fang",
        2,
        &["nowhere"],
    );
    check("ledger verify nowhere", 2, &["nowhere", "pinji.db"]);
}

#[test]
fn a_verifier_key_is_a_text_or_a_file_on_either_database() {
    for store in pinji_testkit::stores() {
        let place = tempfile::tempdir().unwrap();
        let database = Some(store.address.as_str()).filter(|_| store.name == "postgres");
        assert_eq!(Served::on(place.path(), database).end(), 0);
        let verify = |folder: bool, more: &[&str]| {
            let mut words = vec!["ledger", "verify"];
            // On SQLite what is kept lies in the folder; on PostgreSQL an auditor has no folder at all.
            words.extend(Some("office").filter(|_| folder));
            words.extend(database.iter().flat_map(|url| ["--database", url]));
            words.extend(more);
            pinji(place.path(), words)
        };
        let outside = database.is_some();
        let own = verify(true, &["--json"]).ended(0).json();
        let key = own["keys"][0].as_str().unwrap().to_owned();
        let other = "pinji.example/ledger+88d63d74+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
        let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
        write("one.pub", &format!("{key}\n"));
        // The key that opened the ledger comes first.
        write("two.pub", &format!("\n  {key}  \r\n{other}\n\n"));
        write("other.pub", &format!("{other}\n"));
        write("empty.pub", "\n");
        write("prose.pub", &format!("the key is {key}\n"));
        let check = |given: &str, code: i32, says: &str| {
            let said = verify(!outside, &["--checkpoints", "office/checkpoints", "--key", given]);
            assert_eq!(said.code, code, "{} {given}: {}{}", store.name, said.out, said.err);
            assert!(
                format!("{}{}", said.out, said.err).contains(says),
                "{given}: {}{}",
                said.out,
                said.err
            );
        };
        check(&key, 0, &key);
        check("one.pub", 0, &key);
        check("two.pub", 0, &key);
        check("office/keys/ledger.key", 0, &key);
        check(other, 1, "does not open the ledger");
        check("other.pub", 1, "does not open the ledger");
        check("empty.pub", 2, "`empty.pub`");
        check("prose.pub", 2, "`prose.pub`");
        check("nowhere.pub", 2, "`nowhere.pub`");
        check("office", 2, "`office`");
        check(&key[..key.len() - 1], 2, "verifier key");
    }
}

#[test]
fn whatever_was_tampered_with_is_found_with_its_entry() {
    let place = tempfile::tempdir().unwrap();
    office(place.path(), 5);
    // A checkpoint over all that was planted.
    assert_eq!(Served::start(place.path()).end(), 0);
    let verified = pinji(
        place.path(),
        ["ledger", "verify", "office", "--export", "ledger.jsonl", "--json"],
    )
    .ended(0)
    .json();
    assert_eq!(verified["covered"], verified["entries"]);
    let key = verified["keys"][0].as_str().unwrap().to_owned();
    // An outsider's program says the same of the exported file.
    let python = |file: &str| {
        let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/verify_ledger.py");
        let words = [tool, file, "--key", &key, "--checkpoints", "office/checkpoints"];
        Command::new("python3")
            .current_dir(place.path())
            .args(words)
            .output()
            .ok()
            .and_then(|done| done.status.code())
    };
    if let Some(code) = python("ledger.jsonl") {
        assert_eq!(code, 0, "tools/verify_ledger.py");
    }
    let free = "DROP TRIGGER ledger_entry_is_kept; DROP TRIGGER ledger_entry_is_not_deleted; DROP TRIGGER ledger_frontier_only_grows;";
    let check = |what: &str, sql: &str, says: &str| {
        let folder = place.path().join("tampered");
        let _ = std::fs::remove_dir_all(&folder);
        copy(&place.path().join("office"), &folder);
        block(async {
            let store = Store::open(&Place::Folder(folder.clone()), now()).await.unwrap();
            store.told(free).await.unwrap();
            store.told(sql).await.unwrap();
            store.close().await.unwrap();
        });
        let said = pinji(place.path(), ["ledger", "verify", "tampered"]);
        assert_eq!(said.code, 1, "{what}: {}{}", said.out, said.err);
        assert!(said.out.contains(says), "{what}: {}", said.out);
    };
    let bytes = "CAST(REPLACE(CAST(entry AS TEXT), 'customer:planted', 'customer:PLANTED') AS BLOB)";
    check(
        "edited",
        &format!("UPDATE ledger_entry SET entry = {bytes} WHERE seq = 3"),
        "Entry 3",
    );
    check("deleted", "DELETE FROM ledger_entry WHERE seq = 2", "Entry 2");
    check(
        "exchanged",
        "UPDATE ledger_entry SET seq = 900 WHERE seq = 2; UPDATE ledger_entry SET seq = 2 WHERE seq = 3; UPDATE ledger_entry SET seq = 3 WHERE seq = 900",
        "Entry 2",
    );
    check(
        "inserted",
        "INSERT INTO ledger_entry SELECT 900, at, entry, leaf FROM ledger_entry WHERE seq = 4",
        "Entry ",
    );
    check(
        "a leaf changed",
        "UPDATE ledger_entry SET leaf = zeroblob(32) WHERE seq = 4",
        "Entry 4",
    );
    check("cut off", "DELETE FROM ledger_entry WHERE seq > 3", "cut off");
    check(
        "the edge changed",
        "UPDATE ledger_frontier SET next_seq = next_seq + 5",
        "edge",
    );

    // A checkpoint that was changed, and one of another history.
    let notes = place.path().join("office/checkpoints");
    let note = std::fs::read_dir(&notes)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max()
        .unwrap();
    let text = std::fs::read_to_string(&note).unwrap();
    std::fs::write(&note, text.replacen("\n", "\n1", 1)).unwrap();
    let said = pinji(place.path(), ["ledger", "verify", "office"]).ended(1);
    assert!(
        said.out.contains(note.file_name().unwrap().to_str().unwrap()),
        "{}",
        said.out
    );
    std::fs::write(&note, text).unwrap();
    // Without any checkpoint nothing vouches for it.
    std::fs::create_dir(place.path().join("empty")).unwrap();
    let said = pinji(place.path(), ["ledger", "verify", "office", "--checkpoints", "empty"]).ended(1);
    assert!(said.out.contains("vouches"), "{}", said.out);
}
