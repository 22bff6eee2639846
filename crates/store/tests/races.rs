//! Many at once: one of two wins, the ledger has no gap, a job has one worker, a key one answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use pinji_domain::Timestamp;
use pinji_domain::ids::CustomerId;
use pinji_store::{Answer, Error, GoOn, JobState, NewJob, NewOutgoing, Place, Store};
use pinji_testkit::{Clock, stores};

use crate::support::{block, entry, populated};

const RACES: usize = 1_000;

/// Runs `test` with two stores on one database, as two processes would open it.
fn with_two<F: Future<Output = ()>>(test: impl Fn(&'static str, Arc<Store>, Arc<Store>) -> F) {
    for place in stores() {
        block(async {
            let now = Clock::default().now();
            let one = Store::open(&Place::parse(&place.address), now).await.unwrap();
            let other = Store::open(&Place::parse(&place.address), now).await.unwrap();
            test(place.name, Arc::new(one), Arc::new(other)).await;
        });
    }
}

async fn renamed(store: Arc<Store>, id: CustomerId, version: i64, name: String) -> Result<(), Error> {
    let mut customer = store.customer(id).await?.unwrap();
    customer.version = version;
    customer.name = name;
    let change = store.change(Clock::default().now()).await?;
    change.update_customer(&customer).await?;
    change.commit(entry).await?;
    Ok(())
}

#[test]
fn of_two_writers_exactly_one_wins() {
    with_two(|name, one, other| async move {
        let (.., ids) = populated(&one, 1).await;
        let before = one.ledger_head().await.unwrap().size;
        for race in 0..RACES {
            let version = one.customer(ids[0]).await.unwrap().unwrap().version;
            let first = tokio::spawn(renamed(one.clone(), ids[0], version, format!("first {race}")));
            let second = tokio::spawn(renamed(other.clone(), ids[0], version, format!("second {race}")));
            let (first, second) = (first.await.unwrap(), second.await.unwrap());
            let (won, lost) = match (first, second) {
                (Ok(()), Err(lost)) => ("first", lost),
                (Err(lost), Ok(())) => ("second", lost),
                (first, second) => panic!("{name}, race {race}: {first:?} {second:?}"),
            };
            assert!(
                matches!(lost, Error::Stale { version: now, .. } if now == version + 1),
                "{lost:?}"
            );
            let kept = one.customer(ids[0]).await.unwrap().unwrap();
            assert_eq!((kept.name, kept.version), (format!("{won} {race}"), version + 1));
        }
        let names = one.customer_names(ids[0]).await.unwrap();
        assert_eq!(names.len(), RACES + 1);
        assert!(
            names
                .windows(2)
                .all(|pair| pair[0].known_to == Some(pair[1].known_from))
        );
        assert_eq!(one.ledger_head().await.unwrap().size, before + RACES as i64);
    });
}

#[test]
fn eight_writers_leave_no_gap_in_the_ledger() {
    with_two(|_, one, other| async move {
        populated(&one, 0).await;
        let mut tasks = Vec::new();
        for writer in 0..8_i64 {
            let store = if writer % 2 == 0 { one.clone() } else { other.clone() };
            tasks.push(tokio::spawn(async move {
                for number in 0..40_i64 {
                    // The clocks of the writers do not agree.
                    let change = store.change(Timestamp(number * 1_000 - writer * 7_777)).await.unwrap();
                    change.set_setting(&format!("{writer}/{number}"), "set").await.unwrap();
                    if number % 5 == 4 {
                        drop(change);
                    } else {
                        change.commit(entry).await.unwrap();
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let entries = one.ledger_entries(0, 10_000).await.unwrap();
        assert_eq!(entries.len(), 8 * 32 + 1);
        for (number, entry) in (0_i64..).zip(&entries) {
            assert_eq!(entry.seq, number);
        }
        assert!(
            entries.windows(2).all(|pair| pair[0].at < pair[1].at),
            "instants only go forward"
        );
        let head = one.ledger_head().await.unwrap();
        assert_eq!(head.size, 8 * 32 + 1);
        assert_eq!(head.frontier, Some(head.size.to_le_bytes().to_vec()));
        assert_eq!(head.last_at, entries.last().unwrap().at);
        let dropped = one.setting("3/4").await.unwrap();
        assert_eq!(
            (dropped, one.setting("3/3").await.unwrap()),
            (None, Some("set".to_owned()))
        );
    });
}

#[test]
fn a_job_and_a_message_have_one_worker_at_a_time() {
    with_two(|_, one, other| async move {
        let now = Clock::default().now();
        let upkeep = one.upkeep().await.unwrap();
        for number in 0..60 {
            upkeep
                .put(NewJob {
                    kind: ["run", "import", "export"][number % 3].to_owned(),
                    payload: number.to_string(),
                    created_by: None,
                    created_at: now,
                    due_at: now,
                })
                .await
                .unwrap();
            upkeep
                .put(NewOutgoing {
                    topic: "mail".to_owned(),
                    target: "a@example.org".to_owned(),
                    payload: number.to_string(),
                    created_at: now,
                    due_at: now,
                })
                .await
                .unwrap();
        }
        upkeep.commit().await.unwrap();
        let mut tasks = Vec::new();
        for worker in 0..6 {
            let store = if worker % 2 == 0 { one.clone() } else { other.clone() };
            tasks.push(tokio::spawn(async move {
                let name = format!("worker {worker}");
                let (mut jobs, mut sent) = (Vec::new(), Vec::new());
                loop {
                    let upkeep = store.upkeep().await.unwrap();
                    let job = upkeep
                        .claim_job(&["run", "import"], &name, now, now.plus_seconds(60))
                        .await
                        .unwrap();
                    let out = upkeep
                        .claim_outgoing(&name, now, now.plus_seconds(60), 3)
                        .await
                        .unwrap();
                    upkeep.commit().await.unwrap();
                    if job.is_none() && out.is_empty() {
                        return (jobs, sent);
                    }
                    let upkeep = store.upkeep().await.unwrap();
                    if let Some(job) = job {
                        assert_eq!(
                            (job.state, job.worker.as_deref()),
                            (JobState::Running, Some(name.as_str()))
                        );
                        let go_on = upkeep
                            .report_job(job.id, &name, 1, 2, None, now.plus_seconds(90))
                            .await
                            .unwrap();
                        assert_eq!(go_on, GoOn::Yes);
                        assert!(
                            upkeep
                                .end_job(job.id, &name, JobState::Done, None, None, now)
                                .await
                                .unwrap()
                        );
                        jobs.push(job.id);
                    }
                    for out in out {
                        upkeep.delivered(out.id, now).await.unwrap();
                        sent.push(out.id);
                    }
                    upkeep.commit().await.unwrap();
                }
            }));
        }
        let (mut jobs, mut sent) = (Vec::new(), Vec::new());
        for task in tasks {
            let (own_jobs, own_sent) = task.await.unwrap();
            jobs.extend(own_jobs);
            sent.extend(own_sent);
        }
        assert_eq!((jobs.len(), jobs.iter().collect::<BTreeSet<_>>().len()), (40, 40));
        assert_eq!((sent.len(), sent.iter().collect::<BTreeSet<_>>().len()), (60, 60));
    });
}

#[test]
fn a_request_sent_many_times_has_one_effect() {
    with_two(|_, one, other| async move {
        populated(&one, 0).await;
        let mut tasks = Vec::new();
        for sender in 0..16_i64 {
            let store = if sender % 2 == 0 { one.clone() } else { other.clone() };
            tasks.push(tokio::spawn(async move {
                let change = store.change(Clock::default().now()).await.unwrap();
                change.set_setting("counter", &sender.to_string()).await.unwrap();
                let answer = Answer {
                    caller: "ann".to_owned(),
                    key: "key".to_owned(),
                    route: "POST /api/v1/things".to_owned(),
                    request_hash: "hash".to_owned(),
                    status: 201,
                    headers: "{}".to_owned(),
                    body: sender.to_string().into_bytes(),
                    at: change.at(),
                };
                match change.keep_answer(answer).await {
                    Ok(()) => {
                        change.commit(entry).await.unwrap();
                        true
                    }
                    Err(Error::Taken { what }) => {
                        assert_eq!(what, "answer");
                        false
                    }
                    Err(other) => panic!("{other:?}"),
                }
            }));
        }
        let mut effects = 0;
        for task in tasks {
            effects += i32::from(task.await.unwrap());
        }
        assert_eq!(effects, 1);
        let answer = one.answer("ann", "key").await.unwrap().unwrap();
        assert_eq!(one.setting("counter").await.unwrap().unwrap().into_bytes(), answer.body);
        assert_eq!(one.ledger_head().await.unwrap().size, 2);
    });
}
