"""Deciding a level, publishing, confirming; its statement; replay."""

import datetime as dt
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation import actions, permissions
from categorisation.choices import Occasion, RecommendationStatus, RoundStatus
from categorisation.documents import statement
from categorisation.models import Decision, FrameworkVersion, Recommendation
from categorisation.workflow import NotPossible
from jobs.models import Job, OutboxMessage
from reports.composer import Bullets, Heading, KeyFacts, Paragraph
from schools.choices import Audience, SchoolStatus
from schools.models import Threshold
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = dt.timedelta(days=1)


@pytest.fixture
def director(authority):
    """Decides."""
    return make.UserFactory(name="Hedy Service", grants=[(Role.HEAD_OF_SERVICE, authority)])


@pytest.fixture
def moderated(leeds, school, adviser, manager):
    """moderated() is a recommendation of 3 moderated to `rank`."""

    def make_one(rank=3, **said):
        made = actions.recommend(
            **{
                "school": school,
                "rank": 3,
                "reason": "Leaders are new.",
                "occasion": Occasion.IN_YEAR,
                "starts_on": TODAY,
                "head_consulted_on": TODAY,
                "governors_not_consulted": "They meet next week.",
                "by": adviser,
                "at": NOW,
                **said,
            }
        )
        reason = "" if rank == made.rank else "Between ourselves."
        return actions.moderate(recommendation=made, rank=rank, reason=reason, by=manager, at=NOW)

    return make_one


@pytest.fixture
def annual(leeds, authority):
    return make.RoundFactory(authority=authority, year=TODAY.year + (TODAY.month >= 8))


def of_round(annual):
    return {"occasion": Occasion.ANNUAL, "round": annual, "starts_on": annual.starts_on}


# Deciding


@pytest.mark.requirement("L-058", "X-38", "L-060")
def test_a_change_in_year_is_published_and_confirmed_at_once(moderated, director):
    decision = actions.decide(recommendation=moderated(), by=director, at=NOW)
    assert (decision.rank, decision.level, decision.start_on) == (3, "category_3", TODAY)
    assert (decision.published_at, decision.confirmed_at, decision.confirmed_by) == (NOW, NOW, director)
    assert decision.recommendation.status == RecommendationStatus.DECIDED
    entry = ChangeLogEntry.objects.get(action="categorisation.decide")
    assert (entry.by, entry.after["rank"]) == (director, 3)


@pytest.mark.requirement("L-098", "L-099", "X-38")
def test_an_annual_level_waits_for_its_round_and_is_then_provisional_until_confirmed(
    moderated, annual, director
):
    decision = actions.decide(recommendation=moderated(**of_round(annual)), by=director, at=NOW)
    assert (decision.published_at, decision.confirmed_at) == (None, None)
    with pytest.raises(NotPossible, match="told what is decided before it is confirmed"):
        actions.confirm(decision=decision, by=director, at=NOW)
    assert not permissions.can_confirm(director, decision)
    for expected in ([decision], []):
        assert actions.publish(decisions=[decision], by=director, at=NOW) == expected
    for _ in range(2):
        decision = actions.confirm(decision=decision, by=director, at=NOW)
    assert (decision.published_at, decision.confirmed_by) == (NOW, director)
    assert ChangeLogEntry.objects.filter(action="categorisation.publish_level").count() == 1
    assert ChangeLogEntry.objects.filter(action="categorisation.confirm_level").count() == 1


def test_a_school_late_in_a_published_round_learns_at_once(moderated, annual, director):
    made = moderated(**of_round(annual))
    annual.status, annual.published_at, annual.published_by = RoundStatus.PROVISIONAL, NOW, director
    annual.save()
    decision = actions.decide(recommendation=made, by=director, at=NOW)
    assert (decision.published_at, decision.confirmed_at) == (NOW, None)


def test_rooms_above_hear_of_it(moderated, director, monkeypatch):
    heard = []
    monkeypatch.setattr(
        "categorisation.actions.decisions.emit", lambda event, payload, **more: heard.append((event, payload))
    )
    decision = actions.decide(recommendation=moderated(), by=director, at=NOW)
    payload = {"school_id": decision.school_id, "decision_id": decision.pk}
    assert heard == [
        ("level_decided", payload),
        ("level_published", payload),
        ("level_confirmed", payload),
    ]


def test_deciding_twice_is_deciding_once(moderated, director, adviser):
    made = moderated()
    assert actions.decide(recommendation=made, by=director, at=NOW) == actions.decide(
        recommendation=made, by=director, at=NOW
    )
    assert Decision.objects.count() == 1
    with pytest.raises(PermissionDenied):
        actions.decide(recommendation=made, by=adviser, at=NOW)


def test_what_is_not_moderated_is_not_decided_nor_by_who_may_not(moderated, manager, director, adviser):
    made = moderated()
    with pytest.raises(PermissionDenied, match="decide, publish and confirm levels"):
        actions.decide(recommendation=made, by=manager, at=NOW)
    assert not permissions.can_decide(manager, made)
    back = actions.reopen(recommendation=made, reason="A slip", by=manager, at=NOW)
    with pytest.raises(NotPossible, match="cannot become “decided”"):
        actions.decide(recommendation=back, by=director, at=NOW)


@pytest.mark.requirement("L-070", "K-103", "L-069")
def test_no_level_is_decided_below_a_floor_that_came_to_stand_since_it_was_moderated(
    moderated, director, manager, school
):
    made = moderated()
    make.InspectionFactory(school=school, category="special_measures", started_on=TODAY - DAY)
    with pytest.raises(NotPossible, match=r"below category 5 while this stands: .*Take the moderation back"):
        actions.decide(recommendation=made, by=director, at=NOW)
    assert not Decision.objects.exists()
    actions.reopen(recommendation=made, reason="Ofsted came.", by=manager, at=NOW)
    actions.moderate(recommendation=made, rank=5, reason="As Ofsted found.", by=manager, at=NOW)
    assert actions.decide(recommendation=made, by=director, at=NOW).rank == 5


def test_a_closed_school_gets_no_level(moderated, director, school):
    made = moderated()
    school.status = SchoolStatus.CLOSED
    school.save()
    with pytest.raises(NotPossible, match="not open"):
        actions.decide(recommendation=made, by=director, at=NOW)


def test_no_level_starts_before_the_one_the_school_has(moderated, director, school):
    made = moderated()
    make.DecisionFactory(school=school, start_on=made.starts_on)
    with pytest.raises(NotPossible, match="must start after it"):
        actions.decide(recommendation=made, by=director, at=NOW)
    assert Decision.objects.count() == 1


def test_a_level_may_start_before_one_that_is_still_to_come(moderated, director, school):
    made = moderated()
    coming = make.DecisionFactory(school=school, start_on=TODAY + 60 * DAY)
    decision = actions.decide(recommendation=made, by=director, at=NOW)
    assert decision.start_on < coming.start_on


def test_only_who_decides_publishes(moderated, annual, director, manager):
    decision = actions.decide(recommendation=moderated(**of_round(annual)), by=director, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.publish(decisions=[decision], by=manager, at=NOW)
    assert not permissions.can_publish(manager, [decision])
    assert permissions.can_publish(director, [decision])


@pytest.mark.requirement("K-048", "L-257")
def test_head_and_chair_are_told_that_something_waits_and_nothing_of_what(
    moderated, director, head, school, run_jobs
):
    make.SchoolContactFactory(school=school, role="chair", name="Cy Chair", email="CY@example.org")
    make.SchoolContactFactory(school=school, role="clerk", name="Clerk", email="clerk@example.org")
    decision = actions.decide(recommendation=moderated(), by=director, at=NOW)
    run_jobs()
    messages = OutboxMessage.objects.filter(key__startswith="categorisation.level:")
    assert {message.to for message in messages} == {head.email, "cy@example.org"}
    for message in messages:
        assert f"/schools/{school.urn}/level/" in message.body
        assert "ategory" not in message.body + message.subject
        assert "Leaders are new" not in message.body
    assert actions.tell_of_level(decision=decision, now=NOW) == 2
    assert messages.count() == 2
    assert Job.objects.filter(kind="categorisation.tell_of_level").count() == 1


# The statement


@pytest.fixture
def decided(moderated, director, school):
    make.InspectionFactory(school=school, overall_grade="3")
    return actions.decide(
        recommendation=moderated(to_next_level="Two good terms in mathematics."), by=director, at=NOW
    )


def texts(composition):
    found = []
    for block in composition.blocks:
        match block:
            case Heading(text=text) | Paragraph(text=text):
                found.append(text)
            case Bullets(items=items):
                found.extend(items)
            case KeyFacts(rows=rows):
                found.extend(f"{name}: {value}" for name, value in rows)
    return found


@pytest.mark.requirement("L-098", "L-064")
def test_what_was_learnt_since_is_no_reason_in_the_statement(decided, school):
    assert "The latest graded inspection" in "".join(texts(statement.build(decided)))
    make.InspectionFactory(school=school, overall_grade="2", started_on=TODAY - DAY)
    later = texts(statement.build(decided))
    assert not any("The latest graded inspection" in text for text in later)


@pytest.mark.requirement("L-098", "L-094", "L-064")
def test_the_statement_says_the_support_first_then_the_level_why_and_whom_to_ask(decided, adviser):
    composition = statement.build(decided)
    said = texts(composition)
    order = [
        "What your school gets",
        "Your category",
        "Why",
        "What it takes to need less support",
        "Who to talk to",
        "If you disagree",
    ]
    assert [text for text in said if text in order] == order
    assert "Category: 3: At risk" in said
    assert "Leaders are new." in said
    assert "Two good terms in mathematics." in said
    assert any(text.endswith(f": {adviser.name}, {adviser.email}") for text in said)
    assert composition.title.startswith("Statement of the category, ")


def test_the_statement_tells_nothing_the_school_may_not_know(decided, school):
    make.CircumstanceFactory(
        school=school, kind="at_risk_of_ri", audience=Audience.AUTHORITY, note="Secret", source="Secret"
    )
    before = texts(statement.build(decided))
    school.circumstances.all().delete()
    assert texts(statement.build(decided)) == before
    assert "Secret" not in str(before)


def test_a_moderators_reason_is_not_the_schools_to_read_unless_marked(moderated, director):
    decision = actions.decide(recommendation=moderated(rank=4), by=director, at=NOW)
    assert decision.reasons_for_school == ()
    assert "All that is known of the school was weighed together." in texts(statement.build(decision))
    decision.recommendation.moderation_shared = True
    assert decision.reasons_for_school == ("Between ourselves.",)
    assert make.DecisionFactory(version=decision.version).reasons_for_school == ()


def test_without_an_adviser_the_statement_names_the_authority(leeds, school):
    decision = make.DecisionFactory(school=school, rank=1)
    assert "The authority’s school improvement service." in texts(statement.build(decision))
    school.authority.contact_email = "schools@kirkdale.example"
    assert "Kirkdale: schools@kirkdale.example" in texts(statement.build(decision))
    assert any("Provisional" in text for text in texts(statement.build(decision)))


def test_every_level_of_both_policies_has_its_statement(frameworks, school):
    for version in frameworks:
        for day, level in enumerate(version.document["levels"]):
            decision = make.DecisionFactory(
                school=school, version=version, rank=level["rank"], start_on=TODAY - (day + 1) * DAY
            )
            said = texts(statement.build(decision))
            assert level["support"][0]["text"] in said
            assert ("What is expected of the school" in said) is bool(level.get("expectations"))
            assert ("What it takes to need less support" in said) is bool(level.get("exit_conditions"))
            decision.delete()


@pytest.mark.requirement("L-098")
def test_the_statement_is_released_once_to_the_school(decided, director, head):
    first = actions.release_statement(decision=decided, by=director, at=NOW)
    assert actions.release_statement(decision=decided, by=director, at=NOW) == first
    assert (first.audience, first.school) == (Audience.SCHOOL, decided.school)
    assert list(statement.statements_of(decided).visible_to(head)) == [first]


def test_no_statement_before_the_school_is_told(moderated, annual, director):
    decision = actions.decide(recommendation=moderated(**of_round(annual)), by=director, at=NOW)
    with pytest.raises(NotPossible, match="before its statement is released"):
        actions.release_statement(decision=decision, by=director, at=NOW)


# Replay


def replay(**options):
    out = StringIO()
    try:
        call_command("replay_decisions", stdout=out, **options)
    except CommandError as error:
        return out.getvalue() + str(error)
    return out.getvalue()


@pytest.mark.requirement("L-064")
def test_a_decision_gives_the_same_answer_after_facts_and_standards_have_changed(decided, school):
    make.InspectionFactory(school=school, overall_grade="4", category="special_measures", started_on=TODAY)
    Threshold.objects.all().delete()
    make.DecisionFactory(version=decided.version)
    assert replay() == (
        "2 decisions worked out again, 1 of them carried over from other records: each the same.\n"
    )


def test_a_kept_fact_that_was_tampered_with_is_found(decided):
    row = Recommendation.objects.get()
    row.facts["inspections"][0]["category"] = "special_measures"
    row.save()
    said = replay()
    assert f"{decided.school.name} ({decided.school.urn}), from" in said
    assert f"Suggested: kept {row.suggested or 'none'}, worked out 5." in said
    assert "Floor of moderation: kept none, worked out 5." in said
    assert "The trace kept is not the one worked out." in said
    assert "1 of 1 decision differ from what their rows give." in said


def test_a_trace_of_an_older_format_is_held_against_today_by_what_it_decided(decided, monkeypatch):
    monkeypatch.setattr("categorisation.engine.outcome.TRACE_FORMAT", 2)
    monkeypatch.setattr("categorisation.replay.TRACE_FORMAT", 2)
    assert "each the same" in replay()
    row = Recommendation.objects.get()
    (first, state, tests), (second, *_), *others = row.trace["rules"]
    other = {2: "met", 1: "not known", 0: "not met", -1: "set aside"}[state]
    row.trace |= {"low": 7, "rules": [[first, 1 if state != 1 else 0, tests], *others]}
    row.save()
    said = replay()
    assert f"“low” in the trace: kept 7, worked out {row.suggested_low}." in said
    assert f"Rule “{first}”: kept {'not known' if state != 1 else 'not met'}, worked out {other}." in said
    assert f"Rule “{second}”: kept none, worked out" in said
    assert said.count("Rule “") == 2


def test_a_trace_of_a_format_that_never_was_is_named(decided):
    row = Recommendation.objects.get()
    row.trace["format"] = 99
    row.save()
    assert "The trace kept cannot be read: no trace is written in format 99." in replay()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"facts": {}}, "What it keeps cannot be read: on: is missing"),
        ({"thresholds": {"ks2_floor": [["x", 2010, None]]}}, "What it keeps cannot be read"),
        ({"moderated_rank": 4, "moderation_reason": "x"}, "Decided 3, moderated 4."),
    ],
)
def test_other_tampering_is_named(decided, change, words):
    Recommendation.objects.update(**change)
    assert words in replay(authority="901")


def test_a_level_or_a_version_that_was_changed_is_named(decided, frameworks):
    Decision.objects.update(level="category_1")
    assert "Its level “category_1” is not the policy’s level 3." in replay()
    other = next(version for version in frameworks if version.slug == "leicester-2007")
    Decision.objects.update(version=other)
    assert "It was recommended by another version of the policy." in replay()


@pytest.mark.parametrize("change", [{"title": "Another"}, {"identity": None}])
def test_a_document_that_was_changed_is_named(decided, change):
    version = FrameworkVersion.objects.get(slug="leeds-2013")
    version.document = {**version.document, "identity": {**version.document["identity"], **change}}
    if "identity" in change:
        version.document["identity"] = None
    version.save()
    assert "is not the one that was published" in replay()


def test_an_authority_that_is_not_here_is_refused_and_progress_is_printed(
    decided, far_authority, monkeypatch
):
    assert replay(authority="999") == "There is no authority 999 here."
    assert replay(authority="902").startswith("0 decisions worked out again")
    monkeypatch.setattr("categorisation.management.commands.replay_decisions._EVERY", 1)
    assert "1 of 1\n" in replay()
