"""Numbers as people and systems write them."""

import contextlib
import math
import re
from collections.abc import Sequence

import numpy as np

OK, EMPTY, TEXT, NOT_FINITE = range(4)

_JUNK = re.compile(r"[\s\u00a0\u202f'’€$£¥]+|(?:EUR|USD|GBP|CHF)")
_GROUPED = {",": re.compile(r"-?\d{1,3}(?:,\d{3})+$"), ".": re.compile(r"-?\d{1,3}(?:\.\d{3})+$")}
_NOT_FINITE = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "#n/a", "#num!", "#div/0!", "null", "none"}


def find_decimal(texts: Sequence[str], delimiter: str = ",") -> str:
    """Tell the decimal separator from all distinct numbers of a file.

    >>> find_decimal(['1.234,5', '3']), find_decimal(['1,234.5']), find_decimal(['2,5', '1,25'])
    (',', '.', ',')
    >>> find_decimal(['1,234']), find_decimal(['1,250'], delimiter=';'), find_decimal(['1.234.567'])
    ('.', ',', ',')
    """
    comma = [t for t in texts if "," in t]
    dot = [t for t in texts if "." in t]
    for text in comma:
        if "." in text:
            return "," if text.rfind(",") > text.rfind(".") else "."
    if any(text.count(".") > 1 for text in dot):
        return ","
    if any(text.count(",") > 1 for text in comma):
        return "."
    if any(not _GROUPED[","].match(text.strip()) for text in comma):
        return ","
    if comma and not dot and delimiter != ",":
        return ","
    return "."


def parse(text: str, decimal: str = ".") -> tuple[float, int]:
    """Read one number: (value, status).

    >>> parse('1.234,50 €', ','), parse('5-'), parse('(12)'), parse('six'), parse('NaN')[1] == NOT_FINITE
    ((1234.5, 0), (-5.0, 0), (-12.0, 0), (nan, 2), True)
    """
    text = text.strip()
    if not text:
        return math.nan, EMPTY
    group = "," if decimal == "." else "."
    if group not in text and "_" not in text:
        with contextlib.suppress(ValueError):
            value = float(text.replace(",", "."))
            return (value, OK) if math.isfinite(value) else (math.nan, NOT_FINITE)
    return _parse_hard(text, decimal)


def _parse_hard(text: str, decimal: str) -> tuple[float, int]:
    if text.lower() in _NOT_FINITE:
        return math.nan, NOT_FINITE
    bare = _JUNK.sub("", text).replace("−", "-")
    if bare[:1] == "(" and bare[-1:] == ")":
        bare = "-" + bare[1:-1]
    elif bare[-1:] == "-":
        bare = "-" + bare[:-1]
    group = "," if decimal == "." else "."
    if group in bare:
        whole, sep, rest = bare.partition(decimal)
        if not _GROUPED[group].match(whole):
            return math.nan, TEXT
        bare = whole.replace(group, "") + sep + rest
    try:
        value = float(bare.replace(",", "."))
    except ValueError:
        return math.nan, TEXT
    if "_" in bare:
        return math.nan, TEXT
    return (value, OK) if math.isfinite(value) else (math.nan, NOT_FINITE)


def read_numbers(texts: Sequence[str], decimal: str) -> tuple[np.ndarray, np.ndarray]:
    """Read distinct texts: values float64 (n,), NaN where there is none, and status int8 (n,)."""
    pairs = [parse(text, decimal) for text in texts]
    values = np.array([value for value, _status in pairs], np.float64)
    return values, np.array([status for _value, status in pairs], np.int8)
