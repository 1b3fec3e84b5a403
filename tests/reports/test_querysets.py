"""Who finds which document."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.choices import Role
from reports import presenters
from reports.models import Document
from schools.choices import Audience, ContactRole
from schools.models import SchoolContact
from tests import factories as make


@pytest.fixture
def documents(school, other_school, far_school):
    def pair(where):
        return {
            a: make.DocumentFactory(school=where, audience=a, title=f"{where.name} {a}") for a in Audience
        }

    return {"school": pair(school), "other": pair(other_school), "far": pair(far_school)}


def found(user):
    return set(Document.objects.visible_to(user))


@pytest.mark.requirement("K-246", "K-213")
def test_a_head_finds_what_was_shared_with_their_own_school_and_nothing_else(documents, head, other_head):
    assert found(head) == {documents["school"][Audience.SCHOOL]}
    assert found(other_head) == {documents["other"][Audience.SCHOOL]}


def test_the_chair_of_governors_finds_what_the_head_finds(documents, school):
    chair = make.UserFactory(grants=[(Role.CHAIR, school.authority)])
    make.SchoolContactFactory(school=school, user=chair, role=ContactRole.CHAIR)
    assert found(chair) == {documents["school"][Audience.SCHOOL]}


def test_an_adviser_finds_their_schools_and_a_manager_the_whole_authoritys(documents, adviser, manager):
    mine = {documents["school"][a] for a in (Audience.SCHOOL, Audience.AUTHORITY)}
    assert found(adviser) == mine
    assert found(manager) == mine | {documents["other"][a] for a in (Audience.SCHOOL, Audience.AUTHORITY)}


def test_people_without_the_permission_find_nothing(documents, policy_admin, auditor, stranger, school):
    external = make.UserFactory(grants=[(Role.EXTERNAL_ADVISER, school.authority)])
    make.OfficerAssignmentFactory(school=documents["other"][Audience.SCHOOL].school, user=external)
    for user in (policy_admin, auditor, stranger, external):
        assert found(user) == set()


def test_a_head_who_also_advises_another_school_reads_each_as_what_they_are_there(
    documents, head, other_school
):
    make.RoleGrantFactory(user=head, role=Role.ADVISER, authority=other_school.authority)
    make.OfficerAssignmentFactory(school=other_school, user=head)
    assert found(head) == {
        documents["school"][Audience.SCHOOL],
        documents["other"][Audience.SCHOOL],
        documents["other"][Audience.AUTHORITY],
    }


def test_a_withdrawn_document_stays_with_the_authority_and_leaves_the_school(documents, head, adviser):
    document = documents["school"][Audience.SCHOOL]
    Document.objects.filter(pk=document.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=adviser, withdrawal_reason="Too early"
    )
    assert found(head) == set()
    assert document in found(adviser)


def test_a_head_who_left_finds_nothing_from_the_next_day(documents, head):
    today = timezone.localdate()
    SchoolContact.objects.filter(user=head).update(end_on=today)
    assert found(head)
    assert not Document.objects.visible_to(head, today + dt.timedelta(days=1)).exists()


def test_recent_documents_are_the_newest_that_stand(documents, head, school, adviser):
    old = documents["school"][Audience.SCHOOL]
    new = make.DocumentFactory(school=school, supersedes=old)
    (line,) = presenters.recent(head)
    assert (line.reference, line.href) == (new.reference, new.get_absolute_url())
    assert line.download_href == f"{line.href}download/"
    assert presenters.recent(head, since=timezone.now() + dt.timedelta(days=1)) == []
    assert presenters.recent(head, schools=[documents["far"][Audience.SCHOOL].school]) == []


@pytest.mark.parametrize("count", [1, 10])
def test_recent_documents_take_one_query_however_many(count, head, school, django_assert_num_queries):
    for _ in range(count):
        make.DocumentFactory(school=school)
    found(head)  # the grants, read once a request
    with django_assert_num_queries(1):
        assert len(presenters.recent(head, limit=20)) == count


@pytest.mark.parametrize(
    ("size", "words"), [(4, "1 KB"), (1400, "1 KB"), (84_200, "84 KB"), (1_240_000, "1.2 MB")]
)
def test_sizes_read_as_people_say_them(size, words):
    assert presenters.size_in_words(size) == words
