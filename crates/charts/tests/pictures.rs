//! Properties of pictures: readable by machines and people, true to their numbers, nothing outside, nothing covered.

use pinji_charts::{
    Bar, Bars, Bin, CutLine, CutOff, Frame, HeatMap, Histogram, Paint, Profile, Series, Side, Step, Waterfall, bars,
    grade_paint, heat_map, histogram, profile, text, waterfall,
};
use pinji_domain::Lang;

use crate::markup::{Element, read};

const HOSTILE: &str = "</text><script>alert(1)</script>\"' & \u{0}\u{1b}<![CDATA[";
const LONG: &str = "江苏恒通新材料科技集团股份有限公司苏州工业园区第二分公司（原苏州恒通化工有限责任公司）";
const LATIN: &str = "WWW Westfälische Maschinenbaugesellschaft mit beschränkter Haftung & Co. KGaA";
const LABELS: [&str; 6] = ["VIP", "重点客户", LONG, LATIN, HOSTILE, ""];
const WIDTHS: [u32; 4] = [320, 480, 620, 1000];

fn frame(lang: Lang, width: u32, title: &str) -> Frame {
    Frame {
        lang,
        title: title.into(),
        subtitle: format!("n = 2,000 · 2026-06-30 · {title}"),
        width,
    }
}

/// Every picture at every width, with every label somewhere.
fn all() -> Vec<(String, String)> {
    let mut pictures = Vec::new();
    for width in WIDTHS {
        for (lang, shift) in [(Lang::Zh, 0), (Lang::En, 3)] {
            let label = |index: usize| LABELS[(index + shift) % LABELS.len()].to_owned();
            let name = |kind: &str| format!("{kind} {width} {lang:?}");
            let frame = || frame(lang, width, &format!("{} 题", label(2)));
            for of in [1, 3, 4, 9] {
                pictures.push((name(&format!("bars of {of}")), bars(&bar_chart(frame(), of, &label))));
                pictures.push((
                    name(&format!("profile of {of}")),
                    profile(&profile_chart(frame(), of, &label)),
                ));
                pictures.push((
                    name(&format!("heat map of {of}")),
                    heat_map(&matrix(frame(), of, &label)),
                ));
                pictures.push((
                    name(&format!("histogram of {of}")),
                    histogram(&spread(frame(), of, &label)),
                ));
                pictures.push((
                    name(&format!("waterfall of {of}")),
                    waterfall(&fall(frame(), of, &label)),
                ));
            }
        }
    }
    pictures
}

fn bar_chart(frame: Frame, of: usize, label: &dyn Fn(usize) -> String) -> Bars {
    let row = |index: usize| Bar {
        label: label(index),
        paint: (index % 3 < 2).then(|| grade_paint(index, of)),
        value: [0.0, 1.0, 1_204_331.0, f64::NAN, -3.0][index % 5],
        text: format!(
            "{} {}",
            index * 1_204_331,
            if index == 4 { label(2) } else { String::new() }
        ),
        before: index.is_multiple_of(2).then_some([2_000_000.0, 0.0][index % 4 / 2]),
    };
    Bars {
        frame,
        rows: (0..of + 3).map(row).collect(),
        before: label(3),
        top: None,
    }
}

fn profile_chart(frame: Frame, of: usize, label: &dyn Fn(usize) -> String) -> Profile {
    let series = |rank: usize| Series {
        label: label(rank),
        paint: grade_paint(rank, of),
        means: vec![
            Some(100.0),
            Some(0.0),
            None,
            Some(f64::INFINITY),
            Some(123.4),
            Some(-1.0),
            Some(33.333),
        ],
    };
    Profile {
        frame,
        axes: (0..7).map(label).collect(),
        series: (0..of).map(series).collect(),
    }
}

fn matrix(frame: Frame, of: usize, label: &dyn Fn(usize) -> String) -> HeatMap {
    let side = |rank: usize| Side {
        id: rank.to_string(),
        label: label(rank),
        paint: grade_paint(rank, of),
    };
    let none = Side {
        id: String::new(),
        label: "未定级".into(),
        paint: Paint::ungraded(),
    };
    let sides: Vec<Side> = (0..of).map(side).chain([none]).collect();
    let cell = |row: usize, column: usize| {
        if row == column {
            12_345_678
        } else {
            (row * 31 + column * 7) as u64 % 900
        }
    };
    HeatMap {
        frame,
        from: sides.clone(),
        to: sides,
        cells: (0..=of)
            .map(|row| (0..=of).map(|column| cell(row, column)).collect())
            .collect(),
        from_title: label(1),
        to_title: label(2),
    }
}

fn spread(frame: Frame, of: usize, label: &dyn Fn(usize) -> String) -> Histogram {
    let bin = |index: u32| Bin {
        from: f64::from(index) * 5.0,
        to: f64::from(index) * 5.0 + 5.0,
        count: [0, 1, 40_000_000][index as usize % 3],
    };
    let cut = |rank: usize| CutOff {
        at: 95.0 - rank as f64 * 9.5,
        label: label(rank),
    };
    Histogram {
        frame,
        bins: (0..20).map(bin).collect(),
        cut_offs: (0..of).map(cut).collect(),
        across: label(1),
        up: label(0),
    }
}

fn fall(frame: Frame, of: usize, label: &dyn Fn(usize) -> String) -> Waterfall {
    let step = |index: usize| Step {
        label: label(index),
        units: [2210, 0, -450, 3142][index % 4],
        most: (index % 4 != 2).then_some(4000),
    };
    let cut = |rank: usize| CutLine {
        at: 9500 - rank as i64 * 900,
        label: label(rank),
        binds: rank == 0,
    };
    Waterfall {
        frame,
        steps: (0..of).map(step).collect(),
        decimals: 2,
        total: label(1),
        paint: grade_paint(of - 1, of),
        cuts: (0..of.min(4)).map(cut).collect(),
    }
}

/// Where a text element runs: left, right, baseline.
fn span(element: &Element) -> (f64, f64, f64) {
    let (x, y) = (element.number("x").unwrap(), element.number("y").unwrap());
    let wide = text::width(&element.text, element.number("font-size").unwrap());
    let left = match element.get("text-anchor") {
        Some("middle") => x - wide / 2.0,
        Some("end") => x - wide,
        _ => x,
    };
    (left, left + wide, y)
}

#[test]
fn every_picture_can_be_read_by_machines() {
    for (name, picture) in all() {
        let elements = read(&picture);
        let root = &elements[0];
        assert_eq!((root.name.as_str(), root.get("role")), ("svg", Some("img")), "{name}");
        let tops: Vec<&Element> = elements
            .iter()
            .filter(|element| element.inside == ["svg"])
            .take(2)
            .collect();
        assert_eq!(
            (tops[0].name.as_str(), tops[1].name.as_str()),
            ("title", "desc"),
            "{name}"
        );
        assert!(!tops[0].text.is_empty() && !tops[1].text.is_empty(), "{name}");
        let known = ["svg", "title", "desc", "g", "rect", "line", "text"];
        for element in &elements {
            assert!(known.contains(&element.name.as_str()), "{name}: {element:?}");
            let fetches = element.attributes.iter().any(|(key, value)| {
                key.starts_with("on") || key == "style" || key == "href" || (value.contains("://") && key != "xmlns")
            });
            assert!(!fetches, "{name}: {element:?}");
        }
    }
}

#[test]
fn nothing_leaves_the_picture() {
    for (name, picture) in all() {
        let elements = read(&picture);
        let (width, height) = (
            elements[0].number("width").unwrap(),
            elements[0].number("height").unwrap(),
        );
        for element in elements.iter().filter(|element| element.name == "text") {
            let (left, right, y) = span(element);
            assert!(
                left >= -0.6 && right <= width + 0.6,
                "{name}: {element:?} from {left} to {right}"
            );
            assert!(y >= 8.0 && y <= height, "{name}: {element:?}");
        }
        for element in elements.iter().filter(|element| element.name == "rect") {
            let at = |name: &str| element.number(name).unwrap();
            let inside = at("x") >= 0.0 && at("x") + at("width") <= width + 0.6;
            assert!(
                inside && at("y") >= 0.0 && at("y") + at("height") <= height + 0.6,
                "{name}: {element:?}"
            );
        }
    }
}

#[test]
fn no_word_covers_another() {
    for (name, picture) in all() {
        let texts: Vec<Element> = read(&picture)
            .into_iter()
            .filter(|element| element.name == "text" && !element.text.is_empty())
            .collect();
        for (index, one) in texts.iter().enumerate() {
            for other in &texts[..index] {
                let ((a, b, y), (c, d, z)) = (span(one), span(other));
                let apart = b <= c + 1.0 || d <= a + 1.0 || (y - z).abs() >= 11.0;
                assert!(
                    apart,
                    "{name}: {:?} ({a}..{b}, {y}) on {:?} ({c}..{d}, {z})",
                    one.text, other.text
                );
            }
        }
    }
}

#[test]
fn hostile_labels_stay_text() {
    let label = |_: usize| HOSTILE.to_owned();
    let frame = || frame(Lang::Zh, 620, HOSTILE);
    let shown = HOSTILE.replace(['\u{0}', '\u{1b}'], "\u{FFFD}");
    let pictures = [
        bars(&bar_chart(frame(), 4, &label)),
        profile(&profile_chart(frame(), 4, &label)),
        heat_map(&matrix(frame(), 4, &label)),
        histogram(&spread(frame(), 4, &label)),
        waterfall(&fall(frame(), 4, &label)),
    ];
    for picture in pictures {
        assert!(
            !picture.contains("<script") && !picture.contains("<![CDATA"),
            "{picture}"
        );
        let elements = read(&picture);
        let described = elements.iter().find(|element| element.name == "desc").unwrap();
        assert!(described.text.matches(&shown).count() >= 4, "{described:?}");
    }
}

#[test]
fn the_same_numbers_give_the_same_picture() {
    assert_eq!(all(), all());
}

/// The numbers that a picture carries.
fn values(picture: &str) -> Vec<f64> {
    let elements = read(picture);
    elements
        .iter()
        .filter_map(|element| element.get("data-value"))
        .filter_map(|value| value.parse().ok())
        .collect()
}

#[test]
fn bars_are_as_long_as_their_numbers() {
    let plain = frame(Lang::Zh, 620, "题");
    let row = |value: f64| Bar {
        label: "甲".into(),
        paint: None,
        value,
        text: value.to_string(),
        before: None,
    };
    let chart = Bars {
        frame: plain,
        rows: [40.0, 20.0, 10.0].map(row).to_vec(),
        before: String::new(),
        top: None,
    };
    let picture = bars(&chart);
    assert_eq!(values(&picture), [40.0, 20.0, 10.0]);
    let marks: Vec<Element> = read(&picture)
        .into_iter()
        .filter(|element| element.get("data-value").is_some())
        .collect();
    // One pixel of each bar is its outline, drawn inside.
    let lengths: Vec<f64> = marks.iter().map(|mark| mark.number("width").unwrap() + 1.0).collect();
    assert!(
        (lengths[0] / lengths[1] - 2.0).abs() < 0.01 && (lengths[0] / lengths[2] - 4.0).abs() < 0.01,
        "{lengths:?}"
    );
    assert!(
        marks.windows(2).all(|pair| pair[0].get("x") == pair[1].get("x")),
        "all from zero"
    );
}

#[test]
fn histograms_and_matrices_keep_every_count() {
    let label = |_: usize| "甲".to_owned();
    let chart = spread(frame(Lang::Zh, 620, "题"), 4, &label);
    let counted: u64 = chart.bins.iter().map(|bin| bin.count).sum();
    assert_eq!(values(&histogram(&chart)).iter().sum::<f64>(), counted as f64);
    let chart = matrix(frame(Lang::Zh, 620, "题"), 9, &label);
    let counted: u64 = chart.cells.iter().flatten().sum();
    let picture = heat_map(&chart);
    assert_eq!(values(&picture).iter().sum::<f64>(), counted as f64);
    assert_eq!(values(&picture).len(), 100, "a number in every cell");
    let boxes = read(&picture)
        .iter()
        .filter(|element| element.get("stroke-width") == Some("2.5"))
        .count();
    assert_eq!(boxes, 10, "the diagonal is boxed");
}

#[test]
fn a_waterfall_sums_to_its_total() {
    for of in [1, 3, 9] {
        let label = |index: usize| index.to_string();
        let chart = fall(frame(Lang::Zh, 720, "题"), of, &label);
        let found = values(&waterfall(&chart));
        let (total, parts) = found.split_last().unwrap();
        assert_eq!(*total, parts.iter().sum::<f64>());
        assert_eq!(parts.len(), of);
    }
}

#[test]
fn empty_charts_say_so() {
    let frame = || frame(Lang::Zh, 620, "题");
    let nothing = [
        bars(&Bars {
            frame: frame(),
            rows: Vec::new(),
            before: String::new(),
            top: None,
        }),
        histogram(&Histogram {
            frame: frame(),
            bins: Vec::new(),
            cut_offs: Vec::new(),
            across: "分".into(),
            up: "数".into(),
        }),
        profile(&Profile {
            frame: frame(),
            axes: vec!["甲".into()],
            series: Vec::new(),
        }),
        heat_map(&HeatMap {
            frame: frame(),
            from: Vec::new(),
            to: Vec::new(),
            cells: Vec::new(),
            from_title: String::new(),
            to_title: String::new(),
        }),
    ];
    for picture in nothing {
        assert!(
            read(&picture).iter().any(|element| element.text == "没有可画的数据"),
            "{picture}"
        );
    }
}
