-- Funds, runs (发放批次), payments, and what the bank says of them.

CREATE TABLE relief.fund (
  id             uuid PRIMARY KEY,
  code           text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'),
  name           text NOT NULL CHECK (name <> ''),
  org_id         uuid NOT NULL,
  org_path       ltree NOT NULL,
  source         text NOT NULL CHECK (source IN ('central', 'localFiscal', 'upperUnion', 'ownFunds', 'donation', 'interest')),
  year           int NOT NULL CHECK (year BETWEEN 2000 AND 2200),
  donor_intent   text,
  serves         text[] NOT NULL,          -- programmes that it pays for
  bank           text NOT NULL,
  cnaps          text CHECK (cnaps ~ '^[0-9]{12}$'),
  holder         text NOT NULL,
  account        bytea NOT NULL,           -- encrypted: the fund's own bank account
  account_index  bytea NOT NULL,
  account_masked text NOT NULL,
  net_account    uuid NOT NULL UNIQUE,     -- ledger: what the fund may still spend
  bank_account   uuid NOT NULL UNIQUE,     -- ledger: what lies at the bank
  created_by     uuid NOT NULL REFERENCES relief.app_user,
  created_at     timestamptz NOT NULL,
  UNIQUE (id, org_path)
);
CREATE INDEX fund_org ON relief.fund (org_id);
CALL relief.follow('relief.fund', 'org_id', 'relief.organisation', 'path');
ALTER TABLE relief.award ADD FOREIGN KEY (fund) REFERENCES relief.fund;

-- Union fees that employers paid, from the tax bureau's list: the ground of refunds (免申即享).
CREATE TABLE relief.remittance (
  id          uuid PRIMARY KEY,
  employer    uuid NOT NULL,
  org_path    ltree NOT NULL,
  year        int NOT NULL CHECK (year BETWEEN 2000 AND 2200),
  quarter     int NOT NULL CHECK (quarter BETWEEN 1 AND 4),
  amount      bigint NOT NULL CHECK (amount > 0),
  source      text NOT NULL,
  imported_by uuid NOT NULL REFERENCES relief.app_user,
  imported_at timestamptz NOT NULL,
  UNIQUE (employer, year, quarter)
);
CALL relief.follow('relief.remittance', 'employer', 'relief.employer');

CREATE TABLE relief.run (
  id           uuid PRIMARY KEY,
  number       text NOT NULL UNIQUE,
  number_key   text COLLATE "C" NOT NULL GENERATED ALWAYS AS (relief.number_key(number)) STORED,
  fund         uuid NOT NULL,
  org_path     ltree NOT NULL,
  programme    text,
  up_to        date NOT NULL,
  execute_on   date NOT NULL,
  state        text NOT NULL CHECK (state IN ('prepared', 'checked', 'approved', 'released', 'filed', 'answered', 'reconciled',
                                              'cancelled')),
  payments     int NOT NULL CHECK (payments > 0),
  total        bigint NOT NULL CHECK (total > 0),
  sheet        text NOT NULL REFERENCES relief.sheet,
  prepared_by  uuid REFERENCES relief.app_user,   -- NULL: the schedule
  prepared_at  timestamptz NOT NULL,
  checked_by   uuid REFERENCES relief.app_user,
  checked_at   timestamptz,
  approved_by  uuid REFERENCES relief.app_user,
  approved_at  timestamptz,
  released_by  uuid REFERENCES relief.app_user,
  released_at  timestamptz,
  filed_at     timestamptz,
  reconciled_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  CONSTRAINT run_checked_by_another CHECK (checked_by <> prepared_by),
  CONSTRAINT run_approved_by_another CHECK (approved_by <> prepared_by AND approved_by <> checked_by),
  CONSTRAINT run_released_by_another CHECK (
    released_by <> approved_by AND released_by <> checked_by AND released_by <> prepared_by),
  CONSTRAINT run_in_order CHECK (
    (checked_at IS NULL OR prepared_at <= checked_at)
    AND (approved_at IS NULL OR checked_at <= approved_at)
    AND (released_at IS NULL OR approved_at <= released_at)
    AND (approved_by IS NULL OR checked_by IS NOT NULL) AND (released_by IS NULL OR approved_by IS NOT NULL)),
  CONSTRAINT run_state_signed CHECK (
    state IN ('prepared', 'cancelled')
    OR (checked_by IS NOT NULL AND (state = 'checked'
      OR (approved_by IS NOT NULL AND (state = 'approved'
        OR (released_by IS NOT NULL AND (state = 'released' OR filed_at IS NOT NULL)))))))
);

CREATE INDEX run_by_number ON relief.run (number_key);
CREATE INDEX run_fund ON relief.run (fund);
CALL relief.follow('relief.run', 'fund', 'relief.fund');

-- A run only moves on, and what was signed stays as it was signed.
-- Before anybody signed, the day moves that a schedule reckoned in working days, and the sheet with it.
CREATE FUNCTION relief.run_rules() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.number, NEW.fund, NEW.up_to, NEW.payments, NEW.total, NEW.prepared_by, NEW.prepared_at)
     IS DISTINCT FROM (OLD.number, OLD.fund, OLD.up_to, OLD.payments, OLD.total, OLD.prepared_by,
      OLD.prepared_at)
     OR ((NEW.execute_on, NEW.sheet) IS DISTINCT FROM (OLD.execute_on, OLD.sheet)
         AND ((OLD.state, NEW.state) = ('prepared', 'prepared') AND OLD.prepared_by IS NULL
              AND relief.changes_calendar()) IS NOT TRUE)
     OR (OLD.checked_by IS NOT NULL AND (NEW.checked_by, NEW.checked_at) IS DISTINCT FROM (OLD.checked_by, OLD.checked_at))
     OR (OLD.approved_by IS NOT NULL
         AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at))
     OR (OLD.released_by IS NOT NULL
         AND (NEW.released_by, NEW.released_at) IS DISTINCT FROM (OLD.released_by, OLD.released_at)) THEN
    RAISE EXCEPTION 'what was signed of run % never changes', OLD.number USING ERRCODE = 'RA002';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
       ('prepared', 'checked'), ('checked', 'approved'), ('approved', 'released'), ('released', 'filed'),
       ('filed', 'answered'), ('filed', 'reconciled'), ('answered', 'reconciled'), ('answered', 'filed'),
       ('reconciled', 'answered'), ('reconciled', 'filed'),
       ('prepared', 'cancelled'), ('checked', 'cancelled'), ('approved', 'cancelled')) THEN
    RAISE EXCEPTION 'run % cannot go from % to %', OLD.number, OLD.state, NEW.state USING ERRCODE = 'RR008';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_rules BEFORE UPDATE ON relief.run FOR EACH ROW EXECUTE FUNCTION relief.run_rules();
CREATE TRIGGER different_people AFTER INSERT OR UPDATE OF checked_by, approved_by, released_by ON relief.run
  FOR EACH ROW EXECUTE FUNCTION relief.different_people('prepared_by', 'checked_by', 'approved_by', 'released_by');

CREATE TABLE relief.payment (
  id             uuid PRIMARY KEY,
  reference      text NOT NULL UNIQUE CHECK (reference ~ '^[A-Z0-9]{8,35}$'),   -- EndToEndId
  run            uuid NOT NULL REFERENCES relief.run,
  instalment     uuid NOT NULL REFERENCES relief.instalment,
  case_id        uuid NOT NULL,
  attempt        int NOT NULL CHECK (attempt >= 0),     -- payments that ended before it: failed, or taken back unsent
  payee_account  uuid NOT NULL REFERENCES relief.payee_account,
  amount         bigint NOT NULL CHECK (amount > 0),
  state          text NOT NULL CHECK (state IN ('prepared', 'approved', 'inFile', 'sent', 'accepted', 'unknown', 'booked',
                                                'rejected', 'returned', 'reissued', 'cancelled')),
  hold           uuid NOT NULL,
  posting        uuid,                     -- ledger: the transfer that booked it
  reason_code    text,
  reason         text,
  bank_reference text,
  sent_at        timestamptz,
  accepted_at    timestamptz,
  booked_on      date,
  returned_on    date,
  reissue_reason text,
  reissued_by    uuid REFERENCES relief.app_user,
  disproved_by   uuid REFERENCES relief.app_user, -- who recorded the bank's word that it was never made
  proof          text CHECK (proof <> ''),
  org_path       ltree NOT NULL,              -- of the case: its union sees it
  created_at     timestamptz NOT NULL,
  UNIQUE (instalment, attempt),
  CONSTRAINT booked_is_posted CHECK (state NOT IN ('booked', 'returned') OR (booked_on IS NOT NULL AND posting IS NOT NULL))
);
-- Nothing is paid twice: while one payment of an instalment may still arrive, there is no other.
CREATE UNIQUE INDEX one_live_payment ON relief.payment (instalment)
  WHERE state NOT IN ('rejected', 'returned', 'reissued', 'cancelled');
CREATE INDEX payment_run ON relief.payment (run, reference);
CREATE INDEX payment_case ON relief.payment (case_id);
CALL relief.follow('relief.payment', 'case_id', 'relief.case_file');
CREATE INDEX payment_outstanding ON relief.payment (sent_at) WHERE state IN ('sent', 'accepted');
-- By what money that comes back without our reference may be known.
CREATE INDEX payment_payee ON relief.payment (payee_account);
CREATE INDEX payment_returnable ON relief.payment (amount) WHERE state IN ('sent', 'accepted', 'unknown', 'booked');

-- What is checked is what is there: as many payments, as much money, as the run says.
CREATE FUNCTION relief.run_is_its_payments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  IF (SELECT (count(*), coalesce(sum(p.amount), 0)) IS DISTINCT FROM (NEW.payments::bigint, NEW.total::numeric)
      FROM relief.payment p WHERE p.run = NEW.id AND p.state = 'prepared') THEN
    RAISE EXCEPTION 'the payments of run % are not those that it was prepared with', NEW.number USING ERRCODE = 'RR009';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER run_is_its_payments AFTER UPDATE ON relief.run
  FOR EACH ROW WHEN (OLD.state = 'prepared' AND NEW.state = 'checked') EXECUTE FUNCTION relief.run_is_its_payments();

CREATE TABLE relief.payment_move (
  "from" text NOT NULL,
  "to"   text NOT NULL,
  PRIMARY KEY ("from", "to")
);
INSERT INTO relief.payment_move VALUES
  ('prepared', 'approved'), ('prepared', 'cancelled'),
  ('approved', 'inFile'), ('approved', 'cancelled'),
  ('inFile', 'sent'),
  ('sent', 'accepted'), ('sent', 'booked'), ('sent', 'rejected'), ('sent', 'unknown'),
  ('accepted', 'booked'), ('accepted', 'rejected'), ('accepted', 'unknown'),
  ('unknown', 'accepted'), ('unknown', 'booked'), ('unknown', 'rejected'),
  ('booked', 'returned'),
  ('rejected', 'reissued'), ('returned', 'reissued');

-- G9: nobody signs the way of money to him- or herself or to a relative.
CREATE FUNCTION relief.pays_close_one(wanted uuid, acting uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  near uuid[] := relief.close_to(acting);
BEGIN
  RETURN near <> '{}' AND EXISTS (
    SELECT FROM relief.payment p JOIN relief.case_file c ON c.id = p.case_id JOIN relief.payee_account a ON a.id = p.payee_account
    WHERE p.run = wanted AND (c.person = ANY (near) OR a.person = ANY (near) OR c.household = ANY (ARRAY(
      SELECT m.household FROM relief.household_member m WHERE m.person = ANY (near)))));
END $$;

CREATE FUNCTION relief.run_signed_by_stranger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  IF (NEW.checked_by IS DISTINCT FROM OLD.checked_by AND relief.pays_close_one(NEW.id, NEW.checked_by))
     OR (NEW.approved_by IS DISTINCT FROM OLD.approved_by AND relief.pays_close_one(NEW.id, NEW.approved_by))
     OR (NEW.released_by IS DISTINCT FROM OLD.released_by AND relief.pays_close_one(NEW.id, NEW.released_by)) THEN
    RAISE EXCEPTION 'nobody signs a run that pays him- or herself or a relative' USING ERRCODE = 'RR021';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_signed_by_stranger BEFORE UPDATE ON relief.run FOR EACH ROW
  WHEN ((OLD.checked_by, OLD.approved_by, OLD.released_by) IS DISTINCT FROM (NEW.checked_by, NEW.approved_by, NEW.released_by))
  EXECUTE FUNCTION relief.run_signed_by_stranger();

-- Whether the bank said of a payment of the instalment what can't be true, as booked after it was rejected, and nobody has
-- settled it: then nothing more may be paid of it.
CREATE FUNCTION relief.is_contradicted(wanted uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM relief.payment p JOIN relief.bank_line l ON l.payment = p.id
    WHERE p.instalment = wanted AND l.class = 'contradiction'
      AND NOT EXISTS (SELECT FROM relief.bank_line_resolution r WHERE r.line = l.id)
      AND NOT EXISTS (SELECT FROM relief.bank_match m WHERE m.line = l.id AND m.confirmed_by IS NOT NULL));
END $$;

-- G10 and G15: a payment is born of an award of a living, approved case, to a usable account, and moves only forward.
CREATE FUNCTION relief.payment_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  award relief.award;
  part relief.instalment;
  account relief.payee_account;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.reference, NEW.run, NEW.instalment, NEW.case_id, NEW.attempt, NEW.payee_account, NEW.amount)
       IS DISTINCT FROM (OLD.reference, OLD.run, OLD.instalment, OLD.case_id, OLD.attempt, OLD.payee_account, OLD.amount)
       OR (OLD.posting IS NOT NULL AND NEW.posting IS DISTINCT FROM OLD.posting)
       OR (OLD.disproved_by IS NOT NULL AND NEW.disproved_by IS DISTINCT FROM OLD.disproved_by)
       OR (OLD.reissued_by IS NOT NULL AND NEW.reissued_by IS DISTINCT FROM OLD.reissued_by) THEN
      RAISE EXCEPTION 'payment % never changes what it pays to whom', OLD.reference USING ERRCODE = 'RA002';
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (
         SELECT FROM relief.payment_move m WHERE m."from" = OLD.state AND m."to" = NEW.state) THEN
      RAISE EXCEPTION 'payment % cannot go from % to %', OLD.reference, OLD.state, NEW.state USING ERRCODE = 'RR008';
    END IF;
    IF NEW.state = 'inFile' AND OLD.state <> 'inFile' AND NOT EXISTS (
         SELECT FROM relief.run r JOIN relief.bank_file f ON f.run = r.id
         WHERE r.id = NEW.run AND r.released_at IS NOT NULL) THEN
      RAISE EXCEPTION 'payment % stands in no released file', NEW.reference USING ERRCODE = 'RR009';
    END IF;
    IF NEW.state = 'inFile' AND OLD.state <> 'inFile' AND relief.is_contradicted(NEW.instalment) THEN
      RAISE EXCEPTION 'what the bank said of the instalment of payment % contradicts itself', NEW.reference
        USING ERRCODE = 'RR022';
    END IF;
    IF NEW.state = 'rejected' AND OLD.state = 'unknown' THEN
      IF (NEW.proof IS NULL OR NEW.disproved_by IS NULL) AND NOT EXISTS (
           SELECT FROM relief.bank_line l WHERE l.payment = NEW.id AND l.class = 'rejected') THEN
        RAISE EXCEPTION 'payment % is of unknown fate: it fails only by the bank''s word', NEW.reference
          USING ERRCODE = 'RR022';
      END IF;
      IF EXISTS (SELECT FROM relief.run r WHERE r.id = NEW.run AND relief.who(NEW.disproved_by) IN (relief.who(r.prepared_by), relief.who(r.released_by))) THEN
        RAISE EXCEPTION 'nobody disproves a payment of a run that he or she prepared or released' USING ERRCODE = 'RR021';
      END IF;
    END IF;
    -- Money moves by the bank's word alone: a line of its own, or what two people made of one or of its document.
    IF NEW.state <> OLD.state AND NEW.state IN ('booked', 'returned') AND NOT EXISTS (
         SELECT FROM relief.bank_line l WHERE l.payment = NEW.id AND (l.class = 'returned' OR l.class = NEW.state))
       AND NOT EXISTS (
         SELECT FROM relief.bank_match m WHERE (m.payment = NEW.id OR m.run = NEW.run) AND m.confirmed_by IS NOT NULL
           AND (m.becomes = 'returned' OR m.becomes = NEW.state)) THEN
      RAISE EXCEPTION 'payment % is % only by the bank''s word', NEW.reference, NEW.state USING ERRCODE = 'RR022';
    END IF;
    -- One word of one person, told as the bank's, must not pay a second time.
    IF NEW.state = 'reissued' AND OLD.state <> 'reissued' AND (
         NEW.reissued_by IS NULL OR relief.who(NEW.reissued_by) = relief.who(NEW.disproved_by) OR EXISTS (
           SELECT FROM relief.bank_line l JOIN relief.bank_message m ON m.id = l.message
           WHERE l.payment = NEW.id AND l.class IN ('rejected', 'returned')
             AND relief.who(m.imported_by) = relief.who(NEW.reissued_by)) OR EXISTS (
           SELECT FROM relief.bank_match m
           WHERE m.payment = NEW.id AND relief.who(m.proposed_by) = relief.who(NEW.reissued_by))) THEN
      RAISE EXCEPTION 'nobody re-issues a payment of whose failure he or she brought the word' USING ERRCODE = 'RR021';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> 'prepared' OR NOT EXISTS (
       SELECT FROM relief.run r WHERE r.id = NEW.run AND r.state = 'prepared') THEN
    RAISE EXCEPTION 'payment % is not of a run being prepared', NEW.reference USING ERRCODE = 'RR009';
  END IF;
  SELECT * INTO part FROM relief.instalment WHERE id = NEW.instalment;
  SELECT * INTO award FROM relief.award WHERE id = part.award;
  IF award.id IS NULL OR award.case_id <> NEW.case_id OR award.approved_at > NEW.created_at
     OR award.stopped_at IS NOT NULL OR part.amount <> NEW.amount THEN
    RAISE EXCEPTION 'payment % has no approved award', NEW.reference USING ERRCODE = 'RR009';
  END IF;
  SELECT * INTO account FROM relief.payee_account WHERE id = NEW.payee_account;
  IF NOT EXISTS (
       SELECT FROM relief.case_file c LEFT JOIN relief.household h ON h.id = c.household
       LEFT JOIN relief.employer e ON e.id = c.employer AND num_nonnulls(c.person, c.household) = 0
       WHERE c.id = NEW.case_id AND (account.person IN (c.person, h.head) OR account.organisation = e.org_id)) THEN
    RAISE EXCEPTION 'the account of payment % is not one of those whom the case is about', NEW.reference
      USING ERRCODE = 'RR010';
  END IF;
  -- A name that was changed, and changed back, makes no account its owner's.
  IF account.status <> 'active' OR account.usable_from > NEW.created_at
     OR (account.approved_by IS NULL AND account.holder_key IS DISTINCT FROM coalesce(
       (SELECT p.name_key FROM relief.person p WHERE p.id = account.person),
       (SELECT o.name_key FROM relief.organisation o WHERE o.id = account.organisation))) THEN
    RAISE EXCEPTION 'the account of payment % is not usable yet', NEW.reference USING ERRCODE = 'RR010';
  END IF;
  IF NEW.attempt <> (SELECT count(*) FROM relief.payment p WHERE p.instalment = NEW.instalment
                     AND p.state IN ('rejected', 'returned', 'reissued', 'cancelled')) THEN
    RAISE EXCEPTION 'payment % is not the next attempt', NEW.reference USING ERRCODE = 'RR011';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_rules BEFORE INSERT OR UPDATE ON relief.payment
  FOR EACH ROW EXECUTE FUNCTION relief.payment_rules();

-- The one file of a run, byte for byte.
CREATE TABLE relief.bank_file (
  id         uuid PRIMARY KEY,
  run        uuid NOT NULL UNIQUE REFERENCES relief.run,
  name       text NOT NULL UNIQUE,
  format     text NOT NULL CHECK (format IN ('pain001', 'batchText')),
  message_id text NOT NULL UNIQUE,         -- what the bank knows it by
  content    bytea NOT NULL,               -- encrypted: names and accounts stand in it
  sha256     text NOT NULL CHECK (length(sha256) = 64),
  created_at timestamptz NOT NULL
);

-- A file of the bank, by its bytes: the same bytes are taken in once, by whoever sees as much or less.
CREATE TABLE relief.bank_message (
  id          uuid PRIMARY KEY,
  file_name   text NOT NULL,
  sha256      text NOT NULL CHECK (length(sha256) = 64),
  scope       ltree[] NOT NULL,            -- what the importer may see: its lines about others stayed foreign to it
  kind        text NOT NULL CHECK (kind IN ('status', 'advice', 'statement', 'batchText')),
  message_id  text NOT NULL,
  lines       int NOT NULL CHECK (lines >= 0),
  imported_by uuid REFERENCES relief.app_user,    -- NULL: the inbox watch
  imported_at timestamptz NOT NULL,
  UNIQUE (sha256, scope)
);

-- Every line of the bank ends in exactly one visible class (G11).
CREATE TABLE relief.bank_line (
  id             uuid PRIMARY KEY,
  message        uuid NOT NULL REFERENCES relief.bank_message,
  ordinal        int NOT NULL,
  saying         text NOT NULL CHECK (saying IN ('pending', 'accepted', 'refused', 'credited', 'booked', 'returned',
                                                 'received')),
  reference      text,
  bank_reference text,
  amount         bigint,
  day            date,
  class          text NOT NULL CHECK (class IN ('accepted', 'rejected', 'pending', 'booked', 'returned', 'duplicate',
                                                'received', 'foreign', 'likelyPaid', 'likelyReturn', 'amountMismatch',
                                                'unmatched', 'contradiction')),
  payment        uuid REFERENCES relief.payment,
  run            uuid REFERENCES relief.run,      -- whose payment or file the line names
  org_id         uuid REFERENCES relief.organisation,   -- where it names neither: the union on whose account it stands
  detail         text,
  UNIQUE (message, ordinal)
);
CREATE INDEX bank_line_by_reference ON relief.bank_line (bank_reference) WHERE bank_reference IS NOT NULL;

-- A line waits for a person until it is settled, or matched by two.
CREATE FUNCTION relief.waits_for_person(class text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN class IN ('received', 'likelyPaid', 'likelyReturn', 'amountMismatch', 'unmatched', 'contradiction');

-- What somebody else than the importer found out of a line that nothing could be made of: it holds nothing up any more.
CREATE TABLE relief.bank_line_resolution (
  id          uuid PRIMARY KEY,
  line        uuid NOT NULL UNIQUE REFERENCES relief.bank_line,
  reason      text NOT NULL CHECK (reason <> ''),
  resolved_by uuid NOT NULL REFERENCES relief.app_user,
  resolved_at timestamptz NOT NULL
);

CREATE FUNCTION relief.resolution_rules() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM relief.bank_line l WHERE l.id = NEW.line AND relief.waits_for_person(l.class))
     OR EXISTS (SELECT FROM relief.bank_match m WHERE m.line = NEW.line AND m.confirmed_by IS NOT NULL) THEN
    RAISE EXCEPTION 'the line has nothing to be settled' USING ERRCODE = 'RR022';
  END IF;
  IF EXISTS (SELECT FROM relief.bank_line l JOIN relief.bank_message m ON m.id = l.message
             WHERE l.id = NEW.line AND relief.who(m.imported_by) = relief.who(NEW.resolved_by)) THEN
    RAISE EXCEPTION 'nobody settles a line of a file that he or she took in' USING ERRCODE = 'RR021';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER resolution_rules BEFORE INSERT ON relief.bank_line_resolution
  FOR EACH ROW EXECUTE FUNCTION relief.resolution_rules();
CREATE INDEX bank_line_payment ON relief.bank_line (payment);
CREATE INDEX bank_line_run ON relief.bank_line (run);
CREATE INDEX bank_line_open ON relief.bank_line (class) WHERE relief.waits_for_person(class);

-- What two people make of a line of the bank's that names no payment for certain, or of a document of the bank's where
-- there is no line: that a payment, or a whole run, was paid, or that the money of a payment came back.
CREATE TABLE relief.bank_match (
  id           uuid PRIMARY KEY,
  line         uuid REFERENCES relief.bank_line,      -- NULL: on the evidence of a document
  payment      uuid REFERENCES relief.payment,
  run          uuid REFERENCES relief.run,
  becomes      text NOT NULL CHECK (becomes IN ('booked', 'returned')),
  day          date NOT NULL,                         -- of the bank's books
  reason       text NOT NULL CHECK (reason <> ''),    -- what was found out; without a line, which document says so
  proposed_by  uuid NOT NULL REFERENCES relief.app_user,
  proposed_at  timestamptz NOT NULL,
  confirmed_by uuid REFERENCES relief.app_user,
  confirmed_at timestamptz,
  CONSTRAINT match_of_one CHECK (num_nonnulls(payment, run) = 1 AND (run IS NULL OR (line IS NOT NULL AND becomes = 'booked'))
    AND (line IS NOT NULL OR becomes = 'booked')),
  CONSTRAINT match_confirmed_by_another CHECK (confirmed_by <> proposed_by),
  CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL) AND confirmed_at >= proposed_at)
);
-- A line means one thing; so does a document about a payment.
CREATE UNIQUE INDEX match_confirmed_once ON relief.bank_match (line) WHERE confirmed_by IS NOT NULL;
CREATE INDEX match_by_line ON relief.bank_match (line);
CREATE INDEX match_by_payment ON relief.bank_match (payment);
CREATE INDEX match_by_run ON relief.bank_match (run);

CREATE FUNCTION relief.match_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, relief SET "relief.scope" = '{""}' AS $$
DECLARE
  line relief.bank_line;
  paying relief.run;
  amount bigint;
BEGIN
  IF TG_OP = 'UPDATE' AND ((NEW.line, NEW.payment, NEW.run, NEW.becomes, NEW.day, NEW.reason, NEW.proposed_by, NEW.proposed_at)
      IS DISTINCT FROM (OLD.line, OLD.payment, OLD.run, OLD.becomes, OLD.day, OLD.reason, OLD.proposed_by, OLD.proposed_at)
      OR OLD.confirmed_by IS NOT NULL) THEN
    RAISE EXCEPTION 'what was found out of a line of the bank never changes' USING ERRCODE = 'RA002';
  END IF;
  SELECT r.* INTO paying FROM relief.run r WHERE r.id = coalesce(NEW.run, (SELECT p.run FROM relief.payment p WHERE p.id = NEW.payment));
  IF NEW.line IS NOT NULL THEN
    SELECT * INTO line FROM relief.bank_line l WHERE l.id = NEW.line;
    amount := CASE WHEN NEW.run IS NOT NULL THEN paying.total ELSE (SELECT p.amount FROM relief.payment p WHERE p.id = NEW.payment) END;
    IF NOT relief.waits_for_person(line.class) OR line.amount IS DISTINCT FROM amount
       OR (CASE NEW.becomes WHEN 'booked' THEN line.saying NOT IN ('booked', 'credited')
                            ELSE line.saying NOT IN ('received', 'returned') END)
       OR EXISTS (SELECT FROM relief.bank_line_resolution s WHERE s.line = NEW.line) THEN
      RAISE EXCEPTION 'the line cannot mean that: its direction, its amount or what was settled of it says otherwise'
        USING ERRCODE = 'RR022';
    END IF;
  END IF;
  -- Who set the money in motion, or is close to whom it goes to, doesn't say that it arrived.
  IF NEW.confirmed_by IS NOT NULL
     AND (relief.who(NEW.confirmed_by) IN (relief.who(paying.prepared_by), relief.who(paying.released_by)) OR relief.pays_close_one(paying.id, NEW.confirmed_by)) THEN
    RAISE EXCEPTION 'nobody confirms what became of a run that he or she prepared or released, or that pays a relative'
      USING ERRCODE = 'RR021';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER match_rules BEFORE INSERT OR UPDATE ON relief.bank_match
  FOR EACH ROW EXECUTE FUNCTION relief.match_rules();
CREATE TRIGGER different_people AFTER UPDATE OF confirmed_by ON relief.bank_match
  FOR EACH ROW EXECUTE FUNCTION relief.different_people('proposed_by', 'confirmed_by');
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON relief.bank_match
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

CALL relief.guard('relief.fund', 'relief.in_scope(org_path)');
CALL relief.guard('relief.remittance', 'relief.in_scope(org_path)');
CALL relief.guard('relief.run', 'relief.in_scope(org_path)');
-- A fund's desk sees what the fund granted and pays, also where the union of the case has moved to another; of the case no
-- more than that.
CALL relief.guard('relief.payment', 'relief.in_scope(org_path) OR EXISTS (SELECT FROM relief.run r WHERE r.id = run)');
CALL relief.guard('relief.award', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)
  OR EXISTS (SELECT FROM relief.fund f WHERE f.id = fund)');
CALL relief.guard('relief.instalment', 'EXISTS (SELECT FROM relief.case_file c WHERE c.id = case_id)
  OR EXISTS (SELECT FROM relief.award w WHERE w.id = award)');
-- A sheet is seen by whom its case, run or account is; it is kept before its run is there.
CALL relief.guard('relief.sheet',
  $$EXISTS (SELECT FROM relief.case_file c WHERE c.number = subject) OR EXISTS (SELECT FROM relief.run r WHERE r.number = subject)
    OR EXISTS (SELECT FROM relief.payee_account a
               WHERE a.id = CASE WHEN subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN subject::uuid END)$$);
CREATE POLICY kept ON relief.sheet FOR INSERT WITH CHECK (true);
-- A line that names no payment of ours is theirs on whose account it stands; one on no account of ours may be anybody's:
-- only who sees the whole tree sees it.
CALL relief.guard('relief.bank_line',
  'EXISTS (SELECT FROM relief.payment p WHERE p.id = payment) OR EXISTS (SELECT FROM relief.run r WHERE r.id = run)
   OR EXISTS (SELECT FROM relief.organisation o WHERE o.id = org_id AND relief.in_scope(o.path)) OR relief.sees_all()');
CREATE POLICY taken_in ON relief.bank_line FOR INSERT WITH CHECK (true);
CALL relief.guard('relief.bank_match',
  'EXISTS (SELECT FROM relief.payment p WHERE p.id = payment) OR EXISTS (SELECT FROM relief.run r WHERE r.id = run)');
CALL relief.guard('relief.bank_file', 'EXISTS (SELECT FROM relief.run r WHERE r.id = run)');

-- The books' entries too: the ledger knows no command, so they are watched from here.
-- Of things that a command changed: whom they are about, the salt of that person's key, and whose union's they are. A salt
-- is made for whoever has none and isn't erased.
CREATE FUNCTION relief.log_owners(kinds text[], ids uuid[])
RETURNS TABLE (kind text, id uuid, person uuid, salt uuid, org_path ltree)
LANGUAGE plpgsql ROWS 20 SECURITY DEFINER SET search_path = pg_catalog, public, relief SET "relief.scope" = '{""}' AS $$
#variable_conflict use_column
DECLARE
  owners jsonb;
BEGIN
  SELECT jsonb_agg(to_jsonb(o)) INTO owners FROM (
    SELECT a.kind, a.id, coalesce(p.id, h.head, c.person, ch.head) AS person,
           coalesce(p.org_path, h.org_path, c.org_path)::text AS org_path
    FROM unnest(kinds, ids) AS a (kind, id)
    LEFT JOIN relief.person p ON a.kind = 'person' AND p.id = a.id
    LEFT JOIN relief.household h ON a.kind = 'household' AND h.id = a.id
    LEFT JOIN relief.notice_item n ON a.kind = 'item' AND n.id = a.id
    LEFT JOIN relief.payment y ON a.kind = 'payment' AND y.id = a.id
    LEFT JOIN relief.case_file c ON c.id = CASE a.kind WHEN 'case' THEN a.id WHEN 'item' THEN n.case_id ELSE y.case_id END
    LEFT JOIN relief.household ch ON ch.id = c.household) AS o;
  INSERT INTO relief.person_key (person)
  SELECT DISTINCT p.id FROM jsonb_to_recordset(owners) AS o (person uuid) JOIN relief.person p ON p.id = o.person
  WHERE p.erased_at IS NULL AND NOT EXISTS (SELECT FROM relief.person_key k WHERE k.person = p.id)
  ON CONFLICT DO NOTHING;
  RETURN QUERY
  SELECT o.kind, o.id, o.person, k.salt, o.org_path
  FROM jsonb_to_recordset(owners) AS o (kind text, id uuid, person uuid, org_path ltree)
  LEFT JOIN relief.person_key k ON k.person = o.person;
END $$;
REVOKE EXECUTE ON FUNCTION relief.log_owners(text[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relief.log_owners(text[], uuid[]) TO relief_app;

CALL audit.watch('ledger.transfer');
CALL audit.watch('ledger.earmark');
CALL audit.watch('relief.fund');
CALL audit.watch('relief.remittance');
CALL audit.watch('relief.run');
CALL audit.watch('relief.payment');
CALL audit.watch('relief.bank_file');
CALL audit.watch('relief.bank_message');
CALL audit.watch('relief.bank_line');
CALL audit.watch('relief.bank_line_resolution');
CALL audit.watch('relief.bank_match');
CALL audit.freeze('relief.bank_file');
CALL audit.freeze('relief.bank_message');
CALL audit.freeze('relief.bank_line');
CALL audit.freeze('relief.bank_line_resolution');

GRANT SELECT, INSERT ON relief.fund, relief.remittance, relief.bank_file, relief.bank_message, relief.bank_line,
  relief.bank_line_resolution, relief.bank_match TO relief_app;
GRANT UPDATE (confirmed_by, confirmed_at) ON relief.bank_match TO relief_app;
REVOKE EXECUTE ON FUNCTION relief.is_contradicted(uuid), relief.pays_close_one(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relief.is_contradicted(uuid), relief.pays_close_one(uuid, uuid) TO relief_app;
GRANT UPDATE (serves) ON relief.fund TO relief_app;
GRANT SELECT ON relief.payment_move TO relief_app;
GRANT SELECT, INSERT, UPDATE ON relief.run, relief.payment TO relief_app;
