"""E-mail: written in the action's transaction, sent by a job, at most once."""

import datetime as dt
import logging
import smtplib

from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from jobs.actions.queue import enqueue
from jobs.choices import MessageStatus
from jobs.models import OutboxMessage
from jobs.work import Work, WorkFailed

logger = logging.getLogger(__name__)

SEND = "jobs.send_email"
MAX_ATTEMPTS = 6  # about forty minutes: mail servers that ask newcomers to come back later do so within that

_MAY_HAVE_BEEN_SENT = (
    "The program stopped, or the mail server fell silent, between sending this message and recording that it was "
    "sent. Ask the person whether it arrived before sending it again."
)
_BAD_ADDRESS = "The e-mail address is not valid. Correct it and send again."
_NOT_SENT = "This message was not sent: the program that should have sent it stopped. Send it again."


def send_email(
    *, key: str, to: str, subject: str, body: str, now: dt.datetime, is_secret: bool = False
) -> OutboxMessage:
    """Write a message to the outbox, in the caller's transaction; it leaves after commit.

    The same key twice, ever, is one message: put into it what makes the message this one and no other, such as
    the deadline it reminds of. E-mail crosses networks and mailboxes we do not control, and is forwarded: neither
    subject nor body ever holds restricted text, the name of a school on the register, a level, or a reason. It
    says that something waits and gives the address of the page, which asks the reader to sign in. A body that must
    hold a one-time link `is_secret`: it is forgotten as soon as it is sent.
    """
    with transaction.atomic():
        message, created = OutboxMessage.objects.get_or_create(
            key=key,
            # One line: a line break in a header is how an attacker adds recipients.
            defaults={
                "to": to,
                "subject": " ".join(subject.split())[:200],
                "body": body,
                "is_secret": is_secret,
                "created_at": now,
            },
        )
        if created:
            _enqueue(message, now)
    return message


def resend(*, message: OutboxMessage, now: dt.datetime) -> OutboxMessage:
    """Send again a message that failed or may have been sent, because a person decided so; does nothing otherwise."""
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
        if message.status in (MessageStatus.UNCERTAIN, MessageStatus.FAILED):
            message.status, message.error, message.sending_since = MessageStatus.WAITING, "", None
            _enqueue(message, now)
    return message


def deliver(work: Work, *, now: dt.datetime) -> MessageStatus:
    """Send the message of this job, if it waits. Raises WorkFailed when the mail server refused it.

    A message found *sending* belongs to a claim that was lost before it could record what came of it.
    """
    with work.writing():
        message = OutboxMessage.objects.get(pk=work.payload["message_id"])
        if message.status == MessageStatus.SENDING:
            _settle(message, MessageStatus.UNCERTAIN, _MAY_HAVE_BEEN_SENT)
        if message.status != MessageStatus.WAITING:
            return MessageStatus(message.status)
        message.status, message.sending_since = MessageStatus.SENDING, now
        message.save()

    try:
        _send(message)
    except _Refused as refused:
        again = refused.retry and work.job.attempts < work.job.max_attempts
        with work.writing():
            _settle(
                message,
                MessageStatus.WAITING if again else MessageStatus.FAILED,
                "" if again else refused.words,
            )
        raise WorkFailed(refused.words, retry=again) from refused
    except Exception:
        logger.exception("Message %s may have been sent.", message.pk)
        with work.writing():
            _settle(message, MessageStatus.UNCERTAIN, _MAY_HAVE_BEEN_SENT)
        return MessageStatus.UNCERTAIN

    with work.writing():
        message.sent_at = now
        if message.is_secret:
            message.body = ""
        _settle(message, MessageStatus.SENT, "")
    return MessageStatus.SENT


def settle_abandoned(*, now: dt.datetime) -> int:
    """Messages whose job is over without them: say what is known. Returns how many."""
    if not OutboxMessage.objects.abandoned().exists():
        return 0
    with transaction.atomic():
        messages = list(OutboxMessage.objects.abandoned().select_for_update(of=["self"]))
        for message in messages:
            if message.status == MessageStatus.SENDING:
                _settle(message, MessageStatus.UNCERTAIN, _MAY_HAVE_BEEN_SENT)
            else:
                _settle(message, MessageStatus.FAILED, _NOT_SENT)
    return len(messages)


class _Refused(Exception):
    """The message was certainly not accepted."""

    def __init__(self, words: str, *, retry: bool) -> None:
        super().__init__(words)
        self.words = words
        self.retry = retry


def _send(message: OutboxMessage) -> None:
    """Returns when the server accepted the message; raises _Refused when it certainly did not.

    Anything else raised leaves it open. Connecting is its own step, because what fails there sent nothing.
    """
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:
        raise _Refused(
            "The mail server could not be reached, or did not let this service sign in.", retry=True
        ) from error
    try:
        email = EmailMessage(message.subject, message.body, to=[message.to], connection=connection)
        try:
            email.message()  # an address that cannot be a header is found before anything leaves
            accepted = email.send()
        except (ValueError, smtplib.SMTPNotSupportedError) as error:
            raise _Refused(_BAD_ADDRESS, retry=False) from error
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            raise _refusal(error) from error
        if not accepted:
            raise _Refused(_BAD_ADDRESS, retry=False)
    finally:
        try:
            connection.close()
        except (smtplib.SMTPException, OSError):  # what matters was said before
            logger.info("The mail server did not say goodbye.", exc_info=True)


def _refusal(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> _Refused:
    """The server's codes from 400 to 499 mean: not now, come back."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
    else:
        codes = [error.smtp_code]
    logger.warning("The mail server refused a message with %s.", codes)
    if all(400 <= code < 500 for code in codes):
        return _Refused("The mail server did not take the message for now.", retry=True)
    return _Refused("The mail server refused the message. Check the address and send again.", retry=False)


def _settle(message: OutboxMessage, status: MessageStatus, words: str) -> None:
    message.status, message.error = status, words
    message.save()


def _enqueue(message: OutboxMessage, now: dt.datetime) -> None:
    message.job = enqueue(kind=SEND, payload={"message_id": message.pk}, now=now)
    message.save()
