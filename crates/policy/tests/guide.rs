//! The examples of docs/policy-language.md are one policy, and it has nothing wrong with it.

use pinji_policy::{compile, load};

use crate::happy::shown;

const GUIDE: &str = include_str!("../../../docs/policy-language.md");

/// The files that the guide's blocks make.
fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = vec![("reference.toml".to_owned(), String::new())];
    for block in GUIDE.split("```toml\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let name = block
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# file: "))
            .unwrap_or("reference.toml");
        match files.iter_mut().find(|(known, _)| known == name) {
            Some((_, text)) => text.push_str(block),
            None => files.push((name.to_owned(), block.to_owned())),
        }
    }
    files
}

#[test]
fn the_guides_policy_has_no_findings_and_compiles() {
    let mut files = files();
    assert!(files.len() >= 5, "{}", files.len());
    // Rates and kinds stand in files that the head does not list, to keep it short.
    let more = r#"files        = ["reference-tables.toml", "reference-rates.toml", "reference-kinds.toml"]"#;
    let listed = r#"files        = ["reference-tables.toml"]"#;
    assert!(files[0].1.contains(listed));
    for list in [listed, more] {
        files[0].1 = files[0].1.replace(listed, list);
        let loaded = load("reference.toml", &|name| {
            let found = files.iter().find(|(known, _)| known == name);
            found
                .map(|(_, text)| text.clone())
                .ok_or_else(|| "no such file".to_owned())
        });
        assert_eq!(shown(&loaded, &loaded.findings), "");
        let document = loaded.document.unwrap();
        for as_of in ["2026-01-01", "2026-12-31"] {
            compile(&document, pinji_domain::date::parse(as_of).unwrap()).unwrap();
        }
    }
}
