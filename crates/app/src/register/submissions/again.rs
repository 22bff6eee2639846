//! A submission compared again with what is known by now: before anything is decided about it. 重新比对

use std::collections::{BTreeSet, HashMap};

use pinji_domain::{Kinds, Timestamp};
use pinji_store::{Submission, View};

use super::compare::{self, How, Piece};
use super::rows::{Became, Loaded, Marks, array, line, lines_of, load};
use crate::register::{Caller, Fault, Office};

/// How often it is compared again while others change the records; then the collector or auditor tries later.
pub(super) const TRIES: usize = 5;

/// A submission in work, compared with what was known at one instant. 重新比对结果
pub(super) struct Again {
    pub loaded: Loaded,
    /// What was known then is what this is compared with.
    pub known: Timestamp,
    /// Rows that a rule has left over for the auditor; `None` where no rule has accepted anything.
    pub waiting: Option<BTreeSet<u32>>,
    /// Parts whose verdicts are others by now.
    pub moved: Vec<(i64, String)>,
    /// How many rows compare in another way.
    pub rows_moved: i64,
}

/// Compares again and hands the pieces on.
pub(super) async fn each(
    office: &Office,
    view: &View,
    caller: &Caller,
    submission: &Submission,
    kinds: &Kinds,
    take: &mut (dyn FnMut(&Again, Piece) -> Result<(), Fault> + Send),
) -> Result<Again, Fault> {
    let known = office.store.known_until().await?;
    let loaded = load(view, submission, kinds).await?;
    let mut again = Again {
        waiting: waiting(&loaded)?,
        loaded,
        known,
        moved: Vec::new(),
        rows_moved: 0,
    };
    let today = caller
        .asked
        .at
        .day()
        .ok_or_else(|| Fault::broken("beyond the calendar"))?;
    let how = How {
        reach: None,
        today,
        clears: again.loaded.summary.clears,
    };
    let mut marks: HashMap<u32, String> = HashMap::new();
    compare::each(office, view, &again.loaded.sheets, &how, &mut |piece| {
        for row in &piece.rows {
            let doubts = piece.doubts_of(row.row);
            let said = Marks::of(&piece.kind, row, piece.closed_of(row.row), &doubts);
            marks.insert(row.row, line(&said)?);
        }
        take(&again, piece)
    })
    .await?;
    // What a rule accepted is known by now; only the comparison before that tells what it was.
    if again.waiting.is_none() {
        for part in &again.loaded.parts {
            let old: Vec<Marks> = lines_of(&part.verdicts)?;
            let mut texts = Vec::with_capacity(old.len());
            let mut differing = 0;
            for (number, old) in (part.first..).zip(&old) {
                let text = marks.remove(&number).unwrap_or_default();
                let now: Marks = serde_json::from_str(&text).map_err(Fault::broken)?;
                // A row that was bad stays so, with the reason that its collector saw.
                let stays = old.is_bad();
                differing += i64::from(!stays && !old.agrees(&now));
                texts.push(if stays { line(old)? } else { text });
            }
            if differing > 0 {
                again.rows_moved += differing;
                again.moved.push((part.part, array(&texts)));
            }
        }
    }
    Ok(again)
}

fn waiting(loaded: &Loaded) -> Result<Option<BTreeSet<u32>>, Fault> {
    let mut waiting: Option<BTreeSet<u32>> = None;
    for part in &loaded.parts {
        let Some(outcome) = &part.outcome else { continue };
        let rows: Vec<Became> = lines_of(outcome)?;
        let left = (part.first..).zip(rows).filter(|(_, became)| became.waits());
        waiting.get_or_insert_default().extend(left.map(|(row, _)| row));
    }
    Ok(waiting)
}
