//! Measures of groups that are made of their members' figures: rows of cases, and random groups against a slow reference that
//! goes by the definition, a member at a time. 成员合并

use std::collections::BTreeMap;

use pinji_domain::Decimal;
use pinji_policy::{Compiled, Document, compile, kinds, load};
use pinji_query::{MeasureOptions, Measured, MemberTable, Standing};

use crate::support::{check, lines, rows_table, run_with, table};

const HEAD: &str = r#"
policy = "groups"
version = "1"
subject = "group"
effective = 2025-01-01
name = { zh = "集团", en = "Groups" }
[[dimension]]
id = "all"
weight = 100
name = { zh = "全部", en = "All" }
[[indicator]]
id = "one"
dimension = "all"
weight = 100
name = { zh = "一", en = "One" }
formula = "coalesce(0, 1)"
unit = "count"
decimals = 0
better = "higher"
bands = [{ below = 1, points = 0 }, { points = 100 }]
missing = "worst"
[[grade]]
id = "any"
name = { zh = "任意", en = "Any" }
"#;

/// A policy with these measures; the first line of each is its head.
fn policy(measures: &str) -> (Document, Compiled) {
    let text = format!("{HEAD}{measures}");
    let loaded = load("groups.toml", &|name| match name {
        "groups.toml" => Ok(text.clone()),
        other => Err(format!("no {other}")),
    });
    let errors: Vec<_> = loaded
        .findings
        .iter()
        .filter(|finding| finding.severity == pinji_policy::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let document = loaded.document.unwrap();
    let compiled = compile(&document, document.effective.unwrap()).unwrap();
    (document, compiled)
}

fn revenue(id: &str, members: &str) -> String {
    format!(
        "[measure.{id}]\nfrom = \"financial_statement\"\ntake = \"latest\"\nvalue = \"revenue\"\nfresh = \"18 months\"\n{members}\n"
    )
}

fn measured(measures: &str, customers: &str, statements: &str) -> Measured {
    let (document, compiled) = policy(measures);
    let kinds = kinds::shipped();
    let sheet = table(kinds.get("customer").unwrap(), customers);
    let statements = table(kinds.get("financial_statement").unwrap(), statements);
    run_with(&MeasureOptions::new(&document), &compiled, &[&sheet, &statements]).unwrap()
}

const CUSTOMERS: &str = "
    id | group | parent | group_share
    a1 | Alpha | -      | 1
    a2 | Alpha | a1     | 0.6
    a3 | Alpha | a2     | 0.36
    a4 | Alpha | -      | -
    b1 | Beta  | b1     | 0.5
    c1 | Gamma | b1     | 0
    d1 | -     | a1     | 1
    ";

const STATEMENTS: &str = "
    customer | period_end | scope        | revenue
    a1       | 2023-12-31 | consolidated | 900.00
    a1       | 2024-12-31 | single       | 10.00
    a2       | 2024-12-31 | consolidated | 50.00
    a2       | 2024-06-30 | single       | 5.00
    a3       | 2024-12-31 | -            | 7.00
    a4       | 2024-12-31 | -            | 1.00
    b1       | 2024-12-31 | consolidated | -
    d1       | 2024-12-31 | -            | 500.00
    ";

#[test]
fn members_figures_become_the_groups() {
    let check_one = |members: &str, alpha: &str, beta: &str, gamma: &str| {
        let share = "[measure.group_share]\ngiven = \"number\"\ndecimals = 9\nmembers = \"min\"\n";
        let found = measured(&format!("{}{share}", revenue("x", members)), CUSTOMERS, STATEMENTS);
        let found = lines(&found).join("\n");
        let expected =
            format!("Alpha | {alpha} | 0.360000000\nBeta | {beta} | 0.500000000\nGamma | {gamma} | 0.000000000");
        assert_eq!(found, expected, "{members}");
    };
    // Each one's newest, whatever its scope: 10 + 50 + 7 + 1.
    check_one("members = \"sum\"", "68.00", "-1", "-1");
    check_one("members = \"max\"", "50.00", "-1", "-1");
    check_one("members = \"min\"", "1.00", "-1", "-1");
    // The consolidated statement of a1 is stale, so that of a2 is the highest: 10 + 50 + (a3 within) + 1.
    let first = "accounts = \"consolidated_first\"";
    check_one(&format!("members = \"sum\"\n{first}"), "61.00", "-1", "-1");
    // (10·1 + 50·0.6 + 7·0.36) / 1.96, a4 has no weight.
    check_one("members = { weighted_by = \"group_share\" }", "21.69", "-1", "-1");
    check_one(
        &format!("members = {{ weighted_by = \"group_share\" }}\n{first}"),
        "25.00",
        "-1",
        "-1",
    );
    check_one(
        "members = { weighted_by = \"group_share\" }\ncomplete = true",
        "-1",
        "-1",
        "-1",
    );
    check_one("members = \"sum\"\ncomplete = true", "68.00", "-1", "-1");
}

#[test]
fn what_is_said_of_the_group_itself_counts_alone() {
    let statements = format!("{}\n    Alpha | 2024-12-31 | - | 77.00", STATEMENTS.trim_end());
    let found = measured(
        &format!(
            "{}{}",
            revenue("x", "members = \"sum\""),
            revenue("y", "members = \"max\"\ncomplete = true")
        ),
        CUSTOMERS,
        &statements,
    );
    check(&found, "Alpha | 77.00 | 77.00\nBeta | -1 | -1\nGamma | -1 | -1");
    assert_eq!(found.left_out[0].ungrouped, 1);
}

#[test]
fn each_member_is_told() {
    let measures = revenue("x", "members = \"sum\"\naccounts = \"consolidated_first\"");
    let (_, compiled) = policy(&measures);
    let found = measured(&measures, CUSTOMERS, STATEMENTS);
    let table = found.members.as_ref().unwrap();
    let said = |group: usize| -> Vec<(String, Standing, Option<String>)> {
        let parts = table.parts(&compiled.measures, 0, group).into_iter();
        parts
            .map(|part| (part.member, part.standing, part.figure.map(|figure| figure.to_string())))
            .collect()
    };
    let line = |member: &str, standing, figure: Option<&str>| (member.to_owned(), standing, figure.map(str::to_owned));
    assert_eq!(
        said(0),
        [
            line("a1", Standing::Own, Some("10.00")),
            line("a2", Standing::Consolidated, Some("50.00")),
            line("a3", Standing::Within("a2".to_owned()), None),
            line("a4", Standing::Own, Some("1.00")),
        ]
    );
    let missing = Standing::Missing(pinji_domain::MissingCause::NotReported);
    assert_eq!(said(1), [line("b1", missing, None)]);
}

#[test]
fn a_group_without_members_is_measured_by_itself() {
    let (document, compiled) = policy(&revenue("x", "members = \"sum\"\naccounts = \"consolidated_first\""));
    let kinds = kinds::shipped();
    let statements = table(kinds.get("financial_statement").unwrap(), STATEMENTS);
    let found = run_with(&MeasureOptions::new(&document), &compiled, &[&statements]).unwrap();
    check(
        &found,
        "a1 | 10.00\na2 | 50.00\na3 | 7.00\na4 | 1.00\nb1 | -1\nd1 | 500.00",
    );
}

#[test]
fn sums_leave_the_exact_range_loudly() {
    let customers = "id | group\na | G\nb | G";
    let statements = "customer | period_end | revenue\na | 2024-12-31 | 90071992547409.92\nb | 2024-12-31 | 0.01";
    let (document, compiled) = policy(&revenue("x", "members = \"sum\""));
    let kinds = kinds::shipped();
    let sheet = table(kinds.get("customer").unwrap(), customers);
    let statements = table(kinds.get("financial_statement").unwrap(), statements);
    let found = run_with(&MeasureOptions::new(&document), &compiled, &[&sheet, &statements]);
    assert!(
        matches!(found, Err(pinji_query::QueryError::BeyondSum { ref subject, .. }) if subject == "G"),
        "{found:?}"
    );
}

/// The example of the guide: its measures over its tables, with the figure that it names.
#[test]
fn the_guides_example_comes_out() {
    const GUIDE: &str = include_str!("../../../docs/policy-language.md");
    let section = GUIDE.split("## Measures of groups").nth(1).unwrap();
    let block = |word: &str, nth: usize| {
        let block = section.split(word).nth(nth).unwrap();
        block.split("```").next().unwrap().to_owned()
    };
    let measures = block("```toml\n", 1);
    let revenue = measures.split("[measure.group_revenue]").nth(1).unwrap();
    let revenue = revenue.split("[measure.").next().unwrap();
    let (customers, statements) = (block("```text\n", 1), block("```text\n", 2));
    let of = |more: &str| {
        let measure = format!("[measure.group_revenue]{revenue}{more}");
        lines(&measured(&measure, &customers, &statements)).join("\n")
    };
    assert!(section.contains("give the group 160.00"));
    assert_eq!(of(""), "Delta | 160.00");
    assert_eq!(of("complete = true\n"), "Delta | -1");
}

/// A small generator of our own, so that the cases are the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.roll(at as u64 + 1) as usize);
        }
    }
}

#[derive(Debug, Clone)]
struct Customer {
    id: String,
    group: Option<usize>,
    parent: Option<String>,
    share: Option<i64>,
}

#[derive(Debug, Clone)]
struct Statement {
    customer: String,
    year: i64,
    scope: Option<bool>,
    revenue: Option<i64>,
    profit: Option<i64>,
}

fn book(seed: u64) -> (Vec<Customer>, Vec<Statement>) {
    let mut dice = Dice(seed * 2 + 1);
    let count = 1 + dice.roll(14);
    let id = |at: u64| format!("k{at:02}");
    let customers: Vec<Customer> = (0..count)
        .map(|at| Customer {
            id: id(at),
            group: (dice.roll(6) != 0).then(|| dice.roll(3) as usize),
            // Circles, parents of other groups, and one that nobody knows.
            parent: (dice.roll(3) != 0).then(|| id(dice.roll(count + 1))),
            share: (dice.roll(5) != 0).then(|| dice.roll(5) as i64 * 250_000_000),
        })
        .collect();
    let mut statements = Vec::new();
    for customer in &customers {
        for year in 2022..2026 {
            if dice.roll(2) == 0 {
                statements.push(Statement {
                    customer: customer.id.clone(),
                    year,
                    scope: [None, Some(false), Some(true)][dice.roll(3) as usize],
                    revenue: (dice.roll(6) != 0).then(|| dice.roll(20_000) as i64 - 2_000),
                    profit: (dice.roll(6) != 0).then(|| dice.roll(2_000) as i64 - 1_000),
                });
            }
        }
    }
    (customers, statements)
}

const MEASURES: &str = r#"
[measure.first]
from = "financial_statement"
take = "latest"
value = "revenue"
fresh = "18 months"
members = "sum"
accounts = "consolidated_first"
[measure.own]
from = "financial_statement"
take = "latest"
value = "revenue"
fresh = "18 months"
members = "sum"
[measure.most]
from = "financial_statement"
take = "latest"
value = "revenue"
fresh = "18 months"
members = "max"
complete = true
[measure.least]
from = "financial_statement"
take = "latest"
value = "revenue"
fresh = "18 months"
members = "min"
accounts = "consolidated_first"
complete = true
[measure.group_share]
given = "number"
decimals = 9
members = "max"
[measure.mean]
from = "financial_statement"
over = "all"
value = "avg(net_profit)"
decimals = 2
members = { weighted_by = "group_share" }
accounts = "consolidated_first"
[measure.by_revenue]
from = "financial_statement"
take = "latest"
value = "net_profit"
fresh = "18 months"
members = { weighted_by = "first" }
accounts = "consolidated_first"
[measure.records]
from = "financial_statement"
over = "all"
value = "count(*)"
members = "max"
"#;

/// A figure, or the number of the cause.
type Found = Result<i64, u8>;

/// The newest statement's value among those that count; older than 18 months before the end of 2025 is stale.
fn newest(
    all: &[Statement],
    of: &str,
    counts: &dyn Fn(&Statement) -> bool,
    value: fn(&Statement) -> Option<i64>,
) -> Found {
    let mut best: Option<&Statement> = None;
    for row in all.iter().filter(|row| row.customer == of && counts(row)) {
        if best.is_none_or(|best| row.year > best.year) {
            best = Some(row);
        }
    }
    match best {
        None => Err(1),
        Some(row) if row.year < 2024 => Err(2),
        Some(row) => value(row).ok_or(1),
    }
}

fn mean(all: &[Statement], of: &str, counts: &dyn Fn(&Statement) -> bool) -> Found {
    let values: Vec<i64> = all
        .iter()
        .filter(|row| row.customer == of && counts(row))
        .filter_map(|row| row.profit)
        .collect();
    if values.is_empty() {
        return Err(1);
    }
    let mean = values.iter().sum::<i64>() as f64 / (values.len() as f64 * 100.0);
    Ok((mean * 100.0).round_ties_even() as i64)
}

/// The highest member above one that has a consolidated figure; of a circle the first that has one.
fn above(of: usize, parents: &[Option<usize>], stated: &[bool]) -> Option<usize> {
    let mut chain = vec![of];
    while let Some(parent) = parents[chain[chain.len() - 1]] {
        if let Some(at) = chain.iter().position(|held| *held == parent) {
            let circle = chain[at..].iter().copied().filter(|at| stated[*at]);
            if let Some(first) = circle.min() {
                return Some(first).filter(|first| *first != of);
            }
            break;
        }
        chain.push(parent);
    }
    chain.into_iter().skip(1).rfind(|at| stated[*at])
}

struct How {
    consolidated_first: bool,
    complete: bool,
    make: fn(&[(i64, i64)]) -> Found,
}

/// What a group's members come to, by the definition.
fn reference(
    how: &How,
    own: &[Found],
    consolidated: &[Found],
    weights: Option<&[Found]>,
    parents: &[Option<usize>],
) -> Found {
    let stated: Vec<bool> = consolidated.iter().map(Result::is_ok).collect();
    let (mut taken, mut causes) = (Vec::new(), Vec::new());
    for at in 0..own.len() {
        if how.consolidated_first && above(at, parents, &stated).is_some() {
            continue;
        }
        let figure = match (how.consolidated_first, consolidated[at], own[at]) {
            (true, Ok(figure), _) | (_, _, Ok(figure)) => figure,
            (true, Err(one), Err(other)) => {
                causes.push(one.max(other));
                continue;
            }
            (false, _, Err(cause)) => {
                causes.push(cause);
                continue;
            }
        };
        match weights.map(|weights| weights[at]) {
            None => taken.push((figure, 1)),
            Some(Ok(weight)) if weight >= 0 => taken.push((figure, weight)),
            Some(Ok(_)) => causes.push(3),
            Some(Err(cause)) => causes.push(cause),
        }
    }
    if taken.is_empty() || (how.complete && !causes.is_empty()) {
        return Err(causes.into_iter().max().unwrap_or(1));
    }
    (how.make)(&taken)
}

fn sum(taken: &[(i64, i64)]) -> Found {
    Ok(taken.iter().map(|(figure, _)| figure).sum())
}

fn greatest(taken: &[(i64, i64)]) -> Found {
    Ok(taken.iter().map(|(figure, _)| *figure).max().unwrap())
}

fn least(taken: &[(i64, i64)]) -> Found {
    Ok(taken.iter().map(|(figure, _)| *figure).min().unwrap())
}

/// By long division: the integer nearest to the mean, of two equally near ones the even one.
fn weighted(taken: &[(i64, i64)]) -> Found {
    let weights: i128 = taken.iter().map(|(_, weight)| i128::from(*weight)).sum();
    if weights == 0 {
        return Err(3);
    }
    let total: i128 = taken
        .iter()
        .map(|(figure, weight)| i128::from(*figure) * i128::from(*weight))
        .sum();
    let below = total.div_euclid(weights);
    let rest = total.rem_euclid(weights) * 2;
    let up = rest > weights || (rest == weights && below % 2 != 0);
    Ok((below + i128::from(up)) as i64)
}

fn expected(customers: &[Customer], statements: &[Statement]) -> Vec<String> {
    let mut groups: BTreeMap<usize, Vec<&Customer>> = BTreeMap::new();
    for customer in customers {
        if let Some(group) = customer.group {
            groups.entry(group).or_default().push(customer);
        }
    }
    let mut out = Vec::new();
    for (group, members) in groups {
        let parents: Vec<Option<usize>> = members
            .iter()
            .map(|member| {
                members
                    .iter()
                    .position(|other| Some(&other.id) == member.parent.as_ref())
            })
            .collect();
        let each = |of: &dyn Fn(&str) -> Found| -> Vec<Found> { members.iter().map(|member| of(&member.id)).collect() };
        let (single, whole) = (
            |row: &Statement| row.scope != Some(true),
            |row: &Statement| row.scope == Some(true),
        );
        let revenue: fn(&Statement) -> Option<i64> = |row| row.revenue;
        let profit: fn(&Statement) -> Option<i64> = |row| row.profit;
        let any = each(&|id| newest(statements, id, &|_| true, revenue));
        let own = each(&|id| newest(statements, id, &single, revenue));
        let consolidated = each(&|id| newest(statements, id, &whole, revenue));
        let share: Vec<Found> = members.iter().map(|member| member.share.ok_or(1)).collect();
        let first: Vec<Found> = own
            .iter()
            .zip(&consolidated)
            .map(|(own, whole)| match (whole, own) {
                (Ok(figure), _) | (_, Ok(figure)) => Ok(*figure),
                (Err(one), Err(other)) => Err(*one.max(other)),
            })
            .collect();
        let how = |consolidated_first, complete, make| How {
            consolidated_first,
            complete,
            make,
        };
        let none = vec![Err(1); members.len()];
        let count = |id: &str| Ok(statements.iter().filter(|row| row.customer == id).count() as i64);
        let found = [
            (
                reference(&how(true, false, sum), &own, &consolidated, None, &parents),
                2,
            ),
            (reference(&how(false, false, sum), &any, &none, None, &parents), 2),
            (reference(&how(false, true, greatest), &any, &none, None, &parents), 2),
            (
                reference(&how(true, true, least), &own, &consolidated, None, &parents),
                2,
            ),
            (
                reference(&how(false, false, greatest), &share, &none, None, &parents),
                9,
            ),
            (
                reference(
                    &how(true, false, weighted),
                    &each(&|id| mean(statements, id, &single)),
                    &each(&|id| mean(statements, id, &whole)),
                    Some(&share),
                    &parents,
                ),
                2,
            ),
            (
                reference(
                    &how(true, false, weighted),
                    &each(&|id| newest(statements, id, &single, profit)),
                    &each(&|id| newest(statements, id, &whole, profit)),
                    Some(&first),
                    &parents,
                ),
                2,
            ),
            (
                reference(&how(false, false, greatest), &each(&count), &none, None, &parents),
                0,
            ),
        ];
        let shown = found.into_iter().map(|(found, scale)| match found {
            Ok(units) => Decimal { units, scale }.to_string(),
            Err(cause) => format!("-{cause}"),
        });
        let line = std::iter::once(format!("g{group}")).chain(shown);
        out.push(line.collect::<Vec<_>>().join(" | "));
    }
    out
}

/// The book as tables, its rows in some order and in parts of some size.
fn measure(
    book: &(Vec<Customer>, Vec<Statement>),
    options: &MeasureOptions<'_>,
    compiled: &Compiled,
    dice: &mut Dice,
) -> Measured {
    let (mut customers, mut statements) = book.clone();
    dice.shuffle(&mut customers);
    dice.shuffle(&mut statements);
    let text = |units: Option<i64>, scale: u8| {
        units.map_or_else(|| "-".to_owned(), |units| Decimal { units, scale }.to_string())
    };
    let rows: Vec<Vec<String>> = customers
        .iter()
        .map(|row| {
            let group = row.group.map_or_else(|| "-".to_owned(), |group| format!("g{group}"));
            let parent = row.parent.clone().unwrap_or_else(|| "-".to_owned());
            vec![row.id.clone(), group, parent, text(row.share, 9)]
        })
        .collect();
    let kinds = kinds::shipped();
    let sheet = rows_table(
        kinds.get("customer").unwrap(),
        &["id", "group", "parent", "group_share"],
        &rows
            .iter()
            .map(|row| row.iter().map(String::as_str).collect())
            .collect::<Vec<_>>(),
        1 + dice.roll(6) as usize,
    );
    let rows: Vec<Vec<String>> = statements
        .iter()
        .map(|row| {
            let scope = row
                .scope
                .map_or("-", |whole| if whole { "consolidated" } else { "single" });
            vec![
                row.customer.clone(),
                format!("{}-12-31", row.year),
                scope.to_owned(),
                text(row.revenue, 2),
                text(row.profit, 2),
            ]
        })
        .collect();
    let statements = rows_table(
        kinds.get("financial_statement").unwrap(),
        &["customer", "period_end", "scope", "revenue", "net_profit"],
        &rows
            .iter()
            .map(|row| row.iter().map(String::as_str).collect())
            .collect::<Vec<_>>(),
        1 + dice.roll(6) as usize,
    );
    run_with(options, compiled, &[&sheet, &statements]).unwrap()
}

#[test]
fn random_groups_agree_with_the_reference_in_any_order() {
    let (document, compiled) = policy(MEASURES);
    let folder = tempfile::tempdir().unwrap();
    let mut grouped = 0;
    for seed in 0..150 {
        let book = book(seed);
        let mut dice = Dice(seed + 77);
        let expected = expected(&book.0, &book.1);
        grouped += expected.len();
        let plain = MeasureOptions::new(&document);
        let found = measure(&book, &plain, &compiled, &mut dice);
        assert_eq!(lines(&found), expected, "seed {seed}: {book:#?}");
        // In another order, on other threads, and through temporary files: the same, and the same members.
        let tight = MeasureOptions {
            threads: 1 + seed as usize % 3,
            memory_limit: 1,
            ..plain
        };
        let other = measure(&book, &tight, &compiled, &mut dice);
        assert_eq!(lines(&other), expected, "seed {seed}");
        assert_eq!(found.members, other.members, "seed {seed}");
        // What was kept of the members says the same of their groups again.
        let path = folder.path().join("members.parquet");
        let members = found.members.as_ref().unwrap();
        members.write(&path, &found.ids).unwrap();
        let read = MemberTable::read(&path, &compiled.measures, &found).unwrap();
        assert_eq!(&read, members, "seed {seed}");
        for column in read.columns(&compiled.measures, &found).unwrap() {
            let kept = found.column(&column.id).unwrap();
            for row in 0..found.rows() {
                assert_eq!(
                    (column.value(row), column.cause(row)),
                    (kept.value(row), kept.cause(row))
                );
            }
        }
    }
    assert!(grouped > 200, "{grouped} groups");
}
