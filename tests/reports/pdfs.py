"""Reading the PDFs we make: their tags and their text."""

import io
import subprocess
from collections.abc import Iterator

import pikepdf


def open_pdf(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def tags(pdf: pikepdf.Pdf) -> list[tuple[str, dict[str, str]]]:
    """Every structure element in reading order: its kind, and what it says for those who cannot see it."""
    return list(_walk(pdf.Root.StructTreeRoot.K))


def _walk(node) -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _walk(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S), {key: str(node[key]) for key in ("/Alt", "/E", "/Lang") if key in node}
        if "/K" in node:
            yield from _walk(node.K)


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()
