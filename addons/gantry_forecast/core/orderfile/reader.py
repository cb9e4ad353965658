"""Stream a file into arrays: each text of interest becomes the number of its distinct value."""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from .dates import strip_time
from .source import Rows, Source
from .types import Layout, Lines, OrderFileError, Role

CHUNK = 20_000
MAX_RAGGED = 100_000
_PREFIX = re.compile(r"[^\W\d_]+")
_ROLES = {
    "code": Role.CODE,
    "barcode": Role.BARCODE,
    "quantity": Role.QUANTITY,
    "date": Role.DATE,
    "warehouse": Role.WAREHOUSE,
    "price": Role.PRICE,
    "customer": Role.CUSTOMER,
    "prefix": Role.ORDER,
    "description": Role.DESCRIPTION,
    "category": Role.CATEGORY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far the reading is: lines so far and the share of the file, 0 to 1."""

    lines: int
    share: float


class _Interned(dict):
    """Number texts in the order they are met; the empty text is 0."""

    def __init__(self):
        super().__init__({"": 0})

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class _Stripped(dict):
    """Remember the cleaned form of a raw text and the number it has."""

    def __init__(self, clean):
        super().__init__()
        self.clean, self.numbers = clean, _Interned()

    def __missing__(self, raw: str) -> int:
        self[raw] = number = self.numbers[self.clean(raw)]
        return number


def _prefix(text: str) -> str:
    match = _PREFIX.match(text.strip())
    return match.group() if match and len(match.group()) < len(text.strip()) else ""


class _Collector:
    """Grow the arrays of `Lines` chunk by chunk."""

    def __init__(self, layout: Layout):
        self.layout = layout
        self.width = len(layout.columns)
        self.columns = {name: layout.roles[role] for name, role in _ROLES.items() if role in layout.roles}
        self.numbers = {}
        for name in self.columns:
            clean = {"date": lambda t: strip_time(t.strip()), "prefix": _prefix}.get(name, str.strip)
            # few distinct raw texts: keep them; order numbers and timestamps are many, so only the cleaned form is kept
            self.numbers[name] = _Stripped(clean) if name not in ("date", "prefix") else (clean, _Interned())
        self.parts: dict[str, list[np.ndarray]] = {name: [] for name in (*self.columns, "line", "digest")}
        self.ragged: list[tuple[int, int]] = []
        self.count = 0

    def add(self, rows: list[list[str]], lines: list[int]) -> None:
        if not rows:
            return
        if set(map(len, rows)) != {self.width}:
            rows, lines = self._straighten(rows, lines)
        self.count += len(rows)
        self.parts["line"].append(np.array(lines, np.int32))
        self.parts["digest"].append(np.fromiter((hash(tuple(row)) for row in rows), np.int64, len(rows)))
        for name, column in self.columns.items():
            numbers = self.numbers[name]
            if isinstance(numbers, tuple):
                clean, known = numbers
                found = (known[clean(row[column])] for row in rows)
            else:
                found = (numbers[row[column]] for row in rows)
            self.parts[name].append(np.fromiter(found, np.int32, len(rows)))

    def _straighten(self, rows, lines):
        """Set rows with too few or too many values apart; trailing empty values do no harm."""
        good, good_lines = [], []
        for row, line in zip(rows, lines, strict=True):
            if len(row) != self.width:
                if not any(row):
                    continue
                while len(row) > self.width and not row[-1].strip():
                    row.pop()
                if len(row) < self.width and self.layout.kind == "xlsx":
                    row += [""] * (self.width - len(row))
                if len(row) != self.width:
                    if len(self.ragged) < MAX_RAGGED:
                        self.ragged.append((line, len(row)))
                    continue
            good.append(row)
            good_lines.append(line)
        return good, good_lines

    def finish(self) -> Lines:
        arrays = {
            name: np.concatenate(parts) if parts else np.empty(0, np.int32) for name, parts in self.parts.items()
        }
        values = {}
        for name, numbers in self.numbers.items():
            values[name] = tuple(numbers[1] if isinstance(numbers, tuple) else numbers.numbers)
        for name in _ROLES:
            if name not in values:
                values[name], arrays[name] = ("",), np.zeros(self.count, np.int32)
        return Lines(
            layout=self.layout,
            line=arrays.pop("line"),
            digest=arrays.pop("digest").astype(np.int64),
            index=arrays,
            values=values,
            ragged=tuple(self.ragged),
        )


def read_steps(source: Source, layout: Layout) -> Generator[Step, None, Lines]:
    """Read a file chunk by chunk; every step says how far it is, the return value holds the lines."""
    layout.require()
    try:
        return (yield from _read(source, layout))
    except UnicodeDecodeError:
        # the first megabyte was plain ASCII or UTF-8, a later line is not: the old Windows code page then
        layout = replace(layout, encoding="cp1252")
        return (yield from _read(source, layout))


def _read(source: Source, layout: Layout) -> Generator[Step, None, Lines]:
    reader = Rows(source, layout.kind, layout.gzipped, layout.encoding, layout.delimiter)
    rows: Iterator[list[str]] = iter(reader)
    collector = _Collector(layout)
    if layout.header:
        first = next((row for row in rows if any(row)), None)
        if first is None:
            raise OrderFileError("empty", f"{source.name} holds no lines.")
    while True:
        chunk, lines = [], []
        for row in islice(rows, CHUNK):
            chunk.append(row)
            lines.append(reader.line)
        if not chunk:
            break
        collector.add(chunk, lines)
        yield Step(lines=collector.count, share=reader.share)
    if not collector.count and not collector.ragged:
        raise OrderFileError("empty", f"{source.name} holds no lines below the heading.")
    return collector.finish()


def read(source: Source, layout: Layout) -> Lines:
    """Read a whole file.

    >>> import io
    >>> from .sniff import sniff
    >>> data = b'sku,qty,day\\nA1,2,2024-01-31\\nA1,1,2024-02-01\\n'
    >>> source = Source(name='x.csv', size=len(data), opener=lambda: io.BytesIO(data))
    >>> lines = read(source, sniff(source))
    >>> lines.values['code'], lines.index['code'].tolist(), lines.line.tolist()
    (('', 'A1'), [1, 1], [2, 3])
    """
    steps = read_steps(source, layout)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


__all__ = ["Step", "read", "read_steps"]
