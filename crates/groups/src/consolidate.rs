//! Group measures from the figures of members. 集团度量合并
//!
//! Figures are integers at the field's scale. Missing is not zero: what a member lacks is named, and nothing is put in its place.

use std::collections::BTreeMap;

use pinji_domain::number::{EXACT_LIMIT, div_half_even};

use crate::Party;

/// How members' figures make one. 合并方式
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Their sum: sales, purchases, receivables. 求和
    Sum,
    /// The greatest: days overdue. 取最大
    Maximum,
    /// The least: years of cooperation. 取最小
    Minimum,
    /// Their mean, weighted by each one's weight (the controller's share, or a field such as sales); half to even. 加权平均
    Weighted,
}

/// Whose statements count. 报表口径
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Accounts {
    /// Every member's own figure. 各自报表
    EachOwn,
    /// A member's consolidated statement, where it has one, stands for itself and all members below it. 合并报表优先
    ConsolidatedFirst,
}

/// What is known of one member. 成员数据
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The member.
    pub member: Party,
    /// The member company that controls it directly, if one does.
    pub parent: Option<Party>,
    /// Its own figure; `None`: missing.
    pub own: Option<i64>,
    /// The figure of its consolidated statement; `None`: it has none.
    pub consolidated: Option<i64>,
    /// Its weight for [`Rule::Weighted`], zero or more; `None`: missing.
    pub weight: Option<i64>,
}

/// How a member's figure entered. 成员数据的计入情况
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// By its own figure. 按本身报表计入
    Own,
    /// By its consolidated statement. 按合并报表计入
    Consolidated,
    /// Within the consolidated statement of another member. 已含于上级合并报表
    Within(Party),
    /// Not at all: its figure is missing. 数据缺失
    Missing,
    /// Not at all: its weight is missing. 权重缺失
    Unweighted,
}

/// One member's line in a group measure. 合并明细
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The member.
    pub member: Party,
    /// How it entered.
    pub standing: Standing,
    /// The figure that was used; `None` where none was.
    pub figure: Option<i64>,
    /// Its weight, where the rule weighs.
    pub weight: Option<i64>,
}

/// A group measure with its lines. 集团度量
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consolidated {
    /// The figure; `None` where no member has one, weights sum to nothing, or it leaves the exact range (2^53).
    pub figure: Option<i64>,
    /// One line for each member, in the order given.
    pub parts: Vec<Part>,
}

impl Consolidated {
    /// The members whose figures lack: the measure is one of the others.
    pub fn missing(&self) -> impl Iterator<Item = Party> {
        let lacks = |part: &&Part| matches!(part.standing, Standing::Missing | Standing::Unweighted);
        self.parts.iter().filter(lacks).map(|part| part.member)
    }
}

/// Consolidates members' figures into one. 合并成员数据
pub fn consolidate(rule: Rule, accounts: Accounts, members: &[Figure]) -> Consolidated {
    let all: BTreeMap<Party, &Figure> = members.iter().map(|figure| (figure.member, figure)).collect();
    let parts: Vec<Part> = members
        .iter()
        .map(|member| part(rule, accounts, member, &all))
        .collect();
    let figures = parts.iter().filter_map(|part| Some((part.figure?, part.weight)));
    let exact = match rule {
        Rule::Sum => figures
            .map(|(figure, _)| i128::from(figure))
            .reduce(|sum, figure| sum + figure),
        Rule::Maximum => figures.map(|(figure, _)| i128::from(figure)).max(),
        Rule::Minimum => figures.map(|(figure, _)| i128::from(figure)).min(),
        Rule::Weighted => {
            let (mut sum, mut weights) = (0_i128, 0_i128);
            for (figure, weight) in figures {
                let weight = i128::from(weight.unwrap_or(0));
                sum += i128::from(figure) * weight;
                weights += weight;
            }
            (weights > 0).then(|| div_half_even(sum, weights))
        }
    };
    let figure = exact
        .and_then(|figure| i64::try_from(figure).ok())
        .filter(|figure| figure.unsigned_abs() <= EXACT_LIMIT.unsigned_abs());
    Consolidated { figure, parts }
}

fn part(rule: Rule, accounts: Accounts, member: &Figure, members: &BTreeMap<Party, &Figure>) -> Part {
    let mut part = Part {
        member: member.member,
        standing: Standing::Missing,
        figure: None,
        weight: None,
    };
    if let (Accounts::ConsolidatedFirst, Some(above)) = (accounts, consolidated_above(member, members)) {
        part.standing = Standing::Within(above);
        return part;
    }
    (part.standing, part.figure) = match (accounts, member.consolidated, member.own) {
        (Accounts::ConsolidatedFirst, Some(figure), _) => (Standing::Consolidated, Some(figure)),
        (_, _, Some(figure)) => (Standing::Own, Some(figure)),
        _ => return part,
    };
    if rule == Rule::Weighted {
        match member.weight.filter(|weight| *weight >= 0) {
            Some(weight) => part.weight = Some(weight),
            None => (part.standing, part.figure) = (Standing::Unweighted, None),
        }
    }
    part
}

/// The highest member above this one that has a consolidated statement. Where parents run in a circle, that is the smallest of
/// the circle that has one, so that one statement of a circle always counts.
fn consolidated_above(member: &Figure, all: &BTreeMap<Party, &Figure>) -> Option<Party> {
    let mut chain = vec![member];
    let mut circle: &[&Figure] = &[];
    while let Some(above) = chain
        .last()
        .and_then(|figure| figure.parent)
        .and_then(|parent| all.get(&parent))
    {
        if let Some(at) = chain.iter().position(|figure| figure.member == above.member) {
            circle = chain.get(at..).unwrap_or_default();
            break;
        }
        chain.push(above);
    }
    let stated = |figure: &&&Figure| figure.consolidated.is_some();
    let highest = circle
        .iter()
        .filter(stated)
        .min_by_key(|figure| figure.member)
        .or_else(|| chain.iter().skip(1).rfind(stated))?;
    (highest.member != member.member).then_some(highest.member)
}
