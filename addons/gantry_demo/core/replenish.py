"""A simple buyer: sells from stock, orders on fixed days up to a level, receives when the vendor delivers."""

from dataclasses import dataclass, field

import numpy as np

__all__ = ["Flow", "simulate"]

COUNT_SHARE = 0.12  # of the articles are found off in a stock count


@dataclass(slots=True)
class Flow:
    """What happened, as lists of tuples and arrays over the lines asked.

    Attributes
    ----------
    shipped : float array, one per line
    returned, return_day : float and int array, one per line (day -1: none)
    opening : float array (articles, houses)
    counts : list of (day, house, article, delta)
    orders : list of (order, supplier, house, day, due, arrival, article, quantity)
    transfers : list of (transfer, day, arrival, article, quantity)
    stock : float array (articles, houses), at the end
    out_of_stock : bool array (articles, houses, days), nothing left at the end of the day
    """

    shipped: np.ndarray
    returned: np.ndarray
    return_day: np.ndarray
    opening: np.ndarray
    counts: list = field(default_factory=list)
    orders: list = field(default_factory=list)
    transfers: list = field(default_factory=list)
    stock: np.ndarray = None
    out_of_stock: np.ndarray = None


class _Buyer:
    """Order-up-to levels from the rates that the buyer believes in: right on average, wrong per article."""

    def __init__(self, products, suppliers, supplier_of, rates, rng):
        units = np.array([product.per_order for product in products])
        self.expected = np.cumsum(rates * units[:, None, None], axis=2)
        self.belief = rng.lognormal(0.04, 0.2, self.expected.shape[:2])
        self.pack = np.array([product.pack for product in products], dtype=float)
        self.per_order = units
        self.minimum = self.pack * rng.choice((1, 2, 4), len(products))
        self.suppliers, self.supplier_of = suppliers, supplier_of
        self.hub = np.array([suppliers[s].hub for s in supplier_of])

    def need(self, day, ahead):
        """Return the quantity that the buyer expects to sell in the next ``ahead`` days."""
        last = min(day + ahead, self.expected.shape[2] - 1)
        return (self.expected[:, :, last] - self.expected[:, :, day]) * self.belief

    def level(self, day, ahead):
        """Return the order-up-to level for the next ``ahead`` days, safety stock included."""
        need = self.need(day, ahead)
        return need + 1.25 * np.sqrt(need * self.per_order[:, None] * 1.35) + (need > 0) * self.per_order[:, None] * 0.5

    def rounded_of(self, articles, quantity):
        """Return whole packs, at least the vendor's minimum."""
        pack = self.pack[articles]
        return np.maximum(np.ceil(quantity / pack) * pack, self.minimum[articles])


def simulate(products, suppliers, supplier_of, rates, lines, params, rng, *, held):
    """Run the two warehouses from the first day to yesterday.

    Parameters
    ----------
    rates : array (articles, houses, days)
        What the buyer's beliefs are built on.
    lines : tuple of arrays (day, house, article, quantity, project)
        What was asked, sorted by day.
    held : bool array, one per line
        Lines that are not shipped: they stay open orders.

    Returns
    -------
    Flow
        Stock never goes below zero: what is not there is not sold.
    """
    return _Simulation(products, suppliers, supplier_of, rates, lines, params, rng, held).run()


class _Simulation:
    def __init__(self, products, suppliers, supplier_of, rates, lines, params, rng, held):
        self.rng, self.days = rng, params.days
        self.weekday0 = params.start.weekday()
        self.buyer = _Buyer(products, suppliers, supplier_of, rates, rng)
        self.suppliers, self.supplier_of = suppliers, supplier_of
        self.day, self.house, self.article, self.asked, self.project = lines
        self.held = held
        count = len(products)
        self.born = np.array([product.born for product in products])
        self.ends = np.array([product.ends for product in products])
        room = params.days + 400
        self.arriving = np.zeros((room, count, 2))
        self.on_order = np.zeros((count, 2))
        self.returning = np.zeros((room, count, 2))
        self.work_day = self._work_days(rates, room)
        self.slot = rng.integers(0, 5, len(suppliers))
        self.phase = rng.integers(0, 4, len(suppliers))
        self.trouble = self._troubles()
        chance = rng.random(len(self.day))
        self.return_share = np.where((chance < 0.016) & ~self.project, rng.uniform(0.1, 1.0, len(self.day)), 0.0)
        self.return_lag = rng.integers(3, 17, len(self.day))
        opening = np.ceil(self.buyer.level(0, 40) / self.buyer.pack[:, None]) * self.buyer.pack[:, None]
        # What comes from far is bought months ahead and lies at the first house.
        far = np.array([suppliers[s].lead_days + 7 * suppliers[s].review_weeks for s in supplier_of])
        for index in np.flatnonzero(far > 30):
            deep = self.buyer.level(0, int(far[index] + 14))[index].sum()
            opening[index, 0] = max(opening[index, 0], np.ceil(deep / self.buyer.pack[index]) * self.buyer.pack[index])
        opening[self.born > 0] = 0
        zeros = np.zeros(len(self.day))
        self.flow = Flow(shipped=zeros.copy(), returned=zeros.copy(), opening=opening,
                         return_day=np.full(len(self.day), -1))
        self.stock = opening.copy()
        self.order_number = 0

    def _work_days(self, rates, room):
        weekdays = (np.arange(room) + self.weekday0) % 7 < 5
        sold = rates.sum(axis=(0, 1)) > 0
        weekdays[: len(sold)] &= sold
        return weekdays

    def _troubles(self):
        """Vendors that go silent for some weeks: where long stock-outs come from."""
        vendors = self.rng.choice(len(self.suppliers) - 1, size=5, replace=False)
        begin = self.rng.integers(60, self.days - 40, size=5)
        return [(int(v), int(b), int(b + length)) for v, b, length in
                zip(vendors, begin, self.rng.integers(25, 50, size=5), strict=True)]

    def _next_work_day(self, day):
        while not self.work_day[day]:
            day += 1
        return day

    def run(self):
        bounds = np.searchsorted(self.day, np.arange(self.days + 1))
        self.flow.out_of_stock = np.zeros((*self.stock.shape, self.days), dtype=bool)
        for day in range(self.days):
            if day in (180, 365, 545) or (self.days < 180 and day == 60):
                self._count(self._next_work_day(day))
            self._apply_counts(day)
            self.stock += self.arriving[day] + self.returning[day]
            self.on_order -= self.arriving[day]
            self._ship(slice(bounds[day], bounds[day + 1]), day)
            if self.work_day[day]:
                if (day + self.weekday0) % 7 in (1, 3):
                    self._transfer(day)
                self._order(day)
            self.flow.out_of_stock[:, :, day] = self.stock <= 0
        self.flow.stock = self.stock
        return self.flow

    def _count(self, day):
        for house in range(2):
            found = np.flatnonzero(self.rng.random(len(self.stock)) < COUNT_SHARE)
            for article in found.tolist():
                self.flow.counts.append((day, house, article, float(self.rng.integers(-6, 4))))

    def _apply_counts(self, day):
        for place, (when, house, article, delta) in enumerate(self.flow.counts):
            if when == day and delta:
                have = self.stock[article, house]
                limit = np.ceil(have * 0.1)
                delta = float(np.clip(delta, -limit, limit))
                self.flow.counts[place] = (when, house, article, delta)
                self.stock[article, house] += delta

    def _ship(self, span, day):
        """Serve the lines of a day in order until the shelf is empty; note what will come back."""
        lines = np.arange(span.start, span.stop)[~self.held[span]]
        if not len(lines):
            return
        cell = self.article[lines] * 2 + self.house[lines]
        # A project is announced: what it needs is bought for it and lands the same morning.
        for line in lines[self.project[lines]]:
            self._special(line, day)
        order = np.argsort(cell, kind="stable")
        lines, cell = lines[order], cell[order]
        asked = self.asked[lines]
        before = np.cumsum(asked) - asked
        first = np.r_[True, cell[1:] != cell[:-1]]
        before -= np.repeat(before[first], np.diff(np.r_[np.flatnonzero(first), len(cell)]))
        have = self.stock[self.article[lines], self.house[lines]]
        shipped = np.clip(have - before, 0, asked)
        np.subtract.at(self.stock, (self.article[lines], self.house[lines]), shipped)
        self.flow.shipped[lines] = shipped
        back = np.floor(self.return_share[lines] * shipped)
        for line, quantity in zip(lines[back > 0], back[back > 0], strict=True):
            when = self._next_work_day(day + int(self.return_lag[line]))
            self.flow.returned[line], self.flow.return_day[line] = quantity, when
            self.returning[when, self.article[line], self.house[line]] += quantity

    def _special(self, line, day):
        article, house, quantity = self.article[line], self.house[line], self.asked[line]
        self.order_number += 1
        vendor = self.supplier_of[article]
        placed = max(0, day - int(self.suppliers[vendor].lead_days))
        row = (self.order_number, vendor, int(house), placed, day, day, int(article), float(quantity))
        self.flow.orders.append(row)
        self.stock[article, house] += quantity

    def _order(self, day):
        for vendor, supplier in enumerate(self.suppliers[:-1]):
            due = (day + self.weekday0) % 7 == self.slot[vendor]
            if not due or (day // 7 + self.phase[vendor]) % supplier.review_weeks:
                continue
            mine = np.flatnonzero(self.supplier_of == vendor)
            mine = mine[(self.ends[mine] > day + 30) & (self.born[mine] <= day + int(supplier.lead_days) + 14)]
            ahead = int(supplier.lead_days + 7 * supplier.review_weeks)
            trigger = self.buyer.level(day, ahead)[mine]
            target = self.buyer.level(day, ahead + 12)[mine]
            have = (self.stock + self.on_order)[mine]
            if supplier.hub:
                trigger, target, have = (np.c_[x.sum(1), np.zeros(len(mine))] for x in (trigger, target, have))
            for house in range(1 if supplier.hub else 2):
                short = mine[have[:, house] < trigger[:, house]]
                if len(short):
                    missing = (target - have)[np.isin(mine, short), house]
                    self._place(vendor, supplier, house, day, short, missing)

    def _place(self, vendor, supplier, house, day, articles, missing):
        quantity = self.buyer.rounded_of(articles, missing)
        self.order_number += 1
        spread = supplier.lead_cv
        lead = supplier.lead_days * self.rng.lognormal(-(spread**2) / 2, spread)
        arrival = day + max(1, round(lead))
        for name, begin, end in self.trouble:
            if name == vendor and begin <= arrival < end:
                arrival = end + int(self.rng.integers(0, 6))
        arrival = self._next_work_day(arrival)
        due = self._next_work_day(day + round(supplier.lead_days))
        # Some lines of an order come later, as a back order.
        late = self._next_work_day(arrival + int(self.rng.integers(3, 15)))
        split = self.rng.random(len(articles)) < 0.07
        for article, amount, behind in zip(articles.tolist(), quantity.tolist(), split.tolist(), strict=True):
            when = max(late if behind else arrival, self._first_landing(article, day))
            self.flow.orders.append((self.order_number, vendor, house, day, due, when, article, amount))
            self.arriving[when, article, house] += amount
            self.on_order[article, house] += amount

    def _first_landing(self, article, day):
        """A new article does not land long before its launch."""
        born = int(self.born[article])
        return self._next_work_day(max(born - 2, day + 1)) if born > day else 0

    def _transfer(self, day):
        """Feed the second house from the first with what lands only there."""
        hub = np.flatnonzero(self.buyer.hub)
        level = self.buyer.level(day, 16)[hub, 1]
        position = (self.stock + self.on_order)[hub, 1]
        spare = np.maximum(0, self.stock[hub, 0] - 0.4 * self.buyer.need(day, 10)[hub, 0])
        pack = self.buyer.pack[hub]
        wanted = np.where(position < 0.75 * level, np.ceil((level - position) / pack) * pack, 0)
        moved = np.minimum(wanted, np.floor(spare / pack) * pack)
        if not moved.any():
            return
        self.order_number += 1
        arrival = self._next_work_day(day + 1 + int(self.rng.random() < 0.3))
        for article, amount in zip(hub[moved > 0].tolist(), moved[moved > 0].tolist(), strict=True):
            self.flow.transfers.append((self.order_number, day, arrival, article, amount))
            self.stock[article, 0] -= amount
            self.arriving[arrival, article, 1] += amount
            self.on_order[article, 1] += amount
