-- The role of the web server and of the workers in production: it owns nothing, and may do on each
-- table only what the portal itself does there. Run by the owner of the tables after every migrate:
--
--     psql "$OWNER_URL" --single-transaction --set ON_ERROR_STOP=1 --file deploy/roles.sql
--     psql "$OWNER_URL" --command '\password fundportal_app'      -- once
--
-- The search needs the extension pg_trgm, which PostgreSQL trusts: the owner of the database makes it
-- while migrating. Where the tables' owner does not own the database, a superuser makes it first
-- (`CREATE EXTENSION pg_trgm`). LC_CTYPE of the database must be a UTF-8 one, for Chinese texts.
--
-- The owner migrates (DATABASE_URL of the owner, `manage.py migrate`); DATABASE_URL of web, worker
-- and beat names fundportal_app. The role follows the triggers that stand on the tables: what is
-- append-only there may be read and added to, what is kept may not be deleted, and nobody truncates.
-- It cannot switch a trigger off (it owns no table and is no superuser), and it cannot put a
-- temporary table in front of a real one, which the triggers would read instead.

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'fundportal_app') THEN
        CREATE ROLE fundportal_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, fundportal_app', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO fundportal_app', current_database());
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC, fundportal_app;
GRANT USAGE ON SCHEMA public TO fundportal_app;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, fundportal_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO fundportal_app;

DO $$
DECLARE
    kind record;
BEGIN
    FOR kind IN
        SELECT c.oid::regclass AS name,
               -- a trigger before UPDATE (16) and DELETE (8) of every row
               coalesce(bool_or(t.tgname LIKE 'pgtrigger\_%\_stays\_%' AND t.tgtype & 24 = 24),
                        FALSE) AS is_append_only,
               coalesce(bool_or(t.tgname LIKE 'pgtrigger\_%\_no\_truncate\_%'), FALSE) AS is_kept
          FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
         GROUP BY c.oid
    LOOP
        IF kind.name::text IN ('django_migrations', 'public.django_migrations') THEN
            EXECUTE format('GRANT SELECT ON %s TO fundportal_app', kind.name);
        ELSIF kind.is_append_only THEN
            EXECUTE format('GRANT SELECT, INSERT ON %s TO fundportal_app', kind.name);
        ELSIF kind.name::text IN ('grants_ledgeraccount', 'public.grants_ledgeraccount') THEN
            -- The trigger on the postings keeps the balance; the portal locks by it.
            EXECUTE format(
                'GRANT SELECT, INSERT, UPDATE (balance) ON %s TO fundportal_app', kind.name);
        ELSIF kind.is_kept THEN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %s TO fundportal_app', kind.name);
        ELSE
            EXECUTE format(
                'GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO fundportal_app', kind.name);
        END IF;
    END LOOP;
END
$$;
