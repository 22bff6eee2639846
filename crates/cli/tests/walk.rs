//! The whole walk through the register by `tools/walk_register.py`, on both databases.
//!
//! `PINJI_WALK` says with how many rows (a nightly run: 100,000).

use std::path::Path;
use std::process::Command;

use pinji_testkit::stores;

use crate::place::program;

#[test]
fn a_script_walks_through_the_register() {
    let Ok(rows) = std::env::var("PINJI_WALK") else {
        println!("skipped: the walk takes minutes; PINJI_WALK says with how many rows");
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for store in stores() {
        let mut walk = Command::new(root.join("target/python/bin/python"));
        walk.arg(root.join("tools/walk_register.py"))
            .arg(program())
            .args(["--rows", &rows]);
        if store.name == "postgres" {
            walk.args(["--database", &store.address]);
        }
        println!("{}: the walk with {rows} rows", store.name);
        assert!(walk.status().unwrap().success(), "{}", store.name);
    }
}
