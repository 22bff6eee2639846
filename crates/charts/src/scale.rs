//! Round numbers for axes. 坐标刻度

/// A step of 1, 2 or 5 times a power of ten (at least 1) that divides `0..=top` into at most `most` parts, and the top
/// rounded up to it.
pub(crate) fn ticks(top: f64, most: usize) -> (f64, f64) {
    let top = if top.is_finite() { top.max(1.0) } else { 1.0 };
    let parts = most.max(1) as f64;
    let mut power = 1.0;
    // Counts end far below 10^18; the bound only keeps the loop finite.
    for _ in 0..18 {
        for step in [1.0, 2.0, 5.0] {
            if (top / (step * power)).ceil() <= parts {
                return (step * power, (top / (step * power)).ceil() * step * power);
            }
        }
        power *= 10.0;
    }
    (top, top)
}

/// Ticks from 0 to 100 that stand apart when those hundred points are `room` pixels long.
pub(crate) fn hundred(room: f64) -> &'static [f64] {
    const APART: f64 = 30.0;
    match room {
        room if room >= 5.0 * APART => &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0],
        room if room >= 2.0 * APART => &[0.0, 50.0, 100.0],
        _ => &[0.0, 100.0],
    }
}

/// A number that a chart can place: what is not finite, or below zero, counts as zero.
pub(crate) fn placed(value: f64) -> f64 {
    if value.is_finite() { value.max(0.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        let check = |top: f64, step: f64, end: f64| assert_eq!(ticks(top, 5), (step, end), "{top}");
        check(0.0, 1.0, 1.0);
        check(4.0, 1.0, 4.0);
        check(7.0, 2.0, 8.0);
        check(96.0, 20.0, 100.0);
        check(1_234.0, 500.0, 1_500.0);
        check(f64::NAN, 1.0, 1.0);
    }
}
