mod assign;
mod claim;
mod end;
mod submit;

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::orchestrator::store::Store;

/// A lease that outlives every test.
const LONG: Duration = Duration::from_secs(600);
/// A lease that ends at once.
const OVER: Duration = Duration::ZERO;

fn room(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter()
        .map(|(job_type, room)| ((*job_type).to_owned(), *room))
        .collect()
}

/// Claims jobs of type `a`.
fn claimed(store: &Store, hub: &str, lease: Duration, most: usize) -> Vec<Claimed> {
    store
        .write_now(|db| claim(db, hub, lease, &room(&[("a", 1000)]), most))
        .unwrap()
}

fn ids_of(claimed: &[Claimed]) -> Vec<&str> {
    claimed
        .iter()
        .map(|it| it.job.summary.id.as_str())
        .collect()
}

fn job_of(store: &Store, id: &str) -> Job {
    store.read_now(|db| get(db, id)).unwrap().unwrap()
}
