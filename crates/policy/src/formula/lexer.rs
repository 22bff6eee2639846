//! Text → tokens. 词法

use std::ops::Range;

use pinji_domain::number::{plain, pow10};
use pinji_domain::{Decimal, Message};

use super::Fault;

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) span: Range<usize>,
    pub(crate) what: What,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Number(Decimal),
    Text(String),
    /// A name or a keyword.
    Word(String),
    Sign(&'static str),
    End,
}

const SIGNS: [&str; 16] = [
    "<=", ">=", "<>", "!=", "==", "<", ">", "=", "+", "-", "*", "/", "(", ")", ",", "[",
];
/// Signs that Chinese keyboards give, and what was meant.
const WIDE: [(char, &str); 19] = [
    ('，', ","),
    ('（', "("),
    ('）', ")"),
    ('＞', ">"),
    ('＜', "<"),
    ('＝', "="),
    ('≥', ">="),
    ('≤', "<="),
    ('≠', "<>"),
    ('×', "*"),
    ('÷', "/"),
    ('＋', "+"),
    ('－', "-"),
    ('＊', "*"),
    ('／', "/"),
    ('‘', "'"),
    ('’', "'"),
    ('“', "'"),
    ('”', "'"),
];

/// Splits a formula into tokens; the last one is `End`.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (what, length) = match first {
            '0'..='9' => number(rest, at)?,
            '.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => number(rest, at)?,
            '\'' => quoted(rest, at)?,
            first if first.is_alphabetic() || first == '_' => {
                let length = length_while(rest, |c| c.is_alphanumeric() || c == '_');
                (What::Word(rest.get(..length).unwrap_or_default().to_owned()), length)
            }
            first => sign(rest, first, at)?,
        };
        tokens.push(Token {
            span: at..at + length,
            what,
        });
        at += length;
    }
    tokens.push(Token {
        span: text.len()..text.len(),
        what: What::End,
    });
    Ok(tokens)
}

fn length_while(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

fn number(rest: &str, at: usize) -> Result<(What, usize), Fault> {
    let length = length_while(rest, |c| c.is_alphanumeric() || c == '.' || c == '_');
    let written = rest.get(..length).unwrap_or_default();
    match Decimal::parse(written) {
        Some(decimal) => Ok((What::Number(decimal), length)),
        None => {
            let message = match plain_digits(written) {
                Some(digits) => Message::new("policy-number-words").with("digits", digits),
                None => Message::new("policy-number-inexact"),
            };
            Err(Fault::error(&(at..at + length), message.with("number", written)))
        }
    }
}

/// `1亿`, `3.5万`, `1_000` in plain digits; `None` for everything else.
pub(crate) fn plain_digits(written: &str) -> Option<String> {
    let end = written
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | ',')))
        .unwrap_or(written.len());
    let (digits, words) = written.split_at_checked(end)?;
    let mut power = 0_u8;
    for word in words.trim_end_matches('元').chars() {
        power = power.checked_add(match word {
            '十' => 1,
            '百' => 2,
            '千' => 3,
            '万' | '萬' => 4,
            '亿' | '億' => 8,
            _ => return None,
        })?;
    }
    let number = Decimal::parse(&digits.replace(['_', ','], ""))?;
    let factor = Decimal {
        units: pow10(power.min(15)),
        scale: 0,
    };
    let units = number.units.checked_mul(factor.units).filter(|_| power <= 15)?;
    let plain = plain(units, number.scale);
    Some(match plain.contains('.') {
        true => plain.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => plain,
    })
}

fn quoted(rest: &str, at: usize) -> Result<(What, usize), Fault> {
    let mut text = String::new();
    let mut left = rest.char_indices().skip(1).peekable();
    while let Some((index, c)) = left.next() {
        match c {
            // Two quotes are one quote.
            '\'' if left.peek().is_some_and(|(_, next)| *next == '\'') => {
                left.next();
                text.push('\'');
            }
            '\'' => return Ok((What::Text(text), index + 1)),
            c => text.push(c),
        }
    }
    Err(Fault::error(
        &(at..at + rest.len()),
        Message::new("policy-formula-quote-open"),
    ))
}

fn sign(rest: &str, first: char, at: usize) -> Result<(What, usize), Fault> {
    if first == ']' {
        return Ok((What::Sign("]"), 1));
    }
    if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return Ok((What::Sign(sign), sign.len()));
    }
    let span = at..at + first.len_utf8();
    let fault = Fault::error(
        &span,
        Message::new("policy-formula-sign").with("sign", first.to_string()),
    );
    Err(match WIDE.into_iter().find(|(wide, _)| *wide == first) {
        Some((_, meant)) => fault.help(Message::new("policy-formula-wide-sign").with("meant", meant)),
        None if first == '"' => fault.help(Message::new("policy-formula-double-quote")),
        None => fault,
    })
}
