from odoo import models


class GantryExplain(models.AbstractModel):
    _inherit = "gantry.explain"

    def _reason_templates(self):
        _ = self.env._
        return super()._reason_templates() | {
            "alert_late_orders": _("Ordered with %(orders)s."),
            "alert_late_rate": (_("This vendor delivers %(on_time)s on time."), {"on_time": "percent"}),
        }

    def _reason_labels(self):
        _ = self.env._
        return super()._reason_labels() | {"orders": _("Purchase orders"), "on_time": _("On time")}
