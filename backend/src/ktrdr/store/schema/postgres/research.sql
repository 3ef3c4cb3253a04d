-- Tags as they are looked for, in small letters; what was given stands with the owner.
CREATE TABLE tags (
    owner TEXT COLLATE "C" NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (owner, tag)
);

CREATE TABLE experiments (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    experiment_id TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    hypothesis TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'completed', 'abandoned')),
    parameters TEXT COLLATE "C" NOT NULL,
    results TEXT COLLATE "C",
    notes TEXT COLLATE "C",
    tags TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX experiments_by_time ON experiments (started_at, seq);
CREATE INDEX experiments_by_status ON experiments (status, started_at, seq);

CREATE TABLE executions (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    experiment_id TEXT COLLATE "C" NOT NULL REFERENCES experiments (experiment_id),
    operation TEXT COLLATE "C" NOT NULL,
    parameters TEXT COLLATE "C" NOT NULL,
    parameters_cut BIGINT NOT NULL,
    status_code BIGINT NOT NULL,
    error TEXT COLLATE "C",
    operation_id TEXT COLLATE "C",
    executed_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL
);
CREATE INDEX executions_by_experiment ON executions (experiment_id, executed_at, seq);

CREATE TABLE insights (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    insight_id TEXT COLLATE "C" NOT NULL UNIQUE,
    experiment_id TEXT COLLATE "C" REFERENCES experiments (experiment_id),
    category TEXT COLLATE "C" NOT NULL CHECK (category IN ('pattern', 'success', 'failure', 'hypothesis', 'technique')),
    content TEXT COLLATE "C" NOT NULL,
    tags TEXT COLLATE "C" NOT NULL,
    importance BIGINT NOT NULL CHECK (importance BETWEEN 1 AND 10),
    created_at BIGINT NOT NULL
);
CREATE INDEX insights_by_time ON insights (created_at, seq);
CREATE INDEX insights_by_experiment ON insights (experiment_id);
