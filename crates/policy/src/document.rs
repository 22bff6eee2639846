//! A policy as it was written, checked but not yet compiled. 分级标准文档
//!
//! Everything a reader may ask of a policy is here: names, clauses, sources of weights, and the office's parts.

use pinji_domain::{Date, Decimal, Kinds, Period, Text};

use crate::finding::Finding;
use crate::places::Places;

/// A policy: an entry file and the files that it lists. 分级标准
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// `policy`: its id.
    pub id: String,
    /// `version`.
    pub version: String,
    /// `subject`.
    pub subject: Subject,
    /// `name`.
    pub name: Text,
    /// `purpose`: a paragraph for the printed document.
    pub purpose: Text,
    /// `effective`.
    pub effective: Option<Date>,
    /// `currency`, the one that money is converted into; `CNY` unless the file says otherwise.
    pub currency: String,
    /// `weights_of`: what the weights are meant to add up to; 100 unless the file says otherwise.
    pub weights_of: Option<Decimal>,
    /// `min_coverage`, in 1/10 000.
    pub min_coverage: u32,
    /// `[parameter.*]`: values that change on dates.
    pub parameters: Vec<Parameter>,
    /// `[measure.*]`.
    pub measures: Vec<Measure>,
    /// `[[dimension]]`.
    pub dimensions: Vec<Dimension>,
    /// `[[indicator]]`.
    pub indicators: Vec<Indicator>,
    /// `[score]`; the implicit `total` when the file has none.
    pub scores: Vec<Score>,
    /// `[[grade]]`, best first.
    pub grades: Vec<Grade>,
    /// `[[cap]]`.
    pub caps: Vec<Bound>,
    /// `[[floor]]`.
    pub floors: Vec<Bound>,
    /// `[[guarantee]]`.
    pub guarantees: Vec<Guarantee>,
    /// `[uses]`: other policies' grades by alias.
    pub uses: Vec<Use>,
    /// `[group]`.
    pub group: Option<GroupRule>,
    /// `[review]`.
    pub review: Option<Review>,
    /// `[[example]]`.
    pub examples: Vec<Example>,
    /// `[table.*]`: standard tables.
    pub tables: Vec<Table>,
    /// `[[rate]]`.
    pub rates: Vec<Rate>,
    /// `[[derivation]]`: where weights came from.
    pub derivations: Vec<Derivation>,
    /// The record kinds that it was checked against: the shipped ones and those of the files it lists.
    pub kinds: Kinds,
    /// The entry file first, then those it lists and those of the policies it uses, as they were read.
    pub files: Vec<PolicyFile>,
    /// Where each value stands, for findings.
    pub places: Places,
    /// What makes it unusable: the errors among its findings. `compile` refuses with them.
    pub unusable: Vec<Finding>,
}

impl Document {
    /// The name of a measure, indicator, score, parameter or used policy, where it has one: they share one set of ids.
    pub fn name_of(&self, id: &str) -> Option<&Text> {
        let measures = self.measures.iter().map(|measure| (&measure.id, &measure.name));
        let indicators = self.indicators.iter().map(|indicator| (&indicator.id, &indicator.name));
        let scores = self.scores.iter().map(|score| (&score.id, &score.name));
        let parameters = self.parameters.iter().map(|parameter| (&parameter.id, &parameter.name));
        let used = self.uses.iter().map(|used| (&used.alias, &used.policy.name));
        let group = self.group.iter().map(|group| (GROUP_GRADE, &group.name));
        let mut names = measures
            .chain(indicators)
            .chain(scores)
            .chain(parameters)
            .chain(used)
            .map(|(id, name)| (id.as_str(), name))
            .chain(group);
        let found = names.find(|(known, name)| *known == id && **name != Text::default());
        found.map(|(_, name)| name)
    }

    /// Whether reading found an error inside the value at `path`.
    pub(crate) fn misread(&self, path: &str) -> bool {
        let (file, span) = self.places.at(path);
        let inside = |finding: &Finding| {
            finding.file == file && finding.span.start >= span.start && finding.span.end <= span.end
        };
        !span.is_empty() && self.unusable.iter().any(inside)
    }
}

/// One file of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its name as the entry file gives it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// Whom a policy rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Subject {
    /// A customer.
    #[default]
    Customer,
    /// A corporate group.
    Group,
}

/// A value that changes on dates. 参数
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// From when (`None`: from the beginning) which value, ascending.
    pub values: Vec<(Option<Date>, Decimal)>,
}

impl Parameter {
    /// The value that it has on a date; `None` before the first. 当日取值
    pub fn value_on(&self, date: Date) -> Option<Decimal> {
        let begun = self.values.iter();
        let begun = begun.filter(|(from, _)| from.is_none_or(|from| from <= date));
        begun.max_by_key(|(from, _)| *from).map(|(_, value)| *value)
    }
}

/// One number or text per subject, taken from records. 度量
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its id.
    pub id: String,
    /// Its name; falls back to the field's label.
    pub name: Text,
    /// Where it comes from, as written.
    pub from: MeasureFrom,
    /// Its unit, derived from the fields or declared.
    pub unit: Unit,
    /// `decimals`; otherwise derived from the fields.
    pub decimals: Option<u8>,
    /// How the figures of members become their group's; `None`: the records of all members are taken together.
    pub members: Option<Members>,
}

/// How the figures of members become their group's. 成员合并
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Members {
    /// `members`.
    pub rule: MembersRule,
    /// `accounts`.
    pub accounts: Accounts,
    /// `complete`: a member without a figure leaves the group without one.
    pub complete: bool,
}

/// How members' figures make one. 合并方式
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MembersRule {
    /// `"sum"`: sales, purchases, receivables. 求和
    Sum,
    /// `"max"`: days overdue. 取最大
    Max,
    /// `"min"`: years of cooperation. 取最小
    Min,
    /// `{ weighted_by = "measure" }`: their mean, each weighing what that measure says of the member; half to even. 加权平均
    Weighted(String),
}

/// Whose statements count. 报表口径
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Accounts {
    /// `"own"`: every member's own figure, from all its records. 各自报表
    Own,
    /// `"consolidated_first"`: a member's consolidated statement, where it has one, stands for itself and all members below it. 合并报表优先
    ConsolidatedFirst,
}

/// Where a measure comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum MeasureFrom {
    /// `given = "number" | "integer" | "money" | "text" | "date" | "flag"`: a column of the customer's own row.
    Given(GivenType),
    /// `take = "latest"`: a field, or a formula over the fields, of the newest record.
    Latest {
        /// Record kind.
        kind: String,
        /// The expression as written.
        value: String,
        /// `where`.
        filter: Option<String>,
        /// `fresh`: older than this is missing.
        fresh: Option<Period>,
    },
    /// `over = "12 months"` (or none: everything up to the as-of date): an aggregate.
    Aggregate {
        /// Record kind.
        kind: String,
        /// The expression as written.
        value: String,
        /// `where`.
        filter: Option<String>,
        /// The window; `None` is everything known.
        over: Option<Period>,
    },
}

/// The type of a given measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GivenType {
    /// A double.
    Number,
    /// A whole number.
    Integer,
    /// Money, two decimals.
    Money,
    /// A text.
    Text,
    /// A date.
    Date,
    /// A truth value.
    Flag,
}

/// What a value is counted in; what may be added to what. 单位
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Unit {
    /// Money of the policy's currency.
    Money,
    /// A ratio without dimension; shown as per cent.
    Ratio,
    /// A count of things.
    Count,
    /// Days.
    Days,
    /// Months.
    Months,
    /// Years.
    Years,
    /// Points of a scale.
    Points,
    /// Text.
    Text,
    /// A calendar date.
    Date,
    /// Yes or no.
    Flag,
    /// Anything else; the name is shown, nothing is checked.
    Other(Text),
    /// Not known.
    #[default]
    Unknown,
}

/// A weighted family of indicators. 维度
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// `weight`, for the implicit score.
    pub weight: Option<Decimal>,
}

/// An indicator. 指标
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// The dimension's id.
    pub dimension: String,
    /// Its name.
    pub name: Text,
    /// What it means, in a sentence or two.
    pub means: Text,
    /// Where the written regulation says so.
    pub clause: String,
    /// Its weight within the dimension, as written or derived.
    pub weight: Decimal,
    /// The formula as written; for a judged indicator its hidden measure.
    pub formula: String,
    /// Its unit.
    pub unit: Unit,
    /// Decimals of its value.
    pub decimals: u8,
    /// Which direction is better, if either.
    pub better: Better,
    /// How it is scored, as written.
    pub scoring: Scoring,
    /// What a missing value does, as written.
    pub missing: MissingRule,
}

/// Which direction is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Something between is best, or the values have no order.
    #[default]
    Neither,
}

/// What a missing value does, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingRule {
    /// `refuse`
    Refuse,
    /// `worst`
    Worst,
    /// `reweight`
    Reweight,
    /// `{ points = n }`
    Points(Decimal),
}

/// How an indicator is scored, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum Scoring {
    /// `bands`
    Bands {
        /// In the order of the file, lowest values first.
        bands: Vec<BandRow>,
        /// `interpolate`
        interpolate: bool,
    },
    /// `bands_from`
    Table {
        /// The table's id.
        table: String,
        /// The measures that choose the row.
        key: Vec<String>,
        /// The key text that stands for all.
        otherwise: String,
        /// `interpolate`
        interpolate: bool,
    },
    /// `map`
    Map {
        /// Text and points.
        entries: Vec<(String, Decimal)>,
        /// Points of a text that is not listed.
        otherwise: Option<Decimal>,
    },
    /// `judged`
    Judged {
        /// Who judges: `expert`, or another role.
        by: String,
        /// The levels, best first.
        levels: Vec<Level>,
        /// How several opinions become one.
        reconcile: Reconcile,
        /// `fresh`: older opinions do not count.
        fresh: Option<Period>,
    },
}

/// One band as written.
#[derive(Debug, Clone, PartialEq)]
pub struct BandRow {
    /// `from`: where it begins, for readers; it must be where the band before ends.
    pub from: Option<Threshold>,
    /// Its upper end; `None` for the last.
    pub end: Option<BandEnd>,
    /// Points, at the lower and at the upper end (equal unless interpolated).
    pub points: (Decimal, Decimal),
    /// What the band is called, where it has a name.
    pub name: Text,
}

/// The upper end of a band.
#[derive(Debug, Clone, PartialEq)]
pub struct BandEnd {
    /// `up_to` (the end belongs to the band) rather than `below`.
    pub inclusive: bool,
    /// A number, or a parameter's id.
    pub at: Threshold,
}

/// A number, or a parameter that has it by date.
#[derive(Debug, Clone, PartialEq)]
pub enum Threshold {
    /// A constant.
    Number(Decimal),
    /// A parameter's id.
    Parameter(String),
}

/// A level of a judged indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its points.
    pub points: Decimal,
    /// What it means.
    pub means: Text,
}

/// How several opinions become one. 意见汇总
#[derive(Debug, Clone, PartialEq)]
pub struct Reconcile {
    /// By what.
    pub by: ReconcileBy,
    /// How many experts there must be.
    pub min: u32,
    /// How far apart they may be, in points; always set for `Consensus`.
    pub spread: Option<Decimal>,
}

/// By what several opinions become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReconcileBy {
    /// The mean.
    Mean,
    /// The median; of an even number the mean of the two in the middle.
    Median,
    /// The mean, but only when all lie within the spread.
    Consensus,
}

/// A score. 得分
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its decimals.
    pub decimals: u8,
    /// Dimension ids and weights.
    pub weights: Vec<(String, Decimal)>,
}

/// A grade. 等级
#[derive(Debug, Clone, PartialEq)]
pub struct Grade {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// `class`: free text such as A, B, C.
    pub class: String,
    /// What it means.
    pub means: Text,
    /// The condition as written; empty for the last.
    pub when: String,
    /// How often it is looked at again.
    pub review_every: Option<Period>,
    /// What it gives, in the order of the file: name and value as text.
    pub entitlements: Vec<(String, String)>,
}

/// A cap or a floor. 封顶/保底
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// Its id: `id`, or `cap_1`, `floor_1` … by position.
    pub id: String,
    /// The condition as written.
    pub when: String,
    /// The grade it bounds to.
    pub grade: String,
    /// Why.
    pub reason: Text,
    /// Where the written regulation says so.
    pub clause: String,
}

/// A statement that is proved from the file. 保证
#[derive(Debug, Clone, PartialEq)]
pub struct Guarantee {
    /// As written.
    pub says: String,
    /// For readers, where given.
    pub name: Text,
    /// Where `says` stands, for findings: file and byte range.
    pub place: (String, std::ops::Range<usize>),
}

/// Another policy whose grade this one uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// The alias in formulas and conditions.
    pub alias: String,
    /// The policy, already loaded.
    pub policy: Document,
}

/// What the grade of a customer's group is called in conditions, formulas and data. 集团等级
pub const GROUP_GRADE: &str = "group_grade";

/// How a group bears on its members.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRule {
    /// The group policy's id.
    pub policy: String,
    /// What readers call the group's grade.
    pub name: Text,
    /// `member_at_most = "group + n"`.
    pub notches: u32,
    /// The group policy, already loaded; `None` where it could not be read.
    pub document: Option<Box<Document>>,
}

/// The office's part of the regulation. 评审
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Review {
    /// What the administrator accepts alone.
    pub fast_lane: Option<FastLane>,
    /// Committee seats.
    pub seats: Vec<String>,
    /// Quorum.
    pub quorum: Option<u32>,
    /// Majority as written, for instance `2/3`.
    pub majority: String,
    /// Of whom the majority is taken.
    pub majority_of: MajorityOf,
    /// Whether votes are open.
    pub ballot: Ballot,
    /// Whether the chair decides where votes are equal.
    pub casting_vote: bool,
    /// How long a vote without a meeting may take; `None`: only meetings decide.
    pub circulation: Option<Period>,
    /// Override: notches, expiry, second person.
    pub override_notches: Option<u32>,
    /// When an override expires.
    pub override_expires: Option<Period>,
    /// Whether an override needs a second person.
    pub override_second_person: bool,
    /// The reasons that an override may have: code and name.
    pub override_reasons: Vec<(String, Text)>,
    /// How many notches two people decide without the committee.
    pub override_without_committee: Option<u32>,
    /// How long an emergency override holds at most; `None`: there is no such route.
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

/// Which model grades the administrator accepts without experts and committee. 快速通道
#[derive(Debug, Clone, PartialEq)]
pub struct FastLane {
    /// At most so many notches from the grade in force.
    pub notches: u32,
    /// Whether also for customers that have no grade yet.
    pub first: bool,
    /// Grades that are neither given nor taken on it.
    pub never: Vec<String>,
    /// The least coverage, in 10⁻⁴; 0 where nothing is said.
    pub coverage: u32,
}

/// Of whom a majority is taken. 计票基数
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MajorityOf {
    /// Those who voted for or against.
    Votes,
    /// Those who took part; it is so unless the policy says otherwise.
    #[default]
    Present,
    /// All seats.
    Seats,
}

/// Whether votes are open. 记名与否
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ballot {
    /// Who voted how is in the minutes; it is so unless the policy says otherwise.
    #[default]
    Open,
    /// Only totals are kept.
    Secret,
}

/// A policy's own test. 示例
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What it shows.
    pub name: Text,
    /// Measures (or judged indicators, or aliases of used policies) and their values; others are missing.
    pub given: Vec<(String, Given)>,
    /// The grade that must come out; `ungraded` for none.
    pub grade: Option<String>,
    /// Scores that must come out.
    pub scores: Vec<(String, Decimal)>,
    /// Caps that must bind, by id.
    pub caps: Option<Vec<String>>,
    /// As of when; the effective date unless given.
    pub as_of: Option<Date>,
    /// Where it stands: file and byte range.
    pub place: (String, std::ops::Range<usize>),
}

/// A given value.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A number.
    Number(Decimal),
    /// A text.
    Text(String),
    /// A date.
    Date(Date),
    /// A truth value.
    Flag(bool),
}

/// A standard table: edges by industry, size or the like. 标准值表
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Where the values come from.
    pub source: Text,
    /// Names of the key columns.
    pub key: Vec<String>,
    /// Points at each edge, best first.
    pub points: Vec<Decimal>,
    /// Points beyond the worst edge.
    pub beyond: Decimal,
    /// Rows.
    pub rows: Vec<TableRow>,
}

/// A row of a standard table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// The indicator it is for.
    pub indicator: String,
    /// Key texts, in the order of the table's key.
    pub keys: Vec<String>,
    /// Edges, best first, one for each of the table's points.
    pub edges: Vec<Decimal>,
}

/// A dated exchange rate: one unit of `from` is `value` units of the policy's currency. 汇率
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// The currency.
    pub from: String,
    /// From which date on.
    pub date: Date,
    /// How much it is worth.
    pub value: Decimal,
}

/// Where weights came from. 权重来源
#[derive(Debug, Clone, PartialEq)]
pub enum Derivation {
    /// Pairwise comparison.
    Ahp {
        /// `dimensions`, or the id of the dimension whose indicators are weighed.
        of: String,
        /// Ids, in the order of the matrices.
        items: Vec<String>,
        /// One matrix per judge: name and rows.
        judges: Vec<(String, Vec<Vec<f64>>)>,
        /// The weights, re-derived by `check`, summing to one.
        weights: Vec<f64>,
        /// The consistency ratio of the aggregated matrix, and of each judge's.
        consistency: (f64, Vec<f64>),
    },
    /// Entropy weights, frozen with what they were computed from.
    Entropy {
        /// `dimensions`, or the id of the dimension whose indicators are weighed.
        of: String,
        /// Ids.
        items: Vec<String>,
        /// The weights as frozen.
        weights: Vec<Decimal>,
        /// How many rows they were computed from, as of when, and the hash of those data.
        rows: u64,
        /// As of when.
        as_of: Date,
        /// SHA-256 of the data.
        sha256: String,
    },
}
