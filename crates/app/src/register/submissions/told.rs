//! Telling the departments that a kind names of key fields that moved. 通知部门

use std::collections::{BTreeMap, HashMap};

use pinji_domain::{Kind, Lang, SubmissionId, TeamId, Timestamp, UserId};
use pinji_store::{Change, NewNotification};
use pinji_workflow::notice::{Notice, Stage};
use serde_json::{Value, json};

use super::accept::shown;
use crate::register::Fault;

/// More notices of one kind than these become one that says how many.
const FEW: usize = 5;

/// Notices of a submission, by kind and stage. 通知集
#[derive(Debug, Default)]
pub(super) struct Told {
    all: BTreeMap<(String, &'static str), Group>,
}

#[derive(Debug, Default)]
struct Group {
    departments: Vec<String>,
    kind: Value,
    count: i64,
    rows: i64,
    first: Vec<Value>,
}

impl Told {
    /// Adds a notice. A confidential customer is counted and not named: not all of a department may know of it.
    pub(super) fn add(&mut self, kind: &Kind, notice: &Notice, named: bool) {
        let code = match notice.stage {
            Stage::Reported => "app-notice-key-reported",
            Stage::Accepted => "app-notice-key-accepted",
            Stage::NotAccepted => "app-notice-key-not-accepted",
        };
        let group = self.all.entry((notice.kind.clone(), code)).or_default();
        group.departments.clone_from(&notice.departments);
        group.kind = both(&kind.name);
        group.rows += 1;
        for change in &notice.changes {
            group.count += 1;
            let label = kind
                .field(&change.field)
                .map_or(Value::from(change.field.as_str()), |field| both(&field.label));
            if named && group.first.len() <= FEW {
                group.first.push(json!({
                    "customer": notice.customer, "kind": group.kind, "field": label,
                    "old": shown(kind, &change.field, change.old.as_ref()),
                    "new": shown(kind, &change.field, change.new.as_ref()),
                }));
            }
        }
    }

    /// Writes the notices: one for each change, or one for all where there are many.
    pub(super) async fn put(self, change: &Change, submission: SubmissionId) -> Result<(), Fault> {
        if self.all.is_empty() {
            return Ok(());
        }
        let mut teams: HashMap<String, Vec<UserId>> = HashMap::new();
        for team in change
            .teams()
            .await?
            .into_iter()
            .filter(|team| team.closed_at.is_none())
        {
            teams.insert(team.code.clone(), members(change, team.id).await?);
        }
        for ((_, code), group) in self.all {
            let mut people: Vec<UserId> = group
                .departments
                .iter()
                .filter_map(|department| teams.get(department))
                .flatten()
                .copied()
                .collect();
            people.sort_unstable();
            people.dedup();
            let each = group.count as usize == group.first.len() && group.first.len() <= FEW;
            for user in people {
                if each {
                    for args in &group.first {
                        put(change, user, code, args, submission, change.at()).await?;
                    }
                    continue;
                }
                let code = match code {
                    "app-notice-key-reported" => "app-notice-keys-reported",
                    "app-notice-key-accepted" => "app-notice-keys-accepted",
                    _ => "app-notice-keys-not-accepted",
                };
                let args = json!({ "kind": group.kind, "rows": group.rows, "submission": submission.to_string() });
                put(change, user, code, &args, submission, change.at()).await?;
            }
        }
        Ok(())
    }
}

async fn members(change: &Change, team: TeamId) -> Result<Vec<UserId>, Fault> {
    let members = change.team_members(team).await?;
    Ok(members.into_iter().map(|member| member.user).collect())
}

fn both(text: &pinji_domain::Text) -> Value {
    json!({ "zh": text.get(Lang::Zh), "en": text.get(Lang::En) })
}

/// One notice to one person.
pub(super) async fn put(
    change: &Change,
    user: UserId,
    code: &str,
    args: &Value,
    submission: SubmissionId,
    at: Timestamp,
) -> Result<(), Fault> {
    let notice = NewNotification {
        user_id: user,
        code: code.to_owned(),
        args: args.to_string(),
        object: format!("/api/v1/submissions/{submission}"),
        at,
    };
    change.put(notice).await?;
    Ok(())
}
