-- G10: what is paid is paid once, and the books say the same: a booked payment posted its hold for its amount, a returned
-- one was taken back wholly, and nothing else was posted.
SELECT p.reference, p.state, 'the books say otherwise' AS problem
FROM relief.payment p
LEFT JOIN ledger.transfer t ON t.id = p.posting
LEFT JOIN ledger.transfer back ON back.corrects_id = p.posting
WHERE (p.posting IS NOT NULL AND (t.kind, t.pending_id, t.amount) IS DISTINCT FROM ('post', p.hold, p.amount))
   OR (p.posting IS NULL) <> (p.booked_on IS NULL)
   OR coalesce(back.amount, 0) <> CASE WHEN p.returned_on IS NULL THEN 0 ELSE p.amount END
UNION ALL
SELECT min(p.reference), 'booked', 'paid ' || count(*) || ' times'
FROM relief.payment p WHERE p.state = 'booked' GROUP BY p.instalment HAVING count(*) > 1
UNION ALL
SELECT r.number, r.state, 'its payments are not those that were signed'
FROM relief.run r LEFT JOIN relief.payment p ON p.run = r.id
GROUP BY r.id HAVING (count(p.id), coalesce(sum(p.amount), 0)) IS DISTINCT FROM (r.payments::bigint, r.total::numeric);
