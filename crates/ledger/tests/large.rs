//! A million entries: how long it takes to append and to verify them. 大规模
//!
//! `cargo test --release -p pinji-ledger --test main large -- --ignored --nocapture`

use std::time::Instant;

use pinji_ledger::{Algorithm, Frontier, verify_lines};

use crate::house::{House, act, key, papers_of, python};

#[test]
#[ignore = "takes minutes without --release"]
fn a_million_entries() {
    const SIZE: u64 = 1_000_000;
    let mut house = House::new(Algorithm::Sha256, 1, 1);
    let mut frontier = Frontier::new(Algorithm::Sha256);
    frontier.push(house.leaves()[0]);
    let acts: Vec<_> = (1..SIZE).map(act).collect();
    let begun = Instant::now();
    for act in acts {
        house.lines.push(frontier.append(act).unwrap().bytes);
        if frontier.size().is_multiple_of(10_000) {
            house.papers.push(papers_of(&frontier));
        }
    }
    println!("append: {:?}", begun.elapsed());
    let file = house.file();
    println!("{} bytes, {} papers", file.len(), house.papers.len());

    let begun = Instant::now();
    let verdict = verify_lines(file.as_slice(), &house.papers, &[key().verifier().clone()]).unwrap();
    println!("verify: {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() < 10);
    assert_eq!(
        (verdict.findings.len(), verdict.entries, verdict.covered),
        (0, SIZE, SIZE)
    );

    let begun = Instant::now();
    let (exit, said) = python(&file, &house.papers, &[key().verifier().clone()]);
    println!("python: {:?}", begun.elapsed());
    assert_eq!(exit, 0, "{said:?}");
}
