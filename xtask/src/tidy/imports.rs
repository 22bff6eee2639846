//! Who may import whom: the walls between the crates, held against `cargo metadata`. 依赖关系表

use anyhow::{Context, Result};
use serde_json::Value;

use super::Report;
use crate::shell;

/// A crate of ours, which of ours it may import, and which of the guarded others it may.
struct Wall {
    name: &'static str,
    ours: &'static [&'static str],
    others: &'static [&'static str],
}

const fn wall(name: &'static str, ours: &'static [&'static str], others: &'static [&'static str]) -> Wall {
    Wall { name, ours, others }
}

const ALL: &[&str] = &[
    "domain",
    "engine",
    "policy",
    "query",
    "connectors",
    "locale",
    "charts",
    "report",
    "sample",
    "workflow",
    "groups",
    "search",
    "ledger",
    "access",
    "store",
];

/// The table of ARCHITECTURE.md, "Who may import whom".
const WALLS: [Wall; 21] = [
    wall("pinji-domain", &[], &[]),
    wall("pinji-engine", &["domain"], &[]),
    wall("pinji-policy", &["domain", "engine"], &["toml", "serde_json"]),
    wall("pinji-locale", &["domain"], &["fluent"]),
    wall("pinji-charts", &["domain", "locale"], &[]),
    wall("pinji-sample", &["domain", "locale"], &[]),
    wall("pinji-report", &["domain", "locale", "charts"], &[]),
    wall(
        "pinji-query",
        &["domain", "engine", "policy"],
        &["arrow", "parquet", "tempfile"],
    ),
    wall(
        "pinji-connectors",
        &["domain", "locale"],
        &[
            "arrow",
            "parquet",
            "tempfile",
            "calamine",
            "rust_xlsxwriter",
            "zip",
            "csv",
            "encoding_rs",
            "chardetng",
        ],
    ),
    wall("pinji-workflow", &["domain"], &["serde_json"]),
    wall("pinji-groups", &["domain"], &[]),
    wall("pinji-search", &["domain"], &[]),
    wall("pinji-ledger", &["domain"], &["serde_json"]),
    wall("pinji-access", &["domain"], &["cedar-policy", "serde_json"]),
    wall("pinji-store", &["domain"], &["sea-orm", "serde_json", "tokio"]),
    wall(
        "pinji-oidc",
        &["domain", "app"],
        &["reqwest", "rustls", "serde_json", "toml"],
    ),
    wall("pinji-testkit", &["domain"], &["tempfile"]),
    wall(
        "pinji-app",
        ALL,
        &["arrow", "parquet", "tempfile", "serde_json", "anyhow", "tokio"],
    ),
    wall(
        "pinji-server",
        &["app", "domain", "locale"],
        &["axum", "tokio", "serde_json"],
    ),
    wall(
        "pinji-cli",
        &["app", "server", "oidc", "domain", "locale"],
        &["clap", "serde_json", "anyhow", "tokio"],
    ),
    wall("xtask", &[], &["serde_json", "anyhow"]),
];

/// Crates of others that only the walls above let in. A prefix covers its family (`arrow`, `arrow-array`, …).
const GUARDED: [&str; 23] = [
    "anyhow",
    "arrow",
    "axum",
    "calamine",
    "cedar-policy",
    "chardetng",
    "clap",
    "csv",
    "datafusion",
    "encoding_rs",
    "fluent",
    "openidconnect",
    "parquet",
    "reqwest",
    "rust_xlsxwriter",
    "rustls",
    "sea-orm",
    "serde_json",
    "sqlx",
    "tempfile",
    "tokio",
    "toml",
    "zip",
];

/// A package of the workspace, as far as the table asks.
#[derive(Debug, Clone, Default)]
pub struct Package {
    name: String,
    license: String,
    manifest: String,
    /// Normal and build dependencies; tests may use what they like.
    imports: Vec<String>,
}

/// The packages of this workspace.
pub fn packages() -> Result<Vec<Package>> {
    let text = shell::text(shell::cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let list = metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("cargo metadata without packages")?;
    Ok(list.iter().map(package).collect())
}

fn package(value: &Value) -> Package {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let imports = value["dependencies"].as_array().into_iter().flatten();
    let imports = imports.filter(|import| import["kind"].as_str() != Some("dev"));
    Package {
        name: text("name"),
        license: text("license"),
        manifest: text("manifest_path"),
        imports: imports
            .filter_map(|import| import["name"].as_str().map(str::to_owned))
            .collect(),
    }
}

/// Compares the packages with the table.
pub fn check(packages: &[Package], report: &mut Report) {
    for package in packages {
        let name = package.name.as_str();
        if package.license != "Apache-2.0" {
            report.error(name, format!("its licence is `{}`, not Apache-2.0", package.license));
        }
        let manifest = std::fs::read_to_string(&package.manifest).unwrap_or_default();
        if !package.manifest.is_empty() && !manifest.contains("[lints]\nworkspace = true") {
            report.error(
                name,
                "its manifest does not take the workspace's lints: add `[lints]` with `workspace = true`",
            );
        }
        let Some(wall) = WALLS.iter().find(|wall| wall.name == name) else {
            report.error(
                name,
                "no line in the import table: add it to xtask/src/tidy/imports.rs and ARCHITECTURE.md",
            );
            continue;
        };
        for import in &package.imports {
            check_import(wall, import, report);
        }
    }
}

fn check_import(wall: &Wall, import: &str, report: &mut Report) {
    if let Some(ours) = import.strip_prefix("pinji-") {
        if !wall.ours.contains(&ours) {
            let may = if wall.ours.is_empty() {
                "nothing of ours".to_owned()
            } else {
                wall.ours.join(", ")
            };
            report.error(wall.name, format!("imports `{import}`; it may import {may}"));
        }
        return;
    }
    let family =
        |known: &&&str| import == **known || import.strip_prefix(**known).is_some_and(|rest| rest.starts_with('-'));
    if GUARDED.iter().any(|known| family(&known)) && !wall.others.iter().any(|known| family(&known)) {
        report.error(wall.name, format!("must not know `{import}`"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(name: &str, imports: &[&str]) -> usize {
        let package = Package {
            name: name.to_owned(),
            license: "Apache-2.0".to_owned(),
            manifest: String::new(),
            imports: imports.iter().map(|import| (*import).to_owned()).collect(),
        };
        let mut report = Report::default();
        check(&[package], &mut report);
        report.errors.len()
    }

    #[test]
    fn walls_hold() {
        let check =
            |name: &str, imports: &[&str], wrong: usize| assert_eq!(errors(name, imports), wrong, "{name} {imports:?}");
        check("pinji-engine", &["pinji-domain"], 0);
        check("pinji-engine", &["pinji-policy"], 1);
        check("pinji-engine", &["arrow-array"], 1);
        check("pinji-query", &["arrow", "parquet", "pinji-engine", "zstd"], 0);
        check("pinji-query", &["datafusion"], 1);
        check("pinji-cli", &["pinji-engine", "clap"], 1);
        check("xtask", &["pinji-domain"], 1);
        check("pinji-new", &[], 1);
    }
}
