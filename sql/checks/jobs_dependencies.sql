-- A job waits for as many jobs as it says, and each of them may still be done and knows that it is waited for.
SELECT coalesce(j.id, d.job_id) AS id, j.blockers AS says, d.waits_for AS waits_for
  FROM (SELECT id, blockers FROM jobs.job WHERE stage = 'blocked') AS j
  FULL JOIN (SELECT job_id, count(*) AS waits_for FROM jobs.dependency GROUP BY job_id) AS d ON d.job_id = j.id
 WHERE j.blockers IS DISTINCT FROM d.waits_for
UNION ALL
SELECT d.job_id, NULL, d.waits_for FROM jobs.dependency AS d
 WHERE NOT EXISTS (SELECT FROM jobs.job AS j WHERE j.id = d.waits_for AND j.followed)
   AND NOT EXISTS (SELECT FROM jobs.dead_letter AS l WHERE l.id = d.waits_for AND l.followed);
