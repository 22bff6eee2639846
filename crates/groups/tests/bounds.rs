//! A member's grade under its group's. 集团约束

use pinji_groups::{Cause, bound};

#[test]
fn a_member_stands_at_most_so_many_notches_above() {
    let check =
        |own: Option<usize>, group: Option<usize>, above: u32, members: usize, grade: Option<usize>, cause: Cause| {
            let found = bound(own, group, above, members);
            assert_eq!(
                (found.grade, found.cause),
                (grade, cause),
                "{own:?} in {group:?} + {above} of {members}"
            );
            let lowered: Vec<(usize, usize)> = found.notches.iter().map(|notch| (notch.from, notch.to)).collect();
            let steps: Vec<(usize, usize)> = match (own, found.grade) {
                (Some(from), Some(to)) => (from..to).map(|from| (from, from + 1)).collect(),
                _ => Vec::new(),
            };
            assert_eq!(lowered, steps);
            assert_eq!(found.at_most.is_some(), matches!(cause, Cause::Lowered | Cause::Within));
        };
    // group + 1: one better than the group's fourth is the third.
    check(Some(0), Some(3), 1, 2, Some(2), Cause::Lowered);
    check(Some(2), Some(3), 1, 2, Some(2), Cause::Within);
    check(Some(3), Some(3), 1, 2, Some(3), Cause::Within);
    check(Some(5), Some(3), 1, 2, Some(5), Cause::Within);
    check(Some(0), Some(3), 0, 2, Some(3), Cause::Lowered);
    check(Some(0), Some(0), 1, 2, Some(0), Cause::Within);
    check(Some(0), Some(1), 5, 2, Some(0), Cause::Within);
    check(Some(0), None, 1, 2, Some(0), Cause::GroupUngraded);
    check(Some(0), Some(3), 1, 1, Some(0), Cause::OnlyMember);
    check(None, Some(3), 1, 2, None, Cause::Ungraded);
}
