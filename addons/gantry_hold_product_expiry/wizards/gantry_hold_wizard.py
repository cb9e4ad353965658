import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class GantryHoldWizard(models.TransientModel):
    _inherit = "gantry.hold.wizard"

    scope = fields.Selection(selection_add=[("expiry", "Expiration dates")], ondelete={"expiry": "set default"})
    expiry_from = fields.Date("Expires from")
    expiry_to = fields.Date("Expires until", help="This day included.")
    categ_id = fields.Many2one("product.category", "Product category")

    @api.constrains("expiry_from", "expiry_to")
    def _check_range(self):
        for wizard in self:
            if wizard.expiry_from and wizard.expiry_to and wizard.expiry_from > wizard.expiry_to:
                raise ValidationError(self.env._("The range of dates ends before it begins."))

    @api.depends("expiry_from", "expiry_to", "categ_id")
    def _compute_found(self):
        return super()._compute_found()

    def _find_lots_expiry(self):
        """Lots on hand that expire in the range, of one product or category when given."""
        if not self.expiry_from and not self.expiry_to:
            return self.env["stock.lot"]
        domain = Domain("company_id", "in", (False, self.company_id.id))
        domain &= Domain(
            "quant_ids", "any", [("quantity", ">", 0), ("location_id.usage", "in", ("internal", "transit"))]
        )
        if self.expiry_from:
            domain &= Domain("expiration_date", ">=", self.expiry_from)
        if self.expiry_to:
            domain &= Domain("expiration_date", "<", self.expiry_to + datetime.timedelta(days=1))
        if self.product_id:
            domain &= Domain("product_id", "=", self.product_id.id)
        if self.categ_id:
            domain &= Domain("product_id.categ_id", "child_of", self.categ_id.id)
        return self.env["stock.lot"].search(domain)

    def _prepare_hold_vals(self):
        values = super()._prepare_hold_vals()
        if self.scope == "expiry":
            values |= {"expiry_from": self.expiry_from, "expiry_to": self.expiry_to}
        return values
