"""What a level brings, in the framework's own words and unit."""

from collections.abc import Sequence
from decimal import Decimal

from categorisation.schema.support import EntitlementLine, Level, Words


def entitlement_texts(level: Level, words: Words) -> list[str]:
    """The time a level brings: "Up to 30 days (targeted consultancy)". Lines that exclude each other are one."""
    by_key = {line.key: line for line in level.entitlement}
    found: list[str] = []
    paired: set[str] = set()
    for line in level.entitlement:
        if line.key in paired:
            continue
        text = time_text(line, words)
        if line.exclusive_with:
            paired.add(line.exclusive_with)
            text = f"{text}, or {lower_first(time_text(by_key[line.exclusive_with], words))} instead"
        found.append(text)
    return found


def time_text(line: EntitlementLine, words: Words) -> str:
    """Amounts are kept in half-days and said in the authority's own unit."""
    quantifier = {"exactly": "", "at_least": "At least ", "up_to": "Up to "}[line.quantifier]
    amount = {"exactly": line.planned, "at_least": line.minimum, "up_to": line.maximum}[line.quantifier]
    number, unit = (amount or Decimal(0)), "half-day"
    if words.day_unit == "days":
        number, unit = number / 2, "day"
    plural = "" if number == 1 else "s"
    what = line.what if line.what.startswith(words.adviser) else lower_first(line.what)
    return f"{quantifier}{number.normalize():f} {unit}{plural} ({what})"


def lower_first(text: str) -> str:
    """For within a sentence; a name that begins with two capitals stays as it is."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def listed(texts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part)
