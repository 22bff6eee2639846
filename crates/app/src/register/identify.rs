//! Who a request is from: one look into the store, at each request, so that what was taken away counts at once. 身份识别

use std::collections::BTreeSet;

use pinji_access::identity::{ApiToken, SecretHash, Session as Rules, TokenFault};
use pinji_access::{Action, Actor, Permit, Roles};
use pinji_domain::{Message, Role, Timestamp, UserId};
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
        let user = self.store.user(id).await?.ok_or_else(unknown)?;
        if user.state != UserState::Active {
            return Err(unknown());
        }
        let roles = in_force(&self.store.grants_of(id).await?, asked.at);
        let teams = self.store.teams_of(id).await?;
        let credentials = self.store.credentials(id).await?;
        let has_factor =
            credentials.iter().any(|credential| credential.sort == TOTP) || self.store.has_passkey(id).await?;
        let actor = Actor {
            team: teams.first().map(|member| member.team),
            second_factor: has_factor || self.second_factor == SecondFactor::Optional,
            permits: self.permits_of(id).await?,
            conflicts: conflicts::closed_to(&self.store, id).await?.into_iter().collect(),
            ..Actor::user(id, Roles::of(&roles), asked.at)
        };
        let User { login, name, .. } = user;
        Ok(Caller {
            user: id,
            login,
            name,
            actor,
            by_directory: false,
            has_factor,
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
