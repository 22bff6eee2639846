//! Place names at the head of company names: 广东省深圳市 before the brand. 地名
//!
//! Provinces and prefectures are known with and without 省, 市 and the like. A county is known by its full name; a city
//! of county rank (昆山, 义乌) also without 市, but only where a wrong guess does no harm: see [`Places::Loose`].

use std::collections::HashMap;
use std::sync::OnceLock;

static TEXT: &str = include_str!("../data/places.txt");

/// How boldly a place is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Places {
    /// What is a place and hardly ever a brand.
    Strict,
    /// As well short names of county-level cities, some of which are also brands (东方, 永安).
    Loose,
}

/// How many places may follow one another.
const MOST: usize = 4;
/// What places are called after their name, longest first; peoples are taken off one by one.
const ENDINGS: &[&str] = &["特别行政区", "自治区", "自治州", "地区", "省", "市", "盟"];
const PEOPLES: &str = "维吾尔 壮族 回族 朝鲜族 土家族 苗族 藏族 羌族 彝族 布依族 \
    侗族 哈尼族 傣族 白族 景颇族 傈僳族 蒙古族 蒙古 柯尔克孜 哈萨克";
/// Short names that are brands before they are places.
const BRANDS: &[&str] = &["阿里"];

struct Known {
    name: Vec<char>,
    bold: Places,
    /// The name without 省, 市 and the like, in characters.
    bare: usize,
}

/// The places that `chars` begins with: where each one starts, ends, and ends without 省 or 市. 前置地名
pub(crate) fn leading(chars: &[char], bold: Places) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < MOST {
        let rest = chars.get(at..).unwrap_or_default();
        let Some((len, bare)) = longest(rest, bold) else { break };
        found.push((at, at + len, at + bare));
        at += len;
    }
    found
}

/// How many characters of `chars` are places before something else begins; 0 where nothing would be left. 品牌起点
pub(crate) fn before_brand(chars: &[char], bold: Places) -> usize {
    let end = leading(chars, bold).last().map_or(0, |place| place.1);
    if end < chars.len() { end } else { 0 }
}

fn longest(chars: &[char], bold: Places) -> Option<(usize, usize)> {
    let places = known().get(chars.first()?)?;
    let place = places
        .iter()
        .find(|place| place.bold <= bold && chars.starts_with(&place.name))?;
    Some((place.name.len(), place.bare))
}

/// The places by their first character, longer names first.
fn known() -> &'static HashMap<char, Vec<Known>> {
    static TABLE: OnceLock<HashMap<char, Vec<Known>>> = OnceLock::new();
    TABLE.get_or_init(read)
}

fn read() -> HashMap<char, Vec<Known>> {
    let mut table: HashMap<char, Vec<Known>> = HashMap::new();
    let mut add = |name: &str, bare: &str, bold| {
        let Some(first) = name.chars().next() else { return };
        let (name, bare) = (name.chars().collect(), bare.chars().count());
        let places = table.entry(first).or_default();
        // What is known strictly stays so.
        if !places.iter().any(|place| place.name == name) {
            places.push(Known { name, bold, bare });
        }
    };
    for name in ["中国", "中华人民共和国"] {
        add(name, name, Places::Strict);
    }
    let mut county = false;
    for line in TEXT.lines() {
        if let Some(level) = line.strip_prefix("# ") {
            county = level == "county";
            continue;
        }
        for name in line.split_whitespace() {
            let bare = bare(name);
            let city = !county || name.ends_with('市');
            let short = if city && bare.chars().count() >= 2 && !BRANDS.contains(&bare) {
                bare
            } else {
                name
            };
            add(name, short, Places::Strict);
            add(short, short, if county { Places::Loose } else { Places::Strict });
        }
    }
    for places in table.values_mut() {
        places.sort_by_key(|place| std::cmp::Reverse(place.name.len()));
    }
    table
}

fn bare(name: &str) -> &str {
    let mut bare = ENDINGS
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    while let Some(shorter) = PEOPLES.split(' ').find_map(|people| bare.strip_suffix(people)) {
        // 内蒙古 keeps its people, or nothing but 内 would stay.
        if shorter.chars().count() < 2 {
            break;
        }
        bare = shorter;
    }
    bare
}
