from odoo import fields, models


class GantryHold(models.Model):
    _inherit = "gantry.hold"

    scope = fields.Selection(selection_add=[("expiry", "Expiration dates")], ondelete={"expiry": "set default"})
    expiry_from = fields.Date("Expires from")
    expiry_to = fields.Date("Expires until")
