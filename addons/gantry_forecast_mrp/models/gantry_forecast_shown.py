import numpy as np

from odoo import api, models


class GantryForecastShown(models.Model):
    """Dependent demand in the explanation, the chart and the arrays that programs read."""

    _inherit = "gantry.forecast"

    def _read_dependent(self):
        """{id: (array per bucket, [(product, quantity)], number of products)} of the forecasts that have some."""
        if not self.ids:
            return {}
        self.env.cr.execute(
            "SELECT id, dependent, dependent_from, dependent_from_qty, dependent_count"
            " FROM gantry_forecast WHERE id IN %s AND dependent IS NOT NULL",
            [tuple(self.ids)],
        )
        return {
            row[0]: (row[1], [(p, q) for p, q in zip(row[2], row[3], strict=True) if p], row[4])
            for row in self.env.cr.fetchall()
        }

    def _compute_explanation(self):
        result = super()._compute_explanation()
        dependent = self._read_dependent()
        for forecast in self:
            if forecast.id not in dependent:
                continue
            buckets, parents, count = dependent[forecast.id]
            products = self.env["product.product"].sudo().browse([product_id for product_id, _qty in parents])
            reason = {
                "code": f"mrp_dependent_{forecast.bucket}",
                "numbers": {
                    "per_bucket": sum(buckets) / len(buckets),
                    "count": count,
                    "products": ", ".join(
                        f"{product.display_name} ({self.env['gantry.explain']._format(qty / len(buckets))})"
                        for product, (_id, qty) in zip(products, parents, strict=True)
                    ),
                },
            }
            # of a component that is never sold by itself there is nothing else to say
            own = forecast.explanation if forecast.demand_class not in (False, "dead") else []
            forecast.explanation = self.env["gantry.explain"]._explain([reason]) + (own or [])
        return result

    @api.readonly
    def get_chart(self):
        """The forecast of a component shows own and dependent demand together."""
        chart = super().get_chart()
        if found := self._read_dependent().get(self.id):
            for entry, extra in zip(chart["forecast"], found[0], strict=False):
                entry["dependent"] = extra
                for name in ("mean", "final", "p05", "p25", "p50", "p75", "p95"):
                    entry[name] += extra
        return chart

    @api.model
    def _read_arrays(self, ids, *args, **kwargs):
        found = super()._read_arrays(ids, *args, **kwargs)
        for forecast_id, (buckets, _parents, _count) in self.browse(list(found))._read_dependent().items():
            found[forecast_id]["dependent"] = np.array(buckets, np.float64)
        return found


class GantryForecastExplainMrp(models.AbstractModel):
    _inherit = "gantry.explain"

    def _reason_templates(self):
        _ = self.env._
        kinds = {"count": "integer", "products": "text"}
        return super()._reason_templates() | {
            "mrp_dependent_day": (
                _("%(per_bucket)s a day come from what it goes into (%(count)s in all): %(products)s."), kinds
            ),
            "mrp_dependent_week": (
                _("%(per_bucket)s a week come from what it goes into (%(count)s in all): %(products)s."), kinds
            ),
            "mrp_dependent_month": (
                _("%(per_bucket)s a month come from what it goes into (%(count)s in all): %(products)s."), kinds
            ),
        }  # fmt: skip
