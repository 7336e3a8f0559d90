-- A dataset: articles, annotations with revisions, history, schema and settings.
--
-- Never change a migration that was released: add the next one.
-- Times are milliseconds since 1970 UTC (0: unknown), offsets are bytes of UTF-8 in article_body.text,
-- a status is its place in the list todo, started, done, skipped, flagged (from 0).
-- JSON columns carry their own version ("v"), so that a later Copydesk can read what this one wrote.
-- STRICT: a value of the wrong type is refused when it is written, not found when it is read.

CREATE TABLE dataset (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    schema_toml TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What lists and filters need. The text stands apart, so that a list of a million articles stays small.
CREATE TABLE article (
    key INTEGER PRIMARY KEY, -- the order of import, from 1
    id TEXT NOT NULL UNIQUE,
    content_hash TEXT NOT NULL UNIQUE, -- the same content is not added twice
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 4), -- that of the newest annotation
    text_len INTEGER NOT NULL, -- bytes
    headline TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    other TEXT NOT NULL -- whatever else came with it: a JSON object of strings
) STRICT;

CREATE INDEX article_by_status ON article (status, key);

CREATE TABLE article_body (
    article INTEGER PRIMARY KEY REFERENCES article (key),
    text TEXT NOT NULL, -- never changed: every offset points into exactly this
    blocks TEXT NOT NULL -- JSON
) STRICT;

-- One annotator's work as it stands. Annotator '' are the suggestions, on which annotators start.
CREATE TABLE annotation (
    article INTEGER NOT NULL REFERENCES article (key),
    annotator TEXT NOT NULL,
    rev INTEGER NOT NULL, -- how often it was committed; a commit against another one is refused
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 4),
    updated_at INTEGER NOT NULL,
    doc TEXT NOT NULL, -- JSON
    PRIMARY KEY (article, annotator)
) STRICT;

-- What was done, for good. From an empty annotation, an annotator's changes in order give the annotation as it stands.
-- It is the stream of changes too: seq grows with every commit, by whichever program. Since no line ever goes,
-- SQLite's next key is always greater than all before it.
CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES article (key),
    annotator TEXT NOT NULL, -- '' for an article that was added
    rev INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('added', 'edit', 'undo', 'redo')),
    action TEXT NOT NULL,
    change TEXT NOT NULL, -- JSON
    before_anchor INTEGER NOT NULL,
    before_head INTEGER NOT NULL,
    after_anchor INTEGER NOT NULL,
    after_head INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX history_of_annotation ON history (article, annotator, seq) WHERE kind <> 'added';

CREATE TRIGGER history_is_never_rewritten BEFORE UPDATE ON history
BEGIN
    SELECT RAISE (ABORT, 'the history is only appended to');
END;

CREATE TRIGGER history_is_never_shortened BEFORE DELETE ON history
BEGIN
    SELECT RAISE (ABORT, 'the history is only appended to');
END;

-- How many articles have each status: counting a million each time would cost the window a frame.
CREATE TABLE tally (
    status INTEGER PRIMARY KEY CHECK (status BETWEEN 0 AND 4),
    articles INTEGER NOT NULL CHECK (articles >= 0)
) STRICT;

INSERT INTO tally (status, articles) VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0);

-- Who is to work on what, for teams.
CREATE TABLE assignment (
    article INTEGER NOT NULL REFERENCES article (key),
    annotator TEXT NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2), -- taken, finished, lapsed
    lease_until INTEGER NOT NULL,
    PRIMARY KEY (article, annotator)
) STRICT, WITHOUT ROWID;

-- The words of each article; rowid is article.key. It holds no text of its own (content=''), no lengths
-- (columnsize=0: results come in the order of keys, not by rank), and can be filled anew from article_body.
-- Marks count as parts of words (M*), or Hindi and Thai would fall to pieces. Words of scripts without spaces
-- are cut by the program before they come here.
CREATE VIRTUAL TABLE search USING fts5 (
    title, text,
    content = '', columnsize = 0,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
);

-- Filling the index takes four times as long as the rest of an import, so it is filled later, in the order of keys:
-- articles up to this key are in it.
CREATE TABLE search_progress (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    upto INTEGER NOT NULL
) STRICT;

INSERT INTO search_progress (one, upto) VALUES (1, 0);
