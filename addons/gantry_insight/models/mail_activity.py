from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Whoever ticks off the activity of an alert has handled the alert."""
        alert_ids = self.filtered(lambda act: act.res_model == "gantry.alert" and act.automated).mapped("res_id")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if alert_ids:
            alerts = self.env["gantry.alert"].browse(alert_ids).exists()
            open_alerts = alerts._filtered_access("write").filtered(lambda alert: alert.state == "open")
            open_alerts.action_handle(note=feedback or None)
        return result
