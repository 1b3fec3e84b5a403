"""The people of a school in the words of the authority's policy."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from accounts.models import Authority
from categorisation.engine.wording import upper_first
from categorisation.presenters.levels_home import policy_word
from schools.choices import OfficerRole
from schools.presenters import PersonLine


def in_policy_words(lines: Iterable[PersonLine], authority: Authority, on: dt.date) -> tuple[PersonLine, ...]:
    """A school's officers, its adviser named as the policy in force does: "School Improvement Partner". Two queries."""
    adviser = str(OfficerRole.ADVISER.label)
    word = upper_first(policy_word(authority, on, "adviser", adviser))
    return tuple(replace(line, role=word) if line.role == adviser else line for line in lines)
