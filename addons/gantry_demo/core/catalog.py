"""Names and numbers that do not change from day to day: articles, vendors, customers, price lists, events."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from . import words
from .barcode import ean13
from .types import Customer, Event, Price, Product, Supplier

__all__ = ["make_customers", "make_events", "make_prices", "make_products", "make_suppliers"]

PREFIX = "200"  # in-store numbers, see barcode.ean13


def _rate(family, share):
    """Return orders a day: a fifth of the articles make most of the lines, the tail sells now and then."""
    rate = float(family["rate"]) * share
    return 0.8 / (1 + (0.45 / rate) ** 3) if family["kind"] == "regular" else rate


def _families():
    with (Path(__file__).parent / "families.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="|"))


def _price_point(value):
    """Round a price up to what a price list shows (x.x5, x.x9 or whole)."""
    if value >= 100:
        return float(np.ceil(value))
    if value >= 10:
        return float(np.ceil(value * 2) / 2 - 0.05)
    return float(np.ceil(value * 20) / 20)


def make_products(params, rng):
    """Return the articles, family by family, with the life each one leads."""
    products = []
    for number, family in enumerate(_families()):
        variants = family["variants"].split(";")
        length, width, height = (float(side) for side in family["cm"].split("x"))
        # Popularity within the family falls off; which variant leads is drawn.
        share = rng.permutation(0.72 ** np.arange(len(variants)))
        for index, variant in enumerate(variants):
            factor = float(family["step"]) ** index
            cost = round(float(family["cost"]) * factor, 2)
            weight = float(family["kg"]) * factor
            margin = rng.uniform(1.32, 1.75) if cost < 100 else rng.uniform(1.2, 1.35)
            products.append(Product(
                code=f"{family['brand'][:3].upper()}-{number + 101}-{index + 1:02d}",
                barcode=ean13(PREFIX, (number + 101) * 1000 + index * 7 + 11),
                name=f"{family['brand']} {family['name']}, {variant}",
                category=family["category"],
                brand=family["brand"],
                family=number,
                cost=cost,
                price=_price_point(cost * margin),
                weight_kg=round(weight, 3),
                volume_m3=round(length * width * height * 1e-6 * min(factor, 12.0), 6),
                pack=int(family["pack"]),
                unit=family["unit"] or "unit",
                season=family["season"],
                kind=family["kind"],
                rate=_rate(family, float(share[index])) * params.volume,
                per_order=max(1.0, float(family["per_order"]) / factor**0.4),
                growth=float(family["growth"]),
            ))
    return _lives(products, params, rng)


def _lives(products, params, rng):
    """Let some articles be new, dying or dead; a new one names the sister that it resembles."""
    sisters = {}
    for index, product in enumerate(products):
        sisters.setdefault(product.family, []).append(index)
    regular = [i for i, p in enumerate(products) if p.kind == "regular" and len(sisters[p.family]) >= 3]
    chosen = rng.permutation(regular)
    families = set()
    lives = iter(["new"] * 12 + ["dying"] * 10 + ["dead"] * 8)
    life = next(lives)
    for index in chosen.tolist():
        product = products[index]
        if product.family in families:
            continue
        families.add(product.family)
        if life == "new":
            others = [i for i in sisters[product.family] if i != index]
            lookalike = max(others, key=lambda i: products[i].rate)
            born = params.days - int(rng.integers(18, 110))
            products[index] = replace(product, life=life, born=born, lookalike=lookalike,
                                      rate=max(product.rate, 0.8 * products[lookalike].rate))
        elif life == "dying":
            products[index] = replace(product, life=life)
        else:
            ends = params.days - int(rng.integers(150, 420 if params.days > 620 else 200))
            products[index] = replace(product, life=life, ends=ends)
        life = next(lives, None)
        if life is None:
            break
    return products


def _vendor_street(country, number):
    return words.VENDOR_STREETS[country].format(n=number * 37 % 89 + 3)


def make_suppliers():
    """Return the vendors."""
    suppliers = []
    for line in words.SUPPLIERS.splitlines():
        name, city, country, brands, lead, spread, weeks, hub = line.split("|")
        suppliers.append(Supplier(
            name=name, street=_vendor_street(country, len(suppliers)), city=city, country=country,
            brands=tuple(brands.split(",")), lead_days=float(lead), lead_cv=float(spread), review_weeks=int(weeks),
            hub=hub == "1",
        ))
    name, city, country, lead = words.FACTOR
    suppliers.append(Supplier(
        name=name, street=_vendor_street(country, len(suppliers)), city=city, country=country, brands=(),
        lead_days=float(lead), lead_cv=0.2, review_weeks=1, hub=False,
    ))
    return suppliers


def make_prices(products, suppliers, supplier_of, rng):
    """Return the price lists: one main vendor each, breaks on quantity, a second source for the best sellers."""
    prices = []
    factor = len(suppliers) - 1
    best = set(np.argsort([-p.rate * p.per_order * p.cost for p in products])[:60].tolist())
    for index, product in enumerate(products):
        vendor = suppliers[supplier_of[index]]
        # A vendor's own delays per article: slow movers are made to order.
        lead = vendor.lead_days * (1.3 if product.kind != "regular" else 1.0) + float(rng.integers(-1, 3))
        minimum = float(product.pack * int(rng.choice((1, 2, 4))))
        code = f"{product.brand[0]}{product.family:03d}{int(rng.integers(100, 999))}"
        for step, discount in enumerate((1.0, 0.95, 0.9)[: 1 + int(rng.integers(0, 3))]):
            prices.append(Price(
                product=index, supplier=int(supplier_of[index]), min_qty=minimum * (1, 10, 40)[step],
                price=round(product.cost * discount, 2), lead_days=max(1, round(lead)), code=code,
            ))
        if index in best:
            prices.append(Price(
                product=index, supplier=factor, min_qty=1.0, price=round(product.cost * 1.14, 2),
                lead_days=int(suppliers[factor].lead_days), code=product.code,
            ))
    return prices


def make_customers(params, rng):
    """Return the customers: shops, builders, services, schools, spread over the towns."""
    towns = [line.split("|") for line in words.TOWNS.replace("\n", ";").split(";")]
    weights = np.array([float(town[3]) for town in towns])
    kinds = list(words.CUSTOMER_KINDS)
    shares = np.array([words.CUSTOMER_KINDS[kind][1] for kind in kinds])
    customers, taken = [], set()
    while len(customers) < params.customers:
        kind = kinds[rng.choice(len(kinds), p=shares / shares.sum())]
        town, county, house, _weight = towns[rng.choice(len(towns), p=weights / weights.sum())]
        patterns, _share, _buys, mean_size = words.CUSTOMER_KINDS[kind]
        surname = words.SURNAMES[rng.integers(len(words.SURNAMES))]
        name = patterns[rng.integers(len(patterns))].format(s=surname, t=town)
        if name in taken:
            continue
        taken.add(name)
        goods_in = ("Goods-in, rear entrance", "Store room")[: int(rng.choice(3, p=(0.55, 0.35, 0.1)))]
        customers.append(Customer(
            code=f"C{len(customers) + 1001}", name=name, kind=kind,
            street=f"{int(rng.integers(1, 98))} {words.STREETS[rng.integers(len(words.STREETS))]}",
            town=town, county=county, house=int(house), size=float(mean_size * rng.pareto(1.6) + 0.25),
            goods_in=goods_in,
        ))
    return customers


def make_events(params, ahead_days=150):
    """Return the promotions and closures from the start of the history to some months after today.

    A promotion does not fall on the same day each year; what recurs is listed once a year as well.
    """
    start, end = params.start, params.today + timedelta(days=ahead_days)
    events = []
    for year in range(start.year - 1, end.year + 1):
        for name, month, day, length, category, uplift in words.PROMOTIONS:
            first = date(year, month, day) + timedelta(days=year * 3 % 7 - 3)
            events.append(Event(
                name=f"{name} {year}", kind="promotion", date_from=first,
                date_to=first + timedelta(days=length - 1), category=category, uplift=uplift, recurring=False,
            ))
        events.append(Event(
            name="Christmas closure", kind="shutdown", date_from=date(year, 12, 24),
            date_to=date(year + 1, 1, 1), category="", uplift=-1.0, recurring=True,
        ))
        events.append(Event(
            name="Saint Patrick's Day", kind="holiday", date_from=date(year, 3, 17),
            date_to=date(year, 3, 17), category="", uplift=-1.0, recurring=True,
        ))
    return [event for event in events if event.date_to >= start and event.date_from <= end]
