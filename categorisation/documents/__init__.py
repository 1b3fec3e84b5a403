"""The documents this room makes, by noun. Importing it makes their kinds known."""

from categorisation.documents import profile, statement

__all__ = ["profile", "statement"]
