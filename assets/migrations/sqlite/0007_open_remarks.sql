-- Remarks that nobody has settled yet, so that the list can find and mark their articles.

-- How many of an annotation's remarks are open. From this format on a remark can hold who wrote it, its answers and who settled it.
ALTER TABLE annotation ADD COLUMN open_remarks INTEGER NOT NULL DEFAULT 0;

-- Until now no remark could be settled. What is no JSON stays for reading to complain about.
UPDATE annotation SET open_remarks = json_array_length(doc, '$.remarks')
WHERE json_valid(doc) AND json_array_length(doc, '$.remarks') > 0;

CREATE INDEX annotation_open_remarks ON annotation (article, annotator, open_remarks) WHERE open_remarks > 0;
