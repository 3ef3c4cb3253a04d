CREATE TABLE operations (
    seq INTEGER PRIMARY KEY,
    operation_id TEXT NOT NULL UNIQUE,
    operation_type TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    percentage REAL NOT NULL DEFAULT 0,
    current_step TEXT,
    steps_completed INTEGER NOT NULL DEFAULT 0,
    steps_total INTEGER NOT NULL DEFAULT 0,
    context TEXT NOT NULL DEFAULT '{}',
    symbol TEXT,
    metadata TEXT NOT NULL DEFAULT '{}',
    error_message TEXT,
    result TEXT,
    active INTEGER NOT NULL GENERATED ALWAYS AS (status IN ('pending', 'running')) VIRTUAL
) STRICT;

-- A list is a walk along one of these, newest first; the row number, part of every index, breaks ties.
CREATE INDEX operations_by_time ON operations (created_at);
CREATE INDEX operations_by_type ON operations (operation_type, created_at);
CREATE INDEX operations_by_status ON operations (status, created_at);
CREATE INDEX operations_by_both ON operations (operation_type, status, created_at);
CREATE INDEX operations_active ON operations (active, created_at);
CREATE INDEX operations_active_by_type ON operations (operation_type, active, created_at);

-- Counts are read from here, so that no list has to count rows.
CREATE TABLE operation_counts (
    operation_type TEXT NOT NULL,
    status TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (operation_type, status)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER operation_added AFTER INSERT ON operations BEGIN
    INSERT INTO operation_counts VALUES (NEW.operation_type, NEW.status, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER operation_moved AFTER UPDATE OF status ON operations WHEN OLD.status <> NEW.status BEGIN
    UPDATE operation_counts SET count = count - 1
        WHERE operation_type = OLD.operation_type AND status = OLD.status;
    INSERT INTO operation_counts VALUES (NEW.operation_type, NEW.status, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER operation_removed AFTER DELETE ON operations BEGIN
    UPDATE operation_counts SET count = count - 1
        WHERE operation_type = OLD.operation_type AND status = OLD.status;
END;

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    bars INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL,
    UNIQUE (symbol, timeframe)
) STRICT;

CREATE TABLE bars (
    series INTEGER NOT NULL REFERENCES series (id),
    time INTEGER NOT NULL,
    open REAL NOT NULL,
    high REAL NOT NULL,
    low REAL NOT NULL,
    close REAL NOT NULL,
    volume REAL NOT NULL,
    PRIMARY KEY (series, time)
) STRICT, WITHOUT ROWID;

CREATE TABLE trainings (
    task_id TEXT PRIMARY KEY,
    operation_id TEXT NOT NULL UNIQUE,
    request TEXT NOT NULL,
    outcome TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE epochs (
    task_id TEXT NOT NULL REFERENCES trainings (task_id),
    epoch INTEGER NOT NULL,
    train_loss REAL NOT NULL,
    val_loss REAL NOT NULL,
    val_accuracy REAL NOT NULL,
    PRIMARY KEY (task_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
    model_id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    summary TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX models_by_time ON models (created_at);
