//! Links between the documents lead somewhere.

use std::collections::BTreeSet;
use std::path::Path;

use super::Report;
use crate::source::File;

/// Checks the relative links of all Markdown files: the file is there, and the heading in it.
pub fn check(root: &Path, files: &[File], report: &mut Report) {
    for file in files.iter().filter(|file| file.name.ends_with(".md")) {
        for (line, link) in links(&file.text) {
            let place = format!("{}:{line}", file.name);
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(&file.name).parent().unwrap_or(Path::new(""));
            let target = if path.is_empty() {
                root.join(&file.name)
            } else {
                root.join(folder).join(path)
            };
            if !target.exists() {
                report.error(place, format!("the link to `{link}` leads nowhere"));
            } else if !anchor.is_empty() {
                let text = std::fs::read_to_string(&target).unwrap_or_default();
                if !anchors(&text).contains(anchor) {
                    report.error(place, format!("no heading `#{anchor}` in the file that it links to"));
                }
            }
        }
    }
}

/// The relative links of a document, outside code, each with its line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second part lies between backticks.
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for part in plain.split("](").skip(1) {
            let link = part.split([')', ' ']).next().unwrap_or_default();
            if !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:") {
                found.push((index + 1, link.to_owned()));
            }
        }
    }
    found
}

/// The anchors of a document's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_headings() {
        let text = "See [a](b.md#c), [d](https://x.y) and `[e](f.md)`.\n```\n[g](h.md)\n```\n![i](j.svg \"k\")\n";
        assert_eq!(links(text), [(1, "b.md#c".to_owned()), (5, "j.svg".to_owned())]);
        assert!(anchors("## Who may import whom?\n").contains("who-may-import-whom"));
        assert!(anchors("# 品级 Pinji\n").contains("品级-pinji"));
    }
}
