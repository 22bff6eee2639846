//! Who somebody is: passwords, second factors, log-in, sessions, tokens, set-up links. 身份
//!
//! What is secret leaves this module once, for its owner; what is kept is a hash. State is plain data that the store keeps.

mod back_off;
mod common;
mod password;
mod recovery;
mod secret;
mod session;
mod setup_link;
mod stored_password;
mod token;
mod totp;

pub use back_off::{Attempts, Limits, Wait};
pub use common::is_common;
pub use password::{PasswordFault, PasswordRules};
pub use recovery::{RecoveryCodes, recovery_codes};
pub use secret::{SecretHash, SecretText};
pub use session::{Ended, OpenedSession, Session, SessionRules};
pub use setup_link::{LinkFault, SetupLink};
pub use stored_password::{HashFault, StoredPassword, check_password};
pub use token::{ApiToken, IssuedToken, TokenFault};
pub use totp::{Totp, TotpFault};
