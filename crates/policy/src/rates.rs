//! Dated exchange rates. 汇率

use std::collections::BTreeMap;

use pinji_domain::number::{EXACT_LIMIT, div_half_even, pow10};
use pinji_domain::{Date, Decimal, Message};

use crate::document::Document;

/// The rates of a policy, for converting money row by row. 汇率表
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rates {
    /// The currency that all is converted into.
    pub currency: String,
    known: BTreeMap<String, BTreeMap<Date, Decimal>>,
}

impl Rates {
    /// The rates that a policy lists.
    pub fn new(document: &Document) -> Rates {
        let mut known: BTreeMap<String, BTreeMap<Date, Decimal>> = BTreeMap::new();
        for rate in &document.rates {
            known
                .entry(rate.from.clone())
                .or_default()
                .insert(rate.date, rate.value);
        }
        Rates {
            currency: document.currency.clone(),
            known,
        }
    }

    /// What one unit of `currency` is worth on `date`: the newest rate not after it. The policy's own currency is worth 1.
    pub fn rate(&self, currency: &str, date: Date) -> Option<Decimal> {
        if currency == self.currency {
            return Some(Decimal { units: 1, scale: 0 });
        }
        self.known
            .get(currency)?
            .range(..=date)
            .next_back()
            .map(|(_, rate)| *rate)
    }

    /// Converts money at the rate of `date`, half to even at the money's own scale. 折算
    ///
    /// # Errors
    /// No rate for that currency on that date, or a result beyond the exact range: never 1, never a guess.
    pub fn convert(&self, units: i64, currency: &str, date: Date) -> Result<i64, Message> {
        let named = |code| {
            Message::new(code)
                .with("currency", currency)
                .with("date", date.to_string())
        };
        let rate = self.rate(currency, date).ok_or_else(|| named("policy-rate-missing"))?;
        let exact = div_half_even(
            i128::from(units) * i128::from(rate.units),
            i128::from(pow10(rate.scale)),
        );
        let fitting = i64::try_from(exact)
            .ok()
            .filter(|units| units.unsigned_abs() <= EXACT_LIMIT.unsigned_abs());
        fitting.ok_or_else(|| named("policy-rate-range"))
    }
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
    use crate::document::Rate;

    #[test]
    fn money_is_converted_at_the_newest_rate_not_after_the_date() {
        let day = |text: &str| pinji_domain::date::parse(text).unwrap();
        let rate = |date: &str, value: &str| Rate {
            from: "USD".to_owned(),
            date: day(date),
            value: Decimal::parse(value).unwrap(),
        };
        let document = Document {
            currency: "CNY".to_owned(),
            rates: vec![rate("2025-07-01", "7.25"), rate("2025-01-01", "7.1")],
            ..Document::default()
        };
        let rates = Rates::new(&document);
        let check = |units: i64, currency: &str, date: &str, expected: Result<i64, &str>| {
            let found = rates
                .convert(units, currency, day(date))
                .map_err(|message| message.code);
            assert_eq!(found, expected, "{units} {currency} {date}");
        };
        check(10_000, "USD", "2025-06-30", Ok(71_000));
        check(10_000, "USD", "2025-07-01", Ok(72_500));
        check(2, "USD", "2025-07-01", Ok(14));
        check(6, "USD", "2025-07-01", Ok(44));
        check(-2, "USD", "2025-07-01", Ok(-14));
        check(5, "CNY", "1999-01-01", Ok(5));
        check(5, "USD", "2024-12-31", Err("policy-rate-missing"));
        check(5, "EUR", "2025-12-31", Err("policy-rate-missing"));
        check(EXACT_LIMIT, "USD", "2025-12-31", Err("policy-rate-range"));
    }
}
