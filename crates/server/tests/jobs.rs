//! Following a long job.

use std::io::{BufRead, BufReader};

use crate::site::Site;

#[test]
fn a_job_is_followed_to_its_end() {
    let site = Site::sqlite();
    let (first, deputy, system) = site.set_up();
    let wang = site.employ(&first, &deputy, "wang.fang", &["rating_administrator"]);
    let li = site.employ(&first, &deputy, "li.na", &["collector"]);
    let id = site.plant_job(&wang);
    let path = format!("/api/v1/jobs/{id}");
    assert_eq!(site.get(&wang, &path).expect(200).json()["state"], "running");
    site.get(&system, &path).expect(200);
    assert_eq!(site.get(&li, &path).problem(), "not-found");
    assert_eq!(site.get(&li, &format!("{path}/events")).problem(), "not-found");

    let stream = site.by(&wang, "GET", &format!("{path}/events")).begin(site.at);
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    assert!(
        head.iter().any(|line| line == "content-type: text/event-stream"),
        "{head:?}"
    );
    let mut next = || -> (String, serde_json::Value) {
        let event = lines
            .by_ref()
            .find_map(|line| line.strip_prefix("event: ").map(str::to_owned))
            .unwrap();
        let data = lines
            .by_ref()
            .find_map(|line| line.strip_prefix("data: ").map(str::to_owned))
            .unwrap();
        (event, serde_json::from_str(&data).unwrap())
    };
    let (event, job) = next();
    assert_eq!((event.as_str(), &job["done"]), ("progress", &0.into()));
    site.work_on(id, 4, false);
    let (event, job) = next();
    assert_eq!(
        (event.as_str(), &job["done"], &job["total"]),
        ("progress", &4.into(), &10.into())
    );
    site.work_on(id, 10, true);
    let (event, job) = next();
    assert_eq!(
        (event.as_str(), &job["state"], &job["result"]),
        ("end", &"done".into(), &"/api/v1/runs/1".into())
    );
}
