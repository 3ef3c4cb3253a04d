-- Texts that can be searched; `words` and the index hold them as `store/search.rs` writes them.
CREATE TABLE searched (
    seq INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    words TEXT NOT NULL,
    length INTEGER NOT NULL,
    UNIQUE (collection, key)
) STRICT;
CREATE VIRTUAL TABLE searched_index USING fts5(
    words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'"
);
