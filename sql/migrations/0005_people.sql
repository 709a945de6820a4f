-- Unions, people, and who may do what for whom.
--
-- Access is by subtree and enforced here: a session names in relief.scope the paths it may see, and row-level security
-- shows it nothing else. No scope, no rows.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The subtrees of this transaction: '{CN.QH,CN.HB.XY}'; unset = none. The empty path is the whole tree.
CREATE FUNCTION relief.scope() RETURNS ltree[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('relief.scope', true), ''), '{}')::ltree[];

-- The law of every row, and no plan: as a CASE it leads to no index. Left open, the planner took one row in a hundred to lie
-- in anybody's subtree, and read the whole subtree to find one case by its number. A list that goes by subtree says so itself.
CREATE FUNCTION relief.in_scope(path ltree) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN path <@ ANY (relief.scope()) THEN true ELSE false END;

-- Whether this transaction sees the whole tree: the empty path, or the root's, which is one label.
CREATE FUNCTION relief.sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM unnest(relief.scope()) AS path WHERE nlevel(path) <= 1);

-- The one form in which names are compared and searched; a name itself is kept as it was typed. Two names are one where
-- a reader sees the same: full-width letters and digits, compatibility ideographs and radicals are the plain ones (NFKC),
-- small and capital Latin letters are one, variation selectors and what can't be seen count for nothing, every dot between
-- the parts of a name is the dot of GB/T 15834 (U+00B7), every apostrophe the typewriter's, and blanks beside a Chinese character or a dot are none.
CREATE FUNCTION relief.name_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(regexp_replace(regexp_replace(regexp_replace(
  normalize(lower(translate(normalize(regexp_replace(name,
    -- Controls but the blanks among them, marks of direction and joining, fillers, variation selectors, tags.
    '[\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]',
    '', 'g'), NFKC), U&'\2018\2019\201B\02BC\02B9\0060', '''''''''''''') COLLATE "C"), NFKC),
  -- Dots: full stop, middle dots of several scripts, bullets, the dot operator, the katakana dot.
  '[\s\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]*[.\u00B7\u1427\u16EB\u2022\u2027\u2219\u22C5\u2E31\u2E33\u30FB\uA78F]+[\s\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000.\u00B7\u1427\u16EB\u2022\u2027\u2219\u22C5\u2E31\u2E33\u30FB\uA78F]*',
  U&'\00B7', 'g'),
  '[\s\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+', ' ', 'g'),
  '(?<=[\u2E80-\u2FDF\u3005-\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF]) | (?=[\u2E80-\u2FDF\u3005-\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF])',
  '', 'g'),
  '^ | $', '', 'g');

-- Numbers that people use, counted per union, so that a number tells nothing of another union's volume.
CREATE TABLE relief.counter (
  name   text PRIMARY KEY,
  value  bigint NOT NULL CHECK (value > 0)
);

-- Takes `wanted` consecutive numbers and gives the first.
CREATE FUNCTION relief.next_numbers(counter_name text, wanted bigint) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, relief AS $$
  INSERT INTO relief.counter AS c (name, value) VALUES (counter_name, wanted)
  ON CONFLICT (name) DO UPDATE SET value = c.value + wanted
  RETURNING value - wanted + 1
$$;

-- What numbers are sorted by: XN-C2026-9999 comes before XN-C2026-10000.
CREATE FUNCTION relief.number_key(number text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(number, '[0-9]+$', '') || coalesce(lpad(substring(number FROM '[0-9]+$'), 18, '0'), '');

-- The path is the line of fund parents from the root to the union: sight, funds, figures and approvals go by it. It follows
-- the parents of the day (relief.follow_parents). A parent on the other line gives no sight yet: it will serve and read (M9).
CREATE TABLE relief.organisation (
  id         uuid PRIMARY KEY,
  code       text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9_]{0,31}$'),
  name       text NOT NULL CHECK (name <> '' AND name IS NORMALIZED),
  name_key   text NOT NULL GENERATED ALWAYS AS (relief.name_key(name)) STORED,
  level      text NOT NULL CHECK (level IN ('nation', 'province', 'city', 'county', 'grassroots')),
  line       text NOT NULL CHECK (line IN ('territory', 'industry')),
  path       ltree NOT NULL UNIQUE,
  region     text CHECK (region ~ '^[0-9]{6}([0-9]{6})?$'),   -- GB/T 2260
  created_at timestamptz NOT NULL,
  UNIQUE (id, path),
  CONSTRAINT path_ends_in_code CHECK (subpath(path, -1)::text = code)
);
CREATE INDEX organisation_path ON relief.organisation USING gist (path);

-- A row's path is that of the row it belongs to: it can't be another's, and it moves when that one's does. A constraint's
-- own updates pass row-level security, and fire triggers as any: the log notes what moved.
CREATE PROCEDURE relief.follow(target regclass, owner text, owners regclass, path text DEFAULT 'org_path')
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%I, org_path) REFERENCES %s (id, %I) ON UPDATE CASCADE',
    target, (SELECT relname FROM pg_class WHERE oid = target) || '_follows_' || owner, owner, owners, path);
END $$;

-- A unit may hold two parents, territory and industry; exactly one of them is the fund parent at any date (P17).
CREATE TABLE relief.organisation_parent (
  id          uuid PRIMARY KEY,
  organisation uuid NOT NULL REFERENCES relief.organisation,
  parent      uuid NOT NULL REFERENCES relief.organisation CHECK (parent <> organisation),
  line        text NOT NULL CHECK (line IN ('territory', 'industry')),
  fund_parent boolean NOT NULL,
  valid       daterange NOT NULL CHECK (NOT isempty(valid)),
  CONSTRAINT one_parent_per_line EXCLUDE USING gist (organisation WITH =, line WITH =, valid WITH &&),
  CONSTRAINT one_fund_parent EXCLUDE USING gist (organisation WITH =, valid WITH &&) WHERE (fund_parent)
);
CREATE INDEX organisation_parent_parent ON relief.organisation_parent (parent);

-- From its first day on somebody funds a union on every day, and on no day does it stand under itself.
CREATE FUNCTION relief.parent_rules() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  child uuid := coalesce(NEW.organisation, OLD.organisation);
  funded datemultirange;
BEGIN
  SELECT range_agg(l.valid) INTO funded FROM relief.organisation_parent l WHERE l.organisation = child AND l.fund_parent;
  IF funded IS NULL OR NOT upper_inf(funded) OR (SELECT count(*) FROM unnest(funded)) <> 1 THEN
    RAISE EXCEPTION 'exactly one parent funds a union on any day' USING ERRCODE = 'RR014';
  END IF;
  IF EXISTS (
       WITH RECURSIVE above (id, days) AS (
         SELECT l.parent, l.valid FROM relief.organisation_parent l WHERE l.organisation = child
         UNION SELECT l.parent, a.days * l.valid FROM above a
               JOIN relief.organisation_parent l ON l.organisation = a.id AND l.valid && a.days WHERE a.id <> child)
       SELECT FROM above WHERE above.id = child) THEN
    RAISE EXCEPTION 'no union stands under itself' USING ERRCODE = 'RR014';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER parent_rules AFTER INSERT OR UPDATE OR DELETE ON relief.organisation_parent
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION relief.parent_rules();

-- The codes from the root to a union along its fund parents of a day.
CREATE FUNCTION relief.line_on(code text, day date) RETURNS text[]
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE line (id, code, place) AS (
    SELECT o.id, o.code, 0 FROM relief.organisation o WHERE o.code = line_on.code
    UNION ALL
    SELECT o.id, o.code, line.place + 1 FROM line
    JOIN relief.organisation_parent l ON l.organisation = line.id AND l.fund_parent AND l.valid @> line_on.day
    JOIN relief.organisation o ON o.id = l.parent
  )
  SELECT array_agg(line.code ORDER BY line.place DESC) FROM line
$$;

-- Unions whose path isn't that of their fund parent of the day with their own code.
CREATE FUNCTION relief.misplaced(day date) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT o.id FROM relief.organisation_parent l JOIN relief.organisation o ON o.id = l.organisation
  JOIN relief.organisation p ON p.id = l.parent
  WHERE l.fund_parent AND l.valid @> day AND o.path <> p.path || o.code
$$;

-- Moves every union, and with it whatever is its own, to where its fund parents of the day put it; gives the unions moved.
-- Nothing else changes a path.
CREATE FUNCTION relief.follow_parents(day date) RETURNS TABLE (moved text)
LANGUAGE plpgsql ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, public, relief AS $$
BEGIN
  LOCK TABLE relief.organisation_parent IN SHARE ROW EXCLUSIVE MODE;   -- no union is made or hung elsewhere meanwhile
  RETURN QUERY
    WITH RECURSIVE tree (id, path) AS (
      SELECT o.id, o.code::ltree FROM relief.organisation o
      WHERE NOT EXISTS (SELECT FROM relief.organisation_parent l WHERE l.organisation = o.id)
      UNION ALL
      SELECT o.id, tree.path || o.code FROM tree
      JOIN relief.organisation_parent l ON l.parent = tree.id AND l.fund_parent AND l.valid @> day
      JOIN relief.organisation o ON o.id = l.organisation
    )
    UPDATE relief.organisation o SET path = tree.path FROM tree
    WHERE o.id = tree.id AND o.path <> tree.path RETURNING o.code;
END $$;
REVOKE EXECUTE ON FUNCTION relief.follow_parents(date) FROM PUBLIC;

-- Whether one of two unions stands above the other, or they are the same.
CREATE FUNCTION relief.on_one_line(one ltree, other ltree) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN one @> other OR one <@ other;

CREATE TABLE relief.employer (
  id         uuid PRIMARY KEY,
  uscc       text NOT NULL,                -- GB 32100; a failing check character warns, because such codes exist
  name       text NOT NULL CHECK (name <> '' AND name IS NORMALIZED),
  name_key   text NOT NULL GENERATED ALWAYS AS (relief.name_key(name)) STORED,
  kind       text NOT NULL CHECK (kind IN ('private', 'stateOwned', 'budgetFunded', 'individual', 'other')),
  org_id     uuid NOT NULL,                -- its own grassroots union
  org_path   ltree NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (uscc, org_id),
  UNIQUE (id, org_path)
);
CREATE INDEX employer_org ON relief.employer (org_id);
CALL relief.follow('relief.employer', 'org_id', 'relief.organisation', 'path');

CREATE TABLE relief.person (
  id            uuid PRIMARY KEY,
  number        text NOT NULL UNIQUE,
  number_key    text COLLATE "C" NOT NULL GENERATED ALWAYS AS (relief.number_key(number)) STORED,
  name          text NOT NULL CHECK (name IS NORMALIZED),
  name_key      text NOT NULL GENERATED ALWAYS AS (relief.name_key(name)) STORED,
  id_number     bytea,                     -- encrypted, and with it day of birth and sex; NULL once erased
  id_index      bytea,                     -- keyed blind index of the normalised 18-character number
  id_masked     text,                      -- what a view shows: the area and the year of birth
  phone         bytea,
  phone_index   bytea,
  phone_masked  text,
  died_on       date,
  erased_at     timestamptz,
  employer      uuid REFERENCES relief.employer,
  org_id        uuid NOT NULL,
  org_path      ltree NOT NULL,
  created_at    timestamptz NOT NULL,
  salt          uuid NOT NULL DEFAULT gen_random_uuid(),  -- so that the row's digest in the log can't be guessed from a name
  UNIQUE (id, org_path),
  CHECK (erased_at IS NOT NULL OR (id_number IS NOT NULL AND id_index IS NOT NULL))
);
-- What the keys are made with under which the log keeps a person's old and new values: destroyed when the person is erased,
-- and never made again.
CREATE TABLE relief.person_key (
  person  uuid PRIMARY KEY REFERENCES relief.person,
  salt    uuid NOT NULL DEFAULT gen_random_uuid()
);
CREATE UNIQUE INDEX person_once_per_union ON relief.person (org_id, id_index) WHERE erased_at IS NULL;
CREATE INDEX person_id_index ON relief.person (id_index);
CREATE INDEX person_by_number ON relief.person (number_key);
CREATE INDEX person_org ON relief.person (org_id);
CREATE INDEX person_org_path ON relief.person USING gist (org_path);
CREATE INDEX person_name_key ON relief.person (name_key text_pattern_ops);
CALL relief.follow('relief.person', 'org_id', 'relief.organisation', 'path');

CREATE TABLE relief.household (
  id         uuid PRIMARY KEY,
  number     text NOT NULL UNIQUE,
  number_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (relief.number_key(number)) STORED,
  head       uuid NOT NULL REFERENCES relief.person,
  address    text,
  org_id     uuid NOT NULL,
  org_path   ltree NOT NULL,
  created_at timestamptz NOT NULL,
  salt       uuid NOT NULL DEFAULT gen_random_uuid()
);
CREATE INDEX household_by_number ON relief.household (number_key);
CREATE INDEX household_org ON relief.household (org_id);
CREATE INDEX household_org_path ON relief.household USING gist (org_path);
CALL relief.follow('relief.household', 'org_id', 'relief.organisation', 'path');

-- The head is a member too, with relation 'head'.
CREATE TABLE relief.household_member (
  id          uuid PRIMARY KEY,
  household   uuid NOT NULL REFERENCES relief.household,
  person      uuid NOT NULL REFERENCES relief.person,
  relation    text NOT NULL CHECK (relation <> ''),
  valid       daterange NOT NULL CHECK (NOT isempty(valid)),
  left_reason text,
  CONSTRAINT one_household_at_a_time EXCLUDE USING gist (person WITH =, valid WITH &&)
);
CREATE INDEX household_member_household ON relief.household_member (household);

-- The people of a household are known to its union, or to one under it: who sees the household sees them. A union that
-- moves may part them later.
CREATE FUNCTION relief.people_of_household() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  home uuid := to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'household' THEN 'id' ELSE 'household' END;
  wanted uuid := to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'household' THEN 'head' ELSE 'person' END;
BEGIN
  IF NOT EXISTS (
       SELECT FROM relief.household h JOIN relief.person p ON p.org_path <@ h.org_path
       WHERE h.id = home AND p.id = wanted) THEN
    RAISE EXCEPTION 'the people of a household are registered in its union or in one under it' USING ERRCODE = 'RR013';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER people_of_household AFTER INSERT OR UPDATE OF head ON relief.household
  FOR EACH ROW EXECUTE FUNCTION relief.people_of_household();
CREATE TRIGGER people_of_household AFTER INSERT ON relief.household_member
  FOR EACH ROW EXECUTE FUNCTION relief.people_of_household();

CREATE TABLE relief.membership (
  id         uuid PRIMARY KEY,
  person     uuid NOT NULL REFERENCES relief.person,
  org_id     uuid NOT NULL REFERENCES relief.organisation,
  employer   uuid REFERENCES relief.employer,
  valid      daterange NOT NULL CHECK (NOT isempty(valid)),
  CONSTRAINT one_membership_per_union EXCLUDE USING gist (person WITH =, org_id WITH =, valid WITH &&)
);

-- Staff and programs: everybody who can act. A person may have several users, as for a program that acts for him or her;
-- for every law that compares who acted they are one: `who` is the first user of the same person, and never changes once
-- the person is known.
CREATE TABLE relief.app_user (
  id          uuid PRIMARY KEY,
  login       text NOT NULL UNIQUE CHECK (login ~ '^[a-z][a-z0-9._-]{0,31}$'),
  name        text NOT NULL CHECK (name <> '' AND name IS NORMALIZED),
  unix_uid    bigint UNIQUE CHECK (unix_uid >= 0),
  person      uuid REFERENCES relief.person,
  linked_by   uuid REFERENCES relief.app_user,            -- who said that it is this person's
  who         uuid NOT NULL REFERENCES relief.app_user,
  disabled_at timestamptz,
  created_by  uuid NOT NULL REFERENCES relief.app_user,   -- who may grant to it while it has no grant
  created_at  timestamptz NOT NULL,
  salt        uuid NOT NULL DEFAULT gen_random_uuid(),
  CHECK ((person IS NULL) = (linked_by IS NULL))
);
CREATE INDEX app_user_person ON relief.app_user (person);
CREATE INDEX app_user_who ON relief.app_user (who);

-- Who acts behind a user: whatever compares people compares these.
CREATE FUNCTION relief.who(acting uuid) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT u.who FROM relief.app_user u WHERE u.id = acting);

-- A user stands for a living person with an identity number, by the word of another, and for the same one ever after. Unions
-- know one person by rows of their own: the blind index of the identity number says who is the same.
CREATE FUNCTION relief.user_stands_for_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  identity bytea;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.person IS NOT NULL AND (NEW.person, NEW.who, NEW.linked_by) IS DISTINCT FROM (OLD.person, OLD.who, OLD.linked_by) THEN
      RAISE EXCEPTION 'the person behind a user never changes' USING ERRCODE = 'RA002';
    END IF;
    IF OLD.person IS NOT NULL THEN RETURN NEW; END IF;
  END IF;
  NEW.who := NEW.id;
  IF NEW.person IS NULL THEN RETURN NEW; END IF;
  SELECT p.id_index INTO identity FROM relief.person p
  WHERE p.id = NEW.person AND p.erased_at IS NULL AND p.died_on IS NULL;
  IF identity IS NULL THEN
    RAISE EXCEPTION 'a user stands for a living person whose identity number is registered' USING ERRCODE = 'RR045';
  END IF;
  -- Of two users of one person at once the second waits here and then sees the first.
  PERFORM pg_advisory_xact_lock(hashtextextended('user|' || encode(identity, 'hex'), 0));
  NEW.who := coalesce(
    (SELECT u.who FROM relief.person p JOIN relief.app_user u ON u.person = p.id
     WHERE p.id_index = identity AND u.id <> NEW.id ORDER BY u.created_at, u.id LIMIT 1), NEW.id);
  IF relief.who(NEW.linked_by) = NEW.who OR NEW.linked_by = NEW.id THEN
    RAISE EXCEPTION 'nobody says of him- or herself which person a user stands for' USING ERRCODE = 'RR049';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER user_stands_for_person BEFORE INSERT OR UPDATE ON relief.app_user
  FOR EACH ROW EXECUTE FUNCTION relief.user_stands_for_person();

-- The columns named hold different people. Where they hold one user twice, the table's own constraint says so before.
CREATE FUNCTION relief.different_people() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) > count(DISTINCT relief.who((to_jsonb(NEW) ->> column_name)::uuid))
      FROM unnest(TG_ARGV) AS column_name WHERE to_jsonb(NEW) ->> column_name IS NOT NULL) THEN
    RAISE EXCEPTION 'two users of one person are one person' USING ERRCODE = 'RR046';
  END IF;
  RETURN NULL;
END $$;

-- A death stops what is still to be paid: it is known who recorded it, and who took it back.
ALTER TABLE relief.person
  ADD COLUMN death_recorded_by  uuid REFERENCES relief.app_user,
  ADD COLUMN death_retracted_by uuid REFERENCES relief.app_user,
  ADD CONSTRAINT death_recorded_by_somebody CHECK (died_on IS NULL OR death_recorded_by IS NOT NULL);

CREATE TABLE relief.user_grant (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES relief.app_user,
  role       text NOT NULL,
  org_id     uuid NOT NULL,
  org_path   ltree NOT NULL,
  granted_by text NOT NULL,
  granted_at timestamptz NOT NULL,
  UNIQUE (user_id, role, org_id)
);
CREATE INDEX user_grant_org ON relief.user_grant (org_id);
CALL relief.follow('relief.user_grant', 'org_id', 'relief.organisation', 'path');

-- Roles that one person never holds together, wherever and by whichever user: refused by the database at grant time.
CREATE TABLE relief.incompatible_roles (
  role   text NOT NULL,
  other  text NOT NULL CHECK (other > role),
  PRIMARY KEY (role, other)
);
INSERT INTO relief.incompatible_roles (role, other)
SELECT least(a COLLATE "C", b COLLATE "C"), greatest(a COLLATE "C", b COLLATE "C") FROM (VALUES
  ('administrator', 'approver'), ('administrator', 'financeApprover'), ('administrator', 'cashier'),
  ('administrator', 'financeOfficer'), ('administrator', 'financeChecker'),
  ('auditor', 'caseWorker'), ('auditor', 'reviewer'), ('auditor', 'approver'), ('auditor', 'programmeOfficer'),
  ('auditor', 'financeOfficer'), ('auditor', 'financeChecker'), ('auditor', 'financeApprover'), ('auditor', 'cashier'),
  ('financeOfficer', 'financeApprover'), ('financeOfficer', 'cashier'), ('financeApprover', 'cashier'),
  ('financeChecker', 'financeApprover'),
  ('cashier', 'caseWorker'), ('cashier', 'reviewer'), ('cashier', 'approver')
) AS pair (a, b);

-- The detail (the login, its union, the other role's union) is for the program, which tells of the other to those alone who
-- may know it; so the message names it only where it is in sight.
CREATE FUNCTION relief.refuse_incompatible_roles() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, relief AS $$
DECLARE
  clash record;
BEGIN
  -- Two grants at once see each other.
  PERFORM 1 FROM relief.app_user u WHERE u.who = relief.who(NEW.user_id) ORDER BY u.id FOR UPDATE;
  SELECT g.role, g.org_path INTO clash
  FROM relief.app_user u JOIN relief.user_grant g ON g.user_id = u.id JOIN relief.incompatible_roles i
    ON (i.role, i.other) IN ((g.role, NEW.role), (NEW.role, g.role))
  WHERE u.who = relief.who(NEW.user_id) ORDER BY relief.in_scope(g.org_path) DESC, g.org_path, g.role LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% and % never belong to one person', NEW.role, clash.role USING ERRCODE = 'RR001', DETAIL =
      concat_ws(' ', (SELECT u.login FROM relief.app_user u WHERE u.id = NEW.user_id), NEW.org_path, clash.org_path);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_incompatible_roles BEFORE INSERT OR UPDATE OF user_id, role ON relief.user_grant
  FOR EACH ROW EXECUTE FUNCTION relief.refuse_incompatible_roles();

-- What makes, decides or pays is done by people: such roles are for users who stand for one, and another gives them.
CREATE FUNCTION relief.roles_of_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief AS $$
BEGIN
  IF NEW.role IN ('administrator', 'auditor') THEN RETURN NEW; END IF;
  IF NOT EXISTS (SELECT FROM relief.app_user u WHERE u.id = NEW.user_id AND u.person IS NOT NULL) THEN
    RAISE EXCEPTION 'the role % is for a user who stands for a person', NEW.role USING ERRCODE = 'RR047';
  END IF;
  IF relief.who(NEW.granted_by::uuid) = relief.who(NEW.user_id) THEN
    RAISE EXCEPTION 'nobody gives him- or herself the role %', NEW.role USING ERRCODE = 'RR048';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER roles_of_people BEFORE INSERT OR UPDATE OF user_id, role, granted_by ON relief.user_grant
  FOR EACH ROW EXECUTE FUNCTION relief.roles_of_people();

-- To learn that two users are one person must not leave that person with roles that never belong together.
CREATE FUNCTION relief.roles_of_one_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, relief AS $$
DECLARE
  clash record;
BEGIN
  PERFORM 1 FROM relief.app_user u WHERE u.who = NEW.who ORDER BY u.id FOR UPDATE;
  SELECT own.role, own.org_path, g.org_path AS other INTO clash
  FROM relief.user_grant own JOIN relief.app_user u ON u.who = NEW.who AND u.id <> NEW.id
  JOIN relief.user_grant g ON g.user_id = u.id
  JOIN relief.incompatible_roles i ON (i.role, i.other) IN ((g.role, own.role), (own.role, g.role))
  WHERE own.user_id = NEW.id ORDER BY relief.in_scope(g.org_path) DESC, g.org_path, own.role LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the person holds roles by another user that never belong together with %', clash.role
      USING ERRCODE = 'RR001', DETAIL = concat_ws(' ', NEW.login, clash.org_path, clash.other);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER roles_of_one_person AFTER UPDATE OF person ON relief.app_user FOR EACH ROW WHEN (OLD.person IS NULL AND NEW.person IS NOT NULL)
  EXECUTE FUNCTION relief.roles_of_one_person();

-- What shows away from the daemon's host who somebody is. The hash is keyed, and the key isn't here: whoever can write this
-- table makes no token that opens. A renewal is of the holder's own token, and no longer than that was given for.
CREATE TABLE relief.token (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES relief.app_user,
  hash         bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),   -- HMAC-SHA-256
  note         text,
  days         integer NOT NULL CHECK (days BETWEEN 1 AND 366),
  issued_by    uuid NOT NULL REFERENCES relief.app_user,
  renewed_from uuid,
  expires_at   timestamptz NOT NULL,
  revoked_at   timestamptz,
  created_at   timestamptz NOT NULL,               -- it acts with what its user was granted until then
  UNIQUE (id, user_id),
  CONSTRAINT renewed_for_its_user FOREIGN KEY (renewed_from, user_id) REFERENCES relief.token (id, user_id),
  CONSTRAINT renewed_by_its_holder CHECK (renewed_from IS NULL OR issued_by = user_id),
  CHECK (expires_at <= created_at + make_interval(hours => 24 * days))
);
CREATE INDEX token_user ON relief.token (user_id);
-- Renewed once more, because the answer was lost: then the first renewal ends.
CREATE UNIQUE INDEX one_living_renewal ON relief.token (renewed_from) WHERE revoked_at IS NULL;

CREATE FUNCTION relief.token_rules() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.user_id, NEW.hash, NEW.note, NEW.days, NEW.issued_by, NEW.renewed_from, NEW.created_at)
       IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.hash, OLD.note, OLD.days, OLD.issued_by, OLD.renewed_from, OLD.created_at)
       OR NEW.expires_at > OLD.expires_at OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
      RAISE EXCEPTION 'a token never changes: it ends, sooner than it would have or at once' USING ERRCODE = 'RA002';
    END IF;
    RETURN NEW;
  END IF;
  -- Of a new token and whatever shuts its user out at once the second waits here and then sees the first.
  PERFORM FROM relief.app_user u WHERE u.id = NEW.user_id AND u.disabled_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a user who was shut out gets no token' USING ERRCODE = 'RR032';
  END IF;
  IF NEW.renewed_from IS NOT NULL AND NOT EXISTS (
       SELECT FROM relief.token t
       WHERE t.id = NEW.renewed_from AND t.revoked_at IS NULL AND NEW.days <= t.days AND t.expires_at > NEW.created_at
         AND t.expires_at <= NEW.created_at + interval '24 hours') THEN
    RAISE EXCEPTION 'only a token that holds is renewed, and it ends within a day' USING ERRCODE = 'RR031';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER token_rules BEFORE INSERT OR UPDATE ON relief.token FOR EACH ROW EXECUTE FUNCTION relief.token_rules();

-- Accounts that money goes to. The first account of an owner is usable at once where nothing is doubtful of it; another
-- cools off and needs another person's approval. What was doubtful when it was registered is kept, so that whoever approves
-- it days later is shown it, and says why it is approved all the same.
CREATE TABLE relief.payee_account (
  id             uuid PRIMARY KEY,
  person         uuid REFERENCES relief.person,
  organisation   uuid REFERENCES relief.organisation,
  holder         text NOT NULL CHECK (holder <> '' AND holder IS NORMALIZED),
  holder_key     text NOT NULL GENERATED ALWAYS AS (relief.name_key(holder)) STORED,
  bank           text NOT NULL CHECK (bank <> ''),
  cnaps          text CHECK (cnaps ~ '^[0-9]{12}$'),
  kind           text NOT NULL CHECK (kind IN ('card', 'passbook', 'corporate')),
  account        bytea NOT NULL,           -- encrypted
  account_index  bytea NOT NULL,
  account_masked text NOT NULL,
  status         text NOT NULL CHECK (status IN ('pending', 'active', 'retired')),
  usable_from    timestamptz NOT NULL,
  registered_by  uuid NOT NULL REFERENCES relief.app_user,
  registered_at  timestamptz NOT NULL,
  approved_by    uuid REFERENCES relief.app_user,
  approved_at    timestamptz,
  doubts         text[] NOT NULL DEFAULT '{}' CHECK (doubts <@ ARRAY[
    'otherName', 'shared', 'awarded', 'checkDigit', 'cardLength', 'rounded', 'cut']),
  approved_despite text,                   -- why, where it was doubtful
  org_path       ltree NOT NULL,
  CHECK (num_nonnulls(person, organisation) = 1),
  CONSTRAINT doubts_answered CHECK (approved_by IS NULL OR doubts = '{}' OR coalesce(approved_despite, '') <> ''),
  CONSTRAINT account_approved_by_another CHECK (approved_by <> registered_by)
);
CREATE UNIQUE INDEX one_active_account_of_person ON relief.payee_account (person) WHERE status = 'active';
CREATE UNIQUE INDEX one_active_account_of_organisation ON relief.payee_account (organisation) WHERE status = 'active';
CREATE INDEX payee_account_index ON relief.payee_account (account_index);
CREATE INDEX payee_account_holder ON relief.payee_account (holder_key);
CREATE INDEX payee_account_person ON relief.payee_account (person);
CREATE INDEX payee_account_organisation ON relief.payee_account (organisation);
CALL relief.follow('relief.payee_account', 'person', 'relief.person');
CALL relief.follow('relief.payee_account', 'organisation', 'relief.organisation', 'path');

-- Where money is awarded that an account of the owner's (a person or a union) would draw to itself: of a case that is about
-- the owner, or about a household that the owner is or was a member of; due: it isn't all paid yet. For the program, which
-- tells of the unions in the asker's sight.
CREATE FUNCTION relief.awarded_places(owner uuid) RETURNS TABLE (place ltree, is_due boolean)
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  RETURN QUERY
    SELECT c.org_path,
           EXISTS (SELECT FROM relief.instalment i WHERE i.award = w.id AND i.state NOT IN ('paid', 'stopped'))
    FROM relief.case_file c JOIN relief.award w ON w.case_id = c.id AND w.stopped_at IS NULL
    WHERE c.person = owner
       OR c.household = ANY (ARRAY(SELECT m.household FROM relief.household_member m WHERE m.person = owner))
       OR c.employer = ANY (ARRAY(SELECT e.id FROM relief.employer e WHERE e.org_id = owner));
END $$;

CREATE FUNCTION relief.draws_awarded_money(owner uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM relief.awarded_places(owner) AS award WHERE award.is_due);

-- Where somebody else has the account, too, or had it, anywhere in the tree: for the program, which tells of the unions in the asker's
-- sight. Another union's row of the same person is nobody else's.
CREATE FUNCTION relief.sharing_places(wanted bytea, owner uuid) RETURNS TABLE (place ltree, is_live boolean)
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  RETURN QUERY
    SELECT a.org_path, a.status <> 'retired' FROM relief.payee_account a LEFT JOIN relief.person p ON p.id = a.person
    WHERE a.account_index = wanted AND wanted <> '' AND coalesce(a.person, a.organisation) <> owner
      AND (p.id_index = (SELECT q.id_index FROM relief.person q WHERE q.id = owner)) IS NOT TRUE;
END $$;

CREATE FUNCTION relief.is_shared_account(wanted bytea, owner uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM relief.sharing_places(wanted, owner) AS other WHERE other.is_live);

-- What registrations of one number wait for. 256 locks serve all numbers: a lock for each account of a long roster would
-- not fit into the server's memory for locks.
CREATE FUNCTION relief.account_lock(account_index bytea) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended('account|' || get_byte(account_index, 0), 0);

-- Money can't be led elsewhere by editing an account: it stays as it was registered until its owner is erased. Active
-- without the approval of another is only an owner's first account, in the owner's name and nobody else's too, of which
-- nothing is doubtful, as long as no money is awarded that it would draw to itself.
CREATE FUNCTION relief.payee_account_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.approved_by IS NOT NULL OR NEW.status = 'retired'
       OR (NEW.status = 'pending' AND NEW.usable_from <= NEW.registered_at)
       OR (NEW.status = 'active' AND EXISTS (
         SELECT FROM relief.payee_account a
         WHERE a.person = NEW.person OR a.organisation = NEW.organisation))
       OR (NEW.status = 'active' AND relief.name_key(NEW.holder) IS DISTINCT FROM coalesce(
         (SELECT p.name_key FROM relief.person p WHERE p.id = NEW.person),
         (SELECT o.name_key FROM relief.organisation o WHERE o.id = NEW.organisation))) THEN
      RAISE EXCEPTION 'an account that isn''t its owner''s first, or is in another name, waits for its approval'
        USING ERRCODE = 'RR010';
    END IF;
    IF NEW.status = 'active' AND NEW.doubts <> '{}' THEN
      RAISE EXCEPTION 'an account of which something is doubtful waits for its approval' USING ERRCODE = 'RR010';
    END IF;
    -- Of two registrations at once the second waits here and then sees the first.
    PERFORM pg_advisory_xact_lock(relief.account_lock(NEW.account_index));
    IF NEW.status = 'active' AND relief.is_shared_account(NEW.account_index, coalesce(NEW.person, NEW.organisation)) THEN
      RAISE EXCEPTION 'an account that somebody else has too waits for its approval' USING ERRCODE = 'RR010';
    END IF;
    IF NEW.status = 'active' AND relief.draws_awarded_money(coalesce(NEW.person, NEW.organisation)) THEN
      RAISE EXCEPTION 'an account that awarded money would go to waits for its approval' USING ERRCODE = 'RR010';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.usable_from < OLD.usable_from   -- later is no harm
     OR (NEW.id, NEW.person, NEW.organisation, NEW.registered_by, NEW.registered_at, NEW.doubts)
     IS DISTINCT FROM (OLD.id, OLD.person, OLD.organisation, OLD.registered_by, OLD.registered_at, OLD.doubts)
     OR ((NEW.holder, NEW.bank, NEW.cnaps, NEW.kind, NEW.account, NEW.account_index, NEW.account_masked)
       IS DISTINCT FROM (OLD.holder, OLD.bank, OLD.cnaps, OLD.kind, OLD.account, OLD.account_index, OLD.account_masked)
       AND NOT (NEW.status = 'retired' AND NEW.account = '' AND NEW.kind = OLD.kind AND EXISTS (
         SELECT FROM relief.person p WHERE p.id = OLD.person AND p.erased_at IS NOT NULL))) THEN
    RAISE EXCEPTION 'a registered account never changes: register another' USING ERRCODE = 'RA002';
  END IF;
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
       ('pending', 'active'), ('pending', 'retired'), ('active', 'retired')) THEN
    RAISE EXCEPTION 'an account cannot go from % to %', OLD.status, NEW.status USING ERRCODE = 'RR008';
  END IF;
  IF (OLD.status = 'pending' AND NEW.status = 'active') <> ((NEW.approved_by, NEW.approved_at, NEW.sheet)
       IS DISTINCT FROM (OLD.approved_by, OLD.approved_at, OLD.sheet))
     OR (NEW.approved_despite IS DISTINCT FROM OLD.approved_despite AND OLD.status <> 'pending')
     OR (OLD.status = 'pending' AND NEW.status = 'active' AND (NEW.approved_by IS NULL OR NEW.approved_at IS NULL)) THEN
    RAISE EXCEPTION 'an account becomes active by the approval of another' USING ERRCODE = 'RR010';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payee_account_rules BEFORE INSERT OR UPDATE ON relief.payee_account
  FOR EACH ROW EXECUTE FUNCTION relief.payee_account_rules();
CREATE TRIGGER different_people AFTER UPDATE OF approved_by ON relief.payee_account
  FOR EACH ROW EXECUTE FUNCTION relief.different_people('registered_by', 'approved_by');

-- Idempotency keys, for ever: what was asked under a key, and what was answered.
CREATE TABLE relief.command_key (
  actor    text NOT NULL,
  key      text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  command  text NOT NULL,
  body_mac bytea NOT NULL CHECK (octet_length(body_mac) = 32),
  event    uuid NOT NULL,
  answered bytea,                          -- the reply, encrypted: it may hold what was revealed
  refused  jsonb,
  erased_at timestamptz,                   -- when the answer was destroyed with the personal data in it
  at       timestamptz NOT NULL,
  PRIMARY KEY (actor, key),
  CHECK (answered IS NULL OR refused IS NULL)
);
CREATE INDEX command_key_event ON relief.command_key (event);
CREATE FUNCTION relief.protect_command_key() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.answered IS NULL AND OLD.refused IS NULL AND OLD.erased_at IS NULL AND NEW.erased_at IS NULL
     AND (NEW.actor, NEW.key, NEW.command, NEW.body_mac, NEW.event, NEW.at)
       IS NOT DISTINCT FROM (OLD.actor, OLD.key, OLD.command, OLD.body_mac, OLD.event, OLD.at) THEN
    RETURN NEW;
  END IF;
  -- An answer may be destroyed; that there was one stays.
  IF OLD.answered IS NOT NULL AND NEW.answered IS NULL AND NEW.refused IS NULL AND NEW.erased_at IS NOT NULL
     AND (NEW.actor, NEW.key, NEW.command, NEW.body_mac, NEW.event, NEW.at)
       IS NOT DISTINCT FROM (OLD.actor, OLD.key, OLD.command, OLD.body_mac, OLD.event, OLD.at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the answer to a key never changes' USING ERRCODE = 'RA002';
END $$;
CREATE TRIGGER protect_command_key BEFORE UPDATE ON relief.command_key
  FOR EACH ROW EXECUTE FUNCTION relief.protect_command_key();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON relief.command_key
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- A clash with something that the asker may not know of: the nearest union above both sides answers.
CREATE TABLE relief.confirmation (
  id         uuid PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN (
               'unionCode', 'login', 'hostAccount', 'role', 'fundCode', 'payeeAccount', 'household', 'archive', 'grant')),
  asked      text NOT NULL CHECK (asked <> ''),
  org_id     uuid NOT NULL,                -- the union above both
  org_path   ltree NOT NULL,
  asked_by   uuid NOT NULL REFERENCES relief.app_user,
  asked_at   timestamptz NOT NULL,
  answer     text CHECK (answer <> ''),
  settled_by uuid REFERENCES relief.app_user,
  settled_at timestamptz,
  CONSTRAINT settled_by_another CHECK (settled_by <> asked_by),
  CHECK (num_nulls(answer, settled_by, settled_at) IN (0, 3))
);
CREATE UNIQUE INDEX waits_once ON relief.confirmation (kind, asked, asked_by) WHERE settled_at IS NULL;
CREATE INDEX confirmation_by_time ON relief.confirmation (asked_at, id);
CALL relief.follow('relief.confirmation', 'org_id', 'relief.organisation', 'path');

-- Row-level security, forced, so that it binds the tables' owner too; only a superuser passes it.
CREATE PROCEDURE relief.guard(target regclass, visible text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY subtree ON %s USING (%s)', target, visible);
END $$;
CALL relief.guard('relief.employer', 'relief.in_scope(org_path)');
CALL relief.guard('relief.person', 'relief.in_scope(org_path)');
CALL relief.guard('relief.household', 'relief.in_scope(org_path)');
CALL relief.guard('relief.household_member', 'EXISTS (SELECT FROM relief.household h WHERE h.id = household)');
CALL relief.guard('relief.membership', 'EXISTS (SELECT FROM relief.person p WHERE p.id = person)');
CALL relief.guard('relief.payee_account', 'relief.in_scope(org_path)');
-- A key belongs to who used it; only the whole tree's view, which erasure takes, reaches another's.
CALL relief.guard('relief.command_key',
  'actor = current_setting(''relief.actor'', true) OR ''''::ltree <@ ANY (relief.scope())');

CALL relief.guard('relief.confirmation',
  'asked_by::text = current_setting(''relief.actor'', true) OR relief.in_scope(org_path)');

CALL audit.watch('relief.confirmation');
CALL audit.watch('relief.organisation');
CALL audit.watch('relief.organisation_parent');
CALL audit.watch('relief.employer');
CALL audit.watch('relief.person');
CALL audit.watch('relief.household');
CALL audit.watch('relief.household_member');
CALL audit.watch('relief.membership');
CALL audit.watch('relief.app_user');
CALL audit.watch('relief.user_grant');
CALL audit.watch('relief.token');
CALL audit.watch('relief.payee_account');

REVOKE EXECUTE ON FUNCTION relief.awarded_places(uuid), relief.sharing_places(bytea, uuid),
  relief.draws_awarded_money(uuid), relief.is_shared_account(bytea, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relief.awarded_places(uuid), relief.sharing_places(bytea, uuid),
  relief.draws_awarded_money(uuid), relief.is_shared_account(bytea, uuid),
  relief.follow_parents(date) TO relief_app;
GRANT SELECT, INSERT, UPDATE ON relief.confirmation TO relief_app;
GRANT SELECT, INSERT ON relief.organisation, relief.command_key TO relief_app;
GRANT SELECT ON relief.incompatible_roles TO relief_app;
GRANT UPDATE (answered, refused, erased_at) ON relief.command_key TO relief_app;
GRANT UPDATE (name) ON relief.organisation TO relief_app;
GRANT SELECT, INSERT, UPDATE ON relief.organisation_parent, relief.employer, relief.person, relief.household,
  relief.household_member, relief.membership, relief.app_user, relief.payee_account TO relief_app;
GRANT SELECT, INSERT, UPDATE (expires_at, revoked_at) ON relief.token TO relief_app;
GRANT DELETE ON relief.organisation_parent TO relief_app;
GRANT SELECT, DELETE ON relief.person_key TO relief_app;
GRANT SELECT, INSERT, DELETE ON relief.user_grant TO relief_app;
