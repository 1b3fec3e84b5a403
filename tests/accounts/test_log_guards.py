"""The database refuses to alter or delete the logs, on both databases."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import log_guards
from accounts.logs import record_change, record_read
from accounts.models import ChangeLogEntry, ReadLogEntry


@pytest.fixture
def change(policy_admin, authority):
    return record_change(
        action="tests.do", by=policy_admin, at=timezone.now(), subject=authority, after={"name": "New"}
    )


@pytest.fixture
def read(policy_admin):
    return record_read(by=policy_admin, view="x:y", kind="document", identifiers=["a"], at=timezone.now())


def refused(run, table):
    with pytest.raises(DatabaseError, match=log_guards.TABLES[table]), transaction.atomic():
        run()


@pytest.mark.django_db
class TestEveryWayOfChangingAnEntry:
    def test_an_entry_cannot_be_saved_again(self, change, read):
        change.action = "tests.never"
        refused(change.save, "accounts_changelogentry")
        read.kind = "nothing"
        refused(read.save, "accounts_readlogentry")

    def test_entries_cannot_be_updated_in_bulk(self, change, read):
        refused(lambda: ChangeLogEntry.objects.update(action="x"), "accounts_changelogentry")
        refused(lambda: ReadLogEntry.objects.update(kind="x"), "accounts_readlogentry")

    def test_entries_cannot_be_deleted(self, change, read):
        refused(change.delete, "accounts_changelogentry")
        refused(lambda: ReadLogEntry.objects.all().delete(), "accounts_readlogentry")
        assert ChangeLogEntry.objects.count() == ReadLogEntry.objects.count() == 1

    def test_an_entry_cannot_be_replaced_by_an_upsert(self, change):
        entry = ChangeLogEntry(pk=change.pk, at=timezone.now(), action="tests.never", subject="x:1")
        refused(
            lambda: ChangeLogEntry.objects.bulk_create(
                [entry], update_conflicts=True, update_fields=["action"], unique_fields=["id"]
            ),
            "accounts_changelogentry",
        )

    @pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite knows INSERT OR REPLACE")
    def test_an_entry_cannot_be_replaced_in_sqlites_own_way(self, read):
        def replace():
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT OR REPLACE INTO accounts_readlogentry (id, at, by_id, view, kind, identifiers) "
                    "SELECT id, at, by_id, view, 'other', identifiers FROM accounts_readlogentry"
                )

        refused(replace, "accounts_readlogentry")

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
    @pytest.mark.parametrize("table", log_guards.TABLES)
    def test_a_log_cannot_be_truncated(self, table):
        def truncate():
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {table} CASCADE")

        refused(truncate, table)


@pytest.mark.django_db
def test_the_guards_can_be_lifted_and_set_again_for_a_migration(change):
    log_guards.remove(connection)
    ChangeLogEntry.objects.update(action="tests.corrected")
    log_guards.install(connection)
    log_guards.install(connection)
    refused(lambda: ChangeLogEntry.objects.update(action="x"), "accounts_changelogentry")
    change.refresh_from_db()
    assert change.action == "tests.corrected"


@pytest.mark.parametrize("again", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_leaves_no_entries_and_leaves_the_guards(again, change):
    assert ChangeLogEntry.objects.count() == 1
    refused(lambda: ChangeLogEntry.objects.all().delete(), "accounts_changelogentry")


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_every_trigger_that_is_set_is_lifted_again(vendor):
    made = [words[2] for words in map(str.split, log_guards.to_install(vendor)) if words[1] == "TRIGGER"]
    lifted = [statement.split()[4] for statement in log_guards.to_remove(vendor)]
    assert made
    assert sorted(made) == sorted(lifted)


def test_on_postgresql_nothing_alters_deletes_or_truncates():
    triggers = [s for s in log_guards.to_install("postgresql") if s.startswith("CREATE TRIGGER")]
    assert len(triggers) == len(log_guards.TABLES)
    assert all("BEFORE UPDATE OR DELETE OR TRUNCATE" in trigger for trigger in triggers)


def test_another_database_is_refused_in_words():
    with pytest.raises(ValueError, match="use SQLite or PostgreSQL"):
        list(log_guards.to_remove("oracle"))
