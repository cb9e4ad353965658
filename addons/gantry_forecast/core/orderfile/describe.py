"""What a file tells about its products, for those that are to be created."""

import numpy as np

from .types import Lines


def codes_of(lines: Lines) -> tuple[str, ...]:
    """Return what identifies the product of a line: distinct codes, or barcodes where there is no code column.

    Positions are those of ``lines.index['code']`` (or ``'barcode'``); position 0 is the empty text.
    """
    return lines.values["code"] if len(lines.values["code"]) > 1 else lines.values["barcode"]


def most_common(group: np.ndarray, value: np.ndarray, groups: int) -> np.ndarray:
    """Return the most frequent value above 0 of each group (ties: the value met first), 0 where there is none.

    >>> most_common(np.array([1, 1, 1, 2]), np.array([5, 7, 7, 0]), 3).tolist()
    [0, 7, 0]
    """
    found = np.zeros(groups, np.int64)
    keep = value > 0
    if not keep.any():
        return found
    width = int(value.max()) + 1
    keys, counts = np.unique(group[keep].astype(np.int64) * width + value[keep], return_counts=True)
    owner, number = np.divmod(keys, width)
    order = np.lexsort((-number, counts))  # the last one written wins: most often, then smallest number
    found[owner[order]] = number[order]
    return found


def typical_price(price: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Return the median price above 0 of each group, 0 where there is none."""
    keep = np.flatnonzero(np.nan_to_num(price) > 0)
    typical = np.zeros(groups)
    if not len(keep):
        return typical
    order = keep[np.lexsort((price[keep], group[keep]))]
    owners, start, counts = np.unique(group[order], return_index=True, return_counts=True)
    typical[owners] = price[order[start + counts // 2]]
    return typical
