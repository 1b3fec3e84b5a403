"""The two logs, for those who check what was done and who read what."""

from django.db.models import CharField, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts import presenters
from accounts.access import access
from accounts.choices import Permission
from accounts.filters import ChangeLogFilter, ReadLogFilter
from accounts.models import ChangeLogEntry, ReadLogEntry
from accounts.permissions import authority_ids, log_audiences
from accounts.querysets import ChangeLogQuerySet
from ui.lists import Column, list_response

RESTRICTED = "Something restricted"


def _changes(request: HttpRequest) -> ChangeLogQuerySet:
    ids = authority_ids(request.user, Permission.VIEW_LOGS)  # type: ignore[arg-type]
    entries: ChangeLogQuerySet = ChangeLogEntry.objects.of_authorities(ids).select_related("by")
    return entries.shown_to_readers_of(log_audiences(request.user))  # type: ignore[arg-type]


@access(Permission.VIEW_LOGS)
def change_log(request: HttpRequest) -> HttpResponseBase:
    columns = [
        Column("at", "When", sort="at", link=lambda e: reverse("accounts:change-detail", args=[e.pk])),
        Column("by", "Who", value=lambda e: e.by.name if e.by else presenters.UNATTENDED, sort="by__name"),
        Column("email", "E-mail address", value="by.email"),
        Column(
            "action",
            "What was done",
            value=lambda e: presenters.action_in_words(e.shown_action) if e.is_readable else RESTRICTED,
            sort="shown_action",
        ),
        Column("thing", "To what", value=lambda e: presenters.thing_in_words(e.shown_subject)),
        Column("urn", "School's URN", value="shown_urn", sort="shown_urn"),
    ]
    return list_response(
        request,
        queryset=_changes(request),
        columns=columns,
        title="Changes",
        filterset=ChangeLogFilter,
        search=("by__name", "by__email", "shown_action", "shown_subject"),
        search_label="Search by person or by what was done",
        default_sort="-at",
        noun=("change", "changes"),
        filename="changes",
        template="accounts/log_list.html",
        context={"log": "changes"},
    )


@access(Permission.VIEW_LOGS, reads="change_log_entry")
def change_detail(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry = get_object_or_404(_changes(request), pk=entry_id)
    kept = presenters.values_table(entry) if entry.is_readable else None
    if kept is not None:
        request.shown.append(f"change_log_entry:{entry.pk}")  # type: ignore[attr-defined]
        request.shown.about(urn=entry.shown_urn, authority_id=entry.authority_id)  # type: ignore[attr-defined]
    values = {
        "entry": entry,
        "what": presenters.action_in_words(entry.shown_action) if entry.is_readable else RESTRICTED,
        "facts": presenters.entry_facts(entry),
        "values": kept,
    }
    return render(request, "accounts/change_detail.html", values)


@access(Permission.VIEW_LOGS)
def read_log(request: HttpRequest) -> HttpResponseBase:
    ids = authority_ids(request.user, Permission.VIEW_LOGS)  # type: ignore[arg-type]
    entries = (
        ReadLogEntry.objects.of_authorities(ids)
        .select_related("by")
        .annotate(things=Cast("identifiers", TextField()), urn_text=Cast("urn", CharField()))
    )
    columns = [
        Column("at", "When", sort="at"),
        Column("by", "Who", value="by.name", sort="by__name"),
        Column("email", "E-mail address", value="by.email"),
        Column("kind", "What was shown", value=lambda e: e.kind.replace("_", " ").capitalize(), sort="kind"),
        Column("identifiers", "Which", value=lambda e: ", ".join(e.identifiers)),
        Column("urn", "School's URN", sort="urn"),
        Column("view", "Page", value="view", sort="view"),
    ]
    return list_response(
        request,
        queryset=entries,
        columns=columns,
        title="Restricted things read",
        filterset=ReadLogFilter,
        search=("by__name", "by__email", "kind", "things"),
        search_label="Search by person, by kind or by identifier",
        default_sort="-at",
        noun=("reading", "readings"),
        filename="readings",
        template="accounts/log_list.html",
        context={"log": "readings"},
    )
