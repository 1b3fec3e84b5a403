"""The clauses of both policies in words."""

import pytest

from categorisation.presenters.draft_clauses import Reader
from categorisation.presenters.drafts import called, section_of, sections
from tests.categorisation.worked_cases import framework


def _clauses(listing_or_clause):
    for listing in listing_or_clause.lists:
        for clause in listing.clauses:
            yield clause
            yield from _clauses(clause)


def read(which):
    """Every clause of the document by its place, as its sections show them."""
    found = {}
    for section in sections(framework(which)):
        for block in section.build(Reader(framework(which))):
            for clause in (*block.clauses, *(block.listing.clauses if block.listing else ())):
                found[clause.place] = clause
                found |= {one.place: one for one in _clauses(clause)}
    return found


@pytest.mark.requirement("L-068", "K-042")
@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_every_clause_has_words_and_a_page(which):
    for place, clause in read(which).items():
        assert clause.title or clause.text, place
        words = " ".join((clause.title, clause.text, *clause.lines))
        assert "_" not in words or place.startswith("inspections."), words
        assert called(framework(which), place)
        section_of(framework(which), place)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("levels.medium.entitlement.consultancy", "Up to 10 days (consultancy against agreed priorities)."),
        ("areas.leadership", "Graded in the self-evaluation."),
        ("areas.standards", "Assessed from recorded facts, or graded where no fact can be had nationally."),
        ("parameters.small_cohort", "6 pupils."),
        ("circumstances.ieb_in_place", "An interim executive board governs the school."),
    ],
)
def test_a_clause_reads_as_a_sentence(place, text):
    assert read("leicester")[place].text == text


def test_a_cell_says_where_facts_place_a_school_there():
    (line,) = read("leicester")["areas.standards.cells.4"].lines
    assert line.startswith("Facts place a school here where: In standards, at least 2 subjects")


def test_what_is_kept_between_the_authority_and_itself_says_so():
    clauses = read("leicester").values()
    assert {"Automatic", "Authority only"} <= {tag for clause in clauses for tag in clause.tags}


def test_a_place_that_no_page_shows_leads_to_the_first_level():
    assert section_of(framework("leeds"), "levels") == "level-1"
