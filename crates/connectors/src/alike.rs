//! What somebody may have meant: names that are nearly alike, in Chinese as in Latin letters. 相近名称

use crate::fold;
use crate::unit;

/// The candidate that is most like any of these names; `None` when none is alike. 最相近的名称
///
/// Abbreviations count in Chinese: 营收 is like 营业收入. Latin names are alike by their spelling, or where one begins the
/// other.
pub fn nearest<'a>(names: &[&str], candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<Vec<char>> = names.iter().map(|name| folded(name)).collect();
    let likeness = |candidate: &str| {
        let candidate = folded(candidate);
        names.iter().map(|name| alike(name, &candidate)).fold(0.0, f64::max)
    };
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let found = likeness(candidate);
        // The first of equals, so that the order of columns decides.
        if found > best.map_or(0.0, |(known, _)| known) {
            best = Some((found, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A name without its unit, its case and its punctuation.
fn folded(name: &str) -> Vec<char> {
    fold::name(&unit::split(name).0).chars().collect()
}

/// How alike two names are, from 0 (not at all) to 1.
fn alike(one: &[char], other: &[char]) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let together = (one.len() + other.len()) as f64;
    let share = 2.0 * common(one, other) as f64 / together;
    let is_latin = |name: &[char]| name.iter().all(char::is_ascii);
    let shorter = one.len().min(other.len());
    // Two signs of Chinese say as much as a word; letters need more before chance is ruled out.
    let (enough, begins) = match is_latin(one) && is_latin(other) {
        true => (0.75, shorter >= 3 && (one.starts_with(other) || other.starts_with(one))),
        false => (0.5, false),
    };
    if share >= enough || begins { share } else { 0.0 }
}

/// How many characters two names have in common, in the same order.
fn common(one: &[char], other: &[char]) -> usize {
    let mut before = vec![0_usize; other.len() + 1];
    for a in one {
        let mut line = vec![0_usize];
        for ((b, above), corner) in other.iter().zip(before.iter().skip(1)).zip(&before) {
            let left = line.last().copied().unwrap_or(0);
            line.push(if a == b { corner + 1 } else { left.max(*above) });
        }
        before = line;
    }
    before.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        let headings = ["客户", "营收（万元）", "净利", "Rev.", "Overdue", "备注"];
        let check = |names: &[&str], meant: Option<&str>| assert_eq!(nearest(names, headings), meant, "{names:?}");
        check(&["revenue", "营业收入", "Revenue"], Some("营收（万元）"));
        check(&["Revenue"], Some("Rev."));
        check(&["net_profit", "净利润"], Some("净利"));
        check(&["overdue_days", "逾期天数"], Some("Overdue"));
        check(&["id", "客户编号"], Some("客户"));
        check(&["patents", "有效专利"], None);
        check(&[""], None);
        assert_eq!(nearest(&["revenu"], ["overdue", "revenue"]), Some("revenue"));
        assert_eq!(nearest(&["turnover"], ["revenue"]), None);
    }
}
