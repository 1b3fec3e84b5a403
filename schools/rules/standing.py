"""Which of two files that give the same figure is believed. A figure is of the file it came from: its kind says which.

A publisher's final file is believed before its provisional one, and that before a third party's copy. What was
recorded by hand stands as a final figure does.
"""

from enum import IntEnum

_PROVISIONAL = "_provisional"
_COPY = "third_party_"


class Standing(IntEnum):
    """The lower is believed first."""

    FINAL = 0
    PROVISIONAL = 1
    COPY = 2


def standing(kind: str | None) -> Standing:
    """Of a kind of file, a key of the layouts; none for what came from no file."""
    if kind and kind.startswith(_COPY):
        return Standing.COPY
    return Standing.PROVISIONAL if kind and kind.endswith(_PROVISIONAL) else Standing.FINAL


def provisional(kind: str) -> str:
    """The kind of a provisional file that has the layout of the final one."""
    return kind if standing(kind) != Standing.FINAL else kind + _PROVISIONAL
