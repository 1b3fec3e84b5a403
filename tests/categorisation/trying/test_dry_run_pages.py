"""The pages of dry runs: start, watch, read, narrow, download, open the reasons of one school."""

import csv
import io

import pytest
from django.utils import timezone

from accounts.models import ReadLogEntry
from categorisation.models import DryRun, FrameworkChoice
from schools.choices import SchoolPhase
from tests import factories as make
from tests.categorisation.trying.steps import NOW, address, finished, good, set_floor, start, text


@pytest.fixture
def run(draft, authority, policy_admin, run_jobs):
    area = make.AreaFactory(authority=authority, name="North")
    good(2, authority=authority, area=area)
    good(1, authority=authority, phase=SchoolPhase.SECONDARY)
    (wider,) = good(1, authority=authority, name="Wider Primary School")
    make.InspectionFactory(school=wider, overall_grade="3", started_on=timezone.localdate())
    set_floor(draft, "leadership_capacity", 5)
    return finished(draft, policy_admin, run_jobs)


def listed(client, run, query=""):
    response = client.get(f"{address('dry-run-moves', run.public_id)}?export=csv{query}")
    rows = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode().lstrip("\ufeff")))
    return list(rows)


def test_the_page_of_dry_runs_starts_one_and_shows_what_came_of_the_last(signed_in, run, count_queries):
    shown = text(signed_in.get(address("dry-run-list")))
    assert "Try the draft on every school" in shown
    assert "3 of 4 schools would move: 3 to a higher category." in shown
    assert "1 more would have a wider range." in shown
    one = count_queries(lambda: signed_in.get(address("dry-run-list")))
    for _ in range(9):
        make.DryRunFactory(
            draft=run.draft, counts=run.counts, finished_at=NOW, revision=run.revision, document={}
        )
    assert count_queries(lambda: signed_in.get(address("dry-run-list"))) == one


def test_starting_leads_to_its_progress_and_stopping_back_to_it(signed_in, draft):
    response = signed_in.post(address("dry-run-start"), follow=True)
    run = DryRun.objects.get()
    assert response.redirect_chain[-1][0] == run.get_absolute_url()
    assert "Trying the changes on every school" in text(response)
    assert "Stop it" in text(response)
    assert "Under way" in text(signed_in.get(address("dry-run-list")))
    stopped = text(signed_in.post(address("dry-run-stop", run.public_id), follow=True))
    assert "It ended before every school was tried" in stopped
    assert "Stopped before the end" in text(signed_in.get(address("dry-run-list")))


def test_what_cannot_be_tried_says_why(signed_in, draft):
    draft.document["rules"][0]["floor"] = 9
    draft.save()
    shown = text(signed_in.post(address("dry-run-start"), follow=True))
    assert "The draft has one fault. Mend the draft first, then try it." in shown
    assert "so only the published policy can be tried" in shown
    draft.delete()
    shown = text(signed_in.post(address("dry-run-start"), follow=True))
    assert "There is no draft to try. Start a draft first." in shown
    assert "There is no draft, so what is tried is" in shown


def test_without_a_policy_the_pages_lead_to_choosing_one(signed_in, authority):
    for name in ("dry-run-list", "bench", "case-list"):
        assert "has not chosen a policy yet" in text(signed_in.get(address(name)))
    assert "There is no draft to try" in text(signed_in.post(address("dry-run-start"), follow=True))


def test_the_result_says_it_in_sentences_and_links_each_count_to_exactly_its_rows(signed_in, run):
    shown = text(signed_in.get(run.get_absolute_url()))
    assert "3 of 4 schools would move" in shown
    assert "See all 4 schools" in shown
    moves = address("dry-run-moves", run.public_id)
    queries = {part.split('"')[0] for part in shown.replace("&amp;", "&").split(f'href="{moves}?')[1:]}
    result = run.counts
    assert len(queries) >= 6
    for query in queries:
        number = shown.replace("&amp;", "&").split(f'{query}">')[1].split("<")[0]
        assert len(listed(signed_in, run, f"&{query}")) == int(number), query
    assert result["moves"] == [[1, 2, 3]]


def test_the_list_narrows_by_every_side_of_a_move(signed_in, run):
    for query, number in {
        "": 4,
        "&moves=up": 3,
        "&moves=range": 1,
        "&moves=down&moves=placed&moves=unplaced": 0,
        "&before=1&after=2": 3,
        "&phase=4": 1,
        "&area=none": 2,
        "&rule=rule:ofsted_good:floor": 3,
        "&q=wider": 1,
    }.items():
        assert len(listed(signed_in, run, query)) == number, query


def test_a_file_names_the_reason_of_each_move(signed_in, run):
    first = listed(signed_in, run, "&moves=up")[0]
    assert (first["From"][:1], first["To"][:1]) == ("1", "2")
    assert first["Because"] == "“Judged good or outstanding” leads to 2 instead of 1."


def test_no_level_is_a_place_to_come_from_and_to_go_to(signed_in, draft, authority, policy_admin, run_jobs):
    good(1, authority=authority)
    draft.document["rules"] = [r for r in draft.document["rules"] if r["key"] != "ofsted_good"]
    draft.revision += 1
    draft.save()
    run = finished(draft, policy_admin, run_jobs)
    assert run.counts["moves"] == [[1, None, 1]]
    (row,) = listed(signed_in, run, "&after=none")
    assert row["To"].startswith("None, ")
    assert "To none" in text(signed_in.get(run.get_absolute_url()))


def test_a_row_opens_the_reasons_side_by_side_and_is_in_the_read_log(signed_in, run):
    school = run.moves.filter(before=1).first().school
    shown = text(signed_in.get(address("dry-run-move", run.public_id, school.urn)))
    assert "What is tried moves it from category 1 to category 2." in shown
    assert "The dry run found it going from 1" in shown
    assert ReadLogEntry.objects.filter(urn=school.urn).exists()
    listed(signed_in, run)
    assert any(f"school:{school.urn}" in entry.identifiers for entry in ReadLogEntry.objects.all())


def test_a_school_that_did_not_move_says_so(signed_in, run, authority):
    still = make.SchoolFactory(authority=authority)
    shown = text(signed_in.get(address("dry-run-move", run.public_id, still.urn)))
    assert "What is tried gives the same answer." in shown
    assert "The dry run found it" not in shown


def test_a_changed_draft_makes_the_result_old(signed_in, run):
    run.draft.revision += 1
    run.draft.save()
    assert "The draft has been changed since" in text(signed_in.get(run.get_absolute_url()))


def test_a_parameter_is_tried_from_the_page(signed_in, draft, run_jobs):
    response = signed_in.post(address("dry-run-list"), {"key": "considerably_below", "value": "2.5"})
    run = DryRun.objects.get()
    assert response.url == run.get_absolute_url()
    assert run.draft is None
    run_jobs()
    assert "Trying Considerably below similar schools" in text(signed_in.get(run.get_absolute_url()))


@pytest.mark.parametrize(
    ("key", "value", "refusal"),
    [
        ("considerably_below", "", "Enter another value"),
        ("considerably_below", "lots", "must be a number"),
        ("considerably_below", "NaN", "must be a number"),
        ("considerably_below", "1e99", "Another value has too many figures"),
        ("considerably_below", "10", "That is its value already"),
        ("small_cohort", "2.5", "Small group is a whole number."),
        ("consistently", "99", "Consistently is between 1 and 10 years."),
        ("report_card_below_areas", "both", "can be leadership and governance or any area"),
        ("nonsense", "1", "Choose parameter from the list"),
    ],
)
def test_a_value_that_cannot_be_tried_says_why_and_keeps_what_was_typed(
    signed_in, draft, key, value, refusal
):
    shown = text(signed_in.post(address("dry-run-list"), {"key": key, "value": value}))
    assert refusal in shown
    assert f'value="{value}"' in shown or not value
    assert not DryRun.objects.exists()


def test_a_choice_of_a_parameter_is_typed_in_words(signed_in, draft):
    signed_in.post(address("dry-run-list"), {"key": "report_card_below_areas", "value": "Any area"})
    assert "any area" in DryRun.objects.get().tried


def test_another_authoritys_dry_runs_are_not_there(client, run, far_authority, far_school):
    client.force_login(make.UserFactory(grants=[("policy_admin", far_authority)]))
    FrameworkChoice.objects.create(authority=far_authority, slug="leeds-2013", start_on=make.LONG_AGO)
    school = run.moves.first().school
    for name, *args in (
        ("dry-run-list",),
        ("dry-run-detail", run.public_id),
        ("dry-run-moves", run.public_id),
        ("dry-run-move", run.public_id, school.urn),
    ):
        assert client.get(address(name, *args)).status_code == 404
        assert client.get(address(name, *args).replace("/901/", "/902/")).status_code == (
            200 if name == "dry-run-list" else 404
        )


def test_a_school_of_another_authority_is_no_row(signed_in, run, far_school):
    assert signed_in.get(address("dry-run-move", run.public_id, far_school.urn)).status_code == 404


def test_a_run_that_is_not_finished_shows_no_rows(signed_in, draft, policy_admin):
    run = start(draft, policy_admin)
    assert listed(signed_in, run) == []
