"""Dominick's orange juice: weekly demand of store x brand with price, deal and feature known in advance."""

import csv
import gzip
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import harness

HORIZON = 8


def load(core):
    """Return (problem, test (n, 8)): series with data in each of the last eight weeks and most of the weeks before."""
    with gzip.open(harness.data("forecast", "dominicks_oj", "yx.csv.gz"), "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    weeks = sorted({int(row["week"]) for row in rows})
    first, span = weeks[0], weeks[-1] - weeks[0] + 1
    keys = sorted({(int(row["store"]), int(row["brand"])) for row in rows})
    place = {key: index for index, key in enumerate(keys)}
    demand = np.full((len(keys), span), np.nan)
    known = np.full((len(keys), span, 3), np.nan, dtype=np.float32)
    for row in rows:
        index, week = place[int(row["store"]), int(row["brand"])], int(row["week"]) - first
        # logmove is the natural logarithm of the ounces sold; a unit is a carton of 64 ounces
        demand[index, week] = np.exp(float(row["logmove"])) / 64
        known[index, week] = float(row[f"price{row['brand']}"]), float(row["deal"]), float(row["feat"])
    test = demand[:, -HORIZON:]
    keep = ~np.isnan(test).any(axis=1) & ((~np.isnan(demand[:, :-HORIZON])).sum(axis=1) >= 60)
    known = _fill(known[keep])
    groups = np.array(keys, dtype=np.int32)[keep]
    problem = core.Problem(
        demand=demand[keep, :-HORIZON], bucket=core.Bucket.WEEK, start=np.datetime64("1990-06-14"),
        horizon=HORIZON, groups=groups, known=known, known_names=("price", "deal", "feature"))
    return problem, test[keep]


def _fill(known):
    """A price missing with the week's sale is the last one seen; no deal, no feature."""
    known[:, :, 1:] = np.nan_to_num(known[:, :, 1:])
    price = known[:, :, 0]
    for week in range(1, price.shape[1]):
        price[:, week] = np.where(np.isnan(price[:, week]), price[:, week - 1], price[:, week])
    for week in range(price.shape[1] - 2, -1, -1):
        price[:, week] = np.where(np.isnan(price[:, week]), price[:, week + 1], price[:, week])
    return known
