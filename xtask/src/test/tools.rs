//! What the tests need beyond cargo: LibreOffice, for the check that the workbook opens and says the same numbers,
//! PostgreSQL, since the office is tested on both of its databases, and a program in Python that tries the interface out.

use std::fs;

use crate::shell;

/// A program of others, the package that brings it under the names of Debian and Ubuntu, and what is not tested without.
struct Tool {
    package: &'static str,
    there: fn() -> bool,
    serves: &'static str,
}

const TOOLS: [Tool; 2] = [
    Tool {
        package: "libreoffice-calc",
        there: || ["soffice", "libreoffice"].into_iter().any(shell::on_path),
        serves: "the workbook check",
    },
    Tool {
        package: "postgresql",
        there: has_postgres,
        serves: "the tests of the office on PostgreSQL",
    },
];

/// Installs what is absent where that can be done without asking anybody, and says otherwise what to install. The
/// tests that need it then print that they were skipped.
pub fn prepare() {
    for tool in TOOLS.iter().filter(|tool| !(tool.there)()) {
        if may_install() && install(tool.package) && (tool.there)() {
            continue;
        }
        println!(
            "{} needs {package}. Install it, for instance with\n    \
             sudo apt-get install -y --no-install-recommends {package}\nand run the tests again.",
            tool.serves,
            package = tool.package
        );
    }
    prepare_python();
}

/// Installs the programs in Python beside the build; where that cannot be, the tests that need them say so.
fn prepare_python() {
    const WANTED: &str = "crates/server/tests/requirements.txt";
    let root = shell::root();
    // What was installed is noted beside it, so that a list that has grown is installed anew.
    let (wanted, noted) = (root.join(WANTED), root.join("target/python/requirements.txt"));
    if fs::read(&wanted).is_ok_and(|wanted| fs::read(&noted).is_ok_and(|noted| noted == wanted)) {
        return;
    }
    println!("installing {WANTED}");
    let mut steps = [
        shell::command("python3", &["-m", "venv", "target/python"]),
        shell::command("target/python/bin/pip", &["install", "--quiet", "-r", WANTED]),
    ];
    let done = steps
        .iter_mut()
        .all(|step| shell::output(step).is_ok_and(|output| output.status.success()));
    if !(done && fs::copy(&wanted, &noted).is_ok()) {
        println!("the test of the interface needs Python 3 with venv, and the packages of {WANTED}.");
    }
}

/// Debian keeps the server's programs out of the path, one folder per version.
fn has_postgres() -> bool {
    let mut versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    shell::on_path("initdb") || versions.any(|version| version.path().join("bin/initdb").exists())
}

fn may_install() -> bool {
    let root = shell::text(&mut shell::command("id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    root && shell::on_path("apt-get")
}

fn install(package: &str) -> bool {
    println!("installing {package}");
    let words = ["install", "-y", "-qq", "--no-install-recommends", package];
    let quietly = |words: &[&str]| {
        let mut command = shell::command("apt-get", words);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        shell::output(&mut command).is_ok_and(|output| output.status.success())
    };
    // Without package lists the first try fails at once.
    quietly(&words) || (quietly(&["update", "-qq"]) && quietly(&words))
}
