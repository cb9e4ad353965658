from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_insight_holding_pct = fields.Float(
        "Holding Cost (% a Year)", default=20.0, required=True,
        help="What it costs to keep stock for a year, as a share of its value: capital, space, shrinkage.",
    )
    gantry_insight_service_pct = fields.Float(
        "Service Target (%)", default=95.0, required=True, help="Share of the demand that stock should serve at once.",
    )
    gantry_insight_abc_a_pct = fields.Float(
        "Class A up to (%)", default=80.0, required=True, help="Share of the yearly demand, in money, of class A.",
    )
    gantry_insight_abc_b_pct = fields.Float(
        "Class B up to (%)", default=95.0, required=True, help="Share of the yearly demand of classes A and B.",
    )
    gantry_insight_xyz_x = fields.Float(
        "Class X up to", default=0.5, required=True,
        help="Standard deviation of four-week demand over its mean: below it demand is steady.",
    )
    gantry_insight_xyz_y = fields.Float(
        "Class Y up to", default=1.0, required=True, help="Below it demand varies, above it it is erratic.",
    )
    gantry_insight_short_days = fields.Integer(
        "Stock must Last (days)", default=14, required=True,
        help="What is missing to serve the demand of so many days is a shortage.",
    )
    gantry_insight_excess_days = fields.Integer(
        "Too much beyond (days)", default=90, required=True, help="Stock for more days of demand is excess.",
    )
    gantry_insight_slow_days = fields.Integer(
        "Slow beyond (days)", default=365, required=True, help="Stock that lasts longer moves slowly.",
    )
    gantry_insight_dead_days = fields.Integer(
        "Dead after (days)", default=365, required=True,
        help="Stock of which nothing came in and nothing was sold for so long is dead.",
    )
    gantry_insight_nightly = fields.Boolean("Refresh Insight and Alerts by Itself", default=True)
    gantry_insight_watermark = fields.Datetime(
        help="Stock moves and transfers written up to here are in the insight.", copy=False,
    )

    gantry_alert_user_id = fields.Many2one(
        "res.users", string="Owner of Alerts", domain="[('share', '=', False), ('company_ids', 'in', [id])]",
        help="Who looks after alerts of products whose responsible person is no planner.",
    )
    gantry_alert_min_value = fields.Monetary(
        "Ignore below", default=0.0, required=True,
        help="Smaller amounts raise no alert. 0: too much stock raises one from a thousandth of the whole stock value "
             "on, everything else always.",
    )
    gantry_alert_activity_max = fields.Integer(
        "Activities per Owner", default=20, required=True,
        help="So many alerts, those about most money, become activities of their owner; 0 makes none.",
    )
    gantry_alert_digest = fields.Boolean(
        "Daily Digest by Mail", default=True, help="One mail a day to every owner with open alerts.",
    )
    gantry_alert_low = fields.Boolean("Low Stock", default=True)
    gantry_alert_stockout = fields.Boolean("Projected Stock-out", default=True)
    gantry_alert_overstock = fields.Boolean("Overstock", default=True)
    gantry_alert_slow = fields.Boolean("Slow Stock", default=True)
    gantry_alert_dead = fields.Boolean("Dead Stock", default=True)
    gantry_alert_drift = fields.Boolean("Forecast Drift", default=True)
    gantry_alert_late = fields.Boolean("Late Supplier", default=True)

    @api.constrains(
        "gantry_insight_short_days", "gantry_insight_excess_days", "gantry_insight_slow_days",
        "gantry_insight_dead_days", "gantry_alert_activity_max", "gantry_alert_min_value",
    )
    def _check_gantry_insight_days(self):
        for company in self:
            if not 1 <= company.gantry_insight_short_days <= 366:
                raise ValidationError(self.env._("Stock must last between 1 and 366 days."))
            if not company.gantry_insight_short_days <= company.gantry_insight_excess_days:
                raise ValidationError(self.env._("Stock cannot be too much before it lasts as long as it must."))
            if company.gantry_insight_slow_days < company.gantry_insight_excess_days:
                raise ValidationError(self.env._("Slow stock lasts at least as long as excess."))
            if company.gantry_insight_dead_days < 30:
                raise ValidationError(self.env._("Stock is not dead before 30 days."))
            if company.gantry_alert_activity_max < 0 or company.gantry_alert_min_value < 0:
                raise ValidationError(self.env._("Limits of alerts cannot be negative."))

    @api.constrains(
        "gantry_insight_holding_pct", "gantry_insight_service_pct", "gantry_insight_abc_a_pct",
        "gantry_insight_abc_b_pct", "gantry_insight_xyz_x", "gantry_insight_xyz_y",
    )
    def _check_gantry_insight_shares(self):
        for company in self:
            if not 0 <= company.gantry_insight_holding_pct <= 100:
                raise ValidationError(self.env._("The holding cost is between 0 and 100 % a year."))
            if not 0 < company.gantry_insight_service_pct < 100:
                raise ValidationError(self.env._("The service target lies between 0 and 100 %."))
            if not 0 < company.gantry_insight_abc_a_pct < company.gantry_insight_abc_b_pct < 100:
                raise ValidationError(self.env._("Class A must end before class B, and class B below 100 %."))
            if not 0 < company.gantry_insight_xyz_x < company.gantry_insight_xyz_y:
                raise ValidationError(self.env._("Class X must end before class Y."))
