import numpy as np

from odoo import models
from odoo.addons.gantry_forecast.tools.copy import copy_query
from odoo.tools import SQL

from ..tools.leads import POINTS, Level, blend, compress
from .gantry_reorder_apply import LEAD_SOURCES
from .gantry_reorder_health import SOURCE_CODES

# which measured lead times count for a row; receipts count for rows without a source too
OF_PRODUCT = SQL(
    """
    lead.level = 'product' AND lead.product_id = rule.product_id AND (
        (lead.source = 'buy' AND rule.source = 'buy' AND lead.partner_id = vendor.commercial_partner_id)
        OR (lead.source = 'buy' AND rule.source = 'none')
        OR (lead.source = 'transfer' AND rule.source = 'transfer' AND lead.warehouse_id = rule.warehouse_id
            AND lead.supplier_warehouse_id = rule.supplier_warehouse_id)
        OR (lead.source = 'manufacture' AND rule.source = 'manufacture'))
    """
)
OF_GROUP = SQL(
    """
    (lead.level = 'vendor' AND rule.source = 'buy' AND lead.partner_id = vendor.commercial_partner_id)
    OR (lead.level = 'route' AND rule.source = 'transfer' AND lead.warehouse_id = rule.warehouse_id
        AND lead.supplier_warehouse_id = rule.supplier_warehouse_id)
    OR (lead.level = 'category' AND lead.categ_id = rule.categ_id
        AND lead.source = CASE WHEN rule.source = 'none' THEN 'buy' ELSE rule.source END)
    """
)


class GantryReorderReadLead(models.Model):
    """Lead-time distributions of a shard: measured, shrunk to vendor and category, then to what is set."""

    _inherit = "gantry.reorder.rule"

    def _get_make_days(self, company, rows):
        """Days to make a product, as set; NaN where unknown. Manufacturing knows."""
        return np.full(len(rows), np.nan)

    def _get_set_days(self, company, rows):
        """The lead time as set in Odoo, NaN where nothing is."""
        source, days = rows["source"], np.full(len(rows), np.nan)
        buy = (source == SOURCE_CODES["buy"]) & (rows["seller_id"] > 0)
        days[buy] = (rows["route_days"] + rows["seller_delay"])[buy] + self._get_days_to_order(company)
        transfer = source == SOURCE_CODES["transfer"]
        days[transfer] = rows["route_days"][transfer]
        make = source == SOURCE_CODES["manufacture"]
        days[make] = (rows["route_days"] + self._get_make_days(company, rows))[make]
        return days

    def _read_leads(self, company, rows, policies, place):
        """:return: dict: days and prob (n, k), source (n,) index of LEAD_SOURCES, count (n,) receipts, set_days (n,)"""
        set_days = self._get_set_days(company, rows)
        fallback = np.array([policy.lead_days for policy in policies] + [0.0])[place]
        prior = np.where(np.isfinite(set_days), set_days, np.where(fallback > 0, fallback, np.nan))
        source = np.where(np.isfinite(set_days), LEAD_SOURCES.index("set"), np.where(
            fallback > 0, LEAD_SOURCES.index("policy"), LEAD_SOURCES.index("none")))
        own, own_count = self._read_own_receipts(company, rows)
        groups = self._read_groups(company, rows)
        levels = [own, *(groups[name][0] for name in ("vendor", "route", "category"))]
        days, prob, share = blend(levels, prior)
        counts = np.array([own_count, *(groups[name][1] for name in ("vendor", "route", "category"))])
        best = np.argmax(share, axis=0)
        measured = share.sum(0) > 0
        names = np.array([LEAD_SOURCES.index(name) for name in ("product", "vendor", "route", "category")])
        return {
            "days": days, "prob": prob, "source": np.where(measured, names[best], source), "set_days": set_days,
            "count": np.where(measured, counts[best, np.arange(len(rows))], 0),
        }

    def _read_own_receipts(self, company, rows):
        found = copy_query(self.env.cr, SQL(
            """
            SELECT shard.id, receipt.days::float8, receipt.weight::float8
              FROM gantry_reorder_shard shard
              JOIN gantry_reorder_rule rule ON rule.id = shard.id
         LEFT JOIN res_partner vendor ON vendor.id = rule.vendor_id
              JOIN gantry_reorder_leadtime lead ON lead.company_id = %s AND %s
              JOIN LATERAL unnest(lead.days, lead.weights) receipt(days, weight) ON TRUE
            """,
            company.id, OF_PRODUCT,
        ), [("id", "i4"), ("days", "f8"), ("weight", "f8")])
        row = np.searchsorted(rows["id"], found["id"])
        level = Level(row=row, days=found["days"], weight=found["weight"])
        return level, np.bincount(row, minlength=len(rows))

    def _read_groups(self, company, rows):
        """Receipts of the vendor, the route and the category of each row, as a few likely days each.

        :return: dict by level of (Level, receipts per row)
        """
        self.env.cr.execute(SQL(
            """
            SELECT lead.id, lead.level, lead.count, lead.days, lead.weights, array_agg(rule.id)
              FROM gantry_reorder_shard shard
              JOIN gantry_reorder_rule rule ON rule.id = shard.id
         LEFT JOIN res_partner vendor ON vendor.id = rule.vendor_id
              JOIN gantry_reorder_leadtime lead ON lead.company_id = %s AND (%s)
             GROUP BY lead.id, lead.level, lead.count, lead.days, lead.weights
            """,
            company.id, OF_GROUP,
        ))
        parts = {name: ([], [], []) for name in ("vendor", "route", "category")}
        counts = {name: np.zeros(len(rows), int) for name in parts}
        for _id, level, count, days, weights, rule_ids in self.env.cr.fetchall():
            place = np.searchsorted(rows["id"], np.array(rule_ids))
            few = compress(np.array(days), np.array(weights))
            row, day, weight = parts[level]
            row.append(np.repeat(place, POINTS))
            day.append(np.tile(few, len(place)))
            weight.append(np.full(POINTS * len(place), sum(weights) / POINTS))
            counts[level][place] = count

        def join(values, kind):
            return np.concatenate(values) if values else np.zeros(0, kind)

        return {
            name: (Level(row=join(row, int), days=join(day, float), weight=join(weight, float)), counts[name])
            for name, (row, day, weight) in parts.items()
        }
