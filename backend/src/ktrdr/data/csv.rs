//! Bars from CSV files: `SYMBOL_TIMEFRAME.csv` in the data folder, with the columns `timestamp`,
//! `open`, `high`, `low`, `close` and `volume` in any order.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::is_symbol;
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::store::bars::Bar;
use crate::time;

/// The file of a series, if there is such a file. A symbol that is none has no file.
pub fn file(folder: &Path, symbol: &str, timeframe: Timeframe) -> Option<PathBuf> {
    if !is_symbol(symbol) {
        return None;
    }
    Some(folder.join(format!("{symbol}_{}.csv", timeframe.as_str()))).filter(|path| path.is_file())
}

/// Timeframes of a symbol that a file exists for, shortest first.
pub fn timeframes(folder: &Path, symbol: &str) -> Vec<Timeframe> {
    Timeframe::ALL
        .iter()
        .copied()
        .filter(|timeframe| file(folder, symbol, *timeframe).is_some())
        .collect()
}

/// Every bar of a file, oldest first. Of two bars with one time, the later line stands. The error
/// names the file and the line.
///
/// Once `stop` says so, no further line is read: what comes back then is only a part.
pub fn read(path: &Path, stop: impl Fn() -> bool) -> Result<Vec<Bar>, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = File::open(path).map_err(|error| format!("cannot open {name}: {error}"))?;
    parse(file, stop).map_err(|error| format!("{name}: {error}"))
}

fn parse(input: impl std::io::Read, stop: impl Fn() -> bool) -> Result<Vec<Bar>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(input);
    let header = reader.headers().map_err(|error| error.to_string())?;
    let column = |name: &str| {
        header
            .iter()
            .position(|title| {
                title
                    .trim_start_matches('\u{feff}')
                    .eq_ignore_ascii_case(name)
            })
            .ok_or_else(|| format!("line 1: no column `{name}`"))
    };
    let names = ["timestamp", "open", "high", "low", "close", "volume"];
    let columns = names.map(column);
    let mut places = [0; 6];
    for (place, column) in places.iter_mut().zip(columns) {
        *place = column?;
    }
    let mut bars = Vec::new();
    let mut record = csv::StringRecord::new();
    while !stop()
        && reader
            .read_record(&mut record)
            .map_err(|error| error.to_string())?
    {
        let line = record.position().map_or(0, csv::Position::line);
        bars.push(bar(&record, places, names).map_err(|error| format!("line {line}: {error}"))?);
    }
    bars.sort_by_key(|bar: &Bar| bar.time);
    // `dedup_by` keeps the first of equals; the one that stands is copied there.
    bars.dedup_by(|later, kept| {
        let same = later.time == kept.time;
        if same {
            *kept = *later;
        }
        same
    });
    Ok(bars)
}

fn bar(record: &csv::StringRecord, places: [usize; 6], names: [&str; 6]) -> Result<Bar, String> {
    let text = |n: usize| record.get(places[n]).unwrap_or_default();
    let number = |n: usize| match text(n).parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err(format!(
            "`{}` is no {} (a number from 0 on)",
            text(n),
            names[n]
        )),
    };
    let time = time::parse(text(0)).ok_or_else(|| format!("`{}` is no timestamp", text(0)))?;
    let bar = Bar {
        time,
        open: number(1)?,
        high: number(2)?,
        low: number(3)?,
        close: number(4)?,
        volume: number(5)?,
    };
    let (bottom, top) = (bar.open.min(bar.close), bar.open.max(bar.close));
    if bar.low > bottom || bar.high < top {
        return Err(format!(
            "high {} and low {} do not enclose open and close",
            bar.high, bar.low
        ));
    }
    Ok(bar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_sorted_and_the_later_line_stands() {
        let text = "Timestamp,Volume,Open,High,Low,Close\n\
                    2024-01-02,5,2,4,1,3\n\
                    2024-01-01,9,1,1,1,1\n\
                    2024-01-02T00:00:00Z, 6 ,2,4,1,3.5\n";
        let bars = parse(text.as_bytes(), || false).unwrap();
        assert_eq!(bars.len(), 2);
        assert_eq!(time::format(bars[0].time), "2024-01-01T00:00:00Z");
        assert_eq!((bars[1].close, bars[1].volume), (3.5, 6.0));
    }

    #[test]
    fn no_line_is_read_after_a_stop() {
        let text = "timestamp,open,high,low,close,volume\n\
                    2024-01-01,1,1,1,1,1\n\
                    2024-01-02,1,1,1,1,1\n\
                    this line is none\n";
        let asked = std::cell::Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) == 2;
        assert_eq!(parse(text.as_bytes(), stop).unwrap().len(), 2);
    }

    #[test]
    fn errors_name_the_line() {
        let head = "timestamp,open,high,low,close,volume\n2024-01-01,1,1,1,1,1\n";
        for (line, message) in [
            (
                "2024-01-02,1,1,1,x,1",
                "line 3: `x` is no close (a number from 0 on)",
            ),
            (
                "2024-01-02,1,1,1,NaN,1",
                "line 3: `NaN` is no close (a number from 0 on)",
            ),
            ("soon,1,1,1,1,1", "line 3: `soon` is no timestamp"),
            (
                "2024-01-02,1,1,1,2,1",
                "line 3: high 1 and low 1 do not enclose open and close",
            ),
        ] {
            assert_eq!(
                parse(format!("{head}{line}\n").as_bytes(), || false).unwrap_err(),
                message
            );
        }
        assert_eq!(
            parse("timestamp,open\n".as_bytes(), || false).unwrap_err(),
            "line 1: no column `high`"
        );
        assert!(parse(format!("{head}2024-01-02,1\n").as_bytes(), || false).is_err());
    }

    #[test]
    fn no_symbol_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::write(folder.path().join("SECRET_1h.csv"), "").unwrap();
        std::fs::write(data.join("AAPL_1h.csv"), "").unwrap();
        assert_eq!(
            file(&data, "AAPL", Timeframe::V1h),
            Some(data.join("AAPL_1h.csv"))
        );
        assert_eq!(file(&data, "AAPL", Timeframe::V1d), None);
        assert_eq!(timeframes(&data, "AAPL"), [Timeframe::V1h]);
        for symbol in [
            "../SECRET",
            "..\\SECRET",
            "%2e%2e%2fSECRET",
            "/etc/passwd",
            "",
        ] {
            assert_eq!(file(&data, symbol, Timeframe::V1h), None, "{symbol}");
        }
    }
}
