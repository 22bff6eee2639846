//! Which kind of record a table holds. 记录种类识别

use std::collections::HashSet;

use pinji_domain::{Kind, Kinds};

use crate::fold;
use crate::mapping::Mapping;
use crate::open::Layout;
use crate::plan::{self, Names};

/// The name of a sheet and its first rows, each with its number.
#[derive(Debug, Clone)]
pub(crate) struct SheetHead {
    /// `None` outside of workbooks.
    pub name: Option<String>,
    /// The id of the kind that a template says it holds.
    pub kind: Option<String>,
    /// At most [`HEAD_ROWS`] rows that are not blank.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl SheetHead {
    /// The kind that the sheet is called after, or that its template made it for.
    pub(crate) fn kind_among<'k>(&self, kinds: &'k Kinds) -> Option<&'k Kind> {
        let stamped = self.kind.as_deref().and_then(|kind| kinds.get(kind));
        stamped.or_else(|| kind_named(kinds, self.name.as_deref()?))
    }
}

/// Among how many rows the headings are looked for.
pub(crate) const HEAD_ROWS: usize = 20;

/// What a table is taken for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice<'a> {
    pub kind: &'a Kind,
    /// Whether only its headings say so, not its name.
    pub guessed: bool,
}

/// The kind that a file or sheet is called after: by id, name or alias; years and numbers at the end do not matter.
pub(crate) fn kind_named<'a>(kinds: &'a Kinds, name: &str) -> Option<&'a Kind> {
    let folded = fold::name(name);
    let short = folded.trim_end_matches(|character: char| {
        character.is_ascii_digit() || matches!(character, '年' | '月' | '日' | '季' | '度' | 'q' | '第')
    });
    let named = |wanted: &str| {
        kinds.kinds.iter().find(|kind| {
            let own = [kind.id.as_str(), &kind.name.zh, &kind.name.en];
            let mut all = own.into_iter().chain(kind.aliases.iter().map(String::as_str));
            all.any(|known| !known.is_empty() && fold::name(known) == wanted)
        })
    };
    named(&folded).or_else(|| named(short).filter(|_| !short.is_empty()))
}

/// What the sheets of a single file are: one wide sheet, or records.
pub(crate) fn single<'a>(
    heads: &[SheetHead],
    stem: &str,
    kinds: &'a Kinds,
    wide: Option<&'a Kind>,
    maps: &[Mapping],
) -> (Layout, Vec<Option<Choice<'a>>>) {
    let filled = heads.iter().filter(|head| !head.rows.is_empty()).count();
    let judged: Vec<(Option<Choice<'a>>, usize)> = heads
        .iter()
        .map(|head| {
            let name = head.kind_among(kinds);
            let name = name.or_else(|| kind_named(kinds, stem).filter(|_| filled == 1));
            if head.rows.is_empty() {
                // The file's name is about the sheet that has something in it.
                return (None, 0);
            }
            judge(head, name, kinds, wide, maps)
        })
        .collect();
    let named = judged
        .iter()
        .any(|(choice, _)| choice.is_some_and(|choice| !choice.guessed));
    let best_wide = judged.iter().map(|(_, wide)| *wide).max().unwrap_or(0);
    let records = judged.iter().any(|(choice, _)| choice.is_some());
    if (named || best_wide == 0) && records {
        return (
            Layout::Records,
            judged
                .into_iter()
                .map(|(choice, _)| choice.filter(|choice| !named || !choice.guessed))
                .collect(),
        );
    }
    if best_wide > 0 {
        let best = judged.iter().position(|(_, count)| *count == best_wide);
        let choices = (0..judged.len()).map(|at| {
            wide.filter(|_| Some(at) == best)
                .map(|kind| Choice { kind, guessed: false })
        });
        return (Layout::Wide, choices.collect());
    }
    (Layout::Records, judged.into_iter().map(|(choice, _)| choice).collect())
}

/// What one sheet is as a record, and how many headings it has as a wide sheet: 0 where it is rather a record.
fn judge<'a>(
    head: &SheetHead,
    named: Option<&'a Kind>,
    kinds: &'a Kinds,
    wide: Option<&'a Kind>,
    maps: &[Mapping],
) -> (Option<Choice<'a>>, usize) {
    let known = |kind: &'a Kind| -> HashSet<usize> {
        let names = Names::of(kind);
        let rows: Vec<Vec<&str>> = head
            .rows
            .iter()
            .map(|(_, row)| row.iter().map(String::as_str).collect())
            .collect();
        match plan::heading_row(&rows, &names, maps) {
            Some((at, _)) => {
                let row = head.rows.get(at).map(|(_, row)| row.as_slice()).unwrap_or_default();
                (0..row.len())
                    .filter(|column| {
                        row.get(*column)
                            .is_some_and(|heading| names.count(&[heading], maps) == 1)
                    })
                    .collect()
            }
            None => HashSet::new(),
        }
    };
    let as_wide = wide.map(known).unwrap_or_default();
    let complete = |kind: &Kind| {
        let names = Names::of(kind);
        let rows = head.rows.iter();
        rows.map(|(_, row)| plan::Plan::new(kind, row, maps))
            .any(|plan| plan.problems.is_empty() && names.count(&[kind.subject.as_str()], &[]) == 1)
    };
    let (choice, columns) = match named {
        Some(kind) => (Some(Choice { kind, guessed: false }), known(kind)),
        None => {
            let best = kinds
                .kinds
                .iter()
                .map(|kind| (kind, known(kind)))
                .max_by_key(|(_, columns)| columns.len());
            match best.filter(|(kind, columns)| columns.len() >= 2 && complete(kind)) {
                Some((kind, columns)) => (Some(Choice { kind, guessed: true }), columns),
                None => (None, HashSet::new()),
            }
        }
    };
    let Some(chosen) = choice else {
        return (None, as_wide.len());
    };
    let rather_record = if as_wide.is_empty() {
        true
    } else if chosen.kind.date.is_none() {
        // A sheet of customers that also has measures is a wide sheet, whatever it is called.
        as_wide.difference(&columns).next().is_none()
    } else {
        columns.len() > as_wide.len() || (!chosen.guessed && columns.len() == as_wide.len())
    };
    if rather_record {
        (choice, 0)
    } else {
        (None, as_wide.len())
    }
}
