"""The academic year a file's name carries. It is never guessed from the rows (years: see rules.academic_years)."""

import re

from schools.rules import academic_years

_PAIR = re.compile(r"(?<!\d)(?:19|20)\d\d[-_ –]?(?:(?:19|20)\d\d|\d\d)(?!\d)", re.ASCII)


class BadYear(ValueError):
    """The name carries two years; the message says what to do."""


def in_name(name: str) -> int | None:
    """The starting year in “2017-2018_…”, “…_2017-18” or “…201718”, or None. Raises BadYear for two.

    The second number must follow the first: 2022-03 is a month, 20230705 a day.
    """
    found: set[int] = set()
    for match in _PAIR.finditer(name.rsplit("/", 1)[-1]):
        try:
            found.add(academic_years.parse(match[0].replace("_", "-")))
        except ValueError:
            continue
    if len(found) > 1:
        shown = " and ".join(academic_years.label(year) for year in sorted(found))
        raise BadYear(f"The file’s name holds two academic years, {shown}. Rename it so that it holds one.")
    return found.pop() if found else None
