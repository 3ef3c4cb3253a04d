CREATE TABLE jobs (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id TEXT COLLATE "C" NOT NULL UNIQUE,
    type TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
    payload TEXT COLLATE "C" NOT NULL,
    metadata TEXT COLLATE "C" NOT NULL,
    inputs TEXT COLLATE "C" NOT NULL,
    priority BIGINT NOT NULL,
    timeout_seconds BIGINT NOT NULL,
    idempotency_key TEXT COLLATE "C" UNIQUE,
    request_digest TEXT COLLATE "C",
    -- Where it is: who waits for which service, until when; or from when on it may be sent again.
    attempts BIGINT NOT NULL DEFAULT 0,
    service_id TEXT COLLATE "C",
    hub_id TEXT COLLATE "C",
    lease_until BIGINT,
    available_at BIGINT NOT NULL,
    percent DOUBLE PRECISION NOT NULL DEFAULT 0,
    message TEXT COLLATE "C",
    error_kind TEXT COLLATE "C",
    error_message TEXT COLLATE "C",
    result TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    CHECK ((status = 'running') = (hub_id IS NOT NULL AND lease_until IS NOT NULL))
);
CREATE INDEX jobs_by_status ON jobs (status, seq);
CREATE INDEX jobs_by_type ON jobs (type, seq);
CREATE INDEX jobs_by_both ON jobs (type, status, seq);
-- What is claimed, renewed and counted; small whatever has ended.
CREATE INDEX jobs_pending ON jobs (type, priority DESC, seq) WHERE status = 'pending';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX jobs_of_hub ON jobs (hub_id) WHERE status = 'running';
CREATE INDEX jobs_of_service ON jobs (service_id) WHERE status = 'running';

CREATE TABLE artifacts (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    artifact_id TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C",
    storage_location TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT,
    checksum TEXT COLLATE "C",
    tags TEXT COLLATE "C" NOT NULL,
    metadata TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" REFERENCES jobs (job_id),
    service_id TEXT COLLATE "C",
    created_at BIGINT NOT NULL
);
CREATE INDEX artifacts_by_type ON artifacts (type, seq);
CREATE INDEX artifacts_by_job ON artifacts (job_id, seq);
CREATE INDEX artifacts_by_service ON artifacts (service_id, seq);
CREATE INDEX artifacts_by_checksum ON artifacts (checksum, seq);
CREATE INDEX artifacts_by_name ON artifacts (name, seq);

-- By the artifact's row number, so that the artifacts of a tag lie in the order of their list.
CREATE TABLE artifact_tags (
    tag TEXT COLLATE "C" NOT NULL,
    artifact BIGINT NOT NULL REFERENCES artifacts (seq),
    PRIMARY KEY (tag, artifact)
);

CREATE TABLE dependencies (
    artifact_id TEXT COLLATE "C" NOT NULL REFERENCES artifacts (artifact_id),
    depends_on TEXT COLLATE "C" NOT NULL REFERENCES artifacts (artifact_id),
    position BIGINT NOT NULL,
    PRIMARY KEY (artifact_id, depends_on)
);
CREATE INDEX dependents ON dependencies (depends_on);

CREATE TABLE services (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service_id TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    job_type TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    capacity BIGINT NOT NULL,
    resumable BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL DEFAULT 'unknown' CHECK (status IN ('healthy', 'unhealthy', 'unknown')),
    registered_at BIGINT NOT NULL,
    checked_at BIGINT,
    UNIQUE (url, job_type)
);
