"""What the settings make of the environment: safety where others can reach it, and the broker of the day."""

import runpy
from pathlib import Path

import pytest

SETTINGS = Path(__file__).resolve().parents[2] / "config" / "settings.py"
VARIABLES = (
    "ALLOWED_HOSTS",
    "BASE_URL",
    "TRUSTED_PROXIES",
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
)


@pytest.fixture
def settings_of(monkeypatch, tmp_path):
    """The settings file as it reads with these variables set."""

    def read(**variables):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in {"DATA_DIR": str(tmp_path), **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


def test_on_this_machine_alone_pages_need_no_certificate(settings_of, tmp_path):
    found = settings_of()

    assert "SECURE_SSL_REDIRECT" not in found
    assert "SESSION_COOKIE_SECURE" not in found
    assert found["CELERY_BROKER_URL"] == "filesystem://localhost"
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["data_folder_in"] == str(tmp_path / "broker" / "queue")
    assert found["CACHES"]["default"]["LOCATION"] == str(tmp_path / "cache")


def test_where_others_can_reach_it_everything_goes_over_https_but_the_health_check(settings_of):
    found = settings_of(
        ALLOWED_HOSTS="improvement.council.example",
        BASE_URL="https://improvement.council.example/",
        TRUSTED_PROXIES="1",
        SECRET_KEY="k" * 64,
    )

    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_REDIRECT_EXEMPT"] == [r"^health$"]
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000


def test_with_redis_the_broker_and_the_cache_are_there(settings_of):
    found = settings_of(REDIS_URL="redis://queue.example:6379/1")

    assert (
        found["CELERY_BROKER_URL"] == found["CACHES"]["default"]["LOCATION"] == "redis://queue.example:6379/1"
    )
    assert "CELERY_BROKER_TRANSPORT" not in found
    options = found["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert options["visibility_timeout"] > found["JOBS_LEASE_SECONDS"]
    assert options["socket_connect_timeout"] <= 5
