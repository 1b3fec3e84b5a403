"""The framework's own tests: every case that came with it or was kept, and what becomes of it."""

import json
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from categorisation.cases import Case, cases_of, failures
from categorisation.engine import CompiledFramework
from categorisation.facts_file import read_facts
from categorisation.models import FrameworkCase
from categorisation.presenters.trials import Trial


@dataclass(frozen=True)
class CaseRow:
    """One case. `published` and `draft`: in what the answer is not the one expected, in sentences; `draft` is None
    where there is no draft to try. `own`: kept by the authority; None for one that came with the framework."""

    name: str
    paragraph: str
    bench: str
    own: FrameworkCase | None
    published: tuple[str, ...]
    draft: tuple[str, ...] | None

    @property
    def fails(self) -> bool:
        return bool(self.published or self.draft)


def case_rows(trial: Trial) -> list[CaseRow]:
    """Every case: those that fail under the draft first, then those that fail as published. One query."""
    bench = reverse("categorisation:bench", args=[trial.authority.code])
    published = {case.name: failed for case, failed in _shipped(trial.published)}
    changed = (
        None if trial.changed is None else {case.name: failed for case, failed in _shipped(trial.changed)}
    )
    rows = [
        CaseRow(
            name=case.name,
            paragraph="",
            bench=f"{bench}?shipped={number}",
            own=None,
            published=published[case.name],
            draft=None if changed is None else changed[case.name],
        )
        for number, (case, _) in enumerate(_shipped(trial.published), 1)
    ]
    kept = FrameworkCase.objects.filter(authority=trial.authority, slug=trial.version.slug)
    for own in kept.select_related("kept_by"):
        case = own_case(own)
        rows.append(
            CaseRow(
                name=own.name,
                paragraph=own.paragraph,
                bench=f"{bench}?case={own.public_id}",
                own=own,
                published=tuple(failures(case, trial.published)),
                draft=None if trial.changed is None else tuple(failures(case, trial.changed)),
            )
        )
    return sorted(rows, key=lambda row: (not row.draft, not row.published, row.own is None))


def own_case(case: FrameworkCase) -> Case:
    """A kept case in the form in which those that came with a framework are tried."""
    return Case(case.name, (), read_facts(json.dumps(case.facts)), case.expect)


def shipped_case(trial: Trial, number: int) -> Case | None:
    """The case of that number, from 1, that came with the framework."""
    cases = _shipped(trial.published)
    return cases[number - 1][0] if 0 < number <= len(cases) else None


@lru_cache(maxsize=8)
def _shipped(framework: CompiledFramework) -> tuple[tuple[Case, tuple[str, ...]], ...]:
    """The cases that came with a framework, and where it fails them. Neither a compiled document nor the file of
    cases changes in a process, so what came out once is kept; reading the file takes a tenth of a second."""
    return tuple((case, tuple(failures(case, framework))) for case in cases_of(framework.document))
