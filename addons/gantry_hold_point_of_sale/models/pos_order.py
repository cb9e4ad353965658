from odoo import api, models
from odoo.exceptions import ValidationError


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    @api.model
    def get_existing_lots(self, company_id, config_id, product_id):
        """The till offers no lot that is on hold."""
        lots = super().get_existing_lots(company_id, config_id, product_id)
        # sudo: a cashier need not be allowed to read lots
        records = self.env["stock.lot"].sudo().browse([lot["id"] for lot in lots])
        free = set(records.filtered(lambda lot: lot.gantry_hold_state == "free").ids)
        return [lot for lot in lots if lot["id"] in free]


class PosPackOperationLot(models.Model):
    _inherit = "pos.pack.operation.lot"

    @api.constrains("lot_name", "pos_order_line_id")
    def _check_lot_is_free(self):
        """A typed or scanned number is checked when the order arrives: stock moves only later, some only at closing."""
        for pack in self:
            line = pack.pos_order_line_id
            if not pack.lot_name or line.qty <= 0:  # returns are welcome
                continue
            company = line.order_id.company_id
            held = (
                self.env["stock.lot"]
                .sudo()
                .search(
                    [
                        ("product_id", "=", line.product_id.id),
                        ("name", "=", pack.lot_name),
                        ("company_id", "in", (False, company.id)),
                        ("gantry_hold_state", "!=", "free"),
                    ],
                    limit=1,
                )
            )
            if held:
                raise ValidationError(
                    self.env._(
                        "Lot %(lot)s of %(product)s is on hold and cannot be sold: %(why)s",
                        lot=held.name, product=held.product_id.display_name,
                        why=held.with_company(company).gantry_hold_text,
                    )
                )  # fmt: skip
