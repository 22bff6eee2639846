//! The budgets of the families of tests, as CONTRIBUTING.md lists them.

use std::path::Path;

use anyhow::{Context, Result, ensure};

/// How many minutes a family may take on two cores.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// The family.
    pub family: String,
    /// Its minutes.
    pub minutes: f64,
}

/// Reads the table under the heading that ends in "Budgets".
pub fn read(root: &Path) -> Result<Vec<Budget>> {
    let text = std::fs::read_to_string(root.join("CONTRIBUTING.md")).context("cannot read CONTRIBUTING.md")?;
    let budgets = parse(&text);
    ensure!(!budgets.is_empty(), "CONTRIBUTING.md has no table of budgets");
    Ok(budgets)
}

fn parse(text: &str) -> Vec<Budget> {
    let lines = text
        .lines()
        .skip_while(|line| !(line.starts_with('#') && line.ends_with("Budgets")))
        .skip(1);
    let rows = lines
        .take_while(|line| !line.starts_with('#'))
        .filter(|line| line.starts_with('|'));
    rows.filter_map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let family = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        let minutes = cells.next_back()?.parse().ok()?;
        Some(Budget {
            family: family.to_owned(),
            minutes,
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let text = "# A\n| `no` | x | 9 |\n## Budgets\n\n| family | what | minutes |\n|---|---|---|\n| `tidy` | x | 0.5 |\n\n# B\n| `no` | x | 9 |\n";
        assert_eq!(
            parse(text),
            [Budget {
                family: "tidy".to_owned(),
                minutes: 0.5
            }]
        );
    }
}
