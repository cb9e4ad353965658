from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """The planner who ticks off the activity of an alert has handled the alert; others only their activity."""
        alert_ids = self.filtered(lambda act: act.res_model == "gantry.alert" and act.automated).mapped("res_id")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if alert_ids and self.env.user.has_group("gantry_base.group_planner"):
            alerts = self.env["gantry.alert"].browse(alert_ids).exists()
            open_alerts = alerts._filtered_access("write").filtered(lambda alert: alert.state == "open")
            if open_alerts:
                open_alerts.action_handle(note=feedback or None)
        return result
