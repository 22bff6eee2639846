//! What a printed policy is made of: names, numbers and words, no layout. 分级标准视图模型

use pinji_domain::{Date, Decimal, Lang, Period, Text};

/// A policy as it is printed. 分级标准
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PolicyPage {
    /// The language that shows first.
    pub lang: Lang,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: Text,
    /// What it is for, a paragraph; may be empty.
    pub purpose: Text,
    /// Whom it grades, in words.
    pub subject: Text,
    /// From when it is in force.
    pub effective: Option<Date>,
    /// The currency that money is converted into.
    pub currency: String,
    /// The share of the weight that must have a value, such as `60%`; empty when none is demanded.
    pub min_coverage: String,
    /// Other policies whose grades it uses: alias, name, version.
    pub uses: Vec<(String, Text, String)>,
    /// Dimensions with their indicators, in policy order.
    pub dimensions: Vec<Dimension>,
    /// Scores, in policy order.
    pub scores: Vec<Score>,
    /// Measures, in policy order.
    pub measures: Vec<Measure>,
    /// Values that change on dates.
    pub parameters: Vec<Parameter>,
    /// Standard tables.
    pub tables: Vec<StandardTable>,
    /// Exchange rates: currency, from when, one unit in the policy's currency.
    pub rates: Vec<(String, Date, Decimal)>,
    /// Grades, best first.
    pub grades: Vec<Grade>,
    /// Rules that bound the grade from above.
    pub caps: Vec<Bound>,
    /// Rules that bound it from below.
    pub floors: Vec<Bound>,
    /// What is promised of the policy.
    pub guarantees: Vec<Guarantee>,
    /// How a group bears on its members: the group policy's name, and how many notches above the group a member may be.
    pub group: Option<(Text, u32)>,
    /// The office's part.
    pub review: Option<Review>,
    /// Where weights came from.
    pub derivations: Vec<Derivation>,
    /// The policy's own tests.
    pub examples: Vec<Example>,
    /// Hash over all its files.
    pub sha256: String,
    /// Its files: name and hash.
    pub files: Vec<(String, String)>,
}

/// A dimension. 维度
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dimension {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its indicators.
    pub indicators: Vec<Indicator>,
}

/// An indicator. 指标
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// What it means; may be empty.
    pub means: Text,
    /// Where the written regulation says so; may be empty.
    pub clause: String,
    /// Its weight within the dimension.
    pub weight: Decimal,
    /// For each score of the page its nominal weight, as a share of one: what scores are made with. `None` where the score
    /// does not weigh it. When the list is empty the page works the shares out from the weights, which may differ in the
    /// last digit (scores take the largest remainder).
    pub nominal: Vec<Option<Decimal>>,
    /// Its formula as written; empty for judged ones.
    pub formula: String,
    /// Its unit, in words; may be empty.
    pub unit: Text,
    /// Decimals of its value.
    pub decimals: u8,
    /// Where its values come from, in words; may be empty.
    pub source: Text,
    /// Which direction is better.
    pub better: Direction,
    /// How its value turns into points.
    pub scoring: Scoring,
    /// What a missing value does.
    pub missing: MissingRule,
}

/// Which direction is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Something between is best, or the values have no order.
    #[default]
    Neither,
}

/// What a missing value does. 缺失处理
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingRule {
    /// The subject is not graded.
    #[default]
    Refuse,
    /// The lowest points of the list.
    Worst,
    /// The line drops out, its weight goes to the others.
    Reweight,
    /// These points.
    Points(Decimal),
}

/// How a value turns into points. 评分方式
#[derive(Debug, Clone, PartialEq)]
pub enum Scoring {
    /// By the band that holds it, lowest values first.
    Bands {
        /// The bands.
        bands: Vec<Band>,
        /// Whether points run in a straight line within a band.
        interpolated: bool,
    },
    /// By a list of texts.
    Map {
        /// Text and points.
        entries: Vec<(Text, Decimal)>,
        /// Points of a text that is not listed; `None`: it counts as missing.
        otherwise: Option<Decimal>,
    },
    /// By people.
    Judged {
        /// Who, in words.
        by: Text,
        /// The levels, best first.
        levels: Vec<Level>,
        /// How several opinions become one.
        reconcile: Reconcile,
        /// How many opinions there must be.
        min: u32,
        /// How far apart they may be, in points.
        spread: Option<Decimal>,
        /// Older opinions do not count.
        fresh: Option<Period>,
    },
    /// By a standard table.
    Table {
        /// The table's name.
        name: Text,
        /// What chooses the row.
        keys: Vec<Text>,
        /// Whether points run in a straight line between edges.
        interpolated: bool,
    },
}

impl Default for Scoring {
    fn default() -> Self {
        Scoring::Bands {
            bands: Vec::new(),
            interpolated: false,
        }
    }
}

/// One band. 分档
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Where it begins: the number as shown (or a parameter's name), and whether it belongs to the band. `None`: open.
    pub low: Option<(Text, bool)>,
    /// Where it ends.
    pub high: Option<(Text, bool)>,
    /// Points at its beginning and at its end; equal unless interpolated.
    pub points: (Decimal, Decimal),
    /// What it is called; may be empty.
    pub name: Text,
}

/// A level of a judged indicator. 等次
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its name.
    pub name: Text,
    /// Its points.
    pub points: Decimal,
    /// What it means.
    pub means: Text,
}

/// How several opinions become one. 意见汇总
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reconcile {
    /// Their mean.
    #[default]
    Mean,
    /// Their median.
    Median,
    /// Their mean, when they agree.
    Consensus,
}

/// A score. 得分
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Score {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its decimals.
    pub decimals: u8,
    /// For each dimension of the page, in order, its weight; `None` where the score does not weigh it.
    pub weights: Vec<Option<Decimal>>,
}

/// A measure. 度量
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measure {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// From which records, which window, which filter, in words.
    pub source: Text,
    /// The expression as written; may be empty.
    pub formula: String,
    /// Its unit, in words; may be empty.
    pub unit: Text,
}

/// A value that changes on dates. 参数
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameter {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// From when (`None`: from the beginning) which value.
    pub values: Vec<(Option<Date>, Decimal)>,
}

/// A standard table. 标准值表
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandardTable {
    /// Its name.
    pub name: Text,
    /// Where it comes from; may be empty.
    pub source: Text,
    /// Names of its key columns.
    pub keys: Vec<Text>,
    /// Points at each edge, best first.
    pub points: Vec<Decimal>,
    /// Points beyond the last edge.
    pub beyond: Decimal,
    /// Rows: indicator, key texts, edges as shown.
    pub rows: Vec<(Text, Vec<String>, Vec<String>)>,
}

/// A grade. 等级
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grade {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its class; may be empty.
    pub class: String,
    /// What it means; may be empty.
    pub means: Text,
    /// The condition in words; empty for the last.
    pub condition: Text,
    /// How often it is looked at again.
    pub review_every: Option<Period>,
    /// What it gives: what, and how much, in words.
    pub entitlements: Vec<(Text, Text)>,
}

/// A cap or a floor. 封顶/保底
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bound {
    /// Its id.
    pub id: String,
    /// The condition in words.
    pub condition: Text,
    /// The grade it bounds to, by position in [`PolicyPage::grades`].
    pub grade: usize,
    /// Why.
    pub reason: Text,
    /// Where the written regulation says so; may be empty.
    pub clause: String,
}

/// A guarantee. 保证
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guarantee {
    /// As written in the policy.
    pub says: String,
    /// In words; may be empty.
    pub name: Text,
    /// What the proof came to.
    pub verdict: Verdict,
}

/// What a proof came to. 证明结果
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Proved from the file.
    Proved,
    /// Refuted: a counterexample in words.
    Refuted(Text),
    /// Not decided within the bound.
    Undecided,
    /// Nobody tried.
    #[default]
    Unchecked,
}

/// The office's part. 评审与复议
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Review {
    /// What the administrator accepts alone.
    pub fast_lane: Option<FastLane>,
    /// Committee seats, in words.
    pub seats: Vec<Text>,
    /// How many must be present.
    pub quorum: Option<u32>,
    /// The majority as written, for instance `2/3`; may be empty.
    pub majority: String,
    /// Of whom the majority is taken.
    pub majority_of: MajorityOf,
    /// Whether only totals are kept of a ballot.
    pub is_secret: bool,
    /// Whether the chair decides where votes are equal.
    pub casting_vote: bool,
    /// How long a vote without a meeting may take.
    pub circulation: Option<Period>,
    /// How many notches an override may be.
    pub override_notches: Option<u32>,
    /// When an override expires.
    pub override_expires: Option<Period>,
    /// Whether an override needs a second person.
    pub override_second_person: bool,
    /// The reasons that an override may have.
    pub override_reasons: Vec<Text>,
    /// How many notches two people decide without the committee.
    pub override_without_committee: Option<u32>,
    /// How long an emergency override holds at most.
    pub override_emergency: Option<Period>,
    /// How many runs in a row must give less before a grade falls without the committee.
    pub confirmed_by: Option<u32>,
    /// How long after a fall the grade does not rise.
    pub cool_down: Option<Period>,
    /// Within what time a customer may appeal.
    pub appeal_within: Option<Period>,
    /// Within what time an appeal is answered.
    pub appeal_answer_within: Option<Period>,
}

/// What the administrator accepts without experts and committee. 快速通道
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FastLane {
    /// At most so many notches from the grade in force.
    pub notches: u32,
    /// Whether also for customers that have no grade yet.
    pub first: bool,
    /// Grades that are neither given nor taken on it, by name.
    pub never: Vec<Text>,
    /// The least coverage, as it is written: `80%`.
    pub coverage: Option<String>,
}

/// Of whom a majority is taken. 计票基数
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MajorityOf {
    /// Those who voted for or against.
    Votes,
    /// Those who took part.
    #[default]
    Present,
    /// All seats.
    Seats,
}

/// Where weights came from. 权重来源
#[derive(Debug, Clone, PartialEq)]
pub enum Derivation {
    /// Pairwise comparison (AHP). 层次分析法
    Ahp {
        /// What was weighed, in words.
        of: Text,
        /// The things weighed, in the order of the matrices.
        items: Vec<Text>,
        /// Judges: name, matrix, consistency ratio.
        judges: Vec<(String, Vec<Vec<f64>>, f64)>,
        /// The weights that came out.
        weights: Vec<Decimal>,
        /// The consistency ratio of all judges together.
        consistency: f64,
    },
    /// Entropy weights, frozen. 熵权法
    Entropy {
        /// What was weighed, in words.
        of: Text,
        /// The things weighed.
        items: Vec<Text>,
        /// The weights.
        weights: Vec<Decimal>,
        /// How many rows they were computed from.
        rows: u64,
        /// As of when.
        as_of: Date,
        /// Hash of the data.
        sha256: String,
    },
}

/// One of the policy's own tests. 示例
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Example {
    /// What it shows; may be empty.
    pub name: Text,
    /// As of when.
    pub as_of: Option<Date>,
    /// What is given: name and value, in words.
    pub given: Vec<(Text, Text)>,
    /// The grade that must come out, by position in [`PolicyPage::grades`]; `None`: none is named.
    pub grade: Option<ExampleGrade>,
    /// Scores that must come out: name and value.
    pub scores: Vec<(Text, Decimal)>,
    /// Caps that must bind, in words; `None`: nothing is said of caps.
    pub caps: Option<Vec<Text>>,
}

/// The grade that an example wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleGrade {
    /// The grade at this position.
    Grade(usize),
    /// No grade at all.
    Ungraded,
}
