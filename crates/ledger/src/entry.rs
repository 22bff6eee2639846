//! One line of the ledger: who did what, when, from where, to what, and why. 台账条目

use pinji_domain::Timestamp;
use serde_json::{Map, Value, json};

use crate::{Algorithm, Error, Hash, canonical};

/// The longest entry in bytes: larger things stand in it by their digest.
pub const LONGEST: usize = 1 << 20;

/// The action of the first entry, which names the ledger and its algorithm.
pub const OPENING: &str = "ledger.open";

/// The version of the entry's form, which the first entry names.
const FORM: i64 = 1;

/// What somebody did, before it has its place in the ledger. 行为
///
/// Values about a person never stand here: [`crate::seal`] puts commitments in their place. Large contents stand here by
/// their [`crate::digest`]; doubles as text, by [`crate::exact`].
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Who: `user:17`, `token:5`, `system`.
    pub actor: String,
    /// For whom, where somebody acts for another.
    pub on_behalf: Option<String>,
    /// The network address that it came from.
    pub from: Option<String>,
    /// The permission's code: `submission.audit`.
    pub action: String,
    /// What it was done to: `submission:42`.
    pub object: String,
    /// What stood before, where something changed.
    pub before: Option<Value>,
    /// What stands after.
    pub after: Option<Value>,
    /// The version of the policy, or of the rules, under which it was decided.
    pub policy_version: Option<String>,
    /// The request, by which logs and answers can be found.
    pub request_id: Option<String>,
    /// What else an auditor must know: reasons, counts, hashes.
    pub facts: Map<String, Value>,
}

impl Act {
    /// An act with what each must say; the rest is filled in by `..`. 行为
    pub fn new(at: Timestamp, actor: &str, action: &str, object: &str) -> Act {
        Act {
            at,
            actor: actor.to_owned(),
            on_behalf: None,
            from: None,
            action: action.to_owned(),
            object: object.to_owned(),
            before: None,
            after: None,
            policy_version: None,
            request_id: None,
            facts: Map::new(),
        }
    }

    /// The act that opens a ledger: the first entry, and only that. 开账
    ///
    /// `origin` is the ledger's name, as in its checkpoints and keys.
    pub fn opening(at: Timestamp, actor: &str, origin: &str, algorithm: Algorithm) -> Act {
        let mut facts = Map::new();
        facts.insert("algorithm".to_owned(), algorithm.code().into());
        facts.insert("form".to_owned(), FORM.into());
        facts.insert("origin".to_owned(), origin.into());
        Act {
            facts,
            ..Act::new(at, actor, OPENING, "ledger")
        }
    }
}

/// An act in its place. 条目
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number, from 0 without gaps: the index of its leaf.
    pub seq: u64,
    /// The leaf hash of the entry before; `None` only for the first.
    pub prev: Option<Hash>,
    /// What was done.
    pub act: Act,
}

impl Entry {
    /// The canonical bytes: what is hashed as a leaf, kept, and exported as one line. 规范字节
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let act = &self.act;
        for (field, text) in [("actor", &act.actor), ("action", &act.action), ("object", &act.object)] {
            if text.is_empty() {
                return Err(Error::FieldMissing { field });
            }
        }
        let at = act.at.to_string();
        if Timestamp::parse(&at) != Some(act.at) {
            return Err(Error::InstantOutOfRange { micros: act.at.0 });
        }
        let mut map = Map::new();
        let mut put = |key: &str, value: Option<Value>| value.and_then(|value| map.insert(key.to_owned(), value));
        let text = |text: &Option<String>| text.clone().map(Value::String);
        put("action", Some(act.action.clone().into()));
        put("actor", Some(act.actor.clone().into()));
        put("after", act.after.clone());
        put("at", Some(at.into()));
        put("before", act.before.clone());
        put("facts", (!act.facts.is_empty()).then(|| act.facts.clone().into()));
        put("from", text(&act.from));
        put("object", Some(act.object.clone().into()));
        put("on_behalf", text(&act.on_behalf));
        put("policy_version", text(&act.policy_version));
        put("prev", self.prev.map(|hash| hash.to_string().into()));
        put("request_id", text(&act.request_id));
        put("seq", Some(json!(self.seq)));
        let bytes = canonical::encode(&Value::Object(map))?;
        if bytes.len() > LONGEST {
            return Err(Error::TooLong { most: LONGEST });
        }
        Ok(bytes)
    }

    /// Reads an entry from its canonical bytes. 读取条目
    pub fn parse(bytes: &[u8]) -> Result<Entry, Error> {
        let Value::Object(mut map) = canonical::read(bytes)? else {
            return Err(Error::NotCanonical);
        };
        let seq = map.remove("seq").and_then(|value| value.as_u64());
        let at = required(&mut map, "at")?;
        let entry = Entry {
            seq: seq.ok_or(Error::FieldMissing { field: "seq" })?,
            prev: text(&mut map, "prev")?.map(|prev| prev.parse()).transpose()?,
            act: Act {
                at: Timestamp::parse(&at).ok_or(Error::FieldWrong { field: "at" })?,
                actor: required(&mut map, "actor")?,
                on_behalf: text(&mut map, "on_behalf")?,
                from: text(&mut map, "from")?,
                action: required(&mut map, "action")?,
                object: required(&mut map, "object")?,
                before: map.remove("before"),
                after: map.remove("after"),
                policy_version: text(&mut map, "policy_version")?,
                request_id: text(&mut map, "request_id")?,
                facts: match map.remove("facts") {
                    None => Map::new(),
                    Some(Value::Object(facts)) => facts,
                    Some(_) => return Err(Error::FieldWrong { field: "facts" }),
                },
            },
        };
        match map.into_iter().next() {
            Some((field, _)) => Err(Error::FieldUnknown { field }),
            None => Ok(entry),
        }
    }
}

fn text(map: &mut Map<String, Value>, field: &'static str) -> Result<Option<String>, Error> {
    match map.remove(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::FieldWrong { field }),
    }
}

fn required(map: &mut Map<String, Value>, field: &'static str) -> Result<String, Error> {
    text(map, field)?.ok_or(Error::FieldMissing { field })
}
