"""What was known at a moment, in a form that can be proved later."""

import hashlib
import json
from datetime import date, datetime

GENESIS = "0" * 64


def canonical(value) -> str:
    """JSON with one form only: sorted keys, no spaces, no NaN, text as it is.

    >>> canonical({"b": 1.5, "a": ["ü", None]})
    '{"a":["ü",null],"b":1.5}'
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_written
    )


def _written(value):
    """Times as ISO 8601, those without a zone are UTC; anything else has no form."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be part of evidence.")


def chain(content: str, previous: str = GENESIS) -> tuple[str, str]:
    """Digest of the content, and digest of the content together with all before it.

    Parameters
    ----------
    content : str
        Canonical JSON.
    previous : str
        Chained digest of the snapshot before, GENESIS for the first one.

    Examples
    --------
    >>> one, first = chain("{}")
    >>> two, second = chain("{}", first)
    >>> one == two, first == second
    (True, False)
    """
    own = hashlib.sha256(content.encode()).hexdigest()
    return own, hashlib.sha256(f"{previous}\n{own}".encode()).hexdigest()


def difference(old: dict | None, new: dict) -> dict:
    """What the new snapshot has that the old one had not, and the other way round.

    Lots are told apart by node, customers by partner, lot and pool; a customer whose net quantity differs is changed.

    Examples
    --------
    >>> row = {"partner_id": 1, "lot_id": 5, "pool_id": None, "qty_net": 2.0}
    >>> old = {"lots": [{"node": 5}], "customers": [row]}
    >>> new = {"lots": [{"node": 5}, {"node": 6}], "customers": [row | {"qty_net": 3.0}]}
    >>> found = difference(old, new)
    >>> found["lots_added"], found["customers_changed"][0]["before"]
    ([{'node': 6}], 2.0)
    """
    old = old or {"lots": [], "customers": []}
    lots_added, lots_removed = _only(old["lots"], new["lots"], _lot_key)
    added, removed = _only(old["customers"], new["customers"], _customer_key)
    before = {_customer_key(row): row["qty_net"] for row in old["customers"]}
    changed = [
        row | {"before": before[_customer_key(row)]}
        for row in new["customers"]
        if before.get(_customer_key(row), row["qty_net"]) != row["qty_net"]
    ]
    return {
        "lots_added": lots_added,
        "lots_removed": lots_removed,
        "customers_added": added,
        "customers_removed": removed,
        "customers_changed": changed,
    }


def _lot_key(row):
    return row["node"], row.get("direction")


def _customer_key(row):
    return row["partner_id"], row["lot_id"], row.get("pool_id"), row.get("company_id")


def _only(old, new, key):
    """Rows of new that are not in old, and rows of old that are not in new."""
    old_keys, new_keys = {key(row) for row in old}, {key(row) for row in new}
    return [row for row in new if key(row) not in old_keys], [row for row in old if key(row) not in new_keys]
