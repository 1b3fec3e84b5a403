"""Whether white text can be read on an authority's colour (WCAG 2.2, success criterion 1.4.3)."""

import re

READABLE = 4.5  # contrast of normal text, to one

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of white on "#rrggbb", from 1 (white) to 21 (black). Raises ValueError for no such colour."""
    if not _HEX.fullmatch(colour):
        raise ValueError("Enter the colour as # and six letters or numbers, like #1d70b8.")
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def problem_with(colour: str) -> str:
    """Why a colour cannot carry white text, in words; empty when it can."""
    try:
        ratio = contrast_with_white(colour)
    except ValueError as error:
        return str(error)
    if ratio >= READABLE:
        return ""
    # Rounded down, so that what falls short never reads as enough
    return (
        f"White text on {colour} has a contrast of {int(ratio * 10) / 10} to 1. It needs at least {READABLE} to 1 to "
        "be readable. Choose a darker colour."
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
