-- Programmes as data: packs, dated regional parameters, the working-day calendar.

-- What governs everybody takes two people, both of them known: who adds or sets it (the first column named), and another who
-- releases or confirms it (the second).
CREATE FUNCTION relief.by_two_people() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  first uuid := to_jsonb(NEW) ->> TG_ARGV[0];
  second uuid := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
  IF NOT EXISTS (SELECT FROM relief.app_user u WHERE u.id = first AND u.person IS NOT NULL)
     OR (second IS NOT NULL AND (relief.who(first) = relief.who(second)
       OR NOT EXISTS (SELECT FROM relief.app_user u WHERE u.id = second AND u.person IS NOT NULL))) THEN
    RAISE EXCEPTION 'what governs everybody takes two known people' USING ERRCODE = 'RR051';
  END IF;
  RETURN NULL;
END $$;

CREATE TABLE relief.programme_version (
  id          uuid PRIMARY KEY,
  programme   text NOT NULL CHECK (programme ~ '^[A-Z][A-Z0-9-]{1,15}$'),
  version     int NOT NULL CHECK (version > 0),
  title       text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('archive', 'grant', 'refund')),
  pack        text NOT NULL,               -- the YAML as it was added
  digest      text NOT NULL CHECK (length(digest) = 64),
  -- What the pack says, for the laws of an award.
  needs_archive boolean NOT NULL,
  has_notice  boolean NOT NULL,
  bands       jsonb NOT NULL,              -- up to how many fen how many people approve: [{"upTo": 2000000, "people": 1}, …]
  state       text NOT NULL CHECK (state IN ('draft', 'released', 'retired')),
  added_by    uuid NOT NULL REFERENCES relief.app_user,
  added_at    timestamptz NOT NULL,
  released_by uuid REFERENCES relief.app_user,
  released_at timestamptz,
  UNIQUE (programme, version),
  CONSTRAINT released_by_somebody CHECK (state = 'draft' OR (released_at IS NOT NULL AND released_by IS NOT NULL))
);
CREATE TRIGGER by_two_people AFTER INSERT OR UPDATE ON relief.programme_version
  FOR EACH ROW EXECUTE FUNCTION relief.by_two_people('added_by', 'released_by');
CREATE UNIQUE INDEX one_released_version ON relief.programme_version (programme) WHERE state = 'released';

-- A pack is never edited, neither what was shown to whoever releases it nor what decided over people: a change is a new
-- version.
CREATE FUNCTION relief.protect_programme_version() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  free text[] := CASE WHEN OLD.state = 'draft' THEN ARRAY['state', 'released_by', 'released_at'] ELSE ARRAY['state'] END;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state = 'draft' THEN RETURN OLD; END IF;
  ELSIF (OLD.state, NEW.state) IN (('draft', 'released'), ('released', 'retired'))
     AND to_jsonb(NEW) - free = to_jsonb(OLD) - free THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'programme % version % never changes: add the next version', OLD.programme, OLD.version
    USING ERRCODE = 'RA002';
END $$;
CREATE TRIGGER protect_programme_version BEFORE UPDATE OR DELETE ON relief.programme_version
  FOR EACH ROW EXECUTE FUNCTION relief.protect_programme_version();

-- How many different people approve an amount: the first band that reaches it decides.
CREATE FUNCTION relief.approvers(bands jsonb, amount bigint) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce((
    SELECT (b.band ->> 'people')::int FROM jsonb_array_elements(bands) WITH ORDINALITY AS b (band, n)
    WHERE amount <= (b.band ->> 'upTo')::bigint OR b.band ->> 'upTo' IS NULL ORDER BY b.n LIMIT 1), 1)
$$;

-- The register of figures: what each is called and what it counts. Packs refer to it by name; a value is read and shown by
-- its kind: money is fen here and yuan to people.
CREATE TABLE relief.figure (
  id         uuid PRIMARY KEY,
  name       text NOT NULL UNIQUE CHECK (name ~ '^[a-z][a-z0-9_]{0,63}$'),
  kind       text NOT NULL CHECK (kind IN ('money', 'count', 'percent', 'days')),
  title      text NOT NULL CHECK (title <> ''),
  defined_by uuid NOT NULL REFERENCES relief.app_user,
  defined_at timestamptz NOT NULL
);

CREATE FUNCTION relief.figure_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  -- What a name counts changes only as long as nothing was set by it.
  IF (NEW.id, NEW.name) IS DISTINCT FROM (OLD.id, OLD.name)
     OR (NEW.kind <> OLD.kind AND EXISTS (SELECT FROM relief.parameter p WHERE p.name = OLD.name)) THEN
    RAISE EXCEPTION 'figure % has values: what it counts never changes', OLD.name USING ERRCODE = 'RA002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER figure_rules BEFORE UPDATE ON relief.figure FOR EACH ROW EXECUTE FUNCTION relief.figure_rules();

-- A figure's value with its place, dates and source: 低保 per month in Xining from 2026-01-01. Rules read it once another has
-- confirmed it; until then it waits, and what holds goes on holding.
CREATE TABLE relief.parameter (
  id       uuid PRIMARY KEY,
  name     text NOT NULL REFERENCES relief.figure (name),
  org_id   uuid NOT NULL,
  org_path ltree NOT NULL,
  valid    daterange NOT NULL CHECK (NOT isempty(valid)),
  value    bigint NOT NULL CHECK (value >= 0),
  source   text NOT NULL CHECK (source <> ''),
  set_by   uuid NOT NULL REFERENCES relief.app_user,
  set_at   timestamptz NOT NULL,
  confirmed_by uuid REFERENCES relief.app_user,
  confirmed_at timestamptz,
  CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
  CONSTRAINT one_value_at_a_time EXCLUDE USING gist (name WITH =, org_id WITH =, valid WITH &&) WHERE (confirmed_by IS NOT NULL)
);
CREATE TRIGGER by_two_people AFTER INSERT OR UPDATE ON relief.parameter
  FOR EACH ROW EXECUTE FUNCTION relief.by_two_people('set_by', 'confirmed_by');

-- What was set is what is confirmed: a value only ends earlier, where the next one takes over.
CREATE FUNCTION relief.protect_parameter() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.name, NEW.org_id, NEW.value, NEW.source, NEW.set_by, NEW.set_at, lower(NEW.valid))
     IS DISTINCT FROM (OLD.id, OLD.name, OLD.org_id, OLD.value, OLD.source, OLD.set_by, OLD.set_at, lower(OLD.valid))
     OR NOT NEW.valid <@ OLD.valid
     OR (OLD.confirmed_by IS NOT NULL
         AND (NEW.confirmed_by, NEW.confirmed_at) IS DISTINCT FROM (OLD.confirmed_by, OLD.confirmed_at)) THEN
    RAISE EXCEPTION 'a value of % that was set never changes: set the next one', OLD.name USING ERRCODE = 'RA002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER protect_parameter BEFORE UPDATE ON relief.parameter
  FOR EACH ROW EXECUTE FUNCTION relief.protect_parameter();

-- Only what nobody confirmed is taken back.
CREATE FUNCTION relief.keep_parameter() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.confirmed_by IS NOT NULL THEN
    RAISE EXCEPTION 'a value of % that was confirmed stays: set the next one', OLD.name USING ERRCODE = 'RA002';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER keep_parameter BEFORE DELETE ON relief.parameter
  FOR EACH ROW EXECUTE FUNCTION relief.keep_parameter();
CREATE INDEX parameter_org ON relief.parameter (org_id);
CALL relief.follow('relief.parameter', 'org_id', 'relief.organisation', 'path');

-- Days on which the working week is broken: holidays, and weekends that are worked (调休).
CREATE TABLE relief.calendar_day (
  id      uuid PRIMARY KEY,
  day     date NOT NULL UNIQUE,
  working boolean NOT NULL,
  name    text NOT NULL,
  source  text NOT NULL CHECK (source <> '')
);

-- The civil day of an instant in China, whose clocks are eight hours ahead all year.
CREATE FUNCTION relief.civil_day(at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at AT TIME ZONE interval '8 hours')::date;

-- Days that were reckoned in working days may move in the transaction that changes the calendar, and in no other.
CREATE FUNCTION relief.note_calendar_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('relief.calendar_changed_in', pg_current_xact_id()::text, true);
  RETURN NULL;
END $$;
CREATE TRIGGER note_calendar_change AFTER INSERT OR UPDATE OR DELETE ON relief.calendar_day
  FOR EACH STATEMENT EXECUTE FUNCTION relief.note_calendar_change();

CREATE FUNCTION relief.changes_calendar() RETURNS boolean
LANGUAGE sql STABLE
RETURN current_setting('relief.calendar_changed_in', true) = pg_current_xact_id_if_assigned()::text;

-- Monday to Friday, but for what the yearly notice says otherwise.
CREATE FUNCTION relief.is_working_day(day date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce((SELECT c.working FROM relief.calendar_day c WHERE c.day = is_working_day.day),
                extract(isodow FROM is_working_day.day) <= 5);

-- How many working days lie after a day up to and including another.
CREATE FUNCTION relief.working_days("after" date, through date) RETURNS int
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT count(*)::int FROM generate_series(1, through - "after") AS n (n) WHERE relief.is_working_day("after" + n.n));

CALL audit.watch('relief.programme_version');
CALL audit.watch('relief.figure');
CALL audit.watch('relief.parameter');
CALL audit.watch('relief.calendar_day');

GRANT SELECT, INSERT ON relief.figure TO relief_app;
GRANT UPDATE (kind, title, defined_by, defined_at) ON relief.figure TO relief_app;
GRANT SELECT, INSERT, UPDATE ON relief.programme_version, relief.parameter, relief.calendar_day TO relief_app;
GRANT DELETE ON relief.parameter TO relief_app;
GRANT DELETE ON relief.calendar_day TO relief_app;   -- a day that was entered in error is again what its weekday says
