//! Recovery codes: ten for the drawer, each good once, for who has lost his second factor. 恢复码

use super::secret::{SecretHash, SecretText, base32};

/// Without letters that look like others.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The hashes of codes that were not used yet. 恢复码
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecoveryCodes {
    /// In no order that matters.
    pub unused: Vec<SecretHash>,
}

/// Ten codes of 80 random bits, `xxxx-xxxx-xxxx-xxxx`, to be shown once, and what is kept of them. 生成恢复码
pub fn recovery_codes(random: &[[u8; 10]; 10]) -> (Vec<SecretText>, RecoveryCodes) {
    let codes: Vec<String> = random.iter().map(|bytes| base32(bytes, ALPHABET)).collect();
    let unused = codes.iter().map(|code| SecretHash::of(code)).collect();
    (
        codes.iter().map(|code| SecretText::new(grouped(code))).collect(),
        RecoveryCodes { unused },
    )
}

impl RecoveryCodes {
    /// The codes that remain after this one was used; `None` if it is none of them.
    pub fn accept(&self, code: &str) -> Option<RecoveryCodes> {
        let hash = SecretHash::of(&read(code));
        let unused: Vec<SecretHash> = self.unused.iter().filter(|kept| **kept != hash).copied().collect();
        (unused.len() < self.unused.len()).then_some(RecoveryCodes { unused })
    }
}

fn grouped(code: &str) -> String {
    let mut text = String::new();
    for (at, c) in code.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(c);
    }
    text
}

/// As typed from paper: any case, with or without dashes, `o` for `0`, `i` and `l` for `1`.
fn read(code: &str) -> String {
    let letters = code.chars().filter(|c| c.is_alphanumeric());
    letters
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect()
}
