CREATE TABLE backtests (
    operation_id TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    outcome TEXT
) STRICT, WITHOUT ROWID;

-- Trades and equity in pieces of a thousand, so that a long backtest has few rows.
CREATE TABLE backtest_trades (
    operation_id TEXT NOT NULL REFERENCES backtests (operation_id),
    chunk INTEGER NOT NULL,
    trades TEXT NOT NULL,
    PRIMARY KEY (operation_id, chunk)
) STRICT, WITHOUT ROWID;

CREATE TABLE backtest_equity (
    operation_id TEXT NOT NULL REFERENCES backtests (operation_id),
    chunk INTEGER NOT NULL,
    points TEXT NOT NULL,
    PRIMARY KEY (operation_id, chunk)
) STRICT, WITHOUT ROWID;

ALTER TABLE epochs ADD COLUMN learning_rate REAL;
ALTER TABLE epochs ADD COLUMN duration_seconds REAL;

CREATE TABLE load_segments (
    operation_id TEXT NOT NULL,
    segment INTEGER NOT NULL,
    first_bar INTEGER NOT NULL,
    last_bar INTEGER NOT NULL,
    bars INTEGER NOT NULL,
    new_bars INTEGER NOT NULL,
    duration_seconds REAL NOT NULL,
    PRIMARY KEY (operation_id, segment)
) STRICT, WITHOUT ROWID;

-- What was cached of the range when the load ended.
CREATE TABLE load_reports (
    operation_id TEXT PRIMARY KEY,
    report TEXT NOT NULL
) STRICT, WITHOUT ROWID;
