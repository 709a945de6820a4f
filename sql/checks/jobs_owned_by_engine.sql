-- A running job is held by an engine that has a row, so that somebody will rescue it.
SELECT j.id, j.owner FROM jobs.job AS j LEFT JOIN jobs.engine AS e ON e.id = j.owner
 WHERE j.owner IS NOT NULL AND e.id IS NULL;
