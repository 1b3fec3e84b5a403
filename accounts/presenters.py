"""People, roles and log entries as pages show them."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.choices import Permission, Phase, Role
from accounts.models import ChangeLogEntry, Invitation, RoleGrant, User
from accounts.permissions import authority_ids
from ui.lists import Tag
from ui.lists.columns import shown

Params = dict[str, Any]
UNATTENDED = "Unattended work"


def role_names(user: User, on: dt.date) -> list[str]:
    """What the person is called by the roles they hold on a day, each once. One query."""
    return list(dict.fromkeys(Role(grant.role).label for grant in user.grants.in_force(on)))


def grant_in_words(grant: RoleGrant) -> str:
    """ "School improvement adviser, East, 0 to 11"; fetch `area` with the grant."""
    parts = [Role(grant.role).label]
    if grant.area is not None:
        parts.append(grant.area.name)
    if grant.phase:
        parts.append(Phase(grant.phase).label)
    return ", ".join(parts)


def roles_on(grants: Iterable[RoleGrant], on: dt.date) -> str:
    """The roles of a list's row, from grants already fetched."""
    return "; ".join(grant_in_words(grant) for grant in grants if when(grant, on) == "now")


def when(grant: RoleGrant, on: dt.date) -> str:
    """ "past", "now" or "future"."""
    if grant.start_on > on:
        return "future"
    return "past" if grant.end_on is not None and grant.end_on < on else "now"


@dataclass(frozen=True, slots=True)
class Grants:
    """A person's roles in the authorities the reader manages, each a GOV.UK table or None where there are none."""

    now: Params | None
    future: Params | None
    past: Params | None


def grants_of(person: User, *, reader: User, on: dt.date) -> Grants:
    """One query (and the reader's own grants)."""
    ids = authority_ids(reader, Permission.MANAGE_PEOPLE)
    grants = list(person.grants.filter(authority_id__in=ids).select_related("authority", "area"))
    times = {time: [g for g in grants if when(g, on) == time] for time in ("now", "future", "past")}
    return Grants(
        _grant_table("Roles now", times["now"], ("grant-end", "End")),
        _grant_table("Roles to come", times["future"], ("grant-cancel", "Cancel")),
        _grant_table("Roles past", times["past"][::-1]),
    )


def own_grants(user: User, on: dt.date) -> Params | None:
    """The roles somebody holds, for themselves to see. One query."""
    table = _grant_table("Your roles", list(user.grants.in_force(on).select_related("authority", "area")))
    return table and {**table, "captionClasses": "govuk-visually-hidden"}  # a heading above says it


def _grant_table(
    caption: str, grants: Sequence[RoleGrant], change: tuple[str, str] | None = None
) -> Params | None:
    """`change`: the URL name and the verb of the link at the end of each row."""
    if not grants:
        return None
    head = [{"text": text} for text in ("Role", "First day", "Last day")]
    rows = [
        [
            {"text": f"{grant_in_words(grant)}, {grant.authority.name}"},
            {"text": _day(grant.start_on)},
            {"text": _day(grant.end_on) if grant.end_on else "None set"},
        ]
        for grant in grants
    ]
    if change is not None:
        name, verb = change
        head.append({"text": "Change"})
        for grant, row in zip(grants, rows, strict=True):
            href = reverse(f"accounts:{name}", args=[grant.user.public_id, grant.pk])
            row.append({"html": _link(href, verb, f"{grant_in_words(grant)}, {grant.authority.name}")})
    return {
        "caption": caption,
        "captionClasses": "govuk-table__caption--s",
        "firstCellIsHeader": True,
        "head": head,
        "rows": rows,
    }


def _link(href: str, verb: str, what: str) -> SafeString:
    """ "End", with what it ends for those who hear the page."""
    return format_html(
        '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>',
        href,
        verb,
        what,
    )


def _day(day: dt.date) -> str:
    return date_format(day, "DATE_FORMAT")


def facts(*pairs: tuple[str, Any]) -> Params:
    """A GOV.UK summary list of texts and tags; what is None is left out."""
    return {
        "rows": [
            {
                "key": {"text": key},
                "value": {"html": shown(value) if isinstance(value, Tag) else escape(value)},
            }
            for key, value in pairs
            if value is not None
        ]
    }


def factors_in_words(person: User) -> str:
    """ "An authenticator app and 2 passkeys"; empty for somebody with none. One query."""
    kinds = list(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    passkeys = kinds.count(Authenticator.Type.WEBAUTHN)
    words = ["an authenticator app"] if Authenticator.Type.TOTP in kinds else []
    if passkeys:
        words.append("a passkey" if passkeys == 1 else f"{passkeys} passkeys")
    return capfirst(" and ".join(words))


def account_facts(person: User, invitations: Sequence[Invitation], factors: str, at: dt.datetime) -> Params:
    """An account on its manager's page. Fetch `created_by` with the invitations, newest first."""
    newest = invitations[0] if invitations else None
    waits = newest is not None and newest.accepted_at is None and newest.revoked_at is None
    invited = None
    if newest is not None and waits:
        by = f" by {newest.created_by.name}" if newest.created_by else ""
        verb = "expired" if newest.expires_at <= at else "expires"
        invited = f"Sent {_time(newest.created_at)}{by}; {verb} {_time(newest.expires_at)}"
    return facts(
        ("E-mail address", person.email),
        ("Account", account_tag(person, invitations, at)),
        ("Invitation", invited),
        ("Second factor", factors or "None"),
        ("Last sign-in", _time(person.last_login) if person.last_login else "Never"),
    )


def _time(at: dt.datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def account_tag(person: User, invitations: Iterable[Invitation], at: dt.datetime) -> Tag:
    """How the account stands; `invitations` newest first."""
    if not person.is_active:
        return Tag("Deactivated", "grey")
    if person.can_sign_in:
        return Tag("Active", "green")
    newest = next(iter(invitations), None)
    if newest is None:
        return Tag("Not invited", "grey")
    if newest.revoked_at is not None:
        return Tag("Invitation withdrawn", "grey")
    return Tag("Invitation expired", "orange") if newest.expires_at <= at else Tag("Invited", "blue")


def action_in_words(action: str) -> str:
    """ "schools.assign_officer" as "Schools: assign officer"."""
    room, _, verb = action.rpartition(".")
    words = verb.replace("_", " ")
    return f"{room.replace('_', ' ').capitalize()}: {words}" if room else words.capitalize()


def thing_in_words(subject: str) -> str:
    """ "schools.officerassignment:7" as "Officer assignment 7"."""
    label, _, key = subject.partition(":")
    try:
        name = str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):  # a model of an earlier version; the log keeps its name
        name = label
    return f"{name[:1].upper()}{name[1:]} {key}".strip()


def entry_facts(entry: ChangeLogEntry) -> Params:
    """When, who, to what: what the reader may know of an annotated entry (querysets.shown_to_readers_of)."""
    return facts(
        ("When", _time(entry.at)),
        ("Who", f"{entry.by.name}, {entry.by.email}" if entry.by else UNATTENDED),
        ("To what", thing_in_words(entry.shown_subject) or None),  # type: ignore[attr-defined]
        ("School's URN", entry.shown_urn),  # type: ignore[attr-defined]
    )


def values_table(entry: ChangeLogEntry) -> Params | None:
    """What an entry kept, before and after, a row a value, in the order it was written."""
    names = dict.fromkeys([*entry.before, *entry.after])
    if not names:
        return None
    return {
        "caption": "Values before and after",
        "captionClasses": "govuk-table__caption--s",
        "firstCellIsHeader": True,
        "head": [{"text": text} for text in ("Value", "Before", "After")],
        "rows": [
            [
                {"text": name.replace("_", " ").capitalize()},
                {"text": _text(entry.before, name)},
                {"text": _text(entry.after, name)},
            ]
            for name in names
        ],
    }


def _text(values: dict[str, Any], name: str) -> str:
    if name not in values or values[name] is None or values[name] == "":
        return ""
    value = values[name]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
