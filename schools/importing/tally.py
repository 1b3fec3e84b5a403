"""What a file would do or did: counts, reasons in words, and the sentence that tells them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schools.choices import ValueStatus
from schools.importing.records import Problem

MAX_PROBLEMS = 2000  # kept for the downloadable list; all are counted

_STATUS_WORDS: Mapping[str, str] = {
    ValueStatus.SUPPRESSED: "suppressed by the publisher",
    ValueStatus.NOT_APPLICABLE: "not applicable",
    ValueStatus.NO_ENTRIES: "without pupils entered",
    ValueStatus.LOW_COVERAGE: "with too few pupils covered",
    ValueStatus.NEW_SCHOOL: "of new schools without results yet",
    ValueStatus.NOT_PUBLISHED: "not published",
    ValueStatus.NOT_PRODUCED: "not produced nationally",
}
_NOUNS: Mapping[str, tuple[str, str]] = {
    "measures": ("value", "values"),
    "schools": ("school", "schools"),
    "links": ("link", "links"),
    "groups": ("school’s trust", "schools’ trusts"),
    "inspections": ("inspection", "inspections"),
}


@dataclass(slots=True)
class Tally:
    """Counts of one file. What is counted (values, schools, links, inspections) depends on its kind."""

    handler: str = ""
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    schools: int = 0  # schools of this authority the file has something about
    unknown: int = 0  # rows of schools that are not in the register
    elsewhere: int = 0  # rows of other authorities, left alone
    unplaced: int = (
        0  # rows of schools that are not in the register, in a file that does not say whose they are
    )
    doubled: int = 0  # given already by another file of the same import
    older: int = 0  # older than what is recorded
    outranked: int = 0  # known already from a file that is believed before this one
    not_schools: int = 0
    comparators: int = 0  # figures for England or the whole authority, among those counted
    heads: int = 0  # headteachers recorded where none was
    heads_differ: int = 0
    not_trusts: int = 0  # rows of groups that are no trusts
    trusts_differ: int = 0
    followed: int = 0  # open schools that links say another has followed since
    statuses: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    def problem(self, problem: Problem) -> None:
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def figures(self) -> dict[str, int]:
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused,
        }

    def summary(self) -> dict[str, Any]:
        """Everything but the four figures and the problems, as JSON."""
        names = (
            "handler", "rows", "schools", "unknown", "elsewhere", "unplaced", "doubled", "older", "outranked", "not_schools", "comparators",
            "heads", "heads_differ", "not_trusts", "trusts_differ", "followed", "problem_count",
        )  # fmt: skip
        return {**{name: getattr(self, name) for name in names}, "statuses": dict(self.statuses)}


def sentence(title: str, figures: Mapping[str, int], summary: Mapping[str, Any]) -> str:
    """“KS2 results 2017-18: 229 schools, 3 not in the register, 14 values suppressed by the publisher.”"""
    handler = summary.get("handler", "")
    parts: list[str] = []
    if handler in ("measures", "schools", "groups"):
        parts.append(_count(summary["schools"], "school", "schools"))
    else:
        total = figures["added"] + figures["changed"] + figures["unchanged"]
        parts.append(_count(total, *_NOUNS.get(handler, ("row", "rows"))))
    if summary.get("unknown"):
        parts.append(f"{summary['unknown']:,} not in the register")
    statuses = summary["statuses"]
    for status, words in _STATUS_WORDS.items():
        if statuses.get(status):
            parts.append(f"{_count(statuses[status], 'value', 'values')} {words}")
    for name, singular, plural in (
        ("comparators", "figure for England or the authority", "figures for England or the authority"),
        ("heads", "headteacher’s name recorded where there was none", "headteachers’ names recorded where there was none"),
        ("heads_differ", "headteacher recorded under another name, left as recorded", "headteachers recorded under other names, left as recorded"),
        ("not_schools", "establishment that is no school, left out", "establishments that are no schools, left out"),
        ("trusts_differ", "school recorded in another trust, left as recorded", "schools recorded in other trusts, left as recorded"),
        ("not_trusts", "row of a federation, sponsor or children’s centres, left out", "rows of federations, sponsors and children’s centres, left out"),
        ("older", "older than what is recorded, left alone", "older than what is recorded, left alone"),
        ("outranked", "value known from a file that is believed before this one, left alone", "values known from files that are believed before this one, left alone"),
        ("doubled", "given already by another of these files", "given already by another of these files"),
        ("followed", "school recorded as open though another has followed it: give a newer register file", "schools recorded as open though others have followed them: give a newer register file"),
        ("unplaced", "row of a school not in the register, whose authority the file does not say, left alone", "rows of schools not in the register, whose authority the file does not say, left alone"),
        ("elsewhere", "row of other authorities, left alone", "rows of other authorities, left alone"),
    ):  # fmt: skip
        if summary.get(name):  # not what was counted before there was such a count
            parts.append(_count(summary[name], singular, plural))
    return f"{title}: {', '.join(parts)}."


def nouns(handler: str) -> tuple[str, str]:
    """What the four figures of a file count, singular and plural."""
    return _NOUNS.get(handler, ("row", "rows"))


def _count(number: int, singular: str, plural: str) -> str:
    return f"{number:,} {singular if number == 1 else plural}"
