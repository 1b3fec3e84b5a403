"""Check and publish: how the draft stands, what changes, and a second person who publishes it."""

import datetime as dt

import pytest
from django.utils import timezone

from categorisation import actions
from categorisation.actions.consultations import open_consultation
from categorisation.actions.dry_runs import start_dry_run
from categorisation.models import Consultation, FrameworkVersion
from tests import factories as make
from ui.forms import date_parts

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def changed(draft, policy_admin):
    part = {**draft.document["words"], "plan": "Improvement plan"}
    return actions.change_draft(draft=draft, place="words", part=part, revision=0, by=policy_admin, at=NOW)


def publish(client, user, url, day=TODAY, **typed):
    client.force_login(user)
    data = {"revision": 1, "summary": "New words.", **date_parts("effective_from", day), **typed}
    return client.post(url("publish"), data, follow=True).content.decode()


def test_the_page_says_how_the_draft_stands_and_what_it_changes(client, changed, url, chief):
    client.force_login(chief)
    text = client.get(url("publish")).content.decode()
    assert "Yes: every figure, fact, area and number that a rule names is there." in text
    assert "worked cases come out as the policy says" in text
    assert "<ins>Improvement plan</ins>" in text
    assert ">\n  Publish\n</button>" in text


def test_cases_that_come_out_otherwise_are_listed_first(client, changed, url, chief, policy_admin):
    rules = changed.document["rules"]
    place, rule = next(
        (f"rules.{one['key']}", one) for one in rules if one.get("floor") == 5 and one["role"] != "flag"
    )
    actions.change_draft(
        draft=changed, place=place, part={**rule, "floor": 2}, revision=1, by=policy_admin, at=NOW
    )
    make.FrameworkCaseFactory(authority=changed.authority, name="Kept by us", expect={"high": 1})
    client.force_login(chief)
    text = client.get(url("publish")).content.decode()
    assert "worked cases come out otherwise" in text
    assert text.index("Kept by us") < text.index("The cases that come out as the policy says")


def test_whoever_wrote_it_sees_why_they_do_not_publish_it(client, changed, url, policy_admin):
    text = publish(client, policy_admin, url)
    assert "You have worked on this draft yourself, so somebody else publishes it." in text
    assert ">\n  Publish\n</button>" not in text
    assert not FrameworkVersion.objects.filter(authority=changed.authority).exists()


def test_a_second_person_publishes_it_once(client, changed, url, chief):
    text = publish(client, chief, url)
    assert "Version 2 is published" in text
    assert "Published as version 2" in text
    publish(client, chief, url)
    assert FrameworkVersion.objects.filter(authority=changed.authority).count() == 1


def test_a_day_before_a_confirmed_decision_is_refused_and_the_words_are_kept(
    client, changed, url, chief, school
):
    make.DecisionFactory(school=school, start_on=TODAY, confirmed_at=NOW, confirmed_by=chief)
    text = publish(client, chief, url, day=TODAY - dt.timedelta(days=1), summary="My reasons")
    assert "at the earliest: a school’s category was confirmed" in text
    assert "My reasons" in text
    assert not FrameworkVersion.objects.filter(authority=changed.authority).exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"summary": ""}, "Enter what has changed and why"),
        ({"effective_from_day": "31", "effective_from_month": "2"}, "must be a real date"),
        ({"revision": "0"}, "Somebody changed the draft meanwhile"),
        ({"revision": "nine"}, "Somebody changed the draft meanwhile"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_published(client, changed, url, chief, typed, words):
    assert words in publish(client, chief, url, **typed)
    assert not FrameworkVersion.objects.filter(authority=changed.authority).exists()


def test_a_draft_that_does_not_hold_together_is_not_published(client, changed, url, chief):
    changed.document["words"]["level"] = ""
    changed.save()
    text = publish(client, chief, url)
    assert "What is wrong is listed below" in text
    assert "<code>words.level</code>" in text


def test_the_pages_of_a_draft_say_what_it_would_do(
    client, changed, url, policy_admin, chief, school, run_jobs
):
    client.force_login(policy_admin)
    for name in ("detail", "publish"):
        text = client.get(url(name)).content.decode()
        assert "ot known" in text  # how many schools it would move
    assert "cases come out as expected" in client.get(url("detail")).content.decode()
    start_dry_run(draft=changed, on=TODAY, by=policy_admin, at=NOW)
    run_jobs()
    for name in ("detail", "publish"):
        text = client.get(url(name)).content.decode()
        assert "None of 1 school would move." in text
        assert "as the draft is now" in text
    part = {**changed.document["words"], "plan": "Another plan"}
    actions.change_draft(draft=changed, place="words", part=part, revision=1, by=policy_admin, at=NOW)
    for user in (policy_admin, chief):  # who only publishes cannot try it
        client.force_login(user)
        for name in ("detail", "publish"):
            assert "before the last changes" in client.get(url(name)).content.decode()
    assert "try it again" not in text


def test_publishing_says_that_schools_are_still_being_asked(client, changed, url, chief, policy_admin):
    ask = {"introduction": "New words", "opens_on": TODAY, "closes_on": TODAY + dt.timedelta(days=20)}
    open_consultation(draft=changed, by=policy_admin, at=NOW, **ask)
    client.force_login(chief)
    text = client.get(url("publish")).content.decode()
    assert "Schools are asked about this draft until" in text
    Consultation.objects.update(opens_on=TODAY - dt.timedelta(days=9), closes_on=TODAY - dt.timedelta(days=1))
    assert "Schools are asked about this draft" not in client.get(url("publish")).content.decode()
