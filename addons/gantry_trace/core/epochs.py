"""Epochs of stock without lot numbers: from empty to empty, everything may have touched everything."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple


class Epoch(NamedTuple):
    """From ``opened`` to ``closed`` (both included; None: still open) with the balance at its end."""

    number: int
    opened: Any
    closed: Any
    balance: float


def epochs(events: Iterable[tuple[Any, float]], number: int = 0, current: Epoch | None = None) -> list[Epoch]:
    """Cut the history of a pool into epochs; a new one begins with the first event after the pool was empty.

    Times have the resolution of a second, so events of the same time are taken together: the pool is empty
    only when it is empty at the end of them. A pool below zero is not empty, the books are merely behind.

    Parameters
    ----------
    events : iterable of (time, quantity)
        What came in (positive) and went out (negative), sorted by time.
    number : int
        Number of the last epoch before the events; the first new one gets the next number.
    current : Epoch
        An epoch that is open before the first event; it goes on under its own number.

    Examples
    --------
    >>> [(e.number, e.opened, e.closed) for e in epochs([(1, 5.0), (2, -5.0), (2, 3.0), (4, -3.0), (7, 1.0)])]
    [(1, 1, 4), (2, 7, None)]
    """
    found = [current] if current else []
    # sorted already, and no Odoo here
    for at, same in groupby(events, itemgetter(0)):  # pylint: disable=bad-builtin-groupby
        delta = sum(quantity for _at, quantity in same)
        # an epoch that ended at this very time is not over: what else happens now belongs to it
        if found and (found[-1].closed is None or found[-1].closed == at):
            last = found.pop()
        else:
            last = Epoch(found[-1].number + 1 if found else number + 1, at, None, 0.0)
        balance = round(last.balance + delta, 6)
        found.append(last._replace(closed=at if balance == 0 else None, balance=balance))
    return found
