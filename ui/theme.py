"""An authority's colour as a stylesheet. The colour is in the address, so the page needs no inline style and the
answer can be cached for ever."""

import re

_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


def address(colour: str) -> str:
    """`/theme/<rrggbb>.css`, or nothing for a text that is no #rrggbb colour."""
    match = _HEX.fullmatch(colour.strip())
    return f"/theme/{match[1].lower()}.css" if match else ""


def stylesheet(colour: str) -> str:
    """CSS variables for a header in `colour` (rrggbb), with whichever of white and black reads better on it."""
    text = "#ffffff" if _contrast(colour, "ffffff") >= _contrast(colour, "0b0c0c") else "#0b0c0c"
    # As a line or mark on white, a pale colour would vanish: WCAG asks 3:1 of such things.
    accent = f"#{colour}" if _contrast(colour, "ffffff") >= 3 else "#0b0c0c"
    return (
        f":root {{ --app-authority-colour: #{colour}; --app-authority-text-colour: {text}; "
        f"--app-authority-accent-colour: {accent}; }}\n"
    )


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
