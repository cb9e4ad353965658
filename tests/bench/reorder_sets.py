"""Demand sets for the inventory benchmark, with prices, lead times and the part that may be learnt from."""

from __future__ import annotations

import csv
import datetime
import gzip
from dataclasses import dataclass

import numpy as np
from harness import data


@dataclass
class Stocked:
    """Products to be kept in stock: demand per bucket (NaN unknown), unit price, lead times in buckets.

    `first` is the first bucket that is played; everything before it may be learnt from.
    """

    name: str
    bucket: str
    start: np.datetime64
    demand: np.ndarray
    price: np.ndarray
    lead: tuple[tuple[int, float], ...]
    first: int
    relearn: int
    known: np.ndarray | None = None
    known_names: tuple[str, ...] = ()
    groups: np.ndarray | None = None

    @property
    def days(self) -> float:
        """Days of a bucket."""
        return {"week": 7.0, "month": 30.4375}[self.bucket]

    @property
    def lead_mean(self) -> float:
        """Mean lead time in buckets."""
        return sum(length * share for length, share in self.lead)

    @property
    def horizon(self) -> int:
        """Buckets the forecast has to see: the longest lead time, the review, and one to spare."""
        return max(length for length, _share in self.lead) + 2

    def some(self, count: int) -> Stocked:
        """Every k-th product, for the quick loop."""
        rows = np.arange(0, len(self.demand), max(1, len(self.demand) // count))
        return Stocked(self.name, self.bucket, self.start, self.demand[rows], self.price[rows], self.lead, self.first,
                       self.relearn, None if self.known is None else self.known[rows], self.known_names,
                       None if self.groups is None else self.groups[rows])


def spare_parts(name: str, first: int, lead) -> Stocked:
    """Monthly demand and price of spare parts (AUTO: 24 months, BRAF: 84)."""
    table = np.genfromtxt(data("forecast", "spareparts", f"{name}_clean.csv"), delimiter=",", skip_header=1)
    demand, price = table[:, 2:], table[:, 1]
    return Stocked(f"spare parts {name}", "month", np.datetime64("2000-01-01"), demand, np.maximum(price, 0.01), lead,
                   first, 3)


def online_retail(first: int, lead) -> Stocked:
    """Units per product and complete week of the online retailer, returns netted; price is the median asked."""
    days, codes, amounts, prices = [], [], [], []
    with gzip.open(data("orders", "online_retail.csv.gz"), "rt", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            code = row["StockCode"].strip().upper()
            if code[:5].isdigit():
                codes.append(code)
                days.append(datetime.date.fromisoformat(row["InvoiceDate"][:10]).toordinal())
                amounts.append(float(row["Quantity"]))
                prices.append(float(row["UnitPrice"]))
    names, rows = np.unique(codes, return_inverse=True)
    days, amounts, prices = np.array(days), np.array(amounts), np.array(prices)
    begin = days.min() - (days.min() - 1) % 7
    weeks, complete = (days - begin) // 7, int((days.max() - begin + 1) // 7)
    demand = np.zeros((len(names), complete))
    inside = weeks < complete
    np.add.at(demand, (rows[inside], weeks[inside]), amounts[inside])
    demand = np.maximum(demand, 0)
    order = np.lexsort((prices, rows))
    edges = np.searchsorted(rows[order], np.arange(len(names) + 1))
    price = np.array([np.median(prices[order[a:b]]) for a, b in zip(edges[:-1], edges[1:], strict=True)])
    begun = np.argmax(demand > 0, axis=1)
    demand[np.arange(complete)[None] < begun[:, None]] = np.nan
    keep = (np.nan_to_num(demand[:, :first]) > 0).any(1)
    return Stocked("online retail", "week", np.datetime64(datetime.date.fromordinal(int(begin))), demand[keep],
                   np.maximum(price[keep], 0.01), lead, first, 4)


def orange_juice(first: int, lead) -> Stocked:
    """Weekly cartons (64 ounces) of Dominick's orange juice per store and brand, with its promotion calendar."""
    with gzip.open(data("forecast", "dominicks_oj", "yx.csv.gz"), "rt") as file:
        rows = list(csv.DictReader(file))
    keys = sorted({(int(row["store"]), int(row["brand"])) for row in rows})
    place = {key: at for at, key in enumerate(keys)}
    weeks = np.array([int(row["week"]) for row in rows])
    begin, count = weeks.min(), int(weeks.max() - weeks.min()) + 1
    demand = np.full((len(keys), count), np.nan)
    price, deal, feature = (np.full((len(keys), count), np.nan) for _ in range(3))
    for row, week in zip(rows, weeks - begin, strict=True):
        at = place[int(row["store"]), int(row["brand"])]
        demand[at, week] = round(np.exp(float(row["logmove"])) / 64)
        price[at, week] = float(row[f"price{row['brand']}"]) * 64
        deal[at, week], feature[at, week] = float(row["deal"]), float(row["feat"])
    usual = np.nanmedian(price, axis=1)
    known = np.stack([np.log(np.nan_to_num(price, nan=1) / usual[:, None]) * ~np.isnan(price), np.nan_to_num(deal),
                      np.nan_to_num(feature)], axis=2)
    return Stocked("Dominick's weekly", "week", np.datetime64("1990-06-14"), demand, usual, lead, first, 4, known,
                   ("price", "deal", "feature"), np.array([[brand] for _store, brand in keys]))


def walmart(first: int, lead) -> Stocked:
    """Weekly sales of M5's 70 departments of a store, as if each were one product of one price."""
    with open(data("forecast", "m5", "store_dept_L9_all_days.csv"), encoding="utf-8") as file:
        rows = list(csv.reader(file))
    head = rows[0]
    begin = next(at for at, name in enumerate(head) if name[:4].isdigit())
    daily = np.array([[float(value) for value in row[begin:]] for row in rows[1:]])
    weeks = daily.shape[1] // 7
    demand = daily[:, : weeks * 7].reshape(len(daily), weeks, 7).sum(2)
    return Stocked("M5 weekly", "week", np.datetime64(head[begin]), demand, np.ones(len(daily)), lead, first, 4)


def every_set() -> dict:
    """Name -> loader; lead times and first bucket fixed beforehand."""
    return {
        "dominicks": lambda: orange_juice(80, ((1, 0.7), (2, 0.3))),
        "m5": lambda: walmart(225, ((1, 0.7), (2, 0.3))),
        "online": lambda: online_retail(30, ((2, 0.6), (3, 0.3), (4, 0.1))),
        "auto": lambda: spare_parts("AUTO", 14, ((1, 0.6), (2, 0.4))),
        "braf": lambda: spare_parts("BRAF", 66, ((1, 0.5), (2, 0.4), (3, 0.1))),
    }
