"""The cast: a few people whose access every test can rely on.

`school` is where `adviser` is the adviser and `head` the headteacher; `other_school` is in the same authority and
theirs in no way; `far_school` is another authority's. `policy_admin` and `manager` hold their roles for all of the
first authority; `stranger` signs in and holds nothing.
"""

import shutil

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import log_guards
from accounts.choices import Role
from categorisation.actions import choose_framework, load_shipped
from jobs.runner import drain
from schools.importing.loading import load_reference
from tests import factories as make
from tests.browser import browser_page, chromium  # noqa: F401  # fixtures

_empty_tables = TransactionTestCase._fixture_teardown


def _empty_tables_logs_included(test_case):
    """Transactional tests (live_server too) end by emptying every table, which the logs' guards refuse."""
    log_guards.remove(connection)
    try:
        _empty_tables(test_case)
    finally:
        log_guards.install(connection)


TransactionTestCase._fixture_teardown = _empty_tables_logs_included


@pytest.fixture(autouse=True)
def leave_nothing_behind():
    """No test finds another's throttling counts or uploads (the database rolls itself back)."""
    yield
    cache.clear()
    shutil.rmtree(django_settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture(autouse=True)
def announced(monkeypatch):
    """The numbers of the jobs that the broker would carry, in order. No test sends real messages unless it says so."""
    numbers = []
    monkeypatch.setattr("jobs.broker.announce", numbers.append)
    return numbers


@pytest.fixture
def run_jobs(db):
    """run_jobs() does all the unattended work that is due, here and now, and returns the jobs as they ended."""
    return lambda: drain(clock=timezone.now)


@pytest.fixture
def authority(db):
    return make.AuthorityFactory(code="901", name="Kirkdale")


@pytest.fixture
def far_authority(db):
    return make.AuthorityFactory(code="902", name="Soarbridge")


@pytest.fixture
def school(authority):
    return make.SchoolFactory(authority=authority, name="St Anne's Primary School")


@pytest.fixture
def other_school(authority):
    return make.SchoolFactory(authority=authority, name="Beck Lane Primary School")


@pytest.fixture
def far_school(far_authority):
    return make.SchoolFactory(authority=far_authority, name="Abbey Park Primary School")


@pytest.fixture
def adviser(authority, school):
    user = make.UserFactory(name="Ada Adviser", grants=[(Role.ADVISER, authority)])
    make.OfficerAssignmentFactory(school=school, user=user)
    return user


@pytest.fixture
def head(authority, school):
    user = make.UserFactory(name="Hana Head", grants=[(Role.HEADTEACHER, authority)])
    make.SchoolContactFactory(school=school, user=user, name=user.name, email=user.email)
    return user


@pytest.fixture
def other_head(authority, other_school):
    user = make.UserFactory(name="Omar Head", grants=[(Role.HEADTEACHER, authority)])
    make.SchoolContactFactory(school=other_school, user=user, name=user.name, email=user.email)
    return user


@pytest.fixture
def manager(authority):
    return make.UserFactory(name="Mina Manager", grants=[(Role.AREA_MANAGER, authority)])


@pytest.fixture
def policy_admin(authority):
    return make.UserFactory(name="Pat Admin", grants=[(Role.POLICY_ADMIN, authority)])


@pytest.fixture
def auditor(authority):
    return make.UserFactory(name="Avi Auditor", grants=[(Role.AUDITOR, authority)])


@pytest.fixture
def stranger(db):
    return make.UserFactory(name="Stan Stranger")


@pytest.fixture
def reference(db):
    """Indicators, thresholds and national figures, as every installation has them."""
    load_reference(now=timezone.now())


@pytest.fixture
def frameworks(reference):
    """Both shipped frameworks published."""
    return load_shipped(now=timezone.now())


@pytest.fixture
def leeds(frameworks, authority):
    """The first authority works to the Leeds strategy."""
    return choose_framework(
        authority=authority, slug="leeds-2013", start_on=make.LONG_AGO, by=None, now=timezone.now()
    )


@pytest.fixture
def count_queries(db):
    """count_queries(function) runs it and says how many queries it made."""

    def count(function):
        with CaptureQueriesContext(connection) as made:
            function()
        return len(made)

    return count
