"""Importing in the browser: files in, a preview, one button, figures."""

import io
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from jobs.models import Job
from schools.actions import start_import
from schools.importing.loading import load_reference
from schools.models import ImportBatch, ImportFile, IndicatorValue, School
from tests import factories as make
from tests.schools.importing import made

pytestmark = pytest.mark.django_db

NEW = "/imports/new/"


@pytest.fixture
def admin(client, policy_admin):
    client.force_login(policy_admin)
    load_reference(now=timezone.now())
    return policy_admin


def upload(**files):
    """upload(edubase_20230705=bytes): names get .csv unless they have an ending."""
    return [
        SimpleUploadedFile(name if "." in name else f"{name}.csv", content) for name, content in files.items()
    ]


def give(client, year="", **files):
    response = client.post(NEW, {"uploads": upload(**files), "year": year})
    assert response.status_code == 302, response.content.decode()
    return ImportBatch.objects.latest("created_at")


def text(response):
    return " ".join(response.content.decode().split())


def stored():
    folder = settings.MEDIA_ROOT / "imports"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_files_are_given_previewed_and_applied(client, admin, run_jobs):
    files = {
        "edubase_20230705": made.gias(),
        "2017-2018_ks2": made.ks2({}, {"URN": "100002"}),
        "pets": b"a,b\n1,2",
    }
    batch = give(client, **files)
    waiting = text(client.get(batch.get_absolute_url()))
    assert "The files are being read" in waiting
    assert "Import these files" not in waiting

    run_jobs()
    assert not School.objects.exists()
    seen = text(client.get(batch.get_absolute_url()))
    assert "This is what the files would change. Nothing is recorded yet." in seen
    assert (
        "KS2 results 2017-18: 1 school, 1 not in the register, 1 value suppressed by the publisher." in seen
    )
    assert "Row 3, URN, “100002”" in seen
    assert "Not recognised: the first columns are a, b." in seen
    assert "9 values to add, 1 left out." in seen
    assert "Import these files" in seen

    client.post(reverse("schools:import-apply", args=[batch.public_id]))
    assert "being imported" in text(client.get(batch.get_absolute_url()))
    run_jobs()
    done = text(client.get(batch.get_absolute_url()))
    assert "These files have been imported" in done
    assert "KS2 results 2017-18: 1 school, 1 not in the register" in done
    assert "Import these files" not in done
    assert IndicatorValue.objects.filter(indicator__stage="KS2").count() == 9
    entry = ChangeLogEntry.objects.get(action="schools.apply_import")
    assert entry.by == admin


def test_files_that_change_nothing_say_so_before_and_after(client, admin, run_jobs):
    for expected in ("1 school to add.", "1 school unchanged."):
        batch = give(client, edubase_20230705=made.gias())
        run_jobs()
        assert expected in text(client.get(batch.get_absolute_url()))
        client.post(reverse("schools:import-apply", args=[batch.public_id]))
        run_jobs()
    assert "These files changed nothing" in text(client.get(batch.get_absolute_url()))
    batch = give(client, edubase_20230705=made.gias(), links_2023=made.links([5, 6, "", "Successor", ""]))
    run_jobs()
    seen = text(client.get(batch.get_absolute_url()))
    assert "These files would change nothing" in seen
    assert "Nothing to change." in seen


def test_only_what_was_left_out_needs_no_noun(client, admin, run_jobs):
    batch = give(client, **{"2017-2018_ks2": made.ks2({"URN": "x"})})
    run_jobs()
    assert "1 left out." in text(client.get(batch.get_absolute_url()))


def test_applying_twice_applies_once(client, admin, run_jobs):
    batch = give(client, edubase_20230705=made.gias())
    run_jobs()
    address = reverse("schools:import-apply", args=[batch.public_id])
    for _ in range(3):
        client.post(address)
    assert Job.objects.filter(kind="schools.apply_import").count() == 1
    run_jobs()
    client.post(address)
    run_jobs()
    assert Job.objects.filter(kind="schools.apply_import").count() == 1
    assert ChangeLogEntry.objects.filter(action="schools.apply_import").count() == 1


def test_a_job_that_comes_late_does_nothing(client, admin, run_jobs):
    from jobs.actions import enqueue

    batch = give(client, edubase_20230705=made.gias())
    run_jobs()
    enqueue(kind="schools.read_import", payload={"batch_id": batch.pk}, now=timezone.now())
    enqueue(kind="schools.apply_import", payload={"batch_id": batch.pk}, now=timezone.now())
    run_jobs()
    batch.refresh_from_db()
    assert batch.status == "previewed"
    assert not School.objects.exists()


def test_leaving_files_alone_deletes_them_and_records_nothing(
    client, admin, run_jobs, django_capture_on_commit_callbacks
):
    batch = give(client, edubase_20230705=made.gias())
    run_jobs()
    assert len(stored()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("schools:import-discard", args=[batch.public_id]), follow=True)
    assert "left alone and deleted" in text(response)
    assert stored() == []
    assert "These files were left alone" in text(client.get(batch.get_absolute_url()))
    client.post(reverse("schools:import-discard", args=[batch.public_id]))
    assert ChangeLogEntry.objects.filter(action="schools.discard_import").count() == 1
    response = client.post(reverse("schools:import-apply", args=[batch.public_id]), follow=True)
    assert "This import is over: left alone." in text(response)


def test_an_import_still_being_read_may_be_left_alone(client, admin, run_jobs):
    batch = give(client, edubase_20230705=made.gias())
    response = client.post(reverse("schools:import-apply", args=[batch.public_id]), follow=True)
    assert "still being read" in text(response)
    client.post(reverse("schools:import-discard", args=[batch.public_id]))
    run_jobs()
    batch.refresh_from_db()
    assert batch.status == "discarded"


def test_an_applied_import_cannot_be_left_alone(client, admin, run_jobs):
    batch = give(client, edubase_20230705=made.gias())
    run_jobs()
    client.post(reverse("schools:import-apply", args=[batch.public_id]))
    response = client.post(reverse("schools:import-discard", args=[batch.public_id]), follow=True)
    assert "cannot be left alone any more" in text(response)


def test_with_nothing_to_import_there_is_no_button(client, admin, run_jobs):
    batch = give(client, pets=b"a,b\n1,2")
    run_jobs()
    seen = text(client.get(batch.get_absolute_url()))
    assert "None of these files can be imported" in seen
    assert "Nothing to import" in seen
    assert "Ready to apply" not in text(client.get("/imports/"))
    assert "Import this file" not in seen
    response = client.post(reverse("schools:import-apply", args=[batch.public_id]), follow=True)
    assert "Leave them alone and give others" in text(response)


def test_a_zip_becomes_the_files_inside_it(client, admin, run_jobs):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("edubase_20230705.csv", made.gias())
        archive.writestr("2017-2018_ks2.csv", made.ks2())
    batch = give(client, **{"all.zip": stream.getvalue(), "bad.zip": b"PK\x03\x04 broken"})
    run_jobs()
    assert [file.name for file in batch.files.all()] == [
        "all.zip/edubase_20230705.csv",
        "all.zip/2017-2018_ks2.csv",
        "bad.zip",
    ]
    assert len(stored()) == 2  # the members; neither the zip nor what was refused
    client.post(reverse("schools:import-apply", args=[batch.public_id]))
    run_jobs()
    assert IndicatorValue.objects.filter(indicator__stage="KS2").count() == 9


def test_two_files_of_one_name_are_two(client, admin, run_jobs):
    given = [
        SimpleUploadedFile("2017-18.csv", made.ks2()),
        SimpleUploadedFile("2017-18.csv", made.census()),
        SimpleUploadedFile("x" * 240 + "2017-18.csv", made.ks4()),
        SimpleUploadedFile("x" * 240 + "2017-18.csv", made.ks4({"TPUP": "1"})),
    ]
    client.post(NEW, {"uploads": given})
    run_jobs()
    names = [file.name for file in ImportFile.objects.all()]
    assert len(set(names)) == 4
    assert {"2017-18.csv", "2 of 2017-18.csv"} < set(names)
    assert {file.refusal for file in ImportFile.objects.all()} == {""}


def test_the_year_given_is_kept_for_the_file_without_one(client, admin, run_jobs):
    batch = give(client, year="2018-19", results=made.ks2())
    run_jobs()
    assert batch.files.get().year == 2018


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"uploads": []}, "Select the files to import"),
        ({"uploads": upload(**{"notes.pdf": b"x"})}, "notes.pdf is no CSV file, spreadsheet or zip"),
        ({"uploads": upload(**{"a.csv": b""})}, "a.csv is empty"),
        ({"uploads": upload(**{"a.csv": b"a,b"}), "year": "2017"}, "Write it as 2017-18"),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_field(client, admin, data, words):
    response = client.post(NEW, data)
    assert response.status_code == 200
    assert words in text(response)
    assert not ImportBatch.objects.exists()


def test_the_empty_form_accuses_nobody(client, admin):
    assert "There is a problem" not in text(client.get(NEW))
    assert "Select the files to import" in text(client.post(NEW))


def test_too_many_or_too_large_files_are_refused_in_words(client, admin, monkeypatch):
    monkeypatch.setattr("schools.forms.imports.MAX_UPLOADS", 2)
    response = client.post(NEW, {"uploads": upload(**{f"{n}.csv": b"a,b" for n in range(3)})})
    assert "Choose 2 files or fewer, or put them in a zip. You chose 3." in text(response)
    monkeypatch.setattr("schools.forms.imports.MAX_UPLOAD_BYTES", 2)
    assert "together. Choose fewer." in text(client.post(NEW, {"uploads": upload(**{"a.csv": b"a,b"})}))
    monkeypatch.setattr("schools.forms.imports.MAX_FILE_BYTES", 1)
    assert "a.csv must be 0 MB or smaller" in text(client.post(NEW, {"uploads": upload(**{"a.csv": b"a,b"})}))


def test_what_was_left_out_can_be_downloaded(client, admin, run_jobs):
    batch = give(
        client, **{"2017-2018_ks2": made.ks2({"URN": "=1+1"}, {"URN": "100002"}), "=pets": b"a,b\n1,2"}
    )
    run_jobs()
    response = client.get(reverse("schools:import-problems", args=[batch.public_id]))
    assert response["Content-Type"].startswith("text/csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "File,Row,Column,Value,Problem"
    assert lines[1].startswith("2017-2018_ks2.csv,2,URN,'=1+1,")
    assert lines[-1].startswith("'=pets.csv,")


def test_the_download_says_how_many_are_not_listed(client, admin, run_jobs, monkeypatch):
    monkeypatch.setattr("schools.importing.tally.MAX_PROBLEMS", 1)
    batch = give(client, **{"2017-2018_ks2": made.ks2({"URN": "x"}, {"URN": "y"}, {"URN": "z"})})
    run_jobs()
    lines = (
        client.get(reverse("schools:import-problems", args=[batch.public_id])).content.decode().splitlines()
    )
    assert "2 more are not listed" in lines[-1]


def test_a_page_shows_ten_problems_and_counts_the_rest(client, admin, run_jobs):
    batch = give(client, **{"2017-2018_ks2": made.ks2(*({"URN": f"x{n}"} for n in range(12)))})
    run_jobs()
    seen = text(client.get(batch.get_absolute_url()))
    assert seen.count("<li>Row ") == 10
    assert "And 2 more in the download." in seen


def test_the_content_is_kept_where_nothing_serves_it(client, admin):
    give(client, edubase_20230705=made.gias())
    [name] = stored()
    assert not name.endswith(".csv")
    for address in (f"/media/imports/{name}", f"/imports/{name}", f"/static/imports/{name}"):
        assert client.get(address, follow=True).status_code == 404


def test_a_file_changed_behind_our_back_is_refused_when_applied(client, admin, run_jobs):
    batch = give(client, edubase_20230705=made.gias())
    run_jobs()
    [name] = stored()
    (settings.MEDIA_ROOT / "imports" / name).write_bytes(made.gias({"EstablishmentName": "Other"}))
    client.post(reverse("schools:import-apply", args=[batch.public_id]))
    run_jobs()
    assert not School.objects.exists()


def test_importing_for_another_authority_is_impossible(client, admin, far_authority, run_jobs):
    other = make.UserFactory(grants=[(Role.POLICY_ADMIN, far_authority)])
    theirs = start_import(
        authority=far_authority, uploads=upload(a=b"a,b"), year=None, by=other, at=timezone.now()
    )
    for name in ("detail", "problems"):
        assert client.get(reverse(f"schools:import-{name}", args=[theirs.public_id])).status_code == 404
    for name in ("apply", "discard"):
        assert client.post(reverse(f"schools:import-{name}", args=[theirs.public_id])).status_code == 404
    assert theirs.files.get().name not in text(client.get("/imports/"))
    response = client.post(NEW, {"uploads": upload(a=b"a,b"), "authority": far_authority.pk})
    assert ImportBatch.objects.exclude(pk=theirs.pk).get().authority != far_authority
    assert response.status_code == 302


def test_who_imports_for_several_authorities_chooses_one(client, admin, authority, far_authority, run_jobs):
    make.RoleGrantFactory(user=admin, role=Role.POLICY_ADMIN, authority=far_authority)
    assert "Choose an authority" in text(client.get(NEW))
    assert client.post(NEW, {"uploads": upload(a=b"a,b")}).status_code == 200
    client.post(NEW, {"uploads": upload(a=b"a,b"), "authority": far_authority.pk})
    assert ImportBatch.objects.get().authority == far_authority


def test_who_imports_for_part_of_an_authority_is_told_why_not(client, authority):
    user = make.UserFactory()
    make.RoleGrantFactory(
        user=user, role=Role.POLICY_ADMIN, authority=authority, area=make.AreaFactory(authority=authority)
    )
    client.force_login(user)
    assert "your role is for a part of one" in text(client.get(NEW))


def test_who_may_not_import_is_refused(client, adviser, authority):
    client.force_login(adviser)
    assert client.get(NEW).status_code == 403
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied, match="import data for Kirkdale"):
        start_import(authority=authority, uploads=[], year=None, by=adviser, at=timezone.now())


def test_the_list_shows_what_was_given_by_whom_and_what_came_of_it(client, admin, run_jobs):
    assert "Nothing has been imported yet." in text(client.get("/imports/"))
    give(client, **{"edubase_20230705": made.gias(), "2017-2018_ks2": made.ks2()})
    run_jobs()
    seen = text(client.get("/imports/"))
    assert " and 1 more" in seen
    assert "Ready to apply" in seen
    assert "Pat Admin" in seen
    assert "edubase" in text(client.get("/imports/?q=edubase"))
    assert "Nothing matches" in text(client.get("/imports/?q=zebra"))


def test_the_list_asks_the_same_of_the_database_for_one_import_and_for_ten(
    client, admin, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    give(client, a=b"a,b")
    client.get("/imports/")
    with CaptureQueriesContext(connection) as one:
        client.get("/imports/")
    for _ in range(9):
        give(client, a=b"a,b", b=b"a,b")
    with CaptureQueriesContext(connection) as ten:
        client.get("/imports/")
    assert len(one) == len(ten)


def test_a_job_that_broke_off_goes_on_when_asked_again(client, admin, run_jobs, monkeypatch):
    batch = give(client, edubase_20230705=made.gias())
    run_jobs()
    client.post(reverse("schools:import-apply", args=[batch.public_id]))
    Job.objects.filter(kind="schools.apply_import").update(
        status="failed", finished_at=timezone.now(), error="It broke."
    )
    assert "Go on importing" in text(client.get(batch.get_absolute_url()))
    client.post(reverse("schools:import-apply", args=[batch.public_id]))
    run_jobs()
    batch.refresh_from_db()
    assert (batch.status, School.objects.count()) == ("applied", 1)


def test_an_import_whose_reading_failed_may_be_left_alone(client, admin):
    batch = give(client, edubase_20230705=made.gias())
    Job.objects.update(status="failed", finished_at=timezone.now(), error="It broke.")
    seen = text(client.get(batch.get_absolute_url()))
    assert "It broke." in seen
    assert "Leave them alone" in seen


def test_a_failed_import_of_the_command_line_is_on_no_page(client, admin):
    batch = ImportBatch.objects.create(
        authority=None, status="failed", created_at=timezone.now(), failure="x"
    )
    assert client.get(batch.get_absolute_url()).status_code == 404


def test_imports_of_the_command_line_are_listed_with_the_authoritys(client, admin, authority):
    failed = ImportBatch.objects.create(
        authority=authority, status="failed", created_at=timezone.now(), failure="It stopped before the end."
    )
    assert "Command line" in text(client.get("/imports/"))
    seen = text(client.get(failed.get_absolute_url()))
    assert "at the command line" in seen
    assert "It stopped before the end." in seen
    made.import_files({"edubase_20230705.csv": made.gias()}, authority)
    applied = ImportBatch.objects.get(status="applied")
    assert "1 school added." in text(client.get(applied.get_absolute_url()))


def test_what_was_left_alone_while_it_was_read_stays_so(client, admin, monkeypatch, run_jobs):
    from schools.importing import running

    batch = give(client, edubase_20230705=made.gias())
    preview = running.preview

    def left_alone_meanwhile(*args):
        tallies = preview(*args)
        ImportBatch.objects.update(status="discarded")
        return tallies

    monkeypatch.setattr(running, "preview", left_alone_meanwhile)
    run_jobs()
    batch.refresh_from_db()
    assert (batch.status, batch.files.get().kind) == ("discarded", "")


def test_an_import_is_closed_once(authority):
    from schools.importing import batches

    batch = make.ImportBatchFactory(authority=authority, status="applying")
    assert batches.complete(batch, by=None, now=timezone.now())
    assert not batches.complete(batch, by=None, now=timezone.now())


@pytest.mark.browser
def test_files_are_imported_in_a_browser(browser_page, live_server, policy_admin, run_jobs, tmp_path):
    from tests.browser import assert_accessible, sign_in

    load_reference(now=timezone.now())
    for name, content in {
        "edubase_20230705.csv": made.gias(),
        "2017-2018_ks2.csv": made.ks2({}, {"URN": "100002"}),
    }.items():
        (tmp_path / name).write_bytes(content)
    sign_in(browser_page, live_server, policy_admin)
    browser_page.goto("/imports/")
    assert_accessible(browser_page)
    browser_page.get_by_role("button", name="Import files").click()
    assert_accessible(browser_page)
    browser_page.get_by_label("Files").set_input_files([str(path) for path in sorted(tmp_path.iterdir())])
    browser_page.get_by_role("button", name="Read these files").click()
    browser_page.get_by_text("The files are being read").wait_for()
    assert_accessible(browser_page)
    run_jobs()
    browser_page.reload()
    assert_accessible(browser_page)
    browser_page.get_by_role("button", name="Import these files").dblclick()
    browser_page.get_by_text("The files are being imported").wait_for()
    run_jobs()
    browser_page.reload()
    browser_page.get_by_text("These files have been imported").wait_for()
    assert_accessible(browser_page)
    assert School.objects.count() == 1
