//! What is kept of a load, for its details. A load that is part of another operation keeps nothing.

use std::time::Duration;

use super::load::Load;
use super::plan::Stretch;
use super::quality;
use crate::ktrdr::operations::{Context, Stop};
use crate::ktrdr::store::bars::{self, Bar};
use crate::ktrdr::store::loads::{self, Segment};
use crate::ktrdr::store::{Connection, Result};

/// Keeps a segment that has just been stored; `number` counts from 1.
pub(super) fn segment(
    context: &Context,
    db: &Connection,
    number: i64,
    stored: &[Bar],
    new: i64,
    took: Duration,
) -> Result<()> {
    let (Some(first), Some(last), false) = (stored.first(), stored.last(), context.is_silent())
    else {
        return Ok(());
    };
    let segment = Segment {
        number,
        first: first.time,
        last: last.time,
        bars: stored.len() as i64,
        new,
        seconds: took.as_secs_f64(),
    };
    loads::add_segment(db, context.id(), &segment)
}

/// Keeps how good the bars are that are cached of the range now.
pub(super) fn quality(
    context: &Context,
    load: &Load,
    range: Stretch,
) -> std::result::Result<(), Stop> {
    if context.is_silent() {
        return Ok(());
    }
    let bars = context
        .store()
        .read_now(|db| bars::range(db, &load.symbol, load.timeframe, range.from, range.to))?;
    let report = quality::examine(&bars, load.timeframe, || context.is_cancelled());
    context.check()?;
    if let Some(report) = report {
        context
            .store()
            .write_now(|db| loads::set_report(db, context.id(), &report))?;
    }
    Ok(())
}
