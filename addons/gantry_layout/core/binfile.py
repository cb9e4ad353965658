"""Tables of bins, nodes and walkways from CSV and Excel files: every cell is checked, every fault is kept."""

from __future__ import annotations

import codecs
import csv
import io
import math
from collections import Counter
from dataclasses import dataclass

__all__ = ["BINS", "NODES", "WALKWAYS", "Column", "Fault", "FileError", "Sheet", "kind_of", "parse", "read_file"]

MAX_ROWS = 100_000
MAX_BYTES = 30 * 1024 * 1024
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class FileError(ValueError):
    """A file that cannot be read, in one plain sentence."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: text, whole (number), number, or one of some words."""

    name: str
    kind: str = "text"
    least: float | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, or with a line when no column is named."""

    sheet: str
    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with the line number of every row."""

    name: str
    header: tuple[str, ...]
    rows: list[tuple[int, dict]]


def _numbers(names, least=None, kind="number"):
    return [Column(name, kind, least) for name in names]


BINS = (
    Column("location"), Column("barcode"), Column("zone"), Column("aisle"), Column("walkway"),
    *_numbers(("bay", "level"), 0, "whole"), Column("side", "word", words=("left", "right")),
    *_numbers(("position",), 0, "whole"), *_numbers(("x", "y", "z")),
    *_numbers(("width", "depth", "height", "max_weight"), 0), *_numbers(("access_x", "access_y")),
    *_numbers(("sequence",), 0, "whole"))
NODES = (Column("node"), Column("x", "number"), Column("y", "number"))
WALKWAYS = (
    Column("from"), Column("to"), Column("length", "number", 0), Column("one_way", "word", words=("yes", "no")),
    Column("passable_for", "word", words=("all", "foot", "cart", "reach", "forklift")))


def kind_of(header) -> str:
    """What a table with this header holds: bins, nodes or walkways.

    >>> kind_of(["from", "to", "length"]), kind_of(["node", "x", "y"]), kind_of(["location", "x", "y"])
    ('walkways', 'nodes', 'bins')
    """
    names = set(header)
    if {"from", "to"} <= names:
        return "walkways"
    return "nodes" if "node" in names else "bins"


def read_file(data: bytes, name: str) -> list[Sheet]:
    """Tables of a file, without looking into their cells.

    Raises
    ------
    FileError
        When there is no table.
    """
    if not data:
        raise FileError("The file is empty.")
    if len(data) > MAX_BYTES:
        raise FileError(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    tables = _workbook(data) if data[:2] == b"PK" else [(name or "CSV", _csv(data))]
    sheets = [sheet for sheet in (_sheet(title, rows) for title, rows in tables) if sheet]
    if not sheets:
        raise FileError("The file has no table: the first line must name the columns, such as location, x, y.")
    return sheets


def _csv(data):
    encoding = next((encoding for bom, encoding in BOMS if data.startswith(bom)), None)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise FileError("This is no text file and no Excel workbook (.xlsx).")
    first = text.split("\n", 1)[0]
    mark = max(";\t,|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise FileError(f"Line {reader.line_num} of the file cannot be read: {error}.") from error


def _workbook(data):
    try:
        import openpyxl  # slow to import: only for workbooks

        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return [
            (sheet.title, list(enumerate(sheet.iter_rows(values_only=True), 1))[: MAX_ROWS + 2])
            for sheet in book.worksheets]
    except ImportError as error:
        raise FileError("Excel files need openpyxl on the server: save the table as CSV.") from error
    except Exception as error:  # openpyxl raises whatever its XML or zip reader met
        raise FileError("The Excel file is damaged, or it is no .xlsx file.") from error


def _sheet(title, rows):
    rows = [(line, row) for line, row in rows if any(cell not in (None, "") for cell in row)]
    if not rows:
        return None
    header = tuple(str(cell or "").strip().lower().replace(" ", "_") for cell in rows[0][1])
    if len(rows) - 1 > MAX_ROWS:
        raise FileError(f"More than {MAX_ROWS:,} lines at once are too many.")
    return Sheet(title, header, [(line, dict(zip(header, row, strict=False))) for line, row in rows[1:]])


def parse(sheet: Sheet, columns: tuple[Column, ...], required=()) -> tuple[list[tuple[int, dict]], list[Fault]]:
    """Cells as text and numbers, empty ones as None, and the faults of the table.

    Examples
    --------
    >>> sheet = Sheet("s", ("location", "x"), [(2, {"location": "A", "x": "1,5"}), (3, {"location": "B", "x": "far"})])
    >>> rows, faults = parse(sheet, BINS)
    >>> rows[0][1]["x"], faults[0].line, faults[0].reason
    (1.5, 3, "'far' is no number.")
    """
    known = {column.name for column in columns}
    faults = [
        Fault(sheet.name, 1, name, f"Unknown column: use {', '.join(column.name for column in columns)}.")
        for name in sheet.header if name and name not in known]
    faults += [Fault(sheet.name, 1, name, "The column is there twice.")
               for name, count in Counter(sheet.header).items() if name and count > 1]
    faults += [Fault(sheet.name, 1, name, "The column is missing.") for name in required if name not in sheet.header]
    rows = []
    for line, cells in sheet.rows:
        values = {}
        for column in columns:
            try:
                values[column.name] = _value(cells.get(column.name), column)
            except ValueError as error:
                values[column.name] = None
                faults.append(Fault(sheet.name, line, column.name, str(error)))
        for name in required:
            if name in sheet.header and values.get(name) is None and cells.get(name) in (None, ""):
                faults.append(Fault(sheet.name, line, name, "Nothing is written here."))
        rows.append((line, values))
    return rows, faults


def _value(cell, column):
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if column.kind in ("text", "word"):
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)  # a workbook keeps 12 as 12.0
        text = str(cell).strip()
        if column.kind == "word":
            return _word(text.lower(), column)
        return text
    number = _number(cell)
    if column.kind == "whole":
        if number != int(number):
            raise ValueError(f"{_shown(cell)} is no whole number.")
        number = int(number)
    if column.least is not None and number < column.least:
        raise ValueError(f"{_shown(cell)} is below {column.least:g}.")
    if abs(number) > 1e6:
        raise ValueError(f"{_shown(cell)} is too large.")
    return number


def _word(text, column):
    if column.words == ("yes", "no"):
        text = {"1": "yes", "true": "yes", "y": "yes", "0": "no", "false": "no", "n": "no"}.get(text, text)
    if column.words == ("left", "right"):
        text = {"l": "left", "r": "right"}.get(text, text)
    if text not in column.words:
        raise ValueError(f"{_shown(text)} must be one of {', '.join(column.words)}.")
    return text


def _number(cell):
    if isinstance(cell, bool):
        raise ValueError(f"{_shown(cell)} is no number.")
    text = str(cell).strip()
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{_shown(cell)} is no number.") from None
    if not math.isfinite(number):
        raise ValueError(f"{_shown(cell)} is no number.")
    return number


def _shown(cell):
    return repr(str(cell)[:40])
