//! Roots: the known answers of RFC 6962's reference, and every size against the definition. 树根

use pinji_ledger::{Algorithm, Frontier, Hash, root};

/// The leaves of the reference implementation's tests (google/certificate-transparency, merkletree).
pub const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

pub fn unhex(text: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

pub fn known() -> Vec<Hash> {
    LEAVES.map(|leaf| Algorithm::Sha256.leaf(&unhex(leaf))).to_vec()
}

/// RFC 6962 §2.1, word for word.
pub fn naive(algorithm: Algorithm, leaves: &[Hash]) -> Hash {
    match leaves {
        [] => algorithm.empty(),
        [leaf] => *leaf,
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            algorithm.node(&naive(algorithm, &leaves[..k]), &naive(algorithm, &leaves[k..]))
        }
    }
}

pub fn leaves(algorithm: Algorithm, count: usize) -> Vec<Hash> {
    (0..count).map(|n| algorithm.leaf(&n.to_be_bytes())).collect()
}

#[test]
fn roots_are_those_of_the_reference() {
    for (size, expected) in ROOTS.iter().enumerate() {
        assert_eq!(root(Algorithm::Sha256, &known()[..size]).hex(), *expected, "{size}");
    }
}

#[test]
fn both_algorithms_give_the_published_digests() {
    // Of nothing. No tree over SM3 is published; that Python's SM3 gives the same roots is asked elsewhere.
    let check = |algorithm: Algorithm, expected: &str| {
        assert_eq!(Algorithm::parse(algorithm.code()), Some(algorithm));
        assert_eq!(algorithm.empty().hex(), expected);
    };
    check(
        Algorithm::Sha256,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    check(
        Algorithm::Sm3,
        "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
    );
    assert_eq!(Algorithm::parse("md5"), None);
}

#[test]
fn every_frontier_equals_the_naive_root_and_survives_its_bytes() {
    for algorithm in Algorithm::ALL {
        let leaves = leaves(algorithm, 301);
        let mut frontier = Frontier::new(algorithm);
        for size in 0..=300 {
            assert_eq!(frontier.size(), size as u64);
            assert_eq!(frontier.root(), naive(algorithm, &leaves[..size]), "{size}");
            assert_eq!(frontier.last(), size.checked_sub(1).map(|last| leaves[last]));
            // Going on from the kept bytes is the same as going on.
            let bytes = frontier.to_bytes();
            frontier = Frontier::from_bytes(&bytes).unwrap();
            assert_eq!(frontier.to_bytes(), bytes);
            assert_eq!(frontier.algorithm(), algorithm);
            frontier.push(leaves[size]);
        }
    }
}

#[test]
fn damaged_frontiers_are_refused() {
    let mut frontier = Frontier::new(Algorithm::Sha256);
    leaves(Algorithm::Sha256, 5)
        .iter()
        .for_each(|leaf| frontier.push(*leaf));
    let whole = frontier.to_bytes();
    let refused = |bytes: &[u8], what: &str| assert!(Frontier::from_bytes(bytes).is_err(), "{what}");
    for cut in 0..whole.len() {
        refused(&whole[..cut], "cut");
    }
    refused(&[whole.as_slice(), &[0]].concat(), "a byte more");
    refused(&[whole.as_slice(), &[0; 32]].concat(), "a hash more");
    let changed = |at: usize, to: u8| {
        let mut bytes = whole.clone();
        bytes[at] = to;
        bytes
    };
    refused(&changed(0, 2), "form");
    refused(&changed(1, 3), "algorithm");
    refused(&changed(2, 0x80), "size beyond 63 bits");
    refused(&changed(9, 7), "size with another number of peaks");
    refused(&changed(10, whole[10] ^ 1), "last leaf that is not the last peak");
}
