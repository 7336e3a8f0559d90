-- Changes of the labels while members work, adjudication, and managers' functions for many articles at once.

-- Labels ------------------------------------------------------------------------------------------------
--
-- Each annotation keeps the version of the labels under which it was made, and is never rewritten. Who reads it applies
-- the renames of later versions: so work that was done offline under old names arrives as any other.

ALTER TABLE dataset ADD COLUMN schema_version bigint NOT NULL DEFAULT 1;
ALTER TABLE suggestion ADD COLUMN schema_version bigint NOT NULL DEFAULT 1;
ALTER TABLE work ADD COLUMN schema_version bigint NOT NULL DEFAULT 1;

-- Version 1 is what the dataset was made with.
CREATE TABLE schema_change (
    version bigint PRIMARY KEY CHECK (version > 1),
    schema_toml text NOT NULL,
    renames text NOT NULL, -- JSON: [["region" or "entity", the old name, the new name], …]
    login text NOT NULL DEFAULT session_user,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Gives the next number in the stream to a change that no save brings about.
CREATE FUNCTION number_other_change(annotator_ text) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE next_seq bigint;
BEGIN
    UPDATE stream SET seq = seq + 1 RETURNING seq INTO next_seq;
    INSERT INTO change (seq, article, annotator, rev) VALUES (next_seq, 0, annotator_, 0);
    PERFORM pg_notify('copydesk', '');
END
$$;

-- Replaces the labels and guidelines, if they are still at the version that the caller has seen. Returns the new version.
CREATE FUNCTION change_schema(expected bigint, schema_toml_ text, renames_ text) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    now_at dataset%ROWTYPE;
BEGIN
    PERFORM require_manager();
    IF schema_toml_ IS NULL OR renames_ IS NULL OR octet_length(schema_toml_) > 33554432
        OR octet_length(renames_) > 1048576 OR json_typeof(renames_::json) <> 'array' THEN
        RAISE EXCEPTION 'this is no change of the labels' USING ERRCODE = '22023';
    END IF;
    SELECT * INTO now_at FROM dataset FOR UPDATE;
    IF now_at.schema_version IS DISTINCT FROM expected THEN
        RAISE EXCEPTION 'the labels are at version %, not %', now_at.schema_version, expected
            USING ERRCODE = 'CD001', DETAIL = now_at.schema_version::text;
    END IF;
    IF now_at.schema_toml = schema_toml_ THEN
        IF json_array_length(renames_::json) > 0 THEN
            RAISE EXCEPTION 'labels cannot be renamed without a new schema' USING ERRCODE = '22023';
        END IF;
        RETURN now_at.schema_version;
    END IF;
    UPDATE dataset SET schema_toml = schema_toml_, schema_version = expected + 1;
    INSERT INTO schema_change (version, schema_toml, renames) VALUES (expected + 1, schema_toml_, renames_);
    PERFORM record_act('schema', 'version ' || (expected + 1), now_at.schema_toml, schema_toml_ || renames_);
    PERFORM number_other_change('');
    RETURN expected + 1;
END
$$;

-- A save carries the version of the labels in its document. Without one, it is of a client that knows only the first.
ALTER FUNCTION save_work(uuid, bigint, bigint, text, text, text, bigint, bigint) RENAME TO save_work_of_one_schema;
REVOKE ALL ON FUNCTION save_work_of_one_schema FROM copydesk_annotator;

CREATE FUNCTION save_work(
    op_ uuid, article_ bigint, expected bigint, status_ text, doc_ text, lines text, active_ms_ bigint, lease_seconds bigint,
    schema_version_ bigint DEFAULT 1
) RETURNS TABLE (rev bigint, outcome text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
#variable_conflict use_column
DECLARE
    saved record;
BEGIN
    IF schema_version_ IS NULL OR schema_version_ NOT BETWEEN 1 AND (SELECT d.schema_version FROM dataset d) THEN
        RAISE EXCEPTION 'the labels have no version %', schema_version_ USING ERRCODE = '22023';
    END IF;
    SELECT s.rev, s.outcome INTO saved
        FROM save_work_of_one_schema(op_, article_, expected, status_, doc_, lines, active_ms_, lease_seconds) s;
    -- A save that is sent again does not touch what was saved after it.
    UPDATE work w SET schema_version = schema_version_
        WHERE w.article = article_ AND w.annotator = session_user AND w.rev = saved.rev AND w.schema_version <> schema_version_;
    RETURN QUERY SELECT saved.rev, saved.outcome;
END
$$;

-- Adjudication ------------------------------------------------------------------------------------------
--
-- One adjudicated version an article, which one adjudicator makes. Its history holds the decisions. It takes no slot in
-- the queue, and in the stream of changes its annotator is '*'.

ALTER TABLE dataset ADD COLUMN shares_decisions boolean NOT NULL DEFAULT false; -- annotators may see them
ALTER TABLE operation ADD COLUMN kind text NOT NULL DEFAULT 'work' CHECK (kind IN ('work', 'adjudication'));

CREATE TABLE adjudication (
    article bigint PRIMARY KEY REFERENCES article (key),
    adjudicator text NOT NULL REFERENCES member (login),
    rev bigint NOT NULL CHECK (rev > 0),
    status text NOT NULL CHECK (status IN ('todo', 'started', 'done', 'skipped', 'flagged')),
    doc text NOT NULL, -- JSON
    active_ms bigint NOT NULL CHECK (active_ms >= 0),
    schema_version bigint NOT NULL,
    saved_at timestamptz NOT NULL
);

-- The annotations between which was decided, with their revisions at that time.
CREATE TABLE adjudication_input (
    article bigint NOT NULL REFERENCES adjudication (article),
    annotator text NOT NULL REFERENCES member (login),
    rev bigint NOT NULL,
    PRIMARY KEY (article, annotator)
);

CREATE TABLE adjudication_history (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article bigint NOT NULL REFERENCES article (key),
    adjudicator text NOT NULL REFERENCES member (login),
    rev bigint NOT NULL,
    op uuid NOT NULL,
    line json NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX adjudication_history_of_article ON adjudication_history (article, n);

CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON adjudication_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

CREATE OR REPLACE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = copydesk, pg_temp AS $$
DECLARE next_seq bigint;
BEGIN
    UPDATE stream SET seq = seq + 1 RETURNING seq INTO next_seq;
    INSERT INTO change (seq, article, annotator, rev)
        VALUES (next_seq, NEW.article, CASE NEW.kind WHEN 'work' THEN NEW.login ELSE '*' END, NEW.rev);
    PERFORM pg_notify('copydesk', '');
    RETURN NULL;
END
$$;

-- Saves the caller's adjudication of an article: history lines to append, and the result after them. `inputs` lists the
-- annotations that were decided between, [["ada", 3], …]. It is never refused because one of them has changed since:
-- the answer names those that have, and the next reader reopens what they changed.
CREATE FUNCTION save_adjudication(
    op_ uuid, article_ bigint, expected bigint, status_ text, doc_ text, lines text, inputs text, active_ms_ bigint,
    schema_version_ bigint
) RETURNS TABLE (rev bigint, changed text[]) LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me text := session_user;
    digest_ text;
    known operation%ROWTYPE;
    there adjudication%ROWTYPE;
    new_rev bigint := expected + 1;
BEGIN
    PERFORM FROM member m WHERE m.login = me FOR NO KEY UPDATE;
    IF NOT has_role('adjudicator') THEN
        RAISE EXCEPTION '% is not an adjudicator of this dataset', me USING ERRCODE = '42501';
    END IF;
    IF op_ IS NULL OR article_ IS NULL OR expected IS NULL OR doc_ IS NULL OR lines IS NULL OR inputs IS NULL
        OR active_ms_ IS NULL OR status_ IS NULL OR status_ NOT IN ('todo', 'started', 'done', 'skipped', 'flagged')
        OR schema_version_ IS NULL OR schema_version_ NOT BETWEEN 1 AND (SELECT d.schema_version FROM dataset d)
        OR octet_length(doc_) > 33554432 OR octet_length(lines) > 134217728 OR octet_length(inputs) > 1048576
        OR json_typeof(doc_::json) <> 'object' OR json_array_length(lines::json) NOT BETWEEN 1 AND 100000
        OR json_array_length(inputs::json) NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'this is no adjudication' USING ERRCODE = '22023';
    END IF;
    digest_ := encode(sha256(convert_to(jsonb_build_array('adjudication', article_, expected, status_, md5(doc_), md5(lines),
        length(doc_), length(lines))::text, 'UTF8')), 'hex');
    SELECT * INTO known FROM operation o WHERE o.op = op_;
    IF FOUND THEN
        IF known.login <> me OR known.digest <> digest_ THEN
            RAISE EXCEPTION 'the id of this save belongs to another one' USING ERRCODE = 'CD003';
        END IF;
        new_rev := known.rev;
    ELSE
        -- Two adjudicators who begin at once wait for each other here.
        PERFORM FROM task t WHERE t.article = article_ FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no article %', article_ USING ERRCODE = 'CD002';
        END IF;
        IF EXISTS (SELECT FROM work w WHERE w.article = article_ AND w.annotator = me) THEN
            RAISE EXCEPTION '% has annotated article %, so somebody else adjudicates it', me, article_ USING ERRCODE = 'CD002';
        END IF;
        SELECT * INTO there FROM adjudication a WHERE a.article = article_ FOR UPDATE;
        IF there.adjudicator <> me THEN
            RAISE EXCEPTION '% adjudicates article %', there.adjudicator, article_ USING ERRCODE = 'CD002';
        END IF;
        IF coalesce(there.rev, 0) <> expected THEN
            RAISE EXCEPTION 'the adjudication is at revision %, not %', coalesce(there.rev, 0), expected
                USING ERRCODE = 'CD001', DETAIL = coalesce(there.rev, 0)::text;
        END IF;
        INSERT INTO adjudication (article, adjudicator, rev, status, doc, active_ms, schema_version, saved_at)
            VALUES (article_, me, new_rev, status_, doc_, greatest(active_ms_, 0), schema_version_, clock_timestamp())
            ON CONFLICT (article) DO UPDATE SET rev = excluded.rev, status = excluded.status, doc = excluded.doc,
                active_ms = greatest(adjudication.active_ms, excluded.active_ms), schema_version = excluded.schema_version,
                saved_at = excluded.saved_at;
        DELETE FROM adjudication_input i WHERE i.article = article_;
        INSERT INTO adjudication_input (article, annotator, rev)
            SELECT article_, one.value ->> 0, (one.value ->> 1)::bigint FROM json_array_elements(inputs::json) one;
        INSERT INTO adjudication_history (article, adjudicator, rev, op, line)
            SELECT article_, me, new_rev, op_, l.line
            FROM json_array_elements(lines::json) WITH ORDINALITY l (line, place) ORDER BY l.place;
        INSERT INTO operation (op, login, article, digest, rev, outcome, kind)
            VALUES (op_, me, article_, digest_, new_rev, 'saved', 'adjudication');
    END IF;
    RETURN QUERY SELECT new_rev, ARRAY(
        SELECT i.annotator FROM adjudication_input i LEFT JOIN work w ON w.article = i.article AND w.annotator = i.annotator
        WHERE i.article = article_ AND w.rev IS DISTINCT FROM i.rev ORDER BY i.annotator);
END
$$;

-- Puts articles that a manager gave to the caller into a pack; take_articles() then returns them. Returns how many.
CREATE FUNCTION adopt_articles(pack_ uuid) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    me text := require_annotator();
    adopted bigint;
BEGIN
    UPDATE assignment a SET pack = pack_ WHERE a.annotator = me AND a.pack IS NULL AND a.state = 'leased';
    GET DIAGNOSTICS adopted = ROW_COUNT;
    RETURN adopted;
END
$$;

-- Managers ----------------------------------------------------------------------------------------------

-- Whether annotators may see the finished adjudications of articles that they have annotated, with the decisions.
CREATE FUNCTION share_decisions(wanted boolean) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
BEGIN
    PERFORM require_manager();
    PERFORM record_act('share decisions', 'all articles', d.shares_decisions::text, wanted::text) FROM dataset d;
    UPDATE dataset SET shares_decisions = wanted;
    PERFORM number_other_change('');
END
$$;

-- Sets the priority of articles, all or none, and returns how many there are.
CREATE FUNCTION set_priorities(articles bigint[], wanted bigint) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    one bigint;
    found_articles bigint := 0;
BEGIN
    PERFORM require_manager();
    FOR one IN SELECT t.article FROM task t WHERE t.article = ANY (articles) ORDER BY t.article FOR UPDATE LOOP
        PERFORM set_priority(one, wanted);
        found_articles := found_articles + 1;
    END LOOP;
    RETURN found_articles;
END
$$;

-- Closes articles, or opens them again, all or none, and returns how many there are.
CREATE FUNCTION close_articles(articles bigint[], wanted boolean) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    one bigint;
    found_articles bigint := 0;
BEGIN
    PERFORM require_manager();
    FOR one IN SELECT t.article FROM task t WHERE t.article = ANY (articles) ORDER BY t.article FOR UPDATE LOOP
        PERFORM close_article(one, wanted);
        found_articles := found_articles + 1;
    END LOOP;
    RETURN found_articles;
END
$$;

DROP FUNCTION head();
CREATE FUNCTION head() RETURNS TABLE (seq bigint, epoch text, dataset text, roles text[], schema_version bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
    SELECT s.seq, d.epoch::text, d.id::text,
        coalesce((SELECT m.roles FROM member m WHERE m.login = session_user AND m.active), ARRAY[]::text[]),
        d.schema_version
    FROM stream s, dataset d
$$;

-- Who may read what -------------------------------------------------------------------------------------

REVOKE ALL ON schema_change, adjudication, adjudication_input, adjudication_history FROM PUBLIC;
REVOKE ALL ON FUNCTION number_other_change, change_schema, save_work, save_work_of_one_schema, save_adjudication,
    adopt_articles, share_decisions, set_priorities, close_articles, head FROM PUBLIC;

GRANT SELECT ON schema_change, adjudication, adjudication_history
    TO copydesk_annotator, copydesk_adjudicator, copydesk_manager;
GRANT SELECT ON adjudication_input TO copydesk_adjudicator, copydesk_manager;
GRANT EXECUTE ON FUNCTION head TO copydesk_annotator, copydesk_adjudicator, copydesk_manager;
GRANT EXECUTE ON FUNCTION save_work, adopt_articles TO copydesk_annotator;
GRANT EXECUTE ON FUNCTION save_adjudication TO copydesk_adjudicator;
GRANT EXECUTE ON FUNCTION change_schema, share_decisions, set_priorities, close_articles TO copydesk_manager;

ALTER TABLE schema_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE adjudication ENABLE ROW LEVEL SECURITY;
ALTER TABLE adjudication_input ENABLE ROW LEVEL SECURITY;
ALTER TABLE adjudication_history ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_read ON schema_change FOR SELECT USING ((SELECT is_member()));
CREATE POLICY staff_read ON adjudication FOR SELECT USING ((SELECT has_role('manager')) OR (SELECT has_role('adjudicator')));
CREATE POLICY staff_read ON adjudication_input FOR SELECT USING ((SELECT has_role('manager')) OR (SELECT has_role('adjudicator')));
CREATE POLICY staff_read ON change FOR SELECT USING (annotator = '*' AND (SELECT has_role('adjudicator')));
-- The policies of `work` and `dataset` apply inside: an annotator finds her own work alone.
CREATE POLICY shared ON adjudication FOR SELECT USING (status = 'done' AND (SELECT is_member())
    AND (SELECT d.shares_decisions FROM dataset d)
    AND EXISTS (SELECT FROM work w WHERE w.article = adjudication.article AND w.annotator = session_user));
CREATE POLICY as_adjudication ON adjudication_history FOR SELECT USING (
    EXISTS (SELECT FROM adjudication a WHERE a.article = adjudication_history.article));
