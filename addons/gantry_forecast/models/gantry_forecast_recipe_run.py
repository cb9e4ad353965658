import base64
from datetime import timedelta

import numpy as np

from odoo import api, fields, models

from ..core import DemandClass
from ..core.backtest import actuals, best_window, plan_origins
from .gantry_forecast_plan import CLASS_NAMES

UNUSED_DAYS = 90
KEPT = 3  # last runs of a company


class GantryForecastRecipeRun(models.Model):
    _inherit = "gantry.forecast.recipe"

    def _file(self, recipe, state):
        """Keep what was learnt, with its tier table."""
        self.ensure_one()
        blob = base64.b64encode(recipe.to_bytes())
        vals = {"data": blob, "state": state, "date": fields.Datetime.now()}
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

    def _choose_window(self, problem, origins):
        """Find the window average of Odoo's wizard that did best over the whole company: every product of the run is
        compared with that one."""
        starts, judged = plan_origins(problem, origins)
        actual = np.stack([actuals(problem, start, judged) for start in starts], 1) if starts else None
        windows = best_window(problem, starts, judged, actual)[2] if starts else {}
        known = {name: wape for name, wape in windows.items() if np.isfinite(wape)}
        self.windows, self.window_name = known, min(known, key=known.get) if known else False

    @api.autovacuum
    def _gc_unused(self):
        """Runs whose forecasts have all been made anew are kept for some months, the last of a company for good."""
        old = self.search([("date", "<", fields.Datetime.now() - timedelta(days=UNUSED_DAYS))])
        self.env.cr.execute("SELECT DISTINCT recipe_id FROM gantry_forecast WHERE recipe_id IS NOT NULL")
        used = {row[0] for row in self.env.cr.fetchall()}
        for company in old.company_id:
            used.update(self.search([("company_id", "=", company.id)], limit=KEPT).ids)
        old.filtered(lambda record: record.id not in used).unlink()

    def _summarise(self, refined, seconds, scope):
        """Error of the whole run beside naive and the best window average."""
        self.ensure_one()
        [(actual, forecast, naive, window)] = self.env["gantry.forecast.accuracy"]._read_group(
            [("company_id", "=", self.company_id.id), ("kind", "=", "backtest")], [],
            ["actual:sum", "error_forecast:sum", "error_naive:sum", "error_window:sum"],
        )
        vals = {
            "state": "done", "refined_count": max(refined, self.refined_count if scope == "changed" else 0),
            "wape": forecast / actual if actual else 0.0, "naive_wape": naive / actual if actual else 0.0,
            "window_wape": window / actual if actual and self.window_name else 0.0,
        }
        if scope == "all":
            vals["duration_s"] = seconds
        self.write(vals)
        old = self.search([("company_id", "=", self.company_id.id), ("data", "!=", False), ("id", "!=", self.id)])
        # the bytes of older runs are of no use any more, their tables and figures are
        old[3:].write({"data": False, "fast_data": False})
