"""What customers ask for: order rates by day, then the order lines themselves."""

from datetime import timedelta

import numpy as np

from . import words

__all__ = ["AHEAD_DAYS", "assign_customers", "order_lines", "order_rates", "order_size"]

AHEAD_DAYS = 160  # how far the rates reach past today; the buyer looks a lead time ahead
WEEKDAYS = np.array([1.28, 1.06, 0.98, 0.94, 0.74, 0.0, 0.0])


def _season_profile(name, days, years, rng):
    """Return the seasonal factor of each day, mean about one, its peaks a little early or late each year."""
    profile = np.ones(len(days))
    year_round = np.ones(365)
    shift = dict(zip(np.unique(years).tolist(), rng.normal(0, 5, len(np.unique(years))), strict=True))
    shifts = np.array([shift[year] for year in years.tolist()])
    for peak, concentration, height in words.SEASONS[name]:
        turn = 2 * np.pi / 365.25
        profile += height * np.exp(concentration * (np.cos(turn * (days - peak - shifts)) - 1))
        year_round += height * np.exp(concentration * (np.cos(turn * (np.arange(1, 366) - peak)) - 1))
    if name == "xmas":  # nobody buys baubles in January
        profile[(days > 357) | (days < 225)] *= 0.04
    return profile / year_round.mean()


def _life_factor(product, total, params):
    """Return the factor of each day for the stage of life that the article is in."""
    day = np.arange(total)
    if product.life == "new":
        age = day - product.born
        return np.where(age < 0, 0.0, 1 - 0.7 * np.exp(-np.maximum(age, 0) / 18))
    if product.life == "dying":
        return 0.5 ** (np.maximum(day - (params.days - 420), 0) / 110)
    if product.life == "dead":
        return np.where(day > product.ends, 0.0, 0.5 ** (np.maximum(day - product.ends + 150, 0) / 80))
    return np.ones(total)


def _event_factor(products, events, params, total, rng):
    """Return what promotions do to each article, with the dip after them, and the days closed."""
    factor = np.ones((len(products), total))
    closed = np.zeros(total, dtype=bool)
    for event in events:
        first = (event.date_from - params.start).days
        last = (event.date_to - params.start).days
        span = slice(max(0, first), max(0, last + 1))
        if event.kind != "promotion":
            closed[span] = True
            continue
        response = rng.lognormal(0, 0.35, len(products)) * event.uplift
        for index, product in enumerate(products):
            if product.category.startswith(event.category) and product.kind == "regular":
                factor[index, span] *= 1 + response[index]
                factor[index, max(0, last + 1):max(0, last + 8)] *= 0.78
    return factor, closed


def order_rates(products, events, params, rng):
    """Return orders a day, shape (products, 2, days + AHEAD_DAYS): season, trend, weekday, promotions, life."""
    total = params.days + AHEAD_DAYS
    dates = [params.start + timedelta(days=day) for day in range(total)]
    of_year = np.array([date.timetuple().tm_yday for date in dates])
    years = np.array([date.year for date in dates])
    weekday = WEEKDAYS[[date.weekday() for date in dates]]
    seasons = {name: _season_profile(name, of_year, years, rng) for name in words.SEASONS}
    factor, closed = _event_factor(products, events, params, total, rng)
    tops = sorted({product.category.split("/")[0] for product in products})
    second_house = dict(zip(tops, 0.55 * rng.lognormal(0, 0.25, len(tops)), strict=True))
    weeks = total // 7 + 1
    rates = np.empty((len(products), 2, total), dtype=np.float64)
    for index, product in enumerate(products):
        common = product.rate * seasons[product.season] * factor[index] * weekday
        common *= (1 + product.growth) ** ((np.arange(total) - params.days / 2) / 365)
        common *= _life_factor(product, total, params)
        for house in range(2):
            # The level wanders: an AR(1) in the logarithm, week by week.
            shocks = rng.normal(0, 0.07, weeks)
            level = np.zeros(weeks)
            for week in range(1, weeks):
                level[week] = 0.93 * level[week - 1] + shocks[week]
            share = 1.0 if house == 0 else second_house[product.category.split("/")[0]] * rng.lognormal(0, 0.2)
            rates[index, house] = common * share * np.exp(np.repeat(level, 7)[:total])
    rates[:, :, closed] = 0.0
    return rates


def order_size(products, chosen, rng):
    """Return a quantity for each chosen article: lognormal round the usual size, most often whole packs."""
    mean = np.array([product.per_order for product in products])[chosen]
    pack = np.array([product.pack for product in products])[chosen]
    spread = np.array([{"regular": 0.28, "spare": 0.35, "project": 0.85}[p.kind] for p in products])[chosen]
    size = np.maximum(1, np.rint(rng.lognormal(np.log(mean) - spread**2 / 2, spread)))
    whole = (rng.random(len(size)) < 0.75) & (mean >= pack)
    return np.where(whole, np.maximum(1, np.rint(size / pack)) * pack, size)


def order_lines(products, rates, params, rng, *, ahead_days=8, projects=14):
    """Return day, house, article, quantity and a project flag of every line asked, sorted by day and house."""
    days = params.days + ahead_days
    lam = rates[:, :, :days]
    # Shops follow each other: the count is a Poisson with a gamma rate (negative binomial).
    burst = rng.gamma(40.0, 1 / 40.0, lam.shape)
    regular = np.array([product.kind == "regular" for product in products])
    counts = rng.poisson(np.where(regular[:, None, None], lam * burst, lam))
    article, house, day = np.nonzero(counts)
    times = counts[article, house, day]
    article, house, day = (np.repeat(column, times) for column in (article, house, day))
    quantity = order_size(products, article, rng)
    project = np.zeros(len(day), dtype=bool)
    # One-off orders for a building site or a council: many times the usual size, once.
    candidates = [i for i, p in enumerate(products)
                  if p.kind == "regular" and p.life == "steady" and p.category.startswith(("Workshop", "Garden/Tools"))]
    picks = rng.choice(candidates, size=projects, replace=False)
    when = rng.integers(40, params.days - 10, size=projects)
    open_days = np.flatnonzero(rates.sum(axis=(0, 1))[: params.days] > 0)
    when = open_days[np.searchsorted(open_days, when).clip(max=len(open_days) - 1)]
    size = np.array([products[i].per_order for i in picks]) * rng.integers(22, 55, size=projects)
    article = np.concatenate([article, picks])
    house = np.concatenate([house, rng.integers(0, 2, size=projects)])
    day = np.concatenate([day, when])
    quantity = np.concatenate([quantity, np.rint(size / 10) * 10 + 10])
    project = np.concatenate([project, np.ones(projects, dtype=bool)])
    order = np.lexsort((article, house, day))
    return day[order], house[order], article[order], quantity[order], project[order]


def assign_customers(products, customers, day, house, article, project, rng):
    """Return the customer of every line: each day some customers order, and each asks for what it deals in."""
    tops = sorted({product.category.split("/")[0] for product in products})
    top = np.array([tops.index(product.category.split("/")[0]) for product in products])[article]
    taste = np.array([[words.CUSTOMER_KINDS[c.kind][2].get(name, 0.0) for name in tops] for c in customers])
    size = np.array([customer.size for customer in customers])
    served_from = np.array([customer.house for customer in customers])
    buyers = np.array([customer.kind in ("builder", "public") for customer in customers])
    result = np.empty(len(day), dtype=np.int32)
    bounds = np.flatnonzero(np.diff(day * 2 + house)) + 1
    for lines in np.split(np.arange(len(day)), bounds):
        local = np.flatnonzero(served_from == house[lines[0]])
        weight = size[local] / size[local].sum()
        active = rng.choice(len(local), size=min(len(local), max(3, round(len(lines) / 3.1))), replace=False, p=weight)
        for kind in np.unique(top[lines]):
            mine = lines[top[lines] == kind]
            appetite = taste[local[active], kind]
            pool, chance = local[active], appetite
            if appetite.sum() < 0.5:  # nobody of today's callers deals in it: one more customer calls
                pool, chance = local, taste[local, kind] * weight
            result[mine] = rng.choice(pool, size=len(mine), p=chance / chance.sum())
        for line in lines[project[lines]]:
            pool = local[buyers[local]] if buyers[local].any() else local
            result[line] = rng.choice(pool)
    return result
