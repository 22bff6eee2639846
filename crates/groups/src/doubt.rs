//! What the records of relations leave in doubt; it stops nothing, and somebody should look. 存疑

use crate::{Edge, Party};

/// A doubt about recorded relations, and how the solver went on. 存疑
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Two relations of one kind between the same parties hold at once: the one that began later counts. 关系重复
    Overlap {
        /// The one that counts.
        kept: Edge,
        /// The one that does not.
        dropped: Edge,
    },
    /// The share is not known; it counts as no votes and as no ownership. 比例未知
    UnknownShare {
        /// The relation.
        edge: Edge,
    },
    /// Holders own more than all of it: shares are cut down in proportion. 持股合计超过100%
    EquityBeyondWhole {
        /// The company.
        company: Party,
        /// The sum as recorded, parts per billion.
        sum: u64,
    },
    /// Votes sum to more than there are: a majority is one of what is recorded. 表决权合计超过100%
    VotesBeyondWhole {
        /// The company.
        company: Party,
        /// The sum as recorded, parts per billion.
        sum: u64,
    },
    /// Several are said to control it by agreement, or one alone and others jointly: none does but all of them together. 控制权冲突
    AgreementsClash {
        /// The company.
        company: Party,
    },
    /// Joint control by one party: the others are not recorded, so nobody controls it. 共同控制方不全
    JointAlone {
        /// The relation.
        edge: Edge,
    },
    /// A holder was not named. 持有人未披露
    AnonymousHolder {
        /// The relation.
        edge: Edge,
    },
    /// Kin beyond the third test: not counted; whether they act together is for a person to say. 超出近亲属范围
    DistantKin {
        /// The relation.
        edge: Edge,
    },
}
