"""Documentation of the facts file, written from what its reader takes."""

from __future__ import annotations

from typing import Final

from categorisation.engine import Status
from categorisation.facts_file import CATEGORIES, INSPECTION_FRAMEWORKS, KINDS

_FORMAT: Final = """\
# Facts of one school

A JSON object. Only `on` is needed: what is left out is not known, and the outcome says so.

| Name | Holds |
|---|---|
| `on` | The day the facts stand on, as `2026-11-21`. |
| `attributes` | `phase` (`primary`, `secondary`, `special`, …), `low_age`, `high_age`: which key stages apply. |
| `facts` | By key, `{{"value": true, "source": "…"}}`. `confirmed.<rule key>` is an officer's confirmation of a rule that describes; others are the framework's own facts, true, false or a date. |
| `series` | A list of `{{"indicator", "group", "points"}}`. `group` is `all` if left out. |
| `inspections` | A list, newest or oldest first; `[]`: not yet inspected; `null` or left out: not known. |
| `circumstances` | By key, `true`, `false`, or `{{"present", "since", "stale_on", "audience", "source"}}`. `false` means a return said so; leave out what nobody has answered. |
| `profile` | By area or aspect, `{{"school", "validated", "moderated", "source"}}`, grades as whole numbers. The school's own grade alone decides nothing. |

**Points** are keyed by the year in which the academic year starts (`"2017"` is 2017-18). A bare number is a published
value; otherwise `{{"value", "status", "ci_low", "ci_high", "national", "similar", "cohort", "source"}}`. Numbers may be
given as text (`"64.5"`) and are taken exactly. `status` is one of {statuses}; only a published point has a value.

**Inspections**: `framework` ({frameworks}), `kind` ({kinds}), `started_on`, `published_on`, `overall` as stated,
`category` ({categories}), `safeguarding`, `judgements` by name (`leadership_management`, `quality_of_education`, …),
`progress` (of a monitoring visit: `inadequate`, …), `source`. Give only the school's own inspections.

```json
{{
  "on": "2018-11-21",
  "attributes": {{"phase": "primary", "low_age": 4, "high_age": 11}},
  "series": [
    {{"indicator": "ks2_rwm_exp", "points": {{"2017": {{"value": "57", "national": "64", "source": "KS2 final 2017-18"}},
                                            "2016": {{"status": "suppressed"}}}}}}
  ],
  "inspections": [{{"framework": "CIF_2015", "started_on": "2017-05-04", "overall": "2"}}],
  "circumstances": {{"safeguarding_non_compliance": false}}
}}
```
"""


def format_markdown() -> str:
    """The documentation of the format, as Markdown."""
    return _FORMAT.format(
        statuses=", ".join(f"`{s}`" for s in Status),
        frameworks=", ".join(f"`{f}`" for f in INSPECTION_FRAMEWORKS),
        kinds=", ".join(f"`{k}`" for k in KINDS),
        categories=", ".join(f"`{c}`" for c in CATEGORIES),
    )
