"""Rows of text from a CSV, gzipped CSV or Excel file, streamed: the file is never whole in memory."""

import codecs
import csv
import datetime
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from .types import OrderFileError

MEGABYTE = 1 << 20
_GZIP, _ZIP, _OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PROBE = MEGABYTE
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that can be opened as often as needed.

    Attributes
    ----------
    name : str
        For messages.
    size : int
        Bytes as stored.
    opener : callable
        Returns a new binary, seekable file object.
    limit : int
        Largest size in bytes, stored and unpacked.
    """

    name: str
    size: int
    opener: Callable[[], BinaryIO]
    limit: int = 1024 * MEGABYTE

    def __post_init__(self):
        if self.size > self.limit:
            raise too_big(self.name, self.size, self.limit)


def too_big(name: str, size: int, limit: int, *, unpacked: bool = False) -> OrderFileError:
    """Build the refusal of a file beyond the limit."""
    more = "more than " if unpacked else ""
    return OrderFileError(
        "too_big",
        f"{name} holds {more}{size / MEGABYTE:,.0f} MB and the limit is {limit / MEGABYTE:,.0f} MB; "
        "split it by month or year, or raise the limit in the settings.",
        name=name,
        size=size,
        limit=limit,
    )


class _Limited(io.RawIOBase):
    """Count what is unpacked and stop at the limit: a small archive may hold a huge file."""

    def __init__(self, stream: BinaryIO, source: Source):
        self._stream, self._source, self._read = stream, source, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            count = self._stream.readinto(buffer)
        except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
            raise OrderFileError(
                "broken_archive", f"{self._source.name} is damaged or not complete: it cannot be unpacked."
            ) from exc
        self._read += count
        if self._read > self._source.limit:
            raise too_big(self._source.name, self._read, self._source.limit, unpacked=True)
        return count


def kind_of(source: Source) -> tuple[str, bool, str]:
    """Tell (kind, gzipped, encoding) from the first megabyte."""
    if not source.size:
        raise OrderFileError("empty", f"{source.name} is empty.")
    with source.opener() as raw:
        head = raw.read(8)
        gzipped = head.startswith(_GZIP)
        raw.seek(0)
        probe = _Limited(gzip.GzipFile(fileobj=raw), source).read(_PROBE) if gzipped else raw.read(_PROBE)
    if head.startswith(_ZIP):
        return "xlsx", False, ""
    if head.startswith(_OLD_EXCEL):
        raise OrderFileError("old_excel", f"{source.name} is an old Excel file; save it as .xlsx or .csv.")
    return "csv", gzipped, _encoding(probe or b"", source.name)


def _encoding(probe: bytes, name: str) -> str:
    for bom, encoding in _BOMS:
        if probe.startswith(bom):
            return encoding
    if b"\0" in probe:
        raise OrderFileError("not_text", f"{name} is neither a CSV file nor an Excel file.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(probe, final=False)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def cell_text(value: Any) -> str:
    """Write a cell of a workbook the way a CSV file would hold it.

    >>> cell_text(3.0), cell_text(datetime.datetime(2011, 2, 3, 4, 5)), cell_text(None)
    ('3', '2011-02-03 04:05:00', '')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value)


class Rows:
    """Rows of a file as lists of text; ``line`` is the file line a row begins at, ``share`` what was read."""

    def __init__(self, source: Source, kind: str, gzipped: bool, encoding: str, delimiter: str = ","):
        self.source, self.kind, self.gzipped = source, kind, gzipped
        self.encoding, self.delimiter = encoding, delimiter
        self.line, self._raw, self._total = 0, None, 0

    @property
    def share(self) -> float:
        """Share of the file read so far, 0 to 1."""
        if self.kind == "xlsx":
            return min(self.line / self._total, 1.0) if self._total else 0.0
        return min(self._raw.tell() / self.source.size, 1.0) if self._raw and not self._raw.closed else 1.0

    def __iter__(self) -> Iterator[list[str]]:
        return self._workbook() if self.kind == "xlsx" else self._csv()

    def _text(self, raw: BinaryIO) -> io.TextIOWrapper:
        stream = gzip.GzipFile(fileobj=raw) if self.gzipped else raw
        buffered = io.BufferedReader(_Limited(stream, self.source), MEGABYTE)
        errors = "replace" if self.encoding == "cp1252" else "strict"
        return io.TextIOWrapper(buffered, encoding=self.encoding, errors=errors, newline="")

    def head(self, count: int) -> list[str]:
        """Return the first lines as they stand."""
        with self.source.opener() as raw:
            return list(islice(self._text(raw), count))

    def _csv(self) -> Iterator[list[str]]:
        with self.source.opener() as self._raw:
            reader = csv.reader(self._text(self._raw), delimiter=self.delimiter)
            last = 0
            try:
                for row in reader:
                    self.line, last = last + 1, reader.line_num
                    yield row
            except csv.Error as exc:
                raise OrderFileError(
                    "broken_csv",
                    f"Line {last + 1} cannot be read as CSV ({exc}); a quotation mark may be missing.",
                    line=last + 1,
                ) from exc
            except UnicodeError as exc:
                if isinstance(exc, UnicodeDecodeError) and self.encoding == "utf-8":
                    raise
                raise OrderFileError(
                    "bad_encoding", f"After line {last} the text is not {self.encoding}.", line=last
                ) from exc

    def _workbook(self) -> Iterator[list[str]]:
        import openpyxl  # optional and slow to import: only for workbooks

        with self.source.opener() as raw:
            try:
                book = openpyxl.load_workbook(raw, read_only=True, data_only=True)
            except Exception as exc:  # openpyxl raises whatever its XML or zip reader met
                raise OrderFileError(
                    "broken_archive", f"{self.source.name} is damaged or not an Excel workbook."
                ) from exc
            sheet = book.worksheets[0]
            self._total = sheet.max_row or 0
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                self.line = number
                yield [cell_text(value) for value in row]
            book.close()
