//! The trades as CSV.

use crate::ktrdr::backtests::simulation::Trade;
use crate::ktrdr::operations::Stop;
use crate::time;

const COLUMNS: [&str; 12] = [
    "side",
    "entry_time",
    "entry_price",
    "exit_time",
    "exit_price",
    "quantity",
    "commission",
    "slippage",
    "pnl",
    "trade_return",
    "bars_held",
    "exit_reason",
];

/// One line a trade, oldest first, below a line of titles.
pub(super) fn write(trades: &[Trade]) -> Result<Vec<u8>, Stop> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Stop::Failed(format!("Cannot write the trades: {error}"));
    writer.write_record(COLUMNS).map_err(failed)?;
    for trade in trades {
        let record = [
            trade.side.as_str().to_owned(),
            time::format(trade.entry_time),
            trade.entry_price.to_string(),
            time::format(trade.exit_time),
            trade.exit_price.to_string(),
            trade.quantity.to_string(),
            trade.commission.to_string(),
            trade.slippage.to_string(),
            trade.pnl.to_string(),
            trade.trade_return.to_string(),
            trade.bars_held.to_string(),
            trade.exit_reason.as_str().to_owned(),
        ];
        writer.write_record(record).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| failed(error.into_error().into()))
}
