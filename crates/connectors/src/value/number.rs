//! Numbers as people write them, to exact decimals. 数字

use pinji_domain::Decimal;
use pinji_domain::number::{EXACT_LIMIT, pow10};

use crate::bad::Why;
use crate::fold;
use crate::unit;

/// An exact number `mantissa × 10^exponent`, before anybody asks at which scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exact {
    pub mantissa: i128,
    pub exponent: i32,
}

/// A mantissa stays below this, so that one multiplication by a factor cannot overflow unseen.
const MANTISSA_LIMIT: i128 = 10_i128.pow(30);

impl Exact {
    /// The number times 10^power.
    pub(crate) fn shifted(self, power: i32) -> Exact {
        Exact {
            exponent: self.exponent.saturating_add(power),
            ..self
        }
    }

    /// The number times an exact factor.
    pub(crate) fn times(self, factor: Decimal) -> Result<Exact, Why> {
        let mantissa = self
            .mantissa
            .checked_mul(i128::from(factor.units))
            .ok_or(Why::TooLarge)?;
        Ok(Exact {
            mantissa,
            exponent: self.exponent - i32::from(factor.scale),
        })
    }

    /// The count of 10^-scale, exactly; trailing zeros do not count as decimals.
    pub(crate) fn units(self, scale: u8) -> Result<i64, Why> {
        if self.mantissa == 0 {
            return Ok(0);
        }
        let shift = self.exponent.saturating_add(i32::from(scale));
        let exact = if shift >= 0 {
            let power = 10_i128.checked_pow(shift.unsigned_abs()).ok_or(Why::TooLarge)?;
            self.mantissa.checked_mul(power).ok_or(Why::TooLarge)?
        } else {
            let power = 10_i128
                .checked_pow(shift.unsigned_abs())
                .ok_or(Why::TooManyDecimals(scale))?;
            if self.mantissa % power != 0 {
                return Err(Why::TooManyDecimals(scale));
            }
            self.mantissa / power
        };
        i64::try_from(exact)
            .ok()
            .filter(|units| units.unsigned_abs() <= EXACT_LIMIT.unsigned_abs())
            .ok_or(Why::TooLarge)
    }

    /// The nearest double.
    pub(crate) fn to_f64(self) -> Result<f64, Why> {
        let small = self.mantissa.unsigned_abs() <= u128::from(EXACT_LIMIT.unsigned_abs());
        let value = match self.exponent {
            0 if small => self.mantissa as f64,
            // Exact operands, one operation: rounded once.
            -18..=-1 if small => self.mantissa as f64 / pow10(self.exponent.unsigned_abs() as u8) as f64,
            exponent => format!("{}e{exponent}", self.mantissa)
                .parse()
                .map_err(|_| Why::NotANumber)?,
        };
        in_range(value)
    }

    /// The decimal that Excel would show for a double: the shortest one, at most 15 significant digits (a double that a
    /// formula left behind may carry noise beyond them). Whole numbers keep all their digits.
    pub(crate) fn from_f64(value: f64) -> Result<Exact, Why> {
        let value = in_range(value)?;
        if value.fract() == 0.0 {
            return Ok(Exact {
                mantissa: value as i128,
                exponent: 0,
            });
        }
        const FIFTEEN_DIGITS: f64 = 1e15;
        for decimals in 1..=6_u8 {
            let power = pow10(decimals) as f64;
            let units = (value * power).round();
            if units.abs() < FIFTEEN_DIGITS && units / power == value {
                return Ok(Exact {
                    mantissa: units as i128,
                    exponent: -i32::from(decimals),
                });
            }
        }
        Exact::scientific(&format!("{value:.14e}"))
    }

    /// The shortest decimal whose nearest double is this one.
    pub(crate) fn shortest(value: f64) -> Result<Exact, Why> {
        Exact::scientific(&format!("{:e}", in_range(value)?))
    }

    /// Reads what Rust prints for a double with `{:e}`.
    fn scientific(text: &str) -> Result<Exact, Why> {
        let (digits, exponent) = text.split_once('e').ok_or(Why::NotANumber)?;
        let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let exponent: i32 = exponent.parse().map_err(|_| Why::NotANumber)?;
        let mantissa: i128 = digits.replace('.', "").parse().map_err(|_| Why::NotANumber)?;
        let exponent = exponent - i32::try_from(decimals).unwrap_or(0);
        Ok(Exact { mantissa, exponent }.without_trailing_zeros())
    }

    fn without_trailing_zeros(mut self) -> Exact {
        while self.exponent < 0 && self.mantissa % 10 == 0 && self.mantissa != 0 {
            self.mantissa /= 10;
            self.exponent += 1;
        }
        self
    }
}

/// The double itself when it is finite and not beyond 2^53.
pub(crate) fn in_range(value: f64) -> Result<f64, Why> {
    if !value.is_finite() {
        return Err(Why::NotFinite);
    }
    if value.abs() > EXACT_LIMIT as f64 {
        Err(Why::TooLarge)
    } else {
        Ok(value)
    }
}

/// A number as it was written, with what stood around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The digits, sign and point, and nothing else applied.
    pub exact: Exact,
    /// A sign `%` (-2) or `‰` (-3) after it.
    pub percent: Option<i32>,
    /// The scale words after it: 万 is 4.
    pub power: Option<i32>,
    /// Whether a currency stood beside it.
    pub currency: bool,
    /// Whether it was written with an exponent that hides digits (`1.2E+05`).
    pub shortened: bool,
}

impl Written {
    fn plain(exact: Exact) -> Written {
        Written {
            exact,
            percent: None,
            power: None,
            currency: false,
            shortened: false,
        }
    }
}

/// Texts that say "nothing here". 空值写法
pub(crate) fn says_nothing(text: &str) -> bool {
    matches!(
        text,
        "" | "-"
            | "--"
            | "---"
            | "－"
            | "—"
            | "——"
            | "–"
            | "/"
            | "N/A"
            | "n/a"
            | "N/a"
            | "NULL"
            | "null"
            | "Null"
            | "无"
            | "無"
            | "暂无"
            | "不适用"
            | "不適用"
            | "未填"
            | "空"
    )
}

/// Reads a number. `own_unit` holds the field's unit in both languages, which may follow the digits.
pub(crate) fn read(text: &str, own_unit: &[String]) -> Result<Written, Why> {
    if let Some(exact) = plain(text.as_bytes()) {
        return Ok(Written::plain(exact));
    }
    let normal = fold::normal(text);
    let lower = normal.to_lowercase();
    if matches!(
        lower.trim_start_matches(['+', '-']),
        "nan" | "inf" | "infinity" | "∞" | "1.#inf" | "1.#qnan" | "#num!"
    ) {
        return Err(Why::NotFinite);
    }
    let mut rest = normal.as_str();
    let mut negative = false;
    if let Some(inside) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        negative = true;
        rest = inside.trim();
        if rest.starts_with(['-', '+']) {
            return Err(Why::NotANumber);
        }
    }
    let mut signed = negative;
    let mut currency = false;
    // The sign may stand before or after a currency: -¥5, ¥-5.
    for _ in 0..2 {
        if !signed && let Some(after) = rest.strip_prefix(['-', '+']) {
            negative = rest.starts_with('-');
            signed = true;
            rest = after.trim_start();
        }
        if !currency && let Some((_, after)) = unit::currency(rest) {
            currency = true;
            rest = after.trim_start();
        }
    }
    let (mut exact, fraction, rest) = body(rest)?;
    let (exponent, mut rest) = exponent(rest)?;
    exact.exponent = exact.exponent.saturating_add(exponent);
    if negative {
        exact.mantissa = -exact.mantissa;
    }
    let mut written = Written {
        currency,
        shortened: exponent > fraction,
        ..Written::plain(exact)
    };
    rest = rest.trim_start();
    let (power, after) = unit::scale_words(rest);
    if after.len() < rest.len() {
        written.power = Some(power);
        rest = after.trim_start();
    }
    match rest {
        "" => {}
        "%" if written.power.is_none() => written.percent = Some(-2),
        "‰" if written.power.is_none() => written.percent = Some(-3),
        unit if own_unit.iter().any(|own| own == unit) => {}
        other => match unit::currency(other) {
            Some((_, "")) => written.currency = true,
            _ => return Err(Why::NotANumber),
        },
    }
    Ok(written)
}

/// Whether letters stand among the digits of what is otherwise a number, as when O is typed for 0; `None` where that is
/// not what is wrong.
pub(crate) fn letter(text: &str, own_unit: &[String]) -> Option<Why> {
    let normal = fold::normal(text);
    let (first, last) = (normal.find(is_digit)?, normal.rfind(is_digit)?);
    let inside = normal.get(first..last)?;
    // A letter between digits, or one that nobody types there but for a zero.
    let between = inside.chars().find(|character| character.is_alphabetic());
    let letter = between.or_else(|| {
        normal
            .chars()
            .find(|character| digit_like(*character) == '0' && *character != '0')
    })?;
    let plain =
        |character: char| character.is_alphabetic() || is_digit(character) || matches!(character, ',' | '.' | ' ');
    if fold::is_chinese(inside) || !inside.chars().all(plain) {
        return None;
    }
    let meant: String = normal.chars().map(digit_like).collect();
    let meant = read(&meant, own_unit).is_ok().then_some(meant);
    Some(Why::LetterInNumber { letter, meant })
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

/// The digit that a letter is mistaken for.
fn digit_like(letter: char) -> char {
    match letter {
        'O' | 'o' | 'О' | 'о' | 'Ο' | 'ο' => '0',
        'l' | 'I' | 'i' | '|' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'B' => '8',
        other => other,
    }
}

/// The fast way: optional sign, digits, optional point and digits, nothing else, at most 18 digits.
fn plain(bytes: &[u8]) -> Option<Exact> {
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut mantissa = 0_i64;
    let mut point = None;
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?,
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let decimals = match point {
        Some(_) if digits.len() == 1 => return None,
        Some(at) => digits.len() - at - 1,
        None => 0,
    };
    let mantissa = i128::from(if negative { -mantissa } else { mantissa });
    Some(Exact {
        mantissa,
        exponent: -i32::try_from(decimals).ok()?,
    })
}

/// Digits with separators in groups of three and a point; gives the number, how many decimals it has, and what follows.
fn body(text: &str) -> Result<(Exact, i32, &str), Why> {
    let mut mantissa = 0_i128;
    let mut whole_digits = 0_u32;
    let mut fraction = 0_i32;
    let mut in_group = None::<u32>;
    let mut separator = None::<char>;
    let mut point = false;
    let mut end = text.len();
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let digit_next = characters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        match character {
            '0'..='9' => {
                // Zeros beyond the limit at the far end of a fraction say nothing more.
                if mantissa >= MANTISSA_LIMIT {
                    if point && character == '0' {
                        continue;
                    }
                    return Err(if point { Why::TooManyDecimals(9) } else { Why::TooLarge });
                }
                mantissa = mantissa * 10 + i128::from(u32::from(character) - u32::from('0'));
                if point {
                    fraction += 1;
                } else {
                    whole_digits += 1;
                    in_group = in_group.map(|count| count + 1);
                }
            }
            '.' if !point => point = true,
            ',' | ' ' if !point && digit_next => {
                let first_group = in_group.is_none();
                let fits = if first_group {
                    (1..=3).contains(&whole_digits)
                } else {
                    in_group == Some(3)
                };
                if !fits || separator.is_some_and(|before| before != character) {
                    return Err(Why::Separators);
                }
                separator = Some(character);
                in_group = Some(0);
            }
            ',' => return Err(Why::Separators),
            _ => {
                end = at;
                break;
            }
        }
    }
    if in_group.is_some_and(|count| count != 3) {
        return Err(Why::Separators);
    }
    if whole_digits == 0 && fraction == 0 {
        return Err(Why::NotANumber);
    }
    Ok((
        Exact {
            mantissa,
            exponent: -fraction,
        },
        fraction,
        text.get(end..).unwrap_or_default(),
    ))
}

/// `e-05`, `E+4`: the power of ten, and what follows.
fn exponent(text: &str) -> Result<(i32, &str), Why> {
    let Some(rest) = text.strip_prefix(['e', 'E']) else {
        return Ok((0, text));
    };
    let digits_from = usize::from(rest.starts_with(['-', '+']));
    let digits = rest.get(digits_from..).unwrap_or_default();
    let end = digits
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(digits.len());
    if end == 0 || end > 4 {
        return Err(Why::NotANumber);
    }
    let number: i32 = rest
        .get(..digits_from + end)
        .unwrap_or_default()
        .parse()
        .map_err(|_| Why::NotANumber)?;
    Ok((number, digits.get(end..).unwrap_or_default()))
}
