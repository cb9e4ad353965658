from odoo import models


class GantryExplain(models.AbstractModel):
    _inherit = "gantry.explain"

    def _reason_templates(self):
        _ = self.env._
        return super()._reason_templates() | {
            "alert_expiry_soon": (
                _("%(quantity)s of %(on_hand)s %(unit)s will expire before they are sold, the first on %(date)s."),
                {"date": "date"},
            ),
            "alert_expiry_past": (
                _("%(quantity)s of %(on_hand)s %(unit)s have expired since %(date)s or will before they are sold."),
                {"date": "date"},
            ),
            "alert_expiry_advice": (
                _("Sell the oldest lots first, at a discount or elsewhere; all of it lasts %(cover)s days."),
                {"cover": "integer"},
            ),
        }

    def _reason_labels(self):
        return super()._reason_labels() | {"lots": self.env._("Lots")}
