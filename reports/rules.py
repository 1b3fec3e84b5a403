"""Rules about what people write."""

from django.core.exceptions import ValidationError

from reports.composer import clean


def said(reason: str) -> str:
    """A reason as it is kept. Raises ValidationError when nothing of it can be read, such as control characters."""
    kept = clean(reason).strip()
    if not kept:
        raise ValidationError("Write the reason in letters that can be read")
    return kept
