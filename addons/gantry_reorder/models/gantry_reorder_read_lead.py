import numpy as np

from odoo import models

from .gantry_reorder_apply import LEAD_SOURCES
from .gantry_reorder_health import SOURCE_CODES


class GantryReorderReadLead(models.Model):
    """Lead-time distributions of a shard: measured, shrunk to vendor and category, or as set."""

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
        days, prob = prior[:, None], np.where(np.isfinite(prior), 1.0, 0.0)[:, None]
        return {"days": days, "prob": prob, "source": source, "count": np.zeros(len(rows), int), "set_days": set_days}
