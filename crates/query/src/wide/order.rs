//! Pieces come from many threads in any order and are written in theirs. 顺序写出

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::WideError;
use super::encode::{Piece, Writer};

/// The writer and the pieces that wait for their turn; at most so many that memory stays bounded.
pub(super) struct Ordered {
    state: Mutex<State>,
    turned: Condvar,
    most_waiting: usize,
}

struct State {
    writer: Writer,
    next: usize,
    waiting: BTreeMap<usize, Piece>,
    given_up: bool,
}

impl Ordered {
    pub(super) fn new(writer: Writer, most_waiting: usize) -> Ordered {
        let state = State {
            writer,
            next: 0,
            waiting: BTreeMap::new(),
            given_up: false,
        };
        Ordered {
            state: Mutex::new(state),
            turned: Condvar::new(),
            most_waiting,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere is passed on by its own thread; what is here is only bytes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands in piece `number`; writes it, and those that follow, when it is their turn.
    pub(super) fn put(&self, number: usize, piece: Piece) -> Result<(), WideError> {
        let mut state = self.lock();
        while number >= state.next + self.most_waiting && !state.given_up {
            state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.given_up {
            return Ok(());
        }
        state.waiting.insert(number, piece);
        loop {
            let next = state.next;
            let Some(piece) = state.waiting.remove(&next) else {
                break;
            };
            state.writer.append(piece)?;
            state.next += 1;
        }
        self.turned.notify_all();
        Ok(())
    }

    /// Lets nobody wait any more: something went wrong.
    pub(super) fn give_up(&self) {
        self.lock().given_up = true;
        self.turned.notify_all();
    }

    /// Ends the file.
    pub(super) fn finish(self) -> Result<(), WideError> {
        self.state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .writer
            .finish()
    }
}
