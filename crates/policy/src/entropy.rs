//! Weights from the spread of the data (entropy weights). 熵权法
//!
//! They depend on the population, so they are proposed here and then frozen into a version of the policy together with
//! what they were computed from; nothing ever recomputes them silently.

use std::fmt::Write as _;

use pinji_domain::number::plain;
use pinji_domain::{Date, Decimal};

use crate::ahp::rounded;
use crate::document::Better;

/// The entropy weight of each column; they sum to one. 熵权
///
/// - `columns`: one per indicator, with a value or null per subject, all of the same length. `better`: one per column.
/// - Each column is brought to 0..=1 by its least and greatest value, turned round where less is better, and made shares
///   p_ij of its sum; e_j = −(1/ln n) Σ p ln p, and the weight is (1 − e_j) ÷ Σ(1 − e). 0 · ln 0 is 0.
/// - Nulls and values that are not finite are left out: n is the number of values that the column has, so a column is
///   judged by its own subjects and a gap is not taken for a zero.
/// - A column whose values are all the same (or that has fewer than two) tells nobody apart and weighs 0. When no column
///   tells anybody apart, all weigh the same.
pub fn weigh(columns: &[Vec<Option<f64>>], better: &[Better]) -> Vec<f64> {
    let direction = |at: usize| better.get(at).copied().unwrap_or_default();
    let spread: Vec<f64> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| 1.0 - entropy(column, direction(at)))
        .collect();
    let total: f64 = spread.iter().sum();
    if total > 0.0 {
        return spread.iter().map(|spread| spread / total).collect();
    }
    vec![1.0 / columns.len().max(1) as f64; columns.len()]
}

/// The entropy of one column as a share of the greatest possible; 1 where it tells nobody apart.
fn entropy(column: &[Option<f64>], better: Better) -> f64 {
    let values: Vec<f64> = column
        .iter()
        .flatten()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = greatest - least;
    if values.len() < 2 || !(range > 0.0 && range.is_finite()) {
        return 1.0;
    }
    let normal = |value: f64| match better {
        Better::Lower => (greatest - value) / range,
        Better::Higher | Better::Neither => (value - least) / range,
    };
    let sum: f64 = values.iter().map(|value| normal(*value)).sum();
    let shares = values
        .iter()
        .map(|value| normal(*value) / sum)
        .filter(|share| *share > 0.0);
    let disorder: f64 = shares.map(|share| -share * share.ln()).sum();
    (disorder / (values.len() as f64).ln()).clamp(0.0, 1.0)
}

/// What a frozen derivation was computed from. 数据来源
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// `dimensions`, or the id of the dimension whose indicators are weighed.
    pub of: String,
    /// Ids, in the order of the weights.
    pub items: Vec<String>,
    /// How many subjects.
    pub rows: u64,
    /// As of when.
    pub as_of: Date,
    /// SHA-256 of the data, in lower-case hexadecimal.
    pub sha256: String,
}

/// The `[[derivation]]` block to put into the policy file: the weights as they will be read back. 熵权冻结文本
pub fn frozen(basis: &Basis, weights: &[f64]) -> String {
    let items: Vec<String> = basis.items.iter().map(|item| quoted(item)).collect();
    let weights: Vec<String> = rounded(weights).into_iter().map(shortest).collect();
    let mut out = String::from("[[derivation]]\n");
    let lines = [
        ("of", quoted(&basis.of)),
        ("method", quoted("entropy")),
        ("items", format!("[{}]", items.join(", "))),
        ("weights", format!("[{}]", weights.join(", "))),
        ("rows", basis.rows.to_string()),
        ("as_of", basis.as_of.format("%Y-%m-%d").to_string()),
        ("sha256", quoted(&basis.sha256)),
    ];
    for (key, value) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{key} = {value}");
    }
    out
}

fn shortest(weight: Decimal) -> String {
    plain(weight.units, weight.scale)
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            other if other.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(other));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
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

    fn column(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().map(|value| (!value.is_nan()).then_some(*value)).collect()
    }

    #[test]
    fn what_tells_customers_apart_weighs_more() {
        let even = column(&[1.0, 2.0, 3.0, 4.0]);
        let steep = column(&[0.0, 0.0, 0.0, 9.0]);
        let flat = column(&[5.0, 5.0, 5.0, 5.0]);
        let found = weigh(&[even, steep, flat], &[Better::Higher; 3]);
        assert!(found[1] > found[0], "{found:?}");
        assert_eq!(found[2], 0.0);
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn worked_by_hand() {
        // Column a: 0, 1, 2 → shares 0, 1/3, 2/3; e = (ln3/3 + 2/3·ln(3/2)) / ln 3 = 0.57938. Column b: 0, 0, 1 → e = 0.
        let found = weigh(
            &[column(&[0.0, 1.0, 2.0]), column(&[0.0, 0.0, 1.0])],
            &[Better::Higher, Better::Higher],
        );
        assert!((found[0] - 0.420_62 / 1.420_62).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn direction_turns_the_column_round_and_nulls_are_left_out() {
        let up = weigh(
            &[column(&[0.0, 1.0, 4.0]), column(&[1.0, 2.0, 3.0])],
            &[Better::Higher, Better::Higher],
        );
        let down = weigh(
            &[column(&[4.0, 3.0, 0.0]), column(&[1.0, 2.0, 3.0])],
            &[Better::Lower, Better::Higher],
        );
        assert_eq!(up, down);
        let gaps = weigh(
            &[column(&[0.0, f64::NAN, 1.0, 4.0]), column(&[1.0, 2.0, 3.0, f64::NAN])],
            &[Better::Higher; 2],
        );
        assert_eq!(up, gaps);
    }

    #[test]
    fn nothing_to_tell_apart_weighs_evenly() {
        assert_eq!(
            weigh(&[column(&[1.0, 1.0]), column(&[])], &[Better::Higher; 2]),
            [0.5, 0.5]
        );
        assert_eq!(weigh(&[], &[]), Vec::<f64>::new());
    }

    #[test]
    fn a_frozen_block_is_toml_and_says_where_it_came_from() {
        let basis = Basis {
            of: "financial".to_owned(),
            items: vec!["net_margin".to_owned(), "a\"b".to_owned()],
            rows: 2_000,
            as_of: pinji_domain::date::parse("2025-12-31").unwrap(),
            sha256: "ab12".to_owned(),
        };
        let text = frozen(&basis, &[1.0 / 3.0, 2.0 / 3.0]);
        let table = toml::de::DeTable::parse(&text).unwrap();
        let block = table.get_ref()["derivation"].get_ref()[0].get_ref();
        let number = |value: &toml::de::DeValue<'_>| match value {
            toml::de::DeValue::Integer(value) => value.as_str().to_owned(),
            toml::de::DeValue::Float(value) => value.as_str().to_owned(),
            other => panic!("{other:?} is no number"),
        };
        assert_eq!(block["items"].get_ref()[1].get_ref().as_str(), Some("a\"b"));
        assert_eq!(number(block["weights"].get_ref()[0].get_ref()), "33.3333");
        assert_eq!(number(block["weights"].get_ref()[1].get_ref()), "66.6667");
        assert_eq!(number(block["rows"].get_ref()), "2000");
        let as_of = block["as_of"].get_ref().as_datetime().map(ToString::to_string);
        assert_eq!(as_of.as_deref(), Some("2025-12-31"));
    }
}
