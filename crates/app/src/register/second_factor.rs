//! Setting up one's own second factor. 第二因素

use pinji_access::identity::{Totp, recovery_codes};

use pinji_store::Change;

use super::deed::Deed;
use super::identify::TOTP;
use super::password::{RECOVERY, Second, find, recovery_text, totp_purpose};
use super::session::{own_session, remember};
use super::{Caller, Fault, Office};

/// The sort of credential that is a second factor whose first code was not yet shown.
const PENDING: &str = "totp-pending";

/// A new secret for an authenticator app. 新密钥
pub struct NewFactor {
    /// For typing.
    pub secret: String,
    /// For a QR code.
    pub address: String,
}

/// Makes a secret for the app; it is in force once a code of it was confirmed. 设置第二因素
pub async fn begin(office: &Office, caller: &Caller, password: &str, code: Option<&str>) -> Result<NewFactor, Fault> {
    own_session(caller)?;
    let (user, shown) = office
        .prove(&caller.login, password, Second::code(code), &caller.asked)
        .await?;
    let totp = Totp::new(office.chance.bytes()?);
    let locked = office.keys.lock(&totp_purpose(user.id), &totp.secret, &office.chance)?;
    let change = office.store.change(caller.asked.at).await?;
    remember(&change, user.id, &shown).await?;
    change.set_credential(user.id, PENDING, &locked).await?;
    let deed = Deed::new("user.second-factor", format!("user:{}", user.id)).fact("step", "begun");
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    Ok(NewFactor {
        secret: totp.base32(),
        address: totp.address("Pinji", &user.login),
    })
}

/// Puts the new secret in force, gives ten recovery codes, and ends one's other sessions. 确认第二因素
pub async fn confirm(office: &Office, caller: &Caller, code: &str) -> Result<Vec<String>, Fault> {
    let id = own_session(caller)?;
    let change = office.store.change(caller.asked.at).await?;
    let kept = change.credentials(caller.user).await?;
    let locked = find(&kept, PENDING)
        .ok_or_else(|| Fault::refused("app-no-factor-begun"))?
        .to_owned();
    let secret = office.keys.unlock(&totp_purpose(caller.user), &locked);
    let secret = secret.ok_or_else(|| Fault::broken("a kept second factor cannot be read"))?;
    let accepted = Totp::new(secret).accept(code, caller.asked.at);
    let accepted = accepted.map_err(|fault| Fault::field("/code", fault.message()))?;
    change.set_credential(caller.user, TOTP, &locked).await?;
    if let Some(step) = accepted.used.and_then(|step| i64::try_from(step).ok()) {
        change.use_counter(caller.user, TOTP, step).await?;
    }
    change.remove_credential(caller.user, PENDING).await?;
    let codes = new_recovery_codes(office, &change, caller).await?;
    change
        .end_sessions_of(caller.user, Some(id), change.at(), "second-factor")
        .await?;
    let deed = Deed::new("user.second-factor", format!("user:{}", caller.user)).fact("step", "confirmed");
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    Ok(codes)
}

/// Ten recovery codes in place of those before; shown this once.
pub(crate) async fn new_recovery_codes(
    office: &Office,
    change: &Change,
    caller: &Caller,
) -> Result<Vec<String>, Fault> {
    let mut random = [[0; 10]; 10];
    for bytes in &mut random {
        *bytes = office.chance.bytes()?;
    }
    let (codes, left) = recovery_codes(&random);
    change
        .set_credential(caller.user, RECOVERY, &recovery_text(&left))
        .await?;
    Ok(codes.iter().map(|code| code.reveal().to_owned()).collect())
}
