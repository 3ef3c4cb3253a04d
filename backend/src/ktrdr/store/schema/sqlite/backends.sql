-- Processes that run operations, and when each was last seen.
CREATE TABLE backends (
    backend_id TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who runs an operation, and what the others want of it.
ALTER TABLE operations ADD COLUMN backend_id TEXT;
ALTER TABLE operations ADD COLUMN cancel_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN cancel_reason TEXT;
