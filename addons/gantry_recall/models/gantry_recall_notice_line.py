import math

from odoo import api, fields, models
from odoo.exceptions import UserError

QUANTITIES = ("on_hand", "sold", "destroyed", "returned", "forwarded")
MAX_QTY = 1e12


class GantryRecallNoticeLine(models.Model):
    """One lot, or stock without lot number, that a consignee got."""

    _name = "gantry.recall.notice.line"
    _description = "Lot of a notice"
    _order = "notice_id, id"

    notice_id = fields.Many2one("gantry.recall.notice", required=True, readonly=True, index=True, ondelete="cascade")
    recall_id = fields.Many2one(related="notice_id.recall_id", store=True, index=True)
    company_id = fields.Many2one(related="notice_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="notice_id.partner_id", store=True)
    node = fields.Integer(required=True, readonly=True)
    lot_id = fields.Many2one("stock.lot", readonly=True, ondelete="set null")
    name = fields.Char("Lot or stock", required=True, readonly=True)
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    uom_id = fields.Many2one(related="product_id.uom_id")
    qty_net = fields.Float("Delivered", readonly=True, digits="Product Unit", help="Less what came back.")
    first_date = fields.Datetime("First delivery", readonly=True)
    last_date = fields.Datetime("Last delivery", readonly=True)
    documents = fields.Char(readonly=True)
    qty_on_hand = fields.Float("On hand there", readonly=True, digits="Product Unit")
    qty_sold = fields.Float("Sold", readonly=True, digits="Product Unit")
    qty_destroyed = fields.Float("Destroyed", readonly=True, digits="Product Unit")
    qty_returned = fields.Float("Returned", readonly=True, digits="Product Unit")
    qty_forwarded = fields.Float("Forwarded", readonly=True, digits="Product Unit")
    forwarded_to = fields.Char(readonly=True)
    qty_open = fields.Float("Not answered for", compute="_compute_qty_open", digits="Product Unit")
    qty_over = fields.Float(
        "Too much", compute="_compute_qty_open", digits="Product Unit", help="More than was delivered."
    )

    _node_uniq = models.UniqueIndex("(notice_id, node)", "A lot is in a notice once.")

    @api.depends("qty_net", *(f"qty_{name}" for name in QUANTITIES))
    def _compute_qty_open(self):
        for line in self:
            said = sum(line[f"qty_{name}"] for name in QUANTITIES)
            line.qty_open = max(0.0, line.qty_net - said)
            line.qty_over = max(0.0, said - line.qty_net)

    def _prepare_answer_vals(self, said):
        vals = {}
        for name in QUANTITIES:
            value = said.get(name) or 0
            try:
                value = float(str(value).replace(",", "."))
            except ValueError:
                value = math.nan
            if not 0 <= value < MAX_QTY:
                raise UserError(
                    self.env._("Lot %(lot)s: quantities are numbers, zero or more.", lot=self.name)
                )
            vals[f"qty_{name}"] = value
        vals["forwarded_to"] = str(said.get("forwarded_to") or "").strip()[:500]
        if vals["qty_forwarded"] and not vals["forwarded_to"]:
            raise UserError(self.env._("Lot %(lot)s: say to whom you forwarded it.", lot=self.name))
        return vals


class GantryRecallAnswer(models.Model):
    """Every answer as it was given; PostgreSQL refuses to change or delete it."""

    _name = "gantry.recall.answer"
    _description = "Answer of a consignee"
    _order = "id desc"
    _rec_name = "who"

    notice_id = fields.Many2one("gantry.recall.notice", required=True, readonly=True, index=True, ondelete="restrict")
    recall_id = fields.Many2one("gantry.recall", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(related="notice_id.partner_id")
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    source = fields.Selection([("portal", "Page"), ("phone", "Phone")], required=True, readonly=True)
    who = fields.Char("Answered by", required=True, readonly=True)
    note = fields.Text(readonly=True)
    address = fields.Char("IP address", readonly=True)
    user_id = fields.Many2one("res.users", "Taken down by", readonly=True, ondelete="restrict")
    content = fields.Json(required=True, readonly=True)

    def init(self):
        self.env["gantry.recall.snapshot"]._create_refusal()
        self.env.cr.execute(
            """
            DROP TRIGGER IF EXISTS gantry_recall_keep ON gantry_recall_answer;
            CREATE TRIGGER gantry_recall_keep BEFORE UPDATE OR DELETE ON gantry_recall_answer
                FOR EACH ROW EXECUTE FUNCTION gantry_recall_refuse();
            """
        )


class GantryRecallCall(models.Model):
    """The phone log."""

    _name = "gantry.recall.call"
    _description = "Call to a consignee"
    _order = "id desc"
    _rec_name = "spoke_with"

    notice_id = fields.Many2one("gantry.recall.notice", required=True, index=True, ondelete="cascade")
    recall_id = fields.Many2one(related="notice_id.recall_id", store=True, index=True)
    company_id = fields.Many2one(related="notice_id.company_id", store=True, index=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "Called by", required=True, readonly=True, default=lambda self: self.env.uid)
    outcome = fields.Selection(
        [("reached", "Reached"), ("again", "Call again"), ("nobody", "Nobody there"), ("wrong", "Wrong number")],
        required=True, default="reached",
    )  # fmt: skip
    spoke_with = fields.Char()
    note = fields.Text()

    _named = models.Constraint(
        "CHECK (outcome <> 'reached' OR spoke_with <> '')", "Say with whom you spoke."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.pop("at", None)
                vals.pop("user_id", None)
        calls = super().create(vals_list)
        calls.notice_id.recall_id._require_open()
        reached = calls.filtered(lambda call: call.outcome == "reached").notice_id
        # sudo: states of notices follow from what is done with them
        reached.sudo().write({"to_call": False, "call_reason": False})
        reached.filtered(lambda notice: notice.state == "sent").sudo().state = "reached"
        return calls

    def write(self, vals):
        raise UserError(self.env._("The phone log is not corrected: write down another call."))
