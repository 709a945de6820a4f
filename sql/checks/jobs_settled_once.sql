-- A job lies in one place: live, dead, or in the history, and in the history once.
SELECT id, count(*) AS places FROM jobs.every GROUP BY id HAVING count(*) > 1;
