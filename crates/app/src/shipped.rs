//! The policies that ship with Pinji, built in. 随附标准

/// Ids and texts.
const POLICIES: [(&str, &str); 4] = [
    ("tob-standard", include_str!("../../../policies/tob-standard.toml")),
    ("group-standard", include_str!("../../../policies/group-standard.toml")),
    ("credit-nine-level", include_str!("../../../policies/credit-nine-level.toml")),
    ("wholesale-rfm", include_str!("../../../policies/wholesale-rfm.toml")),
];

/// Their names.
pub fn names() -> Vec<&'static str> {
    POLICIES.iter().map(|(id, _)| *id).collect()
}

/// The id of a shipped policy, whether asked for with or without `.toml`.
pub fn known(name: &str) -> Option<&'static str> {
    let id = name.strip_suffix(".toml").unwrap_or(name);
    POLICIES.iter().map(|(known, _)| *known).find(|known| *known == id)
}

/// The text of a file of a shipped policy.
///
/// # Errors
/// The name, when there is none.
pub fn read(name: &str) -> Result<String, String> {
    known(name).and_then(text).map(str::to_owned).ok_or_else(|| name.to_owned())
}

/// The text of a shipped policy.
pub fn text(id: &str) -> Option<&'static str> {
    POLICIES.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}
