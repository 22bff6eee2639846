//! The customer's own role: who speaks for a customer sees this customer, its decided grade, and nothing else, ever.

use serde_json::{Value, json};

use crate::cases::{Desk, POLICY};
use crate::site::PASSWORDS;

#[test]
fn who_speaks_for_a_customer_has_that_role_alone() {
    Desk::each(|desk| {
        let site = &desk.site;
        let [first, deputy] = &desk.security;
        let new = |login: &str, customer: Value| json!({ "login": login, "name": "联系人", "customer": customer });
        let unknown = site.post(first, "/api/v1/users", &new("nobody", json!("C-404")));
        assert_eq!(
            (unknown.status, unknown.json()["errors"][0]["pointer"].clone()),
            (422, json!("/customer")),
            "{}",
            site.name
        );
        let colleague = site
            .post(first, "/api/v1/users", &new("colleague", Value::Null))
            .expect(201);
        let contact = site
            .post(first, "/api/v1/users", &new("contact", json!("C-9")))
            .expect(201);
        assert_eq!(contact.json()["customer"], "C-9");
        for (user, role, status) in [
            (&colleague, "customer", 409),
            (&contact, "collector", 409),
            (&contact, "customer", 201),
        ] {
            let body = json!({ "user": user.json()["id"], "role": role, "reason": "门户" });
            let answer = site.post(first, "/api/v1/role-grants", &body);
            assert_eq!(answer.status, status, "{} {role}: {answer:?}", site.name);
        }
        // One proposes it, another approves: until then it opens nothing.
        let link = contact.json()["link"].as_str().unwrap().to_owned();
        let person = site.join("contact", &link, PASSWORDS[3]);
        let before = site.get(&person, "/api/v1/customers/C-9").status;
        assert!([403, 404].contains(&before), "{before}");
        let all = site
            .get(deputy, "/api/v1/role-grants?state=proposed")
            .expect(200)
            .json();
        let mut all = all["items"].as_array().unwrap().iter();
        let asked = all.find(|grant| grant["user"] == contact.json()["id"]).unwrap();
        let yes = format!("/api/v1/role-grants/{}/approval", asked["id"]);
        site.send(&site.by(deputy, "POST", &yes)).expect(200);
        site.get(&person, "/api/v1/customers/C-9").expect(200);
    });
}

#[test]
fn a_customer_sees_itself_and_its_decided_grade_alone() {
    Desk::each(|desk| {
        let site = &desk.site;
        let [first, deputy] = &desk.security;
        let person = site.employ_for(first, deputy, "portal.nine", "C-9");
        let own = site.get(&person, "/api/v1/customers/C-9").expect(200).json();
        assert_eq!(own["code"], "C-9");
        let page = site.get(&person, "/api/v1/customers/C-9/page").expect(200).json();
        for part in ["kinds", "groups", "grades"] {
            assert_eq!(page[part], json!([]), "{}: {part} of {page}", site.name);
        }
        // What the run says is not decided, so it is not there.
        let grade = |path: &str| site.get(&person, path).expect(200).json()["items"].clone();
        assert_eq!(grade("/api/v1/customers/C-9/grade"), json!([]));
        let closed = [
            "/api/v1/customers".to_owned(),
            "/api/v1/customers/C-1".to_owned(),
            "/api/v1/customers/C-1/page".to_owned(),
            "/api/v1/customers/C-1/grade".to_owned(),
            "/api/v1/customers/C-9/records".to_owned(),
            "/api/v1/submissions".to_owned(),
            "/api/v1/runs".to_owned(),
            "/api/v1/cases".to_owned(),
            "/api/v1/users".to_owned(),
            format!("/api/v1/runs/{}/grades", desk.run),
            format!("/api/v1/runs/{}/grades/C-9", desk.run),
        ];
        for path in &closed {
            let answer = site.get(&person, path);
            let nothing = answer.status == 200 && answer.json()["items"] == json!([]);
            assert!(nothing || [403, 404].contains(&answer.status), "{path}: {answer:?}");
        }
        // Decided by two, with a reason that is not for the customer: it learns the grade, from when, and no more.
        let case = desk.opened("C-9");
        let wanted = json!({ "grade": "middle", "way": "two_people", "code": "event", "reason": "内部判断" });
        desk.does(&desk.risk, &case, "proposals", wanted);
        desk.does(&desk.rater, &case, "secondings", json!({}));
        let of_policy = |items: Value| {
            let items = items.as_array().cloned().unwrap_or_default();
            let mut items = items.into_iter().filter(|one| one["policy"] == POLICY);
            items.next().unwrap_or_default()
        };
        let seen = of_policy(grade("/api/v1/customers/C-9/grade"));
        assert_eq!(seen["given"]["grade"], "middle", "{}: {seen}", site.name);
        for (place, wanted) in [("/run", Value::Null), ("/model_grade", Value::Null)] {
            assert_eq!(seen.pointer(place), Some(&wanted), "{place} of {seen}");
        }
        for place in ["/given/case", "/given/decision"] {
            assert_eq!(seen.pointer(place), Some(&Value::Null), "{place} of {seen}");
        }
        assert!(!seen.to_string().contains("内部判断"), "{seen}");
        // Whoever may read the case has both.
        let full = site.get(&desk.rater, "/api/v1/customers/C-9/grade").expect(200).json();
        let full = of_policy(full["items"].clone());
        assert_eq!(full["given"]["decision"]["reason"], "内部判断");
        // Its token, its export and its changes are nobody's: it reads, and that is all.
        for (method, path, body) in [
            ("PATCH", "/api/v1/customers/C-9", json!({ "region": "华东" })),
            (
                "POST",
                "/api/v1/submissions",
                json!({ "kind": "customer", "source": "x", "method": "y", "rows": [{ "id": "C-9", "name": "C-9" }] }),
            ),
            (
                "POST",
                "/api/v1/tokens",
                json!({ "name": "x", "scopes": ["customer.read"], "expires_at": "2027-01-01T00:00:00Z" }),
            ),
            (
                "POST",
                "/api/v1/runs",
                json!({ "policies": [POLICY], "as_of": "2025-12-31" }),
            ),
        ] {
            let ask = site.by(&person, method, path).header("If-Match", "\"1\"").json(&body);
            let answer = site.send(&ask);
            assert!([403, 404].contains(&answer.status), "{method} {path}: {answer:?}");
        }
    });
}
