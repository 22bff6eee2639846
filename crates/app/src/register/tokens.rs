//! API tokens. 接口令牌

use pinji_access::identity::{ApiToken, TokenFault};
use pinji_access::{Owner, Resource, State, What};
use pinji_domain::{Message, Secrecy, Timestamp, TokenId, UserId};
use pinji_store::{NewToken as Row, Token};
use serde_json::{Value, json};

use super::deed::Deed;
use super::keys::hex;
use super::users::line;
use super::{Action, Answer, Caller, Fault, Office, Slice, Wrong};

/// A token without its secret. 接口令牌
#[derive(Debug, Clone)]
pub struct TokenView {
    /// The id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// Whose.
    pub user: UserId,
    /// What it is limited to.
    pub scopes: Vec<Action>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A new token. 新令牌
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it is limited to.
    pub scopes: Vec<Action>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A user's tokens, ascending by id; one's own unless another is named. 令牌列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    of: Option<UserId>,
    after: Option<TokenId>,
    limit: u32,
) -> Result<Slice<TokenView, TokenId>, Fault> {
    let of = of.unwrap_or(caller.user);
    office.authorize(caller, Action::TokenRead, &resource(caller, of, State::Committed))?;
    let after = after.unwrap_or(TokenId(0));
    let mut rows: Vec<TokenView> = office.store.tokens_of(of).await?.iter().map(view).collect();
    rows.retain(|token| token.id > after);
    rows.sort_by_key(|token| token.id);
    rows.truncate(limit as usize + 1);
    Ok(Slice::cut(rows, limit, |token| token.id))
}

/// Makes a token for oneself; its secret is in the first answer only. 新建令牌
pub async fn create(
    office: &Office,
    caller: &Caller,
    given: NewToken,
    words: impl Fn(&TokenView) -> Answer + Send,
) -> Result<Answer, Fault> {
    office.authorize(caller, Action::TokenWrite, &resource(caller, caller.user, State::Draft))?;
    let mut wrong = Vec::new();
    let name = line("/name", &given.name, 100, &mut wrong);
    let scopes = given.scopes.into_iter().collect();
    let issued = ApiToken::issue(&office.chance.bytes()?, scopes, given.expires_at, caller.asked.at);
    let issued = match issued {
        Ok(issued) if wrong.is_empty() => issued,
        Ok(_) => return Err(Fault::Invalid(wrong)),
        Err(fault) => {
            let place = if fault == TokenFault::BadExpiry {
                "/expires_at"
            } else {
                "/scopes"
            };
            wrong.push(Wrong::at(place, fault.message()));
            return Err(Fault::Invalid(wrong));
        }
    };
    let codes: Vec<&str> = issued.token.scopes.iter().map(|action| action.code()).collect();
    let change = office.store.change(caller.asked.at).await?;
    let row = Row {
        hash: hex(&issued.token.hash.0),
        name,
        user_id: caller.user,
        scopes: json!(codes).to_string(),
        created_by: caller.user,
        created_at: change.at(),
        expires_at: issued.token.expires,
    };
    let id = change.add(row).await?;
    let token = change.token_by_id(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&token)).showing_once("secret", issued.text.reveal());
    let deed = Deed::new(Action::TokenWrite.code(), format!("token:{id}")).after(entry_of(&token));
    office.keep(change, caller, deed, answer).await
}

/// Revokes a token. 吊销令牌
pub async fn revoke(
    office: &Office,
    caller: &Caller,
    id: TokenId,
    words: impl Fn(&TokenView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let token = change.token_by_id(id).await?.ok_or(Fault::Absent)?;
    let about = resource(caller, token.user_id, State::Committed);
    if !office.may(caller, Action::TokenRead, &about) {
        return Err(Fault::Absent);
    }
    office.authorize(caller, Action::TokenWrite, &about)?;
    if token.revoked_at.is_some() {
        return Err(Fault::Refused(Message::new("app-token-revoked")));
    }
    change.revoke_token(id, caller.user).await?;
    let before = entry_of(&token);
    let token = change.token_by_id(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&token));
    let deed = Deed::new(Action::TokenWrite.code(), format!("token:{id}"))
        .before(before)
        .after(entry_of(&token));
    office.keep(change, caller, deed, answer).await
}

fn resource(caller: &Caller, user: UserId, state: State) -> Resource {
    let owner = Owner {
        user: Some(user),
        ..Owner::default()
    };
    Resource::of(What::Token, &owner, Secrecy::Internal, state, &caller.actor)
}

fn scopes_of(token: &Token) -> Vec<Action> {
    let codes: Vec<String> = serde_json::from_str(&token.scopes).unwrap_or_default();
    codes.iter().filter_map(|code| Action::parse(code)).collect()
}

fn view(token: &Token) -> TokenView {
    TokenView {
        id: token.id,
        name: token.name.clone(),
        user: token.user_id,
        scopes: scopes_of(token),
        created_at: token.created_at,
        expires_at: token.expires_at,
        used_at: token.used_at,
        revoked_at: token.revoked_at,
    }
}

fn entry_of(token: &Token) -> Value {
    let codes: Vec<&str> = scopes_of(token).into_iter().map(Action::code).collect();
    json!({
        "user": token.user_id.0, "name": token.name, "scopes": codes, "expires_at": token.expires_at.to_string(),
        "revoked_at": token.revoked_at.map(|at| at.to_string()),
    })
}
