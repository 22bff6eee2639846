//! What a report is made of: numbers and names, no layout. 报告视图模型

use pinji_domain::{Date, Decimal, MissingCause, Text};

/// A run as its report shows it. 评级报告
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// The policy's name.
    pub policy: Text,
    /// The policy's id.
    pub policy_id: String,
    /// The policy's version.
    pub version: String,
    /// What the policy is for, a paragraph; may be empty.
    pub purpose: Text,
    /// As of when the customers were graded.
    pub as_of: Option<Date>,
    /// Whom the policy grades.
    pub subject: Subject,
    /// The run before, when there was one to compare with.
    pub previous: Option<Previous>,
    /// The grades, best first, with their counts.
    pub grades: Vec<GradeCount>,
    /// Who was not graded, and why.
    pub ungraded: Vec<UngradedCount>,
    /// The scores and how they are spread, in policy order.
    pub scores: Vec<ScoreSpread>,
    /// The dimensions, in policy order (the first eight are drawn).
    pub dimensions: Vec<DimensionMeans>,
    /// How complete the data were: classes of coverage, best first.
    pub coverage: Vec<CoverageClass>,
    /// Indicators without a value, those missing most first.
    pub missing: Vec<MissingCount>,
    /// Caps and floors and how many they bound, in policy order.
    pub bounds: Vec<BoundCount>,
    /// Who moved, largest moves first.
    pub movers: Vec<Mover>,
    /// Whom to look at first.
    pub first: Vec<Look>,
    /// What the money in [`Look`] and [`Mover`] is, for instance "purchases in 12 months"; empty when there is none.
    pub stake: Text,
    /// The guarantees: as the policy says them, and whether they are proved.
    pub guarantees: Vec<(Text, bool)>,
    /// What the run can be derived from again.
    pub facts: Facts,
}

/// Whom a policy grades. 评级对象
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// Customers.
    #[default]
    Customer,
    /// Corporate groups.
    Group,
}

/// The run before. 上期
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// As of when.
    pub as_of: Date,
    /// By which version.
    pub version: String,
    /// Its grades, best first: id and name. They may differ from this run's.
    pub grades: Vec<(String, Text)>,
    /// Counts by its grade (then one row more: ungraded), then by this run's grade (then one column more: ungraded), of
    /// those that are in both runs.
    pub moved: Vec<Vec<u64>>,
    /// How many are new.
    pub joined: u64,
    /// How many are no longer there.
    pub left: u64,
}

/// One grade and how many have it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GradeCount {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its class, such as A; may be empty.
    pub class: String,
    /// The condition in words; empty for the last grade.
    pub condition: Text,
    /// How many have it.
    pub count: u64,
    /// How many had it in the previous run.
    pub before: Option<u64>,
    /// Their money together, see [`Report::stake`].
    pub money: Option<Decimal>,
}

/// Why some were not graded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UngradedCount {
    /// Why.
    pub why: Ungraded,
    /// How many.
    pub count: u64,
}

/// Why a subject is not graded. 未定级原因
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ungraded {
    /// A missing value that the policy refuses: which indicator.
    Refused(Text),
    /// Too little of the weight had a value.
    Coverage,
    /// Nothing of a score was left.
    NoLines,
}

/// A score and how it is spread. 得分分布
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreSpread {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its decimals.
    pub decimals: u8,
    /// From where, to where, how many; from the left, without gaps. The last bin includes its end.
    pub bins: Vec<(f64, f64, u64)>,
    /// Where a grade's rule has a threshold on this score, and the words for it, such as "VIP ≥ 80".
    pub cut_offs: Vec<(f64, Text)>,
    /// Least, first quarter, median, third quarter, greatest, in units of the score.
    pub quartiles: Option<[i64; 5]>,
}

/// A dimension's mean points, grade by grade.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DimensionMeans {
    /// Its name.
    pub name: Text,
    /// One for each grade of the report, 0 to 100; `None` where no customer of the grade has one.
    pub means: Vec<Option<f64>>,
    /// Its weights in the scores, as the policy states them: for each score of the report, where the score weighs it.
    pub weights: Vec<Option<Decimal>>,
}

/// A class of coverage. 覆盖率分段
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageClass {
    /// From how many per cent of the weight (included).
    pub from_percent: u8,
    /// To how many (excluded, except 100).
    pub to_percent: u8,
    /// How many.
    pub count: u64,
}

/// An indicator without a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MissingCount {
    /// The indicator's name.
    pub indicator: Text,
    /// Why, and how many each.
    pub causes: Vec<(MissingCause, u64)>,
}

/// A cap or a floor and how many it bound. 封顶与保底
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BoundCount {
    /// Its id.
    pub id: String,
    /// Whether it is a floor.
    pub floor: bool,
    /// The grade it bounds to, by position in [`Report::grades`].
    pub grade: usize,
    /// Why.
    pub reason: Text,
    /// Where the written regulation says so.
    pub clause: String,
    /// How many it bound.
    pub count: u64,
}

/// Who moved. 等级变动
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mover {
    /// The subject's id.
    pub id: String,
    /// Its name; may be empty.
    pub name: String,
    /// The previous grade, by position in [`Report::grades`]; `None`: not graded.
    pub from: Option<usize>,
    /// The grade now.
    pub to: Option<usize>,
    /// The first score before, in its units.
    pub score_before: Option<i64>,
    /// The first score now.
    pub score: Option<i64>,
    /// Its money, see [`Report::stake`].
    pub money: Option<Decimal>,
    /// Why.
    pub why: Vec<Why>,
}

/// Whom to look at first. 优先关注
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The subject's id.
    pub id: String,
    /// Its name; may be empty.
    pub name: String,
    /// Its grade, by position in [`Report::grades`]; `None`: not graded.
    pub grade: Option<usize>,
    /// The first score, in its units.
    pub score: Option<i64>,
    /// Its money, see [`Report::stake`].
    pub money: Option<Decimal>,
    /// Why it is on the list.
    pub why: Vec<Why>,
}

/// A reason, before it is put into words. 理由
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A cap binds: its reason.
    Cap(Text),
    /// A cap bound before and does so no more: its reason.
    CapGone(Text),
    /// A floor binds: its reason.
    Floor(Text),
    /// An indicator has no value.
    Missing(Text, MissingCause),
    /// An indicator lost much: its name and how many of the score's points.
    Loss(Text, Decimal),
    /// What stands for a part of a score changed by so much.
    Change(Text, Decimal),
    /// It is short of a better grade by so much of a score.
    NearlyUp(Text, Decimal),
    /// It is above the threshold of its grade by only so much of a score.
    NearlyDown(Text, Decimal),
    /// Its grade fell by so many notches.
    Fell(u32),
    /// Its grade rose by so many notches.
    Rose(u32),
    /// It is not graded.
    Ungraded(Ungraded),
    /// Much money is at stake.
    MuchAtStake,
}

/// What a run can be derived from again. 可追溯信息
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Hash of the policy's files.
    pub policy_sha256: String,
    /// Hash of the snapshot.
    pub snapshot_sha256: String,
    /// The engine's version.
    pub engine: String,
    /// Input files: name, bytes, hash.
    pub inputs: Vec<(String, u64, String)>,
    /// How many bad rows were left out.
    pub left_out: u64,
}
