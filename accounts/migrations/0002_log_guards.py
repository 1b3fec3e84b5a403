from django.db import migrations

from accounts import log_guards


def install(apps, schema_editor):
    log_guards.install(schema_editor.connection)


def remove(apps, schema_editor):
    log_guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database refuses to alter or delete what the two logs hold."""

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
