CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
    payload TEXT NOT NULL,
    metadata TEXT NOT NULL,
    inputs TEXT NOT NULL,
    priority INTEGER NOT NULL,
    timeout_seconds INTEGER NOT NULL,
    idempotency_key TEXT UNIQUE,
    request_digest TEXT,
    -- Where it is: who waits for which service, until when; or from when on it may be sent again.
    attempts INTEGER NOT NULL DEFAULT 0,
    service_id TEXT,
    hub_id TEXT,
    lease_until INTEGER,
    available_at INTEGER NOT NULL,
    percent REAL NOT NULL DEFAULT 0,
    message TEXT,
    error_kind TEXT,
    error_message TEXT,
    result TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    CHECK ((status = 'running') = (hub_id IS NOT NULL AND lease_until IS NOT NULL))
) STRICT;
CREATE INDEX jobs_by_status ON jobs (status, seq);
CREATE INDEX jobs_by_type ON jobs (type, seq);
CREATE INDEX jobs_by_both ON jobs (type, status, seq);
-- What is claimed, renewed and counted; small whatever has ended.
CREATE INDEX jobs_pending ON jobs (type, priority DESC, seq) WHERE status = 'pending';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX jobs_of_hub ON jobs (hub_id) WHERE status = 'running';
CREATE INDEX jobs_of_service ON jobs (service_id) WHERE status = 'running';

CREATE TABLE artifacts (
    seq INTEGER PRIMARY KEY,
    artifact_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT,
    storage_location TEXT NOT NULL,
    size_bytes INTEGER,
    checksum TEXT,
    tags TEXT NOT NULL,
    metadata TEXT NOT NULL,
    job_id TEXT REFERENCES jobs (job_id),
    service_id TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX artifacts_by_type ON artifacts (type, seq);
CREATE INDEX artifacts_by_job ON artifacts (job_id, seq);
CREATE INDEX artifacts_by_service ON artifacts (service_id, seq);
CREATE INDEX artifacts_by_checksum ON artifacts (checksum, seq);
CREATE INDEX artifacts_by_name ON artifacts (name, seq);

-- By the artifact's row number, so that the artifacts of a tag lie in the order of their list.
CREATE TABLE artifact_tags (
    tag TEXT NOT NULL,
    artifact INTEGER NOT NULL REFERENCES artifacts (seq),
    PRIMARY KEY (tag, artifact)
) STRICT;

CREATE TABLE dependencies (
    artifact_id TEXT NOT NULL REFERENCES artifacts (artifact_id),
    depends_on TEXT NOT NULL REFERENCES artifacts (artifact_id),
    position INTEGER NOT NULL,
    PRIMARY KEY (artifact_id, depends_on)
) STRICT;
CREATE INDEX dependents ON dependencies (depends_on);

CREATE TABLE services (
    seq INTEGER PRIMARY KEY,
    service_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    job_type TEXT NOT NULL,
    url TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    resumable INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'unknown' CHECK (status IN ('healthy', 'unhealthy', 'unknown')),
    registered_at INTEGER NOT NULL,
    checked_at INTEGER,
    UNIQUE (url, job_type)
) STRICT;
