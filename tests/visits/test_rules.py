"""Pure decisions: durations, what a note lacks, and every pair of states."""

import datetime as dt
from decimal import Decimal

import pytest

from schools.choices import Audience
from visits import rules, workflow
from visits.choices import NoteStatus, VisitStatus, activities, section_templates
from visits.rules import Missing, SectionText


@pytest.mark.parametrize(
    ("half_days", "words"),
    [
        (None, ""),
        ("0.5", "A quarter of a day"),
        ("1", "Half a day"),
        ("1.5", "¾ day"),
        ("2", "1 day"),
        ("2.5", "1¼ days"),
        ("3", "1½ days"),
        ("3.5", "1¾ days"),
        ("4.00", "2 days"),
        ("20", "10 days"),
    ],
)
def test_half_days_read_as_people_say_them(half_days, words):
    assert rules.days_in_words(None if half_days is None else Decimal(half_days)) == words


@pytest.mark.parametrize("wrong", ["0", "-1", "0.25", "0.3", "20.5"])
def test_a_visit_takes_quarters_of_a_day_up_to_ten_days(wrong):
    with pytest.raises(ValueError, match="quarter of a day and 10 days"):
        rules.check_half_days(Decimal(wrong))


def test_the_smallest_and_the_longest_visit_are_taken():
    rules.check_half_days(Decimal("0.5"))
    rules.check_half_days(Decimal(20))


def test_a_note_is_due_two_weeks_after_the_visit():
    assert rules.due_on(dt.date(2026, 11, 12)) == dt.date(2026, 11, 26)


def section(key, *, required=True, text=""):
    return SectionText(key, key.title(), required, text)


def test_a_note_lacks_its_required_sections_in_the_order_of_the_page():
    sections = [section("b"), section("a", text=" \n"), section("c", text="x"), section("d", required=False)]
    assert rules.missing(took_place=True, has_duration=True, sections=sections) == (
        Missing("b", "Write “B”"),
        Missing("a", "Write “A”"),
    )


def test_a_note_lacks_the_visit_before_it_lacks_its_length():
    (no_visit,) = rules.missing(took_place=False, has_duration=False, sections=[])
    (no_length,) = rules.missing(took_place=True, has_duration=False, sections=[])
    assert "date" in no_visit.message
    assert "how long" in no_length.message
    assert rules.missing(took_place=True, has_duration=True, sections=[]) == ()


def test_a_section_holds_what_people_write_and_not_a_library():
    assert rules.checked_text("a\r\nb \x00") == "a\nb"
    assert len(rules.checked_text("x" * rules.MOST_CHARACTERS)) == rules.MOST_CHARACTERS
    with pytest.raises(ValueError, match="at most 100,000 characters; this one has 100,001"):
        rules.checked_text("x" * (rules.MOST_CHARACTERS + 1))


ALLOWED_VISITS = {
    (VisitStatus.PLANNED, VisitStatus.TOOK_PLACE),
    (VisitStatus.PLANNED, VisitStatus.CANCELLED),
    (VisitStatus.TOOK_PLACE, VisitStatus.CANCELLED),
}
ALLOWED_NOTES = {(NoteStatus.DRAFT, NoteStatus.FINAL), (NoteStatus.FINAL, NoteStatus.DRAFT)}


@pytest.mark.parametrize("before", VisitStatus)
@pytest.mark.parametrize("after", VisitStatus)
def test_every_pair_of_a_visits_states(before, after):
    if (before, after) in ALLOWED_VISITS:
        assert workflow.check_visit_moves(before, after).needs_reason == (after == VisitStatus.CANCELLED)
    else:
        with pytest.raises(workflow.NotPossible, match="cannot become"):
            workflow.check_visit_moves(before, after)


@pytest.mark.parametrize("before", NoteStatus)
@pytest.mark.parametrize("after", NoteStatus)
def test_every_pair_of_a_notes_states(before, after):
    if (before, after) in ALLOWED_NOTES:
        assert workflow.check_note_moves(before, after).needs_reason == (after == NoteStatus.DRAFT)
    else:
        with pytest.raises(workflow.NotPossible, match="cannot become"):
            workflow.check_note_moves(before, after)


@pytest.mark.requirement(
    "L-107", "L-108", "L-109", "L-110", "L-111", "L-112", "L-113", "L-114", "L-115", "L-116", "L-117", "L-118"
)
def test_every_activity_of_the_leicester_policy_can_be_ticked():
    known = activities()
    for key in (
        "performance_data",  # L-107
        "standards",  # L-108
        "priorities",  # L-109
        *(
            "teaching_and_learning",
            "curriculum",
            "leadership_and_management",
            "care_and_guidance",
            "resources",
        ),
        "targets",  # L-111
        "profile",  # L-112
        "headteacher_objectives",  # L-113
        "brokered_support",  # L-114
        "early_alert",  # L-115
        "impact_of_support",  # L-116
        "improvement_meeting",  # L-117
        "governors_report",  # L-118
    ):
        assert any(source.startswith("Leicester §4.1") for source in known[key].sources), key
    # Whose mention would tell the school, or its governors, what is not for them
    assert known["headteacher_objectives"].audience == Audience.GOVERNORS_PANEL
    assert known["improvement_meeting"].audience == Audience.AUTHORITY


@pytest.mark.requirement("K-113", "K-114", "K-115", "K-116", "K-122", "K-127")
def test_every_purpose_of_the_leeds_strategy_can_be_ticked_and_has_its_section():
    known = activities()
    for key in (
        *("successful_practice", "areas_to_develop", "self_evaluation"),  # K-113
        "standards",  # K-114
        "achievement_over_time",  # K-115
        *("teaching_and_learning", "behaviour_and_safeguarding", "leadership_and_management"),
        "overall_effectiveness",
        *("brokered_support", "priorities", "vulnerable_pupils", "impact_of_support"),  # K-116
        "partnership",  # K-127
    ):
        assert any(source.startswith("Leeds") for source in known[key].sources), key
    headings = {section.key for section in section_templates()}
    assert {
        "strengths",
        "areas_to_develop",
        "self_evaluation",
        "vulnerable_pupils",
        "impact_of_support",
    } <= headings


def test_the_only_section_a_school_never_sees_is_the_authoritys():
    assert [s.key for s in section_templates() if s.audience != Audience.SCHOOL] == ["authority_notes"]
    assert len({section.key for section in section_templates()}) == len(section_templates())
