//! The policies that ship with Pinji, built in. 随附标准

/// The files by their names in `policies/`; the first five are policies, the others are what they list.
const FILES: [(&str, &str); 6] = [
    ("tob-standard.toml", include_str!("../../../policies/tob-standard.toml")),
    (
        "group-standard.toml",
        include_str!("../../../policies/group-standard.toml"),
    ),
    (
        "credit-nine-level.toml",
        include_str!("../../../policies/credit-nine-level.toml"),
    ),
    (
        "wholesale-rfm.toml",
        include_str!("../../../policies/wholesale-rfm.toml"),
    ),
    ("small.toml", include_str!("../../../policies/small.toml")),
    (
        "tables/industry-standards.toml",
        include_str!("../../../policies/tables/industry-standards.toml"),
    ),
];

/// The ids of the policies.
pub fn names() -> Vec<&'static str> {
    FILES
        .iter()
        .filter(|(name, _)| !name.contains('/'))
        .filter_map(|(name, _)| name.strip_suffix(".toml"))
        .collect()
}

/// The id of a shipped policy, whether asked for with or without `.toml`.
pub fn known(name: &str) -> Option<&'static str> {
    let id = name.strip_suffix(".toml").unwrap_or(name);
    names().into_iter().find(|known| *known == id)
}

/// The text of a shipped file.
///
/// # Errors
/// The name, when there is none.
pub fn read(name: &str) -> Result<String, String> {
    FILES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| (*text).to_owned())
        .ok_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;
    use crate::regulation::Regulation;

    #[test]
    fn every_shipped_policy_can_be_used_from_the_binary_alone() {
        for id in names() {
            let regulation = Regulation::shipped(id);
            let errors: Vec<String> = regulation
                .remarks
                .iter()
                .filter(|remark| remark.is_error)
                .map(|remark| format!("{}:{} {}", remark.file, remark.line, remark.message.code))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{id}");
            assert!(regulation.document.is_some(), "{id}");
        }
    }
}
