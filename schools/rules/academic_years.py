"""Academic years run from 1 August to 31 July and are keyed by the calendar year they start in.

1 August is the school year of the inspection regulations (SI 2005/2038 regulation 2). Some authorities' autumn
terms start in August, so a year is never derived from September.
"""

import datetime as dt
import re

FIRST_YEAR = 1990
LAST_YEAR = 2098

_WRITTEN = re.compile(r"(?P<start>\d{4})\s*[-–/_ ]?\s*(?P<end>\d{4}|\d{2})")


def academic_year(on: dt.date) -> int:
    """The starting year of the academic year a day falls in: 2017 for 31 July 2018, 2018 for 1 August 2018."""
    return on.year if on.month >= 8 else on.year - 1


def label(year: int) -> str:
    """The academic year as people write it: "2017-18", "1999-00"."""
    return f"{year}-{(year + 1) % 100:02d}"


def bounds(year: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of an academic year."""
    return dt.date(year, 8, 1), dt.date(year + 1, 7, 31)


def parse(text: str) -> int:
    """The starting year of "2017-18", "2017/18", "201718", "2017-2018" or "2017/2018".

    Raises ValueError, in words for the person who typed it, for anything else, for two years that do not follow
    one another, and for years outside 1990-91 to 2098-99. A lone "2017" is refused: it may mean either year.
    """
    cleaned = text.strip()
    written = _WRITTEN.fullmatch(cleaned)
    if written is None:
        raise ValueError(f"“{cleaned}” is not an academic year. Write it as 2017-18.")
    start, end = int(written["start"]), written["end"]
    if int(end) != (start + 1) % 10 ** len(end):
        raise ValueError(
            f"“{cleaned}” is not an academic year: the second year must follow the first, as in {label(start)}."
        )
    if not FIRST_YEAR <= start <= LAST_YEAR:
        raise ValueError(
            f"“{cleaned}” is out of range: academic years from {label(FIRST_YEAR)} to {label(LAST_YEAR)} are held."
        )
    return start
