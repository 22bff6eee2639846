//! Who a request is from: a look into the store at each request, so that what was taken away counts at once. 身份识别

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use pinji_access::identity::{ApiToken, SecretHash, Session as Rules, TokenFault};
use pinji_access::{Action, Actor, Permit, Roles};
use pinji_domain::{CustomerId, Message, Role, TeamId, Timestamp, UserId};
use pinji_store::{AccessState, Grant, GrantState, User, UserState, View};

use super::keys::{hex, unhex};
use super::office::SecondFactor;
use super::{Asked, Caller, Credential, Fault, Office, Via, conflicts};

/// The sort of credential that is a confirmed second factor.
pub(crate) const TOTP: &str = "totp";

impl Office {
    /// The caller behind a session or token. 识别请求者
    pub async fn identify(&self, credential: &Credential, asked: &Asked) -> Result<Caller, Fault> {
        match credential {
            Credential::Session(secret) => self.by_session(&hex(&SecretHash::of(secret).0), asked).await,
            Credential::Token(text) => {
                let hash = ApiToken::look_up(text).map_err(|fault| Fault::NotSignedIn(fault.message()))?;
                let token = self.store.token(&hex(&hash.0)).await?;
                self.by_token(token.ok_or_else(unknown)?, asked).await
            }
        }
    }

    /// The same caller once more, a while later: for streams, which outlive the question. 再次识别
    pub async fn again(&self, caller: &Caller) -> Result<Caller, Fault> {
        let asked = Asked {
            at: self.now(),
            ..caller.asked.clone()
        };
        match &caller.via {
            Via::Session(hash) => self.by_session(hash, &asked).await,
            Via::Token(id) => {
                let token = self.store.token_by_id(*id).await?;
                self.by_token(token.ok_or_else(unknown)?, &asked).await
            }
        }
    }

    async fn by_session(&self, hash: &str, asked: &Asked) -> Result<Caller, Fault> {
        let session = self.store.session(hash).await?.ok_or_else(unknown)?;
        if let Some(why) = &session.ended_why {
            let code = match why.as_str() {
                "password" | "second-factor" | "user" => "access-session-revoked",
                _ => "app-session-unknown",
            };
            return Err(Fault::NotSignedIn(Message::new(code)));
        }
        let rules = Rules {
            id: SecretHash(unhex(hash).unwrap_or_default()),
            user: session.user_id,
            opened: session.created_at,
            seen: self
                .last_use(true, session.id)
                .map_or(session.seen_at, |seen| seen.max(session.seen_at)),
            second_factor: true,
            elevated: session.elevated_until,
        };
        rules
            .check(&self.session_rules, None, asked.at)
            .map_err(|ended| Fault::NotSignedIn(ended.message()))?;
        let mut caller = self
            .caller(session.user_id, Via::Session(hash.to_owned()), asked)
            .await?;
        caller.by_directory = session.proof != "password";
        match session.proof.as_str() {
            // Where a second factor is set up here, opening the session took it; the directory has its own.
            "directory" => {
                caller.actor.second_factor &= !caller.has_factor && self.second_factor == SecondFactor::Optional
            }
            "directory_factor" => caller.actor.second_factor = true,
            _ => {}
        }
        caller.actor.elevated = session.elevated_until;
        caller.session = Some((session.id, session.expires_at));
        self.note_use(true, session.id, asked.at);
        Ok(caller)
    }

    async fn by_token(&self, token: pinji_store::Token, asked: &Asked) -> Result<Caller, Fault> {
        if token.revoked_at.is_some() {
            return Err(unknown());
        }
        let codes: Vec<String> = serde_json::from_str(&token.scopes).map_err(Fault::broken)?;
        let scopes: BTreeSet<Action> = codes.iter().filter_map(|code| Action::parse(code)).collect();
        let kept = ApiToken {
            hash: SecretHash(unhex(&token.hash).unwrap_or_default()),
            scopes,
            expires: token.expires_at,
        };
        let used = kept
            .used(asked.at)
            .map_err(|fault: TokenFault| Fault::NotSignedIn(fault.message()))?;
        let mut caller = self.caller(token.user_id, Via::Token(token.id), asked).await?;
        caller.actor.token = Some(used);
        self.note_use(false, token.id.0, asked.at);
        Ok(caller)
    }

    pub(crate) async fn caller(&self, id: UserId, via: Via, asked: &Asked) -> Result<Caller, Fault> {
        let person = self.person(id).await?;
        if person.user.state != UserState::Active {
            return Err(unknown());
        }
        let roles = in_force(&person.grants, asked.at);
        let actor = Actor {
            team: person.team,
            portal: person.user.customer,
            second_factor: person.has_factor || self.second_factor == SecondFactor::Optional,
            permits: person.permits.clone(),
            conflicts: person.conflicts.iter().copied().collect(),
            ..Actor::user(id, Roles::of(&roles), asked.at)
        };
        Ok(Caller {
            user: id,
            login: person.user.login.clone(),
            name: person.user.name.clone(),
            actor,
            by_directory: false,
            has_factor: person.has_factor,
            session: None,
            via,
            asked: asked.clone(),
        })
    }

    /// Whether the caller's roles and conflicts of interest are in this transaction what they were when he was let in.
    pub(crate) async fn still_stands(&self, view: &View, caller: &Caller) -> Result<bool, Fault> {
        let user = view.user(caller.user).await?;
        let roles = in_force(&view.grants_of(caller.user).await?, caller.asked.at);
        let closed = conflicts::closed_to(view, caller.user).await?;
        let mut closed = closed.iter();
        Ok(user.is_some_and(|user| user.state == UserState::Active)
            && Roles::of(&roles) == caller.actor.roles
            && closed.all(|customer| caller.actor.conflicts.contains(customer)))
    }

    /// What the store says of a user, read again as soon as the ledger has another entry: all of it changes with one.
    async fn person(&self, id: UserId) -> Result<Arc<Person>, Fault> {
        // Looked at first: what is read after it may be newer, never older.
        let size = self.store.ledger_head().await?.size;
        if let Some(known) = self.people.known(id, size) {
            return Ok(known);
        }
        let teams = self.store.teams_of(id).await?;
        let credentials = self.store.credentials(id).await?;
        let person = Arc::new(Person {
            user: self.store.user(id).await?.ok_or_else(unknown)?,
            grants: self.store.grants_of(id).await?,
            team: teams.first().map(|member| member.team),
            has_factor: credentials.iter().any(|credential| credential.sort == TOTP)
                || self.store.has_passkey(id).await?,
            permits: self.permits_of(id).await?,
            conflicts: conflicts::closed_to(&self.store, id).await?,
        });
        self.people.keep(id, size, Arc::clone(&person));
        Ok(person)
    }

    async fn permits_of(&self, user: UserId) -> Result<Vec<Permit>, Fault> {
        let given = self
            .store
            .accesses_of(user)
            .await?
            .into_iter()
            .filter(|access| access.state == AccessState::Given);
        let permits = given.filter_map(|access| {
            Some(Permit {
                customer: access.customer,
                purpose: access.purpose,
                approver: access.decided_by?,
                from: access.decided_at?,
                until: access.expires_at?,
            })
        });
        Ok(permits.collect())
    }
}

/// What is read of a user to know who asks; what ends by itself still has its end in it. 请求者档案
pub(crate) struct Person {
    user: User,
    grants: Vec<Grant>,
    team: Option<TeamId>,
    has_factor: bool,
    permits: Vec<Permit>,
    conflicts: Vec<CustomerId>,
}

/// Those who asked lately, each as read when the ledger had so many entries. 近期请求者
#[derive(Default)]
pub(crate) struct People(Mutex<HashMap<UserId, (i64, Arc<Person>)>>);

/// More are not held at a time: an office has some thousands who sign in.
const PEOPLE: usize = 10_000;

impl People {
    fn known(&self, id: UserId, size: i64) -> Option<Arc<Person>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (then, person) = held.get(&id)?;
        (*then == size).then(|| Arc::clone(person))
    }

    fn keep(&self, id: UserId, size: i64, person: Arc<Person>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= PEOPLE {
            held.clear();
        }
        held.insert(id, (size, person));
    }
}

/// The roles that hold at this instant: approved, not over, and certified where a certificate is named. 现行角色
pub(crate) fn in_force(grants: &[Grant], at: Timestamp) -> Vec<Role> {
    let holds = |until: Option<Timestamp>| until.is_none_or(|until| at < until);
    let mut roles: Vec<Role> = grants
        .iter()
        .filter(|grant| grant.state == GrantState::Active && holds(grant.until) && holds(grant.certified_until))
        .map(|grant| grant.role)
        .collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

fn unknown() -> Fault {
    Fault::NotSignedIn(Message::new("app-session-unknown"))
}
