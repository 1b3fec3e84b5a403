"""The school page, its data and its history, for each kind of school and reader."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.html import escape

from accounts.choices import Role
from schools.choices import ContactRole, SchoolPhase, SchoolStatus, SchoolType, ValueStatus
from schools.models import ImportBatch, ImportFile, Indicator
from schools.registry import kinds_asked
from tests import factories as make
from tests.workspace.conftest import england
from visits.choices import VisitKind, VisitStatus
from workspace.presenters import indicators, school_page

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
LAST_YEAR = (TODAY.year if TODAY.month >= 8 else TODAY.year - 1) - 1


def days(number):
    return TODAY + dt.timedelta(days=number)


def figures(school, key="ks2_rwm_exp", national=60, **by_year):
    indicator = Indicator.objects.get(key=key)
    for year, value in by_year.items():
        start = int(year.removeprefix("y"))
        make.IndicatorValueFactory(school=school, indicator=indicator, year=start, value=Decimal(value))
        england(indicator, start, national)
    return indicator


@pytest.mark.requirement("L-247")
def test_an_advisers_page_says_what_it_is_what_is_suggested_what_needs_them_and_what_comes(
    page, suggested, adviser, school
):
    figures(school, **{f"y{LAST_YEAR}": 40})
    make.NoteFactory(visit__school=school, visit__adviser=adviser, visit__took_place_on=days(-3))
    make.NoteFactory(
        visit=make.VisitFactory(
            school=school, adviser=adviser, status=VisitStatus.PLANNED, planned_on=days(9)
        )
    )
    make.DocumentFactory(school=school)
    text = page(adviser, "workspace:school", school.urn)
    order = ["St Anne&#x27;s Primary School</h1>", "In an Ofsted category (category 5) is suggested", "What needs attention",
             "Finish the note of", "Record a visit", "What comes next", "Core visit by Ada Adviser", "What stands out in the data",
             "Documents</h2>", "Time line"]  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_unanswered_circumstances_and_missing_people_need_those_who_may_act(
    page, suggested, adviser, manager, school
):
    asked = page(adviser, "workspace:school", school.urn)
    assert re.search(r"\d+ answers are missing about circumstances", asked)
    assert "No headteacher is recorded" not in asked.split("What needs attention")[1]
    assert "No chair of governors is recorded" in page(manager, "workspace:school", school.urn)


def test_one_answer_missing_is_said_as_one(suggested, adviser, school):
    *known, last = kinds_asked(school.authority, timezone.localdate(NOW))
    for kind in known:
        make.CircumstanceReturnFactory(school=school, kind=kind)
    found = school_page.build(adviser, school, NOW).attention
    assert any(item.text.startswith("1 answer is missing") for item in found)
    make.CircumstanceReturnFactory(school=school, kind=last)
    assert not any("missing" in item.text for item in school_page.build(adviser, school, NOW).attention)


@pytest.mark.requirement("L-257")
def test_an_adviser_elsewhere_sees_the_school_and_none_of_what_is_its_own(
    page, suggested, adviser, other_school
):
    make.DocumentFactory(school=other_school)
    make.NoteFactory(visit__school=other_school)
    text = page(adviser, "workspace:school", other_school.urn)
    for words in ("is suggested", "What needs attention", "Documents", "Level and why", "Core visit"):
        assert words not in text


@pytest.mark.requirement("L-257")
def test_a_heads_time_line_shows_no_meeting_of_the_authoritys_own(page, suggested, head, adviser, school):
    meeting = next(kind for kind in VisitKind if kind not in school_page.visits.SHOWN_TO_SCHOOLS)
    make.NoteFactory(visit__school=school, visit__kind=meeting, visit__adviser=adviser)
    make.DocumentFactory(school=school, audience="authority", title="For the authority only")
    make.CircumstanceFactory(school=school, note="CONFIDENTIAL")
    for name in ("workspace:school", "workspace:school-history"):
        text = page(head, name, school.urn)
        for words in (escape(meeting.label), "For the authority only", "CONFIDENTIAL"):
            assert words not in text
    assert escape(meeting.label) in page(adviser, "workspace:school-history", school.urn)


@pytest.mark.requirement("L-257")
def test_a_restricted_circumstance_changes_nothing_on_a_heads_pages(page, suggested, head, school):
    def seen():
        return [
            re.sub(r'(nonce|csrfmiddlewaretoken" value)="[^"]+"|"x-csrftoken": "[^"]+"', "", page(head, name, school.urn))
            for name in ("workspace:school", "workspace:school-history", "workspace:school-data", "schools:people",
                         "schools:circumstance-list", "schools:inspection-list", "reports:document-list")
        ]  # fmt: skip

    before = seen()
    make.CircumstanceFactory(school=school, kind="at_risk_of_ri", audience="authority", note="CONFIDENTIAL")
    assert seen() == before


def test_a_closed_school_says_so_and_is_suggested_nothing(page, suggested, manager, school):
    school.status, school.closed_on = SchoolStatus.CLOSED, days(-40)
    school.save()
    text = page(manager, "workspace:school", school.urn)
    assert "Closed" in text
    assert "is suggested" not in text
    assert "St Anne&#x27;s Primary School closed" in page(manager, "workspace:school-history", school.urn)


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"phase": SchoolPhase.NURSERY, "type": SchoolType.NURSERY},
        {"phase": SchoolPhase.NOT_APPLICABLE, "type": SchoolType.COMMUNITY_SPECIAL},
        {"phase": SchoolPhase.NOT_APPLICABLE, "type": SchoolType.PUPIL_REFERRAL_UNIT},
        {"phase": SchoolPhase.ALL_THROUGH, "type": SchoolType.ACADEMY_CONVERTER},
    ],
)
@pytest.mark.parametrize("framework", ["leeds", "frameworks"])
def test_a_school_of_which_nothing_is_recorded_has_every_page(
    request, page, manager, authority, kind, framework
):
    request.getfixturevalue(framework)
    school = make.SchoolFactory(authority=authority, **kind)
    assert "Not yet inspected" in page(manager, "workspace:school", school.urn)
    assert "No figures have been imported" in page(manager, "workspace:school-data", school.urn)
    assert "Nothing is recorded yet." in page(manager, "workspace:school-history", school.urn)
    page(manager, "categorisation:why", school.urn)


# History


def test_history_tells_of_people_openings_and_inspections_newest_first(page, adviser, manager, school):
    school.opened_on, school.closed_on = dt.date(2019, 9, 1), days(50)
    school.save()
    make.SchoolContactFactory(school=school, name="Ann Acting", is_acting=True, start_on=dt.date(2024, 1, 8))
    make.SchoolContactFactory(
        school=school, name="Cal Chair", role=ContactRole.CHAIR, start_on=None, end_on=days(29)
    )
    make.SchoolContactFactory(school=school, name="Lee Later", role=ContactRole.CHAIR, start_on=days(30))
    make.InspectionFactory(school=school)
    text = page(manager, "workspace:school-history", school.urn)
    places = [
        text.index(words)
        for words in ("Ann Acting became acting headteacher", "Good (2)", "opened under this URN")
    ]
    assert places == sorted(places)
    assert "Cal Chair became" not in text
    assert "Lee Later became" not in text
    assert "school closed" not in text.lower().replace("primary school closed", "school closed")


def test_a_school_that_is_yet_to_open_has_not_opened(manager, school):
    school.opened_on = days(20)
    school.save()
    assert not school_page.time_line(manager, school, TODAY)


def test_history_is_whole_and_the_overview_short(page, adviser, school):
    for number in range(25):
        make.NoteFactory(visit__school=school, visit__adviser=adviser, visit__took_place_on=days(-number))
    assert page(adviser, "workspace:school-history", school.urn).count("app-timeline__item") == 25
    assert page(adviser, "workspace:school", school.urn).count("app-timeline__item") == 8


# Data


@pytest.mark.requirement("K-031")
def test_a_trend_goes_on_through_the_schools_predecessor(page, reference, manager, authority):
    old = make.SchoolFactory(authority=authority, name="Old School", status=SchoolStatus.CLOSED)
    new = make.SchoolFactory(authority=authority, name="New Academy", type=SchoolType.ACADEMY_CONVERTER)
    make.SchoolLinkFactory(predecessor=old, successor=new)
    figures(old, **{f"y{LAST_YEAR - 1}": 50})
    figures(new, **{f"y{LAST_YEAR}": 66})
    (stage,) = indicators.for_school(new, TODAY).stages
    assert [point.value for point in stage.lines[0].points] == [50, 66]
    text = page(manager, "workspace:school-data", new.urn)
    assert "Key stage 2" in text
    assert "Better than England" in text


@pytest.mark.parametrize(
    ("key", "value", "national", "said"),
    [
        ("ks2_rwm_exp", 70, 60, "Better than England"),
        ("ks2_rwm_exp", 50, 60, "Worse than England"),
        ("ks2_rwm_exp", 60, 60, "The same as England"),
        ("abs_overall", 9, 6, "Worse than England"),
        ("roll", 300, 250, ""),
        ("ks2_rwm_exp", 60, None, ""),
    ],
)
def test_where_a_school_stands_is_said_in_words(reference, school, key, value, national, said):
    figures(school, key, national, **{f"y{LAST_YEAR}": value})
    (line,) = indicators.lines_for(school, TODAY)
    assert line.standing == said


def test_suppressed_figures_are_said_and_drawn_as_a_gap(page, reference, manager, school):
    indicator = Indicator.objects.get(key="ks2_rwm_exp")
    make.IndicatorValueFactory(
        school=school, indicator=indicator, year=LAST_YEAR, status=ValueStatus.SUPPRESSED
    )
    (line,) = indicators.lines_for(school, TODAY)
    assert (line.standing, line.latest, line.difference) == ("Nothing published", None, None)
    assert "Suppressed" in page(manager, "workspace:school-data", school.urn)


def test_a_provisional_figure_is_drawn_and_says_what_it_is(page, reference, manager, school):
    indicator = Indicator.objects.get(key="ks2_rwm_exp")
    batch = ImportBatch.objects.create(created_at=NOW)
    source = ImportFile.objects.create(batch=batch, kind="ks2_provisional", name="first.csv")
    make.IndicatorValueFactory(
        school=school, indicator=indicator, year=LAST_YEAR, value=66, source=source, source_row=2
    )
    (line,) = indicators.lines_for(school, TODAY)
    assert (line.latest.value, line.latest.source) == (66, "first.csv (provisional)")
    assert "66%, Provisional" in page(manager, "workspace:school-data", school.urn)


def test_what_stands_out_is_furthest_from_england_whatever_its_unit(reference, school):
    figures(school, "ks2_rwm_exp", 60, **{f"y{LAST_YEAR}": 30})
    progress = figures(school, "ks2_prog_read", 0, **{f"y{LAST_YEAR}": 1})
    school.values.filter(indicator=progress).update(ci_low=-1, ci_high=3)
    figures(school, "ks2_prog_math", 0, **{f"y{LAST_YEAR}": 0})
    figures(school, "ks2_read_exp", 75, **{f"y{LAST_YEAR}": 76})
    figures(school, "ks2_math_exp", 75, **{f"y{LAST_YEAR}": 75})
    figures(school, "roll", 10, **{f"y{LAST_YEAR}": 900})
    figures(school, "ks2_writ_exp", None, **{f"y{LAST_YEAR}": 70})
    found = [line.indicator.key for line in indicators.standing_out(school, TODAY)]
    assert found == ["ks2_rwm_exp", "ks2_read_exp", "ks2_prog_read"]
    assert len(indicators.standing_out(school, TODAY, most=1)) == 1


def test_who_may_not_see_data_finds_no_page_of_it(page, leeds, authority, school):
    faith = make.UserFactory(grants=[(Role.FAITH_REPRESENTATIVE, authority)])
    make.SchoolContactFactory(school=school, user=faith, role=ContactRole.FAITH_REPRESENTATIVE)
    text = page(faith, "workspace:school", school.urn)
    assert "What stands out" not in text
    page(faith, "workspace:school-data", school.urn, status=403)


@pytest.mark.parametrize("name", ["workspace:school", "workspace:school-data", "workspace:school-history"])
def test_a_far_school_is_not_found(page, manager, other_head, school, far_school, name):
    page(manager, name, far_school.urn, status=404)
    page(other_head, name, school.urn, status=404)


@pytest.mark.parametrize("who", ["adviser", "head", "manager"])
@pytest.mark.parametrize("name", ["workspace:school", "workspace:school-data", "workspace:school-history"])
def test_ten_of_everything_cost_as_many_queries_as_one(
    request, page, suggested, school, count_queries, who, name
):
    user = request.getfixturevalue(who)
    author = request.getfixturevalue("adviser")

    def more(number):
        make.NoteFactory(visit__school=school, visit__adviser=author, visit__took_place_on=days(-number))
        make.DocumentFactory(school=school)
        make.InspectionFactory(school=school, started_on=dt.date(2010 + number, 1, 5))
        make.SchoolContactFactory(school=school, end_on=days(-1), name=f"Past {number}")
        figures(
            school,
            **{f"y{LAST_YEAR - number % 5 - (5 if number >= 5 else 0)}": 50},
        )

    more(0)
    page(user, name, school.urn)
    one = count_queries(lambda: page(user, name, school.urn))
    for number in range(1, 10):
        more(number)
    assert count_queries(lambda: page(user, name, school.urn)) == one
