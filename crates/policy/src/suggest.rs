//! Did you mean …? The nearest of the names that would have been right. 拼写建议

/// The candidate that `wrong` most likely meant; `None` when none is near.
pub(crate) fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(wrong);
    // One letter for another is no likeness where there is but one.
    let allowed = match folded.chars().count() {
        0 | 1 => 0,
        length => (length / 3).clamp(1, 3),
    };
    candidates
        .into_iter()
        .filter(|candidate| !candidate.is_empty())
        .map(|candidate| (distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Case, hyphens and blanks are not what a spelling is about.
fn fold(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == '-' || c == ' ' { '_' } else { c })
        .collect()
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (row, a) in from.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, b) in to.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&above, column + 1) + 1)
                .min(at(&line, column) + 1)
                .min(at(&above, column) + usize::from(a != b));
            let swapped = row > 0 && column > 0 && from.get(row - 1) == Some(b) && to.get(column - 1) == Some(a);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            line.push(best);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        let names = ["revenue", "net_profit", "total_assets", "资产总额"];
        let check = |wrong: &str, right: Option<&str>| assert_eq!(nearest(wrong, names), right, "{wrong}");
        check("revenu", Some("revenue"));
        check("Revenue", Some("revenue"));
        check("net-profit", Some("net_profit"));
        check("ent_profit", Some("net_profit"));
        check("total_asets", Some("total_assets"));
        check("资产总颜", Some("资产总额"));
        check("turnover", None);
        assert_eq!(nearest("D", ["A", "B", "C"]), None);
        assert_eq!(nearest("b", ["A", "B", "C"]), Some("B"));
        assert_eq!(nearest("AB", ["AAA", "AA", "A"]), Some("AA"));
        check("", None);
    }
}
