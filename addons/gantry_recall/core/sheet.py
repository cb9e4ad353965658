"""Workbooks of any length, written row by row (ECMA-376, transitional): text inline, typed numbers and times.

Only what a table needs: a bold head that stays in view, a filter over all columns, percentages and times that sort.
"""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO
from xml.sax.saxutils import escape, quoteattr

MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
CHUNK = 500
EPOCH = datetime(1899, 12, 30)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
BOLD, TIME, DAY, PERCENT = 1, 2, 3, 4

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: title, heads of the columns, rows of plain values, and which columns are shares (0 to 1)."""

    title: str
    columns: tuple[str, ...]
    rows: Iterable[Iterable]
    shares: frozenset[int] = frozenset()


def column_name(index: int) -> str:
    """Letters of a column.

    >>> [column_name(i) for i in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def write_workbook(output: IO[bytes], sheets: Iterable[Sheet]) -> list[int]:
    """Write the sheets one after the other; memory does not grow with the rows.

    Parameters
    ----------
    output : binary file
        Where the workbook goes.
    sheets : iterable of Sheet
        Read lazily: the rows of a sheet may say how many the sheet before had.

    Returns
    -------
    list of int
        How many rows each sheet has, without its head.

    Examples
    --------
    >>> import io
    >>> write_workbook(io.BytesIO(), [Sheet(title="A", columns=("x",), rows=[(1,), ("two",)])])
    [2]
    """
    titles, counts = [], []
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, sheet in enumerate(sheets, 1):
            titles.append(_title(sheet.title, titles))
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as page:
                counts.append(_write_sheet(page, sheet))
        if not titles:
            raise ValueError("A workbook has at least one sheet.")
        _write_frame(archive, titles)
    return counts


def _title(text, taken):
    """At most 31 characters, none that a spreadsheet refuses, and never the same one twice."""
    base = re.sub(r"[\[\]:*?/\\]", "-", text).strip("'")[:31] or "Sheet"
    title, number = base, 1
    while title.lower() in (one.lower() for one in taken):
        number += 1
        title = f"{base[: 31 - len(str(number)) - 1]} {number}"
    return title


def _write_sheet(page, sheet):
    letters = [column_name(index) for index in range(len(sheet.columns))]
    last = letters[-1]
    page.write(
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1"'
        ' topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{len(letters)}" width="16" customWidth="1"/></cols><sheetData>'
        f'{_row(1, letters, sheet.columns, frozenset(), BOLD)}'.encode()
    )
    number, lines = 1, []
    for row in sheet.rows:
        number += 1
        if number > MAX_ROWS:
            raise ValueError(f"A sheet has room for {MAX_ROWS - 1} rows; take fewer lots or a shorter time.")
        lines.append(_row(number, letters, row, sheet.shares, 0))
        if len(lines) == CHUNK:
            page.write("".join(lines).encode())
            lines.clear()
    lines.append(f'</sheetData><autoFilter ref="A1:{last}{number}"/></worksheet>')
    page.write("".join(lines).encode())
    return number - 1


def _row(number, letters, values, shares, style):
    cells = []
    for index, value in enumerate(values):
        if value is None or value == "":
            continue
        place = f"{letters[index]}{number}"
        if isinstance(value, str):
            text = escape(FORBIDDEN.sub("", value[:MAX_TEXT]))
            look = f' s="{style}"' if style else ""
            cells.append(f'<c r="{place}"{look} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
        elif isinstance(value, bool):
            cells.append(f'<c r="{place}" t="b"><v>{int(value)}</v></c>')
        elif isinstance(value, int | float):
            look = f' s="{PERCENT}"' if index in shares else ""
            cells.append(f'<c r="{place}"{look}><v>{value!r}</v></c>')
        elif isinstance(value, datetime):
            serial = (value - EPOCH).total_seconds() / 86_400
            cells.append(f'<c r="{place}" s="{TIME}"><v>{serial:.9f}</v></c>')
        elif isinstance(value, date):
            cells.append(f'<c r="{place}" s="{DAY}"><v>{(value - EPOCH.date()).days}</v></c>')
        else:
            raise TypeError(f"A cell takes text, numbers and times, not {type(value).__name__}.")
    return f'<row r="{number}">{"".join(cells)}</row>'


def _write_frame(archive, titles):
    numbers = range(1, len(titles) + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    archive.writestr(
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACK}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{parts}'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>',
    )
    archive.writestr(
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACK}/relationships"><Relationship Id="rId1" Type="{_REL}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
    )
    sheets = "".join(f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="rId{n}"/>'
                     for n, title in zip(numbers, titles, strict=True))  # fmt: skip
    archive.writestr(
        "xl/workbook.xml", f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{sheets}</sheets></workbook>'
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    archive.writestr(
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACK}/relationships">{links}<Relationship Id="rId{len(titles) + 1}"'
        f' Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
    )
    archive.writestr("xl/styles.xml", _HEAD + _STYLES)
