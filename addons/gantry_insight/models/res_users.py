from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    gantry_alert_digest = fields.Boolean(
        "Digest of Stock Alerts", default=True, help="One mail a day about the open stock alerts you own.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "gantry_alert_digest"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "gantry_alert_digest"]
