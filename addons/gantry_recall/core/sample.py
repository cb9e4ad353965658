"""Effectiveness checks: which consignees are asked whether the notice reached them and was acted upon."""

import math
import random
from collections.abc import Sequence

# shares of 21 CFR 7.42(b)(3); B is set by the case
LEVELS = {"a": 1.0, "b": None, "c": 0.10, "d": 0.02, "e": 0.0}


def sample(consignees: Sequence[int], level: str, seed: int, share: float = 0.0) -> list[int]:
    """A random sample that anybody can draw again from the stored seed.

    Parameters
    ----------
    consignees : sequence of int
        Keys of the consignees; their order does not matter.
    level : {"a", "b", "c", "d", "e"}
        All, a set share, 10 %, 2 %, none.
    seed : int
        Seed of the draw.
    share : float
        Share between 0 and 1 at level b.

    Examples
    --------
    >>> sample(range(50), "c", seed=7) == sample(range(49, -1, -1), "c", seed=7)
    True
    >>> len(sample(range(50), "c", seed=7)), len(sample(range(3), "d", seed=7)), sample(range(3), "e", seed=7)
    (5, 1, [])
    """
    if level not in LEVELS:
        raise ValueError(f"There is no level {level}; take one of {', '.join(LEVELS)}.")
    if level == "b" and not 0 < share <= 1:
        raise ValueError("Level B needs a share above 0 and up to 100 percent.")
    ordered = sorted(set(consignees))
    wanted = share if level == "b" else LEVELS[level]
    # rounding guards against 0.1 * 30 = 3.0000000000000004
    size = min(len(ordered), math.ceil(round(len(ordered) * wanted, 9)))
    return sorted(random.Random(seed).sample(ordered, size))
