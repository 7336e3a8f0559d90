-- What the models have learnt from the done articles of this dataset, and what is kept of a page beside its blocks.

-- The dataset's own copy of a model. Whatever is in it can be made again from the weights that the program ships
-- and the done articles; without it, it is.
CREATE TABLE model (
    kind TEXT PRIMARY KEY NOT NULL, -- 'regions', 'entities'
    base TEXT NOT NULL, -- a hash of the shipped weights that it went on from
    lessons TEXT NOT NULL, -- JSON: the done annotations that it learnt from, in order
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What the extractor saw of a page's markup, so that its suggestions can be made anew when the page is gone.
CREATE TABLE page_kept (
    article INTEGER PRIMARY KEY REFERENCES article (key),
    kept BLOB NOT NULL
) STRICT;

-- What there is to learn from, newest first.
CREATE INDEX annotation_lessons ON annotation (updated_at, article, annotator, rev) WHERE status = 2 AND annotator <> '';
