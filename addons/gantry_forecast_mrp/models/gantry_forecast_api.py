from odoo import models


class GantryForecastApi(models.AbstractModel):
    _inherit = "gantry.forecast.api"

    def _buckets_answer(self, arrays, first, last):
        """Every bucket also tells the ``dependent`` demand by the products it goes into."""
        buckets = super()._buckets_answer(arrays, first, last)
        dates = self._bucket_dates(arrays["date_start"], arrays["bucket"], len(arrays["mean"]))
        dependent = dict(zip(dates, arrays.get("dependent", ()), strict=False))
        for bucket in buckets:
            bucket["dependent"] = round(float(dependent.get(bucket["date"], 0.0)), 4)
        return buckets
