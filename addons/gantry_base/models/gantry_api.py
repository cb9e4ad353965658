import datetime
import math
import threading
import urllib.parse
from collections.abc import Mapping, Set

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

MAX_INT = 2**31 - 1  # what PostgreSQL takes for an id, and more than any list is long
FIRST_DATE = datetime.date(1950, 1, 1)  # older ones are typing errors or the zero of some system


class GantryApi(models.AbstractModel):
    """What every RPC face of the suite shares. Inherit it: ``_inherit = "gantry.api"``."""

    _name = "gantry.api"
    _description = "Gantry RPC helpers"

    def _require_group(self, *groups):
        """Refuse users that are in none of the groups (full external ids)."""
        user = self.env.user
        if not self.env.su and not any(user.has_group(group) for group in groups):
            names = [self.env.ref(group).sudo().display_name for group in groups]
            raise AccessError(self.env._("This needs the role %s.", " or ".join(names)))

    def _page(self, limit, offset, maximum=1000):
        """Check what a caller asks of a list; return ``(limit, offset)``, the limit at most ``maximum``."""
        for name, value in (("limit", limit), ("offset", offset)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise UserError(self.env._("%s must be a whole number, zero or more.", name))
            if value > MAX_INT:
                raise UserError(self.env._("%(name)s must be at most %(most)s.", name=name, most=f"{MAX_INT:,}"))
        return min(limit, maximum), offset

    def _page_answer(self, items, total, limit, offset):
        """The answer of a paged list; ``next_offset`` is null on the last page."""
        end = offset + len(items)
        return {
            "items": items,
            "total": total,
            "limit": limit,
            "offset": offset,
            "next_offset": end if items and end < total else None,
        }

    def _page_of(self, records, domain, answer, *, limit, offset, order="id", maximum=1000):
        """One page of what the domain finds; ``answer`` turns the records of the page into items."""
        limit, offset = self._page(limit, offset, maximum)
        page = records.search(domain, limit=limit, offset=offset, order=order) if limit else records.browse()
        return self._plain(self._page_answer(answer(page), records.search_count(domain), limit, offset))

    # -- what callers send: one sentence for what cannot be meant

    def _checked_id(self, name, value):
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise UserError(self.env._("%s must be the id of a record, a whole number.", name))
        if value > MAX_INT:
            raise UserError(self.env._("%s is too large for the id of a record.", name))
        return value

    def _checked_ids(self, name, value):
        if not isinstance(value, list | tuple):
            raise UserError(self.env._("%s must be a list of ids.", name))
        return [self._checked_id(name, item) for item in value]

    def _date(self, name, value):
        """The date of an ISO string; None stays None."""
        if value is None:
            return None
        try:
            date = datetime.date.fromisoformat(value)
        except (TypeError, ValueError):
            raise UserError(
                self.env._("%(name)s must be a date such as 2026-03-31, not %(value)s.", name=name,
                           value=str(value)[:100])
            ) from None
        if date < FIRST_DATE:
            raise UserError(self.env._("%s must not be before 1950.", name))
        return date

    def _one_of(self, name, value, options):
        if value not in options:
            raise UserError(
                self.env._("%(name)s must be one of %(options)s.", name=name, options=", ".join(map(str, options)))
            )
        return value

    # -- what they get

    def _plain(self, answer):
        """The answer as the caller's protocol can carry it: XML-RPC knows no null, False stands for nothing there."""
        # Odoo hides the request from RPC calls, but notes its address on the thread for the log
        path = urllib.parse.urlsplit(getattr(threading.current_thread(), "url", None) or "").path
        return without_null(answer) if path.startswith("/xmlrpc") else answer

    def _json(self, value):
        """Turn a value into plain JSON types: numpy, dates (ISO, UTC), sets, records (ids); NaN is null."""
        if value is None or isinstance(value, str | bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, datetime.datetime):
            return fields.Datetime.to_string(value).replace(" ", "T") + "Z"
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, Mapping):
            return {str(self._json(key)): self._json(item) for key, item in value.items()}
        if isinstance(value, models.BaseModel):
            return value.ids
        if isinstance(value, list | tuple | Set):
            return [self._json(item) for item in value]
        if hasattr(value, "tolist"):  # numpy scalars and arrays, without importing numpy
            return self._json(value.tolist())
        raise TypeError(f"{type(value).__name__} has no JSON form")


def without_null(value):
    """The value with False for every null.

    >>> without_null({"a": [None, 0]})
    {'a': [False, 0]}
    """
    if isinstance(value, dict):
        return {key: without_null(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_null(item) for item in value]
    return False if value is None else value
