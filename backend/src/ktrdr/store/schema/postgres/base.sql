CREATE TABLE operations (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation_id TEXT COLLATE "C" NOT NULL UNIQUE,
    operation_type TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    percentage DOUBLE PRECISION NOT NULL DEFAULT 0,
    current_step TEXT COLLATE "C",
    steps_completed BIGINT NOT NULL DEFAULT 0,
    steps_total BIGINT NOT NULL DEFAULT 0,
    context TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    symbol TEXT COLLATE "C",
    metadata TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    error_message TEXT COLLATE "C",
    result TEXT COLLATE "C",
    active BIGINT NOT NULL GENERATED ALWAYS AS (CASE WHEN status IN ('pending', 'running') THEN 1 ELSE 0 END) STORED
);

-- A list is a walk along one of these, newest first; the row number breaks ties.
CREATE INDEX operations_by_time ON operations (created_at, seq);
CREATE INDEX operations_by_type ON operations (operation_type, created_at, seq);
CREATE INDEX operations_by_status ON operations (status, created_at, seq);
CREATE INDEX operations_by_both ON operations (operation_type, status, created_at, seq);
CREATE INDEX operations_active ON operations (active, created_at, seq);
CREATE INDEX operations_active_by_type ON operations (operation_type, active, created_at, seq);

-- Counts are read from here, so that no list has to count rows.
CREATE TABLE operation_counts (
    operation_type TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (operation_type, status)
);

-- Once for each statement that adds or removes: row by row, many rows at once would take for ever.
CREATE FUNCTION operation_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO operation_counts
        SELECT operation_type, status, count(*) FROM added GROUP BY operation_type, status
        ON CONFLICT (operation_type, status) DO UPDATE SET count = operation_counts.count + excluded.count;
    RETURN NULL;
END $$;
CREATE TRIGGER operation_added AFTER INSERT ON operations
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION operation_added();

CREATE FUNCTION operation_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE operation_counts counts SET count = counts.count - gone.count
        FROM (SELECT operation_type, status, count(*) FROM removed GROUP BY operation_type, status) gone
        WHERE counts.operation_type = gone.operation_type AND counts.status = gone.status;
    RETURN NULL;
END $$;
CREATE TRIGGER operation_removed AFTER DELETE ON operations
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION operation_removed();

CREATE FUNCTION operation_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE operation_counts SET count = count - 1
        WHERE operation_type = OLD.operation_type AND status = OLD.status;
    INSERT INTO operation_counts VALUES (NEW.operation_type, NEW.status, 1)
        ON CONFLICT (operation_type, status) DO UPDATE SET count = operation_counts.count + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER operation_moved AFTER UPDATE OF status ON operations
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION operation_moved();

CREATE TABLE series (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    symbol TEXT COLLATE "C" NOT NULL,
    timeframe TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    bars BIGINT NOT NULL DEFAULT 0,
    updated_at BIGINT NOT NULL,
    UNIQUE (symbol, timeframe)
);

CREATE TABLE bars (
    series BIGINT NOT NULL REFERENCES series (id),
    time BIGINT NOT NULL,
    open DOUBLE PRECISION NOT NULL,
    high DOUBLE PRECISION NOT NULL,
    low DOUBLE PRECISION NOT NULL,
    close DOUBLE PRECISION NOT NULL,
    volume DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (series, time)
);

CREATE TABLE trainings (
    task_id TEXT COLLATE "C" PRIMARY KEY,
    operation_id TEXT COLLATE "C" NOT NULL UNIQUE,
    request TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C"
);

CREATE TABLE epochs (
    task_id TEXT COLLATE "C" NOT NULL REFERENCES trainings (task_id),
    epoch BIGINT NOT NULL,
    train_loss DOUBLE PRECISION NOT NULL,
    val_loss DOUBLE PRECISION NOT NULL,
    val_accuracy DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (task_id, epoch)
);

CREATE TABLE models (
    model_id TEXT COLLATE "C" PRIMARY KEY,
    task_id TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    summary TEXT COLLATE "C" NOT NULL
);
CREATE INDEX models_by_time ON models (created_at);
