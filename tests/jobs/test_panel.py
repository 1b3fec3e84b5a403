import datetime as dt
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from jobs import presenters
from jobs.choices import FINISHED, JobStatus
from tests import factories as make
from tests.jobs.conftest import NOW

CAN_LEAVE = "You can leave this page; the work goes on without it."


@pytest.fixture(autouse=True)
def kinds(own_registry):
    own_registry.task("tests.work", title="Reading the files")(lambda work: {})


@pytest.fixture(autouse=True)
def poll_url(monkeypatch):
    """The roof serves the panel; what it serves it under is not this room's to know."""
    monkeypatch.setattr(presenters, "reverse", lambda name, args: f"/{name}/{args[0]}")


def job(**values):
    return make.JobFactory.build(public_id="abc", created_at=NOW, **values)


def show(row, now=NOW, htmx=False, spoken=""):
    request = RequestFactory().get("/", {"spoken": spoken})
    request.htmx = htmx
    html = render_to_string("jobs/panel.html", {"panel": presenters.panel(row, now)}, request=request)
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, f"It starts as soon as a worker is free. {CAN_LEAVE}"),
        (
            {"attempts": 1, "run_after": NOW + dt.timedelta(seconds=15)},
            "It did not work and will be tried again in 15 seconds.",
        ),
        (
            {"attempts": 1, "run_after": NOW + dt.timedelta(seconds=1)},
            "It did not work and will be tried again in 1 second.",
        ),
        (
            {"attempts": 3, "run_after": NOW + dt.timedelta(minutes=4)},
            "It did not work and will be tried again in 4 minutes.",
        ),
        ({"attempts": 1}, "It did not work and is about to be tried again."),
        ({"status": JobStatus.RUNNING}, CAN_LEAVE),
        ({"status": JobStatus.RUNNING, "cancel_requested_at": NOW}, "Stopping."),
        ({"status": JobStatus.DONE}, "Done in less than a second."),
        ({"status": JobStatus.DONE, "finished_at": NOW + dt.timedelta(seconds=119)}, "Done in 119 seconds."),
        ({"status": JobStatus.DONE, "started_at": None}, "Done."),
        ({"status": JobStatus.CANCELLED}, "Stopped because somebody asked for it."),
        ({"status": JobStatus.FAILED}, "Not done."),
    ],
)
def test_the_panel_says_in_a_sentence_where_the_work_stands(values, words):
    assert presenters.panel(job(**values), NOW).words == words


@pytest.mark.parametrize(
    ("values", "percent", "count"),
    [
        ({"progress_done": 1200, "progress_total": 24473}, 4, "1,200 of 24,473"),
        ({"progress_done": 5, "progress_total": 4}, 100, "5 of 4"),
        ({"progress_done": 1200}, None, "1,200 so far"),
        ({"progress_total": 4}, 0, ""),
        ({}, None, ""),
        ({"progress_done": 4, "progress_total": 4, "status": JobStatus.DONE}, None, ""),
    ],
)
def test_the_panel_says_how_far_it_has_come(values, percent, count):
    panel = presenters.panel(job(**{"status": JobStatus.RUNNING} | values), NOW)
    assert (panel.percent, panel.count) == (percent, count)


def test_progress_is_a_bar_with_a_name_and_the_same_in_words():
    page = show(
        job(status=JobStatus.RUNNING, progress_done=1, progress_total=2, progress_message="Reading ks2.csv")
    )
    assert page.progress["value"] == "50"
    assert page.progress["aria-label"] == "Reading the files"
    text = page.get_text(" ", strip=True)
    assert "50%" in text
    assert "(1 of 2)" in text
    assert "Reading ks2.csv" in text
    assert page.strong.get_text() == "Running"


def test_a_count_without_a_total_is_words_and_no_bar():
    page = show(job(status=JobStatus.RUNNING, progress_done=7))
    assert page.progress is None
    assert "7 so far" in page.get_text()


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_an_unfinished_panel_asks_again_each_second(status):
    page = show(job(status=status))
    assert page.div["hx-trigger"] == "every 1s"
    assert page.div["hx-get"].startswith("/workspace:job-panel/abc?spoken=")
    assert page.a is None  # what is replaced each second must not hold the focus


@pytest.mark.parametrize("status", FINISHED)
def test_a_finished_panel_asks_no_more(status):
    page = show(job(status=status))
    assert not page.div.has_attr("hx-get")


def test_a_panel_that_finished_under_the_readers_eyes_leads_to_the_outcome():
    assert "Refresh this page to see" in show(job(status=JobStatus.DONE), htmx=True).get_text()
    assert "Refresh this page to see" not in show(job(status=JobStatus.DONE)).get_text()


@pytest.mark.parametrize(
    ("status", "links"), [(JobStatus.RUNNING, ["Refresh this page"]), (JobStatus.DONE, [])]
)
def test_while_it_is_unfinished_a_link_does_what_the_script_would(status, links):
    html = Template("{% load jobs %}{% job_panel job %}").render(Context({"job": job(status=status)}))
    found = BeautifulSoup(html, "html.parser").find_all("a", href="")
    assert [link.get_text() for link in found] == links


def test_a_failure_says_what_to_do():
    page = show(job(status=JobStatus.FAILED, error="The file is <empty>. Choose another."))
    assert page.select_one(".govuk-inset-text").get_text() == "The file is <empty>. Choose another."


def test_progress_is_spoken_when_the_step_changes_and_not_each_second():
    row = job(status=JobStatus.RUNNING, progress_done=26, progress_total=100)
    again = show(row, htmx=True, spoken="running-25")
    assert again.find(role="status") is None
    new = show(row, htmx=True, spoken="running-0")
    assert new.find(role="status")["hx-swap-oob"] == "innerHTML"
    assert new.find(role="status")["id"] == "job-abc-spoken"
    assert new.find(role="status").get_text() == "Reading the files: 26 per cent done."


def test_the_tag_shows_the_panel_under_a_place_to_speak_from():
    html = Template("{% load jobs %}{% job_panel job %}").render(Context({"job": job()}))
    page = BeautifulSoup(html, "html.parser")
    [status] = page.find_all(role="status")
    assert status["id"] == "job-abc-spoken"
    assert (
        status.get_text() == f"Reading the files: waiting. It starts as soon as a worker is free. {CAN_LEAVE}"
    )
    assert page.find(id="job-abc").h2.get_text(" ", strip=True) == "Reading the files Waiting"


def test_without_a_page_that_serves_it_the_panel_does_not_ask(monkeypatch):
    def nowhere(name, args):
        raise NoReverseMatch

    monkeypatch.setattr(presenters, "reverse", nowhere)
    assert not show(job()).div.has_attr("hx-get")


def test_work_of_another_version_has_a_plain_title():
    assert presenters.panel(job(kind="tests.newer"), NOW).title == "Working"


def test_a_job_has_an_address_of_its_own():
    assert job().get_absolute_url() == reverse("workspace:job", args=["abc"])


@pytest.mark.django_db
def test_the_command_lists_what_needs_a_person():
    out = StringIO()
    call_command("jobs", stdout=out)
    assert out.getvalue() == "Work: nothing\nE-mail: nothing\nSchedules: nothing\n"

    make.JobFactory(status=JobStatus.DONE, kind="tests.done")
    make.JobFactory(status=JobStatus.FAILED, error="The file is empty.", created_at=NOW)
    make.OutboxMessageFactory(status="uncertain", error="Ask.", created_at=NOW)
    make.OutboxMessageFactory(status="sent")
    make.PeriodicRunFactory(name="tests.daily", error="RuntimeError")
    make.PeriodicRunFactory(name="tests.fine")
    out = StringIO()
    call_command("jobs", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "Work: 1"
    assert lines[1].endswith("Failed    tests.work  attempt 1 of 3  2026-11-21 09:30  The file is empty.")
    assert lines[2:] == [
        "E-mail: 1",
        "  May have been sent  head@example.org  2026-11-21 09:30  Ask.",
        "Schedules: 1",
        "  tests.daily  RuntimeError",
    ]
