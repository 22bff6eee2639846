//! Passwords as they are kept: Argon2id, and as much work for a user who does not exist. 密码散列

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

use super::password::prepared;

/// Memory in KiB (19 MiB), passes and lanes: the least that OWASP names, and what one hash may cost beside others on a small machine.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// No hash that came into the store by another way makes the server work much harder than its own.
const MEMORY_KIB_MAX: u32 = 256 * 1024;
const PASSES_MAX: u32 = 16;

/// Something broke while hashing: not an answer about the password. 散列故障
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashFault {
    /// The hash in the store is no Argon2id hash that is worked with.
    #[error("a kept password hash cannot be read")]
    Unreadable,
    /// The work could not be done, for instance for lack of memory.
    #[error("a password could not be hashed")]
    Failed,
}

/// A password hash as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. 密码散列
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPassword(String);

impl StoredPassword {
    /// Hashes a password with 16 random bytes of salt.
    pub fn hash(password: &str, salt: &[u8; 16]) -> Result<StoredPassword, HashFault> {
        let hasher = hasher()?;
        let hash: PasswordHash = hasher
            .hash_password_with_salt(prepared(password).as_bytes(), salt)
            .map_err(|_| HashFault::Failed)?;
        Ok(StoredPassword(hash.to_string()))
    }

    /// The hash that the store kept. Checked when it is used.
    pub fn kept(phc: &str) -> StoredPassword {
        StoredPassword(phc.to_owned())
    }

    /// The PHC string, to be kept.
    pub fn phc(&self) -> &str {
        &self.0
    }

    /// Whether the password should be hashed again at the next log-in, since the settings are stronger now.
    pub fn is_outdated(&self) -> bool {
        let Some(params) = self.params() else { return true };
        params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES
    }

    fn params(&self) -> Option<Params> {
        let hash = PasswordHash::new(&self.0).ok()?;
        let params = Params::try_from(&hash).ok()?;
        let known = hash.algorithm.as_str() == "argon2id" && hash.version == Some(Version::V0x13.into());
        let bounded = params.m_cost() <= MEMORY_KIB_MAX && params.t_cost() <= PASSES_MAX && params.p_cost() <= 4;
        (known && bounded).then_some(params)
    }

    fn matches(&self, password: &str) -> Result<bool, HashFault> {
        self.params().ok_or(HashFault::Unreadable)?;
        let hash = PasswordHash::new(&self.0).map_err(|_| HashFault::Unreadable)?;
        match hasher()?.verify_password(prepared(password).as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(_) => Err(HashFault::Failed),
        }
    }
}

/// Whether this is the user's password. For a user who does not exist, or has none, `kept` is `None`: the answer is no, after the
/// same work. 验证密码
///
/// A password longer than any that can be set is refused before the work; that tells nothing about the user.
pub fn check_password(kept: Option<&StoredPassword>, password: &str) -> Result<bool, HashFault> {
    if password.len() > 1024 {
        return Ok(false);
    }
    match kept {
        Some(kept) => kept.matches(password),
        None => {
            // The salt is fixed and the result is thrown away: only the time counts.
            StoredPassword::hash(password, b"nobody has this.")?;
            Ok(false)
        }
    }
}

fn hasher() -> Result<Argon2<'static>, HashFault> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| HashFault::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
