from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_expiry_repeat_days = fields.Integer("Repeat expiry alerts every (days)", default=7)
    gantry_expiry_markdown_min = fields.Float("Markdown on the day of the alert %", default=20.0)
    gantry_expiry_markdown_max = fields.Float("Markdown on the last day %", default=50.0)

    _gantry_expiry_markdown = models.Constraint(
        "CHECK (gantry_expiry_markdown_min >= 0 AND gantry_expiry_markdown_max <= 100"
        " AND gantry_expiry_markdown_min <= gantry_expiry_markdown_max)",
        "Markdowns run from 0 to 100 per cent, the smaller one first.",
    )
    _gantry_expiry_repeat = models.Constraint(
        "CHECK (gantry_expiry_repeat_days >= 0)", "Alerts repeat after 0 (never) or more days."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_expiry_repeat_days = fields.Integer(related="company_id.gantry_expiry_repeat_days", readonly=False)
    gantry_expiry_markdown_min = fields.Float(related="company_id.gantry_expiry_markdown_min", readonly=False)
    gantry_expiry_markdown_max = fields.Float(related="company_id.gantry_expiry_markdown_max", readonly=False)
