//! Permissions to read what is confidential.

use pinji_domain::Secrecy;
use serde_json::json;

use crate::site::sites;

#[test]
fn a_permission_is_asked_for_and_given_by_another_for_a_time() {
    for site in sites() {
        let (first, deputy, system) = site.set_up();
        let asker = site.employ(&first, &deputy, "wang.fang", &["account_manager"]);
        let chair = site.employ(&first, &deputy, "zhao.min", &["committee_chair"]);
        site.plant_customer("C-0042", Secrecy::Confidential);
        site.plant_customer("C-0043", Secrecy::Internal);
        let until = site.clock.now().plus_seconds(10 * 24 * 3600);
        let want = |customer: &str, until: &str| {
            let body = json!({ "customer": customer, "purpose": "年度复审", "until": until });
            site.post(&asker, "/api/v1/access-requests", &body)
        };
        assert_eq!(want("C-0042", "2000-01-01T00:00:00Z").problem(), "invalid");
        assert_eq!(want("C-9999", &until.to_string()).problem(), "invalid");
        assert_eq!(want("C-0043", &until.to_string()).problem(), "conflict");
        let before = site.ledger_size(&system);
        let made = want("C-0042", &until.to_string()).expect(201);
        assert_eq!(
            want("C-0042", &until.to_string()).problem(),
            "conflict",
            "{}",
            site.name
        );
        let place = made.header("location").unwrap().to_owned();
        let approval = format!("{place}/approval");
        let give = |body: serde_json::Value| site.post(&chair, &approval, &body);
        // The asker decides on nothing, and a stranger does not even see it.
        assert_eq!(site.post(&asker, &approval, &json!({})).problem(), "forbidden");
        assert_eq!(site.post(&first, &approval, &json!({})).problem(), "not-found");
        let waiting = site
            .get(&chair, "/api/v1/access-requests?state=asked")
            .expect(200)
            .json();
        assert_eq!(waiting["items"][0]["customer"], "C-0042", "{waiting}");
        let longer = until.plus_seconds(1).to_string();
        assert_eq!(give(json!({ "expires_at": longer })).problem(), "invalid");
        let given = give(json!({})).expect(200).json();
        assert_eq!(
            (given["state"].as_str(), given["expires_at"].as_str()),
            (Some("given"), Some(until.to_string().as_str()))
        );
        assert_eq!(give(json!({})).problem(), "conflict");
        assert_eq!(site.ledger_size(&system), before + 2, "one entry for each of the two");
        let told = site.get(&asker, "/api/v1/notifications").expect(200).json();
        assert!(told["items"][0]["text"].as_str().unwrap().contains("C-0042"), "{told}");
        // When its time is over, it can be asked for again.
        site.clock.advance(11 * 24 * 3600);
        let asker = site.renew(&asker);
        let until = site.clock.now().plus_seconds(3600).to_string();
        let body = json!({ "customer": "C-0042", "purpose": "再次", "until": until });
        let again = site.post(&asker, "/api/v1/access-requests", &body).expect(201);
        let refusal = format!("{}/refusal", again.header("location").unwrap());
        let chair = site.renew(&chair);
        assert_eq!(
            site.post(&chair, &refusal, &json!({ "reason": "" })).problem(),
            "invalid"
        );
        let refused = site
            .post(&chair, &refusal, &json!({ "reason": "用途不明" }))
            .expect(200)
            .json();
        assert_eq!(refused["reason"], "用途不明");
    }
}
