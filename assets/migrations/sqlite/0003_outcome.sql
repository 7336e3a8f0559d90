-- Effort and scores: the time that annotators spent, and what each done annotation came to.

-- Time is in no history: it is kept by quarters of an hour since 1970 UTC, of which every time zone's days are made.
CREATE TABLE time_spent (
    article INTEGER NOT NULL REFERENCES article (key),
    annotator TEXT NOT NULL,
    slot INTEGER NOT NULL, -- quarters of an hour since 1970 UTC
    active_ms INTEGER NOT NULL CHECK (active_ms >= 0),
    PRIMARY KEY (article, annotator, slot)
) STRICT, WITHOUT ROWID;

-- Worked out from annotation and history when an annotation is done, so that thousands are there at once.
-- Scores are from 0 to 1; NULL where there was nothing to guess and nothing guessed.
CREATE TABLE outcome (
    article INTEGER NOT NULL REFERENCES article (key),
    annotator TEXT NOT NULL,
    rev INTEGER NOT NULL, -- of the annotation that this is true of
    first_ms INTEGER NOT NULL,
    done_ms INTEGER NOT NULL,
    edits INTEGER NOT NULL,
    scored INTEGER NOT NULL CHECK (scored IN (0, 1)), -- whether the annotator began with the models' guess
    region_chars_f1 REAL,
    region_spans_f1 REAL,
    entity_f1 REAL,
    region_add INTEGER NOT NULL,
    region_delete INTEGER NOT NULL,
    region_relabel INTEGER NOT NULL,
    region_boundary INTEGER NOT NULL,
    entity_add INTEGER NOT NULL,
    entity_delete INTEGER NOT NULL,
    entity_relabel INTEGER NOT NULL,
    entity_boundary INTEGER NOT NULL,
    PRIMARY KEY (article, annotator)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcome_label (
    article INTEGER NOT NULL,
    annotator TEXT NOT NULL,
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)), -- a region's, an entity's
    label TEXT NOT NULL,
    spans INTEGER NOT NULL,
    chars INTEGER NOT NULL, -- code points
    char_hits INTEGER NOT NULL, -- characters other than white space; 0 for entities
    char_guessed INTEGER NOT NULL,
    char_gold INTEGER NOT NULL,
    span_hits INTEGER NOT NULL,
    span_guessed INTEGER NOT NULL,
    span_gold INTEGER NOT NULL,
    edits INTEGER NOT NULL,
    active_ms INTEGER NOT NULL,
    PRIMARY KEY (article, annotator, kind, label),
    FOREIGN KEY (article, annotator) REFERENCES outcome (article, annotator) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The articles behind a label.
CREATE INDEX outcome_by_label ON outcome_label (kind, label, article) WHERE spans > 0;

-- What is done and may still have to be worked out.
CREATE INDEX annotation_done ON annotation (article, annotator, rev) WHERE status = 2 AND annotator <> '';
