//! What the tests need beyond cargo: LibreOffice, for the check that the workbook opens and says the same numbers.

use crate::shell;

/// The packages, under the names of Debian and Ubuntu.
const PACKAGES: [&str; 1] = ["libreoffice-calc"];

/// Installs what is absent where that can be done without asking anybody, and says otherwise what to install. The
/// tests that need it then print that they were skipped.
pub fn prepare() {
    if has_office() || (may_install() && install() && has_office()) {
        return;
    }
    println!(
        "the workbook check needs LibreOffice Calc (`soffice`). Install it, for instance with\n    \
         sudo apt-get install -y --no-install-recommends {}\nand run the tests again.",
        PACKAGES.join(" ")
    );
}

fn has_office() -> bool {
    ["soffice", "libreoffice"].into_iter().any(shell::on_path)
}

fn may_install() -> bool {
    let root = shell::text(&mut shell::command("id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    root && shell::on_path("apt-get")
}

fn install() -> bool {
    println!("installing {}", PACKAGES.join(" "));
    let mut words = vec!["install", "-y", "-qq", "--no-install-recommends"];
    words.extend(PACKAGES);
    let quietly = |words: &[&str]| {
        let mut command = shell::command("apt-get", words);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        shell::output(&mut command).is_ok_and(|output| output.status.success())
    };
    // Without package lists the first try fails at once.
    quietly(&words) || (quietly(&["update", "-qq"]) && quietly(&words))
}
