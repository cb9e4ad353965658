from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.gantry_hold import KINDS


class GantryHoldWizard(models.TransientModel):
    """Find lots by what is known about them, look at what it would hit, put them on hold."""

    _name = "gantry.hold.wizard"
    _description = "Put on hold"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    scope = fields.Selection(
        [("lots", "Lots"), ("supplier_lot", "Supplier's lot"), ("receipt", "Receipt")],
        "Find by", required=True, default="lots",
    )  # fmt: skip
    lot_ids = fields.Many2many("stock.lot", string="Lots", check_company=True)
    supplier_lot = fields.Char(
        "Supplier's lot", help="Number of the supplier: found as lot, reference or supplier's lot."
    )
    partner_id = fields.Many2one("res.partner", "Supplier", help="Only lots received from this supplier.")
    product_id = fields.Many2one("product.product", domain="[('tracking', '!=', 'none')]")
    picking_id = fields.Many2one(
        "stock.picking", "Receipt", check_company=True, domain="[('picking_type_code', '=', 'incoming')]"
    )
    kind = fields.Selection(
        lambda self: [item for item in KINDS if item[0] != "inspection"], required=True, default="quality"
    )
    reason = fields.Text()
    origin_ref = fields.Char("Source", help="Document or message that led to this hold.")
    owner_id = fields.Many2one("res.users", required=True, default=lambda self: self.env.user)
    to_quarantine = fields.Boolean("Move to quarantine at once")
    found_lot_ids = fields.Many2many("stock.lot", string="Lots found", compute="_compute_found")
    found_count = fields.Integer("Number found", compute="_compute_found")
    found_qty = fields.Float("On hand", compute="_compute_found", digits="Product Unit")
    found_reservations = fields.Integer("Reservations that will be released", compute="_compute_found")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if model == "stock.lot":
            values["lot_ids"] = [(6, 0, ids)]
        elif model == "stock.quant":
            values["lot_ids"] = [(6, 0, self.env["stock.quant"].browse(ids).lot_id.ids)]
        elif model == "stock.picking":
            values |= {"scope": "receipt", "picking_id": ids[:1] and ids[0]}
        return values

    @api.depends("scope", "lot_ids", "supplier_lot", "partner_id", "product_id", "picking_id", "company_id")
    def _compute_found(self):
        for wizard in self:
            lots = wizard._find_lots()
            wizard.found_lot_ids = lots
            wizard.found_count = len(lots)
            quants = self.env["stock.quant"]._read_group(
                [("lot_id", "in", lots.ids), ("location_id.usage", "in", ("internal", "transit"))],
                [], ["quantity:sum"],
            )  # fmt: skip
            wizard.found_qty = quants[0][0]
            lines = self.env["stock.move.line"].search(
                [("lot_id", "in", lots.ids), ("state", "not in", ("draft", "done", "cancel")), ("quantity", ">", 0)]
            )
            wizard.found_reservations = len(lines.filtered(lambda line: line._gantry_would_be_refused()))

    def _find_lots(self):
        """The lots of the chosen scope. Further scopes add a method ``_find_lots_<scope>``."""
        self.ensure_one()
        return getattr(self, f"_find_lots_{self.scope}")()

    def _find_lots_lots(self):
        return self.lot_ids._origin

    def _find_lots_receipt(self):
        return self.picking_id._origin.move_line_ids.lot_id

    def _find_lots_supplier_lot(self):
        number = (self.supplier_lot or "").strip()
        if not number:
            return self.env["stock.lot"]
        names = ("name", "ref", "gantry_supplier_lot")
        escaped = number.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        domain = Domain.OR([Domain(name, "=ilike", escaped) for name in names])
        domain &= Domain("company_id", "in", (False, self.company_id.id))
        if self.product_id:
            domain &= Domain("product_id", "=", self.product_id.id)
        lots = self.env["stock.lot"].search(domain)
        return self._received_from(lots, self.partner_id) if self.partner_id else lots

    def _received_from(self, lots, partner):
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_id.usage", "=", "supplier"),
                ("picking_id.partner_id", "child_of", partner.commercial_partner_id.ids),
            ]
        )
        return lines.lot_id

    def action_hold(self):
        """Put what was found on hold and open the hold."""
        self.ensure_one()
        lots = self._find_lots()
        if not lots:
            raise UserError(self.env._("No lots were found."))
        holds = (
            self.env["gantry.hold"]
            .with_company(self.company_id)
            ._hold_lots(
                lots, reason=self.reason, kind=self.kind, origin_ref=self.origin_ref, **self._prepare_hold_vals()
            )
        )
        if self.to_quarantine:
            holds.filtered("qty_outside_quarantine").action_move_to_quarantine()
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_hold.gantry_hold_action")
        if len(holds) == 1:
            return action | {"views": [(False, "form")], "res_id": holds.id}
        return action | {"domain": [("id", "in", holds.ids)], "context": {}}

    def _prepare_hold_vals(self):
        """What the hold remembers of how its lots were found."""
        return {
            "owner_id": self.owner_id.id,
            "scope": self.scope,
            "supplier_lot": self.supplier_lot if self.scope == "supplier_lot" else False,
            "partner_id": self.partner_id.id if self.scope == "supplier_lot" else False,
            "picking_id": self.picking_id.id if self.scope == "receipt" else False,
        }
