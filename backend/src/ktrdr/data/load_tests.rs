use serde_json::{Map, Value};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::ktrdr::store::{Connection, Store, testing};
use crate::time::parse;

/// A service's data side: a folder of CSV files, and generated bars if wanted.
struct Bench {
    folder: TempDir,
    sources: Sources,
    store: Store,
    token: CancellationToken,
}

impl Bench {
    fn new(synthetic: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sources = Sources {
            folder: Some(folder.path().to_owned()),
            synthetic,
            pace: Duration::ZERO,
        };
        Self {
            folder,
            sources,
            store: testing::store(),
            token: CancellationToken::new(),
        }
    }

    /// Writes hourly bars that start at these hours of 2024-01-01.
    fn csv(&self, hours: &[i64]) {
        let rows: String = hours
            .iter()
            .map(|hour| format!("{},1,2,0.5,1.5,{hour}\n", time::format(at(*hour))))
            .collect();
        let text = format!("timestamp,open,high,low,close,volume\n{rows}");
        std::fs::write(self.folder.path().join("AAPL_1h.csv"), text).unwrap();
    }

    async fn load(
        &self,
        mode: LoadMode,
        range: (Option<i64>, Option<i64>),
    ) -> Result<Map<String, Value>, Stop> {
        let load = Load {
            symbol: "AAPL".to_owned(),
            timeframe: Timeframe::V1h,
            mode,
            start: range.0.map(at),
            end: range.1.map(at),
        };
        let id = crate::ktrdr::operations::suffix();
        let context = Context::new(id, self.store.clone(), self.token.clone());
        let sources = self.sources.clone();
        tokio::task::spawn_blocking(move || run(&context, &sources, &load, at(1000)))
            .await
            .unwrap()
    }

    fn hours(&self) -> Vec<i64> {
        let read = |db: &Connection| bars::range(db, "AAPL", Timeframe::V1h, i64::MIN, i64::MAX);
        let bars = self.store.read_now(read).unwrap();
        bars.iter()
            .map(|bar| (bar.time - at(0)) / 3_600_000)
            .collect()
    }
}

fn at(hour: i64) -> i64 {
    parse("2024-01-01").unwrap() + hour * 3_600_000
}

const ALL: (Option<i64>, Option<i64>) = (None, None);

#[tokio::test]
async fn each_mode_loads_its_part_of_a_file() {
    let bench = Bench::new(false);
    bench.csv(&[3, 4, 7, 8]);
    let first = bench
        .load(LoadMode::Tail, (Some(3), Some(8)))
        .await
        .unwrap();
    assert_eq!(
        (&first["bars_loaded"], &first["data_source"]),
        (&4.into(), &"csv".into())
    );
    assert_eq!(first["date_range"]["start"], "2024-01-01T03:00:00Z");
    assert_eq!(
        (&first["cache_updated"], &first["synthetic"]),
        (&true.into(), &false.into())
    );

    bench.csv(&(0..12).collect::<Vec<_>>());
    let tail = bench.load(LoadMode::Tail, ALL).await.unwrap();
    assert_eq!(
        (tail["bars_loaded"].clone(), bench.hours()),
        (3.into(), vec![3, 4, 7, 8, 9, 10, 11])
    );
    let back = bench
        .load(LoadMode::Backfill, (Some(1), None))
        .await
        .unwrap();
    assert_eq!(
        (back["bars_loaded"].clone(), bench.hours()[0]),
        (2.into(), 1)
    );
    let full = bench.load(LoadMode::Full, ALL).await.unwrap();
    assert_eq!(
        (full["bars_loaded"].clone(), full["gaps_filled"].clone()),
        (3.into(), 1.into())
    );
    assert_eq!(bench.hours(), (0..12).collect::<Vec<_>>());

    let nothing = bench.load(LoadMode::Full, ALL).await.unwrap();
    assert_eq!(
        (&nothing["bars_loaded"], &nothing["cache_updated"]),
        (&0.into(), &false.into())
    );
}

#[tokio::test]
async fn local_only_reports() {
    let bench = Bench::new(true);
    bench.csv(&[0, 1, 5]);
    let empty = bench.load(LoadMode::Local, ALL).await.unwrap();
    assert_eq!(
        (&empty["bars_loaded"], &empty["date_range"]),
        (&0.into(), &Value::Null)
    );
    assert!(
        empty["note"]
            .as_str()
            .unwrap()
            .starts_with("Nothing is cached")
    );
    bench.load(LoadMode::Tail, ALL).await.unwrap();
    let report = bench.load(LoadMode::Local, ALL).await.unwrap();
    assert_eq!(
        (&report["bars_loaded"], &report["gaps_found"]),
        (&3.into(), &1.into())
    );
    assert_eq!(
        (&report["data_source"], &report["cache_updated"]),
        (&"cache".into(), &false.into())
    );
}

#[tokio::test]
async fn without_a_source_the_load_fails_and_says_what_is_missing() {
    let bench = Bench::new(false);
    let Err(Stop::Failed(message)) = bench.load(LoadMode::Tail, ALL).await else {
        panic!()
    };
    assert!(
        message.starts_with("No source for AAPL 1h: there is no file AAPL_1h.csv in "),
        "{message}"
    );
    std::fs::write(bench.folder.path().join("AAPL_1h.csv"), "timestamp\n").unwrap();
    let Err(Stop::Failed(message)) = bench.load(LoadMode::Tail, ALL).await else {
        panic!()
    };
    assert_eq!(
        message,
        "Cannot read bars: AAPL_1h.csv: line 1: no column `open`"
    );
}

#[tokio::test]
async fn generated_bars_say_so_and_come_in_segments() {
    let bench = Bench::new(true);
    let result = bench.load(LoadMode::Tail, ALL).await.unwrap();
    assert_eq!(
        (&result["data_source"], &result["synthetic"]),
        (&"synthetic".into(), &true.into())
    );
    assert!(result["note"].as_str().unwrap().contains("not market data"));
    let loaded = result["bars_loaded"].as_i64().unwrap();
    assert!((3900..=4100).contains(&loaded), "{loaded}");
    assert_eq!(result["segments_processed"], 8);
    // Nothing of it lies in the future, and a second load has nothing to add.
    assert!(bench.hours().last().unwrap() < &1000);
    assert_eq!(
        bench.load(LoadMode::Tail, ALL).await.unwrap()["bars_loaded"],
        0
    );
    let back = bench.load(LoadMode::Backfill, ALL).await.unwrap();
    assert!(back["bars_loaded"].as_i64().unwrap() > 3900);
}

#[tokio::test]
async fn a_file_replaces_generated_bars_and_never_the_other_way_round() {
    let bench = Bench::new(true);
    bench.load(LoadMode::Tail, ALL).await.unwrap();
    bench.csv(&[1, 2]);
    let result = bench.load(LoadMode::Tail, ALL).await.unwrap();
    assert_eq!(
        (&result["data_source"], bench.hours()),
        (&"csv".into(), vec![1, 2])
    );
    std::fs::remove_file(bench.folder.path().join("AAPL_1h.csv")).unwrap();
    let Err(Stop::Failed(message)) = bench.load(LoadMode::Tail, ALL).await else {
        panic!()
    };
    assert!(
        message.starts_with("The cached bars of AAPL 1h are from a CSV file"),
        "{message}"
    );
    assert_eq!(bench.hours(), [1, 2]);
}

#[tokio::test]
async fn a_cancelled_load_keeps_whole_segments_only() {
    let bench = Bench::new(true);
    bench.token.cancel();
    assert!(matches!(
        bench.load(LoadMode::Tail, ALL).await,
        Err(Stop::Cancelled(None))
    ));
    assert!(bench.hours().is_empty());
}

#[tokio::test]
async fn a_range_beyond_reason_is_refused() {
    let bench = Bench::new(true);
    let load = Load {
        symbol: "AAPL".to_owned(),
        timeframe: Timeframe::V1m,
        mode: LoadMode::Full,
        start: Some(i64::MIN),
        end: Some(i64::MAX),
    };
    let context = Context::new("op".to_owned(), bench.store.clone(), bench.token.clone());
    let Err(Stop::Failed(message)) = run(&context, &bench.sources, &load, at(0)) else {
        panic!()
    };
    assert!(message.contains("Ask for a shorter range"), "{message}");
}
