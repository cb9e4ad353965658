import numpy as np
from scipy.stats import norm

from odoo import models
from odoo.addons.gantry_forecast.core import QUANTILES
from odoo.addons.gantry_forecast.tools import buckets
from odoo.addons.gantry_forecast.tools.copy import copy_query
from odoo.tools import SQL

NORMAL_SPREAD = 0.35  # relative deviation where nothing is known about the spread of a forecast
DAY_MEAN_DAYS = 28


class GantryReorderRead(models.Model):
    """Forecasts and prices of a shard, as arrays."""

    _inherit = "gantry.reorder.rule"

    # -- forecasts

    def _get_more_demand(self):
        """SQL of demand on top of a forecast's own, an array per bucket or NULL. Manufacturing knows."""
        return SQL("NULL::real[]")

    def _read_forecasts(self, company, rows, today):
        """Forecasts from today on, on one grid of periods.

        :return: dict: days (h,), mean (n, h), quantiles (n, h, q), levels, known (n,), day_mean (n,),
            demand_class (n,), plain (n,)
        """
        bucket, start, width = self._get_grid(company, today)
        limits = buckets.edges(start, width, bucket)
        n, levels = len(rows), len(QUANTILES)
        mean = np.full((n, width), np.nan, np.float32)
        quantiles = np.full((n, width, levels), np.nan, np.float32)
        demand_class, plain = np.zeros(n, np.int32), np.zeros(n, bool)
        for first, count in self._get_forecast_shapes(bucket):
            found = self._copy_forecasts(bucket, first, count)
            place = np.searchsorted(rows["id"], found["id"])
            shift = max(buckets.count(first, start, bucket), 0)
            take = min(count - shift, width)
            if take <= 0:
                continue
            final, spread = _with_overrides(found, count, levels)
            mean[place, :take] = final[:, shift:shift + take]
            quantiles[place, :take] = spread[:, shift:shift + take]
            demand_class[place] = found["demand_class"]
            # neither overridden nor demand of other products: the forecast alone
            plain[place] = (np.abs(found["final"] - found["mean"]) < 1e-6).all(1) & (found["more"] == 0).all(1)
            # a forecast that was made earlier ends earlier: its last period goes on
            mean[place, take:] = final[:, -1:]
            quantiles[place, take:] = spread[:, -1:]
        known = np.isfinite(mean[:, 0])
        share = np.ones(width)
        length = np.diff(limits).astype(float)
        share[0] = (limits[1] - today).astype(int) / length[0]
        mean *= share[None, :].astype(np.float32)
        quantiles *= share[None, :, None].astype(np.float32)
        days = length * share
        count = np.clip(DAY_MEAN_DAYS - np.concatenate([[0], np.cumsum(days)[:-1]]), 0, days) / days
        covered = float((count * days).sum())
        return {
            "days": days, "mean": mean, "quantiles": quantiles, "levels": np.array(QUANTILES), "known": known,
            "day_mean": np.nan_to_num(mean) @ count / covered, "demand_class": demand_class,
            "plain": plain,
        }

    def _get_grid(self, company, today):
        """Period length, first period from today on and number of periods, as most forecasts of the shard have them."""
        bucket = company.gantry_forecast_bucket
        self.env.cr.execute(SQL(
            """
            SELECT max(cardinality(final)) FROM gantry_forecast
             WHERE company_id = %s AND bucket = %s AND final IS NOT NULL
            """,
            company.id, bucket,
        ))
        width = self.env.cr.fetchone()[0] or company.gantry_forecast_horizon
        return bucket, buckets.floor(today, bucket), width

    def _get_forecast_shapes(self, bucket):
        """First period and number of periods of the forecasts of the shard."""
        self.env.cr.execute(SQL(
            """
            SELECT DISTINCT forecast.date_start, cardinality(forecast.final)
              FROM gantry_reorder_shard shard
              JOIN gantry_forecast forecast ON forecast.product_id = shard.product_id
                                           AND forecast.warehouse_id = shard.warehouse_id
             WHERE forecast.final IS NOT NULL AND forecast.bucket = %s
             ORDER BY 1
            """,
            bucket,
        ))
        return self.env.cr.fetchall()

    def _copy_forecasts(self, bucket, first, count):
        more = self._get_more_demand()
        zeros = SQL("array_fill(0::real, ARRAY[%s])", count)
        return copy_query(self.env.cr, SQL(
            """
            WITH forecast AS MATERIALIZED (  -- joined before it is filtered: nobody can guess how many arrays fit
                SELECT shard.id, COALESCE(array_position(%(classes)s::text[], forecast.demand_class::text), 0) AS kind,
                       forecast.mean, forecast.final, %(more)s AS more, forecast.quantiles, forecast.bucket,
                       forecast.date_start
                  FROM gantry_reorder_shard shard
                  JOIN gantry_forecast forecast ON forecast.product_id = shard.product_id
                                               AND forecast.warehouse_id = shard.warehouse_id)
            SELECT id, kind, mean, final, CASE WHEN cardinality(more) = %(count)s THEN more ELSE %(zeros)s END,
                   quantiles
              FROM forecast
             WHERE bucket = %(bucket)s AND date_start = %(first)s AND cardinality(final) = %(count)s
               AND cardinality(mean) = %(count)s AND length(quantiles) = %(size)s
             ORDER BY id
            """,
            classes=self.env["gantry.reorder.policy"]._get_class_names(), more=more, zeros=zeros, bucket=bucket,
            first=first, count=count, size=4 * count * len(QUANTILES),
        ), [("id", "i4"), ("demand_class", "i4"), ("mean", "f4", (count,)), ("final", "f4", (count,)),
            ("more", "f4", (count,)), ("quantiles", f"V{4 * count * len(QUANTILES)}")])

    # -- prices

    def _read_prices(self, company, rows, today):
        """Cost, multiples, minimum and price breaks, in the company's currency and the product's unit."""
        rates, missing = self._get_rates(company, rows, today)
        lines = copy_query(self.env.cr, SQL(
            """
            SELECT rule.id, line.currency_id, (line.min_qty * pack.factor / unit.factor)::float8,
                   (line.price * (1 - COALESCE(line.discount, 0) / 100) * unit.factor / pack.factor)::float8
              FROM gantry_reorder_rule rule JOIN gantry_reorder_shard shard ON shard.id = rule.id
              JOIN product_supplierinfo seller ON seller.id = rule.seller_id
              JOIN product_product product ON product.id = rule.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = template.uom_id
              JOIN product_supplierinfo line ON line.product_tmpl_id = template.id
                                            AND line.partner_id = seller.partner_id
               AND (line.product_id IS NULL OR line.product_id = product.id)
               AND (line.company_id IS NULL OR line.company_id = %(company)s)
               AND (line.date_start IS NULL OR line.date_start <= %(today)s)
               AND (line.date_end IS NULL OR line.date_end >= %(today)s)
              JOIN uom_uom pack ON pack.id = line.product_uom_id
                   AND split_part(pack.parent_path, '/', 1) = split_part(unit.parent_path, '/', 1)
             WHERE line.price IS NOT NULL
             ORDER BY rule.id, 3, 4
            """,
            company=company.id, today=self._get_real_today(company),
        ), [("id", "i4"), ("currency_id", "i4"), ("quantity", "f8"), ("price", "f8")])
        place = np.searchsorted(rows["id"], lines["id"])
        price = lines["price"] * np.array([rates.get(one, np.nan) for one in lines["currency_id"]], float)
        first = np.full(len(rows), np.nan)
        first[place[::-1]] = price[::-1]
        minimum = np.full(len(rows), np.inf)
        np.minimum.at(minimum, place, lines["quantity"])
        cost = rows["standard_price"].copy()
        for other in (np.nan_to_num(first), rows["list_price"]):
            cost = np.where(cost > 0, cost, other)
        multiple = np.where(np.isfinite(rows["old_multiple"]), rows["old_multiple"], rows["pack"])
        multiple = np.where(rows["uom_fits"] & (np.abs(multiple - 1) > 1e-9), multiple, 0.0)
        return {
            "cost": cost, "minimum": np.where(np.isfinite(minimum), minimum, 0.0), "multiple": multiple,
            "breaks": _get_breaks(place, lines["quantity"], price, len(rows)),
            "rate_missing": np.isin(rows["currency_id"], list(missing)) & (rows["seller_id"] > 0),
        }

    def _get_rates(self, company, rows, today):
        """Company currency per unit of each vendor currency, and the currencies without any rate."""
        rates, missing = {company.currency_id.id: 1.0}, set()
        currencies = self.env["res.currency"].browse([
            int(one) for one in np.unique(rows["currency_id"]) if one and one != company.currency_id.id])
        if not currencies:
            return rates, missing
        known = {rate.currency_id for rate in self.env["res.currency.rate"].search([
            ("currency_id", "in", currencies.ids), ("company_id", "in", [False, company.root_id.id])])}
        for currency in currencies:
            if currency not in known:
                missing.add(currency.id)
                continue
            rates[currency.id] = self.env["res.currency"]._get_conversion_rate(
                currency, company.currency_id, company, self._get_real_today(company))
        return rates, missing


def _get_breaks(place, quantity, price, size):
    """Price breaks as (size, b, 2), padded with NaN; None when no rule has more than one price."""
    keep = np.isfinite(price)
    place, quantity, price = place[keep], quantity[keep], price[keep]
    if not len(place):
        return None
    first = np.concatenate([[True], place[1:] != place[:-1]])
    rank = np.arange(len(place)) - np.maximum.accumulate(np.where(first, np.arange(len(place)), 0))
    if rank.max() == 0:
        return None
    breaks = np.full((size, int(rank.max()) + 1, 2), np.nan)
    breaks[place, rank, 0], breaks[place, rank, 1] = quantity, price
    return breaks


def _with_overrides(found, count, levels):
    """The final mean and the quantiles that go with it.

    What a planner has overridden keeps its relative spread; demand without any spread of its own (forecast zero and
    overridden, or dependent on other products) gets that of the others.
    """
    mean, final = found["mean"].astype(np.float64), found["final"].astype(np.float64)
    more = np.maximum(found["more"].astype(np.float64), 0.0)
    raw = np.ascontiguousarray(found["quantiles"]).view("<f4").reshape(len(found), count, levels).astype(np.float64)
    factor = np.divide(final, mean, out=np.ones_like(mean), where=mean > 0)
    quantiles = raw * factor[:, :, None]
    bare = np.where(mean > 0, 0.0, final) + more
    if bare.any():
        quantiles = quantiles + bare[:, :, None] * _get_usual_spread(mean, raw)[None, None, :]
    return final + more, quantiles


def _get_usual_spread(mean, quantiles):
    """Quantiles of a forecast of one unit, as the forecasts of the shard have them."""
    rows, columns = np.nonzero(mean > 0)
    if len(rows) < 50:
        return np.maximum(1 + NORMAL_SPREAD * norm.ppf(np.array(QUANTILES)), 0)
    return np.median(quantiles[rows, columns] / mean[rows, columns][:, None], axis=0)
