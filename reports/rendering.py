"""A composition as HTML, and that HTML as tagged PDF (PDF/UA-1).

The browser shows the same fragment (`templates/reports/composition.html`) with the same stylesheet that the PDF is
made from. The same snapshot gives the same bytes. WeasyPrint takes over a second to import, so only rendering
imports it; nothing in a document can make it fetch a file or an address.
"""

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from reports.composer import Composition, Imprint, clean, snapshot
from ui import theme

PACKAGES = "apt-get install libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation"
STYLESHEET = "src/document.css"


class RendererMissing(RuntimeError):
    """The machine lacks the libraries that lay out text."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document, ready to be stored. `sha256` is of the PDF's bytes, in hexadecimal."""

    snapshot: dict[str, Any]
    html: str
    pdf: bytes
    sha256: str


def to_html(composition: Composition, imprint: Imprint) -> str:
    """The whole HTML document that the PDF is made from."""
    return clean(
        render_to_string(
            "reports/document.html",
            {
                "composition": composition,
                "imprint": imprint,
                "created": f"{imprint.issued_on:%Y-%m-%d}T00:00:00Z" if imprint.issued_on else "",
            },
        )
    )


def to_pdf(html: str, *, colour: str) -> bytes:
    """PDF/UA-1 from one of our own HTML documents. Raises RendererMissing with the command that mends it."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise RendererMissing(f"PDFs need libraries that this machine lacks: {PACKAGES}") from error
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # eight lines a document
    sheet = weasyprint.CSS(string=(settings.BASE_DIR / "static" / STYLESHEET).read_text())
    page = weasyprint.CSS(string="html, body { margin: 0 }")
    known = theme.address(colour)  # empty for a text that is no colour
    colours = weasyprint.CSS(string=theme.stylesheet(colour.lstrip("#")) if known else "")
    return weasyprint.HTML(
        string=html, base_url="data:,", url_fetcher=URLFetcher(allowed_protocols={"data"})
    ).write_pdf(
        stylesheets=[page, colours, sheet],
        pdf_variant="pdf/ua-1",
        # Without an identifier of its own a PDF gets a random one, and the same snapshot other bytes.
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
    )


def render(composition: Composition, imprint: Imprint) -> Rendered:
    """Snapshot, HTML, PDF and hash. One to two seconds; call it outside a transaction."""
    html = to_html(composition, imprint)
    pdf = to_pdf(html, colour=imprint.colour)
    return Rendered(snapshot(composition, imprint), html, pdf, hashlib.sha256(pdf).hexdigest())
