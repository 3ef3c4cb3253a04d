-- Texts that can be searched; `words` and the index hold them as `store/search.rs` writes them.
CREATE TABLE searched (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    words TEXT COLLATE "C" NOT NULL,
    length BIGINT NOT NULL,
    vector tsvector NOT NULL,
    UNIQUE (collection, key)
);
CREATE INDEX searched_by_words ON searched USING gin (vector);
