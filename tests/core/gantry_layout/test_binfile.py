"""Files of bins: every way they are written, every way they are wrong."""

import io

import pytest
from gantry_layout_core.binfile import BINS, NODES, WALKWAYS, FileError, Sheet, kind_of, parse, read_file


def read(text, name="bins.csv"):
    return read_file(text.encode() if isinstance(text, str) else text, name)[0]


@pytest.mark.parametrize("data", [
    "location,x,y\nA,1.5,2\n", "location;x;y\nA;1,5;2\n", "Location\tX\tY\r\nA\t1.5\t2\r\n",
    "\ufefflocation,x,y\nA,1.5,2\n", "location,x,y\nA,1.5,2\n".encode("utf-16"),
])
def test_every_dialect_reads_the_same(data):
    """Commas, semicolons with decimal commas, tabs, byte order marks."""
    rows, faults = parse(read(data), BINS)
    assert not faults and len(rows) == 1
    line, values = rows[0]
    assert line == 2 and (values["location"], values["x"], values["y"]) == ("A", 1.5, 2.0)


def test_line_numbers_are_those_of_the_file():
    """Empty lines and cells with line breaks do not shift what is said about later lines."""
    sheet = read('location,x,y\n\n"A\nB",1,2\nC,far,2\n')
    _rows, faults = parse(sheet, BINS)
    assert [(fault.line, fault.column) for fault in faults] == [(5, "x")]


def test_a_workbook_has_its_sheets():
    """Numbers, text and empty cells from Excel; empty sheets are left out."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["location", "bay", "x", "y"])
    book.active.append(["A", 3, 1.5, 2])
    book.active.append([12, 3.5, None, 2])
    book.create_sheet("Empty")
    book.create_sheet("Ways").append(["from", "to"])
    stream = io.BytesIO()
    book.save(stream)
    sheets = read_file(stream.getvalue(), "plan.xlsx")
    assert [sheet.name for sheet in sheets] == ["Sheet", "Ways"]
    assert [kind_of(sheet.header) for sheet in sheets] == ["bins", "walkways"]
    rows, faults = parse(sheets[0], BINS)
    assert rows[1][1]["location"] == "12"
    assert [(fault.line, fault.column, fault.reason) for fault in faults] == [(3, "bay", "'3.5' is no whole number.")]


@pytest.mark.parametrize("column, cell, words", [
    ("x", "nan", "no number"), ("x", "inf", "no number"), ("x", "1e9", "too large"), ("width", "-1", "below 0"),
    ("level", "1.5", "no whole number"), ("side", "up", "one of left, right"), ("y", True, "no number"),
    ("x", "1,234.5", "no number"),
])
def test_bad_cells_are_named(column, cell, words):
    """One fault per bad cell, with line, column and reason."""
    _rows, faults = parse(Sheet("s", ("location", column), [(7, {"location": "A", column: cell})]), BINS)
    assert [(fault.line, fault.column) for fault in faults] == [(7, column)] and words in faults[0].reason


def test_columns_are_checked():
    """Unknown, doubled and missing columns are faults of the first line."""
    sheet = read("node,x,x,colour\nN,1,2,red\n")
    _rows, faults = parse(sheet, NODES, ("node", "x", "y"))
    assert {(fault.line, fault.column) for fault in faults} == {(1, "x"), (1, "y"), (1, "colour")}


def test_required_cells_must_hold_something():
    """An empty cell where something is needed is a fault, a bad one is named once."""
    sheet = read("from,to,one_way,passable_for\nA,,perhaps,cart\n")
    _rows, faults = parse(sheet, WALKWAYS, ("from", "to"))
    said = {(fault.column, fault.reason.split()[0]) for fault in faults}
    assert said == {("to", "Nothing"), ("one_way", "'perhaps'")}


@pytest.mark.parametrize("data, sentence", [
    (b"", "empty"), (b"\n\n", "no table"), (b"PK\x03\x04broken", "damaged"), (b"a\0b,c\n", "no text file"),
])
def test_files_that_are_none_are_refused(data, sentence):
    """One plain sentence."""
    with pytest.raises(FileError, match=sentence):
        read_file(data, "x")
