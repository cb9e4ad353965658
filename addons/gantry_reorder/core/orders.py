"""How much one order takes: economic order quantity, price breaks, minimum and multiples."""

from __future__ import annotations

import numpy as np

from .types import Params, Policy, Problem

__all__ = ["order_quantity", "round_up"]


def round_up(quantity: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The next multiple of `unit`; unchanged where that is zero.

    >>> round_up(np.array([7.0, 12.0, 2.5]), np.array([6.0, 6.0, 0.0])).tolist()
    [12.0, 12.0, 2.5]
    """
    some = np.where(unit > 0, unit, 1)
    return np.where(unit > 0, np.ceil(quantity / some - 1e-9) * some, quantity)


def round_down(quantity: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The multiple of `unit` below; infinity stays."""
    some = np.where(unit > 0, unit, 1)
    with np.errstate(invalid="ignore"):
        return np.where((unit > 0) & np.isfinite(quantity), np.floor(quantity / some + 1e-9) * some, quantity)


def order_quantity(problem: Problem, params: Params, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cheapest quantity of one order and the unit price it is bought at, (n,) each.

    Every price level is tried at its economic order quantity, raised to the break where it has to be (Silver, Pyke,
    Peterson 1998, section 5.5). Without an order cost the quantity is what one review period sells.

    Parameters
    ----------
    problem : Problem
    params : Params
    rate : (n,)
        Mean demand per day.
    """
    year = rate * params.year_days
    least = np.maximum.reduce([problem.minimum_qty, rate * problem.review_days, np.zeros(problem.size)])
    quantities, prices = np.zeros((problem.size, 1)), problem.unit_cost[:, None]
    if problem.price_breaks is not None:
        breaks = problem.price_breaks
        quantities = np.concatenate([quantities, np.nan_to_num(breaks[:, :, 0], nan=np.inf)], axis=1)
        prices = np.concatenate([prices, np.nan_to_num(breaks[:, :, 1], nan=np.inf)], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        holding = problem.holding_rate[:, None] * prices
        economic = np.sqrt(2 * problem.order_cost[:, None] * year[:, None] / holding)
        economic = np.where((holding > 0) & np.isfinite(holding), economic, 0)
        chosen = np.maximum.reduce([economic, quantities, np.broadcast_to(least[:, None], economic.shape)])
        chosen = np.where(np.isfinite(chosen), round_up(chosen, problem.multiple[:, None]), np.inf)
        cost = year[:, None] * (prices + problem.order_cost[:, None] / np.where(chosen > 0, chosen, np.inf))
        cost = cost + holding * chosen / 2
    cost = np.where(np.isfinite(chosen) & np.isfinite(prices) & (year[:, None] > 0), cost, np.inf)
    best = np.where(np.isfinite(cost).any(1), np.argmin(cost, axis=1), 0)
    rows = np.arange(problem.size)
    return chosen[rows, best], np.where(np.isfinite(prices[rows, best]), prices[rows, best], problem.unit_cost)


def position_spread(problem: Problem, quantity: np.ndarray, cycle_mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance between order-up-to level and reorder point, and the multiple of an order, (n,) each.

    What is below the reorder point when it is noticed is about half of what a review period sells, so the distance is
    that much smaller than the order.
    """
    unit, policy = problem.rounding, problem.policy
    least = np.maximum(problem.minimum_qty - unit, 0)
    gap = quantity - 0.5 * cycle_mean - np.maximum(problem.multiple, unit)
    gap = np.where(policy == Policy.MIN_MAX, np.maximum(gap, 0), 0)
    gap = np.where(quantity > cycle_mean + problem.rounding, gap, 0)
    gap = round_up(np.maximum(gap, np.where(policy == Policy.MIN_QTY, 0, least)), unit)
    multiple = np.where(
        policy == Policy.MIN_QTY,
        round_up(np.maximum.reduce([quantity, problem.minimum_qty, unit]), np.maximum(problem.multiple, unit)),
        problem.multiple)
    return gap, multiple
