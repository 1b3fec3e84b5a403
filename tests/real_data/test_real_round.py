"""The real schools of both authorities through a whole round, in a browser: opened, recommended, moderated at a
sitting, published, read by a headteacher, confirmed, closed."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Authority
from categorisation import actions
from categorisation.choices import Occasion, RecommendationStatus
from categorisation.models import Decision, Recommendation, Round, Suggestion
from categorisation.presenters import whys
from categorisation.tasks import rounds as tasks
from reports.models import Document
from schools.models import OfficerAssignment, School
from tests import factories as make
from tests.browser import assert_accessible, sign_in

pytestmark = [pytest.mark.real_data, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def statement_for_one(monkeypatch):
    """A page of PDF takes a second: the round writes the first school's alone. All of them are tested with few schools."""
    written: list[int] = []

    def first_only(*, decision, by, at):
        if not written:
            written.append(decision.school_id)
            return actions.release_statement(decision=decision, by=by, at=at)
        return None

    monkeypatch.setattr(tasks, "release_statement", first_only)
    return written


@pytest.mark.requirement("L-058", "L-059", "L-060", "L-098", "L-099", "K-046", "K-047", "K-048", "X-38")
@pytest.mark.parametrize(
    ("place", "code", "policy", "schools"),
    [("leicester", "856", "leicester-2007", 128), ("leeds", "383", "leeds-2013", 302)],
)
def test_the_schools_of_an_authority_go_through_a_round(
    place, code, policy, schools, folder, frameworks, browser_page, live_server, run_jobs, statement_for_one
):
    call_command("import_data", str(folder / place), "--authority", code, stdout=io.StringIO())
    authority = Authority.objects.get()
    actions.choose_framework(
        authority=authority, slug=policy, start_on=dt.date(2020, 9, 1), by=None, now=timezone.now()
    )
    run_jobs()
    assert Suggestion.objects.count() == schools
    leader, adviser = (
        make.UserFactory(name=name, grants=[(role, authority)])
        for name, role in (("Lena Leader", Role.HEAD_OF_SERVICE), ("Ada Adviser", Role.ADVISER))
    )
    open_schools = list(School.objects.open().select_related("authority").order_by("pk"))
    OfficerAssignment.objects.bulk_create(
        OfficerAssignment(school=school, user=adviser, role="adviser", start_on=dt.date(2020, 9, 1))
        for school in open_schools
    )
    first = open_schools[0]
    head = make.UserFactory(name="Hana Head", grants=[(Role.HEADTEACHER, authority)])
    first.contacts.filter(role="headteacher").delete()
    make.SchoolContactFactory(school=first, user=head, role="headteacher", name=head.name)
    page = browser_page

    def press(name, role="button"):
        page.get_by_role(role, name=name).first.click()
        page.wait_for_load_state()

    def look():
        assert_accessible(page)

    # Opened
    sign_in(page, live_server, leader)
    page.goto(f"/levels/{code}/new-round/")
    look()
    press("Open the round")
    annual = Round.objects.get(authority=authority)

    # Recommended: one in the browser, the others as fast as they can be
    sign_in(page, live_server, adviser)
    page.goto(f"/schools/{first.urn}/level/recommend/")
    page.locator("input[name=rank]").first.check()
    page.locator("textarea[name=reason]").fill("Its results rest on one small year group.")
    for group in ("head", "governors"):
        page.locator(f"input[name={group}][value=no]").check()
        page.locator(f"textarea[name={group}_not_consulted]").fill("They meet next week.")
    look()
    press("Recommend")
    assert Recommendation.objects.get().school == first
    found = whys(adviser, open_schools[1:], on=timezone.localdate())
    for school in open_schools[1:]:
        rank = found[school.pk].outcome.on_record
        actions.recommend(
            school=school,
            rank=rank or 1,
            reason="" if rank else "Nothing recorded places it; visits show that all is in order.",
            occasion=Occasion.ANNUAL,
            round=annual,
            starts_on=annual.starts_on,
            head_consulted_on=timezone.localdate(),
            governors_consulted_on=timezone.localdate(),
            by=adviser,
            at=timezone.now(),
        )

    # Moderated, a sitting after the other
    sign_in(page, live_server, leader)
    page.goto(f"/levels/rounds/{annual.public_id}/board/?q={first.urn}")
    page.get_by_text(first.name).first.wait_for()
    look()
    waiting = annual.recommendations.filter(status=RecommendationStatus.RECOMMENDED)
    page.goto(f"/levels/rounds/{annual.public_id}/moderate/")
    look()
    while left := waiting.count():
        for choice in page.locator("input[data-sitting-alone]").all():
            choice.check()
        press("Save")
        assert waiting.count() < left, page.locator("main").inner_text()[:1000]
        page.goto(f"/levels/rounds/{annual.public_id}/moderate/")

    # Published, unattended
    page.goto(f"/levels/rounds/{annual.public_id}/publish/")
    look()
    assert f"{schools} schools get their" in page.locator("main").inner_text()
    press("Publish")
    run_jobs()
    assert Decision.objects.filter(round=annual, published_at__isnull=False).count() == schools

    # Read by the head
    sign_in(page, live_server, head)
    page.goto(f"/schools/{first.urn}/level/")
    look()
    assert "one small year group" in page.locator("main").inner_text()
    assert Document.objects.get().school == first
    page.goto(f"/schools/{open_schools[1].urn}/level/")
    assert page.get_by_text("Page not found").count()

    # Confirmed in autumn, and closed
    sign_in(page, live_server, leader)
    page.goto(f"/levels/rounds/{annual.public_id}/confirm/")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    press("Confirm these as they stand")
    run_jobs()
    assert not Decision.objects.filter(round=annual, confirmed_at__isnull=True).exists()
    page.goto(f"/levels/rounds/{annual.public_id}/")
    press("Confirm the round")
    annual.refresh_from_db()
    assert annual.status == "confirmed"
    look()
    out = io.StringIO()
    call_command("replay_decisions", stdout=out)
    assert f"{schools} decisions worked out again: each the same." in out.getvalue()
