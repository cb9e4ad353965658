"""Dates: one format for a whole file, or a refusal that names the lines."""

import datetime
import re
from collections.abc import Sequence

import numpy as np

from .types import NO_DAY, DateOrder, OrderFileError

_EPOCH = datetime.date(1970, 1, 1).toordinal()
_NUMERIC = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})\.?$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?$")
_UNIX = re.compile(r"(\d{9,10})(?:\.\d+)?$")
_NAMED = re.compile(r"(?:[^\W\d]+,\s*)?(\d{1,2})\.?[-/ ]*([^\W\d]+)\.?[-/, ]*(\d{2,4})$")
_NAMED_FIRST = re.compile(r"([^\W\d]+)\.?[-/ ]*(\d{1,2})(?:st|nd|rd|th)?[-/, ]+(\d{2,4})$")
_MONTHS = {
    1: "jan januar january janvier enero ene januari janv",
    2: "feb februar february février fevrier febrero februari févr fevr",
    3: "mar mär mrz märz march mars marzo maart mrt",
    4: "apr april avril abril abr avr",
    5: "may mai mayo mei",
    6: "jun juni june juin junio",
    7: "jul juli july juillet julio juil",
    8: "aug august août aout agosto ago augustus",
    9: "sep sept september septembre septiembre",
    10: "oct okt october oktober octobre octubre",
    11: "nov november novembre noviembre",
    12: "dec dez december dezember décembre decembre diciembre dic déc",
}
_MONTH_OF = {name: month for month, names in _MONTHS.items() for name in names.split()}


def strip_time(text: str) -> str:
    """Cut the time of day off a timestamp.

    >>> strip_time('2010-12-01 08:26:00'), strip_time('1/12/2010 8:26'), strip_time('2010-12-01T08:26Z')
    ('2010-12-01', '1/12/2010', '2010-12-01')
    """
    colon = text.find(":")
    return text if colon < 0 else text[: max(colon - 2, 0)].rstrip(" T,")


def _day(year: int, month: int, day: int) -> int | None:
    if year < 100:
        year += 1900 if year >= 70 else 2000
    try:
        return datetime.date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None


def _numeric(match: re.Match) -> dict[tuple[str, DateOrder], int | None]:
    first, sep, middle, last = match.groups()
    a, b, c = int(first), int(middle), int(last)
    if len(first) > 2:
        return {(f"year first {sep}", DateOrder.YMD): _day(a, b, c) if len(last) <= 2 else None}
    shape = f"year last {sep}" if len(last) > 2 else f"short {sep}"
    found = {(shape, DateOrder.DMY): _day(c, b, a), (shape, DateOrder.MDY): _day(c, a, b)}
    if len(last) <= 2:
        found[shape, DateOrder.YMD] = _day(a, b, c)
    return found


def readings(text: str) -> dict[tuple[str, DateOrder], int]:
    """Every way one text can be read as a date: (shape, order) -> day number.

    >>> sorted(order.value for shape, order in readings('01/12/2010'))
    ['dmy', 'mdy']
    >>> sorted(order.value for shape, order in readings('13/12/2010'))
    ['dmy']
    """
    found: dict[tuple[str, DateOrder], int | None] = {}
    if match := _NUMERIC.match(text):
        found = _numeric(match)
    elif match := _COMPACT.match(text):
        found = {("compact", DateOrder.YMD): _day(*map(int, match.groups()))}
    elif match := _SERIAL.match(text):
        # day 60 of a spreadsheet is the 29 February 1900 that never was, so 1899-12-30 is day 0
        serial = int(match.group(1))
        found = {("serial", DateOrder.SERIAL): serial - 25569 if serial >= 10000 else None}
    elif match := _UNIX.match(text):
        found = {("unix", DateOrder.UNIX): int(match.group(1)) // 86400}
    elif match := _NAMED.match(text):
        month = _MONTH_OF.get(match.group(2).lower())
        found = {("named", DateOrder.NAMED): month and _day(int(match.group(3)), month, int(match.group(1)))}
    elif match := _NAMED_FIRST.match(text):
        month = _MONTH_OF.get(match.group(1).lower())
        found = {("named", DateOrder.NAMED): month and _day(int(match.group(3)), month, int(match.group(2)))}
    return {key: day for key, day in found.items() if day is not None}


def _examples(pairs: list[tuple[int, str]], limit: int = 3) -> str:
    return ", ".join(f"line {line}: {text}" for line, text in sorted(pairs)[:limit])


def _refuse_mixed(possible: list[dict], support: dict, texts: Sequence[str], lines: np.ndarray):
    main = max(support, key=support.get)
    fits = [(int(line), text) for text, keys, line in zip(texts, possible, lines, strict=True) if main in keys]
    others = [
        (int(line), text)
        for text, keys, line in zip(texts, possible, lines, strict=True)
        if keys and main not in keys
    ]
    # among those that fit, the ones that fit only this format are the proof
    sure = [pair for pair in fits if len(readings(pair[1])) == 1] or fits
    raise OrderFileError(
        "mixed_dates",
        f"The dates are written in more than one format ({_examples(sure, 1)}, but {_examples(others)}); "
        "write them in one format, or choose the format to leave the other lines out.",
        main=_examples(sure, 1),
        others=_examples(others),
        lines=[line for line, text in sorted(others)][:100],
    )


def read_dates(
    texts: Sequence[str],
    counts: np.ndarray,
    first_line: np.ndarray,
    *,
    order: DateOrder | None = None,
) -> tuple[np.ndarray, DateOrder]:
    """Read the distinct dates of a file in the one format that fits all of them.

    Parameters
    ----------
    texts : sequence of str
        Distinct values without the time of day.
    counts, first_line : int (n,)
        How often and on which line first each of them stands.
    order : DateOrder, optional
        The chosen format; what does not fit becomes `NO_DAY` instead of a refusal.

    Returns
    -------
    days : int32 (n,)
        Day numbers from 1970-01-01; `NO_DAY` where the text is not a date.
    order : DateOrder

    Raises
    ------
    OrderFileError
        ``mixed_dates`` or ``ambiguous_dates``, with the lines in question.

    Examples
    --------
    >>> one = np.ones(2, int)
    >>> read_dates(['01/12/2010', '13/12/2010'], one, one)[0].astype('datetime64[D]').astype(str).tolist()
    ['2010-12-01', '2010-12-13']
    """
    possible = [readings(text) for text in texts]
    if order is not None:
        days = [next((d for (_s, o), d in keys.items() if o == order), NO_DAY) for keys in possible]
        return np.array(days, np.int32), order
    support: dict[tuple[str, DateOrder], int] = {}
    total = 0
    for keys, count in zip(possible, counts, strict=True):
        total += int(count) if keys else 0
        for key in keys:
            support[key] = support.get(key, 0) + int(count)
    if not support:
        return np.full(len(texts), NO_DAY, np.int32), DateOrder.YMD
    full = [key for key, count in support.items() if count == total]
    if not full:
        _refuse_mixed(possible, support, texts, first_line)
    # a two-digit year rarely stands first: only where nothing else fits
    full = [key for key in full if not (key[0].startswith("short") and key[1] == DateOrder.YMD)] or full
    columns: dict[tuple, tuple] = {}
    for key in full:
        columns.setdefault(tuple(keys[key] if keys else NO_DAY for keys in possible), key)
    if len(columns) > 1:
        pairs = [(int(n), text) for text, keys, n in zip(texts, possible, first_line, strict=True) if keys]
        raise OrderFileError(
            "ambiguous_dates",
            f"Day and month cannot be told apart in any date of the file ({_examples(pairs)}); "
            "choose the date format.",
            examples=_examples(pairs),
            lines=[line for line, text in sorted(pairs)][:100],
        )
    days, (_shape, order) = next(iter(columns.items()))
    return np.array(days, np.int32), order
