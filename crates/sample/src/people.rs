//! What people write down: the customer sheet, contracts and the experts' assessments. 档案、合同与专家评价

use crate::day::{FIRST_YEAR, LAST_YEAR, day, last, month_end};
use crate::dice::{Dice, exp};
use crate::profile::{Group, Profile, Size};
use crate::table::{Cell, SampleTable, hundreds, wan};

/// The customer sheet.
pub(crate) fn customers(seed: u64, customers: &[Profile], groups: &[Group]) -> SampleTable {
    let rows = customers.iter().map(|customer| {
        let mut dice = Dice::new(seed, 40, customer.index);
        let capital = hundreds(customer.revenue * 0.12 * exp(0.5 * dice.normal())) / 1_000 * 1_000;
        let staff = [12.0, 60.0, 280.0, 1_600.0]
            .get(customer.size as usize)
            .copied()
            .unwrap_or(50.0)
            * exp(0.4 * dice.normal());
        let closed = customer.gone.is_some() && dice.chance(0.4);
        let mobile = format!(
            "1{}{:09}",
            dice.pick(&["30", "38", "59", "86"]),
            dice.whole(0, 99_999_999)
        )
        .chars()
        .take(11)
        .collect();
        vec![
            Cell::text(&customer.id),
            Cell::text(&customer.name),
            Cell::text(&customer.uscc),
            Cell::text(customer.industry.name),
            Cell::text(customer.size.word()),
            Cell::text(customer.place.region),
            Cell::text(customer.place.province),
            Cell::text(customer.place.city),
            customer
                .group
                .and_then(|group| groups.get(group))
                .map_or(Cell::Empty, |group| Cell::text(&group.name)),
            Cell::text(customer.ownership),
            if dice.chance(0.02) {
                Cell::Empty
            } else {
                Cell::day(customer.founded)
            },
            wan(capital),
            if dice.chance(0.1) {
                Cell::Empty
            } else {
                Cell::Integer(staff as i64)
            },
            if dice.chance(0.01) {
                Cell::Empty
            } else {
                Cell::day(customer.since)
            },
            Cell::text(*dice.pick(&["展会", "老客户介绍", "电话开发", "招投标", "官网询价"])),
            Cell::text(customer.manager),
            Cell::text(if closed { "休眠" } else { "正常" }),
            Cell::text(&customer.representative),
            Cell::text(&customer.contact),
            Cell::Text(mobile),
        ]
    });
    let headings = vec![
        "客户编号",
        "客户名称",
        "统一社会信用代码",
        "所属行业",
        "企业规模",
        "销售大区",
        "省份",
        "城市",
        "所属集团",
        "企业性质",
        "成立日期",
        "注册资本（万元）",
        "员工人数",
        "合作起始日",
        "客户来源",
        "客户经理",
        "客户状态",
        "法定代表人",
        "联系人",
        "联系电话",
    ];
    SampleTable {
        kind: "customer",
        sheet: "客户档案",
        headings,
        rows: rows.collect(),
    }
}

/// A framework contract a year with the regular ones, and single contracts besides.
pub(crate) fn contracts(seed: u64, customers: &[Profile]) -> SampleTable {
    let mut signed = Vec::new();
    for customer in customers {
        let mut dice = Dice::new(seed, 41, customer.index);
        let regular = customer.purchases > 1.5e5 && dice.chance(0.8);
        for year in FIRST_YEAR..=LAST_YEAR {
            let sound = customer.sound(year);
            let mut keep = |on: i32, end: i32, framework: bool, amount: f64, dice: &mut Dice| {
                let share = 0.965 + 0.03 * customer.loyalty + 0.03 * sound + 0.05 * dice.normal();
                let fallen = customer.default.filter(|default| *default > on && *default <= end);
                let left = customer.gone.filter(|gone| *gone > on && *gone <= end);
                let running = fallen
                    .or(left)
                    .map_or(1.0, |stop| f64::from(stop - on) / f64::from((end - on).max(1)));
                let done = share.clamp(0.2, 1.0) * running;
                let active =
                    customer.default.is_none_or(|default| default > on) && customer.gone.is_none_or(|gone| gone > on);
                if on >= customer.since && on <= last() && active {
                    signed.push((on, customer, end, framework, hundreds(amount), done, fallen));
                }
            };
            if regular {
                let on = day(year, 1, 2) + dice.whole(0, 50);
                let amount = customer.purchases * dice.between(0.8, 1.1);
                keep(on, month_end(year, 12), true, amount, &mut dice);
            }
            for _ in 0..dice.count(0.35) {
                let on = day(year, 1, 15) + dice.whole(0, 320);
                let end = on + dice.whole(90, 360);
                let amount = customer.purchases * dice.between(0.05, 0.4);
                keep(on, end, false, amount, &mut dice);
            }
        }
    }
    signed.sort_by_key(|(on, customer, ..)| (*on, customer.index));
    let rows = signed
        .into_iter()
        .enumerate()
        .map(|(number, (on, customer, end, framework, amount, done, fallen))| {
            let status = match fallen {
                Some(_) => "客户违约",
                None if end > last() => "履行中",
                None => "已履行",
            };
            let elapsed = if end > last() {
                f64::from(last() - on) / f64::from(end - on)
            } else {
                1.0
            };
            vec![
                Cell::text(&customer.id),
                Cell::text(format!("HT{:05}", 20_001 + number)),
                Cell::day(on),
                Cell::day(on),
                Cell::day(end),
                Cell::flag(framework),
                wan(amount),
                wan((amount as f64 * done * elapsed) as i64),
                Cell::text(status),
                fallen.map_or(Cell::Empty, Cell::day),
            ]
        });
    let headings = vec![
        "客户编号",
        "合同编号",
        "签订日期",
        "生效日期",
        "到期日期",
        "是否框架协议",
        "合同金额（万元）",
        "已履行金额（万元）",
        "履行状态",
        "违约日期",
    ];
    SampleTable {
        kind: "contract",
        sheet: "合同",
        headings,
        rows: rows.collect(),
    }
}

/// A judged indicator of the shipped policies: its levels, best first, and where each begins in the expert's mind.
struct Judged {
    indicator: &'static str,
    levels: [(&'static str, f64, i64); 4],
}

const JUDGED: [Judged; 4] = [
    Judged {
        indicator: "innovation",
        levels: [
            ("leading", 1.3, 100),
            ("strong", 0.3, 80),
            ("following", -0.9, 50),
            ("weak", f64::MIN, 20),
        ],
    },
    Judged {
        indicator: "relationship",
        levels: [
            ("strategic", 1.2, 100),
            ("close", 0.2, 80),
            ("normal", -1.1, 55),
            ("distant", f64::MIN, 20),
        ],
    },
    Judged {
        indicator: "growth_outlook",
        levels: [
            ("excellent", 1.3, 100),
            ("good", 0.3, 80),
            ("fair", -0.9, 50),
            ("poor", f64::MIN, 15),
        ],
    },
    Judged {
        indicator: "management_quality",
        levels: [
            ("excellent", 1.1, 100),
            ("good", 0.1, 80),
            ("fair", -1.0, 60),
            ("poor", f64::MIN, 20),
        ],
    },
];

/// Several experts each autumn on the customers worth it; now and then one gives points instead of a level.
pub(crate) fn assessments(seed: u64, customers: &[Profile]) -> SampleTable {
    let mut rows = Vec::new();
    for customer in customers {
        let mut dice = Dice::new(seed, 42, customer.index);
        let worth = if customer.size >= Size::Medium {
            0.9
        } else {
            0.45 + 0.1 * customer.loyalty
        };
        if !dice.chance(worth) {
            continue;
        }
        for year in FIRST_YEAR..=LAST_YEAR {
            let on = day(year, 11, 3) + dice.whole(0, 24);
            let experts: Vec<i32> = {
                let first = dice.whole(0, 17);
                (0..dice.whole(2, 3)).map(|at| (first + at * 5) % 18 + 1).collect()
            };
            for judged in &JUDGED {
                let truth = match judged.indicator {
                    "innovation" => {
                        0.6 * customer.vigour
                            + 0.4 * customer.sound(year)
                            + 0.25 * (f64::from(customer.size as i32) - 1.0)
                    }
                    "relationship" => customer.loyalty,
                    "growth_outlook" => {
                        0.8 * customer.vigour + 0.2 * customer.sound(year) + 3.0 * (customer.industry.growth - 0.05)
                    }
                    _ => customer.sound(year),
                };
                let shared = 0.25 * dice.normal();
                for expert in &experts {
                    let mind = truth + shared + 0.3 * dice.normal();
                    let Some((level, _, points)) = judged.levels.iter().find(|(_, from, _)| mind >= *from) else {
                        continue;
                    };
                    let (as_points, shade) = (dice.chance(0.08), i64::from(dice.whole(-4, 0)));
                    let said = *dice.pick(&["", "", "", "实地走访", "参考行业资料", "与上年一致", "高层访谈"]);
                    if on < customer.since || dice.chance(0.03) {
                        continue;
                    }
                    rows.push(vec![
                        Cell::text(&customer.id),
                        Cell::day(on),
                        Cell::text(judged.indicator),
                        Cell::text(format!("E{expert:02}")),
                        if as_points { Cell::Empty } else { Cell::text(*level) },
                        if as_points {
                            Cell::Integer(points + shade)
                        } else {
                            Cell::Empty
                        },
                        if said.is_empty() { Cell::Empty } else { Cell::text(said) },
                    ]);
                }
            }
        }
    }
    let headings = vec![
        "客户编号",
        "评价日期",
        "评价指标",
        "专家",
        "评价等级",
        "评分",
        "评价理由",
    ];
    SampleTable {
        kind: "assessment",
        sheet: "专家评价",
        headings,
        rows,
    }
}
