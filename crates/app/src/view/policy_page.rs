//! A policy as its printed page wants it: every id with its name, every condition in words. 分级标准的印刷视图

use pinji_domain::number::plain;
use pinji_domain::{Decimal, Lang, Message, Period, Text};
use pinji_engine::Plan;
use pinji_policy::Document;
use pinji_policy::document::{
    self, Accounts, BandEnd, Better, Derivation as Derived, Given, MeasureFrom, MembersRule, MissingRule as Rule,
    ReconcileBy, Subject, Threshold, Unit,
};
use pinji_report::policy::{
    Band, Bound, Derivation, Dimension, Direction, Example, ExampleGrade, FastLane, Grade, Guarantee, Indicator, Level,
    MajorityOf, Measure, MissingRule, Parameter, PolicyPage, Reconcile, Review, Score, Scoring, StandardTable, Verdict,
};

use crate::view::condition;
use crate::words;

/// Fills the page. `plan` gives the weights that score; `verdicts` are those of the guarantees, in their order, where they were proved. 填写印刷页
pub fn fill(
    document: &Document,
    plan: Option<&Plan>,
    sha256: &str,
    files: Vec<(String, String)>,
    verdicts: &[Verdict],
    lang: Lang,
) -> PolicyPage {
    PolicyPage {
        lang,
        id: document.id.clone(),
        version: document.version.clone(),
        name: document.name.clone(),
        purpose: document.purpose.clone(),
        subject: said(match document.subject {
            Subject::Customer => "app-subject-customer",
            Subject::Group => "app-subject-group",
        }),
        effective: document.effective,
        currency: document.currency.clone(),
        min_coverage: match document.min_coverage {
            0 => String::new(),
            share => words::share(u16::try_from(share).unwrap_or(10_000)),
        },
        uses: document
            .uses
            .iter()
            .map(|used| {
                (
                    used.alias.clone(),
                    used.policy.name.clone(),
                    used.policy.version.clone(),
                )
            })
            .collect(),
        dimensions: document
            .dimensions
            .iter()
            .map(|found| dimension(document, plan, found))
            .collect(),
        scores: document.scores.iter().map(|found| score(document, found)).collect(),
        measures: document.measures.iter().map(|found| measure(document, found)).collect(),
        parameters: document
            .parameters
            .iter()
            .map(|found| Parameter {
                id: found.id.clone(),
                name: found.name.clone(),
                values: found.values.clone(),
            })
            .collect(),
        tables: document.tables.iter().map(|found| table(document, found)).collect(),
        rates: document
            .rates
            .iter()
            .map(|rate| (rate.from.clone(), rate.date, rate.value))
            .collect(),
        grades: document.grades.iter().map(|found| grade(document, found)).collect(),
        caps: document.caps.iter().map(|found| bound(document, found)).collect(),
        floors: document.floors.iter().map(|found| bound(document, found)).collect(),
        guarantees: guarantees(document, verdicts),
        group: document
            .group
            .as_ref()
            .map(|group| (Text::new(group.policy.clone(), group.policy.clone()), group.notches)),
        review: document.review.as_ref().map(|found| review(document, found)),
        derivations: document
            .derivations
            .iter()
            .map(|found| derivation(document, found))
            .collect(),
        examples: document.examples.iter().map(|found| example(document, found)).collect(),
        sha256: sha256.to_owned(),
        files,
    }
}

fn said(code: &'static str) -> Text {
    pinji_locale::both(&Message::new(code))
}

/// The name of anything with an id; the id itself where it has none.
fn name_of(document: &Document, id: &str) -> Text {
    let dimension = document
        .dimensions
        .iter()
        .find(|found| found.id == id)
        .map(|found| found.name.clone());
    let indicator = || {
        document
            .indicators
            .iter()
            .find(|found| found.id == id)
            .map(|found| found.name.clone())
    };
    let measure = || {
        document
            .measures
            .iter()
            .find(|found| found.id == id)
            .map(|found| found.name.clone())
    };
    let score = || {
        document
            .scores
            .iter()
            .find(|found| found.id == id)
            .map(|found| found.name.clone())
    };
    let used = || {
        document
            .uses
            .iter()
            .find(|found| found.alias == id)
            .map(|found| found.policy.name.clone())
    };
    let found = dimension
        .or_else(indicator)
        .or_else(measure)
        .or_else(score)
        .or_else(used);
    found
        .filter(|name| *name != Text::default())
        .unwrap_or_else(|| Text::new(id, id))
}

fn dimension(document: &Document, plan: Option<&Plan>, found: &document::Dimension) -> Dimension {
    let indicators = document
        .indicators
        .iter()
        .filter(|indicator| indicator.dimension == found.id);
    Dimension {
        id: found.id.clone(),
        name: found.name.clone(),
        indicators: indicators
            .map(|indicator| self::indicator(document, plan, indicator))
            .collect(),
    }
}

/// An indicator's nominal weight in each score, as the plan scores with it.
fn nominal(plan: &Plan, id: &str) -> Vec<Option<Decimal>> {
    let share = |(number, score): (usize, &pinji_engine::Score)| {
        let units = plan.nominal_weights(number).get(plan.indicator(id)?).copied()?;
        (units > 0).then_some(Decimal {
            units,
            scale: score.decimals + 2,
        })
    };
    plan.parts().scores.iter().enumerate().map(share).collect()
}

fn indicator(document: &Document, plan: Option<&Plan>, found: &document::Indicator) -> Indicator {
    let judged = matches!(found.scoring, document::Scoring::Judged { .. });
    Indicator {
        id: found.id.clone(),
        name: found.name.clone(),
        means: found.means.clone(),
        clause: found.clause.clone(),
        weight: found.weight,
        nominal: plan.map(|plan| nominal(plan, &found.id)).unwrap_or_default(),
        formula: if judged { String::new() } else { found.formula.clone() },
        unit: unit(&found.unit, &document.currency),
        // A ratio is shown in hundredths.
        decimals: match found.unit {
            Unit::Ratio => found.decimals.saturating_sub(2),
            _ => found.decimals,
        },
        source: source_of_indicator(document, found),
        better: match found.better {
            Better::Higher => Direction::Higher,
            Better::Lower => Direction::Lower,
            Better::Neither => Direction::Neither,
        },
        scoring: scoring(document, found),
        missing: match found.missing {
            Rule::Refuse => MissingRule::Refuse,
            Rule::Worst => MissingRule::Worst,
            Rule::Reweight => MissingRule::Reweight,
            Rule::Points(points) => MissingRule::Points(points),
        },
    }
}

/// Where an indicator that is nothing but a measure comes from; a formula shows its measures by itself.
fn source_of_indicator(document: &Document, found: &document::Indicator) -> Text {
    let measure = document
        .measures
        .iter()
        .find(|measure| measure.id == found.formula.trim());
    measure.map(|measure| source(document, measure)).unwrap_or_default()
}

/// A unit in words.
pub fn unit(unit: &Unit, currency: &str) -> Text {
    match unit {
        Unit::Money if currency == "CNY" => said("app-unit-yuan"),
        Unit::Money => Text::new(currency, currency),
        Unit::Ratio => Text::new("%", "%"),
        Unit::Days => said("app-unit-days"),
        Unit::Months => said("app-unit-months"),
        Unit::Years => said("app-unit-years"),
        Unit::Points => said("app-unit-points"),
        Unit::Other(name) => name.clone(),
        Unit::Count | Unit::Text | Unit::Date | Unit::Flag | Unit::Unknown => Text::default(),
    }
}

fn scoring(document: &Document, found: &document::Indicator) -> Scoring {
    match &found.scoring {
        document::Scoring::Bands { bands, interpolate } => {
            let lows = std::iter::once(None).chain(bands.iter().map(|band| band.end.as_ref()));
            let band = |(low, band): (Option<&BandEnd>, &document::BandRow)| Band {
                // A band begins where the one below it ends; whose the edge is, its neighbour says.
                low: low.map(|end| (edge(document, found, end), !end.inclusive)),
                high: band.end.as_ref().map(|end| (edge(document, found, end), end.inclusive)),
                points: band.points,
                name: band.name.clone(),
            };
            Scoring::Bands {
                bands: lows.zip(bands).map(band).collect(),
                interpolated: *interpolate,
            }
        }
        document::Scoring::Map { entries, otherwise } => Scoring::Map {
            entries: entries
                .iter()
                .map(|(text, points)| (words::choice_name(document, found, text), *points))
                .collect(),
            otherwise: *otherwise,
        },
        document::Scoring::Judged {
            by,
            levels,
            reconcile,
            fresh,
        } => Scoring::Judged {
            by: role(by),
            levels: levels
                .iter()
                .map(|level| Level {
                    name: level.name.clone(),
                    points: level.points,
                    means: level.means.clone(),
                })
                .collect(),
            reconcile: match reconcile.by {
                ReconcileBy::Mean => Reconcile::Mean,
                ReconcileBy::Median => Reconcile::Median,
                ReconcileBy::Consensus => Reconcile::Consensus,
            },
            min: reconcile.min,
            spread: reconcile.spread,
            fresh: *fresh,
        },
        document::Scoring::Table {
            table,
            key,
            interpolate,
            ..
        } => Scoring::Table {
            name: document
                .tables
                .iter()
                .find(|found| found.id == *table)
                .map(|found| found.name.clone())
                .unwrap_or_default(),
            keys: key.iter().map(|id| name_of(document, id)).collect(),
            interpolated: *interpolate,
        },
    }
}

fn edge(document: &Document, found: &document::Indicator, end: &BandEnd) -> Text {
    match &end.at {
        Threshold::Number(number) => {
            let shown = number_words(document, found, *number);
            Text::new(shown(Lang::Zh), shown(Lang::En))
        }
        Threshold::Parameter(id) => {
            let parameter = document.parameters.iter().find(|parameter| parameter.id == *id);
            parameter
                .map(|parameter| parameter.name.clone())
                .unwrap_or_else(|| Text::new(id.clone(), id.clone()))
        }
    }
}

/// A figure in an indicator's unit, with as many decimals as it was written with (a percentage keeps two fewer).
fn number_words<'a>(
    document: &'a Document,
    found: &'a document::Indicator,
    number: Decimal,
) -> impl Fn(Lang) -> String + 'a {
    let scale = if found.unit == Unit::Ratio {
        number.scale.max(2)
    } else {
        number.scale
    };
    let units = number.at(scale).unwrap_or(number.units);
    move |lang| words::value(lang, &found.unit, &document.currency, units, scale)
}

fn role(by: &str) -> Text {
    match by {
        "expert" => said("app-role-expert"),
        "committee" => said("app-role-committee"),
        other => Text::new(other, other),
    }
}

fn score(document: &Document, found: &document::Score) -> Score {
    let weight = |dimension: &document::Dimension| {
        found
            .weights
            .iter()
            .find(|(id, _)| *id == dimension.id)
            .map(|(_, weight)| *weight)
    };
    Score {
        id: found.id.clone(),
        name: found.name.clone(),
        decimals: found.decimals,
        weights: document.dimensions.iter().map(weight).collect(),
    }
}

fn measure(document: &Document, found: &document::Measure) -> Measure {
    let formula = match &found.from {
        MeasureFrom::Given(_) => String::new(),
        MeasureFrom::Latest { value, .. } | MeasureFrom::Aggregate { value, .. } => value.clone(),
    };
    Measure {
        id: found.id.clone(),
        name: name_of(document, &found.id),
        source: source(document, found),
        formula,
        unit: unit(&found.unit, &document.currency),
    }
}

/// From which records a measure comes, which window, which filter.
pub fn source(document: &Document, found: &document::Measure) -> Text {
    let kind_name = |id: &str| {
        document
            .kinds
            .get(id)
            .map_or_else(|| Text::new(id, id), |kind| kind.name.clone())
    };
    let (message, filter) = match &found.from {
        MeasureFrom::Given(_) => (Message::new("app-source-given"), None),
        MeasureFrom::Latest {
            kind, filter, fresh, ..
        } => match fresh {
            Some(fresh) => (
                Message::new("app-source-latest-fresh")
                    .with("kind", kind_name(kind))
                    .with("fresh", period(*fresh)),
                filter.as_ref(),
            ),
            None => (
                Message::new("app-source-latest").with("kind", kind_name(kind)),
                filter.as_ref(),
            ),
        },
        MeasureFrom::Aggregate { kind, filter, over, .. } => match over {
            Some(over) => (
                Message::new("app-source-window")
                    .with("kind", kind_name(kind))
                    .with("over", period(*over)),
                filter.as_ref(),
            ),
            None => (
                Message::new("app-source-all").with("kind", kind_name(kind)),
                filter.as_ref(),
            ),
        },
    };
    let message = match filter {
        None => message,
        Some(filter) => Message::new("app-source-filter")
            .with("source", message)
            .with("filter", filter.clone()),
    };
    pinji_locale::both(&of_members(message, found.members.as_ref()))
}

/// A source, with how the figures of members become their group's. 成员合并方式
pub fn of_members(source: Message, members: Option<&document::Members>) -> Message {
    let Some(members) = members else { return source };
    let rule = match &members.rule {
        MembersRule::Sum => Message::new("policy-members-sum"),
        MembersRule::Max => Message::new("policy-members-max"),
        MembersRule::Min => Message::new("policy-members-min"),
        MembersRule::Weighted(by) => Message::new("policy-members-weighted").with("by", by.as_str()),
    };
    let mut said = match members.accounts {
        Accounts::Own => Message::new("app-source-members"),
        Accounts::ConsolidatedFirst => {
            let accounts = Message::new("policy-accounts-consolidated-first");
            Message::new("app-source-members-accounts").with("accounts", accounts)
        }
    };
    said = said.with("source", source).with("members", rule);
    if members.complete {
        let whole = Message::new("policy-complete-yes");
        said = Message::new("app-source-members")
            .with("source", said)
            .with("members", whole);
    }
    said
}

fn period(period: Period) -> Text {
    Text::new(
        pinji_locale::period(Lang::Zh, period),
        pinji_locale::period(Lang::En, period),
    )
}

fn table(document: &Document, found: &document::Table) -> StandardTable {
    let row = |row: &document::TableRow| {
        let indicator = document
            .indicators
            .iter()
            .find(|indicator| indicator.id == row.indicator);
        let edges = row.edges.iter().map(|edge| match indicator {
            Some(indicator) => number_words(document, indicator, *edge)(Lang::En),
            None => edge.to_string(),
        });
        (name_of(document, &row.indicator), row.keys.clone(), edges.collect())
    };
    StandardTable {
        name: found.name.clone(),
        source: found.source.clone(),
        keys: found.key.iter().map(|id| name_of(document, id)).collect(),
        points: found.points.clone(),
        beyond: found.beyond,
        rows: found.rows.iter().map(row).collect(),
    }
}

fn grade(document: &Document, found: &document::Grade) -> Grade {
    Grade {
        id: found.id.clone(),
        name: found.name.clone(),
        class: found.class.clone(),
        means: found.means.clone(),
        condition: if found.when.is_empty() {
            Text::default()
        } else {
            condition::words(document, &found.when)
        },
        review_every: found.review_every,
        entitlements: found
            .entitlements
            .iter()
            .map(|(name, value)| (entitlement(name), Text::new(value.clone(), value.clone())))
            .collect(),
    }
}

/// The common entitlements in words; others by their names.
pub fn entitlement(name: &str) -> Text {
    let code = match name {
        "account_manager" => "app-entitlement-account-manager",
        "response_hours" => "app-entitlement-response-hours",
        "discount_pct" => "app-entitlement-discount",
        "points_rate" => "app-entitlement-points-rate",
        "credit_limit" => "app-entitlement-credit-limit",
        "payment_days" => "app-entitlement-payment-days",
        "visits_per_year" => "app-entitlement-visits",
        "campaigns" => "app-entitlement-campaigns",
        other => return Text::new(other, other),
    };
    said(code)
}

fn bound(document: &Document, found: &document::Bound) -> Bound {
    Bound {
        id: found.id.clone(),
        condition: condition::words(document, &found.when),
        grade: document
            .grades
            .iter()
            .position(|grade| grade.id == found.grade)
            .unwrap_or(0),
        reason: found.reason.clone(),
        clause: found.clause.clone(),
    }
}

fn guarantees(document: &Document, verdicts: &[Verdict]) -> Vec<Guarantee> {
    let one = |(at, found): (usize, &document::Guarantee)| Guarantee {
        says: found.says.clone(),
        name: found.name.clone(),
        verdict: verdicts.get(at).cloned().unwrap_or(Verdict::Unchecked),
    };
    document.guarantees.iter().enumerate().map(one).collect()
}

fn review(document: &Document, found: &document::Review) -> Review {
    let grade = |id: &String| {
        let known = document.grades.iter().find(|grade| grade.id == *id);
        known.map_or_else(|| Text::new(id, id), |grade| grade.name.clone())
    };
    let lane = |lane: &document::FastLane| FastLane {
        notches: lane.notches,
        first: lane.first,
        never: lane.never.iter().map(grade).collect(),
        coverage: (lane.coverage > 0).then(|| format!("{}%", trimmed(lane.coverage))),
    };
    Review {
        fast_lane: found.fast_lane.as_ref().map(lane),
        seats: found.seats.iter().map(|seat| seat_name(seat)).collect(),
        quorum: found.quorum,
        majority: found.majority.clone(),
        majority_of: match found.majority_of {
            document::MajorityOf::Votes => MajorityOf::Votes,
            document::MajorityOf::Present => MajorityOf::Present,
            document::MajorityOf::Seats => MajorityOf::Seats,
        },
        is_secret: found.ballot == document::Ballot::Secret,
        casting_vote: found.casting_vote,
        circulation: found.circulation,
        override_notches: found.override_notches,
        override_expires: found.override_expires,
        override_second_person: found.override_second_person,
        override_reasons: found.override_reasons.iter().map(|(_, name)| name.clone()).collect(),
        override_without_committee: found.override_without_committee,
        override_emergency: found.override_emergency,
        confirmed_by: found.confirmed_by,
        cool_down: found.cool_down,
        appeal_within: found.appeal_within,
        appeal_answer_within: found.appeal_answer_within,
    }
}

/// A share in 10⁻⁴ as per cent, without needless zeros: 8000 is `80`, 8250 is `82.5`.
fn trimmed(share: u32) -> String {
    let text = plain(i64::from(share), 2);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

fn seat_name(seat: &str) -> Text {
    match seat {
        "executive" => said("app-seat-executive"),
        "marketing" => said("app-seat-marketing"),
        "finance" => said("app-seat-finance"),
        "risk" => said("app-seat-risk"),
        "service" => said("app-seat-service"),
        "legal" => said("app-seat-legal"),
        other => Text::new(other, other),
    }
}

fn derivation(document: &Document, found: &Derived) -> Derivation {
    let of_name = |of: &str| {
        if of == "dimensions" {
            said("app-of-dimensions")
        } else {
            name_of(document, of)
        }
    };
    let names = |items: &[String]| items.iter().map(|item| name_of(document, item)).collect();
    match found {
        Derived::Ahp {
            of,
            items,
            judges,
            weights,
            consistency,
        } => Derivation::Ahp {
            of: of_name(of),
            items: names(items),
            judges: judges
                .iter()
                .zip(&consistency.1)
                .map(|((name, matrix), ratio)| (name.clone(), matrix.clone(), *ratio))
                .collect(),
            weights: weights.iter().map(|weight| hundredths(*weight)).collect(),
            consistency: consistency.0,
        },
        Derived::Entropy {
            of,
            items,
            weights,
            rows,
            as_of,
            sha256,
        } => Derivation::Entropy {
            of: of_name(of),
            items: names(items),
            weights: weights.clone(),
            rows: *rows,
            as_of: *as_of,
            sha256: sha256.clone(),
        },
    }
}

/// A weight that is a share of one, as a weight of a hundred with four decimals.
fn hundredths(share: f64) -> Decimal {
    let units = pinji_domain::number::scale_f64(share * 100.0, 4).unwrap_or(0);
    Decimal::parse(&plain(units, 4)).unwrap_or(Decimal { units, scale: 4 })
}

fn example(document: &Document, found: &document::Example) -> Example {
    let given = |(id, value): &(String, Given)| {
        let shown = match value {
            Given::Number(number) => {
                let unit = document
                    .measures
                    .iter()
                    .find(|measure| measure.id == *id)
                    .map(|measure| measure.unit.clone());
                let unit = unit.unwrap_or_default();
                let scale = if unit == Unit::Ratio {
                    number.scale.max(2)
                } else {
                    number.scale
                };
                let units = number.at(scale).unwrap_or(number.units);
                let say = |lang| words::value(lang, &unit, &document.currency, units, scale);
                Text::new(say(Lang::Zh), say(Lang::En))
            }
            Given::Text(text) => Text::new(text.clone(), text.clone()),
            Given::Date(date) => Text::new(pinji_locale::date(*date), pinji_locale::date(*date)),
            Given::Flag(flag) => Text::new(words::flag(Lang::Zh, *flag), words::flag(Lang::En, *flag)),
        };
        (name_of(document, id), shown)
    };
    let caps = |ids: &Vec<String>| {
        let reason = |id: &String| {
            let cap = document.caps.iter().find(|cap| cap.id == *id);
            cap.map_or_else(|| Text::new(id.clone(), id.clone()), |cap| cap.reason.clone())
        };
        ids.iter().map(reason).collect()
    };
    Example {
        name: found.name.clone(),
        as_of: found.as_of,
        given: found.given.iter().map(given).collect(),
        grade: found.grade.as_ref().map(|grade| {
            document
                .grades
                .iter()
                .position(|known| known.id == *grade)
                .map_or(ExampleGrade::Ungraded, ExampleGrade::Grade)
        }),
        scores: found
            .scores
            .iter()
            .map(|(id, value)| (name_of(document, id), *value))
            .collect(),
        caps: found.caps.as_ref().map(caps),
    }
}
