//! Entropy weights from a real book, to be frozen into a version of the policy. 熵权

use std::path::PathBuf;

use pinji_domain::number::to_f64;
use pinji_domain::{Date, Lang, Message};
use pinji_policy::document::{Better, Scoring};
use pinji_policy::entropy::{Basis, frozen, weigh as weights_of};
use pinji_query::snapshot;
use serde::Serialize;

use crate::derive::failed;
use crate::error::AppError;
use crate::intake::{self, Reading};
use crate::progress::Progress;
use crate::rated::Layer;
use crate::regulation::{Origin, Regulation};
use crate::words;

/// What is asked. 熵权请求
#[derive(Debug, Clone)]
pub struct WeighRequest {
    /// The policy.
    pub policy: Origin,
    /// The data.
    pub data: PathBuf,
    /// As of when.
    pub as_of: Date,
    /// `dimensions`, or the dimension whose indicators are weighed.
    pub of: String,
    /// How to read the data.
    pub reading: Reading,
    /// The reader's language.
    pub lang: Lang,
}

/// The weights. 熵权结果
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weighed {
    /// Ids, names and weights (shares of one).
    pub weights: Vec<(String, String, f64)>,
    /// How many subjects they were computed from.
    pub rows: u64,
    /// The block to put into the policy file.
    pub block: String,
}

/// Computes entropy weights. 计算熵权
///
/// # Errors
/// When policy or data cannot be used, or the dimension is unknown.
pub fn weigh(request: &WeighRequest, progress: &dyn Progress) -> Result<Weighed, AppError> {
    let regulation = Regulation::read(&request.policy)?;
    let levels = regulation.levels(request.as_of)?;
    let document = regulation.usable()?;
    let known = request.of == "dimensions" || document.dimensions.iter().any(|dimension| dimension.id == request.of);
    if !known {
        let names: Vec<&str> = document
            .dimensions
            .iter()
            .map(|dimension| dimension.id.as_str())
            .collect();
        let message = Message::new("app-no-such-dimension")
            .with("dimension", request.of.clone())
            .with("names", names.join(", "));
        return Err(AppError::Failed(message));
    }
    let taken = intake::rate(&request.data, levels, request.as_of, &request.reading, None, progress)?;
    let layer = &taken.rated.main;
    let items = if request.of == "dimensions" {
        dimensions(layer)
    } else {
        indicators(layer, &request.of)
    };
    let columns: Vec<Vec<Option<f64>>> = items.iter().map(|item| item.values.clone()).collect();
    let better: Vec<Better> = items.iter().map(|item| item.better).collect();
    let weights = weights_of(&columns, &better);
    let basis = Basis {
        of: request.of.clone(),
        items: items.iter().map(|item| item.id.clone()).collect(),
        rows: layer.book.rows() as u64,
        as_of: request.as_of,
        sha256: snapshot::content(&layer.measured).map_err(failed)?,
    };
    let named = items
        .iter()
        .zip(&weights)
        .map(|(item, weight)| (item.id.clone(), item.name.get(request.lang).to_owned(), *weight));
    Ok(Weighed {
        weights: named.collect(),
        rows: basis.rows,
        block: frozen(&basis, &weights),
    })
}

struct Item {
    id: String,
    name: pinji_domain::Text,
    better: Better,
    values: Vec<Option<f64>>,
}

/// Dimensions by their points: more is always better there.
fn dimensions(layer: &Layer) -> Vec<Item> {
    let named = layer.level.document.dimensions.iter().enumerate();
    let item = |(at, dimension): (usize, &pinji_policy::document::Dimension)| Item {
        id: dimension.id.clone(),
        name: dimension.name.clone(),
        better: Better::Higher,
        values: (0..layer.book.rows())
            .map(|row| layer.book.dimension(row, at))
            .collect(),
    };
    named.map(item).collect()
}

/// A dimension's indicators: figures with a direction by their values, all others by their points.
fn indicators(layer: &Layer, dimension: &str) -> Vec<Item> {
    let item = |at: usize| {
        let found = words::indicator(&layer.level, at).filter(|found| found.dimension == dimension)?;
        let by_value =
            found.better != Better::Neither && !matches!(found.scoring, Scoring::Judged { .. } | Scoring::Map { .. });
        let value = |row: usize| {
            let line = layer.book.line(row, at)?;
            if by_value {
                return line.value.map(|units| to_f64(units, found.decimals));
            }
            line.cause.is_none().then(|| {
                line.points
                    .map(|points| to_f64(i64::from(points), pinji_engine::plan::POINT_DECIMALS))
            })?
        };
        Some(Item {
            id: found.id.clone(),
            name: found.name.clone(),
            better: if by_value { found.better } else { Better::Higher },
            values: (0..layer.book.rows()).map(value).collect(),
        })
    };
    (0..layer.level.compiled.plan.parts().indicators.len())
        .filter_map(item)
        .collect()
}
