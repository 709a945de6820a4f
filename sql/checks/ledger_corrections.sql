-- G4: corrections are opposite entries for the original's item, and together take back no more than it moved.
SELECT o.id AS original, o.amount, sum(c.amount) AS corrected
FROM ledger.transfer c
LEFT JOIN ledger.transfer o ON o.id = c.corrects_id AND o.kind IN ('posted', 'post')
WHERE c.kind = 'correction'
GROUP BY o.id, o.amount
HAVING o.id IS NULL OR sum(c.amount) > o.amount
    OR bool_or((c.debit, c.credit, c.item) IS DISTINCT FROM (o.credit, o.debit, o.item) OR c.seq < o.seq);
