"""What officers of services are asked about: given and ended by those who manage people (K-024, K-026)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation.models import FrameworkVersion
from schools.actions import end_remit, give_remits
from schools.models import ServiceRemit
from schools.querysets import remits_of
from schools.registry import kinds_asked
from schools.rules.circumstances import catalogue
from tests import factories as make
from ui.forms import date_parts

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.requirement("K-024", "K-026")


@pytest.fixture
def officer(authority):
    return make.UserFactory(name="Sara Service", grants=[(Role.SERVICE_OFFICER, authority)])


def give(officer, authority, by, subjects=("finance",), start_on=TODAY):
    return give_remits(user=officer, authority=authority, subjects=subjects, start_on=start_on, by=by, at=NOW)


def test_what_is_asked_already_is_left_alone(officer, authority, policy_admin):
    assert len(give(officer, authority, policy_admin, ["finance", "music"])) == 2
    assert give(officer, authority, policy_admin, ["finance"]) == ()
    assert remits_of(officer, TODAY) == {authority.pk: {"finance", "music"}}
    assert ChangeLogEntry.objects.filter(action="schools.give_remits").count() == 1


def test_it_takes_a_role_of_a_service_and_somebody_who_manages_people(
    officer, authority, adviser, policy_admin
):
    with pytest.raises(ValidationError, match="holds no role of another service"):
        give(adviser, authority, policy_admin)
    with pytest.raises(PermissionDenied):
        give(officer, authority, adviser)
    make.ServiceRemitFactory(user=adviser, authority=authority)
    assert remits_of(adviser, TODAY) == {}  # without the role it lets nobody see anything


def test_a_remit_ends_with_its_last_day(officer, authority, policy_admin):
    (remit,) = give(officer, authority, policy_admin)

    def end(day):
        return end_remit(remit=remit, end_on=day, by=policy_admin, at=NOW)

    with pytest.raises(ValidationError, match="after that day"):
        end(TODAY - DAY)
    assert end(TODAY)
    assert not end(TODAY)
    with pytest.raises(ValidationError, match="Ask again instead"):
        end(TODAY + DAY)
    assert remits_of(officer, TODAY)
    assert remits_of(officer, TODAY + DAY) == {}
    assert len(give(officer, authority, policy_admin, start_on=TODAY + DAY)) == 1


def test_only_who_manages_people_ends_one(officer, authority, adviser):
    remit = make.ServiceRemitFactory(user=officer, authority=authority)
    with pytest.raises(PermissionDenied):
        end_remit(remit=remit, end_on=TODAY, by=adviser, at=NOW)


def test_nobody_is_asked_more_than_the_policy_asks(frameworks, authority, leeds):
    version = FrameworkVersion.objects.get(slug="leeds-2013")
    assert set(kinds_asked(authority, TODAY)) == {item["key"] for item in version.document["circumstances"]}
    leeds.delete()
    assert kinds_asked(authority, TODAY) == tuple(catalogue())


# Pages


def url(person, *args):
    return reverse(
        "categorisation:remit-end" if args else "categorisation:remit-list", args=[person.public_id, *args]
    )


def test_from_the_persons_page_things_are_asked_and_ended(client, leeds, officer, policy_admin):
    client.force_login(policy_admin)
    page = client.get(reverse("accounts:person-detail", args=[officer.public_id])).content.decode()
    assert url(officer) in page
    assert "Nothing yet." in client.get(url(officer)).content.decode()
    page = client.post(url(officer), {"authority": "901", **date_parts("start_on", TODAY)}).content.decode()
    assert "Select what the person is asked about" in page
    filled = {"authority": "901", "subjects": ["finance", "finance_concern"], **date_parts("start_on", TODAY)}
    page = client.post(url(officer), filled, follow=True).content.decode()
    assert "Sara Service is asked about 2 things more." in page
    assert "Finance (rated)" in page
    assert "Concern about finance (reported)" in page

    remit = ServiceRemit.objects.get(subject="finance")
    assert "Finance (rated)" in client.get(url(officer, remit.pk)).content.decode()
    page = client.post(url(officer, remit.pk), date_parts("end_on", TODAY - DAY)).content.decode()
    assert "after that day" in page
    client.post(url(officer, remit.pk), date_parts("end_on", TODAY))
    remit.refresh_from_db()
    assert remit.end_on == TODAY


def test_what_the_policy_asks_no_more_keeps_a_name(client, officer, authority, policy_admin):
    make.ServiceRemitFactory(
        user=officer, authority=authority, subject="race_incidents", end_on=make.LONG_AGO
    )
    client.force_login(policy_admin)
    assert (
        "Race incidents, from 1 September 2020 to 1 September 2020"
        in client.get(url(officer)).content.decode()
    )


def test_somebody_without_a_service_is_refused_in_words(client, leeds, adviser, policy_admin):
    client.force_login(policy_admin)
    filled = {"authority": "901", "subjects": ["finance"], **date_parts("start_on", TODAY)}
    page = client.post(url(adviser), filled).content.decode()
    assert "Give the role first" in page


def test_another_authoritys_people_are_not_there(client, officer, far_authority):
    far_admin = make.UserFactory(grants=[(Role.POLICY_ADMIN, far_authority)])
    client.force_login(far_admin)
    assert client.get(url(officer)).status_code == 404
    remit = make.ServiceRemitFactory(user=officer, authority=officer.grants.get().authority)
    assert client.get(url(officer, remit.pk)).status_code == 404


def test_home_tells_an_officer_of_a_service_where_to_answer_though_none_is_rated(client, authority):
    client.force_login(make.UserFactory(grants=[(Role.SERVICE_OFFICER, authority)]))
    text = client.get("/").content.decode()
    assert "You are asked to rate no school at the moment." in text
    assert "Say where there is nothing to report" in text
    assert "Nothing needs you here" not in text
