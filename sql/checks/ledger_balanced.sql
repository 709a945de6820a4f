-- G1: in every ledger the debits equal the credits, posted and pending.
SELECT a.ledger,
    sum(a.debits_posted) - sum(a.credits_posted) AS posted_difference,
    sum(a.debits_pending) - sum(a.credits_pending) AS pending_difference
FROM ledger.account a
GROUP BY a.ledger
HAVING sum(a.debits_posted) <> sum(a.credits_posted) OR sum(a.debits_pending) <> sum(a.credits_pending);
