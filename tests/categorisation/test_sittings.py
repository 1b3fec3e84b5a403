"""Many schools at a sitting: recommendations moderated, levels reviewed, concern identified."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation import actions
from categorisation.actions import refresh_suggestions
from categorisation.choices import Finding, RecommendationStatus
from categorisation.models import Identification, IdentificationRound, Recommendation, TermReview
from categorisation.presenters import identification, reviews, round_tasks
from categorisation.rules.identification import first_day, is_grave, months_of
from categorisation.workflow import NotPossible
from schools.models import School
from tests import factories as make

NOW = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)
TODAY = timezone.localdate(NOW)


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def annual(leeds, authority):
    return make.RoundFactory(authority=authority)


@pytest.fixture
def send(client):
    """send(user, name, arguments, data) posts and answers with the page that comes of it."""

    def post(user, name, arguments, data):
        client.force_login(user)
        page = reverse(f"categorisation:{name}", args=arguments)
        return client.post(page, data, follow=True).content.decode()

    return post


def rows(*answers, **more):
    """What a browser sends: (key, choice, words) for every row."""
    data = {"row": [key for key, _, _ in answers], **more}
    for key, choice, words in answers:
        data |= {f"choice-{key}": choice, f"words-{key}": words, f"revision-{key}": "0"}
    return {name: value for name, value in data.items() if value != ""}


# Moderation


@pytest.mark.requirement("L-060")
def test_agreeing_takes_one_choice_and_changing_a_reason(send, annual, manager, school, other_school, client):
    one = make.RecommendationFactory(round=annual, school=school)
    two = make.RecommendationFactory(round=annual, school=other_school)
    given = rows((one.public_id, "2", ""), (two.public_id, "4", ""))
    text = send(manager, "round-moderate", [annual.public_id], given)
    assert "Beck Lane Primary School: Say why you see it otherwise than the recommended 2" in text
    assert not Recommendation.objects.filter(status=RecommendationStatus.MODERATED).exists()
    assert text.count(" checked") == 2  # nothing chosen is lost
    given |= {f"words-{two.public_id}": "The results of summer"}
    text = send(manager, "round-moderate", [annual.public_id], given)
    assert "2 recommendations moderated" in text
    two.refresh_from_db()
    assert (two.moderated_rank, two.moderation_reason) == (4, "The results of summer")


def test_words_without_a_choice_and_no_choice_at_all_are_said(send, annual, manager, school):
    one = make.RecommendationFactory(round=annual, school=school)
    text = send(manager, "round-moderate", [annual.public_id], rows((one.public_id, "", "Well begun")))
    assert "Choose what goes with what you wrote" in text
    assert 'value="Well begun"' in text
    text = send(manager, "round-moderate", [annual.public_id], rows((one.public_id, "", "")))
    assert "Choose for at least one school" in text
    text = send(manager, "round-moderate", [annual.public_id], rows((one.public_id, "11", "Why")))
    assert "There is a problem" in text


def test_the_button_for_all_agrees_where_suggestion_and_recommendation_are_the_same(
    send, annual, manager, school, other_school
):
    same = make.RecommendationFactory(round=annual, school=school)
    differs = make.RecommendationFactory(round=annual, school=other_school, rank=3)
    given = rows((same.public_id, "", ""), (differs.public_id, "", ""), all="1")
    assert "1 recommendation moderated" in send(manager, "round-moderate", [annual.public_id], given)
    differs.refresh_from_db()
    assert differs.status == RecommendationStatus.RECOMMENDED


def test_ones_own_recommendation_is_shown_with_the_reason_it_cannot_be_chosen(
    client, send, annual, manager, school
):
    own = make.RecommendationFactory(round=annual, school=school, recommended_by=manager)
    client.force_login(manager)
    page = reverse("categorisation:round-moderate", args=[annual.public_id])
    text = client.get(page).content.decode()
    assert "You recommended this, so somebody else moderates it." in text
    assert f"choice-{own.public_id}" not in text
    send(manager, "round-moderate", [annual.public_id], rows((own.public_id, "2", "")))
    own.refresh_from_db()
    assert own.status == RecommendationStatus.RECOMMENDED


@pytest.mark.requirement("L-060", "L-070")
def test_a_locked_floor_is_refused_beside_its_row_with_the_paragraph(send, annual, manager, school):
    make.InspectionFactory(school=school, overall_grade="4", category="special_measures")
    one = make.RecommendationFactory(round=annual, school=school, suggested=2)
    text = send(manager, "round-moderate", [annual.public_id], rows((one.public_id, "2", "")))
    assert "It cannot be below category 5 while this stands" in text
    assert f'id="id_choice-{one.public_id}_error"' in text


def test_what_somebody_else_moderated_meanwhile_is_said(send, annual, manager, school, other_school):
    gone = make.RecommendationFactory(round=annual, school=school, moderated_rank=3)
    here = make.RecommendationFactory(round=annual, school=other_school)
    text = send(
        manager,
        "round-moderate",
        [annual.public_id],
        rows((gone.public_id, "2", ""), (here.public_id, "", "")),
    )
    assert "has moderated this already: 3." in text
    Recommendation.objects.filter(pk=here.pk).update(
        status="withdrawn", ended_at=NOW, ended_by=manager, ended_reason="A slip"
    )
    text = send(manager, "round-moderate", [annual.public_id], rows((here.public_id, "2", "")))
    assert "withdrawn or sent back since you opened the page" in text


def test_a_sitting_shows_only_schools_one_moderates_those_that_differ_first(
    client, annual, authority, school, other_school
):
    make.RecommendationFactory(round=annual, school=other_school)
    make.RecommendationFactory(round=annual, school=school, rank=4)
    upper = make.SchoolFactory(authority=authority, phase=4, name="Upper School")
    make.RecommendationFactory(round=annual, school=upper)
    early = make.UserFactory()
    make.RoleGrantFactory(user=early, role=Role.AREA_MANAGER, authority=authority, phase="0-11")
    client.force_login(early)
    page = reverse("categorisation:round-moderate", args=[annual.public_id])
    text = client.get(page).content.decode()
    assert upper.name not in text
    assert text.index("St Anne") < text.index("Beck Lane")
    assert "Beck Lane" not in client.get(page + "?differs=any").content.decode()


def test_an_empty_sitting_says_so(client, annual, manager):
    client.force_login(manager)
    page = reverse("categorisation:round-moderate", args=[annual.public_id])
    assert "No recommendation waits for moderation." in client.get(page).content.decode()
    assert "among those you asked for" in client.get(page + "?differs=any").content.decode()


# The term's review


@pytest.fixture
def levels(leeds, school, other_school):
    """`school` has 2 though 1 is suggested now; `other_school` has what is suggested."""
    for one in (school, other_school):
        make.InspectionFactory(school=one, overall_grade="2")
    refresh_suggestions(School.objects.select_related("authority"), on=TODAY, now=NOW)
    return make.DecisionFactory(school=school, rank=2), make.DecisionFactory(school=other_school, rank=1)


def review(school, **given):
    return actions.Reviewed(school, **{"is_kept": True, **given})


@pytest.mark.requirement("L-058", "L-273", "K-047", "X-38")
def test_levels_are_kept_or_another_is_sought_once_a_term(levels, school, other_school, manager):
    both = [review(school, is_kept=False, note="Results fell"), review(other_school)]
    assert len(actions.review_levels(year=2026, term=1, reviewed=both, by=manager, at=NOW)) == 2
    assert actions.review_levels(year=2026, term=1, reviewed=both, by=manager, at=NOW) == []
    assert ChangeLogEntry.objects.filter(action="categorisation.review_level").count() == 2
    with pytest.raises(ValidationError, match="has reviewed this school in this term already"):
        actions.review_levels(year=2026, term=1, reviewed=[review(school)], by=manager, at=NOW)
    assert len(actions.review_levels(year=2026, term=2, reviewed=[review(school)], by=manager, at=NOW)) == 1


def test_a_review_needs_a_level_a_reason_and_the_right_person(
    levels, school, authority, adviser, other_school
):
    with pytest.raises(ValidationError, match="Say why"):
        actions.review_levels(year=2026, term=1, reviewed=[review(school, is_kept=False)], by=adviser, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.review_levels(year=2026, term=1, reviewed=[review(other_school)], by=adviser, at=NOW)
    new = make.SchoolFactory(authority=authority)
    make.OfficerAssignmentFactory(school=new, user=adviser)
    with pytest.raises(ValidationError, match="nothing to review"):
        actions.review_levels(year=2026, term=1, reviewed=[review(new)], by=adviser, at=NOW)
    assert not TermReview.objects.exists()


def test_the_page_of_a_review_puts_signs_first_and_its_numbers_are_its_rows(
    client, levels, school, other_school, authority, manager
):
    make.SchoolFactory(authority=authority, name="New School")
    client.force_login(manager)
    page = reverse("categorisation:term-review", args=[authority.code, 2026, 1])
    text = client.get(page).content.decode()
    assert "1 is suggested now, below what is decided" in text
    assert text.index("St Anne") < text.index("Beck Lane")
    assert "To review: 2" in text
    assert "Nothing decided yet: 1" in text
    shown = client.get(page + "?show=signals").content.decode()
    assert other_school.name not in shown
    assert "New School" in client.get(page + "?show=none").content.decode()
    assert "To review: 2" in client.get(page + "?show=ruined").content.decode()


@pytest.mark.requirement("L-273")
def test_many_are_kept_with_one_button_and_another_is_sought_with_a_reason(
    send, levels, school, other_school, authority, manager
):
    answers = [(str(school.urn), "", ""), (str(other_school.urn), "", "")]
    place = [authority.code, 2026, 1]
    assert "1 school reviewed" in send(manager, "term-review", place, rows(*answers, all="1"))
    assert TermReview.objects.get().school == other_school
    text = send(manager, "term-review", place, rows((str(school.urn), "seek", "")))
    assert "Say why another one is sought" in text
    text = send(manager, "term-review", place, rows((str(school.urn), "seek", "Results fell")))
    assert reverse("categorisation:recommend", args=[school.urn]) in text
    text = send(manager, "term-review", place, rows((str(school.urn), "keep", "")))
    assert "Mina Manager has reviewed this school in this term already" in text


def test_a_review_overtaken_is_refused_at_its_row(send, levels, school, authority, manager, monkeypatch):
    def overtaken(**given):
        raise ValidationError({str(school.urn): "Reviewed already.", "7": "Elsewhere."})

    monkeypatch.setattr(actions, "review_levels", overtaken)
    text = send(manager, "term-review", [authority.code, 2026, 1], rows((str(school.urn), "keep", "")))
    assert "Primary School: Reviewed already." in text
    assert "Elsewhere." in text


def test_only_the_term_under_review_is_answered(client, send, levels, school, authority, manager):
    text = send(manager, "term-review", [authority.code, 2025, 3], rows((str(school.urn), "keep", "")))
    assert "This is not the term under review now" in text
    assert not TermReview.objects.exists()
    for year, term in ((2026, 4), (2026, 0), (1066, 1), (99999, 1)):
        assert (
            client.get(reverse("categorisation:term-review", args=[authority.code, year, term])).status_code
            == 404
        )


def test_a_review_of_ten_costs_what_one_does(client, levels, authority, manager, count_queries):
    client.force_login(manager)
    page = reverse("categorisation:term-review", args=[authority.code, 2026, 1])
    client.get(page)
    one = count_queries(lambda: client.get(page))
    for _ in range(9):
        make.DecisionFactory(school=make.SchoolFactory(authority=authority))
    assert count_queries(lambda: client.get(page)) == one


def test_a_term_is_reviewed_by_its_last_day(authority, levels, school, adviser):
    assert [term.due_on for term in reviews.terms(authority, 2026)] == [
        dt.date(2026, 12, 31), dt.date(2027, 3, 31), dt.date(2027, 7, 31),
    ]  # fmt: skip
    make.HalfTermFactory(
        authority=authority, year=2026, number=2, start_on=dt.date(2026, 11, 2), end_on=dt.date(2026, 12, 18)
    )
    assert reviews.term_on(authority, dt.date(2026, 12, 18)).number == 1
    assert reviews.term_on(authority, dt.date(2026, 12, 19)).name == "spring term 2026-27"
    assert reviews.term_on(authority, dt.date(2027, 7, 31)).number == 3
    assert round_tasks(adviser, dt.date(2026, 11, 19)) == []
    (task,) = round_tasks(adviser, dt.date(2026, 11, 20))
    assert (task.text, task.due_on) == ("Review the categories of 1 school this term", dt.date(2026, 12, 18))
    actions.review_levels(year=2026, term=1, reviewed=[review(school)], by=adviser, at=NOW)
    assert round_tasks(adviser, dt.date(2026, 11, 20)) == []


def test_signs_name_warnings_and_what_is_under_way(levels, school, authority, manager):
    from categorisation.models import SuggestionChange

    SuggestionChange.objects.create(
        school=school,
        version=make.leeds(),
        noticed_on=TODAY,
        noticed_at=NOW,
        before_high=3,
        after=4,
        after_high=4,
    )
    make.RecommendationFactory(school=school)
    School.objects.get(pk=school.pk).suggestion.__class__.objects.filter(school=school).update(
        on_record=4, high=4
    )
    page = reviews.review_page(manager, authority, reviews.term_on(authority, TODAY), on=TODAY)
    (row,) = page.of("signals")
    assert row.signals == (
        "4 is suggested now, above what is decided",
        "New facts changed the suggestion, and nobody has noted it",
        "Another recommendation is under way",
    )
    assert not row.seeks


# Identification of concern


@pytest.fixture
def leicester(frameworks, authority):
    return actions.choose_framework(
        authority=authority, slug="leicester-2007", start_on=make.LONG_AGO, by=None, now=NOW
    )


@pytest.fixture
def october(leicester, authority, manager):
    return actions.open_identification(authority=authority, year=2026, month=10, by=manager, at=NOW)


def found(school, finding=Finding.NO_CONCERN, **given):
    return actions.Found(school, finding, **given)


@pytest.mark.requirement("L-101", "L-266")
def test_a_round_is_begun_in_the_months_of_the_policy(october, leicester, authority, manager, adviser):
    again = actions.open_identification(authority=authority, year=2026, month=10, by=manager, at=NOW)
    assert again == october
    with pytest.raises(NotPossible, match="names no such month"):
        actions.open_identification(authority=authority, year=2026, month=11, by=manager, at=NOW)
    with pytest.raises(NotPossible, match="February 2027 cannot begin before"):
        actions.open_identification(authority=authority, year=2026, month=2, by=manager, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.open_identification(authority=authority, year=2026, month=5, by=adviser, at=NOW)


@pytest.mark.requirement("L-101")
def test_a_policy_without_months_has_no_rounds(leeds, authority, manager, client):
    with pytest.raises(NotPossible, match="names no such month"):
        actions.open_identification(authority=authority, year=2026, month=10, by=manager, at=NOW)
    client.force_login(manager)
    page = reverse("categorisation:identification-open", args=[authority.code, 2026, 10])
    assert "names no such month" in client.post(page, follow=True).content.decode()


def test_a_round_is_begun_from_the_levels_page(client, leicester, authority, manager):
    client.force_login(manager)
    text = client.get(reverse("categorisation:round-list")).content.decode()
    assert "Begin the round of October 2026" in text
    assert "February 2027: not begun" in text
    assert "Begin the round of February 2027" not in text
    page = reverse("categorisation:identification-open", args=[authority.code, 2026, 10])
    assert (
        "Schools at risk or causing concern, October 2026" in client.post(page, follow=True).content.decode()
    )
    (task,) = round_tasks(manager, TODAY)
    assert (task.text, task.due_on) == ("Close the round of October 2026", dt.date(2026, 10, 31))


@pytest.mark.requirement("L-101", "L-102")
def test_closing_tells_the_rooms_above_of_each_concern_and_of_nothing_else(
    october, school, other_school, manager, monkeypatch
):
    told = []
    monkeypatch.setattr(
        "categorisation.actions.identification.emit",
        lambda event, payload, **_: told.append((event, payload)),
    )
    with pytest.raises(NotPossible, match="2 schools still to be looked at"):
        actions.close_identification(identification=october, by=manager, at=NOW)
    sightings = [found(school, Finding.AT_RISK, reason="Two posts empty"), found(other_school)]
    assert actions.record_findings(identification=october, found=sightings, by=manager, at=NOW) == 2
    assert actions.record_findings(identification=october, found=sightings, by=manager, at=NOW) == 0
    actions.close_identification(identification=october, by=manager, at=NOW)
    actions.close_identification(identification=october, by=manager, at=NOW)
    ((event, payload),) = told
    assert event == "concern_identified"
    assert payload == {
        "school_id": school.pk, "finding": "at_risk", "identification_id": Identification.objects.get(school=school).pk,
    }  # fmt: skip
    logged = ChangeLogEntry.objects.filter(action="categorisation.identify")
    assert set(logged.values_list("audience", flat=True)) == {"register"}
    with pytest.raises(NotPossible, match="is closed"):
        actions.record_findings(identification=october, found=sightings, by=manager, at=NOW)


def test_a_concern_has_a_reason_and_nobody_overwrites_what_they_have_not_seen(
    october, school, far_school, manager, adviser
):
    def say(*what, by=manager):
        return actions.record_findings(identification=october, found=what, by=by, at=NOW)

    with pytest.raises(ValidationError, match="Say what the concern is"):
        say(found(school, Finding.CAUSING_CONCERN))
    say(found(school))
    with pytest.raises(ValidationError, match="has recorded “No concern” since you opened"):
        say(found(school, Finding.AT_RISK, reason="Two posts empty"))
    assert say(found(school, Finding.AT_RISK, reason="Two posts empty", revision=1)) == 1
    assert Identification.objects.get().revision == 2
    with pytest.raises(PermissionDenied):
        say(found(school), by=adviser)
    both = make.UserFactory(
        grants=[(Role.AREA_MANAGER, school.authority), (Role.AREA_MANAGER, far_school.authority)]
    )
    with pytest.raises(NotPossible, match="another authority’s"):
        say(found(far_school), by=both)


@pytest.mark.requirement("L-101", "L-102")
def test_the_page_shows_signs_and_settles_those_without_at_once(
    client, send, october, school, other_school, manager
):
    make.InspectionFactory(school=school, overall_grade="3", started_on=dt.date(2024, 3, 5))
    make.DecisionFactory(school=other_school, rank=1)
    client.force_login(manager)
    text = client.get(october.get_absolute_url()).content.decode()
    assert "Ofsted: Requires improvement (3), March 2024" in text
    assert text.index("St Anne") < text.index("Beck Lane")
    answers = [(str(school.urn), "", ""), (str(other_school.urn), "", "")]
    text = send(manager, "identification-detail", [october.public_id], rows(*answers, all="1"))
    assert "1 finding recorded" in text
    assert Identification.objects.get().school == other_school
    text = send(manager, "identification-detail", [october.public_id], rows((str(school.urn), "at_risk", "")))
    assert "Say what the concern is" in text
    close = reverse("categorisation:identification-close", args=[october.public_id])
    assert "1 school still to be looked at" in client.post(close, follow=True).content.decode()
    send(
        manager, "identification-detail", [october.public_id], rows((str(school.urn), "at_risk", "Two posts"))
    )
    shown = client.get(october.get_absolute_url() + "?show=at_risk").content.decode()
    assert 'value="Two posts"' in shown
    assert "The round is closed" in client.post(close, follow=True).content.decode()
    shown = client.get(october.get_absolute_url() + "?show=at_risk").content.decode()
    assert "Two posts" in shown
    assert '<form method="post"' not in shown.partition("<main")[2].partition("</main")[0]


def test_what_changed_meanwhile_is_refused_beside_its_row_or_at_the_top(
    send, october, school, other_school, manager, monkeypatch
):
    actions.record_findings(identification=october, found=[found(school)], by=manager, at=NOW)
    text = send(
        manager, "identification-detail", [october.public_id], rows((str(school.urn), "at_risk", "Why"))
    )
    assert "since you opened the page" in text

    def closed(**given):
        raise NotPossible("The round is closed.")

    monkeypatch.setattr(actions, "record_findings", closed)
    text = send(
        manager, "identification-detail", [october.public_id], rows((str(other_school.urn), "no_concern", ""))
    )
    assert "The round is closed." in text


@pytest.mark.requirement("L-256")
def test_nobody_without_the_permission_learns_of_a_round(client, october, adviser, head, far_authority):
    for user, status in (
        (adviser, 403),
        (head, 403),
        (make.UserFactory(grants=[(Role.AREA_MANAGER, far_authority)]), 404),
    ):
        client.force_login(user)
        assert client.get(october.get_absolute_url()).status_code == status
        assert not IdentificationRound.objects.visible_to(user).exists()
    client.force_login(adviser)
    assert "at risk" not in client.get(reverse("categorisation:round-list")).content.decode()


def test_every_kind_of_sign_is_named(october, leicester, authority, school, manager):
    from categorisation.models import Suggestion, SuggestionChange

    refresh_suggestions(School.objects.select_related("authority"), on=TODAY, now=NOW)
    version = Suggestion.objects.get(school=school).version
    flag = next(rule for rule in version.document["rules"] if rule["role"] == "flag")
    Suggestion.objects.filter(school=school).update(
        on_record=4, high=4, trace={"rules": [[flag["key"], 2, []], ["gone", 2, []]]}
    )
    make.DecisionFactory(school=school, rank=3, version=version)
    SuggestionChange.objects.create(
        school=school, version=version, noticed_on=TODAY, noticed_at=NOW, before_high=3, after=4, after_high=4
    )
    before = make.IdentificationRoundFactory(
        authority=authority, year=2025, month=5, opened_at=NOW - dt.timedelta(days=150)
    )
    before.findings.create(
        school=school, finding=Finding.AT_RISK, reason="Two posts", found_at=NOW, found_by=manager
    )
    page = identification.identification_page(manager, october, on=TODAY)
    (row,) = [row for row in page.rows if row.school == school]
    assert row.level == "Level of support 3, Enhanced"
    assert row.signals == (
        "Among those with most support",
        "4 suggested, above the level of support it has",
        flag["title"],
        "Early warning not noted yet",
        "At risk in the round before",
    )
    assert "Look at 1 school for signs of concern, October 2026" in [
        task.text for task in round_tasks(manager, TODAY)
    ]


def test_a_round_whose_authority_works_to_no_policy_is_not_there(client, october, leicester, manager):
    leicester.delete()
    client.force_login(manager)
    assert client.get(october.get_absolute_url()).status_code == 404
    assert identification.months(manager, october.authority, on=TODAY) == ()


def test_months_stand_in_the_order_of_the_school_year():
    document = {"decisions": {"identification_months": [5, 10, 2]}}
    assert months_of(document) == (10, 2, 5)
    assert months_of({"decisions": {"identification_months": None}}) == ()
    assert (first_day(2026, 10), first_day(2026, 2)) == (dt.date(2026, 10, 1), dt.date(2027, 2, 1))
    assert [is_grave(rank, [1, 2, 3, 4]) for rank in (None, 2, 3, 4)] == [False, False, True, True]


# During the year


def test_recommendations_during_the_year_are_one_line_that_leads_to_them(
    leeds, school, other_school, manager, adviser, client
):
    make.RecommendationFactory(school=school, recommended_by=adviser)
    client.force_login(manager)
    assert "Moderate the recommendation" in client.get("/").content.decode()
    make.RecommendationFactory(school=other_school, recommended_by=adviser)
    (task,) = round_tasks(manager, TODAY)
    assert (task.text, task.due_on) == ("Moderate 2 recommendations made during the year", None)
    home = client.get("/").content.decode()
    assert "Moderate the recommendation" not in home
    assert task.text in home
    page = client.get(task.href.partition("#")[0]).content.decode()
    assert 'id="during-the-year"' in page
    for one in Recommendation.objects.all():
        assert one.get_absolute_url() in page
    client.force_login(adviser)
    assert "during-the-year" not in client.get(reverse("categorisation:round-list")).content.decode()
