//! What others know of the customers: credit reports, market standing, ownership and signals. 外部信息

use crate::day::{FIRST_YEAR, LAST_YEAR, day, last, month_end};
use crate::dice::{Dice, exp};
use crate::finance::about;
use crate::profile::{Group, Profile};
use crate::table::{Cell, SampleTable, hundreds, percent, wan};

/// Two credit reports a year, for most.
pub(crate) fn credit_reports(seed: u64, customers: &[Profile]) -> SampleTable {
    let mut rows = Vec::new();
    for customer in customers {
        let mut dice = Dice::new(seed, 30, customer.index);
        if dice.chance(0.08) {
            continue;
        }
        let agency = *dice.pick(&["衡准征信", "远鉴征信", "明度信用"]);
        for half in 0..6 {
            let (year, end) = (
                FIRST_YEAR + half / 2,
                month_end(FIRST_YEAR + half / 2, half % 2 * 6 + 6),
            );
            let begin = month_end(year, half % 2 * 6);
            let reported = end - dice.whole(2, 20);
            let row = credit_report(&mut dice, customer, agency, year, (begin, reported));
            if reported > customer.since - 200 && !dice.chance(0.05) {
                rows.push(row);
            }
        }
    }
    let headings = vec![
        "客户编号",
        "报告日期",
        "征信机构",
        "违约次数",
        "逾期余额（万元）",
        "最长逾期天数",
        "被诉案件数",
        "被执行案件",
        "是否失信",
        "经营异常",
        "纳税信用等级",
        "行政处罚次数",
        "对外担保余额（万元）",
        "授信额度（万元）",
        "已用授信（万元）",
    ];
    SampleTable {
        kind: "credit_report",
        sheet: "征信报告",
        headings,
        rows,
    }
}

fn credit_report(dice: &mut Dice, customer: &Profile, agency: &str, year: i32, within: (i32, i32)) -> Vec<Cell> {
    let sound = customer.sound(year);
    // A report shows what happened since the one before it, which may have come some weeks before its half-year's end.
    let fallen = customer.default.is_some_and(|default| default <= within.1);
    let now = customer
        .default
        .is_some_and(|default| default > within.0 - 20 && default <= within.1);
    let defaults = if now { i64::from(dice.whole(1, 3)) } else { 0 };
    let weight = exp(0.5 * (f64::from(customer.size as i32) - 1.0));
    let lawsuits = i64::from(dice.count(0.32 * weight * exp(-0.85 * sound))) + if fallen { 3 } else { 0 };
    let enforced = if fallen {
        i64::from(dice.whole(1, 4))
    } else {
        i64::from(dice.count(0.01 * exp(-1.3 * sound)))
    };
    let dishonest = (fallen && sound < -1.6 && dice.chance(0.5)) || (sound < -2.4 && dice.chance(0.06));
    let overdue_days = if fallen {
        dice.whole(91, 400)
    } else {
        dice.count((4.0 - 6.0 * sound).clamp(0.0, 40.0))
    };
    let overdue = if overdue_days > 10 {
        hundreds(customer.revenue * 0.004 * about(dice, 0.8))
    } else {
        0
    };
    let tax = (sound + 0.7 * dice.normal()).clamp(-3.0, 3.0);
    let tax = match tax {
        tax if tax > 0.35 => "A级",
        tax if tax > -0.9 => "B级",
        tax if tax > -1.4 => "M级",
        tax if tax > -2.2 => "C级",
        _ => "D级",
    };
    let line = hundreds(customer.revenue * 0.15 * about(dice, 0.4));
    let used = line * i64::from(dice.whole(20, if sound < 0.0 { 98 } else { 75 })) / 100;
    vec![
        Cell::text(&customer.id),
        Cell::day(within.1),
        Cell::text(agency),
        Cell::Integer(defaults),
        wan(overdue),
        Cell::Integer(i64::from(overdue_days)),
        Cell::Integer(lawsuits),
        Cell::Integer(enforced),
        Cell::flag(dishonest),
        Cell::flag(fallen && dice.chance(0.12)),
        if dice.chance(0.06) {
            Cell::Empty
        } else {
            Cell::text(tax)
        },
        Cell::Integer(i64::from(dice.count(0.08 * exp(-0.6 * sound)))),
        if dice.chance(0.5) {
            Cell::Empty
        } else {
            wan(hundreds(customer.revenue * 0.05 * about(dice, 0.7)))
        },
        wan(line),
        wan(used),
    ]
}

/// Market standing at the end of each year, for four in five.
pub(crate) fn market(seed: u64, customers: &[Profile]) -> SampleTable {
    let mut rows = Vec::new();
    for customer in customers {
        let mut dice = Dice::new(seed, 31, customer.index);
        if dice.chance(0.17) {
            continue;
        }
        let scale = f64::from(customer.size as i32) - 1.2;
        let mut strength = -4.9 + 0.85 * scale + 0.30 * customer.sound(FIRST_YEAR) + 0.55 * dice.normal();
        let outlets = dice.count(exp(1.0 + 0.7 * scale));
        for year in FIRST_YEAR - 1..LAST_YEAR {
            let share = exp(strength).clamp(0.0002, 0.42);
            let rank = (0.55 / share * about(&mut dice, 0.35)).clamp(1.0, 900.0) as i64;
            let fame = 0.9 * scale + 0.5 * customer.loyalty + 0.7 * dice.normal();
            let fame = match fame {
                fame if fame > 2.7 => "国际知名",
                fame if fame > 1.5 => "全国知名",
                fame if fame > 0.2 => "省内知名",
                fame if fame > -1.2 => "本地知名",
                _ => "无品牌",
            };
            let growth = customer.industry.growth + 0.02 + 0.025 * dice.normal();
            let patents = i64::from(dice.count(exp(0.6 + 0.8 * scale + 0.4 * customer.vigour)));
            let published = day(year + 1, 3, 1) + dice.whole(0, 90);
            if !dice.chance(0.05) {
                rows.push(vec![
                    Cell::text(&customer.id),
                    Cell::day(month_end(year, 12)),
                    Cell::day(published),
                    Cell::text(customer.industry.market),
                    percent(share, 2),
                    Cell::Integer(rank),
                    Cell::Integer(i64::from(dice.whole(3, 40))),
                    if dice.chance(0.05) {
                        Cell::Empty
                    } else {
                        Cell::text(fame)
                    },
                    Cell::Integer(patents),
                    percent(growth, 1),
                    Cell::Integer(i64::from(outlets)),
                    Cell::text(*dice.pick(&["行业协会", "市场部调研", "公开年报", "第三方报告"])),
                ]);
            }
            strength += 0.05 * customer.vigour + 0.08 * dice.normal();
        }
    }
    let headings = vec![
        "客户编号",
        "统计期末",
        "取得日期",
        "细分市场",
        "市场份额（%）",
        "行业排名",
        "主要竞争者数量",
        "品牌影响",
        "专利数量",
        "行业增长率（%）",
        "销售网点",
        "信息来源",
    ];
    SampleTable {
        kind: "market_standing",
        sheet: "行业地位",
        headings,
        rows,
    }
}

/// Who holds whom: the head of each group over its members, and some founders.
pub(crate) fn ownership(seed: u64, customers: &[Profile], groups: &[Group]) -> SampleTable {
    let mut rows = Vec::new();
    for customer in customers {
        let mut dice = Dice::new(seed, 32, customer.index);
        let from = customer.founded.max(day(2005, 1, 1)) + dice.whole(0, 400);
        let mut row = |owner: String, relation: &str, share: Option<f64>, evidence: &str| {
            rows.push(vec![
                Cell::text(&customer.id),
                Cell::Text(owner),
                Cell::text(relation),
                share.map_or(Cell::Empty, |share| percent(share, 2)),
                Cell::day(from.min(last())),
                Cell::Empty,
                Cell::text(evidence),
            ]);
        };
        match customer.group.and_then(|group| groups.get(group)) {
            Some(group) if dice.chance(0.85) => {
                let share = if dice.chance(0.4) {
                    1.0
                } else {
                    dice.between(0.34, 0.95)
                };
                row(group.name.clone(), "股权投资", Some(share), "工商登记");
            }
            Some(group) => {
                let relation = *dice.pick(&["经营控制", "同受第三方控制"]);
                row(group.name.clone(), relation, None, "客户申报");
            }
            None if dice.chance(0.3) => {
                let share = dice.between(0.3, 1.0);
                row(customer.representative.clone(), "股权投资", Some(share), "工商登记");
            }
            None => {}
        }
    }
    let headings = vec![
        "客户编号",
        "股东或控制方",
        "关系类型",
        "持股比例（%）",
        "生效日期",
        "失效日期",
        "依据",
    ];
    SampleTable {
        kind: "ownership",
        sheet: "股权与控制",
        headings,
        rows,
    }
}

/// News about customers as it was noticed.
pub(crate) fn signals(seed: u64, customers: &[Profile]) -> SampleTable {
    let mut noticed = Vec::new();
    for customer in customers {
        let mut dice = Dice::new(seed, 33, customer.index);
        for year in FIRST_YEAR..=LAST_YEAR {
            let sound = customer.sound(year);
            for _ in 0..dice.count(0.45 + 0.2 * f64::from(customer.size as i32)) {
                let on = dice.whole(day(year, 1, 1), day(year, 12, 31));
                let good = 0.55 * sound + 0.45 * customer.vigour + 0.8 * dice.normal();
                let strength = (2.0 + good.abs() + 0.5 * dice.normal()).round().clamp(1.0, 5.0) as i64;
                let (signal, direction, note) = if good > 0.3 {
                    *dice.pick(&[
                        ("扩产扩店", "正面", "新厂房投产"),
                        ("新品上市", "正面", "发布新一代产品"),
                        ("融资上市", "正面", "完成一轮融资"),
                        ("政策扶持", "正面", "列入省级重点项目"),
                    ])
                } else if good > -0.6 {
                    *dice.pick(&[("高管变动", "中性", "总经理更替"), ("新品上市", "中性", "产品线调整")])
                } else {
                    *dice.pick(&[
                        ("裁员停产", "负面", "部分产线停产"),
                        ("重大诉讼", "负面", "买卖合同纠纷"),
                        ("价格战", "负面", "主要产品大幅降价"),
                        ("高管变动", "负面", "财务负责人离职"),
                    ])
                };
                noticed.push((on, customer, signal, direction, strength, note));
            }
        }
        if let Some(default) = customer.default {
            noticed.push((default.min(last()), customer, "重大诉讼", "负面", 5, "逾期未付被起诉"));
        }
    }
    noticed.sort_by_key(|(on, customer, ..)| (*on, customer.index));
    let rows = noticed
        .into_iter()
        .map(|(on, customer, signal, direction, strength, note)| {
            vec![
                Cell::text(&customer.id),
                Cell::day(on),
                Cell::text(signal),
                Cell::text(direction),
                Cell::Integer(strength),
                Cell::text(note),
            ]
        });
    let headings = vec!["客户编号", "发现日期", "信号类型", "影响方向", "强度", "备注"];
    SampleTable {
        kind: "market_signal",
        sheet: "市场信号",
        headings,
        rows: rows.collect(),
    }
}
