-- A case from application to follow-up. The order archive, rule, notice, approval, payment is law here (G15), and so
-- are four eyes (G9): code that forgets them fails.

-- What was shown to somebody who decided, byte for byte, by its SHA-256.
CREATE TABLE relief.sheet (
  id         text PRIMARY KEY CHECK (length(id) = 64),
  subject    text NOT NULL,                -- number of the case or run, id of the payee account
  content    text NOT NULL,
  created_at timestamptz NOT NULL,
  CHECK (id = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);
CREATE INDEX sheet_subject ON relief.sheet (subject);

-- Also of a payee account: who approves it signs what was shown of it.
ALTER TABLE relief.payee_account
  ADD COLUMN sheet text REFERENCES relief.sheet,
  ADD CONSTRAINT signed_on_a_sheet CHECK ((approved_by IS NULL) = (sheet IS NULL));

-- The life of a case: every change of its state is one of these moves, whoever makes it. It is born by the first. Of its ends,
-- 'rejected' and 'withdrawn' are for ever; a closed case opens again for money that the bank gives back, and for nothing else.
-- A state to come (transferred, appealed) is its rows here and in CaseLife.
CREATE TABLE relief.case_move (
  "from"   text,                           -- NULL: there was no case
  "to"     text NOT NULL,
  means    text NOT NULL CHECK (means <> ''),
  requires text,                           -- what must be there before: see relief.case_has
  UNIQUE NULLS NOT DISTINCT ("from", "to")
);
INSERT INTO relief.case_move VALUES
  (NULL, 'draft', 'opened, imported or screened', 'blank'),
  ('draft', 'submitted', 'handed in, complete and eligible', 'submission'),
  ('draft', 'withdrawn', 'the applicant gave it up', NULL),
  ('draft', 'closed', 'nothing came of it', NULL),
  ('submitted', 'returned', 'sent back to its worker; its chain begins anew', 'return'),
  ('submitted', 'rejected', 'decided against', 'rejection'),
  ('submitted', 'withdrawn', 'the applicant gave it up', NULL),
  ('submitted', 'awarded', 'its last approval granted money', 'award'),
  ('submitted', 'followUp', 'its last approval entered an archive, which pays nothing', 'archive'),
  ('returned', 'submitted', 'handed in again', 'submission'),
  ('returned', 'withdrawn', 'the applicant gave it up', NULL),
  ('returned', 'closed', 'nothing came of it', NULL),
  ('awarded', 'paying', 'an instalment is in a run', 'payment'),
  ('awarded', 'suspended', 'nothing is paid until it is resumed', NULL),
  ('awarded', 'followUp', 'its award was stopped before anything was paid', 'nothingDue'),
  ('paying', 'suspended', 'nothing more is paid until it is resumed', NULL),
  ('paying', 'followUp', 'its last instalment is paid or stopped', 'nothingDue'),
  ('suspended', 'awarded', 'resumed, nothing being paid yet', 'award'),
  ('suspended', 'paying', 'resumed, part being paid', 'payment'),
  ('followUp', 'paying', 'money came back from the bank', 'failedPayment'),
  ('followUp', 'closed', 'somebody saw how it helped', 'followUp'),
  ('closed', 'paying', 'money came back from the bank, late', 'failedPayment');

CREATE TABLE relief.case_file (
  id                uuid PRIMARY KEY,
  number            text NOT NULL UNIQUE,
  number_key        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (relief.number_key(number)) STORED,
  programme_version uuid NOT NULL REFERENCES relief.programme_version,
  programme         text NOT NULL,
  org_id            uuid NOT NULL,
  org_path          ltree NOT NULL,
  household         uuid REFERENCES relief.household,
  person            uuid REFERENCES relief.person,
  employer          uuid REFERENCES relief.employer,
  -- Whom it is granted to. A column, because under row-level security no index is searched by an expression that the server
  -- doesn't know to be discreet, and coalesce is one.
  grantee           uuid NOT NULL GENERATED ALWAYS AS (coalesce(person, household, employer)) STORED,
  period            text,                  -- what the pack's `once_per` gives: '2026', '2026-2027', …; NULL while it can't be said
  state             text NOT NULL,         -- one that relief.case_move leads to
  step              int,                   -- the open step, while there is one
  facts             jsonb NOT NULL,
  round             int NOT NULL DEFAULT 1,    -- 1, and one more each time it was sent back; it stands on the sheet
  sheet             text REFERENCES relief.sheet,
  opened_by         uuid NOT NULL REFERENCES relief.app_user,
  opened_at         timestamptz NOT NULL,
  submitted_by      uuid REFERENCES relief.app_user,
  submitted_at      timestamptz,
  first_submitted_on date,                 -- the season that it belongs to, however often it comes back
  rule_passed_at    timestamptz,
  notice_closed_at  timestamptz,
  approved_at       timestamptz,
  closed_at         timestamptz,
  closed_by         uuid REFERENCES relief.app_user,
  outcome           text,
  outcome_note      text,
  UNIQUE (id, org_path),
  CHECK (num_nonnulls(household, person, employer) >= 1),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL AND outcome IS NOT NULL)),
  CONSTRAINT closed_by_somebody CHECK (state <> 'closed' OR closed_by IS NOT NULL),
  CONSTRAINT at_a_step_under_way CHECK (
    step IS NULL OR state NOT IN ('draft', 'returned', 'rejected', 'withdrawn', 'closed')),
  CONSTRAINT period_known CHECK (period IS NOT NULL OR state IN ('draft', 'returned', 'withdrawn', 'closed')),
  CONSTRAINT submitted_once CHECK ((submitted_at IS NULL) = (first_submitted_on IS NULL)),
  -- IS TRUE: a CHECK lets pass what is neither true nor false.
  CONSTRAINT rule_before_notice CHECK (notice_closed_at IS NULL OR (rule_passed_at <= notice_closed_at) IS TRUE),
  CONSTRAINT rule_before_approval CHECK (approved_at IS NULL OR (rule_passed_at <= approved_at) IS TRUE)
);
CREATE INDEX case_org_path ON relief.case_file USING gist (org_path);
CREATE INDEX case_org ON relief.case_file (org_id);
CREATE INDEX case_by_number ON relief.case_file (number_key);
CREATE INDEX case_by_state ON relief.case_file (programme, state, number_key);
CALL relief.follow('relief.case_file', 'org_id', 'relief.organisation', 'path');
CREATE INDEX case_household ON relief.case_file (household);
CREATE INDEX case_person ON relief.case_file (person) WHERE person IS NOT NULL;
CREATE INDEX case_employer ON relief.case_file (employer) WHERE employer IS NOT NULL;
-- A child, an employer's year, a household's archive is granted once, whoever asks and however often. Whom it is about stands
-- first: that alone leads to few rows.
CREATE UNIQUE INDEX once_per_period ON relief.case_file
  (grantee, programme, period)
  WHERE state NOT IN ('rejected', 'withdrawn') AND (state <> 'closed' OR approved_at IS NOT NULL);

-- As long as it can't be said what it would be granted for, there is one.
CREATE UNIQUE INDEX one_undated_draft ON relief.case_file (grantee, programme)
  WHERE period IS NULL AND state IN ('draft', 'returned');

-- What people call whom a case is about.
CREATE FUNCTION relief.subject_number(subject uuid) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT p.number FROM relief.person p WHERE p.id = subject
  UNION ALL SELECT h.number FROM relief.household h WHERE h.id = subject
  UNION ALL SELECT e.uscc FROM relief.employer e WHERE e.id = subject
$$;

-- Two unions know one person or employer by rows of their own: the same laws over the whole tree. The detail (whom it is
-- about, both unions) is for the program, which tells of the other case to those alone who may see it.
CREATE FUNCTION relief.once_over_the_tree() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, relief SET enable_seqscan = off
SET "relief.scope" = '{""}' AS $$
DECLARE
  own text;
  about uuid := coalesce(NEW.person, NEW.household, NEW.employer);   -- of a new row generated columns come later
  twins uuid[] := '{}';
  twin uuid;
  place ltree;
  other ltree;
  number text;
BEGIN
  IF NEW.state IN ('rejected', 'withdrawn') THEN RETURN NEW; END IF;
  IF NEW.person IS NOT NULL THEN
    SELECT encode(p.id_index, 'hex') INTO own FROM relief.person p WHERE p.id = NEW.person;
    SELECT array_agg(q.id) INTO twins FROM relief.person p JOIN relief.person q ON q.id_index = p.id_index
    WHERE p.id = NEW.person AND q.id <> NEW.person;
  ELSIF NEW.household IS NULL THEN
    SELECT e.uscc INTO own FROM relief.employer e WHERE e.id = NEW.employer;
    SELECT array_agg(f.id) INTO twins FROM relief.employer e JOIN relief.employer f ON f.uscc = e.uscc
    WHERE e.id = NEW.employer AND f.id <> NEW.employer;
  END IF;
  IF NEW.period IS NULL THEN
    SELECT c.org_path, relief.subject_number(about) INTO other, number FROM relief.case_file c
    WHERE c.programme = NEW.programme AND c.grantee = about
      AND c.period IS NULL AND c.state IN ('draft', 'returned') AND c.id <> NEW.id LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'there is a draft of it already' USING ERRCODE = 'unique_violation',
        CONSTRAINT = 'one_undated_draft', DETAIL = concat_ws(' ', number, NEW.org_path, other);
    END IF;
    RETURN NEW;
  END IF;
  -- Of two cases opened at once, the second waits here and then sees the first.
  IF own IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws('|', 'case', NEW.programme, NEW.period, own), 0));
  END IF;
  -- One by one, so that each is found by all that the index has.
  FOREACH twin IN ARRAY about || twins LOOP
    SELECT c.org_path INTO place FROM relief.case_file c
    WHERE c.grantee = twin AND c.programme = NEW.programme
      AND c.period = NEW.period AND c.state NOT IN ('rejected', 'withdrawn')
      AND (c.state <> 'closed' OR c.approved_at IS NOT NULL) AND c.id <> NEW.id
    ORDER BY c.org_path <@ NEW.org_path DESC LIMIT 1;
    IF FOUND AND (other IS NULL OR place <@ NEW.org_path) THEN other := place; END IF;
  END LOOP;
  IF other IS NOT NULL THEN
    number := relief.subject_number(about);
    RAISE EXCEPTION 'there is a case for it already' USING ERRCODE = 'unique_violation', CONSTRAINT = 'once_per_period',
      DETAIL = concat_ws(' ', number, NEW.org_path, other);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER once_over_the_tree BEFORE INSERT OR UPDATE OF period ON relief.case_file
  FOR EACH ROW EXECUTE FUNCTION relief.once_over_the_tree();

-- Whether a union answers for all whom a case is about: each is its own, or one's above or under it.
CREATE FUNCTION relief.answers_for(place ltree, about_household uuid, about_person uuid, about_employer uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  RETURN NOT EXISTS (
    SELECT h.org_path FROM relief.household h WHERE h.id = about_household AND NOT relief.on_one_line(h.org_path, place)
    UNION ALL
    SELECT p.org_path FROM relief.person p WHERE p.id = about_person AND NOT relief.on_one_line(p.org_path, place)
    UNION ALL
    SELECT e.org_path FROM relief.employer e WHERE e.id = about_employer AND NOT relief.on_one_line(e.org_path, place));
END $$;
REVOKE EXECUTE ON FUNCTION relief.answers_for(ltree, uuid, uuid, uuid) FROM PUBLIC;

-- A case belongs to a union that answers for its subject; see also relief.responsible_decision.
CREATE FUNCTION relief.responsible_union() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, relief AS $$
BEGIN
  IF NOT relief.answers_for(NEW.org_path, NEW.household, NEW.person, NEW.employer) THEN
    RAISE EXCEPTION 'the union of case % doesn''t answer for whom it is about', NEW.number USING ERRCODE = 'RR015';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER responsible_union BEFORE INSERT ON relief.case_file
  FOR EACH ROW EXECUTE FUNCTION relief.responsible_union();

-- A case's number, for whoever sees what names it: a payment of a fund's, a line of a public notice.
CREATE FUNCTION relief.case_number(wanted uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
  SELECT c.number FROM relief.case_file c WHERE c.id = wanted
$$;
REVOKE EXECUTE ON FUNCTION relief.case_number(uuid) FROM PUBLIC;

-- Whom a case is about, for whoever sees the case: the grantee's number and name. Nobody where the case's union doesn't
-- answer for it any more: it is another union's then.
CREATE FUNCTION relief.case_subject(wanted uuid) RETURNS TABLE (number text, name text)
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, public, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  RETURN QUERY SELECT coalesce(p.number, h.number, e.uscc), coalesce(p.name, head.name, e.name)
  FROM relief.case_file c LEFT JOIN relief.person p ON p.id = c.person
  LEFT JOIN relief.household h ON h.id = c.household AND c.person IS NULL
  LEFT JOIN relief.person head ON head.id = h.head
  LEFT JOIN relief.employer e ON e.id = c.employer
  WHERE c.id = wanted AND relief.on_one_line(c.org_path, coalesce(p.org_path, h.org_path, e.org_path))
    AND (head.id IS NULL OR relief.on_one_line(c.org_path, head.org_path));
END $$;
REVOKE EXECUTE ON FUNCTION relief.case_subject(uuid) FROM PUBLIC;

-- Whose case it is, who opened it and by which rules stays as it was; who submitted it changes with a new submission only:
-- four eyes look at these.
CREATE FUNCTION relief.protect_case_file() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.number, NEW.programme_version, NEW.programme, NEW.org_id, NEW.household, NEW.person,
      NEW.employer, NEW.opened_by, NEW.opened_at)
     IS DISTINCT FROM (OLD.id, OLD.number, OLD.programme_version, OLD.programme, OLD.org_id, OLD.household,
      OLD.person, OLD.employer, OLD.opened_by, OLD.opened_at)
     OR (OLD.first_submitted_on IS NOT NULL AND NEW.first_submitted_on IS DISTINCT FROM OLD.first_submitted_on) THEN
    RAISE EXCEPTION 'case % keeps its subject, its programme and who opened it', OLD.number USING ERRCODE = 'RA002';
  END IF;
  -- What it is granted once for follows from its facts, and they are what reviewers see once it is submitted.
  IF NEW.period IS DISTINCT FROM OLD.period AND OLD.state NOT IN ('draft', 'returned') THEN
    RAISE EXCEPTION 'case % keeps what it is granted for', OLD.number USING ERRCODE = 'RA002';
  END IF;
  IF (NEW.submitted_by, NEW.submitted_at) IS DISTINCT FROM (OLD.submitted_by, OLD.submitted_at)
     AND (OLD.state IN ('draft', 'returned') AND NEW.state = 'submitted' AND NEW.submitted_by IS NOT NULL
          AND NEW.submitted_at IS NOT NULL) IS NOT TRUE THEN
    RAISE EXCEPTION 'who submitted case % changes only when it is submitted again', OLD.number USING ERRCODE = 'RA002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER protect_case_file BEFORE UPDATE ON relief.case_file
  FOR EACH ROW EXECUTE FUNCTION relief.protect_case_file();

CREATE TABLE relief.case_step (
  id         uuid PRIMARY KEY,
  case_id    uuid NOT NULL REFERENCES relief.case_file,
  ordinal    int NOT NULL CHECK (ordinal > 0),
  kind       text NOT NULL CHECK (kind IN ('review', 'visit', 'means', 'committee', 'notice', 'approve', 'pay', 'followUp')),
  title      text NOT NULL,
  state      text NOT NULL CHECK (state IN ('waiting', 'open', 'done', 'skipped')),
  opened_at  timestamptz,
  due_on     date,
  overdue_at timestamptz,                  -- when the SLA watch found it late
  done_at    timestamptz,
  UNIQUE (case_id, ordinal)
);
CREATE UNIQUE INDEX one_open_step ON relief.case_step (case_id) WHERE state = 'open';
CREATE INDEX step_due ON relief.case_step (due_on) WHERE state = 'open' AND overdue_at IS NULL;

CREATE TABLE relief.evidence (
  id         uuid PRIMARY KEY,
  case_id    uuid NOT NULL REFERENCES relief.case_file,
  kind       text NOT NULL CHECK (kind <> ''),
  file_name  text NOT NULL CHECK (octet_length(file_name) BETWEEN 1 AND 255 AND file_name !~ '[/\\[:cntrl:]]'),
  media_type text NOT NULL,
  size       bigint NOT NULL CHECK (size > 0),
  sha256     text NOT NULL CHECK (length(sha256) = 64),
  added_by   uuid NOT NULL REFERENCES relief.app_user,
  added_at   timestamptz NOT NULL
);
CREATE INDEX evidence_case ON relief.evidence (case_id);

CREATE TABLE relief.visit (
  id          uuid PRIMARY KEY,
  case_id     uuid NOT NULL REFERENCES relief.case_file,
  visited_on  date NOT NULL,
  visitor     uuid NOT NULL REFERENCES relief.app_user,
  companion   uuid NOT NULL REFERENCES relief.app_user,
  findings    text NOT NULL CHECK (findings <> ''),
  facts       jsonb NOT NULL,
  recorded_by uuid NOT NULL REFERENCES relief.app_user,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT two_visitors CHECK (visitor <> companion)
);
CREATE INDEX visit_case ON relief.visit (case_id);
CREATE TRIGGER different_people AFTER INSERT ON relief.visit
  FOR EACH ROW EXECUTE FUNCTION relief.different_people('visitor', 'companion');

CREATE TABLE relief.means_check (
  id          uuid PRIMARY KEY,
  case_id     uuid NOT NULL REFERENCES relief.case_file,
  source      text NOT NULL CHECK (source <> ''),
  checked_on  date NOT NULL,
  facts       jsonb NOT NULL,
  note        text,
  recorded_by uuid NOT NULL REFERENCES relief.app_user,
  recorded_at timestamptz NOT NULL
);
CREATE INDEX means_check_case ON relief.means_check (case_id);

-- Who changed the facts of a case, once in each of its rounds; kept by the database itself, so that no way of changing them
-- can forget it. The event says when.
CREATE TABLE relief.amendment (
  id         uuid PRIMARY KEY,
  case_id    uuid NOT NULL REFERENCES relief.case_file,
  round      int NOT NULL,
  amended_by uuid NOT NULL REFERENCES relief.app_user,
  event      uuid NOT NULL,
  UNIQUE (case_id, round, amended_by)
);

CREATE FUNCTION relief.note_amendment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  acting text := nullif(current_setting('relief.actor', true), '');
BEGIN
  IF acting IS NULL THEN
    RAISE EXCEPTION 'who changes the facts of case % is known', NEW.number USING ERRCODE = 'RA001';
  END IF;
  INSERT INTO relief.amendment (id, case_id, round, amended_by, event)
  VALUES (gen_random_uuid(), NEW.id, NEW.round, acting::uuid, audit.current_event())
  ON CONFLICT (case_id, round, amended_by) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER note_amendment AFTER UPDATE OF facts ON relief.case_file FOR EACH ROW
  WHEN (OLD.facts IS DISTINCT FROM NEW.facts) EXECUTE FUNCTION relief.note_amendment();

-- Kin that staff declared: they decide nothing for one another.
CREATE TABLE relief.kinship (
  id       uuid PRIMARY KEY,
  person   uuid NOT NULL REFERENCES relief.person,
  relative uuid NOT NULL REFERENCES relief.person CHECK (relative <> person),
  relation text NOT NULL,
  UNIQUE (person, relative)
);

-- Who decided what, on which exact bytes, with the rule's inputs and trace, so that it can be replayed.
CREATE TABLE relief.decision (
  id         uuid PRIMARY KEY,
  case_id    uuid NOT NULL REFERENCES relief.case_file,
  step       int,
  kind       text NOT NULL CHECK (kind IN ('submit', 'review', 'committee', 'approve', 'close')),
  outcome    text NOT NULL CHECK (outcome IN ('pass', 'reject', 'return')),
  decided_by uuid NOT NULL REFERENCES relief.app_user,
  reason     text,
  sheet      text NOT NULL REFERENCES relief.sheet,
  version    uuid NOT NULL REFERENCES relief.programme_version,
  inputs     jsonb NOT NULL,
  trace      jsonb NOT NULL,
  decided_at timestamptz NOT NULL,
  CONSTRAINT reason_when_not_passed CHECK (outcome = 'pass' OR coalesce(reason, '') <> '')
);
CREATE INDEX decision_case ON relief.decision (case_id, decided_at);
CREATE UNIQUE INDEX one_approval_each ON relief.decision (case_id, step, decided_by, sheet) WHERE kind = 'approve';

-- G9. Users stand for people, and who acted is compared by person (relief.who). Unions know one person by rows of their own:
-- the blind index of the identity number says who is the same.
CREATE FUNCTION relief.same_person(wanted uuid) RETURNS SETOF uuid
-- Unless told, the planner takes a thousand rows for granted, a million where one calls it for each row of another, and has
-- each of those statements compiled first, which takes it seconds.
LANGUAGE sql ROWS 2 STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
  SELECT wanted UNION SELECT q.id FROM relief.person p JOIN relief.person q ON q.id_index = p.id_index WHERE p.id = wanted
$$;
REVOKE EXECUTE ON FUNCTION relief.same_person(uuid) FROM PUBLIC;

-- Whom a user has no say about: the person behind the user, declared kin, and whoever is or was in one household with that
-- person, each under every number that a union knows them by. Empty where nobody is behind the user.
CREATE FUNCTION relief.close_to(acting uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
  WITH own AS (
    SELECT s.id FROM relief.app_user u CROSS JOIN LATERAL relief.same_person(u.person) AS s (id)
    WHERE u.id = acting AND u.person IS NOT NULL
  ), near AS (
    SELECT own.id FROM own
    UNION SELECT k.relative FROM relief.kinship k JOIN own ON own.id = k.person
    UNION SELECT k.person FROM relief.kinship k JOIN own ON own.id = k.relative
    UNION SELECT n.person FROM own JOIN relief.household_member m ON m.person = own.id
          JOIN relief.household_member n ON n.household = m.household
  )
  SELECT coalesce(array_agg(DISTINCT s.id), '{}') FROM near CROSS JOIN LATERAL relief.same_person(near.id) AS s (id)
$$;
REVOKE EXECUTE ON FUNCTION relief.close_to(uuid) FROM PUBLIC;

-- A payment stop is not lifted by one person, nor by who may inherit.
CREATE FUNCTION relief.death_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  IF NEW.erased_at IS NOT NULL THEN RETURN NEW; END IF;
  IF OLD.died_on IS NULL AND NEW.died_on IS NOT NULL AND NEW.death_retracted_by IS NULL THEN RETURN NEW; END IF;
  IF OLD.died_on IS NULL OR NEW.died_on IS NOT NULL OR NEW.death_recorded_by IS DISTINCT FROM OLD.death_recorded_by THEN
    RAISE EXCEPTION 'a recorded death never changes: it can be taken back' USING ERRCODE = 'RA002';
  END IF;
  IF (relief.who(NEW.death_retracted_by) <> relief.who(OLD.death_recorded_by)) IS NOT TRUE THEN
    RAISE EXCEPTION 'nobody takes back a death that he or she recorded' USING ERRCODE = 'RR021';
  END IF;
  IF NEW.id = ANY (relief.close_to(NEW.death_retracted_by)) THEN
    RAISE EXCEPTION 'nobody takes back the death of a relative or of a member of the own household' USING ERRCODE = 'RR021';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER death_rules BEFORE UPDATE ON relief.person FOR EACH ROW
  WHEN ((OLD.died_on, OLD.death_recorded_by, OLD.death_retracted_by)
        IS DISTINCT FROM (NEW.died_on, NEW.death_recorded_by, NEW.death_retracted_by))
  EXECUTE FUNCTION relief.death_rules();

-- Whether a case is about the user, or about somebody close to the user.
CREATE FUNCTION relief.is_close_case(file uuid, acting uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
  SELECT EXISTS (
    SELECT FROM (
      SELECT c.person FROM relief.case_file c WHERE c.id = file
      UNION SELECT m.person FROM relief.case_file c JOIN relief.household_member m ON m.household = c.household
            WHERE c.id = file
      UNION SELECT h.head FROM relief.case_file c JOIN relief.household h ON h.id = c.household WHERE c.id = file
    ) AS concerned
    WHERE concerned.person = ANY (relief.close_to(acting)))
$$;
REVOKE EXECUTE ON FUNCTION relief.is_close_case(uuid, uuid) FROM PUBLIC;

-- Nobody leads another's money, as a relative might, to an account that he or she then approves.
CREATE FUNCTION relief.account_approved_by_stranger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  IF NEW.person = ANY (relief.close_to(NEW.approved_by)) THEN
    RAISE EXCEPTION 'nobody approves an account of his or her own, of a relative or of a member of the household'
      USING ERRCODE = 'RR050';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_approved_by_stranger BEFORE UPDATE OF approved_by ON relief.payee_account FOR EACH ROW
  WHEN (NEW.approved_by IS DISTINCT FROM OLD.approved_by) EXECUTE FUNCTION relief.account_approved_by_stranger();

CREATE FUNCTION relief.four_eyes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  file relief.case_file;
  deciding uuid := relief.who(NEW.decided_by);
  hand text;
BEGIN
  SELECT * INTO file FROM relief.case_file WHERE id = NEW.case_id FOR UPDATE;
  IF NEW.kind = 'submit' THEN RETURN NEW; END IF;
  IF NEW.sheet IS DISTINCT FROM file.sheet THEN
    RAISE EXCEPTION 'case % has changed since it was shown', file.number USING ERRCODE = 'RR002';
  END IF;
  SELECT h.act INTO hand FROM relief.hands(NEW.case_id) AS h WHERE h.who = deciding LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'nobody decides a case that he or she made' USING ERRCODE = 'RR003', DETAIL = hand;
  END IF;
  -- Two levels of review are two people's.
  IF NEW.kind IN ('review', 'committee') AND NEW.outcome = 'pass' AND EXISTS (
       SELECT FROM relief.decision d WHERE d.case_id = NEW.case_id AND d.kind IN ('review', 'committee')
         AND d.outcome = 'pass' AND relief.who(d.decided_by) = deciding AND d.step <> NEW.step
         AND d.decided_at >= file.submitted_at) THEN
    RAISE EXCEPTION 'nobody passes two levels of review of a case' USING ERRCODE = 'RR023';
  END IF;
  IF NEW.kind = 'approve' AND EXISTS (
       SELECT FROM relief.decision d WHERE d.case_id = NEW.case_id AND d.kind IN ('review', 'committee')
         AND relief.who(d.decided_by) = deciding) THEN
    RAISE EXCEPTION 'nobody approves a case that he or she reviewed' USING ERRCODE = 'RR003', DETAIL = 'reviewed';
  END IF;
  IF NEW.kind = 'approve' AND EXISTS (
       SELECT FROM relief.decision d WHERE d.case_id = NEW.case_id AND d.kind = 'approve' AND d.step = NEW.step
         AND d.sheet = NEW.sheet AND d.decided_by <> NEW.decided_by AND relief.who(d.decided_by) = deciding) THEN
    RAISE EXCEPTION 'two users of one person are one person' USING ERRCODE = 'RR046';
  END IF;
  IF relief.is_close_case(NEW.case_id, NEW.decided_by) THEN
    RAISE EXCEPTION 'nobody decides on his or her own or a relative''s case' USING ERRCODE = 'RR004';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER four_eyes BEFORE INSERT ON relief.decision FOR EACH ROW EXECUTE FUNCTION relief.four_eyes();

-- Unions move: whoever says yes to a case does so for a union that still answers for whom it is about.
CREATE FUNCTION relief.responsible_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  file relief.case_file;
BEGIN
  SELECT * INTO file FROM relief.case_file WHERE id = NEW.case_id;
  IF NOT relief.answers_for(file.org_path, file.household, file.person, file.employer) THEN
    RAISE EXCEPTION 'the union of case % doesn''t answer for whom it is about', file.number USING ERRCODE = 'RR015';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER responsible_decision BEFORE INSERT ON relief.decision FOR EACH ROW
  WHEN (NEW.outcome = 'pass' AND NEW.kind <> 'close') EXECUTE FUNCTION relief.responsible_decision();

-- A public notice: a list of cases that stands for its working days; an objection stops the clock of its case.
CREATE TABLE relief.notice (
  id           uuid PRIMARY KEY,
  number       text NOT NULL UNIQUE,
  number_key   text COLLATE "C" NOT NULL GENERATED ALWAYS AS (relief.number_key(number)) STORED,
  programme    text NOT NULL,
  org_id       uuid NOT NULL,
  org_path     ltree NOT NULL,
  starts_on    date NOT NULL,
  working_days int NOT NULL CHECK (working_days > 0),
  state        text NOT NULL CHECK (state IN ('running', 'paused', 'closed', 'withdrawn')),
  public_text  text NOT NULL,
  published_by uuid NOT NULL REFERENCES relief.app_user,
  published_at timestamptz NOT NULL,
  closed_at    timestamptz
);

CREATE INDEX notice_by_number ON relief.notice (number_key);
CREATE INDEX notice_org ON relief.notice (org_id);
CALL relief.follow('relief.notice', 'org_id', 'relief.organisation', 'path');

CREATE TABLE relief.notice_item (
  id          uuid PRIMARY KEY,
  notice      uuid NOT NULL REFERENCES relief.notice,
  case_id     uuid NOT NULL REFERENCES relief.case_file,
  public_name text NOT NULL,
  category    text NOT NULL,
  amount      bigint CHECK (amount >= 0),
  state       text NOT NULL CHECK (state IN ('listed', 'objected', 'cleared', 'removed')),
  closes_on   date NOT NULL,               -- the last day of the notice; it closes when that day is over
  paused_on   date,
  closed_at   timestamptz,
  UNIQUE (notice, case_id),
  CHECK ((state = 'objected') = (paused_on IS NOT NULL)),
  CHECK ((state = 'cleared') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_notice_at_a_time ON relief.notice_item (case_id) WHERE state IN ('listed', 'objected');
CREATE INDEX notice_item_case ON relief.notice_item (case_id);
CREATE INDEX notice_item_closing ON relief.notice_item (closes_on) WHERE state = 'listed';

CREATE TABLE relief.objection (
  id          uuid PRIMARY KEY,
  item        uuid NOT NULL REFERENCES relief.notice_item,
  content     text NOT NULL CHECK (content <> ''),
  raised_by   text,
  raised_at   timestamptz NOT NULL,
  state       text NOT NULL CHECK (state IN ('open', 'dismissed', 'upheld')),
  resolution  text,
  resolved_by uuid REFERENCES relief.app_user,
  resolved_at timestamptz,
  CHECK ((state = 'open') = (resolved_at IS NULL))
);

CREATE INDEX objection_item ON relief.objection (item);

-- The last day on which a case stands on its notice: the one on which its working days are full, those not counted that went
-- by between an objection and its dismissal. Of an objection that is open still, as if it had not been raised.
CREATE FUNCTION relief.notice_end(item uuid) RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  day date;
  wanted int;
BEGIN
  SELECT n.starts_on, n.working_days INTO STRICT day, wanted
  FROM relief.notice_item i JOIN relief.notice n ON n.id = i.notice WHERE i.id = notice_end.item;
  WHILE wanted > 0 LOOP
    day := day + 1;
    IF relief.is_working_day(day) AND NOT EXISTS (
         SELECT FROM relief.objection b WHERE b.item = notice_end.item
           AND day > relief.civil_day(b.raised_at) AND day <= relief.civil_day(b.resolved_at)) THEN
      wanted := wanted - 1;
    END IF;
  END LOOP;
  RETURN day;
END $$;
REVOKE EXECUTE ON FUNCTION relief.notice_end(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relief.notice_end(uuid) TO relief_app;

-- Whose hands made a case what is decided about, in all of its rounds, and by which act.
CREATE FUNCTION relief.hands(file uuid) RETURNS TABLE (who uuid, act text)
LANGUAGE sql STABLE ROWS 8 SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
  SELECT relief.who(hand.acting), hand.act FROM (
    SELECT c.opened_by AS acting, 'opened' AS act FROM relief.case_file c WHERE c.id = file
    UNION ALL SELECT c.submitted_by, 'submitted' FROM relief.case_file c WHERE c.id = file
    UNION ALL SELECT d.decided_by, 'submitted' FROM relief.decision d WHERE d.case_id = file AND d.kind = 'submit'
    UNION ALL SELECT a.amended_by, 'amended' FROM relief.amendment a WHERE a.case_id = file
    UNION ALL SELECT e.added_by, 'papers' FROM relief.evidence e WHERE e.case_id = file
    UNION ALL SELECT v.acting, 'visited' FROM relief.visit w, unnest(ARRAY[w.visitor, w.companion, w.recorded_by]) AS v (acting)
              WHERE w.case_id = file
    UNION ALL SELECT m.recorded_by, 'means' FROM relief.means_check m WHERE m.case_id = file
    UNION ALL SELECT n.published_by, 'published' FROM relief.notice_item i JOIN relief.notice n ON n.id = i.notice WHERE i.case_id = file
    UNION ALL SELECT b.resolved_by, 'resolved' FROM relief.notice_item i JOIN relief.objection b ON b.item = i.id WHERE i.case_id = file
  ) AS hand WHERE hand.acting IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION relief.hands(uuid) FROM PUBLIC;

-- A case is cleared when it stood its working days, and not before.
CREATE FUNCTION relief.notice_item_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  IF TG_OP = 'INSERT' OR (relief.civil_day(NEW.closed_at) > relief.notice_end(NEW.id)) IS NOT TRUE
     OR EXISTS (SELECT FROM relief.objection b WHERE b.item = NEW.id AND b.state = 'open') THEN
    RAISE EXCEPTION 'the public notice has not stood its working days' USING ERRCODE = 'RR025';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER notice_item_rules BEFORE INSERT ON relief.notice_item FOR EACH ROW WHEN (NEW.state <> 'listed')
  EXECUTE FUNCTION relief.notice_item_rules();
CREATE TRIGGER notice_item_stood BEFORE UPDATE ON relief.notice_item FOR EACH ROW
  WHEN (NEW.state = 'cleared' AND (OLD.state, OLD.closed_at) IS DISTINCT FROM (NEW.state, NEW.closed_at))
  EXECUTE FUNCTION relief.notice_item_rules();

-- An objection is weighed by another than made the case, and by nobody whom the case is about.
CREATE FUNCTION relief.objection_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  file relief.case_file;
BEGIN
  IF NEW.resolved_by IS NULL THEN
    RAISE EXCEPTION 'an objection is resolved by somebody' USING ERRCODE = 'RR008';
  END IF;
  SELECT c.* INTO file FROM relief.notice_item i JOIN relief.case_file c ON c.id = i.case_id WHERE i.id = NEW.item;
  IF relief.who(NEW.resolved_by) IN (relief.who(file.opened_by), relief.who(file.submitted_by)) THEN
    RAISE EXCEPTION 'nobody resolves an objection to a case that he or she made' USING ERRCODE = 'RR021';
  END IF;
  IF relief.is_close_case(file.id, NEW.resolved_by) THEN
    RAISE EXCEPTION 'nobody decides on his or her own or a relative''s case' USING ERRCODE = 'RR004';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER objection_rules BEFORE INSERT OR UPDATE ON relief.objection FOR EACH ROW WHEN (NEW.state <> 'open')
  EXECUTE FUNCTION relief.objection_rules();

-- What a case was granted. Its four dates repeat those of the case, so that their order is a constraint of the row.
CREATE TABLE relief.award (
  id               uuid PRIMARY KEY,
  case_id          uuid NOT NULL UNIQUE REFERENCES relief.case_file,
  amount           bigint NOT NULL CHECK (amount > 0),
  item             text NOT NULL,          -- the fund item that it is charged to
  fund             uuid NOT NULL,
  sheet            text NOT NULL REFERENCES relief.sheet,
  approvals_needed int NOT NULL CHECK (approvals_needed > 0),
  archived_on      date,
  archive_waived   text,                   -- why the programme needs no archive
  rule_passed_at   timestamptz NOT NULL,
  notice_closed_at timestamptz,
  notice_waived    text,
  approved_at      timestamptz NOT NULL,
  stopped_at       timestamptz,
  stop_reason      text,
  CONSTRAINT archive_first CHECK ((archived_on <= relief.civil_day(approved_at)) IS TRUE
                                   OR (archived_on IS NULL AND archive_waived IS NOT NULL)),
  CONSTRAINT notice_after_rule CHECK ((rule_passed_at <= notice_closed_at) IS TRUE
                                      OR (notice_closed_at IS NULL AND notice_waived IS NOT NULL)),
  CONSTRAINT approval_after_notice CHECK (coalesce(notice_closed_at, rule_passed_at) <= approved_at)
);

-- Under which rows the same beneficiary is known: a person or employer in every union, a household with every other that one
-- of its members belongs or belonged to, so that splitting one (分户) makes no second claim.
--
-- Step by step and by index (as the other laws that look along people): a plan that was made while a table was small, and is
-- kept, reads it whole when it has grown.
CREATE FUNCTION relief.same_beneficiary(owner uuid, on_day date) RETURNS SETOF uuid
LANGUAGE plpgsql ROWS 4 STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET enable_seqscan = off
SET "relief.scope" = '{""}' AS $$
DECLARE
  people uuid[] := ARRAY(SELECT m.person FROM relief.household_member m WHERE m.household = owner AND m.valid @> on_day);
  twins uuid[] := ARRAY(
    SELECT q.id FROM relief.person p JOIN relief.person q ON q.id_index = p.id_index WHERE p.id = ANY (owner || people));
BEGIN
  IF people = '{}' THEN
    RETURN QUERY
      SELECT owner UNION SELECT unnest(twins)
      UNION SELECT f.id FROM relief.employer e JOIN relief.employer f ON f.uscc = e.uscc WHERE e.id = owner;
  ELSE
    RETURN QUERY
      SELECT owner UNION SELECT n.household FROM relief.household_member n WHERE n.person = ANY (people || twins);
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION relief.same_beneficiary(uuid, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relief.same_beneficiary(uuid, date) TO relief_app;

-- Awards of one item to the same beneficiary wait for one another: each sees what the other granted before it is reckoned
-- what is left of a limit. In one order, so that none waits for ever.
CREATE FUNCTION relief.lock_aid(owner uuid, item text, on_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(locks.key) FROM (
    SELECT DISTINCT hashtextextended(concat_ws('|', 'aid', item, same.id), 0) AS key
    FROM relief.same_beneficiary(owner, on_day) AS same (id) ORDER BY key) AS locks;
END $$;
REVOKE EXECUTE ON FUNCTION relief.lock_aid(uuid, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relief.lock_aid(uuid, text, date) TO relief_app;

CREATE FUNCTION relief.award_follows_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  file relief.case_file;
  approvals bigint;
BEGIN
  SELECT * INTO file FROM relief.case_file WHERE id = NEW.case_id;
  IF (file.rule_passed_at, file.notice_closed_at, file.approved_at, file.sheet)
     IS DISTINCT FROM (NEW.rule_passed_at, NEW.notice_closed_at, NEW.approved_at, NEW.sheet) THEN
    RAISE EXCEPTION 'the award of case % does not follow its case', file.number USING ERRCODE = 'RR005';
  END IF;
  IF NEW.notice_closed_at IS NOT NULL AND NOT EXISTS (
       SELECT FROM relief.notice_item i WHERE i.case_id = NEW.case_id AND i.state = 'cleared'
         AND i.closed_at = NEW.notice_closed_at) THEN
    RAISE EXCEPTION 'case % has no closed public notice', file.number USING ERRCODE = 'RR005';
  END IF;
  -- Days off may have been entered after it was cleared.
  IF EXISTS (
       SELECT FROM relief.notice_item i WHERE i.case_id = NEW.case_id AND i.closed_at = NEW.notice_closed_at
         AND relief.notice_end(i.id) >= relief.civil_day(i.closed_at)) THEN
    RAISE EXCEPTION 'the public notice of case % has not stood its working days', file.number USING ERRCODE = 'RR025';
  END IF;
  IF NEW.notice_closed_at IS NULL AND EXISTS (
       SELECT FROM relief.case_step s WHERE s.case_id = NEW.case_id AND s.kind = 'notice') THEN
    RAISE EXCEPTION 'case % has no closed public notice', file.number USING ERRCODE = 'RR005';
  END IF;
  SELECT count(DISTINCT relief.who(d.decided_by)) INTO approvals FROM relief.decision d
    WHERE d.case_id = NEW.case_id AND d.kind = 'approve' AND d.outcome = 'pass' AND d.sheet = NEW.sheet;
  IF approvals < NEW.approvals_needed THEN
    RAISE EXCEPTION 'case % has % of % approvals', file.number, approvals, NEW.approvals_needed USING ERRCODE = 'RR006';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER award_follows_case BEFORE INSERT ON relief.award FOR EACH ROW EXECUTE FUNCTION relief.award_follows_case();

-- What the award leaves out, the programme allows to be left out: no reason given in words does. What it grants is what
-- the approvers were shown.
CREATE FUNCTION relief.award_keeps_to_programme() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  file relief.case_file;
  programme relief.programme_version;
  shown bigint;
BEGIN
  SELECT * INTO file FROM relief.case_file WHERE id = NEW.case_id;
  SELECT * INTO programme FROM relief.programme_version WHERE id = file.programme_version;
  IF (NEW.archived_on IS NULL AND programme.needs_archive)
     OR (NEW.archived_on IS NOT NULL AND NOT EXISTS (
       SELECT FROM relief.archive a WHERE a.household = file.household AND a.archived_on = NEW.archived_on
         AND (a.ended_at IS NULL OR a.ended_at > NEW.approved_at))) THEN
    RAISE EXCEPTION 'the household of case % has no such archive in force', file.number USING ERRCODE = 'RR005';
  END IF;
  IF NEW.notice_closed_at IS NULL AND programme.has_notice THEN
    RAISE EXCEPTION 'case % has no closed public notice', file.number USING ERRCODE = 'RR005';
  END IF;
  IF NEW.approvals_needed < relief.approvers(programme.bands, NEW.amount) THEN
    RAISE EXCEPTION 'the award of case % takes % approvals', file.number, relief.approvers(programme.bands, NEW.amount)
      USING ERRCODE = 'RR006';
  END IF;
  SELECT (s.content::jsonb #>> '{assessment,amount}')::bigint INTO shown FROM relief.sheet s WHERE s.id = NEW.sheet;
  IF NEW.amount IS DISTINCT FROM shown THEN
    RAISE EXCEPTION 'the award of case % is not the amount that was approved', file.number USING ERRCODE = 'RR005';
  END IF;
  IF file.period IS DISTINCT FROM (SELECT s.content::jsonb #>> '{assessment,period}' FROM relief.sheet s WHERE s.id = NEW.sheet) THEN
    RAISE EXCEPTION 'the award of case % is for another period than the case', file.number USING ERRCODE = 'RR005';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER award_keeps_to_programme AFTER INSERT ON relief.award
  FOR EACH ROW EXECUTE FUNCTION relief.award_keeps_to_programme();

-- The award itself is never changed; it can be stopped once.
CREATE FUNCTION relief.protect_award() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.stopped_at IS NULL AND to_jsonb(NEW) - 'stopped_at' - 'stop_reason'
     = to_jsonb(OLD) - 'stopped_at' - 'stop_reason' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an award never changes: it can be stopped, and a new case opened' USING ERRCODE = 'RA002';
END $$;
CREATE TRIGGER protect_award BEFORE UPDATE ON relief.award FOR EACH ROW EXECUTE FUNCTION relief.protect_award();

CREATE TABLE relief.instalment (
  id       uuid PRIMARY KEY,
  award    uuid NOT NULL REFERENCES relief.award,
  case_id  uuid NOT NULL REFERENCES relief.case_file,
  ordinal  int NOT NULL CHECK (ordinal > 0),
  due_on   date NOT NULL,
  amount   bigint NOT NULL CHECK (amount > 0),
  state    text NOT NULL CHECK (state IN ('due', 'inRun', 'paid', 'failed', 'stopped')),
  hold     uuid,                           -- the ledger's hold, renewed after a return
  UNIQUE (award, ordinal)
);
CREATE INDEX instalment_due ON relief.instalment (due_on) WHERE state = 'due';
CREATE INDEX instalment_case ON relief.instalment (case_id);

-- Until it is in a run its day moves with the working days.
CREATE FUNCTION relief.protect_instalment() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.award, NEW.case_id, NEW.ordinal, NEW.amount)
     IS DISTINCT FROM (OLD.id, OLD.award, OLD.case_id, OLD.ordinal, OLD.amount)
     OR (NEW.due_on <> OLD.due_on
         AND ((OLD.state, NEW.state) = ('due', 'due') AND relief.changes_calendar()) IS NOT TRUE) THEN
    RAISE EXCEPTION 'an instalment never changes what it pays' USING ERRCODE = 'RA002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER protect_instalment BEFORE UPDATE ON relief.instalment
  FOR EACH ROW EXECUTE FUNCTION relief.protect_instalment();

-- An award is its instalments, to the fen, when the command that made it commits.
CREATE FUNCTION relief.instalments_are_award() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  wanted uuid := CASE WHEN TG_TABLE_NAME = 'award' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(coalesce(NEW, OLD)) ->> 'award' END;
  shown jsonb;
BEGIN
  -- Part by part what the approvers were shown.
  SELECT jsonb_path_query_array(s.content::jsonb, '$.assessment.plan[*].amount') INTO shown
  FROM relief.award w JOIN relief.sheet s ON s.id = w.sheet WHERE w.id = wanted AND s.content::jsonb #> '{assessment,plan}' IS NOT NULL;
  IF shown IS NOT NULL AND shown IS DISTINCT FROM (
       SELECT jsonb_agg(i.amount ORDER BY i.ordinal) FROM relief.instalment i WHERE i.award = wanted) THEN
    RAISE EXCEPTION 'the instalments of an award are not those that were approved' USING ERRCODE = 'RR005';
  END IF;
  IF EXISTS (
       SELECT FROM relief.award w LEFT JOIN relief.instalment i ON i.award = w.id WHERE w.id = wanted
       GROUP BY w.id, w.amount, w.case_id
       HAVING coalesce(sum(i.amount), 0) <> w.amount OR NOT coalesce(bool_and(i.case_id = w.case_id), false)) THEN
    RAISE EXCEPTION 'the instalments of an award don''t come to its amount' USING ERRCODE = 'RR005';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER instalments_are_award AFTER INSERT ON relief.award DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION relief.instalments_are_award();
CREATE CONSTRAINT TRIGGER instalments_are_award AFTER INSERT OR DELETE ON relief.instalment DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION relief.instalments_are_award();

-- A household's archive (建档): one household, one active archive. It was decided here, or taken over from the national
-- system under its number there.
CREATE TABLE relief.archive (
  id        uuid PRIMARY KEY,
  household uuid NOT NULL REFERENCES relief.household,
  case_id   uuid UNIQUE REFERENCES relief.case_file,
  source    text UNIQUE CHECK (source <> ''),
  level     text NOT NULL CHECK (level IN ('deep', 'relative', 'accident')),
  archived_on date NOT NULL,
  retest_on date NOT NULL,
  retest_due_at timestamptz,               -- when the re-test watch found it due
  ended_at  timestamptz,
  end_reason text,
  CHECK (num_nonnulls(case_id, source) = 1),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX one_active_archive ON relief.archive (household) WHERE ended_at IS NULL;

-- 一户一档 by every member's identity number, not only the head's, and over the whole tree. The detail (the household, its
-- union, the other's union) is for the program, which tells where to those alone who may see it.
CREATE FUNCTION relief.one_archive_per_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET enable_seqscan = off
SET "relief.scope" = '{""}' AS $$
DECLARE
  place text;
  people bytea[] := ARRAY(
    SELECT p.id_index FROM relief.person p WHERE p.id_index IS NOT NULL AND p.id = ANY (ARRAY(
      SELECT m.person FROM relief.household_member m WHERE m.household = NEW.household AND upper_inf(m.valid))));
  others uuid[];
BEGIN
  -- Of two archives made at once, the second waits here and then sees the first; in one order, so that none waits for ever.
  PERFORM pg_advisory_xact_lock(locks.key) FROM (
    SELECT DISTINCT hashtextextended('archive|' || encode(p.id_index, 'hex'), 0) AS key
    FROM unnest(people) AS p (id_index) ORDER BY key) AS locks;
  others := ARRAY(
    SELECT n.household FROM relief.household_member n
    WHERE n.person = ANY (ARRAY(SELECT q.id FROM relief.person q WHERE q.id_index = ANY (people)))
      AND upper_inf(n.valid) AND n.household <> NEW.household);
  SELECT concat_ws(' ', own.number, own.org_path, other.org_path) INTO place
  FROM relief.archive a JOIN relief.household other ON other.id = a.household
  JOIN relief.household own ON own.id = NEW.household
  WHERE a.household = ANY (others) AND a.ended_at IS NULL ORDER BY other.number_key LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a member of the household stands in another active archive' USING ERRCODE = 'RR012', DETAIL = place;
  END IF;
  SELECT concat_ws(' ', own.number, own.org_path, other.org_path) INTO place
  FROM relief.archive a JOIN relief.household other ON other.id = a.household
  JOIN relief.household own ON own.id = NEW.household WHERE a.source = NEW.source;
  IF FOUND THEN
    RAISE EXCEPTION 'the archive was taken over before' USING ERRCODE = 'unique_violation',
      CONSTRAINT = 'archive_source_key', DETAIL = place;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER one_archive_per_person BEFORE INSERT ON relief.archive
  FOR EACH ROW EXECUTE FUNCTION relief.one_archive_per_person();

-- An archive that was decided here is its case's, at the level that the approvers were shown.
CREATE FUNCTION relief.archive_follows_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  IF NEW.case_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM relief.case_file c JOIN relief.sheet s ON s.id = c.sheet
       WHERE c.id = NEW.case_id AND c.approved_at IS NOT NULL AND c.household = NEW.household
         AND s.content::jsonb #>> '{assessment,level}' = NEW.level) THEN
    RAISE EXCEPTION 'an archive is entered as its case was approved' USING ERRCODE = 'RR005';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER archive_follows_case BEFORE INSERT ON relief.archive
  FOR EACH ROW EXECUTE FUNCTION relief.archive_follows_case();

CREATE TABLE relief.follow_up (
  id          uuid PRIMARY KEY,
  case_id     uuid NOT NULL REFERENCES relief.case_file,
  done_on     date NOT NULL,
  manner      text NOT NULL CHECK (manner IN ('phone', 'visit', 'letter')),
  finding     text NOT NULL CHECK (finding <> ''),
  satisfied   boolean,
  recorded_by uuid NOT NULL REFERENCES relief.app_user,
  recorded_at timestamptz NOT NULL
);
CREATE INDEX follow_up_case ON relief.follow_up (case_id);

-- Approved is not done (三往): a case that passed is closed only with an outcome that somebody saw.
CREATE FUNCTION relief.require_follow_up(file relief.case_file) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  paid date;
BEGIN
  -- What was heard before the money came says nothing of how it helped.
  SELECT coalesce(max(p.booked_on), '-infinity') INTO paid FROM relief.payment p WHERE p.case_id = file.id AND p.state = 'booked';
  IF NOT EXISTS (SELECT FROM relief.follow_up f WHERE f.case_id = file.id) THEN
    RAISE EXCEPTION 'case % has no follow-up yet', file.number USING ERRCODE = 'RR007';
  END IF;
  IF NOT EXISTS (SELECT FROM relief.follow_up f WHERE f.case_id = file.id AND f.done_on >= paid) THEN
    RAISE EXCEPTION 'case % has no follow-up after its last payment yet', file.number USING ERRCODE = 'RR026';
  END IF;
  IF NOT EXISTS (
       SELECT FROM relief.follow_up f
       WHERE f.case_id = file.id AND f.done_on >= paid AND relief.who(f.recorded_by) <> relief.who(file.closed_by)) THEN
    RAISE EXCEPTION 'nobody closes a case that he or she alone followed up' USING ERRCODE = 'RR024';
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION relief.require_follow_up(relief.case_file) FROM PUBLIC;

-- Whether a case has what a move of its life requires. A word that stands for nothing here lets nothing pass.
CREATE FUNCTION relief.case_has(file relief.case_file, what text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  CASE what
    WHEN 'blank' THEN RETURN file.round = 1 AND num_nonnulls(file.step, file.submitted_by, file.submitted_at,
      file.rule_passed_at, file.notice_closed_at, file.approved_at, file.closed_at, file.closed_by, file.outcome) = 0;
    WHEN 'submission' THEN RETURN file.submitted_by IS NOT NULL AND file.rule_passed_at IS NOT NULL AND EXISTS (
      SELECT FROM relief.decision d WHERE d.case_id = file.id AND d.kind = 'submit' AND d.sheet = file.sheet);
    WHEN 'return' THEN RETURN EXISTS (
        SELECT FROM relief.decision d WHERE d.case_id = file.id AND d.outcome = 'return' AND d.sheet = file.sheet)
      OR EXISTS (
        SELECT FROM relief.notice_item i JOIN relief.objection b ON b.item = i.id
        WHERE i.case_id = file.id AND b.state = 'upheld' AND b.resolved_at >= file.submitted_at);
    WHEN 'rejection' THEN RETURN EXISTS (
      SELECT FROM relief.decision d WHERE d.case_id = file.id AND d.outcome = 'reject' AND d.sheet = file.sheet);
    WHEN 'award' THEN RETURN EXISTS (SELECT FROM relief.award w WHERE w.case_id = file.id);
    WHEN 'archive' THEN RETURN EXISTS (SELECT FROM relief.archive a WHERE a.case_id = file.id);
    WHEN 'payment' THEN RETURN EXISTS (SELECT FROM relief.payment p WHERE p.case_id = file.id);
    WHEN 'nothingDue' THEN RETURN NOT EXISTS (
      SELECT FROM relief.instalment i WHERE i.case_id = file.id AND i.state IN ('due', 'inRun', 'failed'));
    WHEN 'failedPayment' THEN RETURN EXISTS (
      SELECT FROM relief.instalment i WHERE i.case_id = file.id AND i.state = 'failed');
    -- It says itself which part of it is wanting.
    WHEN 'followUp' THEN
      PERFORM relief.require_follow_up(file);
      RETURN true;
  END CASE;
END $$;
REVOKE EXECUTE ON FUNCTION relief.case_has(relief.case_file, text) FROM PUBLIC;

-- The law of moves. The detail (case, from, to, what is wanting) is for the program, which says it in two languages.
CREATE FUNCTION relief.case_life() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  was text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state END;
  needed text;
BEGIN
  SELECT m.requires INTO needed FROM relief.case_move m WHERE m."from" IS NOT DISTINCT FROM was AND m."to" = NEW.state;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'case % cannot go from % to %', NEW.number, coalesce(was, 'nothing'), NEW.state USING ERRCODE = 'RR033',
      DETAIL = concat_ws(' ', NEW.number, coalesce(was, '-'), NEW.state);
  END IF;
  IF needed IS NOT NULL AND NOT relief.case_has(NEW, needed) THEN
    RAISE EXCEPTION 'case % cannot go from % to % without its %', NEW.number, coalesce(was, 'nothing'), NEW.state, needed
      USING ERRCODE = 'RR034', DETAIL = concat_ws(' ', NEW.number, coalesce(was, '-'), NEW.state, needed);
  END IF;
  RETURN NULL;
END $$;
-- After the row's own laws, which say more exactly what is wrong with it.
CREATE TRIGGER case_born AFTER INSERT ON relief.case_file FOR EACH ROW EXECUTE FUNCTION relief.case_life();
CREATE TRIGGER case_life AFTER UPDATE ON relief.case_file FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state)
  EXECUTE FUNCTION relief.case_life();

-- A case stands at the step that is open, and leaves none of its chain out.
CREATE FUNCTION relief.case_steps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  IF NEW.step IS DISTINCT FROM (SELECT s.ordinal FROM relief.case_step s WHERE s.case_id = NEW.id AND s.state = 'open')
     OR NEW.step <> coalesce(OLD.step, 0) + 1 THEN
    RAISE EXCEPTION 'case % goes on to its next step alone, once that is open', NEW.number USING ERRCODE = 'RR035',
      DETAIL = NEW.number;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER case_steps AFTER UPDATE ON relief.case_file FOR EACH ROW WHEN (NEW.step IS DISTINCT FROM OLD.step)
  EXECUTE FUNCTION relief.case_steps();

CALL relief.guard('relief.case_file', 'relief.in_scope(org_path)');
CALL relief.guard('relief.case_step', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)');
CALL relief.guard('relief.evidence', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)');
CALL relief.guard('relief.visit', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)');
CALL relief.guard('relief.means_check', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)');
CALL relief.guard('relief.amendment', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)');
CALL relief.guard('relief.decision', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)');
CALL relief.guard('relief.kinship',
  'EXISTS (SELECT FROM relief.person p WHERE p.id = kinship.person) OR EXISTS (SELECT FROM relief.person p WHERE p.id = relative)');
CALL relief.guard('relief.notice', 'relief.in_scope(org_path)');
CALL relief.guard('relief.notice_item', 'EXISTS (SELECT FROM relief.notice n WHERE n.id = notice)');
CALL relief.guard('relief.objection', 'EXISTS (SELECT FROM relief.notice_item i WHERE i.id = item)');
CALL relief.guard('relief.archive', 'EXISTS (SELECT FROM relief.household h WHERE h.id = household)');
CALL relief.guard('relief.follow_up', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)');

CALL audit.watch('relief.sheet');
CALL audit.watch('relief.case_file');
CALL audit.watch('relief.case_step');
CALL audit.watch('relief.evidence');
CALL audit.watch('relief.visit');
CALL audit.watch('relief.means_check');
CALL audit.watch('relief.amendment');
CALL audit.watch('relief.kinship');
CALL audit.watch('relief.decision');
CALL audit.watch('relief.notice');
CALL audit.watch('relief.notice_item');
CALL audit.watch('relief.objection');
CALL audit.watch('relief.award');
CALL audit.watch('relief.instalment');
CALL audit.watch('relief.archive');
CALL audit.watch('relief.follow_up');
CALL audit.freeze('relief.sheet');
CALL audit.freeze('relief.evidence');
CALL audit.freeze('relief.visit');
CALL audit.freeze('relief.means_check');
CALL audit.freeze('relief.amendment');
CALL audit.freeze('relief.decision');
CALL audit.freeze('relief.follow_up');

GRANT EXECUTE ON FUNCTION relief.answers_for(ltree, uuid, uuid, uuid), relief.case_number(uuid), relief.case_subject(uuid)
  TO relief_app;
GRANT SELECT ON relief.amendment, relief.case_move TO relief_app;
GRANT SELECT, INSERT ON relief.sheet, relief.evidence, relief.visit, relief.means_check, relief.kinship,
  relief.decision, relief.follow_up TO relief_app;
GRANT SELECT, INSERT, UPDATE ON relief.case_file, relief.case_step, relief.notice, relief.notice_item,
  relief.objection, relief.award, relief.instalment, relief.archive TO relief_app;
GRANT DELETE ON relief.case_step TO relief_app;
