//! Fractions that are never rounded: compared and divided by Euclid's steps. 分数

use std::cmp::Ordering;

/// A fraction of non-negative whole numbers; the denominator is positive.
#[derive(Debug, Clone, Copy)]
pub struct Fraction {
    pub over: u128,
    pub under: u128,
}

impl Fraction {
    pub fn new(over: u128, under: u128) -> Fraction {
        assert!(under > 0, "a denominator is positive");
        Fraction { over, under }
    }

    pub fn times(self, other: Fraction) -> Fraction {
        // Reduced crosswise first, so that products stay small.
        let (a, d) = (
            greatest_divisor(self.over, other.under),
            greatest_divisor(other.over, self.under),
        );
        Fraction::new((self.over / a) * (other.over / d), (self.under / d) * (other.under / a))
    }

    pub fn whole(self) -> u128 {
        self.over / self.under
    }

    pub fn rest(self) -> Fraction {
        Fraction::new(self.over % self.under, self.under)
    }

    /// Continued fractions: whole parts first, then the rests turned over.
    pub fn compare(self, other: Fraction) -> Ordering {
        let whole = self.whole().cmp(&other.whole());
        if whole != Ordering::Equal {
            return whole;
        }
        match (self.rest().over, other.rest().over) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Less,
            (_, 0) => Ordering::Greater,
            (a, b) => Fraction::new(other.under, b).compare(Fraction::new(self.under, a)),
        }
    }
}

fn greatest_divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { greatest_divisor(b, a % b) }
}

/// `over / under` to the nearest whole number, halves to the even one; `over` may be negative.
pub fn nearest(over: i128, under: i128) -> i128 {
    assert!(under > 0);
    let (size, negative) = (over.unsigned_abs(), over < 0);
    let fraction = Fraction::new(size, under.unsigned_abs());
    let rest = fraction.rest();
    let up = match Fraction::new(rest.over * 2, rest.under).compare(Fraction::new(1, 1)) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => fraction.whole() % 2 == 1,
    };
    let size = i128::try_from(fraction.whole() + u128::from(up)).expect("small numbers");
    if negative { -size } else { size }
}

#[test]
fn halves_go_to_the_even_number() {
    let found: Vec<i128> = [-5, -3, -1, 1, 3, 5, 4].iter().map(|over| nearest(*over, 2)).collect();
    assert_eq!(found, [-2, -2, 0, 0, 2, 2, 2]);
    assert_eq!(Fraction::new(2, 3).compare(Fraction::new(3, 5)), Ordering::Greater);
    assert_eq!(Fraction::new(4, 6).compare(Fraction::new(2, 3)), Ordering::Equal);
}
