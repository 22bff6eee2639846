//! What the tests share: stores with a few people in them, entries without meaning, a small die.

use std::future::Future;

use pinji_domain::ids::{CustomerId, SubmissionId, UserId};
use pinji_domain::{Channel, Secrecy};
use pinji_store::{
    AcceptedRow, Audit, Change, LedgerLine, NewCustomer, NewSubmission, NewUser, Place, Slot, Store, SubmissionState,
};
use pinji_testkit::{Clock, stores};
use sha2::{Digest, Sha256};

/// Runs `test` on an empty store of each database.
pub fn on_each<F: Future<Output = ()>>(test: impl Fn(&'static str, Store) -> F) {
    for place in stores() {
        block(async {
            let store = Store::open(&Place::parse(&place.address), Clock::default().now())
                .await
                .unwrap();
            test(place.name, store).await;
        });
    }
}

pub fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// An entry that says only its number; the frontier is the number of entries.
#[allow(clippy::unnecessary_wraps, reason = "the shape that commit asks for")]
pub fn entry(slot: &Slot) -> Result<LedgerLine, std::convert::Infallible> {
    let before = slot
        .frontier
        .as_deref()
        .map_or(0, |bytes| i64::from_le_bytes(bytes.try_into().unwrap()));
    assert_eq!(before, slot.seq, "the frontier is that of the entry before");
    let bytes = format!("entry {} at {}", slot.seq, slot.at).into_bytes();
    Ok(LedgerLine {
        leaf: Sha256::digest(&bytes).into(),
        bytes,
        frontier: (slot.seq + 1).to_le_bytes().to_vec(),
    })
}

pub fn person(login: &str) -> NewUser {
    NewUser {
        login: login.to_owned(),
        name: login.to_uppercase(),
        email: None,
        created_at: Clock::default().now(),
        customer: None,
    }
}

pub fn company(code: &str) -> NewCustomer {
    NewCustomer {
        code: code.to_owned(),
        uscc: None,
        name: format!("{code}有限公司"),
        name_key: format!("{} you xian gong si", code.to_lowercase()),
        industry: None,
        region: None,
        size: None,
        manager: None,
        team: None,
        secrecy: Secrecy::Internal,
        custom: "{}".to_owned(),
    }
}

pub fn sent(kind: &str, by: UserId) -> NewSubmission {
    NewSubmission {
        kind: kind.to_owned(),
        channel: Channel::Workbook,
        source: "annual report".to_owned(),
        method: "typed".to_owned(),
        period: None,
        collected_by: by,
        collected_at: Clock::default().now(),
        entered_by: by,
        entered_at: Clock::default().now(),
        file: None,
        file_name: None,
        answers: None,
        note: String::new(),
        summary: "{}".to_owned(),
        rows_total: 1,
        rows_new: 1,
        rows_changed: 0,
        rows_same: 0,
        rows_bad: 0,
    }
}

pub fn row(customer: CustomerId, key: &str, row: i64, content: Option<&str>) -> AcceptedRow {
    AcceptedRow {
        customer,
        key: key.to_owned(),
        period: None,
        row,
        content: content.map(str::to_owned),
    }
}

/// The audit by a rule, which needs no second person.
pub fn accepted_by_rule(rows: i64) -> Audit {
    Audit {
        state: SubmissionState::Audited,
        by: None,
        rule: Some("trusted feed".to_owned()),
        note: None,
        accepted: rows,
        refused: 0,
        returned: 0,
    }
}

/// Two people and so many customers `C0001`, ….
pub async fn populated(store: &Store, customers: usize) -> (UserId, UserId, Vec<CustomerId>) {
    let change = store.change(Clock::default().now()).await.unwrap();
    let one = change.add(person("ann")).await.unwrap();
    let other = change.add(person("bob")).await.unwrap();
    let companies: Vec<NewCustomer> = (1..=customers)
        .map(|number| company(&format!("C{number:04}")))
        .collect();
    let ids = change.add_customers(&companies).await.unwrap();
    change.commit(entry).await.unwrap();
    (one, other, ids)
}

/// A submission that goes all its way in the change at hand, with these rows accepted.
pub async fn brought(change: &Change, kind: &str, by: UserId, rows: Vec<AcceptedRow>) -> SubmissionId {
    let id = change.add(sent(kind, by)).await.unwrap();
    let version = change.submit(id, 1).await.unwrap();
    let batch = change.batch(id, kind).await.unwrap();
    let count = rows.len();
    change.accept(&batch, rows).await.unwrap();
    change
        .audit(id, version, &accepted_by_rule(count as i64))
        .await
        .unwrap();
    id
}

/// xorshift: the same throws for the same seed.
pub struct Die(u64);

impl Die {
    pub fn new(seed: u64) -> Die {
        Die(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// 0 to `sides` − 1.
    pub fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }
}
