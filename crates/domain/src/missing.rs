//! Why a value is not there. 缺失原因

/// Why a measure or an indicator has no value. 缺失原因
///
/// Columns keep it as its number; 0 means "there is a value".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum MissingCause {
    /// Nothing was reported. 未报送
    NotReported = 1,
    /// Something was reported, but longer ago than `fresh` allows. 已过期
    Stale = 2,
    /// The formula has no answer: division by zero, the logarithm of nothing, a figure beyond the exact range. 无法计算
    Undefined = 3,
    /// The text is not on the indicator's map. 不在列表内
    Unlisted = 4,
    /// Fewer experts judged than the policy asks for. 专家不足
    TooFewExperts = 5,
    /// The experts are further apart than the policy allows. 意见分歧过大
    Disagreement = 6,
    /// The other policy gave no grade. 所用评级未定级
    Ungraded = 7,
    /// The customer is the only member of its group, whose grade then bounds nobody. 集团仅此一家
    OnlyMember = 8,
}

impl MissingCause {
    /// All causes in the order of their numbers.
    pub const ALL: [MissingCause; 8] = [
        MissingCause::NotReported,
        MissingCause::Stale,
        MissingCause::Undefined,
        MissingCause::Unlisted,
        MissingCause::TooFewExperts,
        MissingCause::Disagreement,
        MissingCause::Ungraded,
        MissingCause::OnlyMember,
    ];

    /// The cause with this number; `None` for 0 and for numbers that no cause has.
    pub fn from_number(number: u8) -> Option<MissingCause> {
        Self::ALL.into_iter().find(|cause| *cause as u8 == number)
    }

    /// The message in the language files that names it.
    pub fn code(self) -> &'static str {
        match self {
            MissingCause::NotReported => "missing-not-reported",
            MissingCause::Stale => "missing-stale",
            MissingCause::Undefined => "missing-undefined",
            MissingCause::Unlisted => "missing-unlisted",
            MissingCause::TooFewExperts => "missing-too-few-experts",
            MissingCause::Disagreement => "missing-disagreement",
            MissingCause::Ungraded => "missing-ungraded",
            MissingCause::OnlyMember => "missing-only-member",
        }
    }
}
