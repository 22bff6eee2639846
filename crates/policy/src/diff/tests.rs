//! Small changes to a small policy, and what is said of each. 差异检验
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use pinji_domain::{Arg, Message};

use super::diff;
use crate::testing::{SMALL, read};

/// A message with its arguments in one line.
fn line(message: &Message) -> String {
    let value = |arg: &Arg| match arg {
        Arg::Text(text) => text.clone(),
        Arg::Count(count) => count.to_string(),
        Arg::Both(text) => text.en.clone(),
        Arg::Say(message) => line(message),
    };
    let args: Vec<String> = message
        .args
        .iter()
        .map(|(name, arg)| format!("{name}={}", value(arg)))
        .collect();
    let code = message.code.splitn(3, '-').last().unwrap_or_default();
    if args.is_empty() {
        code.to_owned()
    } else {
        format!("{code}[{}]", args.join("; "))
    }
}

fn check(old: &str, new: &str, expected: &[&str]) {
    let changed = SMALL.replace(old, new);
    assert_ne!(changed, SMALL, "`{old}` is in the policy");
    let found: Vec<String> = diff(&read(SMALL), &read(&changed)).iter().map(line).collect();
    assert_eq!(found, expected, "{old} → {new}");
}

#[test]
fn the_same_policy_differs_in_nothing() {
    assert_eq!(diff(&read(SMALL), &read(SMALL)), []);
    check("[[cap]]", "# a comment\n[[cap]]", &[]);
}

#[test]
fn bands_are_compared_cut_by_cut() {
    check(
        "{ up_to = 0.6, points = 100 }, { up_to = 0.8, points = 60 }",
        "{ up_to = 0.55, points = 100 }, { up_to = 0.8, points = 50 }",
        &[
            "fewer[name=Debt ratio (1.1); range=between[low=above[value=55%]; high=up-to[value=60%]]; points=50]",
            "fewer[name=Debt ratio (1.1); range=between[low=above[value=60%]; high=up-to[value=80%]]; points=10]",
        ],
    );
    check(
        "{ up_to = 0.6, points = 100 }",
        "{ below = 0.6, points = 100 }",
        &["fewer[name=Debt ratio (1.1); range=between[low=from[value=60%]; high=up-to[value=60%]]; points=40]"],
    );
    check(
        "{ below = 10000000, points = [20, 100] }",
        "{ below = 10000000, points = [40, 100] }",
        &["more[name=Size; range=between[low=from[value=1,000,000]; high=below[value=10,000,000]]; points=0–20]"],
    );
    check(
        "{ below = 1000000, points = 20 }, { below = 10000000, points = [20, 100] }",
        "{ below = 1000000, points = 20 }, { below = 5500000, points = [20, 60] }, { below = 10000000, points = [60, 100] }",
        &[],
    );
}

#[test]
fn everything_else_is_named() {
    check(
        "weight = 50\nclause",
        "weight = 30\nclause",
        &[
            "weight[name=Debt ratio (1.1); old=50; new=30; before=50%; after=37.5%]",
            "share[name=Size; old=50; new=50; before=50%; after=62.5%]",
        ],
    );
    check(
        "missing = \"worst\"",
        "missing = \"refuse\"",
        &["missing-rule[name=Debt ratio (1.1); old=missing-worst; new=missing-refuse]"],
    );
    check(
        "map = { state = 80, private = 60 }\notherwise = 30",
        "map = { state = 70, foreign = 60 }\notherwise = 20",
        &[
            "text-fewer[name=Ownership; text=state; points=10; old=80; new=70]",
            "text-removed[name=Ownership; text=private; old=60]",
            "text-added[name=Ownership; text=foreign; new=60]",
            "indicator[what=what-unlisted; old=30; new=20; name=Ownership]",
        ],
    );
    check(
        "points = 40, name",
        "points = 50, name",
        &["text-more[name=Attitude; text=poor; points=10; old=40; new=50]"],
    );
    check(
        "\"total >= 80\"",
        "\"total >= 82\"",
        &["grade-when[name=VIP; old=total >= 80; new=total >= 82]"],
    );
    check(
        "discount_pct = 8",
        "discount_pct = 6",
        &["entitlement[name=VIP; entitlement=discount_pct; old=8; new=6]"],
    );
    check(
        "when = \"debt_ratio > 0.9\"\nat_most = \"ordinary\"",
        "when = \"debt_ratio > 0.85\"\nat_most = \"key\"",
        &["cap[id=too_much_debt; old_when=debt_ratio > 0.9; new_when=debt_ratio > 0.85; old=Ordinary; new=Key]"],
    );
    check(
        "review_every = \"6 months\"",
        "review_every = \"3 months\"",
        &["grade[what=what-review; old=6 months; new=3 months; name=VIP]"],
    );
    check(
        "version = \"1\"",
        "version = \"2\"",
        &["policy[what=what-version; old=1; new=2]"],
    );
    check(
        "formula = \"debt\"",
        "formula = \"debt * 1.1\"",
        &["indicator[what=what-formula; old=debt; new=debt * 1.1; name=Debt ratio (1.1)]"],
    );
    check(
        "[[guarantee]]\nsays = \"debt_ratio > 0.9",
        "[[guarantee]]\nsays = \"debt_ratio > 0.95",
        &[
            "guarantee-added[says=debt_ratio > 0.95 implies grade at_most 'ordinary']",
            "guarantee-removed[says=debt_ratio > 0.9 implies grade at_most 'ordinary']",
        ],
    );
    check(
        "[[cap]]",
        "[review]\nappeal = { within = \"30 days\", answer_within = \"15 days\" }\n[[cap]]",
        &[
            "policy[what=what-appeal; old=none; new=30 days]",
            "policy[what=what-answer; old=none; new=15 days]",
        ],
    );
    check(
        "[[cap]]",
        "[review]\nfast_lane = { notches = 1, never = [\"vip\"], coverage = 0.8 }\n[[cap]]",
        &[
            "policy[what=what-lane-notches; old=none; new=1]",
            "policy[what=what-lane-first; old=none; new=no]",
            "policy[what=what-lane-never; old=none; new=vip]",
            "policy[what=what-lane-coverage; old=none; new=80%]",
        ],
    );
    check(
        "[[cap]]",
        "[review]\ncommittee = { seats = [\"risk\"], quorum = 1, majority = \"simple\", majority_of = \"votes\", ballot = \"secret\", casting_vote = true, circulation = \"5 days\" }\n[[cap]]",
        &[
            "policy[what=what-seats; old=none; new=risk]",
            "policy[what=what-quorum; old=none; new=1]",
            "policy[what=what-majority; old=none; new=simple]",
            "policy[what=what-majority-of; old=of-present; new=of-votes]",
            "policy[what=what-secret; old=no; new=yes]",
            "policy[what=what-casting; old=no; new=yes]",
            "policy[what=what-circulation; old=none; new=5 days]",
        ],
    );
    check(
        "[[cap]]",
        "[review]\noverride = { notches = 2, expires = \"6 months\", reasons = { recent_event = \"Recent event\" }, without_committee = 1, emergency = \"30 days\" }\nsteady = { confirmed_by = 2, cool_down = \"3 months\" }\n[[cap]]",
        &[
            "policy[what=what-notches; old=none; new=2]",
            "policy[what=what-expires; old=none; new=6 months]",
            "policy[what=what-reasons; old=none; new=recent_event]",
            "policy[what=what-alone; old=none; new=1]",
            "policy[what=what-emergency; old=none; new=30 days]",
            "policy[what=what-confirmed; old=none; new=2]",
            "policy[what=what-cool-down; old=none; new=3 months]",
        ],
    );
}

#[test]
fn how_members_figures_become_their_groups() {
    // The small policy for groups, with something said of its members.
    let group = |said: &str| {
        let text = SMALL.replace("subject = \"customer\"", "subject = \"group\"");
        let text = text.replace("[measure.revenue]\n", &format!("[measure.revenue]\n{said}"));
        text.replace("[measure.debt]\n", "[measure.debt]\ndecimals = 4\nmembers = \"max\"\n")
    };
    let check = |old: &str, new: &str, expected: &[&str]| {
        let found: Vec<String> = diff(&read(&group(old)), &read(&group(new))).iter().map(line).collect();
        assert_eq!(found, expected, "{old} → {new}");
    };
    let (sum, weighted) = ("members = \"sum\"\n", "members = { weighted_by = \"debt\" }\n");
    check(sum, sum, &[]);
    check(
        sum,
        weighted,
        &["measure[what=what-members; old=sum; new=weighted[by=debt]; name=Revenue]"],
    );
    check(
        sum,
        &format!("{sum}complete = true\n"),
        &["measure[what=what-complete; old=no; new=yes; name=Revenue]"],
    );
}
