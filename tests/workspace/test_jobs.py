"""Unattended work: who watches what, and a panel that stops asking."""

import pytest
from django.urls import reverse

from accounts.choices import Role
from jobs.choices import JobStatus
from tests import factories as make


@pytest.fixture
def far_admin(far_authority):
    return make.UserFactory(name="Far Admin", grants=[(Role.POLICY_ADMIN, far_authority)])


def test_work_is_listed_in_words(page, policy_admin, authority):
    make.JobFactory(kind="categorisation.refresh_authority", payload={"authority_id": authority.pk}, status=JobStatus.FAILED,
                    error="The file is no CSV.")  # fmt: skip
    text = page(policy_admin, "workspace:job-list")
    assert "Working out what is suggested for every school" in text
    assert "The schedule" in text
    assert "The file is no CSV." in text
    assert "govuk-tag--red" in text
    assert "categorisation.refresh" not in text
    assert "1 piece of work" in text


def test_work_is_filtered_by_status(page, policy_admin, authority):
    make.JobFactory(created_by=policy_admin, status=JobStatus.DONE)
    assert "No pieces of work found" in page(policy_admin, "workspace:job-list", query="?status=failed")
    assert "1 piece of work" in page(policy_admin, "workspace:job-list", query="?status=done")


@pytest.mark.requirement("L-257")
def test_an_administrator_sees_their_authoritys_work_and_never_anothers(
    page, policy_admin, adviser, far_admin, authority, far_authority
):
    both = make.UserFactory(name="Bo Both", grants=[(Role.ADVISER, authority), (Role.ADVISER, far_authority)])
    seen = [
        make.JobFactory(created_by=policy_admin),
        make.JobFactory(created_by=adviser),
        make.JobFactory(payload={"authority_id": authority.pk}),
        make.JobFactory(created_by=both, payload={"authority_id": authority.pk}),
    ]
    hidden = [
        make.JobFactory(created_by=far_admin),
        make.JobFactory(),
        make.JobFactory(payload={"authority_id": far_authority.pk}),
        make.JobFactory(created_by=both),
        make.JobFactory(created_by=both, payload={"authority_id": far_authority.pk}),
        make.JobFactory(created_by=adviser, payload={"authority_id": far_authority.pk}),
    ]
    text = page(policy_admin, "workspace:job-list")
    assert all(job.public_id in text for job in seen)
    assert not any(job.public_id in text for job in hidden)
    assert "Far Admin" not in text
    for job in hidden:
        page(policy_admin, "workspace:job", job.public_id, status=404)
        page(policy_admin, "workspace:job-panel", job.public_id, status=404)


def test_whoever_started_it_watches_it_and_nobody_else(page, adviser, head, stranger):
    job = make.JobFactory(created_by=adviser)
    assert "Waiting" in page(adviser, "workspace:job", job.public_id)
    page(head, "workspace:job", job.public_id, status=404)
    page(stranger, "workspace:job", job.public_id, status=404)
    page(adviser, "workspace:job-list", status=403)


def test_the_panel_stops_asking_when_the_work_is_over(client, adviser):
    job = make.JobFactory(created_by=adviser)
    client.force_login(adviser)
    url = reverse("workspace:job-panel", args=[job.public_id])
    waiting = client.get(url, headers={"HX-Request": "true"})
    assert waiting.status_code == 200
    assert b"hx-get" in waiting.content
    done = make.JobFactory(created_by=adviser, status=JobStatus.DONE)
    finished = client.get(
        reverse("workspace:job-panel", args=[done.public_id]), headers={"HX-Request": "true"}
    )
    assert finished.status_code == 286
    assert b"hx-get" not in finished.content


def test_ten_pieces_of_work_cost_as_many_queries_as_one(page, policy_admin, count_queries):
    make.JobFactory(created_by=policy_admin)
    page(policy_admin, "workspace:job-list")
    one = count_queries(lambda: page(policy_admin, "workspace:job-list"))
    make.JobFactory.create_batch(9, created_by=policy_admin)
    assert count_queries(lambda: page(policy_admin, "workspace:job-list")) == one


def test_nothing_yet_says_what_will_be_here(page, policy_admin):
    assert "Nothing has been done unattended yet" in page(policy_admin, "workspace:job-list")
