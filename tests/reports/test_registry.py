import pytest

from reports import registry
from reports.registry import DocumentKind, all_kinds, kind_of, register
from schools.choices import Audience


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))


def kind(key="tests.report", file_name="report"):
    return DocumentKind(key, "A report", Audience.SCHOOL, file_name, build=lambda source: None)


def test_a_registered_kind_is_found_by_its_key_and_registering_it_again_changes_nothing():
    made = register(kind())
    assert register(made) is kind_of("tests.report") is made
    assert made in all_kinds()


def test_two_kinds_cannot_share_a_key():
    register(kind())
    with pytest.raises(ValueError, match=r"tests\.report"):
        register(kind(file_name="other"))


def test_a_file_name_cannot_hold_a_path_or_blanks():
    for wrong in ("", "a b", "../x", "A"):
        with pytest.raises(ValueError, match="file name"):
            kind(file_name=wrong)


def test_every_room_registers_its_kinds_at_start():
    assert kind_of("visits.report").audience == Audience.SCHOOL
