"""The people of a school in the words of the authority's policy."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from accounts.models import Authority
from categorisation.engine.wording import upper_first
from categorisation.presenters.levels_home import policy_word
from schools.choices import OfficerRole
from schools.presenters import PersonLine

_ADVISER = str(OfficerRole.ADVISER.label)


def adviser_word(authority: Authority, on: dt.date) -> str:
    """What the policy in force calls a school's adviser: "School Improvement Partner". Two queries."""
    return upper_first(policy_word(authority, on, "adviser", _ADVISER))


def in_policy_words(lines: Iterable[PersonLine], adviser: str) -> tuple[PersonLine, ...]:
    """A school's officers, its adviser named by the adviser_word of the authority."""
    return tuple(replace(line, role=adviser) if line.role == _ADVISER else line for line in lines)
