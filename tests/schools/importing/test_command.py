"""manage.py import_data and load_reference, as someone at the command line meets them."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Authority
from schools.models import ImportBatch, Indicator, IndicatorValue, School
from tests import factories as make
from tests.schools.importing import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "edubase_20230705.csv").write_bytes(made.gias())
    (tmp_path / "2017-2018_ks2.csv").write_bytes(made.ks2({}, {"URN": "100002"}))
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    return tmp_path


def run(*arguments):
    """(what was printed, exit code)"""
    out = io.StringIO()
    try:
        call_command("import_data", *arguments, stdout=out, no_color=True)
    except SystemExit as stopped:
        return out.getvalue(), stopped.code
    return out.getvalue(), 0


def test_an_empty_installation_takes_the_authoritys_name_from_the_register(folder):
    printed, code = run(folder, "--authority", "901")
    assert code == 0
    assert Authority.objects.get().name == "Kirkdale"
    assert School.objects.get().authority.code == "901"
    assert "New authority: Kirkdale (901)." in printed
    assert (
        "KS2 results 2017-18: 1 school, 1 not in the register, 1 value suppressed by the publisher."
        in printed
    )
    assert "Values: 9 added, 0 changed, 0 unchanged, 1 refused." in printed
    assert "row 3, URN “100002”" in printed
    assert "Not tables: notes.pdf" in printed
    assert ImportBatch.objects.get().status == "applied"


def test_a_dry_run_writes_nothing_at_all(folder):
    printed, code = run(folder, "--authority", "901", "--dry-run")
    assert code == 0
    assert "Schools: 1 added" in printed
    assert "Values: 9 added" in printed
    assert "Nothing was written" in printed
    assert not any(
        model.objects.exists() for model in (Authority, School, ImportBatch, Indicator, IndicatorValue)
    )


def test_the_result_as_json(folder):
    printed, code = run(folder, "--authority", "901", "--json")
    result = json.loads(printed)
    assert (code, result["dry_run"], result["not_tables"]) == (0, False, ["notes.pdf"])
    assert [(f["name"], f["kind"], f["year"], f["added"], f["refused"]) for f in result["files"]] == [
        ("edubase_20230705.csv", "gias", None, 1, 0),
        ("2017-2018_ks2.csv", "ks2", "2017-18", 9, 1),
    ]
    assert result["files"][1]["problems"][0]["row"] == 3


def test_every_problem_goes_to_a_file(folder, tmp_path):
    (folder / "pets.csv").write_text("a,b\n1,2")
    _, code = run(folder, "--authority", "901", "--problems", tmp_path / "problems.csv")
    rows = list(csv.reader((tmp_path / "problems.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert code == 1
    assert [(row[0], row[1]) for row in rows] == [
        ("File", "Row"),
        ("2017-2018_ks2.csv", "3"),
        ("pets.csv", ""),
    ]


def test_a_terminal_shows_a_few_problems_and_says_how_many_more(folder):
    (folder / "2017-2018_ks2.csv").write_bytes(
        made.ks2(*({"URN": str(urn)} for urn in range(100002, 100010)))
    )
    printed, _ = run(folder, "--authority", "901")
    assert "and 3 more; --problems FILE writes them all" in printed


def test_without_an_authority_every_one_here_is_imported(folder):
    make.AuthorityFactory(code="901")
    make.AuthorityFactory(code="902")
    (folder / "edubase_20230705.csv").write_bytes(
        made.gias({}, {"URN": "100002", "LA (code)": "902"}, {"URN": "100003", "LA (code)": "903"})
    )
    run(folder)
    assert sorted(School.objects.values_list("urn", "authority__code")) == [(100001, "901"), (100002, "902")]
    assert ImportBatch.objects.get().authority is None


def test_the_year_is_given_for_files_without_one(folder):
    (folder / "2017-2018_ks2.csv").rename(folder / "results.csv")
    assert run(folder, "--authority", "901")[1] == 1
    assert run(folder, "--authority", "901", "--year", "2018-19")[1] == 0
    assert set(IndicatorValue.objects.filter(indicator__stage="KS2").values_list("year", flat=True)) == {2018}


def test_a_zip_gives_its_files(folder):
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folder / "edubase_20230705.csv", "edubase_20230705.csv")
    run(path, "--authority", "901")
    assert School.objects.count() == 1
    path.write_bytes(b"PK\x03\x04 not a zip")
    printed, code = run(path, folder / "edubase_20230705.csv", "--authority", "901")
    assert code == 1
    assert "all.zip: This zip file is damaged" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([Path("/nowhere/at/all.csv")], "nothing at /nowhere/at/all.csv"),
        ([], "no CSV file"),
        (["--year", "2017"], "Write it as 2017-18"),
        (["--authority", "999"], "Authority 999 is not set up here"),
        ([""], "No authority is set up here yet"),
    ],
)
def test_a_command_given_wrongly_is_told_how_to_go_on(folder, tmp_path, arguments, words):
    empty = tmp_path / "empty"
    empty.mkdir()
    given = {0: [empty], 1: [folder] if arguments == [""] else arguments}.get(
        len(arguments), [folder, *arguments]
    )
    with pytest.raises(CommandError, match=words) as stopped:
        run(*given)
    assert stopped.value.returncode in (1, 2)


def test_files_that_are_known_and_not_imported_are_no_failure_unless_there_is_nothing_else(folder, tmp_path):
    (folder / "2018-19_copy.csv").write_text("URN,KS2 Pupils,Reading Progress\n1,2,3")
    printed, code = run(folder, "--authority", "901")
    assert (code, "copy of KS2 results: not imported" in printed) == (0, True)
    assert run(folder / "2018-19_copy.csv", "--authority", "901")[1] == 2


def test_progress_is_shown_on_a_terminal_only(folder):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    make.AuthorityFactory(code="901")
    shown, hidden = Terminal(), io.StringIO()
    call_command("import_data", folder, "--authority", "901", stdout=io.StringIO(), stderr=shown)
    assert "Looking at 2017-2018_ks2.csv" in shown.getvalue()
    assert "Writing KS2 results 2017-18: row 3" in shown.getvalue()
    call_command("import_data", folder, "--authority", "901", stdout=io.StringIO(), stderr=hidden)
    assert hidden.getvalue() == ""


def test_a_run_that_breaks_off_says_so_and_may_be_run_again(folder, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    make.AuthorityFactory(code="901")
    with monkeypatch.context() as patched:
        patched.setattr("schools.importing.running.join_links", broken)
        with pytest.raises(RuntimeError):
            run(folder, "--authority", "901")
    batch = ImportBatch.objects.get()
    assert (batch.status, "Import the same files again" in batch.failure) == ("failed", True)
    assert run(folder, "--authority", "901")[1] == 0
    assert IndicatorValue.objects.filter(indicator__stage="KS2").count() == 9


def test_reference_data_says_what_it_loaded(db):
    out = io.StringIO()
    call_command("load_reference", stdout=out)
    assert "84 indicators" in out.getvalue()
    call_command("load_reference", stdout=out, verbosity=0)
    assert out.getvalue().count("\n") == 1
