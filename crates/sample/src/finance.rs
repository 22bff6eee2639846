//! Annual statements for three years, and half-year ones of the larger companies. 财务报表
//!
//! Kept in ten thousands of yuan with two decimals, as such sheets are. Assets are liabilities plus equity to the last
//! digit, whatever else is missing or odd.

use crate::day::{FIRST_YEAR, LAST_YEAR, day, month_end};
use crate::dice::{Dice, exp};
use crate::profile::{Profile, Size};
use crate::table::{Cell, SampleTable, hundreds, wan};

/// A statement in hundreds of yuan.
struct Statement {
    revenue: i64,
    cost: i64,
    operating_profit: i64,
    interest: i64,
    net_profit: i64,
    research: i64,
    cash: i64,
    receivables: i64,
    inventory: i64,
    current_assets: i64,
    assets: i64,
    current_liabilities: i64,
    liabilities: i64,
    cash_flow: i64,
}

const HEADINGS: [&str; 24] = [
    "客户编号",
    "报告期末",
    "报表类型",
    "取得日期",
    "是否审计",
    "审计意见",
    "营业收入（万元）",
    "上年营业收入（万元）",
    "营业成本（万元）",
    "营业利润（万元）",
    "利息支出（万元）",
    "净利润（万元）",
    "上年净利润（万元）",
    "研发费用（万元）",
    "货币资金（万元）",
    "应收账款（万元）",
    "存货（万元）",
    "流动资产合计（万元）",
    "资产总计（万元）",
    "流动负债合计（万元）",
    "负债合计（万元）",
    "所有者权益合计（万元）",
    "经营活动现金流量净额（万元）",
    "币种",
];

/// The statements of all customers, by customer and date.
pub(crate) fn statements(seed: u64, customers: &[Profile]) -> SampleTable {
    let mut rows = Vec::new();
    for customer in customers {
        let mut dice = Dice::new(seed, 20, customer.index);
        let silent = [0.24, 0.09, 0.03, 0.01]
            .get(customer.size as usize)
            .copied()
            .unwrap_or(0.1);
        if !dice.chance(silent) {
            annual(&mut dice, customer, &mut rows);
        }
    }
    SampleTable {
        kind: "financial_statement",
        sheet: "财务报表",
        headings: HEADINGS.to_vec(),
        rows,
    }
}

fn annual(dice: &mut Dice, customer: &Profile, rows: &mut Vec<Vec<Cell>>) {
    let stale = dice.chance(0.07);
    let turnover = dice.between(0.7, 1.6);
    let (mut revenue, mut before) = (customer.revenue, None);
    let opening = growth(dice, customer, FIRST_YEAR - 2);
    let mut prior = Some((hundreds(revenue / (1.0 + opening)), 0_i64));
    for year in FIRST_YEAR - 1..LAST_YEAR {
        if year >= FIRST_YEAR {
            revenue *= 1.0 + growth(dice, customer, year);
        }
        let statement = statement(dice, customer, year, revenue, turnover);
        let published = day(year + 1, 3, 15) + dice.whole(0, 95);
        let shown = customer.founded < day(year, 7, 1) && !(stale && year == LAST_YEAR - 1) && !dice.chance(0.02);
        let of = before.or(prior.take());
        if shown {
            rows.push(row(
                dice,
                customer,
                month_end(year, 12),
                "年报",
                published,
                &statement,
                of,
            ));
        }
        before = Some((statement.revenue, statement.net_profit));
    }
    if customer.size >= Size::Medium && dice.chance(0.5) {
        let half = statement(dice, customer, LAST_YEAR, revenue * 0.52, turnover * 0.52);
        let published = day(LAST_YEAR, 8, 10) + dice.whole(0, 40);
        rows.push(row(
            dice,
            customer,
            month_end(LAST_YEAR, 6),
            "半年报",
            published,
            &half,
            None,
        ));
    }
}

fn growth(dice: &mut Dice, customer: &Profile, year: i32) -> f64 {
    let sound = customer.sound(year);
    let growth = customer.industry.growth + 0.02 + 0.07 * customer.vigour + 0.03 * sound + 0.055 * dice.normal();
    // A few double or halve within a year.
    let leap = if dice.chance(0.008) {
        dice.between(0.8, 2.5)
    } else {
        0.0
    };
    (growth + leap).clamp(-0.6, 3.0)
}

fn statement(dice: &mut Dice, customer: &Profile, year: i32, revenue: f64, turnover: f64) -> Statement {
    let (of, sound) = (customer.industry, customer.sound(year));
    let odd = if dice.chance(0.006) {
        dice.between(-0.6, 0.3)
    } else {
        0.0
    };
    let margin = (of.margin + 0.026 * sound + 0.014 * dice.normal() + odd).clamp(-0.9, 0.45);
    let gross = (0.13 + 1.4 * of.margin + 0.03 * sound + 0.035 * dice.normal())
        .max(margin + 0.03)
        .clamp(0.02, 0.75);
    let ruined = if sound < -1.3 && dice.chance(0.12) {
        dice.between(0.2, 0.5)
    } else {
        0.0
    };
    let debt = (of.debt - 0.085 * sound + 0.05 * dice.normal() + ruined).clamp(0.08, 1.35);
    let assets = hundreds(revenue / turnover);
    let liabilities = hundreds(revenue / turnover * debt);
    let current_liabilities = (liabilities as f64 * dice.between(0.66, 0.9)) as i64;
    let ratio = (1.42 + 0.24 * sound + 0.16 * dice.normal()).clamp(0.3, 4.0);
    let current_assets = ((current_liabilities as f64 * ratio) as i64).min(assets * 92 / 100);
    let days = (68.0 - 14.0 * sound + 16.0 * dice.normal()).clamp(8.0, 240.0);
    let receivables = hundreds(revenue * days / 365.0).min(current_assets * 60 / 100);
    let inventory = current_assets * 25 / 100 * i64::from(dice.whole(60, 120)) / 100;
    let cash = (current_assets - receivables - inventory).max(0) * i64::from(dice.whole(50, 90)) / 100;
    let flow = 0.15 + 0.085 * sound + 0.07 * dice.normal();
    let interest = ((liabilities as f64 - 0.45 * current_liabilities as f64) * 0.042) as i64;
    let net_profit = hundreds(revenue * margin);
    Statement {
        revenue: hundreds(revenue),
        cost: hundreds(revenue * (1.0 - gross)),
        operating_profit: net_profit + net_profit.max(0) / 4 + interest,
        interest,
        net_profit,
        research: hundreds(revenue * (0.018 + 0.008 * customer.vigour).max(0.0)),
        cash,
        receivables,
        inventory,
        current_assets,
        assets,
        current_liabilities,
        liabilities,
        cash_flow: (current_liabilities as f64 * flow) as i64,
    }
}

fn row(
    dice: &mut Dice,
    customer: &Profile,
    end: i32,
    period: &str,
    published: i32,
    of: &Statement,
    before: Option<(i64, i64)>,
) -> Vec<Cell> {
    let audited = [0.22, 0.55, 0.86, 0.97]
        .get(customer.size as usize)
        .copied()
        .unwrap_or(0.5);
    let audited = period == "年报" && dice.chance(audited);
    let opinion = dice.unit()
        - 0.05
            * customer
                .soundness
                .iter()
                .copied()
                .fold(f64::INFINITY, f64::min)
                .min(0.0)
                .abs();
    let opinion = match opinion {
        opinion if opinion < -0.06 => "无法表示意见",
        opinion if opinion < 0.0 => "保留意见",
        opinion if opinion < 0.05 => "带强调事项段的无保留意见",
        _ => "标准无保留意见",
    };
    // Single figures are left out now and then.
    let mut figure = |value: i64, missing: f64| if dice.chance(missing) { Cell::Empty } else { wan(value) };
    vec![
        Cell::text(&customer.id),
        Cell::day(end),
        Cell::text(period),
        Cell::day(published),
        Cell::flag(audited),
        if audited { Cell::text(opinion) } else { Cell::Empty },
        wan(of.revenue),
        before.map_or(Cell::Empty, |(revenue, _)| figure(revenue, 0.02)),
        figure(of.cost, 0.04),
        figure(of.operating_profit, 0.03),
        figure(of.interest, 0.06),
        figure(of.net_profit, 0.01),
        before
            .filter(|(_, profit)| *profit != 0)
            .map_or(Cell::Empty, |(_, profit)| figure(profit, 0.02)),
        figure(of.research, 0.25),
        figure(of.cash, 0.03),
        figure(of.receivables, 0.02),
        figure(of.inventory, 0.03),
        figure(of.current_assets, 0.02),
        wan(of.assets),
        figure(of.current_liabilities, 0.02),
        wan(of.liabilities),
        wan(of.assets - of.liabilities),
        figure(of.cash_flow, 0.07),
        Cell::text("CNY"),
    ]
}

/// A multiple that keeps a figure's order of magnitude while it varies.
pub(crate) fn about(dice: &mut Dice, spread: f64) -> f64 {
    exp(spread * dice.normal())
}
