//! Conflicts of interest that people declare of themselves; from then on the customer is closed to them. 利益冲突申报
//!
//! What is declared is a number, whether or not there is such a customer: who declares learns nothing of that. Nobody takes
//! back what he declared.

use pinji_domain::{CustomerId, Message, Timestamp, UserId};
use pinji_store::View;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::deed::Deed;
use super::users::line;
use super::{Answer, Caller, Fault, Office};

/// So many can be declared by one person.
const MOST: usize = 1_000;

/// A declared conflict. 利益冲突
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The customer's own number.
    pub customer: String,
    /// What it is.
    pub reason: String,
    /// When it was declared, in microseconds since 1970-01-01.
    at: i64,
}

impl Conflict {
    /// When it was declared.
    pub fn declared_at(&self) -> Timestamp {
        Timestamp(self.at)
    }
}

/// What one has declared, the oldest first. 本人申报
pub async fn list(office: &Office, caller: &Caller) -> Result<Vec<Conflict>, Fault> {
    declared(&office.store, caller.user).await
}

/// Declares one. 申报
pub async fn declare(
    office: &Office,
    caller: &Caller,
    customer: &str,
    reason: &str,
    words: impl Fn(&Conflict) -> Answer + Send,
) -> Result<Answer, Fault> {
    let mut wrong = Vec::new();
    let customer = line("/customer", customer, 64, &mut wrong);
    let reason = line("/reason", reason, 500, &mut wrong);
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let change = office.store.change(caller.asked.at).await?;
    let mut all = declared(&change, caller.user).await?;
    if all.iter().any(|known| known.customer == customer) {
        return Err(Fault::refused("app-conflict-already"));
    }
    if all.len() >= MOST {
        return Err(Fault::Refused(Message::new("app-conflict-many").with("most", MOST)));
    }
    let new = Conflict {
        customer,
        reason,
        at: change.at().0,
    };
    all.push(new.clone());
    let kept = serde_json::to_string(&all).map_err(Fault::broken)?;
    change.set_setting(&setting(caller.user), &kept).await?;
    let answer = words(&new);
    let deed = Deed::new("conflict.declare", format!("user:{}", caller.user))
        .after(json!({ "customer": new.customer, "reason": new.reason }));
    office.keep_own(change, caller, deed, answer).await
}

/// The customers that are closed to a user.
pub(crate) async fn closed_to(view: &View, user: UserId) -> Result<Vec<CustomerId>, Fault> {
    let all = declared(view, user).await?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let codes: Vec<String> = all.into_iter().map(|conflict| conflict.customer).collect();
    Ok(view.customer_ids(&codes).await?.into_values().collect())
}

async fn declared(view: &View, user: UserId) -> Result<Vec<Conflict>, Fault> {
    match view.setting(&setting(user)).await? {
        None => Ok(Vec::new()),
        Some(kept) => serde_json::from_str(&kept).map_err(Fault::broken),
    }
}

fn setting(user: UserId) -> String {
    format!("conflicts/{user}")
}
