-- What a role needs to run engines, to enqueue and to operate: here the daemon's. History is never changed, and its months
-- come and go by the functions alone.

GRANT USAGE ON SCHEMA jobs TO relief_app;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON jobs.engine, jobs.queue, jobs.permit, jobs.start, jobs.job, jobs.used_key, jobs.dependency TO relief_app;
GRANT SELECT, INSERT ON jobs.history TO relief_app;
GRANT USAGE ON SEQUENCE jobs.job_id_seq TO relief_app;
GRANT SELECT, INSERT, DELETE, UPDATE (followed) ON jobs.dead_letter TO relief_app;
GRANT SELECT, INSERT, UPDATE ON jobs.schedule TO relief_app;
GRANT SELECT, INSERT, DELETE ON jobs.firing TO relief_app;
GRANT SELECT ON jobs.every TO relief_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO relief_app;
