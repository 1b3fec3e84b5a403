"""The container files agree with the product they start (no engine is needed to say so)."""

import re

import pytest
from ruamel.yaml import YAML

from tests.architecture.sweeps import ROOT

COMPOSE = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))


def test_there_is_a_web_server_a_worker_and_one_clock():
    assert set(OURS) == {"prepare", "web", "worker", "beat"}
    assert set(SERVICES) - set(OURS) == {"database", "queue"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_given_is_one_the_product_reads(name):
    assert set(OURS[name]["environment"]) <= SETTINGS


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_has_a_default(name):
    for variable, value in SERVICES[name]["environment"].items():
        if re.search(r"PASSWORD|SECRET|AUTH|_URL", variable) and variable != "DATA_DIR":
            assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", value), (
                f"{name} gives {variable} without asking for it"
            )
        assert ":-" not in value or variable == "TRUSTED_PROXIES"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_lasting_service_says_whether_it_is_well(name):
    service = SERVICES[name]
    inherited = name == "web" and "HEALTHCHECK" in DOCKERFILE

    assert inherited or "test" in service["healthcheck"] or name == "prepare"


@pytest.mark.parametrize("name", sorted(set(OURS) - {"prepare"}))
def test_nothing_starts_before_the_database_is_up_to_date(name):
    assert OURS[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


def test_preparation_refuses_settings_that_are_not_fit():
    assert "check --deploy --fail-level WARNING &&" in OURS["prepare"]["command"][2]


def test_only_this_machine_reaches_the_web_server_without_its_proxy():
    published = {port for service in SERVICES.values() for port in service.get("ports", [])}

    assert published == {"127.0.0.1:8000:8000"}


def test_every_volume_is_declared():
    used = {v.split(":")[0] for service in SERVICES.values() for v in service.get("volumes", [])}

    assert used == set(COMPOSE["volumes"])


def test_the_image_runs_as_nobody_special_and_from_the_locks():
    assert re.search(r"^USER (?!0$|root$)\S+", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes -r requirements.txt" in DOCKERFILE
    assert "npm ci" in DOCKERFILE


def test_the_image_has_the_system_libraries_that_bin_run_installs():
    setup = (ROOT / "bin" / "setup.sh").read_text()
    packages = re.search(r'install_packages "for PDF documents" (.+?) \|\|', setup)[1].split()

    assert packages
    assert all(package in DOCKERFILE for package in packages)


def test_neither_data_nor_secrets_go_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert {".env", "var", ".git"} <= set(ignored)


def test_the_clock_is_looked_for_where_it_is_kept(settings):
    name = settings.CELERY_BEAT_SCHEDULE_FILENAME.rsplit("/", 1)[1]

    assert f"'{name}*'" in SERVICES["beat"]["healthcheck"]["test"][1]
