//! Elevating a session that came from the directory, after the directory has made sure once more. 目录提权

use pinji_domain::{Message, Timestamp};
use pinji_store::NewSetupLink;

use super::Who;
use super::begin::directory;
use crate::register::deed::Deed;
use crate::register::session::{Opened, SessionView, elevated, mine, own_session};
use crate::register::{Caller, Fault, Office};

/// How far the directory's clock may be behind ours.
const SKEW: i64 = 60;

/// Elevates the caller's session under a new secret, if the same person was proved anew since `begun`.
pub(super) async fn elevate(
    office: &Office,
    caller: &Caller,
    who: &Who,
    begun: Timestamp,
    used: NewSetupLink,
) -> Result<Opened, Fault> {
    let id = own_session(caller)?;
    // A session that was opened with a password is elevated with that, and with the second factor that stands beside it.
    if !caller.by_directory {
        return Err(Fault::Forbidden(Message::new("app-sign-on-elevate-by-password")));
    }
    let anew = who.proved_at.is_some_and(|at| at >= begun.plus_seconds(-SKEW));
    if !anew {
        return Err(Fault::Forbidden(Message::new("app-sign-on-not-anew")));
    }
    let issuer = directory(office)?.provider.issuer();
    let change = office.store.change(caller.asked.at).await?;
    if change.user_of_subject(issuer, &who.subject).await? != Some(caller.user) {
        return Err(Fault::Forbidden(Message::new("app-sign-on-another-person")));
    }
    change.put(used).await?;
    let (secret, until) = elevated(office, &change, id, caller).await?;
    if who.strong {
        change.prove_session(id, "directory_factor").await?;
    }
    let deed = Deed::new("session.elevate", format!("session:{id}"))
        .fact("until", until.to_string())
        .fact("by", "directory")
        .fact("issuer", issuer)
        .fact("second_factor", who.strong);
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    let view = SessionView {
        elevated_until: Some(until),
        ..mine(office, caller).await?
    };
    Ok(Opened { secret, view })
}
