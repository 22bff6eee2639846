//! Writes every picture and page with made-up data into a folder, to be looked at: `cargo run --example gallery -- DIR`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]
#![expect(
    clippy::disallowed_methods,
    reason = "the gallery is a program: it takes a folder and writes files"
)]

#[path = "../tests/made_up.rs"]
mod made_up;

use std::path::PathBuf;

use pinji_charts::{CutLine, Step, Waterfall, grade_paint, waterfall};
use pinji_domain::Lang;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder to write into"));
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    for lang in Lang::ALL {
        write(
            &format!("report-{}.html", lang.code()),
            pinji_report::html(&made_up::report(), lang),
        );
        write(
            &format!("nine-{}.html", lang.code()),
            pinji_report::html(&made_up::nine_levels(), lang),
        );
        let mut policy = made_up::policy();
        policy.lang = lang;
        write(
            &format!("policy-{}.html", lang.code()),
            pinji_report::policy::html(&policy),
        );
    }
    write("policy.md", pinji_report::policy::markdown(&made_up::policy()));
    let step = |label: &str, units, most| Step {
        label: label.into(),
        units,
        most: Some(most),
    };
    let picture = waterfall(&Waterfall {
        frame: pinji_charts::Frame {
            lang: Lang::Zh,
            title: "深圳市前海华信供应链管理服务股份有限公司：贡献得分 71.52，因违约封顶为普通客户".into(),
            subtitle: "2026-06-30 · ToB 客户分级标准 2026.1".into(),
            width: 720,
        },
        steps: vec![
            step("财务状况", 2210, 3000),
            step("经营规模", 3142, 4000),
            step("合作情况（含履约、投诉、满意度等五项指标的综合评价结果）", 1800, 3000),
        ],
        decimals: 2,
        total: "贡献得分".into(),
        paint: grade_paint(3, 4),
        cuts: vec![
            CutLine {
                at: 8000,
                label: "VIP客户 ≥ 80.00".into(),
                binds: false,
            },
            CutLine {
                at: 6500,
                label: "重点客户 ≥ 65.00".into(),
                binds: false,
            },
            CutLine {
                at: 7152,
                label: "封顶：12个月内有违约，最高普通客户".into(),
                binds: true,
            },
        ],
    });
    write("waterfall.svg", picture);
}
