"""What a change of a framework's document changes in its answers: of one school, and of many. Pure."""

from categorisation.benching.changes import Cause, Comparer, Difference, Direction, Ranks, direction, ranks
from categorisation.benching.tally import Tally

__all__ = ["Cause", "Comparer", "Difference", "Direction", "Ranks", "Tally", "direction", "ranks"]
