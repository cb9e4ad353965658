from odoo import api, fields, models

WATCHED = {"lot_id", "quantity", "product_uom_id", "quant_id", "location_id", "location_dest_id", "date"}


class GantryTraceCorrection(models.Model):
    """What a done move line said before somebody changed it. Rows are only ever added.

    The genealogy keeps what was believed before, so that it can be asked "as known on" any day.
    """

    _name = "gantry.trace.correction"
    _description = "Correction of a done stock move line"
    _order = "at desc, id desc"
    _rec_name = "old_lot_name"

    line_id = fields.Many2one("stock.move.line", ondelete="cascade", readonly=True, index=True)
    product_id = fields.Many2one("product.product", readonly=True)
    picking_id = fields.Many2one(related="line_id.picking_id")
    reference = fields.Char(readonly=True)
    # no foreign key: the number must outlive the lot
    old_lot_ref = fields.Integer("Lot before (id)", readonly=True, aggregator=None, index="btree_not_null")
    old_lot_name = fields.Char("Lot before", readonly=True)
    new_lot_name = fields.Char("Lot after", readonly=True)
    old_qty = fields.Float("Quantity before", digits="Product Unit", readonly=True, aggregator=None)
    new_qty = fields.Float("Quantity after", digits="Product Unit", readonly=True, aggregator=None)
    known_from = fields.Datetime("Known since", readonly=True, help="Empty: since the move was done")
    at = fields.Datetime("Corrected on", readonly=True, required=True)
    user_id = fields.Many2one("res.users", "Corrected by", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)

    @api.model
    def _remember(self, lines):
        """What done lines say now: ``{line: (lot, quantity)}``."""
        return {line: (line.lot_id, line.quantity_product_uom) for line in lines if line.state == "done"}

    @api.model
    def _journal(self, before):
        """Write down which of the remembered lines say something else now; return those lines."""
        changed = self.env["stock.move.line"]
        for line, (lot, qty) in before.items():
            if line.lot_id != lot or line.product_uom_id.compare(line.quantity_product_uom, qty):
                changed |= line
        if not changed:
            return changed
        latest = {
            line.id: at
            for line, at in self.sudo()._read_group([("line_id", "in", changed.ids)], ["line_id"], ["at:max"])
        }
        self.sudo().create(
            [
                {
                    "line_id": line.id,
                    "product_id": line.product_id.id,
                    "reference": line.reference,
                    "old_lot_ref": before[line][0].id,
                    "old_lot_name": before[line][0].name,
                    "new_lot_name": line.lot_id.name,
                    "old_qty": before[line][1],
                    "new_qty": line.quantity_product_uom,
                    "known_from": latest.get(line.id),
                    "at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "company_id": line.company_id.id,
                }
                for line in changed
            ]
        )
        return changed
