import base64

import numpy as np

from odoo import fields, models

from ..core import DemandClass
from .gantry_forecast_plan import CLASS_NAMES


class GantryForecastRecipeRun(models.Model):
    _inherit = "gantry.forecast.recipe"

    def _file(self, recipe, state):
        """Keep what was learnt, with its tier table."""
        self.ensure_one()
        blob = base64.b64encode(recipe.to_bytes())
        vals = {"data": blob, "state": state, "date": fields.Datetime.now(), "windows": {}}
        if state == "fast":
            vals["fast_data"] = blob
        self.tier_ids.unlink()
        vals["tier_ids"] = [fields.Command.create({
            "demand_class": CLASS_NAMES[report.demand_class], "tier": report.tier,
            "score": report.score if np.isfinite(report.score) else False,
            "score_below": report.score_below if np.isfinite(report.score_below) else False,
            "used": report.on, "series_count": report.n, "reason": report.reason,
        }) for report in sorted(recipe.tiers, key=lambda report: (report.demand_class, report.tier))
            if report.demand_class >= DemandClass.SMOOTH]
        self.write(vals)

    def _read_blob(self, fast=False):
        """The packed recipe; the fast one holds nothing that needs a child process."""
        return base64.b64decode((self.fast_data if fast else False) or self.data)

    def _add_windows(self, plan):
        """Sum up the errors of the wizard's window averages over the shards of a run."""
        total = float(np.nansum(plan.bt_actual))
        windows = dict(self.windows or {})
        for name, wape in plan.bt_windows.items():
            if np.isfinite(wape):
                error, demand = windows.get(name, (0.0, 0.0))
                windows[name] = (error + wape * total, demand + total)
        self.windows = windows

    def _summarise(self, refined, seconds, scope):
        """Error of the whole run beside naive and the best window average."""
        self.ensure_one()
        [(actual, forecast, naive)] = self.env["gantry.forecast.accuracy"]._read_group(
            [("company_id", "=", self.company_id.id), ("kind", "=", "backtest")], [],
            ["actual:sum", "error_forecast:sum", "error_naive:sum"],
        )
        scores = {name: error / demand for name, (error, demand) in (self.windows or {}).items() if demand}
        best = min(scores, key=scores.get) if scores else False
        vals = {
            "state": "done", "refined_count": max(refined, self.refined_count if scope == "changed" else 0),
            "wape": forecast / actual if actual else 0.0, "naive_wape": naive / actual if actual else 0.0,
            "window_name": best, "window_wape": scores[best] if best else 0.0,
        }
        if scope == "all":
            vals["duration_s"] = seconds
        self.write(vals)
        old = self.search([("company_id", "=", self.company_id.id), ("data", "!=", False), ("id", "!=", self.id)])
        # the bytes of older runs are of no use any more, their tables and figures are
        old[3:].write({"data": False, "fast_data": False})
