//! A made-up run and a made-up policy, with long names and hostile texts where wanted. Shared by tests and the gallery.

use pinji_domain::{Decimal, Lang, MissingCause, Period, Text, date::parse};
use pinji_report::policy::{
    Band, Bound, Derivation, Dimension, Direction, Example, ExampleGrade, FastLane, Grade, Guarantee, Indicator, Level,
    MajorityOf, Measure, MissingRule, Parameter, PolicyPage, Reconcile, Review, Score, Scoring, StandardTable, Verdict,
};
use pinji_report::run::{
    BoundCount, CoverageClass, DimensionMeans, Facts, GradeCount, Look, MissingCount, Mover, Previous, Report,
    ScoreSpread, Subject, Ungraded, UngradedCount, Why,
};

pub fn text(zh: &str, en: &str) -> Text {
    Text::new(zh, en)
}

pub fn decimal(written: &str) -> Decimal {
    Decimal::parse(written).unwrap()
}

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn standard_grades() -> Vec<(&'static str, Text, &'static str, Text)> {
    vec![
        (
            "vip",
            text("VIP客户", "VIP"),
            "A",
            text(
                "贡献得分不低于 80 且安全得分不低于 60",
                "contribution at least 80 and safety at least 60",
            ),
        ),
        (
            "key",
            text("重点客户", "Key"),
            "A",
            text("贡献得分不低于 65", "contribution at least 65"),
        ),
        (
            "potential",
            text("潜力客户", "Potential"),
            "B",
            text("前景得分不低于 55", "promise at least 55"),
        ),
        ("ordinary", text("普通客户", "Ordinary"), "C", Text::default()),
    ]
}

/// A run of 2,000 customers with a run before it.
pub fn report() -> Report {
    let counts = [(96_u64, 88_u64), (402, 431), (655, 612), (815, 822)];
    let money = [861_234_567_800_i64, 510_234_567_800, 190_234_567_800, 40_234_567_800];
    let grades = standard_grades().into_iter().zip(counts).zip(money);
    let grades = grades.map(|(((id, name, class, condition), (count, before)), money)| GradeCount {
        id: id.into(),
        name,
        class: class.into(),
        condition,
        count,
        before: Some(before),
        money: Some(Decimal { units: money, scale: 2 }),
    });
    let grades: Vec<GradeCount> = grades.collect();
    let dimension = |zh: &str, en: &str, means: [f64; 4], weights: [Option<&str>; 2]| DimensionMeans {
        name: text(zh, en),
        means: means.into_iter().map(|mean| (mean >= 0.0).then_some(mean)).collect(),
        weights: weights.into_iter().map(|weight| weight.map(decimal)).collect(),
    };
    let shape = [
        2_u64, 6, 11, 19, 31, 48, 72, 104, 139, 171, 198, 217, 226, 211, 176, 138, 99, 60, 27, 13,
    ];
    let bins = |shift: usize| {
        let bin = |index: usize| {
            (
                index as f64 * 5.0,
                index as f64 * 5.0 + 5.0,
                shape[(index + shift) % 20],
            )
        };
        (0..20).map(bin).collect::<Vec<_>>()
    };
    Report {
        policy: text("ToB 客户分级标准", "Standard B2B grading policy"),
        policy_id: "tob-standard".into(),
        version: "2026.1".into(),
        purpose: text(
            "规范客户分级，使服务、信用与资源投向与客户价值和风险相称；分级公开、可解释、可复核。",
            "Grades customers in the open, so that service, credit and effort fit their value and their risk, and every grade can be explained and checked.",
        ),
        as_of: parse("2026-06-30"),
        subject: Subject::Customer,
        previous: Some(Previous {
            as_of: parse("2025-12-31").unwrap(),
            version: "2025.2".into(),
            grades: standard_grades()
                .into_iter()
                .map(|(id, name, ..)| (id.into(), name))
                .collect(),
            moved: vec![
                vec![80, 6, 1, 0, 1],
                vec![14, 372, 31, 8, 2],
                vec![1, 20, 560, 28, 1],
                vec![0, 3, 57, 750, 4],
                vec![0, 0, 2, 5, 14],
            ],
            joined: 40,
            left: 25,
        }),
        grades,
        ungraded: vec![
            UngradedCount {
                why: Ungraded::Refused(text("最近一期资产负债率", "Latest debt ratio")),
                count: 21,
            },
            UngradedCount {
                why: Ungraded::Coverage,
                count: 9,
            },
            UngradedCount {
                why: Ungraded::NoLines,
                count: 2,
            },
        ],
        scores: vec![
            ScoreSpread {
                id: "contribution".into(),
                name: text("贡献得分", "Contribution"),
                decimals: 2,
                bins: bins(0),
                cut_offs: vec![
                    (80.0, text("VIP客户 ≥ 80", "VIP ≥ 80")),
                    (65.0, text("重点客户 ≥ 65", "Key ≥ 65")),
                ],
                quartiles: Some([310, 4520, 5730, 6890, 9812]),
            },
            ScoreSpread {
                id: "promise".into(),
                name: text("前景得分", "Promise"),
                decimals: 2,
                bins: bins(3),
                cut_offs: vec![(55.0, text("潜力客户 ≥ 55", "Potential ≥ 55"))],
                quartiles: Some([0, 3810, 5100, 6250, 9500]),
            },
        ],
        dimensions: vec![
            dimension(
                "财务状况",
                "Financial condition",
                [84.2, 71.5, 60.1, 41.3],
                [Some("30"), None],
            ),
            dimension(
                "经营规模",
                "Business scale",
                [91.0, 74.8, 48.9, 30.2],
                [Some("40"), None],
            ),
            dimension(
                "行业地位",
                "Industry position",
                [78.4, 69.9, 63.2, 45.0],
                [None, Some("50")],
            ),
            dimension("信用记录", "Credit record", [88.8, 83.0, 79.5, 70.4], [None, None]),
            dimension("合作情况", "Cooperation", [86.1, 70.2, 52.0, 38.7], [Some("30"), None]),
            dimension(
                "发展潜力",
                "Potential for growth",
                [64.3, 60.8, 71.9, -1.0],
                [None, Some("50")],
            ),
        ],
        coverage: [
            (100, 100, 1530),
            (90, 100, 251),
            (80, 90, 120),
            (60, 80, 71),
            (0, 60, 28),
        ]
        .map(|(from_percent, to_percent, count)| CoverageClass {
            from_percent,
            to_percent,
            count,
        })
        .to_vec(),
        missing: vec![
            MissingCount {
                indicator: text(
                    "细分市场占有率（最近一次行业协会发布数）",
                    "Share of its market segment, as last published by the association",
                ),
                causes: vec![(MissingCause::NotReported, 300), (MissingCause::Stale, 112)],
            },
            MissingCount {
                indicator: text("客户满意度", "Satisfaction"),
                causes: vec![(MissingCause::TooFewExperts, 90), (MissingCause::Disagreement, 14)],
            },
            MissingCount {
                indicator: text("销售净利率", "Net margin"),
                causes: vec![(MissingCause::Undefined, 31)],
            },
        ],
        bounds: vec![
            BoundCount {
                id: "default".into(),
                floor: false,
                grade: 3,
                reason: text("12个月内有违约", "Default within 12 months"),
                clause: "五(2)".into(),
                count: 21,
            },
            BoundCount {
                id: "credit".into(),
                floor: false,
                grade: 2,
                reason: text("信用等级过低（CCC 以下）", "Credit grade too low (below CCC)"),
                clause: String::new(),
                count: 13,
            },
            BoundCount {
                id: "strategic".into(),
                floor: true,
                grade: 1,
                reason: text("签有三年期战略合作协议", "Strategic agreement of three years"),
                clause: "五(7)".into(),
                count: 4,
            },
        ],
        movers: movers(),
        first: looks(),
        stake: text("12个月采购额（元）", "Purchases in 12 months (CNY)"),
        guarantees: vec![
            (
                text(
                    "有违约的客户不高于普通客户",
                    "A customer in default is never above ordinary",
                ),
                true,
            ),
            (
                text("净利率提高不会降低等级", "A higher net margin never lowers the grade"),
                true,
            ),
        ],
        facts: Facts {
            policy_sha256: HASH.into(),
            snapshot_sha256: HASH.chars().rev().collect(),
            engine: "0.1.0".into(),
            inputs: vec![
                ("customer.xlsx".into(), 512_345, HASH.into()),
                ("transaction.csv.gz".into(), 48_120_331, HASH.into()),
            ],
            left_out: 3,
        },
    }
}

const NAMES: [&str; 5] = [
    "深圳市前海华信供应链管理服务股份有限公司",
    "重庆㛃䶮精密机械有限公司",
    "上海晨光贸易有限公司",
    "Nordwind Handelsgesellschaft für Maschinenbau mbH",
    "江苏恒通新材料科技集团有限公司苏州工业园区分公司",
];

fn movers() -> Vec<Mover> {
    let mover = |index: usize, from, to, before, now, why: Vec<Why>| Mover {
        id: format!("C{:05}", 104 + index * 733),
        name: NAMES[index % 5].into(),
        from,
        to,
        score_before: Some(before),
        score: now,
        money: Some(Decimal {
            units: 3_210_000_000 / (index as i64 + 1),
            scale: 2,
        }),
        why,
    };
    vec![
        mover(
            0,
            Some(0),
            Some(3),
            8412,
            Some(8120),
            vec![
                Why::Cap(text("12个月内有违约", "Default within 12 months")),
                Why::Change(text("合同履约率", "Contract fulfilment"), decimal("-2.92")),
            ],
        ),
        mover(
            1,
            Some(3),
            Some(1),
            4010,
            Some(6733),
            vec![Why::Change(
                text("12个月采购额", "Purchases in 12 months"),
                decimal("21.4"),
            )],
        ),
        mover(
            2,
            Some(1),
            None,
            6610,
            None,
            vec![Why::Ungraded(Ungraded::Refused(text(
                "最近一期资产负债率",
                "Latest debt ratio",
            )))],
        ),
        mover(
            3,
            Some(2),
            Some(0),
            6000,
            Some(8033),
            vec![
                Why::Change(text("市场份额", "Market share"), decimal("8")),
                Why::Change(text("满意度", "Satisfaction"), decimal("6.05")),
            ],
        ),
    ]
}

fn looks() -> Vec<Look> {
    let look = |index: usize, grade, score, why: Vec<Why>| Look {
        id: format!("C{:05}", 17 + index * 391),
        name: NAMES[index % 5].into(),
        grade,
        score,
        money: Some(Decimal {
            units: 9_988_776_655 / (index as i64 + 1),
            scale: 2,
        }),
        why,
    };
    let cap = || Why::Cap(text("12个月内有违约", "Default within 12 months"));
    let missing = || Why::Missing(text("细分市场占有率", "Share of market segment"), MissingCause::Stale);
    let loss = || Why::Loss(text("应收账款逾期天数", "Days overdue"), decimal("12.5"));
    vec![
        look(0, Some(3), Some(8120), vec![Why::Fell(3), cap(), Why::MuchAtStake]),
        look(
            1,
            Some(0),
            Some(8004),
            vec![Why::NearlyDown(text("重点客户", "Key"), decimal("0.04")), missing()],
        ),
        look(2, None, None, vec![Why::Ungraded(Ungraded::Coverage)]),
        look(
            3,
            Some(1),
            Some(7991),
            vec![Why::NearlyUp(text("VIP客户", "VIP"), decimal("0.09")), Why::Rose(1)],
        ),
        look(4, Some(3), Some(2210), vec![loss(), missing()]),
        look(
            5,
            Some(1),
            Some(6502),
            vec![Why::Floor(text(
                "签有三年期战略合作协议",
                "Strategic agreement of three years",
            ))],
        ),
    ]
}

/// A policy with one of everything.
pub fn policy() -> PolicyPage {
    PolicyPage {
        lang: Lang::Zh,
        id: "tob-standard".into(),
        version: "2026.1".into(),
        name: text("ToB 客户分级标准", "Standard B2B grading policy"),
        purpose: report().purpose,
        subject: text("所有签约的企业客户", "all companies with a contract"),
        effective: parse("2026-01-01"),
        currency: "CNY".into(),
        min_coverage: "60%".into(),
        uses: vec![(
            "credit_grade".into(),
            text("九级信用评级", "Nine-level credit rating"),
            "2025.3".into(),
        )],
        dimensions: dimensions(),
        scores: vec![
            Score {
                id: "contribution".into(),
                name: text("贡献得分", "Contribution"),
                decimals: 2,
                weights: vec![Some(decimal("60")), Some(decimal("40")), None],
            },
            Score {
                id: "safety".into(),
                name: text("安全得分", "Safety"),
                decimals: 2,
                weights: vec![None, Some(decimal("25")), Some(decimal("75"))],
            },
        ],
        measures: vec![
            Measure {
                id: "net_profit".into(),
                name: text("净利润", "Net profit"),
                source: text(
                    "财务报表，最近一期，18个月内",
                    "financial statement, latest, at most 18 months old",
                ),
                formula: "net_profit".into(),
                unit: text("元", "CNY"),
            },
            Measure {
                id: "purchases_12m".into(),
                name: text("12个月采购额", "Purchases in 12 months"),
                source: text(
                    "交易记录，12个月，已完成的",
                    "transactions of 12 months, completed ones",
                ),
                formula: "sum(amount)".into(),
                unit: text("元", "CNY"),
            },
        ],
        parameters: vec![Parameter {
            id: "vip_line".into(),
            name: text("VIP 临界值", "VIP line"),
            values: vec![(None, decimal("80")), (parse("2026-07-01"), decimal("82"))],
        }],
        tables: vec![StandardTable {
            name: text("行业标准值（2025）", "Industry standards (2025)"),
            source: text("国务院国资委考核分配局", "SASAC"),
            keys: vec![text("行业", "Industry"), text("规模", "Size")],
            points: ["100", "80", "60", "40", "20"].map(decimal).to_vec(),
            beyond: decimal("0"),
            rows: vec![
                (
                    text("资产负债率", "Debt ratio"),
                    vec!["制造业".into(), "大型".into()],
                    ["48%", "53%", "58%", "68%", "83%"].map(String::from).to_vec(),
                ),
                (
                    text("资产负债率", "Debt ratio"),
                    vec!["all".into(), "all".into()],
                    ["49%", "54%", "59%", "69%", "84%"].map(String::from).to_vec(),
                ),
            ],
        }],
        rates: vec![("USD".into(), parse("2026-01-01").unwrap(), decimal("7.1012"))],
        grades: grades(),
        caps: vec![
            Bound {
                id: "default".into(),
                condition: text("12个月内违约次数大于 0", "defaults in 12 months above 0"),
                grade: 3,
                reason: text("12个月内有违约", "default within 12 months"),
                clause: "五(2)".into(),
            },
            Bound {
                id: "credit".into(),
                condition: text("信用等级不高于 CC", "credit grade at most CC"),
                grade: 2,
                reason: text("信用等级过低", "credit grade too low"),
                clause: String::new(),
            },
        ],
        floors: vec![Bound {
            id: "strategic".into(),
            condition: text("签有战略合作协议", "a strategic agreement is in force"),
            grade: 1,
            reason: text("战略合作客户", "strategic partner"),
            clause: "五(7)".into(),
        }],
        guarantees: vec![
            Guarantee {
                says: "defaults_12m > 0 implies grade at_most 'ordinary'".into(),
                name: text(
                    "有违约的客户不高于普通客户",
                    "A customer in default is never above ordinary",
                ),
                verdict: Verdict::Proved,
            },
            Guarantee {
                says: "monotone in net_margin".into(),
                name: Text::default(),
                verdict: Verdict::Undecided,
            },
            Guarantee {
                says: "independent of region".into(),
                name: Text::default(),
                verdict: Verdict::Refuted(text(
                    "地区由“华东”改为“西北”，等级由重点客户变为潜力客户",
                    "region East to North-west turns key into potential",
                )),
            },
        ],
        group: Some((text("集团客户分级标准", "Group grading policy"), 1)),
        review: Some(Review {
            fast_lane: Some(FastLane {
                notches: 1,
                first: false,
                never: vec![text("VIP客户", "VIP")],
                coverage: Some("80%".into()),
            }),
            seats: vec![
                text("总经理", "chief executive"),
                text("市场", "marketing"),
                text("财务", "finance"),
                text("风控", "risk"),
            ],
            quorum: Some(3),
            majority: "2/3".into(),
            majority_of: MajorityOf::Present,
            is_secret: false,
            casting_vote: true,
            circulation: Period::parse("5 days"),
            override_notches: Some(1),
            override_expires: Period::parse("6 months"),
            override_second_person: true,
            override_reasons: vec![text("重大事项", "recent event"), text("集团支持", "group support")],
            override_without_committee: Some(1),
            override_emergency: Period::parse("30 days"),
            confirmed_by: Some(2),
            cool_down: Period::parse("3 months"),
            appeal_within: Period::parse("30 days"),
            appeal_answer_within: Period::parse("15 days"),
        }),
        derivations: vec![
            Derivation::Ahp {
                of: text("贡献得分的维度", "Dimensions of contribution"),
                items: vec![
                    text("财务状况", "Financial condition"),
                    text("合作情况", "Cooperation"),
                    text("信用记录", "Credit record"),
                ],
                judges: vec![(
                    "A".into(),
                    vec![vec![1.0, 2.0, 3.0], vec![0.5, 1.0, 2.0], vec![1.0 / 3.0, 0.5, 1.0]],
                    0.0079,
                )],
                weights: ["53.9615", "29.6961", "16.3424"].map(decimal).to_vec(),
                consistency: 0.0079,
            },
            Derivation::Entropy {
                of: text("财务状况的指标", "Indicators of financial condition"),
                items: vec![text("销售净利率", "Net margin"), text("资产负债率", "Debt ratio")],
                weights: ["60", "40"].map(decimal).to_vec(),
                rows: 1968,
                as_of: parse("2025-12-31").unwrap(),
                sha256: HASH.into(),
            },
        ],
        examples: vec![
            Example {
                name: text("违约封顶", "A default caps"),
                as_of: None,
                given: vec![
                    (text("净利润", "Net profit"), text("960万", "9.60M")),
                    (text("违约次数", "Defaults"), text("1", "1")),
                ],
                grade: Some(ExampleGrade::Grade(3)),
                scores: vec![(text("贡献得分", "Contribution"), decimal("71.5"))],
                caps: Some(vec![text("12个月内有违约", "default within 12 months")]),
            },
            Example {
                name: Text::default(),
                as_of: parse("2026-03-31"),
                given: vec![(text("净利润", "Net profit"), text("缺失", "missing"))],
                grade: Some(ExampleGrade::Ungraded),
                scores: Vec::new(),
                caps: Some(Vec::new()),
            },
        ],
        sha256: HASH.into(),
        files: vec![
            ("tob-standard.toml".into(), HASH.into()),
            ("tables/industry.toml".into(), HASH.into()),
        ],
    }
}

fn grades() -> Vec<Grade> {
    let gives = [
        ("专属", "dedicated", "2", "8%"),
        ("专属", "dedicated", "4", "5%"),
        ("共享", "shared", "8", "2%"),
        ("–", "–", "24", "–"),
    ];
    let means = [
        text(
            "贡献大、风险低，优先投入",
            "much contribution, little risk: comes first",
        ),
        text("贡献较大，重点维护", "good contribution: well looked after"),
        text("目前贡献有限，前景好", "little now, much to come"),
        text("标准化服务", "standard service"),
    ];
    let all = standard_grades().into_iter().zip(gives).zip(means).enumerate();
    all.map(
        |(rank, (((id, name, class, condition), (zh, en, hours, discount)), means))| Grade {
            id: id.into(),
            name,
            class: class.into(),
            means,
            condition,
            review_every: Period::parse(if rank == 0 { "6 months" } else { "1 year" }),
            entitlements: vec![
                (text("客户经理", "Account manager"), text(zh, en)),
                (text("响应时间（小时）", "Response time (hours)"), text(hours, hours)),
                (text("折扣", "Discount"), text(discount, discount)),
            ],
        },
    )
    .collect()
}

fn dimensions() -> Vec<Dimension> {
    let edge = |words: &str, included| Some((text(words, words), included));
    let flat = |points: &str| (decimal(points), decimal(points));
    let band = |low, high, points| Band {
        low,
        high,
        points,
        name: Text::default(),
    };
    let plain = |id: &str, name: Text, weight: &str, scoring: Scoring| Indicator {
        id: id.into(),
        name,
        means: Text::default(),
        clause: String::new(),
        weight: decimal(weight),
        nominal: Vec::new(),
        formula: String::new(),
        unit: Text::default(),
        decimals: 2,
        source: Text::default(),
        better: Direction::Neither,
        scoring,
        missing: MissingRule::Worst,
    };
    let margin = Indicator {
        means: text(
            "净利润占营业收入的比例，反映每一元收入留下多少利润。",
            "Net profit as a share of revenue: what is left of each yuan.",
        ),
        clause: "一(1)".into(),
        formula: "net_profit / nullif(revenue, 0)".into(),
        unit: text("%", "%"),
        decimals: 4,
        source: text(
            "经审计的最近一期财务报表，18个月内",
            "latest audited statement, at most 18 months old",
        ),
        better: Direction::Higher,
        ..plain(
            "net_margin",
            text("销售净利率", "Net margin"),
            "60",
            Scoring::Bands {
                bands: vec![
                    band(None, edge("0%", false), flat("0")),
                    band(edge("0%", true), edge("3%", false), (decimal("40"), decimal("60"))),
                    band(edge("3%", true), edge("8%", true), flat("70")),
                    band(edge("8%", false), None, flat("100")),
                ],
                interpolated: true,
            },
        )
    };
    let debt = Indicator {
        formula: "total_liabilities / nullif(total_assets, 0)".into(),
        unit: text("%", "%"),
        better: Direction::Lower,
        missing: MissingRule::Refuse,
        ..plain(
            "debt_ratio",
            text("资产负债率", "Debt ratio"),
            "40",
            Scoring::Table {
                name: text("行业标准值（2025）", "Industry standards (2025)"),
                keys: vec![text("行业", "industry"), text("规模", "size")],
                interpolated: true,
            },
        )
    };
    let level = |zh: &str, en: &str, points: &str, means: Text| Level {
        name: text(zh, en),
        points: decimal(points),
        means,
    };
    let judged = Indicator {
        missing: MissingRule::Reweight,
        ..plain(
            "satisfaction",
            text("合作满意度", "Satisfaction"),
            "70",
            Scoring::Judged {
                by: text("专家", "experts"),
                levels: vec![
                    level(
                        "优秀",
                        "excellent",
                        "100",
                        text("沟通顺畅，无投诉", "works smoothly, no complaint"),
                    ),
                    level(
                        "良好",
                        "good",
                        "75",
                        text("偶有分歧，及时解决", "few differences, soon settled"),
                    ),
                    level("较差", "poor", "20", text("经常发生争议", "frequent disputes")),
                ],
                reconcile: Reconcile::Median,
                min: 2,
                spread: Some(decimal("20")),
                fresh: Period::parse("12 months"),
            },
        )
    };
    let kind = Indicator {
        missing: MissingRule::Points(decimal("30")),
        ..plain(
            "ownership",
            text("企业性质", "Ownership"),
            "30",
            Scoring::Map {
                entries: vec![
                    (text("国有", "state-owned"), decimal("80")),
                    (text("民营", "private"), decimal("60")),
                ],
                otherwise: Some(decimal("30")),
            },
        )
    };
    let overdue = Indicator {
        better: Direction::Lower,
        unit: text("天", "days"),
        decimals: 0,
        formula: "max_overdue_days".into(),
        ..plain(
            "overdue",
            text("最长逾期天数", "Longest overdue"),
            "100",
            Scoring::Bands {
                bands: vec![
                    Band {
                        name: text("无逾期", "none"),
                        ..band(None, edge("0", true), flat("100"))
                    },
                    Band {
                        name: text("轻微", "slight"),
                        ..band(edge("0", false), edge("30", true), flat("60"))
                    },
                    Band {
                        name: text("严重", "severe"),
                        ..band(edge("30", false), None, flat("0"))
                    },
                ],
                interpolated: false,
            },
        )
    };
    let family = |id: &str, zh: &str, en: &str, indicators| Dimension {
        id: id.into(),
        name: text(zh, en),
        indicators,
    };
    vec![
        family("financial", "财务状况", "Financial condition", vec![margin, debt]),
        family("cooperation", "合作情况", "Cooperation", vec![judged, kind]),
        family("credit", "信用记录", "Credit record", vec![overdue]),
    ]
}

/// A first run of groups on a nine-level scale with long names: nothing to compare with, narrow places everywhere.
pub fn nine_levels() -> Report {
    let ids = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C"];
    let long = "（最近一期经审计合并财务报表口径，剔除一次性损益）";
    let grade = |(rank, id): (usize, &&str)| GradeCount {
        id: id.to_lowercase(),
        name: text(id, id),
        class: String::new(),
        condition: if rank < 8 {
            text(
                &format!("总分不低于 {}", 90 - rank * 10),
                &format!("total at least {}", 90 - rank * 10),
            )
        } else {
            Text::default()
        },
        count: [3, 12, 40, 77, 1_204_331, 52, 31, 9, 2][rank],
        before: None,
        money: None,
    };
    let names: Vec<(String, Text)> = ids.iter().map(|id| (id.to_lowercase(), text(id, id))).collect();
    let moved = (0..10).map(|row: u64| {
        (0..10)
            .map(|column: u64| {
                if row == column {
                    123_456 * row
                } else {
                    (row * 7 + column) % 5 * 1000
                }
            })
            .collect()
    });
    let base = report();
    Report {
        policy: text(
            "跨国企业集团九级信用评级办法（试行）",
            "Nine-level credit rating of multinational corporate groups (trial)",
        ),
        subject: Subject::Group,
        grades: ids.iter().enumerate().map(grade).collect(),
        previous: Some(Previous {
            grades: names,
            moved: moved.collect(),
            ..base.previous.clone().unwrap()
        }),
        scores: vec![ScoreSpread {
            id: "total".into(),
            name: text("综合得分", "Total"),
            decimals: 4,
            bins: (0_u32..50)
                .map(|bin| {
                    (
                        f64::from(bin) * 2.0,
                        f64::from(bin) * 2.0 + 2.0,
                        u64::from(bin % 7) * 30_001,
                    )
                })
                .collect(),
            cut_offs: (0..8)
                .map(|rank| {
                    (
                        f64::from(90 - rank * 10),
                        text(
                            &format!("{} ≥ {}", ids[rank as usize], 90 - rank * 10),
                            &format!("{} ≥ {}", ids[rank as usize], 90 - rank * 10),
                        ),
                    )
                })
                .collect(),
            quartiles: None,
        }],
        dimensions: (0..9)
            .map(|axis| DimensionMeans {
                name: text(
                    &format!("偿债能力与现金流保障程度{}{long}", axis + 1),
                    &format!(
                        "Debt service and cash flow cover {} (last audited consolidated statement)",
                        axis + 1
                    ),
                ),
                means: (0..9)
                    .map(|rank| (rank != 4).then(|| 100.0 - f64::from(rank) * 11.3))
                    .collect(),
                weights: vec![Some(decimal("11.1111"))],
            })
            .collect(),
        missing: base
            .missing
            .iter()
            .map(|row| MissingCount {
                indicator: text(
                    &format!("{}{long}{long}", row.indicator.zh),
                    &row.indicator.en.repeat(3),
                ),
                ..row.clone()
            })
            .collect(),
        bounds: base
            .bounds
            .iter()
            .map(|bound| BoundCount {
                reason: text(&format!("{}{long}{long}", bound.reason.zh), &bound.reason.en.repeat(4)),
                ..bound.clone()
            })
            .collect(),
        movers: Vec::new(),
        first: Vec::new(),
        ..base
    }
}
