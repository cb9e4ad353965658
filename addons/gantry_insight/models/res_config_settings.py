from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_insight_holding_pct = fields.Float(related="company_id.gantry_insight_holding_pct", readonly=False)
    gantry_insight_service_pct = fields.Float(related="company_id.gantry_insight_service_pct", readonly=False)
    gantry_insight_abc_a_pct = fields.Float(related="company_id.gantry_insight_abc_a_pct", readonly=False)
    gantry_insight_abc_b_pct = fields.Float(related="company_id.gantry_insight_abc_b_pct", readonly=False)
    gantry_insight_xyz_x = fields.Float(related="company_id.gantry_insight_xyz_x", readonly=False)
    gantry_insight_xyz_y = fields.Float(related="company_id.gantry_insight_xyz_y", readonly=False)
    gantry_insight_short_days = fields.Integer(related="company_id.gantry_insight_short_days", readonly=False)
    gantry_insight_excess_days = fields.Integer(related="company_id.gantry_insight_excess_days", readonly=False)
    gantry_insight_slow_days = fields.Integer(related="company_id.gantry_insight_slow_days", readonly=False)
    gantry_insight_dead_days = fields.Integer(related="company_id.gantry_insight_dead_days", readonly=False)
    gantry_insight_nightly = fields.Boolean(related="company_id.gantry_insight_nightly", readonly=False)
    gantry_alert_user_id = fields.Many2one(related="company_id.gantry_alert_user_id", readonly=False)
    gantry_alert_min_value = fields.Monetary(
        related="company_id.gantry_alert_min_value", readonly=False, currency_field="gantry_currency_id")
    gantry_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    gantry_alert_activity_max = fields.Integer(related="company_id.gantry_alert_activity_max", readonly=False)
    gantry_alert_digest = fields.Boolean(related="company_id.gantry_alert_digest", readonly=False)
    gantry_alert_low = fields.Boolean(related="company_id.gantry_alert_low", readonly=False)
    gantry_alert_stockout = fields.Boolean(related="company_id.gantry_alert_stockout", readonly=False)
    gantry_alert_overstock = fields.Boolean(related="company_id.gantry_alert_overstock", readonly=False)
    gantry_alert_slow = fields.Boolean(related="company_id.gantry_alert_slow", readonly=False)
    gantry_alert_dead = fields.Boolean(related="company_id.gantry_alert_dead", readonly=False)
    gantry_alert_drift = fields.Boolean(related="company_id.gantry_alert_drift", readonly=False)
    gantry_alert_late = fields.Boolean(related="company_id.gantry_alert_late", readonly=False)
