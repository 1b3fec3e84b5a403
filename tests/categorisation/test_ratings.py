"""Services rate and comment what they know of schools; what they have not said lately is not known (K-024, K-026)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation import presenters
from categorisation.actions import Rated, choose_framework, rate
from categorisation.choices import Rating
from categorisation.models import ServiceRating
from schools.choices import Audience, ContactRole
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)

pytestmark = pytest.mark.requirement("K-024", "K-026")


@pytest.fixture
def officer(leeds, authority):
    """Of schools finance, asked about finance at every school of the authority."""
    user = make.UserFactory(name="Sara Service", grants=[(Role.SERVICE_OFFICER, authority)])
    make.ServiceRemitFactory(user=user, authority=authority, subject="finance")
    return user


def said(school, rating=Rating.SOUND, **values):
    return Rated(school, rating, **values)


def give(*rows, by, key="finance", on=TODAY):
    return rate(key=key, rows=rows, on=on, by=by, at=NOW)


def test_a_rating_counts_until_the_day_the_policy_says(officer, school):
    (rating,) = give(said(school, comment="Balanced."), by=officer)
    assert (rating.rated_on, rating.stale_on) == (TODAY, TODAY + dt.timedelta(days=120))
    (entry,) = ChangeLogEntry.objects.filter(action="categorisation.rate")
    assert (entry.after["rating"], entry.audience) == (2, "authority")


def test_saving_nothing_and_the_same_twice_writes_once(officer, school):
    assert give(by=officer) == ()
    (rating,) = give(said(school), by=officer)
    assert give(said(school), by=officer) == ()
    assert ServiceRating.objects.get() == rating


def test_a_second_rating_of_a_day_replaces_the_first_and_the_log_keeps_both(officer, school):
    (first,) = give(said(school), by=officer)
    (second,) = give(said(school, Rating.SOME_CONCERN, seen=first.public_id), by=officer)
    assert first.pk == second.pk
    assert [
        entry.before.get("rating")
        for entry in ChangeLogEntry.objects.filter(action="categorisation.rate").order_by("pk")
    ] == [None, 2]


def test_two_at_once_lose_nothing(officer, school, authority):
    other = make.UserFactory(grants=[(Role.SERVICE_MANAGER, authority)])
    make.ServiceRemitFactory(user=other, authority=authority, subject="finance")
    give(said(school), by=other)
    with pytest.raises(ValidationError, match="meanwhile") as refusal:
        give(said(school, Rating.STRONG), by=officer)
    assert list(refusal.value.error_dict) == [str(school.urn)]
    assert ServiceRating.objects.get().rated_by == other


def test_all_are_saved_or_none(officer, school, other_school):
    with pytest.raises(ValidationError, match="say what the serious concern is"):
        give(said(school), said(other_school, Rating.SERIOUS_CONCERN), by=officer)
    with pytest.raises(ValidationError, match="choose whether the school may read"):
        give(said(school, audience=Audience.REGISTER), by=officer)
    assert not ServiceRating.objects.exists()


def test_only_ones_own_part_at_ones_own_schools_is_rated(officer, school, far_school, adviser):
    for rows, by, key in (
        ([said(school)], officer, "buildings"),
        ([said(school)], adviser, "finance"),
        ([said(school), said(far_school)], officer, "finance"),
    ):
        with pytest.raises(PermissionDenied):
            give(*rows, by=by, key=key)


def test_what_the_policy_does_not_ask_is_not_rated(officer, school, authority):
    choose_framework(authority=authority, slug="leicester-2007", start_on=TODAY, by=None, now=NOW)
    with pytest.raises(ValidationError, match="does not ask"):
        give(said(school), by=officer)


def test_a_remit_that_ended_rates_nothing(officer, school):
    officer.remits.update(end_on=TODAY - dt.timedelta(days=1))
    with pytest.raises(PermissionDenied):
        give(said(school), by=officer)


# What each reads


def page_of(user, school):
    return presenters.services_page(user, school, TODAY)


def test_missing_and_stale_ratings_are_not_known(officer, school, adviser):
    make.ServiceRatingFactory(school=school, stale_on=TODAY, rated_on=TODAY - dt.timedelta(days=120))
    make.ServiceRatingFactory(school=school, key="buildings", rating=Rating.SERIOUS_CONCERN)
    make.ServiceRatingFactory(school=school, key="music", rating=Rating.STRONG)
    page = page_of(adviser, school)
    assert [line.key for line in page.concerns] == ["buildings"]
    assert [line.key for line in page.others] == ["music"]
    assert "finance" in [line.key for line in page.not_known]
    assert len(page.not_known) == 27


def test_a_services_officer_reads_their_own_part_alone(officer, school):
    make.ServiceRatingFactory(school=school)
    make.ServiceRatingFactory(school=school, key="buildings", comment="The roof leaks.")
    page = page_of(officer, school)
    assert [line.key for line in (*page.concerns, *page.others, *page.not_known)] == ["finance"]


def test_a_head_reads_what_was_shared_and_not_that_there_is_more(leeds, school, head):
    make.ServiceRatingFactory(school=school, comment="Balanced.", audience=Audience.SCHOOL)
    make.ServiceRatingFactory(school=school, key="buildings", comment="The roof leaks.")
    page = page_of(head, school)
    assert [line.key for line in (*page.concerns, *page.others, *page.not_known)] == ["finance"]
    assert page.for_school


def test_the_page_shows_each_reader_theirs(client, officer, school, other_school, adviser, head, far_school):
    make.ServiceRatingFactory(school=school, rated_on=TODAY - dt.timedelta(days=9), comment="It was tight.")
    make.ServiceRatingFactory(school=school, comment="Balanced.", audience=Audience.SCHOOL)
    make.ServiceRatingFactory(school=school, key="buildings", rating=4, comment="The roof leaks.")
    address = reverse("categorisation:rating-list", args=[school.urn])

    def read(user):
        client.force_login(user)
        return client.get(address).content.decode()

    assert "The roof leaks." in read(adviser)
    assert "It was tight." in read(adviser)
    assert "1 concern" in read(adviser)
    assert "Balanced." in read(officer)
    assert "roof" not in read(officer)
    assert "Balanced." in read(head)
    assert "roof" not in read(head)
    assert "tight" not in read(head)
    client.force_login(head)
    assert client.get(reverse("categorisation:rating-list", args=[other_school.urn])).status_code == 404
    client.force_login(officer)
    assert client.get(reverse("categorisation:rating-list", args=[far_school.urn])).status_code == 404


def test_empty_pages_say_what_is_so(client, leeds, school, head, adviser, authority):
    address = reverse("categorisation:rating-list", args=[school.urn])
    client.force_login(head)
    assert "No service has shared anything." in client.get(address).content.decode()
    client.force_login(adviser)
    assert "No concern among what is known; 29 not known." in client.get(address).content.decode()
    choose_framework(authority=authority, slug="leicester-2007", start_on=TODAY, by=None, now=NOW)
    assert "asks no service to rate schools" in client.get(address).content.decode()


# A sitting


def sitting(key="finance"):
    return reverse("categorisation:rating-record", args=["901", key])


def test_many_schools_are_rated_at_a_sitting(client, officer, school, other_school):
    client.force_login(officer)
    page = client.get(sitting()).content.decode()
    assert "2 schools" in page
    assert "Not known: never rated" in page
    assert "0 of" not in page
    response = client.post(
        sitting(),
        {
            f"rating-{school.urn}": "2",
            f"rating-{other_school.urn}": "4",
            f"comment-{other_school.urn}": "In deficit.\r\nNo plan.",
            f"shared-{other_school.urn}": "yes",
        },
        follow=True,
    )
    assert "Finance: 2 schools rated." in response.content.decode()
    assert "Every school is known." in response.content.decode()
    saved = ServiceRating.objects.get(school=other_school)
    assert (saved.comment, saved.audience) == ("In deficit.\nNo plan.", Audience.SCHOOL)
    page = client.get(sitting() + "?again=1").content.decode()
    assert "Sound by Sara Service" in page


def test_faults_stand_at_their_rows_and_nothing_typed_is_lost(client, officer, school, other_school):
    client.force_login(officer)
    page = client.post(
        sitting(),
        {
            f"rating-{school.urn}": "2",
            f"comment-{school.urn}": "Balanced.",
            f"comment-{other_school.urn}": "In deficit.",
        },
    ).content.decode()
    assert "choose a rating as well" in page
    assert "Balanced." in page
    assert "In deficit." in page
    assert not ServiceRating.objects.exists()
    page = client.post(sitting(), {f"rating-{school.urn}": "4"}).content.decode()
    assert "say what the serious concern is" in page
    page = client.post(
        sitting(), {f"rating-{school.urn}": "1", f"comment-{school.urn}": "x" * 2001}
    ).content.decode()
    assert "2,000 characters or fewer" in page
    assert "Choose a rating for at least one school" in client.post(sitting(), {}).content.decode()


def test_a_policy_that_changed_meanwhile_is_a_fault_of_the_whole(client, officer, school, monkeypatch):
    def refuse(**kwargs):
        raise ValidationError("The policy in force does not ask for this rating.")

    monkeypatch.setattr("categorisation.actions.rate", refuse)
    client.force_login(officer)
    page = client.post(sitting(), {f"rating-{school.urn}": "1"}).content.decode()
    assert "does not ask for this rating" in page


def test_forty_are_at_hand_and_the_rest_follows(client, officer, authority):
    schools = make.SchoolFactory.create_batch(42, authority=authority)
    client.force_login(officer)
    page = client.get(sitting()).content.decode()
    assert page.count("<fieldset") == 40
    assert "2 more schools follow" in page
    last = max(schools, key=lambda one: (one.name, one.urn))
    client.post(sitting(), {f"rating-{last.urn}": "1"})
    assert ServiceRating.objects.get().school == last


def test_what_one_is_not_asked_is_not_there(client, officer, far_authority, adviser):
    client.force_login(officer)
    assert client.get(sitting("buildings")).status_code == 404
    assert client.get(reverse("categorisation:rating-record", args=["902", "finance"])).status_code == 404
    client.force_login(adviser)
    assert client.get(sitting()).status_code == 403


def test_home_and_index_say_how_many_wait(client, officer, school, other_school):
    make.ServiceRatingFactory(school=school)
    client.force_login(officer)
    for address in (reverse("workspace:home"), reverse("categorisation:rating-index")):
        assert "1 of 2 schools to rate" in client.get(address).content.decode()
    make.ServiceRatingFactory(school=other_school)
    assert "all 2 schools known" in client.get(reverse("categorisation:rating-index")).content.decode()


def test_who_is_asked_nothing_is_told(client, leeds, authority, far_authority):
    user = make.UserFactory(grants=[(Role.SERVICE_OFFICER, authority), (Role.SERVICE_OFFICER, far_authority)])
    make.ServiceRemitFactory(user=user, authority=far_authority, subject="finance")  # works to no policy
    client.force_login(user)
    assert (
        "Nobody asks you to rate schools yet"
        in client.get(reverse("categorisation:rating-index")).content.decode()
    )


def test_ten_schools_cost_as_many_queries_as_one(client, officer, school, authority, count_queries):
    client.force_login(officer)
    make.ServiceRatingFactory(school=school)
    address = sitting() + "?again=1"
    client.get(address)
    one = count_queries(lambda: client.get(address))
    for another in make.SchoolFactory.create_batch(9, authority=authority):
        make.ServiceRatingFactory(school=another)
    assert count_queries(lambda: client.get(address)) == one


def test_a_chair_of_another_school_reads_nothing_here(client, leeds, school, other_school, authority):
    chair = make.UserFactory(grants=[(Role.CHAIR, authority)])
    make.SchoolContactFactory(school=other_school, user=chair, role=ContactRole.CHAIR)
    make.ServiceRatingFactory(school=school, audience=Audience.SCHOOL)
    assert not ServiceRating.objects.visible_to(chair).exists()
