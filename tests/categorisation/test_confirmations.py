"""What the policy only describes raises a level once an officer confirms it, and no longer than that (X-09)."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation import presenters
from categorisation.actions import choose_framework, confirm_rule, withdraw_confirmation
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import RuleConfirmation, Suggestion
from categorisation.school_facts import facts_for
from schools.choices import Audience
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
RULE = "teaching_inconsistent"

pytestmark = pytest.mark.requirement("X-09")


def confirm(school, by, rule=RULE, note="Seen in six lessons of nine.", audience=Audience.AUTHORITY):
    return confirm_rule(school=school, rule=rule, note=note, audience=audience, by=by, at=NOW)


def url(name, school, rule=RULE):
    return reverse(f"categorisation:confirmation-{name}", args=[school.urn, rule])


def test_a_confirmed_description_raises_the_level_and_says_who_confirmed_it(leeds, school, adviser, run_jobs):
    run_jobs()
    confirm(school, adviser)
    run_jobs()
    assert Suggestion.objects.get(school=school).on_record == 3
    why = presenters.why(adviser, school, on=TODAY)
    rule = next(rule for rule in why.outcome.rules if rule.key == RULE)
    assert rule.state == "met"
    assert any(f"confirmed by {adviser.name}" in item.source for item in rule.evidence)


def test_withdrawn_it_raises_nothing_any_more(leeds, school, adviser, run_jobs):
    confirmation = confirm(school, adviser)
    run_jobs()
    assert withdraw_confirmation(confirmation=confirmation, by=adviser, at=NOW)
    assert not withdraw_confirmation(confirmation=confirmation, by=adviser, at=NOW)
    run_jobs()
    assert Suggestion.objects.get(school=school).on_record is None
    assert ChangeLogEntry.objects.filter(action__startswith="categorisation.").exclude(by=None).count() == 2


def test_from_3_to_4_a_confirmation_needs_a_school_graded_or_at_risk(leeds, school, adviser, run_jobs):
    confirm(school, adviser, rule="not_improving_steadily")
    run_jobs()
    assert Suggestion.objects.get(school=school).on_record is None
    make.CircumstanceFactory(school=school, kind="at_risk_of_ri")
    outcome = presenters.why(adviser, school, on=TODAY).outcome
    assert outcome.on_record == 4


def test_the_school_learns_of_a_confirmation_only_where_it_is_shared(
    leeds, school, other_school, adviser, head
):
    confirm(school, adviser)
    framework = compiled(version_for(school.authority, TODAY))

    def known(as_school):
        facts = facts_for([school], on=TODAY, framework=framework, as_school=as_school)
        return f"confirmed.{RULE}" in facts[school.urn].facts

    assert known(as_school=False)
    assert not known(as_school=True)
    assert presenters.why(head, school, on=TODAY).outcome.on_record is None
    RuleConfirmation.objects.update(audience=Audience.SCHOOL)
    assert known(as_school=True)
    assert presenters.why(head, school, on=TODAY).outcome.on_record == 3


def test_a_confirmation_under_one_policy_says_nothing_under_another(leeds, school, authority, adviser):
    confirm(school, adviser)
    choose_framework(authority=authority, slug="leicester-2007", start_on=TODAY, by=None, now=NOW)
    framework = compiled(version_for(authority, TODAY))
    assert not any(
        key.startswith("confirmed.")
        for key in facts_for([school], on=TODAY, framework=framework)[school.urn].facts
    )


def test_a_double_click_confirms_once(leeds, school, adviser):
    assert confirm(school, adviser) == confirm(school, adviser, note="Again.")
    assert RuleConfirmation.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rule": "consistently_below_floor"}, "rule"),  # a gate raises by itself
        ({"rule": "no_such_rule"}, "rule"),
        ({"note": " "}, "note"),
        ({"audience": Audience.REGISTER}, "audience"),
    ],
)
def test_what_cannot_be_confirmed_is_refused(leeds, school, adviser, values, field):
    with pytest.raises(ValidationError) as refusal:
        confirm(school, adviser, **values)
    assert list(refusal.value.error_dict) == [field]


def test_without_a_policy_there_is_nothing_to_confirm(school, adviser):
    with pytest.raises(ValidationError):
        confirm(school, adviser)


def test_only_officers_who_recommend_levels_confirm(leeds, school, other_school, adviser, head):
    for person, where in ((head, school), (adviser, other_school)):
        with pytest.raises(PermissionDenied):
            confirm(where, person)
    made = make.RuleConfirmationFactory(school=other_school)
    with pytest.raises(PermissionDenied):
        withdraw_confirmation(confirmation=made, by=adviser, at=NOW)


# Pages


def test_from_why_a_description_is_confirmed_and_taken_back(client, leeds, school, adviser):
    client.force_login(adviser)
    why = reverse("categorisation:why", args=[school.urn])
    assert url("record", school) in client.get(why).content.decode()
    page = client.post(url("record", school), {"note": "", "audience": "authority"}).content.decode()
    assert "Say what you saw, and where" in page
    filled = {"note": "Seen in six lessons.", "audience": "authority"}
    page = client.post(url("record", school), filled, follow=True).content.decode()
    assert f"Confirmed by {adviser.name}" in page
    assert url("withdraw", school) in page
    assert "Seen in six lessons." in client.get(url("record", school)).content.decode()
    assert "Take it back" in client.get(url("withdraw", school)).content.decode()
    for _ in range(2):
        assert client.post(url("withdraw", school)).status_code == 302
    assert RuleConfirmation.objects.get().withdrawn_by == adviser
    assert "nothing to take back" in client.get(url("withdraw", school)).content.decode()


def test_an_action_that_refuses_is_shown(client, leeds, school, adviser, monkeypatch):
    def refuse(**kwargs):
        raise ValidationError({"note": "Not today."})

    monkeypatch.setattr("categorisation.actions.confirm_rule", refuse)
    client.force_login(adviser)
    page = client.post(url("record", school), {"note": "Seen.", "audience": "authority"}).content.decode()
    assert "Not today." in page


def test_rules_that_do_not_describe_and_people_who_may_not_find_nothing(
    client, leeds, school, other_school, adviser, head, authority
):
    client.force_login(adviser)
    assert client.get(url("record", school, "consistently_below_floor")).status_code == 404
    assert client.get(url("record", other_school)).status_code == 404
    client.force_login(head)
    assert client.get(url("record", school)).status_code == 403
    assert (
        "only describes" not in client.get(reverse("categorisation:why", args=[school.urn])).content.decode()
    )
    leader = make.UserFactory(grants=[(Role.DIRECTOR, authority)])
    client.force_login(leader)
    assert (
        "only describes" not in client.get(reverse("categorisation:why", args=[school.urn])).content.decode()
    )


def test_without_a_policy_the_page_is_not_there(client, school, adviser):
    client.force_login(adviser)
    assert client.get(url("record", school)).status_code == 404


def test_facts_of_ten_schools_cost_as_many_queries_as_of_one(leeds, authority, school, count_queries):
    framework = compiled(version_for(authority, TODAY))
    make.RuleConfirmationFactory(school=school)
    one = count_queries(lambda: facts_for([school], on=TODAY, framework=framework))
    schools = [school, *make.SchoolFactory.create_batch(9, authority=authority)]
    for one_more in schools[1:]:
        make.RuleConfirmationFactory(school=one_more)
    assert count_queries(lambda: facts_for(schools, on=TODAY, framework=framework)) == one
