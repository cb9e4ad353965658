from odoo import models
from odoo.tools import formatLang


class GantryExplain(models.AbstractModel):
    _inherit = "gantry.explain"

    def _reason_templates(self):
        _ = self.env._
        return super()._reason_templates() | {
            "alert_stockout_soon": (
                _("Runs out on %(date)s: %(on_hand)s %(unit)s on hand, %(demand)s expected in the next 30 days."),
                {"date": "date"},
            ),
            "alert_stockout_out": (
                _("Out of stock: %(demand)s %(unit)s are expected in the next 30 days."), {"date": "date"},
            ),
            "alert_stockout_advice": (
                _("%(quantity)s %(unit)s more are needed within %(horizon)s days."), {"horizon": "integer"},
            ),
            "alert_low": _(
                "%(on_hand)s %(unit)s on hand and %(incoming)s on their way, below the minimum of %(min)s."
            ),
            "alert_low_promised": _(
                "%(on_hand)s %(unit)s on hand and %(incoming)s on their way, less %(committed)s promised: below the "
                "minimum of %(min)s."
            ),
            "alert_low_advice": _("%(quantity)s %(unit)s are missing to the minimum."),
            "alert_overstock_cover": (
                _("%(on_hand)s %(unit)s last %(cover)s days; %(quantity)s are more than needed."),
                {"cover": "integer"},
            ),
            "alert_overstock_max": _("%(on_hand)s %(unit)s on hand, %(quantity)s above the maximum of %(max)s."),
            "alert_overstock_none": _("%(on_hand)s %(unit)s on hand and no demand in sight."),
            "alert_overstock_advice": (
                _("Order no more before it is sold; keeping it costs %(cost)s a year."), {"cost": "money"},
            ),
            "alert_slow_cover": (
                _("%(on_hand)s %(unit)s last %(cover)s days at the expected demand."), {"cover": "integer"},
            ),
            "alert_slow_none": (
                _("%(on_hand)s %(unit)s on hand, %(age)s days old on average, and no demand in sight."),
                {"age": "integer"},
            ),
            "alert_slow_advice": (
                _("Sell it off or send it back; keeping it costs %(cost)s a year."), {"cost": "money"},
            ),
            "alert_dead": (
                _("%(on_hand)s %(unit)s, nothing came in or was sold since %(date)s."), {"date": "date"},
            ),
            "alert_dead_advice": (
                _("Write it off or sell it off; keeping it costs %(cost)s a year."), {"cost": "money"},
            ),
            "alert_drift_high": (
                _("Too high in the last %(periods)s periods: the forecast was %(share)s above what was sold."),
                {"periods": "integer", "share": "percent"},
            ),
            "alert_drift_low": (
                _("Too low in the last %(periods)s periods: the forecast was %(share)s below what was sold."),
                {"periods": "integer", "share": "percent"},
            ),
            "alert_drift_wrong": (
                _("The forecast missed by %(error)s on its own last periods, more than chance explains."),
                {"error": "percent"},
            ),
            "alert_drift_advice": _("Look at the chart: leave out what will not happen again, or override it."),
            "alert_late": (
                _("%(quantity)s %(unit)s of %(vendor)s were due on %(date)s, %(days)s days ago."),
                {"date": "date", "days": "integer"},
            ),
            "alert_late_advice": (
                _("Ask the vendor: the stock on hand lasts %(cover)s days."), {"cover": "integer"},
            ),
            "alert_incoming": _("%(incoming)s %(unit)s are on their way."),
            "alert_no_incoming": _("Nothing is on its way."),
            "alert_order_by": (_("Order by %(order_by)s."), {"order_by": "date"}),
        }

    def _reason_labels(self):
        _ = self.env._
        return super()._reason_labels() | {
            "on_hand": _("On hand"), "demand": _("Demand of the next 30 days"), "quantity": _("Quantity"),
            "cover": _("Days of cover"), "age": _("Mean age in days"), "min": _("Minimum"), "max": _("Maximum"),
            "cost": _("Holding cost a year"), "share": _("Share"), "periods": _("Periods"), "days": _("Days"),
            "horizon": _("Days looked ahead"), "incoming": _("On its way"), "order_by": _("Order by"),
            "vendor": _("Vendor"), "unit": _("Unit"), "receipts": _("Receipts"), "variant": _("Case"),
            "error": _("Error"), "naive": _("Naive error"),
        }

    def _format_money(self, value):
        """Money of the current company, without cents from a hundred on."""
        currency = self.env.company.currency_id
        text = formatLang(self.env, value, digits=0 if abs(value) >= 100 else 2)
        return f"{currency.symbol}{text}" if currency.position == "before" else f"{text} {currency.symbol}"
