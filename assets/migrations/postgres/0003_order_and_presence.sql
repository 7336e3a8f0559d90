-- The queue is ordered in pieces, and members see who is connected.

-- The order --------------------------------------------------------------------------------------------

-- The place of each article among those of its site: only while the queue is ordered by sites.
CREATE UNLOGGED TABLE site_turn (
    article bigint PRIMARY KEY,
    turn bigint NOT NULL
);

DROP FUNCTION set_order(text);

-- Orders at most 5,000 articles after `after_key` (0: from the first one). Returns the last key, or nothing at the end.
-- Each place is computed from its article alone, so that pieces can be done at any time and again: as imported, at random
-- (the same on every server), those that the models doubt most first, or the sites by turns. Members go on taking
-- articles meanwhile, from the pieces as they are.
CREATE FUNCTION set_order(wanted text, after_key bigint) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    last_key bigint;
BEGIN
    PERFORM require_manager();
    IF after_key IS NULL OR wanted IS NULL OR wanted NOT IN ('import', 'random', 'unsure', 'site') THEN
        RAISE EXCEPTION 'there is no such order' USING ERRCODE = '22023';
    END IF;
    IF after_key = 0 THEN
        PERFORM record_act('order', 'queue', d.queue_order, wanted) FROM dataset d;
        UPDATE dataset SET queue_order = wanted;
        TRUNCATE site_turn;
        IF wanted = 'site' THEN
            INSERT INTO site_turn (article, turn)
                SELECT a.key, row_number() OVER (PARTITION BY a.site ORDER BY md5(a.id), a.key) FROM article a;
        END IF;
    ELSIF (SELECT d.queue_order FROM dataset d) <> wanted THEN
        RAISE EXCEPTION 'somebody else has ordered the queue meanwhile' USING ERRCODE = '22023';
    END IF;
    SELECT max(piece.article) INTO last_key FROM (
        SELECT t.article FROM task t WHERE t.article > after_key ORDER BY t.article LIMIT 5000
    ) piece;
    -- Queued articles are locked by ascending key, as everywhere.
    PERFORM FROM task t WHERE t.article > after_key AND t.article <= last_key ORDER BY t.article FOR UPDATE;
    UPDATE task t SET place = ranked.place FROM (
        SELECT a.key, CASE wanted
            WHEN 'import' THEN a.key
            WHEN 'random' THEN ('x' || left(md5(a.id), 15))::bit(60)::bigint
            WHEN 'unsure' THEN -a.unsure
            ELSE coalesce(s.turn, 1)
        END AS place
        FROM article a LEFT JOIN site_turn s ON s.article = a.key
        WHERE a.key > after_key AND a.key <= last_key
    ) ranked WHERE ranked.key = t.article AND t.place <> ranked.place;
    IF last_key IS NULL THEN
        TRUNCATE site_turn;
    END IF;
    RETURN last_key;
END
$$;

-- Who is here ------------------------------------------------------------------------------------------

-- A client that is gone without a word is noticed after a minute and a half.
DO $settings$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET tcp_keepalives_idle = 45', current_database());
    EXECUTE format('ALTER DATABASE %I SET tcp_keepalives_interval = 15', current_database());
    EXECUTE format('ALTER DATABASE %I SET tcp_keepalives_count = 3', current_database());
END
$settings$;

DROP FUNCTION head();
CREATE FUNCTION head() RETURNS TABLE (
    seq bigint, epoch text, dataset text, roles text[], schema_version bigint, here text[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
    SELECT s.seq, d.epoch::text, d.id::text,
        coalesce((SELECT m.roles FROM member m WHERE m.login = session_user AND m.active), ARRAY[]::text[]),
        d.schema_version,
        CASE WHEN is_member() THEN ARRAY(
            SELECT m.login FROM member m WHERE m.active AND m.login IN (
                SELECT c.usename FROM pg_catalog.pg_stat_activity c WHERE c.datname = current_database())
            ORDER BY m.login) ELSE ARRAY[]::text[] END
    FROM stream s, dataset d
$$;

REVOKE ALL ON site_turn FROM PUBLIC;
REVOKE ALL ON FUNCTION set_order, head FROM PUBLIC;
GRANT EXECUTE ON FUNCTION head TO copydesk_annotator, copydesk_adjudicator, copydesk_manager;
GRANT EXECUTE ON FUNCTION set_order TO copydesk_manager;
ALTER TABLE site_turn ENABLE ROW LEVEL SECURITY;
