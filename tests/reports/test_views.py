"""The list, the page, the download and the withdrawal, each for those who may and for the others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import ReadLogEntry
from reports.models import Document, Rendering
from schools.choices import Audience
from tests import factories as make


@pytest.fixture
def document(school):
    return make.DocumentFactory(school=school, number=7)


def address(document, page="detail"):
    return reverse(f"reports:document-{page}", args=[document.school.urn, document.public_id])


PAGES = ("detail", "download")


@pytest.mark.requirement("K-213", "L-221")
def test_the_head_of_the_school_downloads_the_bytes_that_were_released(client, head, document):
    client.force_login(head)
    response = client.get(address(document, "download"))
    assert response.content == bytes(document.rendering.pdf)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        f'attachment; filename="visit-report-{document.school.urn}-7.pdf"'
    )
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("page", PAGES)
def test_nobody_elses_head_finds_it(client, other_head, document, page):
    client.force_login(other_head)
    assert client.get(address(document, page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_an_adviser_finds_it_for_their_schools_only(client, adviser, document, other_school, page):
    client.force_login(adviser)
    assert client.get(address(document, page)).status_code == 200
    elsewhere = make.DocumentFactory(school=other_school)
    assert client.get(address(elsewhere, page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_document_is_not_found_under_another_schools_address(client, manager, document, other_school, page):
    client.force_login(manager)
    url = reverse(f"reports:document-{page}", args=[other_school.urn, document.public_id])
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_people_without_the_permission_are_refused_before_anything_is_looked_up(
    client, auditor, document, page
):
    client.force_login(auditor)
    assert client.get(address(document, page)).status_code == 403


def test_a_head_does_not_find_what_is_for_the_authority(client, head, school):
    hidden = make.DocumentFactory(school=school, audience=Audience.AUTHORITY, title="Confidential brief")
    client.force_login(head)
    for page in PAGES:
        assert client.get(address(hidden, page)).status_code == 404
    page = client.get(reverse("reports:document-list", args=[school.urn])).content.decode()
    assert "Confidential" not in page
    assert "No documents have been released" in page


@pytest.mark.parametrize("page", PAGES)
def test_reading_is_logged_with_the_school(client, head, document, page):
    client.force_login(head)
    client.get(address(document, page))
    (entry,) = ReadLogEntry.objects.all()
    assert (entry.by, entry.kind, entry.identifiers) == (head, "document", [f"document:{document.public_id}"])
    assert (entry.urn, entry.authority) == (document.school.urn, document.authority)


def test_bytes_that_are_not_those_released_are_not_given_out(client, head, document):
    Rendering.objects.filter(pk=document.rendering_id).update(pdf=b"%PDF forged")
    client.force_login(head)
    assert client.get(address(document, "download")).status_code == 400
    assert not ReadLogEntry.objects.exists()


def test_the_page_shows_what_the_document_says(client, head, document):
    client.force_login(head)
    page = client.get(address(document)).content.decode()
    assert "Reading." in page
    assert page.count("<h1") == 1
    assert address(document, "download") in page
    assert "Withdraw" not in page


def test_the_page_of_a_replaced_document_leads_to_the_later_one(client, head, document, school, adviser):
    later = make.DocumentFactory(school=school, supersedes=document)
    client.force_login(head)
    assert later.get_absolute_url() in client.get(address(document)).content.decode()


def test_the_list_shows_what_the_reader_may_read(client, head, manager, document, school, other_school):
    make.DocumentFactory(school=school, audience=Audience.AUTHORITY, title="A brief")
    make.DocumentFactory(school=other_school, title="Elsewhere")
    for user, titles in ((head, {document.title}), (manager, {document.title, "A brief"})):
        client.force_login(user)
        response = client.get(reverse("reports:document-list", args=[school.urn]))
        assert {row.title for row in response.context["list"].objects} == titles


def test_the_list_says_what_was_withdrawn_or_replaced(client, manager, head, school, document):
    make.DocumentFactory(school=school, supersedes=document)
    client.force_login(manager)
    url = reverse("reports:document-list", args=[school.urn])
    assert "Replaced by a later one" in client.get(url).content.decode()
    client.post(address(document, "withdraw"), {"reason": "Too early"})
    assert "Withdrawn" in client.get(url).content.decode()
    client.force_login(head)
    assert "Withdrawn" not in client.get(url).content.decode()


def test_the_list_of_a_school_out_of_reach_is_not_found(client, head, adviser, other_school, far_school):
    for user in (head, adviser):
        client.force_login(user)
        for where in (other_school, far_school):
            assert client.get(reverse("reports:document-list", args=[where.urn])).status_code == 404


def test_the_list_takes_as_many_queries_for_ten_as_for_one(client, manager, school):
    client.force_login(manager)
    url = reverse("reports:document-list", args=[school.urn])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    make.DocumentFactory(school=school)
    one = queries()
    make.DocumentFactory.create_batch(9, school=school)
    assert queries() == one


def test_who_may_release_may_withdraw_with_a_reason(client, adviser, document):
    client.force_login(adviser)
    assert "This cannot be undone" in client.get(address(document, "withdraw")).content.decode()
    client.post(address(document, "withdraw"), {"reason": "\x01"})
    refused = client.post(address(document, "withdraw"), {"reason": " "})
    assert refused.status_code == 200
    assert not Document.objects.get().is_withdrawn
    done = client.post(address(document, "withdraw"), {"reason": "Too early"}, follow=True)
    assert "is withdrawn" in done.content.decode()
    assert Document.objects.get().withdrawal_reason == "Too early"


def test_a_second_withdrawal_says_that_it_is_done(client, adviser, document):
    client.force_login(adviser)
    client.post(address(document, "withdraw"), {"reason": "Too early"})
    again = client.post(address(document, "withdraw"), {"reason": "Once more"}, follow=True)
    assert "already withdrawn" in again.content.decode()
    assert Document.objects.get().withdrawal_reason == "Too early"


def test_a_reader_who_may_not_release_may_not_withdraw(client, document, school):
    director = make.UserFactory(grants=[(Role.DIRECTOR, school.authority)])
    client.force_login(director)
    assert client.get(address(document)).status_code == 200
    assert client.post(address(document, "withdraw"), {"reason": "No"}).status_code == 403
    assert not Document.objects.get().is_withdrawn
