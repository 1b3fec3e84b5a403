"""Display objects as parameters of GOV.UK components."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from schools.presenters.circumstances import CircumstanceLine
from schools.presenters.inspections import InspectionLine
from schools.presenters.people import PersonLine

Links = Callable[[int], Sequence[tuple[str, str]]]


def people_list(lines: Iterable[PersonLine], links: Links | None = None) -> dict[str, Any]:
    """A summary list: role, then name and dates, then what can be done. `links(pk)` gives (verb, address)."""
    return {
        "rows": [
            {
                "key": {"text": line.role},
                "value": {"text": _person(line)},
                "actions": {
                    "items": [
                        {"text": verb, "href": href, "visuallyHiddenText": f"{line.role.lower()} {line.name}"}
                        for verb, href in (links(line.pk) if links else ())
                    ]
                },
            }
            for line in lines
        ]
    }


def inspection_card(line: InspectionLine, correct: str = "") -> dict[str, Any]:
    """A summary card of one inspection, with the address that corrects it."""
    rows = [("Kind", line.kind), ("Framework", line.framework[:1].upper() + line.framework[1:])]
    rows += list(line.judgements)
    if line.category:
        rows.append(("Category of concern", line.category))
    if line.safeguarding:
        rows.append(("Safeguarding", line.safeguarding))
    if line.published_on:
        rows.append(("Report published", f"{line.published_on.day} {line.published_on:%B %Y}"))
    rows.append(("Source", line.source))
    title = f"{line.outcome}, {line.started_on.day} {line.started_on:%B %Y}"
    links = [{"text": "Correct", "href": correct, "visuallyHiddenText": title}] if correct else []
    return {
        "card": {"title": {"text": title, "headingLevel": 2}, "actions": {"items": links}},
        "rows": [{"key": {"text": key}, "value": {"text": value}} for key, value in rows],
    }


def circumstance_card(line: CircumstanceLine, end: str = "") -> dict[str, Any]:
    """A summary card of one circumstance, with the address that ends it."""
    rows = [("When", line.dates)]
    if line.note:
        rows.append(("What is known", line.note))
    rows += [("Who says so", line.source), ("Who may read this", line.audience)]
    links = [{"text": "End", "href": end, "visuallyHiddenText": line.title}] if end else []
    return {
        "card": {"title": {"text": line.title, "headingLevel": 2}, "actions": {"items": links}},
        "rows": [{"key": {"text": key}, "value": {"text": value}} for key, value in rows],
    }


def _person(line: PersonLine) -> str:
    reach = ". ".join(part for part in (line.email, line.telephone) if part)
    return f"{line.text}. {reach}" if reach else line.text
