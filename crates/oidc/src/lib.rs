//! Signing in by OpenID Connect: the code flow with PKCE, and an ID token that is believed only after every check. 统一登录
//!
//! What the office asks of a directory is [`SignOn`](pinji_app::register::sign_on::SignOn); this crate is the one that knows
//! the protocol and asks over HTTP. Signatures are verified by `ring`, which is in the program anyway, over the two steps
//! of RFC 7515 that a compact token needs; a key decides by its own type which algorithm it may verify, so a token cannot
//! choose `none` or a shared secret.

mod claims;
mod config;
mod http;
mod jws;
mod keys;
mod provider;

pub use config::{Config, ConfigError, FILE, read};
pub use provider::Provider;
