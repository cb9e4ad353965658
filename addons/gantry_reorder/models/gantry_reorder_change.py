from odoo import fields, models


class GantryReorderChange(models.Model):
    """A change of a core reordering rule: what it was, what it became, who or what did it and why."""

    _name = "gantry.reorder.change"
    _description = "Change of a Reordering Rule"
    _order = "date desc, id desc"
    _rec_name = "product_id"

    rule_id = fields.Many2one("gantry.reorder.rule", readonly=True, index="btree_not_null", ondelete="set null")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", string="Reordering Rule", readonly=True, index="btree_not_null",
        ondelete="set null",
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    location_id = fields.Many2one("stock.location", readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    policy_id = fields.Many2one("gantry.reorder.policy", readonly=True, ondelete="set null")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="set null")
    kind = fields.Selection(
        [
            ("auto", "Automatic"), ("accept", "Accepted"), ("hand", "By Hand"), ("undo", "Undone"),
            ("create", "Rule Created"), ("archive", "Rule Archived"),
        ],
        required=True, readonly=True,
    )
    old_min = fields.Float(readonly=True, aggregator=None)
    old_max = fields.Float(readonly=True, aggregator=None)
    old_multiple = fields.Float(readonly=True, aggregator=None)
    new_min = fields.Float(readonly=True, aggregator=None)
    new_max = fields.Float(readonly=True, aggregator=None)
    new_multiple = fields.Float(readonly=True, aggregator=None)
    numbers = fields.Json(readonly=True)
    note = fields.Char(readonly=True)
    reason = fields.Text(compute="_compute_reason")
    undone = fields.Boolean(readonly=True)
    undone_by_id = fields.Many2one("gantry.reorder.change", readonly=True, ondelete="set null")
