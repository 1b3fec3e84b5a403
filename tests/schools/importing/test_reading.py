import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook

from schools.importing import reading
from schools.importing.reading import Unreadable, expand, from_bytes, from_folder, from_path, tables


def rows(name, content):
    [table] = tables(from_bytes(name, content))
    return [(row.number, row.cells) for row in table.rows()]


def encoding(content):
    return tables(from_bytes("a.csv", content))[0].encoding


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("﻿URN,é\n1,2".encode(), "utf-8-sig"),
        ("URN,é\n1,2".encode(), "utf-8-sig"),
        ("URN,é\r\n1,2".encode("cp1252"), "cp1252"),
        ("URN,é\r\n1,2".encode("utf-16"), "utf-16"),
    ],
)
def test_the_encoding_is_seen_in_the_bytes(content, expected):
    assert encoding(content) == expected
    assert rows("a.csv", content) == [(1, ["URN", "é"]), (2, ["1", "2"])]


def test_bytes_no_encoding_defines_do_not_stop_a_file():
    assert rows("a.csv", b"URN,\xe9\x81\r\n1,2") == [(1, ["URN", "é�"]), (2, ["1", "2"])]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(newline):
    assert rows("a.csv", newline.join(["a,b", "1,2", ""]).encode()) == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_every_usual_separator_is_read(mark):
    assert rows("a.csv", f"URN{mark}b\n1{mark}2".encode())[1] == (2, ["1", "2"])


def test_rows_keep_the_number_a_spreadsheet_shows():
    content = b'a,"b\nc"\n"1\n2",3\n\n4,5'
    assert rows("a.csv", content) == [(1, ["a", "b\nc"]), (2, ["1\n2", "3"]), (3, []), (4, ["4", "5"])]


def test_rows_may_be_shorter_or_longer_than_the_header():
    assert [cells for _, cells in rows("a.csv", b"a,b,c\n1\n1,2,3,4")] == [
        ["a", "b", "c"],
        ["1"],
        ["1", "2", "3", "4"],
    ]


def test_stray_nul_bytes_are_dropped_and_binary_data_refused():
    assert rows("a.csv", b"a,b\n" + b"1,2\n" * 30 + b"1\0,2\n")[-1][1] == ["1", "2"]
    with pytest.raises(Unreadable, match="binary"):
        tables(from_bytes("a.csv", b"\0\1\2" * 50))


@pytest.mark.parametrize("content", [b"", b"   \n"])
def test_an_empty_file_is_refused_in_words(content):
    with pytest.raises(Unreadable, match="empty"):
        tables(from_bytes("a.csv", content))


def test_a_quotation_mark_never_closed_is_refused_with_its_row():
    content = b'a,b\n1,2\n3,"' + b"x" * 200_000
    [table] = tables(from_bytes("a.csv", content))
    with pytest.raises(Unreadable, match="past row 2"):
        list(table.rows())


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10)
    with pytest.raises(Unreadable, match="larger than"):
        tables(from_bytes("a.csv", b"a,b\n" * 10))


def test_a_file_that_vanished_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b")
    source = from_path(path)
    path.unlink()
    with pytest.raises(Unreadable, match="cannot be opened"):
        tables(source)


def workbook(*sheets, percent=None):
    book = Workbook()
    book.remove(book.active)
    for title, cells in sheets:
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
        if percent:
            sheet["B2"].number_format = percent
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_spreadsheet_gives_the_text_it_shows():
    content = workbook(
        ("Data", [["URN", "A", "B", "C", "D"], [100001, 4.7, True, None, dt.date(2026, 1, 2)]])
    )
    assert rows("a.xlsx", content)[1] == (2, ["100001", "4.7", "TRUE", "", "2026-01-02"])


@pytest.mark.parametrize(("format_", "shown"), [("0%", "65%"), ("0.0%", "65%"), ("0.000", "0.65")])
def test_a_cell_shown_as_a_percentage_reads_as_one(format_, shown):
    content = workbook(("Data", [["URN", "P"], [100001, 0.65]]), percent=format_)
    assert rows("a.xlsx", content)[1] == (2, ["100001", shown])


def test_every_sheet_is_a_table_of_its_own():
    content = workbook(("Notes", [["x"]]), ("Empty", []), ("Data", [["URN"], [1]]))
    assert [table.sheet for table in tables(from_bytes("a.xlsx", content))] == ["Notes", "Data"]


@pytest.mark.parametrize("percent", [False, True])
def test_a_spreadsheet_with_nothing_in_it_is_refused(percent):
    book = Workbook()
    if percent:
        book.active["A1"].number_format = "0%"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(Unreadable, match="spreadsheet is empty"):
        tables(from_bytes("a.xlsx", stream.getvalue()))


@pytest.mark.parametrize("content", [b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0rubbish"])
def test_a_damaged_spreadsheet_is_refused_in_words(content):
    with pytest.raises(Unreadable, match="Save the sheet as CSV"):
        tables(from_bytes("a.xlsx", content))


def test_a_spreadsheet_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_WORKBOOK_BYTES", 100)
    with pytest.raises(Unreadable, match="larger than"):
        tables(from_bytes("a.xlsx", workbook(("Data", [["URN"]]))))


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_zip_gives_the_tables_inside_it():
    content = zipped(
        **{"a/b.csv": "x,y\n1,2", "__MACOSX/b.csv": "no", "read me.txt": "x,y", "c.pdf": "%PDF", "a/": ""}
    )
    found = expand(from_bytes("all.zip", content))
    assert [source.name for source in found] == ["all.zip/a/b.csv", "all.zip/read me.txt"]
    assert [row.cells for row in tables(found[0])[0].rows()] == [["x", "y"], ["1", "2"]]


def test_what_is_no_zip_is_left_as_it_is():
    source = from_bytes("a.csv", b"a,b")
    assert expand(source) == [source]
    book = from_bytes("a.xlsx", workbook(("Data", [["URN"]])))
    assert expand(book) == [book]
    renamed = from_bytes("data.zip", workbook(("Data", [["URN"]])))
    assert expand(renamed) == [renamed]


@pytest.mark.parametrize(
    ("content", "limit", "words"),
    [
        (b"PK\x03\x04" + b"x" * 40, None, "damaged"),
        (zipped(**{"a.pdf": "x"}), None, "no table"),
        (zipped(**{"a.csv": "x", "b.csv": "x"}), ("MAX_FILES", 1), "at most 1"),
        (zipped(**{"a.csv": "x" * 99}), ("MAX_UNPACKED_BYTES", 10), "unpacks to more"),
    ],
)
def test_a_zip_that_cannot_be_used_is_refused_in_words(monkeypatch, content, limit, words):
    if limit:
        monkeypatch.setattr(reading, *limit)
    with pytest.raises(Unreadable, match=words):
        expand(from_bytes("a.zip", content))


def test_a_locked_zip_is_refused():
    content = bytearray(zipped(**{"a.csv": "x,y"}))
    content[6] |= 1  # the local header's and the directory's flag of an encrypted member
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="password"):
        expand(from_bytes("a.zip", bytes(content)))


def test_a_zip_member_is_read_under_a_limit_and_a_damaged_one_refused(monkeypatch):
    [member] = expand(from_bytes("a.zip", zipped(**{"a.csv": "x,y\n" * 50})))
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 20)
    with pytest.raises(Unreadable, match="larger than"):
        member.sha256()
    monkeypatch.undo()
    content = bytearray(zipped(**{"a.csv": "abcdefgh,y\n" * 50}))
    content[40:50] = b"\xff" * 10
    [member] = expand(from_bytes("a.zip", bytes(content)))
    with pytest.raises(Unreadable, match="damaged"):
        member.sha256()


def test_a_folder_gives_tables_in_order_and_names_the_rest(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("b/2.csv", "1.xlsx", "3.zip", "notes.pdf", ".hidden.csv"):
        (tmp_path / name).write_bytes(b"x")
    found, left = from_folder(tmp_path)
    assert [source.name for source in found] == ["1.xlsx", "3.zip", "b/2.csv"]
    assert left == ["notes.pdf"]


def test_names_are_kept_short_and_printable():
    assert reading.kept_name("a\x00b" + "x" * 300) == "x" * 255
    assert reading.kept_name("a\nb.csv") == "a?b.csv"


def test_a_spreadsheet_that_unpacks_to_too_much_or_has_broken_styles_is_refused(monkeypatch):
    content = workbook(("Data", [["URN"], [1]]))
    broken = bytearray(content)
    position = content.index(b"xl/styles.xml") + 40
    broken[position : position + 60] = b"\xff" * 60
    with pytest.raises(Unreadable, match=r"damaged|cannot be read"):
        tables(from_bytes("a.xlsx", bytes(broken)))
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 100)
    with pytest.raises(Unreadable, match="unpacks to too much"):
        tables(from_bytes("a.xlsx", content))


@pytest.mark.parametrize("percent", [False, True])
def test_a_sheet_with_a_stray_mark_in_its_last_cell_is_refused_before_memory_is_taken_for_it(percent):
    book = Workbook()
    book.active["A1"] = "URN"
    book.active["XFD1048576"] = "x"
    book.active["B2"].number_format = "0%" if percent else "General"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(Unreadable, match="as far as row 1,048,576 and column 16,384"):
        tables(from_bytes("a.xlsx", stream.getvalue()))


def test_a_spreadsheet_over_which_its_reader_panics_is_refused_and_an_interruption_is_none(monkeypatch):
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("Data", [["URN"], [1]])))) as source,
        zipfile.ZipFile(stream, "w") as copy,
    ):
        for name in source.namelist():
            copy.writestr(name, source.read(name).replace(b'r="A2"', b'r="ZZZZZZ4294967295"'))
    monkeypatch.setattr(reading, "MAX_CELLS", 10**30)
    with pytest.raises(Unreadable, match="cannot be read"):
        tables(from_bytes("a.xlsx", stream.getvalue()))

    def interrupted(content):
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "_plain", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tables(from_bytes("a.xlsx", workbook(("Data", [["URN"], [1]]))))


def test_styles_made_to_keep_a_reader_busy_are_read_in_a_moment():
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("Data", [["URN"], [1]])))) as source,
        zipfile.ZipFile(stream, "w") as copy,
    ):
        for name in source.namelist():
            styles = (
                b"<numFmt " + b'numFmtId="1" formatCode="a" ' * 50_000
            )  # would take hours if tried every way
            copy.writestr(name, styles if name == "xl/styles.xml" else source.read(name))
    assert not reading._uses_percent_format(stream.getvalue())


def test_a_spreadsheet_of_another_maker_is_read_without_styles():
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("Data", [["URN"], [1]])))) as source,
        zipfile.ZipFile(stream, "w") as copy,
    ):
        for name in source.namelist():
            if name != "xl/styles.xml":
                copy.writestr(name, source.read(name))
    assert rows("a.xlsx", stream.getvalue()) == [(1, ["URN"]), (2, ["1"])]


def test_numbers_a_spreadsheet_cannot_show_are_empty():
    assert reading._cell_text(float("nan"), percent=True) == ""
    assert reading._cell_text(float("inf")) == ""
    assert reading._cell_text(dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC)) == "2026-01-02"
