//! Sets of values that an operand may have. 取值集合

use pinji_engine::condition::DoubleRange;

/// Values, and whether missing is one of the possibilities.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Set {
    pub(super) missing: bool,
    pub(super) values: Values,
}

/// Values of one type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Values {
    /// Closed intervals.
    Integers(Vec<(i64, i64)>),
    Doubles(Vec<DoubleRange>),
    /// These texts, or all but these.
    Texts {
        listed: bool,
        list: Vec<String>,
    },
}

impl Set {
    pub(super) fn intersection(&self, other: &Set) -> Set {
        Set {
            missing: self.missing && other.missing,
            values: self.values.intersection(&other.values),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.missing && self.values.is_empty()
    }
}

impl Values {
    /// All values of the same type.
    pub(super) fn everything(&self) -> Values {
        match self {
            Values::Integers(_) => Values::Integers(vec![(i64::MIN, i64::MAX)]),
            Values::Doubles(_) => Values::Doubles(vec![super::logic::between(f64::NEG_INFINITY, f64::INFINITY)]),
            Values::Texts { .. } => Values::Texts {
                listed: false,
                list: Vec::new(),
            },
        }
    }

    pub(super) fn complement(&self) -> Values {
        match self {
            Values::Integers(list) => Values::Integers(gaps(list)),
            Values::Doubles(list) => Values::Doubles(double_gaps(list)),
            Values::Texts { listed, list } => Values::Texts {
                listed: !listed,
                list: list.clone(),
            },
        }
    }

    fn intersection(&self, other: &Values) -> Values {
        match (self, other) {
            (Values::Integers(left), Values::Integers(right)) => {
                let pairs = left
                    .iter()
                    .flat_map(|a| right.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
                Values::Integers(pairs.filter(|(low, high)| low <= high).collect())
            }
            (Values::Doubles(left), Values::Doubles(right)) => {
                let pairs = left.iter().flat_map(|a| right.iter().map(move |b| meet(a, b)));
                Values::Doubles(pairs.filter(|range| !hollow(range)).collect())
            }
            (Values::Texts { listed: a, list: left }, Values::Texts { listed: b, list: right }) => {
                let keep = |list: &[String], other: &[String], inside: bool| {
                    list.iter()
                        .filter(|text| other.contains(text) == inside)
                        .cloned()
                        .collect::<Vec<_>>()
                };
                match (a, b) {
                    (true, other) => Values::Texts {
                        listed: true,
                        list: keep(left, right, *other),
                    },
                    (false, true) => Values::Texts {
                        listed: true,
                        list: keep(right, left, false),
                    },
                    (false, false) => {
                        let list = left.iter().chain(right.iter().filter(|text| !left.contains(text)));
                        Values::Texts {
                            listed: false,
                            list: list.cloned().collect(),
                        }
                    }
                }
            }
            // Operands have one type, so this does not happen; anything is possible then.
            _ => self.clone(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Values::Integers(list) => list.is_empty(),
            Values::Doubles(list) => list.is_empty(),
            Values::Texts { listed, list } => *listed && list.is_empty(),
        }
    }
}

/// What lies between ascending disjoint intervals.
fn gaps(list: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut gaps = Vec::new();
    let mut next = Some(i64::MIN);
    for (low, high) in list {
        if let Some(start) = next.filter(|start| start < low) {
            gaps.push((start, low - 1));
        }
        next = high.checked_add(1);
    }
    gaps.extend(next.map(|start| (start, i64::MAX)));
    gaps
}

fn double_gaps(list: &[DoubleRange]) -> Vec<DoubleRange> {
    let mut gaps = Vec::new();
    let (mut low, mut low_inclusive) = (f64::NEG_INFINITY, false);
    for range in list {
        let gap = DoubleRange {
            low,
            low_inclusive,
            high: range.low,
            high_inclusive: !range.low_inclusive,
        };
        gaps.push(DoubleRange {
            high_inclusive: gap.high_inclusive && gap.high.is_finite(),
            ..gap
        });
        (low, low_inclusive) = (range.high, !range.high_inclusive);
    }
    gaps.push(DoubleRange {
        low,
        low_inclusive,
        high: f64::INFINITY,
        high_inclusive: false,
    });
    gaps.retain(|range| !hollow(range));
    gaps
}

fn meet(a: &DoubleRange, b: &DoubleRange) -> DoubleRange {
    let (low, low_inclusive) = match a.low.total_cmp(&b.low) {
        std::cmp::Ordering::Less => (b.low, b.low_inclusive),
        std::cmp::Ordering::Greater => (a.low, a.low_inclusive),
        std::cmp::Ordering::Equal => (a.low, a.low_inclusive && b.low_inclusive),
    };
    let (high, high_inclusive) = match a.high.total_cmp(&b.high) {
        std::cmp::Ordering::Less => (a.high, a.high_inclusive),
        std::cmp::Ordering::Greater => (b.high, b.high_inclusive),
        std::cmp::Ordering::Equal => (a.high, a.high_inclusive && b.high_inclusive),
    };
    DoubleRange {
        low,
        low_inclusive,
        high,
        high_inclusive,
    }
}

fn hollow(range: &DoubleRange) -> bool {
    range.low > range.high || (range.low == range.high && !(range.low_inclusive && range.high_inclusive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_and_its_complement_share_nothing_and_leave_nothing() {
        let check = |values: Values| {
            let other = values.complement();
            assert!(values.intersection(&other).is_empty(), "{values:?} and {other:?}");
            assert_eq!(other.complement(), values);
        };
        check(Values::Integers(vec![(i64::MIN, 4), (6, 9)]));
        check(Values::Integers(vec![(0, i64::MAX)]));
        check(Values::Integers(Vec::new()));
        check(Values::Integers(vec![(i64::MIN, i64::MAX)]));
        check(Values::Texts {
            listed: true,
            list: vec!["a".to_owned()],
        });
        let range = |low, low_inclusive, high, high_inclusive| DoubleRange {
            low,
            low_inclusive,
            high,
            high_inclusive,
        };
        check(Values::Doubles(vec![
            range(0.0, true, 1.0, false),
            range(2.0, false, f64::INFINITY, false),
        ]));
        check(Values::Doubles(vec![range(3.0, true, 3.0, true)]));
    }
}
