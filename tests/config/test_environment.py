"""The installation's settings: what each variable does, and what an open installation must have."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

DOCS = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
OPEN = {
    "ALLOWED_HOSTS": "improvement.council.example",
    "BASE_URL": "https://improvement.council.example/",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "k" * 64,
}


@pytest.fixture
def read(tmp_path):
    def read(**variables):
        return environment.read(tmp_path, {"DATA_DIR": str(tmp_path / "data"), **variables})

    return read


def test_nothing_set_means_embedded_under_the_code(tmp_path):
    found = environment.read(tmp_path, {})

    assert found.embedded
    assert found.sqlite
    assert found.data_dir == tmp_path / "var"
    assert found.database["NAME"] == str(tmp_path / "var" / "db.sqlite3")
    assert found.email["EMAIL_FILE_PATH"] == str(found.email_folder) == str(tmp_path / "var" / "email")
    assert not found.debug


def test_a_folder_with_odd_characters_still_holds_the_database(tmp_path):
    found = environment.read(tmp_path, {"DATA_DIR": str(tmp_path / "my data #1 100%25?")})

    assert found.database["NAME"] == str(tmp_path / "my data #1 100%25?" / "db.sqlite3")


def test_a_variable_set_to_nothing_is_not_set(read):
    assert read(DATABASE_URL="", EMAIL_URL="", BASE_URL="", ALLOWED_HOSTS="") == read()


def test_a_secret_can_come_from_a_file(read, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s" * 60)

    assert read(SECRET_KEY_FILE=str(secret)).secret_key == "s" * 60


def test_the_key_is_made_once_and_only_its_owner_reads_it(read):
    first = read()

    assert len(first.secret_key) >= 64
    assert read().secret_key == first.secret_key
    assert stat.S_IMODE((first.data_dir / "secret_key").stat().st_mode) == 0o600


def test_processes_of_one_first_start_agree_on_the_key(read):
    with ThreadPoolExecutor(8) as pool:
        keys = {found.secret_key for found in pool.map(lambda _: read(), range(32))}

    assert len(keys) == 1


def test_secrets_stay_out_of_what_is_printed(read):
    printed = repr(
        read(
            **OPEN,
            DATABASE_URL="postgres://name:hidden1@host/db",
            REDIS_URL="redis://:hidden2@host",
            EMAIL_URL="smtp://name:hidden3@host:25",
        )
    )

    assert "hidden" not in printed
    assert OPEN["SECRET_KEY"] not in printed


def test_postgresql_keeps_connections_and_checks_them(read):
    database = read(DATABASE_URL="postgres://name:password@host:5433/db").database

    assert (database["HOST"], database["PORT"], database["NAME"]) == ("host", 5433, "db")
    assert database["CONN_MAX_AGE"] == 60
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["ATOMIC_REQUESTS"] is False


def test_another_sqlite_file_gets_the_same_options(read, tmp_path):
    database = read(DATABASE_URL=f"sqlite:///{tmp_path}/other.sqlite3").database

    assert database["NAME"] == f"{tmp_path}/other.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "WAL" in database["OPTIONS"]["init_command"]


def test_a_mail_server_replaces_the_folder(read):
    found = read(EMAIL_URL="smtp+tls://name:password@mail.example:587")

    assert found.email["EMAIL_HOST"] == "mail.example"
    assert found.email["EMAIL_USE_TLS"] is True
    assert found.email_folder is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://host/db"),
        ("DATABASE_URL", "postgres://host:port/db"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("EMAIL_URL", "mail.example"),
        ("TRUSTED_PROXIES", "one"),
        ("SECRET_KEY_FILE", "/no/such/file"),
    ],
)
def test_a_wrong_value_is_refused_by_name(read, name, value):
    with pytest.raises(ImproperlyConfigured, match=name.removesuffix("_FILE")):
        read(**{name: value})


def test_a_password_in_a_wrong_address_is_not_repeated(read):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(DATABASE_URL="postgres://name:secret@host:nonsense/db")

    assert "secret" not in str(refused.value)
    assert "nonsense" not in str(refused.value)


def test_an_open_installation_with_all_it_needs_starts(read):
    found = read(**OPEN)

    assert not found.embedded
    assert found.base_url == "https://improvement.council.example"


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"DEBUG": "on"}, "DEBUG"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 49}, "SECRET_KEY"),
        ({"BASE_URL": ""}, "BASE_URL"),
        ({"BASE_URL": "http://improvement.council.example"}, "BASE_URL"),
        ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES"),
    ],
)
def test_an_open_installation_without_what_it_needs_refuses_naming_it(read, fault, named):
    with pytest.raises(ImproperlyConfigured, match=rf"opens .*improvement.council.example, but {named}"):
        read(**{**OPEN, **fault})


@pytest.mark.parametrize("hosts", ["*", "improvement.council.example,*"])
def test_an_installation_open_under_any_name_is_refused(read, hosts):
    with pytest.raises(ImproperlyConfigured, match="any name would do"):
        read(**{**OPEN, "ALLOWED_HOSTS": hosts})


def test_the_settings_page_lists_exactly_what_is_read(monkeypatch, tmp_path):
    asked = set()

    def value(reader, name, **kwargs):
        asked.add(name)
        return reader(name, **kwargs)

    monkeypatch.setattr(environment, "_value", value)
    environment.read(tmp_path, {"DATA_DIR": str(tmp_path)})

    assert set(re.findall(r"^\| `([A-Z_]+)` \|", DOCS.read_text(), re.MULTILINE)) == asked


def test_staff_need_a_second_factor_where_others_reach_it_unless_said_otherwise(read):
    assert not read().require_second_factor
    assert read(REQUIRE_SECOND_FACTOR="on").require_second_factor
    assert read(**OPEN).require_second_factor
    assert not read(**OPEN, REQUIRE_SECOND_FACTOR="off").require_second_factor


PROVIDER = {
    "OIDC_ISSUER": "https://login.example/tenant/v2.0/",
    "OIDC_CLIENT_ID": "improvement",
    "OIDC_CLIENT_SECRET": "between the two",
}


def test_an_identity_provider_takes_three_variables(read):
    assert read().identity_provider is None
    found = read(**PROVIDER).identity_provider

    assert (found.issuer, found.origin) == ("https://login.example/tenant/v2.0", "https://login.example")
    assert (found.name, found.trust_email) == ("your work account", False)
    assert "between the two" not in repr(found)


@pytest.mark.parametrize("missing", sorted(PROVIDER))
def test_an_identity_provider_half_named_is_refused(read, missing):
    with pytest.raises(ImproperlyConfigured, match=f"{missing} is missing"):
        read(**{**PROVIDER, missing: ""})


@pytest.mark.parametrize(
    ("issuer", "reason"),
    [
        ("http://login.example", "https"),
        ("login.example", "https"),
        ("https://login.microsoftonline.com/common/v2.0", "own tenant"),
        ("https://login.microsoftonline.com/organizations/v2.0", "own tenant"),
    ],
)
def test_an_issuer_that_would_let_anybody_in_is_refused(read, issuer, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        read(**{**PROVIDER, "OIDC_ISSUER": issuer})


def test_accounts_close_after_thirteen_months_or_as_set(read):
    assert read().idle_months == 13
    assert read(IDLE_MONTHS="6").idle_months == 6
    assert read(IDLE_MONTHS="0").idle_months == 0
    for months in ("1", "-3"):
        with pytest.raises(ImproperlyConfigured, match="a month ahead"):
            read(IDLE_MONTHS=months)
