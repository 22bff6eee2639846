//! How high and how low a weighted mean can be when some of its members may drop out. 加权平均的界
//!
//! Exact fractions, rounded outwards.

/// A member of a mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    /// Its weight; positive.
    pub weight: i128,
    /// Its value at most (for the upper end), or at least (for the lower one).
    pub value: i128,
    /// Whether it may drop out.
    pub optional: bool,
}

/// The greatest mean that the members can have, rounded up; `None` without members.
pub(super) fn greatest(members: &[Member]) -> Option<i128> {
    let (mut sum, mut weight) = (0, 0);
    for member in members.iter().filter(|member| !member.optional) {
        sum += member.weight * member.value;
        weight += member.weight;
    }
    let mut optional: Vec<&Member> = members.iter().filter(|member| member.optional).collect();
    optional.sort_by_key(|member| -member.value);
    for member in optional {
        // Worth keeping only while it lies above the mean of the others.
        if weight == 0 || member.value * weight > sum {
            sum += member.weight * member.value;
            weight += member.weight;
        }
    }
    (weight > 0).then(|| -((-sum).div_euclid(weight)))
}

/// The least mean that the members can have, rounded down; `None` without members.
pub(super) fn least(members: &[Member]) -> Option<i128> {
    let turned: Vec<Member> = members
        .iter()
        .map(|member| Member {
            value: -member.value,
            ..*member
        })
        .collect();
    greatest(&turned).map(|mean| -mean)
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

    /// Every subset that may be left, by force.
    fn forced(members: &[Member]) -> Option<(i128, i128)> {
        let means = (1_u32..1 << members.len()).filter_map(|kept| {
            let in_it = |at: usize| kept >> at & 1 == 1;
            let allowed = members
                .iter()
                .enumerate()
                .all(|(at, member)| member.optional || in_it(at));
            let kept = members
                .iter()
                .enumerate()
                .filter(|(at, _)| in_it(*at))
                .map(|(_, member)| member);
            let (sum, weight) = kept.fold((0_i128, 0_i128), |(sum, weight), m| {
                (sum + m.weight * m.value, weight + m.weight)
            });
            allowed.then(|| (sum.div_euclid(weight), -((-sum).div_euclid(weight))))
        });
        means.reduce(|(low, high), (lower, upper)| (low.min(lower), high.max(upper)))
    }

    #[test]
    fn bounds_are_the_best_of_all_subsets() {
        let mut state = 7_u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..2_000 {
            let count = 1 + next(6);
            let members: Vec<Member> = (0..count)
                .map(|_| Member {
                    weight: i128::from(1 + next(9)),
                    value: i128::from(next(50)),
                    optional: next(2) == 0,
                })
                .collect();
            let (low, high) = forced(&members).unwrap();
            assert_eq!(
                (least(&members), greatest(&members)),
                (Some(low), Some(high)),
                "{members:?}"
            );
        }
        assert_eq!(greatest(&[]), None);
    }
}
