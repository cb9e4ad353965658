from odoo import fields, models
from odoo.exceptions import UserError


class GantryHoldHit(models.Model):
    """A reservation that a hold has released: which document now lacks goods."""

    _name = "gantry.hold.hit"
    _description = "Reservation released by a hold"
    _order = "date_planned, id"
    _rec_name = "reference"

    hold_id = fields.Many2one("gantry.hold", required=True, index=True, ondelete="cascade", readonly=True)
    lot_id = fields.Many2one("stock.lot", required=True, index=True, ondelete="cascade", readonly=True)
    product_id = fields.Many2one(related="lot_id.product_id", store=True)
    move_id = fields.Many2one("stock.move", index="btree_not_null", ondelete="set null", readonly=True)
    picking_id = fields.Many2one(
        "stock.picking", "Transfer", index="btree_not_null", ondelete="set null", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    reference = fields.Char("Document", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    location_id = fields.Many2one("stock.location", "From", readonly=True)
    location_dest_id = fields.Many2one("stock.location", "To", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id")
    picked = fields.Boolean(readonly=True, help="The goods were picked already: take them back.")
    date_planned = fields.Datetime("Planned for", readonly=True)
    move_state = fields.Selection(related="move_id.state", string="State of the document")

    def action_reserve_again(self):
        """Reserve other lots for what these documents now lack."""
        moves = self.move_id.filtered(
            lambda move: move.state in ("waiting", "confirmed", "partially_available") and not move.picked
        )
        if not moves:
            raise UserError(self.env._("None of these documents still waits for goods."))
        moves._action_assign()
        return True

    def action_open_document(self):
        self.ensure_one()
        record = self.picking_id or self.move_id._get_source_document() or self.move_id
        if not record:
            raise UserError(self.env._("The document %s is gone.", self.reference))
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
