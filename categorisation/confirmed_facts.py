"""What officers confirmed of rules that only describe a level, as the engine wants it (X-09)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from categorisation.engine import Fact
from categorisation.models import RuleConfirmation
from schools.choices import Audience
from schools.models import School
from schools.rules.dates import in_words


def confirmed_facts(
    schools: Collection[School], *, on: dt.date, slug: str, as_school: bool
) -> dict[int, dict[str, Fact]]:
    """`confirmed.<rule key>` of each school by URN, for the rules of one framework confirmed on a day. One query.

    With the school's own eyes (`as_school`) only what was shared with it.
    """
    urns = {school.pk: school.urn for school in schools}
    rows = RuleConfirmation.objects.standing(on).filter(school__in=urns, slug=slug)
    if as_school:
        rows = rows.filter(audience=Audience.SCHOOL)
    found: dict[int, dict[str, Fact]] = defaultdict(dict)
    for row in rows.select_related("confirmed_by"):
        source = f"confirmed by {row.confirmed_by.name} on {in_words(row.confirmed_on)}"
        found[urns[row.school_id]][f"confirmed.{row.rule}"] = Fact(True, source=source)
    return found
