//! Places for calls in flight, shared fairly between callers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::mcp::CallerKey;

/// So many places, and those who wait for one. A place that becomes free goes
/// to the caller that has the fewest; between equals, to who came first.
#[derive(Debug)]
pub(super) struct Line(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
    /// How many places each caller has; nobody with none.
    held: HashMap<CallerKey, usize>,
    waiting: VecDeque<(CallerKey, oneshot::Sender<Place>)>,
}

/// A place among the calls in flight; given up when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    line: Arc<Mutex<State>>,
    caller: CallerKey,
}

impl Line {
    pub(super) fn new(places: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: places,
            held: HashMap::new(),
            waiting: VecDeque::new(),
        })))
    }

    /// Waits for a place.
    pub(super) async fn place(&self, caller: CallerKey) -> Option<Place> {
        let turn = {
            let mut state = lock(&self.0);
            if state.free > 0 {
                state.free -= 1;
                return Some(state.taken(&self.0, caller));
            }
            let (sender, turn) = oneshot::channel();
            state.waiting.push_back((caller, sender));
            turn
        };
        // The sender is dropped only with the line itself.
        turn.await.ok()
    }
}

impl State {
    fn taken(&mut self, line: &Arc<Mutex<Self>>, caller: CallerKey) -> Place {
        *self.held.entry(caller.clone()).or_default() += 1;
        Place {
            line: line.clone(),
            caller,
        }
    }

    /// Who is next, if anybody still waits.
    fn next(&mut self) -> Option<(CallerKey, oneshot::Sender<Place>)> {
        self.waiting.retain(|(_, sender)| !sender.is_closed());
        let held = |caller| self.held.get(caller).copied().unwrap_or(0);
        let waiting = self.waiting.iter().enumerate();
        let (index, _) = waiting.min_by_key(|(_, (caller, _))| held(caller))?;
        self.waiting.remove(index)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let passed_on = {
            let mut state = lock(&self.line);
            if let Some(count) = state.held.get_mut(&self.caller) {
                *count -= 1;
                if *count == 0 {
                    state.held.remove(&self.caller);
                }
            }
            match state.next() {
                Some((caller, sender)) => Some((state.taken(&self.line, caller), sender)),
                None => {
                    state.free += 1;
                    None
                }
            }
        };
        if let Some((place, sender)) = passed_on {
            // Comes back, and is given up again, if nobody waits any more.
            drop(sender.send(place));
        }
    }
}

fn lock(line: &Mutex<State>) -> MutexGuard<'_, State> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::*;

    fn caller(name: &str) -> CallerKey {
        CallerKey::Principal(name.into())
    }

    fn at_once(line: &Line, name: &str) -> Place {
        let place = line.place(caller(name)).now_or_never();
        place.expect("a free place").unwrap()
    }

    #[test]
    fn who_has_the_fewest_is_next() {
        let line = Line::new(2);
        let (first, second) = (at_once(&line, "hog"), at_once(&line, "hog"));
        let mut hog = pin!(line.place(caller("hog")));
        let mut other = pin!(line.place(caller("other")));
        assert!(hog.as_mut().now_or_never().is_none());
        assert!(other.as_mut().now_or_never().is_none());
        drop(first);
        let place = other.as_mut().now_or_never().expect("its turn").unwrap();
        assert!(hog.as_mut().now_or_never().is_none());
        drop(second);
        let last = hog.as_mut().now_or_never().expect("its turn").unwrap();
        drop((place, last));
        let state = lock(&line.0);
        assert_eq!((state.free, state.held.len()), (2, 0));
    }

    #[test]
    fn who_gave_up_is_passed_over() {
        let line = Line::new(1);
        let place = at_once(&line, "a");
        let mut waiting = Box::pin(line.place(caller("b")));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(waiting);
        drop(place);
        drop(at_once(&line, "c"));

        // Given the place, and gone before taking it.
        let place = at_once(&line, "a");
        let mut waiting = Box::pin(line.place(caller("b")));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(place);
        drop(waiting);
        drop(at_once(&line, "c"));
    }
}
