//! What the cache holds of a range, for the results of a load.

use serde_json::{Map, Value};

use super::load::Load;
use super::plan::Stretch;
use crate::ktrdr::object;
use crate::ktrdr::store::bars::{self, Source};
use crate::ktrdr::store::{Result, Store};
use crate::time;

/// Results of mode `local`: what is cached of the range, and how many gaps it has.
pub(super) fn check(store: &Store, load: &Load, range: Stretch) -> Result<Map<String, Value>> {
    let (symbol, timeframe) = (&load.symbol, load.timeframe);
    let cached = cached(store, load, range)?;
    let (gaps, known) = store.read_now(|db| {
        let gaps = bars::gaps(db, symbol, timeframe, range.from, range.to)?.len();
        Ok((gaps, bars::series(db, symbol, timeframe)?))
    })?;
    let synthetic = known.is_some_and(|known| known.source == Source::Synthetic);
    let mut result = object([
        ("bars_loaded", cached["bars_cached"].clone()),
        ("gaps_found", gaps.into()),
        ("gaps_filled", 0.into()),
        ("segments_processed", 0.into()),
        ("data_source", "cache".into()),
        ("synthetic", synthetic.into()),
        ("cache_updated", false.into()),
    ]);
    if cached["bars_cached"] == 0 {
        let note = "Nothing is cached in this range. Load it with mode tail, backfill or full.";
        result.insert("note".to_owned(), note.into());
    }
    result.extend(cached);
    Ok(result)
}

/// The part that the results of every mode have: the extent of what is cached of the range.
pub(super) fn cached(store: &Store, load: &Load, range: Stretch) -> Result<Map<String, Value>> {
    let (symbol, timeframe) = (&load.symbol, load.timeframe);
    let (count, extent) = store.read_now(|db| {
        let count = bars::count_range(db, symbol, timeframe, range.from, range.to)?;
        Ok((
            count,
            bars::extent(db, symbol, timeframe, range.from, range.to)?,
        ))
    })?;
    let dates = extent.map_or(Value::Null, |(first, last)| {
        object([
            ("start", time::format(first).into()),
            ("end", time::format(last).into()),
        ])
        .into()
    });
    let place = format!("{}#{symbol}_{}", store.location(), timeframe.as_str());
    Ok(object([
        ("symbol", symbol.as_str().into()),
        ("timeframe", timeframe.as_str().into()),
        ("bars_cached", count.into()),
        ("date_range", dates),
        ("storage_location", place.into()),
    ]))
}
