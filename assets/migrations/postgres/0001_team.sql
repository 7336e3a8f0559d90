-- The dataset of a team: articles and suggestions, the members, the queue, and their work.
--
-- Never change a migration that was released: add the next one. The owner of the database runs it, in one transaction.
-- Times are the server's (clock_timestamp()), except those that an annotator's history lines carry. Every integer is BIGINT.
-- A status is one of todo, started, done, skipped, flagged. JSON documents carry their version, as in a dataset file.
--
-- Reading goes by row-level security, writing only through the functions below, which run as the owner. Each function
-- fixes its search_path, or a member could put a table of the same name before ours; and each asks who logged in
-- (session_user), because SET ROLE changes current_user.

DO $groups$
DECLARE role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['copydesk_annotator', 'copydesk_adjudicator', 'copydesk_manager'] LOOP
        IF to_regrole(role_name) IS NULL THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
    -- Roles belong to the whole server: only who is granted it may enter this database.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = ''60s''', current_database());
END
$groups$;

CREATE TABLE dataset (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id uuid NOT NULL DEFAULT gen_random_uuid(), -- stays the same for good, also in a restored backup
    epoch uuid NOT NULL DEFAULT gen_random_uuid(), -- changes when a backup is restored: clients then send their work again
    resend_until timestamptz, -- until then, work is accepted whose assignment the backup does not know
    schema_toml text NOT NULL,
    overlap bigint NOT NULL CHECK (overlap BETWEEN 1 AND 100), -- for articles that are added
    queue_order text NOT NULL CHECK (queue_order IN ('import', 'random', 'unsure', 'site')),
    max_open bigint NOT NULL DEFAULT 500 CHECK (max_open > 0) -- leases that one member may hold
);

CREATE TABLE member (
    login text PRIMARY KEY CHECK (login <> ''),
    roles text[] NOT NULL CHECK (roles <@ ARRAY['annotator', 'adjudicator', 'manager']),
    active boolean NOT NULL DEFAULT true, -- members who leave stay here: their work is theirs
    added_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE article (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    content_hash text NOT NULL UNIQUE,
    title text NOT NULL,
    language text NOT NULL,
    url text NOT NULL,
    source text NOT NULL,
    other text NOT NULL, -- JSON
    site text NOT NULL,
    unsure bigint NOT NULL, -- how many suggestions the models doubt
    text_len bigint NOT NULL
);

CREATE TABLE article_body (
    article bigint PRIMARY KEY REFERENCES article (key),
    text text NOT NULL,
    blocks text NOT NULL, -- JSON
    hints bytea NOT NULL -- markup hints of the page
);

CREATE TABLE suggestion (
    article bigint PRIMARY KEY REFERENCES article (key),
    doc text NOT NULL, -- JSON
    withheld boolean NOT NULL -- a blind article: annotators start from nothing
);

-- The queue: how often each article is annotated, and which comes first. Annotators cannot read it.
CREATE TABLE task (
    article bigint PRIMARY KEY REFERENCES article (key),
    overlap bigint NOT NULL CHECK (overlap >= 0),
    open_slots bigint NOT NULL CHECK (open_slots BETWEEN 0 AND overlap), -- computed by recount() alone
    priority bigint NOT NULL DEFAULT 0,
    place bigint NOT NULL, -- the order within a priority
    closed boolean NOT NULL DEFAULT false -- whoever still sends work is late
);

CREATE INDEX task_next ON task (priority DESC, place, article) WHERE open_slots > 0 AND NOT closed;

-- Who has which article. 'leased' and 'done' take a slot; 'lapsed' and 'returned' may take the article again.
CREATE TABLE assignment (
    article bigint NOT NULL REFERENCES task (article),
    annotator text NOT NULL REFERENCES member (login),
    state text NOT NULL CHECK (state IN ('leased', 'done', 'skipped', 'lapsed', 'returned', 'extra')),
    leased_until timestamptz NOT NULL,
    pack uuid, -- the file or window for which it was taken
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (article, annotator)
);

CREATE INDEX assignment_lapsing ON assignment (leased_until) WHERE state = 'leased';
CREATE INDEX assignment_held ON assignment (annotator, pack) WHERE state = 'leased';

CREATE TABLE work (
    article bigint NOT NULL REFERENCES article (key),
    annotator text NOT NULL REFERENCES member (login),
    rev bigint NOT NULL CHECK (rev > 0),
    status text NOT NULL CHECK (status IN ('todo', 'started', 'done', 'skipped', 'flagged')),
    doc text NOT NULL, -- JSON
    active_ms bigint NOT NULL CHECK (active_ms >= 0),
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (article, annotator)
);

CREATE TABLE history (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article bigint NOT NULL REFERENCES article (key),
    annotator text NOT NULL REFERENCES member (login),
    rev bigint NOT NULL,
    op uuid NOT NULL,
    line json NOT NULL, -- json and not jsonb, which refuses \u0000
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX history_of_work ON history (article, annotator, n);

-- Every save by its id. The same save sent again gets the same answer and changes nothing.
CREATE TABLE operation (
    op uuid PRIMARY KEY,
    login text NOT NULL,
    article bigint NOT NULL,
    digest text NOT NULL,
    rev bigint NOT NULL,
    outcome text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The stream of changes, and the newest number in it.
CREATE TABLE stream (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL
);

INSERT INTO stream (seq) VALUES (0);

CREATE TABLE change (
    seq bigint PRIMARY KEY,
    article bigint NOT NULL,
    annotator text NOT NULL,
    rev bigint NOT NULL
);

-- What managers and the owner did.
CREATE TABLE audit (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    login text NOT NULL DEFAULT session_user,
    act text NOT NULL,
    subject text NOT NULL,
    before text NOT NULL,
    after text NOT NULL
);

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql SET search_path = copydesk, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is only appended to', TG_TABLE_NAME USING ERRCODE = '42501';
END
$$;

CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- A save gets its number in the stream at the very end of its transaction, inside COMMIT, from one row whose lock is
-- held until the commit is over. So numbers appear in the order of commits and without gaps: who has read up to one has
-- missed none before it. A sequence, or numbering any earlier, lets a slow transaction appear behind a reader.
CREATE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE next_seq bigint;
BEGIN
    UPDATE stream SET seq = seq + 1 RETURNING seq INTO next_seq;
    INSERT INTO change (seq, article, annotator, rev) VALUES (next_seq, NEW.article, NEW.login, NEW.rev);
    PERFORM pg_notify('copydesk', ''); -- a hint to look: anybody may listen, and anybody may send it
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER operation_is_numbered AFTER INSERT ON operation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION number_change();

-- Who is asking -------------------------------------------------------------------------------------

CREATE FUNCTION is_member() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
    SELECT EXISTS (SELECT FROM member m WHERE m.login = session_user AND m.active)
$$;

-- A role counts in this dataset only if both the member's row and the PostgreSQL role say so.
CREATE FUNCTION has_role(wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
    SELECT EXISTS (SELECT FROM member m WHERE m.login = session_user AND m.active AND wanted = ANY (m.roles))
        AND pg_has_role(session_user, 'copydesk_' || wanted, 'member')
$$;

-- Locks the caller's row, so that two programs of one member wait for each other.
CREATE FUNCTION require_annotator() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
BEGIN
    PERFORM FROM member m WHERE m.login = session_user FOR NO KEY UPDATE;
    IF NOT has_role('annotator') THEN
        RAISE EXCEPTION '% is not an annotator of this dataset', session_user USING ERRCODE = '42501';
    END IF;
    RETURN session_user;
END
$$;

-- Inside a function of the owner, current_user is the owner.
CREATE FUNCTION require_manager() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
BEGIN
    IF session_user <> current_user AND NOT has_role('manager') THEN
        RAISE EXCEPTION '% is not a manager of this dataset', session_user USING ERRCODE = '42501';
    END IF;
END
$$;

CREATE FUNCTION record_act(act_ text, subject_ text, before_ text, after_ text) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
    INSERT INTO audit (act, subject, before, after) VALUES (act_, subject_, coalesce(before_, ''), coalesce(after_, ''))
$$;

-- The queue ---------------------------------------------------------------------------------------------
--
-- Locks are taken in the order member, assignment, task. Who locks several tasks and may wait does so by ascending key.

-- Computes the open slots of an article anew. The lock comes first, in a statement by itself: a single UPDATE that had to
-- wait for the row would count assignments as they were before it waited.
CREATE FUNCTION recount(article_ bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
BEGIN
    PERFORM FROM task t WHERE t.article = article_ FOR UPDATE;
    UPDATE task t SET open_slots = greatest(0, t.overlap - (
        SELECT count(*) FROM assignment a WHERE a.article = t.article AND a.state IN ('leased', 'done')
    )) WHERE t.article = article_;
END
$$;

-- Ends leases whose time is over. Clients call it before they take articles.
CREATE FUNCTION end_leases(most bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    lease record;
    ended bigint := 0;
BEGIN
    FOR lease IN
        SELECT a.article, a.annotator FROM assignment a
        WHERE a.state = 'leased' AND a.leased_until < clock_timestamp()
        ORDER BY a.article, a.annotator LIMIT least(most, 500) FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE assignment a SET state = 'lapsed', changed_at = clock_timestamp()
            WHERE a.article = lease.article AND a.annotator = lease.annotator;
        PERFORM recount(lease.article);
        ended := ended + 1;
    END LOOP;
    RETURN ended;
END
$$;

-- The end of a lease that begins now: at least a second, at most a week.
CREATE FUNCTION lease_end(seconds bigint) RETURNS timestamptz LANGUAGE sql VOLATILE SET search_path = copydesk, pg_temp AS $$
    SELECT clock_timestamp() + make_interval(secs => least(greatest(seconds, 1), 604800))
$$;

-- Leases articles until the pack holds as many as are wanted, and returns all that it holds. Called again, say because
-- the answer was lost, it returns the same ones.
CREATE FUNCTION take_articles(pack_ uuid, wanted bigint, lease_seconds bigint)
    RETURNS TABLE (article bigint, leased_until_ms bigint, is_new boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me text := require_annotator();
    until timestamptz := lease_end(lease_seconds);
    held bigint;
    room bigint;
    found_new bigint[];
    one bigint;
BEGIN
    IF pack_ IS NULL OR wanted IS NULL OR wanted NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'between 1 and 1000 articles can be taken' USING ERRCODE = '22023';
    END IF;
    UPDATE assignment a SET leased_until = greatest(a.leased_until, until)
        WHERE a.annotator = me AND a.pack = pack_ AND a.state = 'leased';
    GET DIAGNOSTICS held = ROW_COUNT;
    SELECT d.max_open - (SELECT count(*) FROM assignment a WHERE a.annotator = me AND a.state = 'leased')
        INTO room FROM dataset d;
    room := least(wanted - held, room);
    IF room > 0 THEN
        SELECT array_agg(free.article) INTO found_new FROM (
            SELECT t.article FROM task t
            WHERE t.open_slots > 0 AND NOT t.closed AND NOT EXISTS (
                SELECT FROM assignment a
                WHERE a.article = t.article AND a.annotator = me AND a.state NOT IN ('lapsed', 'returned'))
            ORDER BY t.priority DESC, t.place, t.article LIMIT room FOR UPDATE OF t SKIP LOCKED
        ) free;
        IF found_new IS NULL THEN
            -- Others may hold the rows for a moment. Waits for one of them, so that "nothing left" is true. One, because
            -- who waits for several in this order could meet somebody who waits in another.
            SELECT t.article INTO one FROM task t
            WHERE t.open_slots > 0 AND NOT t.closed AND NOT EXISTS (
                SELECT FROM assignment a
                WHERE a.article = t.article AND a.annotator = me AND a.state NOT IN ('lapsed', 'returned'))
            ORDER BY t.priority DESC, t.place, t.article LIMIT 1 FOR UPDATE OF t;
            IF one IS NOT NULL THEN
                found_new := ARRAY[one];
            END IF;
        END IF;
        FOREACH one IN ARRAY coalesce(found_new, ARRAY[]::bigint[]) LOOP
            INSERT INTO assignment (article, annotator, state, leased_until, pack) VALUES (one, me, 'leased', until, pack_)
                ON CONFLICT (article, annotator) DO UPDATE SET state = 'leased', leased_until = excluded.leased_until,
                    pack = excluded.pack, taken_at = clock_timestamp(), changed_at = clock_timestamp();
            PERFORM recount(one);
        END LOOP;
    END IF;
    RETURN QUERY
        SELECT a.article, (extract(epoch FROM a.leased_until) * 1000)::bigint, a.article = ANY (coalesce(found_new, ARRAY[]::bigint[]))
        FROM assignment a JOIN task t ON t.article = a.article
        WHERE a.annotator = me AND a.pack = pack_ AND a.state = 'leased'
        ORDER BY t.priority DESC, t.place, a.article;
END
$$;

-- Extends the leases of a pack that have not been given to others, and returns how many there are.
CREATE FUNCTION renew_leases(pack_ uuid, lease_seconds bigint) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    me text := require_annotator();
    renewed bigint;
BEGIN
    UPDATE assignment a SET leased_until = greatest(a.leased_until, lease_end(lease_seconds))
        WHERE a.annotator = me AND a.pack = pack_ AND a.state = 'leased';
    GET DIAGNOSTICS renewed = ROW_COUNT;
    RETURN renewed;
END
$$;

-- Gives articles back that the caller has not finished. What was saved stays.
CREATE FUNCTION return_articles(pack_ uuid, articles bigint[]) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    me text := require_annotator();
    one bigint;
    returned bigint := 0;
BEGIN
    FOR one IN
        SELECT a.article FROM assignment a
        WHERE a.annotator = me AND a.pack = pack_ AND a.state = 'leased' AND a.article = ANY (articles)
        ORDER BY a.article FOR UPDATE
    LOOP
        UPDATE assignment a SET state = 'returned', changed_at = clock_timestamp() WHERE a.article = one AND a.annotator = me;
        PERFORM recount(one);
        returned := returned + 1;
    END LOOP;
    RETURN returned;
END
$$;

-- Saves -------------------------------------------------------------------------------------------------

-- Saves the caller's work on an article: history lines to append, and the annotation after them. Answers with the new
-- revision and what became of it: 'saved' (in work), 'done' (finished, and one of the k that count), 'skipped', 'extra'
-- (others have all slots: kept, beyond the k), 'late' (the article is closed: kept). Work is never refused for coming late.
-- The SQLSTATEs of our own: CD001 another revision, CD002 never assigned, CD003 the id belongs to another save.
CREATE FUNCTION save_work(
    op_ uuid, article_ bigint, expected bigint, status_ text, doc_ text, lines text, active_ms_ bigint, lease_seconds bigint
) RETURNS TABLE (rev bigint, outcome text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me text := require_annotator();
    digest_ text;
    known operation%ROWTYPE;
    found_rev bigint;
    mine assignment%ROWTYPE;
    queued task%ROWTYPE;
    has_slot boolean;
    new_state text;
    answer text;
BEGIN
    IF op_ IS NULL OR article_ IS NULL OR expected IS NULL OR doc_ IS NULL OR lines IS NULL OR active_ms_ IS NULL
        OR status_ IS NULL OR status_ NOT IN ('todo', 'started', 'done', 'skipped', 'flagged')
        OR octet_length(doc_) > 33554432 OR octet_length(lines) > 134217728
        OR json_typeof(doc_::json) <> 'object' OR json_array_length(lines::json) NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION 'this is not a save' USING ERRCODE = '22023';
    END IF;
    digest_ := encode(sha256(convert_to(
        jsonb_build_array(article_, expected, status_, md5(doc_), md5(lines), length(doc_), length(lines))::text, 'UTF8')), 'hex');
    SELECT * INTO known FROM operation o WHERE o.op = op_;
    IF FOUND THEN
        IF known.login <> me OR known.digest <> digest_ THEN
            RAISE EXCEPTION 'the id of this save belongs to another one' USING ERRCODE = 'CD003';
        END IF;
        RETURN QUERY SELECT known.rev, known.outcome;
        RETURN;
    END IF;
    SELECT w.rev INTO found_rev FROM work w WHERE w.article = article_ AND w.annotator = me FOR UPDATE;
    found_rev := coalesce(found_rev, 0);
    IF found_rev <> expected THEN
        RAISE EXCEPTION 'the work is at revision %, not %', found_rev, expected USING ERRCODE = 'CD001', DETAIL = found_rev::text;
    END IF;
    SELECT * INTO mine FROM assignment a WHERE a.article = article_ AND a.annotator = me FOR UPDATE;
    SELECT * INTO queued FROM task t WHERE t.article = article_ FOR UPDATE;
    IF queued.article IS NULL THEN
        RAISE EXCEPTION 'there is no article %', article_ USING ERRCODE = 'CD002';
    END IF;
    IF mine.article IS NULL THEN
        -- Taken after the backup that was restored since, or never taken.
        IF NOT coalesce((SELECT d.resend_until > clock_timestamp() FROM dataset d), false) THEN
            RAISE EXCEPTION 'article % was not assigned to %', article_, me USING ERRCODE = 'CD002';
        END IF;
        INSERT INTO assignment (article, annotator, state, leased_until) VALUES (article_, me, 'lapsed', clock_timestamp())
            RETURNING * INTO mine;
    END IF;

    -- A slot is still the caller's, or free again after a lapsed lease, or gone.
    has_slot := mine.state IN ('leased', 'done') OR (queued.open_slots > 0 AND NOT queued.closed);
    IF queued.closed THEN
        answer := 'late';
        new_state := CASE WHEN mine.state = 'done' THEN 'done' ELSE 'extra' END;
    ELSIF status_ = 'skipped' THEN
        answer := 'skipped';
        new_state := 'skipped';
    ELSIF NOT has_slot THEN
        answer := 'extra';
        new_state := 'extra';
    ELSIF status_ IN ('done', 'flagged') THEN -- flagged is finished too, until somebody has looked at it
        answer := 'done';
        new_state := 'done';
    ELSE
        answer := 'saved';
        new_state := 'leased';
    END IF;
    UPDATE assignment a SET state = new_state, changed_at = clock_timestamp(),
        leased_until = CASE WHEN new_state = 'leased' THEN greatest(a.leased_until, lease_end(lease_seconds)) ELSE a.leased_until END
        WHERE a.article = article_ AND a.annotator = me;
    PERFORM recount(article_);
    INSERT INTO work (article, annotator, rev, status, doc, active_ms, saved_at)
        VALUES (article_, me, expected + 1, status_, doc_, greatest(active_ms_, 0), clock_timestamp())
        ON CONFLICT (article, annotator) DO UPDATE SET rev = excluded.rev, status = excluded.status, doc = excluded.doc,
            active_ms = greatest(work.active_ms, excluded.active_ms), saved_at = excluded.saved_at;
    INSERT INTO history (article, annotator, rev, op, line)
        SELECT article_, me, expected + 1, op_, l.line
        FROM json_array_elements(lines::json) WITH ORDINALITY l (line, place) ORDER BY l.place;
    INSERT INTO operation (op, login, article, digest, rev, outcome) VALUES (op_, me, article_, digest_, expected + 1, answer);
    RETURN QUERY SELECT expected + 1, answer;
END
$$;

-- What a client asks at each connection and heartbeat.
CREATE FUNCTION head() RETURNS TABLE (seq bigint, epoch text, dataset text, roles text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
    SELECT s.seq, d.epoch::text, d.id::text,
        coalesce((SELECT m.roles FROM member m WHERE m.login = session_user AND m.active), ARRAY[]::text[])
    FROM stream s, dataset d
$$;

-- Managers ----------------------------------------------------------------------------------------------

-- Changes how many annotators each article gets, for at most 500 articles after `after_key`. Returns the last key, or
-- nothing at the end. Leases and finished work stay as they are.
CREATE FUNCTION set_overlap(wanted bigint, after_key bigint) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    one record;
    last_key bigint;
BEGIN
    PERFORM require_manager();
    IF wanted IS NULL OR wanted NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION 'an overlap is between 1 and 100' USING ERRCODE = '22023';
    END IF;
    IF after_key = 0 THEN
        PERFORM record_act('overlap', 'all articles', d.overlap::text, wanted::text) FROM dataset d;
        UPDATE dataset SET overlap = wanted;
    END IF;
    FOR one IN SELECT t.article FROM task t WHERE t.article > after_key ORDER BY t.article LIMIT 500 FOR UPDATE LOOP
        UPDATE task t SET overlap = wanted, open_slots = 0 WHERE t.article = one.article;
        PERFORM recount(one.article);
        last_key := one.article;
    END LOOP;
    RETURN last_key;
END
$$;

-- Orders the queue: as imported, at random (the same on every server), those that the models doubt most first, or the
-- sites by turns.
CREATE FUNCTION set_order(wanted text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
BEGIN
    PERFORM require_manager();
    PERFORM record_act('order', 'queue', d.queue_order, wanted) FROM dataset d;
    UPDATE dataset SET queue_order = wanted;
    PERFORM FROM task t ORDER BY t.article FOR UPDATE;
    UPDATE task t SET place = ranked.place FROM (
        SELECT a.key, CASE wanted
            WHEN 'import' THEN a.key
            WHEN 'random' THEN row_number() OVER (ORDER BY md5(a.id), a.key)
            WHEN 'unsure' THEN row_number() OVER (ORDER BY a.unsure DESC, a.key)
            ELSE dense_rank() OVER (ORDER BY a.turn)
        END AS place
        FROM (SELECT b.key, b.id, b.unsure, row_number() OVER (PARTITION BY b.site ORDER BY md5(b.id), b.key) AS turn
              FROM article b) a
    ) ranked WHERE ranked.key = t.article AND t.place <> ranked.place;
END
$$;

CREATE FUNCTION set_priority(article_ bigint, wanted bigint) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
BEGIN
    PERFORM require_manager();
    PERFORM record_act('priority', article_::text, t.priority::text, wanted::text) FROM task t WHERE t.article = article_;
    UPDATE task t SET priority = wanted WHERE t.article = article_;
END
$$;

-- Gives an article that one member holds to another one.
CREATE FUNCTION reassign(article_ bigint, from_login text, to_login text, lease_seconds bigint) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
DECLARE
    found_state text;
BEGIN
    PERFORM require_manager();
    PERFORM FROM member m WHERE m.login = to_login AND m.active AND 'annotator' = ANY (m.roles) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is not an annotator of this dataset', to_login USING ERRCODE = '22023';
    END IF;
    PERFORM FROM assignment a WHERE a.article = article_ AND a.annotator IN (from_login, to_login) ORDER BY a.annotator FOR UPDATE;
    SELECT a.state INTO found_state FROM assignment a WHERE a.article = article_ AND a.annotator = from_login;
    IF found_state IS DISTINCT FROM 'leased' THEN
        RAISE EXCEPTION '% does not hold article %', from_login, article_ USING ERRCODE = '22023';
    END IF;
    IF EXISTS (SELECT FROM assignment a WHERE a.article = article_ AND a.annotator = to_login AND a.state IN ('leased', 'done')) THEN
        RAISE EXCEPTION '% has article % already', to_login, article_ USING ERRCODE = '22023';
    END IF;
    PERFORM FROM task t WHERE t.article = article_ FOR UPDATE;
    UPDATE assignment a SET state = 'returned', changed_at = clock_timestamp() WHERE a.article = article_ AND a.annotator = from_login;
    INSERT INTO assignment (article, annotator, state, leased_until) VALUES (article_, to_login, 'leased', lease_end(lease_seconds))
        ON CONFLICT (article, annotator) DO UPDATE SET state = 'leased', leased_until = excluded.leased_until, pack = NULL,
            changed_at = clock_timestamp();
    PERFORM recount(article_);
    PERFORM record_act('reassign', article_::text, from_login, to_login);
END
$$;

-- Closes an article, so that work which still comes is kept as late, or opens it again.
CREATE FUNCTION close_article(article_ bigint, wanted boolean) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = copydesk, pg_temp AS $$
BEGIN
    PERFORM require_manager();
    PERFORM record_act('close', article_::text, t.closed::text, wanted::text) FROM task t WHERE t.article = article_;
    UPDATE task t SET closed = wanted WHERE t.article = article_;
END
$$;

-- Who may read what -------------------------------------------------------------------------------------

REVOKE ALL ON SCHEMA copydesk FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA copydesk FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA copydesk FROM PUBLIC; -- PostgreSQL lets everybody call a new function

GRANT USAGE ON SCHEMA copydesk TO copydesk_annotator, copydesk_adjudicator, copydesk_manager;
GRANT SELECT ON dataset, member, article, article_body, suggestion, work, history, assignment, change
    TO copydesk_annotator, copydesk_adjudicator, copydesk_manager;
GRANT SELECT ON task TO copydesk_adjudicator, copydesk_manager;
GRANT SELECT ON audit TO copydesk_manager;
GRANT EXECUTE ON FUNCTION is_member, has_role, head, end_leases TO copydesk_annotator, copydesk_adjudicator, copydesk_manager;
GRANT EXECUTE ON FUNCTION take_articles, renew_leases, return_articles, save_work TO copydesk_annotator;
GRANT EXECUTE ON FUNCTION set_overlap, set_order, set_priority, reassign, close_article TO copydesk_manager;

ALTER TABLE dataset ENABLE ROW LEVEL SECURITY;
ALTER TABLE member ENABLE ROW LEVEL SECURITY;
ALTER TABLE article ENABLE ROW LEVEL SECURITY;
ALTER TABLE article_body ENABLE ROW LEVEL SECURITY;
ALTER TABLE suggestion ENABLE ROW LEVEL SECURITY;
ALTER TABLE task ENABLE ROW LEVEL SECURITY;
ALTER TABLE assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE work ENABLE ROW LEVEL SECURITY;
ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE change ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE operation ENABLE ROW LEVEL SECURITY;
ALTER TABLE stream ENABLE ROW LEVEL SECURITY;

-- (SELECT …) is computed once a statement, not once a row.
CREATE POLICY members_read ON dataset FOR SELECT USING ((SELECT is_member()));
CREATE POLICY members_read ON member FOR SELECT USING ((SELECT is_member()));
CREATE POLICY members_read ON article FOR SELECT USING ((SELECT is_member()));
CREATE POLICY members_read ON article_body FOR SELECT USING ((SELECT is_member()));
CREATE POLICY unless_withheld ON suggestion FOR SELECT
    USING (((SELECT is_member()) AND NOT withheld) OR (SELECT has_role('manager')));
CREATE POLICY staff_read ON task FOR SELECT USING ((SELECT has_role('manager')) OR (SELECT has_role('adjudicator')));
CREATE POLICY managers_read ON audit FOR SELECT USING ((SELECT has_role('manager')));

CREATE POLICY own ON assignment FOR SELECT USING (annotator = session_user AND (SELECT is_member()));
CREATE POLICY staff_read ON assignment FOR SELECT USING ((SELECT has_role('manager')) OR (SELECT has_role('adjudicator')));

CREATE POLICY own ON work FOR SELECT USING (annotator = session_user AND (SELECT is_member()));
CREATE POLICY own ON history FOR SELECT USING (annotator = session_user AND (SELECT is_member()));
CREATE POLICY own ON change FOR SELECT USING (annotator = session_user AND (SELECT is_member()));
CREATE POLICY managers_read ON work FOR SELECT USING ((SELECT has_role('manager')));
CREATE POLICY managers_read ON history FOR SELECT USING ((SELECT has_role('manager')));
CREATE POLICY managers_read ON change FOR SELECT USING ((SELECT has_role('manager')));
-- An adjudicator reads finished work only.
CREATE POLICY finished ON work FOR SELECT USING ((SELECT has_role('adjudicator')) AND EXISTS (
    SELECT FROM assignment a WHERE a.article = work.article AND a.annotator = work.annotator AND a.state IN ('done', 'extra')));
CREATE POLICY finished ON history FOR SELECT USING ((SELECT has_role('adjudicator')) AND EXISTS (
    SELECT FROM assignment a WHERE a.article = history.article AND a.annotator = history.annotator AND a.state IN ('done', 'extra')));
