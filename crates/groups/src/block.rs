//! Companies that hold each other, solved as one: the linear system of a strongly connected block. 交叉持股方程组
//!
//! Row i says which part of i each member of the block holds; what lies outside leaks. Two systems are asked for:
//! `x = W x + given` (how much of each an owner has) and `y = y W + given` (where a share of one ends up). Blocks of up to
//! sixteen are eliminated without any subtraction (Grassmann, Taksar and Heyman), so that nearly closed circles lose no digits.
//! Larger ones are swept until bounds from below and above are within 10⁻¹² of each other; should that take more than 256
//! sweeps, blocks of up to 1024 are eliminated as well, and larger ones swept on, at most 5000 times.
#![expect(clippy::indexing_slicing, reason = "places in a block are below its size")]

/// The bound on the error of what is swept; shares are told in 10⁻⁹.
const CLOSE: f64 = 1e-12;
const SMALL: usize = 16;
const DENSE: usize = 1024;
const SWEEPS: usize = 256;
const MOST_SWEEPS: usize = 5_000;
const WHOLE: u64 = 1_000_000_000;

/// One block; reused from block to block.
#[derive(Default)]
pub(crate) struct Block {
    start: Vec<usize>,
    to: Vec<u32>,
    weight: Vec<f64>,
    /// By row: what leaks out of the block.
    leak: Vec<f64>,
    /// By row: what is left when its holding of itself is taken off.
    rest: Vec<f64>,
    pub(crate) given: Vec<f64>,
    leaks: bool,
}

impl Block {
    pub(crate) fn begin(&mut self) {
        self.start.clear();
        self.to.clear();
        self.weight.clear();
        self.leak.clear();
        self.rest.clear();
        self.given.clear();
        self.leaks = false;
        self.start.push(0);
    }

    /// Adds a row: who of the block holds so many parts per billion of it, and what is given.
    pub(crate) fn row(&mut self, given: f64, held: impl Iterator<Item = (u32, u32)>) {
        let row = self.leak.len() as u32;
        let (mut inside, mut own) = (0_u64, 0_u64);
        for (to, units) in held {
            inside += u64::from(units);
            if to == row {
                own = u64::from(units);
            } else {
                self.to.push(to);
                self.weight.push(crate::Share::ratio(units));
            }
        }
        let outside = WHOLE.saturating_sub(inside);
        self.leaks |= outside > 0;
        self.leak.push(outside as f64 / 1e9);
        self.rest.push(WHOLE.saturating_sub(own) as f64 / 1e9);
        self.given.push(given);
        self.start.push(self.to.len());
    }

    /// Whether anything of the block lies outside: else it is a circle that owns itself, and has no solution but nothing.
    pub(crate) fn leaks(&self) -> bool {
        self.leaks
    }

    fn count(&self) -> usize {
        self.leak.len()
    }

    /// Solves `x = W x + given`. Gives the bound on the error that was reached. The given parts of a row are part of its leak,
    /// so that x lies within [0, 1].
    pub(crate) fn pulled(&self, x: &mut Vec<f64>) -> f64 {
        let count = self.count();
        x.clear();
        x.resize(count, 0.0);
        if !self.leaks {
            return 0.0;
        }
        if count <= SMALL {
            self.eliminate(x, Way::Pull);
            return 0.0;
        }
        let mut high = vec![1.0_f64; count];
        for sweep in 1..=MOST_SWEEPS {
            let mut gap = 0.0_f64;
            // Owners were met after what they own: from the last on, most of what a row needs is new already.
            for row in (0..count).rev() {
                let (mut below, mut above) = (self.given[row], self.given[row]);
                for at in self.start[row]..self.start[row + 1] {
                    let (to, weight) = (self.to[at] as usize, self.weight[at]);
                    below += weight * x[to];
                    above += weight * high[to];
                }
                x[row] = below / self.rest[row];
                high[row] = (above / self.rest[row]).min(1.0);
                gap = gap.max(high[row] - x[row]);
            }
            if gap <= CLOSE {
                return gap;
            }
            if sweep == SWEEPS && count <= DENSE {
                self.eliminate(x, Way::Pull);
                return 0.0;
            }
            if sweep == MOST_SWEEPS {
                return gap;
            }
        }
        0.0
    }

    /// Solves `y = y W + given`. Gives the bound on the error that was reached: what has not yet left the block.
    pub(crate) fn pushed(&self, y: &mut Vec<f64>) -> f64 {
        let count = self.count();
        y.clear();
        y.resize(count, 0.0);
        if count <= SMALL {
            self.eliminate(y, Way::Push);
            return 0.0;
        }
        let mut moving = self.given.clone();
        for sweep in 1..=MOST_SWEEPS {
            for row in 0..count {
                let passed = std::mem::take(&mut moving[row]) / self.rest[row];
                y[row] += passed;
                for at in self.start[row]..self.start[row + 1] {
                    moving[self.to[at] as usize] += passed * self.weight[at];
                }
            }
            let left: f64 = moving.iter().sum();
            if left <= CLOSE {
                return left;
            }
            if sweep == SWEEPS && count <= DENSE {
                self.eliminate(y, Way::Push);
                return 0.0;
            }
            if sweep == MOST_SWEEPS {
                return left;
            }
        }
        0.0
    }

    /// Eliminates row after row from the last; what a row keeps is the sum of its ways out, never one minus something.
    fn eliminate(&self, solved: &mut [f64], way: Way) {
        let count = self.count();
        let mut dense = vec![0.0_f64; count * count];
        for row in 0..count {
            for at in self.start[row]..self.start[row + 1] {
                dense[row * count + self.to[at] as usize] = self.weight[at];
            }
        }
        let mut leak = self.leak.clone();
        let mut given = self.given.clone();
        let mut out = vec![0.0_f64; count];
        for last in (0..count).rev() {
            let (above, here) = dense.split_at_mut(last * count);
            let here = &here[..last];
            out[last] = leak[last] + here.iter().sum::<f64>();
            if out[last] <= 0.0 {
                continue;
            }
            for row in 0..last {
                let part = above[row * count + last];
                if part == 0.0 {
                    continue;
                }
                let part = part / out[last];
                for (to, weight) in above[row * count..row * count + last].iter_mut().zip(here) {
                    *to += part * weight;
                }
                leak[row] += part * leak[last];
                if let Way::Pull = way {
                    given[row] += part * given[last];
                }
            }
            if let Way::Push = way {
                let part = given[last] / out[last];
                for (to, weight) in given[..last].iter_mut().zip(here) {
                    *to += part * weight;
                }
            }
        }
        for row in 0..count {
            if out[row] <= 0.0 {
                solved[row] = 0.0;
                continue;
            }
            let mut sum = given[row];
            for from in 0..row {
                sum += solved[from]
                    * match way {
                        Way::Pull => dense[row * count + from],
                        Way::Push => dense[from * count + row],
                    };
            }
            solved[row] = sum / out[row];
        }
    }
}

#[derive(Clone, Copy)]
enum Way {
    Pull,
    Push,
}
