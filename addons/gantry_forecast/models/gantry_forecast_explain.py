import datetime
from types import SimpleNamespace

import numpy as np

from odoo import models
from odoo.tools import SQL, format_date

from ..core import explain
from ..tools import buckets
from .gantry_forecast_arrays import unpack_floats
from .gantry_forecast_plan import CLASS_NAMES

PERIOD_COUNTS = ("adi", "silent", "known", "buckets")  # numbers of reasons that count periods


class GantryForecastExplain(models.Model):
    """Why this forecast: the numbers that the run has kept, in words."""

    _inherit = "gantry.forecast"

    def _compute_explanation(self):
        stored = self._read_reason_numbers()
        for forecast in self:
            reasons = stored.get(forecast.id)
            forecast.explanation = self.env["gantry.explain"]._explain(
                forecast._get_reasons(*reasons) if reasons else forecast._get_first_reasons()
            )

    def _read_reason_numbers(self):
        """Kept numbers and what they stand for, by forecast."""
        ids = [forecast.id for forecast in self if isinstance(forecast.id, int)]
        if not ids:
            return {}
        self.env.cr.execute(SQL(
            """
            SELECT forecast.id, forecast.reason_numbers, recipe.layouts -> forecast.reason_layout
              FROM gantry_forecast forecast JOIN gantry_forecast_recipe recipe ON recipe.id = forecast.recipe_id
             WHERE forecast.id IN %s AND forecast.reason_numbers IS NOT NULL
            """,
            tuple(ids),
        ))
        return {forecast_id: (numbers, layout) for forecast_id, numbers, layout in self.env.cr.fetchall() if layout}

    def _get_first_reasons(self):
        """What to say before the first forecast."""
        code = "forecast_no_demand" if self.lookalike_product_id or not self.date_forecast else "forecast_waiting"
        return [{"code": code, "numbers": {}}] if self.id else []

    def _get_reasons(self, numbers, layout):
        """Codes and numbers for `gantry.explain`, in the planner's terms instead of the core's."""
        self.ensure_one()
        found = []
        for reason in explain(self._rebuild_plan(numbers, layout), 0):
            code, values = reason["code"], dict(reason["numbers"])
            if code in ("season", "season_group") and self.bucket == "week":
                values |= {name: int(values[name]) + 1 for name in ("peak", "low") if name in values}
                code = f"{code}_week" if code == "season" else code
            elif code == "season":
                values |= {"peak": int(values["peak"]) + 1, "low": int(values["low"]) + 1}
                code = "season_day" if self.bucket == "day" else code
            elif code == "class":
                code = f"class_{CLASS_NAMES[int(values.pop('demand_class'))]}"
            elif code == "model":
                values = {"model": self._get_model_words(values["model"])}
            elif code == "lookalike":
                values = {"product": self.lookalike_product_id.display_name}
            elif code == "known":
                names = layout["known"]
                values["regressor"] = names[values["regressor"]] if values["regressor"] < len(names) else "?"
            elif code == "outlier":
                start = buckets.edges(layout["start"], int(values.pop("column")) + 1, layout["bucket"])[-2]
                values["date"] = start.astype(object)
                code = "outlier_excluded" if values.pop("excluded") else "outlier"
            elif code == "trend":
                values["percent_per_year"] = self.trend_pct / 100 + 1
            elif code == "accuracy":
                code = "accuracy" if values["wape"] <= values["naive_wape"] else "accuracy_worse"
            found.append({"code": f"forecast_{code}", "numbers": values, "kinds": self._get_period_kinds(values)})
        if self.is_biased:
            code = "forecast_too_low" if self.bias < 0 else "forecast_too_high"
            found.append({"code": code, "numbers": {
                "bias": abs(self.bias), "tracking_signal": self.tracking_signal}})
        found += self._get_planner_reasons()
        return found

    def _get_period_kinds(self, numbers):
        """How numbers that count periods are written: as days, weeks or months."""
        bucket = self.bucket or "week"
        kinds = {name: f"{bucket}s" for name in PERIOD_COUNTS if name in numbers}
        if "level" in numbers:
            kinds["level"] = f"per_{bucket}"
        if isinstance(numbers.get("date"), datetime.date):
            kinds["date"] = f"in_{bucket}"
        return kinds

    def _get_model_words(self, model):
        """What the core calls its members, in words a planner may have heard."""
        _ = self.env._
        words = {
            "zero": _("nothing (dead product)"), "prior": _("the products of its category"), "theta": _("Theta"),
            "ets": _("exponential smoothing"), "winters": _("Holt-Winters"), "snaive": _("same season last year"),
            "holt": _("Holt"), "mean4": _("mean of the last 4 periods"),
            "imapa": _("IMAPA"), "mean8": _("mean of the last 8 periods"), "nb": _("negative binomial"),
            "empirical": _("own sales pattern"), "dot": _("dynamic optimised Theta"), "ces": _("complex smoothing"),
            "autoets": _("AutoETS"), "autoces": _("AutoCES"), "panel": _("LightGBM across products"),
            "lightgbm": _("LightGBM across products"), "tsb": _("TSB"),
        }
        return ", ".join(str(words.get(name.lower(), name)) for name in (model or "-").split("+"))

    def _get_planner_reasons(self):
        """What planners have done to history and forecast."""
        found = []
        excluded = self.env["gantry.demand"].search_count([
            ("product_id", "=", self.product_id.id), ("warehouse_id", "=", self.warehouse_id.id),
            ("excluded", "=", True),
        ])
        if excluded:
            found.append({"code": "forecast_excluded", "numbers": {"days": excluded}})
        if self.override_count:
            found.append({"code": "forecast_overridden", "numbers": {"count": self.override_count}})
        return found

    def _rebuild_plan(self, numbers, layout):
        """A plan of one row, as far as `explain` looks at it."""
        values = unpack_floats(numbers)
        scalars = dict(zip(layout["scalars"], values, strict=False))
        rest = values[len(layout["scalars"]):]
        known, season = rest[:len(layout["known"])], rest[len(layout["known"]):]
        integers = {"lookalike", "stockout", "outlier_count", "outlier_column", "known", "silent", "sales"}
        reasons = {
            name: np.array([int(value) if name in integers else value]) for name, value in scalars.items()
        }
        if layout["known"]:
            reasons["known_factor"] = known[None, :]
        return SimpleNamespace(
            reasons=reasons, model_names=(self.model,), model=np.array([0]),
            demand_class=np.array([CLASS_NAMES.index(self.demand_class or "smooth")]),
            level=np.array([self.level]), trend=np.array([self.trend]),
            season=season[None, :] if layout["season"] else None,
            season_strength=np.array([self.season_strength]),
            wape=np.array([self._nan("wape")]), naive_wape=np.array([self._nan("naive_wape")]),
        )

    def _nan(self, name):
        """The figure, not a number when it was never measured (an empty float reads as zero)."""
        return self[name] or (0.0 if self.naive_wape or self.wape else float("nan"))


class GantryExplain(models.AbstractModel):
    _inherit = "gantry.explain"

    def _reason_templates(self):
        _ = self.env._
        change = {"index": "change", "low_index": "change"}
        return super()._reason_templates() | {
            "forecast_no_demand": _("Nothing has been sold yet; the next refresh makes a first forecast."),
            "forecast_waiting": _("Not forecast yet: press Forecast Now, or wait for tonight."),
            "forecast_class_dead": _("No sale for a long time: the product looks dead."),
            "forecast_class_new": _("The product is new."),
            "forecast_class_smooth": _("Sells regularly, in similar quantities."),
            "forecast_class_erratic": _("Sells regularly, in very different quantities."),
            "forecast_class_intermittent": _("Sells now and then, in similar quantities (%(adi)s from sale to sale)."),
            "forecast_class_lumpy": _(
                "Sells now and then, in very different quantities (%(adi)s from sale to sale)."),
            "forecast_model": _("Forecast by: %(model)s."),
            "forecast_dead": _("It was in stock, but nothing was sold for %(silent)s."),
            "forecast_new": (
                _("Its history is short (%(known)s): its own sales count %(own_weight)s, its category the rest."),
                {"own_weight": "percent"},
            ),
            "forecast_lookalike": _("Forecast like %(product)s, which it is expected to resemble."),
            "forecast_level": _("Sells about %(level)s now, season aside."),
            "forecast_trend": (
                _("The trend is %(percent_per_year)s a year."), {"percent_per_year": "change"},
            ),
            "forecast_season": (
                _("Sales peak in %(peak)s (%(index)s against the mean) and are lowest in %(low)s (%(low_index)s)."),
                change | {"peak": "month", "low": "month", "strength": "percent"},
            ),
            "forecast_season_week": (
                _("Sales peak in week %(peak)s (%(index)s against the mean), lowest in week %(low)s (%(low_index)s)."),
                change | {"peak": "integer", "low": "integer", "strength": "percent"},
            ),
            "forecast_season_day": (
                _("Sales peak on %(peak)s (%(index)s against the mean) and are lowest on %(low)s (%(low_index)s)."),
                change | {"peak": "weekday", "low": "weekday", "strength": "percent"},
            ),
            "forecast_season_group": (
                _("Its history is short: its own seasonal shape counts %(own_weight)s, its category's the rest."),
                {"own_weight": "percent"},
            ),
            "forecast_known": (
                _("An event ahead (%(regressor)s) changes the forecast by %(factor)s."), {"factor": "change"},
            ),
            "forecast_stockout": _("Out of stock for %(buckets)s: treated as unknown, not as zero."),
            "forecast_outlier": _(
                "Unusual peaks in the history: %(count)s (the largest %(date)s: %(quantity)s)."),
            "forecast_outlier_excluded": _(
                "Unusual peaks that were left out: %(count)s (the largest %(date)s: %(quantity)s)."),
            "forecast_group_scale": (
                _("Brought into line with the forecast of its group (%(factor)s)."), {"factor": "change"},
            ),
            "forecast_accuracy": (
                _("In the backtest the error was %(wape)s; simply repeating the past would have given %(naive_wape)s."),
                {"wape": "percent", "naive_wape": "percent"},
            ),
            "forecast_accuracy_worse": (
                _("Beware: in the backtest the error was %(wape)s, repeating the past gives %(naive_wape)s."),
                {"wape": "percent", "naive_wape": "percent"},
            ),
            "forecast_too_low": (
                _("Beware: in the backtest the forecast was constantly too low, by %(bias)s."), {"bias": "percent"},
            ),
            "forecast_too_high": (
                _("Beware: in the backtest the forecast was constantly too high, by %(bias)s."), {"bias": "percent"},
            ),
            "forecast_excluded": _("Days left out by a planner: %(days)s."),
            "forecast_overridden": _("Overrides by planners in the final forecast: %(count)s."),
        }

    def _explain_one(self, reason, templates, labels):
        """A reason may say itself how some of its numbers are written."""
        template = templates.get(reason["code"])
        if template is not None and reason.get("kinds"):
            text, kinds = template if isinstance(template, tuple) else (template, {})
            templates = {reason["code"]: (text, kinds | reason["kinds"])}
        return super()._explain_one(reason, templates, labels)

    def _format_days(self, value):
        return self.env._("1 day") if value == 1 else self.env._("%s days", self._format_number(value))

    def _format_weeks(self, value):
        return self.env._("1 week") if value == 1 else self.env._("%s weeks", self._format_number(value))

    def _format_months(self, value):
        return self.env._("1 month") if value == 1 else self.env._("%s months", self._format_number(value))

    def _format_per_day(self, value):
        return self.env._("%s a day", self._format_number(value))

    def _format_per_week(self, value):
        return self.env._("%s a week", self._format_number(value))

    def _format_per_month(self, value):
        return self.env._("%s a month", self._format_number(value))

    def _format_in_day(self, value):
        return self.env._("on %s", self._format_date(value))

    def _format_in_week(self, value):
        return self.env._("in the week of %s", self._format_date(value))

    def _format_in_month(self, value):
        return self.env._("in %s", format_date(self.env, value, date_format="MMMM y"))

    def _reason_labels(self):
        _ = self.env._
        return super()._reason_labels() | {
            "adi": _("From sale to sale"), "cv2": _("Variation of quantities (CV²)"),
            "wape": _("Error (WAPE)"), "naive_wape": _("Naive error (WAPE)"), "own_weight": _("Weight of own history"),
            "percent_per_bucket": _("Per cent per period"), "percent_per_year": _("Per year"),
            "peak": _("Peak"), "low": _("Low"), "index": _("Index at the peak"), "low_index": _("Index at the low"),
            "strength": _("Strength of the season"), "silent": _("Without a sale"),
        }
