"""Which establishments became which."""

import pytest

from schools.choices import LinkKind
from schools.rules.lineage import Link, lineages


@pytest.mark.requirement("K-031")
def test_a_line_runs_from_the_oldest_predecessor_through_the_school_to_its_successors():
    links = [Link(1, 2), Link(2, 3), Link(3, 4)]

    found = lineages([3], links)[3]

    assert found.urns == (1, 2, 3, 4)
    assert found.predecessors == ((2,), (1,))
    assert found.successors == ((4,),)


def test_a_school_without_links_is_its_own_line():
    assert lineages([7], [Link(1, 2)])[7].urns == (7,)


def test_links_in_a_circle_are_followed_once():
    found = lineages([1, 2], [Link(1, 2), Link(2, 1), Link(1, 1)])

    assert found[1].predecessors == ((2,),)
    assert found[2].urns == (1, 2)


def test_schools_that_merged_are_one_generation():
    assert lineages([3], [Link(2, 3), Link(1, 3)])[3].predecessors == ((1, 2),)


def test_a_school_split_off_another_has_its_history_but_not_its_results():
    found = lineages([2], [Link(1, 2, LinkKind.SUCCESSOR_SPLIT)])[2]

    assert found.predecessors == ((1,),)
    assert found.results == ()
