//! Units in headings and cells: 元, 万元, 亿元, %, CNY million. 单位

use crate::fold;

/// What a unit counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Base {
    /// Money, with the ISO code where the unit names a currency.
    Money(Option<&'static str>),
    /// Hundredths.
    Percent,
    /// Days, months, years or hours, by the shortest English name.
    Time(&'static str),
    /// `分`: a hundredth of a yuan under a heading of money, a point anywhere else.
    Fen,
    /// People, pieces, companies: whatever is counted.
    Count,
}

/// A unit: so many powers of ten of something. 单位
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// 万 is 4, 亿 is 8, % is -2.
    pub power: i32,
    /// What is counted.
    pub base: Base,
}

/// Reads a whole unit such as `万元`, `%`, `人民币百万元`, `USD thousand`, `万人`. `None` for any other text.
pub(crate) fn parse(text: &str) -> Option<Unit> {
    let folded = fold::normal(text).to_lowercase();
    let mut rest = folded.as_str();
    for prefix in ["单位", "單位", "unit", "in "] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest).trim_start_matches([':', ' ']);
    }
    let rest = rest.trim();
    match rest {
        "" => return None,
        "%" | "百分比" | "百分数" | "percent" | "pct" | "per cent" => {
            return Some(Unit {
                power: -2,
                base: Base::Percent,
            });
        }
        "‰" | "千分比" => {
            return Some(Unit {
                power: -3,
                base: Base::Percent,
            });
        }
        _ => {}
    }
    han(rest).or_else(|| latin(rest))
}

/// Splits a heading into its words and its unit: `营业收入（万元）` into `营业收入` and 万元.
///
/// The unit may stand in brackets anywhere, or after the last `/`, `:`, `_`, `-`, comma or space.
pub(crate) fn split(heading: &str) -> (String, Option<Unit>) {
    let folded = fold::normal(heading);
    let mut open = None;
    for (at, character) in folded.char_indices() {
        match character {
            '(' | '[' | '<' => open = Some(at),
            ')' | ']' | '>' => {
                let Some(start) = open.take() else { continue };
                let inside = folded.get(start + 1..at).unwrap_or_default();
                if let Some(unit) = parse(inside) {
                    let before = folded.get(..start).unwrap_or_default();
                    let after = folded.get(at + character.len_utf8()..).unwrap_or_default();
                    return (format!("{before}{after}"), Some(unit));
                }
            }
            _ => {}
        }
    }
    let cut = folded
        .char_indices()
        .rev()
        .find(|(_, character)| matches!(character, '/' | ':' | '_' | '-' | ',' | ' '));
    if let Some((at, character)) = cut {
        let after = folded.get(at + character.len_utf8()..).unwrap_or_default();
        let before = folded.get(..at).unwrap_or_default();
        // A bare `人` or `月` after a space is more likely a word than a unit: only scales and money count here.
        let unit = parse(after).filter(|unit| matches!(unit.base, Base::Money(_) | Base::Percent));
        let words = before.trim_end_matches([' ', ':']);
        let words = words
            .strip_suffix("单位")
            .or_else(|| words.strip_suffix("單位"))
            .unwrap_or(words);
        if let (Some(unit), false) = (unit, words.trim().is_empty()) {
            return (words.to_owned(), Some(unit));
        }
    }
    if let Some(before) = folded.strip_suffix('%').filter(|before| !before.trim().is_empty()) {
        return (
            before.to_owned(),
            Some(Unit {
                power: -2,
                base: Base::Percent,
            }),
        );
    }
    (folded, None)
}

/// Takes the scale words off the front: `百万元` gives 6 and `元`. No words give 0.
pub(crate) fn scale_words(text: &str) -> (i32, &str) {
    let mut power = 0;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        power += match character {
            '十' | '拾' => 1,
            '百' | '佰' => 2,
            '千' | '仟' => 3,
            '万' | '萬' => 4,
            '亿' | '億' => 8,
            _ => break,
        };
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    (power, rest)
}

/// The ISO code of a currency word or sign at the front of `text`, and what follows.
pub(crate) fn currency(text: &str) -> Option<(Option<&'static str>, &str)> {
    const WORDS: [(&str, Option<&str>); 38] = [
        ("人民币", Some("CNY")),
        ("人民幣", Some("CNY")),
        ("rmb", Some("CNY")),
        ("cny", Some("CNY")),
        ("美元", Some("USD")),
        ("美金", Some("USD")),
        ("usd", Some("USD")),
        ("us$", Some("USD")),
        ("港元", Some("HKD")),
        ("港币", Some("HKD")),
        ("港幣", Some("HKD")),
        ("hkd", Some("HKD")),
        ("hk$", Some("HKD")),
        ("新台币", Some("TWD")),
        ("新臺幣", Some("TWD")),
        ("新台幣", Some("TWD")),
        ("台币", Some("TWD")),
        ("nt$", Some("TWD")),
        ("twd", Some("TWD")),
        ("欧元", Some("EUR")),
        ("歐元", Some("EUR")),
        ("eur", Some("EUR")),
        ("€", Some("EUR")),
        ("英镑", Some("GBP")),
        ("英鎊", Some("GBP")),
        ("gbp", Some("GBP")),
        ("£", Some("GBP")),
        ("日元", Some("JPY")),
        ("日圆", Some("JPY")),
        ("日圓", Some("JPY")),
        ("jpy", Some("JPY")),
        ("kzt", Some("KZT")),
        ("sgd", Some("SGD")),
        ("澳门元", Some("MOP")),
        // Signs that several currencies share say that it is money, not whose.
        ("$", None),
        ("¥", None),
        ("元", None),
        ("圆", None),
    ];
    let lower = text.get(..text.len().min(9)).map(str::to_lowercase);
    WORDS.iter().find_map(|(word, code)| {
        let head = text.get(..word.len())?;
        let same = head == *word
            || lower
                .as_deref()
                .is_some_and(|lower| word.is_ascii() && lower.starts_with(word));
        // A Latin word must end where the currency ends: `usdt` is none.
        let rest = text.get(word.len()..)?;
        let runs_on = word.ends_with(|last: char| last.is_ascii_alphabetic())
            && rest.starts_with(|next: char| next.is_ascii_alphabetic());
        (same && !runs_on).then_some((*code, rest))
    })
}

/// `人民币万元`, `万美元`, `千元`, `万`, `万人`, `天`.
fn han(text: &str) -> Option<Unit> {
    let (before, rest) = match currency(text) {
        Some((code, rest)) => (Some(code), rest.trim_start()),
        None => (None, text),
    };
    let (power, rest) = scale_words(rest);
    if rest.is_empty() {
        return (before.is_some() || power > 0).then_some(Unit {
            power,
            base: Base::Money(before.flatten()),
        });
    }
    if let Some((after, "")) = currency(rest) {
        return Some(Unit {
            power,
            base: Base::Money(before.flatten().or(after)),
        });
    }
    if before.is_some() {
        return None;
    }
    let base = match rest {
        "天" | "日" | "days" | "day" => Base::Time("day"),
        "月" | "个月" | "個月" | "months" | "month" => Base::Time("month"),
        "年" | "years" | "year" => Base::Time("year"),
        "小时" | "小時" | "hours" | "hour" => Base::Time("hour"),
        "分" if power == 0 => Base::Fen,
        "人" | "名" | "户" | "戶" | "家" | "个" | "個" | "件" | "笔" | "筆" | "次" | "台" | "臺" | "套" | "吨"
        | "噸" | "份" | "项" | "項" | "股" | "辆" | "单" | "张" | "people" | "pcs" | "orders" => Base::Count,
        _ => return None,
    };
    Some(Unit { power, base })
}

/// `CNY million`, `thousand yuan`, `USD mn`, `'000`, `thousands`.
fn latin(text: &str) -> Option<Unit> {
    let mut power = None;
    let mut money = false;
    let mut code = None;
    for word in text.split([' ', '.']).filter(|word| !word.is_empty() && *word != "of") {
        let scale = match word {
            "thousand" | "thousands" | "'000" | "'000s" => Some(3),
            "million" | "millions" | "mn" | "mln" | "mio" => Some(6),
            "billion" | "billions" | "bn" | "bln" => Some(9),
            _ => None,
        };
        match scale {
            Some(scale) if power.is_none() => power = Some(scale),
            Some(_) => return None,
            None if matches!(word, "yuan" | "dollars" | "dollar") => money = true,
            None => match currency(word) {
                Some((found, rest)) => {
                    (money, code) = (true, found);
                    match rest {
                        "" => {}
                        "k" | "'000" | "000" if power.is_none() => power = Some(3),
                        "m" | "mn" if power.is_none() => power = Some(6),
                        "bn" if power.is_none() => power = Some(9),
                        _ => return None,
                    }
                }
                None => return None,
            },
        }
    }
    (money || power.is_some()).then_some(Unit {
        power: power.unwrap_or(0),
        base: Base::Money(code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read() {
        let money = |power, code| {
            Some(Unit {
                power,
                base: Base::Money(code),
            })
        };
        let check = |text: &str, unit: Option<Unit>| assert_eq!(parse(text), unit, "{text}");
        check("元", money(0, None));
        check("万元", money(4, None));
        check("萬元", money(4, None));
        check("仟元", money(3, None));
        check("百万元", money(6, None));
        check("亿元", money(8, None));
        check("单位：万元", money(4, None));
        check("人民币千元", money(3, Some("CNY")));
        check("万美元", money(4, Some("USD")));
        check("USD thousand", money(3, Some("USD")));
        check("CNY million", money(6, Some("CNY")));
        check("RMB'000", money(3, Some("CNY")));
        check("thousand yuan", money(3, None));
        check("万", money(4, None));
        check(
            "%",
            Some(Unit {
                power: -2,
                base: Base::Percent,
            }),
        );
        check(
            "％",
            Some(Unit {
                power: -2,
                base: Base::Percent,
            }),
        );
        check(
            "万人",
            Some(Unit {
                power: 4,
                base: Base::Count,
            }),
        );
        check(
            "天",
            Some(Unit {
                power: 0,
                base: Base::Time("day"),
            }),
        );
        check("上年", None);
        check("usdt", None);
        check("", None);
    }

    #[test]
    fn headings_are_split() {
        let check = |heading: &str, words: &str, power: Option<i32>| {
            let (found, unit) = split(heading);
            assert_eq!((found.trim(), unit.map(|unit| unit.power)), (words, power), "{heading}");
        };
        check("营业收入（万元）", "营业收入", Some(4));
        check("营业收入(上年)(亿元)", "营业收入(上年)", Some(8));
        check("营业收入/万元", "营业收入", Some(4));
        check("营业收入 单位：千元", "营业收入", Some(3));
        check("营业收入（上年）", "营业收入(上年)", None);
        check("上月比較增減(%)", "上月比較增減", Some(-2));
        check("毛利率%", "毛利率", Some(-2));
        check("Revenue (CNY million)", "Revenue", Some(6));
        check("InvoiceNo", "InvoiceNo", None);
        check("账龄 天", "账龄 天", None);
        check("万元", "万元", None);
    }
}
