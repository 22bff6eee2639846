//! Values about a person: what stands in the entry, and what is left of them after erasure. 承诺值

use pinji_ledger::{Act, Algorithm, Commitment, Frontier, SALT_BYTES, commit, digest, opens, seal};
use serde_json::{Value, json};

use crate::house;

fn object(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn a_commitment_is_the_plain_hash_that_the_document_says() {
    // (head -c 32 /dev/zero; printf 张三) | sha256sum
    let commitment = commit("张三".as_bytes(), &[0; SALT_BYTES]);
    let digits = "9e66c3e919d1ab44f3dcea0dd5e9adc71d8057245df3a0d796255c5dee234253";
    assert_eq!(commitment.to_string(), format!("sha256:{digits}"));
    assert_eq!(Commitment::from_value(&commitment.to_value()), Some(commitment));
    assert_eq!(commitment.to_value(), json!({ "personal": commitment.to_string() }));
    let not = |value: Value| assert_eq!(Commitment::from_value(&value), None, "{value}");
    not(json!("sha256:00"));
    not(json!({ "personal": "sha256:00" }));
    not(json!({ "personal": format!("sha256:{}", "A".repeat(64)) }));
    not(json!({ "personal": format!("sha256:{}", "é".repeat(32)) }));
    not(json!({ "personal": format!("sha256:{}", "+1".repeat(32)) }));
}

#[test]
fn only_the_value_under_its_salt_opens_it() {
    let commitment = commit(b"value", &[1; SALT_BYTES]);
    assert!(opens(commitment, b"value", &[1; SALT_BYTES]));
    assert!(!opens(commitment, b"other", &[1; SALT_BYTES]));
    assert!(!opens(commitment, b"value", &[2; SALT_BYTES]));
    assert_eq!(
        digest(b"abc"),
        json!({ "bytes": 3, "digest": "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" })
    );
}

#[test]
fn a_sealed_value_never_stands_in_the_entry() {
    let values = object(json!({
        "contact": "CANARY-7391", "legal_representative": "CANARY-王", "phone": null, "revenue": 12, "ratio": 0.25,
    }));
    let personal = |field: &str| ["contact", "legal_representative", "phone"].contains(&field);
    let mut salts = 0;
    let (open, sealed) = seal(&values, personal, || {
        salts += 1;
        [salts; SALT_BYTES]
    })
    .unwrap();
    assert_eq!(open["revenue"], json!(12));
    assert_eq!(open["ratio"], json!("0.25"));
    assert_eq!(open["phone"], Value::Null);
    let fields: Vec<&str> = sealed.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["contact", "legal_representative"]);
    for one in &sealed {
        let commitment = Commitment::from_value(&open[&one.field]).unwrap();
        assert!(opens(commitment, &one.value, &one.salt));
        assert_eq!(pinji_ledger::read(&one.value).unwrap(), values[&one.field]);
    }
    assert_ne!(sealed[0].salt, sealed[1].salt);

    let mut frontier = Frontier::new(Algorithm::Sha256);
    let opening = Act::opening(house::act(0).at, "system", house::ORIGIN, Algorithm::Sha256);
    frontier.append(opening).unwrap();
    let act = Act {
        after: Some(Value::Object(open)),
        ..house::act(1)
    };
    let bytes = frontier.append(act).unwrap().bytes;
    assert!(!String::from_utf8(bytes).unwrap().contains("CANARY"));
}
