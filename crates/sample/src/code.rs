//! Unified social credit codes with right check characters (GB 32100, and GB 11714 inside). 统一社会信用代码

use crate::dice::Dice;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A code for a company registered in the area with these six digits. It belongs to nobody on purpose.
pub(crate) fn code(dice: &mut Dice, area: &str) -> String {
    let body: String = (0..8)
        .map(|place| char::from(b'0' + (dice.whole(0, 9) as u8 + place) % 10))
        .collect();
    let mut code = format!("91{area}{body}{}", organisation_check(&body));
    code.push(check(&code));
    code
}

/// The check character of an organisation code's eight characters (GB 11714). 组织机构代码校验位
fn organisation_check(body: &str) -> char {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(weights)
        .map(|(digit, weight)| digit.to_digit(36).unwrap_or(0) * weight)
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

/// The check character of a credit code's first seventeen characters (GB 32100). 信用代码校验位
pub(crate) fn check(code: &str) -> char {
    let (mut sum, mut weight) = (0, 1);
    for byte in code.bytes().take(17) {
        sum += ALPHABET.iter().position(|known| *known == byte).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.get((31 - sum % 31) % 31).map_or('0', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_is_that_of_the_standard() {
        // The examples that the standards themselves print.
        assert_eq!(check("91350100M000100Y4"), '3');
        assert_eq!(organisation_check("D2143569"), 'X');
    }

    #[test]
    fn codes_have_eighteen_characters_of_the_alphabet() {
        let mut dice = Dice::new(1, 2, 3);
        for _ in 0..200 {
            let code = code(&mut dice, "330200");
            assert_eq!(code.len(), 18, "{code}");
            assert!(code.bytes().all(|byte| ALPHABET.contains(&byte)), "{code}");
            assert!(code.ends_with(check(&code)), "{code}");
        }
    }
}
