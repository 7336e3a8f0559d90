-- What each annotation started from, so that one person's work never passes for another's.

-- In the first line of an annotation's history: 'nothing', 'suggestions REVISION', 'person REVISION NAME', 'people NAMES',
-- 'import'. Empty in all other lines, and where an older Copydesk wrote the first one: nobody knows it then.
ALTER TABLE history ADD COLUMN started_from TEXT NOT NULL DEFAULT '';

-- Who has worked on what, by status: an annotator's list shows how far the annotator is, not how far others are.
CREATE INDEX annotation_by_annotator ON annotation (annotator, status, article) WHERE annotator <> '';

-- What any person has finished, whatever others have begun since.
CREATE INDEX annotation_by_status ON annotation (status, article) WHERE annotator <> '';

-- Nobody's annotations that are more than suggestions, such as finished records of a corpus.
CREATE INDEX annotation_of_nobody ON annotation (status, article) WHERE annotator = '' AND status <> 0;
