"""Releasing once, numbering, superseding, withdrawing."""

import dataclasses
import datetime as dt
import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from reports import actions, rendering
from reports.composer import Composition, Paragraph, restore
from reports.models import Document, Rendering
from reports.registry import DocumentKind
from schools.choices import Audience
from tests import factories as make

KIND = DocumentKind("tests.report", "A report", Audience.SCHOOL, "report", build=lambda source: SAYS)
SECRET = dataclasses.replace(KIND, key="tests.brief", audience=Audience.AUTHORITY)
SAYS = Composition("A report", "St Anne's Primary School", (Paragraph("Reading is taught well."),))
AT = dt.datetime(2026, 11, 21, 14, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    """The PDF has its own tests; here it is its HTML in bytes."""
    monkeypatch.setattr(rendering, "to_pdf", lambda html, colour: html.encode())


def release(school, by, *, source="visit:a", version=1, kind=KIND, confirm=lambda: None, **more):
    return actions.release(
        kind=kind,
        composition=SAYS,
        school=school,
        source=source,
        version=version,
        by=by,
        at=AT,
        confirm=confirm,
        **more,
    )


@pytest.mark.requirement("L-118", "L-221")
def test_a_release_keeps_what_it_said_the_page_and_the_bytes(school, adviser):
    document = release(school, adviser)
    kept = document.rendering
    composition, imprint = restore(kept.snapshot)
    assert composition == SAYS
    assert imprint.reference == document.reference == f"{school.urn}/1"
    assert imprint.issued_on == dt.date(2026, 11, 21)
    assert imprint.authority == school.authority.name
    assert kept.html == rendering.to_html(composition, imprint)
    assert kept.sha256 == hashlib.sha256(bytes(kept.pdf)).hexdigest()
    assert (document.released_at, document.released_by) == (AT, adviser)


def test_a_release_is_logged_once_without_what_it_says(school, adviser):
    document = release(school, adviser)
    (entry,) = ChangeLogEntry.objects.filter(action="reports.release")
    assert (entry.by, entry.urn, entry.subject) == (adviser, school.urn, f"reports.document:{document.pk}")
    assert entry.after["sha256"] == document.rendering.sha256
    assert "Reading" not in str(entry.after)


def test_the_same_version_twice_is_one_document_told_once(school, adviser):
    told = []
    first = release(school, adviser, on_release=told.append)
    second = release(school, adviser, on_release=told.append)
    assert first == second
    assert told == [first]
    assert Document.objects.count() == Rendering.objects.count() == 1


def test_numbers_run_per_school_and_audience(school, other_school, manager):
    assert release(school, manager).number == 1
    assert release(school, manager, source="visit:b").number == 2
    assert release(other_school, manager, source="visit:c").number == 1
    hidden = release(school, manager, source="brief:a", kind=SECRET)
    assert hidden.reference == f"{school.urn}/A1"
    # What the school sees has no gap that would tell it of the other.
    assert release(school, manager, source="visit:d").number == 3


def test_a_number_taken_meanwhile_is_passed_over(school, adviser, monkeypatch):
    real, calls = actions._next_number, []

    def late(*args):
        calls.append(1)
        number = real(*args)
        if len(calls) == 1:
            make.DocumentFactory(school=school, number=number)
        return number

    monkeypatch.setattr(actions, "_next_number", late)
    assert release(school, adviser).number == 2
    assert Rendering.objects.count() == 2  # the first attempt left nothing behind


def test_the_same_version_released_meanwhile_is_that_document(school, adviser, monkeypatch):
    other = []
    real = actions._next_number

    def late(*args):
        if not other:
            other.append(
                make.DocumentFactory(
                    school=school, kind=KIND.key, source="visit:a", source_version=1, number=9
                )
            )
        return real(*args)

    monkeypatch.setattr(actions, "_next_number", late)
    assert release(school, adviser) == other[0]


def test_a_conflict_that_stays_is_an_error_and_not_an_endless_wait(school, adviser, monkeypatch):
    make.DocumentFactory(school=school, number=1)
    monkeypatch.setattr(actions, "_next_number", lambda *args: 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        release(school, adviser)


def test_a_source_that_changed_meanwhile_releases_nothing(school, adviser):
    def changed():
        raise ValueError("It changed.")

    with pytest.raises(ValueError, match="It changed"):
        release(school, adviser, confirm=changed)
    assert not Document.objects.exists()
    assert not Rendering.objects.exists()


def test_a_failure_after_release_takes_the_release_back(school, adviser):
    def fail(document):
        raise RuntimeError("no e-mail")

    with pytest.raises(RuntimeError):
        release(school, adviser, on_release=fail)
    assert not Document.objects.exists()


def test_a_later_version_supersedes_the_earlier(school, adviser):
    first = release(school, adviser)
    second = release(school, adviser, version=2)
    third = release(school, adviser, version=3)
    assert (second.supersedes, third.supersedes) == (first, second)
    assert list(Document.objects.standing()) == [third]


def test_only_who_may_release_about_the_school_releases(
    school, other_school, far_school, adviser, head, policy_admin, stranger
):
    external = make.UserFactory(grants=[(Role.EXTERNAL_ADVISER, school.authority)])
    make.OfficerAssignmentFactory(school=other_school, user=external)
    for by, where in (
        (adviser, other_school),
        (adviser, far_school),
        (external, other_school),
        (head, school),
        (policy_admin, school),
        (stranger, school),
    ):
        with pytest.raises(PermissionDenied):
            release(where, by)
    assert not Document.objects.exists()


def test_withdrawing_keeps_the_document_with_its_reason(school, adviser):
    document = release(school, adviser)
    actions.withdraw(document=document, reason=" Sent too early. ", by=adviser, at=AT)
    document.refresh_from_db()
    assert document.is_withdrawn
    assert (document.withdrawn_by, document.withdrawal_reason) == (adviser, "Sent too early.")
    assert bytes(document.rendering.pdf)
    (entry,) = ChangeLogEntry.objects.filter(action="reports.withdraw")
    assert entry.after == {"withdrawal_reason": "Sent too early."}


def test_withdrawing_owes_a_reason_and_happens_once(school, adviser):
    document = release(school, adviser)
    with pytest.raises(ValueError, match="Say why"):
        actions.withdraw(document=document, reason=" \n", by=adviser, at=AT)
    actions.withdraw(document=document, reason="Too early", by=adviser, at=AT)
    with pytest.raises(PermissionDenied, match="already withdrawn"):
        actions.withdraw(document=document, reason="Again", by=adviser, at=AT)


def test_the_database_refuses_half_a_withdrawal_and_an_empty_pdf(school, adviser):
    document = release(school, adviser)
    for wrong in (
        {"withdrawn_at": timezone.now()},
        {"withdrawal_reason": "Because"},
        {"number": 0},
        {"supersedes": document},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.RenderingFactory(pdf=b"")
