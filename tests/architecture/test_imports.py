"""The import contracts of pyproject.toml hold, and catch what they should."""

import tomllib

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

from tests.architecture.contracts import DoorsContract
from tests.architecture.sweeps import ROOMS, ROOT

configure()
CONFIGURED = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
CONTRACTS = CONFIGURED["importlinter"]["contracts"]
TYPES = {"layers": LayersContract, "forbidden": ForbiddenContract, "doors": DoorsContract}


@pytest.fixture(scope="module")
def house():
    """The imports as they stand."""
    return grimp.build_graph(
        *CONFIGURED["importlinter"]["root_packages"],
        include_external_packages=True,
        exclude_type_checking_imports=CONFIGURED["importlinter"]["exclude_type_checking_imports"],
        cache_dir=None,
    )


def empty_house(*imports):
    """Rooms with a few modules each and only these imports."""
    graph = grimp.ImportGraph()
    for room in ROOMS:
        for module in ("", ".models", ".actions", ".actions.notes", ".views", ".forms", ".new_idea"):
            graph.add_module(room + module)
    for module in (
        "django",
        "celery",
        "jobs.registry",
        *named("Rules and the engine are pure")["source_modules"],
    ):
        graph.add_module(module)
    for module in ("accounts.access", "accounts.logs", "ui.lists"):
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="")
    return graph


def kept(contract, graph):
    # As import-linter's own reader does: the fields of contracts parse text.
    options = {
        k: str(v) if isinstance(v, bool) else v for k, v in contract.items() if k not in ("name", "type")
    }
    return TYPES[contract["type"]](
        name=contract["name"],
        session_options={**CONFIGURED["importlinter"], "include_external_packages": "true"},
        contract_options=options,
    ).check(graph, verbose=False)


def named(name):
    return next(c for c in CONTRACTS if c["name"] == name)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c["name"])
def test_every_contract_is_kept(contract, house):
    result = kept(contract, house)

    assert result.kept, result.metadata


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c["name"])
def test_an_empty_house_keeps_every_contract(contract):
    assert kept(contract, empty_house()).kept


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("schools.models", "visits.models"), ("jobs.actions", "accounts.models"), ("ui.lists", "jobs.models")],
)
def test_an_import_upwards_is_caught(importer, imported):
    assert not kept(named("Rooms import downwards only"), empty_house((importer, imported))).kept


@pytest.mark.parametrize("imported", ["django", "schools.models", "celery"])
def test_an_engine_that_learns_of_the_database_is_caught(imported):
    graph = empty_house(("categorisation.engine", imported))

    assert not kept(named("Rules and the engine are pure"), graph).kept


@pytest.mark.parametrize("imported", ["schools.views", "schools.forms", "schools.new_idea", "schools"])
def test_a_room_entered_through_the_window_is_caught(imported):
    result = kept(named("Rooms are entered by their doors"), empty_house(("visits.actions", imported)))

    assert result.metadata["broken"] == [f"visits.actions imports {imported} (line 1)"]


@pytest.mark.parametrize(
    "imported",
    [
        "schools.models",
        "schools.actions.notes",
        "jobs.registry",
        "accounts.access",
        "accounts.logs",
        "ui.lists",
    ],
)
def test_a_room_entered_by_a_door_is_fine(imported):
    assert kept(named("Rooms are entered by their doors"), empty_house(("visits.views", imported))).kept


def test_every_room_is_under_every_contract(settings):
    rooms = set(ROOMS)

    assert {app for app in settings.INSTALLED_APPS if (ROOT / app / "apps.py").exists()} == rooms
    assert set(named("Rooms import downwards only")["layers"]) == rooms
    assert set(named("Rooms are entered by their doors")["rooms"]) == rooms
    assert set(CONFIGURED["importlinter"]["root_packages"]) == rooms | {"config"}
    assert set(CONFIGURED["coverage"]["run"]["source"]) == rooms | {"config"}
