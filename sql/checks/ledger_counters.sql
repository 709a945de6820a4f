-- G1, G4: an account's counters are the sum of its transfers, and of nothing else.
WITH side AS (
    SELECT e.debit_account AS account, e.pending AS debits_pending, e.posted AS debits_posted,
        0 AS credits_pending, 0 AS credits_posted
    FROM ledger.effect e
    UNION ALL
    SELECT e.credit_account, 0, 0, e.pending, e.posted FROM ledger.effect e
), total AS (
    SELECT s.account, sum(s.debits_pending) AS debits_pending, sum(s.debits_posted) AS debits_posted,
        sum(s.credits_pending) AS credits_pending, sum(s.credits_posted) AS credits_posted
    FROM side s
    GROUP BY s.account
)
SELECT a.code,
    a.debits_pending - coalesce(t.debits_pending, 0) AS debits_pending_too_many,
    a.debits_posted - coalesce(t.debits_posted, 0) AS debits_posted_too_many,
    a.credits_pending - coalesce(t.credits_pending, 0) AS credits_pending_too_many,
    a.credits_posted - coalesce(t.credits_posted, 0) AS credits_posted_too_many
FROM ledger.account a
LEFT JOIN total t ON t.account = a.id
WHERE (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted)
    <> (coalesce(t.debits_pending, 0), coalesce(t.debits_posted, 0), coalesce(t.credits_pending, 0),
        coalesce(t.credits_posted, 0));
