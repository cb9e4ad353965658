"""The front door: tell the story of a wholesaler up to a given day."""

from dataclasses import dataclass

import numpy as np

from . import catalog, demand, replenish
from .types import (
    COUNT,
    DELIVERY,
    RECEIPT,
    RETURN,
    TRANSFER_IN,
    TRANSFER_OUT,
    Documents,
    Moves,
    OpenOrder,
    Params,
    Story,
)

__all__ = ["solve"]

DAY = 24 * 60
# Hours (UTC, in minutes) at which each kind is finished, and the minutes over which it spreads. The order
# within a day is that of the simulation, so a running balance never goes below zero.
HOURS = {
    COUNT: (5 * 60, 10), RECEIPT: (6 * 60, 140), TRANSFER_IN: (8 * 60 + 30, 30), RETURN: (9 * 60 + 5, 40),
    DELIVERY: (10 * 60, 400), TRANSFER_OUT: (17 * 60, 30),
}


def solve(params: Params, *, seed: int = 19) -> Story:
    """Tell the story.

    Parameters
    ----------
    params : Params
    seed : int
        The same seed and params give the same story, number for number.

    Returns
    -------
    Story

    Examples
    --------
    >>> from datetime import date
    >>> story = solve(Params(today=date(2026, 11, 24), days=400, customers=20, volume=0.3), seed=1)
    >>> len(story.products) > 300, bool((story.stock >= 0).all())
    (True, True)
    """
    def stream(stage):
        return np.random.default_rng([seed, stage])

    products = catalog.make_products(params, stream(1))
    suppliers = catalog.make_suppliers()
    brand_of = {brand: index for index, supplier in enumerate(suppliers) for brand in supplier.brands}
    supplier_of = np.array([brand_of[product.brand] for product in products])
    customers = catalog.make_customers(params, stream(2))
    events = catalog.make_events(params)
    rates = demand.order_rates(products, events, params, stream(3))
    lines = demand.order_lines(products, rates, params, stream(4))
    day, house, article, _quantity, project = lines
    customer = demand.assign_customers(products, customers, day, house, article, project, stream(5))
    lines, customer = _merged(lines, customer)
    address = _addresses(lines, customer, customers, stream(6))
    held = _held(lines, customer, params, stream(7))
    flow = replenish.simulate(
        products, suppliers, supplier_of, rates, lines, params, stream(8), held=held | (lines[0] >= params.days)
    )
    written = _Writer(params, lines, customer, address, flow, stream(9)).write()
    open_orders, next_order = _open_orders(params, lines, customer, address, held, flow, written, stream(10))
    transit = np.zeros(len(products))
    for _number, _day, arrival, product, quantity in flow.transfers:
        if arrival >= params.days:
            transit[product] += quantity
    return Story(
        params=params, products=products, suppliers=suppliers, supplier_of=supplier_of, customers=customers,
        prices=catalog.make_prices(products, suppliers, supplier_of, stream(11)), events=events,
        documents=written.documents, moves=written.moves, open_orders=open_orders, stock=flow.stock,
        in_transit=transit, out_of_stock=flow.out_of_stock, next_order=next_order,
    )


def _merged(lines, customer):
    """Add up the lines of one customer, day and article, and sort by day, house and customer."""
    day, house, article, quantity, project = lines
    keys = np.stack([day, house, customer, article])
    unique, place = np.unique(keys, axis=1, return_inverse=True)
    place = place.reshape(-1)
    total = np.zeros(unique.shape[1])
    np.add.at(total, place, quantity)
    flag = np.zeros(unique.shape[1], dtype=bool)
    np.logical_or.at(flag, place, project)
    return (unique[0], unique[1], unique[3], total, flag), unique[2]


def _group(*columns):
    """Return a group number per line for consecutive equal keys, counted from 0."""
    if not len(columns[0]):
        return np.zeros(0, dtype=np.int64)
    change = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        change[1:] |= column[1:] != column[:-1]
    return np.cumsum(change)


def _addresses(lines, customer, customers, rng):
    """Return the delivery address of every line: one a day and customer."""
    group = _group(lines[0], lines[1], customer)
    draw = rng.random(group[-1] + 1)[group]
    options = np.array([len(c.goods_in) for c in customers])[customer]
    return np.where(options > 0, np.floor(draw * (options + 0.6)).astype(int), 0).clip(max=options) - 1


def _held(lines, customer, params, rng):
    """Choose some deliveries of the last days that nobody has got round to: they are open and late today."""
    day, house = lines[0], lines[1]
    group = _group(day, house, customer)
    worked = np.unique(day[day < params.days])[-3:]
    recent = np.unique(group[np.isin(day, worked)])
    chosen = rng.choice(recent, size=min(9, len(recent)), replace=False) if len(recent) else recent
    return np.isin(group, chosen)


@dataclass(slots=True)
class _Written:
    documents: Documents
    moves: Moves
    orders: dict  # purchase order of the simulation -> (number, first receipt or -1)
    transfers: dict  # transfer of the simulation -> outgoing document
    sales: int  # last sales order number


class _Writer:
    """Turns the flow into documents and moves."""

    def __init__(self, params, lines, customer, address, flow, rng):
        self.params, self.flow, self.rng = params, flow, rng
        self.day, self.house, self.article, self.asked, _project = lines
        self.customer, self.address = customer, address
        self.heads, self.rows = [], []  # documents (tuples) and, per document, its moves

    def _document(self, kind, house, day, rows, *, partner=-1, address=-1, order=-1, source=None, late=0):
        """Note a document; ``source`` is the key of another one. Returns its key."""
        begin, spread = HOURS[kind]
        minute = int(day) * DAY + begin + int(self.rng.integers(0, spread))
        self.heads.append((kind, int(house), minute, int(partner), int(address), int(order), source, int(late)))
        self.rows.append(rows)
        return len(self.heads) - 1

    def write(self):
        flow, days = self.flow, self.params.days
        for house in range(2):
            stocked = np.flatnonzero(flow.opening[:, house])
            self._document(COUNT, house, 0, [(int(i), float(flow.opening[i, house]), None) for i in stocked])
        counted = {}
        for day, house, article, delta in flow.counts:
            if day < days and delta:
                counted.setdefault((day, house), []).append((article, delta, None))
        for (day, house), rows in counted.items():
            self._document(COUNT, house, day, rows)
        orders = self._receipts()
        transfers = self._transfers()
        sales = self._deliveries()
        return self._sorted(orders, transfers, sales)

    def _receipts(self):
        """Write one receipt an order and day; what comes later points to the first."""
        placed = sorted({(row[3], row[0]) for row in self.flow.orders})
        numbers = {order: place + 1 for place, (_day, order) in enumerate(placed)}
        landed = {}
        for order, vendor, house, _placed, due, arrival, article, quantity in self.flow.orders:
            if arrival < self.params.days:
                key = (arrival, order, vendor, house, due)
                landed.setdefault(key, {})
                landed[key][article] = landed[key].get(article, 0.0) + quantity
        first = {}
        for (arrival, order, vendor, house, due), rows in sorted(landed.items()):
            key = self._document(
                RECEIPT, house, arrival, [(a, q, None) for a, q in rows.items()], partner=vendor,
                order=numbers[order], source=first.get(order), late=np.clip(arrival - due, -100, 100),
            )
            first.setdefault(order, key)
        return {order: (number, first.get(order, -1)) for order, number in numbers.items()}

    def _transfers(self):
        groups, out = {}, {}
        for number, day, arrival, article, quantity in self.flow.transfers:
            groups.setdefault((number, day, arrival), []).append((article, quantity))
        for (number, day, arrival), rows in groups.items():
            key = self._document(TRANSFER_OUT, 0, day, [(a, q, None) for a, q in rows])
            out[number] = key
            if arrival < self.params.days:
                self._document(TRANSFER_IN, 1, arrival, [(a, q, (key, place)) for place, (a, q) in enumerate(rows)],
                               source=key)
        return out

    def _deliveries(self):
        """Write the deliveries, then the returns of each."""
        flow = self.flow
        lines = np.flatnonzero(flow.shipped > 0)
        group = _group(self.day[lines], self.house[lines], self.customer[lines])
        returns = {}
        number = 0
        for members in np.split(lines, np.flatnonzero(np.diff(group)) + 1):
            head = members[0]
            number += 1
            rows = [(int(self.article[i]), float(flow.shipped[i]), None) for i in members]
            key = self._document(
                DELIVERY, self.house[head], self.day[head], rows, partner=self.customer[head],
                address=self.address[head], order=number, late=(0, 0, 0, 0, 0, 0, 0, 1, 1, 2)[number * 7 % 10],
            )
            for place, i in enumerate(members):
                if 0 <= flow.return_day[i] < self.params.days:
                    returns.setdefault((int(flow.return_day[i]), key), []).append((i, place))
        for (day, key), rows in returns.items():
            kind, house, _minute, partner, address, order = self.heads[key][:6]
            self._document(RETURN, house, day, [(int(self.article[i]), float(flow.returned[i]), (key, place))
                                                for i, place in rows],
                           partner=partner, address=address, order=order, source=key)
        return number

    def _sorted(self, orders, transfers, sales):
        """Number documents and moves in the order of time."""
        order = sorted(range(len(self.heads)), key=lambda key: (self.heads[key][2], key))
        place = {key: number for number, key in enumerate(order)}
        first_move, count = {}, 0
        for key in order:
            first_move[key] = count
            count += len(self.rows[key])
        heads = [self.heads[key] for key in order]
        columns = list(zip(*heads, strict=True))
        documents = Documents(
            kind=np.array(columns[0], dtype=np.int8), house=np.array(columns[1], dtype=np.int8),
            minute=np.array(columns[2], dtype=np.int64), partner=np.array(columns[3], dtype=np.int32),
            address=np.array(columns[4], dtype=np.int8), order=np.array(columns[5], dtype=np.int32),
            source=np.array([-1 if source is None else place[source] for source in columns[6]], dtype=np.int32),
            lateness=np.array(columns[7], dtype=np.int8),
        )
        rows = [(place[key], article, quantity, -1 if origin is None else first_move[origin[0]] + origin[1])
                for key in order for article, quantity, origin in self.rows[key]]
        document, article, quantity, source = zip(*rows, strict=True)
        moves = Moves(
            document=np.array(document, dtype=np.int32), product=np.array(article, dtype=np.int32),
            quantity=np.array(quantity, dtype=np.float64), source=np.array(source, dtype=np.int32),
        )
        orders = {name: (number, place.get(key, -1)) for name, (number, key) in orders.items()}
        return _Written(documents, moves, orders, {name: place[key] for name, key in transfers.items()}, sales)


def _open_orders(params, lines, customer, address, held, flow, written, rng):
    """Return what is still to be done today, and the next order numbers."""
    day, house, article, asked, _project = lines
    today = params.days
    missing = asked - flow.shipped
    ahead = day - today
    # Customers order some days before they want it: tomorrow's book is full, next week's is not.
    group = _group(day, house, customer)
    draw, urgent = rng.random((2, group[-1] + 1))[:, group]
    booked = (ahead >= 0) & (draw < np.array([1.0, 0.6, 0.4, 0.3, 0.2, 0.15, 0.1, 0.1])[np.clip(ahead, 0, 7)])
    # What was out of stock in the last days waits for goods.
    waiting = (ahead < 0) & (ahead >= -5) & (missing > 0) & ~held
    orders, sales = [], written.sales
    chosen = np.flatnonzero(booked | held | waiting)
    if len(chosen):
        for members in np.split(chosen, np.flatnonzero(np.diff(group[chosen])) + 1):
            head = members[0]
            sales += 1
            orders.append(OpenOrder(
                kind=DELIVERY, house=int(house[head]), partner=int(customer[head]), address=int(address[head]),
                order=sales, day=int(ahead[head]), urgent=bool(urgent[head] < 0.05),
                lines=tuple((int(article[i]), float(missing[i])) for i in members if missing[i] > 0),
            ))
    coming = {}
    for order, vendor, where, _placed, due, arrival, product, quantity in flow.orders:
        if arrival >= today:
            coming.setdefault((order, vendor, where, due), []).append((int(product), float(quantity)))
    for (order, vendor, where, due), rows in sorted(coming.items()):
        number, first = written.orders[order]
        orders.append(OpenOrder(kind=RECEIPT, house=where, partner=vendor, address=-1, order=number,
                                day=int(due - today), lines=tuple(rows), source=first))
    moving = {}
    for number, _day, arrival, product, quantity in flow.transfers:
        if arrival >= today:
            moving.setdefault((number, arrival), []).append((int(product), float(quantity)))
    for (number, arrival), rows in moving.items():
        orders.append(OpenOrder(kind=TRANSFER_IN, house=1, partner=-1, address=-1, order=-1,
                                day=int(arrival - today), lines=tuple(rows), source=written.transfers[number]))
    return orders, (sales + 1, len(written.orders) + 1)
