"""What a document says: plain text as blocks, and a snapshot that comes back as it was."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.composer import (
    Bullets,
    Column,
    Composition,
    Heading,
    Imprint,
    KeyFacts,
    Paragraph,
    Table,
    blocks_of,
    clean,
    restore,
    snapshot,
)

IMPRINT = Imprint(
    "Kirkdale", "School improvement", "#00703c", "a@example.org", "Shared with the school", "OFFICIAL"
)


def test_a_blank_line_ends_a_paragraph_and_a_single_one_is_kept():
    assert blocks_of("One\ntwo\n\n\nThree") == (Paragraph("One\ntwo"), Paragraph("Three"))


def test_lines_that_begin_with_a_hyphen_are_a_list():
    assert blocks_of("We saw:\n- reading\n-  writing\nand went on") == (
        Paragraph("We saw:"),
        Bullets(("reading", "writing")),
        Paragraph("and went on"),
    )


def test_a_list_item_goes_on_where_the_next_line_is_indented():
    assert blocks_of("- reading\n  every day\n- writing") == (Bullets(("reading\nevery day", "writing")),)


def test_a_hyphen_inside_a_line_or_alone_begins_no_list():
    assert blocks_of("re-read\n-5 to 3\n-") == (Paragraph("re-read\n-5 to 3\n-"),)


def test_nothing_written_is_no_blocks():
    assert blocks_of(" \n\t\n") == ()


def test_clean_keeps_words_and_drops_what_cannot_be_printed():
    assert clean("a\x00b\r\nc\ud800  \rd\n\n") == "ab\nc\nd"
    assert clean("😀 שלום\tné") == "😀 שלום\tné"


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_can_always_be_encoded_and_is_clean_already(text):
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned


@given(st.text("ab- \n•*", max_size=60))
def test_blocks_lose_no_letter(text):
    said = "".join(
        block.text if isinstance(block, Paragraph) else "".join(block.items) for block in blocks_of(text)
    )
    assert [c for c in said if c in "ab"] == [c for c in text if c in "ab"]


def test_a_snapshot_comes_back_as_it_was():
    composition = Composition(
        "A report",
        "St Anne's",
        (
            Heading("Reading", 3),
            Paragraph("One\ntwo"),
            Bullets(("a", "b")),
            KeyFacts((("Date", "today"),), caption="Facts"),
            Table("Results", (Column("Year"), Column("%", numeric=True)), (("2018", "63"),)),
        ),
    )
    for imprint in (IMPRINT, Imprint("K", "", "", "", "", "", "900123/7", dt.date(2026, 11, 21))):
        kept = json.loads(json.dumps(snapshot(composition, imprint)))
        assert restore(kept) == (composition, imprint)


def test_a_snapshot_of_another_version_is_refused():
    with pytest.raises(ValueError, match="version 2"):
        restore({"version": 2})


def test_a_table_refuses_a_row_of_another_length():
    with pytest.raises(ValueError, match="2 columns but a row of 1"):
        Table("Results", (Column("Year"), Column("%")), (("2018",),))
