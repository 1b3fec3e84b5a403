"""Steps that tests of profiles take: fill a stage, hand it over, validate a whole profile."""

import datetime as dt

from categorisation import actions
from categorisation.actions.profiles import revision_of
from categorisation.choices import ProfileStage
from categorisation.frameworks_in_force import compiled
from categorisation.models import Profile
from categorisation.rules.profiles import Typed, rows_of

AT = dt.datetime(2026, 11, 21, 14, 30, tzinfo=dt.UTC)
SCHOOL, VALIDATED, MODERATED = ProfileStage
EVIDENCE = "CONFIDENTIAL lesson visits of October"
REASON = "CONFIDENTIAL books say otherwise"


def again(profile):
    return Profile.objects.select_related("school__authority", "version").get(pk=profile.pk)


def rows(profile):
    return rows_of(compiled(profile.version).document)


def save(profile, stage, by, at=AT, ticks=None, **typed):
    """Save rows by key, each given as Typed."""
    return actions.save_profile(profile=profile, stage=stage, typed=typed, ticks=ticks, by=by, at=at)


def fill(profile, stage, by, grade="2", text=None, at=AT, **changes):
    """Grade every row alike, but for `changes`: row key to Typed."""
    text = (EVIDENCE if stage == SCHOOL else "") if text is None else text
    held = dict(profile.judgements.filter(stage=stage).values_list("row", "revision"))
    typed = {row.key: Typed(grade=grade, text=text, revision=held.get(row.key, 0)) for row in rows(profile)}
    return save(profile, stage, by, at, **{**typed, **changes})


def hand_over(profile, stage, by, at=AT):
    return actions.hand_over_profile(
        profile=profile, stage=stage, expected=revision_of(profile, stage), by=by, at=at
    )


def sent(profile, head, **changes):
    fill(profile, SCHOOL, head, **changes)
    hand_over(profile, SCHOOL, head)
    return again(profile)


def validated(profile, adviser, **changes):
    fill(profile, VALIDATED, adviser, **changes)
    hand_over(profile, VALIDATED, adviser)
    return again(profile)


def moderated(profile, manager, **typed):
    save(profile, MODERATED, manager, **typed)
    hand_over(profile, MODERATED, manager)
    return again(profile)
