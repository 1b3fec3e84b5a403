"""What the command line does: load, choose, evaluate, write the documents made from code."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from categorisation.management.commands import write_docs
from categorisation.models import FrameworkChoice, FrameworkVersion, Suggestion
from tests import factories as make


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_frameworks_are_loaded_once(reference):
    assert "Published" in run("load_frameworks")
    assert run("load_frameworks") == ""


def test_a_school_is_evaluated_in_words(frameworks, school):
    make.InspectionFactory(school=school, category="special_measures", overall_grade="4")
    said = run("evaluate", "leeds-2013", "--school", str(school.urn))
    assert "On record: 5\nRange: 5 to 5\nModeration may not go below: 5\n" in said
    assert "Rules met" in said
    assert "-> category 5 [" in said
    assert "(recorded by the authority)" in said


def test_a_school_of_which_nothing_is_recorded_is_not_placed(frameworks, school):
    said = run("evaluate", "leicester-2007", "--school", str(school.urn), "--on", "2026-11-21")
    assert "On record: not placed yet" in said
    assert "no floor" in said
    assert "Rules met" not in said
    assert "Rules not known" in said


def test_the_same_as_json(frameworks, school):
    said = json.loads(run("evaluate", "leeds-2013", "--school", str(school.urn), "--json"))
    assert (said["framework"], said["low"], said["high"]) == ("leeds-2013", 1, 5)


FACTS = {"on": "2018-11-21", "circumstances": {"high_staff_turnover": True, "parental_complaints": True}}


def test_facts_come_from_a_file(frameworks, tmp_path):
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(FACTS))
    said = run("evaluate", "leeds-2013", "--facts", str(file))
    assert "Early signs, which decide nothing" in said


def test_facts_come_from_standard_input(frameworks, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(FACTS)))
    assert "Range:" in run("evaluate", "leeds-2013", "--facts", "-")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "cannot be used"),
        (b'{"on": "yesterday"}', "cannot be used"),
        (b"\xff\xfe", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(frameworks, tmp_path, content, said):
    file = tmp_path / "facts.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        run("evaluate", "leeds-2013", "--facts", str(file))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["york", "--school", "1"], "no framework “york”. There are: leeds-2013, leicester-2007"),
        (["leeds-2013", "--school", "1"], "No school has the URN 1 here"),
        (
            ["leeds-2013", "--school", "1", "--on", "1999-01-01"],
            "is in force from 2.*nothing about 1999-01-01",
        ),
        (["leeds-2013", "--school", "1", "--on", "soon"], "“soon” is no date: write it as 2026-11-21"),
        (["leeds-2013"], "one of the arguments --school --facts is required"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_in_words(frameworks, arguments, said):
    with pytest.raises(CommandError, match=said):
        run("evaluate", *arguments)


def test_without_frameworks_it_says_how_to_load_them(db):
    with pytest.raises(CommandError, match=r"manage\.py load_frameworks"):
        run("evaluate", "leeds-2013", "--school", "1")


def test_a_framework_is_chosen_and_worked_out_at_once(frameworks, school):
    said = run("choose_framework", school.authority.code, "leeds-2013")
    assert said == "Kirkdale works to leeds-2013: 1 open schools have a suggestion.\n"
    assert FrameworkChoice.objects.get().start_on == timezone.localdate()
    assert Suggestion.objects.get().school == school


def test_an_unknown_authority_or_framework_is_refused_by_name(frameworks, authority):
    with pytest.raises(CommandError, match=r"no authority 999\. There are: 901 Kirkdale\."):
        run("choose_framework", "999", "leeds-2013")
    with pytest.raises(CommandError, match="no framework “york”"):
        run("choose_framework", "901", "york", "--from", "2026-09-01")
    assert FrameworkVersion.objects.count() == 2


def test_without_authorities_it_says_so(frameworks):
    with pytest.raises(CommandError, match="There are: none yet"):
        run("choose_framework", "999", "leeds-2013")


def test_the_documents_made_from_code_are_fresh():
    run("write_docs", "--check")


def test_stale_documents_are_named_and_written_afresh(tmp_path, settings, monkeypatch):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "facts-format.md").write_text("old")
    with pytest.raises(CommandError, match=r"Stale: facts-format\.md, framework-schema\.md"):
        run("write_docs", "--check")
    assert "Wrote docs/facts-format.md." in run("write_docs")
    assert run("write_docs") == ""
    assert (tmp_path / "docs" / "framework-schema.md").read_text() == write_docs.PAGES[
        "framework-schema.md"
    ]()
