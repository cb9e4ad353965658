import datetime
import math
import threading
import urllib.parse
from collections.abc import Mapping, Set

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


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
