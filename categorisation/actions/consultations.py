"""Asking those a policy applies to, and answering what they say (L-218, K-229)."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import Authority, User
from accounts.permissions import authority_ids
from categorisation.choices import DraftStatus
from categorisation.models import Consultation, FrameworkComment, FrameworkDraft, FrameworkVersion
from categorisation.querysets import acting_for, own_schools
from categorisation.schema import DocumentError, load_data
from jobs.actions import enqueue, send_email
from schools.choices import ContactRole
from schools.models import School, SchoolContact
from schools.rules.dates import in_words

_TOLD = (ContactRole.HEADTEACHER, ContactRole.PRINCIPAL, ContactRole.CHAIR)


@transaction.atomic
def open_consultation(
    *,
    draft: FrameworkDraft,
    introduction: str,
    opens_on: dt.date,
    closes_on: dt.date,
    by: User,
    at: dt.datetime,
) -> Consultation:
    """Ask those the draft would apply to, between two days; heads and chairs are told by e-mail on the first day.

    The draft is kept as it stands now. Raises PermissionDenied, and ValidationError for a draft that is not open or
    has faults, for days out of order, and for a consultation on it that is still open: the same one twice is one.
    """
    draft = FrameworkDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    _check_drafts(by, draft.authority_id, at)
    if draft.status != DraftStatus.OPEN:
        raise ValidationError("The draft is no longer open, so there is nothing to ask about.")
    if closes_on < opens_on:
        raise ValidationError({"closes_on": "The last day is before the first day."})
    try:
        load_data(draft.document)
    except DocumentError as error:
        raise ValidationError(
            f"The draft has faults to mend first: {error.faults[0]}"
            + (f" (and {len(error.faults) - 1} more)." if len(error.faults) > 1 else ".")
        ) from error
    same = draft.consultations.filter(
        opens_on=opens_on, closes_on=closes_on, introduction=introduction
    ).first()
    if same is not None:
        return same
    standing = draft.consultations.filter(closes_on__gte=opens_on).first()
    if standing is not None:
        raise ValidationError(
            {
                "opens_on": "A consultation on this draft is open until "
                f"{in_words(standing.closes_on)}. Ask again after it closes."
            }
        )
    consultation = Consultation.objects.create(
        draft=draft,
        document=draft.document,
        introduction=introduction,
        opens_on=opens_on,
        closes_on=closes_on,
        opened_at=at,
        opened_by=by,
    )
    record_change(
        action="categorisation.open_consultation",
        by=by,
        at=at,
        subject=consultation,
        authority_id=draft.authority_id,
        after={
            "introduction": introduction,
            "opens_on": opens_on,
            "closes_on": closes_on,
            "draft": draft.public_id,
        },
    )
    enqueue(
        kind="categorisation.announce_consultation",
        payload={"consultation_id": consultation.pk},
        key=consultation.public_id,
        by=by,
        now=at,
        run_after=timezone.make_aware(dt.datetime.combine(opens_on, dt.time(6))),
    )
    return consultation


@transaction.atomic
def comment(
    *,
    authority: Authority,
    about: Consultation | FrameworkVersion,
    text: str,
    place: str = "",
    school: School | None = None,
    form_key: str,
    by: User,
    at: dt.datetime,
) -> FrameworkComment:
    """Say something about a draft under consultation, or about the policy in force. The same form twice is one.

    Raises PermissionDenied for somebody the policy does not apply to, or who speaks for a school not their own, and
    ValidationError once a consultation has closed, or for a form that was sent about something else.
    """
    authority = Authority.objects.select_for_update().get(pk=authority.pk)  # a double click
    held = FrameworkComment.objects.filter(form_key=form_key).first()
    if held is not None:
        if (held.made_by_id, held.consultation or held.version) == (by.pk, about):
            return held
        raise ValidationError("This page has been sent before. Open it again, then comment.")
    today = timezone.localdate(at)
    if not acting_for(by, today).filter(pk=authority.pk).exists():
        raise PermissionDenied(f"You hold no role in {authority.name}.")
    if school is not None and not own_schools(by, today).filter(pk=school.pk).exists():
        raise PermissionDenied("You cannot speak for a school that is not yours.")
    consultation = about if isinstance(about, Consultation) else None
    if consultation is not None and not consultation.opens_on <= today <= consultation.closes_on:
        raise ValidationError(
            f"The consultation is open from {in_words(consultation.opens_on)} to {in_words(consultation.closes_on)}."
        )
    made = FrameworkComment.objects.create(
        authority=authority,
        version=about if isinstance(about, FrameworkVersion) else None,
        consultation=consultation,
        place=place,
        text=text,
        school=school,
        form_key=form_key,
        made_at=at,
        made_by=by,
    )
    record_change(
        action="categorisation.comment",
        by=by,
        at=at,
        subject=made,
        authority_id=authority.pk,
        after={"place": place, "letters": len(text), "school": school.urn if school else None},
    )
    return made


@transaction.atomic
def reply(*, comment: FrameworkComment, text: str, by: User, at: dt.datetime) -> bool:
    """Answer a comment; whoever made it reads the answer, and is told by e-mail that there is one.

    Answers whether anything changed. Raises PermissionDenied, and ValidationError where someone else has answered.
    """
    comment = FrameworkComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    _check_drafts(by, comment.authority_id, at)
    if comment.reply == text:
        return False
    if comment.reply and comment.replied_by_id != by.pk:
        raise ValidationError(
            {"text": "Somebody else has answered this comment meanwhile. Their answer stands."}
        )
    before = {"letters": len(comment.reply)} if comment.reply else {}
    comment.reply, comment.replied_at, comment.replied_by = text, at, by
    comment.save(update_fields=["reply", "replied_at", "replied_by"])
    record_change(
        action="categorisation.reply",
        by=by,
        at=at,
        subject=comment,
        authority_id=comment.authority_id,
        before=before,
        after={"letters": len(text)},
    )
    page = _url("framework-comment") if comment.consultation is None else _page_of(comment.consultation)
    send_email(
        key=f"categorisation.reply:{comment.public_id}:{at.isoformat()}",
        to=comment.made_by.email,
        subject="Your comment on the policy has an answer",
        body=f"{comment.authority.name} has answered your comment.\n\nSign in to read it: {page}\n",
        now=at,
    )
    return True


@transaction.atomic
def record_outcome(*, consultation: Consultation, outcome: str, by: User, at: dt.datetime) -> bool:
    """What came of a consultation, for everyone who was asked. Answers whether anything changed."""
    consultation = (
        Consultation.objects.select_for_update(of=("self",)).select_related("draft").get(pk=consultation.pk)
    )
    _check_drafts(by, consultation.draft.authority_id, at)
    if consultation.outcome == outcome:
        return False
    before = {"outcome": consultation.outcome}
    consultation.outcome = outcome
    consultation.save(update_fields=["outcome"])
    record_change(
        action="categorisation.record_outcome",
        by=by,
        at=at,
        subject=consultation,
        authority_id=consultation.draft.authority_id,
        before=before,
        after={"outcome": outcome},
    )
    return True


@transaction.atomic
def tell_schools(*, consultation: Consultation, now: dt.datetime) -> int:
    """One message to each head and chair of an open school with an address, once ever; how many there are.

    None about a draft that was ended before its schools were told. Fetch `draft__authority` with the consultation.
    """
    if consultation.draft.status != DraftStatus.OPEN:
        return 0
    authority = consultation.draft.authority
    contacts = (
        SchoolContact.objects.in_force(timezone.localdate(now))
        .filter(school__in=School.objects.filter(authority=authority).open(), role__in=_TOLD)
        .select_related("user")
    )
    addresses = {(contact.user.email if contact.user else contact.email).lower() for contact in contacts} - {
        ""
    }
    page = _page_of(consultation)
    for address in sorted(addresses):
        send_email(
            key=f"categorisation.consultation:{consultation.public_id}:{address}",
            to=address,
            subject=f"{authority.name} asks for your view",
            body=(
                f"{authority.name} proposes changes to its school improvement policy and asks for your comments by "
                f"{in_words(consultation.closes_on)}.\n\nSign in to read and comment: {page}\n"
            ),
            now=now,
        )
    return len(addresses)


def _page_of(consultation: Consultation) -> str:
    return _url("consultation-detail", consultation.public_id)


def _url(name: str, *args: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse(f"categorisation:{name}", args=args)


def _check_drafts(user: User, authority_id: int, at: dt.datetime) -> None:
    if authority_id not in authority_ids(user, Permission.EDIT_FRAMEWORK, timezone.localdate(at)):
        raise PermissionDenied("Your roles do not let you draft this authority’s policy.")
