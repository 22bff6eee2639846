//! How a change is kept: its entry in the ledger, the answer under its key, all in its one transaction. 变更与台账

use hmac::{Hmac, KeyInit, Mac};
use pinji_domain::UserId;
use pinji_ledger::{Act, Frontier, commit as commit_to, encode};
use pinji_store::{Change, LedgerLine, SealedValue, Slot, View};
use serde_json::{Map, Value};
use sha2::Sha256;

use super::{Answer, Asked, Caller, Fault, Office};

/// What was done, for the ledger. 行为
#[derive(Debug, Clone, Default)]
pub(crate) struct Deed {
    /// The permission's code, or what stands for it where none is asked: `session.open`.
    pub(crate) action: &'static str,
    /// What it was done to: `user:4`.
    pub(crate) object: String,
    /// What stood before.
    pub(crate) before: Option<Value>,
    /// What stands after.
    pub(crate) after: Option<Value>,
    /// The policies that held, with their versions.
    pub(crate) policy_version: Option<String>,
    /// What else an auditor must know.
    pub(crate) facts: Map<String, Value>,
}

impl Deed {
    /// Something done to this.
    pub(crate) fn new(action: &'static str, object: impl Into<String>) -> Deed {
        Deed {
            action,
            object: object.into(),
            ..Deed::default()
        }
    }

    /// What stood before.
    #[must_use]
    pub(crate) fn before(mut self, before: Value) -> Deed {
        self.before = Some(before);
        self
    }

    /// What stands after.
    #[must_use]
    pub(crate) fn after(mut self, after: Value) -> Deed {
        self.after = Some(after);
        self
    }

    /// The policies by which it was done: `tob-standard 2026.1`.
    #[must_use]
    pub(crate) fn under(mut self, versions: impl Into<String>) -> Deed {
        self.policy_version = Some(versions.into());
        self
    }

    /// Something else that an auditor must know.
    #[must_use]
    pub(crate) fn fact(mut self, name: &str, value: impl Into<Value>) -> Deed {
        self.facts.insert(name.to_owned(), value.into());
        self
    }
}

impl Office {
    /// Keeps a change of a caller's, with its one entry and the answer that a repetition gets. 提交变更
    ///
    /// Changes come one after another. By what somebody was let in when he asked may have been taken away by the one before:
    /// then nothing is kept.
    pub(crate) async fn keep(
        &self,
        change: Change,
        caller: &Caller,
        deed: Deed,
        answer: Answer,
    ) -> Result<Answer, Fault> {
        if !self.still_stands(&change, caller).await? {
            return Err(Fault::refused("app-authority-moved"));
        }
        self.keep_own(change, caller, deed, answer).await
    }

    /// The same for what somebody says about himself, and may say whatever else he may.
    pub(crate) async fn keep_own(
        &self,
        change: Change,
        caller: &Caller,
        deed: Deed,
        answer: Answer,
    ) -> Result<Answer, Fault> {
        let behalf = match caller.via {
            super::Via::Session(_) => None,
            super::Via::Token(_) => Some(format!("user:{}", caller.user)),
        };
        self.keep_as(change, &caller.name(), behalf, &caller.asked, deed, Some(&answer))
            .await?;
        Ok(answer)
    }

    /// Keeps a change of somebody who is named here, since nobody is signed in, or the office itself acts.
    pub(crate) async fn keep_as(
        &self,
        change: Change,
        actor: &str,
        on_behalf: Option<String>,
        asked: &Asked,
        deed: Deed,
        answer: Option<&Answer>,
    ) -> Result<(), Fault> {
        if let (Some(once), Some(answer)) = (&asked.once, answer) {
            change.keep_answer(answer.to_kept(once, change.at())).await?;
        }
        let mut deed = deed;
        let sealed = self.sealed(change.seq(), &mut deed)?;
        change.keep_sealed(&sealed).await?;
        let act = Act {
            on_behalf,
            // What the office does by itself comes from nowhere.
            from: Some(asked.address.clone()).filter(|address| !address.is_empty()),
            before: deed.before,
            after: deed.after,
            policy_version: deed.policy_version,
            request_id: Some(asked.request.clone()),
            facts: deed.facts,
            ..Act::new(change.at(), actor, deed.action, &deed.object)
        };
        append(change, act).await
    }

    /// Puts commitments in place of what somebody wrote in his own words, since a person may be named there; and what opens
    /// them.
    fn sealed(&self, seq: i64, deed: &mut Deed) -> Result<Vec<SealedValue>, Fault> {
        let mut sealed = Vec::new();
        let names = ["run:", "team:", "token:"]
            .iter()
            .any(|sort| deed.object.starts_with(sort));
        let is_prose = |field: &str| PROSE.contains(&field) || names && field == "name";
        let mut open = |value: &Value, place: &str| -> Result<Value, Fault> {
            let salt = self.chance.bytes::<32>()?;
            let bytes = encode(value).map_err(Fault::broken)?;
            sealed.push(SealedValue {
                seq,
                place: place.to_owned(),
                object: deed.object.clone(),
                value: Some(String::from_utf8(bytes.clone()).map_err(Fault::broken)?),
                salt: Some(salt.to_vec()),
                erased_at: None,
            });
            Ok(commit_to(&bytes, &salt).to_value())
        };
        for (value, place) in [(&mut deed.before, "/before"), (&mut deed.after, "/after")] {
            if let Some(value) = value {
                seal_prose(value, place, &is_prose, &mut open)?;
            }
        }
        for (field, value) in &mut deed.facts {
            seal_field(field, value, &format!("/facts/{field}"), &is_prose, &mut open)?;
        }
        Ok(sealed)
    }
}

/// Fields of an entry that hold sentences which people wrote. 自由文本字段
const PROSE: [&str; 4] = ["reason", "purpose", "words", "note"];

type Opening<'a> = &'a mut dyn FnMut(&Value, &str) -> Result<Value, Fault>;

fn seal_prose(value: &mut Value, place: &str, is_prose: &dyn Fn(&str) -> bool, open: Opening<'_>) -> Result<(), Fault> {
    match value {
        Value::Object(map) => {
            for (field, value) in map {
                seal_field(field, value, &format!("{place}/{field}"), is_prose, open)?;
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter_mut().enumerate() {
                seal_prose(value, &format!("{place}/{at}"), is_prose, open)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn seal_field(
    field: &str,
    value: &mut Value,
    place: &str,
    is_prose: &dyn Fn(&str) -> bool,
    open: Opening<'_>,
) -> Result<(), Fault> {
    match value {
        Value::String(text) if is_prose(field) && !text.is_empty() => *value = open(value, place)?,
        _ => seal_prose(value, place, is_prose, open)?,
    }
    Ok(())
}

/// Appends the entry and keeps the change.
pub(crate) async fn append(change: Change, act: Act) -> Result<(), Fault> {
    change.commit(|slot| line(slot, act)).await?;
    Ok(())
}

fn line(slot: &Slot, act: Act) -> Result<LedgerLine, pinji_ledger::Error> {
    let mut frontier = match &slot.frontier {
        Some(bytes) => Frontier::from_bytes(bytes)?,
        None => Frontier::new(pinji_ledger::Algorithm::Sha256),
    };
    let appended = frontier.append(act)?;
    Ok(LedgerLine {
        bytes: appended.bytes,
        leaf: appended.leaf.0,
        frontier: frontier.to_bytes(),
    })
}

/// The sort of credential that is a user's key for what stands about him in the ledger.
pub(crate) const SUBJECT_KEY: &str = "ledger";

/// Commitments to what is about one person, under a key of that person's: once the key is destroyed, nothing opens them.
/// The salt of a value follows from key, request and field, so that nothing besides the key must be kept. 个人信息承诺
pub(crate) struct Personal {
    key: Vec<u8>,
    request: String,
}

impl Personal {
    /// For a user whose key is this.
    pub(crate) fn with(key: &[u8], asked: &Asked) -> Personal {
        Personal {
            key: key.to_vec(),
            request: asked.request.clone(),
        }
    }

    /// For a user by the key that is kept.
    pub(crate) async fn of(view: &View, user: UserId, asked: &Asked) -> Result<Personal, Fault> {
        let kept = view.credentials(user).await?;
        let key = kept.into_iter().find(|credential| credential.sort == SUBJECT_KEY);
        Ok(Personal::with(
            key.map(|key| key.secret).unwrap_or_default().as_bytes(),
            asked,
        ))
    }

    /// What stands in the entry in place of the text.
    pub(crate) fn seal(&self, field: &str, text: &str) -> Value {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
            return Value::Null;
        };
        mac.update(self.request.as_bytes());
        mac.update(&[0]);
        mac.update(field.as_bytes());
        let salt: [u8; 32] = mac.finalize().into_bytes().into();
        encode(&Value::from(text)).map_or(Value::Null, |bytes| commit_to(&bytes, &salt).to_value())
    }
}
