-- What every room stands on: the schemas, the roles, and who may look into which schema.
--
-- The owner of the database runs the migrations. It needs no superuser rights, only CREATEROLE where the roles below
-- don't exist yet, and to say in a function's definition which subtree the function sees. Sessions of the daemon act as relief_app, which owns nothing and obeys row-level security.

DO $$
BEGIN
    IF NOT has_parameter_privilege('relief.scope', 'SET') THEN
        RAISE EXCEPTION '% may not set the parameter relief.scope in functions', current_user
            USING HINT = format('As a superuser: GRANT SET ON PARAMETER "relief.scope" TO %I;', current_user);
    END IF;
END
$$;

-- Whatever the database was made with, only its owner makes objects here.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Subtrees of the union's organisations.
CREATE EXTENSION IF NOT EXISTS ltree SCHEMA public;

CREATE SCHEMA ledger;
CREATE SCHEMA audit;
CREATE SCHEMA relief;

-- Roles belong to the whole cluster: another database of it may have made them, or be making them at this moment.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['relief_app', 'relief_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
        -- SET ROLE, also for an owner that is no superuser. The owner of a second database can't grant this to itself.
        BEGIN
            EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        EXCEPTION
            WHEN unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                IF NOT pg_has_role(current_user, role_name, 'MEMBER') THEN
                    RAISE EXCEPTION 'role % exists, and % may not act as it', role_name, current_user
                        USING HINT = format('As a superuser: GRANT %I TO %I;', role_name, current_user);
                END IF;
        END;
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA ledger, audit, relief TO relief_app, relief_auditor;
