//! The office: what it keeps, signs with and decides by; handed to every use case. 办公室

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use pinji_access::identity::{PasswordRules, SessionRules};
use pinji_access::{Action, Permissions, Resource, Verdict, Why};
use pinji_domain::{Message, Timestamp};
use pinji_ledger::{Act, Algorithm, Frontier};
use pinji_store::{Place, Store};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::keys::{self, Keys};
use super::sign_on::Directory;
use super::{Answer, Caller, Chance, Clock, Fault, Once};
use crate::linked::Roots;

/// How an office is opened. 打开方式
pub struct Opening {
    /// The folder with keys and checkpoints, and with the database where none is named.
    pub folder: PathBuf,
    /// A PostgreSQL database, as `postgres://…`.
    pub database: Option<String>,
    /// The address under which people reach it: `https://pinji.example`.
    pub origin: String,
    /// Where signed checkpoints are written, apart from the database; `checkpoints` in the folder if not said.
    pub checkpoints: Option<PathBuf>,
    /// Whether users and roles are managed, and confidential data is read, only with a second factor.
    pub second_factor: SecondFactor,
    /// Words of the company that no password is made of.
    pub company_words: Vec<String>,
    /// The company's directory, where people sign in by it.
    pub directory: Option<Directory>,
    /// The folders below which linked records may lie.
    pub roots: Roots,
    /// Tells the instant.
    pub clock: Clock,
    /// Gives random bytes.
    pub chance: Chance,
}

impl Opening {
    /// An office in a folder on this machine.
    pub fn of(folder: impl Into<PathBuf>) -> Opening {
        Opening {
            folder: folder.into(),
            database: None,
            origin: "http://127.0.0.1:8080".to_owned(),
            checkpoints: None,
            second_factor: SecondFactor::Demanded,
            company_words: Vec::new(),
            directory: None,
            roots: Roots::default(),
            clock: Clock::system(),
            chance: Chance::system(),
        }
    }
}

/// Whether the office demands a second factor for what the rules of access name. 第二因素要求
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// Yes.
    Demanded,
    /// Who has none is taken as if he had shown one.
    Optional,
}

/// The office. 办公室
pub struct Office {
    /// What it keeps.
    pub(crate) store: Store,
    /// The rules of access.
    pub(crate) permissions: Permissions,
    pub(crate) keys: Keys,
    pub(crate) password_rules: PasswordRules,
    pub(crate) session_rules: SessionRules,
    pub(crate) second_factor: SecondFactor,
    pub(crate) directory: Option<Directory>,
    pub(crate) checkpoints: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) roots: Roots,
    pub(crate) chance: Chance,
    /// Policies as they were read last.
    pub(crate) rules: super::rules::Kept,
    /// Who asked lately.
    pub(crate) people: super::identify::People,
    /// All customers in memory, to be found.
    pub(crate) book: super::customers::Book,
    clock: Clock,
    origin: String,
    /// Slow hashes at the same time, so that a crowd at the door leaves room for who is inside.
    pub(crate) hashing: Semaphore,
    /// One try at a time for each name that somebody signs in with; names share places.
    pub(crate) doors: Vec<tokio::sync::Mutex<()>>,
    /// When sessions (true) and tokens (false) were last used, until [`Office::tend`] writes it down: a reading writes nothing.
    pub(crate) seen: Mutex<HashMap<(bool, i64), Timestamp>>,
}

/// What was found under a request's key. 幂等查询结果
#[derive(Debug)]
pub enum Repeated {
    /// Nothing: it is the first.
    No,
    /// The same request; this is what it was answered.
    Same(Answer),
    /// Another request used the key.
    Different,
}

impl Office {
    /// Opens the office, makes what is not there yet, and brings the store up to date. 打开
    pub async fn open(opening: Opening) -> Result<Office, Fault> {
        pinji_store::private_folder(&opening.folder).map_err(Fault::broken)?;
        let host = opening
            .origin
            .split_once("://")
            .map_or(opening.origin.as_str(), |(_, host)| host);
        let keys = Keys::open(
            &opening.folder.join("keys"),
            host.trim_end_matches('/'),
            &opening.chance,
        )?;
        let place = match &opening.database {
            Some(url) => Place::Postgres(url.clone()),
            None => Place::Folder(opening.folder.clone()),
        };
        let store = Store::open(&place, opening.clock.now()).await?;
        let permissions = Permissions::new().map_err(Fault::broken)?;
        let checkpoints = opening
            .checkpoints
            .unwrap_or_else(|| opening.folder.join("checkpoints"));
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let office = Office {
            store,
            permissions,
            keys,
            password_rules: PasswordRules {
                words: opening.company_words,
                ..PasswordRules::default()
            },
            session_rules: SessionRules::default(),
            second_factor: opening.second_factor,
            directory: opening.directory,
            checkpoints,
            folder: opening.folder,
            roots: opening.roots,
            chance: opening.chance,
            rules: super::rules::Kept::default(),
            people: super::identify::People::default(),
            book: super::customers::Book::default(),
            clock: opening.clock,
            origin: opening.origin.trim_end_matches('/').to_owned(),
            hashing: Semaphore::new(cores),
            doors: (0..64).map(|_| tokio::sync::Mutex::new(())).collect(),
            seen: Mutex::default(),
        };
        office.open_ledger().await?;
        Ok(office)
    }

    /// The first entry names the ledger; a store that belongs to another key is refused.
    async fn open_ledger(&self) -> Result<(), Fault> {
        if let Some(first) = self.store.ledger_entries(0, 1).await?.into_iter().next() {
            let entry = pinji_ledger::Entry::parse(&first.bytes).map_err(Fault::broken)?;
            let named = entry
                .act
                .facts
                .get("origin")
                .and_then(|name| name.as_str())
                .unwrap_or_default();
            return match named == self.keys.name {
                true => Ok(()),
                false => Err(Fault::Refused(
                    Message::new("app-ledger-of-another-key")
                        .with("ledger", named)
                        .with("key", self.keys.name.as_str()),
                )),
            };
        }
        let change = self.store.change(self.now()).await?;
        if change.seq() > 0 {
            return Ok(());
        }
        let act = Act::opening(change.at(), "system", &self.keys.name, Algorithm::Sha256);
        super::deed::append(change, act).await
    }

    /// Closes the store.
    pub async fn close(self) -> Result<(), Fault> {
        Ok(self.store.close().await?)
    }

    /// The instant now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The address under which people reach the office.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its folder.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// A fresh id for a request.
    pub fn new_id(&self) -> String {
        self.chance
            .bytes::<8>()
            .map_or_else(|_| "0".repeat(16), |bytes| keys::hex(&bytes))
    }

    /// Whether the store answers.
    pub async fn ready(&self) -> Result<(), Fault> {
        self.store.ledger_head().await?;
        Ok(())
    }

    /// A text that only this office can have made of these bytes.
    pub fn seal(&self, purpose: &str, bytes: &[u8]) -> String {
        self.keys.seal(purpose, bytes)
    }

    /// The bytes of such a text.
    pub fn unseal(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        self.keys.unseal(purpose, text)
    }

    /// A digest of several parts, each told apart from its neighbours.
    pub fn digest(&self, parts: &[&[u8]]) -> String {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        keys::hex(&hash.finalize())
    }

    /// What was answered under this key before. 幂等查询
    pub async fn repeated(&self, once: &Once) -> Result<Repeated, Fault> {
        let Some(kept) = self.store.answer(&once.scope, &once.key).await? else {
            return Ok(Repeated::No);
        };
        if kept.request_hash != once.fingerprint {
            return Ok(Repeated::Different);
        }
        let answer = Answer::from_kept(&kept).ok_or_else(|| Fault::broken("a kept answer cannot be read"))?;
        Ok(Repeated::Same(answer))
    }

    /// Asks the rules whether the caller may; the answer is a sentence.
    pub(crate) fn authorize(&self, caller: &Caller, action: Action, resource: &Resource) -> Result<(), Fault> {
        match self.permissions.decide(&caller.actor, action, resource) {
            Verdict::Allowed => Ok(()),
            Verdict::NeedsElevation => Err(Fault::ElevationNeeded),
            Verdict::Refused { why, .. } => {
                let says = Message::new(why.code()).with("action", action.name());
                // The caller may do such things; this one has come too far, or not far enough.
                Err(if why == Why::NotInThisState {
                    Fault::Refused(says)
                } else {
                    Fault::Forbidden(says)
                })
            }
        }
    }

    /// Whether the caller may, without a sentence: for rows of a list and for things whose being there is not told.
    pub(crate) fn may(&self, caller: &Caller, action: Action, resource: &Resource) -> bool {
        self.permissions.decide(&caller.actor, action, resource).is_allowed()
    }

    /// Notes in memory that a session or token was used; [`Office::tend`] writes it down.
    pub(crate) fn note_use(&self, session: bool, id: i64, at: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = seen.entry((session, id)).or_insert(at);
        *entry = (*entry).max(at);
    }

    /// When a session was last used, as far as memory tells.
    pub(crate) fn last_use(&self, session: bool, id: i64) -> Option<Timestamp> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&(session, id)).copied()
    }

    /// What is done each minute: uses written down, what is over forgotten. 日常维护
    pub async fn tend(&self) -> Result<(), Fault> {
        let noted: Vec<((bool, i64), Timestamp)> = {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.iter().map(|(key, at)| (*key, *at)).collect()
        };
        let now = self.now();
        let upkeep = self.store.upkeep().await?;
        for ((session, id), at) in &noted {
            match session {
                true => upkeep.touch_session(*id, *at).await?,
                false => upkeep.touch_token(pinji_domain::TokenId(*id), *at).await?,
            }
        }
        // Attempts count for a day, and tell for two weeks from where somebody signs in.
        upkeep.forget_before(now.plus_seconds(-14 * 24 * 3600)).await?;
        upkeep.forget_answers(now.plus_seconds(-3 * 24 * 3600)).await?;
        upkeep.forget_questions(now).await?;
        upkeep.commit().await?;
        self.forget_uses(noted);
        super::erasures::scrub_rest(self).await
    }

    /// What was written down need not be held any more, unless it was used again meanwhile.
    fn forget_uses(&self, noted: Vec<((bool, i64), Timestamp)>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, at) in noted {
            if seen.get(&key) == Some(&at) {
                seen.remove(&key);
            }
        }
    }

    /// The tree of the ledger as it stands.
    pub(crate) async fn frontier(&self) -> Result<Frontier, Fault> {
        let head = self.store.ledger_head().await?;
        let bytes = head
            .frontier
            .ok_or_else(|| Fault::broken("the ledger was not opened"))?;
        Frontier::from_bytes(&bytes).map_err(Fault::broken)
    }
}
