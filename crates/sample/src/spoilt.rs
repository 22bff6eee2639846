//! A workbook as it should not be: forty rows, some twenty cells of which nobody should accept. 问题表
//!
//! One sheet with a row per customer, its headings those of the standard policy's measures. Among the bad cells stand
//! unusual ones that are perfectly good (`1.5亿`, full-width digits, thousands separators), which must be let through.

use crate::code::check;
use crate::day::{date, day};
use crate::dice::{Dice, exp};
use crate::profile::Profile;
use crate::table::{Cell, Fault, Planted, SampleTable};

const HEADINGS: [&str; 20] = [
    "客户编号",
    "客户名称",
    "统一社会信用代码",
    "所属行业",
    "销售大区",
    "合作起始日",
    "营业收入",
    "上年营业收入",
    "净利润",
    "资产总额",
    "负债总额",
    "流动资产",
    "流动负债",
    "经营活动现金流量净额",
    "近12个月采购额",
    "近24个月采购额",
    "近12个月订单数",
    "近12个月投诉次数",
    "行业排名",
    "市场份额（%）",
];

const ROWS: usize = 40;

/// The faults: row, column, what it says and what is wrong with it.
const FAULTS: [(usize, usize, &str, Fault); 21] = [
    (2, 6, "约三千万", Fault::WordsForNumber),
    (3, 2, "", Fault::WrongCode),
    (5, 5, "2021-02-30", Fault::NoSuchDay),
    (7, 8, "#DIV/0!", Fault::FormulaError),
    (8, 14, "4,35O,000.00", Fault::LetterInNumber),
    (11, 16, "12.5", Fault::NotWhole),
    (12, 5, "去年年底", Fault::WordsForDate),
    (14, 2, "", Fault::ShortCode),
    (15, 9, "NaN", Fault::NotFinite),
    (17, 10, "99999999999999999999", Fault::TooLarge),
    (18, 18, "第三", Fault::WordsForNumber),
    (20, 0, "", Fault::Missing),
    (21, 19, "很高", Fault::WordsForNumber),
    (23, 7, "12,3x4,000", Fault::LetterInNumber),
    (25, 5, "2019-13-01", Fault::NoSuchDay),
    (27, 12, "#REF!", Fault::FormulaError),
    (28, 2, "", Fault::WrongCode),
    (30, 0, "", Fault::Duplicate),
    (31, 17, "两次", Fault::WordsForNumber),
    (33, 13, "inf", Fault::NotFinite),
    (36, 0, "", Fault::Duplicate),
];

/// Unusual but good: row, column and what it says.
const GOOD: [(usize, usize, &str); 7] = [
    (1, 6, "1.5亿"),
    (4, 6, "86,400,000.00"),
    (6, 14, "３２０００００"),
    (10, 14, "320万"),
    (13, 19, "3.2%"),
    (16, 8, "(1,250,000)"),
    (19, 5, "2018年3月1日"),
];

/// Makes the sheet from the book's first customers, and says what was planted.
pub(crate) fn spoilt(seed: u64, customers: &[Profile]) -> (SampleTable, Vec<Planted>) {
    let mut rows: Vec<Vec<Cell>> = customers
        .iter()
        .take(ROWS)
        .map(|customer| row(seed, customer))
        .collect();
    for (row, column, says) in GOOD {
        set(&mut rows, row, column, Cell::text(says));
    }
    let mut planted = Vec::new();
    for (row, column, says, what) in FAULTS {
        let cell = match what {
            Fault::WrongCode | Fault::ShortCode => code(&rows, row, what),
            Fault::Duplicate => rows
                .get(row.wrapping_sub(1))
                .and_then(|above| above.first())
                .cloned()
                .unwrap_or(Cell::Empty),
            Fault::Missing => Cell::Empty,
            _ => Cell::text(says),
        };
        if set(&mut rows, row, column, cell) {
            planted.push(Planted { row, column, what });
        }
    }
    (
        SampleTable {
            kind: "wide",
            sheet: "客户分级数据",
            headings: HEADINGS.to_vec(),
            rows,
        },
        planted,
    )
}

fn set(rows: &mut [Vec<Cell>], row: usize, column: usize, cell: Cell) -> bool {
    let slot = rows.get_mut(row).and_then(|row| row.get_mut(column));
    slot.map(|slot| *slot = cell).is_some()
}

/// The row's own code, spoilt: another check character, or its last two characters lost.
fn code(rows: &[Vec<Cell>], row: usize, what: Fault) -> Cell {
    let Some(Cell::Text(code)) = rows.get(row).and_then(|row| row.get(2)) else {
        return Cell::Empty;
    };
    let body: String = code
        .chars()
        .take(if what == Fault::ShortCode { 16 } else { 17 })
        .collect();
    match what {
        Fault::ShortCode => Cell::Text(body),
        _ => {
            let wrong = if check(&body) == '7' { '4' } else { '7' };
            Cell::Text(format!("{body}{wrong}"))
        }
    }
}

fn row(seed: u64, customer: &Profile) -> Vec<Cell> {
    let mut dice = Dice::new(seed, 50, customer.index);
    let fen = |yuan: f64| Cell::Decimal((yuan * 100.0).round_ties_even() as i64, 2);
    let revenue = customer.revenue;
    let assets = revenue * dice.between(0.7, 1.4);
    let liabilities = assets * (customer.industry.debt - 0.08 * customer.sound(2024)).clamp(0.1, 1.2);
    let current = liabilities * dice.between(0.65, 0.9);
    let bought = customer.purchases;
    vec![
        Cell::text(&customer.id),
        Cell::text(&customer.name),
        Cell::text(&customer.uscc),
        Cell::text(customer.industry.name),
        Cell::text(customer.place.region),
        Cell::Date(date(customer.since.min(day(2025, 6, 30)))),
        fen(revenue),
        fen(revenue / (1.05 + 0.08 * customer.vigour).max(0.4)),
        fen(revenue * (customer.industry.margin + 0.03 * customer.sound(2024))),
        fen(assets),
        fen(liabilities),
        fen(current * 1.4),
        fen(current),
        fen(current * 0.15),
        fen(bought),
        fen(bought * dice.between(1.6, 2.1)),
        Cell::Integer(customer.orders as i64),
        Cell::Integer(i64::from(dice.count(0.5))),
        Cell::Integer(i64::from(dice.whole(2, 180))),
        Cell::Decimal((exp(0.6 * dice.normal()) * 120.0) as i64, 2),
    ]
}
