from odoo import fields, models

KINDS = [
    ("no_vendor", "No Vendor"),
    ("no_source", "No Source"),
    ("no_lead", "No Lead Time"),
    ("no_forecast", "No Forecast"),
    ("no_policy", "No Policy"),
    ("negative", "Negative Stock"),
    ("min_above_max", "Minimum above Maximum"),
    ("archived", "Archived Product"),
    ("multiple_cap", "Multiple above the Cap"),
    ("currency", "Currency Mismatch"),
    ("uom", "Unit Mismatch"),
    ("hand", "Edited by Hand"),
    ("infeasible", "Limits Contradict Each Other"),
    ("no_cost", "No Cost"),
    ("order_failed", "Could not be Ordered"),
]


class GantryReorderIssue(models.Model):
    """Something that keeps a reorder rule from being right: one row per rule and kind, gone with its cause."""

    _name = "gantry.reorder.issue"
    _description = "Replenishment Problem"
    _order = "severity desc, value desc, id"
    _rec_name = "product_id"

    rule_id = fields.Many2one("gantry.reorder.rule", readonly=True, index=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    severity = fields.Selection([("1", "Notice"), ("2", "Blocks the rule")], required=True, default="1", readonly=True)
    value = fields.Monetary("Demand Value", readonly=True, help="Of the next 30 days, at cost.")
    numbers = fields.Json(readonly=True)
    message = fields.Char(compute="_compute_message")
    date_first = fields.Datetime("Since", readonly=True)
    date_last = fields.Datetime("Last Seen", readonly=True)

    _key = models.UniqueIndex("(rule_id, kind)", "This problem is listed already.")
