"""What tests of trying a policy do again and again."""

from django.urls import reverse
from django.utils import timezone

from categorisation.actions.dry_runs import start_dry_run
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def set_floor(draft, key, floor):
    """Another floor of a rule of the draft; one revision more."""
    next(rule for rule in draft.document["rules"] if rule["key"] == key)["floor"] = floor
    draft.revision += 1
    draft.save()


def good(count, **fields):
    """Schools whose latest inspection found them good."""
    schools = make.SchoolFactory.create_batch(count, low_age=4, high_age=11, **fields)
    for school in schools:
        make.InspectionFactory(school=school, overall_grade="2")
    return schools


def start(draft, by):
    return start_dry_run(draft=draft, on=TODAY, by=by, at=NOW)


def finished(draft, by, run_jobs):
    run = start(draft, by)
    run_jobs()
    run.refresh_from_db()
    return run


def address(name, *args):
    return reverse(f"categorisation:{name}", args=["901", *args])


def text(response):
    return response.content.decode()
