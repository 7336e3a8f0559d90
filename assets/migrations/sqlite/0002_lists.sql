-- What the article list sorts and filters by, beside the status: the site, the language, and how much the models doubt.

-- The host that published it, in small letters and without `www.`; empty where there is no address.
ALTER TABLE article ADD COLUMN site TEXT NOT NULL DEFAULT '';

-- How many suggestions of the newest annotation the models are unsure of.
ALTER TABLE article ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;

UPDATE article SET site = lower(substr(url, instr(url, '://') + 3)) WHERE instr(url, '://') > 0;
UPDATE article SET site = substr(site, 1, instr(site || '/', '/') - 1) WHERE site <> '';
UPDATE article SET site = substr(site, 1, instr(site || '?', '?') - 1) WHERE site <> '';
UPDATE article SET site = substr(site, 1, instr(site || '#', '#') - 1) WHERE site <> '';
UPDATE article SET site = substr(site, instr(site, '@') + 1) WHERE instr(site, '@') > 0;
UPDATE article SET site = substr(site, 1, instr(site || ':', ':') - 1) WHERE site <> '';
UPDATE article SET site = substr(site, 5) WHERE site LIKE 'www.%';

-- A mark of an annotation is [start, length, label, origin, score]: origins from 2 are models, below 6000 they doubt.
UPDATE article SET unsure = (
    SELECT COUNT(*)
    FROM (SELECT doc FROM annotation n WHERE n.article = article.key ORDER BY updated_at DESC LIMIT 1) newest,
        json_each(newest.doc, '$.regions') mark
    WHERE json_extract(mark.value, '$[3]') >= 2 AND json_extract(mark.value, '$[4]') < 6000
) + (
    SELECT COUNT(*)
    FROM (SELECT doc FROM annotation n WHERE n.article = article.key ORDER BY updated_at DESC LIMIT 1) newest,
        json_each(newest.doc, '$.entities') mark
    WHERE json_extract(mark.value, '$[3]') >= 2 AND json_extract(mark.value, '$[4]') < 6000
);

CREATE INDEX article_by_site ON article (site, key);
CREATE INDEX article_by_language ON article (language, key);
CREATE INDEX article_by_doubt ON article (unsure, key) WHERE unsure > 0;
