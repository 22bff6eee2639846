//! A business around an office: people with roles and teams, customers, records put straight into the store.

use pinji_domain::{Channel, Date, SubmissionId, UserId};
use pinji_store::{AcceptedRow, Audit, Change, NewSubmission, SubmissionState};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::site::{Person, Site};

/// The people of a small business: two teams, each with an account manager.
pub struct Business {
    pub first: Person,
    pub deputy: Person,
    pub system: Person,
    /// Account manager of the team east.
    pub east: Person,
    /// Account manager of the team west.
    pub west: Person,
    /// Keeps customers up to date, in no team.
    pub updater: Person,
    /// Runs ratings; may assign and export.
    pub rater: Person,
    pub east_team: i64,
    pub west_team: i64,
}

impl Business {
    pub fn open(site: &Site) -> Business {
        let (first, deputy, system) = site.set_up();
        let east = site.employ(&first, &deputy, "east", &["account_manager"]);
        let west = site.employ(&first, &deputy, "west", &["account_manager"]);
        let updater = site.employ(&first, &deputy, "updater", &["updater"]);
        let rater = site.employ(&first, &deputy, "rater", &["rating_administrator"]);
        let team = |code: &str, of: &Person| {
            let body = json!({ "code": code, "name": code, "members": [{ "user": of.id, "lead": true }] });
            let made = site.post(&first, "/api/v1/teams", &body).expect(201).json();
            made["id"].as_i64().unwrap()
        };
        let (east_team, west_team) = (team("east", &east), team("west", &west));
        Business {
            first,
            deputy,
            system,
            east,
            west,
            updater,
            rater,
            east_team,
            west_team,
        }
    }
}

impl Site {
    /// Makes a customer.
    #[track_caller]
    pub fn customer(&self, by: &Person, code: &str, name: &str, more: Value) -> Answer {
        let mut body = json!({ "code": code, "name": name });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(by, "/api/v1/customers", &body).expect(201)
    }

    /// Puts records of one kind into the store as an audited submission; each row is key, period and content.
    pub fn plant_records(
        &self,
        code: &str,
        kind: &str,
        by: [i64; 2],
        rows: &[(&str, Option<Date>, Value)],
    ) -> SubmissionId {
        let store = self.second_store();
        self.runtime.block_on(async {
            let customer = store.customer_by_code(code).await.unwrap().unwrap().id;
            let change = store.change(self.clock.now()).await.unwrap();
            let new = NewSubmission {
                kind: kind.to_owned(),
                channel: Channel::Workbook,
                source: "年报".to_owned(),
                method: "录入".to_owned(),
                period: None,
                collected_by: UserId(by[0]),
                collected_at: change.at(),
                entered_by: UserId(by[0]),
                entered_at: change.at(),
                file: None,
                file_name: Some("年报.xlsx".to_owned()),
                answers: None,
                note: String::new(),
                summary: "{}".to_owned(),
                rows_total: rows.len() as i64,
                rows_new: rows.len() as i64,
                rows_changed: 0,
                rows_same: 0,
                rows_bad: 0,
            };
            let id = change.add(new).await.unwrap();
            let version = change.submit(id, 1).await.unwrap();
            let audit = Audit {
                state: SubmissionState::Audited,
                by: Some(UserId(by[1])),
                rule: None,
                note: None,
                accepted: rows.len() as i64,
                refused: 0,
                returned: 0,
            };
            change.audit(id, version, &audit).await.unwrap();
            let batch = change.batch(id, kind).await.unwrap();
            let accepted = rows.iter().zip(1..).map(|((key, period, content), row)| AcceptedRow {
                customer,
                key: (*key).to_owned(),
                period: *period,
                row,
                content: (!content.is_null()).then(|| content.to_string()),
            });
            change.accept(&batch, accepted.collect()).await.unwrap();
            commit(change, &format!("submission:{id}")).await;
            store.close().await.unwrap();
            id
        })
    }
}

/// Keeps a change with an entry about this.
async fn commit(change: Change, object: &str) {
    let committed = change.commit(|slot| {
        let mut frontier = pinji_ledger::Frontier::from_bytes(slot.frontier.as_deref().unwrap_or_default())?;
        let act = pinji_ledger::Act::new(slot.at, "system", "submission.audit", object);
        let appended = frontier.append(act)?;
        Ok::<_, pinji_ledger::Error>(pinji_store::LedgerLine {
            bytes: appended.bytes,
            leaf: appended.leaf.0,
            frontier: frontier.to_bytes(),
        })
    });
    committed.await.unwrap();
}
