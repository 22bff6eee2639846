//! Who asks, from where and under which request: what each use case is handed. 请求者

use pinji_access::Actor;
use pinji_domain::{Role, Timestamp, TokenId, UserId};

/// A request, whoever it is from. 请求
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The request's id, which the answer, the log and the ledger carry.
    pub request: String,
    /// The address that it came from.
    pub address: String,
    /// When it came.
    pub at: Timestamp,
    /// What makes a repetition of it known, where it makes something.
    pub once: Option<Once>,
}

/// What makes a repeated request known. 幂等键
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Once {
    /// Whose key it is: a user, or an address where nobody is signed in.
    pub scope: String,
    /// The key that they chose.
    pub key: String,
    /// Method and address, for whoever reads the table.
    pub route: String,
    /// What was asked under it, hashed: method, address and body.
    pub fingerprint: String,
}

/// What a request showed to be known. 身份来源
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A session, by the hash of its secret.
    Session(String),
    /// An API token.
    Token(TokenId),
}

/// A person or program that is known and asks. 请求者
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub user: UserId,
    /// The name they sign in with.
    pub login: String,
    /// The name that people read.
    pub name: String,
    /// What the rules of access look at: roles, team, elevation, token, permissions, all as of this instant.
    pub actor: Actor,
    /// Whether the session was opened by the directory.
    pub by_directory: bool,
    /// Whether they have set up a second factor.
    pub has_factor: bool,
    /// The session's number in the store, and when it ends whatever happens.
    pub(crate) session: Option<(i64, Timestamp)>,
    /// What they showed.
    pub via: Via,
    /// The request.
    pub asked: Asked,
}

impl Caller {
    /// Whether this role holds now.
    pub fn has(&self, role: Role) -> bool {
        self.actor.roles.has(role)
    }

    /// How the ledger names who acted: `user:17`, `token:5`.
    pub fn name(&self) -> String {
        match &self.via {
            Via::Session(_) => format!("user:{}", self.user),
            Via::Token(token) => format!("token:{token}"),
        }
    }
}

/// What a request shows to say who it is from. 凭证
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// A session's secret, from the cookie.
    Session(String),
    /// A token's secret, from the header.
    Token(String),
}
