//! Keys, notes and checkpoints: known answers, and forgeries. 签名文书

use pinji_ledger::{Algorithm, Checkpoint, Error, Frontier, Note, SignerKey, VerifierKey};

use crate::house::{ORIGIN, key};
use crate::tree::{leaves, unhex};

/// RFC 8032 §7.1, TEST 1 to 3: secret, public, message, signature.
const RFC_8032: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

#[test]
fn keys_are_those_of_rfc_8032_in_rust_and_in_python() {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools");
    for [secret, public, message, signature] in RFC_8032 {
        let secret: [u8; 32] = unhex(secret).try_into().unwrap();
        let public_bytes: [u8; 32] = unhex(public).try_into().unwrap();
        let signer = SignerKey::new("k", &secret).unwrap();
        assert_eq!(signer.verifier(), &VerifierKey::new("k", &public_bytes).unwrap());
        // The messages are no whole lines, so no note can hold them; the signatures below the notes come from the same key.
        let says = format!(
            "import verify_ledger as v; b = bytes.fromhex; s = '{signature}'\n\
             print(v.signs(b('{public}'), b('{message}'), b(s)))\n\
             print(any(v.signs(b('{public}'), b('{message}'), bytes(c ^ (i == j) for j, c in enumerate(b(s)))) for i in range(64)))\n\
             print(v.signs(b('{public}'), b('{message}00'), b(s)), v.signs(b('{public}'), b('{message}'), b(s) + b'0'))\n\
             low = int.from_bytes(b(s)[32:], 'little') + v.L\n\
             print(v.signs(b('{public}'), b('{message}'), b(s)[:32] + low.to_bytes(32, 'little')))"
        );
        let output = std::process::Command::new("python3")
            .args(["-B", "-c", &says])
            .current_dir(&script)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            said,
            "True\nFalse\nFalse False\nFalse\n",
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_example_of_the_specification_verifies() {
    // C2SP tlog-checkpoint's example is signed by a key that it does not print; this key and note are Go's, of
    // golang.org/x/mod/sumdb/note.
    let key: VerifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        .parse()
        .unwrap();
    let note = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n\
                \n\
                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let parsed = Note::parse(note).unwrap();
    assert_eq!(parsed.verify(std::slice::from_ref(&key)).unwrap(), &key);
    assert_eq!(parsed.to_string(), note);
    assert_eq!(
        key.to_string(),
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    );
    // The same key signs the same bytes: Ed25519 is deterministic, and Go's test prints its secret as well.
    let secret = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let secret = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, secret).unwrap();
    let signer = SignerKey::new("PeterNeumann", secret[1..].try_into().unwrap()).unwrap();
    assert_eq!(Note::sign(parsed.text(), &[&signer]).unwrap().to_string(), note);
}

fn checkpoint() -> Checkpoint {
    let mut frontier = Frontier::new(Algorithm::Sha256);
    leaves(Algorithm::Sha256, 5)
        .iter()
        .for_each(|leaf| frontier.push(*leaf));
    Checkpoint::of(&frontier, ORIGIN)
}

#[test]
fn checkpoints_come_back_as_they_were_signed() {
    let keys = [key().verifier().clone()];
    for algorithm in Algorithm::ALL {
        for extensions in [Vec::new(), vec!["time 2026-11-22T08:00:00Z".to_owned(), "x".to_owned()]] {
            let checkpoint = Checkpoint {
                algorithm,
                extensions,
                ..checkpoint()
            };
            let note = checkpoint.sign(&key()).unwrap();
            let again = Note::parse(&note.to_string()).unwrap();
            assert_eq!(again, note);
            assert_eq!(Checkpoint::verified(&again, &keys), Ok(checkpoint));
        }
    }
    // A log of another program, without our line, hashes with SHA-256.
    let plain = Checkpoint::parse("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n").unwrap();
    assert_eq!(
        (plain.algorithm, plain.root),
        (Algorithm::Sha256, Algorithm::Sha256.empty())
    );
}

#[test]
fn what_could_not_be_read_again_is_not_signed() {
    let refused = |checkpoint: Checkpoint| assert!(checkpoint.sign(&key()).is_err(), "{checkpoint:?}");
    refused(Checkpoint {
        origin: "other".to_owned(),
        ..checkpoint()
    });
    refused(Checkpoint {
        extensions: vec![String::new()],
        ..checkpoint()
    });
    refused(Checkpoint {
        extensions: vec!["a\nb".to_owned()],
        ..checkpoint()
    });
    refused(Checkpoint {
        extensions: vec!["a\tb".to_owned()],
        ..checkpoint()
    });
    refused(Checkpoint {
        size: u64::MAX,
        ..checkpoint()
    });
    assert_eq!(Note::sign("no end", &[&key()]), Err(Error::NoteForm));
    assert_eq!(Note::sign("nobody\n", &[]), Err(Error::NoteForm));
    for name in ["", "a b", "a+b", "a\nb", "a\u{3000}b"] {
        assert!(SignerKey::new(name, &[1; 32]).is_err(), "{name}");
    }
}

#[test]
fn forged_notes_are_refused() {
    let (ours, keys) = (key(), [key().verifier().clone()]);
    let good = checkpoint().sign(&ours).unwrap().to_string();
    let check = |note: &str, expected: Error| {
        let found = Note::parse(note).and_then(|note| Checkpoint::verified(&note, &keys));
        assert_eq!(found, Err(expected), "{note}");
    };
    let false_signature = || Error::SignatureFalse { key: ORIGIN.to_owned() };
    check(&good.replace("\n5\n", "\n6\n"), false_signature());
    check(&good.replace("sha256", "sm3"), false_signature());
    check(&good.replace("\n5\n", "\n05\n"), false_signature());
    let stranger = SignerKey::new(ORIGIN, &[8; 32]).unwrap();
    let theirs = checkpoint().sign(&stranger).unwrap().to_string();
    check(&theirs, Error::NotSigned);
    // One true signature does not save a false one of the same key; one of a stranger does no harm.
    let line = good.lines().last().unwrap();
    let broken = Note::parse(&theirs).unwrap().signatures()[0].bytes.clone();
    let id = keys[0].id();
    let forged = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [&id[..], &broken].concat());
    check(&format!("{good}— {ORIGIN} {forged}\n"), false_signature());
    check(&format!("{good}— {ORIGIN} {}\n", &forged[..40]), false_signature());
    let witnessed = format!("{good}{}\n", theirs.lines().last().unwrap());
    assert!(Checkpoint::verified(&Note::parse(&witnessed).unwrap(), &keys).is_ok());
    // Shapes.
    check(good.trim_end(), Error::NoteForm);
    check(&good.replace("\n\n", "\n"), Error::NoteForm);
    check(&good.replace("— ", "- "), Error::NoteForm);
    check(&good.replace('\n', "\r\n"), Error::NoteForm);
    check(&format!("{good}{}", format!("{line}\n").repeat(100)), Error::NoteForm);
    check(&good.replace(line, &format!("— {ORIGIN} AAAA")), Error::NoteForm);
    // Signed by the right key, and yet no checkpoint of this ledger.
    let signed = |text: &str| Note::sign(text, &[&ours]).unwrap().to_string();
    let root = checkpoint().root;
    check(&signed("anything\n"), Error::CheckpointForm);
    check(&signed(&format!("{ORIGIN}\n05\n{root}\n")), Error::CheckpointForm);
    check(&signed(&format!("{ORIGIN}\n-5\n{root}\n")), Error::CheckpointForm);
    check(&signed(&format!("{ORIGIN}\n5\nAAAA\n")), Error::CheckpointForm);
    check(
        &signed(&format!("{ORIGIN}\n5\n{root}\nalgorithm md5\n")),
        Error::CheckpointForm,
    );
    check(
        &signed(&format!("other\n5\n{root}\n")),
        Error::OriginDiffers {
            found: "other".to_owned(),
            expected: ORIGIN.to_owned(),
        },
    );
}

#[test]
fn keys_are_read_only_in_their_own_form() {
    let text = key().verifier().to_string();
    assert_eq!(&text.parse::<VerifierKey>().unwrap(), key().verifier());
    let refused = |text: &str| assert!(text.parse::<VerifierKey>().is_err(), "{text}");
    refused("");
    refused("a+b");
    refused(&text.replace("pinji", "pinjo"));
    refused(&text[..text.len() - 4]);
    refused(&text.to_uppercase());
    // A point that is not on the curve.
    refused(&format!("a+00000000+{}", "Ag".repeat(22)));
}
