-- G3: no account stands beyond its limit, holds counted; nor is any counter below zero.
SELECT a.code, a.balance_limit, a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted
FROM ledger.account a
WHERE (a.balance_limit = 'debits_must_not_exceed_credits' AND a.debits_pending + a.debits_posted > a.credits_posted)
    OR (a.balance_limit = 'credits_must_not_exceed_debits' AND a.credits_pending + a.credits_posted > a.debits_posted)
    OR least(a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted) < 0;
