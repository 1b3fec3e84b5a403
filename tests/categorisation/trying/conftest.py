"""A draft to try, and somebody signed in who may."""

import pytest

from tests import factories as make
from tests.categorisation.trying.steps import set_floor


@pytest.fixture
def draft(leeds, authority, policy_admin, run_jobs):
    """A draft in which the good are at 2; the work of choosing the framework is done."""
    run_jobs()
    draft = make.FrameworkDraftFactory(authority=authority, created_by=policy_admin)
    set_floor(draft, "ofsted_good", 2)
    return draft


@pytest.fixture
def signed_in(client, policy_admin):
    client.force_login(policy_admin)
    return client
