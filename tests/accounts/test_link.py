"""Signing in by a one-time link: for people who belong to schools alone."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from jobs.models import OutboxMessage
from tests import factories as make
from tests.accounts.factors import add_app, code_of

pytestmark = pytest.mark.django_db

ASK = "/sign-in/link/"


@pytest.fixture
def person(head):
    head.set_password("correct horse battery")
    head.save()
    return head


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def ask(client, email, address=ASK):
    return client.post(address, {"email": email})


def link(run_jobs):
    run_jobs()
    return re.search(r"http://127.0.0.1:8000(/sign-in/link/confirm/\S+)", mail.outbox[-1].body)[1]


def code_in(page):
    return re.search(
        r'name="code"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="code"', page.content.decode()
    )[1]


def test_a_head_opens_the_link_and_is_led_to_where_they_were_going(client, person, run_jobs):
    assert "send me a link instead" in text(client.get("/sign-in/?next=/account/"))
    assert ask(client, person.email, f"{ASK}?next=/account/").status_code == 302
    address = link(run_jobs)
    page = client.get(address)
    assert not client.session.get("_auth_user_id")
    assert client.post(address, {"code": code_in(page)}).url == "/account/"
    assert client.get("/account/").status_code == 200
    person.refresh_from_db()
    assert person.last_login is not None
    assert person.check_password("correct horse battery")


def test_the_link_works_once_and_in_the_browser_that_asked_alone(client, person, run_jobs):
    ask(client, person.email)
    address = link(run_jobs)
    code = code_in(client.get(address))
    other = Client()
    assert other.get(address).url == ASK
    assert other.post(address, {"code": code}).url == ASK
    assert client.post(address, {"code": code}).status_code == 302
    client.post("/sign-out/")
    assert client.post(address, {"code": code}).url == ASK


def test_it_lasts_fifteen_minutes(client, person, run_jobs):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, person.email)
        address = link(run_jobs)
        code = code_in(client.get(address))
        clock.shift(dt.timedelta(minutes=15, seconds=1))
        assert client.post(address, {"code": code}).url == ASK


def test_three_wrong_codes_end_it(client, person, run_jobs):
    ask(client, person.email)
    address = link(run_jobs)
    code = code_in(client.get(address))
    assert "The code is not right" in text(client.post(address, {"code": "AAAA-AAAA"}))
    client.post(address, {"code": "AAAA-AAAA"})
    client.post(address, {"code": "AAAA-AAAA"})
    assert client.post(address, {"code": code}).url == ASK


def test_the_message_is_forgotten_once_sent_and_leads_to_the_installations_own_address(
    client, person, run_jobs, settings
):
    settings.ALLOWED_HOSTS = ["evil.example"]
    client.post(ASK, {"email": person.email}, headers={"host": "evil.example"})
    link(run_jobs)
    assert "evil.example" not in mail.outbox[0].body
    assert "/sign-in/link/" not in OutboxMessage.objects.get().body


@pytest.mark.parametrize("who", ["unknown", "adviser", "both", "deactivated", "not accepted", "no role"])
def test_nobody_else_gets_one_and_the_answer_is_the_same(client, person, authority, stranger, adviser, who):
    email = person.email
    if who == "unknown":
        email = "who@example.org"
    elif who in ("adviser", "no role"):
        email = (adviser if who == "adviser" else stranger).email
    elif who == "both":
        make.RoleGrantFactory(user=person, role=Role.SECONDED_HEAD, authority=authority)
    elif who == "deactivated":
        person.is_active = False
    else:
        person.set_unusable_password()
    person.save()
    response = ask(client, email)
    assert response.url == "/sign-in/link/confirm/"
    page = text(client.get(response.url))
    assert "If the address belongs to somebody at a school" in page
    assert email not in page
    assert not OutboxMessage.objects.exists()
    assert client.post(response.url, {"code": "AAAA-AAAA"}).status_code == 200


def test_asking_without_end_is_stopped(client, person):
    for _ in range(3):
        assert ask(Client(), person.email).status_code == 302
    assert "Too many tries" in text(ask(Client(), person.email))


def test_the_second_factor_is_still_asked_for(client, person, run_jobs):
    secret = add_app(person)
    ask(client, person.email)
    address = link(run_jobs)
    assert client.post(address, {"code": code_in(client.get(address))}).url == "/sign-in/confirm/"
    assert client.get("/account/").status_code == 302
    client.post("/sign-in/confirm/", {"code": code_of(secret)})
    assert client.get("/account/").status_code == 200


def test_somebody_may_go_back_to_signing_in_by_password(client, person):
    ask(client, person.email)
    assert client.get("/sign-in/").url == "/sign-in/link/confirm/"
    client.post("/sign-out/")
    assert client.get("/sign-in/").status_code == 200
