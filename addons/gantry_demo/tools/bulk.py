"""Writing many rows at once, past the ORM."""

from io import StringIO

from odoo.tools import SQL

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value):
    """A value in PostgreSQL's text format of COPY."""
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return value.translate(ESCAPES)
    return str(value)


def new_ids(cr, table, count):
    """Take ``count`` ids from the sequence of a table."""
    cr.execute(SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"{table}_id_seq", count))
    return [row[0] for row in cr.fetchall()]


def copy_rows(cr, table, columns, rows):
    """Insert rows (tuples in the order of ``columns``) with one COPY."""
    buffer = StringIO()
    for row in rows:
        buffer.write("\t".join(map(_text, row)))
        buffer.write("\n")
    buffer.seek(0)
    target = SQL(
        "COPY %s (%s) FROM STDIN", SQL.identifier(table), SQL(", ").join(SQL.identifier(name) for name in columns)
    )
    cr.copy_expert(cr.mogrify(target).decode(), buffer)
