import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from categorisation.actions import start_draft
from categorisation.models import FrameworkVersion
from tests import factories as make


@pytest.fixture
def draft(leeds, authority, policy_admin):
    """A draft of the Leeds strategy that the policy administrator has begun."""
    version = FrameworkVersion.objects.get(slug="leeds-2013")
    return start_draft(version=version, authority=authority, by=policy_admin, at=timezone.now())


@pytest.fixture
def colleague(authority):
    """A second policy administrator."""
    return make.UserFactory(name="Cora Colleague", grants=[(Role.POLICY_ADMIN, authority)])


@pytest.fixture
def chief(authority):
    """Publishes and does not write."""
    return make.UserFactory(name="Hugo Head-of-Service", grants=[(Role.HEAD_OF_SERVICE, authority)])


@pytest.fixture
def url(draft):
    """url("edit", "words") is that page of the draft."""

    def address(name, *more):
        return reverse(f"categorisation:draft-{name}", args=[draft.authority.code, draft.public_id, *more])

    return address
