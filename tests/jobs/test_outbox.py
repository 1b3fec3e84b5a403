import smtplib
import ssl

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from jobs import actions, runner
from jobs.choices import JobStatus, MessageStatus
from jobs.models import Job, OutboxMessage
from tests import factories as make
from tests.jobs.conftest import NOW

pytestmark = pytest.mark.django_db
TO = "head@example.org"
MESSAGE = {"key": "reminder:1", "to": TO, "subject": "A report waits", "body": "Sign in.", "now": NOW}


class Server(BaseEmailBackend):
    """A mail server that does what a test says: raises on connecting, on sending, on leaving."""

    on_open = on_send = on_close = None
    accepted = 1

    def open(self):
        if self.on_open:
            raise self.on_open

    def send_messages(self, messages):
        if self.on_send:
            raise self.on_send
        return self.accepted

    def close(self):
        if self.on_close:
            raise self.on_close


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.jobs.test_outbox.Server"
    for name, value in {"on_open": None, "on_send": None, "on_close": None, "accepted": 1}.items():
        monkeypatch.setattr(Server, name, value)
    return Server


def send(clock):
    """The only message after one turn of its job."""
    job = OutboxMessage.objects.get().job
    runner.run(job_id=job.pk, clock=clock, threaded=False)
    return OutboxMessage.objects.select_related("job").get()


def test_a_message_leaves_after_the_commit_and_is_recorded_as_sent(clock, committed, announced):
    with committed():
        actions.send_email(**MESSAGE)
        assert mail.outbox == []
    message = send(clock)
    assert announced == [message.job_id]
    assert message.status == MessageStatus.SENT
    assert message.job.result == {"status": "sent"}
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == ([TO], "A report waits", "Sign in.")


@pytest.mark.parametrize(("is_secret", "left"), [(True, ""), (False, "Sign in.")])
def test_what_holds_a_one_time_link_is_forgotten_once_sent(clock, committed, is_secret, left):
    with committed():
        actions.send_email(**MESSAGE, is_secret=is_secret)
    assert send(clock).body == left
    assert mail.outbox[0].body == "Sign in."


def test_the_same_key_is_one_message_whatever_it_says():
    first = actions.send_email(**MESSAGE)
    assert actions.send_email(**MESSAGE | {"subject": "Another"}) == first
    assert (Job.objects.count(), first.subject) == (1, "A report waits")


def test_a_subject_is_one_line_so_that_it_cannot_add_a_header(clock):
    actions.send_email(**MESSAGE | {"subject": "A report\r\nBcc: spy@example.org"})
    assert send(clock).subject == "A report Bcc: spy@example.org"
    assert mail.outbox[0].recipients() == [TO]


@pytest.mark.parametrize("status", [MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.UNCERTAIN])
def test_a_message_that_does_not_wait_is_left_alone(clock, status):
    actions.send_email(**MESSAGE)
    OutboxMessage.objects.update(status=status, sent_at=NOW if status == MessageStatus.SENT else None)
    assert send(clock).status == status
    assert mail.outbox == []


def test_a_message_whose_sender_died_while_sending_may_have_been_sent_and_is_not_sent_again(clock):
    actions.send_email(**MESSAGE)
    OutboxMessage.objects.update(status=MessageStatus.SENDING)
    message = send(clock)
    assert (message.status, message.job.status) == (MessageStatus.UNCERTAIN, JobStatus.DONE)
    assert "Ask the person whether it arrived" in message.error
    assert mail.outbox == []
    assert list(OutboxMessage.objects.needing_attention()) == [message]


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("on_open", ConnectionRefusedError()),
        ("on_open", smtplib.SMTPAuthenticationError(535, b"no")),
        ("on_open", ssl.SSLError()),
        ("on_send", smtplib.SMTPRecipientsRefused({TO: (450, b"later")})),
        ("on_send", smtplib.SMTPDataError(451, b"later")),
    ],
)
def test_what_the_server_did_not_take_for_now_waits_and_is_sent_later(
    clock, server, monkeypatch, where, error
):
    actions.send_email(**MESSAGE)
    monkeypatch.setattr(server, where, error)
    message = send(clock)
    assert (message.status, message.error, message.job.status) == (
        MessageStatus.WAITING,
        "",
        JobStatus.QUEUED,
    )
    assert message.job.error.startswith("The mail server ")
    monkeypatch.setattr(server, where, None)
    clock.forward(minutes=1)
    assert send(clock).status == MessageStatus.SENT


def test_a_server_that_never_takes_it_leaves_a_failed_message_with_words(clock, server, monkeypatch):
    actions.send_email(**MESSAGE)
    monkeypatch.setattr(server, "on_open", ConnectionRefusedError())
    turns = 0
    while not OutboxMessage.objects.get().job.is_finished:
        message = send(clock)
        turns += 1
        clock.forward(minutes=31)
    assert turns == 6
    assert (message.status, message.job.status) == (MessageStatus.FAILED, JobStatus.FAILED)
    assert message.error == "The mail server could not be reached, or did not let this service sign in."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPRecipientsRefused({TO: (550, b"unknown")}), "The mail server refused the message."),
        (smtplib.SMTPSenderRefused(553, b"who?", "us"), "The mail server refused the message."),
        (smtplib.SMTPNotSupportedError("no UTF-8"), "The e-mail address is not valid."),
    ],
)
def test_what_the_server_refused_for_good_is_not_tried_again(clock, server, monkeypatch, error, words):
    actions.send_email(**MESSAGE)
    monkeypatch.setattr(server, "on_send", error)
    message = send(clock)
    assert (message.status, message.job.status) == (MessageStatus.FAILED, JobStatus.FAILED)
    assert message.error.startswith(words)


@pytest.mark.parametrize("to", ["", "head\n@example.org"])
def test_an_address_that_is_none_fails_in_words(clock, to):
    actions.send_email(**MESSAGE | {"to": to})
    message = send(clock)
    assert (message.status, message.error) == (
        MessageStatus.FAILED,
        "The e-mail address is not valid. Correct it and send again.",
    )


@pytest.mark.parametrize("error", [smtplib.SMTPServerDisconnected("gone"), TimeoutError(), RuntimeError()])
def test_a_line_that_died_while_sending_may_have_sent_it(clock, server, monkeypatch, error):
    actions.send_email(**MESSAGE)
    monkeypatch.setattr(server, "on_send", error)
    message = send(clock)
    assert (message.status, message.job.status, message.job.result) == (
        MessageStatus.UNCERTAIN,
        JobStatus.DONE,
        {"status": "uncertain"},
    )


def test_a_server_that_says_no_goodbye_still_took_the_message(clock, server, monkeypatch):
    actions.send_email(**MESSAGE)
    monkeypatch.setattr(server, "on_close", smtplib.SMTPServerDisconnected("gone"))
    assert send(clock).status == MessageStatus.SENT


@pytest.mark.parametrize("status", [MessageStatus.UNCERTAIN, MessageStatus.FAILED])
def test_a_person_may_send_it_again_once(clock, status):
    message = make.OutboxMessageFactory(status=status, error="No.")
    for _double_click in range(2):
        message = actions.resend(message=message, now=NOW)
    assert (message.status, message.error) == (MessageStatus.WAITING, "")
    assert Job.objects.count() == 1
    assert send(clock).status == MessageStatus.SENT


@pytest.mark.parametrize("status", [MessageStatus.WAITING, MessageStatus.SENDING, MessageStatus.SENT])
def test_what_is_on_its_way_or_sent_is_not_sent_again(status):
    message = make.OutboxMessageFactory(status=status)
    assert actions.resend(message=message, now=NOW).status == status
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("status", "job", "settled"),
    [
        (MessageStatus.WAITING, JobStatus.FAILED, MessageStatus.FAILED),
        (MessageStatus.WAITING, JobStatus.CANCELLED, MessageStatus.FAILED),
        (MessageStatus.WAITING, None, MessageStatus.FAILED),
        (MessageStatus.SENDING, JobStatus.FAILED, MessageStatus.UNCERTAIN),
        (MessageStatus.SENDING, None, MessageStatus.UNCERTAIN),
        (MessageStatus.SENDING, JobStatus.RUNNING, MessageStatus.SENDING),
        (MessageStatus.WAITING, JobStatus.QUEUED, MessageStatus.WAITING),
        (MessageStatus.SENT, JobStatus.FAILED, MessageStatus.SENT),
    ],
)
def test_the_reaper_says_what_is_known_of_messages_whose_job_is_over(status, job, settled):
    job = job and make.JobFactory(status=job, created_at=NOW, announced_at=NOW)
    message = make.OutboxMessageFactory(status=status, job=job)
    assert actions.reap(now=NOW).messages == (status != settled)
    message.refresh_from_db()
    assert message.status == settled


def test_an_old_claim_that_wakes_up_after_sending_cannot_record_it(clock, server, monkeypatch):
    actions.send_email(**MESSAGE)
    job = OutboxMessage.objects.get().job

    def slow(self, messages):
        clock.forward(minutes=5)
        actions.reap(now=clock())
        other = actions.claim(job_id=job.pk, now=clock())
        assert other.token
        return 1

    monkeypatch.setattr(server, "send_messages", slow)
    assert runner.run(job_id=job.pk, clock=clock, threaded=False) is None
    assert OutboxMessage.objects.get().status == MessageStatus.SENDING  # the new claim will say: uncertain


def test_the_rule_on_restricted_text_is_said_where_one_writes_a_message():
    assert "neither\n    subject nor body ever holds restricted text" in actions.send_email.__doc__
