CREATE TABLE backtests (
    operation_id TEXT COLLATE "C" PRIMARY KEY,
    request TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C"
);

-- Trades and equity in pieces of a thousand, so that a long backtest has few rows.
CREATE TABLE backtest_trades (
    operation_id TEXT COLLATE "C" NOT NULL REFERENCES backtests (operation_id),
    chunk BIGINT NOT NULL,
    trades TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (operation_id, chunk)
);

CREATE TABLE backtest_equity (
    operation_id TEXT COLLATE "C" NOT NULL REFERENCES backtests (operation_id),
    chunk BIGINT NOT NULL,
    points TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (operation_id, chunk)
);

ALTER TABLE epochs ADD COLUMN learning_rate DOUBLE PRECISION;
ALTER TABLE epochs ADD COLUMN duration_seconds DOUBLE PRECISION;

CREATE TABLE load_segments (
    operation_id TEXT COLLATE "C" NOT NULL,
    segment BIGINT NOT NULL,
    first_bar BIGINT NOT NULL,
    last_bar BIGINT NOT NULL,
    bars BIGINT NOT NULL,
    new_bars BIGINT NOT NULL,
    duration_seconds DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (operation_id, segment)
);

-- What was cached of the range when the load ended.
CREATE TABLE load_reports (
    operation_id TEXT COLLATE "C" PRIMARY KEY,
    report TEXT COLLATE "C" NOT NULL
);
