-- Tags as they are looked for, in small letters; what was given stands with the owner.
CREATE TABLE tags (
    owner TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (owner, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiments (
    seq INTEGER PRIMARY KEY,
    experiment_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    hypothesis TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'completed', 'abandoned')),
    parameters TEXT NOT NULL,
    results TEXT,
    notes TEXT,
    tags TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX experiments_by_time ON experiments (started_at);
CREATE INDEX experiments_by_status ON experiments (status, started_at);

CREATE TABLE executions (
    seq INTEGER PRIMARY KEY,
    experiment_id TEXT NOT NULL REFERENCES experiments (experiment_id),
    operation TEXT NOT NULL,
    parameters TEXT NOT NULL,
    parameters_cut INTEGER NOT NULL,
    status_code INTEGER NOT NULL,
    error TEXT,
    operation_id TEXT,
    executed_at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX executions_by_experiment ON executions (experiment_id, executed_at);

CREATE TABLE insights (
    seq INTEGER PRIMARY KEY,
    insight_id TEXT NOT NULL UNIQUE,
    experiment_id TEXT REFERENCES experiments (experiment_id),
    category TEXT NOT NULL CHECK (category IN ('pattern', 'success', 'failure', 'hypothesis', 'technique')),
    content TEXT NOT NULL,
    tags TEXT NOT NULL,
    importance INTEGER NOT NULL CHECK (importance BETWEEN 1 AND 10),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX insights_by_time ON insights (created_at);
CREATE INDEX insights_by_experiment ON insights (experiment_id);
