use tokio_util::sync::CancellationToken;

use super::*;
use crate::ktrdr::backtests::rule::Rule;
use crate::ktrdr::backtests::simulation::Trade;
use crate::ktrdr::kinds::{OperationType, Timeframe};
use crate::ktrdr::store::operations::{self, Metadata};
use crate::ktrdr::store::{Store, testing};

const ID: &str = "op_backtesting_1";
const HOUR: i64 = 3_600_000;

struct Bench {
    store: Store,
    token: CancellationToken,
}

impl Bench {
    fn new(request: &BacktestRequest) -> Self {
        let store = testing::store();
        store
            .write_now(|db| {
                operations::insert(db, ID, OperationType::Backtesting, &Metadata::default(), 1)?;
                store::insert(db, ID, request)
            })
            .unwrap();
        Self {
            store,
            token: CancellationToken::new(),
        }
    }

    fn bars(&self, opens: &[f64]) {
        let bars: Vec<Bar> = (0..opens.len())
            .map(|n| {
                let (open, close) = (opens[n], *opens.get(n + 1).unwrap_or(&opens[n]));
                Bar {
                    time: n as i64 * HOUR,
                    open,
                    high: open.max(close),
                    low: open.min(close),
                    close,
                    volume: 1.0,
                }
            })
            .collect();
        self.store
            .write_now(|db| bars::store(db, "AAPL", Timeframe::V1h, Source::Csv, &bars, 0))
            .unwrap();
    }

    async fn run(&self, request: BacktestRequest) -> Result<Map<String, Value>, Stop> {
        let context = Context::new(ID.to_owned(), self.store.clone(), self.token.clone());
        tokio::task::spawn_blocking(move || run(&context, &request))
            .await
            .unwrap()
    }
}

fn request(rule: Rule) -> BacktestRequest {
    BacktestRequest {
        symbol: "AAPL".to_owned(),
        timeframe: Timeframe::V1h,
        start: None,
        end: None,
        trader: Trader::Rule(rule),
        terms: Terms {
            initial_capital: 10_000.0,
            commission: 0.001,
            slippage: 0.0005,
            position_size: 1.0,
        },
        allow_short: false,
        periods_per_year: 1638.0,
    }
}

#[tokio::test]
async fn what_came_of_it_is_stored_whole() {
    let asked = request(Rule::BuyAndHold);
    let bench = Bench::new(&asked);
    let opens: Vec<f64> = (0..2500).map(|n| 20.0 * 1.0005_f64.powi(n)).collect();
    bench.bars(&opens);
    let summary = bench.run(asked.clone()).await.unwrap();
    // The last bar closes where it opens.
    let kept = (0.9995 * 0.999) / (1.0005 * 1.001);
    let expect = kept * 1.0005_f64.powi(2498) - 1.0;
    let total = summary["metrics"]["total_return"].as_f64().unwrap();
    assert!((total - expect).abs() < 1e-9, "{total} is not {expect}");
    assert_eq!(summary["metrics"]["buy_and_hold_return"], total);
    assert_eq!(
        (&summary["bars"], &summary["data_source"]),
        (&2500.into(), &"csv".into())
    );

    let (stored, points, trades) = bench
        .store
        .read_now(|db| {
            Ok((
                store::get(db, ID)?.unwrap(),
                store::points(db, ID)?,
                store::trades(db, ID, 10, 0)?,
            ))
        })
        .unwrap();
    assert_eq!(stored.request, asked);
    let outcome = stored.outcome.unwrap();
    assert_eq!((outcome.data.start, outcome.data.end), (0, 2499 * HOUR));
    assert_eq!(json!(outcome.metrics), summary["metrics"]);
    assert_eq!(points.len(), 2500);
    assert_eq!(points[2499].equity, outcome.metrics.final_value);
    assert!(points.is_sorted_by(|one, next| one.time < next.time));
    let [
        (
            1,
            Trade {
                bars_held: 2499, ..
            },
        ),
    ] = trades[..]
    else {
        panic!("{trades:?}")
    };
}

#[tokio::test]
async fn trades_come_in_pages() {
    let asked = request(Rule::Crossover {
        fast: 1,
        slow: 2,
        average: crate::ktrdr::kinds::AverageKind::Sma,
    });
    let bench = Bench::new(&asked);
    let opens: Vec<f64> = (0..4001)
        .map(|n| if n % 2 == 0 { 110.0 } else { 100.0 })
        .collect();
    bench.bars(&opens);
    let summary = bench.run(asked).await.unwrap();
    // Odd bars rise and are bought at the next open, at the top: every trade loses.
    assert_eq!(summary["metrics"]["total_trades"], 2000);
    assert_eq!(summary["metrics"]["win_rate"], 0.0);
    let page = |limit, offset| {
        let read = |db: &crate::ktrdr::store::Connection| store::trades(db, ID, limit, offset);
        let page = bench.store.read_now(read).unwrap();
        page.into_iter()
            .map(|(number, _)| number)
            .collect::<Vec<_>>()
    };
    assert_eq!(page(3, 0), [1, 2, 3]);
    assert_eq!(page(3, 998), [999, 1000, 1001]);
    assert_eq!(page(2, 1000), [1001, 1002]);
    assert_eq!(page(1000, 1000), (1001..=2000).collect::<Vec<_>>());
    assert_eq!(page(3, 1998), [1999, 2000]);
    for (limit, offset) in [(3, 2000), (0, 0), (5, usize::MAX)] {
        assert!(page(limit, offset).is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_traded_fails_with_advice() {
    for (opens, expect) in [
        (
            vec![],
            "No cached bars of AAPL 1h. Load them first (POST /api/v1/data/load).",
        ),
        (
            vec![5.0],
            "Too few bars: 1 of AAPL 1h in the period, at least 2 are needed.",
        ),
        (
            vec![5.0, 5.0, 0.0, 5.0],
            "The bar of AAPL 1h at 1970-01-01T01:00:00Z has a price of 0, at which nothing can be traded.",
        ),
    ] {
        let asked = request(Rule::BuyAndHold);
        let bench = Bench::new(&asked);
        bench.bars(&opens);
        let Err(Stop::Failed(message)) = bench.run(asked).await else {
            panic!()
        };
        assert!(message.starts_with(expect), "{message}");
        let stored = bench
            .store
            .read_now(|db| store::get(db, ID))
            .unwrap()
            .unwrap();
        assert_eq!(stored.outcome, None);
    }
}

#[tokio::test]
async fn a_cancelled_backtest_stores_nothing() {
    let asked = request(Rule::BuyAndHold);
    let bench = Bench::new(&asked);
    bench.bars(&[5.0; 100]);
    bench.token.cancel();
    let result = bench.run(asked).await;
    assert!(matches!(result, Err(Stop::Cancelled(None))), "{result:?}");
    let left = bench
        .store
        .read_now(|db| Ok((store::points(db, ID)?, store::trades(db, ID, 1, 0)?)));
    assert_eq!(left.unwrap(), (vec![], vec![]));
}
