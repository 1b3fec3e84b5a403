"""Circumstances and the returns that rule them out."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import ChangeLogEntry
from schools import actions
from schools.choices import Audience
from schools.models import Circumstance, CircumstanceReturn
from schools.rules.circumstances import catalogue
from tests import factories as make

D = dt.date
TODAY = D(2026, 11, 21)


def record(school, by, kind="finance_concern", **values):
    given = {
        "audience": Audience.AUTHORITY,
        "source": "Schools finance team",
        "start_on": D(2026, 9, 1),
        **values,
    }
    return actions.record_circumstance(school=school, kind=kind, by=by, at=timezone.now(), **given)


def end(circumstance, by, end_on):
    return actions.end_circumstance(circumstance=circumstance, end_on=end_on, by=by, at=timezone.now())


def clear(school, by, kinds=(), on=TODAY):
    return actions.return_nothing_to_report(school=school, kinds=kinds, on=on, by=by, at=timezone.now())


def holds(school, kind="finance_concern", on=TODAY):
    return Circumstance.objects.known([school], on)[school.urn][kind].holds


@pytest.mark.requirement("L-013", "L-037")
def test_a_circumstance_is_recorded_with_its_audience_source_and_day(school, adviser, emitted):
    circumstance = record(school, adviser, note="The deficit has doubled.")

    assert circumstance.recorded_by == adviser
    assert holds(school) is True
    assert emitted == [("circumstance_changed", {"school_id": school.pk})]
    (entry,) = ChangeLogEntry.objects.all()
    assert (entry.action, entry.audience) == ("schools.record_circumstance", "authority")
    assert entry.after["note"] == "The deficit has doubled."


def test_a_double_click_records_once(school, adviser, emitted):
    assert record(school, adviser) == record(school, adviser)
    assert len(emitted) == 1


def test_one_of_a_kind_is_open_at_a_time(school, adviser):
    record(school, adviser)

    with pytest.raises(
        ValidationError, match="“Concern about finance” is recorded already, since 1 September 2026"
    ):
        record(school, adviser, start_on=D(2026, 10, 1))
    with pytest.raises(ValidationError, match="is recorded already"):
        record(school, adviser, start_on=D(2026, 8, 1), end_on=D(2026, 9, 1))
    assert record(school, adviser, start_on=D(2026, 8, 1), end_on=D(2026, 8, 31))
    assert record(school, adviser, kind="structural_change")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"audience": Audience.REGISTER}, "audience"),
        ({"audience": Audience.GOVERNORS_PANEL}, "audience"),
        ({"end_on": D(2026, 8, 31)}, "end_on"),
    ],
)
def test_wrong_input_is_refused_by_field(school, adviser, values, field):
    with pytest.raises(ValidationError) as refusal:
        record(school, adviser, **values)

    assert list(refusal.value.error_dict) == [field]
    assert not Circumstance.objects.exists()


def test_after_its_last_day_it_is_not_known_until_a_return_says_so(school, adviser):
    circumstance = record(school, adviser)

    assert end(circumstance, adviser, D(2026, 11, 20))
    assert holds(school) is None
    clear(school, adviser)
    assert holds(school) is False


def test_ending_twice_writes_once_and_dates_run_forwards(school, adviser):
    circumstance = record(school, adviser)

    assert end(circumstance, adviser, TODAY)
    assert not end(circumstance, adviser, TODAY)
    with pytest.raises(ValidationError, match="It ended on 21 November 2026"):
        end(circumstance, adviser, D(2026, 11, 22))
    with pytest.raises(ValidationError, match="It began on 1 September 2026, after that day"):
        end(circumstance, adviser, D(2026, 8, 31))
    assert ChangeLogEntry.objects.filter(action="schools.end_circumstance").count() == 1


def test_nothing_to_report_answers_every_kind_but_those_recorded(school, adviser, emitted):
    record(school, adviser)

    returned = clear(school, adviser)

    assert set(returned) == set(catalogue()) - {"finance_concern"}
    assert holds(school) is True
    assert holds(school, "structural_change") is False
    answer = CircumstanceReturn.objects.get(kind="structural_change")
    assert answer.stale_on == TODAY + dt.timedelta(days=catalogue()["structural_change"].stale_after_days)
    assert len(emitted) == 2


def test_nothing_to_report_can_be_said_of_some_kinds(school, adviser):
    assert clear(school, adviser, ["finance_concern"]) == ("finance_concern",)
    assert holds(school) is False
    assert holds(school, "structural_change") is None


def test_a_second_keystroke_the_same_day_writes_nothing(school, adviser, emitted):
    assert clear(school, adviser) == clear(school, adviser)
    assert len(emitted) == ChangeLogEntry.objects.count() == 1
    assert clear(school, adviser, on=D(2026, 11, 22))
    assert len(emitted) == 2


def test_an_unknown_kind_is_refused(school, adviser):
    with pytest.raises(ValidationError, match="“nonsense” is not a kind"):
        clear(school, adviser, ["nonsense"])


def test_only_those_who_may_record(school, other_school, adviser, head, policy_admin):
    circumstance = record(school, adviser)
    for person, where in ((head, school), (policy_admin, school), (adviser, other_school)):
        with pytest.raises(PermissionDenied, match="do not let you record circumstances"):
            record(where, person, kind="basic_need")
        with pytest.raises(PermissionDenied):
            clear(where, person)
    with pytest.raises(PermissionDenied):
        end(circumstance, head, TODAY)


def test_known_takes_the_same_queries_for_one_school_and_for_ten(
    authority, school, django_assert_num_queries
):
    schools = [school]
    with django_assert_num_queries(2):
        Circumstance.objects.known(schools, TODAY)
    schools += [make.CircumstanceFactory(school__authority=authority).school for _ in range(9)]
    with django_assert_num_queries(2):
        found = Circumstance.objects.known(schools, TODAY)
    assert sum(answers["finance_concern"].holds is True for answers in found.values()) == 9
