"""Where all of it is: how much of what existed can be accounted for."""

from dataclasses import dataclass

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a consignee said about the quantity it got, in the unit of the product."""

    on_hand: float = 0.0
    sold: float = 0.0
    destroyed: float = 0.0
    returned: float = 0.0
    forwarded: float = 0.0

    @property
    def total(self) -> float:
        return self.on_hand + self.sold + self.destroyed + self.returned + self.forwarded


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Quantities of one product or lot; ``total`` = in house + used + gone + answered + open + unexplained."""

    total: float
    in_house: float
    used: float
    gone: float
    answered: float
    open: float
    over: float
    unexplained: float

    @property
    def accounted(self) -> float:
        """Share of the total that is known, between 0 and 1; 1 when there never was anything."""
        if self.total <= TOLERANCE:
            return 1.0
        return max(0.0, min(1.0, 1 - (self.open + self.unexplained) / self.total))


def account(balance: dict, delivered: list[tuple[float, Answer | None]]) -> Account:
    """Account for a lot or product.

    Parameters
    ----------
    balance : dict
        Sums of a mass balance: opening, received, produced, returned, relabelled_in, adjusted, consumed, shipped,
        sent_back, scrapped, relabelled_out, on_hand, difference.
    delivered : list of (net quantity, Answer or None)
        What consignees have, and what they said. More than they got counts as ``over``, not as accounted for.

    Examples
    --------
    >>> got = account({"produced": 10, "shipped": 7, "scrapped": 1, "on_hand": 2}, [(4, Answer(sold=3, on_hand=1)),
    ...               (3, None)])
    >>> got.answered, got.open, got.accounted
    (4.0, 3.0, 0.7)
    """
    of = {name: float(balance.get(name) or 0.0) for name in NAMES}
    answered = opened = over = 0.0
    for net, answer in delivered:
        net = max(0.0, float(net))
        said = answer.total if answer else 0.0
        answered += min(net, said)
        opened += max(0.0, net - said)
        over += max(0.0, said - net)
    net_out = max(0.0, of["shipped"] - of["returned"])
    listed = sum(max(0.0, float(net)) for net, _answer in delivered)
    # what left and is on no notice has nobody who could answer for it
    opened += max(0.0, net_out - listed)
    counted_more, counted_less = max(0.0, of["adjusted"]), max(0.0, -of["adjusted"])
    return Account(
        total=of["opening"] + of["received"] + of["produced"] + of["relabelled_in"] + counted_more,
        in_house=of["on_hand"],
        used=of["consumed"] + of["relabelled_out"],
        gone=of["scrapped"] + of["sent_back"],
        answered=answered,
        open=opened,
        over=over,
        unexplained=counted_less + abs(of["difference"]),
    )


NAMES = (
    "opening", "received", "produced", "returned", "relabelled_in", "adjusted", "consumed", "shipped", "sent_back",
    "scrapped", "relabelled_out", "on_hand", "difference",
)  # fmt: skip
