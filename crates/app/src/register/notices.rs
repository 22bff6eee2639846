//! Notices to oneself. 通知

use pinji_access::{Resource, What};
use pinji_domain::{Arg, Lang, Message, NotificationId, Text, Timestamp};
use pinji_store::Notification;
use serde_json::Value;

use super::{Action, Caller, Fault, Office, Slice};

/// A notice in words. 通知
#[derive(Debug, Clone)]
pub struct NoticeView {
    /// The id.
    pub id: NotificationId,
    /// Its code.
    pub code: String,
    /// Its words.
    pub text: String,
    /// What it is about.
    pub object: String,
    /// When.
    pub at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// One's own notices, the newest first. 通知列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    before: Option<NotificationId>,
    limit: u32,
    lang: Lang,
) -> Result<Slice<NoticeView, NotificationId>, Fault> {
    office.authorize(caller, Action::NotificationRead, &Resource::new(What::Notification))?;
    let rows = office.store.notifications(caller.user, before, limit + 1).await?;
    let page = rows.into_iter().map(|row| view(row, lang)).collect();
    Ok(Slice::cut(page, limit, |notice: &NoticeView| notice.id))
}

fn view(row: Notification, lang: Lang) -> NoticeView {
    NoticeView {
        text: said(&row, lang),
        id: row.id,
        code: row.code,
        object: row.object,
        at: row.at,
        read_at: row.read_at,
    }
}

/// The notice's words. A code that this version does not know is said as it is.
fn said(row: &Notification, lang: Lang) -> String {
    let Some(code) = known(&row.code) else {
        return row.code.clone();
    };
    let args: Value = serde_json::from_str(&row.args).unwrap_or_default();
    let mut message = Message::new(code);
    for name in pinji_locale::variables(lang, code) {
        let arg = match args.get(name) {
            Some(Value::String(text)) => Arg::from(text.as_str()),
            Some(Value::Number(number)) => Arg::from(number.as_i64().unwrap_or_default()),
            Some(other) if other.get("zh").is_some() => {
                let side = |lang: &str| other.get(lang).and_then(Value::as_str).unwrap_or_default();
                Arg::from(Text::new(side("zh"), side("en")))
            }
            Some(other) => other
                .get("say")
                .and_then(Value::as_str)
                .and_then(known)
                .map_or_else(|| Arg::from(other.to_string()), |code| Arg::from(Message::new(code))),
            None => continue,
        };
        message.args.push((name, arg));
    }
    pinji_locale::say(lang, &message)
}

fn known(code: &str) -> Option<&'static str> {
    pinji_locale::codes(Lang::Zh).into_iter().find(|known| *known == code)
}
