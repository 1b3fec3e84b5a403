"""Bytes in, rows of text out. No Django here.

A *source* is one file as given (a path, an upload, a member of a zip). `expand` turns folders and zips into
sources; `tables` turns a source into tables of text: a CSV has one, a workbook one for each sheet. Rows come
one at a time, so memory does not grow with the file (workbooks excepted, whose size is limited instead).

Every refusal is an `Unreadable` whose message says what is wrong and what to do.
"""

import codecs
import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, NamedTuple

MAX_FILE_BYTES = 200 * 1024 * 1024  # the national GIAS file is 60 MB, the largest one imported
MAX_FILES = 500
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_WORKBOOK_BYTES = 60 * 1024 * 1024  # read into memory
MAX_CELLS = 20_000_000  # of a sheet, empty ones among them: memory is taken for each before the first is read
MAX_STYLES_BYTES = 4 * 1024 * 1024
MAX_NAME = 255
_CHUNK = 1 << 16

TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
TABLE_SUFFIXES = TEXT_SUFFIXES | WORKBOOK_SUFFIXES

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_STYLES = "xl/styles.xml"
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,9})(\d{1,12})["']""")  # the place of a cell, as r="B12"
_DAMAGED_ZIP = "This zip file is damaged. Make it again, or give the files without zipping them."


class Unreadable(Exception):
    """The file as a whole cannot be read; the message is for the person who gave it."""


class Row(NamedTuple):
    """`number` is what a spreadsheet shows in its margin: the header is usually row 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name, its size in bytes and how to open it (again and again)."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    def sha256(self) -> str:
        digest = hashlib.sha256()
        with closing(self.open()) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one table: call `rows` for a fresh pass. `sheet` is empty unless the file has several."""

    sheet: str
    encoding: str
    rows: Callable[[], Iterator[Row]]


def from_path(path: Path, name: str | None = None) -> Source:
    return Source(kept_name(name or path.name), path.stat().st_size, lambda: path.open("rb"))


def from_bytes(name: str, content: bytes) -> Source:
    return Source(name, len(content), lambda: io.BytesIO(content))


def expand(source: Source) -> list[Source]:
    """The source itself, or the tables inside it when it is a zip (one level deep, in the zip's order)."""
    with closing(_opened(source)) as stream:
        start = stream.read(4)
    if start != _ZIP or _suffix(source.name) in WORKBOOK_SUFFIXES:
        return [source]
    try:
        with closing(_opened(source)) as stream, zipfile.ZipFile(stream) as archive:
            members = [i for i in archive.infolist() if not i.is_dir() and not _hidden(i.filename)]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(_DAMAGED_ZIP) from error
    if any(i.filename in ("[Content_Types].xml", "mimetype") for i in members):
        return [source]  # a workbook under another name
    if len(members) > MAX_FILES:
        raise Unreadable(f"This zip holds {len(members)} files; at most {MAX_FILES} can be given at a time.")
    if sum(i.file_size for i in members) > MAX_UNPACKED_BYTES:
        raise Unreadable(f"This zip unpacks to more than {_megabytes(MAX_UNPACKED_BYTES)}. Give fewer files.")
    if any(i.flag_bits & 1 for i in members):
        raise Unreadable("This zip is locked with a password. Give it without one.")
    members = [i for i in members if _suffix(i.filename) in TABLE_SUFFIXES]
    if not members:
        raise Unreadable("This zip holds no table (CSV or spreadsheet).")
    return [_member(source, info) for info in members]


def from_folder(folder: Path) -> tuple[list[Source], list[str]]:
    """Every table and zip below a folder, in order of path, and the names of files left because they are neither."""
    sources: list[Source] = []
    left: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file() or _hidden(name):
            continue
        if path.suffix.lower() in TABLE_SUFFIXES | {".zip"}:
            sources.append(from_path(path, name))
        else:
            left.append(name)
    return sources, left


def tables(source: Source) -> list[Table]:
    """The tables of a source. Raises Unreadable."""
    if source.size > MAX_FILE_BYTES:
        raise Unreadable(
            f"The file is larger than {_megabytes(MAX_FILE_BYTES)}. Cut it to your authority's rows."
        )
    with closing(_opened(source)) as stream:
        start = stream.read(_CHUNK)
    if not start.strip():
        raise Unreadable("The file is empty.")
    if start.startswith(_ZIP) and _suffix(source.name) == ".zip":
        expand(source)  # says what is wrong with a zip that could not be opened
    if start.startswith((_ZIP, _OLE)):
        return _workbook(source)
    return [_text(source, start)]


# --- text files


def _text(source: Source, start: bytes) -> Table:
    if start.startswith(_UTF16):
        encoding = "utf-16"
    else:
        if start.count(0) > len(start) // 20:
            raise Unreadable("This is not a table: it holds binary data. Give a CSV file or a spreadsheet.")
        encoding = "utf-8-sig" if _is_utf8(source) else "cp1252"

    def rows() -> Iterator[Row]:
        with closing(_opened(source)) as binary:
            # cp1252 leaves five bytes undefined: they show as the replacement character rather than stop a file
            text = io.TextIOWrapper(binary, encoding=encoding, errors="replace", newline="")
            reader = csv.reader(_without_nul(text), delimiter=delimiter)
            number = 0
            try:
                for number, cells in enumerate(reader, start=1):
                    yield Row(number, cells)
            except (csv.Error, UnicodeError) as error:
                raise Unreadable(
                    f"The file cannot be read past row {number}: a quotation mark there is never closed, or the row is "
                    "damaged. Open it in a spreadsheet, check that row and save it again as CSV."
                ) from error
            text.detach()

    delimiter = _delimiter(start.decode(encoding, errors="replace"))
    return Table("", encoding, rows)


def _is_utf8(source: Source) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with closing(_opened(source)) as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(start: str) -> str:
    line = re.sub(r'"[^"]*"', "", start.lstrip("\ufeff").split("\n", 1)[0])
    counts = {mark: line.count(mark) for mark in (",", "\t", ";")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\0", "") if "\0" in line else line


# --- workbooks


def _workbook(source: Source) -> list[Table]:
    if source.size > MAX_WORKBOOK_BYTES:
        raise Unreadable(
            f"The spreadsheet is larger than {_megabytes(MAX_WORKBOOK_BYTES)}. Save the sheet as CSV and give that."
        )
    with closing(_opened(source)) as stream:
        content = stream.read()
    percent = _uses_percent_format(content)
    try:
        return _with_formats(content) if percent else _plain(content)
    except Unreadable:
        raise
    except BaseException as error:  # whatever the file's bytes provoke, a panic of Rust's too
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise Unreadable("This spreadsheet cannot be read. Save the sheet as CSV and give that.") from error


def _plain(content: bytes) -> list[Table]:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = workbook.sheet_names
    found: list[Table] = []
    for name in names:
        values = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if not values:
            continue

        def rows(values: Sequence[Sequence[object]] = values) -> Iterator[Row]:
            for number, cells in enumerate(values, start=1):
                yield Row(number, [_cell_text(cell) for cell in cells])

        found.append(Table(name if len(names) > 1 else "", "workbook", rows))
    if not found:
        raise Unreadable("The spreadsheet is empty.")
    return found


def _with_formats(content: bytes) -> list[Table]:
    """Slower, and used only where a cell may be shown as a percentage: 0.65 shown as 65% means 65."""
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    found: list[Table] = []
    for sheet in workbook.worksheets:
        kept = [
            [_cell_text(cell.value, percent="%" in str(getattr(cell, "number_format", ""))) for cell in cells]
            for cells in sheet.iter_rows()
        ]
        if not any(any(cells) for cells in kept):
            continue

        def rows(kept: list[list[str]] = kept) -> Iterator[Row]:
            for number, cells in enumerate(kept, start=1):
                yield Row(number, list(cells))

        found.append(Table(sheet.title if len(workbook.worksheets) > 1 else "", "workbook", rows))
    if not found:
        raise Unreadable("The spreadsheet is empty.")
    return found


def _uses_percent_format(content: bytes) -> bool:
    if not content.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(archive)
            _check_extent(archive)
            has_styles = _STYLES in archive.namelist()
            styles = archive.read(_STYLES).decode("utf-8", "replace") if has_styles else ""
    except Unreadable:
        raise
    except Exception as error:  # a damaged zip raises whatever its bytes provoke
        raise Unreadable("This spreadsheet is damaged. Save the sheet as CSV and give that.") from error
    custom = {"9", "10"}  # the two built-in percentage formats
    for attributes in re.findall(r'<numFmt ((?:[^<>"]|"[^<"]*")*)', styles):
        number = re.search(r'numFmtId="(\d+)"', attributes)
        code = re.search(r'formatCode="([^"]*)"', attributes)
        if number and code and "%" in code[1]:
            custom.add(number[1])
    used = re.search(r"<cellXfs.*?</cellXfs>", styles, re.S)
    formats = used[0] if used else ""
    return any(f'numFmtId="{number}"' in formats for number in custom)


def _check_size(archive: zipfile.ZipFile) -> None:
    sizes = {i.filename: i.file_size for i in archive.infolist()}
    if sum(sizes.values()) > MAX_UNPACKED_BYTES or sizes.get(_STYLES, 0) > MAX_STYLES_BYTES:
        raise Unreadable("The spreadsheet unpacks to too much. Save the sheet as CSV and give that.")


def _check_extent(archive: zipfile.ZipFile) -> None:
    """Raises Unreadable for a sheet that holds little and reaches far, such as one with a stray mark in its last cell.

    The reader takes memory for every cell between the first and the last, and where there is none left the whole
    process ends.
    """
    for member in archive.infolist():
        if not member.filename.endswith(".xml") or member.filename.endswith("sharedStrings.xml"):
            continue
        rows = columns = 0
        rest = b""
        with archive.open(member) as stream:
            while chunk := stream.read(1 << 20):
                text = rest + chunk
                for letters, digits in _CELL.findall(text):
                    rows, columns = max(rows, int(digits)), max(columns, _column_number(letters))
                rest = text[-64:]
        if rows * columns > MAX_CELLS:
            raise Unreadable(
                f"A sheet reaches as far as row {rows:,} and column {columns:,}: something stands there by mistake. "
                "Save the table as CSV and give that."
            )


def _column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cell_text(value: object, percent: bool = False) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        number = Decimal(repr(value))
        if not number.is_finite():
            return ""
        return f"{(number * 100).normalize():f}%" if percent else f"{number.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


# --- zips and names


def _member(source: Source, info: zipfile.ZipInfo) -> Source:
    def open_member() -> BinaryIO:
        # Read under a limit: a zip may declare less than it holds.
        try:
            with (
                closing(source.open()) as stream,
                zipfile.ZipFile(stream) as archive,
                archive.open(info.filename) as member,
            ):
                content = member.read(MAX_FILE_BYTES + 1)
        except (
            Exception
        ) as error:  # a damaged zip raises whatever its bytes provoke (zlib.error is no OSError)
            raise Unreadable(_DAMAGED_ZIP) from error
        if len(content) > MAX_FILE_BYTES:
            raise Unreadable(f"A file in this zip is larger than {_megabytes(MAX_FILE_BYTES)}.")
        return io.BytesIO(content)

    return Source(kept_name(f"{source.name}/{info.filename}"), info.file_size, open_member)


def _opened(source: Source) -> BinaryIO:
    try:
        return source.open()
    except OSError as error:
        raise Unreadable(
            "The file cannot be opened. Check that it is still there and may be read."
        ) from error


def kept_name(name: str) -> str:
    """As much of a name as is kept: its end, which tells most. Unprintable characters are shown as ?."""
    return "".join(c if c.isprintable() else "?" for c in name)[-MAX_NAME:]


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX", "~$")) for part in Path(name).parts)


def _megabytes(size: int) -> str:
    return f"{size // (1024 * 1024)} MB"
