"""Mass balance of a lot: what came, what went, what is there, and whether that adds up."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

INSIDE = frozenset({"internal", "transit"})
CAME = {"supplier": "received", "production": "produced", "customer": "returned", "inventory": "adjusted"}
WENT = {"supplier": "sent_back", "production": "consumed", "customer": "shipped", "inventory": "adjusted"}
TOLERANCE = 1e-6


@dataclass(slots=True, kw_only=True)
class Balance:
    """Quantities of one lot in the unit of its product, all positive but ``adjusted`` (net) and ``difference``.

    ``difference`` = opening + received + produced + returned + relabelled_in + adjusted
    - consumed - shipped - sent_back - scrapped - relabelled_out - on_hand.
    """

    opening: float = 0.0
    received: float = 0.0
    produced: float = 0.0
    returned: float = 0.0
    relabelled_in: float = 0.0
    adjusted: float = 0.0
    consumed: float = 0.0
    shipped: float = 0.0
    sent_back: float = 0.0
    scrapped: float = 0.0
    relabelled_out: float = 0.0
    on_hand: float = 0.0
    difference: float = 0.0
    reasons: list[dict] = field(default_factory=list)

    def as_dict(self) -> dict:
        """All fields by name."""
        return {name: getattr(self, name) for name in FIELDS}

    @property
    def total_in(self) -> float:
        return self.opening + self.received + self.produced + self.returned + self.relabelled_in

    @property
    def total_out(self) -> float:
        return self.consumed + self.shipped + self.sent_back + self.scrapped + self.relabelled_out


FIELDS = tuple(item.name for item in fields(Balance))


def balance(
    movements: Iterable[tuple[str, str, bool, bool, float]],
    on_hand: float,
    relabelled_in: float = 0.0,
    relabelled_out: float = 0.0,
) -> Balance:
    """Add up the movements of a lot.

    Parameters
    ----------
    movements : iterable of (usage from, usage to, scrap, first, quantity)
        Done quantities; ``first`` when nothing of the lot had moved before. What is counted in first is the opening
        stock, what is counted later is an adjustment.
    on_hand : float
        What the stock of the lot is now, own transit included.
    relabelled_in, relabelled_out : float
        Parts of the adjustments that are known to be a change of label.

    Examples
    --------
    >>> made = balance([("production", "internal", False, True, 10), ("internal", "inventory", True, False, 3),
    ...                 ("internal", "customer", False, False, 5)], on_hand=2)
    >>> made.produced, made.scrapped, made.shipped, made.difference
    (10.0, 3.0, 5.0, 0.0)
    """
    sums: dict[str, float] = {}
    for source, target, scrap, first, quantity in movements:
        quantity = float(quantity)
        if source not in INSIDE:
            name = "opening" if source == "inventory" and first else CAME.get(source, "received")
            sums[name] = sums.get(name, 0.0) + quantity
        if target not in INSIDE:
            name = "scrapped" if target == "inventory" and scrap else WENT.get(target, "shipped")
            sums[name] = sums.get(name, 0.0) + (-quantity if name == "adjusted" else quantity)
    row = Balance(on_hand=float(on_hand), **sums)
    if relabelled_in or relabelled_out:
        _take_relabels(row, relabelled_in, relabelled_out)
    difference = row.total_in + row.adjusted - row.total_out - row.on_hand
    row.difference = 0.0 if abs(difference) < TOLERANCE else round(difference, 6)
    row.reasons = _reasons(row)
    return row


def _take_relabels(row, came, went):
    """Move what is known to be a relabel out of the adjustments; a first count may have been the relabel."""
    from_opening = min(row.opening, came)
    row.opening -= from_opening
    row.relabelled_in = float(came)
    row.relabelled_out = float(went)
    row.adjusted += went - (came - from_opening)


def _reasons(row):
    found = []
    if row.adjusted < -TOLERANCE:
        found.append({"code": "counted_less", "qty": -row.adjusted})
    elif row.adjusted > TOLERANCE:
        found.append({"code": "counted_more", "qty": row.adjusted})
    if row.on_hand < -TOLERANCE:
        found.append({"code": "negative_stock", "qty": row.on_hand})
    if row.difference > 0:
        found.append({"code": "stock_missing", "qty": row.difference})
    elif row.difference < 0:
        found.append({"code": "stock_without_moves", "qty": -row.difference})
    return found
