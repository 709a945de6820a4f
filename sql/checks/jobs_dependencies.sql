-- A job waits for as many jobs as it says, and each of them may still be done and knows that it is waited for.
SELECT j.id, j.blockers AS says, count(d.waits_for) AS waits_for FROM jobs.job AS j LEFT JOIN jobs.dependency AS d ON d.job_id = j.id
 GROUP BY j.id, j.blockers HAVING j.blockers <> count(d.waits_for)
UNION ALL
SELECT d.job_id, NULL, d.waits_for FROM jobs.dependency AS d
 WHERE NOT EXISTS (SELECT FROM jobs.job AS j WHERE j.id = d.waits_for AND j.followed)
   AND NOT EXISTS (SELECT FROM jobs.dead_letter AS l WHERE l.id = d.waits_for AND l.followed);
