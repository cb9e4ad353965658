import numpy as np

from odoo import models
from odoo.addons.gantry_forecast.tools.copy import copy_query
from odoo.tools import SQL

from ..core import steady
from .gantry_reorder_proof_play import ERRATIC


class GantryReorderReadAims(models.Model):
    """What the past has proved, as columns of the problem."""

    _inherit = "gantry.reorder.rule"

    def _read_aims(self, rows, policies, place, grid):
        """Shadow price or fill rate that the class of each row aims at, NaN where nothing was proved; forecasts of
        classes that are better off with a steadier view are changed in place.

        :return: dict: price (n,), target (n,)
        """
        names = self.env["gantry.reorder.policy"]._get_class_names()
        found = {"price": np.full(len(rows), np.nan), "target": np.full(len(rows), np.nan)}
        steadier = np.zeros(len(rows), bool)
        for (policy, name), proof in self.env["gantry.reorder.proof"]._get_aims(policies).items():
            if not proof.days:
                continue
            mine = place == policies.ids.index(policy.id)
            if name:
                mine &= grid["demand_class"] == names.index(name) + 1
                found["target"][mine] = proof.aim_pct / 100
            else:
                found["price"][mine] = proof.price
            steadier |= mine & proof.steady
        erratic = np.isin(grid["demand_class"], [names.index(name) + 1 for name in ERRATIC])
        steadier &= erratic & grid["plain"]
        if steadier.any():
            factor = np.where(steadier, steady(grid["mean"], grid["days"], *self._read_year(rows)), 1.0)
            grid["mean"] *= factor.astype(np.float32)[:, None]
            grid["quantiles"] *= factor.astype(np.float32)[:, None, None]
            grid["day_mean"] *= factor
        return found

    def _read_year(self, rows):
        """Demand of the last year and the days since the first sale in it, (n,) each."""
        found = copy_query(self.env.cr, SQL(
            """
            SELECT shard.id, forecast.demand_12m_qty::float8,
                   LEAST(COALESCE(forecast.date_start - (
                       SELECT min(demand.date) FROM gantry_demand demand
                        WHERE demand.product_id = shard.product_id AND demand.warehouse_id = shard.warehouse_id
                   ), 0), 364)
              FROM gantry_reorder_shard shard
              JOIN gantry_forecast forecast ON forecast.product_id = shard.product_id
                                           AND forecast.warehouse_id = shard.warehouse_id
             WHERE forecast.demand_12m_qty IS NOT NULL
            """,
        ), [("id", "i4"), ("sold", "f8"), ("days", "i4")])
        sold, days, at = np.full(len(rows), np.nan), np.zeros(len(rows)), np.searchsorted(rows["id"], found["id"])
        sold[at], days[at] = found["sold"], found["days"]
        return sold, days
