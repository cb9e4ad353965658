from odoo import api, fields, models
from odoo.exceptions import AccessError

from .gantry_hold_lot import ACTIVE_STATES

# the strictest hold of a lot decides
SEVERITY = {"quarantine": 1, "held": 2, "rejected": 3}
HOLD_STATES = [
    ("free", "Free"),
    ("quarantine", "Waiting for release"),
    ("held", "On hold"),
    ("rejected", "Rejected"),
]


class StockLot(models.Model):
    _inherit = "stock.lot"

    gantry_hold_state = fields.Selection(
        HOLD_STATES, "Hold", readonly=True, copy=False, default="free", required=True,
        help="A lot that is not free cannot be reserved, picked, consumed, delivered, sold or adjusted away.",
    )  # fmt: skip
    gantry_hold_line_ids = fields.One2many("gantry.hold.lot", "lot_id", "Holds of the lot")
    gantry_hold_ids = fields.Many2many(
        "gantry.hold", string="Holds", compute="_compute_gantry_hold_ids", search="_search_gantry_hold_ids"
    )
    gantry_hold_count = fields.Integer("Number of holds", compute="_compute_gantry_hold_ids")
    gantry_hold_text = fields.Char("Why on hold", compute="_compute_gantry_hold_text")
    gantry_supplier_lot = fields.Char(
        "Supplier's lot", index="btree_not_null", copy=False,
        help="Number that the supplier gave this lot, when it is not the number used here.",
    )  # fmt: skip

    _gantry_hold_idx = models.Index("(product_id) WHERE gantry_hold_state <> 'free'")

    @api.depends("gantry_hold_line_ids.hold_id")
    def _compute_gantry_hold_ids(self):
        for lot in self:
            lot.gantry_hold_ids = lot.gantry_hold_line_ids.hold_id
            lot.gantry_hold_count = len(lot.gantry_hold_ids)

    def _search_gantry_hold_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        return [("gantry_hold_line_ids.hold_id", operator, value)]

    @api.depends("gantry_hold_state", "gantry_hold_line_ids.state")
    @api.depends_context("allowed_company_ids")
    def _compute_gantry_hold_text(self):
        for lot in self:
            # sudo: whoever sees the lot has to learn why it does not move, also when another company holds it
            lines = lot.sudo().gantry_hold_line_ids.filtered("is_active")
            lot.gantry_hold_text = "; ".join(
                f"{line.hold_id.name}: {line.hold_id.reason}" if line.hold_id.company_id in self.env.companies
                else self.env._("held by another company")
                for line in lines
            )  # fmt: skip

    def _gantry_update_hold_state(self):
        """The state of the lots from their holds, also those of other companies."""
        # sudo: all holds count, and nobody may write the state by hand
        lots = self.sudo()
        rows = (
            self.env["gantry.hold.lot"]
            .sudo()
            ._read_group([("lot_id", "in", lots.ids), ("state", "in", ACTIVE_STATES)], ["lot_id", "state"])
        )
        states = dict.fromkeys(lots, "free")
        for lot, state in rows:
            if SEVERITY[state] > SEVERITY.get(states[lot], 0):
                states[lot] = state
        for state, group in lots.grouped(states.get).items():
            group.filtered_domain([("gantry_hold_state", "!=", state)]).gantry_hold_state = state

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.pop("gantry_hold_state", None)
        return super().create(vals_list)

    def write(self, vals):
        if "gantry_hold_state" in vals and not self.env.su:
            raise AccessError(self.env._("Lots are put on hold and released by holds only."))
        return super().write(vals)

    def action_gantry_open_holds(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_hold.gantry_hold_action")
        holds = self.gantry_hold_ids
        if len(holds) == 1:
            return action | {"views": [(False, "form")], "res_id": holds.id}
        return action | {"domain": [("id", "in", holds.ids)], "context": {}}
