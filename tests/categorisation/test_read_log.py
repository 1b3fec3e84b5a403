"""Who looked at why a school has its level is logged where it concerns."""

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import ReadLogEntry
from tests import factories as make


@pytest.mark.requirement("L-256")
def test_who_works_for_two_authorities_is_logged_for_the_one_whose_school_it_is(
    client, leeds, school, adviser, far_authority
):
    make.RoleGrantFactory(user=adviser, authority=far_authority, role=Role.ADVISER)
    client.force_login(adviser)
    assert client.get(reverse("categorisation:why", args=[school.urn])).status_code == 200
    entry = ReadLogEntry.objects.get()
    assert (entry.authority, entry.urn) == (school.authority, school.urn)
