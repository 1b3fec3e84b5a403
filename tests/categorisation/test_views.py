"""Level and why, the framework as a page, and choosing one."""

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import ReadLogEntry
from categorisation.actions import choose_framework
from categorisation.models import FrameworkChoice, FrameworkVersion
from categorisation.permissions import can_choose_framework
from schools.choices import Audience, ConcernCategory, SchoolStatus
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def page(client, user, school):
    client.force_login(user)
    return client.get(reverse("categorisation:why", args=[school.urn]))


def test_the_page_leads_with_the_answer_and_names_the_policy(client, leeds, adviser, school):
    make.InspectionFactory(school=school, overall_grade="4", category=ConcernCategory.SPECIAL_MEASURES)
    text = page(client, adviser, school).content.decode()
    assert "Category 5 on what is recorded; nothing that is still missing could raise it." in text
    assert "moderation may not go below 5" in text
    assert "Leeds4Learning" in text
    assert "What your school would get" not in text


@pytest.mark.requirement("L-251")
def test_a_heads_page_begins_with_the_support_and_whom_to_talk_to(client, leeds, adviser, head, school):
    make.InspectionFactory(school=school, overall_grade="2")
    text = page(client, head, school).content.decode()
    order = ["What your school would get", "Who to talk to", adviser.email, "on what is recorded"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_without_an_adviser_a_head_is_given_the_authoritys_address(client, leeds, head, school):
    school.authority.contact_email = "schools@kirkdale.example"
    school.authority.save()
    text = page(client, head, school).content.decode()
    assert "No adviser is assigned to your school yet." in text
    assert "mailto:schools@kirkdale.example" in text


@pytest.mark.requirement("L-257")
def test_a_restricted_cause_changes_no_byte_of_a_heads_page(client, leeds, head, school):
    make.InspectionFactory(school=school, overall_grade="2")
    before = page(client, head, school).content
    make.CircumstanceFactory(school=school, kind="at_risk_of_ri", audience=Audience.AUTHORITY, note="Secret")
    make.CircumstanceFactory(
        school=school, kind="finance_concern", audience=Audience.AUTHORITY, note="Secret"
    )
    after = page(client, head, school).content
    assert _without_nonces(after) == _without_nonces(before)


def _without_nonces(content):
    return re.sub(rb'(nonce|csrfmiddlewaretoken" value)="[^"]+"|"x-csrftoken": "[^"]+"', b"", content)


def test_reading_it_is_in_the_read_log(client, leeds, adviser, school):
    page(client, adviser, school)
    entry = ReadLogEntry.objects.get()
    assert (entry.by, entry.urn) == (adviser, school.urn)


def test_a_closed_school_and_one_without_a_framework_say_why_nothing_is_suggested(
    client, frameworks, manager, school
):
    assert "has not chosen a policy yet" in page(client, manager, school).content.decode()
    school.status = SchoolStatus.CLOSED
    school.save()
    assert "The school is not open" in page(client, manager, school).content.decode()


def test_areas_are_shown_where_the_framework_has_them(client, frameworks, manager, school):
    choose_framework(
        authority=school.authority, slug="leicester-2007", start_on=make.LONG_AGO, by=None, now=NOW
    )
    assert "Assessed from" in page(client, manager, school).content.decode()


def test_others_do_not_find_it(client, leeds, adviser, other_head, stranger, other_school, school):
    assert page(client, adviser, other_school).status_code == 404
    assert page(client, other_head, school).status_code == 404
    assert page(client, stranger, school).status_code == 403


def test_the_policy_is_readable_by_everyone_it_applies_to(client, leeds, head, stranger):
    client.force_login(head)
    text = client.get(reverse("categorisation:framework")).content.decode()
    assert "Kirkdale works to this policy" in text
    assert "Category 3: At risk" in text
    client.force_login(stranger)
    assert (
        "No policy is in force for you to read."
        in client.get(reverse("categorisation:framework")).content.decode()
    )


# Choosing


def choose(client, user, authority, **data):
    client.force_login(user)
    url = reverse("categorisation:framework-choose", args=[authority.code])
    return client.post(url, data) if data else client.get(url)


CHOICE = {"slug": "leeds-2013", "start_on_day": "1", "start_on_month": "9", "start_on_year": "2026"}


def test_a_policy_administrator_chooses_from_a_day(client, frameworks, policy_admin, authority, run_jobs):
    assert "None is chosen yet" in choose(client, policy_admin, authority).content.decode()
    answer = choose(client, policy_admin, authority, **CHOICE)
    assert answer.status_code == 302
    choice = FrameworkChoice.objects.get()
    assert (choice.slug, choice.start_on) == ("leeds-2013", dt.date(2026, 9, 1))
    assert "from 1 September 2026" in client.get(answer.url).content.decode()
    (job,) = run_jobs()
    assert job.created_by == policy_admin


@pytest.mark.parametrize(
    "wrong", [{"slug": "york"}, {"start_on_day": "31", "start_on_month": "2"}, {"slug": ""}]
)
def test_a_wrong_choice_changes_nothing_and_keeps_what_was_typed(
    client, frameworks, policy_admin, authority, wrong
):
    answer = choose(client, policy_admin, authority, **{**CHOICE, **wrong})
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert "2026" in answer.content.decode()
    assert not FrameworkChoice.objects.exists()


def test_what_another_authority_has_published_is_neither_shown_nor_chosen(
    client, frameworks, policy_admin, authority, far_authority, stranger
):
    for slug in ("leeds-2013", "soarbridge"):
        theirs = FrameworkVersion.objects.filter(slug="leeds-2013")[0]
        theirs.pk, theirs.slug, theirs.number = None, slug, 9
        theirs.authority, theirs.published_by, theirs.title = far_authority, stranger, "Soarbridge’s own"
        theirs.save()
    assert "Soarbridge" not in choose(client, policy_admin, authority).content.decode()
    with pytest.raises(ValueError, match="There are: leeds-2013, leicester-2007"):
        choose_framework(
            authority=authority,
            slug="soarbridge",
            start_on=make.LONG_AGO,
            by=policy_admin,
            now=timezone.now(),
        )


def test_nobody_chooses_for_another_authority(
    client, frameworks, policy_admin, manager, far_authority, authority
):
    assert choose(client, policy_admin, far_authority, **CHOICE).status_code == 404
    assert choose(client, manager, authority, **CHOICE).status_code == 403
    assert not can_choose_framework(policy_admin, far_authority)
    assert can_choose_framework(policy_admin, authority)
    with pytest.raises(PermissionDenied, match="do not let you choose the framework of Soarbridge"):
        choose_framework(authority=far_authority, slug="leeds-2013", start_on=TODAY, by=policy_admin, now=NOW)


def test_choosing_another_for_the_same_day_replaces_it(frameworks, authority, policy_admin):
    for slug in ("leeds-2013", "leicester-2007"):
        choose_framework(authority=authority, slug=slug, start_on=TODAY, by=policy_admin, now=NOW)
    assert FrameworkChoice.objects.get().slug == "leicester-2007"
