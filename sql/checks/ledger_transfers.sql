-- G1: every transfer stands between two accounts of one ledger.
SELECT t.id, t.debit, t.credit, d.ledger AS debit_ledger, c.ledger AS credit_ledger
FROM ledger.transfer t
LEFT JOIN ledger.account d ON d.id = t.debit
LEFT JOIN ledger.account c ON c.id = t.credit
WHERE d.id IS NULL OR c.id IS NULL OR d.ledger <> c.ledger;
