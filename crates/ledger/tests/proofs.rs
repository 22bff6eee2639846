//! Proofs: known answers, all pairs of sizes, and every way of spoiling one. 证明

use pinji_ledger::{Algorithm, Hash, consistency, consistent, included, inclusion, root};

use crate::tree::{known, leaves, naive};

fn hexes(path: &[Hash]) -> Vec<String> {
    path.iter().map(|hash| hash.hex()[..8].to_owned()).collect()
}

#[test]
fn proofs_are_those_of_the_reference() {
    let leaves = known();
    // Index (from 0), size; the first four bytes of each node, from the reference implementation's tests.
    let inclusions: [(u64, usize, &[&str]); 5] = [
        (0, 1, &[]),
        (0, 8, &["96a296d2", "5f083f0a", "6b47aaf2"]),
        (5, 8, &["bc1a0643", "ca854ea1", "d37ee418"]),
        (2, 3, &["fac54203"]),
        (1, 5, &["6e340b9c", "5f083f0a", "bc1a0643"]),
    ];
    for (index, size, expected) in inclusions {
        let path = inclusion(Algorithm::Sha256, &leaves[..size], index).unwrap();
        assert_eq!(hexes(&path), expected, "{index} of {size}");
    }
    let consistencies: [(u64, usize, &[&str]); 4] = [
        (1, 1, &[]),
        (1, 8, &["96a296d2", "5f083f0a", "6b47aaf2"]),
        (6, 8, &["0ebc5d34", "ca854ea1", "d37ee418"]),
        (2, 5, &["5f083f0a", "bc1a0643"]),
    ];
    for (earlier, size, expected) in consistencies {
        let path = consistency(Algorithm::Sha256, &leaves[..size], earlier).unwrap();
        assert_eq!(hexes(&path), expected, "{earlier} to {size}");
    }
}

/// All that can be done to a path: each node changed, left out, doubled, moved; one more at each end.
fn spoilt(path: &[Hash]) -> Vec<Vec<Hash>> {
    let stranger = Hash([0xa5; 32]);
    let mut all = Vec::new();
    for at in 0..path.len() {
        let mut changed = path.to_vec();
        changed[at].0[at % 32] ^= 1;
        all.push(changed);
        let mut shorter = path.to_vec();
        shorter.remove(at);
        all.push(shorter);
        let mut longer = path.to_vec();
        longer.insert(at, path[at]);
        all.push(longer);
        if at > 0 {
            let mut swapped = path.to_vec();
            swapped.swap(at - 1, at);
            all.push(swapped);
        }
    }
    all.push([path, &[stranger]].concat());
    all.push([&[stranger], path].concat());
    all
}

#[test]
fn inclusion_holds_for_all_pairs_and_no_spoilt_path_does() {
    for algorithm in Algorithm::ALL {
        let all = leaves(algorithm, 40);
        for size in 1..=40 {
            let root = naive(algorithm, &all[..size]);
            let size_u64 = size as u64;
            for (index, leaf) in all[..size].iter().enumerate() {
                let index = index as u64;
                let path = inclusion(algorithm, &all[..size], index).unwrap();
                assert!(
                    included(algorithm, *leaf, index, size_u64, &path, root),
                    "{index} of {size}"
                );
                for path in spoilt(&path) {
                    assert!(
                        !included(algorithm, *leaf, index, size_u64, &path, root),
                        "{index} of {size}"
                    );
                }
                let other = all[(index as usize + 1) % 40];
                assert!(!included(algorithm, other, index, size_u64, &path, root));
                assert!(!included(algorithm, *leaf, index, size_u64, &path, other));
                for wrong in (0..size_u64 + 2).filter(|wrong| *wrong != index) {
                    assert!(!included(algorithm, *leaf, wrong, size_u64, &path, root));
                }
            }
            assert_eq!(inclusion(algorithm, &all[..size], size_u64), None);
        }
    }
}

#[test]
fn consistency_holds_for_all_pairs_and_no_spoilt_path_does() {
    for algorithm in Algorithm::ALL {
        let all = leaves(algorithm, 40);
        let roots: Vec<Hash> = (0..=40).map(|size| naive(algorithm, &all[..size])).collect();
        for later in 0..=40_usize {
            let new = (later as u64, roots[later]);
            for (earlier, root) in roots.iter().enumerate().take(later + 1) {
                let old = (earlier as u64, *root);
                let path = consistency(algorithm, &all[..later], earlier as u64).unwrap();
                assert!(consistent(algorithm, old, new, &path), "{earlier} to {later}");
                for path in spoilt(&path) {
                    assert!(!consistent(algorithm, old, new, &path), "{earlier} to {later}");
                }
                let stranger = Hash([0xa5; 32]);
                assert!(
                    !consistent(algorithm, (old.0, stranger), new, &path),
                    "{earlier} to {later}"
                );
                // From nothing, everything follows.
                let proves = earlier > 0 && !consistent(algorithm, old, (new.0, stranger), &path);
                assert!(proves || earlier == 0, "{earlier} to {later}");
            }
            assert_eq!(consistency(algorithm, &all[..later], later as u64 + 1), None);
            assert!(!consistent(algorithm, (new.0 + 1, new.1), new, &[]));
        }
    }
}

#[test]
fn a_longer_ledger_with_another_past_is_not_consistent() {
    let algorithm = Algorithm::Sha256;
    let ours = leaves(algorithm, 30);
    for at in 0..20 {
        let mut theirs = ours.clone();
        theirs[at] = algorithm.leaf(b"another past");
        let path = consistency(algorithm, &theirs, 20).unwrap();
        let (old, new) = ((20, root(algorithm, &ours[..20])), (30, root(algorithm, &theirs)));
        assert!(!consistent(algorithm, old, new, &path), "{at}");
    }
}
