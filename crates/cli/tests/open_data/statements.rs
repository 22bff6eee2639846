//! The nine-level credit policy on bare statements of listed companies: most of what it asks for is not there, and its
//! coverage says so.

use std::fmt::Write as _;
use std::path::Path;

use super::{figure, rows};
use crate::program::{Rating, Table, open_data};

#[test]
fn coverage_says_how_little_was_known() {
    let Some(data) = open_data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (book, out) = (folder.path().join("book"), folder.path().join("run"));
    std::fs::create_dir(&book).unwrap();
    // Year ends instead of years, and thousands exactly: some figures carry the dust of doubles (38053.090000000026),
    // which would rightly be bad cells.
    let rows = rows(&data.join("us-listed-financials/companies.csv.gz"));
    let columns = [
        "net_sales",
        "net_income",
        "total_assets",
        "total_liabilities",
        "ebit",
        "current_assets",
    ];
    let mut text = format!("company_name,period_end,{}\n", columns.join(","));
    for row in &rows {
        let figures: Vec<String> = columns
            .iter()
            .map(|column| format!("{:.3}", figure(row, column)))
            .collect();
        writeln!(
            text,
            "{},{}-12-31,{}",
            row["company_name"],
            row["year"],
            figures.join(",")
        )
        .unwrap();
    }
    std::fs::write(book.join("financial_statement.csv"), text).unwrap();
    let words = [
        "--map",
        "company_name=customer",
        "--map",
        "net_sales=revenue*1000000",
        "--map",
        "net_income=net_profit*1000000",
        "--map",
        "total_assets=total_assets*1000000",
        "--map",
        "total_liabilities=total_liabilities*1000000",
        "--map",
        "ebit=operating_profit*1000000",
        "--map",
        "current_assets=current_assets*1000000",
        // What statements abroad do not have, said in as many words.
        "--without",
        "customer,market_standing,credit_report,assessment,financial_statement.prior_revenue,\
         financial_statement.operating_cost,financial_statement.interest_expense,financial_statement.rd_expense,\
         financial_statement.receivables,financial_statement.current_liabilities,\
         financial_statement.operating_cash_flow,financial_statement.audit_opinion",
    ];
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/credit-nine-level.toml");
    Rating {
        policy: &policy,
        data: &book,
        as_of: "2019-06-30",
        out: &out,
        words: &words,
    }
    .succeeds();

    let grades = Table::read(&out.join("grades.parquet"));
    let (ids, coverage) = (grades.full("id"), grades.numbers("coverage"));
    assert_eq!(ids.len(), rows.len());
    assert!(
        coverage
            .iter()
            .all(|coverage| coverage.is_some_and(|coverage| coverage < 1.0)),
        "never complete"
    );
    let known = coverage.iter().flatten().filter(|coverage| **coverage > 0.0).count();
    assert!(known > 0, "some are known in part");
    // Statements of 2015 are stale by 2019; those of 2018 are not, and cover more.
    let mean = |year: &str| {
        let of = rows
            .iter()
            .filter(|row| row["year"] == year)
            .map(|row| row["company_name"].as_str())
            .collect::<Vec<_>>();
        let found: Vec<f64> = ids
            .iter()
            .zip(&coverage)
            .filter(|(id, _)| of.contains(&id.as_str()))
            .filter_map(|(_, c)| *c)
            .collect();
        found.iter().sum::<f64>() / found.len() as f64
    };
    assert!(mean("2018") > mean("2015"), "{} and {}", mean("2018"), mean("2015"));
    // Below its own minimum the policy gives no grade, and says why.
    let why = grades.texts("ungraded");
    for ((grade, why), coverage) in grades.texts("grade").iter().zip(&why).zip(coverage.iter().flatten()) {
        assert_eq!(grade.is_none(), why.is_some(), "coverage {coverage}");
    }
}
