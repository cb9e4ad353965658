from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class GantryTraceRelabel(models.TransientModel):
    """Give goods another lot number, and keep the way back: the stock changes its lot, the genealogy gets a link."""

    _name = "gantry.trace.relabel"
    _description = "Relabel stock of a lot"

    lot_id = fields.Many2one("stock.lot", required=True)
    product_id = fields.Many2one(related="lot_id.product_id")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, required=True)
    location_id = fields.Many2one(
        "stock.location",
        "At",
        required=True,
        domain="[('usage', '=', 'internal'), ('company_id', '=', company_id)]",
        compute="_compute_location",
        store=True,
        readonly=False,
    )
    available = fields.Float("Free to relabel", compute="_compute_available", digits="Product Unit")
    qty = fields.Float(
        "Quantity", digits="Product Unit", required=True, compute="_compute_qty", store=True, readonly=False
    )
    new_lot_id = fields.Many2one(
        "stock.lot", "Existing lot", domain="[('product_id', '=', product_id), ('id', '!=', lot_id)]"
    )
    new_name = fields.Char("New lot number")
    reason = fields.Char(required=True)

    @api.depends("lot_id", "company_id")
    def _compute_location(self):
        for wizard in self:
            quants = wizard._quants()
            wizard.location_id = quants.location_id if len(quants.location_id) == 1 else False

    @api.depends("lot_id", "location_id", "company_id")
    def _compute_available(self):
        for wizard in self:
            quants = wizard._quants().filtered(lambda quant, w=wizard: quant.location_id == w.location_id)
            wizard.available = sum(quant.quantity - quant.reserved_quantity for quant in quants)

    @api.depends("available")
    def _compute_qty(self):
        for wizard in self:
            wizard.qty = wizard.available

    def _quants(self):
        return self.env["stock.quant"].search(
            [
                ("lot_id", "=", self.lot_id.id),
                ("location_id.usage", "=", "internal"),
                ("company_id", "=", self.company_id.id),
                ("quantity", ">", 0),
                ("package_id", "=", False),
                ("owner_id", "=", False),
            ]
        )

    def action_relabel(self):
        self.ensure_one()
        self._check_input()
        new = self.new_lot_id or self._find_or_create_lot()
        # the link first: an adjustment of a linked pair is not proposed as a relabel once more
        link = self.env["gantry.trace.link"].create(
            {
                "kind": "relabel",
                "state": "confirmed",
                "parent_lot_id": self.lot_id.id,
                "child_lot_id": new.id,
                "qty": self.qty,
                "reason": self.reason,
                "company_id": self.company_id.id,
            }
        )
        self._move_stock(new)
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.lot",
            "res_id": link.child_lot_id.id,
            "views": [(False, "form")],
        }

    def _check_input(self):
        uom = self.product_id.uom_id
        if bool(self.new_lot_id) == bool(self.new_name and self.new_name.strip()):
            raise UserError(self.env._("Choose an existing lot, or type a new lot number: one of the two."))
        if uom.compare(self.qty, 0) <= 0:
            raise ValidationError(self.env._("The quantity must be more than zero."))
        if uom.compare(self.qty, self.available) > 0:
            raise ValidationError(
                self.env._(
                    "Only %(free)s of %(lot)s are free at this place; unreserve the rest, or take it out of its"
                    " package, first.",
                    free=f"{self.available:g}",
                    lot=self.lot_id.name,
                )
            )

    def _find_or_create_lot(self):
        name = self.new_name.strip()
        known = self.env["stock.lot"].search(
            [
                ("name", "=", name),
                ("product_id", "=", self.product_id.id),
                ("company_id", "in", (self.company_id.id, False)),
            ],
            limit=1,
        )
        if known == self.lot_id:
            raise UserError(self.env._("%s is its number already.", name))
        return known or self.env["stock.lot"].create(
            {"name": name, "product_id": self.product_id.id, "company_id": self.lot_id.company_id.id}
        )

    def _move_stock(self, new):
        """Out of stock under the old number and in under the new one, as an adjustment with a reason."""
        product = self.product_id.with_company(self.company_id)
        away = product.property_stock_inventory
        name = self.env._("Relabelled %(old)s to %(new)s", old=self.lot_id.name, new=new.name)
        for lot, source, dest in ((self.lot_id, self.location_id, away), (new, away, self.location_id)):
            where = {
                "product_id": product.id,
                "location_id": source.id,
                "location_dest_id": dest.id,
                "company_id": self.company_id.id,
            }
            move = self.env["stock.move"].create(
                {
                    **where,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": self.qty,
                    "is_inventory": True,
                    "inventory_name": name,
                    "picked": True,
                    "move_line_ids": [
                        (0, 0, {**where, "product_uom_id": product.uom_id.id, "quantity": self.qty, "lot_id": lot.id})
                    ],
                }
            )
            move._action_done()
