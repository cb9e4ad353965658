"""Pack problems, recipes and plans into bytes and back, without pickle.

The classes of the core carry another module name inside Odoo than in a child process or on a cluster worker, so
they travel by class name. Layout: length of the head, head (JSON), then every array's raw bytes, 16-byte aligned.
"""

from __future__ import annotations

import dataclasses
import json
import struct
from enum import Enum

import numpy as np

from . import types

__all__ = ["CodecError", "dumps", "loads"]

_ALIGN = 16


class CodecError(ValueError):
    """A value that cannot travel, or bytes that hold no packed value."""


def dumps(value) -> bytes:
    """Pack plain values, arrays, enums and dataclasses of the core.

    >>> loads(dumps({"a": np.arange(3), "b": (1, None, "x")}))
    {'a': array([0, 1, 2]), 'b': (1, None, 'x')}
    """
    arrays: list[np.ndarray] = []
    head = json.dumps(_encode(value, arrays)).encode()
    parts, size = [struct.pack("<Q", len(head)), head], 8 + len(head)
    for array in arrays:
        parts.append(b"\0" * (-size % _ALIGN))
        data = np.ascontiguousarray(array).view(np.uint8).reshape(-1).data if array.size else b""
        parts.append(data)
        size += -size % _ALIGN + array.nbytes
    return b"".join(parts)


def loads(data):
    """Unpack what `dumps` packed; arrays are writable views on one copy of the bytes.

    Raises
    ------
    CodecError
        When the bytes are cut off or are something else.
    """
    buffer = bytearray(data)
    try:
        (length,) = struct.unpack_from("<Q", buffer)
        tree = json.loads(bytes(buffer[8:8 + length]))
        return _decode(tree, _Reader(buffer, 8 + length))
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CodecError("The packed data is damaged or of another version.") from error


class _Reader:
    """Hands out the arrays in the order in which they were packed."""

    def __init__(self, buffer, offset):
        self.buffer, self.offset = buffer, offset

    def array(self, dtype, shape):
        kind = np.dtype(dtype)
        count = int(np.prod(shape, dtype=np.int64))
        self.offset += -self.offset % _ALIGN
        out = np.frombuffer(self.buffer, dtype=kind, count=count, offset=self.offset).reshape(shape) \
            if count else np.empty(shape, dtype=kind)
        self.offset += out.nbytes
        return out


def _encode(value, arrays):
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.datetime64):
        return {"date": [str(value), np.datetime_data(value.dtype)[0]]}
    if isinstance(value, Enum):
        return {"enum": [type(value).__name__, value.value]}
    if isinstance(value, np.generic):
        return _encode(value.item(), arrays)
    if isinstance(value, np.ndarray):
        return _encode_array(value, arrays)
    if isinstance(value, (bytes, bytearray)):
        arrays.append(np.frombuffer(bytes(value), np.uint8))
        return {"bytes": len(value)}
    if isinstance(value, (tuple, list)):
        return {"tuple" if isinstance(value, tuple) else "list": [_encode(item, arrays) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_encode(key, arrays), _encode(item, arrays)] for key, item in value.items()]}
    if dataclasses.is_dataclass(value) and hasattr(types, type(value).__name__):
        state = [[f.name, _encode(getattr(value, f.name), arrays)] for f in dataclasses.fields(value)]
        return {"data": [type(value).__name__, state]}
    raise CodecError(f"A value of type {type(value).__name__} cannot be sent to another process.")


def _encode_array(value, arrays):
    if value.dtype.hasobject:
        raise CodecError("An array of Python objects cannot be sent to another process.")
    dates = value.dtype.kind in "mM"
    arrays.append(value.view(np.int64) if dates else value)
    return {"array": [value.dtype.str, list(value.shape)]}


def _decode(tree, reader):
    if not isinstance(tree, dict):
        return tree
    ((kind, body),) = tree.items()
    return _DECODERS[kind](body, reader)


def _decode_data(body, reader):
    name, state = body
    values = {key: _decode(item, reader) for key, item in state}
    return getattr(types, name)(**values)


_DECODERS = {
    "date": lambda body, reader: np.datetime64(body[0], body[1]),
    "enum": lambda body, reader: getattr(types, body[0])(body[1]),
    "array": lambda body, reader: reader.array(*body),
    "bytes": lambda body, reader: reader.array("u1", [body]).tobytes(),
    "tuple": lambda body, reader: tuple(_decode(item, reader) for item in body),
    "list": lambda body, reader: [_decode(item, reader) for item in body],
    "dict": lambda body, reader: {_decode(key, reader): _decode(item, reader) for key, item in body},
    "data": _decode_data,
}
