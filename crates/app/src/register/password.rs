//! Looking at a password: slowly, one try at a time for each name, with back-off; and hashing a new one. 口令

use pinji_access::identity::{Attempts, Limits, RecoveryCodes, SecretHash, StoredPassword, Totp, check_password};
use pinji_domain::{Message, Timestamp, UserId};
use pinji_store::{Credential, LoginAttempt, NewLoginAttempt, User, UserState};

use super::identify::TOTP;
use super::keys::{hex, unhex};
use super::passkeys::{Assertion, Purpose};
use super::{Asked, Fault, Office};

/// The sort of credential that is a password's hash.
pub(crate) const PASSWORD: &str = "password";
/// The sort of credential that is the recovery codes' hashes.
pub(crate) const RECOVERY: &str = "recovery";

const DAY: i64 = 24 * 3600;

/// What was shown besides the password, and what of it must be kept. 第二因素结果
pub(crate) enum Shown {
    /// No second factor is set up.
    Nothing,
    /// A code of the app: its step, which no other code may go back to.
    Step(i64),
    /// A recovery code: the hashes of those that are left.
    Recovery(String),
    /// A passkey: its number, and the counter that it must not go back to.
    Passkey(i64, i64),
}

/// What somebody shows besides the password. 第二因素
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Second<'a> {
    /// A code of the app, or a recovery code.
    pub(crate) code: Option<&'a str>,
    /// What a passkey answered.
    pub(crate) passkey: Option<&'a Assertion>,
}

impl<'a> Second<'a> {
    /// A code, if there is one.
    pub(crate) fn code(code: Option<&'a str>) -> Second<'a> {
        Second { code, passkey: None }
    }

    fn is_empty(self) -> bool {
        self.code.is_none_or(str::is_empty) && self.passkey.is_none()
    }
}

impl Office {
    /// The user behind these credentials, after the same work whether there is one or not. Failures are counted before the
    /// answer; a success is the caller's to write down, in the change that it leads to. 验证凭证
    pub(crate) async fn prove(
        &self,
        login: &str,
        password: &str,
        second: Second<'_>,
        asked: &Asked,
    ) -> Result<(User, Shown), Fault> {
        // One look at a time for each name: many tries at once would all see the same count.
        let _door = self.door(login).lock().await;
        self.may_try(login, asked).await?;
        let user = self
            .store
            .user_by_login(login)
            .await?
            .filter(|user| user.state == UserState::Active);
        let kept = match &user {
            Some(user) => self.store.credentials(user.id).await?,
            None => Vec::new(),
        };
        let right = self.is_password(find(&kept, PASSWORD), password).await?;
        let shown = match (&user, right) {
            (Some(user), true) => self.factor(user.id, &kept, second, asked.at).await?,
            _ => None,
        };
        match (user, shown) {
            (Some(user), Some(shown)) => Ok((user, shown)),
            // Only who knows the password learns that a code is missing; it is no failure to type the two one after the other.
            (Some(_), None) if right && second.is_empty() => Err(Fault::NotSignedIn(Message::new("app-code-needed"))),
            _ => {
                self.note_attempt(login, asked, false).await?;
                Err(Fault::NotSignedIn(Message::new("app-sign-in-refused")))
            }
        }
    }

    /// The second factor, if one is set up; `None` for a wrong code or passkey.
    async fn factor(
        &self,
        user: UserId,
        kept: &[Credential],
        second: Second<'_>,
        at: Timestamp,
    ) -> Result<Option<Shown>, Fault> {
        if let Some(answer) = second.passkey {
            let taken = self.answered(answer, Purpose::SignIn, at).await?;
            let taken = taken.filter(|taken| taken.user == user);
            return Ok(taken.map(|taken| Shown::Passkey(taken.passkey, taken.counter)));
        }
        let totp = kept.iter().find(|credential| credential.sort == TOTP);
        if totp.is_none() && !self.store.has_passkey(user).await? {
            return Ok(Some(Shown::Nothing));
        }
        let Some(code) = second.code.filter(|code| !code.is_empty()) else {
            return Ok(None);
        };
        let recovery = || {
            let codes = find(kept, RECOVERY).map(recovery_of).unwrap_or_default();
            codes.accept(code).map(|left| Shown::Recovery(recovery_text(&left)))
        };
        let Some(totp) = totp else {
            return Ok(recovery());
        };
        let secret = self.keys.unlock(&totp_purpose(user), &totp.secret);
        let secret = secret.ok_or_else(|| Fault::broken("a kept second factor cannot be read"))?;
        let used = u64::try_from(totp.counter).ok().filter(|step| *step > 0);
        if let Ok(accepted) = (Totp { secret, used }).accept(code, at) {
            let step = accepted.used.and_then(|step| i64::try_from(step).ok());
            return Ok(step.map(Shown::Step));
        }
        Ok(recovery())
    }

    async fn is_password(&self, kept: Option<&str>, password: &str) -> Result<bool, Fault> {
        let kept = kept.map(StoredPassword::kept);
        let password = password.to_owned();
        self.slowly(move || check_password(kept.as_ref(), &password))
            .await?
            .map_err(Fault::broken)
    }

    /// The hash of a new password, if the rules take it. 新口令
    pub(crate) async fn hashed(
        &self,
        pointer: &str,
        password: String,
        login: &str,
        name: &str,
    ) -> Result<String, Fault> {
        let taken = self.password_rules.check(&password, login, &[name]);
        taken.map_err(|fault| Fault::field(pointer, fault.message()))?;
        let salt = self.chance.bytes::<16>()?;
        let hash = self.slowly(move || StoredPassword::hash(&password, &salt)).await?;
        Ok(hash.map_err(Fault::broken)?.phc().to_owned())
    }

    /// Work that takes a processor for a while, off the threads that answer, and never more of it than there are processors.
    async fn slowly<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let _turn = self.hashing.acquire().await.map_err(Fault::broken)?;
        tokio::task::spawn_blocking(work).await.map_err(Fault::broken)
    }

    /// Whether a try may be made now: at the door of the name, and at that of the address.
    async fn may_try(&self, login: &str, asked: &Asked) -> Result<(), Fault> {
        let from = asked.at.plus_seconds(-14 * DAY);
        let all = self.store.attempts_of(login, from, 2_000).await?;
        let door = door_of(&all, &asked.address, asked.at);
        let waits = door.may_try(&Limits::ACCOUNT, asked.at).err();
        if let Some(wait) = waits {
            return Err(Fault::TooMany {
                wait: wait.seconds,
                why: wait.message(),
            });
        }
        let failures = self
            .store
            .failures_from(&asked.address, asked.at.plus_seconds(-DAY))
            .await?;
        if usize::try_from(failures).unwrap_or(usize::MAX) >= Limits::ADDRESS.per_day {
            let why = Message::new("access-log-in-wait").with("seconds", 3600_i64);
            return Err(Fault::TooMany { wait: 3600, why });
        }
        Ok(())
    }

    /// Whether somebody may come back from the directory now, at the door of the address.
    pub(crate) async fn may_come_back(&self, asked: &Asked) -> Result<(), Fault> {
        let from = asked.at.plus_seconds(-DAY);
        let all = self.store.attempts_of(&back_door(asked), from, 2_000).await?;
        let door = door_of(&all, &asked.address, asked.at);
        door.may_try(&Limits::ADDRESS, asked.at).map_err(|wait| Fault::TooMany {
            wait: wait.seconds,
            why: wait.message(),
        })
    }

    /// Counts somebody who came back from the directory with nothing that holds.
    pub(crate) async fn note_return(&self, asked: &Asked) -> Result<(), Fault> {
        self.note_attempt(&back_door(asked), asked, false).await
    }

    async fn note_attempt(&self, login: &str, asked: &Asked, ok: bool) -> Result<(), Fault> {
        let upkeep = self.store.upkeep().await?;
        upkeep.put(attempt(login, asked, ok)).await?;
        Ok(upkeep.commit().await?)
    }

    fn door(&self, login: &str) -> &tokio::sync::Mutex<()> {
        let hash = login.bytes().fold(0_usize, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(usize::from(byte))
        });
        let place = hash % self.doors.len().max(1);
        // There are always doors; the fallback is for the compiler.
        static NONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        self.doors.get(place).unwrap_or(&NONE)
    }
}

/// The name under which those who come back from the directory are counted, for each address.
pub(crate) fn back_door(asked: &Asked) -> String {
    format!("oidc {}", asked.address)
}

/// An attempt to sign in.
pub(crate) fn attempt(login: &str, asked: &Asked, ok: bool) -> NewLoginAttempt {
    // What was typed may be long, and may be a password typed into the wrong field: so much of it tells enough.
    let login = login.chars().take(64).collect();
    NewLoginAttempt {
        login,
        address: asked.address.clone(),
        at: asked.at,
        ok,
    }
}

/// The failures that count for this address: its own, if the name has signed in from there before, else those of all strangers.
/// So nobody locks out the owner at his own place.
fn door_of(all: &[LoginAttempt], address: &str, at: Timestamp) -> Attempts {
    let known = |address: &str| all.iter().any(|attempt| attempt.ok && attempt.address == address);
    let own = known(address);
    let mine: Vec<&LoginAttempt> = all
        .iter()
        .filter(|attempt| {
            if own {
                attempt.address == address
            } else {
                !known(&attempt.address)
            }
        })
        .collect();
    let in_a_row = mine.iter().take_while(|attempt| !attempt.ok).count();
    let since = at.plus_seconds(-DAY);
    let mut failed: Vec<Timestamp> = mine
        .iter()
        .filter(|attempt| !attempt.ok && attempt.at > since)
        .map(|attempt| attempt.at)
        .collect();
    failed.reverse();
    Attempts {
        failed,
        in_a_row: u32::try_from(in_a_row).unwrap_or(u32::MAX),
    }
}

/// The secret of one sort.
pub(crate) fn find<'k>(kept: &'k [Credential], sort: &str) -> Option<&'k str> {
    kept.iter()
        .find(|credential| credential.sort == sort)
        .map(|credential| credential.secret.as_str())
}

/// For whom a second factor's secret is locked, so that it cannot be moved to another's row.
pub(crate) fn totp_purpose(user: UserId) -> String {
    format!("totp/{user}")
}

/// The hashes of recovery codes as they are kept.
pub(crate) fn recovery_text(codes: &RecoveryCodes) -> String {
    let hashes: Vec<String> = codes.unused.iter().map(|hash| hex(&hash.0)).collect();
    hashes.join(" ")
}

fn recovery_of(text: &str) -> RecoveryCodes {
    RecoveryCodes {
        unused: text.split(' ').filter_map(unhex).map(SecretHash).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_close_their_own_door() {
        let at = Timestamp(1_000_000_000_000_000);
        let attempt = |seconds_ago: i64, address: &str, ok: bool| LoginAttempt {
            id: 0,
            login: "chen.an".to_owned(),
            address: address.to_owned(),
            at: at.plus_seconds(-seconds_ago),
            ok,
        };
        // Newest first, as the store gives them.
        let all = [
            attempt(1, "10.0.0.9", false),
            attempt(2, "10.0.0.8", false),
            attempt(3, "10.0.0.1", false),
            attempt(60, "10.0.0.1", true),
            attempt(70, "10.0.0.1", false),
            attempt(100_000, "10.0.0.9", false),
        ];
        let check = |address: &str, in_a_row: u32, in_a_day: usize| {
            let door = door_of(&all, address, at);
            assert_eq!((door.in_a_row, door.failed.len()), (in_a_row, in_a_day), "{address}");
        };
        check("10.0.0.1", 1, 2);
        check("10.0.0.9", 3, 2);
        check("10.0.0.77", 3, 2);
    }
}
