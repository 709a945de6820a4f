-- G2: what left an earmarked account, posted or held, was for an item that the newest mark before it allowed.
SELECT t.id, a.code, t.item, t.business_day, t.amount
FROM ledger.transfer t
JOIN ledger.account a ON a.id = t.debit AND a.earmarked
WHERE t.kind IN ('posted', 'pending')
    AND NOT coalesce((
        SELECT e.allowed
        FROM ledger.earmark e
        WHERE e.account_id = t.debit AND e.item = t.item AND e.seq < t.seq
            AND e.valid_from <= t.business_day AND (e.valid_to IS NULL OR t.business_day <= e.valid_to)
        ORDER BY e.seq DESC
        LIMIT 1), false);
