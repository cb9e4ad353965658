"""Bulk reads and writes through PostgreSQL's binary COPY, a numpy structured array on our side.

Only columns of fixed width are carried (numbers, dates, timestamps, booleans, arrays of equal length), so a
whole result is one `np.frombuffer` and never a Python object per row. Rows must not hold NULL: `COALESCE` in
the query, `NULLIF` after the write.
"""

from __future__ import annotations

import io

import numpy as np

from odoo.tools import SQL

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_EPOCH = np.datetime64("2000-01-01", "D")
_EPOCH_US = np.datetime64("2000-01-01", "us")
_FLOAT4_OID, _FLOAT8_OID, _INT4_OID = 700, 701, 23
_ELEMENT_OID = {"f4": _FLOAT4_OID, "f8": _FLOAT8_OID, "i4": _INT4_OID}


def _wire_field(dtype: np.dtype) -> tuple[list, int]:
    """Binary layout of one value, and its length in bytes."""
    base, shape = dtype.base, dtype.shape
    kind = base.kind + str(base.itemsize)
    if shape:
        if kind not in _ELEMENT_OID:
            raise ValueError(f"No binary array type for {base}.")
        count = int(np.prod(shape))
        head = [("dims", ">i4"), ("nulls", ">i4"), ("oid", ">i4"), ("size", ">i4"), ("lower", ">i4")]
        item = np.dtype([("length", ">i4"), ("value", base.newbyteorder(">"))])
        return [*head, ("items", item, (count,))], 20 + count * item.itemsize
    if base.kind == "V":
        return [("value", base)], base.itemsize
    if base.kind == "M":
        unit = np.datetime_data(base)[0]
        return [("value", ">i4" if unit == "D" else ">i8")], 4 if unit == "D" else 8
    if kind in ("i2", "i4", "i8", "f4", "f8", "b1", "i1"):
        return [("value", base.newbyteorder(">"))], base.itemsize
    raise ValueError(f"Columns of type {base} have no fixed width.")


def _wire(dtype: np.dtype) -> tuple[np.dtype, dict]:
    """Structured dtype of one COPY row, and the length of each field."""
    layout, lengths = [("columns", ">i2")], {}
    for name in dtype.names:
        value, lengths[name] = _wire_field(dtype[name])
        layout += [("length_" + name, ">i4"), ("field_" + name, np.dtype(value))]
    return np.dtype(layout), lengths


def _to_wire(column: np.ndarray) -> np.ndarray:
    if column.dtype.kind == "M":
        unit = np.datetime_data(column.dtype)[0]
        if unit == "D":
            return (column - _EPOCH).astype(np.int32)
        return (column.astype("datetime64[us]") - _EPOCH_US).astype(np.int64)
    return column


def _from_wire(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    if dtype.kind == "M":
        unit = np.datetime_data(dtype)[0]
        if unit == "D":
            return _EPOCH + values.astype(np.int64).astype("timedelta64[D]")
        return _EPOCH_US + values.astype("timedelta64[us]")
    return values


def pack(array: np.ndarray) -> bytes:
    """The body of a binary COPY for a structured array."""
    wire, lengths = _wire(array.dtype)
    rows = np.zeros(len(array), wire)
    rows["columns"] = len(array.dtype.names)
    for name in array.dtype.names:
        rows["length_" + name] = lengths[name]
        field = rows["field_" + name]
        column = array[name]
        if column.ndim == 1:
            field["value"] = _to_wire(column)
            continue
        flat = column.reshape(len(array), int(np.prod(column.shape[1:])))
        base = array.dtype[name].base
        field["dims"], field["size"], field["lower"] = 1, flat.shape[1], 1
        field["oid"] = _ELEMENT_OID[base.kind + str(base.itemsize)]
        field["items"]["length"] = base.itemsize
        field["items"]["value"] = flat
    return b"".join((_SIGNATURE, rows.tobytes(), _TRAILER))


def unpack(blob: bytes | memoryview, dtype: np.dtype) -> np.ndarray:
    """The structured array that a binary COPY of fixed-width rows holds.

    Raises
    ------
    ValueError
        When a row holds a NULL, an array of another length or a column of another type.
    """
    wire, lengths = _wire(dtype)
    body = memoryview(blob)[len(_SIGNATURE):len(blob) - len(_TRAILER)]
    if len(body) % wire.itemsize:
        raise ValueError("The rows are not of fixed width: a NULL, an array of another length or another type.")
    rows = np.frombuffer(body, wire)
    array = np.empty(len(rows), dtype)
    for name in dtype.names:
        if not (rows["length_" + name] == lengths[name]).all():
            raise ValueError(f"Column {name} holds a NULL, an array of another length or another type.")
        field = rows["field_" + name]
        if dtype[name].shape:
            array[name] = field["items"]["value"].reshape((len(rows), *dtype[name].shape))
        else:
            array[name] = _from_wire(field["value"], dtype[name])
    return array


def copy_query(cr, query: SQL, dtype) -> np.ndarray:
    """Run a query and read its whole result.

    Parameters
    ----------
    cr : cursor
    query : SQL
        Its columns must have exactly the types of `dtype` (cast them) and never be NULL.
    dtype : structured dtype
        `i4` integer, `i8` bigint, `f4` real, `f8` double precision, `?` boolean, `datetime64[D]` date,
        `datetime64[us]` timestamp, `('f4', (12,))` real[] of 12 items, `V48` bytea of 48 bytes.

    Returns
    -------
    structured array, one row per record
    """
    if not isinstance(query, SQL):
        raise TypeError("The query must be a SQL object.")
    text = cr.mogrify(query.code, tuple(query.params)).decode()
    buffer = io.BytesIO()
    cr.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT BINARY)", buffer)
    return unpack(buffer.getbuffer(), np.dtype(dtype))


def refresh_statistics(cr, *tables: str) -> None:
    """Let the planner see a table that has doubled since it was last analysed.

    Bulk writes and the query behind them often share a transaction; autovacuum comes too late, and a plan made for
    an empty table takes minutes on a million rows.
    """
    for table in tables:
        cr.execute(
            "SELECT pg_relation_size(oid) / 8192 > 2 * GREATEST(relpages, 10) FROM pg_class WHERE oid = %s::regclass",
            (table,),
        )
        if cr.fetchone()[0]:
            cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def copy_from(cr, table: str, columns, array: np.ndarray) -> int:
    """Append a structured array to a table; returns the number of rows.

    Parameters
    ----------
    cr : cursor
    table : str
    columns : sequence of str
        Columns of the table, in the order of the array's fields; their types must be those of the array.
    array : structured array
    """
    names = ", ".join(f'"{column}"' for column in columns)
    cr.copy_expert(f'COPY "{table}" ({names}) FROM STDIN (FORMAT BINARY)', io.BytesIO(pack(array)))
    return len(array)
