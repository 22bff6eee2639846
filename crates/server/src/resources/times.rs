//! Days and instants as the interface writes and reads them. 日期与时刻

use pinji_app::register::Wrong;
use pinji_domain::{Date, Message, Timestamp, date};

/// An instant as the interface writes it.
pub(crate) fn when(at: Timestamp) -> String {
    at.to_string()
}

/// The day at this place of a request.
pub(crate) fn day(pointer: &str, text: &str) -> Result<Date, Wrong> {
    date::parse(text).ok_or_else(|| Wrong::at(pointer, Message::new("server-no-day").with("text", text)))
}

/// The day at this place of a request, where there is one.
pub(crate) fn maybe_day(pointer: &str, text: Option<&str>) -> Result<Option<Date>, Wrong> {
    text.map(|text| day(pointer, text)).transpose()
}

/// The instant at this place of a request.
pub(crate) fn instant(pointer: &str, text: &str) -> Result<Timestamp, Wrong> {
    let wrong = || Wrong::at(pointer, Message::new("server-no-instant").with("text", text));
    Timestamp::parse(text).ok_or_else(wrong)
}

/// The instant at this place of a request, where there is one.
pub(crate) fn maybe_instant(pointer: &str, text: Option<&str>) -> Result<Option<Timestamp>, Wrong> {
    text.map(|text| instant(pointer, text)).transpose()
}
