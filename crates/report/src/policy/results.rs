//! Grades, what they give, what bounds them, and what is promised. 等级

use pinji_domain::{Message, Text};
use pinji_locale::{list, period};

use super::{Bound, FastLane, MajorityOf, Printer, Review, Verdict};
use crate::doc::{Block, Line, Run, Table, code, text};

impl Printer<'_> {
    /// Grades with their conditions, and what each gives. 等级与权益
    pub(crate) fn grades(&self) -> Vec<Block> {
        let grades = &self.policy.grades;
        if grades.is_empty() {
            return Vec::new();
        }
        let classes = grades.iter().any(|grade| !grade.class.is_empty());
        let meanings = grades.iter().any(|grade| !grade.means.get(self.lang).is_empty());
        let reviews = grades.iter().any(|grade| grade.review_every.is_some());
        let mut table = Table::new("").short(self.word("report-grade"));
        for (wanted, title) in [(classes, "report-class"), (reviews, "print-review-every")] {
            if wanted {
                table = table.short(self.word(title));
            }
        }
        table = table.words(self.word("report-condition"));
        if meanings {
            table = table.words(self.word("print-means"));
        }
        for (position, grade) in grades.iter().enumerate() {
            let mut row = vec![self.chip(position)];
            if classes {
                row.push(text(grade.class.as_str()));
            }
            if reviews {
                let every = grade.review_every.map(|every| period(self.lang, every));
                row.push(text(every.unwrap_or_else(|| "–".to_owned())));
            }
            let condition = grade.condition.get(self.lang);
            row.push(if condition.is_empty() {
                text(self.word("report-otherwise"))
            } else {
                text(condition)
            });
            if meanings {
                row.push(text(grade.means.get(self.lang)));
            }
            table.rows.push(row);
        }
        let mut blocks = vec![
            Block::Paragraph(text(self.word("print-grades-note"))),
            Block::Table(table),
        ];
        blocks.extend(self.entitlements());
        blocks
    }

    /// What each grade gives: one row for each entitlement, one column for each grade.
    fn entitlements(&self) -> Option<Block> {
        let grades = &self.policy.grades;
        let mut names: Vec<&Text> = Vec::new();
        for (name, _) in grades.iter().flat_map(|grade| &grade.entitlements) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            return None;
        }
        let mut table = Table::new(self.word("print-entitlements")).words(self.word("print-entitlement"));
        for grade in grades {
            table = table.words(self.of(&grade.name, &grade.id));
        }
        for name in names {
            let mut row = vec![text(name.get(self.lang))];
            for grade in grades {
                let given = grade.entitlements.iter().find(|(found, _)| found == name);
                row.push(text(given.map_or("–", |(_, value)| value.get(self.lang))));
            }
            table.rows.push(row);
        }
        Some(Block::Table(table))
    }

    /// Caps, floors, and the group's bound. 封顶与保底
    pub(crate) fn bounds(&self) -> Vec<Block> {
        let policy = self.policy;
        let mut blocks = Vec::new();
        let sides = [
            ("print-caps", "report-at-most", &policy.caps),
            ("print-floors", "report-at-least", &policy.floors),
        ];
        for (caption, side, bounds) in sides {
            if !bounds.is_empty() {
                blocks.push(Block::Table(self.bound_table(caption, side, bounds)));
            }
        }
        if let Some((name, notches)) = &policy.group {
            let code = if *notches == 0 {
                "print-group-same"
            } else {
                "print-group"
            };
            let message = Message::new(code)
                .with("policy", name.clone())
                .with("n", i64::from(*notches));
            blocks.push(Block::Paragraph(text(self.say(message))));
        }
        if !policy.caps.is_empty() && !policy.floors.is_empty() {
            blocks.push(Block::Paragraph(text(self.word("print-cap-beats-floor"))));
        }
        blocks
    }

    fn bound_table(&self, caption: &'static str, side: &'static str, bounds: &[Bound]) -> Table {
        let clauses = bounds.iter().any(|bound| !bound.clause.is_empty());
        let mut table = Table::new(self.word(caption))
            .words(self.word("report-reason"))
            .words(self.word("report-condition"))
            .short(self.word("report-bound"));
        if clauses {
            table = table.short(self.word("print-clause"));
        }
        for bound in bounds {
            let mut limit: Line = vec![Run::Text(format!("{} ", self.word(side)))];
            limit.extend(self.chip(bound.grade));
            let mut row = vec![
                text(self.of(&bound.reason, &bound.id)),
                text(bound.condition.get(self.lang)),
                limit,
            ];
            if clauses {
                row.push(text(bound.clause.as_str()));
            }
            table.rows.push(row);
        }
        table
    }

    /// What is promised of the policy, and whether it is proved. 保证
    pub(crate) fn guarantees(&self) -> Vec<Block> {
        if self.policy.guarantees.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new("")
            .words(self.word("report-says"))
            .words(self.word("report-proof"));
        for guarantee in &self.policy.guarantees {
            let mut says: Line = Vec::new();
            if !guarantee.name.get(self.lang).is_empty() {
                says.extend([Run::Text(guarantee.name.get(self.lang).to_owned()), Run::Break]);
            }
            says.extend(code(guarantee.says.as_str()));
            let verdict = match &guarantee.verdict {
                Verdict::Proved => self.word("report-proved"),
                Verdict::Undecided => self.word("print-undecided"),
                Verdict::Unchecked => self.word("print-unchecked"),
                Verdict::Refuted(example) => self.say(Message::new("print-refuted").with("example", example.clone())),
            };
            table.rows.push(vec![says, text(verdict)]);
        }
        vec![
            Block::Paragraph(text(self.word("print-guarantees-note"))),
            Block::Table(table),
        ]
    }

    /// Committee, override, appeal. 评审与复议
    pub(crate) fn review(&self) -> Vec<Block> {
        let Some(review) = &self.policy.review else {
            return Vec::new();
        };
        let mut facts = Vec::new();
        if let Some(lane) = &review.fast_lane {
            facts.push((self.word("print-fast-lane"), text(self.fast_lane(lane))));
        }
        if !review.seats.is_empty() {
            let seats: Vec<&str> = review.seats.iter().map(|seat| seat.get(self.lang)).collect();
            facts.push((self.word("print-seats"), text(list(self.lang, &seats))));
        }
        if let Some(quorum) = review.quorum {
            let words = Message::new("print-quorum-of").with("n", i64::from(quorum));
            facts.push((self.word("print-quorum"), text(self.say(words))));
        }
        if !review.majority.is_empty() {
            let of = match review.majority_of {
                MajorityOf::Votes => "print-majority-of-votes",
                MajorityOf::Present => "print-majority-of-present",
                MajorityOf::Seats => "print-majority-of-seats",
            };
            let words = Message::new(of).with("majority", review.majority.as_str());
            facts.push((self.word("print-majority"), text(self.say(words))));
        }
        facts.extend(self.voting(review));
        let mut overrides = Vec::new();
        if let Some(notches) = review.override_notches {
            overrides.push(self.say(Message::new("print-override-notches").with("n", i64::from(notches))));
        }
        if let Some(expires) = review.override_expires {
            let message = Message::new("print-override-expires").with("period", period(self.lang, expires));
            overrides.push(self.say(message));
        }
        if review.override_second_person {
            overrides.push(self.word("print-override-second"));
        }
        if let Some(alone) = review.override_without_committee.filter(|alone| *alone > 0) {
            overrides.push(self.say(Message::new("print-override-alone").with("n", i64::from(alone))));
        }
        if let Some(emergency) = review.override_emergency {
            let message = Message::new("print-override-emergency").with("period", period(self.lang, emergency));
            overrides.push(self.say(message));
        }
        if !overrides.is_empty() {
            facts.push((
                self.word("print-override"),
                text(overrides.join(&self.word("report-stop"))),
            ));
        }
        if !review.override_reasons.is_empty() {
            let reasons: Vec<&str> = review.override_reasons.iter().map(|name| name.get(self.lang)).collect();
            facts.push((self.word("print-override-reasons"), text(list(self.lang, &reasons))));
        }
        if let Some(runs) = review.confirmed_by {
            let message = Message::new("print-steady-runs").with("n", i64::from(runs));
            facts.push((self.word("print-steady-fall"), text(self.say(message))));
        }
        if let Some(cool_down) = review.cool_down {
            let message = Message::new("print-steady-after").with("period", period(self.lang, cool_down));
            facts.push((self.word("print-steady-rise"), text(self.say(message))));
        }
        let times = [
            ("print-appeal", "print-within", review.appeal_within),
            ("print-appeal-answer", "print-within", review.appeal_answer_within),
        ];
        for (name, code, within) in times {
            if let Some(within) = within {
                let message = Message::new(code).with("period", period(self.lang, within));
                facts.push((self.word(name), text(self.say(message))));
            }
        }
        if facts.is_empty() {
            Vec::new()
        } else {
            vec![Block::Facts(facts)]
        }
    }

    /// What is accepted without experts and committee. 快速通道
    fn fast_lane(&self, lane: &FastLane) -> String {
        let mut parts = vec![self.say(Message::new("print-fast-lane-notches").with("n", i64::from(lane.notches)))];
        parts.push(self.word(if lane.first {
            "print-fast-lane-first"
        } else {
            "print-fast-lane-not-first"
        }));
        if let Some(coverage) = &lane.coverage {
            let message = Message::new("print-fast-lane-coverage").with("coverage", coverage.as_str());
            parts.push(self.say(message));
        }
        if !lane.never.is_empty() {
            let never: Vec<&str> = lane.never.iter().map(|grade| grade.get(self.lang)).collect();
            let message = Message::new("print-fast-lane-never").with("grades", list(self.lang, &never));
            parts.push(self.say(message));
        }
        parts.join(&self.word("report-stop"))
    }

    /// How the committee votes, where it has seats. 表决方式
    fn voting(&self, review: &Review) -> Option<(String, Line)> {
        if review.seats.is_empty() {
            return None;
        }
        let mut parts = vec![self.word(if review.is_secret {
            "print-ballot-secret"
        } else {
            "print-ballot-open"
        })];
        if review.casting_vote {
            parts.push(self.word("print-casting-vote"));
        }
        if let Some(circulation) = review.circulation {
            let message = Message::new("print-circulation").with("period", period(self.lang, circulation));
            parts.push(self.say(message));
        }
        Some((self.word("print-ballot"), text(parts.join(&self.word("report-stop")))))
    }
}
