-- Processes that run operations, and when each was last seen.
CREATE TABLE backends (
    backend_id TEXT COLLATE "C" PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

-- Who runs an operation, and what the others want of it.
ALTER TABLE operations ADD COLUMN backend_id TEXT COLLATE "C";
ALTER TABLE operations ADD COLUMN cancel_asked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN cancel_reason TEXT COLLATE "C";
