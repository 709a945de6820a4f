-- G6: a hold is either open or resolved once, by an entry between the same accounts for at most what was held.
SELECT h.id AS hold, 'neither open nor resolved, or both' AS problem
FROM ledger.transfer h
LEFT JOIN ledger.open_hold o ON o.id = h.id
LEFT JOIN ledger.transfer r ON r.pending_id = h.id
WHERE h.kind = 'pending' AND (o.id IS NULL) = (r.id IS NULL)
UNION ALL
SELECT o.id, 'open, but not as the hold was entered'
FROM ledger.open_hold o
LEFT JOIN ledger.transfer h ON h.id = o.id AND h.kind = 'pending'
WHERE (o.debit, o.credit, o.amount, o.expires_at) IS DISTINCT FROM (h.debit, h.credit, h.amount, h.expires_at)
UNION ALL
SELECT r.pending_id, 'resolved by an entry that doesn''t fit it'
FROM ledger.transfer r
LEFT JOIN ledger.transfer h ON h.id = r.pending_id AND h.kind = 'pending'
WHERE r.pending_id IS NOT NULL AND (
    (r.debit, r.credit, r.released, r.item) IS DISTINCT FROM (h.debit, h.credit, h.amount, h.item)
    OR r.amount > h.amount OR (r.kind <> 'post' AND r.amount <> h.amount) OR r.seq < h.seq)
UNION ALL
SELECT r.pending_id, 'resolved ' || count(*) || ' times'
FROM ledger.transfer r
WHERE r.pending_id IS NOT NULL
GROUP BY r.pending_id
HAVING count(*) > 1;
