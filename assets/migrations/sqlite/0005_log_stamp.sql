-- By this a write-ahead log is known to belong to the file beside which it lies: each transaction counts it up, so that
-- each log holds this page. The text has a fixed form, since it is also looked for in the bytes of file and log.

CREATE TABLE IF NOT EXISTS log_stamp (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    commits INTEGER NOT NULL,
    stamp TEXT NOT NULL -- copydesk-stamp:, 32 hexadecimal digits of the dataset, a colon, 16 of commits
) STRICT;

INSERT OR IGNORE INTO log_stamp (one, commits, stamp)
VALUES (1, 0, 'copydesk-stamp:' || lower(hex(randomblob(16))) || ':' || printf('%016x', 0));
