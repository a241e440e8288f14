"""A migrated template database, of which every test process gets a clone."""

import hashlib

import psycopg
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, connections, transaction
from psycopg.sql import SQL, Identifier

from fundportal import embedded
from fundportal.processes import Lock
from tests.environment import ROOT, VAR_DIR

MADE_FROM = ("grants/**/migrations/*.py", "fundportal/settings.py", "requirements.txt")


def template_name() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def administrator() -> psycopg.Connection:
    return psycopg.connect(embedded.database_url(), autocommit=True)


def clone_template(database: str) -> None:
    template = template_name()
    lock = Lock(VAR_DIR / "run" / "template")
    lock.wait()
    with administrator() as admin:
        found = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template_%'")
        known = {name for (name,) in found} - {"template0", "template1"}
        if template not in known:
            for old in known:
                drop(old)
            _migrate(template, admin)
        drop(database)
        statement = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log")
        admin.execute(statement.format(Identifier(database), Identifier(template)))
    lock.close()
    # Roles and permissions follow the code, which may have changed since the template was made.
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def _migrate(template: str, admin: psycopg.Connection) -> None:
    """Under another name first: what is called a template is complete."""
    draft = "draft_of_template"
    drop(draft)
    admin.execute(SQL("CREATE DATABASE {}").format(Identifier(draft)))
    own = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = draft
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
    admin.execute(
        SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(draft), Identifier(template))
    )


def drop(database: str) -> None:
    connections.close_all()
    with administrator() as admin:
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database)))


def flush_append_only_tables_too(operations, sql_list: list[str]) -> None:
    """Django's own flush, but as a replica: triggers that refuse TRUNCATE stay silent."""
    alias = operations.connection.alias
    with transaction.atomic(using=alias), operations.connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in sql_list:
            cursor.execute(statement)
