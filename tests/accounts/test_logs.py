"""Writing the two logs, and reading them."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts import presenters
from accounts.choices import Role
from accounts.logs import record_change, record_read
from accounts.models import ReadLogEntry
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def reader(client, auditor):
    client.force_login(auditor)
    return client


@pytest.fixture
def change(authority, adviser):
    def change(**values):
        return record_change(
            **{
                "action": "schools.assign_officer",
                "by": adviser,
                "at": timezone.now(),
                "subject": authority,
                "authority_id": authority.pk,
                "urn": 900321,
                "before": {"role": None},
                "after": {"role": "adviser", "start_on": dt.date(2026, 11, 21), "is_acting": True},
                **values,
            }
        )

    return change


@pytest.fixture
def read(authority, adviser):
    def read(**values):
        return record_read(
            **{
                "by": adviser,
                "view": "visits:visit-detail",
                "kind": "visit_note",
                "identifiers": ["visit_note:Xy12"],
                "at": timezone.now(),
                "authority_id": authority.pk,
                "urn": 900321,
                **values,
            }
        )

    return read


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def csv(response):
    return b"".join(response).decode("utf-8-sig").splitlines()[1:]


class TestTheChangeLog:
    def test_lists_who_did_what_to_what_and_when(self, reader, change):
        change()
        page = text(reader.get("/logs/changes/"))
        for words in ("Ada Adviser", "Schools: assign officer", "Authority ", "900321"):
            assert words in page

    def test_names_unattended_work(self, reader, change):
        entry = change(by=None)
        assert "Unattended work" in text(reader.get("/logs/changes/"))
        assert "Unattended work" in text(reader.get(f"/logs/changes/{entry.pk}/"))

    def test_shows_values_before_and_after_and_logs_who_looked(self, reader, change, auditor, authority):
        entry = change()
        page = text(reader.get(f"/logs/changes/{entry.pk}/"))
        assert "Start on 2026-11-21" in page
        assert "Is acting Yes" in page
        read = ReadLogEntry.objects.get()
        assert (read.by, read.kind, read.urn, read.authority) == (
            auditor,
            "change_log_entry",
            900321,
            authority,
        )
        assert read.identifiers == [f"change_log_entry:{entry.pk}"]

    def test_of_an_entry_without_values_says_so(self, reader, change):
        entry = change(before={}, after={}, urn=None)
        assert "This entry keeps no values" in text(reader.get(f"/logs/changes/{entry.pk}/"))
        assert not ReadLogEntry.objects.exists()

    @pytest.mark.requirement("L-256")
    def test_of_the_register_says_that_something_was_done_and_no_more(self, reader, change):
        entry = change(
            action="interventions.add_entry", audience="register", urn=900999, after={"concern": "dire"}
        )
        for address in ("/logs/changes/", f"/logs/changes/{entry.pk}/"):
            page = text(reader.get(address))
            assert "Something restricted" in page
            assert "Ada Adviser" in page
            for secret in ("900999", "dire", "interventions", "Interventions"):
                assert secret not in page.replace("Sorted", "")
        assert not ReadLogEntry.objects.exists()

    @pytest.mark.requirement("L-256")
    @pytest.mark.parametrize("query", ["urn=900999", "q=interventions", "q=add_entry", "q=authority"])
    def test_does_not_find_the_register_by_search_or_filter(self, reader, change, query):
        change(action="interventions.add_entry", audience="register", urn=900999)
        assert csv(reader.get(f"/logs/changes/?{query}&export=csv")) == []

    @pytest.mark.requirement("L-256")
    def test_does_not_betray_the_register_by_its_order(self, reader, change):
        for urn, audience in ((900001, ""), (900002, "register"), (900003, "school")):
            change(urn=urn, audience=audience, at=timezone.now())
        rows = csv(reader.get("/logs/changes/?sort=urn&export=csv"))
        assert [row.rsplit(",", 1)[1] for row in rows] == ["900001", "900003", ""]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("q=ada", 1),
            ("q=assign", 1),
            ("q=nobody", 0),
            ("urn=900321", 1),
            ("urn=900322", 0),
            ("since=2026-11-21", 1),
            ("since=2026-11-22", 0),
            ("until=2026-11-21", 1),
            ("until=2026-11-20", 0),
        ],
    )
    def test_is_searched_by_person_deed_school_and_time(self, reader, change, query, count):
        # Half past midnight in summer time is the day before in universal time; in winter it is the same day.
        change(at=dt.datetime(2026, 11, 21, 0, 30, tzinfo=dt.UTC))
        assert len(csv(reader.get(f"/logs/changes/?{query}&export=csv"))) == count

    def test_of_another_authority_is_not_there(self, reader, change, far_authority):
        entry = change(authority_id=far_authority.pk)
        assert csv(reader.get("/logs/changes/?export=csv")) == []
        assert reader.get(f"/logs/changes/{entry.pk}/").status_code == 404

    def test_without_authority_is_there_for_the_authorities_of_who_did_it(
        self, reader, change, far_authority
    ):
        change(authority_id=None)
        change(authority_id=None, by=None)
        change(authority_id=None, by=make.UserFactory(grants=[(Role.ADVISER, far_authority)]))
        assert len(csv(reader.get("/logs/changes/?export=csv"))) == 1

    def test_takes_as_many_queries_for_ten_as_for_one(self, reader, change, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        change()
        with CaptureQueriesContext(connection) as one:
            reader.get("/logs/changes/")
        for _ in range(9):
            change(by=make.UserFactory())
        with django_assert_num_queries(len(one)):
            reader.get("/logs/changes/")


class TestTheReadLog:
    def test_lists_who_read_what(self, reader, read):
        read()
        page = text(reader.get("/logs/readings/"))
        for words in ("Ada Adviser", "Visit note", "visit_note:Xy12", "900321", "visits:visit-detail"):
            assert words in page

    @pytest.mark.parametrize(
        ("query", "count"),
        [("q=ada", 1), ("q=Xy12", 1), ("q=visit_note", 1), ("q=none", 0), ("urn=900321", 1), ("urn=1", 0)],
    )
    def test_is_searched_by_person_thing_and_school(self, reader, read, query, count):
        read()
        assert len(csv(reader.get(f"/logs/readings/?{query}&export=csv"))) == count

    def test_of_another_authority_is_not_there(self, reader, read, far_authority):
        read(authority_id=far_authority.pk)
        read(authority_id=None, by=make.UserFactory(grants=[(Role.ADVISER, far_authority)]))
        read(authority_id=None)
        assert len(csv(reader.get("/logs/readings/?export=csv"))) == 1


class TestWords:
    def test_for_what_was_done_and_to_what(self):
        assert presenters.action_in_words("warning_notices.give") == "Warning notices: give"
        assert presenters.action_in_words("give") == "Give"
        assert presenters.thing_in_words("schools.officerassignment:7") == "Officer assignment 7"
        assert presenters.thing_in_words("schools.longgone:7") == "Schools.longgone 7"
        assert presenters.thing_in_words("") == ""

    def test_for_roles(self, adviser, authority):
        today = timezone.localdate()
        make.RoleGrantFactory(user=adviser, authority=authority, area=make.AreaFactory(authority=authority))
        make.RoleGrantFactory(user=adviser, role=Role.AUDITOR, authority=authority, end_on=today - DAY)
        assert presenters.role_names(adviser, today) == ["School improvement adviser"]

    def test_for_values_of_every_kind(self, change):
        entry = change(before={"a": False, "b": ""}, after={"a": True, "b": ["x"], "c": {"d": 1}})
        rows = presenters.values_table(entry)["rows"]
        assert [[cell["text"] for cell in row] for row in rows] == [
            ["A", "No", "Yes"],
            ["B", "", '["x"]'],
            ["C", "", '{"d": 1}'],
        ]
