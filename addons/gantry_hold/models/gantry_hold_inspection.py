from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductCategory(models.Model):
    _inherit = "product.category"

    gantry_quality_release = fields.Boolean(
        "Quality release of receipts",
        help="Lots received from suppliers wait for their release, in this category and those below it.",
    )

    def _gantry_needs_release(self):
        category = self
        while category:
            if category.gantry_quality_release:
                return True
            category = category.parent_id
        return False


class ProductTemplate(models.Model):
    _inherit = "product.template"

    gantry_quality_release = fields.Selection(
        [("category", "As its category and operation type"), ("yes", "Always"), ("no", "Never")],
        "Quality release of receipts", default="category", required=True,
        help="Lots received from suppliers wait until quality releases them.",
    )  # fmt: skip

    @api.constrains("gantry_quality_release", "tracking")
    def _check_quality_release_is_tracked(self):
        for product in self:
            if product.gantry_quality_release == "yes" and product.tracking == "none":
                raise ValidationError(
                    self.env._(
                        "%s is not tracked by lots: there is nothing that could wait for a release.", product.name
                    )
                )


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    gantry_quality_release = fields.Boolean(
        "Quality release",
        help="Lots that arrive by this operation type wait until quality releases them.",
    )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._gantry_wait_for_release()
        return moves

    def _gantry_wait_for_release(self):
        """Lots that have just arrived and need a release go on hold, one hold per document."""
        waiting = self.filtered(lambda move: move.state == "done" and move._gantry_needs_release())
        for (picking, reference), moves in waiting.grouped(lambda move: (move.picking_id, move.reference)).items():
            # a lot that waits already waits on: one release is enough
            lots = moves.move_line_ids.lot_id.filtered(lambda lot: lot.sudo().gantry_hold_state != "quarantine")
            if lots:
                document = picking.name or reference or self.env._("A receipt")
                # sudo: whoever receives goods need not be allowed to place a hold
                self.env["gantry.hold"].sudo().with_company(moves[0].company_id)._hold_lots(
                    lots,
                    reason=self.env._("%s waits for its release.", document),
                    kind="inspection",
                    origin_ref=picking.origin or reference,
                    scope="receipt" if picking else "lots",
                    picking_id=picking.id,
                )

    def _gantry_needs_release(self):
        source, dest = self.location_id.usage, self.location_dest_id.usage
        if self.product_id.tracking == "none" or dest != "internal" or source not in ("supplier", "production"):
            return False
        choice = self.product_id.gantry_quality_release
        if choice == "no":
            return False
        if self.picking_type_id.gantry_quality_release:
            return True
        return source == "supplier" and (choice == "yes" or self.product_id.categ_id._gantry_needs_release())
