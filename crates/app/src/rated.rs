//! A book of customers, measured and graded by a policy and those it uses. 已评级的客户集

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, Int32Array, StringArray, new_null_array};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use pinji_domain::number::{rescale, scale_f64};
use pinji_domain::{Date, Lang, Message, MissingCause};
use pinji_engine::InputType;
use pinji_policy::MeasureSource;
use pinji_policy::document::{GROUP_GRADE, Unit};
use pinji_query::{Measured, MeasuredColumn, UsedGrades, Value};

use crate::book::Book;
use crate::error::AppError;
use crate::needs::CUSTOMER;
use crate::regulation::Level;
use crate::words;

/// One policy with its measures and results. 单层评级
#[derive(Debug, Clone)]
pub struct Layer {
    /// The policy.
    pub level: Level,
    /// Its measures.
    pub measured: Measured,
    /// Its results.
    pub book: Book,
}

/// All layers of a run: used policies first, the run's own last. 已评级的客户集
#[derive(Debug, Clone)]
pub struct Rated {
    /// As of when.
    pub as_of: Date,
    /// Used policies first.
    pub used: Vec<Layer>,
    /// The run's own policy.
    pub main: Layer,
}

/// Grades one measured policy on top of those that it uses. 评级
///
/// # Errors
/// When measures and policy do not belong together.
pub fn layer(level: Level, measured: Measured, threads: usize) -> Result<Layer, AppError> {
    let chunks = measured
        .grade(&level.compiled.plan, threads)
        .map_err(|error| AppError::Failed(error.message()))?;
    let book = Book::new(chunks);
    Ok(Layer { level, measured, book })
}

/// What the policies that `level` uses have given, for measuring it. 所用评级的结果
///
/// # Errors
/// When one of them was not graded before.
pub fn used_grades(level: &Level, layers: &[Layer]) -> Result<Vec<UsedGrades>, AppError> {
    let one = |(alias, at): &(String, usize)| {
        let source = layers
            .get(*at)
            .ok_or_else(|| AppError::Failed(Message::new("app-used-policy-missing").with("alias", alias.clone())))?;
        let grades = (0..source.book.rows()).map(|row| source.grade_id(row)).collect();
        Ok(UsedGrades {
            alias: alias.clone(),
            ids: Arc::clone(&source.measured.ids),
            grades,
        })
    };
    level.uses.iter().map(one).collect()
}

/// The grades of a used policy as a column for these ids; a subject that it lacks, or did not grade, is missing.
pub fn grade_column(ids: &ArrayRef, id: &str, ty: &InputType, used: Option<&Layer>) -> MeasuredColumn {
    let rows = used.map(|used| (used, Lookup::new(&used.measured.ids)));
    let grade = |row: usize| {
        let (used, rows) = rows.as_ref()?;
        rows.find(ids, row).and_then(|there| used.grade_id(there))
    };
    let grades = (0..ids.len()).map(|row| grade(row).ok_or(MissingCause::Ungraded));
    grade_texts(id, ty, grades.collect())
}

/// Grades as a column of texts.
fn grade_texts(id: &str, ty: &InputType, grades: Vec<Result<String, MissingCause>>) -> MeasuredColumn {
    let texts: BTreeSet<&str> = grades.iter().flatten().map(String::as_str).collect();
    let texts: Vec<&str> = texts.into_iter().collect();
    let key = |grade: &Result<String, MissingCause>| {
        let place = texts.binary_search(&grade.as_deref().ok()?).ok()?;
        i32::try_from(place).ok()
    };
    let keys: Int32Array = grades.iter().map(key).collect();
    let causes = grades
        .iter()
        .map(|grade| grade.as_ref().err().map_or(0, |cause| *cause as u8))
        .collect();
    let values: ArrayRef = match DictionaryArray::try_new(keys, Arc::new(StringArray::from(texts.clone()))) {
        Ok(dictionary) => Arc::new(dictionary),
        // Keys come from the list itself, so this is not reached; nulls are the honest answer if it were.
        Err(_) => new_null_array(
            &DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            grades.len(),
        ),
    };
    MeasuredColumn {
        id: id.to_owned(),
        ty: ty.clone(),
        values,
        causes: Some(causes),
    }
}

/// Fills in the grade of each customer's group, where the policy has a bound by it: of two members or more, and graded. 集团等级
pub fn fill_group_grades(level: &Level, measured: &mut Measured, layers: &[Layer]) {
    let place = level
        .compiled
        .measures
        .iter()
        .position(|measure| measure.source == MeasureSource::GroupGrade);
    let Some((at, measure)) = place.and_then(|at| Some((at, level.compiled.measures.get(at)?))) else {
        return;
    };
    let grades = group_grades(level, measured, layers);
    let column = grade_texts(&measure.id, &measure.ty, grades);
    if let Some(place) = measured.columns.get_mut(at) {
        *place = column;
    }
}

/// The grades that bound a level's customers: those of their groups, or why there is none.
fn group_grades(level: &Level, measured: &Measured, layers: &[Layer]) -> Vec<Result<String, MissingCause>> {
    let field = level.document.kinds.get(CUSTOMER).and_then(pinji_query::group_field);
    let names = field.and_then(|field| measured.about(field));
    let name = |row: usize| {
        let name = words::text(names?, row)?.trim().to_owned();
        (!name.is_empty()).then_some(name)
    };
    let named: Vec<Option<String>> = (0..measured.rows()).map(name).collect();
    let mut members: HashMap<&str, usize> = HashMap::new();
    for name in named.iter().flatten() {
        *members.entry(name).or_default() += 1;
    }
    let groups = level.group.and_then(|at| layers.get(at));
    let groups = groups.map(|groups| (groups, Lookup::new(&groups.measured.ids)));
    let grade = |name: &Option<String>| {
        let name = name.as_deref().ok_or(MissingCause::NotReported)?;
        if members.get(name).is_none_or(|members| *members < 2) {
            return Err(MissingCause::OnlyMember);
        }
        let found = groups
            .as_ref()
            .and_then(|(groups, rows)| groups.grade_id(rows.find_text(name)?));
        found.ok_or(MissingCause::Ungraded)
    };
    named.iter().map(grade).collect()
}

/// A figure in a snapshot that is not what it is made of: the grade of a used policy or of a group, or a group's measure that is
/// made of its members' figures. 不符的快照值
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongCell {
    /// The subject.
    pub subject: String,
    /// The column.
    pub column: String,
    /// What the snapshot says.
    pub kept: String,
    /// What the used policy, or the members, give.
    pub derived: String,
}

/// Where a snapshot's measures of groups are not what the figures of their members, which it keeps too, come to.
///
/// # Errors
/// When these leave the exact range.
pub fn wrong_figures(level: &Level, measured: &Measured) -> Result<Vec<WrongCell>, AppError> {
    let mut wrong = Vec::new();
    let Some(members) = &measured.members else {
        return Ok(wrong);
    };
    let columns = members.columns(&level.compiled.measures, measured);
    for derived in columns.map_err(|error| AppError::Failed(error.message()))? {
        let Some(kept) = measured.column(&derived.id) else {
            continue;
        };
        let differs = |row: &usize| kept.value(*row) != derived.value(*row) || kept.cause(*row) != derived.cause(*row);
        let shown = |column: &MeasuredColumn, row: usize| match column.value(row) {
            Some(Value::Exact(value)) => value.to_string(),
            Some(_) => String::new(),
            None => "–".to_owned(),
        };
        wrong.extend((0..measured.rows()).filter(differs).map(|row| WrongCell {
            subject: measured.id(row),
            column: derived.id.clone(),
            kept: shown(kept, row),
            derived: shown(&derived, row),
        }));
    }
    Ok(wrong)
}

/// Where a snapshot's column of another policy's grades is not what that policy gives.
pub fn wrong_grades(level: &Level, measured: &Measured, layers: &[Layer]) -> Vec<WrongCell> {
    let mut wrong = Vec::new();
    for measure in &level.compiled.measures {
        let derived = match &measure.source {
            MeasureSource::Grade { alias } => {
                let source = level.uses.iter().find(|(name, _)| name == alias);
                let Some(source) = source.and_then(|(_, at)| layers.get(*at)) else {
                    continue;
                };
                let rows = Lookup::new(&source.measured.ids);
                let grade = |row: usize| source.grade_id(rows.find(&measured.ids, row)?);
                (0..measured.rows()).map(grade).collect::<Vec<_>>()
            }
            MeasureSource::GroupGrade => {
                let grades = group_grades(level, measured, layers);
                grades.into_iter().map(Result::ok).collect()
            }
            _ => continue,
        };
        let Some(column) = measured.column(&measure.id) else {
            continue;
        };
        for (row, derived) in derived.into_iter().enumerate() {
            let kept = column.text(row);
            if derived.as_deref() != kept {
                let shown = |text: Option<&str>| text.unwrap_or("–").to_owned();
                wrong.push(WrongCell {
                    subject: measured.id(row),
                    column: measure.id.clone(),
                    kept: shown(kept),
                    derived: shown(derived.as_deref()),
                });
            }
        }
    }
    wrong
}

/// Puts graded layers together; the last is the run's own.
///
/// # Errors
/// When there is none.
pub fn together(mut layers: Vec<Layer>, as_of: Date) -> Result<Rated, AppError> {
    let main = layers
        .pop()
        .ok_or_else(|| AppError::Failed(Message::new("app-no-policy")))?;
    Ok(Rated {
        as_of,
        used: layers,
        main,
    })
}

/// Finds subjects by id among ascending ids. 按编号查找
#[derive(Debug, Clone)]
pub struct Lookup {
    ids: ArrayRef,
}

impl Lookup {
    /// Over ascending ids (Int64 or Utf8).
    pub fn new(ids: &ArrayRef) -> Lookup {
        Lookup { ids: Arc::clone(ids) }
    }

    /// The row whose id is the one in `row` of `ids`.
    pub fn find(&self, ids: &ArrayRef, row: usize) -> Option<usize> {
        match (self.ids.data_type(), ids.data_type()) {
            (DataType::Int64, DataType::Int64) => {
                let wanted = ids.as_primitive::<Int64Type>().values().get(row)?;
                self.ids.as_primitive::<Int64Type>().values().binary_search(wanted).ok()
            }
            _ => self.find_text(&words::text(ids, row)?),
        }
    }

    /// The row with this id.
    pub fn find_text(&self, wanted: &str) -> Option<usize> {
        if self.ids.data_type() == &DataType::Int64 {
            let wanted: i64 = wanted.trim().parse().ok()?;
            return self
                .ids
                .as_primitive::<Int64Type>()
                .values()
                .binary_search(&wanted)
                .ok();
        }
        let texts = self.ids.as_string_opt::<i32>()?;
        let (mut low, mut high) = (0, texts.len());
        while low < high {
            let middle = low.midpoint(high);
            match texts.value(middle).cmp(wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}

impl Rated {
    /// How many customers.
    pub fn rows(&self) -> usize {
        self.main.book.rows()
    }
}

impl Layer {
    /// A subject's id as text.
    pub fn id(&self, row: usize) -> String {
        words::text(&self.measured.ids, row).unwrap_or_default()
    }

    /// The id of a subject's grade.
    pub fn grade_id(&self, row: usize) -> Option<String> {
        self.id_of(self.book.grade(row)?)
    }

    /// The id of a grade.
    pub fn id_of(&self, grade: u8) -> Option<String> {
        self.level
            .compiled
            .plan
            .parts()
            .grades
            .get(usize::from(grade))
            .map(|grade| grade.id.clone())
    }

    /// The column of the group's grade, where the policy has a bound by it.
    pub fn group_column(&self) -> Option<&MeasuredColumn> {
        self.level.document.group.as_ref()?;
        self.measured.column(GROUP_GRADE)
    }

    /// The id of the grade of a customer's group, where it bounds.
    pub fn group_grade(&self, row: usize) -> Option<&str> {
        self.group_column()?.text(row)
    }

    /// A descriptive field of a subject, where the data bring it.
    pub fn about(&self, field: &str, row: usize) -> Option<String> {
        let (_, values) = self.measured.about.iter().find(|(name, _)| name == field)?;
        words::text(values, row).filter(|text| !text.is_empty())
    }

    /// The same in words: of a field with choices, the name of the choice.
    pub fn about_words(&self, field: &str, row: usize, lang: Lang) -> Option<String> {
        let text = self.about(field, row)?;
        Some(
            words::field_choice(&self.level.document, "customer", field, &text)
                .get(lang)
                .to_owned(),
        )
    }

    /// The row of the subject with this id, or with this name where no id fits.
    pub fn find(&self, wanted: &str) -> Option<usize> {
        Lookup::new(&self.measured.ids)
            .find_text(wanted)
            .or_else(|| (0..self.measured.ids.len()).find(|row| self.about("name", *row).as_deref() == Some(wanted)))
    }

    /// A grade's name, or the word for "ungraded".
    pub fn grade_name(&self, lang: Lang, grade: Option<u8>) -> String {
        grade
            .and_then(|grade| self.level.document.grades.get(usize::from(grade)))
            .map_or_else(
                || pinji_locale::word(lang, "app-ungraded"),
                |grade| grade.name.get(lang).to_owned(),
            )
    }

    /// The input that says what a customer is worth: the one asked for, else the first money measure whose id speaks of
    /// revenue, sales or purchases, else the first money measure.
    ///
    /// # Errors
    /// When the one asked for is no number of this policy.
    pub fn money(&self, wanted: Option<&str>) -> Result<Option<usize>, AppError> {
        let inputs = &self.level.compiled.plan.parts().inputs;
        let number = |at: &usize| {
            inputs
                .get(*at)
                .is_some_and(|input| matches!(input.ty, InputType::Int(_) | InputType::Double))
        };
        if let Some(wanted) = wanted {
            let found = inputs.iter().position(|input| input.id == wanted).filter(number);
            return found
                .map(Some)
                .ok_or_else(|| AppError::Failed(Message::new("app-no-such-money").with("measure", wanted)));
        }
        let is_money = |at: &usize| number(at) && words::unit_of_input(&self.level, *at) == Unit::Money;
        let speaks = |at: &usize| {
            inputs.get(*at).is_some_and(|input| {
                ["revenue", "sales", "purchase"]
                    .iter()
                    .any(|word| input.id.contains(word))
            })
        };
        let all = || (0..inputs.len()).filter(is_money);
        Ok(all().find(speaks).or_else(|| all().next()))
    }

    /// What a customer is worth, in units of 10^-2; `None` where unknown.
    pub fn worth(&self, money: Option<usize>, row: usize) -> Option<i64> {
        let at = money?;
        let values = &self.measured.columns.get(at)?.values;
        if row >= values.len() || values.is_null(row) {
            return None;
        }
        match (&self.level.compiled.plan.parts().inputs.get(at)?.ty, values.data_type()) {
            (InputType::Int(scale), DataType::Int64) => {
                rescale(values.as_primitive::<Int64Type>().value(row), *scale, 2)
            }
            (InputType::Double, DataType::Float64) => scale_f64(values.as_primitive::<Float64Type>().value(row), 2),
            _ => None,
        }
    }
}
