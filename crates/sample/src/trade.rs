//! What customers buy, send back and pay: the ledger, the invoices and the service records. 交易、应收与服务

use crate::day::{FIRST_YEAR, LAST_YEAR, day, last, month_end};
use crate::dice::{Dice, exp};
use crate::profile::Profile;
use crate::table::{Cell, SampleTable, fen};
use crate::words::LINES;

/// One delivery, or one return.
pub(crate) struct Order {
    pub(crate) day: i32,
    pub(crate) lines: Vec<OrderLine>,
    pub(crate) entry: Entry,
}

/// A line of an order: product, quantity in thousandths (negative when sent back), price in 10^-4 yuan, amount in fen.
pub(crate) struct OrderLine {
    line: usize,
    product: usize,
    quantity: i64,
    price: i64,
    pub(crate) amount: i64,
}

/// What sort of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Sale,
    Return,
    Cancellation,
}

impl Order {
    pub(crate) fn amount(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

/// How busy each month is, January first: New Year is slow, spring and autumn are not.
const SEASON: [f64; 12] = [0.75, 0.45, 1.20, 1.15, 1.05, 1.05, 0.95, 0.90, 1.15, 1.10, 1.15, 1.10];

/// All orders of a customer in the book's three years, by day.
pub(crate) fn orders(seed: u64, customer: &Profile) -> Vec<Order> {
    let mut dice = Dice::new(seed, 10, customer.index);
    let favourites = favourites(&mut dice, customer);
    let growth =
        (0.6 * customer.industry.growth + 0.13 * customer.vigour + 0.04 * customer.loyalty + 0.02).clamp(-0.6, 0.8);
    let shocks = [0.0, 0.06 * dice.normal(), 0.06 * dice.normal()];
    let size = customer.purchases / customer.orders;
    let discount = (0.97 - 0.02 * customer.loyalty - 0.015 * f64::from(customer.size as i32)).clamp(0.85, 1.0);
    // Business customers buy at a steady pace: what is due adds up from month to month until it makes an order.
    let (mut orders, mut due) = (Vec::new(), dice.unit());
    for month in 0..36 {
        let (year, of_year) = (FIRST_YEAR + month / 12, month % 12);
        let end = month_end(year, of_year + 1);
        let start = day(year, u32::try_from(of_year + 1).unwrap_or(1), 1);
        let age = f64::from(month) / 12.0 - 1.5;
        let shock = usize::try_from(month / 12)
            .ok()
            .and_then(|year| shocks.get(year))
            .copied()
            .unwrap_or(0.0);
        let season = usize::try_from(of_year)
            .ok()
            .and_then(|month| SEASON.get(month))
            .copied()
            .unwrap_or(1.0);
        let level = exp(growth * age + shock);
        // Growth shows as more orders and as larger ones.
        due += customer.orders / 12.0 * season * level.sqrt() * dice.between(0.5, 1.5);
        while due >= 1.0 {
            due -= 1.0;
            let on = dice.whole(start, end);
            // Who is close to us goes on buying and pays us first, whomever else it fails.
            let in_default = customer.loyalty < 0.3 && customer.default.is_some_and(|default| on > default);
            let off = on < customer.since || customer.gone.is_some_and(|gone| on > gone);
            let order = order(&mut dice, on, size * level.sqrt(), discount, &favourites);
            let back = dice.unit();
            if off || (in_default && back > 0.5) {
                continue;
            }
            let returned = returned(&order, back, on + dice.whole(3, 30));
            orders.push(order);
            orders.extend(returned.filter(|returned| returned.day <= last()));
        }
    }
    orders.sort_by_key(|order| order.day);
    orders
}

/// The product lines that a customer buys.
fn favourites(dice: &mut Dice, customer: &Profile) -> Vec<usize> {
    let breadth = 2.6 + 1.1 * customer.loyalty + 0.8 * (f64::from(customer.size as i32) - 1.0) + 0.8 * dice.normal();
    let count = (breadth.round() as i64).clamp(1, 8) as usize;
    let mut lines: Vec<usize> = (0..LINES.len()).collect();
    for at in (1..lines.len()).rev() {
        lines.swap(at, (dice.unit() * (at + 1) as f64) as usize);
    }
    lines.truncate(count);
    lines
}

fn order(dice: &mut Dice, on: i32, size: f64, discount: f64, favourites: &[usize]) -> Order {
    let count = dice.share(&[5.0, 3.0, 1.5]) + 1;
    let lines = (0..count)
        .filter_map(|_| {
            let at = (dice.unit() * favourites.len() as f64) as usize;
            let line = favourites.get(at).copied()?;
            let product = dice.whole(0, 5) as usize;
            let (_, list) = LINES.get(line)?.products.get(product)?;
            let price = (*list as f64 * discount * dice.between(0.985, 1.015) / 100.0).round_ties_even() as i64 * 100;
            let price = price.max(100);
            let wanted = size / count as f64 * exp(0.22 * dice.normal());
            let pieces = (wanted * 10_000.0 / price as f64).round_ties_even().max(1.0) as i64;
            let pieces = if pieces > 500 { pieces / 50 * 50 } else { pieces };
            Some(OrderLine {
                line,
                product,
                quantity: pieces * 1_000,
                price,
                amount: pieces * price / 100,
            })
        })
        .collect();
    Order {
        day: on,
        lines,
        entry: Entry::Sale,
    }
}

/// Now and then part of an order comes back, or all of it is cancelled.
fn returned(order: &Order, chance: f64, on: i32) -> Option<Order> {
    let (entry, share) = match chance {
        chance if chance < 0.004 => (Entry::Cancellation, 1000),
        chance if chance < 0.030 => (Entry::Return, 300),
        _ => return None,
    };
    let lines: Vec<OrderLine> = order
        .lines
        .iter()
        .take(if entry == Entry::Return { 1 } else { usize::MAX })
        .map(|line| {
            let pieces = (line.quantity / 1_000 * share / 1_000).max(1);
            OrderLine {
                quantity: -pieces * 1_000,
                amount: -(pieces * line.price / 100),
                ..*line
            }
        })
        .collect();
    Some(Order { day: on, lines, entry })
}

/// The ledger, as an ERP system exports it: by day, with the system's own headings.
pub(crate) fn transactions(customers: &[Profile], orders: &[Vec<Order>]) -> SampleTable {
    let mut ledger: Vec<(&Profile, &Order)> = customers
        .iter()
        .zip(orders)
        .flat_map(|(customer, orders)| orders.iter().map(move |order| (customer, order)))
        .collect();
    ledger.sort_by_key(|(customer, order)| (order.day, customer.index));
    let mut rows = Vec::new();
    for (number, (customer, order)) in ledger.into_iter().enumerate() {
        let (prefix, entry) = match order.entry {
            Entry::Sale => ("SO", "sale"),
            Entry::Return => ("RT", "return"),
            Entry::Cancellation => ("CX", "cancellation"),
        };
        let order_no = format!("{prefix}{:06}", 100_001 + number);
        for line in &order.lines {
            let Some((of, (product, _))) = LINES
                .get(line.line)
                .and_then(|of| Some((of, of.products.get(line.product)?)))
            else {
                continue;
            };
            rows.push(vec![
                Cell::text(&customer.id),
                Cell::text(&order_no),
                Cell::day(order.day),
                Cell::text(format!("{}-{:03}", of.prefix, line.product + 101)),
                Cell::text(*product),
                Cell::text(of.name),
                Cell::Decimal(line.quantity, 3),
                Cell::Decimal(line.price, 4),
                fen(line.amount),
                Cell::text(entry),
                Cell::text(customer.place.region),
            ]);
        }
    }
    let headings = vec![
        "customer_id",
        "order_no",
        "order_date",
        "product",
        "description",
        "category",
        "quantity",
        "unit_price",
        "amount",
        "entry",
        "region",
    ];
    SampleTable {
        kind: "transaction",
        sheet: "transaction",
        headings,
        rows,
    }
}

/// One invoice for each order; what is not paid by the end of the book has no day of payment.
pub(crate) fn receivables(seed: u64, customers: &[Profile], orders: &[Vec<Order>]) -> SampleTable {
    let mut invoices = Vec::new();
    for (customer, orders) in customers.iter().zip(orders) {
        let mut dice = Dice::new(seed, 11, customer.index);
        // Some pay before the goods leave the house and owe nothing.
        if dice.chance(0.07) {
            continue;
        }
        let terms = [30, 45, 60, 90]
            .get(dice.share(&[4.0, 2.5, 3.0, 1.0]))
            .copied()
            .unwrap_or(30);
        for order in orders
            .iter()
            .filter(|order| order.entry == Entry::Sale && order.amount() > 0)
        {
            let invoiced = order.day + dice.whole(0, 4);
            let due = invoiced + terms;
            let paid = paid(&mut dice, customer, invoiced, due);
            let disputed = dice.chance(if customer.loyalty < -0.8 { 0.03 } else { 0.006 });
            if invoiced <= last() {
                invoices.push((
                    invoiced,
                    customer,
                    order.amount(),
                    due,
                    paid.filter(|paid| *paid <= last()),
                    disputed,
                ));
            }
        }
    }
    invoices.sort_by_key(|(invoiced, customer, ..)| (*invoiced, customer.index));
    let rows = invoices
        .into_iter()
        .enumerate()
        .map(|(number, (invoiced, customer, amount, due, paid, disputed))| {
            vec![
                Cell::text(&customer.id),
                Cell::text(format!("FP{:07}", 1_000_001 + number)),
                Cell::day(invoiced),
                Cell::day(due),
                fen(amount),
                paid.map_or(Cell::Empty, Cell::day),
                Cell::flag(disputed),
            ]
        });
    let headings = vec![
        "客户编号",
        "发票号码",
        "开票日期",
        "到期日",
        "开票金额",
        "付清日期",
        "是否有争议",
    ];
    SampleTable {
        kind: "receivable",
        sheet: "应收账款",
        headings,
        rows: rows.collect(),
    }
}

fn paid(dice: &mut Dice, customer: &Profile, invoiced: i32, due: i32) -> Option<i32> {
    let year = if invoiced < day(FIRST_YEAR + 1, 1, 1) {
        FIRST_YEAR
    } else if invoiced < day(LAST_YEAR, 1, 1) {
        FIRST_YEAR + 1
    } else {
        LAST_YEAR
    };
    let sound = customer.sound(year);
    let strain = (-0.9 - sound).max(0.0);
    let late = 1.0 - 4.0 * sound + 5.0 * dice.normal() + 26.0 * strain * dice.unit();
    let never = dice.chance(0.0005 + 0.02 * strain);
    let stuck = customer.loyalty < 0.3 && customer.default.is_some_and(|default| due > default - 45);
    (!never && !stuck).then_some((due + late.round() as i32).max(invoiced + 1))
}

/// A row per customer and quarter, with quarters left out here and there.
pub(crate) fn service(seed: u64, customers: &[Profile], orders: &[Vec<Order>]) -> SampleTable {
    let mut rows = Vec::new();
    for (customer, orders) in customers.iter().zip(orders) {
        let mut dice = Dice::new(seed, 12, customer.index);
        if dice.chance(0.06) {
            continue;
        }
        let trouble = 0.022 * exp(-0.45 * customer.loyalty - 0.20 * customer.sound(LAST_YEAR) + 0.5 * dice.normal());
        for quarter in 0..12 {
            let (year, of_year) = (FIRST_YEAR + quarter / 4, quarter % 4);
            let (before, end) = (month_end(year, of_year * 3), month_end(year, of_year * 3 + 3));
            let within = |order: &&Order| order.day > before && order.day <= end;
            let sales = orders
                .iter()
                .filter(within)
                .filter(|order| order.entry == Entry::Sale)
                .count() as i64;
            let returns = orders
                .iter()
                .filter(within)
                .filter(|order| order.entry != Entry::Sale)
                .count() as i64;
            let complaints = i64::from(dice.count(trouble * sales as f64));
            let resolved = complaints - i64::from(complaints > 0 && dice.chance(0.2));
            let punctual = (0.95 + 0.02 * customer.sound(year) + 0.03 * dice.normal()).clamp(0.5, 1.0);
            let satisfaction =
                (80.0 + 6.5 * customer.loyalty + 3.0 * dice.normal() - 3.0 * complaints as f64).clamp(30.0, 100.0);
            let (silent, gap) = (dice.chance(0.28), dice.chance(0.07));
            let hours = Cell::Decimal((dice.between(1.0, 30.0) * 100.0) as i64, 2);
            let visits = i64::from(dice.count(1.0 + 0.6 * f64::from(customer.size as i32)));
            if gap || end < customer.since || sales + returns == 0 {
                continue;
            }
            rows.push(vec![
                Cell::text(&customer.id),
                Cell::day(end),
                Cell::Integer(sales),
                Cell::Integer((sales as f64 * punctual).round() as i64),
                Cell::Integer(complaints),
                Cell::Integer(resolved),
                Cell::Integer(returns),
                hours,
                if silent {
                    Cell::Empty
                } else {
                    Cell::Decimal((satisfaction * 10.0).round_ties_even() as i64, 1)
                },
                Cell::Integer(visits),
            ]);
        }
    }
    let headings = vec![
        "客户编号",
        "统计期末",
        "订单数",
        "准时订单数",
        "投诉次数",
        "已解决投诉",
        "退货订单数",
        "平均响应时间（小时）",
        "满意度",
        "拜访次数",
    ];
    SampleTable {
        kind: "service_record",
        sheet: "服务记录",
        headings,
        rows,
    }
}
