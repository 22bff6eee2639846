//! Sums within a row that must agree: assets = liabilities + equity. 勾稽关系

use pinji_domain::Kind;
use pinji_domain::number::{div_half_even, pow10};
use pinji_domain::office::{Identity, Relation, Sign, Term};

use super::{Doubt, changes};
use crate::compare::Compared;
use crate::values::{self, Values};

/// The declared sums that do not add up. One with a missing field is not looked at, nor one of which the row changes nothing.
pub(super) fn of(kind: &Kind, row: &Compared) -> Vec<Doubt> {
    let moved = kind.office.identities.iter().filter(|identity| {
        let mut terms = identity.left.iter().chain(&identity.right);
        terms.any(|term| changes(row, &term.field))
    });
    moved
        .filter_map(|identity| broken(kind, identity, &row.after))
        .collect()
}

fn broken(kind: &Kind, identity: &Identity, row: &Values) -> Option<Doubt> {
    let terms = || identity.left.iter().chain(&identity.right);
    let scales = terms().map(|term| kind.field(&term.field).and_then(|field| field.ty.scale()));
    let scale = scales.collect::<Option<Vec<u8>>>()?.into_iter().max()?;
    let left = sum(kind, &identity.left, row, scale)?;
    let right = sum(kind, &identity.right, row, scale)?;
    let larger = left.abs().max(right.abs());
    let flat = i128::from(identity.within.units) * power(scale) / power(identity.within.scale);
    let share = div_half_even(
        larger * i128::from(identity.within_share.units),
        power(identity.within_share.scale),
    );
    let allowed = flat.max(share);
    let apart = match identity.relation {
        Relation::Equal => (left - right).abs(),
        Relation::AtMost => left - right,
    };
    (apart > allowed).then(|| Doubt::Identity {
        identity: identity.id.clone(),
        left,
        right,
        allowed,
        scale,
    })
}

fn sum(kind: &Kind, terms: &[Term], row: &Values, scale: u8) -> Option<i128> {
    let mut sum = 0;
    for term in terms {
        let own = kind.field(&term.field)?.ty.scale()?;
        let units = values::units(row, &term.field)? * power(scale.saturating_sub(own));
        sum += match term.sign {
            Sign::Plus => units,
            Sign::Minus => -units,
        };
    }
    Some(sum)
}

fn power(scale: u8) -> i128 {
    i128::from(pow10(scale))
}
