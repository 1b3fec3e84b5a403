"""The PDFs: tagged, described, the same each time, and unmoved by hostile text."""

import datetime as dt

import pytest
from django.core import checks

from reports import checks as own_checks
from reports import rendering
from reports.composer import Bullets, Column, Composition, Heading, Imprint, KeyFacts, Paragraph, Table
from tests.reports.pdfs import open_pdf, tags, text_of

IMPRINT = Imprint(
    authority="Kirkdale City Council",
    service="School improvement",
    colour="#00703c",
    contact="improvement@example.org",
    audience="Shared with the school",
    marking="OFFICIAL",
    reference="900123/7",
    issued_on=dt.date(2026, 11, 21),
)
HOSTILE = (
    "<script>alert(1)</script> <img src='file:///etc/passwd'> <img src=http://example.org/x.png> "
    "<link rel=attachment href=file:///etc/passwd> {{ secret }} {% now %} &amp; \x00\x07\ud800"
)


def composition(*blocks):
    return Composition("Report of a core visit", "St Anne's Primary School", blocks)


@pytest.fixture(scope="module")
def rendered():
    return rendering.render(
        composition(
            KeyFacts((("Date of the visit", "12 November 2026"), ("Made by", "Ada Adviser"))),
            Heading("Strengths"),
            Paragraph("Reading is taught well."),
            Bullets(("every day", "to everyone")),
            Heading("In detail", 3),
            Table("Results", (Column("Year"), Column("%", numeric=True)), (("2017-18", "63"),)),
        ),
        IMPRINT,
    )


def test_a_pdf_is_tagged_titled_and_says_its_language(rendered):
    with open_pdf(rendered.pdf) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "en-GB"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.docinfo["/Title"] == "Report of a core visit: St Anne's Primary School"
        assert pdf.docinfo["/Author"] == "Kirkdale City Council"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_its_tags_are_headings_lists_and_tables_with_header_cells(rendered):
    with open_pdf(rendered.pdf) as pdf:
        kinds = [kind for kind, _ in tags(pdf)]
    assert [kind for kind in kinds if kind in {"/H1", "/H2", "/H3"}] == ["/H1", "/H2", "/H3"]
    assert kinds.count("/Table") == 2
    assert kinds.count("/TH") == 2 + 2 + 1  # two named facts; two columns and a row
    assert kinds.count("/Caption") == 2
    lists = [kinds[index + 1] for index, kind in enumerate(kinds) if kind == "/L"]
    assert set(lists) == {"/LI"}


def test_nothing_in_it_is_a_picture_without_words(rendered):
    with open_pdf(rendered.pdf) as pdf:
        assert [kind for kind, said in tags(pdf) if kind == "/Figure" and "/Alt" not in said] == []


def test_every_font_is_embedded(rendered):
    with open_pdf(rendered.pdf) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert any(key in descriptor for key in ("/FontFile2", "/FontFile3"))


def test_its_text_can_be_read_out(rendered):
    text = text_of(rendered.pdf)
    for words in ("Kirkdale City Council", "OFFICIAL", "900123/7", "21 November 2026", "Ada Adviser", "63"):
        assert words in text
    assert "Page 1 of 1" in text


def test_the_same_snapshot_gives_the_same_bytes_and_another_gives_others(rendered):
    again = rendering.to_pdf(rendered.html, colour=IMPRINT.colour)
    other = rendering.to_pdf(rendered.html.replace("Reading", "Writing"), colour=IMPRINT.colour)
    assert again == rendered.pdf
    assert other != rendered.pdf


def test_a_document_cannot_read_a_file_or_an_address(monkeypatch):
    asked = []
    from weasyprint.urls import URLFetcher

    monkeypatch.setattr(URLFetcher, "open", lambda self, url, **more: asked.append(url))
    html = rendering.to_html(composition(Paragraph(HOSTILE)), IMPRINT)
    assert "<script" not in html
    assert "<img" not in html
    pdf = rendering.to_pdf(html, colour=IMPRINT.colour)
    assert asked == []
    assert "alert(1)" in text_of(pdf)
    assert "root:" not in text_of(pdf)


def test_even_markup_that_asks_for_a_file_gets_none():
    html = rendering.to_html(composition(), IMPRINT).replace(
        "</body>",
        '<p>Here: <img src="file:///etc/passwd" alt="x"><object data="file:///etc/passwd"></object></p></body>',
    )
    pdf = rendering.to_pdf(html, colour=IMPRINT.colour)
    assert "root:" not in text_of(pdf)
    assert b"root:" not in pdf


def test_long_words_other_scripts_and_emoji_fit_on_the_page():
    pdf = rendering.render(
        composition(
            Heading("X" * 300),
            Paragraph("Donaudampfschifffahrt" * 60),
            Paragraph("שלום עולם, مرحبا بالعالم"),
            Bullets(("👩‍🏫 great 😀",)),
            KeyFacts((("W" * 200, "V" * 400),)),
            Table("T" * 200, (Column("A"), Column("B")), (("U" * 200, "S" * 200),)),
        ),
        IMPRINT,
    ).pdf
    with open_pdf(pdf) as opened:
        assert 1 <= len(opened.pages) <= 4
    assert text_of(pdf).replace("\n", "").count("Donau") >= 50


def test_a_very_long_note_becomes_a_pdf():
    page = Paragraph("\n".join(["Reading."] * 40))
    pdf = rendering.render(composition(*[page] * 60), IMPRINT).pdf
    with open_pdf(pdf) as opened:
        assert len(opened.pages) >= 60


@pytest.mark.parametrize("colour", ["#00703c", "#FFFFFF", "", "red; } body { display: none", "#12345"])
def test_any_text_for_a_colour_leaves_a_readable_document(colour):
    pdf = rendering.to_pdf(rendering.to_html(composition(Paragraph("Reading.")), IMPRINT), colour=colour)
    assert "Reading." in text_of(pdf)


def test_a_preview_says_that_number_and_date_come_with_release():
    imprint = Imprint("Kirkdale", "", "#00703c", "", "Shared with the school", "")
    html = rendering.to_html(composition(Paragraph("Reading.")), imprint)
    assert html.count("Given on release") == 2
    assert "dcterms" not in html


def test_a_machine_without_pango_hears_which_packages_it_lacks(monkeypatch):
    import builtins

    real = builtins.__import__

    def without_weasyprint(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_weasyprint)
    with pytest.raises(rendering.RendererMissing, match="apt-get install libpangoft2"):
        rendering.to_pdf("<p></p>", colour="#000000")


def test_the_system_check_is_silent_here_and_names_the_packages_elsewhere(monkeypatch):
    assert own_checks.can_make_pdfs(None) == []
    monkeypatch.setattr(own_checks, "_LIBRARIES", ("libnowhere.so.9",))
    (warning,) = own_checks.can_make_pdfs(None)
    assert isinstance(warning, checks.Warning)
    assert "libnowhere.so.9" in warning.msg
    assert "libpangoft2" in warning.hint
