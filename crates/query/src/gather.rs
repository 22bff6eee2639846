//! All records of a kind into one state, or into temporary files where the state would be too large. 汇集

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::error::QueryError;
use crate::finish::{KindResult, Targets, finish};
use crate::pass::{Context, State};
use crate::program::Program;
use crate::records::{Origin, Records};
use crate::spill::{MAX_DEPTH, partition};
use crate::threads::on_threads;

/// How a pass is run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub threads: usize,
    /// Whether subject ids are texts.
    pub text: bool,
    /// About how many bytes of state are allowed.
    pub limit: usize,
}

/// The measures of one kind for everyone there are records of. 一类记录的度量
pub(crate) fn gather(
    program: &Program<'_>,
    context: &Context<'_>,
    tables: &[&dyn Records],
    targets: &Targets<'_>,
    run: Run,
    depth: u32,
) -> Result<KindResult, QueryError> {
    let limit = if depth >= MAX_DEPTH { usize::MAX } else { run.limit };
    if let Some(mut state) = in_memory(program, context, tables, run, limit)? {
        if let Some((first, second)) = state.keys.twice() {
            return Err(duplicate(program, context, first, second));
        }
        let superseded = std::mem::take(&mut state.keys.superseded);
        if !superseded.is_empty() {
            // Which records were corrected is known only now, so they are added up anew without them.
            let context = Context {
                superseded: Some(&superseded),
                words: context.words.clone(),
                ..*context
            };
            let again = in_memory(program, &context, tables, run, usize::MAX)?;
            state = again.ok_or(QueryError::Mismatch("a pass without a limit met one"))?;
        }
        return finish(program, state, targets);
    }
    let mut whole: Option<KindResult> = None;
    for table in partition(program, tables, targets, run, depth)? {
        let part = gather(program, context, &[&table], targets, run, depth + 1)?;
        match &mut whole {
            None => whole = Some(part),
            Some(whole) => whole.append(part)?,
        }
    }
    whole.ok_or(QueryError::Mismatch("there are no partitions"))
}

/// `None` when the state outgrows the limit.
fn in_memory(
    program: &Program<'_>,
    context: &Context<'_>,
    tables: &[&dyn Records],
    run: Run,
    limit: usize,
) -> Result<Option<State>, QueryError> {
    let work: Vec<(usize, usize)> = tables
        .iter()
        .enumerate()
        .flat_map(|(at, table)| (0..table.parts()).map(move |part| (at, part)))
        .collect();
    let (stop, size, outgrown) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicBool::new(false));
    let make = || (State::new(program, run.text), 0);
    let step = |(state, counted): &mut (State, usize), at: usize| {
        let Some((at, part)) = work.get(at).copied() else {
            return Ok(());
        };
        let Some(table) = tables.get(at) else { return Ok(()) };
        let mut row = 0;
        for batch in table.read(part, &program.fields)? {
            let origin = Origin {
                table: at as u32,
                part: part as u32,
                row: row as u32,
            };
            state.take(program, context, &batch, origin)?;
            row += batch.num_rows();
            let bytes = state.bytes();
            size.fetch_add(bytes.saturating_sub(*counted), Ordering::Relaxed);
            *counted = bytes.max(*counted);
            if size.load(Ordering::Relaxed) > limit {
                outgrown.store(true, Ordering::Relaxed);
                stop.store(true, Ordering::Relaxed);
                return Ok(());
            }
        }
        Ok(())
    };
    let states = on_threads(work.len(), run.threads, &stop, make, step)?;
    if outgrown.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let mut states = states.into_iter().map(|(state, _)| state);
    let mut whole = states.next().unwrap_or_else(|| State::new(program, run.text));
    for state in states {
        whole.merge(state)?;
    }
    whole.grow();
    Ok(Some(whole))
}

/// The error that names both records and their key.
fn duplicate(program: &Program<'_>, context: &Context<'_>, first: Origin, second: Origin) -> QueryError {
    let mut fields = vec![program.kind.subject.as_str()];
    fields.extend(
        program
            .kind
            .key
            .iter()
            .map(String::as_str)
            .filter(|field| *field != program.kind.subject),
    );
    let key = key_text(context.tables, first, &fields).unwrap_or_else(|| fields.join(", "));
    QueryError::DuplicateKey {
        kind: program.kind.id.clone(),
        key,
        first: first.place(context.tables),
        second: second.place(context.tables),
    }
}

/// `customer_id = 17, period = 2025-12-31`
fn key_text(tables: &[&dyn Records], at: Origin, fields: &[&str]) -> Option<String> {
    let batches = tables.get(at.table as usize)?.read(at.part as usize, fields).ok()?;
    let mut row = at.row as usize;
    for batch in batches {
        if row < batch.num_rows() {
            let value = |field: &&str| {
                let says = batch
                    .column_by_name(field)
                    .and_then(|array| arrow::util::display::array_value_to_string(array, row).ok());
                format!("{field} = {}", says.unwrap_or_default())
            };
            return Some(fields.iter().map(value).collect::<Vec<_>>().join(", "));
        }
        row -= batch.num_rows();
    }
    None
}
