//! How a group's grade bounds those of its members: `member_at_most = "group + n"`. 集团对成员等级的约束

/// Why a member has the grade that it has. 约束结果
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It was lowered to the best grade that the group allows. 因集团等级下调
    Lowered,
    /// The group allows its own grade. 未超过集团上限
    Within,
    /// The group has no grade, and bounds nobody. 集团未定级
    GroupUngraded,
    /// It is the only member. 仅一名成员
    OnlyMember,
    /// It has no grade itself. 成员未定级
    Ungraded,
}

/// One notch down, by ranks of the scale (0 is the best). 一级下调
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Notch {
    /// From this grade.
    pub from: usize,
    /// To the next one below.
    pub to: usize,
}

/// A member's grade under its group's. 约束后的等级
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounded {
    /// The grade by rank (0 is the best); `None`: ungraded.
    pub grade: Option<usize>,
    /// The best grade that the group allows, where it bounds.
    pub at_most: Option<usize>,
    /// Why.
    pub cause: Cause,
    /// Every notch that it was lowered, from its own grade on.
    pub notches: Vec<Notch>,
}

/// Bounds a member's grade by its group's. 集团约束
///
/// - `own`, `group`: ranks on one scale, 0 the best; `None`: ungraded.
/// - `above`: how many notches a member may stand above its group, the `n` of `group + n`.
/// - `members`: how many companies the group has.
///
/// A bound only lowers. There is none where the group is ungraded or has one member.
pub fn bound(own: Option<usize>, group: Option<usize>, above: u32, members: usize) -> Bounded {
    let free = |cause| Bounded {
        grade: own,
        at_most: None,
        cause,
        notches: Vec::new(),
    };
    let Some(grade) = own else { return free(Cause::Ungraded) };
    if members < 2 {
        return free(Cause::OnlyMember);
    }
    let Some(group) = group else {
        return free(Cause::GroupUngraded);
    };
    let at_most = group.saturating_sub(above as usize);
    Bounded {
        grade: Some(grade.max(at_most)),
        at_most: Some(at_most),
        cause: if grade < at_most { Cause::Lowered } else { Cause::Within },
        notches: (grade..at_most).map(|from| Notch { from, to: from + 1 }).collect(),
    }
}
