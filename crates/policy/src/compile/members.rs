//! Group measures that are made of members' figures: `members`, `accounts`, `complete`. 成员合并的解析

use pinji_domain::Message;
use pinji_engine::expr::Comparison;
use pinji_engine::{Expr, InputType};

use super::names::{Column, Names};
use super::{CompiledMembers, CompiledRule, MeasureSource};
use crate::document::{Accounts, Measure, Members, MembersRule, Subject};
use crate::finding::{Finding, Severity};
use crate::formula::typing::ANYWHERE;
use crate::suggest::nearest;

/// The choice of a kind's scope field that says that a statement is consolidated. 合并报表
pub const CONSOLIDATED: &str = "consolidated";

/// The field of a customer that names the member right above it. 直接上级
pub const PARENT: &str = "parent";

/// Resolves what measures say of members, once all their columns are there.
pub(crate) fn resolve(names: &mut Names<'_>, findings: &mut Vec<Finding>) {
    let document = names.document;
    for (at, measure) in document.measures.iter().enumerate() {
        let (Some(members), Some(column)) = (&measure.members, names.columns.get(at).cloned()) else {
            continue;
        };
        let mut work = Work {
            names,
            measure,
            members,
            path: format!("measure[{at}]"),
            found: Vec::new(),
        };
        let resolved = work.resolve(at, column);
        let found = work.found;
        let faulty = found.iter().any(|finding| finding.severity == Severity::Error);
        findings.extend(found);
        if let Some(place) = names.columns.get_mut(at) {
            *place = resolved;
            place.faulty |= faulty;
        }
    }
}

struct Work<'w, 'd> {
    names: &'w Names<'d>,
    measure: &'d Measure,
    members: &'d Members,
    path: String,
    found: Vec<Finding>,
}

impl Work<'_, '_> {
    fn resolve(&mut self, at: usize, column: Column) -> Column {
        if self.names.document.subject != Subject::Group {
            self.error("members", Message::new("policy-members-subject"));
            return column;
        }
        // What is wrong with the figure itself was told; its type would be a guess.
        if column.faulty {
            return column;
        }
        let Some(ty) = self.exact(&column) else { return column };
        let rule = match &self.members.rule {
            MembersRule::Sum => CompiledRule::Sum,
            MembersRule::Max => CompiledRule::Max,
            MembersRule::Min => CompiledRule::Min,
            MembersRule::Weighted(by) => match self.weight(at, by) {
                Some(weight) => CompiledRule::Weighted(weight),
                None => return column,
            },
        };
        let (source, consolidated) = match self.members.accounts {
            Accounts::Own => (column.source, None),
            Accounts::ConsolidatedFirst => match self.accounts(&column) {
                Some((own, consolidated)) => (own, Some(consolidated)),
                None => return column,
            },
        };
        Column {
            ty,
            nullable: column.nullable || self.members.rule != MembersRule::Sum || self.members.complete,
            // Sums leave the range of what is added, and rounding may leave that of a mean; the sign stays.
            range: sign(column.range),
            source,
            members: Some(CompiledMembers {
                rule,
                consolidated,
                complete: self.members.complete,
            }),
            ..column
        }
    }

    /// Members' figures are exact numbers, so that neither order nor machine shows in what is made of them.
    fn exact(&mut self, column: &Column) -> Option<InputType> {
        match (&column.ty, self.measure.decimals) {
            (InputType::Int(scale), _) => Some(InputType::Int(*scale)),
            (InputType::Double, Some(decimals)) => Some(InputType::Int(decimals)),
            (InputType::Double, None) => {
                let message = Message::new("policy-members-decimals").with("measure", self.measure.id.as_str());
                self.error("members", message);
                None
            }
            (InputType::Text(_) | InputType::Date | InputType::Flag, _) => {
                let message = Message::new("policy-members-number").with("measure", self.measure.id.as_str());
                self.error("members", message);
                None
            }
        }
    }

    /// Where the measure stands that says what each member weighs.
    fn weight(&mut self, at: usize, by: &str) -> Option<usize> {
        // An absent name was reported when it was read.
        if by.is_empty() {
            return None;
        }
        self.names.use_name(by);
        let measures = &self.names.document.measures;
        let Some(found) = measures.iter().position(|measure| measure.id == by) else {
            let message = Message::new("policy-members-weight-unknown").with("name", by);
            let place = self.place("members.weighted_by");
            let finding = Finding::error(place, message);
            let near = nearest(by, measures.iter().map(|measure| measure.id.as_str()));
            self.found.push(match near {
                Some(near) => finding.help(Message::new("policy-did-you-mean").with("name", near)),
                None => finding,
            });
            return None;
        };
        let own = measures.get(found).is_some_and(|measure| measure.members.is_some());
        if found == at || !own {
            let message = Message::new("policy-members-weight").with("name", by);
            self.error("members.weighted_by", message);
            return None;
        }
        Some(found)
    }

    /// The measure over all statements that are not consolidated, and over those that are.
    fn accounts(&mut self, column: &Column) -> Option<(MeasureSource, MeasureSource)> {
        let kind = match &column.source {
            MeasureSource::Latest { kind, .. } | MeasureSource::Aggregate { kind, .. } => kind,
            _ => {
                self.error("accounts", Message::new("policy-accounts-given"));
                return None;
            }
        };
        let declared = self.names.document.kinds.get(kind);
        let Some(scope) = declared.and_then(|kind| kind.scope.clone()) else {
            let message = Message::new("policy-accounts-scope").with("kind", kind.as_str());
            self.error("accounts", message);
            return None;
        };
        if !column.nullable {
            let message = Message::new("policy-accounts-never-missing").with("measure", self.measure.id.as_str());
            self.error("accounts", message);
            return None;
        }
        let own = narrowed(&column.source, &scope, Comparison::NotEqual);
        Some((own, narrowed(&column.source, &scope, Comparison::Equal)))
    }

    fn place(&self, key: &str) -> (String, std::ops::Range<usize>) {
        self.names.document.places.at(&format!("{}.{key}", self.path))
    }

    fn error(&mut self, key: &str, message: Message) {
        let place = self.place(key);
        self.found.push(Finding::error(place, message));
    }
}

fn sign((low, high): (f64, f64)) -> (f64, f64) {
    let (any_low, any_high) = ANYWHERE;
    (
        if low >= 0.0 { 0.0 } else { any_low },
        if high <= 0.0 { 0.0 } else { any_high },
    )
}

/// A measure over the records alone whose scope is consolidated, or is not. A record that does not say is not.
fn narrowed(source: &MeasureSource, scope: &str, comparison: Comparison) -> MeasureSource {
    let mut source = source.clone();
    let (MeasureSource::Latest { fields, filter, .. } | MeasureSource::Aggregate { fields, filter, .. }) = &mut source
    else {
        return source;
    };
    let at = fields.iter().position(|field| field == scope).unwrap_or_else(|| {
        fields.push(scope.to_owned());
        fields.len() - 1
    });
    // Also true of records of a file without that column: these say nothing, too.
    let said = Expr::Coalesce(vec![Expr::Input(at), Expr::Text(String::new())]);
    let of_scope = Expr::Compare(
        comparison,
        Box::new(said),
        Box::new(Expr::Text(CONSOLIDATED.to_owned())),
    );
    *filter = Some(match filter.take() {
        Some(filter) => Expr::And(Box::new(filter), Box::new(of_scope)),
        None => of_scope,
    });
    source
}
