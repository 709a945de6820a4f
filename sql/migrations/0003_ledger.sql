-- Double entry as TigerBeetle has it, on PostgreSQL: accounts with four counters, immutable transfers, holds that count
-- against the limit and resolve once. It knows no relief case.
--
-- Who may do what: everything is changed by the functions at the end of this file, which run as the owner; relief_app
-- may call them and read, and nothing else. Amounts are fen. Time (now, business day) always comes from the caller.
--
-- Every function first locks the accounts it touches, in the order of their ids, and reads only in later statements: so
-- no deadlock between two postings, and what it reads under READ COMMITTED is what stands.

-- Why the books may say no. A refusal is raised with this SQLSTATE; its DETAIL is a JSON object of the facts.
CREATE TABLE ledger.refusal (
    sqlstate text PRIMARY KEY CHECK (sqlstate ~ '^RL[0-9]{3}$'),
    name text NOT NULL UNIQUE,
    meaning text NOT NULL
);

INSERT INTO ledger.refusal (sqlstate, name, meaning) VALUES
    ('RL001', 'exceeds_credits', 'The account would be debited (posted and held) beyond its credits.'),
    ('RL002', 'exceeds_debits', 'The account would be credited (posted and held) beyond its debits.'),
    ('RL003', 'exists_with_different_body', 'The id was used before, for something else.'),
    ('RL004', 'already_posted', 'The hold was posted before.'),
    ('RL005', 'already_voided', 'The hold was voided before.'),
    ('RL006', 'hold_expired', 'The hold has expired.'),
    ('RL007', 'exceeds_hold', 'More would be posted than is held.'),
    ('RL008', 'unknown_hold', 'There is no such hold.'),
    ('RL009', 'unknown_account', 'There is no such account.'),
    ('RL010', 'account_closed', 'The account is closed.'),
    ('RL011', 'other_ledger', 'Money moves only within one ledger.'),
    ('RL012', 'item_not_allowed', 'The account may not be spent on this item on this day.'),
    ('RL013', 'same_account', 'Debit and credit are one account.'),
    ('RL014', 'bad_amount', 'The amount is not between 1 fen and 10,000,000,000,000.00 yuan.'),
    ('RL015', 'exceeds_original', 'More would be corrected than the original moved.'),
    ('RL016', 'not_correctable', 'Only an existing posted transfer or posted hold can be corrected.'),
    ('RL017', 'account_not_empty', 'The account still has a balance or open holds.'),
    ('RL018', 'code_taken', 'Another account bears this code.'),
    ('RL019', 'immutable', 'Entries of the books are never changed or removed; enter a correction.');

-- One order for everything that decides about an account: within an account, because its row is locked before a number
-- is taken, the order of numbers is the order of commits.
CREATE SEQUENCE ledger.entry_seq AS bigint;

CREATE TABLE ledger.account (
    id uuid PRIMARY KEY,
    -- Part of account names in exported journals, hence the narrow alphabet.
    code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9][A-Za-z0-9-]{0,63}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120 AND name !~ '[[:cntrl:]]'),
    -- The set of books; money never moves between two sets.
    ledger text NOT NULL CHECK (length(ledger) BETWEEN 1 AND 120 AND ledger !~ '[[:cntrl:]]'),
    kind text NOT NULL CHECK (kind IN ('asset', 'liability', 'net_assets', 'income', 'expense')),
    balance_limit text NOT NULL
        CHECK (balance_limit IN ('none', 'debits_must_not_exceed_credits', 'credits_must_not_exceed_debits')),
    -- Debited only for an item that ledger.earmark allows.
    earmarked boolean NOT NULL,
    debits_pending bigint NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
    debits_posted bigint NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
    credits_pending bigint NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
    credits_posted bigint NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT account_debits_within_credits CHECK (
        balance_limit <> 'debits_must_not_exceed_credits' OR debits_pending + debits_posted <= credits_posted),
    CONSTRAINT account_credits_within_debits CHECK (
        balance_limit <> 'credits_must_not_exceed_debits' OR credits_pending + credits_posted <= debits_posted),
    CONSTRAINT account_closed_empty CHECK (
        closed_at IS NULL OR (debits_pending = 0 AND credits_pending = 0 AND debits_posted = credits_posted))
);

-- What moved. Accounts are no foreign keys: locking the hot account's row once more for each line costs a third of the
-- throughput, accounts can't be deleted, and sql/checks/ledger_transfers.sql proves the references.
CREATE TABLE ledger.transfer (
    id uuid PRIMARY KEY,
    seq bigint NOT NULL DEFAULT nextval('ledger.entry_seq'),
    kind text NOT NULL CHECK (kind IN ('posted', 'pending', 'post', 'void', 'expire', 'correction')),
    debit uuid NOT NULL,
    credit uuid NOT NULL,
    -- Of post: what was posted. Of void and expire: what was held.
    amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 1000000000000000),
    -- Of post, void and expire: the whole of the hold, which leaves the pending counters.
    released bigint CHECK (released >= amount),
    pending_id uuid,
    corrects_id uuid,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    item text CHECK (length(item) BETWEEN 1 AND 64),
    reference text CHECK (length(reference) BETWEEN 1 AND 64),
    business_day date NOT NULL,
    at timestamptz NOT NULL,
    expires_at timestamptz,
    CHECK (debit <> credit),
    CHECK ((kind IN ('post', 'void', 'expire')) = (pending_id IS NOT NULL)),
    CHECK ((pending_id IS NULL) = (released IS NULL)),
    CHECK ((kind = 'correction') = (corrects_id IS NOT NULL)),
    CHECK (expires_at IS NULL OR (kind = 'pending' AND expires_at > at))
);

-- A hold resolves at most once: this index is the law, the functions only say it more kindly.
CREATE UNIQUE INDEX transfer_resolves_once ON ledger.transfer (pending_id) WHERE pending_id IS NOT NULL;
CREATE INDEX transfer_corrections ON ledger.transfer (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX transfer_by_debit ON ledger.transfer (debit, at);
CREATE INDEX transfer_by_credit ON ledger.transfer (credit, at);

-- The holds not yet resolved, so that finding those that expire doesn't walk through the past.
CREATE TABLE ledger.open_hold (
    id uuid PRIMARY KEY,
    debit uuid NOT NULL,
    credit uuid NOT NULL,
    amount bigint NOT NULL,
    expires_at timestamptz
);
CREATE INDEX open_hold_expiry ON ledger.open_hold (expires_at) WHERE expires_at IS NOT NULL;

-- What each entry does to the counters of its two accounts.
CREATE VIEW ledger.effect WITH (security_invoker = true) AS
    SELECT t.id, t.seq, t.at, t.business_day, t.debit AS debit_account, t.credit AS credit_account,
        CASE WHEN t.kind = 'pending' THEN t.amount ELSE -coalesce(t.released, 0) END AS pending,
        CASE WHEN t.kind IN ('posted', 'post', 'correction') THEN t.amount ELSE 0 END AS posted
    FROM ledger.transfer t;

-- What an earmarked account may be spent on, from a day to a day (both included; no end = until revoked). The newest
-- row (by seq) that covers the business day decides; a revocation is a row with allowed = false.
CREATE TABLE ledger.earmark (
    id uuid PRIMARY KEY,
    seq bigint NOT NULL DEFAULT nextval('ledger.entry_seq'),
    account_id uuid NOT NULL REFERENCES ledger.account (id),
    item text NOT NULL CHECK (length(item) BETWEEN 1 AND 64),
    allowed boolean NOT NULL,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to >= valid_from),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
    at timestamptz NOT NULL
);
CREATE INDEX earmark_lookup ON ledger.earmark (account_id, item, seq DESC);

-- Raises the named refusal with its facts.
CREATE FUNCTION ledger.refuse(p_name text, p_facts jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_refusal ledger.refusal;
BEGIN
    SELECT * INTO STRICT v_refusal FROM ledger.refusal WHERE name = p_name;
    RAISE EXCEPTION USING ERRCODE = v_refusal.sqlstate, MESSAGE = v_refusal.meaning, DETAIL = p_facts::text;
END
$$;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM ledger.refuse('immutable', jsonb_build_object('table', TG_TABLE_NAME, 'operation', lower(TG_OP)));
END
$$;

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.earmark
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_removed BEFORE DELETE OR TRUNCATE ON ledger.account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
-- Only counters and the day of closing move; a statement that doesn't name these columns doesn't pay for the trigger.
CREATE TRIGGER immutable_identity
    BEFORE UPDATE OF id, code, name, ledger, kind, balance_limit, earmarked, opened_at ON ledger.account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE FUNCTION ledger.item_allowed(p_account uuid, p_item text, p_day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT e.allowed FROM ledger.earmark e
        WHERE e.account_id = p_account AND e.item = p_item AND e.valid_from <= p_day
            AND (e.valid_to IS NULL OR p_day <= e.valid_to)
        ORDER BY e.seq DESC LIMIT 1), false)
$$;

-- The sums of lines per account, lowest account first.
CREATE FUNCTION ledger.sums(p_debits uuid[], p_credits uuid[], p_amounts bigint[])
RETURNS TABLE (account uuid, debits numeric, credits numeric)
LANGUAGE sql IMMUTABLE AS $$
    SELECT side.account, sum(side.debit), sum(side.credit)
    FROM (
        SELECT l.debit AS account, l.amount AS debit, 0 AS credit
        FROM unnest(p_debits, p_amounts) AS l (debit, amount)
        UNION ALL
        SELECT l.credit, 0, l.amount FROM unnest(p_credits, p_amounts) AS l (credit, amount)
    ) AS side
    GROUP BY side.account
    ORDER BY side.account
$$;

-- Enters transfers of one kind (posted, pending, correction) as one moment: all or none. Lines already in the books
-- with the same body count as existing and are left alone. The body is what moves and why; when (at, business day,
-- expiry) is the first call's word. The limit holds for the sum of the lines, and a hot account is written once.
-- Nested loops over indexes only: the plan is cached; one made while the tables were small must not scan them later.
CREATE FUNCTION ledger.enter(
    p_kind text, p_ids uuid[], p_debits uuid[], p_credits uuid[], p_amounts bigint[], p_items text[],
    p_references text[], p_codes text[], p_corrects uuid, p_expires_at timestamptz, p_day date, p_now timestamptz,
    OUT entered bigint, OUT existed bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    v_existing uuid[];
    v_bad record;
    v_inserted uuid[];
BEGIN
    SELECT l.id INTO v_bad FROM unnest(p_ids) AS l (id) GROUP BY l.id HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        PERFORM ledger.refuse('exists_with_different_body', jsonb_build_object('id', v_bad.id));
    END IF;

    PERFORM 1 FROM ledger.account WHERE id = ANY (p_debits || p_credits) ORDER BY id FOR NO KEY UPDATE;

    SELECT array_agg(t.id) INTO v_existing FROM ledger.transfer t WHERE t.id = ANY (p_ids);
    existed := coalesce(cardinality(v_existing), 0);
    entered := coalesce(cardinality(p_ids), 0) - existed;
    IF existed > 0 THEN
        SELECT l.id INTO v_bad
        FROM unnest(p_ids, p_debits, p_credits, p_amounts, p_items, p_references, p_codes)
            WITH ORDINALITY AS l (id, debit, credit, amount, item, reference, code, n)
        JOIN ledger.transfer t ON t.id = l.id
        WHERE (t.kind, t.debit, t.credit, t.amount, t.code, t.item, t.reference, t.corrects_id)
            IS DISTINCT FROM (p_kind, l.debit, l.credit, l.amount, l.code, l.item, l.reference, p_corrects)
        ORDER BY l.n LIMIT 1;
        IF FOUND THEN
            PERFORM ledger.refuse('exists_with_different_body', jsonb_build_object('id', v_bad.id));
        END IF;
        SELECT array_agg(l.id), array_agg(l.debit), array_agg(l.credit), array_agg(l.amount), array_agg(l.item),
            array_agg(l.reference), array_agg(l.code)
        INTO p_ids, p_debits, p_credits, p_amounts, p_items, p_references, p_codes
        FROM unnest(p_ids, p_debits, p_credits, p_amounts, p_items, p_references, p_codes)
            AS l (id, debit, credit, amount, item, reference, code)
        WHERE l.id <> ALL (v_existing);
    END IF;
    IF entered = 0 THEN
        RETURN;
    END IF;

    SELECT line.* INTO v_bad
    FROM (
        SELECT l.n, l.id, l.item, CASE
                WHEN l.amount IS NULL OR l.amount NOT BETWEEN 1 AND 1000000000000000 THEN 'bad_amount'
                WHEN l.debit = l.credit THEN 'same_account'
                WHEN d.id IS NULL OR c.id IS NULL THEN 'unknown_account'
                WHEN d.closed_at IS NOT NULL OR c.closed_at IS NOT NULL THEN 'account_closed'
                WHEN d.ledger <> c.ledger THEN 'other_ledger'
                -- A correction returns money to where it came from: that isn't spending.
                WHEN d.earmarked AND p_kind <> 'correction' AND NOT ledger.item_allowed(d.id, l.item, p_day)
                    THEN 'item_not_allowed'
            END AS problem,
            CASE
                WHEN d.id IS NULL THEN l.debit::text
                WHEN c.id IS NULL THEN l.credit::text
                WHEN d.closed_at IS NULL AND c.closed_at IS NOT NULL THEN c.code
                ELSE d.code
            END AS account
        FROM unnest(p_ids, p_debits, p_credits, p_amounts, p_items)
            WITH ORDINALITY AS l (id, debit, credit, amount, item, n)
        LEFT JOIN ledger.account d ON d.id = l.debit
        LEFT JOIN ledger.account c ON c.id = l.credit
    ) AS line
    WHERE line.problem IS NOT NULL ORDER BY line.n LIMIT 1;
    IF FOUND THEN
        PERFORM ledger.refuse(v_bad.problem, jsonb_strip_nulls(jsonb_build_object(
            'id', v_bad.id, 'account', v_bad.account, 'item', v_bad.item, 'day', p_day)));
    END IF;

    SELECT limited.* INTO v_bad
    FROM (
        SELECT a.code, s.account, CASE
                WHEN a.balance_limit = 'debits_must_not_exceed_credits' THEN 'exceeds_credits'
                WHEN a.balance_limit = 'credits_must_not_exceed_debits' THEN 'exceeds_debits'
            END AS problem,
            CASE WHEN a.balance_limit = 'debits_must_not_exceed_credits'
                THEN a.credits_posted - a.debits_pending - a.debits_posted
                    + CASE WHEN p_kind = 'pending' THEN 0 ELSE s.credits END
                ELSE a.debits_posted - a.credits_pending - a.credits_posted
                    + CASE WHEN p_kind = 'pending' THEN 0 ELSE s.debits END
            END AS available,
            CASE WHEN a.balance_limit = 'debits_must_not_exceed_credits' THEN s.debits ELSE s.credits END AS needed
        FROM ledger.sums(p_debits, p_credits, p_amounts) s
        JOIN ledger.account a ON a.id = s.account
        WHERE a.balance_limit <> 'none'
    ) AS limited
    WHERE limited.needed > limited.available ORDER BY limited.account LIMIT 1;
    IF FOUND THEN
        PERFORM ledger.refuse(v_bad.problem, jsonb_build_object(
            'account', v_bad.code, 'available', v_bad.available, 'needed', v_bad.needed));
    END IF;

    WITH new AS (
        INSERT INTO ledger.transfer
            (id, kind, debit, credit, amount, corrects_id, code, item, reference, business_day, at, expires_at)
        SELECT l.id, p_kind, l.debit, l.credit, l.amount, p_corrects, l.code, l.item, l.reference, p_day, p_now,
            p_expires_at
        FROM unnest(p_ids, p_debits, p_credits, p_amounts, p_items, p_references, p_codes)
            AS l (id, debit, credit, amount, item, reference, code)
        ON CONFLICT (id) DO NOTHING RETURNING id
    )
    SELECT array_agg(new.id) INTO v_inserted FROM new;
    SELECT l.id INTO v_bad FROM unnest(p_ids) AS l (id) WHERE l.id <> ALL (coalesce(v_inserted, '{}')) LIMIT 1;
    IF FOUND THEN
        -- Committed between our look and our insert by one who held none of our accounts: so for another body.
        PERFORM ledger.refuse('exists_with_different_body', jsonb_build_object('id', v_bad.id));
    END IF;

    IF p_kind = 'pending' THEN
        INSERT INTO ledger.open_hold (id, debit, credit, amount, expires_at)
        SELECT l.id, l.debit, l.credit, l.amount, p_expires_at
        FROM unnest(p_ids, p_debits, p_credits, p_amounts) AS l (id, debit, credit, amount);
        UPDATE ledger.account a
        SET debits_pending = a.debits_pending + s.debits, credits_pending = a.credits_pending + s.credits
        FROM ledger.sums(p_debits, p_credits, p_amounts) s WHERE a.id = s.account;
    ELSE
        UPDATE ledger.account a
        SET debits_posted = a.debits_posted + s.debits, credits_posted = a.credits_posted + s.credits
        FROM ledger.sums(p_debits, p_credits, p_amounts) s WHERE a.id = s.account;
    END IF;
END
$$;

-- Resolves holds in one way (post, void, expire), all or none. An amount of NULL posts the whole hold; a smaller one
-- releases the rest. A reference of NULL keeps the hold's. A hold past its expiry can only expire.
CREATE FUNCTION ledger.resolve(
    p_kind text, p_ids uuid[], p_holds uuid[], p_amounts bigint[], p_references text[], p_code text,
    p_day date, p_now timestamptz, OUT entered bigint, OUT existed bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    v_existing uuid[];
    v_bad record;
    v_inserted uuid[];
    v_debits uuid[];
    v_credits uuid[];
    v_held bigint[];
BEGIN
    SELECT l.id INTO v_bad FROM unnest(p_ids) AS l (id) GROUP BY l.id HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        PERFORM ledger.refuse('exists_with_different_body', jsonb_build_object('id', v_bad.id));
    END IF;

    -- Transfers never change, so a hold's accounts may be read before they are locked.
    PERFORM 1 FROM ledger.account WHERE id IN (
        SELECT unnest(ARRAY[h.debit, h.credit]) FROM ledger.transfer h WHERE h.id = ANY (p_holds))
    ORDER BY id FOR NO KEY UPDATE;

    SELECT array_agg(t.id) INTO v_existing FROM ledger.transfer t WHERE t.id = ANY (p_ids);
    existed := coalesce(cardinality(v_existing), 0);
    entered := coalesce(cardinality(p_ids), 0) - existed;
    IF existed > 0 THEN
        SELECT l.id INTO v_bad
        FROM unnest(p_ids, p_holds, p_amounts, p_references) WITH ORDINALITY AS l (id, hold, amount, reference, n)
        JOIN ledger.transfer t ON t.id = l.id
        LEFT JOIN ledger.transfer h ON h.id = l.hold
        WHERE (t.kind, t.pending_id, t.amount, t.code, t.reference) IS DISTINCT FROM
            (p_kind, l.hold, coalesce(l.amount, h.amount), coalesce(p_code, h.code), coalesce(l.reference, h.reference))
        ORDER BY l.n LIMIT 1;
        IF FOUND THEN
            PERFORM ledger.refuse('exists_with_different_body', jsonb_build_object('id', v_bad.id));
        END IF;
        SELECT array_agg(l.id), array_agg(l.hold), array_agg(l.amount), array_agg(l.reference)
        INTO p_ids, p_holds, p_amounts, p_references
        FROM unnest(p_ids, p_holds, p_amounts, p_references) AS l (id, hold, amount, reference)
        WHERE l.id <> ALL (v_existing);
    END IF;
    IF entered = 0 THEN
        RETURN;
    END IF;

    SELECT line.* INTO v_bad
    FROM (
        SELECT l.n, l.id, l.hold, l.amount, h.amount AS held, CASE
                WHEN h.id IS NULL OR h.kind <> 'pending' THEN 'unknown_hold'
                WHEN r.kind = 'post' THEN 'already_posted'
                WHEN r.kind = 'void' THEN 'already_voided'
                WHEN r.kind = 'expire' THEN 'hold_expired'
                WHEN h.expires_at <= p_now AND p_kind <> 'expire' THEN 'hold_expired'
                WHEN l.amount <= 0 THEN 'bad_amount'
                WHEN l.amount > h.amount THEN 'exceeds_hold'
                WHEN count(*) OVER (PARTITION BY l.hold) > 1
                    THEN CASE p_kind WHEN 'post' THEN 'already_posted' ELSE 'already_voided' END
            END AS problem
        FROM unnest(p_ids, p_holds, p_amounts) WITH ORDINALITY AS l (id, hold, amount, n)
        LEFT JOIN ledger.transfer h ON h.id = l.hold
        LEFT JOIN ledger.transfer r ON r.pending_id = l.hold
    ) AS line
    WHERE line.problem IS NOT NULL ORDER BY line.n LIMIT 1;
    IF FOUND THEN
        PERFORM ledger.refuse(v_bad.problem, jsonb_strip_nulls(jsonb_build_object(
            'id', v_bad.id, 'hold', v_bad.hold, 'available', v_bad.held, 'needed', v_bad.amount)));
    END IF;

    SELECT array_agg(h.debit ORDER BY l.n), array_agg(h.credit ORDER BY l.n), array_agg(h.amount ORDER BY l.n),
        array_agg(coalesce(l.amount, h.amount) ORDER BY l.n)
    INTO v_debits, v_credits, v_held, p_amounts
    FROM unnest(p_holds, p_amounts) WITH ORDINALITY AS l (hold, amount, n)
    JOIN ledger.transfer h ON h.id = l.hold;

    WITH new AS (
        INSERT INTO ledger.transfer
            (id, kind, debit, credit, amount, released, pending_id, code, item, reference, business_day, at)
        SELECT l.id, p_kind, h.debit, h.credit, l.amount, h.amount, h.id, coalesce(p_code, h.code), h.item,
            coalesce(l.reference, h.reference), p_day, p_now
        FROM unnest(p_ids, p_holds, p_amounts, p_references) AS l (id, hold, amount, reference)
        JOIN ledger.transfer h ON h.id = l.hold
        ON CONFLICT (id) DO NOTHING RETURNING id
    )
    SELECT array_agg(new.id) INTO v_inserted FROM new;
    SELECT l.id INTO v_bad FROM unnest(p_ids) AS l (id) WHERE l.id <> ALL (coalesce(v_inserted, '{}')) LIMIT 1;
    IF FOUND THEN
        PERFORM ledger.refuse('exists_with_different_body', jsonb_build_object('id', v_bad.id));
    END IF;

    DELETE FROM ledger.open_hold WHERE id = ANY (p_holds);
    UPDATE ledger.account a
    SET debits_pending = a.debits_pending - s.debits, credits_pending = a.credits_pending - s.credits,
        debits_posted = a.debits_posted + coalesce(p.debits, 0),
        credits_posted = a.credits_posted + coalesce(p.credits, 0)
    FROM ledger.sums(v_debits, v_credits, v_held) s
    LEFT JOIN ledger.sums(v_debits, v_credits, CASE WHEN p_kind = 'post' THEN p_amounts END) p
        ON p.account = s.account
    WHERE a.id = s.account;
END
$$;

-- What an operation answers: the entry as it stands, whether it stood before, and both accounts after it.
CREATE TYPE ledger.receipt AS (
    id uuid, seq bigint, kind text, amount bigint, existed boolean,
    debit_debits_pending bigint, debit_debits_posted bigint, debit_credits_pending bigint, debit_credits_posted bigint,
    credit_debits_pending bigint, credit_debits_posted bigint, credit_credits_pending bigint,
    credit_credits_posted bigint);

CREATE FUNCTION ledger.receipt_of(p_id uuid, p_existed boolean) RETURNS ledger.receipt
LANGUAGE sql AS $$
    SELECT t.id, t.seq, t.kind, t.amount, p_existed,
        d.debits_pending, d.debits_posted, d.credits_pending, d.credits_posted,
        c.debits_pending, c.debits_posted, c.credits_pending, c.credits_posted
    FROM ledger.transfer t
    JOIN ledger.account d ON d.id = t.debit
    JOIN ledger.account c ON c.id = t.credit
    WHERE t.id = p_id
$$;

-- The operations. Each may be called again with the same id and body and then answers `existed`.

-- Opens an account with all counters at zero.
CREATE FUNCTION ledger.open_account(
    p_id uuid, p_code text, p_name text, p_ledger text, p_kind text, p_balance_limit text, p_earmarked boolean,
    p_now timestamptz) RETURNS ledger.account
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_account ledger.account;
BEGIN
    INSERT INTO ledger.account (id, code, name, ledger, kind, balance_limit, earmarked, opened_at)
    VALUES (p_id, p_code, p_name, p_ledger, p_kind, p_balance_limit, p_earmarked, p_now)
    ON CONFLICT DO NOTHING;
    SELECT * INTO v_account FROM ledger.account a WHERE a.id = p_id;
    IF NOT FOUND THEN
        PERFORM ledger.refuse('code_taken', jsonb_build_object('account', p_code));
    ELSIF (v_account.code, v_account.name, v_account.ledger, v_account.kind, v_account.balance_limit,
            v_account.earmarked)
        IS DISTINCT FROM (p_code, p_name, p_ledger, p_kind, p_balance_limit, p_earmarked) THEN
        PERFORM ledger.refuse('exists_with_different_body', jsonb_build_object('id', p_id, 'account', p_code));
    END IF;
    RETURN v_account;
END
$$;

-- Closes an account whose debits equal its credits and that has no open holds. It stays for ever.
CREATE FUNCTION ledger.close_account(p_id uuid, p_now timestamptz) RETURNS ledger.account
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_account ledger.account;
BEGIN
    SELECT * INTO v_account FROM ledger.account a WHERE a.id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger.refuse('unknown_account', jsonb_build_object('account', p_id));
    ELSIF v_account.debits_pending + v_account.credits_pending <> 0
        OR v_account.debits_posted <> v_account.credits_posted THEN
        PERFORM ledger.refuse('account_not_empty', jsonb_build_object('account', v_account.code));
    END IF;
    UPDATE ledger.account a SET closed_at = coalesce(a.closed_at, p_now) WHERE a.id = p_id RETURNING * INTO v_account;
    RETURN v_account;
END
$$;

-- Writes one line of the allow-matrix; the account is locked, so that the line stands in order with its transfers.
CREATE FUNCTION ledger.mark(
    p_id uuid, p_account uuid, p_item text, p_allowed boolean, p_from date, p_to date, p_source text,
    p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_mark ledger.earmark;
BEGIN
    PERFORM 1 FROM ledger.account a WHERE a.id = p_account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger.refuse('unknown_account', jsonb_build_object('account', p_account));
    END IF;
    INSERT INTO ledger.earmark (id, account_id, item, allowed, valid_from, valid_to, source, at)
    VALUES (p_id, p_account, p_item, p_allowed, p_from, p_to, p_source, p_now)
    ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
        RETURN false;
    END IF;
    SELECT * INTO v_mark FROM ledger.earmark e WHERE e.id = p_id;
    IF (v_mark.account_id, v_mark.item, v_mark.allowed, v_mark.valid_from, v_mark.valid_to, v_mark.source)
        IS DISTINCT FROM (p_account, p_item, p_allowed, p_from, p_to, p_source) THEN
        PERFORM ledger.refuse('exists_with_different_body', jsonb_build_object('id', p_id));
    END IF;
    RETURN true;
END
$$;

-- Allows an item from a day to a day (NULL = until revoked). Answers whether the line stood before.
CREATE FUNCTION ledger.allow_item(
    p_id uuid, p_account uuid, p_item text, p_from date, p_to date, p_source text, p_now timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ledger.mark(p_id, p_account, p_item, true, p_from, p_to, p_source, p_now)
$$;

-- Takes an item back from a day on. What was entered before stays lawful.
CREATE FUNCTION ledger.revoke_item(
    p_id uuid, p_account uuid, p_item text, p_from date, p_source text, p_now timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ledger.mark(p_id, p_account, p_item, false, p_from, NULL, p_source, p_now)
$$;

-- Moves money now.
CREATE FUNCTION ledger.transfer(
    p_id uuid, p_debit uuid, p_credit uuid, p_amount bigint, p_code text, p_item text, p_reference text,
    p_day date, p_now timestamptz) RETURNS ledger.receipt
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM ledger.enter('posted', ARRAY[p_id], ARRAY[p_debit], ARRAY[p_credit], ARRAY[p_amount], ARRAY[p_item],
        ARRAY[p_reference], ARRAY[p_code], NULL, NULL, p_day, p_now) e, ledger.receipt_of(p_id, e.existed = 1) r
$$;

CREATE FUNCTION ledger.transfer_batch(
    p_ids uuid[], p_debits uuid[], p_credits uuid[], p_amounts bigint[], p_codes text[], p_items text[],
    p_references text[], p_day date, p_now timestamptz, OUT entered bigint, OUT existed bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.enter('posted', p_ids, p_debits, p_credits, p_amounts, p_items, p_references, p_codes, NULL,
        NULL, p_day, p_now)
$$;

-- Sets money aside: it counts against the limit at once, and moves when the hold is posted.
CREATE FUNCTION ledger.hold(
    p_id uuid, p_debit uuid, p_credit uuid, p_amount bigint, p_code text, p_item text, p_reference text,
    p_expires_at timestamptz, p_day date, p_now timestamptz) RETURNS ledger.receipt
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM ledger.enter('pending', ARRAY[p_id], ARRAY[p_debit], ARRAY[p_credit], ARRAY[p_amount],
        ARRAY[p_item], ARRAY[p_reference], ARRAY[p_code], NULL, p_expires_at, p_day, p_now) e,
        ledger.receipt_of(p_id, e.existed = 1) r
$$;

CREATE FUNCTION ledger.hold_batch(
    p_ids uuid[], p_debits uuid[], p_credits uuid[], p_amounts bigint[], p_codes text[], p_items text[],
    p_references text[], p_expires_at timestamptz, p_day date, p_now timestamptz,
    OUT entered bigint, OUT existed bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.enter('pending', p_ids, p_debits, p_credits, p_amounts, p_items, p_references, p_codes, NULL,
        p_expires_at, p_day, p_now)
$$;

-- Posts a hold: the whole (amount NULL) or a part, then the rest is released. Code and reference NULL: the hold's.
CREATE FUNCTION ledger.post_hold(
    p_id uuid, p_hold uuid, p_amount bigint, p_code text, p_reference text, p_day date, p_now timestamptz)
RETURNS ledger.receipt
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM ledger.resolve('post', ARRAY[p_id], ARRAY[p_hold], ARRAY[p_amount], ARRAY[p_reference], p_code,
        p_day, p_now) e, ledger.receipt_of(p_id, e.existed = 1) r
$$;

CREATE FUNCTION ledger.post_hold_batch(
    p_ids uuid[], p_holds uuid[], p_amounts bigint[], p_code text, p_references text[], p_day date,
    p_now timestamptz, OUT entered bigint, OUT existed bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.resolve('post', p_ids, p_holds, p_amounts, p_references, p_code, p_day, p_now)
$$;

-- Releases a hold; nothing moves.
CREATE FUNCTION ledger.void_hold(
    p_id uuid, p_hold uuid, p_code text, p_reference text, p_day date, p_now timestamptz) RETURNS ledger.receipt
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM ledger.resolve('void', ARRAY[p_id], ARRAY[p_hold], NULL, ARRAY[p_reference], p_code, p_day,
        p_now) e, ledger.receipt_of(p_id, e.existed = 1) r
$$;

CREATE FUNCTION ledger.void_hold_batch(
    p_ids uuid[], p_holds uuid[], p_code text, p_references text[], p_day date, p_now timestamptz,
    OUT entered bigint, OUT existed bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.resolve('void', p_ids, p_holds, NULL, p_references, p_code, p_day, p_now)
$$;

-- Expires at most so many of the holds whose time has come, oldest first, and answers how many. The entry's id follows
-- from the hold's.
CREATE FUNCTION ledger.expire_holds(p_most bigint, p_day date, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_due uuid[];
    v_ids uuid[];
    v_entered bigint;
BEGIN
    SELECT array_agg(due.id) INTO v_due
    FROM (
        SELECT h.id FROM ledger.open_hold h WHERE h.expires_at <= p_now ORDER BY h.expires_at, h.id LIMIT p_most
    ) AS due;
    PERFORM 1 FROM ledger.account WHERE id IN (
        SELECT unnest(ARRAY[h.debit, h.credit]) FROM ledger.transfer h WHERE h.id = ANY (v_due))
    ORDER BY id FOR NO KEY UPDATE;
    -- Another may have resolved some of them while we waited.
    SELECT array_agg(h.id),
        array_agg(encode(substr(sha256(convert_to('expire ' || h.id, 'UTF8')), 1, 16), 'hex')::uuid)
    INTO v_due, v_ids
    FROM ledger.open_hold h WHERE h.id = ANY (v_due);
    SELECT e.entered INTO v_entered
    FROM ledger.resolve('expire', v_ids, v_due, NULL, NULL, NULL, p_day, p_now) e;
    RETURN v_entered;
END
$$;

-- Takes back what a posted transfer or posted hold moved, wholly (amount NULL) or in part, by an opposite entry that
-- names it. All corrections of one entry together never exceed it; what has been spent since can't be taken back.
CREATE FUNCTION ledger.correct(
    p_id uuid, p_corrects uuid, p_amount bigint, p_code text, p_reference text, p_day date, p_now timestamptz)
RETURNS ledger.receipt
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_original ledger.transfer;
    v_left numeric;
    v_existed bigint;
BEGIN
    SELECT * INTO v_original FROM ledger.transfer t WHERE t.id = p_corrects AND t.kind IN ('posted', 'post');
    IF NOT FOUND THEN
        PERFORM ledger.refuse('not_correctable', jsonb_build_object('id', p_corrects));
    END IF;
    PERFORM 1 FROM ledger.account WHERE id IN (v_original.debit, v_original.credit) ORDER BY id FOR NO KEY UPDATE;
    -- A repetition of this very correction doesn't count against itself; enter() compares the bodies.
    SELECT v_original.amount - coalesce(sum(t.amount), 0) INTO v_left
    FROM ledger.transfer t WHERE t.corrects_id = p_corrects AND t.id <> p_id;
    p_amount := coalesce(p_amount, (SELECT t.amount FROM ledger.transfer t WHERE t.id = p_id), v_left);
    IF v_left = 0 OR p_amount > v_left THEN
        PERFORM ledger.refuse('exceeds_original',
            jsonb_build_object('id', p_corrects, 'available', v_left, 'needed', greatest(p_amount, 1)));
    END IF;
    SELECT e.existed INTO v_existed
    FROM ledger.enter('correction', ARRAY[p_id], ARRAY[v_original.credit], ARRAY[v_original.debit], ARRAY[p_amount],
        ARRAY[v_original.item], ARRAY[p_reference], ARRAY[p_code], p_corrects, NULL, p_day, p_now) e;
    RETURN ledger.receipt_of(p_id, v_existed = 1);
END
$$;

-- The counters as they stood at an instant, by the entries' own time; all zero before the first.
CREATE FUNCTION ledger.balance_at(
    p_account uuid, p_at timestamptz,
    OUT debits_pending bigint, OUT debits_posted bigint, OUT credits_pending bigint, OUT credits_posted bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sum(side.pending) FILTER (WHERE side.debit), 0),
        coalesce(sum(side.posted) FILTER (WHERE side.debit), 0),
        coalesce(sum(side.pending) FILTER (WHERE NOT side.debit), 0),
        coalesce(sum(side.posted) FILTER (WHERE NOT side.debit), 0)
    FROM (
        SELECT true AS debit, e.* FROM ledger.effect e WHERE e.debit_account = p_account AND e.at <= p_at
        UNION ALL
        SELECT false, e.* FROM ledger.effect e WHERE e.credit_account = p_account AND e.at <= p_at
    ) AS side
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO relief_app, relief_auditor;
GRANT EXECUTE ON FUNCTION ledger.balance_at, ledger.item_allowed TO relief_app, relief_auditor;
GRANT EXECUTE ON FUNCTION ledger.open_account, ledger.close_account, ledger.allow_item, ledger.revoke_item,
    ledger.transfer, ledger.transfer_batch, ledger.hold, ledger.hold_batch, ledger.post_hold, ledger.post_hold_batch,
    ledger.void_hold, ledger.void_hold_batch, ledger.expire_holds, ledger.correct TO relief_app;
