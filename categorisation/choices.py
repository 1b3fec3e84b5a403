"""The kinds and stages of this room's things, in words for people."""

from django.db.models import IntegerChoices, TextChoices

from schools.choices import ContactRole

# Who at a school hears by e-mail that something about its level waits for them
TOLD_OF_LEVELS = (ContactRole.HEADTEACHER, ContactRole.PRINCIPAL, ContactRole.CHAIR)


class DraftStatus(TextChoices):
    OPEN = "open", "Being written"
    PUBLISHED = "published", "Published"
    ABANDONED = "abandoned", "Abandoned"


class ProfileStage(TextChoices):
    """Whose grade it is, in order (L-062, X-60)."""

    SCHOOL = "school", "School’s own grade"
    VALIDATED = "validated", "Validated grade"
    MODERATED = "moderated", "Moderated grade"


class Trend(TextChoices):
    """Which way a row of the profile is going (X-60)."""

    UP = "up", "Improving"
    LEVEL = "level", "Level"
    DOWN = "down", "Declining"


class RoundStatus(TextChoices):
    """Levels of an academic year: provisional in summer, confirmed in autumn (L-098, L-099, X-38)."""

    OPEN = "open", "Being decided"
    PROVISIONAL = "provisional", "Published as provisional"
    CONFIRMED = "confirmed", "Confirmed"


class Occasion(TextChoices):
    """When a level is recommended (L-058, X-38)."""

    ANNUAL = "annual", "Annual round"
    AUTUMN = "autumn", "Autumn review"
    IN_YEAR = "in_year", "Change during the year"


class RecommendationStatus(TextChoices):
    RECOMMENDED = "recommended", "Waiting for moderation"
    RETURNED = "returned", "Sent back to the adviser"
    MODERATED = "moderated", "Moderated"
    DECIDED = "decided", "Decided"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DisagreementOutcome(TextChoices):
    STANDS = "stands", "The level stands"
    RECONSIDERED = "reconsidered", "The level will be looked at again"


class Finding(TextChoices):
    """What an identification round finds of a school (L-101)."""

    NO_CONCERN = "no_concern", "No concern"
    AT_RISK = "at_risk", "At risk"
    CAUSING_CONCERN = "causing_concern", "Causing concern"


class Rating(IntegerChoices):
    """How a service sees its part of a school's life (K-024)."""

    STRONG = 1, "Strong"
    SOUND = 2, "Sound"
    SOME_CONCERN = 3, "Some concern"
    SERIOUS_CONCERN = 4, "Serious concern"
