"""Triggers by which the database itself refuses to alter or delete the two logs.

`install` and `remove` are called by migration 0002 and by the tests, which empty tables between transactional
tests. They protect from mistakes and from this application; whoever owns the database can remove them, which is
why backups and the owner's password belong to someone else than the policy administrators.

A migration that rebuilds a log table on SQLite (any change of a column) loses its triggers: call `install` after it.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = {
    "accounts_changelogentry": "The change log cannot be altered or deleted.",
    "accounts_readlogentry": "The read log cannot be altered or deleted.",
}
_FUNCTION = "accounts_refuse_log_change"


def install(connection: BaseDatabaseWrapper) -> None:
    """Guard both tables, anew where they are guarded already.

    Raises ValueError on a database other than SQLite and PostgreSQL.
    """
    _run(connection, to_remove(connection.vendor))
    _run(connection, to_install(connection.vendor))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Lift the guards."""
    _run(connection, to_remove(connection.vendor))


def _run(connection: BaseDatabaseWrapper, statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def to_install(vendor: str) -> Iterator[str]:
    """The statements that set the guards."""
    if vendor == "postgresql":
        yield (
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, reason in TABLES.items():
        if vendor == "postgresql":
            yield (
                f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}('{reason}')"
            )
        else:
            for verb in ("update", "delete"):
                yield (
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
                )
            # INSERT OR REPLACE deletes the old row without running the trigger for DELETE.
            yield (
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  # our own names
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
                f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
            )


def to_remove(vendor: str) -> Iterator[str]:
    """The statements that lift the guards, whether they stand or not."""
    if vendor not in ("sqlite", "postgresql"):
        raise ValueError(f"The logs cannot be guarded on {vendor}: use SQLite or PostgreSQL.")
    for table in TABLES:
        if vendor == "postgresql":
            yield f"DROP TRIGGER IF EXISTS {table}_guard ON {table}"
        else:
            for verb in ("update", "delete", "replace"):
                yield f"DROP TRIGGER IF EXISTS {table}_no_{verb}"
