"""The academic year a file's name carries, or a column that a layout names for it. It is never guessed from the rows
otherwise (years: see rules.academic_years).
"""

import re
from collections.abc import Iterable

from schools.importing.reading import Row
from schools.rules import academic_years

_PAIR = re.compile(r"(?<!\d)(?:19|20)\d\d[-_ –]?(?:(?:19|20)\d\d|\d\d)(?!\d)", re.ASCII)


class BadYear(ValueError):
    """The name, or the column, carries two years or none; the message says what to do."""


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


def stated(rows: Iterable[Row], position: int) -> int:
    """The starting year of the one year, written as that it ends in, which every row has in a column. Raises BadYear."""
    found = {row.cells[position].strip() if position < len(row.cells) else "" for row in rows}
    if len(found) != 1:
        raise BadYear(
            "The rows are of several years. Give a file for each, with the year in its name, as in 2017-2018_….csv."
        )
    [text] = found
    if not re.fullmatch(r"(?:19|20)\d\d", text, re.ASCII):
        raise BadYear(f"“{text[:20]}” is no year. Put the year in the file’s name, as in 2017-2018_….csv.")
    return int(text) - 1
