"""The demonstration: loaded once, whole, only on one's own machine, with something to do for everyone."""

import io
from collections import Counter
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Authority, User
from categorisation.models import Suggestion
from jobs.models import Job
from reports.models import Document
from schools.choices import SchoolStatus, ValueStatus
from schools.models import ImportBatch, IndicatorValue, Inspection, School, SchoolLink
from visits.presenters import tasks
from workspace.demo import loading, places
from workspace.demo.activity import _school_day, _weekday, write_inspections
from workspace.demo.establishments import establishments
from workspace.demo.people import PASSWORD


def run(command):
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def only(place, monkeypatch):
    monkeypatch.setattr(loading, "PLACES", (place,))


@pytest.fixture
def kirkdale(frameworks, monkeypatch, quick_pdf):
    only(places.KIRKDALE, monkeypatch)
    assert run("load_demo").startswith("Made up Kirkdale")
    return Authority.objects.get(code=places.KIRKDALE.code)


@pytest.fixture
def soarbridge(frameworks, monkeypatch, quick_pdf):
    only(places.SOARBRIDGE, monkeypatch)
    run("load_demo")
    return Authority.objects.get(code=places.SOARBRIDGE.code)


def check_levels_and_tasks(authority, place, levels):
    ranks = Counter(
        Suggestion.objects.filter(school__authority=authority).values_list("on_record", flat=True)
    )
    assert set(levels) <= set(ranks), ranks
    for officer in place.officers:
        if officer.role == "adviser":
            adviser = User.objects.get(email=f"{officer.mailbox}@{place.domain}")
            todo = [task.text.split()[0] for task in tasks(adviser, timezone.localdate())]
            assert Counter(todo) == {"Finish": 2, "Release": 1, "Say": 1}
            assert Document.objects.filter(released_by=adviser).count() == 1


def test_kirkdale_tells_every_story(kirkdale, client):
    check_levels_and_tasks(kirkdale, places.KIRKDALE, range(1, 6))
    schools = School.objects.filter(authority=kirkdale)
    assert schools.filter(status=SchoolStatus.CLOSED, closure_reason="Closure").count() == 1
    assert SchoolLink.objects.count() > 3
    values = IndicatorValue.objects.filter(school__in=schools)
    assert values.filter(status=ValueStatus.SUPPRESSED).exists()
    assert values.filter(status=ValueStatus.NOT_PRODUCED).exists()
    inspected = Inspection.objects.values("school")
    assert schools.open().exclude(pk__in=inspected).exists()
    assert not Job.objects.filter(kind__startswith="categorisation.").exists()  # done at once

    # Loading it again changes nothing
    before = (School.objects.count(), User.objects.count())
    assert run("load_demo") == ""
    assert (School.objects.count(), User.objects.count()) == before

    # One sign-in for each role, and a home page for each
    rows = loading.sign_ins()
    assert {role for _, role, _ in rows} == set(Role.labels)
    printed = run("demo_people")
    assert all(email in printed for _, _, email in rows)
    assert f"Password for all of them: {PASSWORD}" in printed
    for _, role, email in rows:
        person = User.objects.get(email=email)
        assert person.check_password(PASSWORD)
        client.force_login(person)
        page = client.get(reverse("workspace:home")).content.decode()
        assert "govuk-link" in page.split("<h1")[1].split("<footer")[0], f"{role} has nothing to do"

    # Where the figures come from can be read like any other import
    batch = ImportBatch.objects.get(authority=kirkdale)
    client.force_login(User.objects.get(email="policy@kirkdale.example"))
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "Figures of five years: 39 schools" in page
    assert "suppressed by the publisher" in page


def test_soarbridge_tells_every_story(soarbridge):
    check_levels_and_tasks(soarbridge, places.SOARBRIDGE, [None, 1, 2, 3, 4])
    assert {role for _, role, _ in loading.sign_ins()} == set(Role.labels)


def test_a_place_is_written_whole_or_not_at_all(frameworks, monkeypatch):
    only(places.KIRKDALE, monkeypatch)

    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("workspace.demo.activity.write_visits", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        loading.load(now=timezone.localtime())
    assert not Authority.objects.exists()


def test_it_never_loads_where_others_can_reach_it(frameworks, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, allowed_hosts=("improvement.council.example",))
    with pytest.raises(CommandError, match="passwords are printed for all to see"):
        call_command("load_demo")
    assert not Authority.objects.exists()


def test_without_a_demonstration_it_says_how_to_load_one(db):
    assert "manage.py load_demo" in run("demo_people")


def test_the_sign_ins_of_each_place_stand_under_its_name(monkeypatch):
    rows = [
        ("Kirkdale", "Headteacher", "head@kirkdale.example"),
        ("Soarbridge", "Adviser", "ada@soarbridge.example"),
        ("Kirkdale", "Adviser", "ada@kirkdale.example"),
    ]
    monkeypatch.setattr("workspace.management.commands.demo_people.sign_ins", lambda: rows)
    assert run("demo_people").splitlines() == [
        "",
        "Kirkdale",
        "  Headteacher  head@kirkdale.example",
        "  Adviser      ada@kirkdale.example",
        "",
        "Soarbridge",
        "  Adviser      ada@soarbridge.example",
        "",
        f"Password for all of them: {PASSWORD}",
    ]


@pytest.mark.django_db
def test_an_academy_has_no_inspection_from_before_it_opened(school, policy_admin):
    now = timezone.localtime()
    made = establishments(places.KIRKDALE, now.date())[0]
    made = replace(made, urn=school.urn, closed_on=None)
    for opened_on, expected in ((now.date(), 0), (now.date().replace(year=2024), 1)):
        write_inspections([replace(made, opened_on=opened_on)], {school.urn: school}, policy_admin, now)
        assert school.inspections.count() == expected


@pytest.mark.parametrize(
    ("day", "back", "on"),
    [
        ("2026-11-20", False, "20"),
        ("2026-11-21", False, "23"),
        ("2026-11-22", True, "20"),
        ("2026-11-22", False, "23"),
    ],
)
def test_nobody_visits_at_a_weekend(day, back, on):
    from datetime import date

    assert _weekday(date.fromisoformat(day), back=back).strftime("%d") == on


@pytest.mark.parametrize(
    ("number", "on"),
    [(2, "2026-11-24"), (20, "2026-12-18"), (21, "2027-01-05"), (-15, "2026-11-02"), (-16, "2026-10-23")],
)
def test_nobody_visits_in_a_holiday(number, on):
    from datetime import date

    assert _school_day(date(2026, 11, 21), number) == date.fromisoformat(on)
