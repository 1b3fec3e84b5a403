"""A list as a file. CSV is streamed row by row; XLSX is written to disk and sent from there: memory stays flat."""

import csv
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ui.lists.columns import Column

FORMATS = ("csv", "xlsx")
# A text that begins with one of these is a formula to a spreadsheet, whoever typed it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 2000


def response(
    kind: str, rows: Iterable[Any], columns: Sequence[Column], *, filename: str, title: str
) -> HttpResponseBase:
    """The file, named after the list and today."""
    name = f"{slugify(filename) or 'list'}-{timezone.localdate():%Y-%m-%d}.{kind}"
    if kind == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(
            _csv_lines(rows, columns), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        answer = FileResponse(_xlsx(rows, columns, title), as_attachment=True, filename=name)
    answer["Cache-Control"] = "no-store"
    return answer


def safe_text(value: str) -> str:
    """Text no spreadsheet runs: an apostrophe before what would be a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _each(rows: Iterable[Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=_BATCH) if isinstance(rows, QuerySet) else iter(rows)


class _Echo:
    @staticmethod
    def write(line: str) -> str:
        return line


def _csv_lines(rows: Iterable[Any], columns: Sequence[Column]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The byte order mark tells Excel that the file is UTF-8.
    yield "\ufeff" + writer.writerow([safe_text(c.heading) for c in columns])
    for row in _each(rows):
        yield writer.writerow([_csv_value(c.exported(row)) for c in columns])


def _csv_value(value: Any) -> Any:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return safe_text(value.replace("\x00", ""))
    return value


def _xlsx(rows: Iterable[Any], columns: Sequence[Column], title: str) -> Any:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(12, min(40, len(column.heading) + 4))
    heads = []
    for column in columns:
        cell = WriteOnlyCell(sheet, value=column.heading)
        cell.data_type = "s"
        cell.font = Font(bold=True)
        heads.append(cell)
    sheet.append(heads)
    for row in _each(rows):
        sheet.append([_xlsx_value(c.exported(row)) for c in columns])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(file)
    file.seek(0)
    return file


def _xlsx_value(value: Any) -> Any:
    if isinstance(value, str):
        return safe_text(ILLEGAL_CHARACTERS_RE.sub("", value))[:32_767]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    return value


def _sheet_name(title: str) -> str:
    """Excel refuses some signs and more than 31 characters."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title).strip()[:31] or "List"
