-- The audit log's half in the database.
--
-- Every command writes one audit.event as its last statement. While it runs, triggers on the watched tables note the
-- digest of each row it changed (audit.row_digest), so that nobody can forget to, and a change outside a command is
-- refused. They also tell the command which fields changed from what to what (relief.changes); the program puts that in
-- the leaf. The event's leaf holds the digest of the notes; a sealer appends leaves to a transparency log and signs it.

CREATE SEQUENCE audit.event_seq;

CREATE TABLE audit.event (
  id          uuid PRIMARY KEY,
  seq         bigint NOT NULL UNIQUE,      -- taken while every lock of the command is still held, so it respects their order
  at          timestamptz NOT NULL,
  command     text NOT NULL CHECK (command <> ''),
  actor       text NOT NULL CHECK (actor <> ''),
  unions      text[] NOT NULL,             -- codes: whose auditors read it
  leaf        bytea NOT NULL CHECK (octet_length(leaf) BETWEEN 2 AND 65535),
  mac         bytea NOT NULL CHECK (octet_length(mac) = 32),   -- by the daemon's keys, over id and leaf
  leaf_index  bigint UNIQUE CHECK (leaf_index >= 0)   -- NULL: not yet sealed
);
CREATE INDEX event_unsealed ON audit.event (seq) WHERE leaf_index IS NULL;
CREATE INDEX event_by_actor ON audit.event (actor, seq);

CREATE TABLE audit.subject (
  event    uuid NOT NULL REFERENCES audit.event DEFERRABLE INITIALLY DEFERRED,
  subject  text NOT NULL CHECK (subject <> ''),
  PRIMARY KEY (subject, event)
);

-- The old and new values of personal fields, to which a leaf only commits, encrypted under the person's key: with the key
-- they are destroyed.
CREATE TABLE audit.kept_change (
  event   uuid NOT NULL REFERENCES audit.event DEFERRABLE INITIALLY DEFERRED,
  person  uuid,                            -- NULL: nobody's, such as the name of a firm
  sealed  bytea NOT NULL,
  UNIQUE NULLS NOT DISTINCT (event, person)
);

CREATE TABLE audit.row_digest (
  event    uuid NOT NULL,
  ordinal  bigint GENERATED ALWAYS AS IDENTITY,
  tbl      text NOT NULL,
  row_id   text NOT NULL,
  digest   text NOT NULL,                  -- hex SHA-256 of the row, or 'deleted'
  PRIMARY KEY (event, ordinal)
);
CREATE INDEX row_digest_by_row ON audit.row_digest (tbl, row_id);

CREATE TABLE audit.checkpoint (
  size  bigint PRIMARY KEY CHECK (size >= 0),
  root  bytea NOT NULL CHECK (octet_length(root) = 32),
  note  text NOT NULL,
  at    timestamptz NOT NULL
);

-- The digest of a row: SHA-256 of its JSON without null fields, so that a column added later changes no old digest.
CREATE FUNCTION audit.digest(content jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(jsonb_strip_nulls(content)::text, 'UTF8')), 'hex');

-- The command that this transaction runs, set by the door: SET LOCAL relief.event.
CREATE FUNCTION audit.current_event() RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
  event text := current_setting('relief.event', true);
BEGIN
  IF event IS NULL OR event = '' THEN
    RAISE EXCEPTION 'a watched table is changed only by a command of relief' USING ERRCODE = 'RA001',
      HINT = 'Use the program: every change is then authorised and audited.';
  END IF;
  RETURN event::uuid;
END $$;

-- A value as a change tells it: of what is long, and of all that has fields of its own but a form's answers, the digest.
CREATE FUNCTION audit.told(field text, value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(value::text) > 1000 OR (jsonb_typeof(value) = 'object' AND field <> 'facts')
            THEN jsonb_build_object('sha256', encode(sha256(convert_to(value::text, 'UTF8')), 'hex'))
            ELSE value END;

-- One changed row as JSON: its table and id, the fields that differ with their values before and after, and what leads to
-- the union and the person that it is about.
CREATE FUNCTION audit.change(tbl text, op text, before jsonb, after jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN jsonb_build_object(
  'table', tbl, 'row', coalesce(after, before) ->> 'id', 'op', lower(op),
  'old', (SELECT coalesce(jsonb_object_agg(key, audit.told(key, value)), '{}') FROM jsonb_each(before)
          WHERE value <> 'null' AND value IS DISTINCT FROM after -> key),
  'new', (SELECT coalesce(jsonb_object_agg(key, audit.told(key, value)), '{}') FROM jsonb_each(after)
          WHERE value <> 'null' AND value IS DISTINCT FROM before -> key),
  'keys', (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(coalesce(after, before))
           WHERE key IN ('org_path', 'person', 'household', 'head', 'case_id', 'item', 'payment') AND value <> 'null')
  )::text;

-- Time zone and date style are fixed, because they show in the text that is digested.
--
-- What changed is handed to the program in settings of the transaction: relief.changes, a JSON object per line and row;
-- relief.unlisted, how many rows had no room there; relief.unions, the paths of their unions, or * for more than have room. A savepoint that is rolled
-- back takes its part along.
CREATE FUNCTION audit.note_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, audit SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' AS $$
#variable_conflict use_variable
DECLARE
  event uuid := audit.current_event();
  watched text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
  listed text := coalesce(current_setting('relief.changes', true), '');
  unions text := coalesce(current_setting('relief.unions', true), '');
  count bigint;
  paths text;
  told text;
BEGIN
  WITH rows AS MATERIALIZED (SELECT to_jsonb(changed) AS content FROM changed), noted AS (
    INSERT INTO audit.row_digest (event, tbl, row_id, digest)
    SELECT event, watched, content ->> 'id', CASE TG_OP WHEN 'DELETE' THEN 'deleted' ELSE audit.digest(content) END
    FROM rows)
  SELECT count(*), string_agg(DISTINCT content ->> 'org_path', ' ') INTO count, paths FROM rows;
  IF paths IS NOT NULL AND NOT string_to_array(paths, ' ') <@ string_to_array(unions, ' ')
     AND NOT '*' = ANY (string_to_array(unions, ' ')) THEN
    IF octet_length(unions) + octet_length(paths) > 8000 THEN paths := '*'; END IF;
    PERFORM set_config('relief.unions', concat_ws(' ', nullif(unions, ''), paths), true);
  END IF;
  IF count > 50 OR octet_length(listed) > 65536 THEN
    PERFORM set_config('relief.unlisted',
      (coalesce(nullif(current_setting('relief.unlisted', true), ''), '0')::bigint + count)::text, true);
    RETURN NULL;
  END IF;
  CASE TG_OP
    WHEN 'INSERT' THEN
      SELECT string_agg(audit.change(watched, TG_OP, NULL, to_jsonb(c)), E'\n') INTO told FROM changed c;
    WHEN 'DELETE' THEN
      SELECT string_agg(audit.change(watched, TG_OP, to_jsonb(c), NULL), E'\n') INTO told FROM changed c;
    ELSE
      SELECT string_agg(audit.change(watched, TG_OP, to_jsonb(b), to_jsonb(c)), E'\n') INTO told
      FROM before b JOIN changed c USING (id);
  END CASE;
  IF told IS NOT NULL THEN
    PERFORM set_config('relief.changes', concat_ws(E'\n', nullif(listed, ''), told), true);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION audit.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of %.% never change: a correction is a new row', TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'RA002';
END $$;

-- Watches a table whose key is the column id.
CREATE PROCEDURE audit.watch(target regclass)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER note_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed
                  FOR EACH STATEMENT EXECUTE FUNCTION audit.note_rows()', target);
  EXECUTE format('CREATE TRIGGER note_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS before NEW TABLE AS changed
                  FOR EACH STATEMENT EXECUTE FUNCTION audit.note_rows()', target);
  EXECUTE format('CREATE TRIGGER note_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed
                  FOR EACH STATEMENT EXECUTE FUNCTION audit.note_rows()', target);
END $$;

-- Makes a table append-only for everybody who leaves its triggers on; the log catches who doesn't.
CREATE PROCEDURE audit.freeze(target regclass)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
                  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', target);
END $$;

-- The tables that are watched, for verification.
CREATE VIEW audit.watched AS
SELECT t.tgrelid::regclass AS target, n.nspname || '.' || c.relname AS name
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgname = 'note_insert' AND NOT t.tgisinternal;

-- Tables whose three notes stand and fire, for verification: neither dropped, nor disabled, nor led elsewhere.
CREATE VIEW audit.noting AS
SELECT n.nspname || '.' || c.relname AS name
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgname IN ('note_insert', 'note_update', 'note_delete') AND t.tgenabled IN ('O', 'A')
  AND t.tgfoid = 'audit.note_rows()'::regprocedure
GROUP BY 1 HAVING count(*) = 3;

-- What a command changed, one line per row, sorted: table TAB row TAB digest LF. A row changed twice counts once, with
-- its last digest.
CREATE FUNCTION audit.rows_of(wanted uuid) RETURNS TABLE (line text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, audit AS $$
  SELECT tbl || E'\t' || row_id || E'\t' || digest || E'\n'
  FROM (SELECT DISTINCT ON (tbl COLLATE "C", row_id COLLATE "C") tbl, row_id, digest
        FROM audit.row_digest WHERE event = wanted
        ORDER BY tbl COLLATE "C", row_id COLLATE "C", ordinal DESC) AS last
  ORDER BY tbl COLLATE "C", row_id COLLATE "C"
$$;

-- How many rows, of which tables, and the SHA-256 over their lines: what the leaf of a command commits to.
CREATE FUNCTION audit.rows_digest(wanted uuid) RETURNS TABLE (count bigint, digest text, tables jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, audit AS $$
  WITH lines AS MATERIALIZED (SELECT line FROM audit.rows_of(wanted))
  SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(line, ''), ''), 'UTF8')), 'hex'),
    (SELECT coalesce(jsonb_object_agg(tbl, rows), '{}')
     FROM (SELECT split_part(line, E'\t', 1) AS tbl, count(*) AS rows FROM lines GROUP BY 1) AS per_table)
  FROM lines
$$;

-- Rows of one watched table that differ from what the log says of them: edited, never logged, or gone.
CREATE FUNCTION audit.differing_rows(target regclass, name text)
RETURNS TABLE (row_id text, found text, logged text, event uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, audit SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' AS $$
BEGIN
  RETURN QUERY EXECUTE format($q$
    WITH present AS (
      SELECT content ->> 'id' AS row_id, audit.digest(content) AS digest
      FROM (SELECT to_jsonb(t) AS content FROM %s AS t) AS rows
    ), logged AS (
      SELECT DISTINCT ON (d.row_id) d.row_id, d.digest, d.event
      FROM audit.row_digest d JOIN audit.event e ON e.id = d.event
      WHERE d.tbl = %L
      ORDER BY d.row_id, e.seq DESC, d.ordinal DESC
    )
    SELECT coalesce(p.row_id, l.row_id), p.digest, l.digest, l.event
    FROM present p FULL JOIN logged l ON l.row_id = p.row_id
    WHERE coalesce(p.digest, 'deleted') IS DISTINCT FROM coalesce(l.digest, 'never logged')
  $q$, target, name);
END $$;

-- Sealing: the only change an event ever sees is its place in the log, once.
CREATE FUNCTION audit.protect_event() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL
     AND (NEW.id, NEW.seq, NEW.at, NEW.command, NEW.actor, NEW.unions, NEW.leaf, NEW.mac)
       IS NOT DISTINCT FROM (OLD.id, OLD.seq, OLD.at, OLD.command, OLD.actor, OLD.unions, OLD.leaf, OLD.mac) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit events never change' USING ERRCODE = 'RA002';
END $$;
CREATE TRIGGER protect_event BEFORE UPDATE ON audit.event FOR EACH ROW EXECUTE FUNCTION audit.protect_event();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON audit.event
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CALL audit.freeze('audit.subject');
CALL audit.freeze('audit.kept_change');
CALL audit.freeze('audit.row_digest');
CALL audit.freeze('audit.checkpoint');

GRANT USAGE ON SEQUENCE audit.event_seq TO relief_app;
GRANT SELECT, INSERT ON audit.event, audit.subject, audit.kept_change, audit.checkpoint TO relief_app;
GRANT UPDATE (leaf_index) ON audit.event TO relief_app;
GRANT SELECT ON audit.row_digest, audit.watched, audit.noting TO relief_app;
GRANT SELECT ON ALL TABLES IN SCHEMA audit TO relief_auditor;
