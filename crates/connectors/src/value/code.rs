//! The unified social credit code. 统一社会信用代码

use pinji_domain::{FieldType, Message, Text};

use crate::bad::Why;
use crate::fold;

/// The 31 characters of GB 32100-2015, in the order of their values.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Checks a code that stands by itself and gives it as it is kept: in capitals, at half width. 校验统一社会信用代码
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn credit_code(text: &str) -> Result<String, Message> {
    check(text).map_err(|why| why.message(&FieldType::Text, &Text::default()))
}

/// Checks a code and gives it in capitals at half width. Source: GB 32100-2015, weights 3^i mod 31.
pub(crate) fn check(text: &str) -> Result<String, Why> {
    let code: String = fold::normal(text)
        .to_uppercase()
        .chars()
        .filter(|character| *character != ' ')
        .collect();
    let mut sum = 0_usize;
    let mut weight = 1_usize;
    let (body, last) = code
        .len()
        .checked_sub(1)
        .and_then(|at| code.split_at_checked(at))
        .ok_or(Why::CodeForm)?;
    if code.len() != 18 {
        return Err(Why::CodeForm);
    }
    for byte in body.bytes() {
        sum += value(byte).ok_or(Why::CodeForm)? * weight;
        weight = weight * 3 % 31;
    }
    let expected = ALPHABET
        .get((31 - sum % 31) % 31)
        .copied()
        .map(char::from)
        .ok_or(Why::CodeForm)?;
    let found = last.chars().next().ok_or(Why::CodeForm)?;
    if found == expected {
        return Ok(code);
    }
    Err(if last.bytes().all(|byte| value(byte).is_some()) {
        Why::CodeCheck { expected }
    } else {
        Why::CodeForm
    })
}

fn value(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|known| *known == byte)
}
