"""Demand after the end of the forecast."""

from __future__ import annotations

import numpy as np

SCALE = (0.5, 2.0)  # a product grows or shrinks in a year, but one lucky order is no growth


def extend(edges, demand, past_edges, past, seasonal):
    """Forecast buckets, followed by what was sold in the rest of the year, a year ago.

    A product that sells in summer must not look dead because the forecast ends in winter. Last year is scaled by how
    the forecast compares with the same days of last year. A product without a year of history goes on at the mean of
    its forecast.

    Parameters
    ----------
    edges, demand : (h + 1,), (n, h)
        Of the forecast, as in `Problem`.
    past_edges, past : (m + 1,), (n, m)
        Days from today on, and what was sold on the same days a year ago.
    seasonal : bool (n,)
        Whose past is known that far back.

    Returns
    -------
    edges, demand of the forecast and what follows it

    >>> import numpy as np
    >>> extend(np.array([0, 7]), np.array([[7.0]]), np.array([0, 14, 28]), np.array([[14.0, 28.0]]), np.array([True]))
    (array([ 0,  7, 14, 28]), array([[ 7.,  7., 28.]]))
    """
    end = edges[-1]
    later = np.concatenate([[end], past_edges[past_edges > end]])
    if len(later) == 1:
        return edges, demand
    total = np.concatenate([np.zeros((len(past), 1)), np.cumsum(past, axis=1)], axis=1)
    column = np.searchsorted(past_edges, end, side="right") - 1
    share = (end - past_edges[column]) / (past_edges[column + 1] - past_edges[column])
    until = total[:, column] + share * past[:, column]
    left = np.concatenate([(past[:, column] * (1 - share))[:, None], past[:, column + 1:]], axis=1)
    first = np.clip(edges[:-1], 0, None)
    expected = (demand * (np.clip(edges[1:], 0, None) - first) / np.diff(edges)).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(until > 0, np.clip(expected / until, *SCALE), 1.0)
    flat = (demand.sum(1) / (end - edges[0]))[:, None] * np.diff(later)
    rest = np.where(seasonal[:, None], left * scale[:, None], flat)
    return np.concatenate([edges, later[1:]]), np.concatenate([demand, rest], axis=1)
