import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jobs.choices import JobStatus
from jobs.models import Job
from tests import factories as make
from tests.browser import assert_accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def job(adviser):
    return make.JobFactory(status=JobStatus.RUNNING, created_by=adviser, progress_done=10, progress_total=100)


def test_the_panel_moves_speaks_keeps_the_focus_and_ends_by_itself(browser_page, live_server, adviser, job):
    sign_in(browser_page, live_server, adviser)
    browser_page.goto(job.get_absolute_url())
    panel, spoken = (
        browser_page.locator(f"#job-{job.public_id}"),
        browser_page.locator(f"#job-{job.public_id}-spoken"),
    )
    expect(panel).to_contain_text("10%")
    assert_accessible(browser_page)
    link = browser_page.get_by_role("link", name="Refresh this page")
    link.focus()

    Job.objects.update(progress_done=60)
    expect(panel).to_contain_text("60% (60 of 100)")
    expect(spoken).to_contain_text("60 per cent done")
    expect(link).to_be_focused()

    Job.objects.update(status=JobStatus.DONE, token="", leased_until=None, finished_at=timezone.now())
    expect(panel).to_contain_text("Refresh this page to see what came of it.")
    expect(spoken).to_contain_text("done")
    assert panel.get_attribute("hx-get") is None
    assert_accessible(browser_page)


def test_without_javascript_the_link_shows_how_far_it_has_come(chromium, live_server, adviser, job):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, adviser)
    page.goto(job.get_absolute_url())
    Job.objects.update(progress_done=60)
    page.get_by_role("link", name="Refresh this page").click()
    expect(page.get_by_text("60% (60 of 100)")).to_be_visible()
    page.goto("about:blank")
    context.close()
